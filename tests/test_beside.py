"""One to four people between what several units tell of together and what they tell of alone, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ratings.beside import few, few_of_a_week
from ratings.records import RatingRecord

AT = datetime(2026, 11, 11, 3, tzinfo=UTC)


def people(unit: str, n: int) -> list[RatingRecord]:
    return [RatingRecord(unit, "Hộ tịch", AT.date(), AT, 5) for _ in range(n)]


ONE, TWO, STRANGERS = people("H99.01", 12), people("H99.02", 12), people("H99.01", 3)


def by_stars(answer: RatingRecord) -> int:
    return answer.stars


@pytest.mark.parametrize(
    ("whole", "told", "found"),
    [
        (ONE, ONE, False),
        (ONE, ONE[:7], False),  # five are left
        (ONE, ONE[:8], True),
        (ONE[:8], ONE, True),  # the whole, subtracted, leaves four
        (ONE[:7], ONE, False),
        ([*ONE, *TWO], [*ONE[:10], *TWO[:10]], True),  # two of one unit, or two of each
        ([*ONE[:8], *STRANGERS], ONE, False),  # each has some that the other has not
        (ONE[:4], [], True),  # nothing subtracted
    ],
)
def test_a_few_are_found_whichever_side_has_them(
    whole: list[RatingRecord], told: list[RatingRecord], found: bool
) -> None:
    assert few(whole, [told], by_stars) == ({5} if found else set())


def test_every_way_of_telling_may_be_the_one_subtracted() -> None:
    assert few(ONE, [ONE, ONE[:6]], by_stars) == set()
    assert few(ONE, [ONE[:6], ONE[:9]], by_stars) == {5}


def test_a_week_holds_what_its_units_tell() -> None:
    assert few_of_a_week([*ONE, *TWO], [*ONE[:7], *TWO], by_stars) == set()
    assert few_of_a_week([*ONE, *TWO], [*ONE[:9], *TWO], by_stars) == {5}
