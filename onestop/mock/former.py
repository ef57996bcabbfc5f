"""The mock's dossiers from before the units changed: handed in at a commune of before 1/7/2025, under its code, and
ended by the unit that it became. Pure.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from onestop.days.calendar import VIETNAM
from onestop.dossier import Status
from onestop.mock.mix import MIX
from onestop.mock.paths import MINUTE
from onestop.mock.simulation import DAY_OF_WORK, DeskClock, MockUnit, OldUnit, Record, Step

CHANGED = datetime(2025, 7, 1, tzinfo=VIETNAM)
"""When communes were merged and districts ended."""
FIRST = datetime(2025, 5, 26, tzinfo=VIETNAM)
"""Handed in from then on; nobody moved papers in the weeks of the change, so that all ended after it."""
LATE = 0.4


def handed_in_before(units: Sequence[MockUnit], desk: DeskClock, seed: int, many: int) -> Iterator[Record]:
    """So many, drawn by the seed; none where no unit tells what it was made of."""
    chance = random.Random(f"{seed} before 1/7/2025")
    places = [(unit, old) for unit in units for old in unit.former]
    procedures = [procedure for procedure in MIX if procedure.limit and not procedure.parts]
    for n in range(many if places else 0):
        unit, old = chance.choice(places)
        procedure = chance.choice(procedures)
        received = desk.at_work(FIRST + (CHANGED - FIRST) * chance.random() * 0.98)
        due = desk.due(received, procedure.limit)
        province, district, commune = old.code.split(".")
        code = f"000.{commune}.{district}.{province}-{received:%y%m%d}-{n + 1:04d}"
        steps = _steps(unit, old, desk, received, due, chance)
        phone = f"0100000{chance.randrange(1000):03d}"
        yield Record(code, procedure, unit, phone, due, steps, unit.code)


def _steps(
    unit: MockUnit, old: OldUnit, desk: DeskClock, received: datetime, due: datetime, chance: random.Random
) -> list[Step]:
    begun = desk.after(received, 30 * MINUTE)
    taken_over = max(desk.at_work(CHANGED + timedelta(days=1)), begun + MINUTE)
    late = chance.random() < LATE
    finished = desk.after(max(taken_over, due) if late else taken_over, chance.uniform(0.5, 6) * DAY_OF_WORK)
    returned = desk.after(finished, chance.uniform(0.2, 8) * DAY_OF_WORK)
    return [
        Step(received.replace(microsecond=0), Status.ACCEPTED, old.name, "Tiếp nhận hồ sơ"),
        Step(begun.replace(microsecond=0), Status.IN_PROGRESS, old.name, "Đang xử lý"),
        Step(taken_over.replace(microsecond=0), Status.IN_PROGRESS, unit.name, f"Nhận bàn giao từ {old.name} cũ"),
        Step(finished.replace(microsecond=0), Status.FINISHED, unit.name, "Đã xử lý xong"),
        Step(returned.replace(microsecond=0), Status.RETURNED, unit.name, "Đã trả kết quả"),
    ]
