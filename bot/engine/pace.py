"""Turns begin one after another, with a look at the network between them.

A group that was written wakes all its turns at once, and the loop would run them in one go: forty typed questions keep
it for a quarter of a second, in which nothing that comes in is read, stored or acknowledged. A platform that waits for
its 200 sends again, and a page stands still.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Pace:
    """``turn`` returns when it is one's turn to begin: one for each round of the loop, in the order asked."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._running = False

    async def turn(self) -> None:
        """Wait for one's turn; whoever is cancelled meanwhile holds nobody up."""
        loop = asyncio.get_running_loop()
        if not self._running:
            self._running = True
            loop.call_soon(self._next)
            return
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        await mine

    def _next(self) -> None:
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                asyncio.get_running_loop().call_soon(self._next)
                return
        self._running = False
