"""The attack on everything that is ever told: every view less every view within it, for sixteen weeks and a tree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from ratings.digest import Digest, digest_from
from ratings.period import Kind, Span, block_of, inside, period_of
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.week import Week, vietnam_date

UNITS = tuple(f"P.{n}" for n in range(1, 5))
FIRST = Week(2026, 31)
WEEKS = tuple(Week.of(FIRST.start + timedelta(days=7 * n)) for n in range(16))
View = tuple[frozenset[str], Span]


def life(seed: int) -> Records:
    """Few answers a week, some of them weeks late."""
    random = Random(seed)
    completions, ratings = [], []
    for unit, week in product(UNITS, WEEKS):
        for _ in range(random.choice([0, 2, 4, 6, 9, 14])):
            at = week.start + timedelta(days=random.randrange(6), hours=random.randrange(8, 17))
            completions.append(CompletionRecord(unit, at, at, True, at, at))
            after = timedelta(hours=random.choice([3, 20, 60, 60, 200, 700]))
            stars = random.choice([1, 3, 4, 5, 5])
            ratings.append(RatingRecord(unit, "Hộ tịch", vietnam_date(at), at + after, stars))
    return Records(tuple(completions), tuple(ratings))


def spans() -> Iterator[Span]:
    days = [week.first_day for week in WEEKS]
    yield from WEEKS
    yield from {block_of(day) for day in days}
    for kind in (Kind.MONTH, Kind.QUARTER):
        yield from {period_of(kind, day) for day in days}


def everything(records: Records) -> dict[View, Digest]:
    told: dict[View, Digest] = {}
    for span in spans():
        for unit in UNITS:
            told[frozenset({unit}), span] = digest_from(unit, span, span.close, records)
        told[frozenset(UNITS), span] = digest_from("P", span, span.close, records, below=UNITS)
    return told


def within(view: View, other: View) -> bool:
    span, outer = view[1], other[1]
    return (
        view != other and view[0] <= other[0] and outer.first_day <= span.first_day and span.last_day <= outer.last_day
    )


def few(n: int) -> bool:
    return 0 < n < 5


def found(told: dict[View, Digest]) -> list[tuple[View, View]]:
    """Pairs that leave one to four people, by their numbers of answers or by their distributions."""
    shown = {view: digest for view, digest in told.items() if digest.answered is not None}
    pairs = []
    for whole, part in product(shown, shown):
        if within(part, whole):
            larger, smaller = shown[whole], shown[part]
            left = (larger.answered or 0) - (smaller.answered or 0)
            counts = [d.distribution.n for d in (larger, smaller) if d.distribution is not None]
            if few(left) or (len(counts) == 2 and few(counts[0] - counts[1])):
                pairs.append((whole, part))
    return pairs


@pytest.mark.parametrize("seed", range(3))
def test_no_pair_of_views_leaves_one_to_four_citizens(seed: int) -> None:
    told = everything(life(seed))
    assert found(told) == []
    assert sum(digest.answered is not None for digest in told.values()) > len(told) / 3
    assert any("answered" in digest.suppressed for digest in told.values())  # the rule had something to do
    for (units, span), digest in told.items():
        for family in inside(span):
            parts = [told[units, each].answered or 0 for each in family if (units, each) in told]
            assert digest.answered is None or not few(digest.answered - sum(parts))


def test_the_units_of_a_roll_up_leave_nobody() -> None:
    told = everything(life(4))
    for (units, span), digest in told.items():
        if len(units) > 1 and digest.answered is not None:
            alone = [told[frozenset({unit}), span].answered or 0 for unit in units]
            assert not few(digest.answered - sum(alone))


def test_late_answers_are_left_out_where_they_are_a_few() -> None:
    """Three late ones of twelve and three would be found by subtracting the week; five are many enough."""
    week, month = Week(2026, 44), period_of(Kind.MONTH, date(2026, 10, 28))
    at = week.start + timedelta(hours=30)
    for late, shown in ((3, 12), (5, 17)):
        given = [RatingRecord("P.1", None, week.first_day, at, 5)] * 12
        given += [RatingRecord("P.1", None, week.first_day, week.close + timedelta(hours=1), 1)] * late
        records = Records((), tuple(given))
        assert digest_from("P.1", week, week.close, records).answered == 12
        assert digest_from("P.1", month, month.close, records).answered == shown


def test_the_attack_finds_what_is_left_open() -> None:
    week, month = Week(2026, 44), period_of(Kind.MONTH, date(2026, 10, 28))
    at = week.start + timedelta(hours=30)
    told = {
        (frozenset({"P.1"}), span): digest_from("P.1", span, span.close, Records((), (one,) * n))
        for span, n in ((week, 12), (month, 15))
        for one in [RatingRecord("P.1", None, week.first_day, at, 5)]
    }
    assert len(found(told)) == 1


def test_a_period_with_four_answers_looks_like_one_without() -> None:
    month = period_of(Kind.MONTH, date(2026, 10, 28))
    at = month.start + timedelta(hours=30)
    four = Records((), (RatingRecord("P.1", None, vietnam_date(at), at, 1),) * 4)
    assert digest_from("P.1", month, month.close, four) == digest_from("P.1", month, month.close, Records())
