"""Tails and quantiles against values that were computed elsewhere, and against sums taken term by term."""

from __future__ import annotations

from math import comb, exp, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.formulas.beta import beta_below, beta_quantile, binomial_at_least, binomial_at_most, poisson_at_least


@settings(deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), st.floats(0.01, 0.99))
def test_binomial_tails_are_their_sums(of: tuple[int, int], p: float) -> None:
    n, k = of
    terms = [comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)]
    assert binomial_at_most(k, n, p) == pytest.approx(sum(terms[: k + 1]), rel=1e-9)
    assert binomial_at_least(k, n, p) == pytest.approx(sum(terms[k:]), rel=1e-9)


@settings(deadline=None)
@given(st.integers(0, 40), st.floats(0.05, 20))
def test_poisson_tail_is_its_sum(k: int, mean: float) -> None:
    terms = [exp(-mean) * mean**j / factorial(j) for j in range(k, 140)]
    assert poisson_at_least(k, mean) == pytest.approx(sum(terms), rel=1e-9)


@pytest.mark.parametrize(("k", "mean", "p"), [(15, 3, 6.703859e-07), (12, 3, 7.1387e-05), (8, 3, 0.011905)])
def test_poisson_tail(k: int, mean: float, p: float) -> None:
    assert poisson_at_least(k, mean) == pytest.approx(p, rel=5e-5)


@pytest.mark.parametrize(
    ("k", "n", "p"), [(40, 40, 1.336749e-09), (38, 40, 5.003899e-07), (20, 20, 3.656158e-05), (0, 9, 1.0), (10, 9, 0)]
)
def test_tiny_tails_keep_their_digits(k: int, n: int, p: float) -> None:
    assert binomial_at_least(k, n, 0.6) == pytest.approx(p, rel=1e-6)


@settings(deadline=None)
@given(st.floats(0.5, 5000), st.floats(0.5, 5000), st.floats(0.001, 0.999))
def test_a_quantile_is_where_the_probability_is_reached(a: float, b: float, p: float) -> None:
    assert beta_below(beta_quantile(p, a, b), a, b) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(("x", "p"), [(-1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (2.0, 1.0)])
def test_outside_of_the_unit_interval(x: float, p: float) -> None:
    assert beta_below(x, 2, 3) == p
