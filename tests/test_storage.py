"""The schema, the migrations and the two ways into the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from storage.engine import MEMORY, Database
from storage.migrate import HEAD, MIGRATIONS, SchemaNewer, known_revisions, migrate
from storage.tables import inbox, instant, meta, metadata, micros


async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await database.write(difference) == []


async def test_migrating_again_does_nothing(database: Database) -> None:
    assert await migrate(database) is False


def test_head_is_the_newest_revision() -> None:
    assert max(known_revisions()) == HEAD
    assert list((MIGRATIONS / "versions").glob(f"{HEAD}_*.py"))


async def test_a_newer_schema_is_refused_with_what_to_do(database: Database) -> None:
    await database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaNewer, match="run the newer version"):
        await migrate(database)


async def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def half(connection: Connection) -> None:
        connection.execute(meta.insert().values(key="a", value="1"))
        raise ValueError

    with pytest.raises(ValueError):
        await database.write(half)
    assert await database.read(lambda c: c.execute(select(meta)).all()) == []


async def test_instants_come_back_as_they_went(database: Database) -> None:
    at = datetime(2026, 11, 22, 6, 59, 59, 999_999, UTC)
    row = {"chat": "web/x/1", "event": "e", "seq": 1, "kind": "text", "at": at, "private": True, "state": "open"}
    await database.write(lambda c: c.execute(inbox.insert().values(row)))
    assert await database.read(lambda c: c.execute(select(inbox.c.at)).scalar()) == at


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 14))
def test_micros_and_instant_are_inverse(naive: datetime, hours: int) -> None:
    at = (naive.replace(tzinfo=UTC) + timedelta(hours=hours)).astimezone(UTC)
    assert instant(micros(at)) == at


async def test_memory_is_one_database_for_writer_and_readers() -> None:
    database = Database(MEMORY)
    await migrate(database)
    await database.write(lambda c: c.execute(meta.insert().values(key="a", value="1")))
    assert await database.read(lambda c: c.execute(select(meta.c.value)).scalar()) == "1"
    await database.close()
