"""Answers that were collected elsewhere, at a kiosk or by phone, read from a CSV file: one row an answer.

Columns, in any order: ``dossier,answered_at,stars,reasons,mode,n``. ``dossier`` is the code on the receipt: an answer
that belongs to no result handed over never enters. ``n`` says which time it was handed over, empty is the latest;
``mode`` is kiosk, phone, slip or link; ``reasons`` are codes or labels, separated by ";". Instants as in ``table.py``.
A column ``taps`` may be there besides: answers to short questions, such as "trips=once;guidance=both_good".
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from onestop.code import DossierCode
from ratings.records import MODES
from ratings.sources.table import TAPS, BadTable, read_instant, read_reasons, read_stars, read_taps

COLUMNS = ("dossier", "answered_at", "stars", "reasons", "mode", "n")
COLLECTED = frozenset(MODES) - {"bot"}
BEGINS_A_FORMULA = frozenset("=+-@＝＋－＠|%")


class Collected(Struct, frozen=True):
    """One answer. ``line``: where it stands in the file; ``dossier``: the canonical code; ``n`` None: the latest."""

    line: int
    dossier: str
    answered_at: datetime
    stars: int
    reasons: tuple[str, ...]
    mode: str
    n: int | None
    taps: tuple[tuple[str, str], ...] = ()


def read_collected(file: Path) -> tuple[list[Collected], list[str]]:
    """The good rows, and what is wrong with the others, as ``FILE:LINE: why``. Raises BadTable for a file of another
    shape, OSError."""
    good: list[Collected] = []
    wrong: list[str] = []
    for line, cells in _rows(file):
        try:
            good.append(_answer(line, cells))
        except ValueError as error:
            wrong.append(f"{file}:{line}: {error}")
    return good, wrong


def as_text(cell: str) -> str:
    """What came from outside, written so that no spreadsheet reads a formula: with an apostrophe where it might."""
    begins = cell.lstrip("\t\r\n \u00a0'\"")[:1]
    return f"'{cell}" if begins in BEGINS_A_FORMULA and begins else cell


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = [_clean(name).lower() for name in next(reader, [])]
            missing = [name for name in COLUMNS if header.count(name) != 1]
            if missing:
                raise BadTable(f"{file}:1: wants each of the columns {','.join(COLUMNS)} once; see {missing[0]!r}")
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    padded = [*map(_clean, cells), *[""] * (len(header) - len(cells))]
                    yield reader.line_num, dict(zip(header, padded, strict=False))
    except UnicodeDecodeError as error:
        raise BadTable(f"{file}:1: not UTF-8 ({error.reason} at byte {error.start}); save it as CSV UTF-8") from None
    except csv.Error as error:
        raise BadTable(f"{file}: {error}") from None


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip())


def _answer(line: int, cells: dict[str, str]) -> Collected:
    try:
        code = DossierCode.parse(cells["dossier"])
    except ValueError:
        raise ValueError("dossier: no dossier code") from None
    if cells["mode"] not in COLLECTED:
        raise ValueError(f"mode {cells['mode']!r}: wants one of {', '.join(sorted(COLLECTED))}")
    if cells["n"] and not (cells["n"].isascii() and cells["n"].isdigit() and int(cells["n"])):
        raise ValueError(f"n {cells['n']!r}: wants a number from 1, or nothing")
    return Collected(
        line=line,
        dossier=code.canonical,
        answered_at=read_instant(cells["answered_at"]),
        stars=read_stars(cells["stars"]),
        reasons=read_reasons(cells["reasons"]),
        mode=cells["mode"],
        n=int(cells["n"]) if cells["n"] else None,
        taps=read_taps(cells.get(TAPS, "")),
    )
