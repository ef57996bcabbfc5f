"""How the machine served, and what calls back found, read from the database. Plain functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from ratings.call_backs import spans_of
from ratings.period import Span, counted_since
from ratings.records import Call
from ratings.service import Service, Stretch, outages_of
from ratings.statistics import Proportion
from ratings.week import vietnam_date
from storage.service_tables import called_back, outages, service_days
from storage.tables import inbox, micros, outbox, periodic

COUNTED = ("service", "since")
"""In ``periodic``: since when messages are counted."""
DAY = timedelta(days=1)


def service(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> Service | None:
    """Of the units and the period as known at ``as_of``; None where nothing was counted yet."""
    since = begun_at(connection)
    end = min(span.end, as_of)
    if since is None or since >= end:
        return None
    table = service_days.c
    own, alone = _has(connection, table.unit.in_(units)), not _has(connection, table.unit.not_in(units))
    last = min(span.last_day, vietnam_date(as_of))
    days = [table.day.between(span.first_day.isoformat(), last.isoformat())]
    sums = (func.coalesce(func.sum(each), 0) for each in (table.messages, table.soon, table.unanswered))
    query = select(*sums).where(*days, *([table.unit.in_(units)] if own else []))
    messages, soon, given_up = (int(n) for n in connection.execute(query).one())
    waiting = _waiting(connection, span, as_of) if alone or not own else 0  # whose they are is not known
    together, each = outages_of(_stretches(connection, span.start, end), span.start, end)
    messages += waiting
    first = vietnam_date(since)
    return Service(
        Proportion(soon, messages) if messages else None,
        given_up + waiting,
        together,
        each,
        own,
        first if first > span.first_day else None,
    )


def begun_at(connection: Connection) -> datetime | None:
    """When counting began; None where it has not."""
    name, slot = COUNTED
    query = select(periodic.c.done_at).where(periodic.c.name == name, periodic.c.slot == slot)
    found: datetime | None = connection.execute(query).scalar()
    return found


def _has(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return connection.execute(select(service_days.c.unit).where(condition).limit(1)).first() is not None


def _waiting(connection: Connection, span: Span, as_of: datetime) -> int:
    """Messages of the period that have no answer yet: nobody made one, or no channel took it."""
    first, last = micros(span.start), micros(min(span.end, as_of))
    unread = select(func.count()).where(
        inbox.c.state == "open", inbox.c.kind != "event", inbox.c.seq >= first, inbox.c.seq < last
    )
    unsent = (
        select(outbox.c.chat, outbox.c.event)
        .distinct()
        .join(inbox, (inbox.c.chat == outbox.c.chat) & (inbox.c.event == outbox.c.event))
        .where(outbox.c.state == "open", inbox.c.kind != "event", inbox.c.state == "answered")
        .where(inbox.c.seq >= first, inbox.c.seq < last)
    )
    waits = select(func.count()).select_from(unsent.subquery())
    return int(connection.execute(unread).scalar_one()) + int(connection.execute(waits).scalar_one())


def _stretches(connection: Connection, start: datetime, end: datetime) -> list[Stretch]:
    table = outages.c
    query = select(table.what, table.began_at, table.ended_at).where(table.ended_at > start, table.began_at < end)
    return [Stretch(*row) for row in connection.execute(query)]


def calls(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> tuple[Call, ...]:
    """The calls of the units that a digest of the span counts on, of a week those in the four weeks before too."""
    spans = spans_of(span)
    first, last = min(map(counted_since, spans)), max(each.last_day for each in spans)
    table = called_back.c
    query = select(table.unit, table.called_on, table.entered_at, table.agrees, table.demo).where(
        table.unit.in_(units), table.called_on.between(first.isoformat(), last.isoformat()), table.entered_at <= as_of
    )
    return tuple(
        Call(unit, None, date.fromisoformat(day), entered_at, 0, demo=demo, agrees=agrees)
        for unit, day, entered_at, agrees, demo in connection.execute(query)
    )
