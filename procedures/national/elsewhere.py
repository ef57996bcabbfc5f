"""What citizens ask for and this catalog has no page of, with who decides it: ``elsewhere.yaml``, read strictly.

A file is a list of ``{code, name, agency, source}``, rows of the national list that somebody read; ``agency`` is left
out where the list names nobody. It says who decides, and never what a thing costs or how long it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from procedures.entries import CODE, read_source
from procedures.national.listed import GONE, Listed, agencies
from procedures.reading import CatalogError, Entry, Mistake, compose_list, read_text, without_gc

BUNDLED = Path(__file__).with_name("elsewhere.yaml")
KEYS = ("code", "name", "agency", "source")


def load(path: Path = BUNDLED) -> Mapping[str, Listed]:
    """By code. Raises CatalogError with every mistake."""
    found, mistakes = read_elsewhere(path)
    if mistakes:
        raise CatalogError(mistakes)
    return found


def read_elsewhere(path: Path = BUNDLED) -> tuple[Mapping[str, Listed], tuple[Mistake, ...]]:
    """What the file holds, and everything that is wrong with it, by line."""
    mistakes: list[Mistake] = []
    found: dict[str, Listed] = {}
    with without_gc():
        text = read_text(path, mistakes)
        for entry in () if text is None else compose_list(path.name, text, KEYS, mistakes):
            row = _row(entry)
            if row.code in found:
                entry.wrong("code", f"{row.code} occurs twice", "keep one entry")
            found[row.code] = row
    return found, tuple(sorted(mistakes))


def _row(entry: Entry) -> Listed:
    code, agency = entry.quoted("code"), entry.maybe_text("agency") or ""
    if code and not CODE.fullmatch(code):
        entry.wrong("code", f"{code} is no procedure's code", 'it looks like "1.001193"')
    if GONE.search(agency):
        entry.wrong("agency", f"{agency} ended on 2025-07-01", "name who decides today")
    row = Listed(code, entry.text("name"), code, agency=agency, url=read_source(entry).url or "")
    if not GONE.search(agency) and agencies(row) != agency:
        entry.wrong("agency", f"{agency} is told as “{agencies(row)}”", "name one agency, or two with “hoặc”")
    return row
