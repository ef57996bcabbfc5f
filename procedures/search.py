"""Finding the procedure a citizen means, among those of the catalog: pure, in memory, built once.

1. The question is read (``terms``): folded syllables and pairs, typed accents as extra evidence, abbreviations
   written out, slips repaired, official words added for lay words.
2. Every channel of ``evidence`` says how near each procedure is; for the nearest few all channels are looked at.
3. ``ranking`` weighs the channels with learned weights: who is first, by how much, and whether the question asks for
   a procedure at all.
4. Who leads clearly is the answer; else we ask back with at most three choices, or say no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from procedures.ages import age_said, ages_of
from procedures.finding.denying import denied, is_named_there, without
from procedures.finding.encoder import Encoder
from procedures.finding.evidence import ABOUT, Candidates, Evidence, Named
from procedures.finding.lay_words import LayWords
from procedures.finding.places import without_place
from procedures.finding.ranking import Weights, of_first, shares
from procedures.finding.terms import Spoken, bared
from procedures.learning.phrasings import Phrasings
from procedures.reading import without_gc

CHOICES = 3
BEHIND = 0.006
"""The share of the first's likelihood from which another is a choice. Where the right one was second or third, among 37
development questions, it always had more."""
FOUND = 7
"""How many are found at most: the choices, and what may be offered where none of them was meant."""
OWN = 0.5
"""What it adds to a rank that a procedure is one of the desk's own: of 417 development questions 300 were about those.
More than that takes from the others what they alone mean."""
LONGEST = 1200
"""Characters of a question that are searched: of a longer one its beginning and its end, where what is asked stands."""
FEWEST = 2
"""Syllables of a question that is answered at once, abbreviations written out: "xin" alone says nothing."""
NAMED = 0.62
"""The cosine from which what is learned about but is not here is told at once, else it is asked whether it is meant: of
327 lines outside two were told without."""
BEYOND = 0.165
"""By how much nearer a question has to be to a procedure that was learned about but is not here, to be told so."""
DOUBTED = 0.05
"""By how much nearer it has to be to be asked about: "mất bằng lái" is hardly nearer to a drone's licence."""
NOT_OF_AGE = 4.0
"""What a rank loses whose name says that it is for others than of the age that was said: of two that differ by age
alone the right one leads clearly, and what is far ahead of all others stays there."""
LIKELY = 0.4
"""The least lead of what is looked at once more without the words of every question."""
ELSEWHERE = "elsewhere"
"""The kind of lines outside that such a question is like."""
CHATTER = "chat"
"""The kind of the word list's lines outside."""
KNOWN, PROTO = ABOUT.index("known"), ABOUT.index("proto")

N = TypeVar("N", bound=Named)
N_co = TypeVar("N_co", bound=Named, covariant=True)


class Hit(Struct, Generic[N_co], frozen=True):
    """One procedure found. ``score`` in 0..1: how sure it is that the question asks for a procedure; of those after
    the first, that times their share of the first's likelihood.
    """

    procedure: N_co
    score: float


class Answer(Struct, Generic[N_co], frozen=True):
    """Sure enough to answer at once. ``rest``: the next likely ones, best first."""

    hit: Hit[N_co]
    rest: tuple[Hit[N_co], ...] = ()


class Ask(Struct, Generic[N_co], frozen=True):
    """Which of these is meant? One to three, the likeliest first; ``rest``: the next likely ones.

    ``elsewhere``: the codes of what is likelier still, where it was learned about but is not here.
    """

    hits: tuple[Hit[N_co], ...]
    rest: tuple[Hit[N_co], ...] = ()
    elsewhere: tuple[str, ...] = ()


class Unknown(Struct, frozen=True):
    """Nothing here fits. ``kind``: of the line outside that it is like, as ``outside.yaml`` names it; "" of none.

    ``elsewhere``: the codes of what it asks for, likeliest first, where that was learned about but is not here;
    ``is_sure``: whether the first is told without asking whether it is meant.
    """

    kind: str = ""
    elsewhere: tuple[str, ...] = ()
    is_sure: bool = True


Decision = Answer[N] | Ask[N] | Unknown


class Lore(Struct, frozen=True):
    """What the search knows beside the procedures: word lists, ways of asking, and what was learned from them."""

    words: LayWords
    phrasings: Phrasings
    encoder: Encoder
    weights: Weights

    @classmethod
    def load(cls) -> Lore:
        """The bundled files. Raises CatalogError, OSError or UnicodeDecodeError where one is broken."""
        return cls(LayWords.load(), Phrasings.load(), Encoder.load(), Weights.load())


@cache
def bundled() -> Lore:
    return Lore.load()


class _Found(Struct, Generic[N_co], frozen=True):
    """The likeliest, by how much of all likelihood the first leads, the question as it was read, and how far what is
    meant lies ``beyond``, what that is, and how near it; ``means``: the log odds that the first is what is meant.
    """

    hits: list[Hit[N_co]]
    lead: float
    spoken: Spoken
    beyond: float
    elsewhere: tuple[str, ...]
    likeness: float
    means: float


class Index(Generic[N_co]):
    """The search over some procedures. ``codes``: all codes one goes by; its ways of asking are found by them.

    ``own``: how many of the first are those that this desk is asked about more than about the others. ``is_all``: that
    these are all procedures there are; what was learned about others is then no reason to refuse.
    """

    def __init__(
        self,
        procedures: Iterable[N_co],
        lore: Lore | None = None,
        codes: Callable[[Any], Iterable[str]] = lambda procedure: (procedure.code,),
        own: int | None = None,
        is_all: bool = True,
    ) -> None:
        self._is_all = is_all
        self._procedures = tuple(procedures)
        lore = lore or bundled()
        known = [tuple(sorted(codes(each))) for each in self._procedures]
        ways = [[way for code in each for way in lore.phrasings.ways.get(code, ())] for each in known]
        outside = [(line, CHATTER) for line in lore.words.chatter]
        outside += [(line, kind) for kind, lines in lore.phrasings.outside.items() for line in lines]
        self._weights, self._words = lore.weights, lore.words
        self._own = len(self._procedures) if own is None else own
        with without_gc():
            self.evidence = Evidence(self._procedures, ways, known, outside, lore.words, lore.encoder)

    def read_all(self) -> None:
        """Make everything ready now; else each procedure is when it is first a candidate."""
        with without_gc():
            self.evidence.read_all()

    def knows(self, syllable: str) -> bool:
        """Whether a folded syllable stands in a name, a way of asking or a word list."""
        return self.evidence.knows(syllable)

    def search(self, text: str, limit: int = 5) -> list[Hit[N_co]]:
        """The likeliest procedures, best first, after what is said not to be meant; empty where no word is known."""
        found = self._found(text, max(limit, FOUND))
        rest = self._without_denied(found)
        return (found.hits if rest is None else self._said_otherwise(rest, found.hits))[:limit]

    def decide(self, text: str) -> Decision[N_co]:
        """Answer, ask which of a few is meant, or say that nothing fits."""
        found = self._found(text, FOUND)
        hits = found.hits
        if hits and found.beyond >= BEYOND and not self._is_all:
            return Unknown(ELSEWHERE, found.elsewhere, found.likeness >= NAMED)
        if hits and found.beyond >= DOUBTED and not self._is_all:
            return Ask(tuple(hits[: CHOICES - 1]), tuple(hits[CHOICES - 1 :]), found.elsewhere[:1])
        spoken = found.spoken
        if (rest := self._without_denied(found)) is not None:
            others = self._said_otherwise(rest, hits)
            return Ask(tuple(others[:CHOICES]), tuple(others[CHOICES:]))
        if self._is_clear(found, spoken) or (found.lead >= LIKELY and self._is_clear_bared(hits[0], spoken)):
            return Answer(hits[0], tuple(hits[1:]))
        if not hits or hits[0].score < self._weights.ask:
            return Unknown(self.evidence.kind(_within(text)))
        count = sum(hit.score >= BEHIND * hits[0].score for hit in hits[:CHOICES])
        return Ask(tuple(hits[:count]), tuple(hits[count:]))

    def _is_clear(self, found: _Found[N_co], spoken: Spoken) -> bool:
        if len(spoken.tokens) < FEWEST or not found.hits:
            return False
        weights = self._weights
        is_sure = found.hits[0].score >= weights.inside and found.means >= weights.meant
        return is_sure and found.lead >= weights.answer

    def _is_clear_bared(self, first: Hit[N_co], spoken: Spoken) -> bool:
        """Whether the same is clearly asked for without the words of every question: "khai sinh hết bao nhiêu tiền"."""
        bare = bared(spoken, self._words)
        if len(bare.tokens) in (0, len(spoken.tokens)):
            return False
        found = self._judged(self.evidence.near(bare), 1)
        return self._is_clear(found, bare) and found.hits[0].procedure is first.procedure

    def _without_denied(self, found: _Found[N_co]) -> str | None:
        """The question without what it says is not so, where that names what was found first; else None."""
        places = denied(found.spoken) if found.hits and found.hits[0].score >= self._weights.ask else range(0)
        if not places:
            return None
        first = found.hits[0].procedure
        is_named = is_named_there((first.name, first.plain, *first.aliases), found.spoken, places)
        return without(found.spoken, places) if is_named else None

    def _said_otherwise(self, rest: str, hits: list[Hit[N_co]]) -> list[Hit[N_co]]:
        """What the rest of such a question asks for comes first."""
        so = [hit for hit in self._found(rest, 1).hits if hit.score >= self._weights.ask]
        return so + [hit for hit in hits if not so or hit.procedure is not so[0].procedure]

    def _found(self, text: str, limit: int) -> _Found[N_co]:
        """Whichever is the surer question: the whole, or what is left without the name of a place."""
        within = _within(text)
        found = self._judged(self.evidence.candidates(within), limit, age_said(within))
        rest = without_place(within, self.evidence.knows)
        if rest is None:
            return found
        placeless = self._judged(self.evidence.candidates(rest), limit, age_said(rest))
        return max(found, placeless, key=lambda each: each.hits[0].score if each.hits else 0.0)

    def _judged(self, candidates: Candidates, limit: int, age: int | None = None) -> _Found[N_co]:
        ranks = self._weights.ranks(candidates.channels) + OWN * (candidates.numbers < self._own)
        if age is not None:
            ranks = ranks - NOT_OF_AGE * self._are_for_others(candidates, age)
        order = np.lexsort((candidates.numbers, -ranks)).tolist()
        if not order or not candidates.about[KNOWN]:
            return _Found([], 0.0, candidates.spoken, candidates.beyond, (), 0.0, 0.0)
        likely = shares(ranks)
        sure = self._weights.sure(candidates.about)
        first = float(likely[order[0]])
        second = float(likely[order[1]]) if len(order) > 1 else 0.0
        hits = [
            Hit(self._procedures[int(candidates.numbers[row])], sure * float(likely[row]) / first)
            for row in order[:limit]
        ]
        likeness = candidates.about[PROTO] + candidates.beyond
        means = self._weights.means(of_first(candidates.channels, candidates.about, ranks))
        return _Found(hits, first - second, candidates.spoken, candidates.beyond, candidates.elsewhere, likeness, means)

    def _are_for_others(self, candidates: Candidates, age: int) -> npt.NDArray[np.bool_]:
        """Which of the candidates are by their names for people of another age."""
        found = (self._procedures[int(number)] for number in candidates.numbers)
        limits = (ages_of(each.name) or ages_of(each.plain) for each in found)
        return np.asarray([limit is not None and age not in limit for limit in limits], np.bool_)


def _within(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} {text[-half:]}"
