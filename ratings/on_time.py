"""A unit's dossiers against their promised days: what was handed over in a week, and what is still open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from onestop.days.punctuality import Tally
from onestop.dossier import Status
from ratings.handed import total
from ratings.records import Against, Handed, OpenDossier, Records
from ratings.week import vietnam_date


class OnTime(Struct, frozen=True):
    """The unit's dossiers in five counts that add up to ``total``, by Vietnam's days, not hours.

    Handed over in the week: ``early`` before the due day, ``on_time`` on it, ``late_done`` after it. A completion
    without a due day cannot be late: it is in ``on_time``, and ``without_due`` says how many of those there are.

    Not handed over at ``as_of``: ``late_open`` past the due day while the office has the dossier, else ``in_time``
    (also: waiting for the citizen's papers or money, finished and waiting to be fetched, no due day). Both are None
    where nothing is known of open dossiers. Of the open ones, ``waiting``, ``ready`` and ``due_soon`` are parts.
    """

    early: int
    on_time: int
    late_done: int
    late_open: int | None = None
    in_time: int | None = None
    without_due: int = 0
    waiting: int = 0
    ready: int = 0
    due_soon: int = 0
    rule: Tally | None = None
    """The same completions by the rule of the national indicators; None where it was not applied to any of them."""

    @property
    def completed(self) -> int:
        """Handed over in the week."""
        return self.early + self.on_time + self.late_done

    @property
    def total(self) -> int:
        """Handed over in the week or still open."""
        return self.completed + (self.late_open or 0) + (self.in_time or 0)


def against_due(done: Sequence[Handed], records: Records, today: date) -> OnTime:
    """A week's completions and the open dossiers of ``records``, as they stand on ``today`` (Vietnam's date)."""
    days = {way: total(row for row in done if row.against is way) for way in Against}
    without_due = days[Against.WITHOUT_DUE]
    counts = [count for row in done if row.count is not None for count in [row.count] * row.n]
    rule = Tally.of(counts) if counts else None
    early, on_time, late_done = days[Against.EARLY], days[Against.ON_TIME] + without_due, days[Against.LATE]
    if records.open_dossiers is None:
        return OnTime(early, on_time, late_done, without_due=without_due, rule=rule)
    late = sum(_is_late(d, today) for d in records.open_dossiers)
    return OnTime(
        early=early,
        on_time=on_time,
        late_done=late_done,
        late_open=late,
        in_time=len(records.open_dossiers) - late,
        without_due=without_due,
        waiting=sum(d.status.waits_for_citizen for d in records.open_dossiers),
        ready=sum(d.status is Status.FINISHED for d in records.open_dossiers),
        due_soon=sum(_is_due_soon(d, today, records.due_soon_until) for d in records.open_dossiers),
        rule=rule,
    )


def _office_has(dossier: OpenDossier) -> bool:
    return not dossier.status.waits_for_citizen and dossier.status is not Status.FINISHED


def _is_late(dossier: OpenDossier, today: date) -> bool:
    return dossier.due_at is not None and vietnam_date(dossier.due_at) < today and _office_has(dossier)


def _is_due_soon(dossier: OpenDossier, today: date, until: date | None) -> bool:
    if dossier.due_at is None or until is None or not _office_has(dossier):
        return False
    return today <= vietnam_date(dossier.due_at) <= until
