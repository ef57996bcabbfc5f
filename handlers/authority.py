"""Who may rate what: looked up at every step, never carried by a button or a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from handlers.desk import Binding, Completion, Desk, Given
from handlers.effects import Rated
from handlers.inviting import ratable
from handlers.naming import held
from ratings.week import vietnam_date

CHANGEABLE = timedelta(hours=24)
"""So long after the first answer another one replaces it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A completion that this chat may rate now. ``given`` is its own rating, None before the first."""

    binding: Binding
    completion: Completion
    given: Given | None


class Refusal(Enum):
    """Why it may not."""

    UNPROVED = "this chat does not hold the dossier, or no longer"
    NOT_DONE = "the result was not handed over"
    OTHER = "another chat has rated this completion"
    CLOSED = "its own rating can no longer be changed"
    TOO_LATE = "it was handed over too long ago"


async def may_rate(desk: Desk, dossier: str, n: int | None) -> Case | Refusal:
    """What this chat may rate: the ``n``-th completion of a dossier, the latest where ``n`` is None."""
    binding = await held(desk, dossier)
    if binding is None:
        return Refusal.UNPROVED
    completion = await desk.records.completion(dossier, n)
    if completion is None:
        return Refusal.NOT_DONE
    given = await desk.records.rating(dossier, completion.n)
    if given is not None and not given.own:
        return Refusal.OTHER
    if given is not None and desk.now - given.first_at > CHANGEABLE:
        return Refusal.CLOSED
    if given is None and not ratable(completion.completed_at, desk.now):
        return Refusal.TOO_LATE
    return Case(binding, completion, given)


def may_invite(case: Case) -> bool:
    """Whether we may ask by ourselves: only who follows, and only what was neither answered nor declined."""
    done = case.completion
    return case.binding.following and case.given is None and not done.declined and not done.not_received


def answer(case: Case, stars: int, reasons: tuple[str, ...], comment: str | None, desk: Desk) -> Rated:
    """The row that is written: with what a statistic counts copied, and the one it replaces."""
    done, given = case.completion, case.given
    return Rated(
        dossier=done.dossier,
        n=done.n,
        stars=stars,
        reasons=reasons,
        comment=comment,
        supersedes=None if given is None else given.id,
        first_at=desk.now if given is None else given.first_at,
        unit=done.unit,
        procedure=done.procedure,
        field=done.field,
        completed_on=vietnam_date(done.completed_at),
        instrument=desk.instrument.version,
    )
