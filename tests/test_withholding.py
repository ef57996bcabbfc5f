"""Remarks that may accuse: read by the province of its communes alone, by pages, in the journal, for half a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.tables import withheld
from handlers import effects as fx
from handlers.desk import Official, Step
from handlers.respond import respond
from storage.engine import Database
from storage.tables import ratings
from tests.fakes import Talk
from tests.rated import CODE, SKIPPED, a_talk

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
ACCUSES = "anh Nguyễn Văn A ở quầy đòi tiền tôi, xe 29H1-234.56"


async def accused() -> Talk:
    """A chat of the province's official, after a citizen's remark about xã Đồng Sậy."""
    citizen = a_talk()
    citizen.respond = respond
    await citizen.says(f"rate 1 {CODE} 1")
    for typed in SKIPPED:
        await citizen.says(typed)
    told = await citizen.says(ACCUSES)
    assert "Máy không nhận tố cáo" in told and "Góp ý thì nhắn ở đây" in told and "phản ánh kiến nghị" in told
    citizen.wait(days=13)
    official = citizen.other("test/0/province")
    official.book.officials.append((official.chat, Official("cb-9", "H99", "province")))
    return official


async def test_the_province_reads_it_without_names_with_the_month_alone_and_noted() -> None:
    talk = await accused()
    said = await talk.says("lời giữ lại Đồng Sậy")
    assert "• Tháng 11/2026: “anh [tên] ở quầy đòi tiền tôi, xe [biển số]”" in said
    for kept_out in (CODE, "18/11", "khai sinh", "Nguyễn", "1 –"):
        assert kept_out not in said
    assert talk.effects == (fx.Audited("cb-9", "read held remarks", "H99.07", "page 1, 1 remarks"),)
    assert "Không có lời nào giữ lại về xã Đồi Sim" in await talk.says("/loigiu Đồi Sim")
    assert isinstance(talk.effects[0], fx.Audited)


async def test_nobody_reads_it_before_the_second_monday() -> None:
    """Written on a Wednesday: the Monday after is five days later, the next is the first on which it is read."""
    talk = await accused()
    talk.now = NOW
    days = []
    for day in range(15):
        talk.now = NOW + timedelta(days=day)
        days += [day] if "đòi tiền" in await talk.says("lời giữ lại Đồng Sậy") else []
    assert days == [12, 13, 14]


async def test_which_unit_is_asked_and_a_wrong_one_said() -> None:
    talk = await accused()
    assert "của đơn vị nào" in await talk.says("lời giữ lại")
    assert talk.effects == ()
    assert "• Tháng 11" in await talk.says(talk.choice("held H99.07").says)
    assert "không thấy đơn vị" in await talk.says("lời giữ lại Hà Nội")


@pytest.mark.parametrize("role", ["staff", "head", "readonly", "auditor", "province"])
async def test_the_unit_itself_never_reads_it(role: str) -> None:
    talk = await accused()
    own = talk.other("test/0/own")
    own.book.officials.append((own.chat, Official("cb-1", "H99.07", role)))
    for asked in ("lời giữ lại", "lời giữ lại Đồng Sậy", "held H99.07", "held H99.07 p1"):
        assert "đòi tiền" not in await own.says(asked)
        assert own.effects == ()


async def test_a_citizen_who_says_so_has_a_question() -> None:
    talk = await accused()
    step = await talk.other("test/0/citizen").turn("lời giữ lại là gì")
    assert isinstance(step, Step)
    assert step.say and "Tháng 11" not in step.say[0].text


def row(n: int, at: datetime = NOW, **more: object) -> dict[str, object]:
    whose = {"completion": f"c{n}", "at": at, "first_at": at, "stars": 1, "reasons": "[]", "unit": "H99.07"}
    rest = {"completed_on": "2026-11-16", "mode": "bot", "instrument": "v", "demo": False, "held": True}
    return {**whose, **rest, "supersedes": None, "comment": f"lời {n}", **more}


async def test_pages_what_was_replaced_and_what_is_forgotten(database: Database) -> None:
    old = NOW - timedelta(days=181)
    rows = [row(1, old), row(2), row(3), row(4, unit="H99.08"), row(5, held=False), row(6), row(7, comment=None)]
    await database.write(lambda c: c.execute(ratings.insert(), rows))
    mine = select(ratings.c.id).where(ratings.c.completion == "c6")
    first = await database.read(lambda c: c.execute(mine).scalar())
    again = row(6, supersedes=first, held=False, comment="thôi không sao")
    await database.write(lambda c: c.execute(ratings.insert().values(again)))
    read = await database.read(lambda c: withheld.read(c, "H99.07", NOW, 10, 0))
    assert [each.words for each in read] == ["lời 3", "lời 2", "lời 1"]
    assert {each.month for each in read} == {"11/2026"}
    assert await database.read(lambda c: withheld.read(c, "H99.07", NOW, 1, 1)) == read[1:2]
    early = NOW - timedelta(seconds=1)
    assert await database.read(lambda c: withheld.read(c, "H99.07", early, 10, 0)) == read[2:]
    assert await database.write(lambda c: withheld.forget(c, NOW)) == 1
    assert await database.read(lambda c: withheld.read(c, "H99.07", NOW, 10, 0)) == read[:2]
