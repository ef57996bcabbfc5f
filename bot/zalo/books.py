"""What writing on Zalo has cost, and which template asked about what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select

from bot.clock import VIETNAM
from bot.engine.jobs import Job, Work
from channels.zalo_events import CHANNEL
from channels.zalo_outreach import FREE, NEAR
from handlers.desk import Costs, Spent
from handlers.messages import Chat, Kind
from ratings.week import Week
from storage.engine import Database
from storage.statement import upsert
from storage.tables import inbox, outbox
from storage.zalo_tables import contacts, zalo_costs, zalo_templates


def month_of(now: datetime) -> datetime:
    """The first moment of this month on Vietnam's clock."""
    return now.astimezone(VIETNAM).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def costs_of(connection: Connection, week: Week, now: datetime) -> Costs:
    """What writing on Zalo cost in a week and in this month; what was sent free; what waits for its citizen."""
    bought = _spent(connection, week.start, week.end)
    in_week = (outbox.c.state == "sent", outbox.c.sent_at >= week.start, outbox.c.sent_at < week.end)
    sent = connection.execute(select(func.count()).where(*_ours(outbox.c.chat), *in_week)).scalar_one()
    waits = (inbox.c.kind == Kind.EVENT.value, inbox.c.state == "open", inbox.c.deferred.is_(True))
    silent = or_(contacts.c.heard_at.is_(None), contacts.c.heard_at < now - FREE + NEAR)
    of = inbox.outerjoin(contacts, contacts.c.chat == inbox.c.chat)
    held = select(func.count()).select_from(of).where(*_ours(inbox.c.chat), *waits, silent)
    free = max(0, sent - bought.messages - bought.templates)
    return Costs(bought, _spent(connection, month_of(now), now), free, connection.execute(held).scalar_one())


def _spent(connection: Connection, since: datetime, until: datetime) -> Spent:
    """What was bought from one instant on, up to another."""
    rows = (
        select(zalo_costs.c.kind, func.count(), func.coalesce(func.sum(zalo_costs.c.dong), 0))
        .where(zalo_costs.c.at >= since, zalo_costs.c.at <= until)
        .group_by(zalo_costs.c.kind)
    )
    found = {kind: (int(count), int(dong)) for kind, count, dong in connection.execute(rows)}
    templates, messages = found.get("template", (0, 0)), found.get("cs", (0, 0))
    return Spent(messages[0], templates[0], messages[1] + templates[1])


def _ours(chat: Column[str]) -> tuple[ColumnElement[bool], ...]:
    """The account's chats, by the first part of the key: a range of the primary key."""
    return (chat >= f"{CHANNEL}/", chat < f"{CHANNEL}0")


class StoredBooks:
    """``channels.zalo_outreach.Books`` over the database. The month's sum is held in memory: one process a database."""

    def __init__(self, database: Database, write_lazily: Callable[[Job], None], now: Callable[[], datetime]) -> None:
        self._database = database
        self._write_lazily = write_lazily
        self._now = now
        self._month = month_of(now())
        self._spent = 0

    async def load(self) -> None:
        """As ``Books``."""
        self._month = month_of(self._now())
        query = select(func.coalesce(func.sum(zalo_costs.c.dong), 0)).where(zalo_costs.c.at >= self._month)
        self._spent = int(await self._database.read(lambda c: c.execute(query).scalar_one()))

    def spent(self) -> int:
        """As ``Books``."""
        month = month_of(self._now())
        if month != self._month:
            self._month, self._spent = month, 0
        return self._spent

    def paid(self, kind: str, quota: str, dong: int) -> None:
        """As ``Books``."""
        self._spent = self.spent() + dong
        row = {"at": self._now(), "kind": kind, "quota": quota, "dong": dong}
        self._write_lazily(Work(lambda connection: connection.execute(zalo_costs.insert().values(row)), "cost"))

    async def asked(self, message: str, chat: Chat, dossier: str, n: int | None) -> None:
        """As ``Books``."""
        row = {"message": message, "chat": str(chat), "dossier": dossier, "n": n, "sent_at": self._now()}

        def write(connection: Connection) -> None:
            connection.execute(upsert(connection.dialect.name, zalo_templates).values(row).on_conflict_do_nothing())

        await self._database.write(write)

    async def asked_about(self, message: str) -> tuple[Chat, str, int] | None:
        """As ``Books``."""
        table = zalo_templates
        query = select(table.c.chat, table.c.dossier, table.c.n).where(table.c.message == message)
        row = await self._database.read(lambda c: c.execute(query).first())
        return None if row is None or row.n is None else (Chat.parse(row.chat), row.dossier, row.n)
