"""The rules of linked dossiers (hồ sơ liên thông): one code for the citizen, a part for each agency. Pure.

* A part is known by its code, or, while it has none, by its name. What is older than what is known of it says nothing.
* The whole is at work as long as a part is: a row that calls it finished or handed over before that is kept, and holds
  from the moment the last part is over. So there is one completion, and one rating, for all of it.
* A lateness is that of the part that went furthest over its own day, not of whoever holds the dossier in the end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from onestop.dossier import LONG_AGO, Dossier, Early, Part, Progress, Status

WHOLE_IS_DONE = frozenset({Status.FINISHED, Status.RETURNED})


class PartChange(Struct, frozen=True):
    """The ``n``-th part of a dossier (from 0) came into another status at ``at``."""

    n: int
    at: datetime
    before: Status | None
    after: Status


def part_of(child: Dossier) -> Part:
    """What a part's own row says of it."""
    asked = child.open_supplement
    return Part(
        name=child.procedure_name or "",
        status=child.status,
        code=child.code.canonical,
        procedure=child.procedure,
        agency=child.agency or child.unit,
        due=child.due,
        ended_at=child.finished_at or child.done_at,
        moved_at=child.own_time,
        note=child.note,
        papers=() if asked is None else asked.wanted,
        fees=child.fees if child.status is Status.NEEDS_PAYMENT else () if asked is None else asked.fees,
    )


def settled(dossier: Dossier) -> Dossier:
    """The dossier as it stands by all of its parts."""
    if dossier.status not in WHOLE_IS_DONE or all_over(dossier.parts):
        return dossier
    at = dossier.own_time or LONG_AGO
    early = Early(dossier.status, at, dossier.done_at)
    begun = dataclasses.replace(dossier, status=Status.IN_PROGRESS, moved_at=at, early=early)
    return dataclasses.replace(begun, finished_at=None, done_at=None)


def all_over(parts: Sequence[Part]) -> bool:
    """Whether no agency has anything left to do; so it is where there are no parts."""
    return all(part.is_over for part in parts)


def last_end(parts: Sequence[Part]) -> datetime:
    """When the last agency was done; long ago where there are no parts."""
    return max((part.ended_at or part.moved_at or LONG_AGO for part in parts), default=LONG_AGO)


def step_of(step: Progress) -> Part:
    """What a step that was told by a part's own code says of it."""
    over = step.status.is_closed or step.status is Status.FINISHED
    return Part(
        name="",
        status=step.status,
        code=step.code.canonical,
        agency=step.agency,
        ended_at=step.at if over else None,
        moved_at=step.at,
        note=step.note,
    )


def merged(known: Sequence[Part], told: Sequence[Part], now: datetime) -> tuple[tuple[Part, ...], list[PartChange]]:
    """What is known of the parts once some were told, in the order first told; and what changed with it."""
    parts, changes = list(known), list[PartChange]()
    for part in told:
        n = _place(parts, part)
        if n is None:
            parts.append(part)
            n, before = len(parts) - 1, None
        else:
            if _is_older(part, parts[n]):
                continue
            before = parts[n].status
            parts[n] = _renewed(parts[n], part)
        if part.status is not None and part.status is not before and part.status is not Status.UNKNOWN:
            changes.append(PartChange(n, part.moved_at or now, before, part.status))
    return tuple(parts), changes


def charged(parts: Sequence[Part], now: datetime) -> Part | None:
    """Whose lateness it is: the part that overran its own day by most; where none did, the one that is at work."""
    over = [(overran, n) for n, part in enumerate(parts) if (overran := part.overran(now)) is not None]
    if over:
        return parts[max(over)[1]]
    return next((part for part in parts if part.status is not None and not part.is_over), None)


def charged_at(parts: Sequence[Part], now: datetime) -> str | None:
    """The agency that a lateness is charged to, with its step, as the digest counts it; None where nobody says."""
    part = charged(parts, now)
    if part is None or part.agency is None:
        return None
    return f"{part.agency} ({part.name})" if part.name else part.agency


def _place(parts: Sequence[Part], told: Part) -> int | None:
    by_code = (n for n, part in enumerate(parts) if told.code is not None and part.code == told.code)
    by_name = (n for n, part in enumerate(parts) if part.name == told.name and None in (part.code, told.code))
    return next(by_code, next(by_name, None))


def _is_older(told: Part, known: Part) -> bool:
    if told.status is None:
        return known.status is not None
    if told.status is Status.UNKNOWN and known.status is not None:
        return True
    if known.moved_at is None:
        return False
    return told.moved_at is None or told.moved_at < known.moved_at


def _renewed(known: Part, told: Part) -> Part:
    """What is not said anew stays."""
    return replace(
        told,
        name=told.name or known.name,
        code=told.code or known.code,
        procedure=told.procedure or known.procedure,
        agency=told.agency or known.agency,
        due=told.due or known.due,
        ended_at=told.ended_at or (known.ended_at if told.is_over else None),
    )
