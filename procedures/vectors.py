"""Weighted terms as vectors: rarity (IDF), length 1, cosine. Dictionaries are enough at some thousand short texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from procedures.terms import Terms


class Rarity:
    """How rare a term is among groups of texts: ln(1 + (N - n + 0.5) / (n + 0.5)), the IDF of BM25.

    A group is a procedure: twelve aliases that share a word make it no commoner.
    """

    def __init__(self, groups: Iterable[Sequence[Terms]]) -> None:
        counts: dict[str, int] = {}
        total = 0
        for group in groups:
            total += 1
            for term in {term for terms in group for term in terms}:
                counts[term] = counts.get(term, 0) + 1
        self.terms = counts.keys()
        self._weights = {term: math.log1p((total - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
        self._unseen = math.log1p((total + 0.5) / 0.5)

    def vector(self, terms: Terms) -> Terms:
        """The terms weighed by their rarity, of length 1."""
        return unit({term: weight * self._weights.get(term, self._unseen) for term, weight in terms.items()})


class Postings:
    """Vectors looked up by term."""

    def __init__(self, vectors: Iterable[Terms]) -> None:
        self._rows: dict[str, list[tuple[int, float]]] = {}
        for number, vector in enumerate(vectors):
            for term, weight in vector.items():
                self._rows.setdefault(term, []).append((number, weight))

    def cosines(self, query: Terms) -> dict[int, float]:
        """The cosine of each vector that shares a term with ``query``, by its number."""
        found: dict[int, float] = {}
        for term, weight in query.items():
            for number, share in self._rows.get(term, ()):
                found[number] = found.get(number, 0.0) + weight * share
        return found


def pooled(texts: Sequence[Terms]) -> Terms:
    """All texts as one, a term that returns counting less each time."""
    sums: Terms = {}
    for terms in texts:
        for term, weight in terms.items():
            sums[term] = sums.get(term, 0.0) + weight
    return {term: math.log1p(weight) for term, weight in sums.items()}


def unit(terms: Terms) -> Terms:
    length = math.sqrt(sum(weight * weight for weight in terms.values())) or 1.0
    return {term: weight / length for term, weight in terms.items()}
