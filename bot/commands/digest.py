"""``motcua digest``: one unit's week or period in any format, from the database or from a CSV file."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.paper.files import BINARY, FORMATS
from bot.tables.digests import OpenDigests
from handlers.officials.digesting import procedure_names
from procedures.catalog import Catalog
from ratings.digest import Digest, digest_from
from ratings.naming import with_names
from ratings.period import CLOSING_DAY, Kind, Period, Span, last_closed, numbered
from ratings.sources.table import BadTable, read_table
from ratings.week import VIETNAM, Week

WRONG_USE = 2
PERIOD = re.compile(r"(thang|quy|6thang|nam)(?::(\d{4})(?:-(\d{1,2}))?)?", re.ASCII)


class WrongUse(Exception):
    """What was asked for cannot be done; the message is the line that says why."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``digest`` to the commands (``subparsers`` as from ``ArgumentParser.add_subparsers``)."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "digest",
        help="one unit's week or report period: dossiers on time, ratings with their denominators",
        description="A digest is of the results handed over from Monday to Sunday in Vietnam (or in another period), "
        "and of the answers about them received up to --as-of. Fewer than five answers are never shown. A unit with "
        "others below it is rolled up.",
    )
    parser.add_argument("--unit", required=True, metavar="U", help="the unit's code or name")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week", metavar="2026-W46", help="ISO week; default: the last one whose books are closed")
    which.add_argument(
        "--period",
        metavar="P",
        help="thang, quy, 6thang, nam: the last one whose books are closed; thang:2026-11, quy:2026-4, 6thang:2026-1, "
        "nam:2026: that one. Reports close on MOTCUA_CLOSING_DAY",
    )
    which.add_argument("--from", dest="first", metavar="DATE", help="with --to: these days, both with them")
    parser.add_argument("--to", dest="last", metavar="DATE")
    parser.add_argument("--format", choices=tuple(FORMATS), default="text")
    parser.add_argument(
        "--as-of", metavar="ISO", help="count answers up to then; default: the next Monday 07:00, or now"
    )
    parser.add_argument("--ratings", metavar="FILE.csv", type=Path, help="read this file; no database is opened")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write there instead of stdout")
    return parser


async def run(
    args: argparse.Namespace,
    open_store: OpenDigests,
    now: datetime | None = None,
    closing_day: int = CLOSING_DAY,
    catalog: Callable[[], Catalog] | None = None,
) -> int:
    """Carry out the command; 0, or 2 with one line on stderr. ``now``: aware, the clock's where None. ``catalog``:
    whose names procedures have, opened only where one is told of; None: they are told by their codes."""
    try:
        now = now or datetime.now(UTC)
        span = _span(args, now, closing_day)
        as_of = _as_of(args.as_of, span, now)
        unit = unicodedata.normalize("NFC", args.unit.strip())
        names: dict[str, str] = {}
        if args.ratings is not None:
            digest, name = await asyncio.to_thread(_from_file, args.ratings, unit, span, as_of)
        else:
            digest, name = await _from_store(open_store, unit, span, as_of, now, names)
        if catalog is not None:
            digest = with_names(digest, lambda code: procedure_names(catalog())(code))
        if args.out is None and args.format in BINARY and sys.stdout.isatty():
            raise WrongUse(f"--format {args.format} is no text: name a file with --out")

        def named(code: str) -> str:
            return names.get(code, code)

        _write(await asyncio.to_thread(FORMATS[args.format], digest, name, named), args.out)
    except (WrongUse, BadTable) as error:
        print(f"motcua digest: {error}", file=sys.stderr)
        return WRONG_USE
    return 0


def _span(args: argparse.Namespace, now: datetime, closing_day: int) -> Span:
    if args.last is not None and args.first is None:
        raise WrongUse("--to needs --from")
    if args.first is not None:
        return _days(args.first, args.last)
    if args.period is not None:
        return _period(args.period, now, closing_day)
    if args.week is None:
        return Week.last_closed(now)
    try:
        return Week.parse(args.week)
    except ValueError as error:
        raise WrongUse(f"--week {error}") from None


def _days(first: str, last: str | None) -> Period:
    if last is None:
        raise WrongUse("--from needs --to")
    days = []
    for option, given in (("--from", first), ("--to", last)):
        try:
            days.append(date.fromisoformat(given.strip()))
        except ValueError:
            raise WrongUse(f"{option} {given!r} is no date: write it like 2026-11-14") from None
    try:
        return Period(days[0], days[1])
    except ValueError as error:
        raise WrongUse(f"--from {first} --to {last}: {error}") from None


def _period(given: str, now: datetime, closing_day: int) -> Period:
    found = PERIOD.fullmatch(given.strip())
    if found is None:
        raise WrongUse(f"--period {given!r} is none: write thang, quy, 6thang or nam, or like thang:2026-11")
    kind = Kind(found[1])
    if found[2] is None:
        return last_closed(kind, now, closing_day)
    try:
        return numbered(kind, int(found[2]), int(found[3] or 1), closing_day)
    except ValueError as error:
        raise WrongUse(f"--period {given!r}: {error}") from None


def _as_of(given: str | None, span: Span, now: datetime) -> datetime:
    if given is None:
        return min(span.close, now)
    try:
        found = datetime.fromisoformat(given.strip())
        return (found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        raise WrongUse(f"--as-of {given!r} is no instant: write it like 2026-11-12T09:30+07:00") from None


def _from_file(file: Path, unit: str, span: Span, as_of: datetime) -> tuple[Digest, str]:
    try:
        table = read_table(file)
    except OSError as error:
        raise WrongUse(f"--ratings {file}: {error.strerror or error}") from None
    below = tuple(each for each in table.units if each.startswith(f"{unit}."))
    if unit not in table.units and not below:
        raise WrongUse(f"--unit {unit!r} is not in {file}; there is: {', '.join(table.units) or 'no unit at all'}")
    return digest_from(unit, span, as_of, table.records, below=below or None), unit


async def _from_store(
    open_store: OpenDigests, unit: str, span: Span, as_of: datetime, now: datetime, names: dict[str, str]
) -> tuple[Digest, str]:
    async with open_store() as digests:
        found = await digests.find_unit(unit)
        if found is None:
            raise WrongUse(f"--unit {unit!r} is not known: no such code or name, and no dossier of it")
        code, name = found
        digest = await digests.digest(code, span, as_of, now)
        for child in digest.children or ():
            known = await digests.find_unit(child.unit)
            names[child.unit] = child.unit if known is None else known[1]
        return digest, name


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
