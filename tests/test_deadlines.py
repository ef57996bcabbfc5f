"""By when the law wants it done, on known days: Tết, exchanged Saturdays, 24/11, after 15:00, half-days."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from onestop.days.calendar import VIETNAM, Calendar, vietnam, vietnam_date
from onestop.days.deadlines import Term, due_by_law
from onestop.days.holidays import read
from onestop.dossier import Status, Supplement
from tests.books import NOON, catalog
from tests.held import CODE, a_talk

CALENDAR = vietnam()
HALF = Calendar({2026: replace(CALENDAR.noticed[2026], half=frozenset({date(2026, 11, 19)}))}, CALENDAR.fixed)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


DUE = [
    ("the same day", Term.SAME_DAY, 0, "2026-11-18T09:00", "2026-11-18T17:00"),
    ("at three sharp, still", Term.SAME_DAY, 0, "2026-11-18T15:00", "2026-11-18T17:00"),
    ("after three: the next", Term.SAME_DAY, 0, "2026-11-18T15:01", "2026-11-19T17:00"),
    ("after three on a Friday: Monday", Term.SAME_DAY, 0, "2026-11-20T15:30", "2026-11-23T17:00"),
    ("after three on the eve of 24/11", Term.SAME_DAY, 0, "2026-11-23T16:00", "2026-11-25T17:00"),
    ("online on a Sunday: Monday", Term.SAME_DAY, 0, "2026-11-22T10:00", "2026-11-23T17:00"),
    ("online at night", Term.SAME_DAY, 0, "2026-11-18T22:00", "2026-11-19T17:00"),
    ("on a Saturday worked in exchange", Term.SAME_DAY, 0, "2026-08-22T09:00", "2026-08-22T17:00"),
    ("after three before that Saturday", Term.SAME_DAY, 0, "2026-08-21T15:30", "2026-08-22T17:00"),
    ("after three before Quốc khánh", Term.SAME_DAY, 0, "2026-08-28T16:00", "2026-09-03T17:00"),
    ("three working days", Term.WORKING_DAYS, 3, "2026-11-16T09:00", "2026-11-19T17:00"),
    ("over 24/11", Term.WORKING_DAYS, 3, "2026-11-20T16:30", "2026-11-26T17:00"),
    ("over Tết", Term.WORKING_DAYS, 2, "2026-02-13T09:00", "2026-02-24T17:00"),
    ("over an exchanged Friday, the Saturday worked", Term.WORKING_DAYS, 5, "2025-12-31T09:00", "2026-01-09T17:00"),
    ("the Saturday of 10/1/2026 counts", Term.WORKING_DAYS, 6, "2025-12-31T09:00", "2026-01-10T17:00"),
    ("over 30/4 and the exchanged 2/5/2025", Term.WORKING_DAYS, 2, "2025-04-25T09:00", "2025-04-28T17:00"),
    ("received on a Saturday: as on Monday", Term.WORKING_DAYS, 1, "2026-11-14T09:00", "2026-11-17T17:00"),
    ("days of the calendar", Term.DAYS, 10, "2026-11-02T09:00", "2026-11-12T17:00"),
    ("ending on a Sunday", Term.DAYS, 6, "2026-11-16T09:00", "2026-11-23T17:00"),
    ("ending in Tết", Term.DAYS, 15, "2026-02-02T09:00", "2026-02-23T17:00"),
    ("a month", Term.MONTHS, 1, "2026-10-12T09:00", "2026-11-12T17:00"),
    ("a month from the 30th of January", Term.MONTHS, 1, "2026-01-30T09:00", "2026-03-02T17:00"),
    ("over a year's end", Term.MONTHS, 3, "2026-11-05T09:00", "2027-02-11T17:00"),
    ("two hours over noon", Term.HOURS, 2, "2026-11-18T10:30", "2026-11-18T14:30"),
    ("half a day of work", Term.HOURS, 4, "2026-11-18T07:30", "2026-11-18T11:30"),
    ("eight hours reach into the next day", Term.HOURS, 8, "2026-11-18T07:30", "2026-11-19T08:00"),
    ("an hour at night", Term.HOURS, 1, "2026-11-20T18:00", "2026-11-23T08:30"),
]


@pytest.mark.parametrize(("label", "term", "amount", "received", "due"), DUE, ids=[row[0] for row in DUE])
def test_due_by_law(label: str, term: Term, amount: int, received: str, due: str) -> None:
    assert due_by_law(at(received), term, amount, CALENDAR) == at(due)


OF_A_HALF_DAY = [
    ("a term that ends on it ends at noon", Term.WORKING_DAYS, 1, "2026-11-18T09:00", "2026-11-19T11:30"),
    ("the same day", Term.SAME_DAY, 0, "2026-11-19T09:00", "2026-11-19T11:30"),
    ("in its afternoon nobody works", Term.SAME_DAY, 0, "2026-11-19T14:00", "2026-11-20T17:00"),
    ("hours leap over its afternoon", Term.HOURS, 2, "2026-11-19T10:30", "2026-11-20T08:30"),
    ("it counts as a day", Term.WORKING_DAYS, 2, "2026-11-18T09:00", "2026-11-20T17:00"),
]


@pytest.mark.parametrize(("label", "term", "amount", "received", "due"), OF_A_HALF_DAY)
def test_half_days(label: str, term: Term, amount: int, received: str, due: str) -> None:
    assert due_by_law(at(received), term, amount, HALF) == at(due)


def test_half_days_are_yearly_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("days") / "holidays.yaml"
    file.write_text("every_year: []\nyears:\n  2030:\n    tet: 2030-02-02\n    rest: []\n    half: [2030-02-01]\n")
    read_from = Calendar(*read(file))
    assert read_from.is_half_day(date(2030, 2, 1))
    assert not read_from.is_half_day(date(2030, 2, 4))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 11, 30)), st.sampled_from(Term), st.integers(1, 40))
def test_a_term_ends_at_work_and_never_before_it_began(when: datetime, term: Term, amount: int) -> None:
    received = when.replace(tzinfo=VIETNAM)
    due = due_by_law(received, term, amount, CALENDAR)
    assert due >= received
    assert CALENDAR.is_working_day(vietnam_date(due))
    if term is Term.WORKING_DAYS:
        assert CALENDAR.working_days_between(vietnam_date(received), vietnam_date(due)) >= amount


# --- told where the system tells none --------------------------------------------------------------------------------


async def test_the_backends_own_day_wins() -> None:
    said = await a_talk().says(f"{CODE} 4821")
    assert "Hẹn trả: thứ Năm 26/11." in said and "muộn nhất" not in said


async def test_without_a_day_what_the_law_allows_is_told() -> None:
    said = await a_talk(due=None, received_at=at("2026-11-17T15:30")).says(f"{CODE} 4821")
    assert "Trên máy chưa ghi ngày hẹn trả. Nhận thứ Ba 17/11 thì muộn nhất thứ Tư 18/11 phải xong." in said


@pytest.mark.parametrize(
    "more",
    [
        {"procedure": "9.999999"},
        {"procedure": None},
        {"received_at": None},
        {"supplements": (Supplement("x", asked_at=NOON, received_at=NOON),)},
        {"status": Status.FINISHED},
    ],
)
async def test_nothing_is_made_up(more: dict[str, object]) -> None:
    given = {"due": None, **more}
    status = given.pop("status", Status.IN_PROGRESS)
    assert "muộn nhất" not in await a_talk(status, **given).says(f"{CODE} 4821")  # type: ignore[arg-type]


async def test_a_procedure_whose_cases_take_different_times_is_not_told_one() -> None:
    several = next(each for each in catalog() if any(t.case for way in each.submissions for t in way.times))
    assert "muộn nhất" not in await a_talk(due=None, procedure=several.code).says(f"{CODE} 4821")
