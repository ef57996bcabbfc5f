"""Answers that look as if they were not given one by one by citizens. Pure.

A sign is no proof and nobody is accused: what has one is counted apart, the share is told with and without it, and
nothing is dropped. Every sign needs a group of five answers or more, so that telling of it points at nobody.

==========  =====================================================================================================
sign        rule
==========  =====================================================================================================
SOON        more than a fifth of the answers came within 120 s of the handing over (at the counter, watched)
BURST       an hour with so many answers that chance has them once in a million such hours
RUN         the same stars and reasons again and again, by chance once in a million such rows
METRONOME   nine answers or more one after another at nearly equal gaps under 5 minutes (CV below 0.2)
DEVICES     five answers or more from one chat or device
MARKED      whoever collected the answers found a sign on them (an office's own address)
==========  =====================================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise
from math import sqrt

from ratings.beta import poisson_at_least
from ratings.records import CompletionRecord, RatingRecord
from ratings.statistics import Proportion, newcombe
from ratings.week import VIETNAM, vietnam_date

LEAST_OF_A_SIGN = 5
SOON_SHARE = 0.2
ONCE_IN_A_MILLION = 1e-6
LEAST_RATE = 0.5
"""Answers an hour that are ordinary anywhere."""
LEAST_ALIKE = 0.6
"""The share of the commonest answer that is ordinary anywhere."""
EVEN = 0.2
ROW = 8
"""Gaps that a metronome is heard in."""
SLOWEST_BEAT = 300
"""Seconds: who sits and fills in forms does not wait longer in between; slower rows come from schedules."""
LEAST_ASKED_ABOUT = 10


class Sign(Enum):
    """Why an answer is counted apart."""

    SOON = "soon"
    BURST = "burst"
    RUN = "run"
    METRONOME = "metronome"
    DEVICES = "devices"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Flagged:
    """The answers with a sign, and without any. ``signs``: how many answers have each; one may have several."""

    with_sign: tuple[RatingRecord, ...]
    without: tuple[RatingRecord, ...]
    signs: tuple[tuple[Sign, int], ...]


def examine(answers: Sequence[RatingRecord]) -> Flagged:
    """Sort a unit's answers of one week, in any order, into those with and those without a sign."""
    row = sorted(answers, key=lambda a: (a.answered_at, a.stars, a.reasons, a.field or "", a.soon, a.mode, a.marked))
    found = {Sign.SOON: _soon(row), Sign.BURST: _bursts(row), Sign.RUN: _runs(row), Sign.METRONOME: _metronomes(row)}
    found[Sign.DEVICES] = _devices(row)
    found[Sign.MARKED] = {i for i, answer in enumerate(row) if answer.marked}
    found = {sign: places for sign, places in found.items() if len(places) >= LEAST_OF_A_SIGN}
    marked = set().union(*found.values())
    return Flagged(
        with_sign=tuple(row[i] for i in sorted(marked)),
        without=tuple(a for i, a in enumerate(row) if i not in marked),
        signs=tuple((sign, len(places)) for sign, places in found.items()),
    )


def _soon(row: Sequence[RatingRecord]) -> set[int]:
    found = {i for i, answer in enumerate(row) if answer.soon}
    return found if len(found) > SOON_SHARE * len(row) else set()


def _devices(row: Sequence[RatingRecord]) -> set[int]:
    of_each = Counter(answer.rater for answer in row if answer.rater is not None)
    often = {rater for rater, n in of_each.items() if n >= LEAST_OF_A_SIGN}
    return {i for i, answer in enumerate(row) if answer.rater in often}


def _bursts(row: Sequence[RatingRecord]) -> set[int]:
    """Hours of the clock, each against the mean of the other hours in which anybody answered."""
    hours = Counter(_hour(answer.answered_at) for answer in row)
    found: set[datetime] = set()
    for hour, count in hours.items():
        others = (len(row) - count) / (len(hours) - 1) if len(hours) > 1 else 0.0
        if poisson_at_least(count, max(others, LEAST_RATE)) < ONCE_IN_A_MILLION:
            found.add(hour)
    return {i for i, answer in enumerate(row) if _hour(answer.answered_at) in found}


def _hour(at: datetime) -> datetime:
    return at.astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0)


def _runs(row: Sequence[RatingRecord]) -> set[int]:
    """Rows of one and the same answer, against its share among all answers outside the row."""
    found: set[int] = set()
    kinds = [(answer.stars, tuple(sorted(answer.reasons))) for answer in row]
    everywhere = Counter(kinds)
    for first, last in _same(kinds):
        length = last - first
        outside = len(row) - length
        share = (everywhere[kinds[first]] - length) / outside if outside else 0.0
        if len(row) * max(share, LEAST_ALIKE) ** length < ONCE_IN_A_MILLION:
            found.update(range(first, last))
    return found


def _same(kinds: Sequence[object]) -> Iterator[tuple[int, int]]:
    first = 0
    for i in range(1, len(kinds) + 1):
        if i == len(kinds) or kinds[i] != kinds[first]:
            yield first, i
            first = i


def _metronomes(row: Sequence[RatingRecord]) -> set[int]:
    at = [answer.answered_at for answer in row]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(at)]
    found: set[int] = set()
    for i in range(len(gaps) - ROW + 1):
        window = gaps[i : i + ROW]
        mean = sum(window) / ROW
        spread = sqrt(sum((gap - mean) ** 2 for gap in window) / (ROW - 1))
        if 0 < mean < SLOWEST_BEAT and spread < EVEN * mean:
            found.update(range(i, i + ROW + 1))
    return found


def asked_unevenly(completions: Sequence[CompletionRecord], as_of: datetime) -> tuple[Proportion, Proportion] | None:
    """The asked of the late and of the punctual completions (those that may be asked about), where the late ones
    were asked less often beyond chance: somebody may have chosen who is asked. None else, or below ten of either.
    """
    groups: tuple[list[bool], list[bool]] = ([], [])
    for completion in completions:
        if completion.eligible and completion.due_at is not None:
            late = vietnam_date(completion.completed_at) > vietnam_date(completion.due_at)
            asked = completion.invited_at is not None and completion.invited_at <= as_of
            groups[not late].append(asked)
    if min(map(len, groups)) < LEAST_ASKED_ABOUT:
        return None
    late_ones, punctual = (Proportion(sum(asked), len(asked)) for asked in groups)
    return (late_ones, punctual) if newcombe(late_ones, punctual).interval.high < 0 else None
