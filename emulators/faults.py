"""Emulated time, and what can go wrong with a call: the same for every emulated messenger."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum

LONG_ENOUGH = 600.0
"""Seconds after which a wait for what the other side should do has failed: a busy machine is no finding."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Emulated time: ``speed`` of its seconds in one of ours."""

    speed: float = 1.0

    def now(self) -> float:
        """Emulated seconds since some moment."""
        return asyncio.get_running_loop().time() * self.speed

    async def sleep(self, seconds: float) -> None:
        """So many emulated seconds."""
        await asyncio.sleep(seconds / self.speed)


class Fault(Enum):
    """What can go wrong with a call."""

    LIMITED = "limited"
    """429 with retry_after."""
    FAILING = "failing"
    """500, nothing done."""
    SLOW = "slow"
    LOST = "lost"
    """Done, and the connection closed without a reply."""
    GARBAGE = "garbage"
    """Nothing done; a proxy's 502 page, which shows the address asked for."""
    GARBLED = "garbled"
    """Done, and the reply unreadable."""


@dataclass(slots=True)
class Faults:
    """Shares of calls (0 to 1) that go wrong, drawn by ``seed``; only for methods whose name begins with ``prefix``.

    ``script`` comes first: the next calls of a method fail as told, whatever the shares are.
    """

    seed: int = 1
    limited: float = 0.0
    failing: float = 0.0
    slow: float = 0.0
    lost: float = 0.0
    garbage: float = 0.0
    garbled: float = 0.0
    retry_after: float = 1
    slow_seconds: float = 2.0
    prefix: str = "send"
    script: dict[str, deque[Fault]] = field(default_factory=dict)
    drawn: Counter[Fault] = field(default_factory=Counter)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def next(self, method: str, *faults: Fault) -> None:
        """The next calls of ``method`` fail so, in this order."""
        self.script.setdefault(method.lower(), deque()).extend(faults)

    def draw(self, method: str) -> Fault | None:
        """What goes wrong with this call."""
        fault = self._draw(method)
        if fault is not None:
            self.drawn[fault] += 1
        return fault

    def _draw(self, method: str) -> Fault | None:
        waiting = self.script.get(method.lower())
        if waiting:
            return waiting.popleft()
        if not method.lower().startswith(self.prefix.lower()):
            return None
        left = self._random.random()
        for fault in Fault:
            left -= getattr(self, fault.value)
            if left < 0:
                return fault
        return None
