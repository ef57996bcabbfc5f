"""Many comparisons at once, and comparisons of units with unlike work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, sqrt

from msgspec import Struct

from ratings.statistics import Z95, Interval, Proportion


def adjusted(p: Sequence[float]) -> tuple[float, ...]:
    """Each p-value as the least share of false discoveries at which it is still one, in the given order.

    Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995), 289–300.
    """
    found = [1.0] * len(p)
    least = 1.0
    for rank, place in sorted(enumerate(sorted(range(len(p)), key=p.__getitem__), 1), reverse=True):
        least = min(least, p[place] * len(p) / rank)
        found[place] = least
    return tuple(found)


def rejected(p: Sequence[float], share: float = 0.10) -> tuple[bool, ...]:
    """Which p-values are discoveries when at most ``share`` of these may be false."""
    return tuple(value <= share for value in adjusted(p))


class Standardised(Struct, frozen=True):
    """The share that a unit would have with a common mix of fields; ``n`` answers stand behind it, each field with
    two at least."""

    share: float
    error: float
    n: int

    @property
    def interval(self) -> Interval:
        """Bounds of 95 %, by the normal approximation, within 0 … 1."""
        half = Z95 * self.error
        return Interval(max(0.0, self.share - half), min(1.0, self.share + half))


def worth(fields: Mapping[str, Proportion], weights: Mapping[str, float]) -> float:
    """How many evenly weighted answers the weighted ones are worth: (Σ w)²/Σ w² with w = W·n/nₕ for each answer.

    L. Kish, Survey Sampling (1965), section 11.7. ``weights`` are of any positive sum, over fields with answers.
    """
    each = {field: weight / fields[field].n for field, weight in weights.items()}
    return fsum(weights.values()) ** 2 / fsum(fields[field].n * w * w for field, w in each.items())


def standardised(fields: Mapping[str, Proportion], weights: Mapping[str, float]) -> Standardised | None:
    """Direct standardisation: p = Σ W·pₕ, variance Σ W²·pₕ(1 − pₕ)/(nₕ − 1), over the fields of ``weights``.

    ``weights`` are of any positive sum. None where a field that has weight has fewer than two answers: what nobody
    told cannot be weighed. W. G. Cochran, Sampling Techniques, 3rd ed. (1977), chapter 5A.
    """
    whole = fsum(weights.values())
    total = variance = 0.0
    n = 0
    for field, weight in sorted(weights.items()):
        if weight == 0:
            continue
        found = fields.get(field)
        if found is None or found.n < 2:
            return None
        part, p = weight / whole, found.share
        total += part * p
        variance += part * part * p * (1 - p) / (found.n - 1)
        n += found.n
    return Standardised(total, sqrt(variance), n) if n else None


def hidden_by_mix(one: Mapping[str, Proportion], other: Mapping[str, Proportion]) -> bool:
    """Whether two units' bare totals say the opposite of their fields (Simpson's paradox).

    True where one is ahead in the total while the other is ahead when both have the same mix (equal weights over
    the fields that both have, two answers at least in each): the difference is made by the mix of procedures.
    """
    shared = {f: 1.0 for f in one if f in other and min(one[f].n, other[f].n) >= 2}
    first, second = standardised(one, shared), standardised(other, shared)
    if first is None or second is None:
        return False
    return (_total(one, shared) - _total(other, shared)) * (first.share - second.share) < 0


def _total(fields: Mapping[str, Proportion], shared: Mapping[str, float]) -> float:
    return sum(fields[f].count for f in shared) / sum(fields[f].n for f in shared)
