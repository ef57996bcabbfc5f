"""Repairing what was typed: telex left undecoded ("giaays" for giấy) and one slip of a finger ("khai snih").

Only syllables that nothing in the catalog or the word lists knows are touched, and a slip is only repaired to
a syllable that goes with its neighbour: most unknown syllables are right, just about something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

VOWEL = re.compile(r"[aeiouyw]")
KEYS = re.compile(r"[sfrxjw]")
DOUBLED = re.compile(r"([aeo])\1")
SHORTEST = 3
ALONE = 6
"""A syllable is repaired without a neighbour's word only from this length on."""


def untelex(token: str) -> str:
    """The folded syllable meant by telex keys: "dduwowngf" gives "duong".

    Keys are told from letters by their place: no syllable has s, f, r, x, j or w after its vowel.
    """
    token = token.replace("dd", "d")
    vowel = VOWEL.search(token)
    if vowel is None:
        return token
    onset, rhyme = token[: vowel.start()], token[vowel.start() :]
    if rhyme.startswith("w"):
        rhyme = "u" + rhyme[1:]
    return onset + DOUBLED.sub(r"\1", KEYS.sub("", rhyme))


class Repairer:
    """Knows all syllables and pairs of neighbouring syllables ("khai sinh") of the searched texts."""

    def __init__(self, known: Collection[str], known_pairs: Collection[str]) -> None:
        self._known = frozenset(known)
        self._pairs = frozenset(known_pairs)
        self._near: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= SHORTEST and word.isalpha():
                for key in {word, *_shortened(word)}:
                    self._near.setdefault(key, []).append(word)

    def knows(self, token: str) -> bool:
        """Whether it is right as it is."""
        return token in self._known

    def repaired(self, tokens: list[str]) -> list[str]:
        """As many tokens as given, in order; an unknown one replaced where the right one is clear."""
        if self._known.issuperset(tokens):
            return tokens
        decoded = [token if token in self._known else self._decoded(token) for token in tokens]
        return [self._respelled(decoded, place) for place in range(len(decoded))]

    def _decoded(self, token: str) -> str:
        plain = untelex(token)
        return plain if plain in self._known else token

    def _respelled(self, tokens: list[str], place: int) -> str:
        token = tokens[place]
        if token in self._known or len(token) < SHORTEST or not token.isalpha():
            return token
        before = tokens[place - 1] if place else ""
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        near = self._candidates(token)
        fitting = {word: (f"{before} {word}" in self._pairs) + (f"{word} {after}" in self._pairs) for word in near}
        best = max(fitting.values(), default=0)
        chosen = [word for word, fits in fitting.items() if fits == best]
        return chosen[0] if len(chosen) == 1 and (best > 0 or len(token) >= ALONE) else token

    def _candidates(self, token: str) -> set[str]:
        found: set[str] = set()
        for key in (token, *_shortened(token)):
            found.update(word for word in self._near.get(key, ()) if _is_one_slip(token, word))
        return found


def _shortened(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter more, less or other, or two neighbours swapped."""
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    if left[1:] == right or left == right[1:] or left[1:] == right[1:]:
        return True
    return len(left) == len(right) and left[:2] == right[:2][::-1] and left[2:] == right[2:]
