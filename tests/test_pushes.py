"""What a push plans: one event a change that matters, for each follower where that person is told, in order, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import event, select

from bot.engine.planning import plan_all
from bot.tables.pushes import Pushes
from handlers.dossiers import linking
from onestop.client import Push
from onestop.dossier import Dossier, Progress
from onestop.rows import read_dossier, read_progress
from storage.engine import Database
from storage.people_tables import people
from storage.tables import bindings, inbox, micros
from tests.fakes import NOON, RULES, catalog, offices

CODE = "H99.07-261116-0007"
LONG_AGO = NOON - timedelta(days=30)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def stamp(hours: float | None) -> str:
    return "" if hours is None else at(hours).strftime("%Y%m%d%H%M%S")


def whole(status: int, moved: float, brought: float | None = None, asked: float | None = None, **more: Any) -> Dossier:
    """``asked``: when papers were asked for; ``brought``: when they were taken, with a new day."""
    supplement = {
        "NgayBoSung": stamp(asked),
        "NgayTiepNhanBoSung": stamp(brought),
        "NgayHenTraMoi": "" if brought is None else stamp(brought + 100),
    }
    row = {
        "MaHoSo": CODE,
        "MaTTHC": "1.001193",
        "DonViXuLy": "H99.07",
        "NgayHenTra": stamp(90),
        "TrangThaiHoSo": str(status),
        "ThoiDiemXuLy": stamp(moved),
        "DanhSachHoSoBoSung": [] if asked is None else [supplement],
        **more,
    }
    return read_dossier(row)


def step(status: int, moved: float) -> Progress:
    return read_progress({"MaHoSo": CODE, "TrangThai": str(status), "ThoiDiemXuLy": stamp(moved)})


async def push(database: Database, *rows: Dossier | Progress, now: float = 50) -> int:
    pushes = Pushes(offices(), catalog(), RULES, b"key", Random(1), lambda: at(now))
    service = "DongBoHoSoMC" if isinstance(rows[0], Dossier) else "CapNhatTienDoHoSoMC"
    planned: int = await database.write(lambda c: pushes.record(c, Push(service, rows)))
    return planned


async def follow(database: Database, *chats: str, code: str = CODE) -> None:
    held = {"dossier": code, "proved_at": LONG_AGO, "until": at(5000), "following_since": LONG_AGO}
    await database.write(lambda c: c.execute(bindings.insert(), [{**held, "chat": chat} for chat in chats]))


async def planned(database: Database) -> list[tuple[str, str]]:
    query = select(inbox.c.chat, inbox.c.event).order_by(inbox.c.seq)
    return [tuple(row) for row in await database.read(lambda c: c.execute(query).all())]


def news(hours: float) -> str:
    return f"status:{CODE}:{micros(at(hours))}"


async def test_a_new_due_day_is_told_when_it_is_set_and_not_again_after_later_steps(database: Database) -> None:
    await push(database, whole(4, 0))
    await follow(database, "web/1/a")
    for row in (
        whole(5, 1, asked=1),
        whole(4, 2, brought=2, asked=1),
        whole(6, 3, brought=2, asked=1),
        step(4, 4),
        whole(4, 4, brought=2, asked=1),
    ):
        await push(database, row)
    assert await planned(database) == [("web/1/a", news(1)), ("web/1/a", news(2)), ("web/1/a", news(3))]


async def test_a_new_day_that_comes_after_its_step_is_told(database: Database) -> None:
    await push(database, whole(5, 1, asked=1))
    await follow(database, "web/1/a")
    await push(database, step(4, 2))
    assert await planned(database) == []
    await push(database, whole(4, 2, brought=2, asked=1))
    await push(database, whole(4, 2, brought=2, asked=1))
    assert await planned(database) == [("web/1/a", news(2))]


async def test_a_step_that_means_nothing_to_a_citizen_plans_nothing(database: Database) -> None:
    await push(database, whole(1, 0))
    await follow(database, "web/1/a")
    assert await push(database, whole(2, 1)) == 0
    assert await push(database, step(4, 2)) == 0


async def test_what_is_finished_plans_its_two_reminders_from_its_own_day(database: Database) -> None:
    await push(database, whole(4, 0))
    await follow(database, "web/1/a")
    assert await push(database, whole(9, 2, NgayKetThucXuLy=stamp(-24)), now=3) == 3
    found = [name for _, name in await planned(database)]
    assert found[0] == news(2)
    assert found[1:] == [f"collect:{CODE}:2026-11-17:3", f"collect:{CODE}:2026-11-17:14"]


async def test_each_follower_once_where_the_person_is_told(database: Database) -> None:
    await push(database, whole(4, 0))
    await follow(database, "web/1/a", "web/1/b", "zalo_oa/1/c")
    await follow(database, "web/1/d", code="H99.07-261116-0008")
    rows = [
        {"chat": chat, "person": "p", "since": at(n)} for n, chat in enumerate(("web/1/a", "web/1/b", "telegram/1/new"))
    ]
    await database.write(lambda c: c.execute(people.insert(), rows))
    await push(database, whole(5, 1))
    assert await planned(database) == [("telegram/1/new", news(1)), ("zalo_oa/1/c", news(1))]


async def test_a_part_is_planned_once_and_only_where_it_matters(database: Database) -> None:
    def linked(home: int, moved: float) -> Dossier:
        birth = {"MaHoSo": "H99.07-261116-0101", "TenTTHC": "Khai sinh", "TrangThaiHoSo": "9", "ThoiDiemXuLy": stamp(0)}
        other = {"MaHoSo": "H99.07-261116-0102", "TenTTHC": "Thường trú", "TrangThaiHoSo": str(home)}
        return whole(4, 0, DanhSachHoSoLienThong=[birth, {**other, "ThoiDiemXuLy": stamp(moved)}])

    await push(database, linked(4, 0))
    await follow(database, "web/1/a")
    for row in (linked(4, 1), linked(5, 2), linked(5, 2), linked(4, 3), linked(9, 4), linked(10, 5), linked(9, 4)):
        await push(database, row)
    told = [linking.read(name) for _, name in await planned(database)]
    assert [(each.n, int(each.status)) for each in told if each is not None] == [(1, 5), (1, 9)]
    assert len(told) == 2


async def test_a_hundred_changes_take_no_more_statements_than_one(database: Database) -> None:
    codes = [f"H99.07-261116-{n:04}" for n in range(100, 200)]
    await push(database, *(whole(4, 0, MaHoSo=code) for code in codes), whole(4, 0))
    for code in (*codes, CODE):
        await follow(database, "web/1/a", code=code)
    one = await statements(database, whole(9, 2))
    many = await statements(database, *(whole(9, 2, MaHoSo=code) for code in codes))
    assert many <= one + 2
    assert len(await planned(database)) == 101 * 3


async def statements(database: Database, *rows: Dossier) -> int:
    """How many statements recording a push takes."""
    seen: list[str] = []
    pushes = Pushes(offices(), catalog(), RULES, b"key", Random(1), lambda: at(3))

    def work(connection: Any) -> None:
        note = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", note)
        pushes.record(connection, Push("DongBoHoSoMC", rows))
        event.remove(connection, "before_cursor_execute", note)

    await database.write(work)
    return len(seen)


async def test_planned_events_keep_their_order_and_happen_once(database: Database) -> None:
    rows = [("web/1/b", "x", at(1)), ("web/1/a", "y", at(0)), ("web/1/b", "z", at(2))]
    for _ in range(2):
        await database.write(lambda c: plan_all(c, rows, NOON))
    assert await planned(database) == [("web/1/b", "x"), ("web/1/a", "y"), ("web/1/b", "z")]
    await database.write(lambda c: plan_all(c, [], NOON))
