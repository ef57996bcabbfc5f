"""What the emulated Zalo knows: its clock, people and their phones, files, templates, and what an account has sent."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FREE = 48 * 3600.0
"""Seconds after a citizen's last interaction in which writing to them is free."""
OPEN = 7 * 86_400.0
"""Seconds after which it is no longer allowed."""
ASSETS_LIVE = 7 * 86_400.0
RATE = 4000
"""Calls a minute of one app."""


class Refusal(Exception):
    """A call's refusal: HTTP 200 with a negative ``error``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Clock:
    """Emulated time: ``speed`` of its seconds in one of ours, and it may be moved on."""

    def __init__(self, speed: float = 1.0, started: float | None = None) -> None:
        self.speed = speed
        self._began = time.monotonic()
        self._started = time.time() if started is None else started
        self._moved = 0.0

    def now(self) -> float:
        """Seconds since 1970, emulated."""
        return self._started + (time.monotonic() - self._began) * self.speed + self._moved

    def move(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._moved += seconds

    async def sleep(self, seconds: float) -> None:
        """So many emulated seconds, as they pass by themselves."""
        await asyncio.sleep(seconds / self.speed)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; tapping it sends ``payload`` as the citizen's text, shown or not."""

    title: str
    type: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Zalo took from the account. ``kind``: text, image, file, sticker, request_user_info, template."""

    user: str
    message_id: str
    text: str
    kind: str = "text"
    buttons: tuple[Button, ...] = ()
    quota: str = "reply"
    file: str = ""
    template: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """An uploaded file."""

    kind: str
    name: str
    content: bytes
    at: float


@dataclass(slots=True)
class Person:
    """One Zalo user, as the account sees them."""

    id: str
    name: str
    phone: str
    follows: bool = False
    blocked: bool = False
    last_interaction: float | None = None
    replies: int = 0
    """Free messages since the last interaction."""
    seen: list[dict[str, Any]] = field(default_factory=list)
    """All that the phone shows, both ways, in order."""


@dataclass(slots=True)
class World:
    """One app with one Official Account. ``free_replies``: free messages a frame, None for any number."""

    clock: Clock
    app_id: str
    app_secret: str
    oa_id: str
    oa_secret: str
    free_replies: int | None = None
    sub_quota: int = 500
    rate: int = RATE
    package: str = "Tăng trưởng"
    people: dict[str, Person] = field(default_factory=dict)
    sends: list[Sent] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    refusals: list[tuple[str, int, str]] = field(default_factory=list)
    """(call, code, message) of all that was not taken."""
    reactions: list[tuple[str, str]] = field(default_factory=list)
    _number: int = 0
    _minute: tuple[int, int] = (0, 0)

    def next_id(self, prefix: str) -> str:
        """An id that Zalo gives."""
        self._number += 1
        return f"{prefix}{self._number:012x}"

    def person(self, user: str, name: str = "", phone: str = "") -> Person:
        """The user, made when they are new."""
        found = self.people.get(user)
        if found is None:
            found = self.people[user] = Person(user, name or f"Người dân {user[-4:]}", phone or f"8490{user[-7:]:0>7}")
        return found

    def touch(self, person: Person) -> None:
        """The user did something that opens the window."""
        person.last_interaction = self.clock.now()
        person.replies = 0

    def count(self) -> tuple[int, int]:
        """One more call in this minute: the limit and what remains. Raises Refusal(-32)."""
        minute = int(self.clock.now() // 60)
        used = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, used)
        if used > self.rate:
            raise Refusal(-32, "App has reached the request rate limit per minute")
        return self.rate, self.rate - used

    def window(self, person: Person) -> str:
        """What a consultation message to this user is counted on: its ``quota_type``. Raises Refusal."""
        if person.blocked:
            raise Refusal(-244, "User has restricted this type of message from the OA")
        if person.last_interaction is None:
            raise Refusal(-232, "User has not interacted with the OA or interaction has expired")
        age = self.clock.now() - person.last_interaction
        if age > OPEN:
            raise Refusal(-230, "User has not interacted with the OA in the past 7 days")
        if age <= FREE and (self.free_replies is None or person.replies < self.free_replies):
            person.replies += 1
            return "reply"
        if self.sub_quota > 0:
            self.sub_quota -= 1
            return "sub_quota"
        raise Refusal(-211, "Out of quota")
