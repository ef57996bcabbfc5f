"""Rows by many keys at once: by the index, and compiled once.

``(chat, event) IN (VALUES …)`` makes SQLite read the whole table, and SQLAlchemy expands an ``IN`` anew at every
execution, at a millisecond for ten keys: both on the hot path of every group. A ``Lookup`` joins plain comparisons by
OR, each of which SQLite looks up in the primary key; it is compiled once for each dialect and number of keys, rounded
up to a power of two.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Select, and_, or_

from storage.statement import driver_of

MOST = 256
"""Keys in one statement; databases limit how many parameters one may have."""


class Lookup:
    """``query`` has no parameters of its own; its rows are those whose ``columns`` are one of the keys."""

    def __init__(self, query: Select[Any], *columns: ColumnElement[Any]) -> None:
        self._query = query
        self._columns = columns
        self._compiled: dict[tuple[str, int], str] = {}
        row = namedtuple("row", query.selected_columns.keys())  # type: ignore[misc]
        self._make = row._make

    def rows(self, connection: Connection, keys: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The rows found, in any order. Instants are microseconds: nothing is converted here."""
        found: list[Any] = []
        driver = driver_of(connection) if keys else None
        for first in range(0, len(keys), MOST):
            part = keys[first : first + MOST]
            size = 1 << (len(part) - 1).bit_length()
            repeated = chain(part, [part[-1]] * (size - len(part)))
            sql = self._for(connection.dialect, size)
            given = tuple(chain.from_iterable(repeated))
            if driver is None:
                found += connection.exec_driver_sql(sql, given).all()
            else:
                found += map(self._make, driver.execute(sql, given))
        return found

    def _for(self, dialect: Dialect, size: int) -> str:
        found = self._compiled.get((dialect.name, size))
        if found is None:
            keys = (and_(*(column == "" for column in self._columns)) for _ in range(size))
            found = str(self._query.where(or_(*keys)).compile(dialect=dialect))
            self._compiled[dialect.name, size] = found
        return found
