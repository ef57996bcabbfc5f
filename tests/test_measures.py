"""Measures in the form of official ones, at their exact boundaries."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ratings.formulas.measures import LateOrComplaint, LegacyProfile, sipas_style
from ratings.statistics import Distribution, Proportion

QUESTIONS = [(2, 3, 10, 50, 35), (1, 4, 9, 56, 30), (0, 2, 8, 45, 45), (1, 2, 12, 50, 35), (3, 5, 22, 45, 25)]


def test_sipas_style() -> None:
    found = sipas_style(Distribution(counts) for counts in QUESTIONS)
    assert found == Proportion(416, 500)
    assert found.share == pytest.approx(0.832, abs=1e-12)
    assert sipas_style([Distribution((0, 0, 0, 0, 0))]) is None


@pytest.mark.parametrize(
    ("handled", "late", "complained", "rate", "points"),
    [
        (100, 0, 0, Fraction(1), Fraction(6)),
        (100, 6, 4, Fraction(9, 10), Fraction(6)),
        (100, 7, 4, Fraction(89, 100), Fraction(89 * 6, 90)),
        (1000, 63, 38, Fraction(899, 1000), Fraction(899 * 6, 900)),
        (10, 5, 0, Fraction(1, 2), Fraction(10, 3)),
        (10, 8, 8, Fraction(0), Fraction(0)),
    ],
)
def test_late_or_complaint(handled: int, late: int, complained: int, rate: Fraction, points: Fraction) -> None:
    measure = LateOrComplaint(handled, late, complained)
    assert (measure.rate, measure.points) == (rate, points)


@pytest.mark.parametrize("given", [(0, 0, 0), (5, 6, 0), (5, 0, 6), (5, -1, 0)])
def test_no_measure_of_nothing(given: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="late and"):
        LateOrComplaint(*given)


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("18", "Xuất sắc"),
        ("15", "Xuất sắc"),
        ("14.99", "Tốt"),
        ("12", "Tốt"),
        ("11.99", "Khá"),
        ("9", "Khá"),
        ("8.99", "Trung bình"),
        ("6", "Trung bình"),
        ("5.99", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_grades_of_the_former_table(total: str, grade: str) -> None:
    each = Fraction(total) / 9
    profile = LegacyProfile((each,) * 9)
    assert (profile.total, profile.grade) == (Fraction(total), grade)


@pytest.mark.parametrize("points", [(), (Fraction(2),) * 8, (Fraction(3), *(Fraction(1),) * 8), (Fraction(-1),) * 9])
def test_no_profile(points: tuple[Fraction, ...]) -> None:
    with pytest.raises(ValueError, match="nine criteria"):
        LegacyProfile(points)
