"""How the fictional province's machine served, and what calls back found there. Pure.

Beside ``demo_life.py`` and with chances of their own, so that no story there changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct

from bot.demo.life import Done
from ratings.call_backs import band_of
from ratings.service import Stretch
from ratings.week import Week

WORKING_DAY, REST = 420, 90
"""Messages of a day."""
SOON, GIVEN_UP = 0.985, 0.0004
OUTAGES = (
    # every so many weeks, in which of them, what, weekday, hour, minutes
    (1, 0, "motcua", 6, 2.0, 1),
    (5, 2, "onestop", 1, 9.0, 34),
    (5, 2, "telegram", 1, 9.25, 40),
    (9, 7, "onestop", 3, 14.5, 12),
)
CALLED, AGREES = 0.2, 0.92
"""Of those who rated, and of those called."""


class Day(Struct, frozen=True):
    """A day's messages, and of them those answered soon and those given up."""

    day: date
    messages: int
    soon: int
    unanswered: int


class CalledBack(Struct, frozen=True):
    """Who had rated was called at ``at`` and said the same or not."""

    at: datetime
    agrees: bool


def days(weeks: Sequence[Week], seed: int) -> Iterator[Day]:
    """Every day of these weeks."""
    chance = Random(f"{seed}/service")
    for week in weeks:
        for n in range(7):
            messages = round((WORKING_DAY if n < 5 else REST) * chance.uniform(0.8, 1.2))
            unanswered = sum(chance.random() < GIVEN_UP for _ in range(messages))
            soon = min(messages - unanswered, round(messages * chance.uniform(SOON - 0.01, SOON + 0.01)))
            yield Day(week.first_day + timedelta(days=n), messages, soon, unanswered)


def stretches(weeks: Sequence[Week]) -> Iterator[Stretch]:
    """What was out of reach; two things at once in some of these weeks."""
    for index, week in enumerate(weeks):
        for every, at, what, day, hour, minutes in OUTAGES:
            if index % every == at:
                began = week.start + timedelta(days=day, hours=hour)
                yield Stretch(what, began, began + timedelta(minutes=minutes))


def called_back(done: Done, code: str, until: datetime, seed: int) -> CalledBack | None:
    """The call about a dossier, None where nobody called, or not before ``until``."""
    if done.said is None or done.said.mode == "phone" or done.ended is not None:
        return None
    chance = Random(f"{seed}/{code}/called")
    if chance.random() >= CALLED:
        return None
    at = done.said.at + timedelta(days=chance.uniform(1, 4))
    told = done.said.stars if chance.random() < AGREES else 6 - done.said.stars
    return CalledBack(at, band_of(told) == band_of(done.said.stars)) if at < until else None
