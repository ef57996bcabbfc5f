"""``motcua official add|list|revoke``: who may read a unit's figures."""

from __future__ import annotations

import argparse
from typing import Any

from bot.clock import VIETNAM
from bot.commands.console import Console
from bot.config import Settings
from bot.operations import ROLES, doing
from storage.tables import instant


def add_parser(subparsers: Any) -> None:
    """Add ``official`` to the commands."""
    commands = subparsers.add_parser("official", help="who may read a unit's figures").add_subparsers(
        dest="official", required=True
    )
    adding = commands.add_parser("add", help="make a one-time code; whoever writes it in a chat becomes an official")
    adding.add_argument("--unit", required=True, metavar="U", help="the unit's code or name")
    adding.add_argument("--role", choices=ROLES, default="staff")
    adding.add_argument("--minutes", type=int, default=10, metavar="N", help="how long it can be used (default: 10)")
    commands.add_parser("list", help="all officials, the revoked too")
    revoking = commands.add_parser("revoke", help="take a role back, at once")
    revoking.add_argument("id", help="as in: motcua official list")


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Carry out one of them. Raises CannotStart, Wrong."""
    async with doing(settings) as doer:
        if args.official == "add":
            made = await doer.do("official_add", unit=args.unit, role=args.role, minutes=args.minutes)
            console.out(made["code"])
            console.err(
                f"makes one {made['role']} of {made['unit']}, until {_when(made['expires_at'])}; shown only now"
            )
        elif args.official == "list":
            for row in await doer.do("official_list"):
                until = f"revoked {_when(row['revoked_at'])}" if row["revoked_at"] is not None else "in office"
                line = (row["id"], row["unit"], row["role"], row["channel"], f"since {_when(row['since'])}", until)
                console.out("\t".join(line))
        else:
            gone = await doer.do("official_revoke", id=args.id)
            console.err(f"{gone['id']} is no official of {gone['unit']} any more")
    return 0


def _when(us: int) -> str:
    return f"{instant(us).astimezone(VIETNAM):%d/%m/%Y %H:%M}"
