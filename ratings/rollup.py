"""Several units in one digest: their sum, and a line for each. Pure.

Each unit also has a digest of its own. Whoever has that and the sum can subtract: where all units that are told of
would leave one to four people, these are left out of the sum, which is then of the others alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ratings.comparison import Standardised, hidden_by_mix, standardised
from ratings.on_time import is_late_done
from ratings.records import CompletionRecord, RatingRecord
from ratings.shown import LEAST_ANSWERS, LEAST_DISTRIBUTION, Band, by_field, leaves_a_few
from ratings.shrinkage import Standing, prior_by_likelihood, standings
from ratings.statistics import Distribution, Proportion
from ratings.watch import is_certified

LEAST_LIKE = 5
"""Units with ten answers that a standing among them needs."""
MOST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Child:
    """One unit of a roll-up. ``answered`` None: fewer than five. ``standing``: among its likes, from ten answers
    that are not about certified copies, and five such units."""

    unit: str
    completed: int
    late_done: int
    answered: int | None
    band: Band | None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class MixPair:
    """``first`` is behind ``second`` in the bare total and ahead of it with the same mix of fields."""

    first: str
    second: str
    first_share: Standardised
    second_share: Standardised


def kept_as(unit: str, below: Sequence[str] | None) -> str:
    """Under what the locked digest of a unit alone, or of all below it, is kept."""
    return unit if below is None else f"{unit}/*"


def left_out(answers: Sequence[RatingRecord]) -> list[RatingRecord]:
    """The answers that the sum may hold: all, or those of the units with five or more."""
    counts = Counter(answer.unit for answer in answers)
    if not leaves_a_few(len(answers), counts.values()):
        return list(answers)
    return [answer for answer in answers if counts[answer.unit] >= LEAST_ANSWERS]


def children_of(
    units: Iterable[str], completions: Iterable[CompletionRecord], answers: Iterable[RatingRecord]
) -> tuple[Child, ...]:
    """A line for each unit, in the order of their codes: no table of ranks."""
    stars, rest = _stars(answers)
    done, late = Counter[str](), Counter[str]()
    for completion in completions:
        done[completion.unit] += 1
        late[completion.unit] += is_late_done(completion)
    stands = _standings(rest)
    found = []
    for unit in sorted(units):
        satisfied = Distribution.of(stars.get(unit, ())).satisfied
        shown = satisfied if satisfied is not None and satisfied.n >= LEAST_ANSWERS else None
        found.append(
            Child(
                unit=unit,
                completed=done[unit],
                late_done=late[unit],
                answered=None if shown is None else shown.n,
                band=None if shown is None else Band.of(shown),
                standing=stands.get(unit),
            )
        )
    return tuple(found)


def mix_pairs(answers: Iterable[RatingRecord]) -> tuple[MixPair, ...]:
    """Units of which the bare totals say the opposite of their fields (of ten answers or more in each)."""
    of_unit: defaultdict[str, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        of_unit[answer.unit].append(answer)
    fields = {unit: by_field(mine) for unit, mine in sorted(of_unit.items())}
    found = []
    for one, other in combinations(fields, 2):
        if hidden_by_mix(fields[one], fields[other]):
            found.append(_pair(one, other, fields))
    found.sort(key=lambda pair: (-(pair.first_share.share - pair.second_share.share), pair.first))
    return tuple(found[:MOST_PAIRS])


def _pair(one: str, other: str, fields: dict[str, dict[str, Proportion]]) -> MixPair:
    shared = {field: 1.0 for field in fields[one] if field in fields[other]}
    first, second = standardised(fields[one], shared), standardised(fields[other], shared)
    assert first is not None
    assert second is not None
    if first.share < second.share:
        one, other, first, second = other, one, second, first
    return MixPair(one, other, first, second)


def _stars(answers: Iterable[RatingRecord]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Each unit's stars, and those that are not about certified copies."""
    stars: defaultdict[str, list[int]] = defaultdict(list)
    rest: defaultdict[str, list[int]] = defaultdict(list)
    for answer in answers:
        stars[answer.unit].append(answer.stars)
        if not is_certified(answer.field):
            rest[answer.unit].append(answer.stars)
    return stars, rest


def _standings(rest: dict[str, list[int]]) -> dict[str, Standing]:
    shares = {unit: Distribution.of(stars).satisfied for unit, stars in sorted(rest.items())}
    enough = {unit: p for unit, p in shares.items() if p is not None and p.n >= LEAST_DISTRIBUTION}
    if len(enough) < LEAST_LIKE:
        return {}
    proportions = list(enough.values())
    return dict(zip(enough, standings(proportions, prior_by_likelihood(proportions)), strict=True))
