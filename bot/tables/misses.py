"""Wrong proofs in the database: who tried, and from where, is a keyed hash that is forgotten after a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from handlers.dossiers.limiting import REMEMBERED, Misses
from storage.tables import misses


def counted(connection: Connection, dossier: str, who: str, origin: str | None, now: datetime) -> Misses:
    """What is known of a code, a chat (its keyed hash) and an address (its keyed hash)."""
    of_code = connection.execute(select(func.count()).where(misses.c.dossier == dossier)).scalar_one()
    return Misses(
        of_code,
        _latest(connection, misses.c.who == who, now),
        () if origin is None else _latest(connection, misses.c.origin == origin, now),
    )


def _latest(connection: Connection, whose: ColumnElement[bool], now: datetime) -> tuple[datetime, ...]:
    latest = select(misses.c.at).where(whose, misses.c.at > now - REMEMBERED).order_by(misses.c.at)
    return tuple(connection.execute(latest).scalars())


def miss(connection: Connection, dossier: str, who: str, origin: str | None, at: datetime) -> None:
    """One more."""
    connection.execute(misses.insert().values(dossier=dossier, who=who, origin=origin, at=at))


def reopen(connection: Connection, dossier: str) -> None:
    """Forget those of a code."""
    connection.execute(misses.delete().where(misses.c.dossier == dossier))


def forget(connection: Connection, now: datetime) -> int:
    """Who tried, and from where, more than a day ago; how many rows that were."""
    known = misses.c.who.is_not(None) | misses.c.origin.is_not(None)
    old = misses.update().where(misses.c.at < now - REMEMBERED, known).values(who=None, origin=None)
    return connection.execute(old).rowcount
