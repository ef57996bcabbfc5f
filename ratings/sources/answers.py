"""The answers of a digest, read from the database.

Plain functions of a connection. Ratings are read by their own copied unit and day: nothing here can join one to a
dossier or a chat. The statements are put together once: that alone took half of a small unit's digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    func,
    select,
    type_coerce,
)

from onestop.dossier import Status
from ratings.records import EPOCH, MICROSECOND, EndAnswer, PastAnswer, RatingRecord
from ratings.themes import themes_of
from ratings.watch import history_from
from ratings.week import Week
from storage.tables import micros, ratings

UNITS: BindParameter[Any] = bindparam("units", expanding=True)
AS_OF = bindparam("as_of", type_=BigInteger)


def stored(column: ColumnElement[Any]) -> ColumnElement[int]:
    """An instant as the integer that is stored."""
    return type_coerce(column, BigInteger)


def answers(
    connection: Connection, units: Sequence[str], first: date, last: date, as_of: datetime
) -> Iterator[RatingRecord]:
    """The answers about these days that are in force at ``as_of``."""
    days = _days(first, last)
    for row in _in_force(connection, _answers(), units, first, last, as_of):
        _, _, unit, field, day, at, stars, reasons, demo, soon, mode, first_at, rater, taps, procedure, comment = row
        answered_at = EPOCH + at * MICROSECOND
        yield RatingRecord(
            unit,
            field,
            days[day],
            answered_at,
            stars,
            () if reasons == "[]" else _listed(reasons),
            demo,
            soon,
            mode,
            False,
            answered_at if first_at == at else EPOCH + first_at * MICROSECOND,
            rater,
            procedure,
            () if taps is None else _pairs(taps),
            () if comment is None else themes_of(comment),
        )


def end_answers(
    connection: Connection, units: Sequence[str], first: date, last: date, as_of: datetime
) -> Iterator[EndAnswer]:
    """The same about dossiers that ended on these days without a result: in no other reading."""
    days = _days(first, last)
    for _, _, ended, unit, field, day, at, stars, reasons, demo, soon, mode, first_at, rater in _in_force(
        connection, _of_ends(), units, first, last, as_of
    ):
        answer = RatingRecord(
            unit,
            field,
            days[day],
            EPOCH + at * MICROSECOND,
            stars,
            () if reasons == "[]" else _listed(reasons),
            demo=demo,
            soon=soon,
            mode=mode,
            first_at=EPOCH + first_at * MICROSECOND,
            rater=rater,
        )
        yield EndAnswer(Status(ended), answer)


def history(connection: Connection, unit: str, week: Week, as_of: datetime) -> tuple[PastAnswer, ...]:
    """The answers about the weeks before that a week is watched by, in force at ``as_of``."""
    first, last = history_from(week), week.first_day - timedelta(days=1)
    days = _days(first, last)
    rows = _in_force(connection, _past(), (unit,), first, last, as_of, first_at=False)
    return tuple([PastAnswer(field, days[day], at, stars) for _, _, field, day, at, stars in rows])


def how_many(connection: Connection, units: Sequence[str], first: date, last: date) -> int:
    """About how many answers these days have, those that were changed counted again."""
    given = {"units": list(units), "first": first.isoformat(), "last": last.isoformat()}
    return int(connection.execute(_number(), given).scalar_one())


@cache
def _answers() -> Select[Any]:
    table = ratings.c
    at, first_at = stored(table.at).label("at"), stored(table.first_at).label("first_at")
    copied = (table.unit, table.field, table.completed_on, at, table.stars, table.reasons, table.demo)
    came = (table.soon, table.mode, first_at, table.rater, table.taps)
    of_taps = case((table.taps.is_not(None), table.procedure))
    told = case((~table.held, table.comment))  # what may accuse somebody is not read
    return _about_days(select(table.id, table.supersedes, *copied, *came, of_taps, told))


@cache
def _of_ends() -> Select[Any]:
    table = ratings.c
    at, first_at = stored(table.at).label("at"), stored(table.first_at).label("first_at")
    copied = (table.unit, table.field, table.completed_on, at, table.stars, table.reasons, table.demo)
    came = (table.soon, table.mode, first_at, table.rater)
    return _about_days(select(table.id, table.supersedes, table.ended, *copied, *came), ended=True)


@cache
def _past() -> Select[Any]:
    table = ratings.c
    return _about_days(
        select(table.id, table.supersedes, table.field, table.completed_on, stored(table.at), table.stars)
    )


@cache
def _number() -> Select[Any]:
    table = ratings.c
    days = table.completed_on.between(bindparam("first"), bindparam("last"))
    return select(func.count()).where(table.unit.in_(UNITS), days, table.ended.is_(None))


@cache
def _newest() -> Select[Any]:
    """The newest row of each chain."""
    newest = select(func.max(ratings.c.id), ratings.c.completion)
    return _about_days(newest, ended=None).group_by(ratings.c.completion)


def _about_days(query: Select[Any], *, ended: bool | None = False) -> Select[Any]:
    """``ended``: of what ended without a result, or (False) of what was handed over alone; None: of either."""
    table = ratings.c
    days = table.completed_on.between(bindparam("first"), bindparam("last"))
    found = query.where(table.unit.in_(UNITS), days, stored(table.at) <= AS_OF)
    return found if ended is None else found.where(table.ended.is_not(None) if ended else table.ended.is_(None))


def _in_force(
    connection: Connection,
    query: Select[Any],
    units: Sequence[str],
    first: date,
    last: date,
    as_of: datetime,
    *,
    first_at: bool = True,
) -> Sequence[Row[Any]]:
    """Of each completion the newest row of its chain at that time; all rows of a chain hold the same unit and day.

    ``first_at``: the rows say when a chain began, so that what was changed after its books were closed is left out: a
    month with the change, less its weeks without, would tell who changed what.
    """
    given = {"units": list(units), "first": first.isoformat(), "last": last.isoformat(), "as_of": micros(as_of)}
    rows = connection.execute(query, given).all()
    replaced = {row[1] for row in rows if row[1] is not None}
    if not replaced:
        return rows
    if replaced <= {row[0] for row in rows}:
        if first_at:
            rows = [row for row in rows if row[1] is None or row.at <= _books_closed(row)]
            replaced = {row[1] for row in rows}
        return [row for row in rows if row[0] not in replaced]
    newest = dict(connection.execute(_newest(), given).tuples().all())  # two machines' clocks differed
    return [row for row in rows if row[0] in newest]


def _books_closed(row: Row[Any]) -> int:
    """When the books closed in which an answer counts, in microseconds: of its week, or, where it came too late for
    that, of the week in which it came. They close when Monday begins in UTC, so that UTC's days are theirs."""
    day = max(date.fromisoformat(row.completed_on), (EPOCH + (row.first_at - 1) * MICROSECOND).date())
    year, number, _ = day.isocalendar()
    return micros(Week(year, number).close)


def _days(first: date, last: date) -> dict[str, date]:
    return {(first + timedelta(days=n)).isoformat(): first + timedelta(days=n) for n in range((last - first).days + 1)}


@lru_cache(maxsize=4096)
def _listed(reasons: str) -> tuple[str, ...]:
    return tuple(json.loads(reasons))


@lru_cache(maxsize=4096)
def _pairs(taps: str) -> tuple[tuple[str, str], ...]:
    return tuple(json.loads(taps).items())
