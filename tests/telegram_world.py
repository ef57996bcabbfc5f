"""A rough Telegram around a running ``motcua serve``: updates come twice and out of order, and every send is noted.

People talk as people do: each waits for the answer, and now and then says two things in one breath. What they see is
what the emulator took from the bot; nothing is read from the bot itself.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators.faults import Pace
from emulators.telegram import TOKEN, Fault, Faults, TelegramEmulator
from emulators.telegram_methods import Methods
from emulators.telegram_queue import Hook, Updates
from emulators.telegram_world import Sent
from tests.patience import PATIENCE
from tests.world import Server

SECRET = "kill-test_SECRET-of-the-webhook-0123456789"
UNKNOWN_TOKEN = TOKEN[:-1] + "X"


class RoughUpdates(Updates):
    """``again``: the share of deliveries that come once more. Polls give the chats in any order, webhooks by nature."""

    def __init__(self, pace: Pace, rng: random.Random, again: float) -> None:
        super().__init__(pace, rng)
        self.again = again
        self.repeated = 0
        self._draw = random.Random(rng.random())
        self._taken: list[dict[str, Any]] = []
        self._confirmed = 0

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """In disorder, but each chat's own in order; some that were confirmed long ago among them."""
        self._confirmed = max(self._confirmed, offset)
        found = await super().poll(offset, limit, timeout)
        if not found:
            return found
        # what a killed program had not confirmed comes again in its place, never before an older one of its chat
        done = [update for update in self._taken[-200:] if update["update_id"] < self._confirmed]
        old = [update for update in done if self._draw.random() < self.again / 10]
        self.repeated += len(old)
        self._taken += found
        places = [(self._draw.random(), update) for update in (*old, *found)]
        waiting: dict[Any, list[dict[str, Any]]] = {}
        for _, update in places:
            waiting.setdefault(_chat_of(update), []).append(update)
        # the newest number stands last, as an offset is made of it
        mixed = [waiting[_chat_of(update)].pop(0) for _, update in sorted(places, key=lambda place: place[0])]
        newest = max(mixed, key=lambda update: int(update["update_id"]))
        mixed.remove(newest)
        return [*mixed, newest]

    def _ladder(self, failures: int) -> float:
        """At most a second: who is killed every third second is not left alone for a minute."""
        return min(1.0, super()._ladder(failures))

    async def _deliver(self, hook: Hook, update: dict[str, Any]) -> tuple[int | None, float | None]:
        """Sometimes twice: the first acknowledgement got lost on the way back."""
        first = await super()._deliver(hook, update)
        if self._draw.random() >= self.again:
            return first
        self.repeated += 1
        return await super()._deliver(hook, update)


def _chat_of(update: dict[str, Any]) -> Any:
    message = update.get("message") or update.get("callback_query", {}).get("message") or {}
    return message.get("chat", {}).get("id")


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the server took: when, and whether its reply was lost."""

    sent: Sent
    at: float
    lost: bool


class RoughTelegram(TelegramEmulator):
    """The emulator with rough deliveries; ``taken`` is the truth of what was sent, ``waiting`` who has no answer."""

    def __init__(self, *, again: float = 0.0, **more: Any) -> None:
        super().__init__(**more)
        self.updates: RoughUpdates = RoughUpdates(self._pace, self._random, again)
        self.methods = Methods(self.world, self.updates)
        self.updates.perform = self.methods.from_webhook
        self.taken: dict[int, list[Taken]] = {}
        self.news: dict[int, asyncio.Event] = {}

    async def _answer(
        self, request: web.Request, method: str, parameters: dict[str, Any], fault: Fault | None
    ) -> web.StreamResponse:
        before = len(self.world.sends)
        try:
            return await super()._answer(request, method, parameters, fault)
        finally:
            # a send is done in one go; a long poll is not, and meanwhile others send
            for sent in self.world.sends[before:] if method.lower().startswith("send") else ():
                lost = fault in (Fault.LOST, Fault.GARBLED)
                self.taken.setdefault(sent.chat, []).append(Taken(sent, asyncio.get_running_loop().time(), lost))
                self.news.setdefault(sent.chat, asyncio.Event()).set()


class Person:
    """One private chat."""

    def __init__(self, telegram: RoughTelegram, chat: int) -> None:
        self.telegram = telegram
        self.chat = chat
        self.waits = False

    @property
    def seen(self) -> list[str]:
        """What the phone shows of the bot's messages."""
        return [taken.sent.text for taken in self.telegram.taken.get(self.chat, ())]

    def say(self, text: str) -> None:
        """Write."""
        self.telegram.say(self.chat, text)

    def press(self, label: str) -> None:
        """Press the newest button with this label or this data. Raises LookupError."""
        self.telegram.press(self.chat, label)

    async def until(self, fragment: str, since: int = 0, within: float = PATIENCE) -> str:
        """The first message after number ``since`` that holds ``fragment``. Raises TimeoutError."""
        news = self.telegram.news.setdefault(self.chat, asyncio.Event())
        self.waits = True
        async with asyncio.timeout(within):
            while True:
                news.clear()
                for text in self.seen[since:]:
                    if fragment in text:
                        self.waits = False
                        return text
                await news.wait()


def settings(telegram: TelegramEmulator, mode: str, port: int, **more: str) -> dict[str, str]:
    """What ``motcua serve`` needs to speak with this emulator."""
    ours = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_BASE_URL": telegram.base_url, "TELEGRAM_MODE": mode}
    hook = {"TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}"}
    return {**ours, **(hook if mode == "webhook" else {}), **more}


def telegram_server(folder: Path, telegram: TelegramEmulator, mode: str, **more: str) -> Server:
    """A server that speaks with this emulator, not yet started."""
    server = Server(folder, {})
    server.settings.update(settings(telegram, mode, server.port, **more))
    return server


async def eventually(true: Callable[[], bool], within: float = PATIENCE) -> None:
    """Until ``true()``. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 (anything may be waited for)
            await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Death:
    """A kill, and when its server's successor began: between them only what the dead had already sent arrives."""

    at: float
    over: float


def repetitions(taken: Sequence[Taken], deaths: Sequence[Death], moment: float) -> tuple[int, list[str]]:
    """How many messages came twice with a reason, and those that came twice without one.

    A reason: the reply to an earlier copy was lost, or the program was killed at most ``moment`` seconds after an
    earlier copy was taken, before "sent" was on disk, or the copy was in flight at the kill.
    """
    with_reason, without = 0, list[str]()
    for n, later in enumerate(taken):
        copies = [earlier for earlier in taken[:n] if earlier.sent.text == later.sent.text]
        if not copies:
            continue
        if any(copy.lost or any(death.at - moment <= copy.at <= death.over for death in deaths) for copy in copies):
            with_reason += 1
        else:
            before = min((death.at - copy.at for copy in copies for death in deaths if death.over > copy.at), default=0)
            without.append(f"{later.sent.text} ({before:.2f} s before a kill)")
    return with_reason, without


__all__ = [
    "SECRET",
    "TOKEN",
    "UNKNOWN_TOKEN",
    "Death",
    "Fault",
    "Faults",
    "Person",
    "RoughTelegram",
    "Taken",
    "eventually",
    "repetitions",
    "settings",
    "telegram_server",
]
