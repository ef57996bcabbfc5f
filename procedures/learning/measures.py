"""The figures of an evaluation, each from counts; ``None`` where there is nothing to divide by."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Z = 1.959964
"""The two-sided 95 % quantile of the normal distribution."""


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson 1927)."""
    if not whole:
        return None
    rate = part / whole
    middle = rate + Z * Z / (2 * whole)
    half = Z * math.sqrt(rate * (1 - rate) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> tuple[float, float] | None:
    """How often a score of ``inside`` is above one of ``outside`` (ties count half), and its lower 95 % bound.

    The bound is that of Hanley and McNeil (1982).
    """
    if not inside or not outside:
        return None
    ordered = sorted(outside)
    wins = sum((bisect_left(ordered, score) + bisect_right(ordered, score)) / 2 for score in inside)
    area = wins / (len(inside) * len(outside))
    both_inside, both_outside = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area)
    spread += (len(inside) - 1) * (both_inside - area * area) + (len(outside) - 1) * (both_outside - area * area)
    error = math.sqrt(max(spread, 0.0) / (len(inside) * len(outside)))
    return area, max(0.0, area - Z * error)


def accepted_outside(inside: Sequence[float], outside: Sequence[float], recall: float = 0.95) -> float | None:
    """The share of ``outside`` accepted at the highest threshold that accepts ``recall`` of ``inside``."""
    if not inside or not outside:
        return None
    threshold = sorted(inside, reverse=True)[math.ceil(recall * len(inside)) - 1]
    return sum(score >= threshold for score in outside) / len(outside)


def macro_f1(pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> float | None:
    """The mean over all gold labels of F1, from (gold, found) label sets, one pair a question."""
    hits: dict[str, int] = {}
    missed: dict[str, int] = {}
    invented: dict[str, int] = {}
    for gold, found in pairs:
        for counts, labels in ((hits, gold & found), (missed, gold - found), (invented, found - gold)):
            for label in labels:
                counts[label] = counts.get(label, 0) + 1
    wanted = hits.keys() | missed.keys()
    if not wanted:
        return None
    return sum(_f1(hits.get(each, 0), missed.get(each, 0) + invented.get(each, 0)) for each in wanted) / len(wanted)


def _f1(hits: int, errors: int) -> float:
    return 2 * hits / (2 * hits + errors)


def percentile(values: Sequence[float], part: float) -> float | None:
    """The smallest value that ``part`` of all do not exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)] if values else None
