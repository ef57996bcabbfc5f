"""How long dossiers of one kind take at one desk, from its own history: the product-limit estimate. Pure.

A *spell* is the office's own time of one dossier in working days: from the day of reception to "Đã xử lý xong" (else
"Đã trả kết quả"), without the working days for which the citizen's papers were awaited. A dossier still at work, or
stopped, withdrawn or refused, says only that it takes longer than its spell so far: it is *censored*.

The share that lasts longer than t days is estimated by Kaplan and Meier (J. Am. Stat. Assoc. 53, 1958, p. 457–481):
the product over all days d ≤ t with completions of (1 − completed on d / still at work just before d). Of one day
completions come before censorings, as there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from onestop.days.calendar import Calendar, vietnam_date
from onestop.dossier import Dossier, Status

LEAST = 30
"""Completions below which nothing is estimated: with so many "seven in ten" is already uncertain by 16 points."""

_DONE = frozenset({Status.FINISHED, Status.RETURNED})
_EXACT = 1e-9
"""Products of fractions that are equal on paper differ by less."""


class Spell(Struct, frozen=True):
    """Working days of the office; ``done`` False: at least so many."""

    days: int
    done: bool


class Curve(Struct, frozen=True):
    """``steps``: (day, share that lasts longer), in order; ``n`` dossiers, of which ``done`` were completed."""

    steps: tuple[tuple[int, float], ...]
    n: int
    done: int

    @property
    def is_enough(self) -> bool:
        """Whether something may be said from it."""
        return self.done >= LEAST

    def lasting(self, days: int) -> float:
        """The share of dossiers that take longer than so many days."""
        share = 1.0
        for day, left in self.steps:
            if day > days:
                break
            share = left
        return share

    def by(self, share: float, after: int = -1) -> int | None:
        """The day by which ``share`` of those are done that took longer than ``after`` days; None: not in its time.

        ``after`` −1: of all.
        """
        wanted = (1 - share) * self.lasting(after)
        if wanted <= 0:
            return None
        return next((day for day, left in self.steps if day > after and left <= wanted + _EXACT), None)


def fit(spells: Iterable[Spell]) -> Curve:
    """The product-limit estimate of some spells."""
    done: Counter[int] = Counter()
    censored: Counter[int] = Counter()
    for spell in spells:
        (done if spell.done else censored)[spell.days] += 1
    n = at_work = done.total() + censored.total()
    share, steps = 1.0, []
    for day in sorted(done.keys() | censored.keys()):
        if done[day]:
            share *= 1 - done[day] / at_work
            steps.append((day, share))
        at_work -= done[day] + censored[day]
    return Curve(tuple(steps), n, done.total())


def spell_of(dossier: Dossier, now: datetime, calendar: Calendar) -> Spell | None:
    """What a dossier says at ``now``; None where its beginning, or how it stands, is not known."""
    if dossier.received_at is None or dossier.status is Status.UNKNOWN:
        return None
    begin, end = vietnam_date(dossier.received_at), vietnam_date(dossier.worked_until(now))
    days = calendar.working_days_between(begin, end) - awaited_days(dossier, end, calendar)
    return Spell(max(days, 0), dossier.status in _DONE)


def awaited_days(dossier: Dossier, until: date, calendar: Calendar) -> int:
    """The working days up to ``until`` for which the citizen's papers were awaited."""
    total = 0
    for supplement in dossier.supplements:
        if supplement.asked_at is None:
            continue
        received = until if supplement.received_at is None else vietnam_date(supplement.received_at)
        total += max(calendar.working_days_between(vietnam_date(supplement.asked_at), min(received, until)), 0)
    return total


def likely_day(dossier: Dossier, curve: Curve, share: float, now: datetime, calendar: Calendar) -> date | None:
    """The day by which ``share`` of the dossiers like this one, that took as long as it has so far, were done.

    None where the desk's history is too short, or does not say.
    """
    spell = spell_of(dossier, now, calendar)
    if spell is None or spell.done or dossier.received_at is None or not curve.is_enough:
        return None
    days = curve.by(share, after=spell.days)
    if days is None:
        return None
    begin = vietnam_date(dossier.received_at)
    return calendar.add_working_days(begin, days + awaited_days(dossier, vietnam_date(now), calendar))
