"""The records of a digest read from the database, and its first locked form kept.

Plain functions of a connection, for ``Database.read`` and (``lock``) ``Database.write``. Ratings are read by their own
copied unit and day: nothing here can join one to a dossier or a chat.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from onestop.calendar import vietnam
from onestop.dossier import Status
from onestop.punctuality import count
from onestop.store import Stored, find_all
from ratings import document
from ratings.digest import Digest, make_digest
from ratings.records import CompletionRecord, OpenDossier, RatingRecord, Records
from ratings.render import DUE_SOON_DAYS
from ratings.week import Week, vietnam_date
from storage.statement import upsert
from storage.tables import completions, digests, dossiers, movements, ratings

OPEN = tuple(int(status) for status in Status if not status.is_closed)


def stored(connection: Connection, unit: str, week: Week) -> Digest | None:
    """The digest that was locked for this unit and week, None where none was yet."""
    query = select(digests.c.body).where(digests.c.unit == unit, digests.c.week == str(week))
    body = connection.execute(query).scalar()
    return None if body is None else document.load(body)


def digest_of(connection: Connection, unit: str, week: Week, as_of: datetime, *, demo: bool) -> Digest:
    """The week's digest: the locked one where there is one, else as known at ``as_of`` (aware). Only reads.

    ``demo``: whether the database holds sample data.
    """
    if (found := stored(connection, unit, week)) is not None:
        return found
    before = week.previous()
    previous = stored(connection, unit, before)
    if previous is None:
        known = read_records(connection, unit, before, min(as_of, before.close), demo=demo)
        previous = make_digest(unit, before, min(as_of, before.close), known)
    return make_digest(unit, week, as_of, read_records(connection, unit, week, as_of, demo=demo), previous.comparable)


def lock(connection: Connection, digest: Digest, made_at: datetime) -> Digest:
    """Keep a locked digest, unless one is kept already; the kept one.

    Raises ValueError while its week is open at ``made_at``: a digest "as of" some future time is not kept.
    """
    if not digest.locked or made_at < digest.week.close:
        raise ValueError(f"the books of {digest.week} are open until {digest.week.close.isoformat()}")
    row = {
        "unit": digest.unit,
        "week": str(digest.week),
        "as_of": digest.as_of,
        "made_at": made_at,
        "body": document.dump(digest),
    }
    insert = upsert(connection.dialect.name, digests)
    connection.execute(insert.values(row).on_conflict_do_nothing())
    kept = stored(connection, digest.unit, digest.week)
    return digest if kept is None else kept


def is_known(connection: Connection, unit: str) -> bool:
    """Whether the database holds any dossier, completion or rating of a unit."""
    for table in (dossiers, completions, ratings):
        if connection.execute(select(table.c.unit).where(table.c.unit == unit).limit(1)).first() is not None:
            return True
    return False


def read_records(connection: Connection, unit: str, week: Week, as_of: datetime, *, demo: bool) -> Records:
    """Everything that the digest of one unit and week is made from, as known at ``as_of`` (aware)."""
    return Records(
        completions=_completions(connection, unit, week),
        ratings=_ratings(connection, unit, week, as_of),
        open_dossiers=_open_dossiers(connection, unit, as_of),
        due_soon_until=vietnam().add_working_days(vietnam_date(as_of), DUE_SOON_DAYS),
        demo=demo,
    )


def _completions(connection: Connection, unit: str, week: Week) -> tuple[CompletionRecord, ...]:
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
    ).where(table.unit == unit, table.completed_at >= week.start, table.completed_at < week.end)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    stood = find_all(connection, (row["dossier"] for row in rows))
    return tuple(_completion(row, stood.get(row.pop("dossier")), week.end) for row in rows)


def _completion(row: dict[str, Any], stored: Stored | None, until: datetime) -> CompletionRecord:
    """Only of the newest completion is all that the rule asks for still known."""
    n = row.pop("n")
    if stored is None or stored.completions != n or stored.dossier.status is not Status.RETURNED:
        return CompletionRecord(**row)
    return CompletionRecord(**row, count=count(stored.dossier, until))


def _ratings(connection: Connection, unit: str, week: Week, as_of: datetime) -> tuple[RatingRecord, ...]:
    """The answers in force at ``as_of``: of each completion the newest row of its chain by then."""
    table = ratings.c
    cohort = (
        table.unit == unit,
        table.completed_on >= week.first_day.isoformat(),
        table.completed_on <= week.last_day.isoformat(),
        table.at <= as_of,
    )
    in_force = select(func.max(table.id)).where(*cohort).group_by(table.completion)
    query = select(table.field, table.completed_on, table.at, table.stars, table.reasons, table.demo).where(
        table.id.in_(in_force)
    )
    return tuple(
        RatingRecord(
            unit=unit,
            field=row.field,
            completed_on=datetime.fromisoformat(row.completed_on).date(),
            answered_at=row.at,
            stars=row.stars,
            reasons=tuple(json.loads(row.reasons)),
            demo=row.demo,
        )
        for row in connection.execute(query)
    )


def _open_dossiers(connection: Connection, unit: str, as_of: datetime) -> tuple[OpenDossier, ...]:
    """The unit's dossiers that were open at ``as_of``: as they stand, or, where they moved since, as they stood."""
    mine = dossiers.c.unit == unit
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
