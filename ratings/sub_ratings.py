"""What was answered to the short questions, per unit, stage and procedure; withheld as the stars are. Pure.

A question is told of from ten answers, and only where no view of the same question, of a shorter period or of a part
of the units, leaves one to four people when it is subtracted (``views.py``). By procedure it is told for periods
longer than a week, where subtracting all procedures leaves nobody or five at least. What is asked by an agency's
decision is told of a province alone, from three hundred answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ratings.period import Span
from ratings.rating import Tap, default_instrument
from ratings.records import RatingRecord
from ratings.statistics import Proportion
from ratings.views import LEAST, Views
from ratings.week import Week

LEAST_TOLD = 10
LEAST_APPROVED = 300


class SubRating(Struct, frozen=True):
    """One question of a unit and period: how many people gave each answer, in the instrument's order. ``procedure``
    None: of all procedures; ``name``: the procedure's, None: not known."""

    question: str
    stage: str
    procedure: str | None
    answers: tuple[tuple[str, int], ...]
    name: str | None = None

    @property
    def n(self) -> int:
        """Who answered it."""
        return sum(people for _, people in self.answers)

    def share_of(self, codes: frozenset[str]) -> Proportion:
        """Those of these answers."""
        return Proportion(sum(people for code, people in self.answers if code in codes), self.n)


def sub_ratings(
    answers: Sequence[RatingRecord], span: Span, as_of: datetime, *, together: bool
) -> tuple[SubRating, ...]:
    """What may be told, question by question: first of all procedures, then of each. ``together``: of several units."""
    answered = [answer for answer in answers if answer.taps]
    if not answered:
        return ()
    found: list[SubRating] = []
    for tap in default_instrument().taps:
        if tap.approved and not together:
            continue
        mine = [answer for answer in answered if any(code == tap.code for code, _ in answer.taps)]
        whole = _told(tap, None, mine, span, as_of, together)
        if whole is None or (tap.approved and whole.n < LEAST_APPROVED):
            continue
        found.append(whole)
        if not isinstance(span, Week) and not tap.approved:
            found += _by_procedure(tap, whole, mine, span, as_of, together)
    return tuple(found)


def _told(
    tap: Tap, procedure: str | None, answers: Sequence[RatingRecord], span: Span, as_of: datetime, together: bool
) -> SubRating | None:
    told = Views(answers, together=together).told(span, as_of) if len(answers) >= LEAST_TOLD else None
    if told is None or len(told) < LEAST_TOLD:
        return None
    people = Counter(dict(answer.taps)[tap.code] for answer in told)
    return SubRating(tap.code, tap.stage, procedure, tuple((chip.code, people[chip.code]) for chip in tap.answers))


def _by_procedure(
    tap: Tap, whole: SubRating, answers: Sequence[RatingRecord], span: Span, as_of: datetime, together: bool
) -> list[SubRating]:
    procedures = sorted({answer.procedure for answer in answers if answer.procedure is not None})
    parts = [
        part
        for code in procedures
        if (part := _told(tap, code, [a for a in answers if a.procedure == code], span, as_of, together)) is not None
    ]
    while parts and 0 < whole.n - sum(part.n for part in parts) < LEAST:
        parts.remove(min(parts, key=lambda part: (part.n, part.procedure)))
    return [part for part in parts if not 0 < whole.n - part.n < LEAST]
