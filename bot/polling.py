"""Followed dossiers looked up by ourselves, for backends that push nothing, or forget to.

One question at a time, spread evenly: the backend never gets more than ``per_minute``. Each followed dossier that is
not closed, and that nobody told of for ``EVERY``, is asked for in turn, what was never heard of first. What comes back
is entered like a register's row: it says how a dossier stands now, not what happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from bot.clock import Clock
from handlers.desk import BackendDown, Seen
from onestop.details import Details
from onestop.dossier import Dossier, Status
from storage.engine import Database
from storage.tables import bindings, dossiers

log = logging.getLogger(__name__)
EVERY = timedelta(hours=2)
RESTS = 60.0
"""Seconds between looks at the table where nothing is due, and before a backend that is down is asked again."""
_CLOSED = tuple(int(status) for status in Status if status.is_closed)


def due(connection: Connection, now: datetime) -> list[str]:
    """The codes to ask for, as printed, what was never heard of first, then what was longest ago."""
    query = (
        select(bindings.c.dossier, dossiers.c.details, dossiers.c.seen_at)
        .distinct()
        .outerjoin(dossiers, dossiers.c.code == bindings.c.dossier)
        .where(bindings.c.following_since.is_not(None), bindings.c.until >= now)
        .where(or_(dossiers.c.code.is_(None), dossiers.c.status.not_in(_CLOSED)))
        .where(or_(dossiers.c.code.is_(None), dossiers.c.seen_at < now - EVERY))
        .order_by(dossiers.c.seen_at.asc().nulls_first(), bindings.c.dossier)
    )
    return [
        row.dossier if row.details is None else Details.load(row.details).printed for row in connection.execute(query)
    ]


class Poller:
    """``look_up`` asks the backend (raises BackendDown); ``enter`` stores what it said, with the instant it said so."""

    def __init__(
        self,
        database: Database,
        look_up: Callable[[str], Awaitable[Seen]],
        enter: Callable[[Dossier, datetime], Awaitable[object]],
        clock: Clock,
        per_minute: float,
    ) -> None:
        self.pause = 60.0 / per_minute
        """Seconds from one question to the next."""
        self._database = database
        self._look_up = look_up
        self._enter = enter
        self._clock = clock
        self._waiting: deque[str] = deque()
        self._asked: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(), name="polling")

    async def stop(self) -> None:
        """End asking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def one(self) -> bool:
        """Ask for the next dossier; False where none is due. Raises BackendDown."""
        if not self._waiting:
            self._waiting.extend(await self._to_ask())
        if not self._waiting:
            return False
        code = self._waiting.popleft()
        seen = await self._look_up(code)
        self._asked[code] = self._clock.now()
        if seen.dossier is not None:
            await self._enter(seen.dossier, seen.as_of)
        return True

    async def _to_ask(self) -> list[str]:
        """What is due, without what was asked for lately and was not known, or had nothing new."""
        now = self._clock.now()
        self._asked = {code: at for code, at in self._asked.items() if at > now - EVERY}
        found = await self._database.read(lambda connection: due(connection, now))
        return [code for code in found if code not in self._asked]

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                rest = self.pause if await self.one() else RESTS
            except BackendDown:
                rest = RESTS
            except Exception:
                log.exception("a followed dossier could not be looked up")
                rest = RESTS
            await asyncio.sleep(max(0.0, began + rest - loop.time()))
