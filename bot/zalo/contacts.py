"""Who may be written to on Zalo: when each citizen was last heard, and where an official talks. Memory and disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.engine.jobs import Job, Work
from bot.sealing import NotSealedHere, Seal
from handlers.messages import Chat
from storage.engine import Database
from storage.statement import Statement, upsert
from storage.tables import micros
from storage.zalo_tables import contacts

REMEMBERED = 20_000


def _heard(dialect: str) -> Statement:
    insert = upsert(dialect, contacts)
    renew = {"heard_at": insert.excluded.heard_at}
    newer = insert.excluded.heard_at > contacts.c.heard_at
    return Statement(
        ("chat", "heard_at"),
        insert.on_conflict_do_update(index_elements=["chat"], set_=renew, where=contacts.c.heard_at.is_(None) | newer),
    )


_HEARD = {dialect: _heard(dialect) for dialect in ("sqlite", "postgresql")}


class StoredContacts:
    """Written with the next group, so that a message costs no transaction more. A moment lost with a kill makes a
    window close a little early, never late."""

    def __init__(
        self, database: Database, write_lazily: Callable[[Job], None], now: Callable[[], datetime], seal: Seal
    ) -> None:
        self._database = database
        self._seal = seal
        self._write_lazily = write_lazily
        self._now = now
        self._heard: OrderedDict[str, datetime] = OrderedDict()
        self._quiet: dict[str, datetime] = {}
        self._unwritten: dict[str, datetime] = {}

    async def load(self) -> None:
        """As ``channels.zalo_account.Contacts``."""
        query = select(contacts.c.chat, contacts.c.quiet_until).where(contacts.c.quiet_until > self._now())
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        self._quiet = {row.chat: row.quiet_until for row in rows}

    def heard(self, chat: Chat, at: datetime) -> None:
        """As ``channels.zalo_account.Contacts``."""
        key = str(chat)
        before = self._heard.get(key)
        if before is not None and before >= at:
            return
        self._heard[key] = at
        self._heard.move_to_end(key)
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        if not self._unwritten:
            self._write_lazily(Work(self._write, "contacts"))
        self._unwritten[key] = at

    def taken_over(self, chat: Chat, until: datetime) -> None:
        """As ``channels.zalo_account.Contacts``."""
        key = str(chat)
        self._quiet[key] = until

        def write(connection: Connection) -> None:
            insert = upsert(connection.dialect.name, contacts).values(chat=key, quiet_until=until)
            renew = {"quiet_until": insert.excluded.quiet_until}
            connection.execute(insert.on_conflict_do_update(index_elements=["chat"], set_=renew))

        self._write_lazily(Work(write, "quiet"))

    def gave_phone(self, chat: Chat, hashed: str) -> None:
        """As ``channels.zalo_account.Contacts``. Written before the message, whose answer may forget it."""
        sealed = self._seal.close(hashed)

        def write(connection: Connection) -> None:
            insert = upsert(connection.dialect.name, contacts).values(chat=str(chat), phone=sealed)
            renew = {"phone": insert.excluded.phone}
            connection.execute(insert.on_conflict_do_update(index_elements=["chat"], set_=renew))

        self._write_lazily(Work(write, "phone"))

    async def phone(self, chat: Chat) -> str | None:
        """As ``channels.zalo_outreach.Contact``; None too where another secret key sealed it."""
        query = select(contacts.c.phone).where(contacts.c.chat == str(chat))
        sealed: str | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        try:
            return None if sealed is None else self._seal.open(sealed)
        except NotSealedHere:
            return None

    def quiet_until(self, chat: Chat) -> datetime | None:
        """As ``channels.zalo_account.Contacts``."""
        return self._quiet.get(str(chat)) if self._quiet else None

    async def last_heard(self, chat: Chat) -> datetime | None:
        """When the citizen was last heard, None where that is not known."""
        key = str(chat)
        found = self._heard.get(key)
        if found is not None:
            return found
        query = select(contacts.c.heard_at).where(contacts.c.chat == bindparam("c"))
        return await self._database.read(lambda connection: connection.execute(query, {"c": key}).scalar())

    def _write(self, connection: Connection) -> None:
        rows, self._unwritten = self._unwritten, {}
        _HEARD[connection.dialect.name].run(connection, _as_rows(rows))


def _as_rows(heard: dict[str, datetime]) -> Sequence[tuple[str, int]]:
    return [(chat, micros(at)) for chat, at in heard.items()]
