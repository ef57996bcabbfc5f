"""``motcua catalog``: what the desk knows, whether its files are right, and the national list beside it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from msgspec import to_builtins
from msgspec.structs import replace

from bot.clock import VIETNAM
from bot.local import overrides
from procedures.catalog import BUNDLED, Catalog, read_folder
from procedures.finding import own_words
from procedures.finding.encoder import Encoder
from procedures.finding.lay_words import LayWords
from procedures.finding.ranking import Weights
from procedures.guides.drawing import dot, tree
from procedures.learning.phrasings import BUNDLED as PHRASINGS
from procedures.learning.phrasings import read_phrasings
from procedures.national import elsewhere
from procedures.national.listed import NATIONAL_FILE, Listed, as_jsonl, read_list
from procedures.national.pages import read_pages
from procedures.overrides import read_overrides
from procedures.reading import CatalogError, Mistake


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``catalog list|show|graph|check|diff|import``; ``run`` carries them out."""
    commands = subparsers.add_parser("catalog", help="the procedures the desk knows").add_subparsers(required=True)
    listing = commands.add_parser("list", help="all procedures")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    listing.set_defaults(run=run, catalog=_list)
    showing = commands.add_parser("show", help="all facts of one procedure")
    showing.add_argument("code")
    showing.set_defaults(run=run, catalog=_show)
    drawing = commands.add_parser("graph", help="the questions that lead to a procedure's cases, as a tree")
    drawing.add_argument("code")
    drawing.add_argument("--dot", action="store_true", help="for Graphviz")
    drawing.set_defaults(run=run, catalog=_graph)
    checking = commands.add_parser("check", help="every mistake in the catalog's and the units' files as file:line")
    checking.add_argument("folder", type=Path, nargs="?", default=BUNDLED)
    checking.set_defaults(run=run, catalog=_check)
    differing = commands.add_parser("diff", help="the questions whose answer an edited copy of the catalog changes")
    differing.add_argument("folder", type=Path, metavar="FOLDER", help="the edited copy of procedures/data")
    differing.add_argument("--phrasings", type=Path, metavar="FOLDER", help="an edited copy of procedures/phrasings")
    differing.add_argument("--words", type=Path, metavar="FILE", help="an edited copy of procedures/lay_words.yaml")
    differing.set_defaults(run=run, catalog=_diff)
    importing = commands.add_parser("import", help="keep the national list: names and who handles them, never fees")
    importing.add_argument("file", type=Path, metavar="FILE.jsonl|FOLDER", help="the list, or its detail pages")
    importing.set_defaults(run=run, catalog=_import)
    for command in (showing, checking, importing):
        folder = Path(os.environ.get("MOTCUA_DATA_DIR", "var"))
        command.add_argument("--data-dir", type=Path, default=folder, help="default: MOTCUA_DATA_DIR, else ./var")


def run(args: argparse.Namespace) -> int:
    """0, 1 where a check failed or a code is unknown, 2 where a file cannot be read."""
    try:
        code: int = args.catalog(args)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return code


def _list(args: argparse.Namespace) -> int:
    catalog = Catalog.load()
    if args.json:
        rows = [
            {
                "code": each.code,
                "name": each.name,
                "field": each.field,
                "level": each.level.value,
                "checked": each.source.checked.isoformat(),
            }
            for each in catalog
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for field, procedures in catalog.fields():
        print(f"{field} ({len(procedures)})")
        for each in procedures:
            print(f"  {each.code:<12} {each.level.value:<9} {each.source.checked}  {each.plain}")
    return 0


def _show(args: argparse.Namespace) -> int:
    catalog = Catalog.load()
    procedure = catalog.by_code(args.code)
    if procedure is not None:
        facts = _plain(to_builtins(procedure, builtin_types=(date,)))
        print(yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=120), end="")
        return 0
    listed = next((each for each in _national(args.data_dir) if each.code == args.code), None)
    if listed is not None:
        print(f"{listed.code} {listed.name}\n{listed.agency or listed.level}\n{listed.url}".rstrip())
        print("from the national list: who handles it, nothing more", file=sys.stderr)
        return 0
    near = get_close_matches(args.code, [each.code for each in catalog], n=3)
    hint = f"near: {', '.join(near)}" if near else "motcua catalog list names all"
    print(f"no procedure {args.code}; {hint}", file=sys.stderr)
    return 1


def _graph(args: argparse.Namespace) -> int:
    catalog = Catalog.load()
    procedure = catalog.by_code(args.code)
    if procedure is None or procedure.guide is None:
        guided = sum(each.guide is not None for each in catalog)
        what = "no procedure" if procedure is None else "no guide in"
        print(f"{what} {args.code}; {guided} procedures have a guide", file=sys.stderr)
        return 1
    print("\n".join(dot(procedure, procedure.guide) if args.dot else tree(procedure, procedure.guide)))
    return 0


def _check(args: argparse.Namespace) -> int:
    procedures, mistakes = read_folder(args.folder)
    found: list[Mistake] = list(mistakes)
    for read in (LayWords.load, Encoder.load, Weights.load):
        try:
            read()
        except CatalogError as error:
            found += error.mistakes
    phrasings, mistaken = read_phrasings(PHRASINGS)
    found += (*mistaken, *elsewhere.read_elsewhere()[1])
    if args.folder == BUNDLED and (own := args.data_dir / own_words.FOLDER).is_dir():
        found += read_phrasings(own)[1]
    units, wrong = _overrides(args, Catalog(procedures))
    found += wrong
    for mistake in found:
        print(mistake)
    ways = sum(map(len, phrasings.ways.values()))
    counted = f"{len(procedures)} procedures, {ways} ways of asking, {units} units' own files, {len(found)} mistakes"
    print(counted, file=sys.stderr)
    return 1 if found else 0


def _diff(args: argparse.Namespace) -> int:
    """Prints and changes nothing: the copy takes the place of the bundled files when whoever edits it is content."""
    # the search and the whole conversation: not for every command
    from bot.learning.changes import changes, facts, usual
    from bot.learning.facts_asked import WORDS
    from procedures.learning.phrasings import Phrasings
    from procedures.search import Index, bundled

    now, then, lore = Catalog.load(), Catalog.load(args.folder), bundled()
    edited = replace(
        lore,
        phrasings=lore.phrasings if args.phrasings is None else Phrasings.load(args.phrasings),
        words=lore.words if args.words is None else LayWords.load(args.words),
    )
    lines = list(facts(now, then, WORDS, datetime.now(VIETNAM).date()))
    lines += changes(Index(now, is_all=False), Index(then, edited, is_all=False), usual())
    print("\n".join(lines) if lines else "no answer changes")
    counted = "1 answer changes" if len(lines) == 1 else f"{len(lines)} answers change"
    print(f"{counted}; nothing was changed yet", file=sys.stderr)
    return 0


def _overrides(args: argparse.Namespace, catalog: Catalog) -> tuple[int, list[Mistake]]:
    """How many files units have of their own, and what is wrong with them. They stand over the bundled catalog only."""
    units, mistakes = 0, list[Mistake]()
    for folder in overrides.folders(args.data_dir, demo=True) if args.folder == BUNDLED else ():
        files, wrong = read_overrides(folder, catalog, overrides.check_hours)
        units += len(files)
        mistakes += wrong
    return units, mistakes


def _import(args: argparse.Namespace) -> int:
    rows = read_pages(args.file) if args.file.is_dir() else read_list(args.file)
    args.data_dir.mkdir(parents=True, exist_ok=True)
    target = args.data_dir / NATIONAL_FILE
    draft = target.with_suffix(".new")
    draft.write_bytes(as_jsonl(rows))
    draft.replace(target)
    print(f"{len(rows)} procedures written to {target}", file=sys.stderr)
    return 0


def _national(folder: Path) -> tuple[Listed, ...]:
    path = folder / NATIONAL_FILE
    return (*(read_list(path) if path.exists() else ()), *elsewhere.load().values())


def _plain(value: Any) -> Any:
    """Facts as YAML can hold them; absent ones left out."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items() if each is not None and each not in ("", ())}
        case tuple() | list():
            return [_plain(each) for each in value]
        case str() | int() | date():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} is no fact of a procedure")
