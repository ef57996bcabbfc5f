"""What dissatisfaction comes from: how much of it would go with a reason, not how often the reason is named."""

from __future__ import annotations

from math import exp, log, sqrt

from msgspec import Struct

from ratings.statistics import Z95, Interval, Proportion


class Driver(Struct, frozen=True):
    """The dissatisfied among those who met a circumstance and among those who did not."""

    met: Proportion
    others: Proportion

    @property
    def attributable(self) -> float:
        """The population attributable fraction, (p − p₀)/p with p the share of dissatisfied of all and p₀ that of
        those who did not meet it: how much of the dissatisfaction would go with it. 0 where nobody is dissatisfied.

        M. L. Levin, Acta Unio Internationalis Contra Cancrum 9 (1953), 531–541.
        """
        all_of_them = (self.met.count + self.others.count) / (self.met.n + self.others.n)
        return (all_of_them - self.others.share) / all_of_them if all_of_them else 0.0

    @property
    def risk_difference(self) -> float:
        """The share of dissatisfied who met it minus that of those who did not."""
        return self.met.share - self.others.share

    @property
    def risk_ratio(self) -> float | None:
        """The first share over the second; None where that is 0."""
        return self.met.share / self.others.share if self.others.count else None

    @property
    def phi(self) -> float | None:
        """The correlation of meeting it and being dissatisfied, −1 … 1; None where either is true of all or of none."""
        a, b, c, d = self._cells
        margins = (a + b) * (c + d) * (a + c) * (b + d)
        return (a * d - b * c) / sqrt(margins) if margins else None

    @property
    def odds_ratio_with_halves(self) -> float:
        """The ratio of odds with ½ in each cell, which exists for empty cells too.

        J. B. S. Haldane, "The estimation and significance of the logarithm of a ratio of frequencies", Annals of
        Human Genetics 20 (1956), 309–311.
        """
        a, b, c, d = (cell + 0.5 for cell in self._cells)
        return a * d / (b * c)

    @property
    def _cells(self) -> tuple[int, int, int, int]:
        met, others = self.met, self.others
        return met.count, met.n - met.count, others.count, others.n - others.count

    def odds_ratio(self) -> tuple[float, Interval] | None:
        """The ratio of odds and its 95 % interval (Woolf); None where a cell is empty."""
        a, b, c, d = self._cells
        if min(a, b, c, d) == 0:
            return None
        found = log(a * d / (b * c))
        half = Z95 * sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        return exp(found), Interval(exp(found - half), exp(found + half))
