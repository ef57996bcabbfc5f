"""How long dossiers of a procedure take at a unit: fitted once a night from what is stored, read in no time by day.

A night that was slept through is made up for at the start. What was never fitted (the first day, a procedure that is
new at a desk) is fitted when it is asked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time

from sqlalchemy import Connection

from bot.clock import Clock
from onestop import store
from onestop.days import curves
from onestop.days.calendar import VIETNAM, vietnam_date
from onestop.days.durations import Curve, fit
from storage.engine import Database

log = logging.getLogger(__name__)
AT = time(1, 30)
"""Vietnam's time: after midnight, so that a day's completions are in; before anybody asks."""
RESTS = 60.0
"""Seconds between looks at the clock."""
MOST = 4096
"""Curves held in memory: of some hundred procedures at some ten desks."""

Write = Callable[[Callable[[Connection], None], str], Awaitable[object]]


class Histories:
    """``curve`` and ``curves`` read; each curve is read from the database once a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._day: date | None = None
        self._curves: dict[tuple[str, str], Curve] = {}

    async def curve(self, unit: str, procedure: str, now: datetime) -> Curve:
        """What a unit's (its code) dossiers of a procedure (its code as told) took, as known on ``now``'s day."""
        self._turn(vietnam_date(now))
        found = self._curves.get((unit, procedure))
        if found is None:
            kept = await self._database.read(lambda c: curves.get(c, unit, procedure))
            found = await self.fitted(unit, procedure, now) if kept is None else kept
            self._curves[unit, procedure] = found
        return found

    async def curves(self, unit: str) -> Mapping[str, Curve]:
        """All of a unit that were fitted, by procedure."""
        return await self._database.read(lambda c: curves.of_unit(c, unit))

    async def fitted(self, unit: str, procedure: str, now: datetime) -> Curve:
        """Fitted now, beside the turns that are answered meanwhile."""
        rows = await self._database.read(lambda c: store.history(c, unit, procedure, now))
        return await asyncio.to_thread(lambda: fit(store.spells(rows, now)))

    def forget(self) -> None:
        """Read anew what was fitted anew."""
        self._curves = {}

    def _turn(self, today: date) -> None:
        if self._day != today or len(self._curves) >= MOST:
            self._day, self._curves = today, {}


class Nights:
    """Fits all of it once a night. ``write`` writes with the next group."""

    def __init__(self, database: Database, histories: Histories, write: Write, clock: Clock) -> None:
        self._database = database
        self._histories = histories
        self._write = write
        self._clock = clock
        self._done: date | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look at the clock."""
        self._task = asyncio.create_task(self._run(), name="nights")

    async def stop(self) -> None:
        """End it; what was not fitted yet is fitted after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Fit what was not fitted since the last 01:30; how many curves that were."""
        now = self._clock.now()
        here = now.astimezone(VIETNAM)
        if here.time() < AT or self._done == here.date():
            return 0
        done = await self._database.read(lambda c: curves.fitted(c, here.date()))
        left = [kind for kind in await self._database.read(curves.kinds) if kind not in done]
        for unit, procedure in left:
            curve = await self._histories.fitted(unit, procedure, now)
            await self._write(_keeping(unit, procedure, here.date(), curve), "curve")
        if done or left:  # else nothing is stored yet: a register may be read in later today
            self._done = here.date()
        self._histories.forget()
        return len(left)

    async def _run(self) -> None:
        while True:
            try:
                fitted = await self.look()
                if fitted:
                    log.info("%d histories of procedures at desks were fitted", fitted)
            except Exception:
                log.exception("the histories could not be fitted")
            await asyncio.sleep(RESTS)


def _keeping(unit: str, procedure: str, day: date, curve: Curve) -> Callable[[Connection], None]:
    return lambda connection: curves.put(connection, unit, procedure, day, curve)
