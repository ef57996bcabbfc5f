"""Working days, hours of contact, days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.calendar import VIETNAM, ContactHours, day_text, vietnam, vietnam_date

CALENDAR = vietnam()
DEFAULT = ContactHours.parse("07:30-11:30,13:30-20:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


DAYS = [
    ("an ordinary Friday", date(2026, 11, 20), True, None),
    ("a Sunday", date(2026, 11, 22), False, None),
    ("Ngày Văn hóa, new in 2026", date(2026, 11, 24), False, "Ngày Văn hóa Việt Nam"),
    ("not yet in 2025", date(2025, 11, 24), True, None),
    ("mùng 1 Tết 2026", date(2026, 2, 17), False, "Tết Nguyên đán"),
    ("first day after Tết 2026", date(2026, 2, 23), True, None),
    ("mùng 1 Tết 2025", date(2025, 1, 29), False, "Tết Nguyên đán"),
    ("a Saturday worked in exchange", date(2026, 8, 22), True, None),
    ("the Monday it was exchanged for", date(2026, 8, 31), False, "Nghỉ hoán đổi dịp Quốc khánh"),
    ("an ordinary Saturday", date(2026, 8, 29), False, None),
    ("Hùng Kings' day made up for on Monday", date(2026, 4, 27), False, "Nghỉ bù Giỗ Tổ Hùng Vương"),
    ("a fixed holiday of a year without notice", date(2031, 9, 2), False, "Quốc khánh"),
]


@pytest.mark.parametrize(("label", "day", "worked", "name"), DAYS, ids=[row[0] for row in DAYS])
def test_days(label: str, day: date, worked: bool, name: str | None) -> None:
    assert CALENDAR.is_working_day(day) is worked
    assert CALENDAR.holiday(day) == name


@pytest.mark.parametrize(("year", "days_of_the_law"), [(2025, 11), (2026, 12)])
def test_a_settled_year_has_the_days_of_the_law(year: int, days_of_the_law: int) -> None:
    """Điều 112: eleven days, twelve with 24/11; every exchanged weekday is worked on a Saturday."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    rested = sum(day.weekday() < 5 and not CALENDAR.is_working_day(day) for day in days)
    exchanged = sum(day.weekday() >= 5 and CALENDAR.is_working_day(day) for day in days)
    assert rested - exchanged == days_of_the_law


def test_what_is_not_known_is_said() -> None:
    assert CALENDAR.doubt(date(2026, 11, 20)) is None
    assert "lấy ý kiến" in (CALENDAR.doubt(date(2026, 11, 23)) or "")
    assert CALENDAR.is_working_day(date(2026, 11, 23))
    assert CALENDAR.doubt(date(2027, 9, 3)) is not None
    assert "2029" in (CALENDAR.doubt(date(2029, 3, 1)) or "")


ADDED = [
    (date(2026, 11, 20), 1, date(2026, 11, 23)),
    (date(2026, 11, 20), 2, date(2026, 11, 25)),  # over the weekend and 24/11
    (date(2026, 11, 21), 0, date(2026, 11, 23)),
    (date(2026, 11, 20), 0, date(2026, 11, 20)),
    (date(2026, 11, 25), -1, date(2026, 11, 23)),
    (date(2026, 11, 22), -1, date(2026, 11, 20)),
    (date(2026, 2, 13), 1, date(2026, 2, 23)),  # over Tết
    (date(2026, 11, 2), 12, date(2026, 11, 18)),
]


@pytest.mark.parametrize(("start", "days", "end"), ADDED)
def test_add_working_days(start: date, days: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, days) == end


def test_working_days_between() -> None:
    assert CALENDAR.working_days_between(date(2026, 11, 20), date(2026, 11, 25)) == 2
    assert CALENDAR.working_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert CALENDAR.working_days_between(date(2026, 11, 25), date(2026, 11, 20)) == -2
    assert CALENDAR.working_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 60))
def test_adding_and_counting_agree(start: date, days: int) -> None:
    end = CALENDAR.add_working_days(start, days)
    assert CALENDAR.is_working_day(end)
    if days:
        assert CALENDAR.working_days_between(start, end) == days


CONTACT = [
    ("in the morning", "2026-11-20T08:00", "2026-11-20T08:00"),
    ("the first minute", "2026-11-20T07:30", "2026-11-20T07:30"),
    ("before", "2026-11-20T03:10", "2026-11-20T07:30"),
    ("old people sleep at noon", "2026-11-20T11:30", "2026-11-20T13:30"),
    ("the last second", "2026-11-20T19:59:59", "2026-11-20T19:59:59"),
    ("at night", "2026-11-20T20:00", "2026-11-21T07:30"),
    ("a Sunday is a day like any", "2026-11-22T09:00", "2026-11-22T09:00"),
    ("giao thừa to mùng 3", "2026-02-15T20:30", "2026-02-20T07:30"),
    ("at the end of the year", "2026-12-31T23:00", "2027-01-01T07:30"),
]


@pytest.mark.parametrize(("label", "now", "then"), CONTACT, ids=[row[0] for row in CONTACT])
def test_next_contact(label: str, now: str, then: str) -> None:
    assert DEFAULT.next_contact(at(now)) == at(then)
    assert DEFAULT.allows(at(now)) is (now == then)


def test_contact_counts_in_vietnams_time() -> None:
    assert DEFAULT.next_contact(datetime(2026, 11, 20, 23, 0, tzinfo=UTC)) == at("2026-11-21T07:30")
    assert vietnam_date(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_always_means_always() -> None:
    always = ContactHours.parse("00:00-24:00")
    assert always.always and always.next_contact(at("2026-02-17T00:01")) == at("2026-02-17T00:01")


WRONG = ["", "7-11", "07:30-11:30;13:30-20:00", "11:30-07:30", "07:30-25:00", "07:60-08:00", "07:30-12:00,11:00-13:00"]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        ContactHours.parse(text)


def test_days_in_words() -> None:
    assert day_text(date(2026, 11, 26)) == "thứ Năm 26/11"
    assert day_text(date(2026, 11, 22), date(2026, 11, 20)) == "Chủ nhật 22/11"
    assert day_text(date(2027, 1, 4), date(2026, 12, 28)) == "thứ Hai 4/1/2027"
