"""The mock's population: five dossiers to try everything with, and some three hundred drawn from the mix. Pure.

All instants are counted from the start of the mock; the days inside the codes of the five are fixed words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import accumulate, count, islice

from msgspec import Struct

from onestop.days.calendar import VIETNAM, Calendar
from onestop.dossier import Status
from onestop.mock.former import handed_in_before
from onestop.mock.mix import BIRTH, CIVIL, HOUSEHOLD_BUSINESS, LINKED, MIX, SINGLE, SPLIT, Procedure, Work
from onestop.mock.paths import Child, Paths
from onestop.mock.simulation import DeskClock, MockUnit, Record, Step, World

BACK, AHEAD, WEEKS = timedelta(days=70), timedelta(days=10), timedelta(days=21)
MINUTE = timedelta(minutes=1)
MOST_TRIES = 50
"""Numbers drawn below a hundred before a unit's day is taken for a busy one."""
DUMMY_PHONES = ("", "", "0900000000", "0999999999", "không có")


class Sizes(Struct, frozen=True):
    """How many dossiers: returned in the last three weeks, open at the start, still to come in the next ten days.

    ``former``: from before the units changed; ``endless``: after those ten days life goes on as it was.
    """

    returned: int = 200
    open: int = 80
    coming: int = 40
    former: int = 0
    endless: bool = False


def make_world(
    units: Sequence[MockUnit], calendar: Calendar, start: datetime, seed: int, sizes: Sizes | None = None
) -> World:
    """The same units, start and seed give the same world."""
    desk = DeskClock(calendar)
    start = start.astimezone(VIETNAM).replace(microsecond=0)
    by_code = {unit.code: unit for unit in units}
    fixed = list(_demo(by_code, desk, start))
    taken = {each.code for record in fixed for each in (record, *record.parts)}
    drawn = _Draw(units, desk, start, random.Random(seed), taken)
    sizes = sizes or Sizes()
    records = [*fixed, *drawn.records(sizes), *handed_in_before(units, desk, seed, sizes.former)]
    intake = partial(drawn.handed_in, a_day=sizes.coming / AHEAD.days) if sizes.endless else None
    return World(records, start, intake, start + AHEAD)


def _demo(units: dict[str, MockUnit], desk: DeskClock, start: datetime) -> Iterator[Record]:
    """The five everybody starts with; each only where its unit is there."""

    def record(code: str, procedure: Procedure, proof: str, ago: int, rest: Sequence[Step], due_in: int = 0) -> Record:
        """``due_in``: due so many working days from the start (negative: late) at least; 0: as the law has it."""
        unit = units[code.partition("-")[0]]
        received = _morning(desk, start, ago)
        due = desk.due(received, procedure.limit)
        if due_in:
            day = desk.calendar.add_working_days(start.date(), due_in)
            due = (min if due_in < 0 else max)(due, datetime.combine(day, time(17), VIETNAM))
        steps = [Step(received, Status.ACCEPTED, unit.name, "Tiếp nhận hồ sơ tại quầy")]
        return Record(code, procedure, unit, f"010000{proof}", due, [*steps, *rest], unit.code, proof)

    def step(ago: int, minutes: int, status: Status, agency: str, note: str, papers: tuple[str, ...] = ()) -> Step:
        return Step(desk.after(_morning(desk, start, ago), minutes * MINUTE), status, agency, note, papers)

    if "H99.07" in units:
        name = units["H99.07"].name
        returned = desk.last_before(start - 40 * MINUTE)
        yield record("H99.07-261116-0007", BIRTH, "4821", 6, [
            step(6, 30, Status.IN_PROGRESS, name, "Đang xử lý"),
            step(6, 150, Status.FINISHED, name, "Đã xử lý xong"),
            Step(returned, Status.RETURNED, name, "Đã trả kết quả"),
        ])  # fmt: skip
        yield record("H99.07-261119-0015", SINGLE, "2650", 3, [
            step(3, 45, Status.IN_PROGRESS, name, "Đang xác minh"),
        ], due_in=1)  # fmt: skip
        linked = record("H99.07-261117-0023", LINKED, "7315", 5, [
            step(5, 20, Status.IN_PROGRESS, name, "Đang xử lý"),
        ])  # fmt: skip
        linked.parts = tuple(_parts_at_work(linked, desk))
        yield linked
    if "H99.02" in units:
        branch = units["H99.02"].branch
        yield record("H99.02-261102-0031", SPLIT, "0907", 20, [
            step(20, 120, Status.IN_PROGRESS, branch, "Đang đo vẽ, kiểm tra bản vẽ tách thửa"),
        ], due_in=-2)  # fmt: skip
    if "H99.08" in units:
        name = units["H99.08"].name
        yield record("H99.08-261118-0012", HOUSEHOLD_BUSINESS, "3365", 4, [
            step(4, 60, Status.IN_PROGRESS, name, "Đang xử lý"),
            step(2, 90, Status.NEEDS_PAPERS, name, "Hồ sơ còn thiếu giấy tờ", HOUSEHOLD_BUSINESS.papers),
        ], due_in=1)  # fmt: skip


def _parts_at_work(whole: Record, desk: DeskClock) -> Iterator[Record]:
    """The first is done, the others are at work, each at its own agency and by its own day."""
    begun = whole.steps[-1].at
    for n, work in enumerate(whole.procedure.parts, 1):
        agency, at = work.agency.format(unit=whole.unit.name), begun if n == 1 else desk.after(begun, 150 * MINUTE)
        steps = [Step(at, Status.IN_PROGRESS, agency, "Đang xử lý")]
        if n == 1:
            steps.append(Step(desk.after(at, 140 * MINUTE), Status.FINISHED, agency, "Đã xử lý xong"))
        code, due = f"{whole.code[:-4]}{int(whole.code[-4:]) + n:04d}", desk.due(at, work.limit)
        yield Record(code, _as_procedure(work), whole.unit, whole.phone, due, steps, agency, whole=whole.code)


def _as_procedure(work: Work) -> Procedure:
    """A part's work as the procedure of a record of its own."""
    return Procedure(work.code, work.name, CIVIL, 0, work.limit, work.median, work.ninetieth, 0, 0, work.papers)


def _morning(desk: DeskClock, start: datetime, ago: int) -> datetime:
    """About half past eight so many days ago, on the last working day before where that is none."""
    day = (start - timedelta(days=ago)).date()
    while not desk.calendar.is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(8, 32), VIETNAM)


class _Draw:
    def __init__(
        self, units: Sequence[MockUnit], desk: DeskClock, start: datetime, chance: random.Random, taken: set[str]
    ) -> None:
        self._units, self._desk, self._start, self._chance, self._taken = units, desk, start, chance, taken
        self._paths = Paths(desk, chance)
        self._unit_weights = list(accumulate(unit.weight for unit in units))
        self._mix_weights = list(accumulate(procedure.share for procedure in MIX))

    def records(self, sizes: Sizes) -> Iterator[Record]:
        """Dossiers drawn until each group is full: of the ten weeks before the start, and of the ten days after it."""
        wanted = {"returned": sizes.returned, "open": sizes.open}
        for _ in range(100 * sum(wanted.values())):
            if not any(wanted.values()) or not self._units:
                break
            record = self._record(self._start - BACK, self._start)
            group = self._group(record)
            if group is not None and wanted.get(group):
                wanted[group] -= 1
                yield record
        coming = (self._record(self._start, self._start + AHEAD) for _ in count())
        not_yet = (record for record in coming if record.status(self._start) is None)
        yield from islice(not_yet, sizes.coming if self._units else 0)

    def handed_in(self, start: datetime, end: datetime, a_day: float) -> Iterator[Record]:
        """What is handed in from ``start`` until ``end``, on working days alone ``a_day`` of all days."""
        for _ in range(round(a_day * (end - start) / timedelta(days=1))):
            yield self._record(start, end)

    def _group(self, record: Record) -> str | None:
        status = record.status(self._start)
        if status is None:
            return "coming"
        if not status.is_closed:
            return "open"
        recent = record.past(self._start)[-1].at > self._start - WEEKS
        return "returned" if recent else None

    def _record(self, start: datetime, end: datetime) -> Record:
        chance = self._chance
        unit = chance.choices(self._units, cum_weights=self._unit_weights)[0]
        procedure = chance.choices(MIX, cum_weights=self._mix_weights)[0]
        received = self._received(start, end)
        due = self._desk.due(received, procedure.limit)
        code = self._code(unit, received)
        parts: list[Child] = []
        if procedure.parts:
            steps, parts = self._paths.linked(unit, procedure, received, due)
        else:
            steps = self._paths.path(unit, procedure, received, due)
        phone = f"0100000{chance.randrange(1000):03d}" if chance.random() > 0.07 else chance.choice(DUMMY_PHONES)
        return Record(
            code=code,
            procedure=procedure,
            unit=unit,
            phone=phone if chance.random() > 0.1 else f"+84 {phone[1:]}" if phone.isdigit() else phone,
            due=due if chance.random() > 0.03 else None,
            steps=steps,
            unit_as_sent=unit.name if chance.random() < 0.15 else unit.code,
            extra={"MaQLHS": str(chance.randrange(10**6)), "GhiChu": chance.choice(("", "", "null"))},
            parts=tuple(self._part(code, child, unit, phone) for child in parts),
        )

    def _part(self, whole: str, child: Child, unit: MockUnit, phone: str) -> Record:
        """A part as a record of its own, with a code of its own agency's style."""
        procedure = _as_procedure(child.work)
        code, begun = self._code(unit, child.steps[0].at), child.steps[0].agency
        return Record(code, procedure, unit, phone, child.due, child.steps, begun, whole=whole)

    def _received(self, start: datetime, end: datetime) -> datetime:
        """Some working time then, Mondays and Tuesdays a quarter more often."""
        while True:
            at = start + (end - start) * self._chance.random()
            at = self._desk.at_work(at.replace(hour=7) + 600 * MINUTE * self._chance.random())
            if at.weekday() < 2 or self._chance.random() < 0.8:
                return at.replace(microsecond=0)

    def _code(self, unit: MockUnit, received: datetime) -> str:
        """Each unit's software prints codes in its own style."""
        for tried in count():
            number = self._chance.randint(1, 99 if tried < MOST_TRIES else 9999)
            code = f"{unit.code}-{received:%y%m%d}-{number:04d}"
            if code not in self._taken:
                self._taken.add(code)
                break
        top, _, commune = unit.code.partition(".")
        match int(commune) % 4 if commune.isdigit() else 0:
            case 1:
                return f"000.00.{commune}.{top}-{received:%y%m%d}-{number:04d}"
            case 2:
                return f"{unit.code}-{received:%Y%m%d}-{number:07d}"
            case _:
                return code
