"""From settings to a running program: folders, lock, database, keys, shelf, mock, channels; and all of it back."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from random import Random

import aiohttp
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from bot import built
from bot.app import App
from bot.clock import Clock
from bot.config import CannotStart, Settings
from bot.control import ControlServer, Does
from bot.demo import filling
from bot.desk import Shelf, rules
from bot.keys import Keys, load_secret
from bot.local import overrides
from bot.lock import DatabaseLock, InUse
from bot.paper.press import Press, a_thread
from bot.server import Server
from channels.channel import Channel
from offices.unit import DATA as UNITS
from offices.unit import Offices
from onestop import status_map
from onestop.days.calendar import take_own_years
from onestop.days.holidays import BadYears
from onestop.mock.server import MockOneStop
from procedures.reading import CatalogError
from ratings.rating import default_instrument
from storage.engine import MEMORY, Database
from storage.migrate import SchemaNewer, migrate
from storage.tables import meta

log = logging.getLogger(__name__)
DEMO_UNIT = "H99.07"
STATUSES = "statuses.yaml"
"""In the data folder: what the province's system means by its statuses."""
HOLIDAYS = "holidays.yaml"
"""In the data folder: years of rest and worked days whose notice came after this program was made."""


class Program(Struct):
    """Everything that runs. ``address`` is where the web server listens, None where none was asked for."""

    settings: Settings
    app: App
    lock: DatabaseLock
    control: ControlServer | None = None
    server: Server | None = None
    address: str | None = None
    mock: MockOneStop | None = None
    closers: list[Callable[[], object]] = field(default_factory=list)

    async def stop(self) -> None:
        """End in order: no more commands, no more requests, no more pushes, then the engine."""
        if self.control is not None:
            await self.control.stop()
        if self.server is not None:
            await self.server.stop()
        if self.mock is not None:
            await self.mock.stop()
        await self.app.stop()
        for close in self.closers:
            close()
        await self.lock.release()


def load_shelf(settings: Settings) -> Shelf:
    """Read the catalog and the units. Raises CannotStart."""
    try:
        known = built.load(built.folder(settings.data_dir), settings.data_dir)
        paths = unit_files(settings)
        files = overrides.load(overrides.folders(settings.data_dir, demo=settings.demo), known.catalog)
        offices = overrides.with_desks(Offices.load(paths), files)
        statuses = status_map.load(settings.data_dir / STATUSES)
        take_own_years(settings.data_dir / HOLIDAYS)
    except CatalogError as error:
        raise CannotStart(
            f"the catalog, the national list or an override has mistakes, see: motcua catalog check\n{error}"
        ) from error
    except status_map.BadStatusMap as error:
        raise CannotStart(f"the statuses of the one-stop system: {error}") from error
    except BadYears as error:
        raise CannotStart(f"the days of rest: {error}") from error
    except (OSError, ValueError) as error:
        raise CannotStart(f"the units cannot be read: {error}") from error
    local = overrides.local(files)
    printer = Press()
    return Shelf(
        known.catalog,
        known.search,
        offices,
        default_instrument(),
        rules(settings),
        local,
        printer,
        statuses,
        known.listed,
    )


def unit_files(settings: Settings) -> list[Path]:
    """The files of units that are read: the demonstration's, ``units.yaml``, and what was imported."""
    own = settings.data_dir / "units.yaml"
    imported = sorted((settings.data_dir / "units").glob("*.yaml"))
    return [*([UNITS / "lam-chau.yaml"] if settings.demo else []), *([own] if own.is_file() else []), *imported]


def prepare_folder(folder: Path) -> None:
    """Make the data folder and see that it can be written. Raises CannotStart."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"MOTCUA_DATA_DIR: cannot write in {folder} ({error.strerror}): choose another folder or change its rights"
        ) from error


async def open_database(settings: Settings, url: str | None = None) -> tuple[Database, DatabaseLock]:
    """Lock, migrate, check the mark. Raises CannotStart."""
    database = Database(url or settings.url)
    lock = DatabaseLock(database)
    try:
        await lock.take()
        await migrate(database)
        await database.write(lambda connection: _check_mark(connection, settings))
    except (InUse, SchemaNewer, CannotStart) as error:
        await lock.release()
        await database.close()
        raise CannotStart(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        await lock.release()
        await database.close()
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        what = f"MOTCUA_DATABASE_URL: {database.url.render_as_string()}: {reason}"
        raise CannotStart(f"{what}: see that it runs and may be written, or set another") from error
    return database, lock


def _check_mark(connection: Connection, settings: Settings) -> None:
    """A demo database and a real one are never mixed up."""
    mark = connection.execute(select(meta.c.value).where(meta.c.key == "demo")).scalar()
    wanted = "1" if settings.demo else "0"
    if mark is None:
        connection.execute(meta.insert().values(key="demo", value=wanted))
    elif mark != wanted:
        kind, do = ("sample data", "set MOTCUA_DEMO=1") if mark == "1" else ("real data", "leave MOTCUA_DEMO unset")
        raise CannotStart(f"this database holds {kind}: {do}, or choose another MOTCUA_DATA_DIR or MOTCUA_DATABASE_URL")


async def open_program(
    settings: Settings,
    clock: Clock,
    channels: Callable[[App], Iterable[Channel]],
    *,
    offers: Callable[[App], Mapping[str, Does]] | None = None,
    memory: bool = False,
    listen: bool = True,
    seed: int = filling.SEED,
    random: Random | None = None,
) -> Program:
    """Start everything; ``offers``: what other terminals' commands may ask of it. Raises CannotStart, WrongToken."""
    if not memory:
        prepare_folder(settings.data_dir)
    shelf = load_shelf(settings)
    if memory:
        shelf = replace(shelf, printer=Press(a_thread))
    database, lock = await open_database(settings, MEMORY if memory else None)
    keys = Keys(os.urandom(32) if memory else load_secret(settings.secret_key, settings.data_dir))
    mock: MockOneStop | None = None
    app: App | None = None
    program: Program | None = None

    async def deliver(raw: bytes, header: str) -> int:
        return 503 if program is None else await _post(program, raw, header)

    try:
        if settings.demo and settings.onestop_base_url is None:
            secret = settings.onestop_secret or os.urandom(16).hex()
            started = await database.write(lambda c: filling.demo_start(c, clock.now()))
            mock = filling.make_mock(shelf.offices, clock, started, seed=seed, secret=secret, deliver=deliver)
            base = await mock.start(tick=None if memory else 1.0)
            settings = dataclasses.replace(settings, onestop_base_url=base, onestop_secret=secret)
            shelf = replace(shelf, rules=rules(settings))
        app = App(settings, database, keys, shelf, clock, channels, random)
        await app.start()
        closers = [shelf.printer.close] if isinstance(shelf.printer, Press) else []
        program = Program(settings, app, lock, mock=mock, closers=[*closers])
        if offers is not None:  # before /readyz can say that all is begun
            program.control = ControlServer(settings.data_dir, offers(app))
            await program.control.start()
        program.server = Server(app, settings.host, settings.port if listen else 0)
        program.address = await _listening(program.server, settings)
        if mock is not None:
            await _fill(program, mock, clock.now())
    except BaseException:
        if mock is not None:
            await mock.stop()
        if program is not None and program.control is not None:
            await program.control.stop()
        if program is not None and program.server is not None:
            await program.server.stop()
        if app is not None:
            await app.stop()
        else:
            await database.close()
        await lock.release()
        raise
    return program


async def _listening(server: Server, settings: Settings) -> str:
    try:
        return await server.start()
    except OSError as error:
        where = f"{settings.host}:{settings.port} ({error.strerror})"
        what = f"MOTCUA_PORT: cannot listen on {where}: stop what uses it, or set another MOTCUA_PORT"
        raise CannotStart(what) from error


async def _post(program: Program, raw: bytes, header: str) -> int:
    """Deliver a push of our own mock the way every backend does: over HTTP, signed."""
    headers = {"X-Onestop-Signature": header, "Content-Type": "application/json"}
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{program.address}/onestop", data=raw, headers=headers) as reply,
        ):
            return reply.status
    except (aiohttp.ClientError, OSError):
        return 503


async def _fill(program: Program, mock: MockOneStop, now: datetime) -> None:
    """Bring the demo's dossiers and answers in."""
    mock.advance()
    mock.sync()
    await mock.delivered(30)
    app = program.app
    unit, instrument = program.settings.unit, app.shelf.instrument
    left = {code for code, _, _ in filling.shown_codes(mock)}
    await app.write(lambda c: filling.answer_for_the_demo(c, app.keys, instrument, unit, now, left), "demo answers")
