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

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import sqrt

from msgspec import Struct

from ratings.formulas.beta import poisson_at_least
from ratings.handed import total
from ratings.records import Against, Handed, RatingRecord
from ratings.statistics import Proportion, newcombe

LEAST_OF_A_SIGN = 5
SOON = timedelta(seconds=120)
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


class Flagged(Struct, frozen=True):
    """The answers with a sign, and without any. ``signs``: how many answers have each; one may have several."""

    with_sign: tuple[RatingRecord, ...]
    without: tuple[RatingRecord, ...]
    signs: tuple[tuple[Sign, int], ...]


def examine(answers: Iterable[RatingRecord]) -> Flagged:
    """Sort answers, in any order, into those with and those without a sign: each unit's of each week by themselves.

    What is ordinary differs from unit to unit and from week to week: a province's morning is no burst, and two units'
    answers in turn are no row. So a month holds as many with a sign as its weeks do.
    """
    groups: defaultdict[tuple[str, int], list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        groups[answer.unit, (answer.completed_on.toordinal() - 1) // 7].append(answer)
    with_sign: list[RatingRecord] = []
    without: list[RatingRecord] = []
    signs = Counter[Sign]()
    for _, group in sorted(groups.items()):
        row = sorted(group, key=_key)
        found = _signs(row) if len(row) >= LEAST_OF_A_SIGN else {}
        marked = set[int]().union(*found.values())
        with_sign += (row[i] for i in sorted(marked))
        without += (answer for i, answer in enumerate(row) if i not in marked) if marked else row
        signs.update({sign: len(places) for sign, places in found.items()})
    return Flagged(tuple(with_sign), tuple(without), tuple((sign, signs[sign]) for sign in Sign if signs[sign]))


def is_soon(handed_over_at: datetime, answered_at: datetime) -> bool:
    """Whether an answer came so soon after the handing over that the desk may have looked on."""
    return handed_over_at <= answered_at < handed_over_at + SOON


def _key(answer: RatingRecord) -> tuple[object, ...]:
    field = answer.field or ""
    return answer.answered_at, answer.stars, answer.reasons, field, answer.soon, answer.mode, answer.marked


def _signs(row: Sequence[RatingRecord]) -> dict[Sign, set[int]]:
    """The places of the answers that have each sign, in a row in the order of their times."""
    found = {
        Sign.SOON: _soon(row),
        Sign.BURST: _bursts(row),
        Sign.RUN: _runs(row),
        Sign.METRONOME: _metronomes(row),
        Sign.DEVICES: _devices(row),
        Sign.MARKED: {i for i, answer in enumerate(row) if answer.marked},
    }
    return {sign: places for sign, places in found.items() if len(places) >= LEAST_OF_A_SIGN}


def _soon(row: Sequence[RatingRecord]) -> set[int]:
    found = {i for i, answer in enumerate(row) if answer.soon}
    return found if len(found) > SOON_SHARE * len(row) else set()


def _devices(row: Sequence[RatingRecord]) -> set[int]:
    of_each = Counter(answer.rater for answer in row if answer.rater is not None)
    often = {rater for rater, n in of_each.items() if n >= LEAST_OF_A_SIGN}
    return {i for i, answer in enumerate(row) if answer.rater in often}


def _bursts(row: Sequence[RatingRecord]) -> set[int]:
    """Hours of the clock, each against the mean of the other hours in which anybody answered."""
    hour = [int(answer.answered_at.timestamp()) // 3600 for answer in row]
    hours = Counter(hour)
    found: set[int] = set()
    for each, count in hours.items():
        others = (len(row) - count) / (len(hours) - 1) if len(hours) > 1 else 0.0
        if count >= LEAST_OF_A_SIGN and poisson_at_least(count, max(others, LEAST_RATE)) < ONCE_IN_A_MILLION:
            found.add(each)
    return {i for i, each in enumerate(hour) if each in found}


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
    slowest = timedelta(seconds=ROW * SLOWEST_BEAT)
    found: set[int] = set()
    for i in range(len(at) - ROW):
        if at[i + ROW] - at[i] >= slowest:
            continue
        window = [(later - earlier).total_seconds() for earlier, later in pairwise(at[i : i + ROW + 1])]
        mean = sum(window) / ROW
        spread = sqrt(sum((gap - mean) ** 2 for gap in window) / (ROW - 1))
        if 0 < mean < SLOWEST_BEAT and spread < EVEN * mean:
            found.update(range(i, i + ROW + 1))
    return found


def asked_unevenly(done: Sequence[Handed]) -> tuple[Proportion, Proportion] | None:
    """The asked of the late and of the punctual completions (those that may be asked about), where the late ones
    were asked less often beyond chance: somebody may have chosen who is asked. None else, or below ten of either.
    """
    due = [row for row in done if row.eligible and row.against is not Against.WITHOUT_DUE]
    groups = [[row for row in due if row.is_late is late] for late in (True, False)]
    if min(map(total, groups)) < LEAST_ASKED_ABOUT:
        return None
    late_ones, punctual = (Proportion(total(row for row in group if row.invited), total(group)) for group in groups)
    return (late_ones, punctual) if newcombe(late_ones, punctual).interval.high < 0 else None
