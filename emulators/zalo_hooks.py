"""Events on their way to the account's webhook: signed, at least once, in no promised order, again after a failure."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from emulators.zalo_world import World

ANSWERS_WITHIN = 2.0
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)
"""Emulated seconds before each further try; after the last one the webhook is switched off."""


@dataclass(slots=True)
class Event:
    """One event as its exact bytes. ``statuses``: what each try was answered, None where nothing came in time."""

    number: int
    name: str
    body: bytes
    stamp: str
    statuses: list[int | None] = field(default_factory=list)
    taken: bool = False


class Hooks:
    """``url``: where events go; None before one is saved. ``again``: the share that is delivered once more although
    it was taken. ``late``: the share that is held back up to a second, so that a later one overtakes it.
    ``odd``: bodies are written in odd ways (order of keys, blanks, escapes), which only raw bytes survive."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.url: str | None = None
        self.enabled = True
        self.again = 0.0
        self.late = 0.0
        self.odd = False
        self.ladder: tuple[float, ...] = LADDER
        self.first_term = world.app_id
        self.secret = world.oa_secret
        self.events: list[Event] = []
        self.repeated = 0
        self._world = world
        self._random = rng
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def save(self, url: str) -> int | None:
        """As the console does when an address is saved: a probe without a signature, which must be answered 200."""
        body = json.dumps({"app_id": self._world.app_id, "event_name": "test", "timestamp": "0"}).encode()
        status = await self._post(url, body, {})
        if status == 200:
            self.url, self.enabled = url, True
        return status

    def send(self, name: str, fields: Mapping[str, Any]) -> Event:
        """Queue an event of ours: its fields are completed, written and signed."""
        stamp = str(int(self._world.clock.now() * 1000))
        event = {"app_id": self._world.app_id, **fields, "event_name": name, "timestamp": stamp}
        return self.send_raw(name, self._write(event), stamp)

    def send_raw(self, name: str, body: bytes, stamp: str) -> Event:
        """Queue exactly these bytes, signed."""
        event = Event(len(self.events), name, body, stamp)
        self.events.append(event)
        if self.url is not None and self.enabled:
            task = asyncio.create_task(self._deliver(event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return event

    def sign(self, body: bytes, stamp: str) -> str:
        """The header's value for these bytes."""
        term, secret = self.first_term.encode(), self.secret.encode()
        return f"mac={hashlib.sha256(term + body + stamp.encode() + secret).hexdigest()}"

    @property
    def waiting(self) -> int:
        """Events that were not taken yet."""
        return sum(not event.taken for event in self.events)

    async def close(self) -> None:
        """Deliver no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _write(self, event: dict[str, Any]) -> bytes:
        if not self.odd:
            return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        keys = list(event)
        self._random.shuffle(keys)
        mixed = {key: event[key] for key in keys}
        separators = self._random.choice(((",", ":"), (", ", ": "), (" ,\n", " :  ")))
        return json.dumps(mixed, ensure_ascii=self._random.random() < 0.5, separators=separators).encode()

    async def _deliver(self, event: Event) -> None:
        if self._random.random() < self.late:
            await asyncio.sleep(self._random.random())
        for pause in (*self.ladder, None):
            if await self._once(event):
                event.taken = True
                if self._random.random() < self.again:
                    self.repeated += 1
                    await self._once(event)
                return
            if pause is None:
                self.enabled = False
                return
            await self._world.clock.sleep(pause)

    async def _once(self, event: Event) -> bool:
        assert self.url is not None
        headers = {"X-ZEvent-Signature": self.sign(event.body, event.stamp)}
        if event.statuses:
            headers["num_retry"] = str(len(event.statuses))
        event.statuses.append(await self._post(self.url, event.body, headers))
        return event.statuses[-1] == 200

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        patience = aiohttp.ClientTimeout(total=ANSWERS_WITHIN)
        try:
            given = {"Content-Type": "application/json", **headers}
            async with self._session.post(url, data=body, headers=given, timeout=patience) as reply:
                await reply.read()
                return reply.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
