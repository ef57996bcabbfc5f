"""The records of a digest read from the database, and its first locked form kept.

Plain functions of a connection, for ``Database.read`` and (``lock``) ``Database.write``. Ratings are read by their own
copied unit and day: nothing here can join one to a dossier or a chat.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from onestop.calendar import vietnam
from onestop.dossier import Status
from onestop.punctuality import count
from onestop.store import Stored, find_all
from ratings import document
from ratings.digest import Before, Digest, block_for, make_digest, wants_block
from ratings.period import Span
from ratings.records import CompletionRecord, OpenDossier, RatingRecord, Records
from ratings.render import DUE_SOON_DAYS
from ratings.rollup import kept_as
from ratings.watch import history_from
from ratings.week import Week, vietnam_date
from storage.statement import upsert
from storage.tables import completions, digests, dossiers, movements, ratings

OPEN = tuple(int(status) for status in Status if not status.is_closed)


def stored(connection: Connection, unit: str, span: Span, below: Sequence[str] | None = None) -> Digest | None:
    """The digest that was locked for this unit and week or period, None where none was yet."""
    query = select(digests.c.body).where(digests.c.unit == kept_as(unit, below), digests.c.week == str(span))
    body = connection.execute(query).scalar()
    return None if body is None else document.load(body)


def digest_of(
    connection: Connection,
    unit: str,
    span: Span,
    as_of: datetime,
    *,
    demo: bool,
    below: Sequence[str] | None = None,
    likes: Sequence[str] = (),
) -> Digest:
    """The digest: the locked one where there is one, else as known at ``as_of`` (aware). Only reads.

    ``demo``: whether the database holds sample data. ``below``: the units rolled up under this one, None: it alone.
    ``likes``: the units whose mix of procedures it is compared by.
    """
    if (found := stored(connection, unit, span, below)) is not None:
        return found
    before = span.previous()
    previous = stored(connection, unit, before, below)
    if previous is None:
        earlier = min(as_of, before.close)
        known = read_records(connection, unit, before, earlier, demo=demo, below=below, brief=True)
        previous = make_digest(unit, before, earlier, known, below=below, brief=True)
    records = read_records(connection, unit, span, as_of, demo=demo, below=below, likes=likes)
    made = make_digest(unit, span, as_of, records, Before.of(previous), below=below)
    if below is None and wants_block(made) and isinstance(span, Week):
        block = block_for(span)
        return replace(made, block=digest_of(connection, unit, block, block.close, demo=demo))
    return made


def lock(connection: Connection, digest: Digest, made_at: datetime) -> Digest:
    """Keep a locked digest, unless one is kept already; the kept one.

    Raises ValueError while its week is open at ``made_at``: a digest "as of" some future time is not kept.
    """
    if not digest.locked or made_at < digest.span.close:
        raise ValueError(f"the books of {digest.span} are open until {digest.span.close.isoformat()}")
    below = None if digest.children is None else tuple(child.unit for child in digest.children)
    row = {
        "unit": kept_as(digest.unit, below),
        "week": str(digest.span),
        "as_of": digest.as_of,
        "made_at": made_at,
        "body": document.dump(digest),
    }
    insert = upsert(connection.dialect.name, digests)
    connection.execute(insert.values(row).on_conflict_do_nothing())
    kept = stored(connection, digest.unit, digest.span, below)
    return digest if kept is None else kept


def is_known(connection: Connection, unit: str) -> bool:
    """Whether the database holds any dossier, completion or rating of a unit."""
    for table in (dossiers, completions, ratings):
        if connection.execute(select(table.c.unit).where(table.c.unit == unit).limit(1)).first() is not None:
            return True
    return False


def read_records(
    connection: Connection,
    unit: str,
    span: Span,
    as_of: datetime,
    *,
    demo: bool,
    below: Sequence[str] | None = None,
    likes: Sequence[str] = (),
    brief: bool = False,
) -> Records:
    """Everything that the digest of one unit (or of all ``below`` it) is made from, as known at ``as_of`` (aware).

    ``brief``: only what a later period is compared with.
    """
    units = (unit, *(below or ()))
    watched = isinstance(span, Week) and below is None and not brief
    watched_from = history_from(span) if watched and isinstance(span, Week) else span.first_day
    return Records(
        completions=_completions(connection, units, span),
        ratings=_ratings(connection, units, watched_from, span.last_day, as_of),
        open_dossiers=None if brief else _open_dossiers(connection, units, as_of),
        due_soon_until=vietnam().add_working_days(vietnam_date(as_of), DUE_SOON_DAYS),
        demo=demo,
        mix={} if brief or below is not None else _mix(connection, (*units, *likes), span),
    )


def _completions(connection: Connection, units: Sequence[str], span: Span) -> tuple[CompletionRecord, ...]:
    table = completions.c
    query = select(
        table.dossier,
        table.n,
        table.unit,
        table.completed_at,
        table.due_at,
        table.eligible,
        table.invited_at,
        table.delivered_at,
        table.not_received_at,
        table.demo,
        table.field,
        table.late_at,
        table.told_late,
    ).where(table.unit.in_(units), table.completed_at >= span.start, table.completed_at < span.end)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    stood = find_all(connection, (row["dossier"] for row in rows))
    return tuple(_completion(row, stood.get(row.pop("dossier")), span.end) for row in rows)


def _completion(row: dict[str, Any], stored: Stored | None, until: datetime) -> CompletionRecord:
    """Only of the newest completion is all that the rule asks for still known."""
    n = row.pop("n")
    if stored is None or stored.completions != n or stored.dossier.status is not Status.RETURNED:
        return CompletionRecord(**row)
    return CompletionRecord(**row, count=count(stored.dossier, until))


def _mix(connection: Connection, units: Sequence[str], span: Span) -> dict[str, int]:
    """Completions by field, of all these units together."""
    table = completions.c
    query = (
        select(table.field, func.count())
        .where(table.unit.in_(units), table.completed_at >= span.start, table.completed_at < span.end)
        .group_by(table.field)
    )
    return {row[0].strip(): row[1] for row in connection.execute(query) if row[0]}


def _ratings(
    connection: Connection, units: Sequence[str], first: date, last: date, as_of: datetime
) -> tuple[RatingRecord, ...]:
    """The answers in force at ``as_of``: of each completion the newest row of its chain by then."""
    table = ratings.c
    cohort = (
        table.unit.in_(units),
        table.completed_on >= first.isoformat(),
        table.completed_on <= last.isoformat(),
        table.at <= as_of,
    )
    in_force = select(func.max(table.id)).where(*cohort).group_by(table.completion)
    query = select(
        table.unit,
        table.field,
        table.completed_on,
        table.at,
        table.stars,
        table.reasons,
        table.demo,
        table.mode,
        table.first_at,
        table.rater,
    ).where(table.id.in_(in_force))
    days = {(first + timedelta(days=n)).isoformat(): first + timedelta(days=n) for n in range((last - first).days + 1)}
    return tuple(
        RatingRecord(
            unit=row.unit,
            field=row.field,
            completed_on=days[row.completed_on],
            answered_at=row.at,
            stars=row.stars,
            reasons=() if row.reasons == "[]" else tuple(json.loads(row.reasons)),
            demo=row.demo,
            mode=row.mode,
            first_at=row.first_at,
            rater=row.rater,
        )
        for row in connection.execute(query)
    )


def _open_dossiers(connection: Connection, units: Sequence[str], as_of: datetime) -> tuple[OpenDossier, ...]:
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
