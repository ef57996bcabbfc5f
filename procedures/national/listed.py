"""The national list: who handles what. One JSON object a line; never quoted for fees, times or papers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from procedures.catalog import Catalog
from procedures.entries import CODE as PLAIN
from procedures.procedure import Procedure
from procedures.reading import CatalogError, Mistake


class Listed(Struct, frozen=True):
    """One procedure of the list. ``family`` is the same for doubles of one procedure (levels, provinces)."""

    code: str
    name: str
    family: str
    aliases: tuple[str, ...] = ()
    field: str = ""
    level: str = ""
    agency: str = ""
    url: str = ""

    @property
    def plain(self) -> str:
        """The list has no plain names; the search reads this as none."""
        return ""


Findable = Procedure | Listed
"""What a question may mean: what the desk has facts about, or what is only listed."""

CODE = re.compile(r"\d\.[\w.-]{3,40}")
"""Looser than the catalog's: the national list holds codes such as "1.014955-Xoa"."""
NATIONAL_FILE = "national.jsonl"
"""Under the data folder."""
OF_A_PLACE = re.compile(r"\s+(?:-\s+)?(?:[Tt]ỉnh|[Tt]hành phố|TP\.?)\s+(?!trực thuộc)[A-ZĐÀ-Ỹ].*$")
"""The province whose page a row was read from: " - Tỉnh Đắk Lắk", "tỉnh Bắc Ninh"."""
GONE = re.compile(r"\b(?:huyện|quận|thị xã)\b", re.IGNORECASE)
"""Ended on 2025-07-01: nobody is sent there."""
OFFICES = (
    *(
        "Sở",
        "Bộ",
        "Ủy ban",
        "UBND",
        "Công an",
        "Cục",
        "Chi cục",
        "Tổng cục",
        "Phòng",
        "Cơ quan",
        "Chủ tịch",
        "Thủ tướng",
    ),
    *("Thuế", "Bảo hiểm", "Ban", "Văn phòng", "Chi nhánh", "Trung tâm", "Tổ chức", "Tòa án", "Viện", "Hội đồng"),
)
BETWEEN = re.compile(rf"\s*;\s*|,\s+(?=(?:{'|'.join(OFFICES)})\b)")
"""Between two agencies; the comma of "Sở Văn hóa, Thể thao và Du lịch" is within one."""
MOST_AGENCIES, LONGEST_AGENCIES = 2, 120
KEPT = ("code", "name", "family", "field", "level", "agency", "url")


def read_list(path: Path) -> tuple[Listed, ...]:
    """The rows of a JSONL file; keys other than ours are passed over. Raises CatalogError with every mistake."""
    mistakes: list[Mistake] = []
    rows: dict[str, Listed] = {}
    for line, row in read_rows(path, mistakes):
        listed = listed_row(path.name, line, row, mistakes)
        if listed is not None and listed.code in rows:
            mistakes.append(Mistake(path.name, line, f"the code {listed.code} occurs twice", "keep one row"))
        elif listed is not None:
            rows[listed.code] = listed
    if not rows and not mistakes:
        mistakes.append(Mistake(path.name, 1, "the file is empty", "write one JSON object a line"))
    if mistakes:
        raise CatalogError(tuple(sorted(mistakes)))
    return tuple(rows.values())


def read_rows(path: Path, mistakes: list[Mistake]) -> Iterable[tuple[int, dict[str, Any]]]:
    """The JSON objects of a JSONL file with their lines; empty lines are passed over, mistakes added."""
    for line, text in enumerate(path.read_bytes().splitlines(), start=1):
        if not text.strip():
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            mistakes.append(Mistake(path.name, line, f"this is no JSON ({error})", "write one JSON object a line"))
            continue
        if isinstance(row, dict):
            yield line, row
        else:
            mistakes.append(Mistake(path.name, line, "this is no JSON object", 'a row begins with {"code": …'))


def as_jsonl(rows: Iterable[Listed]) -> bytes:
    """What is kept of the list: names and who is responsible."""
    return b"".join(orjson.dumps({key: getattr(row, key) for key in KEPT}) + b"\n" for row in rows)


def beside(rows: Iterable[Listed], catalog: Catalog) -> tuple[dict[str, Listed], tuple[Listed, ...]]:
    """What is listed but not bundled: by every code, and one of each family for the search.

    The one of a family goes by the names of all its rows, and names the agencies of all.
    """
    families: dict[str, list[Listed]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row)
    by_code: dict[str, Listed] = {}
    found: list[Listed] = []
    for members in families.values():
        if any(catalog.by_code(each.code) is not None for each in members):
            continue
        first = next((each for each in members if PLAIN.fullmatch(each.code)), None)
        if first is None:  # no choice could carry its code
            continue
        names = dict.fromkeys(name for each in members for name in (each.name, *each.aliases))
        agency = "; ".join(dict.fromkeys(each.agency for each in members if each.agency))
        joined = replace(first, aliases=tuple(name for name in names if name != first.name), agency=agency)
        by_code |= dict.fromkeys((each.code for each in members), joined)
        found.append(joined)
    return by_code, tuple(found)


def agencies(listed: Listed) -> str:
    """Who decides, as it may be said: at most two, none that is gone, no other province's name; "" where unknown."""
    parts = BETWEEN.split(listed.agency)
    plain = (OF_A_PLACE.sub("", part).strip(" .,") for part in parts)
    known = {part.casefold(): part for part in plain if part and not GONE.search(part)}
    said = " hoặc ".join(list(known.values())[:MOST_AGENCIES])
    return said if len(said) <= LONGEST_AGENCIES else next(iter(known.values()))[:LONGEST_AGENCIES]


def listed_row(file: str, line: int, row: dict[str, Any], mistakes: list[Mistake]) -> Listed | None:
    """One row; None where it has no code or name, which is added to ``mistakes``."""
    code, name, aliases = row.get("code"), row.get("name"), row.get("aliases", [])
    if not isinstance(code, str) or not CODE.fullmatch(code):
        mistakes.append(Mistake(file, line, f"code {code!r} is no procedure's code", 'it looks like "1.001193"'))
        return None
    if not isinstance(name, str) or not name.strip():
        mistakes.append(Mistake(file, line, f"{code} has no name", 'add "name"'))
        return None
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        mistakes.append(Mistake(file, line, f"the aliases of {code} are no list of texts", 'write "aliases": ["…"]'))
        return None
    texts = {key: row[key] for key in KEPT[2:] if isinstance(row.get(key), str)}
    clean = {key: unicodedata.normalize("NFC", text.strip()) for key, text in texts.items()}
    return Listed(
        code=code,
        name=unicodedata.normalize("NFC", name.strip()),
        family=clean.get("family") or code,
        aliases=tuple(aliases),
        field=clean.get("field", ""),
        level=clean.get("level", ""),
        agency=clean.get("agency", ""),
        url=clean.get("url", ""),
    )
