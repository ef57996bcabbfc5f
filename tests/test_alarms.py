"""The exact limit and the running sum against reference values, and that their promises are kept."""

from __future__ import annotations

from random import Random

import pytest

from ratings.formulas.alarms import ANSWERS_A_YEAR, RunningSum, exact_limit, running_sum, up_step
from ratings.formulas.beta import binomial_at_most

LIMITS = {10: (4, 0.000147), 20: (12, 0.000416), 30: (20, 0.000454), 60: (45, 0.000666), 100: (79, 0.000808)}
SUMS = [  # ordinary share, false alarms a year, step, limit, answers until a false and until a true alarm
    (0.02, 12, 34, 193, 8811.679, 396.137),
    (0.02, 4, 34, 245, 26035.683, 525.083),
    (0.03, 12, 22, 135, 8780.378, 292.784),
    (0.03, 4, 22, 169, 26801.185, 381.614),
    (0.05, 12, 13, 92, 8971.654, 197.152),
    (0.05, 4, 13, 113, 27176.754, 249.507),
    (0.08, 12, 8, 66, 9088.303, 133.977),
    (0.08, 4, 8, 80, 27294.240, 165.777),
    (0.10, 12, 6, 50, 9504.924, 110.259),
    (0.10, 4, 6, 59, 26072.511, 132.735),
    (0.15, 12, 4, 41, 8916.093, 76.424),
    (0.15, 4, 4, 49, 26566.279, 92.423),
    (0.20, 12, 2, 16, 10010.118, 59.504),
    (0.20, 4, 2, 19, 38252.877, 74.079),
]


@pytest.mark.parametrize(("n", "limit", "tail"), [(n, *found) for n, found in LIMITS.items()] + [(200, 165, 0.000784)])
def test_exact_limit(n: int, limit: int, tail: float) -> None:
    assert exact_limit(n, 0.9) == limit
    assert binomial_at_most(limit, n, 0.9) == pytest.approx(tail, abs=5e-7)
    assert binomial_at_most(limit + 1, n, 0.9) > 0.00135


def test_too_few_for_any_limit() -> None:
    assert exact_limit(2, 0.9) is None
    assert exact_limit(3, 0.9) == 0


@pytest.mark.parametrize(("usual", "a_year", "step", "limit", "false_after", "true_after"), SUMS)
def test_limits_of_the_running_sum(
    usual: float, a_year: int, step: int, limit: int, false_after: float, true_after: float
) -> None:
    found = running_sum(usual, a_year)
    assert (found.step, found.limit) == (step, limit)
    assert found.answers_until_alarm(usual) == pytest.approx(false_after, abs=1e-3)
    assert found.answers_until_alarm(2 * usual) == pytest.approx(true_after, abs=1e-3)
    assert RunningSum(step, limit - 1).answers_until_alarm(usual) < 104_000 / a_year


@pytest.mark.parametrize(
    ("limit", "share", "answers"),
    [
        (18, 0.10, 183.953044),
        (30, 0.10, 923.107937),
        (30, 0.20, 60.637806),
        (30, 0.30, 26.551532),
        (40, 0.05, 1252157.487576),
        (40, 0.10, 3037.178080),
        (40, 0.20, 85.343256),
        (48, 0.15, 320.444113),
        (60, 0.10, 29150.185385),
    ],
)
def test_answers_until_alarm(limit: int, share: float, answers: float) -> None:
    assert RunningSum(6, limit).answers_until_alarm(share) == pytest.approx(answers, rel=1e-8)


def test_answers_until_alarm_by_simulation() -> None:
    random, chart = Random(20261115), RunningSum(6, 30)
    runs, answers = 400, 0
    for _ in range(runs):
        value = 0
        while value < chart.limit:
            value = max(0, value + (chart.step if random.random() < 0.2 else -1))
            answers += 1
    # the run's length has a standard deviation of about 45: four standard errors
    assert answers / runs == pytest.approx(chart.answers_until_alarm(0.2), abs=9)


@pytest.mark.parametrize("percent", [22, 29, 33, 38, 42, 45])
def test_where_many_are_dissatisfied_it_still_calls(percent: int) -> None:
    """Twice a third is two thirds: the sum rises by one, and what is twice as bad is found soon."""
    usual = percent / 100
    chart = running_sum(usual, 36)
    assert chart.step >= 1
    assert chart.answers_until_alarm(usual) >= ANSWERS_A_YEAR / 36 > 20 * chart.answers_until_alarm(2 * usual)


def test_a_path() -> None:
    bad = [bool(b) for b in (0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1)]
    chart = RunningSum(6, 30)
    path = chart.path(bad)
    assert path == (0, 0, 6, 5, 4, 3, 9, 15, 14, 20, 26, 25, 31, 37, 43)
    assert next(item for item, value in enumerate(path, 1) if value >= 30) == 13
    assert chart.run(bad) == (12, 1)
    assert chart.run([]) == (0, 0)


def test_a_rare_or_a_common_dissatisfaction() -> None:
    assert running_sum(0.0) == running_sum(0.02)
    assert up_step(0.10) == 6
    with pytest.raises(ValueError, match="no share"):
        running_sum(0.5)
