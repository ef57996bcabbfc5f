"""Bring a database to the newest schema, or say why it cannot be.

Alembic is imported only when there is something to do: it costs half a second, and nearly every start finds the
schema as it should be.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0024"
"""The newest revision; a test holds it equal to the newest file."""


class SchemaNewer(Exception):
    """The database was made by a newer version of motcua."""


def _current(connection: Connection) -> str | None:
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to a revision inside the transaction given."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def known_revisions() -> frozenset[str]:
    """The revisions this version brings."""
    return frozenset(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def current_revision(database: Database) -> str | None:
    """The database's revision, None where it is empty. Raises SchemaNewer."""
    current = await database.write(_current)  # the writer first: it makes the file and its journal mode
    if current is not None and current not in known_revisions():
        raise SchemaNewer(f"the database has schema {current}, this motcua knows up to {HEAD}: run the newer version")
    return current


async def migrate(database: Database) -> bool:
    """Upgrade to the newest schema; True where something was done. Raises SchemaNewer."""
    if await current_revision(database) == HEAD:
        return False
    await database.write(upgrade)
    return True
