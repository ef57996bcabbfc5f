"""A one-stop system without a network: dossiers with all that will happen to them, moved along by a clock. Pure.

Every dossier knows its whole path from the beginning (``Step``s with their times); what has not happened yet is not
told. ``World.advance(to)`` hands out what became true since the last time, in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from onestop.calendar import VIETNAM, Calendar
from onestop.code import DossierCode
from onestop.dossier import Status
from onestop.mix import Procedure

MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))
DAY_OF_WORK = timedelta(hours=7, minutes=30)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class MockUnit:
    """A unit with dossiers: its code, its name, and how many dossiers it gets beside the others."""

    code: str
    name: str
    weight: float = 1.0
    branch: str = "Văn phòng đăng ký đất đai"


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
        local = received.astimezone(VIETNAM)
        days = limit or (0 if local.time() < time(15) else 1)
        return datetime.combine(self.calendar.add_working_days(local.date(), days), AFTERNOON[1], VIETNAM)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to a dossier. ``papers``: what is asked for; ``due``: a new due date with it."""

    at: datetime
    status: Status
    agency: str
    note: str = ""
    papers: tuple[str, ...] = ()
    due: datetime | None = None


@dataclass(slots=True)
class Record:
    """One dossier of the mock: ``code`` as the system prints it, ``steps`` by time, past and to come."""

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


@dataclass(frozen=True, slots=True)
class Happening:
    """A step that came true."""

    record: Record
    step: Step


class World:
    """All dossiers, and up to when they were told."""

    def __init__(self, records: Iterable[Record], start: datetime) -> None:
        self.records = {record.code: record for record in records}
        self._canonical = {DossierCode.parse(code).canonical: record for code, record in self.records.items()}
        self.told_until = start

    def find(self, code: str) -> Record | None:
        """By the code exactly as this system prints it, as real systems do."""
        return self.records.get(code)

    def known(self, now: datetime) -> list[Record]:
        """What was handed in by now, oldest news first."""
        seen = [record for record in self.records.values() if record.past(now)]
        return sorted(seen, key=lambda record: (record.past(now)[-1].at, record.code))

    def advance(self, to: datetime) -> list[Happening]:
        """What came true after the last call up to and with ``to``, in the order it happened."""
        due = [
            Happening(record, step)
            for record in self.records.values()
            for step in record.steps
            if self.told_until < step.at <= to and step.at != record.moved_at
        ]
        self.told_until = max(self.told_until, to)
        return sorted(due, key=lambda happening: (happening.step.at, happening.record.code))

    def move(self, code: str, status: Status, at: datetime) -> Happening:
        """An official's click: the dossier gets this status now, what was planned for it is dropped.

        ``code`` in any style. Raises KeyError for one that does not exist.
        """
        record = self._canonical[DossierCode.parse(code).canonical]
        past = record.past(at)
        if not past:
            raise KeyError(code)
        when = max(at.astimezone(VIETNAM).replace(microsecond=0), past[-1].at + SECOND)
        papers = record.procedure.papers if status is Status.NEEDS_PAPERS else ()
        step = Step(when, status, past[-1].agency, status.official, papers)
        record.steps = [*past, step]
        record.moved_at = when
        return Happening(record, step)
