"""What the desks hide and say for themselves, in memory: a citizen's question costs no read.

It is read in the very transaction that changed it and put in force once that is committed, before anybody hears of
the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from bot.engine.jobs import Answer, Job
from bot.local import facts
from handlers.effects import FactDecided, FactHidden, FactUnhidden
from procedures.local import Local
from storage.engine import Database

Apply = Callable[[Connection, Sequence[Job]], list[Any]]


class Snapshot:
    """``bot.engine.group.Writes`` that leaves ``value`` as it was committed. ``written``: what the files say."""

    def __init__(self, database: Database, written: Local) -> None:
        self._database = database
        self._written = written
        self._next: Local | None = None
        self.value = written

    async def load(self) -> None:
        """Read the tables, at the start."""
        self.value = await self._database.read(lambda connection: facts.read(connection, self._written))

    def watching(self, apply: Apply) -> Apply:
        """``apply``, followed by a look at the tables where the group changed them."""

        def applied(connection: Connection, jobs: Sequence[Job]) -> list[Any]:
            outcomes = apply(connection, jobs)
            if any(changes(job) for job in jobs):
                self._next = facts.read(connection, self._written)
            return outcomes

        return applied

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """One transaction; what it changed is in force when this returns."""
        self._next = None
        outcome = await self._database.write(work)
        if self._next is not None:
            self.value = self._next
        return outcome


def changes(job: Job) -> bool:
    """Whether the job changes what is hidden or holds."""
    kinds = (FactHidden, FactUnhidden, FactDecided)
    return isinstance(job, Answer) and any(isinstance(effect, kinds) for effect in job.step.effects)
