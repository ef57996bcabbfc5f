"""Signed pushes of the mock one-stop system: in order, each offered again until it is taken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

import aiohttp
import orjson

from onestop.mock.faults import Fault
from onestop.wire import SIGNATURE_HEADER, signature

log = logging.getLogger(__name__)
LONGEST_PAUSE = 10.0

Deliver = Callable[[bytes, str], Awaitable[int]]
"""Takes a push's raw body and its signature header, gives the HTTP status."""


class Pusher:
    """Delivers pushes to an address, or to ``deliver`` in the same process. ``refused``: how many got a 4xx.

    ``fault``: with DUPLICATES each push comes twice, with DISORDER after the one that follows it.
    """

    def __init__(
        self,
        secret: str,
        to: str | None,
        deliver: Deliver | None,
        chance: random.Random,
        pause: float = 0.2,
        fault: Callable[[], Fault | None] = lambda: None,
    ) -> None:
        self.refused = 0
        self._secret, self._to, self._deliver = secret, to, deliver
        self._chance, self._pause, self._fault = chance, pause, fault
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def push(self, service: str, rows: list[dict[str, object]]) -> None:
        """Put a push in line; nothing where nobody takes pushes."""
        if self._to is None and self._deliver is None:
            return
        body: dict[str, object] = {"service": service, "data": rows}
        if service == "DongBoHoSoMC":
            body["isUpdating"] = "True"
        self._queue.put_nowait(orjson.dumps(body))

    async def delivered(self, within: float) -> None:
        """Wait until the line is empty. Raises TimeoutError."""
        async with asyncio.timeout(within):
            await self._queue.join()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """What was not taken yet is lost, as with a system that is switched off."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                line = [await self._queue.get()]
                if self._fault() is Fault.DISORDER and not self._queue.empty():
                    line.insert(0, self._queue.get_nowait())
                times = 2 if self._fault() is Fault.DUPLICATES else 1
                for raw in line:
                    try:
                        for _ in range(times):
                            await self._until_taken(session, raw)
                    finally:
                        self._queue.task_done()

    async def _until_taken(self, session: aiohttp.ClientSession, raw: bytes) -> None:
        pause = self._pause
        while True:
            status = await self._offer(session, raw)
            if 200 <= status < 300:
                return
            if 400 <= status < 500 and status not in (408, 429):
                self.refused += 1
                log.warning("push refused: HTTP %d", status)
                return
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _offer(self, session: aiohttp.ClientSession, raw: bytes) -> int:
        """The HTTP status; 503 where nobody is there."""
        header = signature(self._secret, raw)
        try:
            if self._deliver is not None:
                return await self._deliver(raw, header)
            headers = {SIGNATURE_HEADER: header, "Content-Type": "application/json"}
            async with session.post(self._to or "", data=raw, headers=headers) as reply:
                return reply.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.debug("push not taken: %s", type(error).__name__)
            return 503
