"""How money, days, times and lists are written for people: "15.000 đồng", "thứ Năm 26/11", "7 giờ 30"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from onestop.days.calendar import VIETNAM, day_text

LABEL_LIMIT = 24
"""Characters of a label that every channel shows whole."""

FIRST_LIMIT = 300
"""Characters of a first answer: one screen of a small phone with large letters."""


def number(value: int) -> str:
    """1234567 as "1.234.567"."""
    return f"{value:,}".replace(",", ".")


def money(amount: int) -> str:
    """An amount in đồng: "15.000 đồng"; nothing to pay is "không mất tiền"."""
    return "không mất tiền" if amount == 0 else f"{number(amount)} đồng"


def day_name(day: date, today: date | None = None) -> str:
    """A day as people say it, "thứ Năm 26/11"; with its year where that is not the year of ``today``."""
    return day_text(day, today)


def full_date(day: date) -> str:
    """A day with its year, for sources: "22/11/2026"."""
    return f"{day.day}/{day.month}/{day.year}"


def clock(at: time) -> str:
    """A time of day: "7 giờ 30", "17 giờ"."""
    return f"{at.hour} giờ {at.minute:02d}" if at.minute else f"{at.hour} giờ"


def next_minute(at: datetime, today: date) -> str:
    """The first whole minute from an instant on, in Vietnam: with its day where that is not ``today``."""
    here = (at + timedelta(seconds=59)).astimezone(VIETNAM)
    return clock(here.time()) if here.date() == today else moment(here)


def moment(at: datetime) -> str:
    """An aware instant on Vietnam's clock: "7 giờ 40, thứ Năm 26/11"."""
    here = at.astimezone(VIETNAM)
    return f"{clock(here.time())}, {day_text(here.date())}"


def numbered(items: Iterable[str], start: int = 1) -> str:
    """One line an item, "1. …", counting from ``start``."""
    return "\n".join(f"{n}. {item}" for n, item in enumerate(items, start))


def joined(items: Sequence[str]) -> str:
    """Items in one breath: "a, b và c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} và {items[-1]}"


def shortened(text: str, limit: int = LABEL_LIMIT) -> str:
    """``text`` in at most ``limit`` characters, cut at a word and marked with "…" where it is longer."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    whole = cut.rpartition(" ")[0] if text[limit - 1] != " " else cut
    return f"{(whole or cut).rstrip(' ,;:.(–-')}…"


def sentence_case(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The first letter small, unless the first word is an abbreviation ("UBND") or a code."""
    first = text.split(" ", 1)[0]
    return text if len(first) > 1 and first[1:] != first[1:].lower() else text[:1].lower() + text[1:]


def ended(text: str) -> str:
    """A sentence with exactly one full stop at its end."""
    return f"{text.rstrip(' .;,')}."
