"""One way into the database: one writer that commits whole groups, and readers beside it.

``write`` takes a plain function of a SQLAlchemy ``Connection`` and runs it in one transaction. On SQLite it runs in
the writer's own thread, so that a group of turns costs one hop; on PostgreSQL the same function runs over asyncpg.
``read`` does the same in threads that only read; ``reading`` gives an ordinary async connection (aiosqlite, asyncpg).

SQLite runs in WAL with ``synchronous=FULL`` (a commit is on disk) and ``secure_delete`` (what is erased is gone from
the file). All writing and every checkpoint happen on the writer's one connection: SQLite before 3.51.3 can lose
commits when two connections write and checkpoint at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool, StaticPool

MEMORY = "sqlite+aiosqlite:///:memory:"
"""A database that lives as long as its ``Database``: for trying and testing."""

_WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "secure_delete=ON")
_READER_PRAGMAS = ("busy_timeout=30000", "query_only=ON", "wal_autocheckpoint=0")
_READERS = 4
_memory_names = itertools.count()
T = TypeVar("T")


class Database:
    """``url`` is SQLAlchemy's: ``sqlite+aiosqlite:///…`` or ``postgresql+asyncpg://…``."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.memory = self.sqlite and self.url.database in (None, "", ":memory:")
        self._in_turns = asyncio.Lock() if self.memory else None
        self._writer_engine: Engine | None = None
        self._writer: Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._threads: _ReadingThreads | None = None
        if self.sqlite:
            path = f"file:motcua-{next(_memory_names)}?mode=memory&cache=shared&uri=true" if self.memory else None
            self._file = path or f"file:{self.url.database}?uri=true"
            self._writer_engine = _sqlite_writer(self._file)
            self._thread = ThreadPoolExecutor(1, "motcua-writer")
            self._readers = _sqlite_readers(self._file)
        else:
            self._readers = create_async_engine(
                self.url, pool_size=_READERS + 1, max_overflow=0, pool_pre_ping=True, hide_parameters=True
            )

    @property
    def dialect(self) -> Any:
        """The SQLAlchemy dialect that statements are compiled for."""
        return self._writer_engine.dialect if self._writer_engine is not None else self._readers.dialect

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one writing transaction; committed when this returns, rolled back when it raises."""
        async with self._alone():
            if self._thread is None:
                async with self._readers.begin() as connection:
                    return await connection.run_sync(work)
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._write_here, work)

    def _write_here(self, work: Callable[[Connection], T]) -> T:
        assert self._writer_engine is not None
        if self._writer is None:
            self._writer = self._writer_engine.connect()
        with self._writer.begin():
            return work(self._writer)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads."""
        async with self._alone(), self._readers.connect() as connection:
            yield connection

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection that only reads; on SQLite in one hop to a thread, whatever it reads."""
        if not self.sqlite:
            async with self.reading() as connection:
                return await connection.run_sync(work)
        async with self._alone():
            if self._threads is None:
                self._threads = _ReadingThreads(self._file)
            return await asyncio.get_running_loop().run_in_executor(self._threads.pool, self._threads.run, work)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self._in_turns is None:
            yield
            return
        async with self._in_turns:
            yield

    async def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, so that what was erased is in no file. Elsewhere nothing is to do."""
        if self._thread is not None and not self.memory:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._checkpoint)

    def _checkpoint(self) -> None:
        assert self._writer_engine is not None
        if self._writer is None:
            self._writer = self._writer_engine.connect()
        driver = self._writer.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        self._writer.rollback()

    async def close(self) -> None:
        """Close every connection; the writer's last, so that its checkpoint is the final one."""
        await self._readers.dispose()
        if self._threads is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._threads.close)
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close_writer)
            self._thread.shutdown()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._writer_engine is not None:
            self._writer_engine.dispose()


def _sqlite_writer(database: str) -> Engine:
    url, threads = f"sqlite:///{database}", {"check_same_thread": False}
    engine = create_engine(url, poolclass=StaticPool, connect_args=threads, hide_parameters=True)
    _set_pragmas(engine, _WRITER_PRAGMAS)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _sqlite_readers(database: str) -> AsyncEngine:
    url = f"sqlite+aiosqlite:///{database}"
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=_READERS, hide_parameters=True)
    _set_pragmas(engine.sync_engine, _READER_PRAGMAS)
    return engine


class _ReadingThreads:
    """Threads that read on connections of their own: one hop a read, where the asynchronous driver hops for each
    statement, to begin and to end."""

    def __init__(self, database: str) -> None:
        url, threads = f"sqlite:///{database}", {"check_same_thread": False}
        self.pool = ThreadPoolExecutor(_READERS, "motcua-reader")
        self._engine = create_engine(
            url, poolclass=QueuePool, pool_size=_READERS, connect_args=threads, hide_parameters=True
        )
        _set_pragmas(self._engine, _READER_PRAGMAS)

    def run(self, work: Callable[[Connection], T]) -> T:
        """In one of the threads."""
        with self._engine.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Once what is being read was read."""
        self.pool.shutdown()
        self._engine.dispose()


def _set_pragmas(engine: Engine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: the writer begins IMMEDIATE
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
