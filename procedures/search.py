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

from msgspec import Struct

from procedures.encoder import Encoder
from procedures.evidence import ABOUT, Evidence, Named
from procedures.lay_words import LayWords
from procedures.phrasings import Phrasings
from procedures.ranking import Weights, shares
from procedures.reading import without_gc
from procedures.terms import written

CHOICES = 3
FOUND = 7
"""How many are found at most: the choices, and what may be offered where none of them was meant."""
OWN = 0.5
"""What it adds to a rank that a procedure is one of the desk's own: of 417 development questions 300 were about those.
More than that takes from the others what they alone mean."""
LONGEST = 1200
"""Characters of a question that are searched: of a longer one its beginning and its end, where what is asked stands."""
FEWEST = 2
"""Syllables of a question that is answered at once, abbreviations written out: "xin" alone says nothing."""
CHATTER = "chat"
"""The kind of the word list's lines outside."""
KNOWN = ABOUT.index("known")

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
    """Which of these is meant? One to three, the likeliest first; ``rest``: the next likely ones."""

    hits: tuple[Hit[N_co], ...]
    rest: tuple[Hit[N_co], ...] = ()


class Unknown(Struct, frozen=True):
    """Nothing here fits. ``kind``: of the line outside that it is like, as ``outside.yaml`` names it; "" of none."""

    kind: str = ""


Decision = Answer[N] | Ask[N] | Unknown


class Lore(Struct, frozen=True):
    """What the search knows beside the procedures: word lists, ways of asking, and what was learned from them."""

    words: LayWords
    phrasings: Phrasings
    encoder: Encoder
    weights: Weights

    @classmethod
    def load(cls) -> Lore:
        """The bundled files. Raises CatalogError, OSError or ValueError where one is broken."""
        return cls(LayWords.load(), Phrasings.load(), Encoder.load(), Weights.load())


@cache
def bundled() -> Lore:
    return Lore.load()


class Index(Generic[N_co]):
    """The search over some procedures. ``codes``: all codes one goes by; its ways of asking are found by them.

    ``own``: how many of the first are those that this desk is asked about more than about the others.
    """

    def __init__(
        self,
        procedures: Iterable[N_co],
        lore: Lore | None = None,
        codes: Callable[[Any], Iterable[str]] = lambda procedure: (procedure.code,),
        own: int | None = None,
    ) -> None:
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
        """The likeliest procedures, best first; empty where no word of ``text`` is known."""
        return self._found(text, limit)[0]

    def decide(self, text: str) -> Decision[N_co]:
        """Answer, ask which of a few is meant, or say that nothing fits."""
        hits, lead = self._found(text, FOUND)
        if not hits or hits[0].score < self._weights.ask:
            return Unknown(self.evidence.kind(_within(text)))
        is_said = len(written(_within(text), self._words).tokens) >= FEWEST
        if is_said and hits[0].score >= self._weights.inside and lead >= self._weights.answer:
            return Answer(hits[0], tuple(hits[1:]))
        return Ask(tuple(hits[:CHOICES]), tuple(hits[CHOICES:]))

    def _found(self, text: str, limit: int) -> tuple[list[Hit[N_co]], float]:
        """The likeliest, and by how much of all likelihood the first leads."""
        candidates = self.evidence.candidates(_within(text))
        ranks = self._weights.ranks(candidates.channels) + OWN * (candidates.numbers < self._own)
        order = sorted(range(len(ranks)), key=lambda row: (-ranks[row], candidates.numbers[row]))
        if not order or not candidates.about[KNOWN]:
            return [], 0.0
        likely = shares(ranks)
        sure = self._weights.sure(candidates.about)
        first = float(likely[order[0]])
        second = float(likely[order[1]]) if len(order) > 1 else 0.0
        hits = [
            Hit(self._procedures[int(candidates.numbers[row])], sure * float(likely[row]) / first)
            for row in order[:limit]
        ]
        return hits, first - second


def _within(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} {text[-half:]}"
