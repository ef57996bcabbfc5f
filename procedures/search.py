"""Finding the procedure a citizen means, among those of the catalog: pure, in memory, built once.

1. The question becomes weighted terms (``terms``): folded syllables and pairs, typed accents as extra evidence,
   abbreviations written out, slips repaired, official words added for lay words.
2. ``profile`` is its cosine with all names of a procedure pooled, ``nearest`` the best cosine with one of them:
   the best, not the sum, since fifty aliases are not fifty reasons. The two are added.
3. A variant ("lưu động", "có yếu tố nước ngoài") whose mark nobody said gives way to the plain procedure.
4. What reads like chatter loses confidence; how sure we are decides between answering, asking back and saying no.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from procedures.fold import accented, syllables
from procedures.lay_words import LayWords
from procedures.repair import Repairer
from procedures.terms import asked_terms, written_terms
from procedures.vectors import Postings, Rarity, pooled

UNSAID = 0.87
"""What a mark that nobody said leaves of a variant's total."""
UNMET = 0.4
"""What is left of the total of a procedure without a binding mark that was said ("công chứng căn cước")."""
CHATTER = 0.8
"""How much of the likeness with chatter is taken off before a total becomes a score."""
CANDIDATES = 12
"""How many procedures, by profile, are looked at closely; the right one is among them when it is found at all."""

SLOPE, MIDDLE = 7.5, 0.4
"""The logistic curve from a total (0 … 2) to a score."""
ANSWER = 0.75
LEAD = 0.08
ASK = 0.27
CHOICES = 3
"""Answer from this score on if the first total leads by this share; ask back, with so many choices, from ``ASK`` on."""


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
N_co = TypeVar("N_co", bound=Named, covariant=True)


@dataclass(frozen=True, slots=True)
class Hit(Generic[N_co]):
    """One procedure found; ``score`` in 0..1 is about the share of such hits that are right."""

    procedure: N_co
    score: float


@dataclass(frozen=True, slots=True)
class Answer(Generic[N_co]):
    """Sure enough to answer at once."""

    hit: Hit[N_co]


@dataclass(frozen=True, slots=True)
class Ask(Generic[N_co]):
    """Which of these is meant? One to three, the likeliest first."""

    hits: tuple[Hit[N_co], ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing here fits."""


Decision = Answer[N] | Ask[N] | Unknown


class Index(Generic[N]):
    """The search over some procedures. Building takes milliseconds, a question less than one."""

    def __init__(self, procedures: Iterable[N], words: LayWords | None = None) -> None:
        self._procedures = tuple(procedures)
        self._words = words or LayWords.load()
        texts = [[written_terms(text, self._words) for text in _texts(each)] for each in self._procedures]
        chatter = [written_terms(line, self._words) for line in self._words.chatter]
        rarity = Rarity([*texts, *([line] for line in chatter)])
        pairs = {term for term in rarity.terms if " " in term}
        self._rarity = rarity
        self._repairer = Repairer(self._words.vocabulary | (rarity.terms - pairs), pairs)
        self._names = [Postings(rarity.vector(terms) for terms in each) for each in texts]
        self._profile = Postings(rarity.vector(pooled(each)) for each in texts)
        self._chatter = Postings(rarity.vector(line) for line in chatter)
        self._marks = [_marks(each, self._words) for each in self._procedures]

    def search(self, text: str, limit: int = 5) -> list[Hit[N]]:
        """The likeliest procedures, best first; empty where no word of ``text`` is known."""
        totals, chatter = self._totals(text)
        return [Hit(self._procedures[number], _score(total - chatter)) for number, total in totals[:limit]]

    def decide(self, text: str) -> Decision[N]:
        """Answer, ask which of a few is meant, or say that nothing fits."""
        totals, chatter = self._totals(text)
        hits = tuple(Hit(self._procedures[number], _score(total - chatter)) for number, total in totals[:CHOICES])
        if not hits or hits[0].score < ASK:
            return Unknown()
        first, second = totals[0][1], totals[1][1] if len(totals) > 1 else 0.0
        if hits[0].score >= ANSWER and second <= first * (1 - LEAD):
            return Answer(hits[0])
        return Ask(hits)

    def _totals(self, text: str) -> tuple[list[tuple[int, float]], float]:
        """The numbers of procedures with their totals, best first; and what the likeness with chatter takes off."""
        terms, said = asked_terms(text, self._words, self._repairer)
        query = self._rarity.vector(terms)
        profile = self._profile.cosines(query)
        likely = sorted(profile, key=profile.__getitem__, reverse=True)[:CANDIDATES]
        totals: list[tuple[int, float]] = []
        for number in likely:
            nearest = max(self._names[number].cosines(query).values())
            unsaid = len(self._marks[number] - said - self._words.binding)
            unmet = len((said & self._words.binding) - self._marks[number])
            totals.append((number, (profile[number] + nearest) * UNSAID**unsaid * UNMET**unmet))
        totals.sort(key=lambda pair: -pair[1])
        return totals, CHATTER * max(self._chatter.cosines(query).values(), default=0.0)


def _texts(procedure: Named) -> list[str]:
    plain = [procedure.plain] if procedure.plain else []
    return [procedure.name, *plain, *procedure.aliases]


def _marks(procedure: Named, words: LayWords) -> frozenset[str]:
    text = f"{procedure.name} {procedure.plain}"
    return frozenset().union(*(marks for _, _, marks in words.title_marks.all(syllables(text), accented(text))))


def _score(total: float) -> float:
    return 1 / (1 + math.exp(SLOPE * (MIDDLE - total)))
