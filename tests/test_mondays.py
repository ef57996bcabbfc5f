"""Last week's digest, unasked: when, to whom, once, and never into the middle of something."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.engine.mondays import plan_digests, week_told_at
from handlers import effects as fx
from handlers.desk import Conversation, Later, Official, Step
from handlers.messages import Incoming, Purpose
from handlers.officials.reporting import event_of
from handlers.respond import respond
from handlers.states import AsksStars, Idle
from onestop.days.calendar import VIETNAM
from ratings.records import CompletionRecord, Records
from ratings.week import Week
from storage.engine import Database
from storage.tables import digests, inbox
from tests.engine import Engine, FakeClock, chat, with_officials
from tests.fakes import Talk

WEEK = Week(2026, 46)
MONDAY = datetime(2026, 11, 16, 7, 30, tzinfo=VIETNAM)
EVENT = event_of("H99.07", WEEK)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-16 07:29:59", None),
        ("2026-11-16 07:30", WEEK),
        ("2026-11-16 16:59", WEEK),
        ("2026-11-16 17:00", None),
        ("2026-11-17 08:00", None),
        ("2026-11-15 08:00", None),
        ("2026-09-01 08:00", None),
        ("2026-04-27 08:00", None),  # a holiday: the Kings' day taken on Monday
        ("2026-04-28 08:00", Week(2026, 17)),
        ("2027-01-04 08:00", Week(2026, 53)),
    ],
)
def test_the_first_working_day_of_a_week(now: str, week: Week | None) -> None:
    assert week_told_at(at(now)) == week


def an_official(role: str = "staff", unit: str = "H99.07") -> Talk:
    talk = Talk(now=MONDAY)
    talk.respond = whole
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    done = WEEK.start + timedelta(hours=9)
    talk.book.digests["H99.07", WEEK] = Records((CompletionRecord("H99.07", done, done, True),), (), ())
    return talk


async def whole(conversation: Conversation, incoming: Incoming, desk: object) -> Step | Later | None:
    return await respond(conversation, incoming, desk)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["staff", "head", "province", "readonly", "auditor"])
async def test_every_official_of_the_unit_is_told(role: str) -> None:
    step = await an_official(role).happens(EVENT)
    assert isinstance(step, Step)
    assert "TUẦN 46 (9–15/11/2026) · xã Đồng Sậy" in step.say[0].text
    assert "Đã trả 1: đúng hẹn 1, trễ 0." in step.say[0].text
    assert step.say[0].purpose is Purpose.DIGEST
    assert [type(effect) for effect in step.effects] == [fx.Audited, fx.Locked]
    assert step.effects[0] == fx.Audited("cb-1", "digest", "H99.07", "2026-W46")


@pytest.mark.parametrize("unit", ["H99.02", None])
async def test_others_are_told_nothing(unit: str | None) -> None:
    talk = an_official(unit=unit or "H99.07")
    if unit is None:
        talk.book.officials.clear()
    assert await talk.happens(EVENT) == Step(Idle())


async def test_a_week_that_is_no_longer_the_last_is_not_told() -> None:
    talk = an_official()
    talk.wait(days=7)
    assert await talk.happens(EVENT) == Step(Idle())


async def test_it_never_interrupts_and_leaves_the_question_open() -> None:
    talk = an_official()
    asked = AsksStars("H99.07-261102-0011", 1)
    talk.conversation = Conversation(version=1, state=asked, updated_at=MONDAY - timedelta(minutes=5))
    assert await talk.happens(EVENT) == Later(MONDAY + timedelta(minutes=25))
    talk.wait(minutes=25)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert step.state == asked
    assert "TUẦN 46" in step.say[0].text


# --- planning --------------------------------------------------------------------------------------------------------

ROLES = [("a", "head", "H99.07"), ("a", "staff", "H99.07"), ("b", "province", "H99"), ("c", "readonly", "H99.07")]


async def events(database: Database) -> list[tuple[str, str]]:
    rows = await database.read(lambda c: c.execute(select(inbox.c.chat, inbox.c.event)).all())
    return sorted((row.chat, row.event) for row in rows if row.event.startswith("digest:"))


EVENTS = [(str(chat("a")), EVENT), (str(chat("b")), event_of("H99", WEEK)), (str(chat("c")), EVENT)]


async def test_a_week_is_planned_once_for_each_official(database: Database) -> None:
    await with_officials(database, ROLES, MONDAY)
    assert await database.write(lambda connection: plan_digests(connection, WEEK, MONDAY)) == 3
    assert await database.write(lambda connection: plan_digests(connection, WEEK, MONDAY)) == 0
    assert await events(database) == EVENTS


async def test_the_schedule_tells_once_whatever_restarts(database: Database) -> None:
    await with_officials(database, ROLES, MONDAY)
    clock = FakeClock(MONDAY - timedelta(minutes=1))
    answered: list[str] = []

    async def remember(conversation: Conversation, incoming: Incoming) -> Step:
        if incoming.id.startswith("digest:"):
            answered.append(f"{incoming.chat} {incoming.id}")
        return Step(Idle())

    engine = await Engine(database, remember, clock=clock).start()
    assert answered == []
    clock.move(timedelta(minutes=1))
    await engine.quiet()
    assert sorted(answered) == [f"{who} {event}" for who, event in EVENTS]
    await engine.stop()
    for wait in (timedelta(hours=1), timedelta(days=1), timedelta(days=3)):
        clock.move(wait)
        again = await Engine(database, remember, clock=clock).start()
        await again.quiet()
        await again.stop()
    assert len(answered) == 3
    clock.move(MONDAY + timedelta(days=7) - clock.now())
    again = await Engine(database, remember, clock=clock).start()
    await again.quiet()
    await again.stop()
    assert len(answered) == 6
    assert await database.read(lambda c: c.execute(select(digests.c.week)).all()) == []
