"""Results handed over, counted by all that a digest asks of them: a province's week is some hundred counts instead of
twenty thousand records. Pure; ``store.py`` has the database count them likewise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from ratings.records import Against, CompletionRecord, Handed
from ratings.week import vietnam_date


def handed(
    completions: Iterable[CompletionRecord], units: Collection[str], start: datetime, end: datetime, as_of: datetime
) -> tuple[Handed, ...]:
    """Count those of these units that were handed over from ``start`` to before ``end``, as known at ``as_of``."""
    found = Counter(
        (
            *(c.unit, against_due(c), c.eligible, _by(as_of, c.invited_at), _by(as_of, c.delivered_at)),
            *(_by(as_of, c.not_received_at), c.demo, c.late_at, c.told_late, c.count, _by(as_of, c.declined_at)),
        )
        for c in completions
        if c.unit in units and start <= c.completed_at < end
    )
    return tuple(Handed(n, *alike) for alike, n in found.items())


def against_due(completion: CompletionRecord) -> Against:
    """By days, not hours."""
    if completion.due_at is None:
        return Against.WITHOUT_DUE
    done, due = vietnam_date(completion.completed_at), vietnam_date(completion.due_at)
    return Against.EARLY if done < due else Against.ON_TIME if done == due else Against.LATE


def total(rows: Iterable[Handed]) -> int:
    """How many completions they are."""
    return sum(row.n for row in rows)


def _by(as_of: datetime, at: datetime | None) -> bool:
    return at is not None and at <= as_of
