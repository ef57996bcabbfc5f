"""``motcua receipt CODE``: the QR and the links that open a dossier, for the paper that goes to the citizen."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.commands.console import Console
from bot.config import Settings
from bot.control import Wrong
from bot.operations import doing
from bot.paper import slip
from bot.private import write_private
from bot.receipts import Link


def add_parser(subparsers: Any) -> None:
    """Add ``receipt`` to the commands."""
    parser = subparsers.add_parser(
        "receipt",
        help="the QR that opens a dossier, as PNG, SVG and a slip of A6 paper",
        description="Prints a line a channel: its name, the link, and what has to be sent there where the link cannot "
        "carry it. The same again prints the same. Whoever holds it sees where the dossier stands.",
    )
    parser.add_argument("code", metavar="CODE", help="the dossier's code")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="write PNG, SVG and slips there (mode 0600)")
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument("--afresh", action="store_true", help="a new one; what was printed before opens nothing more")
    ending.add_argument("--revoke", action="store_true", help="only end what was printed before")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry it out. Raises CannotStart, Wrong."""
    async with doing(settings) as doer:
        if args.revoke:
            gone = await doer.do("receipt_end", code=args.code)
            console.err(f"{gone['ended']} receipts of {gone['code']} open nothing any more; who follows it still does")
            return 0
        made = await doer.do("receipt", code=args.code, afresh=args.afresh)
    links = tuple(Link(**link) for link in made["links"])
    for link in links:
        console.out("\t".join((link.channel, link.url, *((link.says,) if link.says else ()))))
    if not made["known"]:
        console.err(f"motcua receipt: nothing is known of {made['code']} yet: is it typed right?")
    if settings.public_url is None:
        console.err(f"the web link is {settings.page or 'not known'}: set MOTCUA_PUBLIC_URL for citizens")
    if args.out is not None:
        _write(args.out, links, made, console)
    return 0


def _write(folder: Path, links: tuple[Link, ...], made: dict[str, Any], console: Console) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for link in links:
            paper = slip.slip(link, made["code"], made["unit"], made["phone"], demo=made["demo"])
            files = {".png": slip.png(link), ".svg": slip.svg(link).encode(), "-slip.svg": paper.encode()}
            for ending, body in files.items():
                path = folder / f"{made['code']}-{link.channel}{ending}"
                path.unlink(missing_ok=True)
                write_private(path, body)
                console.err(str(path))
    except OSError as error:
        raise Wrong(f"--out {folder}: {error.strerror or error}") from None
