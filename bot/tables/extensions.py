"""New days for overdue dossiers in the tables: drafted, confirmed, and then planned to be told to who follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.stale import Stale
from handlers.desk import Extension
from handlers.effects import ExtensionConfirmed, ExtensionDrafted
from storage.desk_tables import extensions


def draft(connection: Connection, at: datetime, effect: ExtensionDrafted) -> None:
    """Write a draft down. Raises Stale where its number was taken meanwhile."""
    if connection.execute(select(extensions.c.number).where(extensions.c.number == effect.number)).first() is not None:
        raise Stale("this number is taken")
    row = {
        "number": effect.number,
        "dossier": effect.dossier,
        "unit": effect.unit,
        "due_at": effect.due,
        "day": effect.day.isoformat(),
        "reason": effect.reason,
        "drafted_by": effect.by,
        "drafted_at": at,
    }
    connection.execute(extensions.insert().values(row))


def confirm(connection: Connection, at: datetime, effect: ExtensionConfirmed) -> str:
    """The new day holds; the id of the event that tells it. Raises Stale where it is confirmed already."""
    table = extensions.c
    open_draft = (table.number == effect.number, table.dossier == effect.dossier, table.confirmed_at.is_(None))
    values = {"confirmed_by": effect.by, "confirmed_at": at}
    if connection.execute(extensions.update().where(*open_draft).values(values)).rowcount == 0:
        raise Stale("this draft is confirmed already")
    return f"due:{effect.dossier}:{effect.number}"


def newest(connection: Connection, dossier: str, *, drafts: bool) -> Extension | None:
    """The new day of a dossier that was written down last; confirmed ones only, unless ``drafts``."""
    query = select(extensions).where(extensions.c.dossier == dossier).order_by(extensions.c.number.desc()).limit(1)
    if not drafts:
        query = query.where(extensions.c.confirmed_at.is_not(None))
    return _extension(connection.execute(query).first())


def numbered(connection: Connection, number: int) -> Extension | None:
    """The new day with this number."""
    return _extension(connection.execute(select(extensions).where(extensions.c.number == number)).first())


def next_number(connection: Connection) -> int:
    """One more than the largest number given so far."""
    return 1 + int(connection.execute(select(func.coalesce(func.max(extensions.c.number), 0))).scalar_one())


def _extension(row: Any) -> Extension | None:
    if row is None:
        return None
    day, confirmed = date.fromisoformat(row.day), row.confirmed_at is not None
    return Extension(row.number, row.dossier, row.unit, row.due_at, day, row.reason, row.drafted_by, confirmed)
