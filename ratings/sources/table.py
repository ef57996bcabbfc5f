"""Completions and ratings from a CSV file, one row a completion: nothing is half read.

Columns, in any order: ``unit,field,procedure,completed_at,due_at,eligible,invited_at,answered_at,stars,reasons,
verified,flags``. Instants are ISO 8601; without a zone they are Vietnam's; a date alone is its 00:00 there.
``eligible`` and ``verified`` are 1 or 0; ``reasons`` and ``flags`` are separated by ";". Empty is "not so": nobody
was asked, nobody answered, no due day. ``verified=0``: the whole row never enters (an open poster's rating is no
completion of the unit). All twelve columns are needed, so that a misspelt one is not read as empty; others are passed
over, but for ``taps``: answers to short questions such as "trips=once;guidance=both_good", and ``ended``: how a dossier
ended, "refused", "withdrawn", "stopped", or empty (and everywhere where the column is missing) where its result was
handed over; ``completed_at`` is when it ended. Flags: ``demo`` marks sample
data; ``soon`` an answer within 120 s of the handing over (the two instants say so as well); ``odd`` (or the name of a
sign of ``integrity.py``) one that whoever collected it found strange; ``bot``,
``slip``, ``link``, ``phone``, ``kiosk`` say how it came; ``told`` that a late one was told of before its day.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from onestop.dossier import Status
from ratings.integrity import is_soon
from ratings.rating import default_instrument
from ratings.records import MODES, CompletionRecord, EndAnswer, EndRecord, RatingRecord, Records
from ratings.strata import BY_NAME
from ratings.week import VIETNAM, vietnam_date

COLUMNS = (
    *("unit", "field", "procedure", "completed_at", "due_at", "eligible"),
    *("invited_at", "answered_at", "stars", "reasons", "verified", "flags"),
)
DEMO, TOLD, SOON_FLAG = "demo", "told", "soon"
ODD = frozenset({"odd", "burst", "run", "metronome"})
LONGEST_REASON = 80
TAPS = "taps"
ENDED = "ended"
"""Columns that may be there besides: the answers to short questions, and how the dossier ended."""
HANDED_OVER = "returned"
"""May stand for the empty cell in ``ended``."""

Value = TypeVar("Value")


class BadTable(ValueError):
    """The file cannot be used; the message has a line ``file:line: what is wrong`` for every mistake."""


class Table(Struct, frozen=True):
    """What a file holds. ``units``: every unit with a row that enters, sorted."""

    records: Records
    units: tuple[str, ...]


class _Row(Struct, frozen=True):
    """One row that enters; ``rating`` where somebody answered. ``ended``: without a result."""

    completion: CompletionRecord
    rating: RatingRecord | None
    ended: Status | None = None


def read_table(file: Path) -> Table:
    """Read the whole file. Raises BadTable naming every bad row, OSError where it cannot be opened."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _read(file, lines)
    except UnicodeDecodeError as error:
        raise BadTable(f"{file}:1: not UTF-8 ({error.reason} at byte {error.start}); save it as CSV UTF-8") from None


def _read(file: Path, lines: Iterable[str]) -> Table:
    mistakes: list[str] = []
    rows: list[_Row] = []
    told_how = False
    for line, cells in _cells(file, lines, mistakes):
        told_how = ENDED in cells
        wrong: list[str] = []
        row = _row(cells, wrong)
        mistakes += [f"{file}:{line}: {what}" for what in wrong]
        if row is not None and not wrong:
            rows.append(row)
    if mistakes:
        raise BadTable("\n".join(mistakes))
    done = [row for row in rows if row.ended is None]
    records = Records(
        completions=tuple(row.completion for row in done),
        ratings=tuple(row.rating for row in done if row.rating is not None),
        deliveries_known=False,
        ends=tuple(map(_end, (row for row in rows if row.ended is not None))) if told_how else None,
        end_answers=tuple(EndAnswer(row.ended, row.rating) for row in rows if row.ended and row.rating),
    )
    return Table(records, tuple(sorted({row.completion.unit for row in rows})))


def _end(row: _Row) -> EndRecord:
    assert row.ended is not None
    done = row.completion
    return EndRecord(done.unit, row.ended, done.completed_at, done.eligible, done.invited_at)


def _cells(file: Path, lines: Iterable[str], mistakes: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row by its columns, with the line it begins on."""
    reader = csv.reader(_without_nul(lines), strict=True)
    try:
        header = [_clean(name).lower() for name in next(reader, [])]
        if wrong := _header_mistake(header):
            mistakes.append(f"{file}:1: {wrong}")
            return
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) == len(header):
                    yield begins, dict(zip(header, map(_clean, cells), strict=True))
                else:
                    mistakes.append(f"{file}:{begins}: {len(cells)} cells, the header has {len(header)}")
            begins = reader.line_num + 1
    except csv.Error as error:
        mistakes.append(f"{file}:{reader.line_num}: {error}")


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise csv.Error("a NUL character")
        yield line


def _header_mistake(header: list[str]) -> str | None:
    if len(header) == 1 and ";" in header[0]:
        return "the columns are separated by ';': save it with commas"
    missing = [name for name in COLUMNS if name not in header]
    twice = [name for name in (*COLUMNS, TAPS, ENDED) if header.count(name) > 1]
    for what, names in (("missing", missing), ("given twice", twice)):
        if names:
            return f"column {', '.join(map(repr, names))} {what}; the columns are {','.join(COLUMNS)}"
    return None


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip())


def _row(cells: dict[str, str], wrong: list[str]) -> _Row | None:
    """One row; what is wrong with it goes into ``wrong``. None where it does not enter."""

    def read(column: str, parse: Callable[[str], Value]) -> Value | None:
        if not cells[column]:
            return None
        try:
            return parse(cells[column])
        except ValueError as error:
            wrong.append(f"{column} {cells[column]!r}: {error}")
            return None

    completed_at = read("completed_at", read_instant)
    due_at, invited_at, answered_at = (read(name, read_instant) for name in ("due_at", "invited_at", "answered_at"))
    stars, eligible, verified = read("stars", read_stars), read("eligible", _yes_or_no), read("verified", _yes_or_no)
    reasons, flags = read("reasons", read_reasons) or (), read("flags", _listed) or ()
    taps = read(TAPS, read_taps) or () if TAPS in cells else ()
    ended = read(ENDED, read_ended) if ENDED in cells else None
    _contradictions(cells, wrong)
    if wrong or completed_at is None or verified is False:
        return None
    demo, unit, of_field = DEMO in flags, cells["unit"], cells["field"] or None
    completion = CompletionRecord(
        unit, completed_at, due_at, bool(eligible), invited_at, demo=demo, field=of_field, told_late=TOLD in flags
    )
    if stars is None or answered_at is None:
        return _Row(completion, None, ended)
    rating = RatingRecord(
        unit=unit,
        field=of_field,
        completed_on=vietnam_date(completed_at),
        answered_at=answered_at,
        stars=stars,
        reasons=reasons,
        demo=demo,
        soon=SOON_FLAG in flags or is_soon(completed_at, answered_at),
        mode=next((flag for flag in flags if flag in MODES), MODES[0]),
        marked=not ODD.isdisjoint(flags),
        procedure=cells["procedure"] or None if taps else None,
        taps=taps,
    )
    return _Row(completion, rating, ended)


def _contradictions(cells: dict[str, str], wrong: list[str]) -> None:
    """What no cell says alone."""
    wrong += [f"{column} is empty" for column in ("unit", "completed_at", "eligible") if not cells[column]]
    if cells["stars"] and not cells["answered_at"]:
        wrong.append("stars without answered_at: when was it answered?")
    if cells["answered_at"] and not cells["stars"]:
        wrong.append("answered_at without stars: how many?")
    if cells["stars"] and not cells["verified"]:
        wrong.append("stars without verified: 1 or 0?")
    wrong += [f"{column} without stars" for column in ("reasons", TAPS) if cells.get(column) and not cells["stars"]]


def read_instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        aware = found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found
        aware.astimezone(VIETNAM)
    except (ValueError, OverflowError):
        raise ValueError("no instant; write it like 2026-11-10T09:30:00+07:00") from None
    return aware


def read_stars(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise ValueError("stars are 1 to 5")
    return int(text)


def read_ended(text: str) -> Status | None:
    """How a dossier ended without a result; None where it was handed over."""
    if text.lower() not in (*BY_NAME, HANDED_OVER):
        raise ValueError(f"should be {', '.join(BY_NAME)} or empty")
    return BY_NAME.get(text.lower())


def _yes_or_no(text: str) -> bool:
    found = {"1": True, "true": True, "0": False, "false": False}.get(text.lower())
    if found is None:
        raise ValueError("should be 1 or 0")
    return found


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("|", ";").split(";") if part.strip())


def read_taps(text: str) -> tuple[tuple[str, str], ...]:
    """Answers to short questions, codes or labels, in the instrument's order. Raises ValueError for what it does not
    ask, and for a question twice."""
    given: dict[str, str] = {}
    for part in _listed(text):
        question, _, answer = (side.strip() for side in part.partition("="))
        if question in given:
            raise ValueError(f"{question!r} is answered twice")
        given[question] = answer
    found = []
    for tap in default_instrument().taps:
        if tap.code not in given:
            continue
        answer = given.pop(tap.code)
        codes = {name: chip.code for chip in tap.answers for name in (chip.code, chip.label)}
        if answer not in codes:
            raise ValueError(f"{tap.code!r} is answered with one of {', '.join(chip.code for chip in tap.answers)}")
        found.append((tap.code, codes[answer]))
    if given:
        raise ValueError(f"{next(iter(given))!r} is no question; write them like trips=once;guidance=both_good")
    return tuple(found)


def read_reasons(text: str) -> tuple[str, ...]:
    """Codes, or the labels of our own codes; another survey's reasons are kept as they are."""
    instrument = default_instrument()
    codes = {chip.label: chip.code for chip in (*instrument.high, *instrument.low)}
    reasons = _listed(text)
    if any(len(reason) > LONGEST_REASON for reason in reasons):
        raise ValueError(f"a reason has at most {LONGEST_REASON} characters; several are separated by ';'")
    return tuple(codes.get(reason, reason) for reason in reasons)
