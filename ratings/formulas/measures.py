"""Measures in the form of official ones. None of them is the official one, and each says so where it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from ratings.statistics import Distribution, Proportion

NOT_SIPAS = "không phải SIPAS"
FULL_MARKS_FROM = Fraction(9, 10)
SATISFACTION_POINTS = 6
"""What criterion 5.4 of Decision 766/QĐ-TTg (2022) is worth in its formula sheet."""


def sipas_style(questions: Iterable[Distribution]) -> Proportion | None:
    """4★ and 5★ answers of all answers to several questions, pooled; None where nobody answered.

    The form of the national index (Decision 1001/QĐ-BNV, 2023), without its sample: show it with ``NOT_SIPAS``.
    """
    found = [d.satisfied for d in questions]
    parts = [p for p in found if p is not None]
    return Proportion(sum(p.count for p in parts), sum(p.n for p in parts)) if parts else None


class LateOrComplaint(Struct, frozen=True):
    """The form of criterion 5.4 of Decision 766/QĐ-TTg (2022): 100 % − (late % + complained-of %), no survey at all.

    Of ``handled`` ≥ 1 dossiers; one that is both counts twice, as in the formula. Raises ValueError for parts
    greater than the whole.
    """

    handled: int
    late: int
    complained: int

    def __post_init__(self) -> None:
        if self.handled < 1 or not 0 <= self.late <= self.handled or not 0 <= self.complained <= self.handled:
            raise ValueError(f"{self.late} late and {self.complained} complained of, of {self.handled}")

    @property
    def rate(self) -> Fraction:
        """The exact rate, 0 at least."""
        return max(Fraction(0), 1 - Fraction(self.late + self.complained, self.handled))

    @property
    def points(self) -> Fraction:
        """Full points from 90 %, below that in proportion."""
        return SATISFACTION_POINTS * min(Fraction(1), self.rate / FULL_MARKS_FROM)


class LegacyProfile(Struct, frozen=True):
    """The table of nine criteria of 0 … 2 points that Decree 61/2018/NĐ-CP had. Not current law since ``until``."""

    points: tuple[Fraction, ...]

    CRITERIA = 9
    MOST = 2
    UNTIL = "2025-06-30"
    """Decree 118/2025/NĐ-CP is in force from 1 July 2025; its own table is not in this program."""
    GRADES = ((15, "Xuất sắc"), (12, "Tốt"), (9, "Khá"), (6, "Trung bình"), (0, "Yếu"))

    def __post_init__(self) -> None:
        if len(self.points) != self.CRITERIA or not all(0 <= given <= self.MOST for given in self.points):
            raise ValueError(f"nine criteria of 0 to 2 points, not {[str(p) for p in self.points]}")

    @property
    def total(self) -> Fraction:
        """Of 18."""
        return sum(self.points, Fraction(0))

    @property
    def grade(self) -> str:
        """The grade, whose lower bound belongs to it: exactly 15 is "Xuất sắc"."""
        return next(name for least, name in self.GRADES if self.total >= least)
