"""Registers entered into the database, in parts, for the command line: here, or in the running server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.clock import Clock
from bot.control import Does, Wrong
from bot.tables.pushes import Pushes
from onestop.register.listed import load_line
from storage.engine import Database
from storage.statement import upsert
from storage.tables import audit, instant, micros, periodic

REGISTER = "register"
"""In ``periodic``: a register by the hash of its bytes, with the instant it was true at."""
OPERATOR = "operator"
Stored = Callable[[], Awaitable[None]]


class Imports:
    """One method an operation, as in ``bot.operations``. ``stored`` is awaited after each part."""

    def __init__(self, database: Database, pushes: Pushes, clock: Clock, stored: Stored) -> None:
        self._database = database
        self._pushes = pushes
        self._clock = clock
        self._stored = stored

    def by_name(self) -> Mapping[str, Does]:
        """The operations."""
        return {"dossiers_begin": self.begin, "dossiers_enter": self.enter}

    async def begin(self, given: dict[str, Any]) -> Any:
        """``{"sha256","as_of"|null,"rows"}`` → ``{"as_of","before"}``: when the register counts as true, and whether
        it was entered before. The same bytes stay as old as they were, unless somebody says how old they are."""
        if not self._pushes.rules.unit:
            raise Wrong("chưa đặt MOTCUA_UNIT (mã đơn vị của mình): máy không biết hồ sơ là của đơn vị nào")
        now = self._clock.now()
        said = None if given["as_of"] is None else instant(given["as_of"])
        if said is not None and said > now:
            raise Wrong("--as-of là lúc chưa tới: ghi lúc tệp được xuất ra")

        def work(connection: Connection) -> tuple[datetime, bool]:
            this = (periodic.c.name == REGISTER, periodic.c.slot == given["sha256"])
            found: datetime | None = connection.execute(select(periodic.c.done_at).where(*this)).scalar()
            as_of = said or found or now
            row = {"name": REGISTER, "slot": given["sha256"], "done_at": as_of}
            connection.execute(
                upsert(connection.dialect.name, periodic)
                .values(row)
                .on_conflict_do_update(index_elements=["name", "slot"], set_={"done_at": as_of})
            )
            detail = f"{given['rows']} rows, sha256 {given['sha256'][:16]}"
            note = {"what": "imported a register", "unit": self._pushes.rules.unit, "detail": detail}
            connection.execute(audit.insert().values(at=now, who=OPERATOR, **note))
            return as_of, found is not None

        as_of, before = await self._database.write(work)
        return {"as_of": micros(as_of), "before": before}

    async def enter(self, given: dict[str, Any]) -> Any:
        """``{"as_of","lines"}`` → ``{"new","changed","same","older"}``: how many dossiers are which."""
        as_of = instant(given["as_of"])
        try:
            lines = [load_line(value) for value in given["lines"]]
        except (KeyError, TypeError, ValueError):
            raise Wrong("the rows are not as this version writes them: is the server of another version?") from None
        entered = await self._database.write(lambda connection: self._pushes.enter(connection, lines, as_of))
        await self._stored()
        return {name: getattr(entered, name) for name in ("new", "changed", "same", "older")}
