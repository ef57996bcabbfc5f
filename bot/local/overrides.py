"""``overrides/<unit>.yaml``: found, read, and put over the catalog and the units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from handlers.texts import hiding as texts
from offices.hours import Season
from offices.unit import DATA, Offices, Unit
from procedures.catalog import Catalog
from procedures.local import Basis, Local
from procedures.overrides import Said, UnitFile, read_overrides
from procedures.reading import CatalogError, Mistake

BUNDLED = DATA / "overrides"
"""Of the demonstration's units; read only there."""
FOLDER = "overrides"
"""Under the data folder."""


def folders(data_dir: Path, *, demo: bool) -> tuple[Path, ...]:
    """Where a program with these settings reads them."""
    return (*((BUNDLED,) if demo else ()), data_dir / FOLDER)


def load(paths: Iterable[Path], catalog: Catalog) -> tuple[UnitFile, ...]:
    """All files of these folders. Raises CatalogError with every mistake."""
    files: list[UnitFile] = []
    mistakes: list[Mistake] = []
    for path in paths:
        found, wrong = read_overrides(path, catalog, check_hours)
        files += found
        mistakes += wrong
    if mistakes:
        raise CatalogError(tuple(mistakes))
    return tuple(files)


def check_hours(week: Mapping[str, str]) -> object:
    """Read hours as ``offices.hours`` does. Raises ValueError."""
    return Season.parse(week)


def local(files: Iterable[UnitFile]) -> Local:
    """The values of all files."""
    return Local(fact for file in files for fact in file.facts)


def with_desks(offices: Offices, files: Iterable[UnitFile]) -> Offices:
    """The units with what their files say of hours, phone and address, each with its paper in the unit's note."""
    units = {unit.code: unit for unit in offices.units}
    for file in files:
        if file.desk:
            unit = offices.unit(file.unit)
            units[unit.code] = _desk(units.get(unit.code, unit), file.desk)
    return Offices.of(units.values())


def _desk(unit: Unit, desk: Mapping[str, Said]) -> Unit:
    values: dict[str, Any] = {key: said.value for key, said in desk.items() if key in ("phone", "address", "note")}
    if "hours" in desk:
        values["seasons"] = (Season.parse(desk["hours"].value),)
    if "late_estimates" in desk:
        values["late_estimates"] = desk["late_estimates"].value
    by_paper: dict[Basis, list[str]] = {}
    for key, said in desk.items():
        if key == "late_estimates":  # nothing of it is told, so nor is its paper
            continue
        by_paper.setdefault(said.basis, []).append(key)
    papers = [texts.of_the_desk(tuple(keys), basis) for basis, keys in by_paper.items()]
    note = values.get("note", unit.note)
    lines = (*(() if note is None else (f"{note.rstrip(' .')}.",)), *papers)
    return replace(unit, **{**values, "note": " ".join(lines) or None, "known": True})
