"""Statements of the hot path, compiled once.

SQLAlchemy does not cache ``INSERT … ON CONFLICT`` of the dialects and compiles it anew at every execution (half a
millisecond). A ``Statement`` is compiled on first use for each dialect and then runs as plain SQL with many rows; on
SQLite straight on the driver, where a group of few jobs spends most of its time beside the database otherwise.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement


class Statement:
    """One statement whose parameters are given as tuples, in the order of ``names``.

    ``clause``: what to run, or what makes it for a dialect by its name.
    """

    def __init__(self, names: Sequence[str], clause: ClauseElement | Callable[[str], ClauseElement]) -> None:
        self._names = tuple(names)
        self._clause = clause
        self._compiled: dict[str, tuple[str, tuple[int, ...]]] = {}

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute for every row. Instants are given as microseconds: nothing is converted here."""
        if not rows:
            return
        sql, order = self._for(connection.dialect)
        given = [tuple([row[i] for i in order]) for row in rows]
        driver = driver_of(connection)
        if driver is None:
            connection.exec_driver_sql(sql, given)
        else:
            driver.executemany(sql, given).close()

    def _for(self, dialect: Dialect) -> tuple[str, tuple[int, ...]]:
        found = self._compiled.get(dialect.name)
        if found is None:
            clause = self._clause(dialect.name) if callable(self._clause) else self._clause
            inserts = isinstance(clause, Insert)
            compiled = clause.compile(dialect=dialect, column_keys=list(self._names) if inserts else None)
            names = compiled.positiontup or []  # type: ignore[attr-defined]
            found = (str(compiled), tuple(self._names.index(name) for name in names))
            self._compiled[dialect.name] = found
        return found


def driver_of(connection: Connection) -> sqlite3.Connection | None:
    """SQLite's own connection under one in a transaction; None where there is none, or it is not called directly."""
    driver = connection.connection.dbapi_connection
    return driver if isinstance(driver, sqlite3.Connection) else None


def upsert(dialect: str, table: Table) -> Any:
    """The dialect's INSERT with ``on_conflict_do_…`` for a table."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of a start that a desk on SQLite does without

    return postgresql.insert(table)
