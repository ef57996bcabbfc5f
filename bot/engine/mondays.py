"""When officials get last week's digest without asking: at 07:30 on the first working day of a week, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.engine.mornings import morning_of, plan_once
from handlers.officials.reporting import event_of
from onestop.days.calendar import vietnam
from ratings.week import Week
from storage.tables import officials

NAME = "digest"
"""In ``periodic``; the slot is the week that is told of."""


def week_told_at(now: datetime) -> Week | None:
    """The week that is told of now: the one before, in the desk's hours of this week's first working day, and only
    once its books are closed; None at other times. A program that was down all that day tells nothing later: the
    digest can be asked for, and on Wednesday it would be taken for a newer one."""
    day = morning_of(now)
    if day is None:
        return None
    monday = Week.of(now).first_day
    earlier = (monday + timedelta(days=n) for n in range((day - monday).days))
    if any(vietnam().is_working_day(each) for each in earlier):
        return None
    week = Week.of(now).previous()
    return week if week.close <= now else None


def readers(connection: Connection) -> list[tuple[str, str]]:
    """(chat, unit) of every official, whatever the role; a chat with two roles in a unit once."""
    query = select(officials.c.chat, officials.c.unit).where(officials.c.revoked_at.is_(None))
    return [(row.chat, row.unit) for row in connection.execute(query.distinct().order_by("chat", "unit"))]


def plan_digests(connection: Connection, week: Week, now: datetime) -> int:
    """Plan that week's events, once whoever asks and however often; how many events that were."""
    return plan_once(connection, NAME, str(week), lambda: readers(connection), lambda unit: event_of(unit, week), now)
