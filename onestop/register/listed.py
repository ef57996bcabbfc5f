"""Rows of a register entered into the tables: a register says how everything stood at one instant, not what happened.

Pushed rows are ordered by their own times. A register rarely holds those: "Đang xử lý" today and "Yêu cầu bổ sung"
tomorrow stand beside one and the same day of reception. So a row that says something new is dated by its register,
and one that says what is known already keeps the time that is known.

* A register older than what is known of a dossier changes nothing of it.
* The same register again changes nothing at all; a newer one that says the same only says it of a later instant.
* What only the backend tells (papers asked for, fees, reasons) stays as long as the status stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, update

from onestop import store
from onestop.book import UnitOf
from onestop.code import DossierCode
from onestop.dossier import Dossier, Status
from onestop.register.reading import Line
from onestop.store import Recorded, Stored
from storage.tables import MICROSECOND, dossiers

TIMES = ("received_at", "due", "finished_at", "done_at")
TEXTS = ("procedure", "procedure_name", "field", "unit", "agency")


@dataclass(frozen=True)
class Listed(Dossier):
    """A dossier as a register lists it; ``listed_at`` says what it is ordered by, None: its own time."""

    listed_at: datetime | None = None

    @property
    def own_time(self) -> datetime | None:
        """When the register said so."""
        return self.listed_at if self.listed_at is not None else super().own_time


class Entered(Struct, frozen=True):
    """What came of some rows: how many dossiers are new, changed, as they were, newer than the register."""

    recorded: Recorded
    new: int
    changed: int
    same: int
    older: int


def enter_lines(
    connection: Connection, lines: Sequence[Line], as_of: datetime, *, unit_of: UnitOf, phone_key: bytes, demo: bool
) -> Entered:
    """Enter rows of a register that was true at ``as_of``, each dossier once. In the caller's transaction."""
    codes = [line.dossier.code.canonical for line in lines]
    before = store.find_all(connection, codes)
    older = {code for code, known in before.items() if as_of < known.seen_at}
    told = [line for line in lines if line.dossier.code.canonical not in older]
    rows = [_dated(line.dossier, before.get(line.dossier.code.canonical), as_of) for line in told]
    recorded = store.record(connection, rows, as_of, unit_of=unit_of, phone_key=phone_key, demo=demo)
    for line in told:
        if line.clerks:
            store.set_phone(connection, line.dossier.code, None, phone_key)
    _seen(connection, [row.code.canonical for row in rows], as_of)
    after = store.find_all(connection, before.keys() - older)
    changed = sum(_standing(known) != _standing(before[code]) for code, known in after.items())
    new = len(rows) - len(after)
    return Entered(recorded, new, changed, len(after) - changed, len(older))


def _dated(row: Dossier, known: Stored | None, as_of: datetime) -> Dossier:
    """The row with the instant that orders it among what is known of its dossier."""
    if known is None:
        return row
    standing = known.dossier
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    if row.status in (standing.status, Status.UNKNOWN):
        kept = {name: getattr(row, name) or getattr(standing, name) for name in ("note", "supplements", "fees")}
        return Listed(**{**values, **kept}, listed_at=standing.moved_at)
    at = as_of
    if standing.moved_at is not None:  # later than what it replaces, also where both are of one instant
        at = max(as_of, standing.moved_at + MICROSECOND)
    return Listed(**{**values, "moved_at": at}, listed_at=at)


def _seen(connection: Connection, codes: Sequence[str], as_of: datetime) -> None:
    for part in (codes[n : n + store.CHUNK] for n in range(0, len(codes), store.CHUNK)):
        older = (dossiers.c.code.in_(part), dossiers.c.seen_at < as_of)
        connection.execute(update(dossiers).where(*older).values(seen_at=as_of))


def _standing(stored: Stored) -> tuple[object, ...]:
    """All of it but when it was said."""
    return (stored.dossier, stored.unit, stored.phone, stored.completions)


# --- as plain values, to be handed to another process ---------------------------------------------------------------


def dump_line(line: Line) -> dict[str, Any]:
    """A line as JSON values; of its phone the last four digits."""
    dossier = line.dossier
    texts = {name: getattr(dossier, name) for name in TEXTS}
    times = {name: None if (at := getattr(dossier, name)) is None else at.isoformat() for name in TIMES}
    head = {"row": line.row, "code": dossier.code.printed, "status": int(dossier.status)}
    return {**head, **texts, **times, "phone": dossier.phone_last4, "clerks": line.clerks}


def load_line(value: Mapping[str, Any]) -> Line:
    """A line from JSON values. Raises KeyError, TypeError or ValueError where they are none."""
    texts = {name: value[name] for name in TEXTS}
    times: dict[str, Any] = {
        name: None if value[name] is None else datetime.fromisoformat(value[name]) for name in TIMES
    }
    dossier = Dossier(
        DossierCode.parse(value["code"]), Status(value["status"]), **texts, **times, phone_last4=value["phone"]
    )
    return Line(value["row"], dossier, clerks=bool(value["clerks"]))
