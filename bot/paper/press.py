"""What is printed is printed in a process of its own: a chat waits for nobody's PDF.

The process begins with the first page and ends ten minutes after the last; it is polite (it gives way to the server
wherever the system knows how) and ends with its parent, however that ends. One page at a time: who asks for many waits
for themselves.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from bot.paper.docx import letters_docx
from bot.paper.sheets import set_chart, set_letters, set_page, set_sheet
from handlers.guides.sheet import Sheet
from ratings.digest import Digest
from ratings.reports.page import Page
from ratings.reports.workbook import to_xlsx

if TYPE_CHECKING:
    from handlers.desk import Letter

log = logging.getLogger(__name__)
IDLE = 600.0
"""Seconds without a page, after which the process ends and its hundred megabytes are given back."""
GIVES_WAY = 5
"""Its niceness: the chat comes first on a small machine; at 19 a busy one lets an official wait for minutes."""

Made = TypeVar("Made")


def a_process() -> Executor:
    """One, not forked: a fork of a server with threads and an open database is neither safe nor small."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(1, get_context("spawn"), _begin)


def a_thread() -> Executor:
    """For a program that keeps nothing and talks to one person."""
    return ThreadPoolExecutor(1, "motcua-press")


class Press:
    """``handlers.desk.Printer``. ``begins``: what makes the process, or a thread; ``idle``: seconds."""

    def __init__(self, begins: Callable[[], Executor] = a_process, idle: float = IDLE) -> None:
        self._begins = begins
        self._idle = idle
        self._pool: Executor | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._busy = 0

    async def sheet(self, sheet: Sheet) -> bytes:
        """The page as a PDF for archives and for screen readers (PDF/A-2a, PDF/UA-1), its fonts inside."""
        return await self.made(set_sheet, sheet)

    async def letters(self, letters: tuple[Letter, ...]) -> tuple[bytes, bytes]:
        """Letters as a PDF likewise, and as DOCX."""
        return await self.made(_letters, letters)

    async def page(self, page: Page) -> bytes:
        """A digest's page, likewise."""
        return await self.made(set_page, page)

    async def book(self, digest: Digest, page: Page) -> bytes:
        """A digest as XLSX."""
        return await self.made(to_xlsx, digest, page)

    async def chart(self, page: Page) -> bytes:
        """What is drawn on a digest's page, as PNG for a phone."""
        return await self.made(set_chart, page)

    async def made(self, work: Callable[..., Made], *given: object) -> Made:
        """What ``work``, a function of a module, makes of this. Raises whatever it raises."""
        self._busy += 1
        try:
            try:
                return await self._run(work, *given)
            except BrokenExecutor:  # the system took its memory, or somebody ended it: once more in a new one
                log.warning("the printing process ended; another one begins")
                self._drop()
                return await self._run(work, *given)
        finally:
            self._busy -= 1
            self._rest_later()

    def close(self) -> None:
        """End the process; the next page begins another."""
        if self._rest is not None:
            self._rest.cancel()
        self._drop()

    async def _run(self, work: Callable[..., Made], *given: object) -> Made:
        if self._pool is None:
            self._pool = self._begins()
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    def _drop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _rest_later(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(self._idle, self._rested)

    def _rested(self) -> None:
        if not self._busy:
            self._drop()


def _letters(letters: tuple[Letter, ...]) -> tuple[bytes, bytes]:
    return set_letters(letters), letters_docx(letters)


def _begin() -> None:
    """In the new process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this one
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
