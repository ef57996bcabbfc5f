"""What loads of every platform share: one that takes every message, and turns posted, so many in flight."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from benchmarks import wire

PATIENCE = 30.0
"""Seconds after which a turn counts as lost."""
Given = TypeVar("Given")
Who = TypeVar("Who", int, str)


class Platform(ABC, Generic[Who]):
    """A platform that takes every message. ``expect`` says when the next one to somebody arrives.

    ``round_trip``: seconds after which it answers.
    """

    def __init__(self) -> None:
        self.address = ""
        self.round_trip = 0.0
        self._waiting: dict[Who, asyncio.Future[float]] = {}
        self._server: asyncio.Server | None = None

    @abstractmethod
    def told(self, path: str, body: bytes, peer: object) -> bytes:
        """What it answers to a call, as JSON."""

    async def start(self) -> None:
        """Listen on a free port."""
        self._server, self.address = await wire.serve(lambda *asked: (self.told(*asked), self.round_trip))

    async def stop(self) -> None:
        """Close."""
        if self._server is not None:
            self._server.close()

    def expect(self, who: Who) -> asyncio.Future[float]:
        """When the next message to ``who`` arrives (``time.perf_counter``)."""
        future = self._waiting[who] = asyncio.get_running_loop().create_future()
        return future

    def arrived(self, who: Who) -> None:
        """A message to ``who`` is here."""
        future = self._waiting.pop(who, None)
        if future is not None and not future.done():
            future.set_result(time.perf_counter())


@dataclass(slots=True)
class Load:
    """What a load of turns took: seconds on the wall and, a turn each, from post to answer. ``lost`` had no answer."""

    wall: float = 0.0
    took: list[float] = field(default_factory=list)
    lost: int = 0

    def quantile(self, share: float) -> float:
        """Milliseconds under which this share of the turns was answered."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def so_many(
    api: Platform[Who],
    turns: Iterable[tuple[Who, Given]],
    post: Callable[[Given], Awaitable[bool]],
    in_flight: int,
) -> Load:
    """Post what is given for everybody, never more than ``in_flight`` unanswered; ``post``: whether it was taken."""
    load, left = Load(), iter(turns)

    async def one(who: Who, given: Given) -> None:
        answered, began = api.expect(who), time.perf_counter()
        try:
            taken = await post(given)
            arrived = await asyncio.wait_for(answered, PATIENCE if taken else 0)
        except (OSError, TimeoutError):
            load.lost += 1
            return
        load.took.append(arrived - began)

    async def place() -> None:
        for who, given in left:
            await one(who, given)

    began = time.perf_counter()
    await asyncio.gather(*(place() for _ in range(in_flight)))
    load.wall = time.perf_counter() - began
    return load
