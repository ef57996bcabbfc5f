"""Report periods: where they begin and end, that they tile the calendar, and which shorter ones lie within."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.period import (
    MONTH_ENDS,
    Kind,
    Period,
    Span,
    block_of,
    counted_since,
    last_closed,
    numbered,
    parse_span,
    period_of,
    pieces,
    whole_weeks,
)
from ratings.reports.texts import header
from ratings.week import VIETNAM, Week

TILING = [Kind.FOUR_WEEKS, Kind.MONTH, Kind.QUARTER, Kind.HALF, Kind.YEAR]
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
closing_days = st.sampled_from([1, 14, 15, 27, MONTH_ENDS])


@pytest.mark.parametrize(
    ("kind", "day", "closing", "first", "last"),
    [
        (Kind.MONTH, "2026-11-14", 14, "2026-10-15", "2026-11-14"),
        (Kind.MONTH, "2026-11-15", 14, "2026-11-15", "2026-12-14"),
        (Kind.MONTH, "2026-12-15", 14, "2026-12-15", "2027-01-14"),
        (Kind.MONTH, "2028-02-10", MONTH_ENDS, "2028-02-01", "2028-02-29"),
        (Kind.QUARTER, "2026-01-03", 14, "2025-12-15", "2026-03-14"),
        (Kind.QUARTER, "2026-11-20", 14, "2026-09-15", "2026-12-14"),
        (Kind.HALF, "2026-06-14", 14, "2025-12-15", "2026-06-14"),
        (Kind.HALF, "2026-06-15", 14, "2026-06-15", "2026-12-14"),
        (Kind.YEAR, "2026-12-15", 14, "2026-12-15", "2027-12-14"),
        (Kind.YEAR, "2026-12-15", MONTH_ENDS, "2026-01-01", "2026-12-31"),
        (Kind.FOUR_WEEKS, "2026-11-15", 14, "2026-11-09", "2026-12-06"),
    ],
)
def test_where_a_period_begins_and_ends(kind: Kind, day: str, closing: int, first: str, last: str) -> None:
    found = period_of(kind, date.fromisoformat(day), closing)
    assert (str(found.first_day), str(found.last_day)) == (first, last)


@given(st.sampled_from(TILING), days, closing_days)
def test_periods_tile_the_calendar(kind: Kind, day: date, closing: int) -> None:
    found = period_of(kind, day, closing)
    assert found.first_day <= day <= found.last_day
    assert found.previous().last_day == found.first_day - timedelta(days=1)
    assert found.previous() == period_of(kind, found.first_day - timedelta(days=1), closing)
    assert parse_span(str(found)) == found


@given(days, st.integers(0, 400))
def test_the_whole_weeks_of_a_period(day: date, length: int) -> None:
    span = Period(day, day + timedelta(days=length))
    weeks = whole_weeks(span)
    assert all(span.first_day <= week.last_day <= span.last_day for week in weeks)
    assert all(other == Week.of(one.end) for one, other in pairwise(weeks))
    assert len(weeks) == sum((day + timedelta(days=n)).weekday() == 6 for n in range(length + 1))
    before, both, after = (set() if each is None else days_of(each) for each in pieces(span))
    assert not before & both
    assert not both & after
    assert both | after == days_of(span)
    assert before | both == {day for week in weeks for day in days_of(week)}


@given(days)
def test_neighbours_share_no_week_and_lose_none(day: date) -> None:
    months = [period_of(Kind.MONTH, day)]
    for _ in range(3):
        months.append(months[-1].previous())
    found = [week for month in reversed(months) for week in whole_weeks(month)]
    assert all(other == Week.of(one.end) for one, other in pairwise(found))


def test_answers_are_counted_on_since_the_year_of_reports_began() -> None:
    year = numbered(Kind.YEAR, 2026, 1)
    assert year.first_day == date(2025, 12, 15)
    assert {counted_since(span) for span in (year, numbered(Kind.QUARTER, 2026, 3), block_of(date(2026, 7, 1)))} == {
        date(2025, 12, 15)
    }
    assert counted_since(numbered(Kind.MONTH, 2026, 1)) == date(2025, 12, 15)
    assert counted_since(Period(date(2026, 12, 1), date(2027, 1, 31))) == date(2025, 12, 15)
    assert counted_since(Period(date(2026, 12, 21), date(2027, 1, 31))) == date(2026, 12, 14)
    assert counted_since(Week(2026, 46)) == Week(2026, 46).first_day


def days_of(span: Span) -> set[date]:
    return {span.first_day + timedelta(days=n) for n in range((span.last_day - span.first_day).days + 1)}


def test_blocks_of_four_weeks_never_overlap() -> None:
    blocks = {block_of(date(2026, 1, 1) + timedelta(days=n)) for n in range(400)}
    assert all(one.last_day < other.first_day for one, other in pairwise(sorted(blocks)))


@pytest.mark.parametrize(
    ("now", "first"),
    [("2026-11-15T06:59:59+07:00", "2026-09-15"), ("2026-11-15T07:00:00+07:00", "2026-10-15")],
)
def test_the_books_of_a_month_close_in_the_morning_after(now: str, first: str) -> None:
    assert str(last_closed(Kind.MONTH, datetime.fromisoformat(now)).first_day) == first


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (numbered(Kind.MONTH, 2026, 11), "THÁNG 11/2026 (15/10–14/11/2026) · X"),
        (numbered(Kind.MONTH, 2027, 1), "THÁNG 1/2027 (15/12/2026–14/1/2027) · X"),
        (numbered(Kind.QUARTER, 2026, 4), "QUÝ IV/2026 (15/9–14/12/2026) · X"),
        (numbered(Kind.HALF, 2026, 1), "6 THÁNG ĐẦU NĂM 2026 (15/12/2025–14/6/2026) · X"),
        (numbered(Kind.YEAR, 2026, 1), "NĂM 2026 (15/12/2025–14/12/2026) · X"),
        (block_of(date(2026, 10, 20)), "4 TUẦN 42–45 (12/10–8/11/2026) · X"),
        (Period(date(2026, 9, 28), date(2026, 11, 15)), "CÁC NGÀY (28/9–15/11/2026) · X"),
    ],
)
def test_its_name(span: Period, says: str) -> None:
    assert header(span, "X", locked=True) == says


@pytest.mark.parametrize(
    ("kind", "number", "closing"), [(Kind.MONTH, 13, 14), (Kind.QUARTER, 0, 14), (Kind.DAYS, 1, 14), (Kind.YEAR, 1, 30)]
)
def test_there_is_no_such_period(kind: Kind, number: int, closing: int) -> None:
    with pytest.raises(ValueError, match=r"2026|close"):
        numbered(kind, 2026, number, closing)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Period(date(2026, 1, 2), date(2026, 1, 1))
    assert datetime(2026, 1, 2, 23, 59, tzinfo=VIETNAM) in Period(date(2026, 1, 2), date(2026, 1, 2))
