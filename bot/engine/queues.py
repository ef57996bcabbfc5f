"""Each chat's things in their order, all chats side by side: a queue a chat, and a task while it holds anything."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


class Queues(Generic[T]):
    """``handle(chat, item)`` is awaited for one item of a chat at a time; what it raises is logged and passed over."""

    def __init__(self, handle: Callable[[str, T], Awaitable[None]]) -> None:
        self._handle = handle
        self._queues: dict[str, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.waiting = 0
        """Items put and not yet handled, those in hand included."""

    def put(self, chat: str, item: T) -> None:
        """Queue an item behind the chat's others."""
        self.waiting += 1
        queue = self._queues.get(chat)
        if queue is not None:
            queue.append(item)
            return
        self._queues[chat] = deque((item,))
        self.aside(self._run(chat))

    def of(self, chat: str) -> Sequence[T]:
        """What waits for a chat, the one in hand first."""
        return self._queues.get(chat, ())

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is in hand."""
        return not self._queues

    def aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Something to be finished, or stopped, with the rest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finished(self) -> None:
        """Until every chat's task has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, patience: float) -> None:
        """Give what is in hand so many seconds; what is left then is dropped here (it stays open in its table)."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, chat: str) -> None:
        queue = self._queues[chat]
        try:
            while queue:
                try:
                    await self._handle(chat, queue[0])
                except Exception:
                    log.exception("something queued could not be handled")
                queue.popleft()
                self.waiting -= 1
        finally:
            self.waiting -= len(queue)
            del self._queues[chat]
