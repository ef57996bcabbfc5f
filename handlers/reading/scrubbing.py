"""What is kept of a question that was not answered: its known words, and nothing that could name a person. Pure.

The door has masked numbers before. Here go all other figures, what follows "tên", names by their family name, words
with a capital inside a sentence, and every word that no procedure, no word list and no way of asking knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.reading.door import without_masks
from handlers.reading.said import said
from procedures.finding.fold import SYLLABLE, fold

LONGEST = 120
"""Characters kept."""
FEWEST = 2
"""Syllables: one word alone teaches nobody anything."""

KIN = frozenset(("toi", "em", "con", "chau", "vo", "chong", "bo", "me", "ba", "ong", "anh", "chi", "la", "ho"))
"""Before "tên": somebody's own; "đổi tên" is a procedure."""
SHORT_FORM = re.compile(r"[A-ZĐ]{2,6}")
"""An abbreviation is no name: UBND, CCCD."""


def scrubbed(text: str, knows: Callable[[str], bool]) -> str:
    """The words kept, in small letters; "" where too few are left. ``knows`` a folded syllable."""
    words = [found[0] for found in SYLLABLE.finditer(without_masks(text)[: 2 * LONGEST])]
    folded = [fold(word) for word in words]
    gone = _names(words, folded)
    kept = [
        word.lower()
        for n, (word, token) in enumerate(zip(words, folded, strict=True))
        if n not in gone and not any(character.isdigit() for character in token) and knows(token)
    ]
    if len(kept) < FEWEST:
        return ""
    line = " ".join(kept)
    return line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0]


def _names(words: list[str], folded: list[str]) -> set[int]:
    """The places of what may be a name."""
    table, gone = said(), set[int]()
    shouted = sum(word.isupper() for word in words) * 2 > len(words)
    for n, (word, plain) in enumerate(zip(words, folded, strict=True)):
        capital = n > 0 and word[:1].isupper() and not SHORT_FORM.fullmatch(word) and not shouted
        if capital:
            gone.add(n)
        after = words[n + 1] if n + 1 < len(words) else ""
        if plain in table.family_names and after and (fold(after) in table.middle_names or after[:1].isupper()):
            gone.update((n, n + 1, n + 2))
        if plain == "ten" and n and folded[n - 1] in KIN:
            gone.update((n + 1, n + 2, n + 3))
    return gone
