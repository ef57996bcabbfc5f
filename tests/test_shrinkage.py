"""Small units beside large ones: reference values, and that a handful of answers never makes a unit first."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.formulas.shrinkage import Prior, Shrunken, Standing, prior_by_likelihood, prior_by_moments, standings
from ratings.statistics import Proportion

NAMES = "ABCDEFGH"
UNITS = [Proportion(x, n) for x, n in ((5, 5), (28, 30), (57, 60), (90, 100), (44, 55), (12, 12), (150, 160), (8, 14))]
SHARES = [0.910317, 0.915291, 0.934883, 0.897844, 0.821870, 0.930787, 0.932150, 0.751365]
LOW = [0.769661, 0.823406, 0.871211, 0.837625, 0.727364, 0.819736, 0.891068, 0.592324]
HIGH = [0.987340, 0.975306, 0.977861, 0.945413, 0.899860, 0.990371, 0.964111, 0.881324]
UNDER_85 = [0.144679, 0.066640, 0.007135, 0.053742, 0.722967, 0.059395, 0.000265, 0.917294]
BY_MOMENTS = [0.930197, 0.924290, 0.941668, 0.900427, 0.820013, 0.949619, 0.934929, 0.732393]
BY_18_AND_2 = [0.920000, 0.920000, 0.937500, 0.900000, 0.826667, 0.937500, 0.933333, 0.764706]


def near(values: list[float]) -> Any:
    return pytest.approx(values, abs=1e-6)


def test_prior_by_likelihood() -> None:
    prior = prior_by_likelihood(UNITS)
    assert prior is not None
    assert [prior.alpha, prior.beta, prior.mean] == near([16.546529, 2.122721, 0.886299])
    shrunken = [Shrunken(unit, prior) for unit in UNITS]
    assert [s.share for s in shrunken] == near(SHARES)
    assert [s.interval.low for s in shrunken] == near(LOW)
    assert [s.interval.high for s in shrunken] == near(HIGH)
    assert [s.below(0.85) for s in shrunken] == near(UNDER_85)


def test_the_order_of_bare_rates_is_not_kept() -> None:
    prior = prior_by_likelihood(UNITS)
    assert prior is not None
    order = sorted(zip(UNITS, NAMES, strict=True), key=lambda pair: -Shrunken(pair[0], prior).share)
    assert "".join(name for _, name in order) == "CGFBADEH"


def test_prior_by_moments() -> None:
    prior = prior_by_moments(UNITS)
    assert prior is not None
    assert [prior.alpha, prior.beta, prior.mean] == near([11.889724, 1.267433, 0.903670])
    assert [Shrunken(unit, prior).share for unit in UNITS] == near(BY_MOMENTS)
    assert [Shrunken(unit, Prior(18, 2)).share for unit in UNITS] == near(BY_18_AND_2)


def test_bands_need_more_than_luck() -> None:
    assert set(standings(UNITS, prior_by_likelihood(UNITS))) == {Standing.LEVEL}
    larger = [Proportion(10 * unit.count, 10 * unit.n) for unit in UNITS]
    bands = dict(zip(NAMES, standings(larger, prior_by_likelihood(larger)), strict=True))
    assert (bands["E"], bands["H"], bands["D"]) == (Standing.BELOW, Standing.BELOW, Standing.LEVEL)
    assert bands["G"] is Standing.ABOVE


def test_equal_units_are_all_level() -> None:
    random = Random(7)
    answers = [Proportion(sum(random.random() < 0.86 for _ in range(25)), 25) for _ in range(40)]
    assert set(standings(answers, prior_by_likelihood(answers))) == {Standing.LEVEL}


@pytest.mark.parametrize(
    "units",
    [[], [Proportion(3, 5)], [Proportion(5, 5), Proportion(9, 9)], [Proportion(0, 5)] * 3, [Proportion(4, 5)] * 9],
)
def test_nothing_in_common_can_be_learnt(units: list[Proportion]) -> None:
    assert prior_by_likelihood(units) is None
    assert standings(units, None) == (Standing.LEVEL,) * len(units)


some_units = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.builds(Proportion, st.integers(0, n), st.just(n))), min_size=2, max_size=20
)


@settings(deadline=None)
@given(some_units, st.integers(0, 2**32))
def test_every_unit_is_drawn_inwards_whatever_the_order(units: list[Proportion], seed: int) -> None:
    prior = prior_by_likelihood(units)
    mixed = Random(seed).sample(units, len(units))
    again = prior_by_likelihood(mixed)
    assert (prior is None) is (again is None)
    if prior is None or again is None:
        return
    assert again.mean == pytest.approx(prior.mean, rel=1e-6)
    for unit in units:
        low, high = sorted((unit.share, prior.mean))
        assert low - 1e-9 <= Shrunken(unit, prior).share <= high + 1e-9
