"""Turns begin a few at a time, with a look at the network between them.

A group that was written wakes all its turns at once, and the loop would run them in one go: a hundred typed questions
keep it for half a second, in which nothing that comes in is read, stored or acknowledged. A platform that waits for its
200 sends again, and a page stands still. One at a time, though, their answers reach the disk in small groups, which
costs a fifth more.
"""

from __future__ import annotations

import asyncio
from collections import deque

TOGETHER = 8
"""Turns that begin in one round of the loop: some forty milliseconds of typed questions."""


class Pace:
    """``turn`` returns when it is one's turn to begin: ``together`` for each round of the loop, in the order asked."""

    def __init__(self, together: int = TOGETHER) -> None:
        self._together = together
        self._begun = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._running = False

    async def turn(self) -> None:
        """Wait for one's turn; whoever is cancelled meanwhile holds nobody up."""
        loop = asyncio.get_running_loop()
        if not self._running:
            self._running, self._begun = True, 0
            loop.call_soon(self._next)
        if self._begun < self._together:
            self._begun += 1
            return
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        await mine

    def _next(self) -> None:
        self._begun = 0
        while self._waiting and self._begun < self._together:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                self._begun += 1
        self._running = self._begun > 0
        if self._running:
            asyncio.get_running_loop().call_soon(self._next)
