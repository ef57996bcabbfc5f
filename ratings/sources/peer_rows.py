"""The satisfied of many units by field, counted by the database. Plain functions of a connection."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from ratings.peers import ByField, by_field
from ratings.period import Period
from ratings.sources.answers import AS_OF, UNITS, stored
from ratings.statistics import SATISFIED_FROM
from storage.tables import micros, ratings

MOST = 20
"""Other units, the same ones every time: to count two hundred large ones takes longer than all else of a digest."""


def satisfied(connection: Connection, units: Sequence[str], days: Period, as_of: datetime) -> dict[str, ByField]:
    """Of the first of these units (two at least), of ``MOST`` others picked evenly in their order, and these days, in
    force at ``as_of``."""
    units = (units[0], *units[1 :: 1 + (len(units) - 2) // MOST])
    given = {
        "units": list(units),
        "first": days.first_day.isoformat(),
        "last": days.last_day.isoformat(),
        "as_of": micros(as_of),
    }
    counts: defaultdict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    changed = False
    for unit, field, stars, again, n in connection.execute(_rows(), given):
        counts[unit][field or "", stars >= SATISFIED_FROM] += n
        changed = changed or bool(again)
    if changed:
        for unit, field, stars, n in connection.execute(_replaced(), given):
            counts[unit][field or "", stars >= SATISFIED_FROM] -= n
    return {unit: by_field(mine) for unit, mine in counts.items()}


@cache
def _rows() -> Select[Any]:
    """Every row, counted in the index alone."""
    table = ratings.c
    again = func.count(table.supersedes)
    groups = (table.unit, table.field, table.stars)
    days = table.completed_on.between(bindparam("first"), bindparam("last"))
    where = (table.unit.in_(UNITS), days, stored(table.at) <= AS_OF, table.ended.is_(None))
    return select(*groups, again, func.count()).where(*where).group_by(*groups)


@cache
def _replaced() -> Select[Any]:
    """The rows that a later one of the same days stands for."""
    old, new = ratings.c, ratings.alias().c
    groups = (old.unit, old.field, old.stars)
    days = new.completed_on.between(bindparam("first"), bindparam("last"))
    where = (new.unit.in_(UNITS), days, stored(new.at) <= AS_OF, new.ended.is_(None), new.supersedes == old.id)
    return select(*groups, func.count()).where(*where).group_by(*groups)
