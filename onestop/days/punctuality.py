"""Whether a dossier was in time as the national indicators count it, which is not how a citizen does. Pure.

The formula sheet of the indicators of Decision 766/QĐ-TTg of 23 June 2022 ("Mô tả công thức tính chỉ số 766"):

* a dossier ends when it is "Đã xử lý xong", else when it is "Đã trả kết quả", else when it is stopped, refused or
  withdrawn; one that has not ended is counted up to the end of the period;
* the time for which its supplements were awaited is taken off; where the desk set a new due date when it took them,
  that date has it already, and nothing is taken off twice;
* a dossier that was asked for supplements more than once is late, whenever it ended;
* without a due date nobody can say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from onestop.dossier import Dossier, Supplement

MOST_REQUESTS = 1


class Count(Enum):
    """What a dossier counts as."""

    IN_TIME = "in time"
    OVERDUE = "overdue"
    ASKED_AGAIN = "asked again"
    WITHOUT_DUE = "without due"

    @property
    def is_late(self) -> bool:
        """Late by the rule."""
        return self in (Count.OVERDUE, Count.ASKED_AGAIN)


STORED = (None, Count.IN_TIME, Count.OVERDUE, Count.ASKED_AGAIN, Count.WITHOUT_DUE)
"""What the numbers in ``completions.counted`` stand for; 0: nobody can say any more."""


class Tally(Struct, frozen=True):
    """Dossiers by what they count as: late are ``overdue`` and ``asked_again``, of all but ``without_due``."""

    in_time: int = 0
    overdue: int = 0
    asked_again: int = 0
    without_due: int = 0

    @classmethod
    def of(cls, counts: Iterable[Count]) -> Tally:
        """How many there are of each."""
        found = list(counts)
        return cls(
            *(found.count(each) for each in (Count.IN_TIME, Count.OVERDUE, Count.ASKED_AGAIN, Count.WITHOUT_DUE))
        )

    @property
    def late(self) -> int:
        return self.overdue + self.asked_again

    @property
    def judged(self) -> int:
        """Those of which the rule says something."""
        return self.in_time + self.late


def count(dossier: Dossier, period_end: datetime) -> Count:
    """What a dossier counts as in a period that ends at ``period_end`` (aware)."""
    if sum(each.asked_at is None or each.asked_at <= period_end for each in dossier.supplements) > MOST_REQUESTS:
        return Count.ASKED_AGAIN
    if dossier.due is None:
        return Count.WITHOUT_DUE
    end = ended_at(dossier, period_end)
    return Count.OVERDUE if end - awaited(dossier, end) > dossier.due else Count.IN_TIME


def ended_at(dossier: Dossier, period_end: datetime) -> datetime:
    """When the dossier ended by the rule; ``period_end`` where it has not by then."""
    stopped = dossier.own_time if dossier.status.is_closed else None
    ends = (dossier.finished_at, dossier.done_at, stopped)
    return min(next((end for end in ends if end is not None), period_end), period_end)


def awaited(dossier: Dossier, until: datetime) -> timedelta:
    """For how long, up to ``until``, supplements were awaited that no new due date allows for."""
    return sum((_awaited(each, until) for each in dossier.supplements), timedelta(0))


def _awaited(supplement: Supplement, until: datetime) -> timedelta:
    if supplement.asked_at is None:
        return timedelta(0)
    if supplement.due_after is not None and supplement.due_after != supplement.due_before:
        return timedelta(0)
    received = until if supplement.received_at is None else min(supplement.received_at, until)
    return max(received - supplement.asked_at, timedelta(0))
