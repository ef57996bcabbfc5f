"""One process a database: a file lock beside SQLite's file, an advisory lock in PostgreSQL."""

from __future__ import annotations

import zlib
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.engine import Database


class InUse(Exception):
    """Another motcua holds this database."""


class DatabaseLock:
    """Held from ``take`` to ``release``; the system releases it when the process dies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: FileLock | None = None
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None

    async def take(self) -> None:
        """Raises InUse."""
        if self._database.memory:
            return
        if self._database.sqlite:
            path = Path(str(self._database.url.database))
            self._file = FileLock(path.with_name(path.name + ".lock"), timeout=0)
            try:
                self._file.acquire()
            except Timeout:
                raise InUse(f"{path} is in use by another motcua: stop it first") from None
            return
        self._engine = create_async_engine(self._database.url, pool_size=1)
        self._connection = await self._engine.connect()
        key = zlib.crc32(b"motcua")
        taken = (await self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})).scalar()
        await self._connection.commit()
        if not taken:
            await self.release()
            raise InUse("the database is in use by another motcua: stop it first")

    async def release(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.release()
        if self._connection is not None:
            await self._connection.close()
        if self._engine is not None:
            await self._engine.dispose()
