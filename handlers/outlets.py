"""Who makes what leaves a chat: pages and files that are printed, links to them. Implemented above (``bot/paper``,
``bot/file_links.py``)."""

from __future__ import annotations

from typing import Protocol

from handlers.guides.sheet import Sheet
from handlers.known import Letter, Wanted
from ratings.digest import Digest
from ratings.reports.page import Page


class Printer(Protocol):
    """Who sets a list of papers, or a digest, on a page."""

    async def sheet(self, sheet: Sheet) -> bytes:
        """One page A4 as PDF."""
        ...

    async def letters(self, letters: tuple[Letter, ...]) -> tuple[bytes, bytes]:
        """Letters on A4, each on pages of its own, as one PDF and as one DOCX."""
        ...

    async def page(self, page: Page) -> bytes:
        """A digest on one page A4 as PDF."""
        ...

    async def book(self, digest: Digest, page: Page) -> bytes:
        """A digest and its page as XLSX."""
        ...

    async def chart(self, page: Page) -> bytes:
        """What is drawn on a digest's page, as PNG for a phone."""
        ...


class Links(Protocol):
    """Who makes links to files."""

    def link(self, wanted: Wanted) -> str:
        """The whole address; it opens until then, for as long as the official's role lasts."""
        ...
