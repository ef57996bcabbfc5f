"""A file of units read strictly: each mistake with its line, the rows without one as plain values.

What is read here is written, in one form, to ``units/<province>.yaml`` of the data folder, which ``offices`` loads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from bot.local.overrides import check_hours
from offices.hours import Early
from offices.lineage import DISTRICTS, fold
from procedures.overrides import WEEK
from procedures.reading import Entry, Mistake, compose, nearest, read_text

FILE = ("province", "demo", "former_until", "hours", "closed", "units")
UNIT = (
    *("code", "name", "short", "kind", "parent", "phone", "address", "map", "hours", "closed", "early", "note"),
    *("former", "district", "aliases", "since", "until", "people", "weekly", "certified", "land_branch"),
)
FORMER = ("name", "code", "part", "district", "until")
CLOSED = ("from", "to", "why")
EARLY = ("lunar", "until", "why")
SEASON = ("from", "to", *WEEK)
LONGEST_NAME, LONGEST_TEXT = 100, 160
_CODE = re.compile(r"[A-Z]\d{2}(?:\.\d{2,3}){0,3}")
_PHONE = re.compile(r"\+?\d[\d .]{6,16}\d")
_OF_YEAR = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_LINK = re.compile(r"https://[^\s\"<>]+")


class Told(Enum):
    """What a row may be: the kinds of ``offices.unit.Kind`` that are known."""

    COMMUNE = "commune"
    PROVINCE = "province"
    DEPARTMENT = "department"
    COUNTER = "counter"
    ELSEWHERE = "elsewhere"


class OfficeFile(Struct, frozen=True):
    """What one file says. ``top``: of all of its units; ``units``: the rows without a mistake, by code, in order."""

    province: str
    top: Mapping[str, Any]
    units: Mapping[str, Mapping[str, Any]]
    rows: int


def read_offices(path: Path, known: Iterable[str], mistakes: list[Mistake]) -> OfficeFile | None:
    """Read a file; what is wrong is added to ``mistakes``. None where nothing of it can be used.

    ``known``: codes of units stored already, which may be parents. Raises OSError.
    """
    text = read_text(path, mistakes)
    top = compose(path.name, text, FILE, mistakes) if text is not None else None
    if top is None:
        return None
    province = top.text("province", LONGEST_NAME)
    values: dict[str, Any] = {"province": province, "demo": top.flag("demo")}
    if (ended := top.day("former_until")) is not None:
        values["former_until"] = ended
    patterns = top.entry("hours", tuple(str(key.value) for key, _ in _pairs(top, "hours")))
    values["hours"] = {} if patterns is None else {name: _pattern(patterns, name) for name in patterns.values}
    values["closed"] = [_closed(entry) for entry in top.entries("closed", CLOSED)]
    entries = top.entries("units", UNIT, required=True)
    if mistakes and not (province and entries):
        return None
    codes = {str(entry.values["code"].value) for entry in entries if "code" in entry.values}
    units: dict[str, Mapping[str, Any]] = {}
    split = _Split()
    for entry in entries:
        unit = _unit(entry, values["hours"], codes.union(known))
        if unit["code"] in units:
            entry.wrong("code", f"the code {unit['code']} occurs twice", "keep one of the two rows")
        split.see(entry, unit)
        if not _is_wrong(entry, mistakes):
            units[unit["code"]] = unit
    return OfficeFile(province, values, units, len(entries))


def name_of(province: str) -> str:
    """The file of a province in the data folder."""
    return f"{fold(province).replace(' ', '-')}.yaml"


def merged(stored: Mapping[str, Any], new: OfficeFile) -> dict[str, Any]:
    """What is stored with the new rows in it, each in the place of the one with its code."""
    units = {unit["code"]: unit for unit in stored.get("units", ())} | {code: dict(u) for code, u in new.units.items()}
    hours = {**stored.get("hours", {}), **new.top["hours"]}
    return {**new.top, "hours": hours, "units": list(units.values())}


def as_yaml(offices: Mapping[str, Any]) -> str:
    """As it is stored: the same for the same."""
    head = "# Written by motcua office import; change the file that was imported, and import it again.\n"
    return head + yaml.safe_dump(dict(offices), allow_unicode=True, sort_keys=False, width=120)


def _pairs(entry: Entry, key: str) -> list[tuple[Any, Any]]:
    node = entry.values.get(key)
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _is_wrong(entry: Entry, mistakes: Iterable[Mistake]) -> bool:
    """Whether a mistake lies in the lines of a row."""
    last = max(entry.line, int(entry.node.end_mark.line))
    return any(entry.line <= mistake.line <= last for mistake in mistakes)


def _unit(entry: Entry, patterns: Mapping[str, Any], codes: set[str]) -> dict[str, Any]:
    code = entry.text("code")
    if code and not _CODE.fullmatch(code):
        entry.wrong("code", f"the code {code} is no unit's", 'it looks like "H99.07"')
    name = entry.text("name", LONGEST_NAME)
    if fold(name).startswith(tuple(f"{kind} " for kind in DISTRICTS)):
        entry.wrong("name", f"{name}: that level does not exist any more", "name it as “district:” of its communes")
    unit: dict[str, Any] = {"code": code, "name": name, "short": entry.maybe_text("short", LONGEST_NAME) or name}
    unit["kind"] = entry.one_of("kind", Told).value
    parent = entry.maybe_text("parent")
    if parent is not None and parent not in codes:
        entry.wrong("parent", f"there is no unit {parent}", nearest(parent, sorted(codes)))
    given: dict[str, Any] = {
        "parent": parent,
        "phone": _matching(entry, "phone", _PHONE, "digits with blanks, such as 0200 000 007"),
        "address": entry.maybe_text("address", LONGEST_TEXT),
        "map": _matching(entry, "map", _LINK, "a link that begins with https://"),
        "hours": _hours(entry, patterns),
        "closed": [_closed(each) for each in entry.entries("closed", CLOSED)],
        "early": [_early(each) for each in entry.entries("early", EARLY)],
        "note": entry.maybe_text("note", LONGEST_TEXT),
        "district": entry.maybe_text("district", LONGEST_NAME),
        "former": _former(entry),
        "aliases": list(entry.texts("aliases")),
        **{key: entry.number(key, 0) for key in ("people", "weekly", "certified")},
        "land_branch": entry.maybe_text("land_branch", LONGEST_TEXT),
        **_days(entry, "since", "until"),
    }
    return unit | {key: value for key, value in given.items() if value not in (None, [], {})}


def _matching(entry: Entry, key: str, pattern: re.Pattern[str], like: str) -> str | None:
    text = entry.maybe_text(key, LONGEST_TEXT)
    if text is not None and not pattern.fullmatch(text):
        entry.wrong(key, f"{key} {text} is not what it should be", f"write {like}")
    return text


def _days(entry: Entry, first: str, last: str) -> dict[str, date]:
    days = {key: day for key in (first, last) if (day := entry.day(key)) is not None}
    if len(days) == 2 and days[first] > days[last]:
        entry.wrong(last, f"{last} {days[last]} lies before {first} {days[first]}", "look at both")
    return days


def _closed(entry: Entry) -> dict[str, Any]:
    if "from" not in entry.values:
        entry.wrong("from", "from is missing", "add the first day, such as 2026-09-14")
    return {**_days(entry, "from", "to"), "why": entry.text("why", LONGEST_TEXT)}


def _early(entry: Entry) -> dict[str, Any]:
    days = entry.numbers("lunar", 1)
    found = {"lunar": list(days), "until": entry.text("until"), "why": entry.text("why", LONGEST_TEXT)}
    try:
        Early.parse(found)
    except ValueError as error:
        entry.wrong("lunar" if "lunar" in str(error) else "until", str(error), 'write such as [5, 10] and "11:00"')
    return found


def _former(entry: Entry) -> list[dict[str, Any]]:
    """The old names: texts, or mappings with the part, the district and the last day."""
    node = entry.values.get("former")
    found = []
    for each in node.value if isinstance(node, yaml.SequenceNode) else ():
        if isinstance(each, yaml.ScalarNode):
            found.append({"name": each.value})
            continue
        if not isinstance(each, yaml.MappingNode):
            entry.wrong("former", "a former name is neither a text nor a mapping", f"its keys are {', '.join(FORMER)}")
            continue
        old = Entry(entry.file, each, FORMER, entry.mistakes)
        values = {key: old.maybe_text(key, LONGEST_TEXT) for key in ("code", "part", "district")}
        values |= {"name": old.text("name", LONGEST_NAME), "until": old.day("until")}  # type: ignore[dict-item]
        found.append({key: value for key, value in values.items() if value is not None})
    if node is not None and not isinstance(node, yaml.SequenceNode):
        entry.wrong("former", "former is no list", "write it as “former: [xã A, xã B]”")
    return found


def _hours(entry: Entry, patterns: Mapping[str, Any]) -> dict[str, str] | None:
    """The name of a pattern (``base``), days of its own, or both."""
    inner = entry.entry("hours", ("base", *WEEK))
    if inner is None:
        return None
    base = inner.maybe_text("base")
    if base is not None and base not in patterns:
        inner.wrong("base", f"there are no hours called {base}", nearest(base, list(patterns)))
    return {**({} if base is None else {"base": base}), **_week(inner)}


def _pattern(top: Entry, name: str) -> Any:
    """A week, or one for each season."""
    if isinstance(top.values[name], yaml.SequenceNode):
        return [_season(entry) for entry in top.entries(name, SEASON)]
    entry = top.entry(name, SEASON)
    return {} if entry is None else _season(entry)


def _season(entry: Entry) -> dict[str, str]:
    ends: tuple[str, ...] = ("from", "to")
    found = {key: entry.text(key) for key in ends if key in entry.values}
    if len(found) == 1:
        entry.wrong("from", "a season needs from and to", "add the other one, such as 10-15")
    for key, text in found.items():
        if not _OF_YEAR.fullmatch(text):
            entry.wrong(key, f"{key} {text} is no day of the year", "write month and day, such as 04-15")
    return {**found, **_week(entry)}


def _week(entry: Entry) -> dict[str, str]:
    days = {key: _spans(entry, key) for key in entry.values if key in WEEK}
    for key, spans in days.items():
        try:
            check_hours({key: spans})
        except ValueError as error:
            entry.wrong(key, f"hours of {key}: {error}", 'write such as "7:30-11:30, 13:30-17:00"')
    return days


def _spans(entry: Entry, key: str) -> str:
    """Spans; an empty text: closed that day."""
    node = entry.values[key]
    return "" if isinstance(node, yaml.ScalarNode) and node.style and not node.value else entry.text(key)


class _Split:
    """Old communes that went to several units: each must say which part."""

    def __init__(self) -> None:
        self._wholly: dict[str, str] = {}
        self._at_all: dict[str, str] = {}

    def see(self, entry: Entry, unit: Mapping[str, Any]) -> None:
        for old in unit.get("former", ()):
            name, part = fold(old.get("name", "")), old.get("part")
            other = self._at_all.get(name) if part is None else self._wholly.get(name)
            if other is not None and other != unit["code"]:
                hint = "add “part:” to both, the hamlets that went there"
                entry.wrong("former", f"{old['name']} went to {other} as well", hint)
            self._at_all.setdefault(name, unit["code"])
            if part is None:
                self._wholly.setdefault(name, unit["code"])
