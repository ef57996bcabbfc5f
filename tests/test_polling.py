"""Followed dossiers asked for by ourselves: which, when, how often, and what followers are told of it."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from bot.polling import EVERY, Poller, due
from bot.tables.pushes import Pushes
from handlers.desk import BackendDown, Seen
from onestop import store
from onestop.dossier import Dossier, Status
from onestop.register.reading import Line
from storage.engine import Database
from storage.tables import bindings, inbox
from tests.engine import FakeClock
from tests.fakes import NOON, RULES, a_dossier, catalog, offices
from tests.telegram_channel import until

LONG_AGO = NOON - timedelta(days=3)


def code(n: int) -> str:
    return f"H99.07-261116-{n:04}"


class Backend:
    """Knows some dossiers; remembers what it was asked."""

    def __init__(self, clock: FakeClock, *known: Dossier) -> None:
        self.known = {each.code.canonical: each for each in known}
        self.asked: list[str] = []
        self.down = False
        self._clock = clock

    async def look_up(self, asked: str) -> Seen:
        self.asked.append(asked)
        if self.down:
            raise BackendDown("down")
        return Seen(self.known.get(asked), self._clock.now())


def pushes(clock: FakeClock) -> Pushes:
    return Pushes(offices(), catalog(), RULES, b"key", Random(1), clock.now)


def a_poller(database: Database, backend: Backend, clock: FakeClock, per_minute: float = 60) -> Poller:
    async def enter(dossier: Dossier, at: datetime) -> None:
        await database.write(lambda c: pushes(clock).enter(c, (Line(0, dossier),), at))

    return Poller(database, backend.look_up, enter, clock, per_minute)


async def follow(database: Database, *codes: str, since: datetime = LONG_AGO) -> None:
    held = {"chat": "web/1/a", "proved_at": since, "until": NOON + timedelta(days=9), "following_since": since}
    await database.write(lambda c: c.execute(bindings.insert(), [{**held, "dossier": each} for each in codes]))


async def told(database: Database, dossier: Dossier, at: datetime) -> None:
    await database.write(
        lambda c: store.record(c, [dossier], at, unit_of=lambda _: "H99.07", phone_key=b"key", demo=False)
    )


async def planned(database: Database) -> list[str]:
    rows = await database.read(lambda c: c.execute(select(inbox.c.event).order_by(inbox.c.seq)).scalars().all())
    return [event.rpartition(":")[0] for event in rows if event.startswith("status")]


async def test_what_was_never_heard_of_is_asked_first_then_the_oldest(database: Database) -> None:
    await told(database, a_dossier(code(1)), NOON - EVERY - timedelta(hours=1))
    await told(database, a_dossier(code(2)), NOON - EVERY - timedelta(hours=2))
    await told(database, a_dossier(code(3)), NOON - timedelta(hours=1))
    await told(database, a_dossier(code(4), Status.RETURNED, done_at=NOON), NOON - timedelta(days=2))
    await told(database, a_dossier(code(6)), NOON - timedelta(days=2))
    await follow(database, *(code(n) for n in range(1, 6)))
    assert await database.read(lambda c: due(c, NOON)) == [code(5), code(2), code(1)]
    assert await database.read(lambda c: due(c, NOON + timedelta(days=30))) == []


async def test_a_change_is_told_and_nothing_is_asked_twice_within_its_time(database: Database) -> None:
    clock = FakeClock(NOON)
    standing = a_dossier(code(1))
    await told(database, standing, NOON - timedelta(days=1))
    await follow(database, code(1), code(2))
    # as many systems answer: nothing says when it came to this
    backend = Backend(clock, dataclasses.replace(standing, status=Status.FINISHED))
    poller = a_poller(database, backend, clock)
    assert [await poller.one() for _ in range(4)] == [True, True, False, False]
    assert backend.asked == [code(2), code(1)]
    assert await planned(database) == [f"status:{code(1)}"]
    clock.move(EVERY + timedelta(minutes=1))
    assert [await poller.one() for _ in range(3)] == [True, True, False]
    assert await planned(database) == [f"status:{code(1)}"], "once"


async def test_who_follows_is_not_told_what_was_so_when_they_began(database: Database) -> None:
    clock = FakeClock(NOON)
    await follow(database, code(1), code(2), since=NOON - timedelta(minutes=5))
    before = a_dossier(code(1), Status.FINISHED, moved_at=NOON - timedelta(hours=1))
    since = a_dossier(code(2), Status.FINISHED, moved_at=NOON - timedelta(minutes=1))
    poller = a_poller(database, Backend(clock, before, since), clock)
    assert [await poller.one() for _ in range(2)] == [True, True]
    assert await planned(database) == [f"status:{code(2)}"]


async def test_a_backend_that_is_down_is_left_alone_for_a_while(database: Database) -> None:
    clock = FakeClock(NOON)
    await follow(database, code(1))
    backend = Backend(clock)
    backend.down = True
    poller = a_poller(database, backend, clock)
    with pytest.raises(BackendDown):
        await poller.one()
    backend.down = False
    assert await poller.one(), "it is asked for again"


async def test_the_backend_never_sees_more_than_its_rate(database: Database) -> None:
    clock = FakeClock(NOON)
    await follow(database, *(code(n) for n in range(1, 61)))
    backend = Backend(clock)
    poller = a_poller(database, backend, clock, per_minute=1200)
    assert poller.pause == 0.05
    began = asyncio.get_running_loop().time()
    poller.start()
    await until(lambda: len(backend.asked) >= 8)
    await poller.stop()
    spent = asyncio.get_running_loop().time() - began
    assert len(backend.asked) <= spent / poller.pause + 1
