"""Names of places in a question: they say where, never what for. "làm khai sinh ở xã Nậm Sen" asks for a birth's
registration; a name that nobody ever wrote makes the whole look like no question of a desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from procedures.finding.fold import SYLLABLE, fold, syllables

LEVELS = frozenset(
    ("xa", "phuong", "huyen", "quan", "tinh", "tp", "thon", "ap", "ban", "thi tran", "thi xa", "thanh pho", "dac khu")
)
"""What stands before the name of a unit."""
AT = frozenset(("o", "tai", "ve"))
"""What stands before a level, or before a name alone."""
BEFORE = AT.union(*(level.split() for level in LEVELS))
FORMER = "cu"
LONGEST, USUAL = 4, 2
"""Syllables of a name at most, and of most names."""


def without_place(text: str, is_known: Callable[[str], bool]) -> str | None:
    """``text`` without the first name of a place, and the words that lead to it; None where it names none, or nothing
    else. ``is_known``: whether a folded syllable is one of those that procedures are asked for with.

    A name is written with capitals; in small letters it is told by "cũ" behind it and a syllable that nobody knows.
    """
    said = syllables(text)
    if BEFORE.isdisjoint(said) or (FORMER not in said and text[1:].islower()):
        return None
    words = [(found.group(), found.start(), found.end()) for found in SYLLABLE.finditer(text)]
    typed, folded = [word for word, _, _ in words], [fold(word) for word, _, _ in words]
    for start in range(len(words)):
        end = _end(typed, folded, start, is_known)
        if end is not None:
            return " ".join(f"{text[: words[start][1]]} {text[words[end - 1][2] :]}".split()) or None
    return None


def _end(typed: Sequence[str], folded: Sequence[str], start: int, is_known: Callable[[str], bool]) -> int | None:
    """Where a place ends whose words begin at ``start``; None where none begins there."""
    place = start + (folded[start] in AT)
    size = next((size for size in (2, 1) if " ".join(folded[place : place + size]) in LEVELS), 0)
    first = place + size
    if first == start:
        return None
    last = first
    while last < min(len(typed), first + LONGEST) and typed[last][0].isupper():
        last += 1
    is_strange = not all(map(is_known, folded[first : first + USUAL]))
    if size and last == first and is_strange and folded[first + USUAL : first + USUAL + 1] == [FORMER]:
        last = first + USUAL
    if last == first or (not size and (last - first < USUAL or not is_strange)):
        return None
    return last + (folded[last : last + 1] == [FORMER])
