"""What may be said today and here: nothing whose validity is over or not begun, no other province's figures. Pure."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from procedures.finding.facets import Facet
from procedures.procedure import Fee, Procedure, ProcessingTime

Line = TypeVar("Line", Fee, ProcessingTime)


class Why(Enum):
    """Why a figure is withheld."""

    ENDED = "ended"
    NOT_YET = "not_yet"
    PROVINCE = "province"


class Withheld(Struct, frozen=True):
    """Figures that are not told. ``day``: the last on which they held, or the first on which they will."""

    facet: Facet
    why: Why
    day: date | None = None


def is_in_force(procedure: Procedure, today: date) -> bool:
    """Whether the whole page holds on that day (Vietnam's)."""
    begun = procedure.effective_from is None or procedure.effective_from <= today
    return begun and (procedure.effective_to is None or procedure.effective_to >= today)


def is_foreign(procedure: Procedure, places: tuple[str, ...]) -> bool:
    """Whether a province decided it that is none of ``places``, the names of the desk's unit and of those above it."""
    return procedure.scope != "national" and not any(procedure.scope in place for place in places)


def in_force(
    procedure: Procedure, today: date, places: tuple[str, ...], own: frozenset[Facet] = frozenset()
) -> tuple[Procedure, tuple[Withheld, ...]]:
    """The procedure with what holds today, and the figures withheld. ``places``: names of the desk's unit and of those
    above it; one of them holds the province's.

    ``own``: facets whose figures are the desk's own; they hold whatever the page's province.
    """
    withheld: dict[Withheld, None] = {}
    foreign = is_foreign(procedure, places)

    def fit(lines: tuple[Line, ...], facet: Facet) -> tuple[Line, ...]:
        if foreign and facet not in own:
            withheld.update({Withheld(facet, Why.PROVINCE): None} if lines else {})
            return ()
        over = [line for line in lines if not _holds(line, today)]
        if not over:
            return lines
        for line in over:
            if line.until is not None and line.until < today:
                withheld[Withheld(facet, Why.ENDED, line.until)] = None
            else:
                withheld[Withheld(facet, Why.NOT_YET, line.since)] = None
        return tuple(line for line in lines if line not in over)

    fitting = [(fit(each.fees, Facet.FEE), fit(each.times, Facet.TIME)) for each in procedure.submissions]
    if not withheld:
        return procedure, ()
    submissions = tuple(
        replace(each, fees=fees, times=times)
        for each, (fees, times) in zip(procedure.submissions, fitting, strict=True)
    )
    told = {
        Facet.FEE: any(each.fees for each in submissions),
        Facet.TIME: any(each.times for each in submissions),
    }
    # an old figure that a newer one has replaced is of no interest
    kept = tuple(each for each in withheld if each.why is not Why.ENDED or not told[each.facet])
    return replace(procedure, submissions=submissions), kept


def _holds(line: Fee | ProcessingTime, today: date) -> bool:
    return (line.since is None or line.since <= today) and (line.until is None or line.until >= today)
