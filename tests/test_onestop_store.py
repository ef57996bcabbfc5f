"""Told rows in the tables: what stands, what is worth telling, what is a completion. In order, out of order, twice."""

from __future__ import annotations

import itertools
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from onestop.calendar import VIETNAM
from onestop.dossier import Dossier, Progress, Status
from onestop.rows import read_dossier, read_progress
from onestop.store import Recorded, Stored, find, find_with_since, proves, record, set_phone
from onestop.writing import phone_hash
from storage.engine import Database
from storage.tables import completions, dossiers, movements

CODE = "H99.07-261116-0007"
KEY = b"k" * 32
DAY0 = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)
Row = Dossier | Progress


def at(hours: float) -> datetime:
    return DAY0 + timedelta(hours=hours)


def stamp(hours: float | None) -> str:
    return "" if hours is None else at(hours).strftime("%Y%m%d%H%M%S")


def whole(status: int, *, returned: float | None = None, moved: float | None = None, **fields: Any) -> Row:
    """A row of DongBoHoSoMC, received at hour 0."""
    row = {
        "MaHoSo": CODE,
        "MaTTHC": "1.001193",
        "TenLinhVuc": "Hộ tịch",
        "DonViXuLy": "H99.07",
        "SoDienThoai": "0100004821",
        "NgayTiepNhan": stamp(0),
        "NgayHenTra": stamp(9),
        "TrangThaiHoSo": str(status),
        "NgayTra": stamp(returned),
        "ThoiDiemXuLy": stamp(moved),
    }
    return read_dossier({**row, **fields})


def step(status: int, moved: float | None) -> Row:
    """A row of CapNhatTienDoHoSoMC."""
    return read_progress({"MaHoSo": CODE, "TrangThai": str(status), "ThoiDiemXuLy": stamp(moved)})


def unit_of(told: str | None) -> str:
    return told or "OURS"


async def push(database: Database, *rows: Row, now: float = 100) -> Recorded:
    def work(connection: Connection) -> Recorded:
        return record(connection, rows, at(now), unit_of=unit_of, phone_key=KEY, demo=True)

    return await database.write(work)


async def stands(database: Database, code: str = CODE) -> Stored:
    stored = await database.read(lambda connection: find(connection, code))
    assert stored is not None
    return stored


async def everything(database: Database) -> list[list[tuple[Any, ...]]]:
    def work(connection: Connection) -> list[list[tuple[Any, ...]]]:
        return [sorted(map(tuple, connection.execute(select(t)))) for t in (dossiers, movements, completions)]

    return await database.read(work)


SCRIPTS: list[tuple[str, list[tuple[Row, list[int], list[float]]], int]] = [
    # label, [(row, statuses told, hours of new completions)], the status in the end
    (
        "the usual way",
        [
            (whole(2), [2], []),
            (step(4, 1), [4], []),
            (step(9, 5), [9], []),
            (whole(10, returned=7), [10], [7]),
        ],
        10,
    ),
    ("returned at once, never heard of before", [(whole(10, returned=7), [10], [7])], 10),
    (
        "the same row again",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=7), [], []),
            (whole(10, returned=7, LoaiDoiTuong="1"), [], []),
        ],
        10,
    ),
    (
        "steps arrive late, after the return",
        [
            (whole(10, returned=7), [10], [7]),
            (step(9, 5), [], []),
            (step(4, 1), [], []),
            (whole(2), [], []),
        ],
        10,
    ),
    (
        "returned, reopened, returned",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (step(9, 25), [9], []),
            (whole(10, returned=30), [10], [30]),
        ],
        10,
    ),
    (
        "reopened, and the old return comes again",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (whole(10, returned=7), [], []),
        ],
        4,
    ),
    (
        "reopened and replayed in whole",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (whole(10, returned=30), [10], [30]),
            (step(4, 20), [], []),
            (whole(10, returned=7), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "another NgayTra without anything between is no second time",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "an old row from before does not make it a second time either",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 1), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "between two returns told before it",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=30), [], []),
            (step(4, 20), [], []),
        ],
        10,
    ),
    (
        "a step to 10, then its NgayTra",
        [
            (step(9, 5), [9], []),
            (step(10, 8), [10], [8]),
            (whole(10, returned=7), [], []),
        ],
        10,
    ),
    (
        "finished and returned in the same second",
        [
            (step(9, 7), [9], []),
            (whole(10, returned=7), [10], [7]),
        ],
        10,
    ),
    (
        "the same, the other way round",
        [
            (whole(10, returned=7), [10], [7]),
            (step(9, 7), [], []),
        ],
        10,
    ),
    (
        "rows without any time of their own",
        [
            (whole(2, NgayTiepNhan=""), [2], []),
            (whole(4, NgayTiepNhan=""), [4], []),
            (whole(2, NgayTiepNhan=""), [], []),
            (whole(9, NgayTiepNhan=""), [9], []),
        ],
        9,
    ),
    (
        "whole rows with the day of reception only",
        [
            (whole(2), [2], []),
            (whole(4), [4], []),
            (whole(9), [9], []),
            (whole(4), [], []),
            (whole(10, returned=7), [10], [7]),
            (whole(9), [], []),
        ],
        10,
    ),
    (
        "papers asked for and brought",
        [
            (step(4, 1), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2), "NgayTiepNhanBoSung": stamp(4)}]), [4], []),
        ],
        4,
    ),
    (
        "papers asked for, and back without a day",
        [
            (step(4, 1), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [4], []),
        ],
        4,
    ),
    (
        "papers asked for, back without a day, and asked for again by a repetition",
        [
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [], []),
        ],
        4,
    ),
    (
        "the old NgayTra does not put a second return right",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (step(10, 30), [10], [30]),
            (whole(10, returned=7), [], []),
            (whole(10, returned=29), [], []),
        ],
        10,
    ),
    (
        "a status nobody knows",
        [
            (step(4, 1), [4], []),
            (step(77, 3), [], []),
            (step(9, 4), [9], []),
        ],
        9,
    ),
    (
        "a status nobody knows, after the return, does not reopen",
        [
            (whole(10, returned=7), [10], [7]),
            (step(77, 20), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    ("a status nobody knows, first of all", [(step(77, 3), [], []), (step(4, 4), [4], [])], 4),
    ("at work with another agency", [(step(4, 1), [4], []), (step(4, 3), [], []), (step(2, 2), [], [])], 4),
    (
        "returned without a NgayTra, which comes later",
        [
            (whole(10, NgayTiepNhan=""), [10], []),
            (whole(10, returned=7), [], [7]),
        ],
        10,
    ),
    ("rejected", [(whole(1), [1], []), (step(3, 2), [3], [2])], 3),
    ("withdrawn, and called stopped later", [(step(7, 2), [7], [2]), (step(8, 3), [8], []), (step(7, 4), [7], [])], 7),
    ("refused, then handed over", [(step(3, 2), [3], [2]), (whole(10, returned=5), [10], [5])], 10),
    (
        "withdrawn, taken up again, handed over, withdrawn",
        [(step(7, 2), [7], [2]), (step(4, 3), [4], []), (whole(10, returned=5), [10], [5]), (step(7, 8), [7], [8])],
        7,
    ),
    ("a withdrawal that arrives after the return", [(whole(10, returned=7), [10], [7]), (step(7, 3), [], [])], 10),
    ("a return that arrives after the refusal", [(step(3, 9), [3], [9]), (whole(10, returned=5), [], [])], 3),
    ("refused twice over", [(step(3, 2), [3], [2]), (step(3, 4), [], [])], 3),
    (
        "handed over without a day, refused, and then its day",
        [(whole(10, NgayTiepNhan=""), [10], []), (step(3, 200), [3], [200]), (whole(10, returned=210), [10], [210])],
        10,
    ),
]


@pytest.mark.parametrize(("label", "script", "final"), SCRIPTS, ids=[script[0] for script in SCRIPTS])
async def test_scripts(
    database: Database,
    label: str,
    script: list[tuple[Row, list[int], list[float]]],
    final: int,
) -> None:
    seqs: list[int] = []
    for row, told, completed in script:
        came = await push(database, row)
        assert [int(change.after) for change in came.changes] == told
        assert [completion.at for completion in came.completions] == [at(hours) for hours in completed]
        seqs += [change.seq for change in came.changes]
    assert seqs == sorted(set(seqs))
    stored = await stands(database)
    assert stored.dossier.status is Status(final)
    before = await everything(database)
    for row, _, _ in script:  # the whole script once more changes nothing at all
        assert await push(database, row, now=200) == Recorded()
    assert await everything(database) == before


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([step(4, 1), step(4, 3)], 1),
        ([step(9, 5), whole(10, returned=7)], 7),
        ([step(5, 1), step(4, 2), step(5, 3)], 3),
        ([step(10, 6), whole(10, returned=7)], 6),
        ([step(9, 5), step(10, 5)], 5),
        ([step(4, 5), step(5, 2)], 5),
    ],
)
async def test_since_when_a_dossier_stands_as_it_does(database: Database, rows: list[Row], since: float) -> None:
    for row in rows:
        await push(database, row)
    found = await database.read(lambda connection: find_with_since(connection, CODE))
    assert found is not None
    assert found.since == at(since)


async def test_within_one_push_the_rows_order_themselves(database: Database) -> None:
    came = await push(database, whole(10, returned=7), step(9, 5), whole(2), step(4, 1), step(4, 1))
    assert [int(change.after) for change in came.changes] == [2, 4, 9, 10]
    assert [change.before for change in came.changes] == [None, Status(2), Status(4), Status(9)]
    assert [completion.n for completion in came.completions] == [1]


async def test_two_completions_are_numbered(database: Database) -> None:
    came = await push(database, whole(10, returned=7), step(4, 20), whole(10, returned=30))
    assert [(completion.n, completion.at) for completion in came.completions] == [(1, at(7)), (2, at(30))]
    assert (await stands(database)).completions == 2
    assert (await stands(database)).dossier.done_at == at(30)


async def test_an_end_without_a_result_is_numbered_with_the_others_and_says_how(database: Database) -> None:
    came = await push(database, step(7, 2), step(8, 3), step(4, 5), whole(10, returned=30))
    assert [(end.n, end.without) for end in came.completions] == [(1, Status.WITHDRAWN), (2, None)]
    rows = await database.read(lambda c: c.execute(select(completions).order_by(completions.c.n)).all())
    assert [(row.n, row.ended, row.completed_at, row.unit) for row in rows] == [
        (1, 7, at(2), "H99.07"),
        (2, None, at(30), "H99.07"),
    ]
    assert (await stands(database)).completions == 2


async def test_whatever_the_order_in_one_push_the_end_is_the_same(database: Database) -> None:
    rows = [whole(2), step(4, 1), step(9, 5), whole(10, returned=7), step(4, 20), whole(10, returned=30)]
    ends = set()
    for n, order in enumerate(itertools.islice(itertools.permutations(rows), 0, None, 97)):
        code = f"H99.07-261116-{n + 100:04d}"
        moved = [read(row, code) for row in order]
        came = await push(database, *moved)
        ends.add(tuple((completion.n, completion.at) for completion in came.completions))
    assert ends == {((1, at(7)), (2, at(30)))}


def read(row: Row, code: str) -> Row:
    """The same row of another dossier."""
    if isinstance(row, Progress):
        return read_progress(
            {"MaHoSo": code, "TrangThai": str(int(row.status)), "ThoiDiemXuLy": row.at.strftime("%Y%m%d%H%M%S")}
        )  # type: ignore[union-attr]
    done = "" if row.done_at is None else row.done_at.strftime("%Y%m%d%H%M%S")
    fields = {"MaHoSo": code, "TrangThaiHoSo": str(int(row.status)), "NgayTra": done, "NgayTiepNhan": stamp(0)}
    return read_dossier(fields)


async def test_any_order_of_arrival_tells_each_status_once_and_never_goes_back(database: Database) -> None:
    rows = [whole(2), step(4, 1), step(9, 5), whole(10, returned=7)]
    chance = random.Random(5)
    for n in range(12):
        code = f"H99.07-261116-{n + 500:04d}"
        arrival = [read(row, code) for row in chance.sample(rows * 2, 8)]
        told: list[datetime] = []
        completed = 0
        for row in arrival:
            came = await push(database, row)
            told += [change.at for change in came.changes]
            completed += len(came.completions)
        assert told == sorted(set(told))
        assert completed == 1
        assert (await stands(database, code)).dossier.status is Status.RETURNED


async def test_what_is_copied_into_a_completion(database: Database) -> None:
    await push(database, step(10, 8))
    (line,) = await database.read(lambda connection: list(connection.execute(select(completions))))
    assert (line.unit, line.procedure, line.completed_at, line.eligible) == ("OURS", None, at(8), True)
    await push(database, whole(10, returned=7))
    (line,) = await database.read(lambda connection: list(connection.execute(select(completions))))
    assert (line.n, line.unit, line.procedure, line.field) == (1, "H99.07", "1.001193", "Hộ tịch")
    assert (line.completed_at, line.due_at, line.received_at, line.demo) == (at(7), at(9), at(0), True)


async def test_the_ngaytra_of_a_second_return(database: Database) -> None:
    await push(database, whole(10, returned=7), step(4, 20), step(10, 30), now=40)
    await push(database, whole(10, returned=7), now=41)
    assert (await stands(database)).dossier.done_at == at(30)
    await push(database, whole(10, returned=29), now=42)
    lines = await database.read(lambda c: list(c.execute(select(completions).order_by(completions.c.n))))
    assert [line.completed_at for line in lines] == [at(7), at(29)]
    assert (await stands(database)).dossier.done_at == at(29)


async def test_an_older_row_fills_in_but_never_overrules(database: Database) -> None:
    await push(database, step(4, 5))
    await push(database, whole(2, NgayHenTra=stamp(9)))
    stored = await stands(database)
    assert (stored.unit, stored.dossier.procedure, stored.dossier.due) == ("H99.07", "1.001193", at(9))
    await push(database, whole(4, moved=6, NgayHenTra=stamp(50)))
    await push(database, whole(1, moved=0, NgayHenTra=stamp(3), DonViXuLy="H99.01", SoDienThoai="0100009999"))
    stored = await stands(database)
    assert (stored.unit, stored.dossier.due, stored.dossier.status) == ("H99.07", at(50), Status.IN_PROGRESS)
    assert proves(KEY, stored, "4821")


async def test_a_new_due_date_with_the_same_status(database: Database) -> None:
    await push(database, whole(4, moved=1))
    came = await push(database, whole(4, moved=2, NgayHenTra=stamp(90)), now=120)
    assert came == Recorded()
    stored = await stands(database)
    assert stored.dossier.due == at(90) and stored.seen_at == at(120)


async def test_everything_told_comes_back(database: Database) -> None:
    asked = [{"NoiDungBoSung": "Bổ sung", "NgayBoSung": stamp(2), "DanhSachGiayToBoSung": [{"TenGiayTo": "Giấy A"}]}]
    fees = [{"TenPhiLePhi": "Lệ phí", "Gia": "15.000"}]
    old_style = "000.00.07.H99-261116-0007"
    row = whole(5, MaHoSo=old_style, DanhSachHoSoBoSung=asked, DanhSachLePhi=fees, PhongBanXuLy="Quầy 1", GhiChu="Ghi")
    await push(database, row, now=3)
    stored = await stands(database)
    told, kept = row, stored.dossier
    assert isinstance(told, Dossier)
    assert kept.code.printed == old_style and kept.open_supplement == told.open_supplement
    assert (kept.fees, kept.agency, kept.note, kept.due) == (told.fees, "Quầy 1", "Ghi", told.due)
    assert stored.seen_at == at(3) and stored.demo
    assert await database.read(lambda connection: find(connection, "H99.07-261116-9999")) is None


async def test_the_phone_is_nowhere(database: Database) -> None:
    await push(database, whole(4, moved=1))
    stored = await stands(database)
    assert proves(KEY, stored, "4821")
    assert not proves(KEY, stored, "4822")
    assert not proves(b"another key", stored, "4821")
    assert "4821" not in json.dumps(await everything(database), default=str)
    assert phone_hash(KEY, CODE, "4821") != phone_hash(KEY, "H99.07-261116-0008", "4821")


async def test_without_a_usable_phone_nothing_proves(database: Database) -> None:
    await push(database, whole(4, moved=1, SoDienThoai="0900000000"))
    stored = await stands(database)
    assert stored.phone is None
    assert not any(proves(KEY, stored, guess) for guess in ("0000", "", "None"))
    await database.write(lambda connection: set_phone(connection, stored.dossier.code, "3365", KEY))
    assert proves(KEY, await stands(database), "3365")
    await database.write(lambda connection: set_phone(connection, stored.dossier.code, None, KEY))
    assert (await stands(database)).phone is None


async def test_movements_are_only_added(database: Database) -> None:
    await push(database, whole(10, returned=7))
    await push(database, step(4, 1))
    await push(database, step(4, 20))
    told = await database.read(lambda c: list(c.execute(text("SELECT status, told FROM movements ORDER BY at"))))
    assert [(row.status, bool(row.told)) for row in told] == [(4, False), (10, True), (4, True)]


async def test_a_thousand_rows_at_once(database: Database) -> None:
    rows = [read(whole(10, returned=7), f"H99.07-261116-{n:04d}") for n in range(1000)]
    came = await push(database, *rows)
    assert len(came.changes) == len(came.completions) == 1000
    assert await push(database, *rows) == Recorded()


async def test_nothing(database: Database) -> None:
    assert await push(database) == Recorded()
