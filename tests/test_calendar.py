"""Working days, hours of contact, days in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.doctor import missing_notices
from onestop.days.calendar import VIETNAM, ContactHours, day_text, take_own_years, vietnam, vietnam_date
from onestop.days.holidays import KINGS, BadYears, by_law, each_year

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
    ("mùng 1 Tết of a year without notice", date(2030, 2, 2), False, "Tết Nguyên đán"),
    ("the Kings' day of a year without notice", date(2030, 4, 12), False, "Giỗ Tổ Hùng Vương"),
    ("no law makes up for 24/11 on a Sunday", date(2030, 11, 25), True, None),
    ("a Saturday worked in exchange two years back", date(2024, 5, 4), True, None),
    ("30/4 on a Sunday before 1/5: the day after both", date(2028, 5, 2), False, "Nghỉ bù Ngày Chiến thắng"),
    ("the day after that", date(2028, 5, 3), True, None),
]


@pytest.mark.parametrize(("label", "day", "worked", "name"), DAYS, ids=[row[0] for row in DAYS])
def test_days(label: str, day: date, worked: bool, name: str | None) -> None:
    assert CALENDAR.is_working_day(day) is worked
    assert CALENDAR.holiday(day) == name


@pytest.mark.parametrize(("year", "days_of_the_law"), [*((year, 11) for year in range(2021, 2026)), (2026, 12)])
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
    assert CALENDAR.doubt(date(2027, 9, 3)) == "nghỉ 1/9 hay 3/9 là do thông báo hằng năm"
    assert CALENDAR.doubt(date(2029, 3, 1)) is None
    assert CALENDAR.doubt(date(2030, 11, 25)) == "24/11 vào ngày nghỉ hằng tuần, có nghỉ bù hay không là do thông báo"
    for beyond in (2020, 2101):
        assert str(beyond) in (CALENDAR.doubt(date(beyond, 3, 1)) or "")
        assert CALENDAR.holiday(date(beyond, 9, 2)) == "Quốc khánh"
        assert not CALENDAR.is_quiet(date(beyond, 2, 1))


TET = {2021: "2-12", 2022: "2-1", 2023: "1-22", 2024: "2-10", 2025: "1-29", 2026: "2-17", 2027: "2-6", 2028: "1-26"}
TET |= {2029: "2-13", 2030: "2-2", 2031: "1-23", 2033: "1-31", 2053: "2-18"}
"""Mùng 1 by published almanacs; 2030 and 2053 are a day before the Chinese calendar's, whose clock is an hour ahead."""


@pytest.mark.parametrize(("number", "first"), TET.items())
def test_tet_of_every_year(number: int, first: str) -> None:
    month, day = first.split("-")
    year = by_law(number, CALENDAR.fixed)
    assert year is not None and year.first == date(number, int(month), int(day))


def test_2027_as_the_law_has_it() -> None:
    """No notice of it was read: Tết and Quốc khánh each leave two days of which one will be rested.

    12/2, a Friday, may then be exchanged.
    """
    year = by_law(2027, CALENDAR.fixed)
    assert year is not None
    assert sorted(f"{day:%d/%m}" for day in year.rest if day.weekday() < 5) == [
        *("01/01", "02/09", "03/05", "05/02", "08/02", "09/02", "10/02", "16/04", "24/11", "30/04")
    ]
    assert sorted(f"{day:%d/%m}" for day in year.doubt) == ["01/09", "03/09", "04/02", "11/02", "12/02"]


@pytest.mark.parametrize("number", CALENDAR.noticed)
def test_the_law_and_the_notice_agree_but_where_the_law_is_in_doubt(number: int) -> None:
    """The oracle is the Government's own notice: whatever it chose otherwise, the law's year had called doubtful."""
    noticed, law = CALENDAR.noticed[number], by_law(number, CALENDAR.fixed)
    assert law is not None and law.first == noticed.first
    weekdays = {day for day in {*noticed.rest, *law.rest} if day.weekday() < 5}
    other = {day for day in weekdays if (day in noticed.rest) is not (day in law.rest)}
    assert other <= set(law.doubt)
    assert other


@given(st.integers(2021, 2100))
def test_a_year_by_law_has_as_many_days_as_the_law_gives(number: int) -> None:
    """Each pair of doubtful days stands for one; days between holidays stand for none."""
    year = by_law(number, CALENDAR.fixed)
    assert year is not None
    weekdays = [day for day in year.rest if day.weekday() < 5]
    pairs = sum("thông báo hằng năm" in why for why in year.doubt.values())
    assert pairs % 2 == 0
    holidays = len({*each_year(number, CALENDAR.fixed), *(day for day in year.rest if year.rest[day] == KINGS)})
    not_made_up = number >= 2026 and date(number, 11, 24).weekday() >= 5
    assert len(weekdays) + pairs / 2 == holidays + 6 - not_made_up
    assert not set(year.doubt) & set(year.rest)
    assert all(day.weekday() < 5 for day in year.doubt)


def test_the_moon_is_asked_only_where_no_notice_tells() -> None:
    """A start and the days of this year import no library."""
    code = (
        "import sys; from datetime import date; from onestop.days.calendar import vietnam;"
        "day = vietnam().add_working_days(date(2026, 1, 5), 200);"
        "assert vietnam().is_quiet(date(2026, 2, 17)) and 'lunar_vn' not in sys.modules;"
        "vietnam().holiday(date(2031, 1, 23)); assert 'lunar_vn' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


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


OWN = """\
years:
  2027:
    tet: 2027-02-06
    source: a notice made up for this test
    rest:
      - {from: 2027-02-05, to: 2027-02-11, name: Tết Nguyên đán}
      - {from: 2027-02-12, to: 2027-02-12, name: Nghỉ hoán đổi}
      - {from: 2027-09-03, to: 2027-09-03, name: Quốc khánh}
    work: [2027-01-30]
    half: [2027-02-04]
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A file of an installation's own years; afterwards the process goes by ours alone again."""
    path = tmp_path / "holidays.yaml"
    yield path
    take_own_years(tmp_path / "none.yaml")


def test_an_installation_adds_the_years_whose_notice_came_later(own: Path) -> None:
    assert vietnam().doubt(date(2027, 2, 12)) is not None
    own.write_text(OWN, "utf-8")
    take_own_years(own)
    assert vietnam().doubt(date(2027, 2, 12)) is None and not vietnam().is_working_day(date(2027, 2, 12))
    assert vietnam().is_working_day(date(2027, 1, 30)), "a Saturday worked in exchange"
    assert vietnam().is_half_day(date(2027, 2, 4))
    assert not vietnam().is_working_day(date(2027, 9, 2)), "what is the same each year need not be written again"
    assert not vietnam().is_working_day(date(2026, 8, 31)), "our own years stay"


WRONG = [
    (OWN.replace("work: [2027-01-30]", "work: [2027-01-29]"), "2027: work: 29/01 is worked anyway"),
    (OWN.replace("2027-09-03, to: 2027-09-03", "2072-09-03, to: 2072-09-03"), "is no day of that year"),
    (OWN.replace("tet: 2027-02-06", "tet: mùng 1"), "is no day of that year"),
    (OWN.replace("    tet: 2027-02-06\n", ""), "wants years"),
    (OWN.replace("years:", "năm:"), "wants years"),
    ("years: [", "not YAML"),
    ("", "wants years"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_a_slip_in_the_own_years_is_named(own: Path, text: str, why: str) -> None:
    own.write_text(text, "utf-8")
    with pytest.raises(BadYears, match=why):
        take_own_years(own)


def test_from_november_on_the_doctor_asks_for_the_next_years_notice(own: Path) -> None:
    assert missing_notices(vietnam(), date(2026, 10, 31), own) == ()
    (line,) = missing_notices(vietnam(), date(2026, 11, 1), own)
    assert "năm 2027" in line and "4/2, 11/2, 12/2, 1/9, 3/9" in line and str(own) in line
    assert len(missing_notices(vietnam(), date(2027, 12, 1), own)) == 2
    own.write_text(OWN, "utf-8")
    take_own_years(own)
    assert missing_notices(vietnam(), date(2026, 11, 1), own) == ()
