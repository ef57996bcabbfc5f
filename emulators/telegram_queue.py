"""Updates on their way to the bot: kept until confirmed, by polls or by webhook, each chat's in order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import orjson

from emulators.faults import Pace
from emulators.telegram_world import ApiError

DAY = 86_400.0
LIVES = {"callback_query": 150.0}
"""Emulated seconds an update waits, by kind; all others a day."""
NOT_UNLESS_ASKED = ("chat_member", "message_reaction", "message_reaction_count")
ANSWERS_WITHIN = 60.0


@dataclass(slots=True)
class Pending:
    """An update that is not confirmed."""

    update: dict[str, Any]
    chat: int
    expires: float
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as it was set."""

    url: str
    secret: str | None
    max_connections: int


class Updates:
    """``confirmed``: ids in the order in which the bot confirmed them. ``attempts``: (id, status) of every webhook
    delivery, None where there was no reply. ``expired``: ids that nobody fetched in time."""

    def __init__(self, pace: Pace, rng: random.Random, first_id: int = 500_000_001) -> None:
        self.confirmed: list[int] = []
        self.expired: list[int] = []
        self.attempts: list[tuple[int, int | None]] = []
        self.hook: Hook | None = None
        self.allowed: tuple[str, ...] = ()
        self.last_error: tuple[int, str] | None = None
        """When a delivery failed last, Unix time, and why."""
        self.perform: Callable[[str, dict[str, Any]], Awaitable[None]] | None = None
        """Carries out a method that stands in a webhook's reply; its result goes nowhere."""
        self._pace = pace
        self._random = rng
        self._next = first_id
        self._pending: dict[int, Pending] = {}
        self._polls = 0
        self._wake = asyncio.Event()
        self._pushes: dict[int, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(40)
        self._session: aiohttp.ClientSession | None = None

    def add(self, kind: str, body: Any, chat: int) -> int | None:
        """Queue an update; None where the bot has not asked for its kind."""
        if kind not in self.allowed and (self.allowed or kind in NOT_UNLESS_ASKED):
            return None
        number, self._next = self._next, self._next + 1
        expires = self._pace.now() + LIVES.get(kind, DAY)
        self._pending[number] = Pending({"update_id": number, kind: body}, chat, expires)
        self._stir()
        return number

    @property
    def waiting(self) -> int:
        """Updates that are not confirmed."""
        self._expire()
        return len(self._pending)

    def drop_all(self) -> None:
        """As ``drop_pending_updates`` does."""
        self._pending.clear()

    def resume(self) -> None:
        """Deliver again, where a webhook stands."""
        if self.hook is not None:
            self.set_hook(self.hook)

    async def close(self) -> None:
        """Stop to deliver; the webhook stands."""
        hook = self.hook
        await self.unhook()
        self.hook = hook
        if self._session is not None:
            await self._session.close()
            self._session = None

    # --- polls ----------------------------------------------------------------------------------------------------

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """What getUpdates returns. A later call, or a webhook that is set, ends an earlier one."""
        if self.hook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._polls += 1
        mine = self._polls
        self._stir()
        self._confirm_before(offset)
        until = asyncio.get_running_loop().time() + timeout
        while True:
            self._expire()
            found = [waiting.update for waiting in list(self._pending.values())[:limit]]
            left = until - asyncio.get_running_loop().time()
            if found or left <= 0:
                return found
            try:
                async with asyncio.timeout(left):
                    await self._wake.wait()
            except TimeoutError:
                return []
            if self.hook is not None:
                raise ApiError(409, "Conflict: terminated by setWebhook request")
            if self._polls != mine:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            offset = min(list(self._pending)[offset:], default=0)
        for number in [number for number in self._pending if number < offset]:
            self._confirm(number)

    def _confirm(self, number: int) -> None:
        if self._pending.pop(number, None) is not None:
            self.confirmed.append(number)
            self._stir()

    def _expire(self) -> None:
        now = self._pace.now()
        for number in [number for number, waiting in self._pending.items() if waiting.expires <= now]:
            del self._pending[number]
            self.expired.append(number)

    def _stir(self) -> None:
        self._wake.set()
        self._wake = asyncio.Event()
        if self.hook is not None:
            for chat in {waiting.chat for waiting in self._pending.values()} - set(self._pushes):
                task = self._pushes[chat] = asyncio.create_task(self._push(chat))
                task.add_done_callback(partial(self._pushed, chat))

    # --- webhook --------------------------------------------------------------------------------------------------

    def set_hook(self, hook: Hook) -> None:
        """Deliver to ``hook`` from now on, what waits included."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.hook = hook
        self._places = asyncio.Semaphore(hook.max_connections)
        self._stir()

    async def unhook(self) -> None:
        """Deliver by webhook no more."""
        self.hook = None
        tasks = list(self._pushes.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _pushed(self, chat: int, _: asyncio.Task[None]) -> None:
        self._pushes.pop(chat, None)
        if self.hook is not None and any(waiting.chat == chat for waiting in self._pending.values()):
            self._stir()

    async def _push(self, chat: int) -> None:
        """A chat's updates, one after the other: the next is sent only when the one before it was taken."""
        while self.hook is not None:
            self._expire()
            head = next((waiting for waiting in self._pending.values() if waiting.chat == chat), None)
            if head is None:
                return
            number = int(head.update["update_id"])
            async with self._places:
                status, asked = await self._deliver(self.hook, head.update)
            self.attempts.append((number, status))
            if status is not None and 200 <= status < 300:
                self._confirm(number)
                continue
            why = "Connection refused" if status is None else f"Wrong response from the webhook: {status}"
            self.last_error = (int(time.time()), why)
            head.failures += 1
            await self._pace.sleep(self._ladder(head.failures) if asked is None else min(3600.0, asked))

    def _ladder(self, failures: int) -> float:
        """At once, then 2, 4, 8, 16, 32 s …, at most a random 60 to 120 s."""
        return 0.0 if failures == 1 else min(2.0 ** (failures - 1), self._random.uniform(60, 120))

    async def _deliver(self, hook: Hook, update: dict[str, Any]) -> tuple[int | None, float | None]:
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        if hook.secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        patience = aiohttp.ClientTimeout(total=max(5.0, ANSWERS_WITHIN / self._pace.speed))
        try:
            body = orjson.dumps(update)
            async with self._session.post(hook.url, data=body, headers=headers, timeout=patience) as reply:
                said = await reply.read()
        except (aiohttp.ClientError, TimeoutError):
            return None, None
        asked = reply.headers.get("Retry-After", "")
        if reply.status < 300 and said[:1] == b"{" and self.perform is not None:
            called = orjson.loads(said)
            await self.perform(str(called.pop("method", "")), called)
        return reply.status, float(asked) if asked.isdecimal() else None
