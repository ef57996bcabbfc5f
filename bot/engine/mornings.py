"""When officials are told what their unit has to see to: at 07:30 on Vietnam's working days, once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from sqlalchemy import Connection, select

from bot.engine.planning import plan
from handlers.officials.due import DRAFTS
from handlers.officials.morning import event_of
from onestop.days.calendar import VIETNAM, vietnam
from storage.statement import upsert
from storage.tables import officials, periodic

NAME = "morning"
"""In ``periodic``; the slot is the day."""
AT, UNTIL = time(7, 30), time(17)
"""A program that was down at 07:30 still tells before the desk closes; later the list is of no use that day."""


def morning_of(now: datetime) -> date | None:
    """The working day whose morning has come and is not over; None at other times."""
    here = now.astimezone(VIETNAM)
    return here.date() if AT <= here.time() < UNTIL and vietnam().is_working_day(here.date()) else None


def next_morning(now: datetime) -> datetime:
    """The first morning after ``now``."""
    here = now.astimezone(VIETNAM)
    today = vietnam().add_working_days(here.date(), 0)
    first = datetime.combine(today, AT, VIETNAM)
    return first if first > now else datetime.combine(vietnam().add_working_days(today, 1), AT, VIETNAM)


def told(connection: Connection) -> list[tuple[str, str]]:
    """(chat, unit) of every official who is told; a chat with two roles in a unit once."""
    query = select(officials.c.chat, officials.c.unit).where(
        officials.c.revoked_at.is_(None), officials.c.role.in_(sorted(DRAFTS))
    )
    return [(row.chat, row.unit) for row in connection.execute(query.distinct().order_by("chat", "unit"))]


def plan_once(
    connection: Connection,
    name: str,
    slot: str,
    chats: Callable[[], list[tuple[str, str]]],
    event: Callable[[str], str],
    now: datetime,
) -> int:
    """Plan an event now for each (chat, unit), once for a slot of ``name``, whoever asks and however often.

    ``event``: its id, by the unit. How many events that were.
    """
    values = {"name": name, "slot": slot, "done_at": now}
    fresh = connection.execute(
        upsert(connection.dialect.name, periodic).values(values).on_conflict_do_nothing().returning(periodic.c.slot)
    ).first()
    if fresh is None:
        return 0
    told_to = chats()
    for chat, unit in told_to:
        plan(connection, chat, event(unit), now, now)
    return len(told_to)


def plan_morning(connection: Connection, day: date, now: datetime) -> int:
    """Plan that day's events, once whoever asks and however often; how many events that were.

    Whether there is anything to see to is looked at when the event is answered, as late as can be.
    """
    return plan_once(connection, NAME, day.isoformat(), lambda: told(connection), lambda unit: event_of(unit, day), now)
