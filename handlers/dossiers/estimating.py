"""Which dossiers are likely late, by what dossiers like them took at the same desk. Pure but for one read.

The due day stays what was promised. An estimate past it is for who can still do something about it: the officials of
the desk. Citizens read it only where their unit allows it (``late_estimates`` of its own file, with the paper).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from handlers.desk import Desk, Seen
from onestop.days.calendar import vietnam, vietnam_date
from onestop.days.durations import Curve, likely_day
from onestop.dossier import AT_WORK, Dossier

LIKELY = 0.7
"""The share that "thường" stands for; said as "10 hồ sơ thì 7"."""


class Likely(Struct, frozen=True):
    """``LIKELY`` of those like it, that took as long as it has so far, were done by ``day``; ``n`` were completed."""

    day: date
    n: int

    def is_after(self, dossier: Dossier) -> bool:
        """Whether that is later than the day promised."""
        return dossier.due is not None and self.day > vietnam_date(dossier.due)


def likely(dossier: Dossier, curve: Curve | None, desk: Desk) -> Likely | None:
    """None where nothing may be said: no history or a short one, not at work, no due day, or past it already."""
    if curve is None or dossier.due is None or dossier.status not in AT_WORK or dossier.is_late(desk.now):
        return None
    day = likely_day(dossier, curve, LIKELY, desk.now, vietnam())
    return None if day is None or day < desk.today else Likely(day, curve.done)


def late_ones(seen: Iterable[Seen], curves: Mapping[str, Curve], desk: Desk) -> dict[str, Likely]:
    """Those whose estimate is past their due day, by code."""
    found = {}
    for each in seen:
        dossier = each.dossier
        if dossier is None or dossier.procedure is None:
            continue
        estimate = likely(dossier, curves.get(dossier.procedure), desk)
        if estimate is not None and estimate.is_after(dossier):
            found[dossier.code.canonical] = estimate
    return found
