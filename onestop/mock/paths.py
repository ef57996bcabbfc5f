"""What happens to a dossier of the mock: its whole path, drawn when it is handed in. Pure.

::

    gửi qua mạng ─▶ nhận ─▶ đang xử lý ─▶ (thiếu giấy ─▶ đang xử lý)* ─▶ (nộp tiền ─▶ đang xử lý) ─▶ xong ─▶ trả
         └─▶ không nhận          ├─▶ rút          └─▶ dừng, where nothing is brought                  mở lại ◀─┘
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from msgspec import Struct

from onestop.dossier import Status
from onestop.mock.mix import Procedure, Work, draw_days
from onestop.mock.simulation import DAY_OF_WORK, DeskClock, MockUnit, Step

MINUTE = timedelta(minutes=1)
ONLINE, REFUSED, WITHDRAWN, NEVER_BROUGHT, ASKED_AGAIN = 0.35, 0.06, 0.015, 0.06, 0.12
NEVER_FETCHED, REOPENED = 0.03, 0.015
"""Shares of all, of those sent in online, of all, of those asked for papers (twice); of the finished, the returned."""


class Course(Struct):
    """A path while it is drawn: the steps so far and the day that is promised."""

    steps: list[Step]
    due: datetime

    def add(self, at: datetime, status: Status, agency: str, note: str, **more: object) -> None:
        """A further step."""
        self.steps.append(Step(at.replace(microsecond=0), status, agency, note, **more))  # type: ignore[arg-type]


class Child(Struct, frozen=True):
    """A part of a linked dossier: what it is, when its agency got it, its own day, what happens to it."""

    work: Work
    due: datetime
    steps: list[Step]


class Paths:
    """Draws them; the same ``chance`` gives the same."""

    def __init__(self, desk: DeskClock, chance: random.Random) -> None:
        self._desk, self._chance = desk, chance

    def path(self, unit: MockUnit, procedure: Procedure, received: datetime, due: datetime) -> list[Step]:
        """All that will happen to one."""
        chance, after = self._chance, self._desk.after
        agency = unit.branch if procedure.branch else unit.name
        course = Course([], due)
        if self._sent_in(course, unit, received):
            return course.steps
        begun = after(received, chance.uniform(5, 20 if not procedure.limit else 120) * MINUTE)
        course.add(begun, Status.IN_PROGRESS, agency, "Đang xử lý")
        finished = self._finished(procedure, begun, due)
        if chance.random() < WITHDRAWN:
            asked = self._desk.at_work(begun + (finished - begun) / 2)
            course.add(asked, Status.WITHDRAWN, unit.name, "Rút theo đơn của người nộp")
            return course.steps
        if chance.random() < procedure.supplement:
            brought = self._asked(course, procedure, agency, begun, finished)
            if brought is None:
                return course.steps
            finished = brought
        if chance.random() < procedure.pay:
            finished = self._paid(course, procedure, agency, finished)
        course.add(finished, Status.FINISHED, agency, "Đã xử lý xong")
        self._fetched(course, unit, agency, finished, at_once=not procedure.limit)
        return course.steps

    def linked(
        self, unit: MockUnit, procedure: Procedure, received: datetime, due: datetime
    ) -> tuple[list[Step], list[Child]]:
        """All that will happen to a linked one, and to each of its parts: the first, then the others at once."""
        chance, after = self._chance, self._desk.after
        course = Course([], due)
        if self._sent_in(course, unit, received):
            return course.steps, []
        begun = after(received, chance.uniform(5, 20) * MINUTE)
        course.add(begun, Status.IN_PROGRESS, unit.name, "Đang xử lý")
        late = chance.choice(procedure.parts[1:]) if chance.random() < procedure.late else None
        first = self._part(procedure.parts[0], unit, begun, past=None, asked=False)
        children = [first]
        for work in procedure.parts[1:]:
            asked = bool(work.papers) and chance.random() < procedure.supplement * 2
            past = due if work is late else None
            children.append(self._part(work, unit, first.steps[-1].at + MINUTE, past=past, asked=asked))
        finished = max(child.steps[-1].at for child in children) + chance.uniform(5, 90) * MINUTE
        course.add(self._desk.at_work(finished), Status.FINISHED, unit.name, "Đã xử lý xong")
        self._fetched(course, unit, unit.name, finished, at_once=False, again=False)
        return course.steps, children

    def _part(self, work: Work, unit: MockUnit, begun: datetime, *, past: datetime | None, asked: bool) -> Child:
        """``past``: the day of the whole, where this is the part that makes it late."""
        chance, after = self._chance, self._desk.after
        agency = work.agency.format(unit=unit.name)
        begun = self._desk.at_work(begun)
        due = self._desk.due(begun, work.limit)
        course = Course([], due)
        course.add(begun, Status.IN_PROGRESS, agency, "Đang xử lý")
        days = draw_days(work.median, work.ninetieth, chance)
        finished = after(begun, days * DAY_OF_WORK)
        if past is not None:
            finished = after(max(due, past), chance.uniform(0.5, 6) * DAY_OF_WORK)
        elif finished > due:
            finished = max(begun + MINUTE, due - chance.uniform(5, 150) * MINUTE)
        if asked:
            at, waited = after(begun, (finished - begun) / 8), chance.uniform(1, 5) * DAY_OF_WORK
            course.add(at, Status.NEEDS_PAPERS, agency, "Yêu cầu bổ sung giấy tờ", papers=work.papers)
            brought = after(at, waited)
            course.due = after(due - MINUTE, waited)
            course.add(brought, Status.IN_PROGRESS, agency, "Đã nhận giấy tờ bổ sung", due=course.due)
            finished = max(after(finished, waited), after(brought, 20 * MINUTE))
        course.add(finished, Status.FINISHED, agency, "Đã xử lý xong")
        return Child(work, due, course.steps)

    def _sent_in(self, course: Course, unit: MockUnit, received: datetime) -> bool:
        """How it comes in; whether it was refused."""
        chance = self._chance
        if chance.random() < ONLINE:
            course.add(received - 90 * MINUTE, Status.REGISTERED, unit.name, "Nộp trực tuyến")
            if chance.random() < REFUSED:
                course.add(received, Status.REJECTED, unit.name, "Bản chụp mờ, không đọc được")
                return True
        course.add(received, Status.ACCEPTED, unit.name, "Tiếp nhận hồ sơ")
        return False

    def _asked(
        self, course: Course, procedure: Procedure, agency: str, begun: datetime, finished: datetime
    ) -> datetime | None:
        """Papers are asked for, now and then twice; when it is finished then, None where they are never brought."""
        chance, after = self._chance, self._desk.after
        asked = after(begun, chance.uniform(0.1, 0.4) * (finished - begun) / 4)
        while True:
            fees = procedure.fees[:1] if chance.random() < procedure.pay / 4 else ()
            asks = "Yêu cầu bổ sung giấy tờ"
            course.add(asked, Status.NEEDS_PAPERS, agency, asks, papers=procedure.papers, fees=fees)
            waited = chance.uniform(1, 9) * DAY_OF_WORK
            brought = after(asked, waited)
            if chance.random() < NEVER_BROUGHT:
                stopped = after(asked, 30 * DAY_OF_WORK)
                course.add(stopped, Status.STOPPED, agency, "Quá thời hạn bổ sung giấy tờ")
                return None
            finished, course.due = after(finished, waited), after(course.due - MINUTE, waited)
            course.add(brought, Status.IN_PROGRESS, agency, "Đã nhận giấy tờ bổ sung", due=course.due)
            finished = max(finished, after(brought, 20 * MINUTE))
            if chance.random() > ASKED_AGAIN:
                return finished
            asked = after(brought, (finished - brought) / 8)

    def _paid(self, course: Course, procedure: Procedure, agency: str, finished: datetime) -> datetime:
        """Money is asked for when the work is nearly done; when it is finished then."""
        chance, after = self._chance, self._desk.after
        begun = course.steps[-1].at
        asked = self._desk.at_work(begun + (finished - begun) * chance.uniform(0.6, 0.9))
        course.add(asked, Status.NEEDS_PAYMENT, agency, "Chờ nộp nghĩa vụ tài chính", fees=procedure.fees)
        paid = after(asked, chance.uniform(0.2, 5) * DAY_OF_WORK)
        course.add(paid, Status.IN_PROGRESS, agency, "Đã nộp tiền")
        return max(finished, after(paid, 30 * MINUTE))

    def _fetched(
        self, course: Course, unit: MockUnit, agency: str, finished: datetime, *, at_once: bool, again: bool = True
    ) -> None:
        """The result is handed over, often days later, and now and then taken back to be mended."""
        chance, after, at_work = self._chance, self._desk.after, self._desk.at_work
        if chance.random() <= NEVER_FETCHED:
            return
        fetched = finished + timedelta(days=chance.lognormvariate(0.69, 1.07))
        if at_once and chance.random() < 0.5:
            fetched = after(finished, 15 * MINUTE)
        fetched = max(at_work(fetched), course.steps[-1].at + MINUTE)
        course.add(fetched, Status.RETURNED, unit.name, "Đã trả kết quả")
        if again and chance.random() < REOPENED:
            opened = after(fetched, chance.uniform(0.5, 4) * DAY_OF_WORK)
            mended = after(opened, chance.uniform(0.2, 2) * DAY_OF_WORK)
            course.add(opened, Status.IN_PROGRESS, agency, "Mở lại để đính chính")
            course.add(mended, Status.FINISHED, agency, "Đã xử lý xong")
            course.add(after(mended, 60 * MINUTE), Status.RETURNED, unit.name, "Đã trả kết quả")

    def _finished(self, procedure: Procedure, begun: datetime, due: datetime) -> datetime:
        """When the work is done: drawn from the mix, in time but for the share that is late."""
        chance, after = self._chance, self._desk.after
        if chance.random() < procedure.late:
            return after(due, chance.uniform(0.3, 6) * DAY_OF_WORK)
        finished = after(begun, procedure.draw_days(chance) * DAY_OF_WORK)
        return finished if finished <= due else max(begun + MINUTE, due - chance.uniform(5, 150) * MINUTE)
