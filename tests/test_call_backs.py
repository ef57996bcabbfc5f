"""Calls back: told from five, counted from ten, never by subtraction of one to four, and in no score."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random

import pytest

from ratings import call_backs
from ratings.call_backs import CallBacks, band_of
from ratings.digest import digest_from, make_digest, until_closed
from ratings.period import Kind, Span, block_of, period_of
from ratings.records import Call, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.shown import Band
from ratings.week import Week
from tests.one_week import UNIT, WEEK, digest_of, stars

ONE = timedelta(days=1)


def calls(agree: int, differ: int, week: Week = WEEK, unit: str = UNIT) -> tuple[Call, ...]:
    entered = week.start + 2 * ONE
    return tuple(Call(unit, None, week.first_day, entered, 0, agrees=n < agree) for n in range(agree + differ))


def told(given: tuple[Call, ...], span: Span = WEEK) -> CallBacks | None:
    return make_digest(UNIT, span, span.close, Records(calls=given)).calls


def test_bands() -> None:
    assert [band_of(given) for given in range(1, 6)] == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("agree", "differ", "expected"),
    [
        (4, 0, None),
        (0, 4, None),
        (5, 0, CallBacks(5, None, Band.HIGH)),
        (3, 4, CallBacks(7, None, Band.LOW)),
        (5, 4, CallBacks(9, None, Band.MIDDLE)),
        (9, 1, CallBacks(10, 9, Band.HIGH)),
    ],
)
def test_fewer_than_five_are_not_told_of(agree: int, differ: int, expected: CallBacks | None) -> None:
    assert told(calls(agree, differ)) == expected


def test_four_look_like_none_in_every_word() -> None:
    four, none = (make_digest(UNIT, WEEK, WEEK.close, Records(calls=given)) for given in (calls(1, 3), ()))
    assert four == none
    assert "call_backs" in four.suppressed
    assert document.to_text(four) == document.to_text(none)
    assert "Gọi lại" not in render_text(four)


def test_a_week_with_too_few_tells_of_the_last_closed_four() -> None:
    block = block_of(WEEK.first_day - 28 * ONE)
    first = Week.of(block.start)
    given = (*calls(2, 1), *calls(9, 2, first))
    weeks = make_digest(UNIT, WEEK, WEEK.close, Records(calls=given)).calls
    assert weeks == CallBacks(11, 9, Band.HIGH, block)
    number = first.number
    assert list(call_backs.lines(weeks)) == [
        f"Gọi lại kiểm tra (gộp 4 tuần {number}–{number + 3}): 11 người đã chấm điểm; 9 người nói cùng mức như đã chấm."
    ]
    assert call_backs.from_json(call_backs.to_json(weeks)) == weeks
    assert make_digest(UNIT, WEEK, block.close - ONE, Records(calls=given)).calls is None


def test_no_number_of_the_answers_changes() -> None:
    without = document.to_json(digest_of(stars(3, 2, 5, 18, 32)))
    checked = document.to_json(digest_of(stars(3, 2, 5, 18, 32), calls=calls(2, 9)))
    assert checked.pop("call_backs")["agreed"] == 2
    assert without.pop("call_backs") is None
    assert checked == without


def test_an_open_week_holds_nothing_of_them() -> None:
    made = make_digest(UNIT, WEEK, WEEK.start + 6 * ONE, Records(calls=calls(8, 4)))
    assert made.calls is not None
    hidden = until_closed(made)
    assert hidden.calls is None and "call_backs" in hidden.suppressed


# --- the attack -------------------------------------------------------------------------------------------------------

UNITS = tuple(f"P.{n}" for n in range(1, 4))
WEEKS = tuple(Week.of(Week(2026, 31).start + timedelta(days=7 * n)) for n in range(16))


def life(seed: int) -> tuple[Call, ...]:
    """A few a week, some entered weeks later."""
    random = Random(seed)
    return tuple(
        Call(unit, None, day, week.start + random.choice([2, 4, 9, 30]) * ONE, 0, agrees=random.random() < 0.8)
        for unit, week in product(UNITS, WEEKS)
        for day in [week.first_day + random.randrange(6) * ONE]
        for _ in range(random.choice([0, 1, 2, 4, 6, 12]))
    )


def spans() -> list[Span]:
    days = [week.first_day for week in WEEKS]
    return [*WEEKS, *{period_of(kind, day) for kind in (Kind.FOUR_WEEKS, Kind.MONTH, Kind.QUARTER) for day in days}]


@pytest.mark.parametrize("seed", range(2))
def test_subtracting_views_leaves_nobody_or_five(seed: int) -> None:
    records = Records(calls=life(seed))
    views: dict[tuple[str, Span], int] = {}
    for span in spans():
        for unit, below in (*((unit, None) for unit in UNITS), ("P", UNITS)):
            found = digest_from(unit, span, span.close, records, below=below).calls
            views[unit, span] = 0 if found is None or found.of is not None else found.n
    assert sum(n > 0 for n in views.values()) > len(views) / 6
    for (unit, span), n in views.items():
        for other in spans():
            if other.first_day <= span.first_day and span.last_day <= other.last_day and views[unit, other]:
                assert not 0 < views[unit, other] - n < 5, (unit, span, other)
        assert unit != "P" or n == 0 or not 0 < n - sum(views[each, span] for each in UNITS) < 5, span
