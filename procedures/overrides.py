"""Reading what a unit says for itself, ``overrides/<unit>.yaml``, as strictly as the catalog (see docs/catalog.md).

Hours are checked by a function of the caller's, which knows how they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct

from procedures.catalog import Catalog
from procedures.entries import FEE, TIME, read_fee, read_time
from procedures.local import DOCUMENT, LONGEST_ISSUER, LONGEST_NOTE, LONGEST_PLACE, Basis, Fact, LocalFact, Value
from procedures.procedure import Procedure, Tone
from procedures.reading import Entry, Mistake, compose, nearest, read_text
from procedures.wording import cheer_mistakes, gone_mistakes

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = (*DAYS, *(f"{first}-{last}" for n, first in enumerate(DAYS) for last in DAYS[n + 1 :]))
PAPER = ("document", "issued", "by", "since", "entered_by")
DESK = ("hours", "phone", "address", "note", "late_estimates")
FILE = ("unit", *DESK, "procedures")
PROCEDURE = ("code", "fees", "times", "submit_at", "note")
HOURS, TELL, TEXT, LINES = ("week", *PAPER), ("tell", *PAPER), ("text", *PAPER), ("values", *PAPER)

Check = Callable[[Mapping[str, str]], object]
"""Reads a week such as ``{"mon-fri": "7:30-11:30"}``. Raises ValueError, saying what is wrong."""


class EnteredBy(Enum):
    """The role of who put it in: never a name."""

    STAFF = "staff"
    HEAD = "head"
    PROVINCE = "province"


class Said(Struct, frozen=True):
    """One thing a unit says of its desk, with its paper. ``value``: a text, days to spans for the hours, whether its
    citizens are told of ``late_estimates``."""

    value: Any
    basis: Basis
    entered_by: EnteredBy


class UnitFile(Struct, frozen=True):
    """One file: the unit, what its desk says of itself (``DESK``), its values."""

    unit: str
    desk: Mapping[str, Said]
    facts: tuple[LocalFact, ...]


def read_overrides(folder: Path, catalog: Catalog, check: Check) -> tuple[tuple[UnitFile, ...], tuple[Mistake, ...]]:
    """All ``*.yaml`` of a folder in the order of their names, and everything that is wrong with them.

    A folder that is not there holds nothing.
    """
    mistakes: list[Mistake] = []
    found = [read_file(path, catalog, check, mistakes) for path in sorted(folder.glob("*.yaml"))]
    return tuple(each for each in found if each is not None), tuple(sorted(mistakes))


def read_file(path: Path, catalog: Catalog, check: Check, mistakes: list[Mistake]) -> UnitFile | None:
    """One file; what is wrong is added to ``mistakes``."""
    text = read_text(path, mistakes)
    top = compose(path.name, text, FILE, mistakes) if text is not None else None
    if text is None or top is None:
        return None
    mistakes.extend(gone_mistakes(text, top))
    unit = top.text("unit")
    if unit and unit != path.stem:
        top.wrong("unit", f"unit {unit} in a file named {path.name}", f"name the file {unit}.yaml")
    facts: list[LocalFact] = []
    seen: set[str] = set()
    for entry in top.entries("procedures", PROCEDURE):
        procedure = _procedure(entry, catalog, seen)
        if procedure is not None:
            facts += _facts(entry, unit, procedure)
    desk = {key: said for key in DESK if (said := _of_the_desk(top, key, check)) is not None}
    return UnitFile(unit, desk, tuple(facts))


def _of_the_desk(top: Entry, key: str, check: Check) -> Said | None:
    entry = top.entry(key, {"hours": HOURS, "late_estimates": TELL}.get(key, TEXT))
    if entry is None:
        return None
    value: Any
    match key:
        case "hours":
            value = _week(entry, check)
        case "late_estimates":
            value = entry.flag("tell")
        case _:
            value = entry.text("text", LONGEST_PLACE)
    return Said(value, *_paper(entry))


def _week(entry: Entry, check: Check) -> Mapping[str, str]:
    week = entry.entry("week", WEEK, required=True)
    if week is None:
        return {}
    if not week.values:
        entry.wrong("week", "week is empty", 'write such as {mon-fri: "7:30-11:30, 13:30-17:00"}')
    days = {key: week.text(key) for key in week.values if key in WEEK}
    for key, spans in days.items():
        try:
            check({key: spans})
        except ValueError as error:
            week.wrong(key, f"hours of {key}: {error}", 'write such as "7:30-11:30, 13:30-17:00"')
    return days


def _procedure(entry: Entry, catalog: Catalog, seen: set[str]) -> Procedure | None:
    code = entry.quoted("code")
    if code in seen:
        entry.wrong("code", f"the code {code} occurs twice", "put its values into one")
    seen.add(code)
    procedure = catalog.by_code(code)
    if procedure is None and code:
        entry.wrong("code", f"the catalog has no procedure {code}", nearest(code, [each.code for each in catalog]))
    if procedure is not None and procedure.tone is Tone.GRIEF:
        entry.mistakes.extend(cheer_mistakes(entry, procedure.tone))
    if len(entry.values) < 2:
        entry.wrong("code", f"nothing is said of {code}", f"add one of {', '.join(PROCEDURE[1:])}")
    return procedure


def _facts(entry: Entry, unit: str, procedure: Procedure) -> list[LocalFact]:
    cases = {case.key for case in procedure.cases}
    found: list[tuple[Fact, Entry, Value]] = []
    fees, times = entry.entry("fees", LINES), entry.entry("times", LINES)
    if fees is not None:
        lines = fees.entries("values", FEE, required=True)
        found.append((Fact.FEE, fees, tuple(read_fee(line, cases) for line in lines)))
    if times is not None:
        lines = times.entries("values", TIME, required=True)
        found.append((Fact.TIME, times, tuple(read_time(line, cases) for line in lines)))
    for fact, key, longest in ((Fact.WHERE, "submit_at", LONGEST_PLACE), (Fact.NOTE, "note", LONGEST_NOTE)):
        said = entry.entry(key, TEXT)
        if said is not None:
            found.append((fact, said, said.text("text", longest)))
    made = []
    for fact, inner, value in found:
        basis, role = _paper(inner)
        made.append(LocalFact(unit, procedure.code, fact, value, basis, entered_by=role.value))
    return made


def _paper(entry: Entry) -> tuple[Basis, EnteredBy]:
    number = entry.text("document")
    if number and not DOCUMENT.fullmatch(number):
        entry.wrong("document", f"document {number} is no number of an official paper", 'it looks like "12/NQ-HĐND"')
    issued, since = entry.day("issued"), entry.day("since")
    if "issued" not in entry.values:
        entry.wrong("issued", "issued is missing", "add the day of the paper, such as 2025-12-05")
    by = entry.text("by", LONGEST_ISSUER)
    return Basis(number, issued or date.min, by, since), entry.one_of("entered_by", EnteredBy)
