"""Linked dossiers: how their rows are read, and what is recorded of them, in order, out of order, by either code."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Connection, select

from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Part, Progress, Status
from onestop.parts import charged, charged_at
from onestop.rows import MOST_PARTS, read_dossier, read_progress
from onestop.store import Recorded, Stored, find, find_all, record
from storage.engine import Database
from storage.tables import completions, dossiers

WHOLE = "H99.07-261102-0040"
BIRTH, HOME, CARD = "H99.07-261102-0041", "G01.899-261102-000042", "G20.07-261103-000043"
DAY0 = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)
COMMUNE, POLICE, INSURANCE = "xã Đồng Sậy", "Công an xã Đồng Sậy", "Bảo hiểm xã hội cơ sở"
WHAT = {
    BIRTH: ("Đăng ký khai sinh", COMMUNE, 1),
    HOME: ("Đăng ký thường trú", POLICE, 10),
    CARD: ("Cấp thẻ bảo hiểm y tế", INSURANCE, 8),
}
"""What each part is, who does it, and in how many days of the beginning it is due."""


def at(days: float) -> datetime:
    return DAY0 + timedelta(days=days)


def stamp(days: float | None) -> str:
    return "" if days is None else at(days).strftime("%Y%m%d%H%M%S")


def part(code: str, status: int | None, moved: float | None = None, **more: str) -> dict[str, Any]:
    """A part as it stands in the whole's row; it was done when it moved last."""
    name, agency, due = WHAT[code]
    done = stamp(moved) if status in (9, 10) else ""
    return {
        "MaHoSo": code if status else "",
        "TenTTHC": name,
        "PhongBanXuLy": agency,
        "TrangThaiHoSo": str(status or ""),
        "NgayHenTra": stamp(due),
        "NgayKetThucXuLy": done,
        "ThoiDiemXuLy": stamp(moved),
        **more,
    }


def whole(status: int, moved: float, *parts: dict[str, Any], returned: float | None = None, due: float = 20) -> Dossier:
    row = {
        "MaHoSo": WHOLE,
        "MaTTHC": "2.000986",
        "DonViXuLy": "H99.07",
        "SoDienThoai": "0100004821",
        "NgayTiepNhan": stamp(0),
        "NgayHenTra": stamp(due),
        "TrangThaiHoSo": str(status),
        "NgayTra": stamp(returned),
        "ThoiDiemXuLy": stamp(moved),
    }
    return read_dossier(row | ({"DanhSachHoSoLienThong": list(parts)} if parts else {}))


def alone(code: str, status: int, moved: float, **more: str) -> Dossier:
    """A part's row by itself."""
    return read_dossier({**part(code, status, moved), "MaHoSoLienThong": WHOLE, **more})


def step(code: str, status: int, moved: float) -> Progress:
    return read_progress({"MaHoSo": code, "TrangThai": str(status), "ThoiDiemXuLy": stamp(moved)})


async def push(database: Database, *rows: Dossier | Progress, now: float = 30) -> Recorded:
    def work(connection: Connection) -> Recorded:
        return record(connection, rows, at(now), unit_of=lambda told: told or "OURS", phone_key=b"k", demo=True)

    return await database.write(work)


async def stands(database: Database) -> Stored:
    stored = await database.read(lambda connection: find(connection, WHOLE))
    assert stored is not None
    return stored


async def done(database: Database) -> list[tuple[int, datetime, str | None]]:
    query = select(completions.c.n, completions.c.completed_at, completions.c.late_at)
    return [tuple(row) for row in await database.read(lambda connection: connection.execute(query).all())]


def statuses(stored: Stored) -> list[int | None]:
    return [None if each.status is None else int(each.status) for each in stored.dossier.parts]


def told(came: Recorded) -> list[tuple[int | None, int]]:
    return [(change.part, int(change.after)) for change in came.changes]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_row_holds_a_line_for_each_agency() -> None:
    row = whole(4, 2, part(BIRTH, 9, 1), part(HOME, 4, 1.5), part(CARD, None))
    assert [(each.name, each.agency, each.status) for each in row.parts] == [
        ("Đăng ký khai sinh", COMMUNE, Status.FINISHED),
        ("Đăng ký thường trú", POLICE, Status.IN_PROGRESS),
        ("Cấp thẻ bảo hiểm y tế", INSURANCE, None),
    ]
    assert row.parts[0].ended_at == at(1)
    assert row.parts[1].code == "G01.899-261102-0042"


DIRT = [
    *((told, 0) for told in ("", None, "x", [], [None, ""], 3, "[", [{}])),
    *((told, 1) for told in ({"TenTTHC": "Một việc"}, ["chỉ có tên"], json.dumps([part(BIRTH, 4, 1)]))),
]


@pytest.mark.parametrize(("told", "parts"), DIRT)
def test_dirt_in_the_list_is_read_or_left_out(told: object, parts: int) -> None:
    row = read_dossier({"MaHoSo": WHOLE, "TrangThaiHoSo": "4", "DanhSachHoSoLienThong": told})
    assert len(row.parts) == parts


def test_a_list_without_end_is_cut_and_a_list_in_a_list_is_not_read() -> None:
    nested = part(BIRTH, 4, 1) | {"DanhSachHoSoLienThong": [part(HOME, 4, 1)] * 3}
    assert len(whole(4, 1, *[nested] * 500).parts) == MOST_PARTS


@pytest.mark.parametrize("named", ["", "x", WHOLE])
def test_nothing_is_a_part_of_itself_or_of_nothing(named: str) -> None:
    assert read_dossier({"MaHoSo": WHOLE, "TrangThaiHoSo": "4", "MaHoSoLienThong": named}).whole is None


@pytest.mark.parametrize(("status", "stands"), [(9, 4), (10, 4), (4, 4), (8, 8), (7, 7), (5, 5)])
def test_the_whole_is_at_work_while_a_part_is(status: int, stands: int) -> None:
    row = whole(status, 3, part(BIRTH, 10, 1), part(HOME, 4, 2), returned=3 if status == 10 else None)
    assert row.status == stands
    assert row.done_at is None
    assert row.own_time == at(3)
    assert (row.early is not None) == (status in (9, 10))


# --- what is recorded -------------------------------------------------------------------------------------------------

LIFE: list[tuple[Dossier | Progress, list[tuple[int | None, int]]]] = [
    (whole(2, 0, part(BIRTH, 4, 0.1), part(HOME, None), part(CARD, None)), [(None, 2), (0, 4)]),
    (whole(4, 1, part(BIRTH, 9, 1), part(HOME, 4, 1), part(CARD, None)), [(None, 4), (0, 9), (1, 4)]),
    (whole(4, 2, part(BIRTH, 9, 1), part(HOME, 5, 2), part(CARD, 4, 2)), [(1, 5), (2, 4)]),
    (whole(4, 4, part(BIRTH, 9, 1), part(HOME, 4, 4), part(CARD, 4, 2)), [(1, 4)]),
    (whole(4, 6, part(BIRTH, 9, 1), part(HOME, 4, 4), part(CARD, 9, 6)), [(2, 9)]),
    (whole(9, 8, part(BIRTH, 9, 1), part(HOME, 9, 8), part(CARD, 9, 6)), [(1, 9), (None, 9)]),
    (
        whole(10, 9, part(BIRTH, 10, 9), part(HOME, 10, 9), part(CARD, 10, 9), returned=9),
        [(0, 10), (1, 10), (2, 10), (None, 10)],
    ),
]


async def test_a_life_in_order_and_every_row_again(database: Database) -> None:
    for row, changes in LIFE:
        assert sorted(told(await push(database, row)), key=str) == sorted(changes, key=str)
        assert told(await push(database, row)) == []
    assert statuses(await stands(database)) == [10, 10, 10]
    assert [(n, when) for n, when, _ in await done(database)] == [(1, at(9))]
    for row, _ in LIFE:
        assert told(await push(database, row)) == []
    assert len(await done(database)) == 1


@pytest.mark.parametrize("order", list(permutations(range(3)))[1:])
async def test_out_of_order_the_end_is_the_same_and_the_completion_one(
    database: Database, order: tuple[int, ...]
) -> None:
    thirds = (LIFE[:3], LIFE[3:6], LIFE[6:])
    for third in order:
        for row, _ in thirds[third]:
            await push(database, row)
    stored = await stands(database)
    assert stored.dossier.status is Status.RETURNED
    assert statuses(stored) == [10, 10, 10]
    assert [(n, when) for n, when, _ in await done(database)] == [(1, at(9))]


async def test_the_parts_completions_are_not_the_wholes(database: Database) -> None:
    await push(database, whole(4, 0, part(BIRTH, 4, 0), part(HOME, 4, 0)))
    came = await push(database, alone(BIRTH, 10, 1, NgayTra=stamp(1)))
    assert told(came) == [(0, 10)]
    assert came.completions == ()
    assert await done(database) == []
    codes = await database.read(lambda connection: connection.execute(select(dossiers.c.code)).scalars().all())
    assert codes == [WHOLE]


async def test_a_whole_called_done_too_early_is_done_when_its_last_part_is(database: Database) -> None:
    await push(database, whole(4, 0, part(BIRTH, 4, 0), part(HOME, 4, 0)))
    assert told(await push(database, whole(10, 2, returned=2))) == []
    assert (await stands(database)).dossier.status is Status.IN_PROGRESS
    assert told(await push(database, alone(BIRTH, 9, 1))) == [(0, 9)]
    came = await push(database, alone(HOME, 9, 5))
    assert told(came) == [(1, 9), (None, 10)]
    assert [(each.n, each.at) for each in came.completions] == [(1, at(5))]
    assert (await stands(database)).dossier.early is None


async def test_steps_by_a_parts_code_alone_reach_the_whole(database: Database) -> None:
    await push(database, whole(4, 0, part(BIRTH, 4, 0), part(HOME, 4, 0)))
    assert told(await push(database, step(HOME, 5, 3))) == [(1, 5)]
    stored = await stands(database)
    assert stored.dossier.parts[1].agency == POLICE
    assert stored.dossier.parts[1].name == "Đăng ký thường trú"
    assert told(await push(database, step(HOME, 4, 2))) == []


async def test_parts_told_before_their_whole_wait_for_it(database: Database) -> None:
    await push(database, alone(HOME, 4, 1), alone(BIRTH, 9, 1))
    stored = await stands(database)
    assert stored.dossier.status is Status.UNKNOWN
    assert stored.phone is None
    await push(database, whole(2, 0))
    stored = await stands(database)
    assert stored.dossier.status is Status.ACCEPTED
    assert sorted(each.name for each in stored.dossier.parts) == ["Đăng ký khai sinh", "Đăng ký thường trú"]


async def test_a_dossier_of_its_own_is_not_taken_over_by_a_list(database: Database) -> None:
    own = read_dossier({"MaHoSo": HOME, "TrangThaiHoSo": "4", "ThoiDiemXuLy": stamp(0)})
    await push(database, own)
    await push(database, whole(4, 1, part(HOME, 4, 0)))
    await push(database, step(HOME, 9, 2))
    found = await database.read(lambda connection: find_all(connection, ["G01.899-261102-0042"]))
    assert found["G01.899-261102-0042"].dossier.status is Status.FINISHED


async def test_a_part_that_was_first_told_as_if_it_were_a_dossier_becomes_one(database: Database) -> None:
    """A step without the whole's code came before the part's own row."""
    await push(database, whole(4, 0, part(BIRTH, 4, 0), part(CARD, None)))
    assert told(await push(database, step(HOME, 4, 1))) == [(None, 4)]
    await push(database, alone(HOME, 5, 2))
    codes = await database.read(lambda connection: connection.execute(select(dossiers.c.code)).scalars().all())
    assert codes == [WHOLE]
    await push(database, step(BIRTH, 9, 3), step(HOME, 9, 4))
    await push(database, part_began := alone(CARD, 4, 3))
    assert part_began.whole is not None
    assert told(await push(database, step(WHOLE, 9, 5))) == []
    assert told(await push(database, step(CARD, 9, 6))) == [(1, 9), (None, 9)]


async def test_one_phone_at_the_whole_and_its_parts_is_one_dossier(database: Database) -> None:
    for n in range(6):
        codes = [f"H99.07-261102-{100 * n + k:04}" for k in range(4)]
        rows = [{"MaHoSo": codes[0], "TrangThaiHoSo": "4", "SoDienThoai": "0100004821", "ThoiDiemXuLy": stamp(0)}]
        rows += [{**rows[0], "MaHoSo": code, "MaHoSoLienThong": codes[0]} for code in codes[1:]]
        await push(database, *map(read_dossier, rows))
    found = await database.read(lambda connection: find(connection, "H99.07-261102-0000"))
    assert found is not None
    assert found.phone is not None


# --- whose lateness ---------------------------------------------------------------------------------------------------


def lasted(name: str, due: float | None, ended: float | None, status: int | None = 9) -> Part:
    state = None if status is None else Status(status)
    days = [None if day is None else at(day) for day in (due, ended)]
    return Part(name, state, agency=name.upper(), due=days[0], ended_at=days[1])


CHARGED = [
    ("the first overran, the second holds it in its own time", [lasted("a", 1, 8), lasted("b", 30, None, 4)], "a"),
    ("both overran, the second by more", [lasted("a", 1, 3), lasted("b", 5, None, 4)], "b"),
    ("nobody has a day of its own", [lasted("a", None, 3), lasted("b", None, None, 4)], "b"),
    ("who waits for papers does not overrun", [lasted("a", 1, 2), lasted("b", 2, None, 5)], "a"),
    ("a part to come has no lateness", [lasted("a", 5, 4), lasted("b", 1, None, None)], None),
    ("no parts", [], None),
]


@pytest.mark.parametrize(("parts", "name"), [case[1:] for case in CHARGED], ids=[case[0] for case in CHARGED])
def test_a_lateness_is_charged_to_the_part_that_overran(parts: list[Part], name: str | None) -> None:
    found = charged(parts, at(21))
    assert (None if found is None else found.name) == name
    assert charged_at(parts, at(21)) == (None if name is None else f"{name.upper()} ({name})")


async def test_the_completion_says_whose_step_was_late_not_who_handed_over(database: Database) -> None:
    await push(database, whole(4, 1, part(BIRTH, 9, 0.5), part(HOME, 4, 1), part(CARD, 4, 1), due=12))
    await push(database, whole(4, 9, part(BIRTH, 9, 0.5), part(HOME, 4, 1), part(CARD, 9, 9), due=12))
    done_now = [part(BIRTH, 10, 20), part(HOME, 9, 18), part(CARD, 9, 9)]
    done_now[0]["NgayKetThucXuLy"] = stamp(0.5)
    await push(database, whole(10, 20, *done_now, returned=20, due=12))
    assert await done(database) == [(1, at(20), f"{POLICE} (Đăng ký thường trú)")]


async def test_in_time_nobody_is_charged(database: Database) -> None:
    for row, _ in LIFE:
        await push(database, row)
    assert [late for _, _, late in await done(database)] == [None]
