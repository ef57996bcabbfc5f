"""What the one-stop system told, in the tables: dossiers as they stand, every movement, every completion.

The rules are in ``book.py``; here they are only loaded and written. All functions take a plain SQLAlchemy
``Connection`` and run in the caller's transaction (``Database.write``, or ``AsyncConnection.run_sync``).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from onestop import links, phones
from onestop.book import End, Entry, Movement, Row, UnitOf, came_true, enter, enter_parts, order
from onestop.code import DossierCode
from onestop.days.calendar import vietnam
from onestop.days.durations import Spell, spell_of
from onestop.details import Details
from onestop.dossier import AT_WORK, LONG_AGO, Dossier, Status, new_due
from onestop.parts import PartChange, part_of, step_of
from onestop.writing import phone_hash, write
from storage.tables import completions, dossiers, movements

MOST_OF_HISTORY = 5000
"""Dossiers of one procedure and unit that an estimate is made from: two years of the busiest desk."""
CHUNK = 400
_TIMES = tuple(dossiers.c[name] for name in ("received_at", "status", "done_at", "moved_at", "details"))
_NO_CODE, _NO_DETAILS = DossierCode("", date.min, 0, ""), Details("")

_ONE = select(dossiers).where(dossiers.c.code == bindparam("of"))
_STEPS = (
    select(movements.c.at, movements.c.status)
    .where(movements.c.dossier == bindparam("of"), movements.c.told)
    .order_by(movements.c.at)
)


class Change(Struct, frozen=True):
    """A new status worth telling followers. ``seq`` grows with every told movement of the dossier.

    ``part``: of which part of a linked dossier (from 0); None: of the whole. ``new_due``: it brought a new due day,
    perhaps with the status it had.
    """

    code: str
    seq: int
    before: Status | None
    after: Status
    at: datetime
    unit: str
    procedure: str | None
    field: str | None
    part: int | None = None
    new_due: bool = False
    finished_at: datetime | None = None


class Completed(Struct, frozen=True):
    """A new end, the ``n``-th of the dossier. ``without``: refused, withdrawn or stopped; None: a completion."""

    code: str
    n: int
    at: datetime
    unit: str
    procedure: str | None
    field: str | None
    without: Status | None = None


class Recorded(Struct, frozen=True):
    """What came of recording some rows, in the order of their own times."""

    changes: tuple[Change, ...] = ()
    completions: tuple[Completed, ...] = ()


class Stored(Struct, frozen=True):
    """A dossier as last told, without its phone: ``phone`` is the keyed hash. ``seen_at``: when the newest row came.

    ``since``: when it came into the status it has, by the rows' own times; None where that was not asked for.
    """

    dossier: Dossier
    unit: str
    phone: str | None
    completions: int
    seen_at: datetime
    demo: bool
    since: datetime | None = None


def proves(key: bytes, stored: Stored, last4: str) -> bool:
    """Whether these digits are the stored ones, in constant time. Nothing proves a dossier without a usable phone."""
    given = phone_hash(key, stored.dossier.code.canonical, last4)
    return hmac.compare_digest((stored.phone or "").encode(), given.encode())


def set_phone(connection: Connection, code: DossierCode, last4: str | None, key: bytes) -> None:
    """Replace what proves a dossier; None: nothing does."""
    phone = None if last4 is None else phone_hash(key, code.canonical, last4)
    connection.execute(update(dossiers).where(dossiers.c.code == code.canonical).values(phone=phone))


def find(connection: Connection, code: str) -> Stored | None:
    """A dossier by its canonical code, as it was last told."""
    row = connection.execute(_ONE, {"of": code}).first()
    return None if row is None else _stored(row)


def find_with_since(connection: Connection, code: str) -> Stored | None:
    """The same, and since when it has its status."""
    stored = find(connection, code)
    if stored is None:
        return None
    steps = connection.execute(_STEPS, {"of": code}).all()
    status = int(stored.dossier.status)
    left = max((step.at for step in steps if step.status != status), default=LONG_AGO)
    since = min((step.at for step in steps if step.status == status and step.at >= left), default=None)
    return replace(stored, since=since)


def find_all(connection: Connection, codes: Iterable[str]) -> dict[str, Stored]:
    """Those of these dossiers that are known, by canonical code."""
    ordered = sorted(set(codes))
    found: dict[str, Stored] = {}
    for part in (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK)):
        found |= {
            row.code: _stored(row) for row in connection.execute(select(dossiers).where(dossiers.c.code.in_(part)))
        }
    return found


def is_any(connection: Connection) -> bool:
    """Whether any dossier is stored."""
    return connection.execute(select(dossiers.c.code).limit(1)).first() is not None


def due_before(connection: Connection, unit: str, until: datetime, limit: int) -> tuple[Stored, ...]:
    """Dossiers of a unit (its code) that the office works on and that are due before ``until``, the oldest due first.

    Not those that wait for the citizen, are finished or closed, or of which nobody knows how they stand.
    """
    open_ones = (dossiers.c.unit == unit, dossiers.c.status.in_(sorted(AT_WORK)))
    due = (dossiers.c.due_at.is_not(None), dossiers.c.due_at < until)
    rows = select(dossiers).where(*open_ones, *due).order_by(dossiers.c.due_at, dossiers.c.code).limit(limit)
    return tuple(_stored(row) for row in connection.execute(rows))


def history(connection: Connection, unit: str, procedure: str, now: datetime) -> Sequence[Any]:
    """The rows of the newest dossiers of one procedure at a unit (its code), finished or not, for ``spells``."""
    query = (
        select(*_TIMES)
        .where(dossiers.c.unit == unit, dossiers.c.procedure == procedure, dossiers.c.received_at <= now)
        .order_by(dossiers.c.received_at.desc())
        .limit(MOST_OF_HISTORY)
    )
    return connection.execute(query).all()


def spells(rows: Iterable[Any], now: datetime) -> list[Spell]:
    """How long they took, as known ``now``. Pure."""
    calendar = vietnam()
    found = (spell_of(_timed(row), now, calendar) for row in rows)
    return [spell for spell in found if spell is not None]


def _timed(row: Any) -> Dossier:
    """A dossier of which only the times are looked at: a night reads a million."""
    details = orjson.loads(row.details)
    needed = details["finished_at"] is not None or details["supplements"]
    whole = Details.load(row.details) if needed else _NO_DETAILS
    return Dossier(
        code=_NO_CODE,
        status=Status(row.status),
        received_at=row.received_at,
        finished_at=whole.finished_at,
        done_at=row.done_at,
        moved_at=row.moved_at,
        supplements=whole.supplements,
    )


def _stored(row: Any) -> Stored:
    details = Details.load(row.details)
    dossier = Dossier(
        code=DossierCode.parse(details.printed),
        status=Status(row.status),
        procedure=row.procedure,
        procedure_name=row.procedure_name,
        field=row.field,
        unit=row.unit,
        received_at=row.received_at,
        due=row.due_at,
        finished_at=details.finished_at,
        done_at=row.done_at,
        moved_at=row.moved_at,
        agency=details.agency,
        note=details.note,
        supplements=details.supplements,
        fees=details.fees,
        parts=details.parts,
        early=details.early,
    )
    return Stored(dossier, row.unit, row.phone, row.completions, row.seen_at, row.demo)


def record(
    connection: Connection, rows: Iterable[Row], now: datetime, *, unit_of: UnitOf, phone_key: bytes, demo: bool
) -> Recorded:
    """Store told rows; gives the new statuses worth telling and the new completions.

    ``now``: when they were told. ``unit_of``: the unit's code by ``DonViXuLy``; with None, ours.
    """
    told = sorted(rows, key=lambda row: order(row, now))
    entries = _load(connection, {row.code.canonical for row in told})
    wholes = links.wholes(connection, told, entries.keys())
    entries = {code: entry for code, entry in entries.items() if code not in wholes}
    entries |= _load(connection, {whole.canonical for whole in wholes.values()} - entries.keys())
    stored = {code: frozenset(entry.movements) for code, entry in entries.items()}
    changes: list[Change] = []
    for row in told:
        of = wholes.get(row.code.canonical, row.code)
        entry = entries.setdefault(of.canonical, Entry(of.canonical, Details(of.printed)))
        changes += _enter(entry, row, now, unit_of, is_part=row.code.canonical in wholes)
    write(connection, entries.values(), stored, now, phone_key, demo)
    links.write(connection, entries.values(), _own(connection, entries))
    phones.count(connection, [row for row in told if row.code.canonical not in wholes], now, phone_key)
    completed = [completion for entry in entries.values() for completion in _completed(entry)]
    return Recorded(tuple(changes), tuple(sorted(completed, key=lambda completion: (completion.at, completion.code))))


def _own(connection: Connection, entries: dict[str, Entry]) -> set[str]:
    """The codes of parts told of now that are dossiers of their own."""
    told = {part.code for entry in entries.values() if entry.part_changes for part in entry.details.parts}
    codes = sorted(code for code in told if code is not None)
    return (
        set(connection.execute(select(dossiers.c.code).where(dossiers.c.code.in_(codes))).scalars()) if codes else set()
    )


def _enter(entry: Entry, row: Row, now: datetime, unit_of: UnitOf, *, is_part: bool) -> Iterator[Change]:
    """Enter one row, of the whole or of a part; what it changed."""
    before, known = entry.status, len(entry.part_changes)
    due = new_due(Status.IN_PROGRESS, entry.details.supplements)
    if is_part:
        entry.unit = entry.unit or unit_of(None)
        enter_parts(entry, [part_of(row) if isinstance(row, Dossier) else step_of(row)], now)
    else:
        changed = enter(entry, row, now, unit_of)
        set_now = new_due(entry.status, entry.details.supplements)
        if changed or set_now not in (None, due):
            yield replace(_change(entry, before), new_due=set_now not in (None, due))
    for change in entry.part_changes[known:]:
        yield _part_change(entry, change)
    before, step = entry.status, came_true(entry)
    if step is not None and enter(entry, step, now, unit_of):
        yield _change(entry, before)


def _part_change(entry: Entry, change: PartChange) -> Change:
    told = (change.before, change.after, change.at, entry.unit, entry.procedure, entry.field)
    return Change(entry.code, entry.told, *told, part=change.n)


def _change(entry: Entry, before: Status | None) -> Change:
    assert entry.status is not None
    assert entry.moved_at is not None
    told = (before, entry.status, entry.moved_at, entry.unit, entry.procedure, entry.field)
    return Change(entry.code, entry.told, *told, finished_at=entry.details.finished_at)


def _completed(entry: Entry) -> Iterator[Completed]:
    for end in entry.ended.values():
        yield Completed(entry.code, end.n, end.at, entry.unit, entry.procedure, entry.field, end.without)


def _load(connection: Connection, codes: set[str]) -> dict[str, Entry]:
    """The dossiers of these codes with their movements and newest completion, locked where the database can."""
    entries: dict[str, Entry] = {}
    ordered = sorted(codes)
    for part in (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK)):
        lines = select(dossiers).where(dossiers.c.code.in_(part)).order_by(dossiers.c.code).with_for_update()
        for row in connection.execute(lines):
            entries[row.code] = Entry(
                code=row.code,
                details=Details.load(row.details),
                status=Status(row.status),
                moved_at=row.moved_at,
                unit=row.unit,
                procedure=row.procedure,
                procedure_name=row.procedure_name,
                field=row.field,
                received_at=row.received_at,
                due_at=row.due_at,
                done_at=row.done_at,
                has_phone=row.phone is not None,
            )
        for row in connection.execute(select(movements).where(movements.c.dossier.in_(part))):
            movement = Movement(row.at, Status(row.status), row.told)
            entries[row.dossier].movements[movement.at, movement.status] = movement
        newest_last = select(completions).where(completions.c.dossier.in_(part)).order_by(completions.c.n)
        for row in connection.execute(newest_last):
            without = None if row.ended is None else Status(row.ended)
            entries[row.dossier].end = End(row.n, row.completed_at, without)
    return entries
