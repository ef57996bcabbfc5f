"""The dossiers of a digest, read from the database: completions are counted there.

Plain functions of a connection. The statements are put together once. How answers are read stands in ``answers.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from onestop.days.punctuality import STORED, count
from onestop.dossier import Status
from onestop.store import find_all
from ratings.handed import handed
from ratings.period import Span
from ratings.records import Against, CompletionRecord, Ends, Handed, OpenDossier
from ratings.sources.answers import AS_OF, UNITS, stored
from storage.desk_tables import open_questions
from storage.tables import completions, dossiers, micros, movements

START, END = bindparam("start", type_=BigInteger), bindparam("end", type_=BigInteger)
LEAST_TIMES, MOST_QUESTIONS = 5, 3
STAMPS = 7
"""Yes or no that is asked of each completion."""
OPEN = tuple(int(status) for status in Status if not status.is_closed)
DAY = 24 * 3600 * 10**6
VIETNAMS = 7 * 3600 * 10**6
"""Microseconds by which Vietnam's clocks are ahead of UTC, without a change since 1975."""


def handed_over(
    connection: Connection, units: Sequence[str], span: Span, as_of: datetime, *, ruled: bool
) -> Iterator[Handed]:
    """The completions of the units and the span, counted as known at ``as_of``; ``ruled``: by the national rule too."""
    asked = {**given(units, span), "end": until(span, as_of), "as_of": micros(as_of)}
    for unit, code, late_at, n in connection.execute(_handed(ruled), asked):
        stamped = [bool(code & 64 << place) for place in range(STAMPS)]
        eligible, demo, told, invited, delivered, not_received, declined = stamped
        stamps = (eligible, invited, delivered, not_received, demo)
        yield Handed(n, unit, Against(code & 7), *stamps, late_at, told, STORED[code >> 3 & 7], declined)
    if ruled:
        yield from _before_they_were_counted(connection, units, span, as_of)


@cache
def _handed(ruled: bool) -> Select[Any]:
    """One number for all that is asked of a row: the fewer columns, the cheaper the grouping."""
    table = completions.c
    asked: list[ColumnElement[Any]] = [table.eligible, table.demo, table.told_late]
    asked += [stored(column) <= AS_OF for column in (table.invited_at, table.delivered_at)]
    asked += [stored(column) <= AS_OF for column in (table.not_received_at, table.declined_at)]
    assert len(asked) == STAMPS
    bits: ColumnElement[Any] = _against() + (8 * func.coalesce(table.counted, 0) if ruled else 0)
    for place, yes in enumerate(asked):
        bits += case((yes, 64 << place), else_=0)
    known = table.counted.is_not(None) if ruled else table.unit.is_not(None)
    groups = (table.unit, bits.label("bits"), table.late_at)
    return select(*groups, func.count()).where(*within(), known).group_by(*groups)


def within() -> tuple[ColumnElement[bool], ...]:
    """Completions of the units from ``start`` to before ``end``, as ``given`` gives them: nothing that ended without a
    result."""
    return *_ended_then(), completions.c.ended.is_(None)


def _ended_then() -> tuple[ColumnElement[bool], ...]:
    at = stored(completions.c.completed_at)
    return completions.c.unit.in_(UNITS), at >= START, at < END


def until(span: Span, as_of: datetime) -> int:
    """Before which microsecond a completion counts."""
    return min(micros(span.end), micros(as_of) + 1)


def given(units: Sequence[str], span: Span) -> dict[str, Any]:
    """The parameters of ``within``."""
    return {"units": list(units), "start": micros(span.start), "end": micros(span.end)}


def _against() -> ColumnElement[Any]:
    """``Against`` as its number, by Vietnam's days."""
    done, due = ((stored(column) + VIETNAMS) // DAY for column in (completions.c.completed_at, completions.c.due_at))
    return case(
        (due.is_(None), int(Against.WITHOUT_DUE)),
        (done < due, int(Against.EARLY)),
        (done == due, int(Against.ON_TIME)),
        else_=int(Against.LATE),
    )


def _before_they_were_counted(
    connection: Connection, units: Sequence[str], span: Span, as_of: datetime
) -> Iterator[Handed]:
    """Completions that an earlier version recorded: what they count as is found out from their dossiers."""
    rows = [dict(row._mapping) for row in connection.execute(_uncounted(), given(units, span))]
    stood = find_all(connection, (row["dossier"] for row in rows))
    records = []
    for row in rows:
        known, n = stood.get(row.pop("dossier")), row.pop("n")
        record = CompletionRecord(**row)
        if known is not None and known.completions == n and known.dossier.status is Status.RETURNED:
            record = replace(record, count=count(known.dossier, span.end))
        records.append(record)
    yield from handed(records, frozenset(units), span.start, min(span.end, as_of + timedelta.resolution), as_of)


@cache
def _uncounted() -> Select[Any]:
    table = completions.c
    stamps = ("invited_at", "delivered_at", "not_received_at", "declined_at")
    names = ("dossier", "n", "unit", "completed_at", "due_at", "eligible", *stamps, "demo", "late_at", "told_late")
    return select(*(table[name] for name in names)).where(*within(), table.counted.is_(None))


def ended(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> tuple[Ends, ...]:
    """Dossiers of the units that ended in the span without a result: refused, withdrawn, stopped. One that was taken up
    again later did end, as one that was handed over and reopened was handed over."""
    asked = {**given(units, span), "end": min(micros(span.end), micros(as_of) + 1), "as_of": micros(as_of)}
    return tuple(
        Ends(n, unit, Status(status), *map(bool, stamps))
        for unit, status, *stamps, n in connection.execute(_ended(), asked)
    )


@cache
def _ended() -> Select[Any]:
    table = completions.c
    stamps = (stored(column) <= AS_OF for column in (table.invited_at, table.delivered_at, table.declined_at))
    asked = (case((yes, 1), else_=0) for yes in (table.eligible, *stamps))
    groups = (table.unit, table.ended, *(yes.label(f"asked_{n}") for n, yes in enumerate(asked)))
    where = (*_ended_then(), table.ended.is_not(None))
    return select(*groups, func.count()).where(*where).group_by(*groups)


def mix(connection: Connection, units: Sequence[str], span: Span) -> dict[str, int]:
    """Completions by field, of all these units together.

    The fields are hopped over one by one and counted in the index: a year of a province is no million rows to sort.
    """
    found: dict[str, int] = {}
    for field, many in connection.execute(_mix(), given(units, span)):
        if field.strip() and many:
            found[field.strip()] = found.get(field.strip(), 0) + many
    return found


@cache
def _mix() -> Select[Any]:
    table = completions.c
    fields = select(func.min(table.field).label("field")).cte("fields", recursive=True)
    after = select(func.min(table.field)).where(table.field > fields.c.field).scalar_subquery()
    fields = fields.union_all(select(after).where(fields.c.field.is_not(None)))
    n = select(func.count()).where(table.field == fields.c.field, *within()).scalar_subquery()
    return select(fields.c.field, n).where(fields.c.field.is_not(None))


def unanswered(connection: Connection, units: Sequence[str], span: Span) -> int:
    """Different questions without an answer that are known to have been asked in the span: for the first time, or for
    the last. What was asked in between is not kept."""
    given = {"units": list(units), "first": span.first_day.isoformat(), "last": span.last_day.isoformat()}
    found: int = connection.execute(_unanswered(), given).scalar_one()
    return found


@cache
def _unanswered() -> Select[Any]:
    return select(func.count()).where(*_asked_within())


def _asked_within() -> tuple[ColumnElement[bool], ...]:
    table = open_questions.c
    days: tuple[BindParameter[Any], BindParameter[Any]] = bindparam("first"), bindparam("last")
    return table.unit.in_(UNITS), or_(table.first_on.between(*days), table.last_on.between(*days))


def asked_often(connection: Connection, units: Sequence[str], span: Span) -> tuple[tuple[str, int], ...]:
    """Those of them that were asked most often, with how often so far: only what was asked five times or more."""
    given = {"units": list(units), "first": span.first_day.isoformat(), "last": span.last_day.isoformat()}
    return tuple((words, int(times)) for words, times in connection.execute(_asked_often(), given))


@cache
def _asked_often() -> Select[Any]:
    table = open_questions.c
    times = func.sum(table.times)
    query = select(table.words, times).where(*_asked_within()).group_by(table.words).having(times >= LEAST_TIMES)
    return query.order_by(times.desc(), table.words).limit(MOST_QUESTIONS)


def open_dossiers(connection: Connection, units: Sequence[str], as_of: datetime) -> tuple[OpenDossier, ...]:
    """The units' dossiers that were open at ``as_of``: as they stand, or, where they moved since, as they stood."""
    given = {"units": list(units), "as_of": micros(as_of)}
    found = [
        OpenDossier(Status(status), due_at) for query in _open() for status, due_at in connection.execute(query, given)
    ]
    return tuple(dossier for dossier in found if not dossier.status.is_closed)


@cache
def _open() -> tuple[Select[Any], Select[Any]]:
    """What has not moved since and is open; the last status of what has."""
    mine, moved, at = dossiers.c.unit.in_(UNITS), stored(dossiers.c.moved_at), stored(movements.c.at)
    as_they_stand = select(dossiers.c.status, dossiers.c.due_at).where(
        mine, dossiers.c.status.in_(OPEN), moved <= AS_OF
    )
    newest = (
        select(movements.c.dossier, func.max(movements.c.at).label("at"))
        .join(dossiers, dossiers.c.code == movements.c.dossier)
        .where(mine, moved > AS_OF, at <= AS_OF)
        .group_by(movements.c.dossier)
        .subquery()
    )
    then = and_(movements.c.dossier == newest.c.dossier, movements.c.at == newest.c.at)
    as_they_stood = (
        select(func.max(movements.c.status).label("status"), dossiers.c.due_at)
        .join(newest, then)
        .join(dossiers, dossiers.c.code == movements.c.dossier)
        .group_by(dossiers.c.code, dossiers.c.due_at)
    )
    return as_they_stand, as_they_stood
