"""Which dossiers a digest counts: of a period, what was handed over on its days, and who was asked in its whole weeks,
as their answers are told (``views.py``). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ratings.handed import handed
from ratings.period import Period, Span, whole_weeks
from ratings.records import Ends, Handed, Records
from ratings.strata import counted
from ratings.watch import is_certified
from ratings.week import Week


class Cohort(Struct, frozen=True):
    """``done``: what was handed over in the span; ``asked``: what was handed over in its whole weeks."""

    done: Sequence[Handed]
    asked: Sequence[Handed]


def cohort(records: Records, units: Collection[str], span: Span, as_of: datetime) -> Cohort:
    """Of these units, as known at ``as_of``."""
    if records.handed is not None:
        return Cohort(records.handed, records.handed if records.asked is None else records.asked)

    def of(days: Span | None) -> Sequence[Handed]:
        if days is None:
            return ()
        start, end = days.start.astimezone(UTC), min(days.end, as_of + timedelta.resolution).astimezone(UTC)
        return handed(records.completions, units, start, end, as_of)

    done = of(span)
    return Cohort(done, done if isinstance(span, Week) else of(weeks_as_days(span)))


def ends_of(
    records: Records, units: Collection[str], span: Span, as_of: datetime
) -> tuple[Sequence[Ends], Sequence[Ends] | None] | None:
    """What ended without a result, in the span and (None: likewise) in its whole weeks; None where it is not known."""
    if records.ended is not None:
        return records.ended, records.ended_asked
    if records.ends is None:
        return None
    known = records.ends

    def of(days: Span | None) -> Sequence[Ends]:
        if days is None:
            return ()
        return counted(known, units, days.start, min(days.end, as_of + timedelta.resolution), as_of)

    return of(span), None if isinstance(span, Week) else of(weeks_as_days(span))


def weeks_as_days(span: Span) -> Span | None:
    """All its whole weeks as one period; None where no week ends in it."""
    weeks = whole_weeks(span)
    return Period(weeks[0].first_day, weeks[-1].last_day) if weeks else None


def mix_of(records: Records, span: Span) -> dict[str, int] | None:
    """Completions by field, but certified copies, of all units that are alike."""
    if records.mix is not None:
        return {field: n for field, n in records.mix.items() if not is_certified(field)}
    start, end = span.start, span.end
    found = Counter(
        c.field.strip()
        for c in records.completions
        if c.field and not is_certified(c.field) and start <= c.completed_at < end
    )
    return dict(found) or None
