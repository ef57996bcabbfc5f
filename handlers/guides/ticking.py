"""Which papers a typed message says are there, or missing: "2 đã có", "còn thiếu giấy chứng sinh". Pure.

A question is never a tick ("chưa có giấy chứng sinh thì sao?"), nor is a paper that the list does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from procedures.finding.fold import pairs, syllables
from procedures.procedure import Document

LONGEST = 24
"""Syllables; more is a story."""
ASKS = frozenset(("gi", "sao", "dau", "nao", "bao", "may", "khong", "ko", "hong", "nhi", "thi"))
"""A word of these makes it a question, or a condition."""
NOT_ASKED = re.compile(
    r"\b(?:ban sao|sao y|bao (?:tu|hiem|cao|lanh|mat|ve)|thong bao|con dau|dong dau|dau van tay|xe may)\b"
)
"""Names of papers that hold such a word."""
HAVE = re.compile(
    r"\b(?:da (?:co|lam|xin|lay|chuan bi|mang|du)|(?:co|du|xong|lam|xin|lay) (?:\w+ )*(?:roi|xong)|xong|du)\b"
)
LACK = re.compile(r"\b(?:con thieu|chua (?:co|lam|xin|lay|xong|du)|thieu|mat|bo (?:dau|tich))\b")
ALL = re.compile(r"\b(?:du (?:het|ca|giay|roi|ca roi)|co (?:het|ca|du)|xong (?:het|ca)|tat ca)\b")
CLAUSE = re.compile(r"[,;.\n]|\b(?:còn|nhưng|con|nhung)(?= thiếu| chưa| thieu| chua)", re.IGNORECASE)


class Ticks(Struct, frozen=True):
    """The numbers of papers that are there, and of those that are not."""

    have: tuple[int, ...]
    lack: tuple[int, ...]


def read_ticks(text: str, papers: Sequence[tuple[int, Document]]) -> Ticks | None:
    """What the message says of the papers; None where it says nothing certain."""
    words = syllables(text)
    told = NOT_ASKED.sub(" ", " ".join(words)).split()
    if not words or len(words) > LONGEST or "?" in text or not ASKS.isdisjoint(told):
        return None
    if ALL.search(" ".join(words)) and LACK.search(" ".join(words)) is None:
        return Ticks(tuple(n for n, _ in papers), ()) if not _named(text, papers) else None
    have: list[int] = []
    lack: list[int] = []
    last: list[int] | None = None
    for clause in CLAUSE.split(text):
        folded = " ".join(syllables(clause))
        here = lack if LACK.search(folded) else have if HAVE.search(folded) else last
        named = _named(clause, papers)
        if named and here is None:
            return None
        if here is not None:
            here += named
            last = here
    return Ticks(tuple(have), tuple(lack)) if have or lack else None


def _named(clause: str, papers: Sequence[tuple[int, Document]]) -> list[int]:
    """The numbers in a clause, else the one paper that it names."""
    words = syllables(clause)
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 3]
    if numbers:
        return numbers
    said = set(pairs(words))
    names = [set(pairs(syllables(document.name))) for _, document in papers]
    counts = [
        len(said & mine - set[str]().union(*(other for m, other in enumerate(names) if m != n)))
        for n, mine in enumerate(names)
    ]
    best = max(counts, default=0)
    return [papers[counts.index(best)][0]] if best and counts.count(best) == 1 else []
