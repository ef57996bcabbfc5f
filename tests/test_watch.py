"""When a unit's weeks call for a look, and that the sum tells of nobody."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from msgspec.structs import replace

from ratings.formulas.alarms import running_sum
from ratings.records import RatingRecord
from ratings.watch import ALL_WORK, Alarm, Level, watch
from ratings.week import Week

FIRST = Week(2026, 20)


def week_after(week: Week, n: int) -> Week:
    return Week.of(week.start + timedelta(days=7 * n))


def answers(week: Week, bad: int, good: int, field: str = "Đất đai") -> list[RatingRecord]:
    """The dissatisfied first, one an hour."""
    at = week.start + timedelta(hours=10)
    return [
        RatingRecord("H99.02", field, week.first_day, at + n * timedelta(hours=1), 2 if n < bad else 5)
        for n in range(bad + good)
    ]


def weeks(*counts: tuple[int, int], field: str = "Đất đai", first: Week = FIRST) -> list[RatingRecord]:
    return [a for n, (bad, good) in enumerate(counts) for a in answers(week_after(first, n), bad, good, field)]


def last(counts: int) -> Week:
    return week_after(FIRST, counts - 1)


def test_ordinary_weeks_call_for_nothing() -> None:
    found = watch(weeks(*[(1, 11)] * 20), last(20))
    assert found is not None
    assert (found.level, found.fields) == (Level.USUAL, ())
    # 7 of 84 before the quarter, 3 of 20 thought before: a tenth is ordinary
    assert found.threshold == running_sum(0.10, ALL_WORK.a_year).limit
    assert found.value == 0


def test_worse_weeks_call_for_a_look_in_their_field_only() -> None:
    usual, worse = [(1, 11)] * 10, [(6, 6)] * 2
    land, copies = weeks(*usual, *worse), weeks(*[(1, 29)] * 12, field="Hộ tịch")
    found = watch([*land, *copies], last(12))
    assert found is not None
    assert (found.level, found.fields) == (Level.LOOK, ("Đất đai",))
    before = watch([*land, *copies], last(10))
    assert before is not None and before.level is Level.USUAL


def test_a_sudden_week_calls_at_once() -> None:
    found = watch(weeks(*[(1, 14)] * 10, (9, 6)), last(11))
    assert found is not None and found.level is Level.LOOK


def test_certified_copies_hide_nothing() -> None:
    """Forty happy copies a week beside twelve land dossiers that go wrong."""
    land = weeks(*[(1, 11)] * 10, *[(6, 6)] * 2)
    copies = weeks(*[(0, 40)] * 12, field="Chứng thực")
    alone, beside = watch(land, last(12)), watch([*land, *copies], last(12))
    assert alone == beside


def test_below_five_answers_nothing_is_told() -> None:
    assert watch([*weeks(*[(1, 11)] * 10), *answers(last(11), 4, 0)], last(11)) is None


def test_a_unit_that_most_are_dissatisfied_with_has_a_digest_too() -> None:
    found = watch(weeks(*[(12, 8)] * 40), last(40))
    assert found is not None
    assert found.usual == 0.55  # no more than 45 % are ever thought ordinary


def test_what_is_ordinary_must_be_known_first() -> None:
    assert watch(weeks(*[(6, 6)] * 3, first=Week(2026, 28)), Week(2026, 30)) is None


def test_two_in_six_is_luck() -> None:
    found = watch(weeks(*[(0, 5)] * 12, (2, 4)), last(13))
    assert found is not None
    assert (found.level, found.value, found.threshold) == (Level.USUAL, None, None)


def test_small_weeks_wait_for_each_other() -> None:
    """What one to four people say changes nothing that is told until others came with them."""
    usual = weeks(*[(1, 11)] * 10)
    told = watch([*usual, *answers(last(12), 2, 10)], last(12))
    with_few = watch([*usual, *answers(last(11), 3, 1), *answers(last(12), 2, 10)], last(12))
    assert told is not None and with_few is not None and told.value != with_few.value
    one_more = [*usual, *answers(last(11), 3, 1)]
    assert watch(one_more, last(10)) == watch(usual, last(10))
    assert watch(one_more, last(11)) is None


def test_the_order_of_answers_is_of_no_account() -> None:
    known = weeks(*[(1, 11)] * 10, (3, 9), (2, 10))
    mixed = [replace(answer) for answer in known]
    Random(1).shuffle(mixed)
    found = watch(mixed, last(12))
    assert isinstance(found, Alarm)
    assert found == watch(known, last(12))
