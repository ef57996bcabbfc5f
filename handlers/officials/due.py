"""What a unit has to see to: overdue, due today, due soon, likely late. Only the office's own lateness counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum

from msgspec import Struct, field

from handlers.desk import Desk, Official, Seen
from handlers.dossiers.estimating import Likely, late_ones
from handlers.effects import Audited
from offices.unit import Unit
from onestop.days.calendar import vietnam, vietnam_date
from onestop.dossier import Dossier

AHEAD = timedelta(days=366)
"""How far ahead a dossier may be due that is looked at for being likely late."""
DRAFTS = frozenset({"staff", "head"})
"""Roles that see to dossiers: they are told each morning and draft letters. All others may ask for the list."""


class Which(Enum):
    """Which part of the list. The value stands in choice codes."""

    ALL = "all"
    LATE = "late"
    SOON = "soon"
    SLOW = "slow"


class Due(Struct, frozen=True):
    """The dossiers that a unit has to see to, the oldest due first.

    ``slow``: due later, and likely late; ``likely``: when, by code, also of those due today and soon. ``unprovable``:
    of all open ones those that no phone proves.
    """

    late: tuple[Seen, ...]
    today: tuple[Seen, ...]
    soon: tuple[Seen, ...]
    slow: tuple[Seen, ...] = ()
    unprovable: int = 0
    likely: Mapping[str, Likely] = field(default_factory=dict)

    def of(self, which: Which) -> Due:
        """Only that part."""
        match which:
            case Which.LATE:
                return Due(self.late, (), ())
            case Which.SOON:
                return Due((), self.today, self.soon, likely=self.likely)
            case Which.SLOW:
                every = (*self.today, *self.soon, *self.slow)
                return Due((), (), (), tuple(each for each in every if code_of(each) in self.likely), 0, self.likely)
            case Which.ALL:
                return self

    @property
    def all(self) -> tuple[Seen, ...]:
        """All, in the order in which they are listed."""
        return (*self.late, *self.today, *self.soon, *self.slow)


async def own_roles(desk: Desk) -> tuple[Official, ...]:
    """The roles of this chat; of each unit first the one that may do more."""
    return tuple(sorted(await desk.records.officials(), key=lambda each: each.role not in DRAFTS))


async def due_of(desk: Desk, unit: str, days: int) -> Due:
    """What that unit has to see to; "soon": within so many working days."""
    last = vietnam().add_working_days(desk.today, days)
    found = [seen for seen in await desk.records.due_dossiers(unit, desk.now + AHEAD) if seen.dossier is not None]
    late = tuple(seen for seen in found if dossier_of(seen).is_late(desk.now))
    in_time = [seen for seen in found if not dossier_of(seen).is_late(desk.now)]
    today = tuple(seen for seen in in_time if due_day(seen) == desk.today)
    soon = tuple(seen for seen in in_time if desk.today != due_day(seen) <= last)
    likely = late_ones(in_time, await desk.records.curves(unit), desk)
    slow = tuple(seen for seen in in_time if due_day(seen) > last and code_of(seen) in likely)
    return Due(late, today, soon, slow, await desk.records.unprovable(unit), likely)


def noted(official: Official, detail: str) -> Audited:
    """That an official read a list: every reading is written down."""
    return Audited(official.id, "read list", official.unit, detail)


def unit_named(code: str, desk: Desk) -> Unit:
    """The unit of a code."""
    return desk.offices.unit(code)


def dossier_of(seen: Seen) -> Dossier:
    """Of a list only dossiers that are known are told."""
    assert seen.dossier is not None
    return seen.dossier


def code_of(seen: Seen) -> str:
    """Its code as it stands in every table."""
    return dossier_of(seen).code.canonical


def due_day(seen: Seen) -> date:
    """The day of Vietnam on which it is due."""
    due = dossier_of(seen).due
    assert due is not None
    return vietnam_date(due)
