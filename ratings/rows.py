"""The rows of a digest, read from the database: completions counted there, answers one by one.

Plain functions of a connection. Ratings are read by their own copied unit and day: nothing here can join one to a
dossier or a chat. Times of whole tables come as the stored integers; only those that are looked at become datetimes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from onestop.dossier import Status
from onestop.punctuality import STORED, count
from onestop.store import find_all
from ratings.handed import handed
from ratings.period import Span
from ratings.records import Against, CompletionRecord, Handed, OpenDossier, PastAnswer, RatingRecord
from ratings.watch import history_from
from ratings.week import Week
from storage.desk_tables import open_questions
from storage.tables import EPOCH, MICROSECOND, completions, dossiers, micros, movements, ratings

WITHOUT_RESULT = tuple(int(status) for status in Status if status.is_closed and status is not Status.RETURNED)
OPEN = tuple(int(status) for status in Status if not status.is_closed)
DAY = 24 * 3600 * 10**6
VIETNAMS = 7 * 3600 * 10**6
"""Microseconds by which Vietnam's clocks are ahead of UTC, without a change since 1975."""


def handed_over(
    connection: Connection, units: Sequence[str], span: Span, as_of: datetime, *, ruled: bool
) -> Iterator[Handed]:
    """The completions of the units and the span, counted as known at ``as_of``; ``ruled``: by the national rule too."""
    table = completions.c
    end = min(micros(span.end), micros(as_of) + 1)
    at = _stored(table.completed_at)
    mine = (table.unit.in_(units), at >= micros(span.start), at < end)
    # one number for all that is asked of a row: the fewer columns, the cheaper the grouping
    asked: list[ColumnElement[Any]] = [table.eligible, table.demo, table.told_late]
    asked += [_stored(column) <= micros(as_of) for column in (table.invited_at, table.delivered_at)]
    asked += [_stored(column) <= micros(as_of) for column in (table.not_received_at, table.declined_at)]
    bits: ColumnElement[Any] = _against() + (8 * func.coalesce(table.counted, 0) if ruled else 0)
    for place, yes in enumerate(asked):
        bits += case((yes, 64 << place), else_=0)
    known = table.counted.is_not(None) if ruled else table.unit.is_not(None)
    groups = (table.unit, bits.label("bits"), table.late_at)
    query = select(*groups, func.count()).where(*mine, known).group_by(*groups)
    for unit, code, late_at, n in connection.execute(query):
        stamped = [bool(code & 64 << place) for place in range(len(asked))]
        eligible, demo, told, invited, delivered, not_received, declined = stamped
        stamps = (eligible, invited, delivered, not_received, demo)
        yield Handed(n, unit, Against(code & 7), *stamps, late_at, told, STORED[code >> 3 & 7], declined)
    if ruled:
        yield from _before_they_were_counted(connection, units, span, as_of)


def _against() -> ColumnElement[Any]:
    """``Against`` as its number, by Vietnam's days."""
    done, due = ((_stored(column) + VIETNAMS) // DAY for column in (completions.c.completed_at, completions.c.due_at))
    return case(
        (due.is_(None), int(Against.WITHOUT_DUE)),
        (done < due, int(Against.EARLY)),
        (done == due, int(Against.ON_TIME)),
        else_=int(Against.LATE),
    )


def _stored(column: Column[Any]) -> ColumnElement[int]:
    """An instant as the integer that is stored."""
    return type_coerce(column, BigInteger)


def _before_they_were_counted(
    connection: Connection, units: Sequence[str], span: Span, as_of: datetime
) -> Iterator[Handed]:
    """Completions that an earlier version recorded: what they count as is found out from their dossiers."""
    table = completions.c
    names = (
        "unit",
        "completed_at",
        "due_at",
        "eligible",
        "invited_at",
        "delivered_at",
        "not_received_at",
        "declined_at",
    )
    query = select(table.dossier, table.n, *(table[name] for name in (*names, "demo", "late_at", "told_late"))).where(
        table.unit.in_(units), table.completed_at >= span.start, table.completed_at < span.end, table.counted.is_(None)
    )
    rows = [dict(row._mapping) for row in connection.execute(query)]
    stood = find_all(connection, (row["dossier"] for row in rows))
    records = []
    for row in rows:
        known, n = stood.get(row.pop("dossier")), row.pop("n")
        record = CompletionRecord(**row)
        if known is not None and known.completions == n and known.dossier.status is Status.RETURNED:
            record = replace(record, count=count(known.dossier, span.end))
        records.append(record)
    yield from handed(records, frozenset(units), span.start, min(span.end, as_of + timedelta.resolution), as_of)


def ended(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> dict[Status, int]:
    """Dossiers of the units that ended in the span without a result (refused, withdrawn, stopped), and still are."""
    table = dossiers.c
    when = (table.moved_at >= span.start, table.moved_at < span.end, table.moved_at <= as_of)
    query = select(table.status, func.count()).where(table.unit.in_(units), table.status.in_(WITHOUT_RESULT), *when)
    return {Status(status): n for status, n in connection.execute(query.group_by(table.status))}


def mix(connection: Connection, units: Sequence[str], span: Span) -> dict[str, int]:
    """Completions by field, of all these units together.

    The fields are hopped over one by one and counted in the index: a year of a province is no million rows to sort.
    """
    table = completions.c
    fields = select(func.min(table.field).label("field")).cte("fields", recursive=True)
    after = select(func.min(table.field)).where(table.field > fields.c.field).scalar_subquery()
    fields = fields.union_all(select(after).where(fields.c.field.is_not(None)))
    when = (table.completed_at >= span.start, table.completed_at < span.end)
    n = select(func.count()).where(table.field == fields.c.field, table.unit.in_(units), *when).scalar_subquery()
    found: dict[str, int] = {}
    for field, many in connection.execute(select(fields.c.field, n).where(fields.c.field.is_not(None))):
        if field.strip() and many:
            found[field.strip()] = found.get(field.strip(), 0) + many
    return found


def unanswered(connection: Connection, units: Sequence[str], span: Span) -> int:
    """Different questions without an answer that are known to have been asked in the span: for the first time, or for
    the last. What was asked in between is not kept."""
    table = open_questions.c
    first, last = span.first_day.isoformat(), span.last_day.isoformat()
    asked = or_(table.first_on.between(first, last), table.last_on.between(first, last))
    found: int = connection.execute(select(func.count()).where(table.unit.in_(units), asked)).scalar_one()
    return found


def answers(
    connection: Connection, units: Sequence[str], first: date, last: date, as_of: datetime
) -> Iterator[RatingRecord]:
    """The answers about these days that are in force at ``as_of``."""
    table = ratings.c
    query = _in_force(
        select(
            *(table.unit, table.field, table.completed_on, _stored(table.at), table.stars, table.reasons, table.demo),
            *(table.soon, table.mode, _stored(table.first_at), table.rater, table.taps),
            case((table.taps.is_not(None), table.procedure)),
        ).where(table.unit.in_(units)),
        first,
        last,
        as_of,
    )
    days, found = _days(first, last), connection.execute(query)
    for unit, field, day, at, stars, reasons, demo, soon, mode, first_at, rater, taps, procedure in found:
        answered_at = EPOCH + at * MICROSECOND
        yield RatingRecord(
            unit,
            field,
            days[day],
            answered_at,
            stars,
            () if reasons == "[]" else tuple(json.loads(reasons)),
            demo,
            soon,
            mode,
            False,
            answered_at if first_at == at else EPOCH + first_at * MICROSECOND,
            rater,
            procedure,
            () if taps is None else tuple(json.loads(taps).items()),
        )


def history(connection: Connection, unit: str, week: Week, as_of: datetime) -> Iterator[PastAnswer]:
    """The answers about the weeks before that a week is watched by, in force at ``as_of``."""
    table, first, last = ratings.c, history_from(week), week.first_day - timedelta(days=1)
    columns = (table.field, table.completed_on, _stored(table.at), table.stars)
    days = _days(first, last)
    query = _in_force(select(*columns).where(table.unit == unit), first, last, as_of)
    for field, day, at, stars in connection.execute(query):
        yield PastAnswer(field, days[day], EPOCH + at * MICROSECOND, stars)


def _in_force(query: Select[Any], first: date, last: date, as_of: datetime) -> Select[Any]:
    """Of each completion the newest row of its chain at that time."""
    table, newer = ratings.c, ratings.alias("newer").c
    later = and_(newer.completion == table.completion, newer.id > table.id, newer.at <= as_of)
    days = (table.completed_on >= first.isoformat(), table.completed_on <= last.isoformat(), table.at <= as_of)
    return query.where(*days, ~select(literal(1)).where(later).exists())


def _days(first: date, last: date) -> dict[str, date]:
    return {(first + timedelta(days=n)).isoformat(): first + timedelta(days=n) for n in range((last - first).days + 1)}


def open_dossiers(connection: Connection, units: Sequence[str], as_of: datetime) -> tuple[OpenDossier, ...]:
    """The units' dossiers that were open at ``as_of``: as they stand, or, where they moved since, as they stood."""
    mine = dossiers.c.unit.in_(units)
    as_they_stand = select(dossiers.c.status, dossiers.c.due_at).where(
        mine, dossiers.c.status.in_(OPEN), dossiers.c.moved_at <= as_of
    )
    newest = (
        select(movements.c.dossier, func.max(movements.c.at).label("at"))
        .join(dossiers, dossiers.c.code == movements.c.dossier)
        .where(mine, dossiers.c.moved_at > as_of, movements.c.at <= as_of)
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
    found = [
        OpenDossier(Status(row.status), row.due_at)
        for query in (as_they_stand, as_they_stood)
        for row in connection.execute(query)
    ]
    return tuple(dossier for dossier in found if not dossier.status.is_closed)
