"""What the fictional province's desks still have in hand when its last week ends. Pure.

That is what they hand over in the weeks after it and had taken in before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.demo.life import Done
from onestop.dossier import Status
from ratings.week import Week

AHEAD = 6
"""Weeks of life after the last one shown: land takes the longest, and some of it is late."""
FETCHED = timedelta(days=2)
"""What is handed over so soon after is finished and waits to be fetched."""


class Held(Struct, frozen=True):
    """A dossier that is not handed over yet."""

    unit: str
    procedure: str
    name: str
    field: str
    status: Status
    received_at: datetime
    due_at: datetime


def weeks_after(weeks: Sequence[Week]) -> list[Week]:
    """The weeks whose life says what was still in hand."""
    return [Week.of(weeks[-1].start + timedelta(days=7 * n)) for n in range(1, AHEAD + 1)]


def received_at(done: Done) -> datetime:
    """When it was taken in: as long before its day as the law gives."""
    return min(done.completed_at, done.due_at) - timedelta(days=done.procedure.limit)


def held(done: Done, until: datetime) -> Held | None:
    """The dossier as it stood at ``until``; None where it was not taken in by then, or was handed over."""
    received = received_at(done)
    if not received < until <= done.completed_at:
        return None
    procedure = done.procedure
    return Held(
        *(done.unit, procedure.code, procedure.name, procedure.field),
        _standing(done, until),
        received,
        done.due_at,
    )


def _standing(done: Done, until: datetime) -> Status:
    if done.due_at < until:
        return Status.IN_PROGRESS
    if done.completed_at - until < FETCHED:
        return Status.FINISHED
    return Status.NEEDS_PAPERS if done.asked else Status.IN_PROGRESS
