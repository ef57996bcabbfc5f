"""Who is told news of a dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot import people
from storage.tables import bindings


def followers(connection: Connection, dossier: str, now: datetime) -> list[str]:
    """The chats that follow a dossier (its canonical code) now; of one person's the one that was joined last."""
    follows = (bindings.c.dossier == dossier, bindings.c.following_since.is_not(None), bindings.c.until >= now)
    found = connection.execute(select(bindings.c.chat).where(*follows).order_by(bindings.c.chat)).scalars().all()
    return list(dict.fromkeys(people.told_at(connection, chat) for chat in found))
