"""Which chats are one person's. They are joined only by a code that the citizen carries from one to the other.

What one of them may see, all may; nothing is copied, so that parting takes everything back. Roles of officials are
never shared.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, bindparam, select

from bot.stale import Stale
from handlers.desk import JoinOffer
from handlers.effects import Joined, JoinOffered
from handlers.joining import MOST_CHATS, event_of
from handlers.memory import Memory, load
from handlers.messages import Chat
from storage.people_tables import join_codes, people
from storage.statement import upsert
from storage.tables import conversation

CHUNK = 400
FORGOTTEN = timedelta(days=1)
"""A code's hash goes so long after it has expired."""


_PERSON = select(people.c.person).where(people.c.chat == bindparam("of")).scalar_subquery()
_OTHERS = (
    select(people.c.chat)
    .where(people.c.person == _PERSON, people.c.chat != bindparam("of"))
    .order_by(people.c.since.desc(), people.c.chat)
)


def chats_of(connection: Connection, chat: str) -> tuple[str, ...]:
    """All chats of whoever talks in ``chat`` (its key), itself first, then the newest."""
    return (chat, *connection.execute(_OTHERS, {"of": chat}).scalars())


def told_at_all(connection: Connection, chats: Iterable[str]) -> dict[str, str]:
    """Where each person of some chats is told news: the chat that was joined last; without those joined with none."""
    mine, theirs = people.alias(), people.alias()
    query = select(mine.c.chat, theirs.c.chat.label("told")).join(theirs, theirs.c.person == mine.c.person)
    oldest_first = query.order_by(theirs.c.since, theirs.c.chat.desc())
    found: dict[str, str] = {}
    ordered = sorted(chats)
    for part in (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK)):
        found |= {row.chat: row.told for row in connection.execute(oldest_first.where(mine.c.chat.in_(part)))}
    return found


def offer(connection: Connection, chat: str, effect: JoinOffered) -> None:
    """A code of this chat; the one before it is worth nothing any more."""
    connection.execute(join_codes.delete().where(join_codes.c.chat == chat))
    insert = upsert(connection.dialect.name, join_codes)
    row = {"hash": effect.code, "chat": chat, "expires_at": effect.until}
    connection.execute(insert.values(row).on_conflict_do_nothing())


def join(connection: Connection, chat: str, at: datetime, effect: Joined) -> tuple[str, str]:
    """Make two chats one person's and use up the code; the other chat and the event that tells it.

    Raises Stale where the code is not there any more.
    """
    good = (join_codes.c.hash == effect.code, join_codes.c.used_at.is_(None), join_codes.c.expires_at > at)
    other: str | None = connection.execute(select(join_codes.c.chat).where(*good)).scalar()
    if other is None or other == chat:
        raise Stale("the code joins nothing any more")
    both = {*chats_of(connection, other), *chats_of(connection, chat)}
    if len(both) > MOST_CHATS:
        raise Stale("these are too many chats for one person")
    connection.execute(join_codes.update().where(join_codes.c.hash == effect.code).values(used_at=at))
    person = secrets.token_hex(8)
    for each in sorted(both):
        since = at if each == chat else at - timedelta(microseconds=1)
        insert = upsert(connection.dialect.name, people).values(chat=each, person=person, since=since)
        kept = {"person": insert.excluded.person}
        renew = {**kept, "since": insert.excluded.since} if each == chat else kept
        connection.execute(insert.on_conflict_do_update(index_elements=["chat"], set_=renew))
    return other, event_of(Chat.parse(chat).channel, effect.code)


def part(connection: Connection, chat: str) -> None:
    """This chat stands alone again; so does the last one that is left."""
    others = chats_of(connection, chat)[1:]
    gone = (chat, *others) if len(others) == 1 else (chat,)
    connection.execute(people.delete().where(people.c.chat.in_(gone)))
    connection.execute(join_codes.delete().where(join_codes.c.chat == chat))


def forget(connection: Connection, now: datetime) -> int:
    """Remove what codes have left behind; how many."""
    return connection.execute(join_codes.delete().where(join_codes.c.expires_at < now - FORGOTTEN)).rowcount


def offered(connection: Connection, hashed: str, mine: tuple[str, ...]) -> JoinOffer | None:
    """What a code joins with these chats of one person; the first is the one where it is typed."""
    row = connection.execute(select(join_codes).where(join_codes.c.hash == hashed)).first()
    if row is None:
        return None
    kept = connection.execute(select(conversation.c.memory).where(conversation.c.chat == row.chat)).scalar()
    return JoinOffer(
        hash=hashed,
        channel=Chat.parse(row.chat).channel,
        expires_at=row.expires_at,
        used=row.used_at is not None,
        own=row.chat == mine[0],
        together=len({*chats_of(connection, row.chat), *mine}),
        memory=load(orjson.loads(kept)) if kept else Memory(),
    )
