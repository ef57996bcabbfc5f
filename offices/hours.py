"""Opening hours: a week of spans, by season, shorter on some days, and how they are said. Vietnam's time. Pure.

Written as ``{mon-fri: "7:30-11:30, 13:30-17:00", sat: "7:30-11:30"}``; a season also ``from: 04-15, to: 10-15``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any

from msgspec import Struct

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class Span(Struct, frozen=True):
    """Open from ``start`` until just before ``end``."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``7:30-11:30``. Raises ValueError."""
        match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not H:MM-H:MM")
        hours = [int(number) for number in match.groups()]
        span = cls(time(hours[0], hours[1]), time(hours[2], hours[3]))
        if span.start >= span.end:
            raise ValueError(f"{text!r} ends before it begins")
        return span

    def cut(self, until: time) -> Span | None:
        """What of it lies before ``until``."""
        return None if until <= self.start else Span(self.start, min(self.end, until))

    def __str__(self) -> str:
        return f"{self.start.hour}:{self.start.minute:02d}–{self.end.hour}:{self.end.minute:02d}"


Week = tuple[tuple[Span, ...], ...]


class Opening(Struct, frozen=True):
    """How a desk opens on a day: as on a weekday (0: Monday), until ``until`` at the latest."""

    weekday: int
    until: time = time.max


class Early(Struct, frozen=True):
    """Days of each lunar month on which the desk closes at ``until``, and why: a market's days, for instance."""

    lunar: tuple[int, ...]
    until: time
    why: str

    def holds(self, day: date) -> bool:
        """Whether that day is one of them."""
        return lunar_day(day) in self.lunar

    @classmethod
    def parse(cls, entry: Mapping[str, Any]) -> Early:
        """Read one entry of the data. Raises ValueError, KeyError or TypeError."""
        days = tuple(entry["lunar"])
        if not days or not all(1 <= day <= 30 for day in days):
            raise ValueError(f"{entry['lunar']!r} are no days of a lunar month")
        return cls(days, time.fromisoformat(entry["until"]), entry["why"])


@lru_cache(512)
def lunar_day(day: date) -> int | None:
    """The day of Vietnam's lunar month; None before 1900 and after 2100."""
    from lunar_vn import solar_to_lunar

    try:
        return solar_to_lunar(day).day
    except ValueError:
        return None


class Season(Struct, frozen=True):
    """A week of hours (Monday first), from one (month, day) of the year to another, both included; None: all year."""

    week: Week
    between: tuple[tuple[int, int], tuple[int, int]] | None = None

    def holds(self, day: date) -> bool:
        """Whether these hours are those of that day."""
        return self.between is None or self.between[0] <= (day.month, day.day) <= self.between[1]

    @classmethod
    def parse(cls, entry: Mapping[str, str]) -> Season:
        """Read one entry of the data. Raises ValueError or KeyError."""
        week: list[tuple[Span, ...]] = [()] * 7
        for days, spans in entry.items():
            if days in ("from", "to"):
                continue
            first, _, last = days.partition("-")
            for weekday in range(DAYS.index(first), DAYS.index(last or first) + 1):
                week[weekday] = tuple(Span.parse(span) for span in spans.split(",")) if spans else ()
        between = None if "from" not in entry else (_day(entry["from"]), _day(entry["to"]))
        return cls(tuple(week), between)


def week_text(week: Week) -> str:
    """``Thứ Hai đến thứ Sáu: 7:30–11:30 và 13:30–17:00. Thứ Bảy: 7:30–11:30.``"""
    groups: list[tuple[int, int, tuple[Span, ...]]] = []
    for weekday, spans in enumerate(week):
        if groups and groups[-1][1] == weekday - 1 and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], weekday, spans)
        elif spans:
            groups.append((weekday, weekday, spans))
    return " ".join(f"{_days(first, last)}: {' và '.join(map(str, spans))}." for first, last, spans in groups)


def _days(first: int, last: int) -> str:
    words = NAMES[first] if first == last else f"{NAMES[first]} đến {NAMES[last]}"
    return words[0].upper() + words[1:]


def _day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)
