"""Periods besides the week: months as reports close them, quarters, half years, years, four-week blocks, any days.

Administrative reports run from the day after the closing day to the closing day: with the 14th, November is
15/10–14/11, the first quarter 15/12–14/3, the year 15/12–14/12 (Decree 09/2019/NĐ-CP, article 12).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import Enum

from msgspec import Struct

from ratings.week import CLOSE_AFTER, VIETNAM, Week, vietnam_date

CLOSING_DAY = 14
LATEST = 27
MONTH_ENDS = 31
"""As a closing day: reports of calendar months."""
DAY = timedelta(days=1)
BLOCK = 4
"""Weeks of a block."""
COUNTED_FROM = (12, 15)
"""Month and day: what waits to be told waits no longer than the year whose report begins then."""
_STORED = re.compile(r"([0-9a-z]+)_(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)", re.ASCII)


class Kind(Enum):
    """What a period is; the values stand in ``--period``, in codes of choices and in the store."""

    FOUR_WEEKS = "4tuan"
    MONTH = "thang"
    QUARTER = "quy"
    HALF = "6thang"
    YEAR = "nam"
    DAYS = "ngay"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.YEAR: 12}


class Period(Struct, frozen=True, order=True):
    """From the first day 00:00 to the last day 24:00 in Vietnam. Raises ValueError where it ends before it begins."""

    first_day: date
    last_day: date
    kind: Kind = Kind.DAYS

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"a period from {self.first_day} to {self.last_day} ends before it begins")

    def __str__(self) -> str:
        return f"{self.kind.value}_{self.first_day}_{self.last_day}"

    @property
    def start(self) -> datetime:
        """The first instant that belongs to it."""
        return datetime.combine(self.first_day, time(), VIETNAM)

    @property
    def end(self) -> datetime:
        """The first instant that no longer belongs to it."""
        return datetime.combine(self.last_day + DAY, time(), VIETNAM)

    @property
    def close(self) -> datetime:
        """07:00 on the day after: from then on its digest is locked."""
        return self.end + CLOSE_AFTER

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def previous(self) -> Period:
        """The period of the same kind before it."""
        if self.kind is Kind.FOUR_WEEKS:
            return block_of(self.first_day - DAY)
        if self.kind in MONTHS:
            return _ending(self.first_day - DAY, MONTHS[self.kind], self.kind, self.closing_day)
        length = self.last_day - self.first_day
        return Period(self.first_day - DAY - length, self.first_day - DAY, self.kind)

    @property
    def closing_day(self) -> int:
        """The day of the month on which its reports close."""
        return MONTH_ENDS if self.first_day.day == 1 else self.first_day.day - 1

    @property
    def number(self) -> int:
        """Which month, quarter or half of its year (that of its last day), from 1; 1 for other kinds."""
        return (self.last_day.month - 1) // MONTHS[self.kind] + 1 if self.kind in MONTHS else 1


Span = Week | Period
"""What a digest is of."""


def numbered(kind: Kind, year: int, number: int, closing_day: int = CLOSING_DAY) -> Period:
    """The month, quarter, half or year by its number (from 1) in the year of its last day.

    Raises ValueError where that year has no such one, and for a closing day that no month has.
    """
    length = MONTHS.get(kind, 0)
    if not length or not 1 <= number <= 12 // length:
        raise ValueError(f"{year} has no {kind.value} {number}")
    return _ending(_closes(year, number * length, closing_day), length, kind, closing_day)


def period_of(kind: Kind, day: date, closing_day: int = CLOSING_DAY) -> Period:
    """The month, quarter, half year, year or block that holds a day."""
    if kind is Kind.FOUR_WEEKS:
        return block_of(day)
    if kind is Kind.DAYS:
        return Period(day, day)
    length = MONTHS[kind]
    closes = _closes(day.year, day.month, closing_day)
    index = day.year * 12 + day.month - 1 + (day > closes)
    last = index - index % length + length - 1
    return _ending(_closes(last // 12, last % 12 + 1, closing_day), length, kind, closing_day)


def last_closed(kind: Kind, now: datetime, closing_day: int = CLOSING_DAY) -> Period:
    """The newest period of a kind whose books are closed at ``now`` (aware)."""
    found = period_of(kind, vietnam_date(now), closing_day)
    while found.close > now:
        found = found.previous()
    return found


def block_of(day: date) -> Period:
    """The four weeks that hold a day. Blocks never overlap: two that did could be subtracted."""
    weeks = (day.toordinal() - 1) // 7
    first = date.fromordinal((weeks - weeks % BLOCK) * 7 + 1)
    return Period(first, first + timedelta(days=7 * BLOCK - 1), Kind.FOUR_WEEKS)


def parse_span(text: str) -> Span:
    """A week or a period as ``str`` writes it. Raises ValueError."""
    found = _STORED.fullmatch(text)
    if found is None:
        return Week.parse(text)
    return Period(date.fromisoformat(found[2]), date.fromisoformat(found[3]), Kind(found[1]))


def whole_weeks(span: Span) -> tuple[Week, ...]:
    """The weeks that end in a span: what is told of its answers is their sum, so that a day at its edge is no view."""
    if isinstance(span, Week):
        return (span,)
    sunday = span.first_day + timedelta(days=6 - span.first_day.weekday())
    found: list[Week] = []
    while sunday <= span.last_day:
        year, number, _ = sunday.isocalendar()
        found.append(Week(year, number))
        sunday += 7 * DAY
    return tuple(found)


def pieces(span: Span) -> tuple[Span | None, Span | None, Span | None]:
    """Without overlaps: the days of its whole weeks that come before the span, those that are in both, and the days
    of the span that come after its weeks."""
    if isinstance(span, Week):
        return None, span, None
    weeks = whole_weeks(span)
    if not weeks:
        return None, None, span
    first, last = weeks[0].first_day, weeks[-1].last_day
    return (
        Period(first, span.first_day - DAY) if first < span.first_day else None,
        Period(span.first_day, last),
        Period(last + DAY, span.last_day) if last < span.last_day else None,
    )


def counting_year(sunday: date) -> int:
    """The year in which the answers of a week that ends on ``sunday`` are counted on."""
    return sunday.year + ((sunday.month, sunday.day) >= COUNTED_FROM)


def counted_since(span: Span) -> date:
    """The Monday from which the answers of a span are counted on (``views.py``): of the first week of its year that
    ends on or after 15 December, as the year's report begins; of a week, its own."""
    weeks = whole_weeks(span)
    if isinstance(span, Week) or not weeks:
        return span.first_day
    begins = date(counting_year(weeks[0].last_day) - 1, *COUNTED_FROM)
    return begins - timedelta(days=begins.weekday())


def _ending(last: date, months: int, kind: Kind, closing_day: int) -> Period:
    index = last.year * 12 + last.month - 1 - months
    return Period(_closes(index // 12, index % 12 + 1, closing_day) + DAY, last, kind)


def _closes(year: int, number: int, closing_day: int) -> date:
    if not (1 <= closing_day <= LATEST or closing_day == MONTH_ENDS):
        raise ValueError(
            f"reports close on a day from 1 to {LATEST}, or {MONTH_ENDS} for the month's last, not {closing_day}"
        )
    return date(year, number, min(closing_day, monthrange(year, number)[1]))
