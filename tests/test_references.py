"""Reference values that were computed elsewhere, to six decimals, beside those of each module's own tests.

Not here, for nothing of the program uses them: median, NPS, Wald's interval, Shewhart's limits, EWMA and the
normal-theory CUSUM, Laney's chart, Fisher's and Mann–Whitney's tests, Holm's and Bonferroni's corrections, logistic
regression, randomised response, G and χ² of a distribution, Herfindahl's index of devices.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from msgspec import Struct

import ratings
from ratings.formulas.alarms import RunningSum, up_step
from ratings.formulas.beta import beta_less, poisson_at_least
from ratings.formulas.comparison import worth
from ratings.formulas.drivers import Driver
from ratings.formulas.measures import sipas_style
from ratings.formulas.shrinkage import Prior, Shrunken, prior_by_likelihood
from ratings.statistics import Distribution, Proportion, at_most, exact, of_a_finite_whole, wilson
from tests.test_comparison import MIX, A, B
from tests.test_measures import QUESTIONS
from tests.test_shrinkage import UNITS

NONE_OF = {  # tries without a failure: the bound of 95 % and of 99 %
    30: (0.095034, None),
    100: (0.029513, 0.045007),
    300: (0.009936, None),
    1_000: (2.991250e-03, 4.594583e-03),
    5_000: (5.989670e-04, 9.206100e-04),
    10_000: (2.995284e-04, 4.604110e-04),
    100_000: (2.995687e-05, 4.605064e-05),
    1_000_000: (2.995728e-06, 4.605160e-06),
}
RUNS = {  # limit of the sum +6/−1: answers until an alarm at shares of 5, 10, 15, 20 and 30 %
    18: (1904.5548, 183.953044, 60.470411, 32.02207, 15.67418),
    24: (11366.289164, 429.05333, 98.446898, 46.102565, 21.121808),
    30: (66268.688616, 923.107937, 144.075409, 60.637806, 26.551532),
    36: (386283.774353, 1902.642178, 196.72628, 75.419363, 31.994662),
    40: (1252157.487576, 3037.17808, 235.38902, 85.343256, 35.62883),
    42: (2255018.58249, 3825.763095, 255.718035, 90.316889, 37.445907),
    48: (13172751.073908, 7582.575731, 320.444113, 105.268211, 42.899912),
    54: (76961566.220621, 14903.165065, 390.363456, 120.244884, 48.354515),
    60: (449653610.381769, 29150.185385, 464.987896, 135.233666, 53.809147),
}
WITH_18_AND_2 = [
    (0.788798, 0.989744, 0.105924),
    (0.831341, 0.977309, 0.051331),
    (0.875405, 0.979132, 0.005317),
    (0.840623, 0.946799, 0.045286),
    (0.733864, 0.903007, 0.686361),
    (0.832979, 0.992089, 0.041969),
    (0.892706, 0.964883, 0.000205),
    (0.610919, 0.889077, 0.889325),
]
OWN_WEIGHT = [0.211245, 0.616406, 0.762687, 0.842678, 0.74658, 0.391271, 0.895509, 0.428538]


def near(value: Any) -> Any:
    return pytest.approx(value, abs=1e-6)


def test_a_mean_comes_with_its_n_and_interval() -> None:
    mean = Distribution((3, 2, 5, 18, 32)).mean
    assert mean is not None
    assert (mean.value, mean.deviation, mean.error, mean.n) == (near(4.233333), near(1.079339), near(0.139342), 60)
    assert (mean.interval.low, mean.interval.high) == (near(3.954511), near(4.512156))
    assert (mean.value - 1) / 4 * 100 == near(80.833333)


@pytest.mark.parametrize(
    ("counts", "deviation", "top", "bottom"),
    [
        ((0, 0, 0, 100, 0), 0.0, 1.0, 0.0),
        ((0, 0, 25, 50, 25), 0.710669, 0.75, 0.0),
        ((20, 5, 0, 5, 70), 1.651446, 0.75, 0.25),
    ],
)
def test_the_same_mean_of_three_desks(counts: Any, deviation: float, top: float, bottom: float) -> None:
    found = Distribution(counts)
    assert found.mean is not None and found.satisfied is not None
    assert (found.mean.value, found.mean.deviation, found.satisfied.share) == (4.0, near(deviation), near(top))
    assert sum(part.share for part in found.shares[:2]) == near(bottom)


def test_no_type_holds_a_number_without_what_it_is_of() -> None:
    """Every type of ours with a fraction also holds how many it is of; bounds, priors and what a sum takes for usual
    are of no one."""
    alone = []
    for module in pkgutil.walk_packages(ratings.__path__, "ratings."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__.startswith("ratings"):
                written = map(inspect.get_annotations, reversed(kind.__mro__))
                fields = {field: each[field] for each in written for field in each}
                if "float" in fields.values() and not fields.keys() & {"n", "people"}:
                    alone.append(name)
    assert set(alone) == {"Interval", "Prior", "Stand"}
    with pytest.raises(TypeError):
        Distribution()  # type: ignore[call-arg]


def test_wilson_at_four_hundred() -> None:
    found = wilson(Proportion(360, 400))
    assert (found.high - found.low) / 2 == near(0.029506)


def test_of_a_finite_whole() -> None:
    found = of_a_finite_whole(Proportion(108, 120), 800)
    assert (found.low, found.high) == (near(0.839396), near(0.939386))
    assert of_a_finite_whole(Proportion(9, 12), 12).low == of_a_finite_whole(Proportion(9, 12), 12).high == 0.75
    with pytest.raises(ValueError, match="12 of 11"):
        of_a_finite_whole(Proportion(9, 12), 11)


@pytest.mark.parametrize(("n", "bounds"), NONE_OF.items())
def test_none_of_so_many_is_not_zero(n: int, bounds: tuple[float, float | None]) -> None:
    for sure, bound in zip((0.95, 0.99), bounds, strict=True):
        if bound is not None:
            assert at_most(Proportion(0, n), sure) == pytest.approx(bound, abs=1e-6, rel=2e-6 if n > 300 else None)


@pytest.mark.parametrize(("share", "n"), [(1e-3, 2995), (1e-4, 29956), (1e-5, 299572)])
def test_so_many_tries_say_so_little(share: float, n: int) -> None:
    assert at_most(Proportion(0, n)) <= share < at_most(Proportion(0, n - 1))


def test_three_of_three_hundred() -> None:
    found = exact(Proportion(3, 300))
    assert (found.low, found.high) == (near(0.002067), near(0.028945))


def test_which_of_two_shares_is_less() -> None:
    """Two weeks with Jeffreys' prior; a unit of fourteen answers beside one of fifty-five."""
    assert beta_less(41.5, 17.5, 50.5, 10.5) == near(0.949338)
    prior = prior_by_likelihood(UNITS)
    assert prior is not None
    small, large = Shrunken(UNITS[7], prior), Shrunken(UNITS[4], prior)
    assert beta_less(small.alpha, small.beta, large.alpha, large.beta) == near(0.789054)
    assert beta_less(3, 4, 3, 4) == near(0.5)


def test_how_much_of_a_unit_is_its_own() -> None:
    prior = prior_by_likelihood(UNITS)
    assert prior is not None
    assert prior.alpha + prior.beta == near(16.546529 + 2.122721)
    assert [unit.n / (unit.n + prior.alpha + prior.beta) for unit in UNITS] == near(OWN_WEIGHT)
    order = sorted(zip(UNITS, "ABCDEFGH", strict=True), key=lambda pair: -pair[0].share)
    assert "".join(name for _, name in order) == "AFCGBDEH"


def test_with_a_fixed_prior() -> None:
    found = [Shrunken(unit, Prior(18, 2)) for unit in UNITS]
    values = [(each.interval.low, each.interval.high, each.below(0.85)) for each in found]
    assert values == [tuple(near(value) for value in line) for line in WITH_18_AND_2]


@pytest.mark.parametrize(("limit", "runs"), RUNS.items())
def test_how_long_a_sum_runs(limit: int, runs: tuple[float, ...]) -> None:
    for share, run in zip((0.05, 0.10, 0.15, 0.20, 0.30), runs, strict=True):
        # nine digits: with numbers up to half a billion that is what two ways of solving the equations share
        assert RunningSum(6, limit).answers_until_alarm(share) == pytest.approx(run, abs=1e-6, rel=1e-8)


def test_a_province_with_thirty_answers_a_week() -> None:
    for limit, a_year in ((59, 12), (69, 4)):
        wanted = 200 * 30 * 52 / a_year
        at_limit, below = (RunningSum(6, each).answers_until_alarm(0.10) for each in (limit, limit - 1))
        assert below < wanted <= at_limit
    assert RunningSum(6, 69).answers_until_alarm(0.10) == near(79360.085148)
    assert RunningSum(6, 69).answers_until_alarm(0.20) == near(157.726735)
    assert RunningSum(6, 69).answers_until_alarm(0.30) == near(61.991024)
    assert up_step(0.10) == 6


def test_a_driver_with_all_its_measures() -> None:
    driver = Driver(Proportion(18, 60), Proportion(12, 240))
    assert (driver.phi, driver.odds_ratio_with_halves) == (near(0.333333), near(7.957176))
    assert Driver(Proportion(0, 6), Proportion(0, 9)).phi is None


def test_what_weighted_answers_are_worth() -> None:
    found = worth(MIX, {"Hộ tịch": 0.5, "Đất đai": 0.3, "Kinh doanh": 0.2})
    assert found == near(106.571936)
    assert 120 / found == near(1.126)


def test_the_totals_of_unlike_desks() -> None:
    for fields, total in ((A, 0.725), (B, 0.893)):
        assert sum(p.count for p in fields.values()) / sum(p.n for p in fields.values()) == near(total)


def test_each_question_of_the_pooled_measure() -> None:
    alone = [sipas_style([Distribution(counts)]) for counts in QUESTIONS]
    assert [100 * each.share for each in alone if each is not None] == near([85, 86, 90, 85, 70])


@pytest.mark.parametrize(("usual", "least"), [(3, 15), (1, 10), (0.5, 8)])
def test_so_many_in_an_hour_are_a_burst(usual: float, least: int) -> None:
    assert poisson_at_least(least, usual) < 1e-6 <= poisson_at_least(least - 1, usual)
    assert poisson_at_least(12, 3) == near(7.1e-05)
