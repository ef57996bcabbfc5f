"""How the machine served, and what calls back found, read from the database. Plain functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from ratings.call_backs import spans_of
from ratings.period import Span, counted_since
from ratings.records import Call
from ratings.service import Service, Stretch, outages_of
from ratings.sources.answers import AS_OF, UNITS, stored
from ratings.sources.rows import END, START
from ratings.statistics import Proportion
from ratings.week import vietnam_date
from storage.service_tables import called_back, outages, service_days
from storage.tables import inbox, micros, outbox, periodic

COUNTED = ("service", "since")
"""In ``periodic``: since when messages are counted."""


def service(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> Service | None:
    """Of the units and the period as known at ``as_of``; None where nothing was counted yet."""
    since, end = begun_at(connection), min(span.end, as_of)
    if since is None or since >= end:
        return None
    given = {"units": list(units)}
    own = connection.execute(_one_of(theirs=True), given).first() is not None
    alone = connection.execute(_one_of(theirs=False), given).first() is None
    last = min(span.last_day, vietnam_date(as_of))
    days = {"first": span.first_day.isoformat(), "last": last.isoformat()}
    found = connection.execute(_sums(own=own), {**days, **(given if own else {})}).one()
    messages, soon, given_up = (int(n) for n in found)
    # whose those are that wait is not known
    waiting = _waiting(connection, span.start, end) if alone or not own else 0
    messages += waiting
    between = {"start": micros(span.start), "end": micros(end)}
    stretches = [Stretch(*row) for row in connection.execute(_stretches(), between)]
    together, each = outages_of(stretches, span.start, end)
    first = vietnam_date(since)
    return Service(
        Proportion(soon, messages) if messages else None,
        given_up + waiting,
        together,
        each,
        own,
        first if first > span.first_day else None,
    )


@cache
def _one_of(*, theirs: bool) -> Select[Any]:
    unit = service_days.c.unit
    return select(unit).where(unit.in_(UNITS) if theirs else unit.not_in(UNITS)).limit(1)


@cache
def _sums(*, own: bool) -> Select[Any]:
    table = service_days.c
    sums = (func.coalesce(func.sum(each), 0) for each in (table.messages, table.soon, table.unanswered))
    query = select(*sums).where(table.day.between(bindparam("first"), bindparam("last")))
    return query.where(table.unit.in_(UNITS)) if own else query


@cache
def _stretches() -> Select[Any]:
    table = outages.c
    return select(table.what, table.began_at, table.ended_at).where(
        stored(table.ended_at) > START, stored(table.began_at) < END
    )


def begun_at(connection: Connection) -> datetime | None:
    """When counting began; None where it has not."""
    found: datetime | None = connection.execute(_begun()).scalar()
    return found


@cache
def _begun() -> Select[Any]:
    name, slot = COUNTED
    return select(periodic.c.done_at).where(periodic.c.name == name, periodic.c.slot == slot)


def _waiting(connection: Connection, start: datetime, end: datetime) -> int:
    """Messages that came between the two and have no answer yet: nobody made one, or no channel took it."""
    given = {"start": micros(start), "end": micros(end)}
    return sum(int(connection.execute(query, given).scalar_one()) for query in _waits())


@cache
def _waits() -> tuple[Select[Any], Select[Any]]:
    asked = (inbox.c.kind != "event", inbox.c.seq >= START, inbox.c.seq < END)
    same = (inbox.c.chat == outbox.c.chat) & (inbox.c.event == outbox.c.event)
    unsent = select(outbox.c.chat, outbox.c.event).distinct().join(inbox, same)
    unsent = unsent.where(outbox.c.state == "open", inbox.c.state == "answered", *asked)
    unread = select(func.count()).select_from(inbox).where(inbox.c.state == "open", *asked)
    return unread, select(func.count()).select_from(unsent.subquery())


def calls(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> tuple[Call, ...]:
    """The calls of the units that a digest of the span counts on, of a week those in the four weeks before too."""
    spans = spans_of(span)
    first, last = min(map(counted_since, spans)), max(each.last_day for each in spans)
    given = {"units": list(units), "first": first.isoformat(), "last": last.isoformat(), "as_of": micros(as_of)}
    return tuple(
        Call(unit, None, date.fromisoformat(day), entered_at, 0, demo=demo, agrees=agrees)
        for unit, day, entered_at, agrees, demo in connection.execute(_calls(), given)
    )


@cache
def _calls() -> Select[Any]:
    table = called_back.c
    days = table.called_on.between(bindparam("first"), bindparam("last"))
    return select(table.unit, table.called_on, table.entered_at, table.agrees, table.demo).where(
        table.unit.in_(UNITS), days, stored(table.entered_at) <= AS_OF
    )
