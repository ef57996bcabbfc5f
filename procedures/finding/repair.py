"""Repairing what was typed: slips of a finger ("khai snih"), words run together ("thueca nhan"), and syllables spelled
as they sound where people say l for n or x for s ("xin cap nai" for lại).

Only what nothing in the catalog or the word lists knows is touched, or what is known but goes with neither neighbour:
most unknown syllables are right, just about something else. Of the possible repairs the one that goes best with its
neighbours is taken, then the commonest, the slip weighed by how easily fingers make it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from procedures.finding.keyed import is_syllable

VOWEL = re.compile(r"[aeiouyw]")
KEYS = re.compile(r"[sfrxjw]")
DOUBLED = re.compile(r"([aeo])\1")
SHORTEST = 3
LONGEST = 14
"""Letters of what is repaired: less could be anything, more is no syllable nor two."""
ALONE, NO_SYLLABLE = 6, 4
"""Letters from which on a word is repaired without a neighbour's word, and from which where it is no syllable: what is
one may be a name."""
SHORTENED = 4
"""Letters from which on a short form ("gplx") is looked for behind a slip."""
ITSELF, RIVAL, BETTER = 0.3, 1.0, 2.5
"""What it counts how common a repair is by itself, beside how common it is with its neighbours; by how much the best
has to lead where it goes with neither; by how much a known syllable has to be worse than one that sounds like it."""
OFTEN, APART = 3.0, 2.0
"""How common both halves of words run together have to be where nobody wrote them side by side, and what it costs."""
LETTERS = "abcdeghiklmnopqrstuvxy"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
FAR, NEAR, EASY = 1.5, 0.5, 0.0
"""What a slip costs: any letter for any other, one for its neighbour on the keyboard, letters left out or swapped."""
_BEGINNINGS = "l n, s x, ch tr, gi d, gi r, d r, v d, gi z, d z"
_ENDINGS = "n ng, t c, i y, n nh, ch t"
SOUNDS, ENDINGS = (
    tuple(pair for one, other in (each.split() for each in alike.split(", ")) for pair in ((one, other), (other, one)))
    for alike in (_BEGINNINGS, _ENDINGS)
)
"""Beginnings and endings that many people say, and therefore write, alike."""


def untelex(token: str) -> str:
    """The folded syllable meant by telex keys, wherever they stand: "dduwowngf" and "duongwf" give "duong".

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
    """Knows syllables and pairs of neighbours ("khai sinh") by their numbers, and how rare each is.

    ``unseen``: how rare a term is that nobody ever wrote. ``words``: further syllables that are right; ``shorts``:
    short forms that may be meant. Nothing is copied: a search's own terms are looked at.
    """

    def __init__(
        self,
        numbers: Mapping[str, int],
        rarity: Sequence[float],
        unseen: float,
        words: Collection[str] = (),
        shorts: Collection[str] = (),
    ) -> None:
        self._numbers, self._rarity = numbers, rarity
        self._words = frozenset(words)
        self._shorts = frozenset(short for short in shorts if len(short) >= SHORTENED)
        self._unseen = unseen
        self._slips = lru_cache(maxsize=1024)(self._slipped)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_slips"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._slips = lru_cache(maxsize=1024)(self._slipped)

    def knows(self, token: str) -> bool:
        """Whether it is right as it is."""
        return token in self._numbers or token in self._words

    def believes(self, typed: str) -> bool:
        """Whether somebody wrote a syllable with just these diacritics; else they are slips."""
        return f"^{typed}" in self._numbers

    def repaired(self, tokens: list[str], spelled: list[str]) -> list[str]:
        """As many texts as tokens, in order; one that was wrong replaced where the right one is clear.

        A repair may be two syllables with a space between. ``spelled``: the tokens with their diacritics.
        """
        found: list[str] = []
        for place, token in enumerate(tokens):
            before = found[-1].rpartition(" ")[2] if found else ""
            after = tokens[place + 1] if place + 1 < len(tokens) else ""
            if not self.knows(token):
                found.append(self._respelled(token, before, after))
            elif token == spelled[place] or not self.believes(spelled[place]):
                found.append(self._as_it_sounds(token, before, after))
            else:
                found.append(token)
        return found

    def _beside(self, before: str, word: str, after: str) -> float:
        """How common the pairs with both neighbours are, in logs; 0 where nobody ever wrote either."""
        first, _, last = word.partition(" ")
        return self._common(f"{before} {first}") + self._common(f"{last or first} {after}")

    def _common(self, term: str) -> float:
        """The log of how common a term is, over one that nobody ever wrote."""
        number = self._numbers.get(term)
        return 0.0 if number is None else self._unseen - self._rarity[number]

    def _as_it_sounds(self, token: str, before: str, after: str) -> str:
        """A known syllable, or one that sounds like it and goes far better with the neighbours."""
        here = f"{before} {token}" in self._numbers and f"{token} {after}" in self._numbers
        if here or len(token) < 2:
            return token
        likely = [(self._beside(before, word, after), word) for word in sounding_like(token)]
        best, word = max(likely, default=(0.0, token))
        return word if best - self._beside(before, token, after) >= BETTER else token

    def _respelled(self, token: str, before: str, after: str) -> str:
        plain = untelex(token)
        if self.knows(plain):
            return plain
        if not SHORTEST <= len(token) <= LONGEST or not token.isascii() or not token.isalpha():
            return token
        ranked = sorted(
            (
                (self._beside(before, word, after) + ITSELF * self._common(word) - cost, word)
                for word, cost in self._slips(token)
            ),
            reverse=True,
        )
        if not ranked:
            return token
        best = ranked[0][1]
        if self._beside(before, best, after) or " " in best or best in self._shorts:
            return best
        lead = ranked[0][0] - ranked[1][0] if len(ranked) > 1 else RIVAL
        return best if len(token) >= (ALONE if is_syllable(token) else NO_SYLLABLE) and lead >= RIVAL else token

    def _slipped(self, token: str) -> tuple[tuple[str, float], ...]:
        """What may have been meant by an unknown token, each with what the slip costs."""
        costs: dict[str, float] = {}
        for word, cost in _one_slip_from(token):
            if cost < costs.get(word, 9.0) and len(word) >= 2 and (self.knows(word) or word in self._shorts):
                costs[word] = cost
        for cut in range(2, len(token) - 1):
            first, last = token[:cut], token[cut:]
            if f"{first} {last}" in self._numbers or self._holds_a_short(first, last):
                costs[f"{first} {last}"] = EASY
            elif min(self._common(first), self._common(last)) >= OFTEN and not is_syllable(token):
                costs[f"{first} {last}"] = APART
        return tuple(costs.items())

    def _holds_a_short(self, first: str, last: str) -> bool:
        """Whether one of two halves is a short form and the other a syllable: "laicccd"."""
        return (first in self._shorts and self.knows(last)) or (last in self._shorts and self.knows(first))


@lru_cache(maxsize=4096)
def sounding_like(token: str) -> tuple[str, ...]:
    """Syllables that many say like this one: "nai" gives "lai"."""
    begun = (other + token[len(one) :] for one, other in SOUNDS if token.startswith(one))
    ended = (token[: -len(one)] + other for one, other in ENDINGS if token.endswith(one))
    return tuple(word for word in (*begun, *ended) if is_syllable(word))


def _one_slip_from(token: str) -> Iterator[tuple[str, float]]:
    """Every text that one slip makes of ``token``, or that made ``token``; with what the slip costs."""
    for word in sounding_like(token):
        yield word, EASY
    for place in range(len(token)):
        rest = token[place + 1 :]
        yield token[:place] + rest, EASY
        if rest:
            yield token[:place] + rest[0] + token[place] + rest[1:], EASY
        for letter in LETTERS:
            yield token[:place] + letter + rest, NEAR if letter in _NEIGHBOURS.get(token[place], "") else FAR
    for place in range(len(token) + 1):
        for letter in LETTERS:
            yield token[:place] + letter + token[place:], EASY


def _neighbours() -> dict[str, str]:
    """The keys around each key of the keyboard."""
    places = {key: (x + y * 0.5, y) for y, row in enumerate(ROWS) for x, key in enumerate(row)}
    return {
        key: "".join(other for other, (x, y) in places.items() if other != key and abs(x - a) <= 1 and abs(y - b) <= 1)
        for key, (a, b) in places.items()
    }


_NEIGHBOURS = _neighbours()
