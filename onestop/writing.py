"""What was entered, written: one statement for each kind of line, since a first push brings thousands of dossiers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, update

from onestop.book import End, Entry
from onestop.code import DossierCode
from onestop.days.punctuality import STORED, count
from onestop.dossier import LONG_AGO, Dossier, Status
from storage.statement import upsert
from storage.tables import completions, dossiers, movements

FOREVER = datetime.max.replace(tzinfo=UTC)
Line = dict[str, Any]
Steps = Set[tuple[datetime, Status]]


def phone_hash(key: bytes, code: str, last4: str) -> str:
    """The last four digits of a dossier's phone as they are stored: an HMAC bound to this dossier's canonical code."""
    return hmac.new(key, f"{code}\0{last4}".encode(), hashlib.sha256).hexdigest()[:40]


def write(
    connection: Connection,
    entries: Iterable[Entry],
    stored: Mapping[str, Steps],
    now: datetime,
    phone_key: bytes,
    demo: bool,
) -> None:
    """Write dossiers, movements and completions. ``stored``: the steps that were there before, by canonical code.

    A code that is not in ``stored`` is a new dossier. ``now``: when the rows were told.
    """
    rows = tuple(entries)
    lines = [_dossier(entry, phone_key, demo) for entry in rows]
    new = [{"phone": None, "seen_at": now, **line} for line in lines if line["code"] not in stored]
    _insert(connection, dossiers, new)
    again = ((entry, line) for entry, line in zip(rows, lines, strict=True) if entry.code in stored)
    _update(connection, dossiers, ("code",), [line | ({"seen_at": now} if e.refreshed else {}) for e, line in again])
    steps = [
        {"dossier": entry.code, "at": step.at, "status": int(step.status), "seen_at": now, "told": step.told}
        for entry in rows
        for key, step in entry.movements.items()
        if key not in stored.get(entry.code, ())
    ]
    if steps:
        connection.execute(upsert(connection.dialect.name, movements).on_conflict_do_nothing(), steps)
    ended = [{**_completion(e, end), "eligible": True, "demo": demo} for e in rows for end in e.ended.values()]
    _insert(connection, completions, ended)
    amended = [_completion(entry, entry.end) for entry in rows if entry.amended and entry.end is not None]
    _update(connection, completions, ("dossier", "n"), amended)
    # only of the newest completion is all that the rule asks for still known, and only while it stands
    _update(connection, completions, ("dossier", "n"), [line for entry in rows for line in _recounted(entry)])


def _insert(connection: Connection, table: Table, lines: Sequence[Line]) -> None:
    if lines:
        connection.execute(table.insert(), lines)


def _update(connection: Connection, table: Table, key: Collection[str], lines: Iterable[Line]) -> None:
    """Set what each line holds in the row of its ``key``; lines that set other columns are another statement."""
    alike: dict[frozenset[str], list[Line]] = {}
    for line in lines:
        alike.setdefault(frozenset(line), []).append(
            {f"of_{name}" if name in key else name: line[name] for name in line}
        )
    which = and_(*(table.c[name] == bindparam(f"of_{name}") for name in key))
    for group in alike.values():
        connection.execute(update(table).where(which), group)


def _dossier(entry: Entry, phone_key: bytes, demo: bool) -> Line:
    line: Line = {
        "code": entry.code,
        "unit": entry.unit,
        "procedure": entry.procedure,
        "procedure_name": entry.procedure_name,
        "field": entry.field,
        "status": int(entry.status or 0),
        "received_at": entry.received_at,
        "due_at": entry.due_at,
        "done_at": entry.done_at,
        "moved_at": entry.moved_at or LONG_AGO,
        "completions": 0 if entry.end is None else entry.end.n,
        "details": entry.details.dump(),
        "demo": demo,
    }
    if entry.phone_last4 is not None:
        line["phone"] = phone_hash(phone_key, entry.code, entry.phone_last4)
    return line


def _recounted(entry: Entry) -> Iterator[Line]:
    """What was stored of a dossier's newest completion and of the one before it, counted anew."""
    if entry.end is None:
        return
    newest = entry.end.n
    for n in (newest - 1, newest):
        if n and n not in entry.ended:
            yield {"dossier": entry.code, "n": n, "counted": _counted(entry, n)}


def _counted(entry: Entry, n: int) -> int:
    """What a completion counts as by the national rule, as ``punctuality.STORED`` numbers it."""
    if entry.status is not Status.RETURNED or entry.end is None or entry.end.n != n:
        return 0
    dossier = Dossier(
        DossierCode.parse(entry.details.printed),
        Status.RETURNED,
        due=entry.due_at,
        finished_at=entry.details.finished_at,
        done_at=entry.done_at,
        moved_at=entry.moved_at,
        supplements=entry.details.supplements,
    )
    return STORED.index(count(dossier, FOREVER))


def _completion(entry: Entry, end: End) -> Line:
    return {
        "dossier": entry.code,
        "n": end.n,
        "ended": None if end.without is None else int(end.without),
        "completed_at": end.at,
        "unit": entry.unit,
        "procedure": entry.procedure,
        "field": entry.field,
        "received_at": entry.received_at,
        "due_at": entry.due_at,
        "late_at": entry.details.late_at,
        "told_late": entry.details.told_late,
        "counted": _counted(entry, end.n),
        "asked": len(entry.details.supplements),
    }
