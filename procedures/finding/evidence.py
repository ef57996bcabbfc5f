"""What speaks for each procedure when a question is asked: one number a channel, for the likeliest few.

Channels: the learned encoder (nearest to the class, nearest to one single text), terms in common with all names
pooled, with the best single name, with the best single way of asking; how much of the question all its texts together
hold; and the marks of variants said or unsaid. The best single text counts, never a sum: fifty ways of asking are not
fifty reasons. Nothing here counts how many texts a procedure has, nor whether it has any: that would teach a ranking
who was written about, not what is meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from procedures.finding.encoder import RUN, Encoder, unit_rows
from procedures.finding.fold import accented, syllables
from procedures.finding.lay_words import LayWords
from procedures.finding.repair import Repairer
from procedures.finding.terms import (
    Spoken,
    asked,
    asking,
    bared,
    marks_in,
    readings,
    terms_of,
    weighed,
    with_meanings,
    written,
)
from procedures.finding.vectors import Floats, Numbers, Packed, Postings, Rarity, Vector, pooled

CANDIDATES, MANY = 10, 20
MANY_FROM = 1000
"""How many procedures are looked at closely, and how many where so many are searched; the right one is among them when
it is found at all."""
FAIR = 0.2
"""The share of the nearest one's likeness by terms from which, among many, a name may be a candidate."""
LIKE = 0.9
"""The sum of two cosines, with a kind's class and its nearest line, from which a question is said to be of a kind."""
CLEARLY = 0.5
"""The cosine from which a question is taken to be about what was learned, though it is not searched here."""
MOST_ELSEWHERE = 3
NEARLY = 0.12
"""By how much less near what is learned about but not searched here may be and still be meant: what is further from a
question was never meant in 57 of 58 written to try it."""
AS_NEAR = 0.1
"""By how much less near a reading of a question may be, before a close look, and still be the right one: at most 0.014
in the 97 of 2,194 development questions that have several."""
SAME = 0.995
"""The cosine from which a question is a procedure's name word for word, but for what every question says."""
CHANNELS = (
    "proto",
    "near",
    "profile",
    "name",
    "way",
    "best",
    "unsaid",
    "unmet",
    "met",
    "unbound",
    "whole",
    "unkept",
    "held",
)
PROTO, NEAR, PROFILE, NAME, WAY, BEST, UNSAID, UNMET, MET, UNBOUND, WHOLE, UNKEPT, HELD = range(len(CHANNELS))
ABOUT = ("proto", "near", "best", "outside_proto", "outside_near", "known", "length", "content", "long_near")
"""What the decision rests on whether a question asks for a procedure at all: the best of some channels, the likeness
with lines that ask for none, the share of known terms, the log of its length, the share of words that not every
question holds, and the nearest text once more, times the length: among many words the same cosine says more than among
few."""
NEARNESS = [PROTO, NEAR, BEST, HELD]
"""Channels that say how near one procedure is to a reading of a question."""
LENGTHY = 24
"""Syllables from which on a question is no longer than long: a story is no better a question for being endless."""
OUTSIDE = "outside "
"""What the classes begin with that the encoder learned from lines outside."""


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


class Candidates(Struct, frozen=True):
    """The likeliest procedures by number, unordered; a row of ``channels`` each; ``about``: as ``ABOUT``.

    ``spoken``: the question as it was read. ``beyond``: by how much it is nearer to what was learned about procedures
    that are not searched here; ``elsewhere``: the codes of the nearest of those, best first.
    """

    numbers: npt.NDArray[np.int64]
    channels: Floats
    about: tuple[float, ...]
    spoken: Spoken
    beyond: float = 0.0
    elsewhere: tuple[str, ...] = ()


class Texts(Struct, frozen=True):
    """All texts of one procedure, read for a close look: ``names`` of them names, the others ways of asking.

    ``held``: each term of any of them once.
    """

    vectors: Floats
    terms: Packed
    held: Numbers
    names: int
    marks: frozenset[str]


class _Heard(Struct, frozen=True):
    """One reading of a question with its candidates, before the close look: how near each is by its learned vector, and
    by the terms of its names. ``commons``: of each syllable, whether every question says it.
    """

    spoken: Spoken
    commons: list[bool]
    vector: Floats
    query: Vector
    numbers: npt.NDArray[np.int64]
    proto: Floats
    profile: Floats

    @property
    def nearness(self) -> float:
        return float((self.proto + self.profile).max(initial=0))


class Evidence:
    """Some procedures, by all channels. ``ways`` and ``codes``: a row a procedure; ``outside``: lines with their kinds.

    Names and learned vectors are made ready at once: they find the candidates. The ways of asking of a procedure are
    read when it is first a candidate, and kept.
    """

    def __init__(
        self,
        procedures: Sequence[Named],
        ways: Sequence[Sequence[str]],
        codes: Sequence[Iterable[str]],
        outside: Sequence[tuple[str, str]],
        words: LayWords,
        encoder: Encoder,
    ) -> None:
        self._procedures, self._ways, self._outside_lines = procedures, ways, outside
        self._words, self._encoder = words, encoder
        names = [[written(text, words) for text in _texts(each)] for each in procedures]
        learned = [[encoder.classes[code] for code in each if code in encoder.classes] for each in codes]
        ends = np.cumsum([len(each) for each in names]).tolist()
        self._places = list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []
        self._name_vectors = encoder.embed_all([text for each in names for text in each])
        self._poles = self._learned_or_named(learned)
        self._is_learned = np.asarray([bool(each) for each in learned], np.bool_)
        self._kinds = [code.removeprefix(OUTSIDE) for code in encoder.classes if code.startswith(OUTSIDE)]
        poles = [encoder.classes[OUTSIDE + kind] for kind in self._kinds]
        self._outside_poles = np.asarray(poles, np.float32).reshape(len(poles), encoder.size)
        searched = {code for each in codes for code in each}
        self._others = [code for code in encoder.classes if code not in searched and OUTSIDE not in code]
        others = [encoder.classes[code] for code in self._others]
        self._other_poles = np.asarray(others, np.float32).reshape(len(others), encoder.size)
        self._by_terms(names, [bool(each) for each in learned])
        self._read: dict[int, Texts] = {}

    def _learned_or_named(self, learned: Sequence[Sequence[Floats]]) -> Floats:
        """One vector a procedure: that of its classes; where none was learned, that of its names."""
        poles = np.zeros((len(learned), self._encoder.size), np.float32)
        for number, (own, (start, end)) in enumerate(zip(learned, self._places, strict=True)):
            poles[number] = np.sum(own or self._name_vectors[start:end], axis=0)
        return unit_rows(poles)

    def _by_terms(self, names: Sequence[Sequence[Spoken]], learned: Sequence[bool]) -> None:
        """Names by term. What was counted when learning is not counted again."""
        encoder = self._encoder
        counted = {term: encoder.groups[number] for term, number in encoder.features.items() if term[0] != RUN}
        terms = [[weighed(text, self._words) for text in each] for each in names]
        groups = (
            (term for term in set().union(*own) if term not in counted) if is_learned else set().union(*own)
            for own, is_learned in zip(terms, learned, strict=True)
        )
        self._rarity = rarity = Rarity(counted, encoder.total, groups)
        self._repairer = Repairer(
            rarity.numbers,
            rarity.weights,
            rarity.unseen,
            self._words.vocabulary,
            self._words.abbreviations.vocabulary,
        )
        self._name_terms = rarity.packed([each for own in terms for each in own])
        pools = [own[0] if len(own) == 1 else pooled(own) for own in terms]
        self._profiles = Postings(rarity.packed(pools), len(rarity.numbers))

    def candidates(self, text: str) -> Candidates:
        """Everything about ``text`` that a ranking and a decision rest on.

        Of several readings the one counts by which a single procedure is nearest, all measures together; one that is
        far from all by the first two is not looked at closely.
        """
        heard = [self._heard(spoken) for spoken in readings(text, self._words, self._repairer)]
        if len(heard) == 1:
            return self._looked(heard[0])
        least = max(each.nearness for each in heard) - AS_NEAR
        return max((self._looked(each) for each in heard if each.nearness >= least), key=_nearness)

    def near(self, spoken: Spoken) -> Candidates:
        """The same of a text that was read already."""
        return self._looked(self._heard(spoken))

    def _heard(self, spoken: Spoken) -> _Heard:
        commons = asking(spoken, self._words)
        vector = self._encoder.embed(spoken)
        query = self._rarity.vector(with_meanings(terms_of(spoken, commons), spoken, self._words))
        return _Heard(spoken, commons, vector, query, *self._nearest(vector, self._profiles.cosines(query)))

    def _looked(self, heard: _Heard) -> Candidates:
        spoken, commons, vector, query = heard.spoken, heard.commons, heard.vector, heard.query
        numbers = heard.numbers
        channels = np.zeros((len(numbers), len(CHANNELS)), np.float32)
        known = sum(weight * weight for weight in query.weights)
        if not len(numbers) or not known:
            return Candidates(numbers, channels, (0.0,) * len(ABOUT), spoken)
        channels[:, PROTO], channels[:, PROFILE] = heard.proto, heard.profile
        dense = np.zeros(len(self._rarity.numbers), np.float32)
        dense[query.terms] = query.weights
        texts = [self._texts(int(number)) for number in numbers]
        _look(texts, vector, dense, query, channels)
        _weigh_marks(texts, marks_in(spoken, self._words, commons), self._words, channels)
        inside = tuple(float(channels[:, place].max()) for place in (PROTO, NEAR, BEST))
        strange = (_best(self._outside_poles @ vector), _best(self._outside @ vector))
        length = math.log1p(min(len(spoken.tokens), LENGTHY))
        content = 1 - sum(commons) / len(commons)
        others = self._other_poles @ vector
        other = _best(others)
        beyond = other - inside[0] if other >= CLEARLY else 0.0
        elsewhere = self._named_elsewhere(others) if beyond > 0 else ()
        about = (*inside, *strange, known, length, content, inside[1] * length)
        return Candidates(numbers, channels, about, spoken, beyond, elsewhere)

    def _named_elsewhere(self, cosines: Floats) -> tuple[str, ...]:
        """The codes of what is learned about, but not searched here, and nearly as near as the nearest; best first."""
        near = np.flatnonzero(cosines >= cosines.max() - NEARLY)
        order = near[np.argsort(-cosines[near], kind="stable")][:MOST_ELSEWHERE]
        return tuple(self._others[int(place)] for place in order)

    def _nearest(self, vector: Floats, profile: Floats) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """The candidates by number, how near each is by its learned vector, and by the terms of its names.

        Among many, those that nothing was learned about have to share a fair part of the words that the nearest shares:
        to compare all vectors of five thousand names costs more than all else.
        """
        if len(profile) < MANY_FROM:
            pool, count = np.arange(len(profile)), min(CANDIDATES, len(profile))
        else:
            pool, count = np.flatnonzero(self._is_learned | (profile >= FAIR * profile.max())), MANY
        proto, shared = self._poles[pool] @ vector, profile[pool]
        best = np.argpartition(-(proto + shared), count - 1)[:count] if 0 < count < len(pool) else np.arange(len(pool))
        return pool[best], proto[best], shared[best]

    def knows(self, syllable: str) -> bool:
        """Whether a folded syllable is a term, or a word of the lists."""
        return self._repairer.knows(syllable) or self._words.abbreviations.begins([syllable])

    def kind(self, text: str) -> str:
        """The kind of lines outside that ``text`` is like; "" of none, and where it holds but the words of asking, or
        no word that anything here holds.
        """
        spoken = asked(text, self._words, self._repairer)
        if not bared(spoken, self._words).tokens or not any(map(self._repairer.knows, syllables(text))):
            return ""
        vector = self._encoder.embed(spoken)
        like = dict(zip(self._kinds, (self._outside_poles @ vector).tolist(), strict=True))
        near: dict[str, float] = {}
        for (_, kind), cosine in zip(self._outside_lines, (self._outside @ vector).tolist(), strict=True):
            near[kind] = max(near.get(kind, 0.0), cosine)
        sums = {kind: cosine + near.get(kind, 0.0) for kind, cosine in like.items()}
        best = max(sums, key=lambda kind: sums[kind], default="")
        return best if best and sums[best] >= LIKE else ""

    @cached_property
    def _outside(self) -> Floats:
        return self._encoder.embed_all([written(line, self._words) for line, _ in self._outside_lines])

    def _texts(self, number: int) -> Texts:
        known = self._read.get(number)
        if known is None:
            known = self._read[number] = self._joined(number, *self._closely(self._ways[number]))
        return known

    def read_all(self) -> None:
        """Read all ways of asking now: half a second once, instead of milliseconds at the first questions.

        A procedure without any costs a tenth of a millisecond when it is first a candidate.
        """
        lines = [way for ways in self._ways for way in ways]
        if lines:
            vectors, terms = self._closely(lines)
            end = 0
            for number, ways in enumerate(self._ways):
                start, end = end, end + len(ways)
                if ways:
                    self._read[number] = self._joined(number, vectors[start:end], terms.part(start, end))

    def _joined(self, number: int, vectors: Floats, terms: Packed) -> Texts:
        start, end = self._places[number]
        names, own = self._name_vectors[start:end], self._name_terms.part(start, end)
        every = np.concatenate([names, vectors]) if len(vectors) else names
        both = Packed.together([own, terms]) if len(vectors) else own
        held = np.unique(both.terms) if len(both.starts) > 1 else both.terms
        return Texts(every, both, held, end - start, _marks(self._procedures[number], self._words))

    def _closely(self, texts: Sequence[str]) -> tuple[Floats, Packed]:
        if not texts:
            return self._name_vectors[:0], self._name_terms.part(0, 0)
        spoken = [written(text, self._words) for text in texts]
        terms = self._rarity.packed([weighed(each, self._words) for each in spoken])
        return self._encoder.embed_all(spoken), terms


def _nearness(found: Candidates) -> float:
    return float(found.channels[:, NEARNESS].sum(axis=1).max(initial=0))


def _look(texts: Sequence[Texts], vector: Floats, dense: Floats, query: Vector, channels: Floats) -> None:
    """Fill in the nearest single text of each candidate, by meaning and by terms. ``dense``: ``query``, by term."""
    vectors = [each.vectors for each in texts]
    sizes = np.asarray(list(map(len, vectors)))
    starts = np.cumsum(sizes) - sizes
    channels[:, NEAR] = np.maximum.reduceat(np.concatenate(vectors) @ vector, starts)
    terms = Packed.together([each.terms for each in texts])
    cosines = np.append(terms.cosines(dense), np.float32(0))
    channels[:, HELD] = _held([each.held for each in texts], query, len(dense))
    names = np.asarray([each.names for each in texts])
    cuts = np.column_stack([starts, starts + names]).ravel()
    best = np.maximum.reduceat(cosines, cuts).reshape(-1, 2)
    channels[:, NAME], channels[:, WAY] = best[:, 0], np.where(sizes > names, best[:, 1], 0)
    channels[:, BEST] = channels[:, [NAME, WAY]].max(axis=1)
    channels[:, WHOLE] = channels[:, NAME] >= SAME


def _held(texts: Sequence[Numbers], query: Vector, count: int) -> Floats:
    """The share of a question that the texts of each candidate hold: each word once, whichever text holds it.

    ``texts``: the terms of each candidate; ``count``: how many terms there are.
    """
    asked = len(query.terms)
    places = np.zeros(count, np.int32)
    places[query.terms] = np.arange(1, asked + 1)
    found = places[np.concatenate(texts)]
    entries = np.flatnonzero(found)
    rows = np.searchsorted(np.cumsum(list(map(len, texts))), entries, side="right")
    is_held = np.zeros((len(texts), asked + 1), np.bool_)
    is_held[rows, found[entries]] = True
    return np.asarray(is_held[:, 1:] @ np.square(np.asarray(query.weights, np.float32)), np.float32)


def _weigh_marks(texts: Sequence[Texts], said: frozenset[str], words: LayWords, channels: Floats) -> None:
    binding = words.binding
    channels[:, UNSAID] = [len(each.marks - said - binding) if each.marks else 0 for each in texts]
    if not said:
        return
    bound, firm = said & binding, said & words.firm
    for row, each in enumerate(texts):
        channels[row, UNMET] = len(said - each.marks - binding)
        channels[row, MET] = len(said & each.marks)
        channels[row, UNBOUND] = len(bound - each.marks)
        channels[row, UNKEPT] = len(firm - each.marks)


def _best(values: Floats) -> float:
    return float(values.max(initial=0))


def _texts(procedure: Named) -> list[str]:
    plain = [procedure.plain] if procedure.plain else []
    return [procedure.name, *plain, *procedure.aliases]


def _marks(procedure: Named, words: LayWords) -> frozenset[str]:
    text = f"{procedure.name} {procedure.plain}"
    return frozenset().union(*(marks for _, _, marks in words.title_marks.all(syllables(text), accented(text))))
