"""The formulas against reference values that were computed elsewhere (six decimals)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.statistics import (
    Distribution,
    Proportion,
    exact,
    jeffreys,
    newcombe,
    response_rate,
    wilson,
    without_assumptions,
)

WILSON = [
    (0, 1, 0.0, 0.793451),
    (1, 1, 0.206549, 1.0),
    (0, 5, 0.0, 0.434482),
    (4, 5, 0.375535, 0.963776),
    (5, 5, 0.565518, 1.0),
    (9, 10, 0.595850, 0.982124),
    (10, 10, 0.722467, 1.0),
    (27, 30, 0.743789, 0.965400),
    (30, 30, 0.886487, 1.0),
    (50, 60, 0.719684, 0.906868),
    (108, 120, 0.833318, 0.941866),
    (120, 800, 0.126932, 0.176413),
    (180, 200, 0.850594, 0.934330),
    (930, 1000, 0.912485, 0.944224),
    (3, 300, 0.003407, 0.028983),
]
JEFFREYS_AND_EXACT = [
    (0, 1, 0.0, 0.853254, 0.0, 0.975000),
    (1, 1, 0.146746, 1.0, 0.025000, 1.0),
    (0, 5, 0.0, 0.379377, 0.0, 0.521824),
    (4, 5, 0.371374, 0.977487, 0.283582, 0.994949),
    (5, 5, 0.620623, 1.0, 0.478176, 1.0),
    (9, 10, 0.618685, 0.988988, 0.554984, 0.997471),
    (10, 10, 0.782804, 1.0, 0.691503, 1.0),
    (27, 30, 0.756598, 0.971019, 0.734712, 0.978883),
    (30, 30, 0.920322, 1.0, 0.884297, 1.0),
    (50, 60, 0.724480, 0.910957, 0.714781, 0.917071),
    (180, 200, 0.852701, 0.935834, 0.849787, 0.937841),
    (930, 1000, 0.912934, 0.944582, 0.912384, 0.945028),
]
RARE = {(0, 30): 0.115703, (0, 100): 0.036217, (3, 300): 0.028945}
"""Two-sided 95 %; for 0 of n it is 1 − 0.025^(1/n)."""
HALF_WIDTH_AT_90_PERCENT = {10: 0.193137, 20: 0.136584, 30: 0.110805, 50: 0.085063, 100: 0.059568, 200: 0.041868}
proportions = st.integers(1, 400).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n)))


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("count", "n", "low", "high"), WILSON)
def test_wilson(count: int, n: int, low: float, high: float) -> None:
    interval = wilson(Proportion(count, n))
    assert (interval.low, interval.high) == (near(low), near(high))


@pytest.mark.parametrize(("n", "half"), HALF_WIDTH_AT_90_PERCENT.items())
def test_wilson_narrows_with_n(n: int, half: float) -> None:
    interval = wilson(Proportion(n * 9 // 10, n))
    assert (interval.high - interval.low) / 2 == near(half)


@settings(deadline=None)
@given(proportions)
def test_wilson_holds_the_share_and_ends_exactly(proportion: Proportion) -> None:
    interval = wilson(proportion)
    assert 0 <= interval.low <= proportion.share <= interval.high <= 1
    assert (interval.low == 0) is (proportion.count == 0)
    assert (interval.high == 1) is (proportion.count == proportion.n)


@pytest.mark.parametrize(("count", "n", "low", "high", "exact_low", "exact_high"), JEFFREYS_AND_EXACT)
def test_jeffreys_and_exact(count: int, n: int, low: float, high: float, exact_low: float, exact_high: float) -> None:
    proportion = Proportion(count, n)
    assert (jeffreys(proportion).low, jeffreys(proportion).high) == (near(low), near(high))
    assert (exact(proportion).low, exact(proportion).high) == (near(exact_low), near(exact_high))


@pytest.mark.parametrize(("rare", "high"), RARE.items())
def test_no_report_is_not_zero(rare: tuple[int, int], high: float) -> None:
    assert exact(Proportion(*rare)).high == near(high)


def test_newcombe() -> None:
    change = newcombe(Proportion(50, 60), Proportion(41, 58))
    assert change.difference == near(0.126437)
    assert (change.interval.low, change.interval.high) == (near(-0.025820), near(0.273212))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # the table of Newcombe's article, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_as_published(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    interval = newcombe(Proportion(*first), Proportion(*second)).interval
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@settings(deadline=None)
@given(proportions, proportions)
def test_newcombe_turned_round_is_its_negative(one: Proportion, other: Proportion) -> None:
    there, back = newcombe(one, other), newcombe(other, one)
    assert there.interval.low <= there.difference <= there.interval.high
    assert there.interval.low == pytest.approx(-back.interval.high)


def test_distribution() -> None:
    distribution = Distribution((3, 2, 5, 18, 32))
    assert distribution.n == 60
    assert [p.share for p in distribution.shares] == [near(x) for x in (0.05, 0.033333, 0.083333, 0.3, 0.533333)]
    assert distribution.satisfied == Proportion(50, 60)
    assert distribution.satisfied.share == near(0.833333)
    assert Distribution.of([5] * 32 + [1] * 3 + [4] * 18 + [2] * 2 + [3] * 5) == distribution


@pytest.mark.parametrize(
    ("counts", "top"),
    [((0, 0, 25, 50, 25), 0.75), ((20, 5, 0, 5, 70), 0.75), ((0, 0, 0, 100, 0), 1.0)],
)
def test_three_distributions_with_the_same_mean(counts: tuple[int, int, int, int, int], top: float) -> None:
    assert sum(stars * count for stars, count in enumerate(counts, 1)) / sum(counts) == 4
    satisfied = Distribution(counts).satisfied
    assert satisfied is not None and satisfied.share == top


def test_nobody_answered_is_no_share() -> None:
    nobody = Distribution.of([])
    assert (nobody.n, nobody.satisfied, nobody.shares) == (0, None, ())


def test_bounds_without_assumptions() -> None:
    bounds = without_assumptions(Proportion(108, 120), 800)
    assert (bounds.low, bounds.high) == (near(0.135), near(0.985))
    with pytest.raises(ValueError, match="120 answered of 119"):
        without_assumptions(Proportion(108, 120), 119)


def test_response_rate() -> None:
    assert response_rate(120, 800) == Proportion(120, 800)
    assert response_rate(0, 5) == Proportion(0, 5)
    assert response_rate(0, 0) is None
    assert response_rate(7, 6) is None


@pytest.mark.parametrize(
    ("count", "n", "percent"),
    [
        (1, 8, 12),
        (3, 8, 38),
        (1, 200, 0),
        (3, 200, 2),
        (5, 1000, 0),
        (15, 1000, 2),
        (50, 60, 83),
        (5, 6, 83),
        (1, 1, 100),
    ],
)
def test_percent_rounds_exact_halves_to_even(count: int, n: int, percent: int) -> None:
    assert Proportion(count, n).percent == percent


@pytest.mark.parametrize(("count", "n"), [(0, 0), (2, 1), (-1, 5)])
def test_no_proportion(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        Proportion(count, n)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_only_one_to_five_stars_are_counted(stars: int) -> None:
    with pytest.raises(ValueError, match="stars"):
        Distribution.of([5, stars])
