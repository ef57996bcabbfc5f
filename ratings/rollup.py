"""Several units in one digest: their sum, and a line for each. Pure.

Each unit also has a digest of its own. Whoever has that and the sum can subtract: which answers the sum may hold says
``views.py``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import fsum

from msgspec import Struct

from ratings.formulas.comparison import Standardised, hidden_by_mix, standardised
from ratings.formulas.shrinkage import Standing, prior_by_likelihood, standings
from ratings.peers import LEAST_LIKE
from ratings.records import Handed, RatingRecord
from ratings.shown import LEAST_ANSWERS, LEAST_DISTRIBUTION, Band, by_field
from ratings.statistics import Distribution, Proportion, newcombe
from ratings.watch import is_certified

MOST_PAIRS = 3


class Child(Struct, frozen=True):
    """One unit of a roll-up. ``answered`` None: fewer than five, or ``withheld`` (by an earlier version, which told of
    the days of a period). ``standing``: among its likes, from ten answers that are not about certified copies, and five
    such units."""

    unit: str
    completed: int
    late_done: int
    answered: int | None
    band: Band | None
    standing: Standing | None = None
    withheld: bool = False


class MixPair(Struct, frozen=True):
    """``first`` is behind ``second`` in the bare total and ahead of it with the same mix of fields."""

    first: str
    second: str
    first_share: Standardised
    second_share: Standardised


def kept_as(unit: str, below: Sequence[str] | None) -> str:
    """Under what the locked digest of a unit alone, or of all below it, is kept."""
    return unit if below is None else f"{unit}/*"


def children_of(
    units: Iterable[str],
    handed: Iterable[Handed],
    answers: Iterable[RatingRecord],
) -> tuple[Child, ...]:
    """A line for each unit, in the order of their codes: no table of ranks. ``answers``: those that may be told of."""
    stars, rest = _stars(answers)
    done, late = Counter[str](), Counter[str]()
    for row in handed:
        done[row.unit] += row.n
        late[row.unit] += row.n * row.is_late
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
    """Units of which the bare totals say, beyond chance, the opposite of their fields (of ten answers or more in
    each); first where the totals differ most."""
    of_unit: defaultdict[str, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        of_unit[answer.unit].append(answer)
    fields = {unit: by_field(mine) for unit, mine in sorted(of_unit.items())}
    sums = _Sums(fields)
    found = []
    for one, other in combinations(fields, 2):
        pair = fields[one], fields[other]
        if sums.may_turn(one, other) and hidden_by_mix(*pair) and (gap := _gap(*pair)):
            found.append((-gap, _pair(one, other, fields)))
    found.sort(key=lambda pair: (pair[0], pair[1].first))
    return tuple(pair for _, pair in found[:MOST_PAIRS])


class _Sums:
    """A first look, for there are many pairs: whether totals and equally weighted fields point in two directions.

    A unit is summed up once for all the others that share the same fields with it.
    """

    def __init__(self, fields: Mapping[str, Mapping[str, Proportion]]) -> None:
        self._fields = fields
        self._found: dict[tuple[str, frozenset[str]], tuple[int, int, float]] = {}

    def may_turn(self, one: str, other: str) -> bool:
        shared = frozenset(self._fields[one].keys() & self._fields[other].keys())
        if len(shared) < 2:
            return False
        (count, n, shares), (other_count, other_n, other_shares) = self._of(one, shared), self._of(other, shared)
        return (count * other_n - other_count * n) * (shares - other_shares) < 0

    def _of(self, unit: str, shared: frozenset[str]) -> tuple[int, int, float]:
        """The satisfied, the answers, and the sum of the shares of these fields."""
        if (unit, shared) not in self._found:
            parts = [self._fields[unit][field] for field in sorted(shared)]
            total = sum(p.count for p in parts), sum(p.n for p in parts)
            self._found[unit, shared] = (*total, fsum(p.share for p in parts))
        return self._found[unit, shared]


def _gap(one: dict[str, Proportion], other: dict[str, Proportion]) -> float:
    """By how much the bare totals of the fields that both have differ; 0 where that may be chance."""
    totals = [
        Proportion(sum(fields[f].count for f in one if f in other), sum(fields[f].n for f in one if f in other))
        for fields in (one, other)
    ]
    change = newcombe(totals[0], totals[1])
    return 0.0 if change.interval.low <= 0 <= change.interval.high else abs(change.difference)


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
