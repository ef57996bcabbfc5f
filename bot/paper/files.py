"""A digest in every format. Needs no database: a process that only makes files begins in a third of a second."""

from __future__ import annotations

from collections.abc import Callable

from bot.paper.sheets import set_page
from ratings.reports import document
from ratings.reports.html import to_html
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.reports.workbook import to_xlsx

FORMATS: dict[str, Callable[..., bytes]] = {
    "text": lambda digest, name, named=str: f"{render_text(digest, name, named=named)}\n".encode(),
    "json": lambda digest, name, named=str: document.to_text(digest).encode(),
    "xlsx": lambda digest, name, named=str: to_xlsx(digest, make_page(digest, name, named=named)),
    "html": lambda digest, name, named=str: to_html(make_page(digest, name, named=named)).encode(),
    "pdf": lambda digest, name, named=str: set_page(make_page(digest, name, named=named)),
    "png": lambda digest, name, named=str: set_page(make_page(digest, name, named=named), "png"),
}
BINARY = frozenset({"xlsx", "pdf", "png"})
