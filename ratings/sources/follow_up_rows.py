"""What became of things, read from the database. Plain functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from ratings.follow_ups import Done, FollowUps
from ratings.period import Span
from ratings.sources.answers import AS_OF, stored
from ratings.sources.rows import within
from ratings.statistics import Proportion
from ratings.week import VIETNAM
from storage.desk_tables import actions
from storage.tables import audit, completions, micros

TOLD = "told of low scores"
"""What the journal calls it (``handlers/warning.py``)."""
LOOKED_BACK = timedelta(weeks=26)
MOST = 3
"""What was done last, of one report."""


def follow_ups(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> FollowUps:
    """Of the units and the period, as known at ``as_of``."""
    end = min(span.end, as_of)
    given = {"units": list(units), "start": micros(span.start), "end": micros(end), "as_of": micros(as_of)}
    denied, again, asked, known = connection.execute(_counts(), given).one()
    return FollowUps(
        not_received=int(denied),
        again=int(again),
        head_told=_head_told(connection, units, span, as_of),
        asked=Proportion(int(asked), known) if known else None,
        done=_done(connection, units, span, end),
    )


@cache
def _counts() -> Select[Any]:
    """In one reading: those said never to have come, those of them handed over again, those asked for more papers, and
    those of which that is known."""
    table, later = completions.c, completions.alias().c
    denied = stored(table.not_received_at) <= AS_OF
    after = (later.n > table.n, later.ended.is_(None), stored(later.completed_at) <= AS_OF)
    came = (later.dossier == table.dossier, *after)
    # two cases, so that the completions of the few alone are looked up again
    again = case((denied, case((select(later.n).where(*came).exists(), 1), else_=0)), else_=0)
    yes = (case((denied, 1), else_=0), again, case((table.asked > 0, 1), else_=0))
    return select(*(func.coalesce(func.sum(each), 0) for each in yes), func.count(table.asked)).where(*within())


def _head_told(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> bool:
    told = (
        audit.c.what == TOLD,
        audit.c.unit.in_(units),
        audit.c.at >= span.start,
        audit.c.at < min(span.close, as_of),
    )
    return connection.execute(select(audit.c.id).where(*told).limit(1)).first() is not None


def _asked(connection: Connection, *where: ColumnElement[bool]) -> Proportion | None:
    """Those asked for more papers, of those of which it is known."""
    times = completions.c.asked
    query = select(func.coalesce(func.sum(case((times > 0, 1), else_=0)), 0), func.count(times))
    count, n = connection.execute(query.where(*where, times.is_not(None), completions.c.ended.is_(None))).one()
    return Proportion(int(count), n) if n else None


def _done(connection: Connection, units: Sequence[str], span: Span, end: datetime) -> tuple[Done, ...]:
    table = actions.c
    when = (table.done_on <= span.last_day.isoformat(), table.done_on > (span.last_day - LOOKED_BACK).isoformat())
    query = select(actions).where(table.unit.in_(units), *when).order_by(table.done_on.desc(), table.id.desc())
    found = []
    for row in connection.execute(query.limit(MOST)).all():
        day = date.fromisoformat(row.done_on)
        at = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        mine = (completions.c.unit == row.unit, completions.c.procedure == row.procedure)
        done_at = completions.c.completed_at
        before = _asked(connection, *mine, done_at >= at - LOOKED_BACK, done_at < at)
        after = _asked(connection, *mine, done_at >= at, done_at < end)
        found.append(Done(row.procedure, day, row.words, before, after))
    return tuple(found)
