"""The command line: what there is, and which file carries it out. Each is imported only when it is asked for."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.commands.console import OwnConsole
from bot.config import CannotStart, Settings, WrongSetting, read_settings
from bot.control import Wrong

if TYPE_CHECKING:
    from procedures.catalog import Catalog

WRONG_USE = 2


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """All commands; with ``only`` just that one, so that a start does not import what the others need."""
    parser = argparse.ArgumentParser(
        prog="motcua",
        description="Một Cửa, the assistant of one-stop desks. Data to stdout, all else to stderr.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, add in COMMANDS.items():
        if only in (None, name):
            add(commands)
    return parser


def _by(module: str) -> Callable[[Any], object]:
    """What adds the parser of the command that this module of ours carries out."""
    return lambda commands: import_module(f"bot.commands.{module}").add_parser(commands)


def _serve(commands: Any) -> None:
    commands.add_parser(
        "serve",
        help="web chat and channels, until Ctrl-C",
        description="Web chat and channels, until Ctrl-C. Settings come from the environment and from .env; with none "
        "it serves the web chat on 127.0.0.1. What is set wrongly: motcua doctor. All settings: docs/operating.md.",
    )


def _doctor(commands: Any) -> None:
    looking = commands.add_parser("doctor", help="what is wrong with settings, files and neighbours (in Vietnamese)")
    looking.add_argument("topic", nargs="?", choices=("zalo",), help="what to confirm on the real Official Account")
    points = range(1, 13)
    looking.add_argument(
        "point", nargs="?", type=int, choices=points, metavar="N", help="with zalo: try point N (1–12)"
    )
    looking.add_argument("--user", default="", metavar="ID", help="whom to try it on; default: whoever writes the word")
    looking.add_argument("--seconds", type=float, default=300.0, metavar="S", help="patience (default 300)")


def _backup_parser(commands: Any) -> None:
    saving = commands.add_parser(
        "backup",
        help="a consistent copy of the database while everything goes on",
        description="A consistent copy of the database while everything goes on. How to restore: "
        "docs/operating.md. On PostgreSQL use pg_dump.",
    )
    saving.add_argument("file", metavar="FILE", help="the copy; a file that exists is never overwritten")


COMMANDS: Mapping[str, Callable[[Any], object]] = {
    "serve": _serve,
    "chat": _by("chat"),
    "mock": _by("mock"),
    "demo": _by("demo"),
    "emulate": _by("emulate"),
    "doctor": _doctor,
    "digest": _by("digest"),
    "official": _by("official"),
    "dossiers": _by("dossiers"),
    "office": _by("office"),
    "ratings": _by("ratings"),
    "receipt": _by("receipt"),
    "slip": _by("slip"),
    "zalo": _by("zalo"),
    "catalog": _by("catalog"),
    "eval": _by("eval"),
    "train": _by("train"),
    "backup": _backup_parser,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, 1 (a check failed) or 2 (wrong use or setting, with a line that says what to do)."""
    said = sys.argv[1:] if argv is None else argv
    args = build_parser(said[0] if said and said[0] in COMMANDS else None).parse_args(said)
    try:
        return _run(args)
    except (WrongSetting, CannotStart, Wrong) as error:
        for line in str(error).splitlines():
            print(f"motcua: {line}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _run(args: argparse.Namespace) -> int:
    if args.command in ("catalog", "eval", "train"):
        done: Callable[[argparse.Namespace], int] = args.run
        return done(args)
    with asyncio.Runner(loop_factory=fast_loop() if args.command == "serve" else None) as runner:
        return runner.run(_run_async(args))


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which takes a fifth off a turn; None where there is none (Windows)."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop
    return factory


async def _run_async(args: argparse.Namespace) -> int:
    console = OwnConsole()
    match args.command:
        case "doctor":
            from bot.commands import doctor

            if args.point is not None:
                from bot.commands import zalo_points

                return await zalo_points.run(args.point, args.user, args.seconds, read_settings(), console)
            return await doctor.run(console, args.topic)
        case "mock":
            from bot.commands import mock as mock_command

            done: int = await mock_command.run(args)
            return done
        case "emulate":
            from bot.commands import emulate as emulate_command

            return await emulate_command.run(args)
        case "digest" if args.ratings is not None:
            return await _digest(args, Settings())
    settings = read_settings()
    match args.command:
        case "serve":
            from bot.commands.serve import serve

            return await serve(settings)
        case "chat":
            from bot.commands import chat as chat_command

            return await chat_command.run(args, settings, console)
        case "demo":
            from bot.commands import demo as demo_command

            return await demo_command.run(args, settings)
        case "official":
            from bot.commands import official as official_command

            return await official_command.run(args, settings, console)
        case "ratings":
            from bot.commands import ratings as ratings_command

            return await ratings_command.run(args, settings, console)
        case "receipt":
            from bot.commands import receipt as receipt_command

            return await receipt_command.run(args, settings, console)
        case "slip":
            from bot.commands import slip as slip_command

            return await slip_command.run(args, settings, console)
        case "dossiers":
            from bot.commands import dossiers as dossiers_command

            return await dossiers_command.run(args, settings, console)
        case "office":
            from bot.commands import office as office_command

            return await office_command.run(args, settings, console)
        case "zalo":
            from bot.commands import zalo as zalo_command

            return await zalo_command.run(args, settings, console)
        case "digest":
            return await _digest(args, settings)
        case _:
            return await _backup(args, settings, console)


async def _digest(args: argparse.Namespace, settings: Settings) -> int:
    from functools import cache

    from bot.commands import digest as digest_command
    from bot.operations import digests

    @cache
    def catalog() -> Catalog:
        from bot import built  # numpy and the index: only where a procedure is told of

        return built.load(built.folder(settings.data_dir), settings.data_dir).catalog

    return await digest_command.run(args, lambda: digests(settings), None, settings.closing_day, catalog)


async def _backup(args: argparse.Namespace, settings: Settings, console: OwnConsole) -> int:
    from pathlib import Path

    from bot.operations import doing

    async with doing(settings) as doer:
        made = await doer.do("backup", file=str(Path(args.file).absolute()))
    console.err(f"{made['file']}: {made['bytes']} bytes")
    return 0
