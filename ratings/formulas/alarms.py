"""When a unit's answers call for a look: an exact limit for one period, and a running sum over single answers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import log

from msgspec import Struct

from ratings.formulas.beta import binomial_at_most

ONCE_IN = 0.00135
"""The one-sided tail of three standard deviations: how rarely the exact limit may be passed without a cause."""
LEAST_SHARE = 0.02
ANSWERS_A_YEAR = 104_000
"""200 units with ten answers a week: the province that the limits of the running sum are made for."""
FALSE_ALARMS_A_YEAR = 12


def exact_limit(n: int, usual: float, tail: float = ONCE_IN) -> int | None:
    """The greatest count of satisfied of ``n`` that is an alarm: P(X ≤ count) ≤ ``tail`` for X ~ Bin(n, usual).

    None where even 0 of n would be no alarm. ``usual`` is strictly between 0 and 1. An exact p-chart: unlike three
    standard deviations it keeps its promise for small n.
    """
    limit: int | None = None
    for count in range(n + 1):
        if binomial_at_most(count, n, usual) > tail:
            break
        limit = count
    return limit


class RunningSum(Struct, frozen=True):
    """The integer Bernoulli CUSUM: +``step`` for a dissatisfied answer (1–3★), −1 for another, never below 0.

    It calls for a look when it reaches ``limit`` and begins again at 0. Works at three answers a week, without weeks
    or normal theory. M. R. Reynolds and Z. G. Stoumbos, "A CUSUM chart for monitoring a proportion when inspecting
    continuously", Journal of Quality Technology 31 (1999), 87–108; the step is their ratio as a whole number.
    """

    step: int
    limit: int

    def path(self, dissatisfied: Iterable[bool]) -> tuple[int, ...]:
        """The sum after each answer, as if it never began again."""
        found: list[int] = []
        value = 0
        for bad in dissatisfied:
            value = max(0, value + (self.step if bad else -1))
            found.append(value)
        return tuple(found)

    def run(self, dissatisfied: Iterable[bool], value: int = 0) -> tuple[int, int]:
        """From ``value`` on: the sum after the last answer, begun again after each alarm, and how many alarms."""
        alarms = 0
        for bad in dissatisfied:
            value = max(0, value + (self.step if bad else -1))
            if value >= self.limit:
                value, alarms = 0, alarms + 1
        return value, alarms

    def answers_until_alarm(self, share: float) -> float:
        """How many answers it takes on average from 0 to the limit, where ``share`` of them are dissatisfied.

        Exact, by the chain's equations E(s) = 1 + q·E(s + step) + (1 − q)·E(max(0, s − 1)), solved from the limit
        downwards: E(s) = a(s) + b(s)·E(s − 1).
        """
        q = share
        lines: list[tuple[float, float]] = [(0.0, 0.0)] * (self.limit + self.step)
        for s in range(self.limit - 1, 0, -1):
            constant, factor = self._from_above(lines, s)
            scale = 1 - q * factor
            lines[s] = ((1 + q * constant) / scale, (1 - q) / scale)
        constant, factor = self._from_above(lines, 0)
        return (1 + q * constant) / (q * (1 - factor))

    def _from_above(self, lines: list[tuple[float, float]], s: int) -> tuple[float, float]:
        """E(s + step) as constant + factor·E(s)."""
        if s + self.step >= self.limit:
            return 0.0, 0.0
        constant, factor = 0.0, 1.0
        for above in range(s + self.step, s, -1):
            a, b = lines[above]
            constant, factor = constant + factor * a, factor * b
        return constant, factor


def up_step(usual: float) -> int:
    """By how much a dissatisfied answer raises the sum, where ``usual`` (0 < usual < 0.5) is the ordinary share of
    them and twice that is to be found: the ratio of both answers' log-likelihoods, as a whole number; one at least,
    for a sum that nothing raises would never call."""
    doubled = 2 * usual
    up = log(doubled * (1 - usual) / (usual * (1 - doubled)))
    return max(1, round(up / -log((1 - doubled) / (1 - usual))) - 1)


@cache
def running_sum(usual: float, a_year: int = FALSE_ALARMS_A_YEAR) -> RunningSum:
    """The sum with the lowest limit that gives at most ``a_year`` false alarms in a province's year of answers.

    ``usual``: the unit's ordinary share of dissatisfied answers, taken as ``LEAST_SHARE`` where it is less. Raises
    ValueError from 0.5: nothing twice as bad exists to be found.
    """
    if usual >= 0.5:
        raise ValueError(f"twice {usual} is no share")
    usual = max(usual, LEAST_SHARE)
    step, wanted = up_step(usual), ANSWERS_A_YEAR / a_year
    low, high = 1, 2
    while RunningSum(step, high).answers_until_alarm(usual) < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if RunningSum(step, middle).answers_until_alarm(usual) < wanted:
            low = middle
        else:
            high = middle
    return RunningSum(step, high)
