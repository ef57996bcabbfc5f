"""The fitted histories of desks in the tables: made at night, read in no time by day.

A row is the product-limit estimate of one procedure (its code as told) at one unit (its code), see ``durations``.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from onestop.days.durations import Curve
from storage.desk_tables import curves
from storage.statement import Statement, upsert
from storage.tables import dossiers

_COLUMNS = ("unit", "procedure", "fitted_on", "n", "done", "steps")


def _write(dialect: str) -> Any:
    insert = upsert(dialect, curves)
    renewed = {name: insert.excluded[name] for name in _COLUMNS[2:]}
    return insert.on_conflict_do_update(index_elements=["unit", "procedure"], set_=renewed)


_WRITE = Statement(_COLUMNS, _write)
_OF_UNIT = select(curves).where(curves.c.unit == bindparam("unit"))
_ONE = _OF_UNIT.where(curves.c.procedure == bindparam("procedure"))
_FITTED = select(curves.c.unit, curves.c.procedure).where(curves.c.fitted_on == bindparam("day"))


def kinds(connection: Connection) -> list[tuple[str, str]]:
    """(unit, procedure) of all dossiers stored, in order."""
    query = select(dossiers.c.unit, dossiers.c.procedure).where(dossiers.c.procedure.is_not(None)).distinct()
    return sorted((row.unit, row.procedure) for row in connection.execute(query))


def fitted(connection: Connection, day: date) -> set[tuple[str, str]]:
    """(unit, procedure) that were fitted on that day."""
    return {(row.unit, row.procedure) for row in connection.execute(_FITTED, {"day": day.isoformat()})}


def put(connection: Connection, unit: str, procedure: str, day: date, curve: Curve) -> None:
    """Keep a curve in place of the one before."""
    steps = json.dumps([[at, round(left, 9)] for at, left in curve.steps])
    _WRITE.run(connection, [(unit, procedure, day.isoformat(), curve.n, curve.done, steps)])


def get(connection: Connection, unit: str, procedure: str) -> Curve | None:
    """The newest curve; None where none was fitted."""
    row = connection.execute(_ONE, {"unit": unit, "procedure": procedure}).first()
    return None if row is None else _curve(row)


def of_unit(connection: Connection, unit: str) -> dict[str, Curve]:
    """The newest curves of a unit, by procedure."""
    return {row.procedure: _curve(row) for row in connection.execute(_OF_UNIT, {"unit": unit})}


def _curve(row: Any) -> Curve:
    return Curve(tuple((at, left) for at, left in json.loads(row.steps)), row.n, row.done)
