"""Phones that prove nothing, because they are everybody's: one number at more than fifteen dossiers of a month.

Such a number is the clerk's, or that of the hamlet's shop; who knows it could read all of these dossiers. Counted by
a keyed hash of the whole number, so that nobody can read numbers, or who else uses one, without the key. All
functions take a plain SQLAlchemy ``Connection`` and run in the caller's transaction.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from onestop.days.calendar import vietnam_date
from onestop.dossier import Dossier, Progress, Status
from onestop.rows import MOST_OF_A_PHONE
from storage.statement import upsert
from storage.tables import dossiers, phone_uses

CHUNK = 400
KEPT_MONTHS = 13
_OPEN = tuple(int(status) for status in Status if not status.is_closed)


def number_hash(key: bytes, number: str) -> str:
    """A whole number as it is stored."""
    return hmac.new(key, f"number\0{number}".encode(), hashlib.sha256).hexdigest()[:40]


def count(connection: Connection, rows: Iterable[Dossier | Progress], now: datetime, key: bytes) -> None:
    """Note which dossiers the numbers of some rows stand at; take its proof from every dossier of a shared number."""
    uses = {}
    for row in rows:
        if isinstance(row, Dossier) and row.number is not None:
            month = vietnam_date(row.received_at or now).isoformat()[:7]
            uses[row.code.canonical] = {
                "phone": number_hash(key, row.number),
                "month": month,
                "dossier": row.code.canonical,
            }
    if not uses:
        return
    insert = upsert(connection.dialect.name, phone_uses)
    newest = {"phone": insert.excluded.phone, "month": insert.excluded.month}
    connection.execute(insert.on_conflict_do_update(index_elements=["dossier"], set_=newest), list(uses.values()))
    shared = _shared(connection, {use["phone"] for use in uses.values()})
    for phone in sorted(shared):
        theirs = select(phone_uses.c.dossier).where(phone_uses.c.phone == phone)
        connection.execute(update(dossiers).where(dossiers.c.code.in_(theirs)).values(phone=None))


def is_shared(connection: Connection, number: str, key: bytes) -> bool:
    """Whether a number stands at too many dossiers of some month."""
    return bool(_shared(connection, {number_hash(key, number)}))


def unprovable(connection: Connection, unit: str) -> int:
    """Open dossiers of a unit (its code) that no phone proves: none on the row, a dummy, a fragment, a shared one."""
    mine = (dossiers.c.unit == unit, dossiers.c.status.in_(_OPEN), dossiers.c.phone.is_(None))
    return int(connection.execute(select(func.count()).select_from(dossiers).where(*mine)).scalar_one())


def forget(connection: Connection, now: datetime) -> int:
    """Remove the uses of months long past; how many those were."""
    today = vietnam_date(now)
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    oldest = f"{months // 12:04}-{months % 12 + 1:02}"
    return connection.execute(phone_uses.delete().where(phone_uses.c.month < oldest)).rowcount


def _shared(connection: Connection, phones: set[str]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(phones)
    for part in (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK)):
        counted = (
            select(phone_uses.c.phone)
            .where(phone_uses.c.phone.in_(part))
            .group_by(phone_uses.c.phone, phone_uses.c.month)
            .having(func.count() > MOST_OF_A_PHONE)
        )
        found |= set(connection.execute(counted).scalars())
    return found
