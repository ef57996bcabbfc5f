"""Which column of a register holds what, and which word is which status: by the headings, or as somebody wrote down.

A map file (YAML)::

    maps:                                   # confirmed once, for exactly these headings
      - headings: ["STT", "Mã hồ sơ", "Hẹn trả", "Tình trạng"]
        columns: {"Mã hồ sơ": code, "Hẹn trả": due, "Tình trạng": status}
    columns: {"Mã HS một cửa": code}        # for any file
    statuses: {"Chờ ký số": 4, "5": "Đã trả kết quả"}

Pure but for reading our own data files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

from onestop.dossier import OFFICIAL_NAMES, Status
from onestop.yaml_text import safe_load

HEADINGS_FILE = Path(__file__).with_name("register.yaml")
STATUSES_FILE = Path(__file__).with_name("statuses.yaml")


class BadMap(ValueError):
    """The map file cannot be used; the message says what is wrong in it."""


class Column(StrEnum):
    """What a column can hold. The value is the word of map files."""

    CODE = "code"
    STATUS = "status"
    RECEIVED_AT = "received_at"
    DUE = "due"
    DONE_AT = "done_at"
    FINISHED_AT = "finished_at"
    PROCEDURE = "procedure"
    PROCEDURE_NAME = "procedure_name"
    FIELD = "field"
    UNIT = "unit"
    AGENCY = "agency"
    PHONE = "phone"


DATES = (Column.RECEIVED_AT, Column.DUE, Column.FINISHED_AT, Column.DONE_AT)


def fold(text: str) -> str:
    """Lower case without diacritics, brackets or punctuation: how headings and status words are compared."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", text).lower().replace("đ", "d"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


class Synonyms(Struct, frozen=True):
    """Folded headings with what they mean (also as a part of a heading; ``exactly``: as the whole of it only), and the
    words of headings about persons."""

    columns: Mapping[str, Column]
    exactly: Mapping[str, Column]
    persons: tuple[str, ...]

    def rank(self, heading: str) -> int:
        """How well the heading says what it means: the smaller the better."""
        exact = list(self.columns)
        return exact.index(heading) if heading in self.columns else len(exact)

    def meaning(self, heading: str) -> Column | None:
        """What a column so headed (folded) holds; None where that is not ours to take, or not known."""
        whole = self.columns.get(heading) or self.exactly.get(heading)
        if whole is not None:
            return whole
        begins = [known for known in self.columns if f"{heading} ".startswith(f"{known} ")]
        first = self.columns[max(begins, key=len)] if begins else None
        if self.is_of_a_person(heading):
            return first if first is Column.PHONE else None
        within = [known for known in self.columns if f" {known} " in f" {heading} "]
        return first or (self.columns[max(within, key=len)] if within else None)

    def is_of_a_person(self, heading: str) -> bool:
        """Whether a column so headed (folded) is about somebody."""
        return any(f" {word} " in f" {heading} " for word in self.persons)


@cache
def synonyms() -> Synonyms:
    """Those of ``register.yaml``."""
    data = safe_load(HEADINGS_FILE.read_text("utf-8"))
    columns, exactly = (
        {fold(heading): Column(name) for name, headings in data[block].items() for heading in headings}
        for block in ("columns", "exactly")
    )
    return Synonyms(columns, exactly, tuple(fold(word) for word in data["persons"]))


@cache
def national_words() -> Mapping[str, Status]:
    """Folded words and numbers of the national statuses: the official names, and those of ``statuses.yaml``."""
    words = {fold(name): status for status, name in OFFICIAL_NAMES.items() if status is not Status.UNKNOWN}
    words |= {str(int(status)): status for status in Status if status is not Status.UNKNOWN}
    data = safe_load(STATUSES_FILE.read_text("utf-8"))
    return words | {fold(word): Status(number) for number, listed in data.items() for word in listed}


class RegisterMap(Struct, frozen=True):
    """What somebody wrote down. Headings and words are folded; a heading with None is left out.

    ``confirmed``: for exactly these headings, these columns. ``columns``: for any file.
    """

    confirmed: Mapping[tuple[str, ...], Mapping[str, Column]] = field(default_factory=dict)
    columns: Mapping[str, Column | None] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)

    def over(self, other: RegisterMap) -> RegisterMap:
        """Both, this one first."""
        return RegisterMap(
            {**other.confirmed, **self.confirmed},
            {**other.columns, **self.columns},
            {**other.statuses, **self.statuses},
        )

    def meaning(self, heading: str) -> Column | None:
        """What a column so headed (folded) holds, by this map, else by what is usual."""
        if heading in self.columns:
            return self.columns[heading]
        return synonyms().meaning(heading)


def load_map(text: str) -> RegisterMap:
    """Read a map file. Raises BadMap."""
    try:
        data = safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadMap(f"không phải YAML{f', dòng {mark.line + 1}' if mark else ''}") from None
    data = _table(data or {}, "tệp")
    if unknown := sorted(map(str, set(data) - {"maps", "columns", "statuses"})):
        raise BadMap(f"không hiểu mục {', '.join(unknown)}: chỉ có maps, columns, statuses")
    entries = data.get("maps") or []
    if not isinstance(entries, list):
        raise BadMap("maps phải là một danh sách")
    confirmed = {}
    for entry in (_table(each, "maps") for each in entries):
        headings = _key(entry.get("headings"))
        named = _columns(entry.get("columns"))
        confirmed[headings] = {heading: column for heading, column in named.items() if column is not None}
    return RegisterMap(confirmed, _columns(data.get("columns")), _statuses(data.get("statuses")))


def dump_map(headings: Sequence[str], columns: Mapping[str, Column], statuses: Mapping[str, Status], found: str) -> str:
    """The text of a map file with one confirmed table more; ``found`` is the file's text before ("" for none)."""
    data = safe_load(found) or {}
    entry = {"headings": list(headings), "columns": {heading: str(column) for heading, column in columns.items()}}
    key = _key(headings)
    others = [each for each in data.get("maps") or [] if _key(each.get("headings")) != key]
    data["maps"] = [*others, entry]
    if statuses:
        data["statuses"] = {word: int(status) for word, status in statuses.items()}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def _key(headings: Iterable[object] | None) -> tuple[str, ...]:
    return tuple(fold(str(heading or "")) for heading in headings or ())


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadMap(f"{name}: cần các dòng dạng “tên: giá trị”")
    return value


def _columns(value: object) -> dict[str, Column | None]:
    named: dict[str, Column | None] = {}
    for heading, name in _table(value or {}, "columns").items():
        folded = fold(str(heading))
        if name is not None and name not in set(Column):
            raise BadMap(f"cột “{heading}”: không có loại {name!r}; chỉ có {', '.join(Column)}")
        if name is not None and name != Column.PHONE and synonyms().is_of_a_person(folded):
            raise BadMap(f"cột “{heading}” là của người dân hoặc cán bộ: máy không lấy")
        named[folded] = None if name is None else Column(name)
    return named


def _statuses(value: object) -> dict[str, Status]:
    names = {fold(name): status for status, name in OFFICIAL_NAMES.items()}
    read: dict[str, Status] = {}
    for word, told in _table(value or {}, "statuses").items():
        number = int(told) if re.fullmatch(r"[0-9]{1,2}", str(told)) else -1
        status = Status(number) if number in set(Status) else names.get(fold(str(told)))
        if status is None:
            raise BadMap(f"trạng thái “{word}”: cần số 1 đến 10, hoặc tên như “{Status.FINISHED.official}”")
        read[fold(str(word))] = status
    return read


def columns_of(headings: Iterable[str], written: RegisterMap) -> dict[Column, int]:
    """Which column (counted from 0) holds what; each kind once, the heading that says it best."""
    folded = [fold(heading) for heading in headings]
    known = written.confirmed.get(tuple(folded))
    found: dict[Column, tuple[int, int]] = {}
    for place, heading in enumerate(folded):
        if known is not None and heading not in written.columns:
            meaning = known.get(heading)
        else:
            meaning = written.meaning(heading)
        if not heading or meaning is None:
            continue
        rank = -1 if heading in written.columns else synonyms().rank(heading)
        if meaning not in found or rank < found[meaning][0]:
            found[meaning] = (rank, place)
    return {meaning: place for meaning, (_, place) in found.items()}
