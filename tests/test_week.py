"""Weeks of Vietnam, on machines of any zone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.week import VIETNAM, Week, vietnam_date


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Ho_Chi_Minh"], autouse=True)
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every test here runs as on a machine of that zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("instant", "week"),
    [
        ("2026-11-15T23:59:59.999999+07:00", "2026-W46"),
        ("2026-11-16T00:00:00+07:00", "2026-W47"),
        ("2026-11-15T16:59:59+00:00", "2026-W46"),
        ("2026-11-15T17:00:00+00:00", "2026-W47"),
        ("2026-11-15T18:00:00+01:00", "2026-W47"),
        ("2026-11-08T17:00:00+00:00", "2026-W46"),
        ("2026-12-31T12:00:00+07:00", "2026-W53"),
        ("2027-01-03T23:59:59+07:00", "2026-W53"),
        ("2027-01-03T17:00:00+00:00", "2027-W01"),
        ("2024-12-29T23:59:00+07:00", "2024-W52"),
        ("2024-12-30T00:00:00+07:00", "2025-W01"),
        ("2024-02-29T08:00:00+07:00", "2024-W09"),
        ("2026-03-29T02:30:00+01:00", "2026-W13"),
    ],
)
def test_an_instant_belongs_to_one_week(instant: str, week: str) -> None:
    assert str(Week.of(datetime.fromisoformat(instant))) == week
    assert datetime.fromisoformat(instant) in Week.parse(week)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)), st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), VIETNAM])
)
def test_weeks_follow_each_other_without_a_gap(moment: datetime, zone: ZoneInfo) -> None:
    instant = moment.replace(tzinfo=zone)
    week = Week.of(instant)
    assert week.start <= instant < week.end
    assert week.end - week.start == timedelta(days=7)
    assert week.previous().end == week.start
    assert week.previous() < week
    assert Week.parse(str(week)) == week


def test_edges_of_a_week() -> None:
    week = Week.parse("2026-W46")
    assert week.start.isoformat() == "2026-11-09T00:00:00+07:00"
    assert week.end.isoformat() == "2026-11-16T00:00:00+07:00"
    assert week.close.isoformat() == "2026-11-16T07:00:00+07:00"
    assert (week.first_day, week.last_day) == (date(2026, 11, 9), date(2026, 11, 15))
    assert week.start in week and week.end not in week


def test_over_the_year() -> None:
    assert str(Week.parse("2027-W01").previous()) == "2026-W53"
    assert str(Week.parse("2026-W01").previous()) == "2025-W52"
    assert Week.parse("2026-W53").close.isoformat() == "2027-01-04T07:00:00+07:00"


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-16T06:59:59+07:00", "2026-W45"),
        ("2026-11-16T07:00:00+07:00", "2026-W46"),
        ("2026-11-16T00:00:00+00:00", "2026-W46"),
        ("2026-11-22T12:00:00+07:00", "2026-W46"),
        ("2027-01-04T01:00:00+07:00", "2026-W52"),
    ],
)
def test_last_closed(now: str, week: str) -> None:
    assert str(Week.last_closed(datetime.fromisoformat(now))) == week


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-W54", "2026 has no week 54"),
        ("2025-W53", "2025 has no week 53"),
        ("2026-W00", "no week 00"),
        ("2026-46", "like 2026-W46"),
        ("W46", "like 2026-W46"),
        ("", "like 2026-W46"),
        ("2026-W4", "like 2026-W46"),
        ("２０２６-W46", "like 2026-W46"),
        ("0000-W01", "no week 01"),
    ],
)
def test_no_week(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Week.parse(text)


@pytest.mark.parametrize("text", ["2026-W46", "2026W46", "2026-w46", " 2026-W46 "])
def test_written_ways(text: str) -> None:
    assert Week.parse(text) == Week(2026, 46)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Week.of(datetime(2026, 11, 9))
    with pytest.raises(ValueError, match="no time zone"):
        vietnam_date(datetime(2026, 11, 9))
