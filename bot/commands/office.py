"""``motcua office import FILE``: the units of a province with their desks, into the data folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import yaml

from bot.commands.console import Console
from bot.config import CannotStart, Settings
from bot.control import Wrong
from bot.local.office_file import OfficeFile, as_yaml, merged, name_of, read_offices
from bot.program import prepare_folder, unit_files
from offices.unit import Offices
from procedures.reading import Mistake, safe_load


def add_parser(subparsers: Any) -> None:
    """Add ``office`` to the commands."""
    office = subparsers.add_parser("office", help="the units, their desks, and what they were called before")
    actions = office.add_subparsers(dest="action", required=True, metavar="ACTION")
    importing = actions.add_parser(
        "import",
        help="read a YAML file of units (docs/catalog.md)",
        description="Rows that are right are stored in units/ of the data folder, each in the place of the one with "
        "its code; wrong ones are named as FILE:LINE. The same file again changes nothing. A running serve reads them "
        "at its next start.",
    )
    importing.add_argument("file", metavar="FILE", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="only look: nothing is written")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """0, or 1 where rows were wrong. Raises Wrong, CannotStart."""
    mistakes: list[Mistake] = []
    own = unit_files(settings)
    try:
        elsewhere = {code: path for path in own for code in _codes(path)}
        new = read_offices(args.file, elsewhere, mistakes)
        if new is None:
            return _nothing(mistakes, console)
        target = settings.data_dir / "units" / name_of(new.province)
        stored = safe_load(target.read_text("utf-8")) if target in own else {}
        taken = sorted(code for code in new.units if elsewhere.get(code, target) != target)
        if taken:
            where = elsewhere[taken[0]]
            raise Wrong(f"{', '.join(taken)}: stands in {where} already; take it out of there, or out of {args.file}")
        text = as_yaml(merged(stored, new))
        is_changed = target not in own or target.read_text("utf-8") != text
        if is_changed and not args.dry_run:
            _write(target, text, settings)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise Wrong(f"{args.file}: {error}") from error
    _report(new, stored, mistakes, console)
    if is_changed:
        console.err(
            "nothing was written" if args.dry_run else f"written to {target}; a running serve must be restarted"
        )
    return 1 if mistakes else 0


def _codes(path: Path) -> list[str]:
    return [str(unit["code"]) for unit in (safe_load(path.read_text("utf-8")) or {}).get("units", ())]


def _nothing(mistakes: list[Mistake], console: Console) -> int:
    for mistake in sorted(mistakes):
        console.err(str(mistake))
    console.out("0 new, 0 changed, 0 same")
    return 1


def _report(new: OfficeFile, stored: dict[str, Any], mistakes: list[Mistake], console: Console) -> None:
    for mistake in sorted(mistakes):
        console.err(str(mistake))
    before = {unit["code"]: unit for unit in stored.get("units", ())}
    fresh = sum(code not in before for code in new.units)
    same = sum(before.get(code) == unit for code, unit in new.units.items())
    bad = new.rows - len(new.units)
    counted = f"{fresh} new, {len(new.units) - fresh - same} changed, {same} same"
    console.out(counted if not bad else f"{counted}, {bad} wrong")


def _write(target: Path, text: str, settings: Settings) -> None:
    """Beside, looked at, and renamed. Raises CannotStart where the data folder cannot be written."""
    prepare_folder(settings.data_dir)
    target.parent.mkdir(exist_ok=True)
    beside = target.with_suffix(".new")
    beside.write_text(text, "utf-8")
    try:
        Offices.load([path for path in (*unit_files(settings), beside) if path != target])
    except ValueError as error:
        beside.unlink()
        raise CannotStart(f"the units would not be read again: {error}") from error
    os.replace(beside, target)
