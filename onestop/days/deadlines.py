"""By when the law wants a dossier done, from the instant of its reception. Pure.

The one-stop system's own date always wins; this is for a dossier of which it tells none.

* A term in days does not count the day on which it begins (Bộ luật Dân sự 2015, Điều 147); one that ends on a day of
  rest ends with the next working day (Điều 148 khoản 5); one in months ends on the same day of that month, or its last.
* "Ngay trong ngày", and the next working day for what came after 15:00: as the procedures' own pages say (hộ tịch).
* Hours are hours of work. What comes when nobody works is taken as received when work begins again.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import Enum

from onestop.days.calendar import VIETNAM, Calendar
from onestop.days.holidays import DAY

MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17))
"""The hours of State offices where none of their own are known; on a half-day only the morning's."""
TAKEN_UNTIL = time(15)
"""What is received later is done the next working day where it is done "the same day"."""


class Term(Enum):
    """What a term is counted in."""

    SAME_DAY = "same_day"
    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"
    HOURS = "hours"


def due_by_law(received: datetime, term: Term, amount: int, calendar: Calendar) -> datetime:
    """The last instant of the term, on Vietnam's clock. ``amount`` is not looked at for SAME_DAY."""
    begins = _at_work(received.astimezone(VIETNAM), calendar)
    day = begins.date()
    match term:
        case Term.SAME_DAY:
            return _close(day if begins.time() <= TAKEN_UNTIL else calendar.add_working_days(day, 1), calendar)
        case Term.WORKING_DAYS:
            return _close(calendar.add_working_days(day, amount), calendar)
        case Term.DAYS:
            return _close(calendar.add_working_days(day + amount * DAY, 0), calendar)
        case Term.MONTHS:
            return _close(calendar.add_working_days(_months_later(day, amount), 0), calendar)
        case Term.HOURS:
            return _after(begins, timedelta(hours=amount), calendar)


def _at_work(at: datetime, calendar: Calendar) -> datetime:
    """The first instant of work not before ``at``."""
    return next(max(at, start) for start, end in _spans(at.date(), calendar) if at < end)


def _after(at: datetime, work: timedelta, calendar: Calendar) -> datetime:
    for start, end in _spans(at.date(), calendar):
        begins = max(at, start)
        if begins < end and work <= end - begins:
            return begins + work
        work -= max(end - begins, timedelta(0))
    raise AssertionError("days of work do not end")


def _spans(day: date, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The spans of work from a day on."""
    while True:
        if calendar.is_working_day(day):
            for start, end in (MORNING,) if calendar.is_half_day(day) else (MORNING, AFTERNOON):
                yield datetime.combine(day, start, VIETNAM), datetime.combine(day, end, VIETNAM)
        day += DAY


def _close(day: date, calendar: Calendar) -> datetime:
    """When work ends on a working day."""
    return datetime.combine(day, (MORNING if calendar.is_half_day(day) else AFTERNOON)[1], VIETNAM)


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
