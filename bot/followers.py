"""Who is told news of a dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot import people
from storage.tables import bindings


def followers(connection: Connection, dossier: str, now: datetime, since: datetime | None = None) -> list[str]:
    """The chats that follow a dossier (its canonical code) now; of one person's the one that was joined last.

    ``since``: only those that followed by then; whoever came later saw it as it was.
    """
    follows = (bindings.c.dossier == dossier, bindings.c.following_since.is_not(None), bindings.c.until >= now)
    query = select(bindings.c.chat).where(*follows).order_by(bindings.c.chat)
    if since is not None:
        query = query.where(bindings.c.following_since <= since)
    found = connection.execute(query).scalars().all()
    return list(dict.fromkeys(people.told_at(connection, chat) for chat in found))
