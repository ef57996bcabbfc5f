"""Rows as a backend pushes them, and what stands in the tables then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Progress
from onestop.rows import read_dossier, read_progress
from onestop.store import Recorded, Stored, find, record
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
