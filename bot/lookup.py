"""Rows by many keys at once, compiled once.

SQLAlchemy expands an ``IN`` anew at every execution: a millisecond for ten keys, on the hot path of every group. A
``Lookup`` is compiled once for each dialect and number of keys, rounded up to a power of two, and then runs as plain
SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Select, tuple_

MOST = 256
"""Keys in one statement; databases limit how many parameters one may have."""


class Lookup:
    """``query`` has no parameters of its own; its rows are those whose ``columns`` are one of the keys."""

    def __init__(self, query: Select[Any], *columns: ColumnElement[Any]) -> None:
        self._query = query
        self._columns = columns
        self._compiled: dict[tuple[str, int], str] = {}

    def rows(self, connection: Connection, keys: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The rows found, in any order. Instants are microseconds: nothing is converted here."""
        found: list[Any] = []
        for first in range(0, len(keys), MOST):
            part = keys[first : first + MOST]
            size = 1 << (len(part) - 1).bit_length()
            repeated = chain(part, [part[-1]] * (size - len(part)))
            sql = self._for(connection.dialect, size)
            found += connection.exec_driver_sql(sql, tuple(chain.from_iterable(repeated))).all()
        return found

    def _for(self, dialect: Dialect, size: int) -> str:
        found = self._compiled.get((dialect.name, size))
        if found is None:
            column = tuple_(*self._columns) if len(self._columns) > 1 else self._columns[0]
            keys = [("",) * len(self._columns) if len(self._columns) > 1 else ""] * size
            query = self._query.where(column.in_(keys))
            found = str(query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
            self._compiled[dialect.name, size] = found
        return found
