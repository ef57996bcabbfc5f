"""``motcua slip CODE``: the slip that goes with a result, by which whoever holds it rates that one completion once."""

from __future__ import annotations

import argparse
from typing import Any

from bot.commands import papers
from bot.commands.console import Console
from bot.config import Settings
from bot.control import Wrong
from bot.operations import doing
from bot.proofs.slip_desk import files_of


def add_parser(subparsers: Any) -> None:
    """Add ``slip`` to the commands."""
    parser = subparsers.add_parser(
        "slip",
        help="what a citizen rates a result with, as eight characters, QR, link and A6 paper",
        description="Prints the eight characters, then a line a channel: what its QR opens, and the same as a link to "
        "be sent. One rating a result, whichever way; nothing of the dossier is shown. The same again prints the same.",
    )
    parser.add_argument("--n", type=int, metavar="N", help="which time it was handed over; default the latest")
    papers.add_arguments(parser, "PDF, PNG and SVG")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry it out. Raises CannotStart, Wrong."""
    if args.n is not None and args.n < 1:
        raise Wrong(f"--n wants a number from 1, not {args.n}")
    async with doing(settings) as doer:
        if args.revoke:
            gone = await doer.do("slip_end", code=args.code)
            console.err(f"{gone['ended']} slips of {gone['code']} open nothing any more; what was rated stays")
            return 0
        made = await doer.do("slip", code=args.code, n=args.n, afresh=args.afresh)
    console.out(f"typed\t{made['typed']}")
    for way in ("links", "linked"):
        for link in made[way]:
            console.out("\t".join(("qr" if way == "links" else "link", link["channel"], link["url"])))
    papers.warn("slip", made, settings, console)
    if args.out is not None:
        papers.write(args.out, made["code"], files_of(made), console)
    return 0
