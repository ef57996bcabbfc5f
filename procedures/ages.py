"""Whose age is said, and whom a procedure or a case is for: "con 13 tuổi" is below 14. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from procedures.finding.fold import syllables

CHILD = frozenset(["con", "chau", "be", "nhoc", "tre"])
NEAR = 4
"""Syllables before an age among which the child is named whose age it is."""
OLDEST = 120
_AGE = re.compile(r"(\d{1,3})t?")
_LIMIT = re.compile(r"(?:tu (?:du )?)?(\d+)(?: tuoi)? den duoi (\d+)|duoi (\d+) tuoi|tu (?:du )?(\d+) tuoi")


def age_said(text: str) -> int | None:
    """The one age in years that ``text`` says; None where none is said, or several, or a parent's beside a child."""
    if not any(map(str.isdigit, text)):
        return None
    words = syllables(text)
    found: dict[int, int] = {}
    for place, word in enumerate(words):
        age = _AGE.fullmatch(word)
        if age is not None and (word.endswith("t") or words[place + 1 : place + 2] == ["tuoi"]):
            found[place] = int(age[1])
    if len(found) != 1:
        return None
    ((place, years),) = found.items()
    is_childs = CHILD.isdisjoint(words) or not CHILD.isdisjoint(words[max(place - NEAR, 0) : place])
    return years if is_childs and years <= OLDEST else None


@lru_cache(4096)
def ages_of(name: str) -> range | None:
    """The ages for which something is by its name: "Từ 6 đến dưới 14 tuổi"; None where it names none, or several."""
    found: list[tuple[str, str, str, str]] = _LIMIT.findall(" ".join(syllables(name)))
    if len(found) != 1:
        return None
    least, below, only_below, only_least = found[0]
    if only_least:
        return range(int(only_least), OLDEST + 1)
    return range(int(least or 0), int(below or only_below))
