"""That a channel cannot be reached, or takes nothing, is told while it lasts, by whatever way its messages come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct

from channels.channel import Channel, Letter, TryLater
from channels.outage import CURRENT, LONGEST_PAUSE, Outage
from channels.telegram_watching import wrong_with
from emulators.faults import Faults
from emulators.telegram import TelegramEmulator
from emulators.zalo import ZaloEmulator
from tests import telegram_channel, test_zalo_bot, zalo_world
from tests.tables import row
from tests.telegram_channel import NOWHERE, SECRET, Store, running, until


class Line(Struct):
    """A running channel, the platform it speaks with, and a letter that the platform takes."""

    channel: Channel
    faults: Faults
    leave: Callable[[], Awaitable[object]]
    come_back: Callable[[], Awaitable[object]]
    letter: Letter

    async def fails(self) -> None:
        with pytest.raises(TryLater):
            await self.channel.send(self.letter)


@asynccontextmanager
async def telegram(mode: str) -> AsyncIterator[Line]:
    async with TelegramEmulator(speed=1000) as server:
        server.world.room(7)
        made = telegram_channel.channel(server.base_url, Store(), mode=mode, secret=SECRET, look=0.02)
        async with running(made):
            yield Line(made, server.faults, server.stop, server.start, telegram_channel.letter())


@asynccontextmanager
async def zalo_bot(mode: str) -> AsyncIterator[Line]:
    async with ZaloEmulator(speed=100) as server:
        made = test_zalo_bot.channel(server, Store(), mode=mode, secret=SECRET, look=0.02)
        server.bot.say(test_zalo_bot.AN, "chào")
        async with test_zalo_bot.running(made):
            yield Line(made, server.bot.faults, server.stop, server.start, test_zalo_bot.letter())


@asynccontextmanager
async def zalo_oa(_mode: str) -> AsyncIterator[Line]:
    async with ZaloEmulator(speed=100) as server:
        server.world.touch(server.world.person(zalo_world.AN))
        made = zalo_world.channel(server, Store(), look=0.02)
        async with zalo_world.hooked(server, made):
            yield Line(made, server.faults, server.stop, server.start, zalo_world.letter())


LINES = pytest.mark.parametrize(
    ("opened", "mode"),
    [
        (telegram, "polling"),
        (telegram, "webhook"),
        (zalo_bot, "polling"),
        (zalo_bot, "webhook"),
        (zalo_oa, "webhook"),
    ],
)


@LINES
async def test_that_nothing_is_taken_any_more_is_told_until_something_is(opened: Any, mode: str) -> None:
    async with opened(mode) as line:
        await until(lambda: line.channel.ready() is None)
        line.faults.garbage = 1.0
        await line.fails()
        assert line.channel.ready() is None  # once is no outage
        while not (line.channel.ready() or "").startswith("nothing can be sent: "):
            await asyncio.sleep(0.01)
            await line.fails()
        line.faults.garbage = 0.0
        await line.channel.send(line.letter)
        assert line.channel.ready() is None


@LINES
async def test_who_is_out_of_reach_is_told_although_nobody_writes(opened: Any, mode: str) -> None:
    async with opened(mode) as line:
        await until(lambda: line.channel.ready() is None)
        await line.leave()
        await until(lambda: line.channel.ready() is not None)
        await line.come_back()
        await until(lambda: line.channel.ready() is None)


async def test_a_webhook_that_is_not_reached_or_taken_off_is_told() -> None:
    started = datetime.now(UTC) - timedelta(hours=1)
    more = {"mode": "webhook", "secret": SECRET, "webhook_url": NOWHERE, "look": 0.02, "now": lambda: started}
    async with (
        TelegramEmulator(speed=1000) as server,
        running(telegram_channel.channel(server.base_url, Store(), **more)) as made,
    ):
        server.say(7, "có ai không")
        await until(lambda: "do not arrive: Connection refused" in (made.ready() or ""))
        async with running(telegram_channel.channel(server.base_url, Store())):
            await until(lambda: "was taken off" in (made.ready() or ""))


# --- the parts -------------------------------------------------------------------------------------------------------


class Clock:
    at = 0.0

    def seconds(self) -> float:
        return self.at


def test_an_outage_is_told_when_it_has_lasted_and_forgotten_when_nobody_tries() -> None:
    clock = Clock()
    outage = Outage(clock.seconds, 1.0)
    seen = []
    for clock.at in (0.0, 1.0, 4.9, 5.0, 600.0):
        pause = outage.failed("no connection")
        seen.append((pause, outage.trouble is not None))
    assert seen == [(1.0, False), (1.0, False), (2.45, False), (2.5, True), (LONGEST_PAUSE, True)]
    clock.at += CURRENT
    assert outage.trouble == "nothing can be sent: no connection"
    clock.at += 1.0
    assert outage.trouble is None
    outage.over()
    assert (outage.failed("again"), outage.trouble) == (1.0, None)


HERE = "https://motcua.example/telegram"
WELL = {"url": HERE, "pending_update_count": 0}
FAILED = {**WELL, "pending_update_count": 3, "last_error_date": 1000, "last_error_message": "SSL error"}
TOLD: list[tuple[dict[str, Any], str | None, str | None]] = [
    (WELL, HERE, None),
    ({**WELL, "url": "https://MotCua.example:443/telegram"}, HERE, None),
    ({**WELL, "url": ""}, HERE, "taken off"),
    ({**WELL, "url": ""}, None, None),
    ({**WELL, "url": "https://other.example/telegram"}, HERE, "another program"),
    ({**WELL, "url": "http://["}, HERE, "another program"),
    (FAILED, HERE, "do not arrive: SSL error"),
    (FAILED, None, "do not arrive: SSL error"),
    ({**FAILED, "last_error_date": 999}, HERE, None),
    ({**FAILED, "pending_update_count": 0}, HERE, None),
    ({}, None, None),
]


def test_what_telegram_tells_of_its_calls() -> None:
    for told, url, expected in TOLD:
        with row(told, url):
            wrong = wrong_with(told, url, 1000.0)
            assert (wrong is None) if expected is None else expected in (wrong or "")
