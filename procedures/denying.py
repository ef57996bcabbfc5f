"""What a question says is not so: "chưa đăng ký kết hôn mà có con" is not about registering a marriage."""

from __future__ import annotations

from procedures.fold import syllables
from procedures.terms import Spoken

NOT = (("chua",), ("khong", "phai"), ("chang", "phai"), ("dau", "phai"))
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
        for word in NOT if token in NO else ():
            first = start + len(word)
            if tuple(tokens[start:first]) != word:
                continue
            end = first
            while end < min(len(tokens), first + LONGEST) and tokens[end] not in ENDS:
                end += 1
            if end - first >= LEFT and len(tokens) - (end - start) >= LEFT:
                return range(start, end)
    return range(0)


def without(spoken: Spoken, places: range) -> str:
    """The question without what it denies."""
    return " ".join(typed for place, typed in enumerate(spoken.spelled) if place not in places)


def is_named_there(names: tuple[str, ...], spoken: Spoken, places: range) -> bool:
    """Whether a whole name of a procedure stands in what is denied."""
    said = {spoken.tokens[place] for place in places}
    return any(said.issuperset(syllables(name)) for name in names if name)
