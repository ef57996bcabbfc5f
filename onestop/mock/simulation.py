"""A one-stop system without a network: dossiers with all that will happen to them, moved along by a clock. Pure.

Every dossier knows its whole path from the beginning (``Step``s with their times); what has not happened yet is not
told. ``World.advance(to)`` hands out what became true since the last time, in order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from msgspec import Struct, field

from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM, Calendar
from onestop.days.deadlines import Term, due_by_law
from onestop.dossier import Status
from onestop.mock.mix import Procedure

MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))
DAY_OF_WORK = timedelta(hours=7, minutes=30)
SECOND = timedelta(seconds=1)
FEE = (("Lệ phí (số mẫu)", 50_000),)


class OldUnit(Struct, frozen=True):
    """A commune that went into today's: its name and its code ("H99.52.07")."""

    name: str
    code: str


class MockUnit(Struct, frozen=True):
    """A unit with dossiers: its code, its name, how many dossiers it gets beside the others, what it was made of."""

    code: str
    name: str
    weight: float = 1.0
    branch: str = "Văn phòng đăng ký đất đai"
    former: tuple[OldUnit, ...] = ()

    @property
    def tells_parts_by_the_whole(self) -> bool:
        """How its software tells of the parts of a linked dossier."""
        return self.code[-1:] in "13579"


class DeskClock:
    """Times at which a desk works, by the calendar; durations are hours of work."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def at_work(self, at: datetime) -> datetime:
        """The first instant of work not before ``at``."""
        return self.after(at, timedelta(0))

    def after(self, at: datetime, work: timedelta) -> datetime:
        """``work`` hours of work later."""
        local = at.astimezone(VIETNAM)
        day = local.date()
        while True:
            if self.calendar.is_working_day(day):
                for start, end in (MORNING, AFTERNOON):
                    begin = max(local, datetime.combine(day, start, VIETNAM))
                    left = datetime.combine(day, end, VIETNAM) - begin
                    if timedelta(0) < left and work < left:
                        return begin + work
                    work -= max(left, timedelta(0))
            day += timedelta(days=1)

    def last_before(self, at: datetime) -> datetime:
        """The last instant of work not after ``at``."""
        local = at.astimezone(VIETNAM)
        day = local.date()
        while True:
            for start, end in (AFTERNOON, MORNING) if self.calendar.is_working_day(day) else ():
                if datetime.combine(day, start, VIETNAM) <= local:
                    return min(local, datetime.combine(day, end, VIETNAM) - SECOND)
            day -= timedelta(days=1)

    def due(self, received: datetime, limit: int) -> datetime:
        """17:00 of the last day: so many working days after reception; 0: that day, after 15:00 the next."""
        term = Term.WORKING_DAYS if limit else Term.SAME_DAY
        return due_by_law(received, term, limit, self.calendar)


class Step(Struct, frozen=True):
    """Something that happens to a dossier. ``papers``, ``fees``: what is asked for; ``due``: a new due date with it."""

    at: datetime
    status: Status
    agency: str
    note: str = ""
    papers: tuple[str, ...] = ()
    due: datetime | None = None
    fees: tuple[tuple[str, int], ...] = ()


class Record(Struct):
    """One dossier of the mock: ``code`` as the system prints it, ``steps`` by time, past and to come.

    ``parts``: of a linked one, each with a code of its own; ``whole``: of a part, the code of the dossier it is in.
    """

    code: str
    procedure: Procedure
    unit: MockUnit
    phone: str
    due: datetime | None
    steps: list[Step]
    unit_as_sent: str = ""
    demo_proof: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    moved_at: datetime | None = None
    parts: tuple[Record, ...] = ()
    whole: str = ""

    def past(self, now: datetime) -> list[Step]:
        """The steps that happened by now; those an official clicked count from the click on."""
        until = now if self.moved_at is None else max(now, self.moved_at)
        return [step for step in self.steps if step.at <= until]

    def status(self, now: datetime) -> Status | None:
        """None: not handed in yet."""
        past = self.past(now)
        return past[-1].status if past else None

    def received_at(self) -> datetime:
        return next((step.at for step in self.steps if step.status is Status.ACCEPTED), self.steps[0].at)

    def due_at(self, now: datetime) -> datetime | None:
        return next((step.due for step in reversed(self.past(now)) if step.due is not None), self.due)

    def is_late(self, now: datetime) -> bool:
        """Still at work behind its day."""
        status, due = self.status(now), self.due_at(now)
        at_work = status is not None and not status.is_closed and status is not Status.FINISHED
        return at_work and due is not None and due < now


class Happening(Struct, frozen=True):
    """A step that came true."""

    record: Record
    step: Step


Intake = Callable[[datetime, datetime], Iterable[Record]]
"""What is handed in from one instant until another."""
AHEAD = timedelta(days=3)


class World:
    """All dossiers, and up to when they were told. ``intake``: where life goes on after ``horizon``."""

    def __init__(
        self, records: Iterable[Record], start: datetime, intake: Intake | None = None, horizon: datetime | None = None
    ) -> None:
        self.records: dict[str, Record] = {}
        self._all: dict[str, Record] = {}
        self._canonical: dict[str, Record] = {}
        self._to_come: list[tuple[datetime, str, int, Step]] = []
        self._intake, self._horizon = intake, horizon or start
        self.told_until = start
        for record in records:
            self._take(record)

    def find(self, code: str) -> Record | None:
        """By the code exactly as this system prints it, as real systems do; parts as well."""
        return self._all.get(code)

    def known(self, now: datetime) -> list[Record]:
        """What was handed in by now, oldest news first."""
        seen = [record for record in self.records.values() if record.past(now)]
        return sorted(seen, key=lambda record: (record.past(now)[-1].at, record.code))

    def advance(self, to: datetime) -> list[Happening]:
        """What came true after the last call up to and with ``to``, in the order it happened."""
        while self._intake is not None and self._horizon < to + AHEAD:
            for record in self._intake(self._horizon, self._horizon + AHEAD):
                self._take(record)
            self._horizon += AHEAD
        happened = []
        while self._to_come and self._to_come[0][0] <= to:
            _, code, _, step = heapq.heappop(self._to_come)
            record = self._all[code]
            if any(step is each for each in record.steps):
                happened.append(Happening(record, step))
        self.told_until = max(self.told_until, to)
        return happened

    def move(self, code: str, status: Status, at: datetime) -> list[Happening]:
        """An official's click: the dossier, or the part, gets this status now; what was planned for it is dropped.

        The click that ends a linked one ends its parts first. ``code`` in any style. Raises KeyError for one that does
        not exist.
        """
        record = self._canonical[DossierCode.parse(code).canonical]
        if not record.past(at):
            raise KeyError(code)
        moved = []
        if status in (Status.FINISHED, Status.RETURNED):
            open_parts = [part for part in record.parts if part.status(at) not in (Status.FINISHED, Status.RETURNED)]
            moved = [self._click(part, Status.FINISHED, at) for part in open_parts]
        latest = max((happening.step.at for happening in moved), default=at)
        if status.is_closed:
            for part in record.parts:
                part.steps = part.past(latest)
        return [*moved, self._click(record, status, max(at, latest))]

    def _click(self, record: Record, status: Status, at: datetime) -> Happening:
        past = record.past(at)
        last = past[-1].at + SECOND if past else at
        when = max(at.astimezone(VIETNAM).replace(microsecond=0), last)
        papers = record.procedure.papers if status is Status.NEEDS_PAPERS else ()
        fees = (record.procedure.fees or FEE) if status is Status.NEEDS_PAYMENT else ()
        agency = past[-1].agency if past else record.steps[0].agency
        step = Step(when, status, agency, status.official, papers, fees=fees)
        record.steps = [*past, step]
        record.moved_at = when
        return Happening(record, step)

    def _take(self, record: Record) -> None:
        self.records[record.code] = record
        for each in (record, *record.parts):
            self._all[each.code] = each
            self._canonical[DossierCode.parse(each.code).canonical] = each
            for n, step in enumerate(each.steps):
                if step.at > self.told_until:
                    heapq.heappush(self._to_come, (step.at, each.code, n, step))
