"""Pushes into the tables: order, completions, what is copied, and that no phone is kept."""

from __future__ import annotations

import itertools
import json
import random
from datetime import datetime

from sqlalchemy import select, text

from onestop.dossier import Dossier, Progress, Status
from onestop.rows import read_dossier, read_progress
from onestop.store import Recorded, find, proves, set_phone
from onestop.writing import phone_hash
from storage.engine import Database
from storage.tables import completions
from tests.told_rows import CODE, KEY, Row, at, everything, push, stamp, stands, step, whole


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
        assert row.at is not None
        return read_progress(
            {"MaHoSo": code, "TrangThai": str(int(row.status)), "ThoiDiemXuLy": row.at.strftime("%Y%m%d%H%M%S")}
        )
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
