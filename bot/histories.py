"""How long dossiers of a procedure take at a unit, estimated from what is stored once a day and kept in memory."""

from __future__ import annotations

from datetime import date, datetime

from onestop import store
from onestop.calendar import vietnam_date
from onestop.durations import Curve, fit
from storage.engine import Database

MOST = 4096
"""Curves kept: of some hundred procedures at some ten desks."""


class Histories:
    """``curve`` reads a unit's history of a procedure the first time on a day that it is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._day: date | None = None
        self._curves: dict[tuple[str, str], Curve] = {}

    async def curve(self, unit: str, procedure: str, now: datetime) -> Curve:
        """What a unit's (its code) dossiers of a procedure (its code as told) took, as known on ``now``'s day."""
        today = vietnam_date(now)
        if self._day != today or len(self._curves) >= MOST:
            self._day, self._curves = today, {}
        found = self._curves.get((unit, procedure))
        if found is None:
            found = fit(await self._database.read(lambda c: store.spells(c, unit, procedure, now)))
            self._curves[unit, procedure] = found
        return found
