"""Group commit: whatever waits is written in one transaction, and everyone hears what became of theirs.

A group that fails as a whole is tried again job by job, so that one bad job never takes its neighbours with it.
Jobs marked ``lazy`` do not start a group by themselves at once: they ride with the next one (at most ``LINGER`` later).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)
LINGER = 0.05
"""Seconds that lazy jobs wait for company."""
MOST = 512
"""Jobs in one transaction at most."""
J = TypeVar("J")


class Writes(Protocol):
    """The part of ``Database`` that is needed here."""

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """Run in one transaction."""
        ...


class GroupCommit(Generic[J]):
    """``apply(connection, jobs)`` returns one outcome a job: a value, or an exception that this job alone gets."""

    def __init__(self, database: Writes, apply: Callable[[Connection, Sequence[J]], Sequence[Any]]) -> None:
        self._database = database
        self._apply = apply
        self._waiting: list[tuple[J, asyncio.Future[Any] | None]] = []
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self.groups = 0
        self.jobs = 0

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Write what waits, then end."""
        await self.drained()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def drained(self) -> None:
        """Until nothing waits and nothing is being written."""
        while self._waiting or not self._idle.is_set():
            self._urgent.set()
            self._wake.set()
            await self._idle.wait()
            await asyncio.sleep(0)

    def submit(self, job: J) -> asyncio.Future[Any]:
        """Queue a job; the future holds its outcome once it is on disk."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        self._idle.clear()
        self._urgent.set()
        self._wake.set()
        return future

    def submit_lazily(self, job: J) -> None:
        """Queue a job nobody waits for; it rides with the next group."""
        self._waiting.append((job, None))
        self._idle.clear()
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            if not self._urgent.is_set():
                try:
                    async with asyncio.timeout(LINGER):
                        await self._urgent.wait()
                except TimeoutError:
                    pass
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            if not self._waiting:
                self._wake.clear()
                self._urgent.clear()
            await self._write(group)
            if not self._waiting:
                self._idle.set()

    async def _write(self, group: list[tuple[J, asyncio.Future[Any] | None]]) -> None:
        self.groups += 1
        self.jobs += len(group)
        try:
            outcomes = await self._database.write(lambda connection: self._apply(connection, [job for job, _ in group]))
        except Exception as error:
            if len(group) == 1:
                _tell(group[0][1], error)
                if group[0][1] is None:
                    log.error("a write nobody waits for failed: %s", type(error).__name__)
                return
            log.warning("a group of %d writes failed (%s), trying one by one", len(group), _brief(error))
            for single in group:
                await self._write([single])
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            _tell(future, outcome)


def _tell(future: asyncio.Future[Any] | None, outcome: Any) -> None:
    if future is None or future.done():
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _brief(error: Exception) -> str:
    # SQLAlchemy's messages quote the parameters, which may hold what a citizen wrote
    return type(error.__cause__ or error).__name__ if isinstance(error, SQLAlchemyError) else type(error).__name__
