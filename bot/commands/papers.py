"""What the commands that print a dossier's papers have in common."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.commands.console import Console
from bot.config import Settings
from bot.control import Wrong
from bot.private import write_private


def add_arguments(parser: argparse.ArgumentParser, kinds: str) -> None:
    """The dossier, where files go, and how earlier papers end."""
    parser.add_argument("code", metavar="CODE", help="the dossier's code")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help=f"write {kinds} there (mode 0600)")
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument("--afresh", action="store_true", help="a new one; what was printed before opens nothing more")
    ending.add_argument("--revoke", action="store_true", help="only end what was printed before")


def warn(command: str, made: Mapping[str, Any], settings: Settings, console: Console) -> None:
    """Say what may be wrong with a paper before it is handed out."""
    if not made["known"]:
        console.err(f"motcua {command}: nothing is known of {made['code']} yet: is it typed right?")
    if settings.public_url is None:
        console.err(f"the web link is {settings.page or 'not known'}: set MOTCUA_PUBLIC_URL for citizens")


def write(folder: Path, code: str, files: Mapping[str, bytes], console: Console) -> None:
    """The files, by the end of their names, each named as it is written. Raises Wrong."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, body in files.items():
            path = folder / f"{code}{ending}"
            path.unlink(missing_ok=True)
            write_private(path, body)
            console.err(str(path))
    except OSError as error:
        raise Wrong(f"--out {folder}: {error.strerror or error}") from None
