"""Whether the machine was of help: asked after thanks, counted once, in no rating and no digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.tables import machine
from handlers import effects as fx
from handlers.respond import respond
from onestop.days.calendar import VIETNAM
from storage.engine import Database
from tests.fakes import Talk
from tests.rated import CODE, invited
from tests.test_joining import write
from tests.test_reporting import an_official

UNIT = "H99.07"


def a_talk() -> Talk:
    talk = Talk()
    talk.respond = respond
    return talk


async def test_who_says_thanks_is_asked_and_counted_once() -> None:
    for pressed, helped in (("machine yes", True), ("machine no", False)):
        talk = a_talk()
        await talk.says("cảm ơn nhé")
        assert [choice.says for choice in talk.conversation.offered] == ["machine yes", "machine no"]
        assert "không tính vào điểm của quầy" in await talk.says(pressed)
        await talk.says(pressed)
        await talk.says("machine yes")
        assert talk.book.judged == [fx.MachineJudged(UNIT, helped)]
        assert talk.book.ratings == []


async def test_it_may_be_left_alone_and_is_never_asked_within_a_rating() -> None:
    talk = a_talk()
    await talk.says("cảm ơn")
    await talk.says("giờ làm việc")
    assert talk.book.judged == []
    talk = await invited()
    talk.respond = respond
    for typed in ("5", "xong", "dừng"):
        await talk.says(typed)
        assert not any(choice.says.startswith("machine") for choice in talk.conversation.offered)
    assert [(rated.dossier, rated.stars) for _, _, rated in talk.book.ratings] == [(CODE, 5)]


async def test_officials_read_it_from_five_on_apart_from_all_ratings() -> None:
    talk = an_official()
    talk.respond = respond
    talk.book.judged = [fx.MachineJudged(UNIT, True)] * 4 + [fx.MachineJudged("H99.08", True)]
    assert "máy giúp được" not in await talk.says("chưa hiểu")
    talk.book.judged.append(fx.MachineJudged(UNIT, False))
    assert "4 người nói máy giúp được, 1 người nói chưa." in await talk.says("chưa hiểu")
    assert "giúp được" not in await talk.says("tuần trước")


async def test_two_months_are_kept_by_unit_without_a_chat(database: Database) -> None:
    at = datetime(2026, 12, 1, 0, 30, tzinfo=VIETNAM)
    told = ((at, UNIT, True), (at, UNIT, True), (at - timedelta(hours=1), UNIT, False), (at, "H99.08", True))
    for when, unit, helped in (*told, (at - timedelta(days=40), UNIT, True)):
        effect = fx.MachineJudged(unit, helped)
        await database.write(lambda c, effect=effect, when=when: write(c, "web/1/a", effect, at=when))  # type: ignore[misc]
    assert await database.read(lambda c: machine.judged(c, (UNIT,), at)) == (2, 1)
    assert await database.read(lambda c: machine.judged(c, (UNIT, "H99.08"), at)) == (3, 1)
    assert await database.read(lambda c: machine.judged(c, (UNIT,), at - timedelta(hours=1))) == (1, 1)
    assert await database.read(lambda c: machine.judged(c, ("H99.01",), at)) == (0, 0)
