"""The engine's own reads: open rows, conversations, letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select

from bot.engine.jobs import InboxRow, Stand
from bot.engine.lookup import Lookup
from bot.engine.stored import load_inbox, load_letter, load_stand
from bot.keys import Keys
from channels.channel import Letter
from handlers.desk import Conversation
from handlers.messages import Kind
from storage.engine import Database
from storage.tables import conversation, erasures, inbox, instant, outbox

_STANDS = Lookup(select(conversation), conversation.c.chat)
_ERASED = Lookup(select(erasures), erasures.c.who)
_DUE = (
    select(inbox)
    .where(inbox.c.state == "open", inbox.c.not_before <= bindparam("now"))
    .order_by(inbox.c.seq)
    .limit(bindparam("most"))
)
"""Read at each look at the table."""
_AFTER = (
    select(outbox)
    .where(outbox.c.chat == bindparam("of"), outbox.c.body.is_not(None), outbox.c.seq > bindparam("after"))
    .order_by(outbox.c.seq)
    .limit(bindparam("most"))
)
"""Made once: every open page asks at every piece of news."""


def is_open(connection: Connection, row: InboxRow) -> bool:
    """Whether an inbox row still waits for its answer."""
    message = row.incoming
    state = connection.execute(
        select(inbox.c.state).where(inbox.c.chat == str(message.chat), inbox.c.event == message.id)
    ).scalar()
    return state == "open"


def drop(connection: Connection, row: InboxRow) -> None:
    """Remove a message that came again after its chat asked to be forgotten."""
    message = row.incoming
    connection.execute(inbox.delete().where(inbox.c.chat == str(message.chat), inbox.c.event == message.id))


class Reading:
    """Reads of one database."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def of(self, connection: Connection, chats: Sequence[str]) -> dict[str, Stand]:
        """How each of these chats stands; of those without a conversation, when they asked to be forgotten."""
        rows = _STANDS.rows(connection, [(chat,) for chat in chats])
        found = {row.chat: load_stand(row) for row in rows}
        unknown = {self._keys.chat(chat): chat for chat in chats if chat not in found}
        gone = _ERASED.rows(connection, [(who,) for who in unknown])
        erased = {unknown[row.who]: instant(row.at) for row in gone}
        return found | {chat: Stand(Conversation(), erased_at=erased.get(chat)) for chat in unknown.values()}

    async def open_rows(self, now: datetime, limit: int) -> list[InboxRow]:
        """Messages to answer and events that are due, oldest first."""
        due = or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now)
        return await self._inbox(select(inbox).where(inbox.c.state == "open", due), limit)

    async def due_events(self, now: datetime, limit: int) -> list[InboxRow]:
        """Events whose time has come, oldest first."""
        given = {"now": now, "most": limit}
        return await self._database.read(lambda connection: list(map(load_inbox, connection.execute(_DUE, given))))

    async def deferred_events(self, now: datetime, limit: int) -> list[InboxRow]:
        """Events that wait for their chat to be idle."""
        later = (inbox.c.state == "open", inbox.c.deferred.is_(True), inbox.c.not_before > now)
        return await self._inbox(select(inbox).where(*later), limit)

    async def _inbox(self, query: Select[Any], limit: int) -> list[InboxRow]:
        oldest = query.order_by(inbox.c.seq).limit(limit)
        return await self._database.read(lambda connection: list(map(load_inbox, connection.execute(oldest))))

    async def next_event(self) -> datetime | None:
        """When the next event is due."""
        earliest = select(func.min(inbox.c.not_before)).where(inbox.c.state == "open")
        return await self._database.read(lambda connection: connection.execute(earliest).scalar())

    async def newest_seq(self) -> int:
        """The largest inbox number given so far."""
        newest = select(func.max(inbox.c.seq))
        return await self._database.read(lambda connection: connection.execute(newest).scalar() or 0)

    async def open_letters(self, limit: int) -> list[Letter]:
        """Letters still to send, in order; those that end an answer know since when it is waited for."""
        answered = and_(inbox.c.chat == outbox.c.chat, inbox.c.event == outbox.c.event, inbox.c.state == "answered")
        asked = and_(answered, inbox.c.kind != Kind.EVENT.value)
        query = select(outbox, inbox.c.seq.label("since")).outerjoin(inbox, asked).where(outbox.c.state == "open")
        oldest = query.order_by(outbox.c.chat, outbox.c.seq).limit(limit)
        return await self._database.read(lambda connection: _with_since(connection.execute(oldest).all()))

    async def letters_after(self, chat: str, seq: int, limit: int) -> list[Letter]:
        """A pulled chat's letters after ``seq``, in order."""
        return await self._letters(_AFTER, of=chat, after=seq, most=limit)

    async def newest_letters(self, chat: str, limit: int) -> list[Letter]:
        """A pulled chat's newest letters, in order."""
        mine = (outbox.c.chat == chat, outbox.c.body.is_not(None))
        found = await self._letters(select(outbox).where(*mine).order_by(outbox.c.seq.desc()).limit(limit))
        return found[::-1]

    async def _letters(self, query: Select[Any], **given: object) -> list[Letter]:
        return await self._database.read(lambda connection: list(map(load_letter, connection.execute(query, given))))


def _with_since(rows: Sequence[Row[Any]]) -> list[Letter]:
    ends = {(row.chat, row.event): row.seq for row in rows}
    letters = ((row, load_letter(row)) for row in rows)
    return [
        replace(letter, since=row.since) if row.seq == ends[row.chat, row.event] else letter for row, letter in letters
    ]
