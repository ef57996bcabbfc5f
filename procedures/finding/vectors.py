"""Weighted terms as vectors: rarity (IDF), length 1, cosine. Flat arrays, so that ten thousand texts cost little."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from procedures.finding.terms import Terms

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


class Vector(Struct, frozen=True):
    """A text's known terms by number, with weights; the whole text, unknown terms included, has length 1."""

    terms: Sequence[int]
    weights: Sequence[float]


class Rarity:
    """How rare a term is among groups of texts: ln(1 + (N - n + 0.5) / (n + 0.5)), the IDF of BM25.

    A group is a procedure: twelve aliases that share a word make it no commoner. ``known`` of ``total`` groups that
    were counted before; ``groups`` are further ones.
    """

    def __init__(self, known: Mapping[str, int], total: int, groups: Iterable[Iterable[str]]) -> None:
        counts = dict(known)
        for group in groups:
            total += 1
            for term in group:
                counts[term] = counts.get(term, 0) + 1
        self.numbers = {term: number for number, term in enumerate(counts)}
        self.weights = [math.log1p((total - count + 0.5) / (count + 0.5)) for count in counts.values()]
        self.unseen = math.log1p((total + 0.5) / 0.5)

    def vector(self, terms: Terms) -> Vector:
        """The terms of any text weighed by their rarity."""
        numbers: list[int] = []
        weights: list[float] = []
        squares = 0.0
        for term, weight in terms.items():
            number = self.numbers.get(term)
            if number is None:
                squares += (weight * self.unseen) ** 2
                continue
            share = weight * self.weights[number]
            squares += share * share
            numbers.append(number)
            weights.append(share)
        length = math.sqrt(squares) or 1.0
        return Vector(numbers, [share / length for share in weights])

    def packed(self, texts: Sequence[Terms]) -> Packed:
        """The same of many texts at once."""
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        total = int(sizes.sum())
        numbers = np.fromiter(map(self.numbers.get, chain.from_iterable(texts), repeat(-1)), np.int32, total)
        weights = np.fromiter(chain.from_iterable(each.values() for each in texts), np.float64, total)
        weights *= np.asarray([*self.weights, self.unseen])[numbers]
        rows = np.repeat(np.arange(len(texts)), sizes)
        lengths = np.sqrt(np.bincount(rows, weights * weights, len(texts)))
        shares = weights / np.where(lengths, lengths, 1)[rows]
        is_known = numbers >= 0
        return Packed.of(numbers[is_known], shares[is_known], np.bincount(rows[is_known], minlength=len(texts)))


class Packed(Struct, frozen=True):
    """Some vectors as flat arrays: a term and its weight an entry; vector ``n`` begins at entry ``starts[n]``.

    No vector is without an entry, so that sums may be taken from start to start.
    """

    terms: Numbers
    weights: Floats
    starts: Numbers

    @classmethod
    def of(cls, terms: Numbers, weights: npt.NDArray[np.float64], sizes: npt.NDArray[np.int64]) -> Packed:
        """``sizes``: how many entries each vector has, one after the other; those without any get one that is 0."""
        ends = np.cumsum(sizes)
        empty = np.flatnonzero(sizes == 0)
        terms, weights = np.insert(terms, ends[empty], 0), np.insert(weights, ends[empty], 0.0)
        ends = np.cumsum(np.maximum(sizes, 1))
        starts = ends - np.maximum(sizes, 1)
        return cls(terms.astype(np.int32), weights.astype(np.float32), starts.astype(np.int32))

    @classmethod
    def together(cls, parts: Sequence[Packed]) -> Packed:
        """The vectors of all parts, in their order."""
        terms, weights = [each.terms for each in parts], [each.weights for each in parts]
        texts = [len(each.starts) for each in parts]
        ends = np.cumsum([len(each) for each in terms])
        shifts = np.repeat((ends - [len(each) for each in terms]).astype(np.int32), texts)
        return cls(np.concatenate(terms), np.concatenate(weights), np.concatenate([p.starts for p in parts]) + shifts)

    def part(self, start: int, end: int) -> Packed:
        """The vectors from ``start`` to before ``end``, as a view."""
        first, last = (int(self.starts[at]) if at < len(self.starts) else len(self.terms) for at in (start, end))
        return Packed(self.terms[first:last], self.weights[first:last], self.starts[start:end] - np.int32(first))

    def cosines(self, dense: Floats) -> Floats:
        """The cosine of every vector with the one that ``dense`` holds, a weight a term."""
        return np.asarray(np.add.reduceat(dense[self.terms] * self.weights, self.starts), np.float32)


class Postings:
    """Vectors looked up by term."""

    def __init__(self, packed: Packed, terms: int) -> None:
        self._count = len(packed.starts)
        rows = np.repeat(np.arange(self._count, dtype=np.int32), np.diff([*packed.starts, len(packed.terms)]))
        order = np.argsort(packed.terms, kind="stable")
        self._rows, self._weights = rows[order], packed.weights[order]
        self._starts = np.searchsorted(packed.terms[order], np.arange(terms + 1, dtype=np.int32)).astype(np.int32)

    def cosines(self, query: Vector) -> Floats:
        """The cosine of every vector with ``query``, by its number."""
        terms = np.asarray(query.terms, np.int64)
        starts = self._starts[terms]
        sizes = self._starts[terms + 1] - starts
        ends = np.cumsum(sizes)
        if not len(ends) or not ends[-1]:
            return np.zeros(self._count, np.float32)
        places = np.arange(ends[-1]) + np.repeat(starts - ends + sizes, sizes)
        shares = self._weights[places] * np.repeat(np.asarray(query.weights, np.float32), sizes)
        return np.bincount(self._rows[places], shares, self._count).astype(np.float32)


def pooled(texts: Sequence[Terms]) -> Terms:
    """All texts as one, a term that returns counting less each time."""
    sums: Terms = {}
    for terms in texts:
        for term, weight in terms.items():
            sums[term] = sums.get(term, 0.0) + weight
    return {term: math.log1p(weight) for term, weight in sums.items()}
