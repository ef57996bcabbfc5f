"""Finding the procedure a citizen means, among those of the catalog: pure, in memory, built once.

Two cosines over TF-IDF terms are added. ``nearest`` compares the question with each way of naming a
procedure and keeps the best one (never the sum: fifty aliases are not fifty reasons). ``profile``
compares it with all of them pooled. Then a variant ("lưu động", "có yếu tố nước ngoài") whose mark
nobody said gives way to the plain procedure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from procedures.fold import syllables
from procedures.lay_words import LayWords
from procedures.terms import Terms, asked_terms, written_terms

NAME = 0.3
UNSAID = 0.93
ANSWER = 0.6
CLEAR = 0.1
ASK = 0.4
CHOICES = 3


class Named(Protocol):
    """What can be searched for."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def plain(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Hit(Generic[N]):
    """One procedure found; ``score`` in 0..1 is about the share of such hits that are right."""

    procedure: N
    score: float


@dataclass(frozen=True, slots=True)
class Answer(Generic[N]):
    """Sure enough to answer at once."""

    hit: Hit[N]


@dataclass(frozen=True, slots=True)
class Ask(Generic[N]):
    """Which of these (two or three, the likeliest first) is meant?"""

    hits: tuple[Hit[N], ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing here fits."""


Decision = Answer[N] | Ask[N] | Unknown


class Postings:
    """Rows of weighted terms, each scaled to length 1, looked up by term."""

    def __init__(self, rows: Iterable[Terms]) -> None:
        self._rows: dict[str, list[tuple[int, float]]] = {}
        for number, row in enumerate(rows):
            length = _length(row)
            for term, weight in row.items():
                self._rows.setdefault(term, []).append((number, weight / length))

    def cosines(self, query: Terms) -> dict[int, float]:
        """The rows that share a term with ``query`` (of length 1)."""
        found: dict[int, float] = {}
        for term, weight in query.items():
            for number, share in self._rows.get(term, ()):
                found[number] = found.get(number, 0.0) + weight * share
        return found


class Index(Generic[N]):
    """The search over some procedures. Building takes milliseconds, a question less than one."""

    def __init__(self, procedures: Iterable[N], words: LayWords | None = None) -> None:
        self._procedures = tuple(procedures)
        self._words = words or LayWords.load()
        texts = [[(text, written_terms(text, self._words)) for text in _texts(each)] for each in self._procedures]
        self._rarity = _rarities([terms for _, terms in each] for each in texts)
        self._owner = [number for number, each in enumerate(texts) for _ in each]
        self._is_name = [position == 0 for each in texts for position, _ in enumerate(each)]
        self._nearest = Postings(self._rare(terms) for each in texts for _, terms in each)
        self._profile = Postings(self._rare(_pooled([terms for _, terms in each])) for each in texts)
        self._marks = [_marks(each, self._words) for each in self._procedures]

    def ranked(self, text: str) -> list[tuple[int, float]]:
        terms, said = asked_terms(text, self._words)
        query = self._rare(terms)
        length = _length(query)
        query = {term: weight / length for term, weight in query.items()}
        totals = self._profile.cosines(query)
        best: dict[int, float] = {}
        for number, cosine in self._nearest.cosines(query).items():
            owner = self._owner[number]
            if cosine > best.get(owner, 0.0):
                best[owner] = cosine
            if self._is_name[number]:
                totals[owner] += NAME * cosine
        for owner, cosine in best.items():
            totals[owner] += cosine
        for owner in totals:
            unsaid = len(self._marks[owner] - said)
            totals[owner] *= UNSAID**unsaid
        return sorted(totals.items(), key=lambda pair: -pair[1])

    def search(self, text: str, limit: int = 5) -> list[Hit[N]]:
        return [Hit(self._procedures[number], total) for number, total in self.ranked(text)[:limit]]

    def _rare(self, terms: Terms) -> Terms:
        unseen = self._rarity[""]
        return {term: weight * self._rarity.get(term, unseen) for term, weight in terms.items()}


def _texts(procedure: Named) -> list[str]:
    plain = [procedure.plain] if procedure.plain else []
    return [procedure.name, *plain, *procedure.aliases]


def _marks(procedure: Named, words: LayWords) -> frozenset[str]:
    tokens = syllables(f"{procedure.name} . {procedure.plain}")
    return frozenset(mark for _, _, mark in words.title_marks.all(tokens))


def _rarities(texts: Iterable[list[Terms]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    total = 0
    for each in texts:
        total += 1
        for term in {term for terms in each for term in terms}:
            counts[term] = counts.get(term, 0) + 1
    rarity = {term: math.log1p((total - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
    rarity[""] = math.log1p((total + 0.5) / 0.5)
    return rarity


def _pooled(texts: list[Terms]) -> Terms:
    sums: Terms = {}
    for terms in texts:
        for term, weight in terms.items():
            sums[term] = sums.get(term, 0.0) + weight
    return {term: math.log1p(weight) for term, weight in sums.items()}


def _length(terms: Terms) -> float:
    return math.sqrt(sum(weight * weight for weight in terms.values())) or 1.0
