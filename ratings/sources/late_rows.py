"""How far the late ones were when their day passed, counted by the database from what it saw of their movements."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from onestop.dossier import Status
from ratings.period import Span
from ratings.sources.answers import stored
from ratings.sources.rows import DAY, VIETNAMS, given, within
from storage.tables import completions, movements


def stood(connection: Connection, units: Sequence[str], span: Span, end: int) -> dict[Status | None, int]:
    """The late completions of the units and the span up to ``end`` (microseconds), by the last status that each
    entered before the end of its due day; None: none is known."""
    rows = connection.execute(_stood(), {**given(units, span), "end": end})
    return {None if status is None else Status(status): n for status, n in rows}


@cache
def _stood() -> Select[Any]:
    done, due = stored(completions.c.completed_at) + VIETNAMS, stored(completions.c.due_at) + VIETNAMS
    passed = (due // DAY + 1) * DAY - VIETNAMS
    last = (
        select(movements.c.status)
        .where(movements.c.dossier == completions.c.dossier, stored(movements.c.at) < passed)
        .order_by(movements.c.at.desc(), movements.c.status.desc())
        .limit(1)
        .correlate(completions)
        .scalar_subquery()
    )
    late = select(last.label("status")).where(*within(), done // DAY > due // DAY).subquery()
    return select(late.c.status, func.count()).group_by(late.c.status)
