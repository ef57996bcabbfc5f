"""``motcua ratings import|calls``: answers collected at kiosks and by phone, and whom to call."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from pathlib import Path
from typing import Any

from bot.commands.console import Console
from bot.config import Settings
from bot.control import Wrong
from bot.operations import doing
from ratings.sources.collected import COLUMNS, Collected, as_text, read_collected
from ratings.sources.table import BadTable
from storage.tables import micros

ROWS = 500
"""Entered together; between two parts others may write."""


def add_parser(subparsers: Any) -> None:
    """Add ``ratings`` to the commands."""
    commands = subparsers.add_parser("ratings", help="answers collected at kiosks and by phone").add_subparsers(
        dest="ratings", required=True
    )
    entering = commands.add_parser(
        "import",
        help="enter answers from a CSV file",
        description=f"Columns: {','.join(COLUMNS)}, and taps for short questions (trips=once;guidance=both_good) where "
        "they were asked. An answer belongs to a result that was handed over, one each; they are told of apart by the "
        "way they came. One by phone of who had rated already is kept as a check of that rating, in no score.",
    )
    entering.add_argument("file", type=Path, metavar="FILE.csv")
    calling = commands.add_parser(
        "calls", help="draw by lot whom to call, as a CSV file to be filled in and entered with: ratings import"
    )
    calling.add_argument("--unit", required=True, metavar="U", help="the unit's code or name")
    calling.add_argument("--week", required=True, metavar="2026-W46")
    calling.add_argument("--share", type=float, metavar="0.02", help="of the eligible; default 0.02")
    calling.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed draws the same")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry out one of them; 1 where rows were refused. Raises CannotStart, Wrong."""
    if args.ratings == "calls":
        return await _calls(args, settings)
    try:
        good, wrong = await asyncio.to_thread(read_collected, args.file)
    except BadTable as error:
        raise Wrong(str(error)) from None
    except OSError as error:
        raise Wrong(f"{args.file}: {error.strerror or error}") from None
    entered = before = 0
    async with doing(settings) as doer:
        for start in range(0, len(good), ROWS):
            done = await doer.do("ratings_enter", rows=[_row(answer) for answer in good[start : start + ROWS]])
            entered, before = entered + done["entered"], before + done["before"]
            wrong += [f"{args.file}:{line}: {why}" for line, why in done["refused"]]
    for line in wrong:
        console.err(line)
    console.out(f"{entered} answers entered, {before} there before, {len(wrong)} refused")
    return 1 if wrong else 0


async def _calls(args: argparse.Namespace, settings: Settings) -> int:
    async with doing(settings) as doer:
        unit = await doer.do("find_unit", unit=args.unit)
        if unit is None:
            raise Wrong(f"--unit {args.unit!r} is not known: no such code or name, and no dossier of it")
        drawn = await doer.do("ratings_lot", unit=unit[0], week=args.week, share=args.share, seed=args.seed)
    out = csv.writer(sys.stdout, lineterminator="\n", quoting=csv.QUOTE_ALL)
    out.writerow((*COLUMNS, "completed_on", "field", "ended"))
    for dossier, n, day, field, ended in drawn:
        out.writerow((dossier, "", "", "", "phone", n, day, as_text(field), ended))
    return 0


def _row(answer: Collected) -> dict[str, Any]:
    return {
        "line": answer.line,
        "dossier": answer.dossier,
        "answered_at": micros(answer.answered_at),
        "stars": answer.stars,
        "reasons": answer.reasons,
        "mode": answer.mode,
        "n": answer.n,
        "taps": dict(answer.taps) or None,
    }
