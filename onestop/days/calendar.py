"""Vietnam's working days, the hours in which we may write to people, and days as people say them.

A *working day* is Monday to Friday but for the rest days of ``holidays.yaml``, and the Saturdays worked in
exchange. Days are Vietnam's dates; instants are aware. Reading the file apart, everything is pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from onestop.days.holidays import DAY, SATURDAY, Fixed, Year, by_law, each_year, read, read_own, through

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FILE = Path(__file__).with_name("holidays.yaml")
LAST_OF_TET = 2
"""No mùng 3 is later than in this month."""
NOTICES_COME = 11
"""By this month the notice of the next year is usually out."""
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def vietnam_date(at: datetime) -> date:
    """The date in Vietnam at an aware instant."""
    return at.astimezone(VIETNAM).date()


def day_text(day: date, today: date | None = None) -> str:
    """``thứ Năm 26/11``; with the year where it is not this year's."""
    year = "" if today is None or today.year == day.year else f"/{day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}{year}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. ``noticed``: the years whose notice was read; of others the law is asked once each."""

    noticed: Mapping[int, Year]
    fixed: tuple[Fixed, ...]
    _computed: dict[int, Year | None] = field(default_factory=dict, repr=False, compare=False)
    _worked: dict[date, bool] = field(default_factory=dict, repr=False, compare=False)

    def year(self, number: int) -> Year | None:
        """The days of rest of a year; None where neither a notice nor the law tells them all."""
        if number in self.noticed:
            return self.noticed[number]
        if number not in self._computed:
            self._computed[number] = by_law(number, self.fixed)
        return self._computed[number]

    def holiday(self, day: date) -> str | None:
        """The name of the holiday or exchanged day of rest; None on any other day, weekends included."""
        year = self.year(day.year)
        return (each_year(day.year, self.fixed) if year is None else year.rest).get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether State offices work on that day."""
        known = self._worked.get(day)
        if known is None:
            year = self.year(day.year)
            exchanged = year is not None and day in year.work
            known = self._worked[day] = exchanged or (day.weekday() < SATURDAY and self.holiday(day) is None)
        return known

    def is_half_day(self, day: date) -> bool:
        """Whether that working day ends at noon."""
        year = self.year(day.year)
        return year is not None and day in year.half

    def doubt(self, day: date) -> str | None:
        """Why it is not known whether that day is worked; None where it is. A doubtful day counts as worked."""
        year = self.year(day.year)
        return f"chưa có lịch nghỉ của năm {day.year}" if year is None else year.doubt.get(day)

    def unnoticed(self, today: date) -> tuple[int, ...]:
        """The years of which the notice ought to be here and is not: this one, from November on the next too."""
        wanted = (today.year, today.year + 1) if today.month >= NOTICES_COME else (today.year,)
        return tuple(year for year in wanted if year not in self.noticed)

    def add_working_days(self, start: date, days: int) -> date:
        """The day so many working days after (or, negative, before) ``start``, which itself is not counted.

        ``0`` gives ``start`` where it is worked, else the next working day.
        """
        step, day, left = (DAY if days >= 0 else -DAY), start, abs(days)
        while left or not self.is_working_day(day):
            day += step
            left -= bool(left) and self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and with ``end``; negative where ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + n * DAY) for n in range(1, (end - start).days + 1))

    def is_quiet(self, day: date) -> bool:
        """Giao thừa to mùng 3 Tết: nobody is written to."""
        if day.month > LAST_OF_TET:
            return False
        year = self.year(day.year)
        return year is not None and year.first is not None and year.first - DAY <= day <= year.first + 2 * DAY


@cache
def vietnam() -> Calendar:
    """The calendar of ``holidays.yaml``, of the years that this installation wrote down itself, and of the law."""
    noticed, fixed = read(FILE)
    return Calendar(noticed | _own, fixed)


def take_own_years(path: Path) -> None:
    """From now on this process goes by the years of that file before ours; by ours alone where there is no such file.

    Raises OSError, or BadYears with what is wrong.
    """
    years = read_own(path, read(FILE)[1]) if path.is_file() else {}
    if years == _own:
        return
    _own.clear()
    _own.update(years)
    vietnam.cache_clear()


_own: dict[int, Year] = {}


class ContactHours(Struct, frozen=True):
    """The hours in which we write to people unasked. ``spans``: minutes of Vietnam's day, the end excluded."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> ContactHours:
        """Read ``07:30-11:30,13:30-20:00``; ``00:00-24:00`` means always. Raises ValueError saying what is wrong."""
        spans = []
        for part in text.split(","):
            match = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*", part)
            if match is None:
                raise ValueError(f"{part.strip()!r} is not HH:MM-HH:MM")
            hours = [int(number) for number in match.groups()]
            start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
            if hours[1] > 59 or hours[3] > 59 or end > 1440 or start >= end:
                raise ValueError(f"{part.strip()!r} does not go from an earlier to a later time of one day")
            spans.append((start, end))
        spans.sort()
        if any(earlier[1] > later[0] for earlier, later in pairwise(spans)):
            raise ValueError(f"{text!r} names some hour twice")
        return cls(tuple(spans))

    @property
    def always(self) -> bool:
        """Whole days, Tết too."""
        return self.spans == ((0, 1440),)

    def allows(self, at: datetime, calendar: Calendar | None = None) -> bool:
        """Whether we may write at that instant."""
        return self.next_contact(at, calendar) == at

    def next_contact(self, at: datetime, calendar: Calendar | None = None) -> datetime:
        """The first instant not before ``at`` at which we may write; ``at`` itself where we may now."""
        if self.always:
            return at
        local = at.astimezone(VIETNAM)
        calendar = calendar or vietnam()
        for day in through(local.date(), local.date() + 8 * DAY):
            for start, end in () if calendar.is_quiet(day) else self.spans:
                if at < _at(day, end):
                    return max(at, _at(day, start))
        raise AssertionError("no day of contact in eight days")


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), VIETNAM) + timedelta(minutes=minute)
