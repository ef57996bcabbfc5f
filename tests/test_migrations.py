"""Databases of earlier versions open with all their rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from bot.config import Settings
from bot.program import open_database
from storage.desk_tables import hidden_facts, local_facts
from storage.engine import Database
from storage.migrate import HEAD, current_revision, migrate, upgrade
from storage.tables import audit, bindings, metadata, official_codes, officials, ratings

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
NEW = {
    "hidden_facts",
    "local_facts",
    "contacts",
    "zalo_tokens",
    "zalo_templates",
    "zalo_costs",
    "receipts",
    "open_questions",
    "curves",
}

LATER = {"held", "soon", "taps", "ended"}
"""Columns that later versions added to these tables."""


def fill(connection: Connection) -> None:
    """Rows as the first version wrote them."""
    held = {"id": "cb-1", "chat": "web/1/a", "unit": "H99.07", "role": "staff", "since": AT}
    connection.execute(officials.insert().values(held))
    connection.execute(audit.insert().values(at=AT, who="cb-1", what="digest", unit="H99.07", detail="2026-W46"))
    proved = {"chat": "web/1/b", "dossier": "H99.07-261116-0007", "proved_at": AT, "until": AT, "name": "hồ sơ hộ tịch"}
    connection.execute(bindings.insert().values(proved))
    code = {"hash": "h", "unit": "H99.07", "role": "head", "made_at": AT, "expires_at": AT}
    connection.execute(official_codes.insert().values(code))
    rated = {"completion": "c", "at": AT, "first_at": AT, "stars": 5, "reasons": "[]", "unit": "H99.07", "demo": False}
    connection.execute(ratings.insert().values(**rated, completed_on="2026-11-16", mode="bot", instrument="v1"))


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = (officials, audit, bindings, official_codes, ratings)
    return {
        table.name: [tuple(row) for row in connection.execute(select(*(c for c in table.c if c.name not in LATER)))]
        for table in tables
    }


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


@pytest.fixture
async def first(empty_url: str) -> AsyncIterator[Database]:
    """A database of the first version, with rows."""
    made = Database(empty_url)
    await made.write(lambda connection: upgrade(connection, "0001"))
    await made.write(fill)
    yield made
    await made.close()


async def test_a_database_of_the_first_version_keeps_its_rows(first: Database) -> None:
    assert await current_revision(first) == "0001"
    assert not NEW & await first.read(tables_of)
    before = await first.read(rows)
    assert all(before.values())
    assert await migrate(first) is True
    assert await current_revision(first) == HEAD
    assert await first.read(rows) == before
    assert await first.read(tables_of) >= NEW
    difference = await first.write(lambda c: list(compare_metadata(MigrationContext.configure(c), metadata)))
    assert difference == []


async def test_the_program_opens_it_as_it_is(empty_url: str, tmp_path: Path) -> None:
    first = Database(empty_url)
    await first.write(lambda connection: upgrade(connection, "0001"))
    await first.write(fill)
    before = await first.read(rows)
    await first.close()
    database, lock = await open_database(Settings(data_dir=tmp_path, database_url=empty_url))
    assert await current_revision(database) == HEAD
    assert await database.read(rows) == before
    await database.close()
    await lock.release()


async def test_one_fact_is_hidden_once_at_a_time(database: Database) -> None:
    row = {"unit": "H99.07", "procedure": "1.001193", "facet": "fee", "hidden_by": "cb-1", "hidden_at": AT}
    await database.write(lambda c: c.execute(hidden_facts.insert().values(row)))
    with pytest.raises(IntegrityError):
        await database.write(lambda c: c.execute(hidden_facts.insert().values(row)))
    await database.write(lambda c: c.execute(hidden_facts.update().values(shown_by="cb-2", shown_at=AT)))
    await database.write(lambda c: c.execute(hidden_facts.insert().values(row)))
    found = await database.read(lambda c: c.execute(select(hidden_facts.c.shown_at).order_by("id")).scalars().all())
    assert found == [AT, None]


async def test_a_number_is_given_once(database: Database) -> None:
    row = {"number": 1, "unit": "H99.07", "procedure": "1.001193", "fact": "fee", "value": "[]", "document": "1/NQ"}
    more = {"issued_on": "2025-12-05", "state": "proposed", "proposed_by": "cb-1", "proposed_at": AT}
    await database.write(lambda c: c.execute(local_facts.insert().values(**row, **more)))
    with pytest.raises(IntegrityError):
        await database.write(lambda c: c.execute(local_facts.insert().values(**row, **more)))


async def test_every_step_after_the_first_can_be_taken_back(first: Database) -> None:
    before = await first.read(rows)
    await migrate(first)

    def back(connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config

        from storage.migrate import MIGRATIONS

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")

    await first.write(back)
    assert not NEW & await first.read(tables_of)
    assert await first.read(rows) == before
    version = await first.read(lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar())
    assert version == "0001"
