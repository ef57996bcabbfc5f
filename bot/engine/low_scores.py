"""When a unit's head is told that several citizens gave one or two stars: in the morning, once a week at most.

Three at least of five answers at least, received in the seven days that ended at midnight: nobody can tell who, and
neither a procedure nor a day is named.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from bot.engine.planning import plan
from handlers.officials.warning import event_of
from onestop.days.calendar import VIETNAM
from ratings.week import Week
from storage.tables import officials, ratings

WINDOW = timedelta(days=7)
LEAST_ANSWERS = 5
LEAST_LOW = 3
LOW_UP_TO = 2
TOLD = "head"
"""The role that is told."""


def low_units(connection: Connection, now: datetime) -> tuple[str, ...]:
    """The units whose head is told, by the answers in force; sorted."""
    until = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    table = ratings.c
    # a refusal pleases nobody: what ended without a result is told of apart, in the digest
    window = (table.at >= until - WINDOW, table.at < until, table.ended.is_(None))
    in_force = select(func.max(table.id)).where(*window).group_by(table.completion)
    low = func.sum(case((table.stars <= LOW_UP_TO, 1), else_=0))
    query = (
        select(table.unit)
        .where(table.id.in_(in_force))
        .group_by(table.unit)
        .having(func.count() >= LEAST_ANSWERS, low >= LEAST_LOW)
        .order_by(table.unit)
    )
    return tuple(connection.execute(query).scalars())


def plan_low_scores(connection: Connection, now: datetime) -> int:
    """Plan the events of this week, once each however often it is asked; how many there are for now."""
    units = low_units(connection, now)
    if not units:
        return 0
    heads = select(officials.c.chat, officials.c.unit).where(
        officials.c.revoked_at.is_(None), officials.c.role == TOLD, officials.c.unit.in_(units)
    )
    rows = connection.execute(heads.distinct().order_by("chat", "unit")).all()
    for row in rows:
        plan(connection, row.chat, event_of(row.unit, Week.of(now)), now, now)
    return len(rows)
