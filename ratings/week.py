"""Weeks as the law of the digest has them: ISO 8601 weeks on Vietnam's calendar, whatever zone the machine is in."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CLOSE_AFTER = timedelta(hours=7)
"""The books of a week close on the next Monday at 07:00."""

_FORM = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII)


def vietnam_date(instant: datetime) -> date:
    """The calendar day in Vietnam of an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(VIETNAM).date()


class Week(Struct, frozen=True, order=True):
    """An ISO week: Monday 00:00 to Sunday 24:00 in Vietnam. Week 1 is the one with the year's first Thursday.

    Raises ValueError where that year has no such week (53 exists in every fifth or sixth year).
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read "2026-W46" (also "2026W46"). Raises ValueError with a sentence that says what would be right."""
        found = _FORM.fullmatch(text.strip().upper())
        if found is None:
            raise ValueError(f"{text!r} is no week: write it like 2026-W46")
        try:
            return cls(int(found[1]), int(found[2]))
        except ValueError:
            raise ValueError(f"{text!r} is no week: {found[1]} has no week {found[2]}") from None

    @classmethod
    def of(cls, instant: datetime) -> Week:
        """The week that holds an aware instant. Raises ValueError for a naive one."""
        year, number, _ = vietnam_date(instant).isocalendar()
        return cls(year, number)

    @classmethod
    def last_closed(cls, now: datetime) -> Week:
        """The newest week whose books are closed at ``now`` (aware)."""
        week = cls.of(now).previous()
        return week if week.close <= now else week.previous()

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def first_day(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def start(self) -> datetime:
        """Monday 00:00 in Vietnam; the first instant that belongs to it."""
        return datetime.combine(self.first_day, time(), VIETNAM)

    @property
    def end(self) -> datetime:
        """Sunday 24:00 in Vietnam; the first instant that no longer belongs to it."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), VIETNAM)

    @property
    def close(self) -> datetime:
        """The next Monday 07:00 in Vietnam: from then on its digest is locked."""
        return self.end + CLOSE_AFTER

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def previous(self) -> Week:
        """The week before."""
        year, number, _ = (self.first_day - timedelta(days=7)).isocalendar()
        return Week(year, number)
