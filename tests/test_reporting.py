"""Officials in chat: reading digests, opening a proof again; citizens who type the same words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.guides.sheet import Sheet
from handlers.messages import Incoming
from handlers.respond import respond
from onestop.days.calendar import VIETNAM
from ratings.records import CompletionRecord, RatingRecord
from ratings.records import Records as DigestRecords
from ratings.reports.document import load
from ratings.reports.page import Page
from ratings.week import Week
from tests.fakes import NOON, RULES, Talk, a_dossier

CODE = "H99.07-261116-0007"
THIS, LAST = Week(2026, 47), Week(2026, 46)


def an_official(role: str = "staff", unit: str = "H99.07") -> Talk:
    talk = Talk()
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    return talk


def fill(talk: Talk, week: Week, completions: int, ratings: int, unit: str = "H99.07") -> None:
    """So many completions of a week, and so many 5★ answers."""
    at = week.start + timedelta(hours=30)
    talk.book.digests[unit, week] = DigestRecords(
        completions=tuple(CompletionRecord(unit, at, None, True, at) for _ in range(completions)),
        ratings=tuple(RatingRecord(unit, "Hộ tịch", at.date(), at, 5) for _ in range(ratings)),
        open_dossiers=(),
    )


# --- which week -------------------------------------------------------------------------------------------------------

WEEKS = {
    "tuần này": "TUẦN 47 (16–22/11/2026) · xã Đồng Sậy · chưa khóa sổ",
    "tuan nay": "TUẦN 47",
    "Báo cáo tuần này": "TUẦN 47",
    "cho tôi xem báo cáo tuần này": "TUẦN 47",
    "/tuan": "TUẦN 47",
    "week this": "TUẦN 47",
    "báo cáo tuần trước": "TUẦN 46 (9–15/11/2026) · xã Đồng Sậy\n",
    "tuần trước": "TUẦN 46",
    "week last": "TUẦN 46",
    "tuần 46": "TUẦN 46",
    "tuần 46 năm 2026": "TUẦN 46",
    "/tuan 2026-W46": "TUẦN 46",
    "/tuan 46": "TUẦN 46",
    "/baocao tuần trước": "TUẦN 46",
    "digest 2026-W46": "TUẦN 46",
    "digest 2026-W46 H99.07": "TUẦN 46",
    "tuần 50": "TUẦN 50 (8–14/12/2025)",
    "tuần này Đồng Sậy": "TUẦN 47",
    "/tuan 2026-W52": "Tuần 52 chưa tới",
    "/tuan 2026-W54": "Năm 2026 không có tuần 54",
    "tuần 60": "không có tuần 60",
    "/tuan gì đó": "chưa đọc được tuần đó",
    "/tuan 2026-W46 nhé": "chưa đọc được tuần đó",
    "/thang": "THÁNG 11/2026 (15/10–14/11/2026) · xã Đồng Sậy\n",
    "tháng này": "THÁNG 12/2026 (15/11–14/12/2026) · xã Đồng Sậy · chưa khóa sổ",
    "báo cáo tháng trước": "THÁNG 11/2026",
    "tháng 10 năm 2026": "THÁNG 10/2026 (15/9–14/10/2026)",
    "/thang 2026-10": "THÁNG 10/2026",
    "tháng 12": "THÁNG 12/2026",
    "quý 3": "QUÝ III/2026 (15/6–14/9/2026)",
    "quý III năm 2025": "QUÝ III/2025",
    "/quy": "QUÝ III/2026",
    "6 tháng đầu năm": "6 THÁNG ĐẦU NĂM 2026 (15/12/2025–14/6/2026)",
    "digest thang_2026-10-15_2026-11-14 H99.07": "THÁNG 11/2026",
    "/thang 2027-06": "Tháng 6/2027 chưa tới nên chưa có số",
    "tháng 13": "Không có kỳ báo cáo đó",
    "tuần này Kim Trúc": "không xem được số của phường Kim Trúc",
    "digest 2026-W46 H99.02": "không xem được số của phường Kim Trúc",
    "digest 2026-W99": "",
    "digest 0001-W01": "",
    "tuần 1 năm 0001": "không có tuần 1",
    "/tuan 9999-W52": "không có tuần 52",
    "tuần này nộp hồ sơ có kịp không": "",
    "một tuần nữa mới có kết quả à": "",
    "hồ sơ trễ hạn thì được bồi thường gì": "",
}


@pytest.mark.parametrize(("text", "expected"), WEEKS.items())
async def test_an_official_asks_for_a_week(text: str, expected: str) -> None:
    talk = an_official()
    said = await talk.says(text)
    assert expected in said
    assert bool(said) == bool(expected)
    read = expected.startswith(("TUẦN", "THÁNG", "QUÝ", "6 THÁNG"))
    assert [type(effect) for effect in talk.effects if isinstance(effect, fx.Audited)] == [fx.Audited] * read


@pytest.mark.parametrize(("text", "expected"), WEEKS.items())
async def test_a_citizen_never_reads_a_digest(text: str, expected: str) -> None:
    talk = Talk()
    said = await talk.says(text)
    assert "TUẦN" not in said
    assert talk.effects == ()
    if text.startswith("/"):
        assert "chỉ dành cho cán bộ" in said
    if text.startswith(("tuần", "tuan", "báo", "Báo")):
        assert said == ""


# --- the digest -------------------------------------------------------------------------------------------------------


async def test_the_first_reading_after_the_close_locks_the_digest() -> None:
    talk = an_official()
    fill(talk, LAST, completions=12, ratings=11)
    said = await talk.says("tuần trước")
    assert "Đã trả 12" in said
    assert "Hài lòng 100 %" in said
    assert talk.effects[0] == fx.Audited("cb-1", "digest", "H99.07", "2026-W46")
    locked = talk.effects[1]
    assert isinstance(locked, fx.Locked)
    assert (locked.unit, locked.week, locked.as_of) == ("H99.07", "2026-W46", LAST.close)
    stored = load(locked.body)
    assert stored.locked
    assert stored.answered == 11
    await talk.says("tuần trước")
    assert [type(effect) for effect in talk.effects] == [fx.Audited]


async def test_the_running_week_is_counted_up_to_now_and_not_locked() -> None:
    talk = an_official()
    fill(talk, THIS, completions=3, ratings=2)
    said = await talk.says("tuần này")
    assert "chưa khóa sổ" in said
    assert "Đã trả 3" in said
    assert "số chỉ nêu khi đã khóa sổ và đủ 5 lượt" in said
    assert [type(effect) for effect in talk.effects] == [fx.Audited]


@pytest.mark.parametrize(("minutes", "locks"), [(-1, False), (0, True)])
async def test_the_books_close_on_monday_at_seven(minutes: int, locks: bool) -> None:
    talk = an_official()
    talk.now = datetime(2026, 11, 16, 7, 0, tzinfo=VIETNAM) + timedelta(minutes=minutes)
    said = await talk.says("tuần 46")
    assert ("chưa khóa sổ" in said) is not locks
    assert any(isinstance(effect, fx.Locked) for effect in talk.effects) is locks


async def test_demo_digests_are_marked_once() -> None:
    talk = an_official()
    talk.rules = replace(RULES, demo=True)
    assert (await talk.says("tuần này")).count("DỮ LIỆU MẪU") == 1
    talk.book.digests["H99.07", THIS] = DigestRecords(demo=True)
    assert (await talk.says("tuần này")).count("DỮ LIỆU MẪU") == 1


class Press:
    """A printer that keeps what it was given."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    async def sheet(self, sheet: Sheet) -> bytes:
        raise AssertionError("no list of papers is printed here")

    async def page(self, page: Page) -> bytes:
        self.pages.append(page)
        return b"%PDF-"


async def test_the_digest_as_a_file_to_print() -> None:
    press = Press()

    async def printing(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
        return await respond(conversation, incoming, replace(desk, printer=press))

    talk = an_official()
    talk.respond = printing
    fill(talk, LAST, completions=12, ratings=11)
    await talk.says("tuần trước")
    assert talk.choice("page").label == "Tải trang A4"
    step = await talk.turn("page 2026-W46 H99.07")
    assert isinstance(step, Step)
    file = step.say[0].attachment
    assert file is not None
    assert (file.name, file.type, file.content) == ("bao-cao-2026-W46-H99.07.pdf", "application/pdf", b"%PDF-")
    assert "Hài lòng 100 %: 11 trong 11 người trả lời." in " ".join(press.pages[0].blocks[1].lines)
    assert fx.Audited("cb-1", "digest", "H99.07", "2026-W46 pdf") in step.effects
    assert "không xem được số của phường Kim Trúc" in await talk.says("page 2026-W46 H99.02")
    talk.book.officials.clear()
    assert "chỉ dành cho cán bộ" in (await talk.says("page 2026-W46 H99.07")).lower()
    assert len(press.pages) == 1


async def test_without_a_printer_no_file_is_offered() -> None:
    talk = an_official()
    await talk.says("tuần trước")
    assert [choice.says for choice in talk.conversation.offered] == ["digest 2026-W45 H99.07"]
    assert "TUẦN 46" in await talk.says("page 2026-W46 H99.07")


async def test_several_units_are_a_choice() -> None:
    talk = an_official()
    talk.book.officials.append((talk.chat, Official("cb-2", "H99.02", "head")))
    assert "tuần 47 của đơn vị nào" in await talk.says("tuần này")
    assert [choice.says for choice in talk.conversation.offered] == [
        f"digest 2026-W47 {u}" for u in ("H99.07", "H99.02")
    ]
    assert "phường Kim Trúc" in await talk.says("2")
    assert talk.effects[0] == fx.Audited("cb-2", "digest", "H99.02", "2026-W47")
    assert "xã Đồng Sậy" in await talk.says("tuần này Đồng Sậy")


async def test_the_province_reads_its_communes() -> None:
    talk = an_official("province", "H99")
    assert "đơn vị nào" in await talk.says("tuần này")
    codes = [choice.says.split()[-1] for choice in talk.conversation.offered]
    assert codes[0] == "H99"
    assert {"H99.01", "H99.12"} <= set(codes)
    assert "xã Đồng Sậy" in await talk.says("tuần trước Đồng Sậy")
    for role, unit in (("head", "H99.01"), ("head", "H99"), ("province", "H99.01")):
        assert "không xem được" in await an_official(role, unit).says("tuần trước Đồng Sậy")


async def test_the_week_before_is_a_choice() -> None:
    talk = an_official()
    for typed, week in (("tuần trước", 46), ("tuần 45", 45), ("tuần trước", 46)):
        assert f"TUẦN {week}" in await talk.says(typed)
    assert talk.conversation.offered[0].label == "Tuần 45"
    assert "TUẦN 45" in await talk.says("1")


# --- opening a proof again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [f"mở lại {CODE}", f"mo lai ho so {CODE.lower()}", f"/molai {CODE}"])
async def test_the_desk_opens_a_proof_again(text: str) -> None:
    talk = an_official()
    talk.book.push(a_dossier(CODE))
    for n in range(10):
        talk.book.misses.add(CODE, f"x{n}", NOON)
    talk.onestop.put(a_dossier(CODE))
    citizen = talk.other("test/0/2")
    assert "tạm dừng" in await citizen.says(CODE)
    assert f"Đã mở lại việc tra hồ sơ {CODE}" in await talk.says(text)
    assert talk.effects == (fx.Reopened(CODE), fx.Audited("cb-1", "reopen", "H99.07", CODE))
    assert "đang làm" in await citizen.says(f"{CODE} 4821")


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        ("readonly", "H99.07", "Chỉ cán bộ"),
        ("auditor", "H99.07", "Chỉ cán bộ"),
        ("staff", "H99.02", "không thuộc đơn vị"),
    ],
)
@pytest.mark.parametrize("pushed", [True, False])
async def test_not_everybody_opens_it(role: str, unit: str, expected: str, pushed: bool) -> None:
    talk = an_official(role, unit)
    if pushed:
        talk.book.push(a_dossier(CODE))
    said = await talk.says(f"mở lại {CODE}")
    assert expected in said
    assert CODE in said
    assert talk.effects == ()


async def test_reopening_needs_a_code() -> None:
    assert "kèm mã hồ sơ" in await an_official().says("mở lại")


async def test_a_citizen_reopens_nothing() -> None:
    talk = Talk()
    assert "chỉ dành cho cán bộ" in await talk.says(f"/molai {CODE}")
    assert "4 số cuối" in await talk.says(f"mở lại {CODE}")
    assert talk.effects == ()


# --- a province ------------------------------------------------------------------------------------------------------


async def test_who_may_read_the_communes_gets_them_rolled_up() -> None:
    for role, communes in (
        ("province", True),
        ("auditor", True),
        ("readonly", True),
        ("staff", False),
        ("head", False),
    ):
        talk = an_official(role, "H99")
        done = CompletionRecord("H99.01", LAST.start + timedelta(hours=30), None, True)
        talk.book.digests["H99", LAST] = DigestRecords((done,), (), ())
        said = await talk.says("tuần trước H99")
        assert ("Bến Trúc: trả 1" in said) is communes, role
        locked = [effect for effect in talk.effects if isinstance(effect, fx.Locked)]
        assert [effect.unit for effect in locked] == ["H99/*" if communes else "H99"]


async def test_a_month_is_locked_when_its_books_are_closed() -> None:
    talk = an_official()
    await talk.says("/thang")
    (locked,) = [effect for effect in talk.effects if isinstance(effect, fx.Locked)]
    assert locked.week == "thang_2026-10-15_2026-11-14"
    assert load(locked.body).completed == 0
    await talk.says("tháng này")
    assert not [effect for effect in talk.effects if isinstance(effect, fx.Locked)]
