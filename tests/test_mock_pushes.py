"""The mock backend: what it pushes, and moves by hand."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from onestop.client import read_push, verify
from onestop.code import DossierCode
from onestop.dossier import Status
from onestop.mock.server import MockOneStop
from tests.mock_world import NO_CROWD, PROOFS, UNITS, Hands, Receiver, look_up, receiving, running

# --- what it pushes --------------------------------------------------------------------------------------------------


async def test_a_move_is_pushed_signed_and_readable() -> None:
    hands, receiver = Hands(), Receiver()
    async with receiving(receiver) as to, running(hands, push_to=to) as (mock, url):
        mock.move("H99.07-261119-0015", 9)
        hands.at += timedelta(minutes=5)
        mock.move("000.00.07.H99-261119-0015", 10)
        await mock.delivered()
        assert all(verify("bi-mat", raw, header) for raw, header in receiver.offers)
        (first, step), (second, row) = receiver.rows
        assert (first, step["TrangThai"]) == ("CapNhatTienDoHoSoMC", "9")
        assert (second, row["TrangThaiHoSo"]) == ("DongBoHoSoMC", "10")
        assert row["NgayTra"] == "20261122120500" and row["NgayKetThucXuLy"] == "20261122120000"
        dossier = await look_up(url, "H99.07-261119-0015")
        assert dossier is not None and dossier.status is Status.RETURNED


async def test_two_clicks_in_one_second_have_two_times() -> None:
    receiver = Receiver()
    async with running(Hands(), deliver=receiver.take) as (mock, _):
        for status in (10, 4, 10):
            mock.move("H99.07-261119-0015", status)
        await mock.delivered()
        times = [row.get("NgayTra") or row["ThoiDiemXuLy"] for _, row in receiver.rows]
        assert times == sorted(set(times)) and len(times) == 3
        found = (await mock.lookup(DossierCode.parse("H99.07-261119-0015"))).dossier
        assert found is not None and found.status is Status.RETURNED


async def test_what_was_planned_for_a_moved_dossier_is_dropped() -> None:
    hands, receiver = Hands(), Receiver()
    async with running(hands, deliver=receiver.take) as (mock, _):
        code = next(
            entry.code for entry in mock.dossiers() if entry.status is Status.IN_PROGRESS and entry.code not in PROOFS
        )
        mock.move(code, 8)
        hands.at += timedelta(days=60)
        mock.advance()
        await mock.delivered()
        assert [row["MaHoSo"] for _, row in receiver.rows].count(code) == 1


def newest(row: dict[str, Any]) -> str:
    """When the newest happened that a row tells of, in the whole or in a part."""
    return max(
        row["ThoiDiemXuLy"], *(part.get("ThoiDiemXuLy", "") for part in row.get("DanhSachHoSoLienThong", [])), ""
    )


async def test_every_change_is_pushed_once_in_order_followed_or_not() -> None:
    hands, receiver = Hands(), Receiver()
    async with running(hands, deliver=receiver.take) as (mock, _):
        steps = 0
        for _ in range(90):
            hands.at += timedelta(days=1)
            steps += mock.advance()
        assert mock.advance() == 0
        await mock.delivered()
    assert len(receiver.rows) == steps > 200
    times = [newest(row) for _, row in receiver.rows]
    assert times == sorted(times)
    returned = [(row["MaHoSo"], row["NgayTra"]) for _, row in receiver.rows if row.get("TrangThaiHoSo") == "10"]
    assert len(returned) == len(set(returned)) > 80
    paths: dict[str, list[int]] = {}
    for _, row in receiver.rows:
        paths.setdefault(row["MaHoSo"], []).append(int(row.get("TrangThaiHoSo") or row["TrangThai"]))
    assert all(path[-1] in (3, 7, 8, 9, 10) for code, path in paths.items() if code not in PROOFS)
    assert [2, 4, 9, 10] in paths.values() and any(5 in path for path in paths.values())


async def test_the_first_synchronisation_is_everything_known() -> None:
    receiver = Receiver()
    async with running(Hands(), deliver=receiver.take) as (mock, _):
        sent = mock.sync()
        await mock.delivered()
        assert sent == len(mock.dossiers())
    stands: dict[str, list[dict[str, Any]]] = {}
    for _, row in receiver.rows:
        stands.setdefault(row["MaHoSo"], []).append(row)
    assert len(stands) == sent
    twice = [rows for rows in stands.values() if len(rows) > 1]
    assert 5 < len(twice) < sent / 2
    for before, now in twice:  # who had it when its day passed is told nowhere else
        assert before["TrangThaiHoSo"] != now["TrangThaiHoSo"] == "10"
        assert before["ThoiDiemXuLy"] <= f"{now['NgayHenTra'][:8]}235959" < now["NgayTra"]
    assert all(len(push["data"]) <= 50 for push in receiver.taken)
    for raw, _ in receiver.offers:
        assert read_push(raw).bad == ()


async def test_a_push_is_offered_until_it_is_taken_and_order_is_kept() -> None:
    receiver = Receiver(503, 500, 429)
    async with receiving(receiver) as to, running(Hands(), push_to=to) as (mock, _):
        mock.move("H99.07-261119-0015", 9)
        mock.move("H99.02-261102-0031", 9)
        await mock.delivered()
    assert [row["MaHoSo"] for _, row in receiver.rows] == ["H99.07-261119-0015", "H99.02-261102-0031"]
    assert len(receiver.offers) == 5 and len({raw for raw, _ in receiver.offers}) == 2


async def test_a_refused_push_is_dropped_and_counted() -> None:
    receiver = Receiver(401)
    async with running(Hands(), deliver=receiver.take) as (mock, _):
        mock.move("H99.07-261119-0015", 9)
        mock.move("H99.02-261102-0031", 9)
        await mock.delivered()
        assert mock.refused == 1
    assert [row["MaHoSo"] for _, row in receiver.rows] == ["H99.02-261102-0031"]


async def test_nobody_there_then_somebody() -> None:
    receiver = Receiver()
    async with receiving(receiver) as to:
        pass
    port = int(to.split(":")[2].split("/")[0])
    async with running(Hands(), push_to=to) as (mock, _):
        mock.move("H99.07-261119-0015", 9)
        with pytest.raises(TimeoutError):
            await mock.delivered(0.1)
        application = web.Application()
        application.router.add_post("/onestop", receiver.by_http)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await mock.delivered()
        await runner.cleanup()
    assert len(receiver.rows) == 1


async def test_by_itself_it_ticks() -> None:
    hands, receiver = Hands(), Receiver()
    mock = MockOneStop(UNITS, now=hands, deliver=receiver.take)
    await mock.start(tick=0.01)
    hands.at += timedelta(days=3)
    for _ in range(200):
        await asyncio.sleep(0.01)
        if receiver.rows:
            break
    await mock.stop()
    assert receiver.rows


WRONG_MOVES = [("H99.07-261116-9999", 10, KeyError), ("H99.07-261116-0007", 11, ValueError), ("xyz", 10, ValueError)]


@pytest.mark.parametrize(("code", "status", "error"), WRONG_MOVES)
def test_wrong_moves(code: str, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        MockOneStop(UNITS, now=Hands(), sizes=NO_CROWD).move(code, status)


async def test_moves_and_a_list_over_http() -> None:
    async with running(Hands()) as (_, url), aiohttp.ClientSession() as session:
        async with session.post(f"{url}/move", json={"code": "H99.07-261119-0015", "status": 9}) as reply:
            assert reply.status == 200
        async with session.post(f"{url}/move", json={"code": "?", "status": 9}) as reply:
            assert reply.status == 400
        async with session.get(f"{url}/dossiers") as reply:
            page = await reply.text()
    assert page.startswith("DỮ LIỆU MẪU\n") and "H99.07-261119-0015  2650   9  " in page
