"""A numbered list to choose from, in pages. The text holds the numbers, so it works where there are no buttons."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from handlers.messages import Choice
from handlers.texts import common
from handlers.texts.format import FIRST_LIMIT, LABEL_LIMIT, numbered, shortened

MOST = 8
"""Lines of a page, so that a number of one figure picks each."""


class Option(Struct, frozen=True):
    """One line of a list and the code that it says."""

    name: str
    says: str


class Page(Struct, frozen=True):
    """One page: its lines, and a choice for each; "Xem tiếp" comes last where more follow."""

    options: str
    choices: tuple[Choice, ...]


def page_of(options: Sequence[Option], page: int, more: str, head: str = "") -> Page:
    """The page (from 1; one too many is the last) that fits a small screen below ``head``.

    ``more`` is the code of this list, to which the page is added.
    """
    pages = _pages(options, FIRST_LIMIT - len(head))
    page = min(max(page, 1), len(pages))
    here = pages[page - 1]
    choices = keyed(here)
    if page < len(pages):
        choices += (Choice(common.label_next(), f"{more} p{page + 1}"),)
    return Page(numbered(option.name for option in here), choices)


def keyed(options: Sequence[Option]) -> tuple[Choice, ...]:
    """A choice for each option, with its number as the key."""
    names = [option.name for option in options]
    return tuple(Choice(_label(option.name, names), option.says, str(n)) for n, option in enumerate(options, 1))


def _label(name: str, names: Sequence[str]) -> str:
    """The name in short; its end where another of the list begins alike, since that is what tells them apart."""
    label = shortened(name)
    if sum(shortened(each) == label for each in names) < 2:
        return label
    words = name.split(" ")
    ends = (" ".join(words[at:]) for at in range(1, len(words)))
    return next((f"…{end}" for end in ends if len(end) < LABEL_LIMIT), label)


def _pages(options: Sequence[Option], room: int) -> list[list[Option]]:
    pages: list[list[Option]] = [[]]
    for option in options:
        length = sum(len(each.name) + 4 for each in pages[-1])
        if pages[-1] and (len(pages[-1]) == MOST or length + len(option.name) + 4 > room):
            pages.append([])
        pages[-1].append(option)
    return pages
