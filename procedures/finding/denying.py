"""What a question says is not so: "chưa đăng ký kết hôn mà có con" is not about registering a marriage."""

from __future__ import annotations

from collections.abc import Sequence

from procedures.finding.fold import syllables
from procedures.finding.terms import Spoken

NOT = (("chua",), ("khong", "phai"), ("chang", "phai"), ("dau", "phai"))
NOT_DONE = ("khong", "dang", "ky")
GOES_ON = frozenset(("ma", "nhung", "nen", "muon", "gio"))
"""Denies as well, where the sentence goes on so: alone "không" ends most questions."""
NO = frozenset(word[0] for word in NOT)
ENDS = frozenset(
    ("ma", "thi", "nen", "nhung", "gio", "muon", "co", "hoi", "la", "can", "toi", "em", "de", "roi", "lan")
)
"""Where what is denied ends: a sentence goes on with what is so."""
LONGEST = 6
"""Syllables that are denied at most."""
LEFT = 2
"""Syllables that have to be left, or all was about what is not so."""


def denied(spoken: Spoken) -> range:
    """The places of what the first denial denies; an empty range where nothing is, or nothing else is said."""
    tokens = spoken.tokens
    for start, token in enumerate(tokens):
        first = _after_denial(tokens, start) if token in NO else None
        if first is None:
            continue
        end = first
        while end < min(len(tokens), first + LONGEST) and tokens[end] not in ENDS:
            end += 1
        is_so = tuple(tokens[start : start + len(NOT_DONE)]) != NOT_DONE or not GOES_ON.isdisjoint(
            tokens[end : end + 1]
        )
        if is_so and end - first >= LEFT and len(tokens) - (end - start) >= LEFT:
            return range(start, end)
    return range(0)


def _after_denial(tokens: Sequence[str], start: int) -> int | None:
    """Where what is denied begins, if a denial begins at ``start``."""
    for word in NOT:
        if tuple(tokens[start : start + len(word)]) == word:
            return start + len(word)
    return start + 1 if tuple(tokens[start : start + len(NOT_DONE)]) == NOT_DONE else None


def without(spoken: Spoken, places: range) -> str:
    """The question without what it denies."""
    return " ".join(typed for place, typed in enumerate(spoken.spelled) if place not in places)


def is_named_there(names: tuple[str, ...], spoken: Spoken, places: range) -> bool:
    """Whether a whole name of a procedure stands in what is denied."""
    said = {spoken.tokens[place] for place in places}
    return any(said.issuperset(syllables(name)) for name in names if name)
