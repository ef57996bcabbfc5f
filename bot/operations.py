"""What the command line does with the database: here when no server runs, in the running server otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol

from sqlalchemy import Connection, select

from bot.app import App
from bot.clock import Clock, MachineClock
from bot.config import CannotStart, Settings
from bot.control import ControlClient, Does, Wrong
from bot.keys import Keys, load_secret, new_code
from bot.local.facts import CONFIRMED
from bot.local.values import load_value
from bot.lock import DatabaseLock, InUse
from bot.program import load_shelf, open_database, prepare_folder
from bot.proofs.receipt_desk import ReceiptDesk
from bot.proofs.slip_desk import SlipDesk
from bot.tables.collecting import Collecting
from bot.tables.digests import DatabaseDigests
from bot.tables.imports import Imports
from bot.tables.pushes import Pushes
from bot.zalo.operations import ZaloOperations
from bot.zalo.running import running_zalo
from bot.zalo.trying import trying
from offices.unit import Offices
from procedures.local import Fact
from ratings.digest import Digest
from ratings.period import Span, parse_span
from ratings.reports import document
from storage.desk_tables import local_facts, open_questions
from storage.engine import Database
from storage.tables import audit, instant, micros, official_codes, officials

ROLES = ("staff", "head", "province", "readonly", "auditor")
USABLE = timedelta(minutes=10)
OPERATOR = "operator"
TRIES, PAUSE = 50, 0.2
"""How often, and after how many seconds each time, a server that is still starting is asked again, as a rule."""


class Operations:
    """One method an operation; ``by_name`` is what the private socket offers. All take and give plain JSON values."""

    def __init__(
        self, database: Database, keys: Keys, offices: Offices, *, demo: bool, clock: Clock | None = None
    ) -> None:
        self._clock = clock or MachineClock()
        self._database = database
        self._keys = keys
        self._offices = offices
        self._digests = DatabaseDigests(database, demo=demo, find=self._find, offices=offices)

    def by_name(self) -> Mapping[str, Does]:
        """The operations that another process may ask for."""
        return {
            "find_unit": self.find_unit,
            "digest": self.digest,
            "official_add": self.official_add,
            "official_list": self.official_list,
            "official_revoke": self.official_revoke,
            "backup": self.backup,
            "ways": self.ways,
        }

    def _find(self, given: str) -> tuple[str, str] | None:
        unit = self._offices.by_code(given) or self._offices.by_name(given)
        return None if unit is None else (unit.code, unit.name)

    async def find_unit(self, given: dict[str, Any]) -> Any:
        """``{"unit"}`` → ``[code, name]`` or null."""
        return await self._digests.find_unit(given["unit"])

    async def digest(self, given: dict[str, Any]) -> Any:
        """``{"unit","week","as_of","now"}`` → the digest's stored form; ``week`` may be a period."""
        as_of, now = instant(given["as_of"]), instant(given["now"])
        found = await self._digests.digest(given["unit"], parse_span(given["week"]), as_of, now)
        detail = f"{given['week']} from the command line"
        await self._database.write(lambda c: _note(c, now, "read digest", given["unit"], detail))
        return document.dump(found)

    async def official_add(self, given: dict[str, Any]) -> Any:
        """``{"unit","role","minutes"}`` → ``{"code","unit","role","expires_at"}``. The code is shown once."""
        found = await self._digests.find_unit(given["unit"])
        if found is None:
            raise Wrong(f"--unit {given['unit']!r} is not known: no such code or name, and no dossier of it")
        if given["role"] not in ROLES:
            raise Wrong(f"--role wants one of {', '.join(ROLES)}")
        now = self._clock.now()
        code, expires = new_code(), now + timedelta(minutes=given.get("minutes") or USABLE // timedelta(minutes=1))
        unit, hashed = found[0], self._keys.code(code)

        def write(connection: Connection) -> None:
            row = {"hash": hashed, "unit": unit, "role": given["role"], "made_at": now, "expires_at": expires}
            connection.execute(official_codes.insert().values(row))
            _note(connection, now, "invited an official", unit, given["role"])

        await self._database.write(write)
        return {"code": code, "unit": found[1], "role": given["role"], "expires_at": micros(expires)}

    async def official_list(self, given: dict[str, Any]) -> Any:
        """→ a list of ``{"id","unit","role","since","revoked_at"}``."""
        rows = await self._database.read(lambda c: c.execute(select(officials).order_by(officials.c.since)).all())
        return [
            {
                "id": row.id,
                "unit": row.unit,
                "role": row.role,
                "channel": row.chat.split("/", 1)[0],
                "since": micros(row.since),
                "revoked_at": None if row.revoked_at is None else micros(row.revoked_at),
            }
            for row in rows
        ]

    async def official_revoke(self, given: dict[str, Any]) -> Any:
        """``{"id"}``: at once."""
        now = self._clock.now()

        def write(connection: Connection) -> str | None:
            where = (officials.c.id == given["id"], officials.c.revoked_at.is_(None))
            row = connection.execute(select(officials.c.unit).where(*where)).first()
            if row is None:
                return None
            connection.execute(officials.update().where(*where).values(revoked_at=now))
            _note(connection, now, "revoked an official", row.unit, given["id"])
            return str(row.unit)

        unit = await self._database.write(write)
        if unit is None:
            raise Wrong(f"no official {given['id']!r} in office: see motcua official list")
        return {"id": given["id"], "unit": unit}

    async def ways(self, given: dict[str, Any]) -> Any:
        """→ ``{"ways": [[code, way], …], "asked": [words, …]}``: what two officials agreed on, and open questions."""
        return await self._database.read(_taught)

    async def backup(self, given: dict[str, Any]) -> Any:
        """``{"file"}``: a consistent copy while everything goes on (SQLite)."""
        path = Path(given["file"])
        if not self._database.sqlite:
            raise Wrong("on PostgreSQL use pg_dump: it copies a running database consistently")
        if path.exists():
            raise Wrong(f"{path} is there already: name a new file")
        if not path.parent.is_dir():
            raise Wrong(f"{path}: there is no folder {path.parent}")
        try:
            path.touch(mode=0o600)  # what it holds is nobody else's on this machine
            await self._database.write(lambda connection: _copy(connection, path))
        except (OSError, sqlite3.Error) as error:
            path.unlink(missing_ok=True)
            raise Wrong(f"{path}: {error}") from None
        return {"file": str(path), "bytes": path.stat().st_size}


def _taught(connection: Connection) -> dict[str, Any]:
    fact = local_facts.c
    where = (fact.fact == Fact.WAY.value, fact.state == CONFIRMED)
    query = select(fact.procedure, fact.value).where(*where).order_by(fact.decided_at, fact.number)
    ways = [[row.procedure, str(load_value(Fact.WAY, row.value))] for row in connection.execute(query)]
    asked = select(open_questions.c.words).distinct().order_by(open_questions.c.words)
    return {"ways": ways, "asked": list(connection.execute(asked).scalars())}


def _copy(connection: Connection, path: Path) -> None:
    # VACUUM cannot run in a transaction; the driver's backup reads a snapshot and can
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    name = driver.execute("PRAGMA database_list").fetchone()[2]
    source, copy = sqlite3.connect(name), sqlite3.connect(path)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()


def _note(connection: Connection, at: datetime, what: str, unit: str, detail: str) -> None:
    connection.execute(audit.insert().values(at=at, who=OPERATOR, what=what, unit=unit, detail=detail))


class Remote:
    """The same operations, carried out by the running server."""

    def __init__(self, client: ControlClient) -> None:
        self._client = client

    async def do(self, name: str, **given: Any) -> Any:
        """One operation. Raises Wrong."""
        return await self._client.do(name, **given)


class Local:
    """The same operations, here."""

    def __init__(self, by_name: Mapping[str, Does]) -> None:
        self._by_name = by_name

    async def do(self, name: str, **given: Any) -> Any:
        """One operation. Raises Wrong."""
        return await self._by_name[name](given)


class Doer(Protocol):
    """Carries out operations by name."""

    async def do(self, name: str, **given: Any) -> Any:
        """One operation. Raises Wrong."""
        ...


def zalo_of(app: App) -> ZaloOperations:
    """What can be done about the Official Account's tokens in a running program."""
    return ZaloOperations(app.database, app.keys, app.settings.zalo.oa_id, app.clock)


def operations_of(app: App) -> Operations:
    """The operations in a running program."""
    return Operations(app.database, app.keys, app.shelf.offices, demo=app.settings.demo, clock=app.clock)


def offered_by(app: App) -> Mapping[str, Does]:
    """All that another process may ask a running program for: the operations, and those of imports."""
    imports = Imports(app.database, app.pushes, app.clock, app.look_for_dossiers)
    collecting = Collecting(app.database, app.keys, app.clock, demo=app.settings.demo)
    ours = {**operations_of(app).by_name(), **imports.by_name(), **collecting.by_name()}
    papers = {**ReceiptDesk.of(app).by_name(), **SlipDesk.of(app).by_name()}
    return {**ours, **papers, **zalo_of(app).by_name(), **running_zalo(app), **trying(app)}


async def _nobody_to_tell() -> None:
    """No server runs that would look dossiers up."""


@contextlib.asynccontextmanager
async def doing(settings: Settings, pause: float = PAUSE) -> AsyncIterator[Doer]:
    """Whoever can carry out operations now: the running server, else this process. ``pause``: seconds between two
    questions to a server that is still starting. Raises CannotStart."""
    found = await _server_or_database(settings, pause)
    if isinstance(found, ControlClient):
        try:
            yield Remote(found)
        finally:
            await found.close()
        return
    database, lock = found
    try:
        shelf = load_shelf(settings)
        keys = Keys(load_secret(settings.secret_key, settings.data_dir))
        clock = MachineClock()
        pushes = Pushes(shelf.offices, shelf.catalog, shelf.rules, keys.phone_key, Random(), clock.now)
        imports = Imports(database, pushes, clock, _nobody_to_tell)
        operations = Operations(database, keys, shelf.offices, demo=settings.demo, clock=clock)
        zalo = ZaloOperations(database, keys, settings.zalo.oa_id, clock)
        receipts = ReceiptDesk(database, keys, shelf.offices, settings, clock.now)
        slips = SlipDesk(database, keys, shelf.offices, settings, clock.now)
        collecting = Collecting(database, keys, clock, demo=settings.demo)
        both = {**zalo.by_name(), **receipts.by_name(), **slips.by_name(), **collecting.by_name()}
        yield Local({**operations.by_name(), **imports.by_name(), **both})
    finally:
        await database.close()
        await lock.release()


async def _server_or_database(settings: Settings, pause: float) -> ControlClient | tuple[Database, DatabaseLock]:
    """The running server, else the database. Who holds the database and does not answer yet is still starting, and is
    waited for. Raises CannotStart."""
    prepare_folder(settings.data_dir)
    for left in range(TRIES, -1, -1):
        client = await ControlClient.connect(settings.data_dir)
        if client is not None:
            return client
        try:
            return await open_database(settings)
        except CannotStart as error:
            if not left or not isinstance(error.__cause__, InUse):
                raise
        await asyncio.sleep(pause)
    raise AssertionError("the last try returns or raises")


class AskedDigests:
    """``bot.tables.digests.Digests`` through a ``Doer``."""

    def __init__(self, doer: Doer) -> None:
        self._doer = doer

    async def find_unit(self, given: str) -> tuple[str, str] | None:
        """The code and name of a unit."""
        found = await self._doer.do("find_unit", unit=given)
        return None if found is None else (found[0], found[1])

    async def digest(self, unit: str, span: Span, as_of: datetime, now: datetime) -> Digest:
        """The locked digest, else the one made now."""
        body = await self._doer.do("digest", unit=unit, week=str(span), as_of=micros(as_of), now=micros(now))
        return document.load(body)


@contextlib.asynccontextmanager
async def digests(settings: Settings) -> AsyncIterator[AskedDigests]:
    """What ``motcua digest`` reads from."""
    async with doing(settings) as doer:
        yield AskedDigests(doer)
