"""A program by line, and what is asked of any desk: rows that several tables of channels share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from bot.tables.records import ChatRecords
from tests.lines import (
    TELEGRAM,
    Desk,
    Person,
    Said,
    a_desk,
)

Desks = Mapping[str, Desk]


@asynccontextmanager
async def open_desks() -> AsyncIterator[Desks]:
    """A program by line; the web and the terminal are channels of the one that polls. Every row has its own people."""
    async with AsyncExitStack() as opened:
        polling, webhook = [await opened.enter_async_context(a_desk(mode)) for mode in TELEGRAM]
        yield {
            "web": polling,
            "terminal": polling,
            "zalo": polling,
            "zalo_bot": polling,
            "polling": polling,
            "webhook": webhook,
        }


def has_way_on(said: Said) -> bool:
    """A button, or words that say what to type."""
    printed = any(line.startswith(("  ", "1. ")) for line in said.text.split("\n"))
    return bool(said.choices) or printed or "gõ" in said.text.lower()


async def count(desk: Desk, table: Any, person: Person) -> int:
    """Rows of this chat."""
    async with desk.app.database.reading() as connection:
        query = select(func.count()).where(table.c.chat == str(person.chat))
        return int((await connection.execute(query)).scalar_one())


async def recorded(desk: Desk, person: Person, dossier: str) -> int | None:
    """The stars that are on disk for this dossier."""
    records = ChatRecords(desk.app.database, desk.app.keys, str(person.chat), datetime.now(UTC), demo=False)
    given = await records.rating(dossier, 1)
    return None if given is None else given.stars
