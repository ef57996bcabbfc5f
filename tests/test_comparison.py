"""Many comparisons at once; units with unlike work; what dissatisfaction comes from."""

from __future__ import annotations

from typing import Any

import pytest

from ratings.formulas.comparison import adjusted, hidden_by_mix, rejected, standardised
from ratings.formulas.drivers import Driver
from ratings.statistics import Proportion

P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
ADJUSTED = [
    *(0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765, 0.486),
    *(0.581182, 0.714875, 0.753231, 0.813214, 1.0),
]
MIX = {"Hộ tịch": Proportion(38, 40), "Đất đai": Proportion(40, 50), "Kinh doanh": Proportion(18, 30)}
A = {"Hộ tịch": Proportion(95, 100), "Đất đai": Proportion(630, 900)}
B = {"Hộ tịch": Proportion(828, 900), "Đất đai": Proportion(65, 100)}


def near(value: Any) -> Any:
    return pytest.approx(value, abs=1e-6)


def test_adjusted() -> None:
    assert list(adjusted(P)) == near(ADJUSTED)
    assert list(adjusted(P[::-1])) == near(ADJUSTED[::-1])
    assert sum(rejected(P, 0.05)) == 4
    assert adjusted([]) == ()


def test_standardised() -> None:
    found = standardised(MIX, {"Hộ tịch": 0.5, "Đất đai": 0.3, "Kinh doanh": 0.2})
    assert found is not None
    assert (found.share, found.error, found.n) == (near(0.835), near(0.030486), 120)
    assert (found.interval.low, found.interval.high) == (near(0.775248), near(0.894752))
    assert standardised(MIX, {"Hộ tịch": 50, "Đất đai": 30, "Kinh doanh": 20}) == found


def test_a_field_that_nobody_told_of_cannot_be_weighed() -> None:
    assert standardised(MIX, {"Hộ tịch": 1, "Xây dựng": 1}) is None
    assert standardised(MIX | {"Xây dựng": Proportion(1, 1)}, {"Hộ tịch": 1, "Xây dựng": 1}) is None
    assert standardised(MIX, {"Hộ tịch": 1, "Xây dựng": 0}) is not None
    assert standardised(MIX, {}) is None


def test_the_mix_of_procedures_may_hide_who_is_better() -> None:
    same = {"Hộ tịch": 1.0, "Đất đai": 1.0}
    first, second = standardised(A, same), standardised(B, same)
    assert first is not None and second is not None
    assert (first.share, second.share) == (near(0.825), near(0.785))
    assert hidden_by_mix(A, B) and hidden_by_mix(B, A)
    honest = {"Hộ tịch": Proportion(19, 20), "Đất đai": Proportion(126, 180)}
    smaller = {"Hộ tịch": Proportion(83, 90), "Đất đai": Proportion(13, 20)}
    assert hidden_by_mix(honest, smaller)


@pytest.mark.parametrize("other", [A, {"Hộ tịch": Proportion(80, 100), "Đất đai": Proportion(500, 900)}, {}])
def test_no_mix_to_blame(other: dict[str, Proportion]) -> None:
    assert not hidden_by_mix(A, other)


def test_a_driver() -> None:
    driver = Driver(Proportion(18, 60), Proportion(12, 240))
    assert (driver.attributable, driver.risk_difference, driver.risk_ratio) == (near(0.5), near(0.25), near(6))
    ratio = driver.odds_ratio()
    assert ratio is not None
    assert (ratio[0], ratio[1].low, ratio[1].high) == (near(8.142857), near(3.654602), near(18.143187))


def test_a_driver_without_dissatisfaction() -> None:
    driver = Driver(Proportion(0, 60), Proportion(0, 240))
    assert (driver.attributable, driver.risk_ratio, driver.odds_ratio()) == (0, None, None)
