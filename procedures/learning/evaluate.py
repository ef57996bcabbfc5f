"""Measuring the search on questions with known answers; docs/contract.md says what each figure means."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from procedures.catalog import Catalog
from procedures.finding.facets import Facet, facets
from procedures.learning.measures import accepted_outside, auroc, macro_f1, percentile, share, wilson
from procedures.learning.questions import Question
from procedures.national.listed import Listed
from procedures.search import Answer, Ask, Decision, Hit, Index, Unknown, bundled

DEPTH = 10
"""How far down the right procedure is looked for; below, its reciprocal rank is 0."""
MAIN = "natural"
"""The slice of questions as people wrote them: rejection, decisions and facets are measured on it."""


class Family(Struct, frozen=True):
    """All doubles of one procedure as one thing to search for. ``code`` is the first one's."""

    code: str
    name: str
    plain: str
    aliases: tuple[str, ...]
    family: str
    codes: frozenset[str]


class Outcome(Struct, frozen=True):
    """What the search did with one question. ``rank`` from 1, None where the right one was not found."""

    question: Question
    rank: int | None
    score: float
    decision: Decision[Family]
    is_reached: bool
    seconds: float
    cpu_seconds: float


class Evaluation(Struct, frozen=True):
    """The outcomes of all questions that could be measured, and what the index cost."""

    outcomes: tuple[Outcome, ...]
    skipped: int
    build_seconds: float
    build_cpu_seconds: float
    memory_mb: float | None

    def as_json(self) -> dict[str, Any]:
        """The object of docs/contract.md; a figure without anything to measure is null."""
        inside = [each for each in self.outcomes if not each.question.is_out_of_scope]
        main = [each for each in inside if each.question.slice == MAIN]
        seconds = [each.seconds for each in self.outcomes]
        cpu = [each.cpu_seconds for each in self.outcomes]
        return {
            "n": len(self.outcomes),
            "skipped": self.skipped,
            "slices": {name: _ranks(name, inside) for name in dict.fromkeys(each.question.slice for each in inside)},
            "oos": _rejection(main, [each for each in self.outcomes if each.question.is_out_of_scope]),
            "direct": _direct(main),
            "one_question": _rounded(share(sum(each.is_reached for each in main), len(main))),
            "facets": {"macro_f1": _rounded(macro_f1(_facets(each.question) for each in main if each.question.facets))},
            "latency_ms": {"p50": _milliseconds(seconds, 0.5), "p95": _milliseconds(seconds, 0.95)},
            "cpu_ms": {"p50": _milliseconds(cpu, 0.5), "p95": _milliseconds(cpu, 0.95)},
            "memory_mb": None if self.memory_mb is None else round(self.memory_mb, 1),
            "build_s": round(self.build_seconds, 3),
            "build_cpu_s": round(self.build_cpu_seconds, 3),
        }


def bundled_families(catalog: Catalog) -> tuple[Family, ...]:
    """Each procedure of the catalog as a family of its own."""
    return tuple(
        Family(each.code, each.name, each.plain, each.aliases, each.code, frozenset({each.code})) for each in catalog
    )


def listed_families(rows: Iterable[Listed], catalog: Catalog) -> tuple[Family, ...]:
    """The rows of a list by family. A row whose code is bundled brings what the catalog calls it."""
    members: dict[str, list[Listed]] = {}
    for row in rows:
        members.setdefault(row.family, []).append(row)
    return tuple(_family(name, rows_, catalog) for name, rows_ in members.items())


def _family(name: str, rows: Sequence[Listed], catalog: Catalog) -> Family:
    known = [procedure for row in rows if (procedure := catalog.by_code(row.code)) is not None]
    names = [row.name for row in rows] + [alias for row in rows for alias in row.aliases]
    names += [text for procedure in known for text in (procedure.name, procedure.plain, *procedure.aliases)]
    distinct = tuple(dict.fromkeys(names))
    plain = known[0].plain if known else ""
    return Family(rows[0].code, rows[0].name, plain, distinct[1:], name, frozenset(row.code for row in rows))


def evaluate(
    families: Sequence[Family],
    questions: Iterable[Question],
    clock: Callable[[], float],
    cpu: Callable[[], float] = time.process_time,
) -> Evaluation:
    """Build the index and ask every question whose gold is there. ``clock`` gives seconds that only go forward, ``cpu``
    those that this process computed: what it costs on a machine that others use too.
    """
    lore = bundled()
    before, start, cpu_start = resident_mb(), clock(), cpu()
    index = Index(families, lore, codes=lambda family: family.codes, is_all=False)
    index.evidence.read_all()
    build_seconds, build_cpu, after = clock() - start, cpu() - cpu_start, resident_mb()
    memory = None if before is None or after is None else after - before
    codes = frozenset(code for family in families for code in family.codes)
    outcomes: list[Outcome] = []
    skipped = 0
    for question in questions:
        if question.is_out_of_scope or question.gold & codes:
            outcomes.append(_outcome(index, question, clock, cpu))
        else:
            skipped += 1
    return Evaluation(tuple(outcomes), skipped, build_seconds, build_cpu, memory)


def _outcome(index: Index[Family], question: Question, clock: Callable[[], float], cpu: Callable[[], float]) -> Outcome:
    start, cpu_start = clock(), cpu()
    hits = index.search(question.text, DEPTH)
    seconds, cpu_seconds = clock() - start, cpu() - cpu_start
    rank = next((place for place, hit in enumerate(hits, start=1) if _is_right(hit, question)), None)
    decision = index.decide(question.text)
    score = hits[0].score if hits else 0.0
    return Outcome(question, rank, score, decision, _reaches(decision, question), seconds, cpu_seconds)


def _is_right(hit: Hit[Family], question: Question) -> bool:
    return hit.procedure.family in question.families or bool(hit.procedure.codes & question.gold)


def _reaches(decision: Decision[Family], question: Question) -> bool:
    """Whether the citizen gets to the right procedure with at most one question asked back."""
    match decision:
        case Answer(hit):
            return _is_right(hit, question)
        case Ask(hits):
            return any(_is_right(hit, question) for hit in hits)
        case Unknown():
            return False


def _ranks(name: str, inside: Sequence[Outcome]) -> dict[str, Any]:
    ranks = [each.rank for each in inside if each.question.slice == name]
    first = sum(rank == 1 for rank in ranks)
    low, high = wilson(first, len(ranks)) or (None, None)
    return {
        "n": len(ranks),
        "r1": _rounded(share(first, len(ranks))),
        "r1_low": _rounded(low),
        "r1_high": _rounded(high),
        "r3": _rounded(share(sum(rank is not None and rank <= 3 for rank in ranks), len(ranks))),
        "mrr": _rounded(sum(1 / rank for rank in ranks if rank is not None) / len(ranks)),
    }


def _rejection(main: Sequence[Outcome], outside: Sequence[Outcome]) -> dict[str, Any]:
    accepted, refused = [each.score for each in main], [each.score for each in outside]
    area, low = auroc(accepted, refused) or (None, None)
    far = accepted_outside(accepted, refused)
    return {"n": len(refused), "auroc": _rounded(area), "auroc_low": _rounded(low), "far95": _rounded(far)}


def _direct(main: Sequence[Outcome]) -> dict[str, Any]:
    answered = [each for each in main if isinstance(each.decision, Answer)]
    right = sum(each.is_reached for each in answered)
    return {"precision": _rounded(share(right, len(answered))), "coverage": _rounded(share(len(answered), len(main)))}


def _facets(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    """Gold and found labels. A question that names no facet asks how it is done."""
    found = facets(question.text) or (Facet.HOW,)
    kept = found[:1] if question.first_only else found
    return frozenset(each.value for each in question.facets), frozenset(each.value for each in kept)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _milliseconds(seconds: Sequence[float], part: float) -> float | None:
    value = percentile(seconds, part)
    return None if value is None else round(value * 1000, 3)


def resident_mb() -> float | None:
    """The memory this process holds now (Linux), elsewhere the most it ever held; in MB. None where neither is told
    (Windows)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
