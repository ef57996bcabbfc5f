"""The national list: who handles what. One JSON object a line; never quoted for fees, times or papers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from procedures.reading import CatalogError, Mistake


@dataclass(frozen=True, slots=True)
class Listed:
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


CODE = re.compile(r"\d\.[\w.-]{3,40}")
"""Looser than the catalog's: the national list holds codes such as "1.014955-Xoa"."""
NATIONAL_FILE = "national.jsonl"
"""Under the data folder."""
KEPT = ("code", "name", "family", "field", "level", "agency", "url")


def read_list(path: Path) -> tuple[Listed, ...]:
    """The rows of a JSONL file; keys other than ours are passed over. Raises CatalogError with every mistake."""
    mistakes: list[Mistake] = []
    rows: dict[str, Listed] = {}
    for line, row in read_rows(path, mistakes):
        listed = _listed(path.name, line, row, mistakes)
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


def _listed(file: str, line: int, row: dict[str, Any], mistakes: list[Mistake]) -> Listed | None:
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
