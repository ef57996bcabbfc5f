"""Units beside each other: small ones drawn towards what is common, shown in three bands, never in a league table.

A unit with 5 of 5 is first in a table of bare rates and proves almost nothing; drawn towards the common rate by as
much as its few answers deserve, it stands where it can be defended.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import exp, log

from msgspec import Struct

from ratings.formulas.beta import beta_below, beta_quantile
from ratings.formulas.comparison import rejected
from ratings.statistics import Interval, Proportion

ROUNDS = 200
LONGEST_STEP = 1.0
FARTHEST = 20.0
"""Of ln α and ln β: beyond it lies no peak, the units are alike."""
FALSE_SHARE = 0.05


class Standing(Enum):
    """Where a unit stands among its likes."""

    BELOW = "thấp hơn mặt bằng"
    LEVEL = "ngang mặt bằng"
    ABOVE = "cao hơn mặt bằng"


class Prior(Struct, frozen=True):
    """What the units have in common: their true shares as Beta(alpha, beta), both > 0."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """The common share."""
        return self.alpha / (self.alpha + self.beta)


class Shrunken(Struct, frozen=True):
    """A unit's share as far as its answers carry: Beta(count + alpha, n − count + beta)."""

    proportion: Proportion
    prior: Prior

    @property
    def alpha(self) -> float:
        return self.proportion.count + self.prior.alpha

    @property
    def beta(self) -> float:
        return self.proportion.n - self.proportion.count + self.prior.beta

    @property
    def share(self) -> float:
        """The expected share."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def interval(self) -> Interval:
        """Where the share lies with 95 % probability."""
        return Interval(beta_quantile(0.025, self.alpha, self.beta), beta_quantile(0.975, self.alpha, self.beta))

    def below(self, share: float) -> float:
        """The probability that the unit's true share is under ``share``."""
        return beta_below(share, self.alpha, self.beta)


def prior_by_moments(units: Sequence[Proportion]) -> Prior | None:
    """The prior with the units' weighted mean and variance; None where they differ no more than chance makes them.

    ρ = (S/(p(1 − p)) − (k − 1)) / (N − Σn²/N − (k − 1)) with S = Σ n·(pᵢ − p)², and α + β = 1/ρ − 1. J. C. Kleinman,
    "Proportions with extraneous variance: single and independent samples", JASA 68 (1973), 46–54.
    """
    k, total = len(units), sum(u.n for u in units)
    if k < 2:
        return None
    p = sum(u.count for u in units) / total
    if p in (0.0, 1.0):
        return None
    spread = sum(u.n * (u.share - p) ** 2 for u in units) / (p * (1 - p))
    free = total - sum(u.n * u.n for u in units) / total - (k - 1)
    if free <= 0 or spread <= k - 1:
        return None
    rho = min((spread - (k - 1)) / free, 0.999)
    weight = 1 / rho - 1
    return Prior(p * weight, (1 - p) * weight)


def prior_by_likelihood(units: Sequence[Proportion]) -> Prior | None:
    """The prior under which the units' counts are most probable (beta-binomial), None where chance alone explains
    them or the search finds no peak.

    Σ[ln B(x + α, n − x + β) − ln B(α, β)] is climbed by Newton's steps in (ln α, ln β); with whole counts its
    derivatives are finite sums.
    """
    start = prior_by_moments(units)
    if start is None:
        return None
    climb = _Climb(units)
    u, v = log(start.alpha), log(start.beta)
    best = climb.height(exp(u), exp(v))
    for _ in range(ROUNDS):
        du, dv = climb.step(exp(u), exp(v))
        while climb.height(exp(u + du), exp(v + dv)) < best and max(abs(du), abs(dv)) > 1e-13:
            du, dv = du / 2, dv / 2
        u, v = u + du, v + dv
        best = climb.height(exp(u), exp(v))
        if max(abs(du), abs(dv)) < 1e-11:
            return Prior(exp(u), exp(v))
        if max(abs(u), abs(v)) > FARTHEST:
            return None
    return None


class _Climb:
    """The likelihood of a beta-binomial and its derivatives, from how many units have more than i of each count."""

    def __init__(self, units: Sequence[Proportion]) -> None:
        self._yes = _more_than([u.count for u in units])
        self._no = _more_than([u.n - u.count for u in units])
        self._all = _more_than([u.n for u in units])

    def height(self, a: float, b: float) -> float:
        return (
            sum(m * log(a + i) for i, m in enumerate(self._yes))
            + sum(m * log(b + i) for i, m in enumerate(self._no))
            - sum(m * log(a + b + i) for i, m in enumerate(self._all))
        )

    def step(self, a: float, b: float) -> tuple[float, float]:
        """Newton's step in the logarithms; uphill along the gradient where the surface is not a hill."""
        both1, both2 = _slopes(self._all, a + b)
        yes1, yes2 = _slopes(self._yes, a)
        no1, no2 = _slopes(self._no, b)
        ga, gb = a * (yes1 - both1), b * (no1 - both1)
        haa = ga - a * a * (yes2 - both2)
        hbb = gb - b * b * (no2 - both2)
        hab = a * b * both2
        determinant = haa * hbb - hab * hab
        if haa < 0 and determinant > 0:
            step = ((-ga * hbb + gb * hab) / determinant, (-gb * haa + ga * hab) / determinant)
        else:
            step = (ga, gb)
        too_far = max(abs(step[0]), abs(step[1]), LONGEST_STEP) / LONGEST_STEP
        return step[0] / too_far, step[1] / too_far


def _more_than(counts: Sequence[int]) -> list[int]:
    """How many of the counts are greater than 0, 1, 2, …"""
    found = [0] * max(counts, default=0)
    for count in counts:
        if count:
            found[count - 1] += 1
    for i in range(len(found) - 2, -1, -1):
        found[i] += found[i + 1]
    return found


def _slopes(more: list[int], x: float) -> tuple[float, float]:
    first = second = 0.0
    for i, m in enumerate(more):
        part = 1 / (x + i)
        first += m * part
        second += m * part * part
    return first, second


def standings(units: Sequence[Proportion], prior: Prior | None) -> tuple[Standing, ...]:
    """Each unit's band, in the units' order; all are level where they have no prior.

    Below where P(true share < common share) is at least 0.95 and stays so among so many units (Benjamini–Hochberg
    at 5 % over the units); above likewise.
    """
    if prior is None:
        return (Standing.LEVEL,) * len(units)
    under = [Shrunken(unit, prior).below(prior.mean) for unit in units]
    low = rejected([1 - p for p in under], FALSE_SHARE)
    high = rejected(under, FALSE_SHARE)
    return tuple(
        Standing.BELOW if is_low else Standing.ABOVE if is_high else Standing.LEVEL
        for is_low, is_high in zip(low, high, strict=True)
    )
