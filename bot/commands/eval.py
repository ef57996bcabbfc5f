"""``motcua eval``: the search measured on questions with known answers, and every answer compared with the catalog."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.commands.console import unreadable
from procedures.catalog import Catalog
from procedures.learning.evaluate import Family, bundled_families, evaluate, listed_families
from procedures.learning.questions import read_questions
from procedures.national.listed import read_list
from procedures.reading import CatalogError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``eval questions|facts``; ``run`` and ``run_facts`` carry them out."""
    commands = subparsers.add_parser("eval", help="measure the search").add_subparsers(dest="eval", required=True)
    questions = commands.add_parser("questions", help="ranking, rejection and facets on questions with known answers")
    questions.add_argument("file", type=Path, metavar="FILE.jsonl")
    questions.add_argument(
        "--catalog", type=Path, metavar="FILE.jsonl", help="a list of procedures, not the bundled ones"
    )
    questions.add_argument("--json", action="store_true", help="one JSON object")
    questions.set_defaults(run=run)
    facts = commands.add_parser(
        "facts", help="every procedure asked for every facet, answers compared with the catalog"
    )
    facts.add_argument("--json", action="store_true", help="one JSON object")
    facts.set_defaults(run=run_facts)


def run(args: argparse.Namespace) -> int:
    """0 when measured, 2 where a file cannot be read."""
    try:
        questions = read_questions(args.file)
        evaluation = evaluate(_families(args.catalog), questions, time.perf_counter)
    except (CatalogError, OSError) as error:
        return unreadable(error)
    figures = evaluation.as_json()
    print(json.dumps(figures) if args.json else "\n".join(_table(figures)))
    return 0


def run_facts(args: argparse.Namespace) -> int:
    """0 when every value was said exactly and every question found its procedure; 1 else; 2 where a file is broken."""
    from bot.commands import facts as facts_command  # the whole conversation: not for every command's start

    try:
        return facts_command.run(as_json=args.json)
    except (CatalogError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _families(path: Path | None) -> tuple[Family, ...]:
    catalog = Catalog.load()
    return bundled_families(catalog) if path is None else listed_families(read_list(path), catalog)


def _table(figures: dict[str, Any]) -> list[str]:
    lines = [f"{figures['n']} questions, {figures['skipped']} skipped (their procedure is not here)", ""]
    lines.append(f"{'slice':<12}{'n':>5}{'R@1':>8}{'95 %':>16}{'R@3':>8}{'MRR':>8}")
    for name, row in figures["slices"].items():
        interval = f"{row['r1_low']:.3f}–{row['r1_high']:.3f}"
        lines.append(f"{name:<12}{row['n']:>5}{row['r1']:>8.3f}{interval:>16}{row['r3']:>8.3f}{row['mrr']:>8.3f}")
    oos, direct, latency, cpu = (figures[key] for key in ("oos", "direct", "latency_ms", "cpu_ms"))
    built = f"built in {figures['build_s']} s, {figures['build_cpu_s']} of CPU"
    return [
        *lines,
        "",
        f"out of scope  n {oos['n']}  AUROC {oos['auroc']} (≥ {oos['auroc_low']})  accepted at 95 %: {oos['far95']}",
        f"direct        precision {direct['precision']}  coverage {direct['coverage']}",
        f"one question  {figures['one_question']}",
        f"facets        macro-F1 {figures['facets']['macro_f1']}",
        f"latency       p50 {latency['p50']} ms  p95 {latency['p95']} ms, of CPU {cpu['p50']} and {cpu['p95']} ms",
        f"index         {figures['memory_mb'] or '?'} MB  {built}",
    ]
