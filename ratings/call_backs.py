"""Calls back (gọi lại kiểm tra): whether who rated in a chat says the same when a person asks by phone. Pure.

A call back is no second rating and stands in no score; it only says how far the ratings can be believed. It counts in
the period in which the call was made. Fewer than five are not told of, five to nine by how many agreed in bands, and
no view of them leaves one to four people when shorter and smaller ones are subtracted (``views.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from ratings.period import Kind, Period, Span, last_closed
from ratings.records import Call
from ratings.reports.numerals import number
from ratings.shown import LEAST_ANSWERS, LEAST_DISTRIBUTION, Band
from ratings.statistics import Proportion
from ratings.views import Views
from ratings.week import Week

LOW, MIDDLE, HIGH = range(3)
CALLS = "call_backs"
"""Its key in the digest's JSON."""


class CallBacks(Struct, frozen=True):
    """So many (``n``) who had rated were called; ``agreed`` gave the same band again; None: only ``band`` of it.

    ``of``: the four weeks that this is of, where the digest's own week has too few.
    """

    n: int
    agreed: int | None
    band: Band
    of: Period | None = None


def band_of(stars: int) -> int:
    """1–2, 3 or 4–5."""
    return LOW if stars <= 2 else MIDDLE if stars == 3 else HIGH


def spans_of(span: Span) -> tuple[Span, Period] | tuple[Span]:
    """Of a week also the last closed four weeks, which are told of where the week has too few."""
    return (span, last_closed(Kind.FOUR_WEEKS, span.close)) if isinstance(span, Week) else (span,)


def call_backs(calls: Sequence[Call], span: Span, as_of: datetime, *, together: bool) -> CallBacks | None:
    """What may be told; None where there are too few. ``together``: of several units."""
    views = Views(calls, together=together)
    own, *block = spans_of(span)
    found = _told(views, own, as_of, None)
    if found is not None or not block:
        return found
    weeks = block[0]
    assert isinstance(weeks, Period)
    return _told(views, weeks, weeks.close, weeks) if weeks.close <= as_of else None


def _told(views: Views, span: Span, as_of: datetime, of: Period | None) -> CallBacks | None:
    told = views.told(span, as_of)
    if told is None or len(told) < LEAST_ANSWERS:
        return None
    agreed = Proportion(sum(isinstance(each, Call) and each.agrees for each in told), len(told))
    return CallBacks(agreed.n, agreed.count if agreed.n >= LEAST_DISTRIBUTION else None, Band.of(agreed), of)


def to_json(found: CallBacks) -> dict[str, Any]:
    """As in ``docs/contract.md``."""
    of = found.of
    days = None if of is None else {"from": of.first_day.isoformat(), "to": of.last_day.isoformat()}
    return {"n": found.n, "agreed": found.agreed, "band": found.band.value, "block": days}


def from_json(kept: dict[str, Any]) -> CallBacks:
    """The same read back."""
    days = kept["block"]
    of = None
    if days is not None:
        of = Period(date.fromisoformat(days["from"]), date.fromisoformat(days["to"]), Kind.FOUR_WEEKS)
    return CallBacks(kept["n"], kept["agreed"], Band(kept["band"]), of)


def lines(found: CallBacks) -> Iterator[str]:
    """What an official reads of it."""
    weeks = ""
    if found.of is not None:
        first, last = (day.isocalendar().week for day in (found.of.first_day, found.of.last_day))
        weeks = f" (gộp 4 tuần {first}–{last})"
    called = f"Gọi lại kiểm tra{weeks}: {number(found.n)} người đã chấm điểm"
    if found.agreed is None:
        yield f"{called}; {found.band.words} nói cùng mức như đã chấm."
    else:
        yield f"{called}; {number(found.agreed)} người nói cùng mức như đã chấm."
