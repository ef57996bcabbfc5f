"""What is counted of each turn and of each outage, on both databases, through crashes and by several processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.engine.outages import Outages
from bot.engine.service import ITSELF, ONESTOP, Service
from channels.channel import Refused
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming, Kind, Outgoing
from handlers.states import Idle
from ratings.sources.service_rows import service as read
from ratings.statistics import Proportion
from ratings.week import Week
from storage.engine import Database
from storage.service_tables import outages, service_days
from storage.tables import inbox, micros
from tests.engine import MONDAY, Engine, FakeChannel, FakeClock, chat
from tests.test_ratings_store import insert

WEEK = Week.of(MONDAY)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
AN = chat("an")


def machine(database: Database, clock: FakeClock, unit: str = "H99.07", **more: Any) -> Service:
    async def write(run: Callable[[Connection], Any], name: str) -> Any:
        return await database.write(run)

    return Service(unit, clock, write, **more)


async def days(database: Database) -> list[tuple[Any, ...]]:
    query = select(service_days).order_by(service_days.c.unit, service_days.c.day)
    return [tuple(row) for row in await database.read(lambda c: c.execute(query).all())]


async def down(database: Database) -> list[tuple[Any, ...]]:
    query = select(outages).order_by(outages.c.began_at, outages.c.what)
    return [tuple(row) for row in await database.read(lambda c: c.execute(query).all())]


async def two_words(conversation: Conversation, incoming: Incoming) -> Step:
    if incoming.text == "hỏng":
        raise RuntimeError("a broken handler")
    return Step(Idle(), (Outgoing("Dạ."), Outgoing("Đây ạ.")))


async def an_engine(database: Database, clock: FakeClock, channel: FakeChannel, served: Service) -> Engine:
    return await Engine(database, two_words, channel, clock, service=served).start()


@pytest.mark.parametrize("pulled", [False, True])
async def test_a_turn_counts_once_by_when_its_last_letter_went(database: Database, pulled: bool) -> None:
    clock, channel = FakeClock(), SlowChannel(pulled=pulled)
    served = machine(database, clock)
    engine = await an_engine(database, clock, channel, served)
    for wait in (0.0, 1.5, 1.6):  # twice so long: each answer is two letters
        channel.takes = lambda wait=wait: clock.move(wait * SECOND)
        engine.at_clock()
        await engine.say(AN, "xin chào")
    await engine.say(AN, "của mình", kind=Kind.EVENT)  # our own initiative is no answer
    await served.flush()
    soon = 3 if pulled else 2  # what is pulled is there once it is committed
    assert await days(database) == [("H99.07", "2026-11-16", 3, soon, 0)]
    await engine.stop()


class SlowChannel(FakeChannel):
    """Takes some of the clock's time for each letter."""

    takes: Callable[[], object] = staticmethod(lambda: None)

    async def send(self, letter: Any) -> None:
        self.takes()
        await super().send(letter)


async def test_what_is_given_up_is_never_soon(database: Database) -> None:
    clock, channel = FakeClock(), FakeChannel()
    served = machine(database, clock)
    engine = await an_engine(database, clock, channel, served)
    engine.at_clock()
    channel.troubles = [Refused("no"), Refused("no")]
    await engine.say(AN, "xin chào")
    channel.troubles = [Refused("gone", blocked=True), Refused("gone", blocked=True)]
    await engine.say(AN, "tôi đã chặn máy")  # nobody waits for that answer
    await served.flush()
    assert await days(database) == [("H99.07", "2026-11-16", 1, 0, 1)]
    await engine.stop()


async def test_letters_found_at_a_start_know_since_when_they_are_waited_for(database: Database) -> None:
    clock, off = FakeClock(), Chat("switched off", "a", "an")
    served = machine(database, clock)
    engine = await an_engine(database, clock, FakeChannel(), served)
    engine.at_clock()
    await engine.say(off, "xin chào")
    await engine.say(off, "của mình", kind=Kind.EVENT)
    await engine.say(off, "hỏng")
    letters = await engine.reading.open_letters(10)
    assert [(letter.text, letter.since) for letter in letters[:4]] == [
        ("Dạ.", None),
        ("Đây ạ.", micros(MONDAY)),
        ("Dạ.", None),
        ("Đây ạ.", None),
    ]
    assert [letter.since for letter in letters[4:]] == [None]  # an apology is no answer
    await served.flush()
    assert await days(database) == [("H99.07", "2026-11-16", 1, 0, 1)]
    await engine.stop()


async def test_processes_add_up_and_days_are_vietnams(database: Database) -> None:
    clock = FakeClock()
    late = micros(datetime(2026, 11, 16, 16, 59, 59, tzinfo=UTC))  # a second before Tuesday in Vietnam
    for _ in range(2):
        served = machine(database, clock)
        for since in (late, late + 10**6):
            served.handed_over(since, MONDAY)
        await served.flush()
        await served.flush()  # nothing is counted twice
    assert await days(database) == [("H99.07", "2026-11-16", 2, 2, 0), ("H99.07", "2026-11-17", 2, 2, 0)]


async def test_what_cannot_be_written_is_written_later(database: Database) -> None:
    clock, failing = FakeClock(), True

    async def write(run: Callable[[Connection], Any], name: str) -> Any:
        if failing:
            raise OSError("no room")
        return await database.write(run)

    served = Service("", clock, write)
    served.handed_over(micros(MONDAY), MONDAY)
    served.looked_up(MONDAY - MINUTE, failed=True)
    await served.flush()
    served.given_up(micros(MONDAY))
    failing = False
    await served.flush()
    assert await days(database) == [("", "2026-11-16", 2, 1, 1)]
    assert await down(database) == [(ONESTOP, MONDAY - MINUTE, MONDAY)]


# --- outages ----------------------------------------------------------------------------------------------------------


def test_a_stretch_is_what_was_seen_of_it() -> None:
    seen, now = Outages(), MONDAY
    for down, moved in ((False, 5), (True, 5), (True, 5), (False, 5), (False, 5), (True, 5)):
        seen.looked("telegram", down=down, now=now)
        now += moved * SECOND
    assert seen.take() == {("telegram", MONDAY + 5 * SECOND): MONDAY + 15 * SECOND}
    seen.looked("telegram", down=True, now=now)  # it lasts on: the same stretch, longer
    assert seen.take() == {("telegram", MONDAY + 25 * SECOND): MONDAY + 30 * SECOND}
    assert seen.take() == {}


def test_what_is_only_asked_is_down_from_the_first_failure_to_the_last() -> None:
    seen = Outages()

    def ask(minute: float, *, failed: bool) -> None:
        began = MONDAY + minute * MINUTE
        seen.asked(ONESTOP, failed=failed, began=began, now=began + 6 * SECOND)

    for minute in (0, 10, 25):
        ask(minute, failed=True)
    ask(30, failed=False)
    ask(31, failed=True)
    ask(100, failed=True)  # nobody asked for an hour: what was in between is not known
    assert seen.take() == {
        (ONESTOP, MONDAY): MONDAY + 25 * MINUTE + 6 * SECOND,
        (ONESTOP, MONDAY + 31 * MINUTE): MONDAY + 31 * MINUTE + 6 * SECOND,
        (ONESTOP, MONDAY + 100 * MINUTE): MONDAY + 100 * MINUTE + 6 * SECOND,
    }


async def test_a_machine_that_was_away_was_out_of_reach(database: Database) -> None:
    clock = FakeClock()
    first = machine(database, clock)
    await first.start()
    clock.move(10 * MINUTE)
    await first.flush()  # and killed some time after
    clock.move(7 * MINUTE)
    second = machine(database, clock)
    await second.start()
    clock.move(MINUTE)
    await second.stop()
    clock.move(9 * SECOND)  # a restart is none
    third = machine(database, clock)
    await third.start()
    await third.stop()
    await first.stop()
    assert await down(database) == [(ITSELF, MONDAY + 10 * MINUTE, MONDAY + 17 * MINUTE)]


async def test_a_stretch_cut_off_ends_at_the_last_known_moment(database: Database) -> None:
    clock, trouble = FakeClock(), "cannot be reached"
    served = machine(database, clock, troubles=lambda: [("telegram", trouble), ("web", None)])
    for _ in range(3):
        served.look()
        await served.flush()
        clock.move(MINUTE)
    assert await down(database) == [("telegram", MONDAY, MONDAY + 2 * MINUTE)]


# --- and read ---------------------------------------------------------------------------------------------------------


async def counted(database: Database, since: datetime = WEEK.start - 7 * 24 * 60 * MINUTE) -> None:
    served = machine(database, FakeClock(since))
    await served.start()
    await served.stop()


async def served_in(database: Database, *units: str, as_of: datetime = WEEK.close) -> Any:
    return await database.read(lambda c: read(c, units, WEEK, as_of))


async def test_nothing_is_known_of_a_week_before_counting_began(database: Database) -> None:
    assert await served_in(database, "H99.07") is None
    await counted(database, WEEK.end + MINUTE)
    assert await served_in(database, "H99.07") is None


async def test_a_units_own_counts_or_those_of_all(database: Database) -> None:
    await counted(database)
    day = {"day": "2026-11-17", "unanswered": 0}
    await insert(database, service_days, {**day, "unit": "H99.07", "messages": 10, "soon": 9})
    await insert(database, service_days, {**day, "unit": "H99.08", "messages": 5, "soon": 5})
    await insert(database, service_days, {**day, "unit": "H99.08", "day": "2026-11-23", "messages": 99, "soon": 0})
    own = await served_in(database, "H99.07")
    assert (own.soon, own.own, own.counted_from) == (Proportion(9, 10), True, None)
    both = await served_in(database, "H99", "H99.07", "H99.08")
    assert (both.soon, both.own) == (Proportion(14, 15), True)
    shared = await served_in(database, "H99.02")
    assert (shared.soon, shared.own) == (Proportion(14, 15), False)


async def test_who_still_waits_is_not_answered(database: Database) -> None:
    await counted(database)
    message = {"kind": "text", "text": "xin chào", "at": MONDAY, "private": True, "state": "open"}
    waits = {**message, "chat": "web/a/1", "event": "e1", "seq": micros(MONDAY)}
    own = {**message, "chat": "web/a/1", "event": "status:x", "seq": micros(MONDAY) + 1, "kind": "event"}
    await insert(database, inbox, waits, own)
    found = await served_in(database, "H99.07")
    assert (found.soon, found.unanswered) == (Proportion(0, 1), 1)


async def test_counting_that_began_within_the_week_says_since_when(database: Database) -> None:
    await counted(database, MONDAY + 25 * 60 * MINUTE)
    found = await served_in(database, "H99.07")
    assert (found.soon, str(found.counted_from)) == (None, "2026-11-17")
