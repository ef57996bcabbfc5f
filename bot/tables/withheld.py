"""Remarks that may accuse somebody, as the level above reads them; forgotten half a year after they were written."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from handlers.known import Withheld
from storage.tables import ratings

KEPT = timedelta(days=180)


def read(connection: Connection, unit: str, until: datetime, most: int, skip: int) -> tuple[Withheld, ...]:
    """Those of a unit that are in force and were written by ``until`` (aware), newest first."""
    newer = ratings.alias()
    replaced = select(newer.c.id).where(newer.c.completion == ratings.c.completion, newer.c.id > ratings.c.id).exists()
    mine = (ratings.c.unit == unit, ratings.c.held, ratings.c.comment.is_not(None), ratings.c.at <= until)
    query = select(ratings.c.completed_on, ratings.c.comment).where(*mine, ~replaced).order_by(ratings.c.id.desc())
    rows = connection.execute(query.limit(most).offset(skip))
    return tuple(Withheld(_month(date.fromisoformat(row.completed_on)), row.comment) for row in rows)


def forget(connection: Connection, now: datetime) -> int:
    """Remove the words of old ones; how many."""
    old = (ratings.c.held, ratings.c.comment.is_not(None), ratings.c.at < now - KEPT)
    return connection.execute(ratings.update().where(*old).values(comment=None)).rowcount


def _month(day: date) -> str:
    return f"{day.month}/{day.year}"
