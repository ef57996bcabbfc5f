"""The rules by which told rows become the standing of a dossier, its movements and its completions. Pure.

Rows are ordered by their own times, never by when they arrived (``ThoiDiemXuLy``; ``NgayTra`` of a returned result).

* The newest row says how a dossier stands. An older one is kept as a movement, but neither told nor does it reopen.
* A *completion* (lần trả kết quả) is the n-th time a dossier enters status 10, at its ``NgayTra``. A further one needs
  a later row that is not 10, and then a new ``NgayTra``. A step to 10, which has no ``NgayTra``, opens it at the
  step's time; the ``NgayTra`` that follows puts it right.
* A dossier that is refused, withdrawn or stopped *ends* too, and has a number among the completions. What it was called
  first stands: another word for it later (withdrawn, then stopped) is no second end. Taken up again and ended again,
  or handed over after all, it is.
* A late one is charged to the agency that held it when its day passed, not to the desk that hands it over.
* Of a linked dossier each agency's part is entered by the rules of ``parts.py``; what was said of the whole before its
  parts were over is entered when they are.
* The same rows again change nothing. A status nobody knows is kept, but never overrules a known one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from onestop.code import DossierCode
from onestop.days.calendar import vietnam_date
from onestop.details import Details
from onestop.dossier import LONG_AGO, WITHOUT_RESULT, Dossier, Early, Part, Progress, Status
from onestop.parts import WHOLE_IS_DONE, PartChange, all_over, charged_at, last_end, merged, settled

Row = Dossier | Progress
UnitOf = Callable[[str | None], str]
"""``DonViXuLy`` as told (or None) to the unit's code."""

TIES = {Status.REGISTERED: 0, Status.ACCEPTED: 1, Status.FINISHED: 4, Status.RETURNED: 5}
"""Of two rows with one time the further one is the newer; what is not named lies between, in order of arrival."""


class Movement(Struct, frozen=True):
    """A status at its own time; ``told`` False: older than what was told already."""

    at: datetime
    status: Status
    told: bool


class End(Struct, frozen=True):
    """The ``n``-th time a dossier ended. ``without``: refused, withdrawn or stopped; None: its result was handed over,
    a completion."""

    n: int
    at: datetime
    without: Status | None = None


class Entry(Struct):
    """One dossier while rows are entered. ``status`` None: never heard of before.

    ``end``: the newest one; ``ended``: those that are new, by number; ``amended``: what is stored of the newest end is
    no longer right; ``refreshed``: something newer was told. ``phone_last4``: told anew;
    ``has_phone``: one is known.
    """

    code: str
    details: Details
    status: Status | None = None
    moved_at: datetime | None = None
    unit: str = ""
    procedure: str | None = None
    procedure_name: str | None = None
    field: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    phone_last4: str | None = None
    has_phone: bool = False
    end: End | None = None
    ended: dict[int, End] = msgspec.field(default_factory=dict)
    amended: bool = False
    refreshed: bool = False
    movements: dict[tuple[datetime, Status], Movement] = msgspec.field(default_factory=dict)
    part_changes: list[PartChange] = msgspec.field(default_factory=list)
    """Of its parts, since it was loaded."""

    @property
    def told(self) -> int:
        """How many movements were told."""
        return sum(movement.told for movement in self.movements.values())


def order(row: Row, now: datetime) -> tuple[datetime, int]:
    """Rows that arrive together are entered in this order."""
    return row.own_time or now, TIES.get(row.status, 2)


def enter(entry: Entry, row: Row, now: datetime, unit_of: UnitOf) -> bool:
    """Enter one row; whether it brought a status worth telling. ``now``: the time of a first row that has none."""
    if isinstance(row, Dossier) and row.parts:
        enter_parts(entry, row.parts, now)
    row = _by_its_parts(entry, row)
    at = row.own_time or entry.moved_at or now
    newest = _is_newest(entry, row, at)
    repeated = (at, row.status) in entry.movements
    before = entry.status
    _watch_the_day(entry, row, at)
    _describe(entry, row, unit_of, overrule=newest)
    if not repeated:
        entry.movements[at, row.status] = Movement(at, row.status, told=newest)
    if newest:
        entry.status, entry.moved_at = row.status, at
        entry.refreshed |= not repeated
    if entry.status is Status.RETURNED and row.status is Status.RETURNED:
        _complete(entry, row, reopened=newest and before is not Status.RETURNED)
    elif newest and row.status in WITHOUT_RESULT and before not in WITHOUT_RESULT:
        _open(entry, at, row.status)
    return newest and not repeated and before is not row.status and row.status is not Status.UNKNOWN


def enter_parts(entry: Entry, told: Sequence[Part], now: datetime) -> None:
    """Enter what was told of some parts."""
    parts, changes = merged(entry.details.parts, told, now)
    entry.refreshed |= parts != entry.details.parts
    entry.details.parts = parts
    entry.part_changes += changes


def came_true(entry: Entry) -> Progress | None:
    """What was said of the whole too early, as a step to be entered now that no part is left; None where none was."""
    early, parts = entry.details.early, entry.details.parts
    if early is None or not all_over(parts):
        return None
    entry.details.early = None
    at = max((early.done_at or early.at, last_end(parts), entry.moved_at or early.at))
    return Progress(DossierCode.parse(entry.details.printed), early.status, at, entry.details.agency)


def _by_its_parts(entry: Entry, row: Row) -> Row:
    """The row as it stands by all that is known of the parts."""
    if not entry.details.parts:
        return row
    if isinstance(row, Dossier):
        return settled(dataclasses.replace(row, parts=entry.details.parts))
    if row.status not in WHOLE_IS_DONE or all_over(entry.details.parts):
        return row
    if row.at is not None:
        entry.details.early = Early(row.status, row.at)
    return dataclasses.replace(row, status=Status.IN_PROGRESS)


def _watch_the_day(entry: Entry, row: Row, at: datetime) -> None:
    """Note who held the dossier when its day passed, and whether a reason had been written by then."""
    due = entry.due_at or (row.due if isinstance(row, Dossier) else None)
    if due is None:
        return
    if vietnam_date(at) <= vietnam_date(due):
        entry.details.told_late |= bool(row.note)
    elif entry.details.late_at is None and entry.moved_at is not None and entry.moved_at < at:
        entry.details.late_at = charged_at(entry.details.parts, at) or entry.details.agency


def _is_newest(entry: Entry, row: Row, at: datetime) -> bool:
    """Whether a row says how the dossier stands: as new as what is known, and no repetition of something older."""
    if entry.status is None or entry.moved_at is None:
        return True
    if row.status is Status.UNKNOWN and entry.status is not Status.UNKNOWN:
        return False
    if (at, row.status) in entry.movements and row.status is not entry.status:
        return False
    return (at, TIES.get(row.status, 2)) >= (entry.moved_at, TIES.get(entry.status, 2))


def _complete(entry: Entry, row: Row, *, reopened: bool) -> None:
    """Open a completion for a row in status 10, or put the NgayTra of a provisional one right."""
    returned_at = row.done_at if isinstance(row, Dossier) else None
    if entry.end is None or entry.end.without is not None or reopened:  # after a later row, so with a new NgayTra
        at = returned_at or (row.moved_at if isinstance(row, Dossier) else row.at)
        if at is not None:
            at = max(at, last_end(entry.details.parts))
            _open(entry, at, None)
            entry.done_at = at
            entry.details.provisional = returned_at is None
            if entry.details.parts and entry.due_at is not None and at > entry.due_at:
                entry.details.late_at = charged_at(entry.details.parts, at) or entry.details.late_at
    elif entry.details.provisional and returned_at is not None and returned_at >= _last_reopened(entry):
        at = max(returned_at, last_end(entry.details.parts))
        entry.end = replace(entry.end, at=at)
        entry.done_at = at
        entry.details.provisional = False
        entry.amended = True


def _open(entry: Entry, at: datetime, without: Status | None) -> None:
    """One more end of the dossier."""
    entry.end = End(1 if entry.end is None else entry.end.n + 1, at, without)
    entry.ended[entry.end.n] = entry.end


def _last_reopened(entry: Entry) -> datetime:
    """The newest told movement to another status than 10."""
    others = (movement.at for movement in entry.movements.values() if movement.status is not Status.RETURNED)
    return max(others, default=LONG_AGO)


def _describe(entry: Entry, row: Row, unit_of: UnitOf, *, overrule: bool) -> None:
    """Take over what the row says of the dossier; an older row only fills in what is missing."""
    standing = (entry.unit, entry.procedure, entry.field, entry.received_at, entry.due_at)
    if isinstance(row, Progress):
        entry.unit = entry.unit or unit_of(None)
        if overrule:
            entry.details.agency = row.agency or entry.details.agency
            entry.details.note = row.note if row.status.is_closed else None
        return
    if not entry.unit or (row.unit is not None and (overrule or entry.unit == unit_of(None))):
        entry.unit = unit_of(row.unit)
    for name, value in (
        ("procedure", row.procedure),
        ("procedure_name", row.procedure_name),
        ("field", row.field),
        ("received_at", row.received_at),
        ("due_at", row.due),
    ):
        if value is not None and (overrule or getattr(entry, name) is None):
            setattr(entry, name, value)
    if row.phone_last4 is not None and (overrule or not entry.has_phone):
        entry.phone_last4, entry.has_phone = row.phone_last4, True
    if overrule:
        entry.details = replace(
            Details.of(row),
            agency=row.agency or entry.details.agency,
            finished_at=row.finished_at or entry.details.finished_at,
            provisional=entry.details.provisional,
            late_at=entry.details.late_at,
            told_late=entry.details.told_late,
            parts=entry.details.parts,
        )
    now_standing = (entry.unit, entry.procedure, entry.field, entry.received_at, entry.due_at)
    closed = entry.status is not None and entry.status.is_closed
    entry.amended |= entry.end is not None and closed and standing != now_standing
