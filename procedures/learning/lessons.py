"""What is learned from: names, authored ways of asking, lines outside; and questions with known answers to weigh by.

The weights are fitted with an encoder that has not seen those questions, nor every other line outside: else both
would look better than they are with a stranger's question. The encoder that is kept has then seen everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from procedures.catalog import Catalog
from procedures.finding.evidence import ABOUT, CHANNELS, OUTSIDE, Candidates
from procedures.finding.lay_words import LayWords
from procedures.finding.ranking import Weights, shares
from procedures.finding.terms import written
from procedures.learning.evaluate import MAIN, Family
from procedures.learning.fitting import Ranked, fit_ranks, fit_sure, of_like_length
from procedures.learning.phrasings import Phrasings
from procedures.learning.questions import Question
from procedures.learning.strangers import Apart, Judged, apart, fit_first, is_left_out
from procedures.learning.training import Example, Learned, Plan, learn
from procedures.search import Index, Lore

NATURAL = 3.0
"""What a question as somebody wrote it counts against one that was spoiled for the test."""
UNBOUND, UNKEPT, UNSAID, WHOLE = -6.0, -3.0, -2.4, 4.0
"""What a binding mark adds that was said and is not there; what a firm one adds at most that is not there, and a
variant's mark that nobody said; what it adds at least when a name was said word for word.

Rules of the desk: a few questions are too few to learn them from."""
LEAD = 0.75
"""The least lead for an answer at once, whatever the questions say: some hundred questions leave room for chance, and a
wrong answer costs more than a question back."""
STRANGE, SURELY = 0.04, 0.2
"""The most that the least scores for a question back and for an answer may be: with a clear lead what is answered is
right, and a refused question costs a way to the desk."""
ANSWERED, ASKED, SURE = 0.99, 0.99, 0.98
"""The share of answers at once that has to be right; of questions that are asked back about, not refused; of questions
that are surely questions."""


class Lessons(Struct, frozen=True):
    """Everything to learn from."""

    catalog: Catalog
    words: LayWords
    phrasings: Phrasings
    families: Sequence[Family]
    questions: Sequence[Question]

    def examples(self, with_questions: bool) -> list[Example]:
        """Names and ways by the code of their phrasings, lines outside by their kind, questions by their gold."""
        found: list[Example] = []
        for code, ways in self.phrasings.ways.items():
            texts = dict.fromkeys([*self._names(code), *ways])
            found += [Example(written(text, self.words), frozenset({code}), code) for text in texts]
        for kind, lines in (*self.phrasings.outside.items(), ("chatter", self.words.chatter)):
            found += [Example(written(line, self.words), frozenset({OUTSIDE + kind}), line) for line in lines]
        for question in self.questions if with_questions else ():
            known = question.gold & self.phrasings.ways.keys()
            if known and question.slice == MAIN:
                found.append(Example(written(question.text, self.words), known, min(known)))
        return [each for each in found if each.spoken.tokens]

    def _names(self, code: str) -> Iterable[str]:
        yield self.phrasings.names[code]
        procedure = self.catalog.by_code(code)
        if procedure is not None:
            yield from (procedure.name, procedure.plain, *procedure.aliases)


def train(lessons: Lessons, plan: Plan, before: Weights, said: Callable[[str], None]) -> tuple[Learned, Weights]:
    """Learn an encoder and, where there are questions, the weights; else those ``before`` are kept."""
    weights = before
    if lessons.questions:
        said("the encoder without the questions")
        half = replace(lessons, phrasings=_half_outside(lessons.phrasings))
        weights = _weights(half, lessons, learn(half.examples(False), plan, said), before)
        said("the encoder without a quarter of the families")
        left = apart(half.phrasings)
        fewer = replace(half, phrasings=left.phrasings)
        weights = _of_first(fewer, left, _other_half(lessons), learn(fewer.examples(False), plan, said), weights)
    said("the encoder with everything")
    return learn(lessons.examples(True), plan, said), weights


def _half_outside(phrasings: Phrasings) -> Phrasings:
    return replace(phrasings, outside={kind: lines[::2] for kind, lines in phrasings.outside.items()})


def _other_half(lessons: Lessons) -> list[str]:
    return [line for lines in lessons.phrasings.outside.values() for line in lines[1::2]]


def _of_first(fewer: Lessons, left: Apart, outside: Sequence[str], learned: Learned, fitted: Weights) -> Weights:
    """When the likeliest is what is meant, among the families that are not left out."""
    families = [each for each in fewer.families if not any(map(is_left_out, each.codes))]
    lore = Lore(fewer.words, fewer.phrasings, learned.encoder(), fitted)
    evidence = Index(families, lore, codes=lambda family: family.codes).evidence
    codes = frozenset(code for each in families for code in each.codes)
    ways = [_judged(evidence.candidates(way), families, frozenset({code})) for way, code in left.aside if code in codes]
    asked = [each for each in fewer.questions if each.gold & codes]
    judged = [
        _judged(evidence.candidates(each.text), families, each.gold, each.families, _counted(each)) for each in asked
    ]
    strange = [*left.strange, *outside, *(each.text for each in fewer.questions if not each.gold & codes)]
    return fit_first(judged, ways, [evidence.candidates(text) for text in strange], fitted)


def _weights(half: Lessons, whole: Lessons, learned: Learned, before: Weights) -> Weights:
    lore = Lore(half.words, half.phrasings, learned.encoder(), before)
    evidence = Index(half.families, lore, codes=lambda family: family.codes).evidence
    codes = frozenset(code for family in half.families for code in family.codes)
    asked = [each for each in half.questions if each.gold & codes]
    found = [evidence.candidates(each.text) for each in asked]
    judged = [
        _judged(candidates, half.families, each.gold, each.families, _counted(each))
        for each, candidates in zip(asked, found, strict=True)
    ]
    ranked = [Ranked(each.candidates.channels, each.right, each.share) for each in judged]
    ranks = fit_ranks([each for each in ranked if each.right.any()])
    channels = dict(zip(CHANNELS, map(float, ranks), strict=True)) | {"unbound": UNBOUND}
    channels["unsaid"] = min(channels["unsaid"], UNSAID)
    channels["unkept"] = min(channels["unkept"], UNKEPT)
    channels["whole"] = max(channels["whole"], WHOLE)
    strange = _other_half(whole) + [each.text for each in half.questions if each.is_out_of_scope]
    about, bias = _about(asked, found, [evidence.candidates(text) for text in strange])
    fitted = replace(before, channels=channels, about=about, bias=bias)
    return _thresholds(
        fitted, [(each, rows) for each, rows, q in zip(ranked, found, asked, strict=True) if q.slice == MAIN]
    )


def _judged(
    candidates: Candidates,
    families: Sequence[Family],
    gold: frozenset[str],
    names: frozenset[str] = frozenset(),
    share: float = 1.0,
) -> Judged:
    """``names``: of families of which any is right, beside those with a code of ``gold``."""
    near = [families[number] for number in candidates.numbers]
    right = [each.family in names or bool(each.codes & gold) for each in near]
    return Judged(candidates, np.asarray(right, np.bool_), share)


def _counted(question: Question) -> float:
    return NATURAL if question.slice == MAIN else 1.0


def _about(
    asked: Sequence[Question], inside: Sequence[Candidates], outside: Sequence[Candidates]
) -> tuple[dict[str, float], float]:
    """The log odds that a text asks for a procedure, by texts that do and texts that do not."""
    rows = np.asarray([each.about for each in (*inside, *outside)], np.float64)
    is_inside = np.arange(len(rows)) < len(inside)
    counted = np.asarray([_counted(each) for each in asked] + [1.0] * len(outside))
    counted = of_like_length(rows[:, ABOUT.index("length")], is_inside, counted)
    weights, bias = fit_sure(rows, is_inside, counted)
    return dict(zip(ABOUT, map(float, weights), strict=True)), bias


def _thresholds(weights: Weights, questions: Sequence[tuple[Ranked, Candidates]]) -> Weights:
    """The least score that still asks back for nearly all questions, and the least lead that is right often enough."""
    scores = sorted(weights.sure(candidates.about) for _, candidates in questions)
    ask, inside = (scores[int(len(scores) * (1 - part))] for part in (ASKED, SURE))
    leads = sorted((_lead(weights, ranked) for ranked, _ in questions), reverse=True)
    answer, right = 1.0, 0
    for count, (lead, is_right) in enumerate(leads, start=1):
        right += is_right
        if right >= ANSWERED * count:
            answer = lead
    return replace(weights, answer=max(answer, LEAD), inside=min(inside, SURELY), ask=min(ask, STRANGE))


def _lead(weights: Weights, ranked: Ranked) -> tuple[float, bool]:
    """By how much of all likelihood the first leads, and whether it is right."""
    likely = shares(weights.ranks(ranked.channels))
    order = np.argsort(-likely, kind="stable")
    second = float(likely[order[1]]) if len(order) > 1 else 0.0
    return float(likely[order[0]]) - second, bool(ranked.right[order[0]])
