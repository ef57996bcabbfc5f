"""Who carries out the commands of a second terminal: the server that runs, or is still starting, else the command."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.config import CannotStart, Settings, read_settings
from bot.control import ControlServer
from bot.operations import Remote, doing
from bot.program import open_database


async def says_hello(given: Mapping[str, Any]) -> str:
    return "hello"


def settings(folder: Path) -> Settings:
    return read_settings({"MOTCUA_DATA_DIR": str(folder)}, None)


async def test_a_server_that_is_still_starting_is_waited_for(tmp_path: Path) -> None:
    """It holds the database before it listens: on a busy machine a command came between."""
    database, lock = await open_database(settings(tmp_path))
    control = ControlServer(tmp_path, {"hello": says_hello})
    asked = asyncio.create_task(ask(tmp_path, 0.2))
    await asyncio.sleep(0.05)
    assert not asked.done()
    await control.start()
    try:
        assert await asked == (True, "hello")
    finally:
        await control.stop()
        await database.close()
        await lock.release()


async def ask(folder: Path, pause: float = 0.01) -> tuple[bool, str]:
    async with doing(settings(folder), pause) as doer:
        return isinstance(doer, Remote), await doer.do("hello")


async def test_what_is_no_server_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    database, lock = await open_database(settings(tmp_path))
    try:
        with pytest.raises(CannotStart, match="in use by another motcua"):
            await ask(tmp_path, 0.0)
    finally:
        await database.close()
        await lock.release()
