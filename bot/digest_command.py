"""``motcua digest``: one unit's week in any format, from the database or from a CSV file."""

from __future__ import annotations

import argparse
import asyncio
import sys
import unicodedata
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from bot.sheets import set_page
from ratings import document, store
from ratings.digest import Digest, make_digest
from ratings.html import to_html
from ratings.page import make_page
from ratings.render import render_text
from ratings.table import BadTable, read_table
from ratings.week import VIETNAM, Week
from ratings.workbook import to_xlsx
from storage.engine import Database

WRONG_USE = 2
FORMATS: dict[str, Callable[[Digest, str], bytes]] = {
    "text": lambda digest, name: f"{render_text(digest, name)}\n".encode(),
    "json": lambda digest, name: document.to_text(digest).encode(),
    "xlsx": lambda digest, name: to_xlsx(digest, make_page(digest, name)),
    "html": lambda digest, name: to_html(make_page(digest, name)).encode(),
    "pdf": lambda digest, name: set_page(make_page(digest, name)),
    "png": lambda digest, name: set_page(make_page(digest, name), "png"),
}
BINARY = frozenset({"xlsx", "pdf", "png"})


class WrongUse(Exception):
    """What was asked for cannot be done; the message is the line that says why."""


class Digests(Protocol):
    """Where digests come from when no file is given."""

    async def find_unit(self, given: str) -> tuple[str, str] | None:
        """The code and the name of a unit, by either; None where it is not known."""
        ...

    async def digest(self, unit: str, week: Week, as_of: datetime, now: datetime) -> Digest:
        """The locked digest where there is one, else made now; the first locked one is kept."""
        ...


OpenDigests = Callable[[], AbstractAsyncContextManager[Digests]]


class DatabaseDigests:
    """Digests of an open database. ``find`` knows the configured units; those of the data are known besides."""

    def __init__(self, database: Database, *, demo: bool, find: Callable[[str], tuple[str, str] | None]) -> None:
        self._database = database
        self._demo = demo
        self._find = find

    async def find_unit(self, given: str) -> tuple[str, str] | None:
        """A configured unit by code or name, else any unit code that the data hold, with its code as its name."""
        if (found := self._find(given)) is not None:
            return found
        known = await self._database.read(partial(store.is_known, unit=given))
        return (given, given) if known else None

    async def digest(self, unit: str, week: Week, as_of: datetime, now: datetime) -> Digest:
        """See ``Digests``."""
        kept = await self._database.read(partial(store.stored, unit=unit, week=week))
        if kept is not None:
            return kept
        read = partial(store.digest_of, unit=unit, week=week, as_of=as_of, demo=self._demo)
        made = await self._database.read(read)
        if not made.locked or now < week.close:
            return made
        return await self._database.write(partial(store.lock, digest=made, made_at=now))


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``digest`` to the commands (``subparsers`` as from ``ArgumentParser.add_subparsers``)."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "digest",
        help="one unit's week: dossiers on time, ratings with their denominators",
        description="A digest is of the results handed over from Monday to Sunday in Vietnam, and of the answers "
        "about them received up to --as-of. Fewer than five answers are never shown.",
    )
    parser.add_argument("--unit", required=True, metavar="U", help="the unit's code or name")
    parser.add_argument("--week", metavar="2026-W46", help="ISO week; default: the last one whose books are closed")
    parser.add_argument("--format", choices=tuple(FORMATS), default="text")
    parser.add_argument(
        "--as-of", metavar="ISO", help="count answers up to then; default: the next Monday 07:00, or now"
    )
    parser.add_argument("--ratings", metavar="FILE.csv", type=Path, help="read this file; no database is opened")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write there instead of stdout")
    return parser


async def run(args: argparse.Namespace, open_store: OpenDigests, now: datetime | None = None) -> int:
    """Carry out the command; 0, or 2 with one line on stderr. ``now``: aware, the clock's where None."""
    try:
        now = now or datetime.now(UTC)
        week = _week(args.week, now)
        as_of = _as_of(args.as_of, week, now)
        unit = unicodedata.normalize("NFC", args.unit.strip())
        if args.ratings is not None:
            digest, name = await asyncio.to_thread(_from_file, args.ratings, unit, week, as_of)
        else:
            digest, name = await _from_store(open_store, unit, week, as_of, now)
        if args.out is None and args.format in BINARY and sys.stdout.isatty():
            raise WrongUse(f"--format {args.format} is no text: name a file with --out")
        _write(await asyncio.to_thread(FORMATS[args.format], digest, name), args.out)
    except (WrongUse, BadTable) as error:
        print(f"motcua digest: {error}", file=sys.stderr)
        return WRONG_USE
    return 0


def _week(given: str | None, now: datetime) -> Week:
    if given is None:
        return Week.last_closed(now)
    try:
        return Week.parse(given)
    except ValueError as error:
        raise WrongUse(f"--week {error}") from None


def _as_of(given: str | None, week: Week, now: datetime) -> datetime:
    if given is None:
        return min(week.close, now)
    try:
        found = datetime.fromisoformat(given.strip())
        return (found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        raise WrongUse(f"--as-of {given!r} is no instant: write it like 2026-11-12T09:30+07:00") from None


def _from_file(file: Path, unit: str, week: Week, as_of: datetime) -> tuple[Digest, str]:
    try:
        table = read_table(file)
    except OSError as error:
        raise WrongUse(f"--ratings {file}: {error.strerror or error}") from None
    if unit not in table.units:
        raise WrongUse(f"--unit {unit!r} is not in {file}; there is: {', '.join(table.units) or 'no unit at all'}")
    before = week.previous()
    previous = make_digest(unit, before, min(as_of, before.close), table.records)
    return make_digest(unit, week, as_of, table.records, previous.comparable), unit


async def _from_store(
    open_store: OpenDigests, unit: str, week: Week, as_of: datetime, now: datetime
) -> tuple[Digest, str]:
    async with open_store() as digests:
        found = await digests.find_unit(unit)
        if found is None:
            raise WrongUse(f"--unit {unit!r} is not known: no such code or name, and no dossier of it")
        code, name = found
        return await digests.digest(code, week, as_of, now), name


def _write(content: bytes, file: Path | None) -> None:
    """The same bytes everywhere: text is UTF-8, without carriage returns."""
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        raise WrongUse(f"--out {file}: {error.strerror or error}") from None
