"""What tests share: both databases. PostgreSQL is TEST_DATABASE_URL, else a throw-away cluster of our own."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.engine import Database
from storage.migrate import migrate
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.lines import Desk


# A busy machine is no finding: an example's first call may read files, and nothing here is about its milliseconds.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def _server_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    path = shutil.which("initdb")
    return Path(path).parent if path else None


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root: then as ``postgres`` or ``nobody``."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """The URL of a server, None where there is none."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    binaries = _server_binaries()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    user = _ordinary_user()
    if user is not None:
        shutil.chown(folder, user)
    run = {"user": user} if user is not None else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    data, port = folder / "data", free_port()
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "motcua", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, **quiet, **run,
    )  # fmt: skip
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([binaries / "postgres", "-D", data, *arguments], **quiet, **run)
    try:
        _wait_for(binaries / "pg_isready", port)
        yield f"postgresql+asyncpg://motcua@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(ready: Path, port: int) -> None:
    """Until it takes connections: its port opens while it is still starting up."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if subprocess.run([ready, "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


@pytest.fixture(params=["sqlite", "postgresql"])
def leg(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test is on."""
    return str(request.param)


@pytest.fixture
def server(leg: str, request: pytest.FixtureRequest) -> str | None:
    """The URL of the leg's server, None for SQLite."""
    if leg == "sqlite":
        return None
    found: str | None = request.getfixturevalue("postgres_server")
    if found is None:
        pytest.skip("no PostgreSQL here: set TEST_DATABASE_URL, or install the server")
    return found


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the newest schema, to be copied: migrating takes half a second."""
    file = tmp_path_factory.mktemp("migrated") / "pattern.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """The same on PostgreSQL, as CREATE DATABASE names it."""
    name = f"p{uuid.uuid4().hex[:12]}"
    asyncio.run(_administered(postgres_server, f"CREATE DATABASE {name}"))
    asyncio.run(_migrate(_named(postgres_server, name)))
    yield name
    asyncio.run(_administered(postgres_server, f"DROP DATABASE {name}"))


@pytest.fixture
def pattern(server: str | None, request: pytest.FixtureRequest) -> Path | str:
    """What ``database_url`` copies."""
    found: Path | str = request.getfixturevalue("migrated_file" if server is None else "migrated_template")
    return found


@pytest.fixture
async def empty_url(server: str | None, tmp_path: Path) -> AsyncIterator[str]:
    """A database of the leg without a schema."""
    async with _database(server, tmp_path, None) as url:
        yield url


@pytest.fixture
async def database_url(server: str | None, tmp_path: Path, pattern: Path | str) -> AsyncIterator[str]:
    """A migrated database of the leg."""
    async with _database(server, tmp_path, pattern) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of the leg, open."""
    made = Database(database_url)
    yield made
    await made.close()


@asynccontextmanager
async def _database(server: str | None, folder: Path, pattern: Path | str | None) -> AsyncIterator[str]:
    if server is None:
        file = folder / "test.db"
        if pattern is not None:
            shutil.copyfile(pattern, file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    name = f"t{uuid.uuid4().hex[:12]}"
    await _administered(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {pattern}" if pattern else ""))
    yield _named(server, name)
    await _administered(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


def _named(server: str, name: str) -> str:
    return server.rsplit("/", 1)[0] + f"/{name}"


async def _administered(server: str, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desks() -> AsyncIterator[Mapping[str, Desk]]:
    """A program by line, one of each for a whole table."""
    from tests.desks import open_desks  # the whole program: only who needs it pays for reading it

    async with open_desks() as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The kills first, each for another worker: they take minutes, and nothing should wait for them at the end."""
    long = [item for item in items if "_kill.py" in item.nodeid]
    short = [item for item in items if "_kill.py" not in item.nodeid]
    items[:] = [each for pair in zip_longest(long, short) for each in pair if each is not None]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which databases were tested (each worker of xdist writes its own mark)."""
    legs = {report.nodeid.partition("[")[2].partition("]")[0].split("-")[0] for report in _passed(terminalreporter)}
    shown = [leg for leg in ("sqlite", "postgresql") if leg in legs]
    if shown:
        terminalreporter.write_line(f"databases tested: {', '.join(shown)}")


def _passed(terminalreporter: pytest.TerminalReporter) -> list[pytest.TestReport]:
    return list(terminalreporter.stats.get("passed", []))
