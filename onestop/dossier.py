"""A dossier (hồ sơ) and one step of it, as values. Pure. How they are read from the wire: ``rows.py``."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from msgspec import Struct

from onestop.code import DossierCode
from onestop.days.calendar import Calendar, vietnam_date

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Status(IntEnum):
    """The ten national statuses, and one for whatever a province made up. The value is what is stored and sent."""

    UNKNOWN = 0
    REGISTERED = 1
    ACCEPTED = 2
    REJECTED = 3
    IN_PROGRESS = 4
    NEEDS_PAPERS = 5
    NEEDS_PAYMENT = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10

    @property
    def official(self) -> str:
        """The official Vietnamese name, for officials and source lines."""
        return OFFICIAL_NAMES[self]

    @property
    def is_closed(self) -> bool:
        """Nothing more is done for it at the desk."""
        return self is Status.RETURNED or self in WITHOUT_RESULT

    @property
    def waits_for_citizen(self) -> bool:
        """The office waits for papers or money; the time is not the office's."""
        return self in {Status.NEEDS_PAPERS, Status.NEEDS_PAYMENT}


OFFICIAL_NAMES = {
    Status.UNKNOWN: "Chưa rõ",
    Status.REGISTERED: "Mới đăng ký",
    Status.ACCEPTED: "Được tiếp nhận",
    Status.REJECTED: "Không được tiếp nhận",
    Status.IN_PROGRESS: "Đang xử lý",
    Status.NEEDS_PAPERS: "Yêu cầu bổ sung giấy tờ",
    Status.NEEDS_PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.FINISHED: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}


WITHOUT_RESULT = (Status.REJECTED, Status.WITHDRAWN, Status.STOPPED)
"""Closed, and nothing was handed over."""


AT_WORK = frozenset({Status.REGISTERED, Status.ACCEPTED, Status.IN_PROGRESS})
"""The office has it in hand and its time runs. Of an unknown status nobody can say so: it may be done long since."""


ON_THE_DESK = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.UNKNOWN})
"""Taken in and not done, as far as anybody can say."""


class FeeDue(Struct, frozen=True):
    """A fee of the dossier, in đồng; ``amount`` None where the row has no number."""

    what: str
    amount: int | None


class Supplement(Struct, frozen=True):
    """One request for more papers (yêu cầu bổ sung). ``papers`` may be empty where only ``what`` says it; ``fees`` are
    to be paid with them."""

    what: str
    papers: tuple[str, ...] = ()
    asked_at: datetime | None = None
    received_at: datetime | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    fees: tuple[FeeDue, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is to be brought, one by one; where no papers are named, what the request says."""
        return tuple(paper for paper in (self.papers or (self.what,)) if paper)


def new_due(status: Status | None, supplements: Sequence[Supplement]) -> datetime | None:
    """The due instant that the desk set anew when it took the papers it had asked for last; None where it set none."""
    if status not in ON_THE_DESK:
        return None
    taken = [each for each in supplements if each.received_at is not None]
    newest = max(taken, key=lambda each: each.received_at or LONG_AGO, default=None)
    if newest is None or newest.due_after is None or newest.due_after == newest.due_before:
        return None
    return newest.due_after


class Part(Struct, frozen=True):
    """One agency's work on a linked dossier (hồ sơ liên thông): a child with a code of its own, or a step to come.

    ``status`` None: its turn has not come. ``ended_at``: when the agency was done with it.
    """

    name: str
    status: Status | None = None
    code: str | None = None
    procedure: str | None = None
    agency: str | None = None
    due: datetime | None = None
    ended_at: datetime | None = None
    moved_at: datetime | None = None
    note: str | None = None
    papers: tuple[str, ...] = ()
    fees: tuple[FeeDue, ...] = ()

    @property
    def is_over(self) -> bool:
        """Its agency has nothing more to do for it."""
        return self.status is not None and (self.status.is_closed or self.status is Status.FINISHED)

    def overran(self, now: datetime) -> timedelta | None:
        """By how much its agency was past its own day, up to when it was done; None where it was not."""
        until = (self.ended_at or self.moved_at or now) if self.is_over else now
        if self.due is None or self.status is None or self.status.waits_for_citizen or until <= self.due:
            return None
        return until - self.due


class Early(Struct, frozen=True):
    """What the row of a linked dossier said of the whole while parts of it were still at work."""

    status: Status
    at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the one-stop system says of a dossier. Instants are aware; None is "not said".

    ``unit``: the unit's code or name as sent (``DonViXuLy``), still to be resolved. ``agency``: who has it on the
    desk, where that is said apart. ``due`` without a time of day lasts to the end of its day.
    ``phone_last4`` proves who asks and is kept out of every repr; None proves nothing.
    ``parts``: the work of each agency on a linked dossier; ``whole``: of a part, the code of the dossier it belongs to.
    """

    code: DossierCode
    status: Status
    procedure: str | None = None
    procedure_name: str | None = None
    field: str | None = None
    unit: str | None = None
    received_at: datetime | None = None
    due: datetime | None = None
    finished_at: datetime | None = None
    done_at: datetime | None = None
    moved_at: datetime | None = None
    agency: str | None = None
    note: str | None = None
    supplements: tuple[Supplement, ...] = ()
    fees: tuple[FeeDue, ...] = ()
    parts: tuple[Part, ...] = ()
    early: Early | None = None
    whole: DossierCode | None = None
    phone_last4: str | None = dataclasses.field(default=None, repr=False)
    number: str | None = dataclasses.field(default=None, repr=False, compare=False)
    """The whole phone, where it can prove anything; it is never stored, only counted by its keyed hash."""
    status_told: str | None = dataclasses.field(default=None, compare=False)
    """The system's own word for its status, where nobody knows what it means."""

    @property
    def own_time(self) -> datetime | None:
        """When what the row says came true, by the row itself: what rows of one dossier are ordered by.

        ``NgayTra`` for a returned result, else ``ThoiDiemXuLy`` where there is one, else the latest thing the row
        tells of.
        """
        if self.status is Status.RETURNED and self.done_at is not None:
            return self.done_at
        if self.moved_at is not None:
            return self.moved_at
        told = [self.received_at, self.finished_at if self.status is Status.FINISHED else None]
        told += [at for supplement in self.supplements for at in (supplement.asked_at, supplement.received_at)]
        return max((at for at in told if at is not None), default=None)

    @property
    def open_supplement(self) -> Supplement | None:
        """The newest request for papers that is not answered yet, while the dossier waits for it."""
        if self.status is not Status.NEEDS_PAPERS:
            return None
        waiting = [supplement for supplement in self.supplements if supplement.received_at is None]
        return max(waiting, key=lambda supplement: supplement.asked_at or LONG_AGO, default=None)

    def worked_until(self, now: datetime) -> datetime:
        """Up to when the office's time is counted: finished, returned or closed, asked for papers, else ``now``.

        As the national indicators count: "Đã xử lý xong" before "Đã trả kết quả" before a stop; while the citizen's
        papers are awaited the office's time stands still.
        """
        if self.status.is_closed or self.status is Status.FINISHED:
            return self.finished_at or self.done_at or self.own_time or now
        if self.open_supplement is not None and self.open_supplement.asked_at is not None:
            return self.open_supplement.asked_at
        return now

    def is_late(self, now: datetime) -> bool:
        """Whether the office is, or was, past the due instant; False where there is none."""
        return self.due is not None and self.worked_until(now) > self.due

    def days_late(self, now: datetime, calendar: Calendar) -> int:
        """Whole working days past the due day; 0 where it is not late, or late within the due day."""
        if self.due is None or not self.is_late(now):
            return 0
        return calendar.working_days_between(vietnam_date(self.due), vietnam_date(self.worked_until(now)))


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a dossier (``CapNhatTienDoHoSoMC``): at ``at`` it got this status, at this agency."""

    code: DossierCode
    status: Status
    at: datetime | None = None
    agency: str | None = None
    note: str | None = None
    status_told: str | None = dataclasses.field(default=None, compare=False)

    @property
    def own_time(self) -> datetime | None:
        """``ThoiDiemXuLy``."""
        return self.at
