"""The few formulas behind a digest. Pure; a share never travels without what it is a share of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from math import sqrt

from msgspec import Struct

from ratings.formulas.beta import beta_quantile

Z95 = 1.959963984540054
"""The standard normal quantile of 0.975: two-sided 95 %."""

SATISFIED_FROM = 4
"""Stars from which an answer counts as satisfied: "Hài lòng" and "Rất hài lòng"."""


class Proportion(Struct, frozen=True):
    """``count`` of ``n``, ``n`` ≥ 1. Where there is nothing to count, there is no proportion: use None.

    Raises ValueError unless 0 ≤ count ≤ n and n ≥ 1.
    """

    count: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.n or self.n < 1:
            raise ValueError(f"{self.count} of {self.n} is no proportion")

    @property
    def share(self) -> float:
        """The fraction, 0 … 1."""
        return self.count / self.n

    @property
    def percent(self) -> int:
        """Whole percent, exact halves to the even neighbour."""
        return round(Fraction(100 * self.count, self.n))


class Interval(Struct, frozen=True):
    """Bounds of a share or of a difference of shares, as fractions; low ≤ high."""

    low: float
    high: float


class Change(Struct, frozen=True):
    """Two proportions and the 95 % interval of ``this.share − previous.share``."""

    this: Proportion
    previous: Proportion
    interval: Interval

    @property
    def difference(self) -> float:
        """This share minus the previous one, as a fraction."""
        return self.this.share - self.previous.share


class Mean(Struct, frozen=True):
    """A mean of ``n`` ≥ 2 numbers with their standard deviation: it exists only together with what it is a mean of.

    No digest shows one: [0,0,0,100,0], [0,0,25,50,25] and [20,5,0,5,70] have the same.
    """

    value: float
    deviation: float
    n: int

    @property
    def error(self) -> float:
        """The standard error."""
        return self.deviation / sqrt(self.n)

    @property
    def interval(self) -> Interval:
        """Student's of 95 %; its quantile from the beta distribution (DLMF 8.17.7 with t² = ν(1 − x)/x)."""
        x = beta_quantile(0.05, (self.n - 1) / 2, 0.5)
        half = sqrt((self.n - 1) * (1 - x) / x) * self.error
        return Interval(self.value - half, self.value + half)


class Distribution(Struct, frozen=True):
    """How many gave 1★, 2★, … 5★: exactly five counts in that order. Raises ValueError for anything else."""

    counts: tuple[int, int, int, int, int]

    def __post_init__(self) -> None:
        if len(self.counts) != 5 or min(self.counts) < 0:
            raise ValueError(f"a distribution is five counts from 0 up, not {self.counts}")

    @classmethod
    def of(cls, stars: Iterable[int]) -> Distribution:
        """Count answers of 1 … 5 stars. Raises ValueError for another number."""
        found = Counter(stars)
        if wrong := found.keys() - {1, 2, 3, 4, 5}:
            raise ValueError(f"{min(wrong)} stars")
        return cls((found[1], found[2], found[3], found[4], found[5]))

    @property
    def n(self) -> int:
        """All answers."""
        return sum(self.counts)

    @property
    def shares(self) -> tuple[Proportion, ...]:
        """The five counts, each of n; empty where nobody answered."""
        return tuple(Proportion(count, self.n) for count in self.counts) if self.n else ()

    @property
    def mean(self) -> Mean | None:
        """Of the stars; None below two answers."""
        if self.n < 2:
            return None
        mean = sum(stars * count for stars, count in enumerate(self.counts, 1)) / self.n
        squares = sum(count * (stars - mean) ** 2 for stars, count in enumerate(self.counts, 1))
        return Mean(mean, sqrt(squares / (self.n - 1)), self.n)

    @property
    def satisfied(self) -> Proportion | None:
        """Top two of five (4★ and 5★) of all answers; None where nobody answered.

        The rule of Vietnam's satisfaction surveys (share of the answers "hài lòng" and "rất hài lòng"),
        here over one question: comparable in form, not the same measure.
        """
        return Proportion(sum(self.counts[SATISFIED_FROM - 1 :]), self.n) if self.n else None


def wilson(proportion: Proportion, z: float = Z95) -> Interval:
    """The score interval, (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), with exact 0 and 1 at the ends.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209–212;
    recommended for small n by Brown, Cai and DasGupta, Statistical Science 16 (2001), 101–133.
    """
    n, p = proportion.n, proportion.share
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if proportion.count == 0 else max(0.0, centre - half)
    high = 1.0 if proportion.count == n else min(1.0, centre + half)
    return Interval(low, high)


def jeffreys(proportion: Proportion) -> Interval:
    """The 95 % interval of Beta(count + ½, n − count + ½), with 0 and 1 at the ends where nobody or everybody is
    counted. Brown, Cai and DasGupta, Statistical Science 16 (2001), 101–133, section 4.1.2.
    """
    a, b = proportion.count + 0.5, proportion.n - proportion.count + 0.5
    low = 0.0 if proportion.count == 0 else beta_quantile(0.025, a, b)
    high = 1.0 if proportion.count == proportion.n else beta_quantile(0.975, a, b)
    return Interval(low, high)


def exact(proportion: Proportion) -> Interval:
    """The 95 % interval that holds the share at least as often as it says, for rare events: 0 of 300 is not zero.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404–413.
    """
    count, n = proportion.count, proportion.n
    low = 0.0 if count == 0 else beta_quantile(0.025, count, n - count + 1)
    high = 1.0 if count == n else beta_quantile(0.975, count + 1, n - count)
    return Interval(low, high)


def at_most(proportion: Proportion, sure: float = 0.95) -> float:
    """The share that is not passed with this certainty, one-sided and exact: none of 300 says at most one in 100.

    The upper bound of Clopper and Pearson's for 1 − ``sure``.
    """
    count, n = proportion.count, proportion.n
    return 1.0 if count == n else beta_quantile(sure, count + 1, n - count)


def of_a_finite_whole(proportion: Proportion, whole: int) -> Interval:
    """Wilson's interval where ``n`` of only ``whole`` people answered: z shrinks by √((N − n)/(N − 1)).

    W. G. Cochran, Sampling Techniques, 3rd ed. (1977), section 2.6. It speaks of a random sample, which those who
    answer are not: ``without_assumptions`` stands beside it. Raises ValueError where the whole is less than ``n``.
    """
    if whole < proportion.n:
        raise ValueError(f"{proportion.n} of {whole}")
    return wilson(proportion, Z95 * sqrt((whole - proportion.n) / max(whole - 1, 1)))


class Verdict(Enum):
    """What may be said of a change: a direction only where its interval excludes zero."""

    UP = "up"
    DOWN = "down"
    NO_EVIDENCE = "no evidence of change"

    @classmethod
    def of(cls, change: Change) -> Verdict:
        """The verdict on a change of the share of satisfied."""
        if change.interval.low > 0:
            return cls.UP
        return cls.DOWN if change.interval.high < 0 else cls.NO_EVIDENCE


def newcombe(this: Proportion, previous: Proportion, z: float = Z95) -> Change:
    """The hybrid score interval of a difference of two independent proportions, from their Wilson intervals (l, u):

    d − √((p₁−l₁)² + (u₂−p₂)²) … d + √((u₁−p₁)² + (p₂−l₂)²), d = p₁ − p₂.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17 (1998), 873–890, method 10 (no continuity correction).
    """
    p1, p2 = this.share, previous.share
    first, second = wilson(this, z), wilson(previous, z)
    below = sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    above = sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    return Change(this, previous, Interval(p1 - p2 - below, p1 - p2 + above))


def without_assumptions(satisfied: Proportion, asked: int) -> Interval:
    """How satisfied all ``asked`` may be, whatever the silent ones think: x/N … (x + N − r)/N.

    ``satisfied`` is x of the r who answered. C. F. Manski, "Nonparametric bounds on treatment effects",
    American Economic Review 80 (1990), 319–323. Raises ValueError where fewer were asked than answered.
    """
    if asked < satisfied.n:
        raise ValueError(f"{satisfied.n} answered of {asked} asked")
    silent = asked - satisfied.n
    return Interval(satisfied.count / asked, (satisfied.count + silent) / asked)


def response_rate(answered: int, invited: int) -> Proportion | None:
    """The answered of the invited. None where nobody was invited, or where more answered than were invited
    (answers that came without an invitation), because then it is a rate of nothing.
    """
    return Proportion(answered, invited) if invited > 0 and answered <= invited else None
