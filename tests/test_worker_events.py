"""What we start ourselves comes when it is due, once, interrupts nothing and keeps nobody waiting who writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.engine.worker import EVENTS_AT_ONCE
from handlers.desk import Conversation, Later, Step
from handlers.effects import Planned
from handlers.messages import Incoming, Kind, Outgoing
from handlers.states import AsksCode, Idle
from storage.engine import Database
from tests.engine import MONDAY, FakeClock, Make, chat, engines

AN = chat("an")


@pytest.fixture
async def make(database: Database) -> AsyncIterator[Make]:
    async with engines(database) as build:
        yield build


async def test_news_whose_reads_take_too_long_come_later_and_nobody_reads_an_apology(make: Make) -> None:
    slow = [True]

    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.kind is Kind.EVENT:
            if slow:
                slow.pop()
                await asyncio.sleep(5)
            return Step(before.state, (Outgoing("tin báo"),))
        return Step(Idle(), (Outgoing("vâng"),), (Planned("status:X:1", MONDAY),))

    clock = FakeClock()
    engine = await make(respond, clock=clock, turn=0.05)
    await engine.say(AN, "theo dõi")
    await engine.quiet()
    assert not slow
    assert engine.channel.texts(AN) == ["vâng"]
    clock.move(timedelta(minutes=1))
    await engine.quiet()
    assert engine.channel.texts(AN) == ["vâng", "tin báo"]


async def test_a_morning_of_news_is_told_a_few_at_a_time_and_keeps_nobody_waiting_who_writes(make: Make) -> None:
    at_work, most, open_door = [0], [0], asyncio.Event()

    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.kind is not Kind.EVENT:
            if incoming.text == "chào":
                open_door.set()
            return Step(Idle(), (Outgoing("vâng"),), (Planned("status:X:1", MONDAY + timedelta(hours=1)),))
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        await open_door.wait()
        at_work[0] -= 1
        return Step(before.state, (Outgoing("tin báo"),))

    clock, chats = FakeClock(), [chat(f"c{n}") for n in range(2 * EVENTS_AT_ONCE)]
    engine = await make(respond, clock=clock)
    await engine.accept(*(Incoming(who, "a", "theo dõi", clock.now(), Kind.TEXT) for who in chats))
    await engine.quiet()
    clock.move(timedelta(hours=1))
    await engine.schedule.look()
    await engine.say(AN, "chào")
    assert most == [EVENTS_AT_ONCE]
    assert all(engine.channel.texts(who) == ["vâng", "tin báo"] for who in chats)


async def test_an_event_waits_until_the_chat_is_idle(make: Make) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step | Later:
        if incoming.kind is Kind.EVENT:
            if before.state != Idle():
                return Later(incoming.at + timedelta(hours=1))
            return Step(Idle(), (Outgoing("tin báo"),))
        waits = incoming.text == "xem hồ sơ"
        effects = (Planned("invite:X:1", MONDAY),) if waits else ()
        return Step(AsksCode() if waits else Idle(), (Outgoing(incoming.text),), effects)

    engine = await make(respond)
    await engine.say(AN, "xem hồ sơ")
    assert engine.channel.texts(AN) == ["xem hồ sơ"]
    await engine.stop()
    engine = await make(respond, engine.channel)
    assert engine.channel.texts(AN) == ["xem hồ sơ"]
    await engine.say(AN, "thôi", "e9")
    assert engine.channel.texts(AN) == ["xem hồ sơ", "thôi", "tin báo"]


async def test_news_put_off_nothing_that_comes_after_them(make: Make) -> None:
    seen: list[object] = []

    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.kind is Kind.EVENT:
            seen.append(before.updated_at)
            return Step(before.state, (Outgoing("tin báo"),))
        due = tuple(Planned(f"status:X:{n}", MONDAY + timedelta(hours=n)) for n in (1, 2))
        return Step(AsksCode(), (Outgoing("mã hồ sơ?"),), due)

    clock = FakeClock()
    engine = await make(respond, clock=clock)
    await engine.say(AN, "xem hồ sơ")
    for _ in range(2):
        clock.move(timedelta(hours=1))
        await engine.quiet()
    assert seen == [MONDAY, MONDAY]


async def test_an_event_comes_when_it_is_due_and_only_once(make: Make) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.kind is Kind.EVENT:
            return Step(Idle(), (Outgoing(incoming.id),))
        return Step(Idle(), (Outgoing("hẹn"),), (Planned("invite:X:1", MONDAY + timedelta(hours=3)),))

    clock = FakeClock()
    engine = await make(respond, clock=clock)
    await engine.say(AN, "a")
    await engine.say(AN, "b")
    clock.move(timedelta(hours=2))
    await engine.quiet()
    assert engine.channel.texts(AN) == ["hẹn", "hẹn"]
    clock.move(timedelta(hours=2))
    await engine.quiet()
    assert engine.channel.texts(AN) == ["hẹn", "hẹn", "invite:X:1"]
