"""Whose dossier a ministry's code (prefix G) is, and where it can be looked at. The table is ``ministries.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from onestop.code import DossierCode
from onestop.yaml_text import safe_load

FILE = Path(__file__).with_name("ministries.yaml")


class Ministry(Struct, frozen=True):
    """A branch of government in plain Vietnamese. ``known`` is False where no source names the prefix."""

    prefix: str
    agency: str
    where: str
    known: bool


def ministry(code: DossierCode) -> Ministry | None:
    """The branch a ministry's code belongs to; None for the code of a province."""
    if not code.is_ministry:
        return None
    prefix = code.unit.partition(".")[0]
    table: dict[str, dict[str, Any]] = _table()
    entry = table["prefixes"].get(prefix, {})
    told = table["other"] | entry
    return Ministry(prefix, told["agency"], told["where"], known=bool(entry))


@cache
def _table() -> Any:
    return safe_load(FILE.read_text("utf-8"))
