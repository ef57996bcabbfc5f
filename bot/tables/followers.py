"""Who is told news of a dossier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot.tables import people
from storage.tables import bindings

CHUNK = 400


class Follower(NamedTuple):
    """A chat that is told news, and since when."""

    chat: str
    since: datetime


class Followers:
    """Those of some dossiers (canonical codes), read at once: a push brings many."""

    def __init__(self, connection: Connection, dossiers: Iterable[str], now: datetime) -> None:
        self._of: dict[str, list[Follower]] = defaultdict(list)
        rows = list(_rows(connection, sorted(set(dossiers)), now))
        told = people.told_at_all(connection, {row.chat for row in rows})
        for row in rows:
            self._of[row.dossier].append(Follower(told.get(row.chat, row.chat), row.following_since))

    def of(self, dossier: str, since: datetime | None = None) -> list[str]:
        """The chats that follow it now; of one person's the one that was joined last.

        ``since``: only those that followed by then; whoever came later saw it as it was.
        """
        found = self._of.get(dossier, ())
        return list(dict.fromkeys(each.chat for each in found if since is None or each.since <= since))


def followers(connection: Connection, dossier: str, now: datetime, since: datetime | None = None) -> list[str]:
    """The same of one dossier."""
    return Followers(connection, (dossier,), now).of(dossier, since)


def _rows(connection: Connection, codes: list[str], now: datetime) -> Iterator[Any]:
    follows = (bindings.c.following_since.is_not(None), bindings.c.until >= now)
    query = select(bindings.c.dossier, bindings.c.chat, bindings.c.following_since).where(*follows)
    for first in range(0, len(codes), CHUNK):
        named = bindings.c.dossier.in_(codes[first : first + CHUNK])
        yield from connection.execute(query.where(named).order_by(bindings.c.chat))
