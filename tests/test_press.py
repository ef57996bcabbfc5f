"""The process that prints: the same bytes as here, gone when it is not, replaced when it ends."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot.paper.press import GIVES_WAY, Press
from bot.paper.sheets import set_page
from handlers.outlets import Printer
from ratings.reports.page import make_page
from ratings.reports.workbook import to_xlsx
from tests.test_formats import NAME, answers, digest

FOUND = digest(answers(3, 2, 5, 18, 32))


def fails(what: str) -> bytes:
    raise ValueError(what)


def nothing() -> int:
    return os.getpid()


def niceness() -> int:
    return os.nice(0)


async def gone(pid: int) -> bool:
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        await asyncio.sleep(0.1)
    return False


@pytest.mark.slow
async def test_another_process_makes_the_same() -> None:
    press, page = Press(), make_page(FOUND, NAME)
    printer: Printer = press
    try:
        assert await printer.page(page) == set_page(page)
        assert await printer.book(FOUND, page) == to_xlsx(FOUND, page)
        first = await press.made(nothing)
        assert first != os.getpid()
        assert await press.made(niceness) == min(os.nice(0) + GIVES_WAY, 19)
        with pytest.raises(ValueError, match="no paper"):
            await press.made(fails, "no paper")
        os.kill(first, signal.SIGKILL)
        second = await press.made(nothing)  # the page that was asked for is made by another one
        assert second not in (first, os.getpid())
    finally:
        press.close()
    assert await gone(second)


@pytest.mark.slow
async def test_a_press_at_rest_gives_its_memory_back() -> None:
    press = Press(idle=0.0)
    pid = await press.made(nothing)
    assert await gone(pid)
    again = await press.made(nothing)
    assert again != pid
    assert await gone(again)
