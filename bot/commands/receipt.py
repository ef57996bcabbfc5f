"""``motcua receipt CODE``: the QR and the links that open a dossier, for the paper that goes to the citizen."""

from __future__ import annotations

import argparse
from typing import Any

from bot.commands import papers
from bot.commands.console import Console
from bot.config import Settings
from bot.operations import doing
from bot.proofs.receipt_desk import files_of
from bot.proofs.receipts import Link


def add_parser(subparsers: Any) -> None:
    """Add ``receipt`` to the commands."""
    parser = subparsers.add_parser(
        "receipt",
        help="the QR that opens a dossier, as PNG, SVG and a slip of A6 paper",
        description="Prints a line a channel: its name, the link, and what has to be sent there where the link cannot "
        "carry it. The same again prints the same. Whoever holds it sees where the dossier stands.",
    )
    papers.add_arguments(parser, "PNG, SVG and slips")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry it out. Raises CannotStart, Wrong."""
    async with doing(settings) as doer:
        if args.revoke:
            gone = await doer.do("receipt_end", code=args.code)
            console.err(f"{gone['ended']} receipts of {gone['code']} open nothing any more; who follows it still does")
            return 0
        made = await doer.do("receipt", code=args.code, afresh=args.afresh)
    for link in (Link(**each) for each in made["links"]):
        console.out("\t".join((link.channel, link.url, *((link.says,) if link.says else ()))))
    papers.warn("receipt", made, settings, console)
    if args.out is not None:
        papers.write(args.out, made["code"], files_of(made), console)
    return 0
