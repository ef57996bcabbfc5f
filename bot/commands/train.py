"""``motcua train``: learn the search's encoder and weights anew from the bundled words, and from questions if given."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot.commands.console import unreadable
from bot.learning.changes import changes, usual
from procedures.catalog import Catalog
from procedures.finding import encoder, own_words
from procedures.finding.lay_words import LayWords
from procedures.finding.ranking import UNFITTED, Source, Weights
from procedures.learning.evaluate import bundled_families, listed_families
from procedures.learning.lessons import Lessons, train
from procedures.learning.phrasings import Phrasings
from procedures.learning.questions import read_questions
from procedures.learning.training import Plan
from procedures.national.listed import read_list
from procedures.reading import CatalogError
from procedures.search import Index, Lore


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``train``; ``run`` carries it out."""
    parser = subparsers.add_parser("train", help="learn the search anew from the ways of asking (a minute)")
    parser.add_argument(
        "--with",
        dest="questions",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.jsonl",
        help="questions with known answers to weigh by; may be given several times; never copied",
    )
    parser.add_argument("--catalog", type=Path, metavar="FILE.jsonl", help="the list that those questions are about")
    parser.add_argument("--out", type=Path, default=encoder.BUNDLED, metavar="DIR", help="default: the bundled one")
    parser.add_argument(
        "--desk",
        action="store_true",
        help="with the ways that officials agreed on; into the data folder, in force next start",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print whose answer would change")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when learned, 2 where a file cannot be read. Raises WrongSetting, CannotStart, Wrong."""
    if args.desk:
        return _desk(args)
    try:
        catalog = Catalog.load()
        families = (
            bundled_families(catalog) if args.catalog is None else listed_families(read_list(args.catalog), catalog)
        )
        read = [(path, read_questions(path)) for path in args.questions]
        questions = tuple(question for _, rows in read for question in rows)
        lessons = Lessons(catalog, LayWords.load(), Phrasings.load(), families, questions)
        before = UNFITTED if questions else Weights.load()
        learned, weights = train(lessons, Plan(), before, _told)
    except (CatalogError, OSError) as error:
        return unreadable(error)
    if read:
        sources = tuple(
            Source(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), len(rows)) for path, rows in read
        )
        weights = replace(weights, sources=sources)
    _print_changes(catalog, Lore(lessons.words, lessons.phrasings, learned.encoder(), weights))
    if args.dry_run:
        print("nothing was written (--dry-run)", file=sys.stderr)
        return 0
    learned.save(args.out)
    weights.save(args.out)
    print(f"{len(learned.codes)} classes, {len(learned.features)} features, loss {learned.loss:.4f}: {args.out}")
    return 0


def _print_changes(catalog: Catalog, lore: Lore) -> None:
    """The questions whose answer differs from what the bundled words and weights give; none where these are broken."""
    try:
        now = Index(catalog, is_all=False)
    except (CatalogError, OSError, ValueError) as error:
        print(f"no answers to compare with: {error}", file=sys.stderr)
        return
    for line in changes(now, Index(catalog, lore, is_all=False), usual()):
        print(line)


def _desk(args: argparse.Namespace) -> int:
    """What officials agreed on; works while ``serve`` runs."""
    from bot.config import read_settings
    from bot.learning import desk_training
    from bot.operations import doing

    settings = read_settings()

    async def taught() -> dict[str, list[Any]]:
        async with doing(settings) as doer:
            found: dict[str, list[Any]] = await doer.do("ways")
            return found

    found = asyncio.run(taught())
    ways = [(str(code), str(way)) for code, way in found["ways"]]
    if not ways and not own_words.files(settings.data_dir / own_words.FOLDER):
        print("no way of asking was agreed on: nothing to learn", file=sys.stderr)
        return 0
    try:
        changed = desk_training.learn(settings.data_dir, ways, found["asked"], _told, keep=not args.dry_run)
    except (CatalogError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(changed) if changed else "no answer changes")
    when = "nothing was changed (--dry-run)" if args.dry_run else "in force from the next start"
    print(f"{len(ways)} ways of asking, {len(changed)} answers change: {when}", file=sys.stderr)
    return 0


def _told(line: str) -> None:
    print(line, file=sys.stderr)
