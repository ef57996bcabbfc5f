"""How soon citizens are answered and what was out of reach, added up in memory and written once a minute.

A message counts on Vietnam's day on which it came, from the moment it reached us (its inbox number) to the moment the
last letter of its answer was handed to the channel. A turn costs an addition. What a ``kill -9`` takes along is a
minute of counts at most; several processes on one database add up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.clock import Clock
from bot.engine.outages import Outages, Rows
from storage.service_tables import outages, service_days
from storage.statement import upsert
from storage.tables import micros, periodic

log = logging.getLogger(__name__)
SOON = 3 * 10**6
"""Microseconds within which an answer is soon."""
LOOK = 5.0
"""Seconds between two looks at the channels."""
FLUSH = timedelta(minutes=1)
RESTART = timedelta(seconds=10)
"""Who is back within so long was not away."""
ITSELF, ONESTOP = "motcua", "onestop"
NAME, SINCE, ALIVE = "service", "since", "alive"
"""In ``periodic``: since when is counted, and when a machine was last known to run."""
DAY, VIETNAMS = 24 * 3600 * 10**6, 7 * 3600 * 10**6
EPOCH = date(1970, 1, 1)
Write = Callable[[Callable[[Connection], Any], str], Awaitable[Any]]
Days = dict[int, list[int]]
"""Day since 1970 → messages, soon, unanswered."""


class Service:
    """``unit``: whose machine this is, empty where none is set; ``troubles``: each channel's name and what is wrong
    with it now; ``write``: puts something on disk."""

    def __init__(
        self,
        unit: str,
        clock: Clock,
        write: Write,
        troubles: Callable[[], Iterable[tuple[str, str | None]]] = tuple,
    ) -> None:
        self._unit = unit
        self._clock = clock
        self._write = write
        self._troubles = troubles
        self._days: Days = {}
        self._outages = Outages()
        self._task: asyncio.Task[None] | None = None

    # --- what is counted ----------------------------------------------------------------------------------------------

    def handed_over(self, since: int, now: datetime) -> None:
        """The answer to a message that came at ``since`` (microseconds) is with its channel."""
        counts = self._of(since)
        counts[0] += 1
        if micros(now) - since <= SOON:
            counts[1] += 1

    def given_up(self, since: int) -> None:
        """A message that came then has no answer and will never have one."""
        counts = self._of(since)
        counts[0] += 1
        counts[2] += 1

    def _of(self, since: int) -> list[int]:
        day = (since + VIETNAMS) // DAY
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = [0, 0, 0]
        return found

    def looked_up(self, began: datetime, *, failed: bool) -> None:
        """The one-stop system was asked."""
        self._outages.asked(ONESTOP, failed=failed, began=began, now=self._clock.now())

    def look(self) -> None:
        """Which channels are out of reach now."""
        now = self._clock.now()
        for what, trouble in self._troubles():
            self._outages.looked(what, down=trouble is not None, now=now)

    # --- and written --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin; from the last known moment to now nobody was here."""
        now = self._clock.now()
        last = await self._write(lambda connection: _begin(connection, now), "service")
        if last is not None and now - last > RESTART:
            self._outages.was(ITSELF, last, now)
        self._task = asyncio.create_task(self._run(), name="service")

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self.flush()

    async def flush(self) -> None:
        """Write what was added up; kept for the next time where it cannot be written."""
        days, self._days = self._days, {}
        rows, now = self._outages.take(), self._clock.now()
        try:
            await self._write(lambda connection: store(connection, self._unit, days, rows, now), "service")
        except Exception as error:
            log.error("the sums of the service could not be written: %s", type(error).__name__)
            for day, counts in days.items():
                mine = self._days.setdefault(day, [0, 0, 0])
                mine[:] = [one + other for one, other in zip(mine, counts, strict=True)]
            self._outages.give_back(rows)

    async def _run(self) -> None:
        written = self._clock.now()
        while True:
            await asyncio.sleep(LOOK)
            self.look()
            now = self._clock.now()
            if now - written >= FLUSH:
                written = now
                await self.flush()


def store(connection: Connection, unit: str, days: Days, stretches: Rows, now: datetime) -> None:
    """Add the counts to what other processes wrote, lengthen the stretches, and say that we live at ``now``."""
    dialect = connection.dialect.name
    if days:
        insert, table = upsert(dialect, service_days), service_days.c
        sums = {name: table[name] + insert.excluded[name] for name in ("messages", "soon", "unanswered")}
        rows = [
            {"unit": unit, "day": (EPOCH + timedelta(days=day)).isoformat()} | dict(zip(sums, counts, strict=True))
            for day, counts in sorted(days.items())
        ]
        connection.execute(insert.on_conflict_do_update(index_elements=["unit", "day"], set_=sums), rows)
    if stretches:
        insert = upsert(dialect, outages)
        until = {"ended_at": insert.excluded.ended_at}
        found = [{"what": what, "began_at": at, "ended_at": end} for (what, at), end in sorted(stretches.items())]
        connection.execute(insert.on_conflict_do_update(index_elements=["what", "began_at"], set_=until), found)
    _alive(connection, now)


def _begin(connection: Connection, now: datetime) -> datetime | None:
    """When a machine was last known to run, None where none ever was; counting begins where it had not."""
    insert = upsert(connection.dialect.name, periodic)
    connection.execute(insert.values(name=NAME, slot=SINCE, done_at=now).on_conflict_do_nothing())
    query = select(func.max(periodic.c.done_at)).where(periodic.c.name == NAME, periodic.c.slot == ALIVE)
    last: datetime | None = connection.execute(query).scalar()
    _alive(connection, now)
    return last


def _alive(connection: Connection, now: datetime) -> None:
    insert = upsert(connection.dialect.name, periodic).values(name=NAME, slot=ALIVE, done_at=now)
    connection.execute(insert.on_conflict_do_update(index_elements=["name", "slot"], set_={"done_at": now}))
