"""What a conversation keeps beside where it stands: lists of papers begun, and how the citizen calls themselves.

Stored as ``{"v": 1, "lists": [[procedure, answers, print, [1, 3]], …], "address": "bác"}``; what this version does not
know loads as nothing. No words of the citizen are in it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

VERSION = 1
MOST_LISTS = 3


class Checklist(Struct, frozen=True):
    """One list of papers: the answers that led to it (``guides.guide``), and which papers are there, from 1."""

    procedure: str
    answers: str
    print: str
    have: tuple[int, ...] = ()

    def same(self, other: Checklist) -> bool:
        """Whether both are about the same papers."""
        return (self.procedure, self.answers, self.print) == (other.procedure, other.answers, other.print)


class Memory(Struct, frozen=True):
    """``lists``: the one used last comes first. ``address``: "bác", "cô"; "" is "anh/chị"."""

    lists: tuple[Checklist, ...] = ()
    address: str = ""

    def with_list(self, checklist: Checklist) -> Memory:
        """``checklist`` first, in place of an earlier one about the same papers."""
        others = tuple(each for each in self.lists if not each.same(checklist))
        return replace(self, lists=(checklist, *others)[:MOST_LISTS])

    def like(self, checklist: Checklist) -> Checklist:
        """The kept list about the same papers, else ``checklist`` itself."""
        return next((each for each in self.lists if each.same(checklist)), checklist)


def dump(memory: Memory) -> dict[str, Any] | None:
    """As plain JSON values; None where nothing is kept."""
    if memory == Memory():
        return None
    lists = [[each.procedure, each.answers, each.print, list(each.have)] for each in memory.lists]
    return {"v": VERSION, "lists": lists, "address": memory.address}


def load(stored: Any) -> Memory:
    """What was stored; nothing for what this version cannot read."""
    try:
        if stored["v"] != VERSION:
            return Memory()
        lists = tuple(Checklist(str(p), str(a), str(m), tuple(map(int, have))) for p, a, m, have in stored["lists"])
        return Memory(lists, str(stored["address"]))
    except (KeyError, TypeError, ValueError):
        return Memory()
