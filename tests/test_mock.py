"""The mock one-stop system: what is in it, what it pushes, how it fails. Everything over real sockets."""

from __future__ import annotations

import argparse
import asyncio
import random
import shlex
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from msgspec.structs import replace

from bot.commands import mock as mock_command
from onestop.calendar import VIETNAM, vietnam
from onestop.client import BackendDown, OneStopClient, Patience, read_push, verify
from onestop.code import DossierCode
from onestop.dossier import Dossier, Status
from onestop.former import CHANGED
from onestop.mix import MIX
from onestop.mock import MockOneStop
from onestop.mock_faults import Fault
from onestop.population import Sizes
from onestop.simulation import DAY_OF_WORK, DeskClock, MockUnit, OldUnit

UNITS = [MockUnit(f"H99.{n:02d}", f"xã số {n}", 3 if n == 7 else 1, "chi nhánh Sông Trúc") for n in range(1, 13)]
START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PROOFS = {
    "H99.07-261116-0007": "4821",
    "H99.07-261119-0015": "2650",
    "H99.07-261117-0023": "7315",
    "H99.02-261102-0031": "0907",
    "H99.08-261118-0012": "3365",
}
NO_CROWD = Sizes(0, 0, 0)


class Hands:
    """A clock moved by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Receiver:
    """Takes pushes: gives the statuses of a list, then 200, and keeps what it took."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.offers: list[tuple[bytes, str]] = []
        self.taken: list[dict[str, Any]] = []

    async def take(self, raw: bytes, header: str) -> int:
        self.offers.append((raw, header))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append(orjson.loads(raw))
        return status

    async def by_http(self, request: web.Request) -> web.Response:
        return web.Response(status=await self.take(await request.read(), request.headers["X-Onestop-Signature"]))

    @property
    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [(push["service"], row) for push in self.taken for row in push["data"]]


@asynccontextmanager
async def running(hands: Hands, **options: Any) -> AsyncIterator[tuple[MockOneStop, str]]:
    mock = MockOneStop(UNITS, now=hands, **{"secret": "bi-mat", "pause": 0.01, **options})
    url = await mock.start(tick=None)
    try:
        yield mock, url
    finally:
        await mock.stop()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/onestop", receiver.by_http)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/onestop"
    finally:
        await runner.cleanup()


async def look_up(url: str, code: str, patience: Patience | None = None) -> Dossier | None:
    async with aiohttp.ClientSession() as session:
        client = OneStopClient(url, "t", "H99.07", session, patience=patience or Patience())
        return (await client.lookup(DossierCode.parse(code))).dossier


def vietnam_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


# --- what is in it ---------------------------------------------------------------------------------------------------

STARTS = [
    "2026-11-22T12:00",
    "2026-11-20T09:10",
    "2026-11-23T07:31",
    "2026-02-18T10:00",
    "2026-02-23T09:00",
    "2027-01-03T23:59",
    "2026-05-04T08:00",
    "2026-12-02T18:00",
]


@pytest.mark.parametrize("start", STARTS)
async def test_the_five_dossiers_make_sense_whenever_it_is_started(start: str) -> None:
    now = vietnam_time(start)
    mock = MockOneStop(UNITS, now=Hands(now), sizes=NO_CROWD)
    assert {listed.code: listed.proof for listed in mock.dossiers()} == PROOFS
    told: dict[str, Dossier] = {}
    for code, proof in PROOFS.items():
        dossier = (await mock.lookup(DossierCode.parse(code))).dossier
        assert dossier is not None and dossier.phone_last4 == proof
        assert dossier.received_at is not None and dossier.due is not None
        assert dossier.received_at < dossier.due and dossier.received_at < now
        assert vietnam().is_working_day(dossier.received_at.date())
        told[code] = dossier
    birth, single, linked, land, shop = (told[code] for code in sorted(PROOFS, key=list(PROOFS).index))
    assert (birth.procedure, birth.status) == ("1.001193", Status.RETURNED)
    assert birth.done_at is not None and birth.finished_at is not None
    assert birth.finished_at < birth.done_at < now and not birth.is_late(now)
    assert (single.procedure, single.status, single.is_late(now)) == ("1.004873", Status.IN_PROGRESS, False)
    assert (linked.procedure, linked.status, linked.is_late(now)) == ("2.000986", Status.IN_PROGRESS, False)
    assert [part.status for part in linked.parts] == [Status.FINISHED, Status.IN_PROGRESS, Status.IN_PROGRESS]
    assert len({part.agency for part in linked.parts}) == 3
    assert (land.field, land.status, land.agency) == ("Đất đai", Status.IN_PROGRESS, "chi nhánh Sông Trúc")
    assert land.is_late(now) and land.days_late(now, vietnam()) >= 1
    assert shop.open_supplement is not None and len(shop.open_supplement.papers) == 2 and not shop.is_late(now)


async def test_the_population() -> None:
    mock = MockOneStop(UNITS, now=Hands())
    listed = mock.dossiers()
    assert [entry.code for entry in listed[:5]] == sorted(PROOFS)
    statuses = Counter(entry.status for entry in listed)
    closed = sum(count for status, count in statuses.items() if status.is_closed)
    assert closed == 201 and statuses[Status.RETURNED] > 180
    assert sum(statuses.values()) - closed == 84
    assert statuses[Status.NEEDS_PAPERS] >= 2 and statuses[Status.FINISHED] >= 5
    units = Counter(entry.unit for entry in listed)
    assert len(units) == 12 and units["H99.07"] == max(units.values()) >= 40
    told = [(await mock.lookup(DossierCode.parse(entry.code))).dossier for entry in listed]
    dossiers = [dossier for dossier in told if dossier is not None]
    assert len(dossiers) == len(listed) == len({dossier.code for dossier in dossiers})
    recent = [dossier.done_at for dossier in dossiers if dossier.status is Status.RETURNED]
    assert all(at is not None and START - timedelta(days=21) < at <= START for at in recent)
    late = sum(dossier.is_late(START) for dossier in dossiers)
    assert 0.02 < late / len(dossiers) < 0.2
    assert any(dossier.due is None for dossier in dossiers) and any(not dossier.phone_last4 for dossier in dossiers)
    assert {dossier.unit for dossier in dossiers} > {"H99.07", "xã số 7"}
    styles = {len(entry.code) for entry in listed}
    assert len(styles) == 3


OLD = (OldUnit("xã Phú Sậy", "H99.52.11"), OldUnit("xã Tân Sậy", "H99.52.12"))


async def test_dossiers_of_before_the_change_carry_the_old_units_code_and_end_under_the_new_one() -> None:
    unit = MockUnit("H99.07", "xã Đồng Sậy", former=OLD)
    mock = MockOneStop([unit, *UNITS], now=Hands(), sizes=replace(NO_CROWD, former=31))
    old = [entry for entry in mock.dossiers() if entry.code.startswith("000.")]
    assert len(old) == len({entry.code for entry in old}) == 31
    for entry in old:
        code = DossierCode.parse(entry.code)
        assert code.unit in {each.code for each in OLD}
        dossier = (await mock.lookup(code)).dossier
        assert dossier is not None and dossier.received_at is not None and dossier.done_at is not None
        assert (dossier.unit, dossier.agency, dossier.status) == ("H99.07", "xã Đồng Sậy", Status.RETURNED)
        assert dossier.received_at < CHANGED < dossier.done_at < START - timedelta(days=300)
        assert vietnam().is_working_day(dossier.received_at.date())
    assert {entry.code for entry in MockOneStop([unit], now=Hands(), sizes=NO_CROWD).dossiers()}.isdisjoint(
        entry.code for entry in old
    )


def test_the_same_seed_is_the_same_world_and_another_is_another() -> None:
    worlds = [[entry.code for entry in MockOneStop(UNITS, now=Hands(), seed=seed).dossiers()] for seed in (1, 1, 2)]
    assert worlds[0] == worlds[1] != worlds[2]


def test_the_mix_is_whole_and_draws_what_it_says() -> None:
    assert sum(procedure.share for procedure in MIX) == 100
    chance = random.Random(7)
    for procedure in MIX:
        days = sorted(procedure.draw_days(chance) for _ in range(4000))
        assert days[2000] == pytest.approx(procedure.median, rel=0.15)
        assert days[3600] == pytest.approx(procedure.ninetieth, rel=0.2)


DESK = DeskClock(vietnam())
WORK = [
    ("2026-11-20T09:00", 1, "2026-11-20T10:00"),
    ("2026-11-20T11:00", 1, "2026-11-20T14:00"),
    ("2026-11-20T16:30", 1, "2026-11-23T08:00"),
    ("2026-11-21T09:00", 0, "2026-11-23T07:30"),
    ("2026-11-23T16:00", 7.5, "2026-11-25T16:00"),
]


@pytest.mark.parametrize(("start", "hours", "end"), WORK)
def test_hours_of_work(start: str, hours: float, end: str) -> None:
    assert DESK.after(vietnam_time(start), timedelta(hours=hours)) == vietnam_time(end)


def test_the_desk_looks_back_and_promises() -> None:
    assert DESK.last_before(vietnam_time("2026-11-22T10:00")) == vietnam_time("2026-11-20T16:59:59")
    assert DESK.last_before(vietnam_time("2026-11-20T12:10")) == vietnam_time("2026-11-20T11:29:59")
    assert DESK.last_before(vietnam_time("2026-11-20T09:10")) == vietnam_time("2026-11-20T09:10")
    assert DESK.due(vietnam_time("2026-11-20T14:59"), 0) == vietnam_time("2026-11-20T17:00")
    assert DESK.due(vietnam_time("2026-11-20T15:01"), 0) == vietnam_time("2026-11-23T17:00")
    assert DESK.due(vietnam_time("2026-11-20T09:00"), 3) == vietnam_time("2026-11-26T17:00")
    assert timedelta(hours=7.5) == DAY_OF_WORK


# --- what it answers -------------------------------------------------------------------------------------------------


async def test_a_look_up_over_http() -> None:
    async with running(Hands()) as (mock, url):
        dossier = await look_up(url, "h99.07-261116-0007")
        assert dossier is not None and dossier.procedure_name == "Thủ tục đăng ký khai sinh"
        assert await look_up(url, "H99.07-261116-9999") is None
        old_style = next(entry.code for entry in mock.dossiers() if entry.code.startswith("000."))
        found = await look_up(url, DossierCode.parse(old_style).canonical)
        assert found is not None and found.code.printed == old_style


async def test_all_values_are_texts_or_lists() -> None:
    async with running(Hands()) as (_, url), aiohttp.ClientSession() as session:
        question = {"session": "t", "madonvi": "U", "service": "TraCuuHoSo", "mahoso": "H99.08-261118-0012"}
        async with session.post(f"{url}/api", json=question) as reply:
            body = await reply.json()
    assert body["error_code"] == "00"
    (row,) = body["result"]
    assert all(isinstance(value, str | list) for value in row.values())
    assert row["NgayTra"] == "" and row["TrangThaiHoSo"] == "5" and len(row["NgayTiepNhan"]) == 14
    assert len(row["DanhSachHoSoBoSung"][0]["DanhSachGiayToBoSung"]) == 2


async def test_what_is_yet_to_come_is_not_known() -> None:
    hands = Hands()
    mock = MockOneStop(UNITS, now=hands)
    before = {entry.code for entry in mock.dossiers()}
    hands.at += timedelta(days=11)
    coming = {entry.code for entry in mock.dossiers()} - before
    assert len(coming) == 40
    hands.at = START
    assert (await mock.lookup(DossierCode.parse(next(iter(coming))))).dossier is None


SOON = Patience(pause=40.0, in_all=10.0)
"""The first failure ends it: the next try would come too late."""
FAULTS = [
    ("slow", Patience(one_try=0.1, in_all=0.3, pause=0.01), "no answer within"),
    ("503", SOON, "HTTP 503"),
    ("garbage", SOON, "Garbage"),
    ("error", SOON, "error_code 99"),
    ("expired", SOON, "error_code 401"),
]


@pytest.mark.parametrize(("fault", "patience", "reason"), FAULTS, ids=[row[0] for row in FAULTS])
async def test_faults_on_demand(fault: str, patience: Patience, reason: str) -> None:
    async with running(Hands(), slow_for=0.5) as (mock, url):
        with pytest.raises(BackendDown, match=reason):
            await look_up(f"{url}?fault={fault}", "H99.07-261116-0007", patience)
        assert await look_up(url, "H99.07-261116-0007") is not None
        mock.fault = Fault(fault)
        with pytest.raises(BackendDown, match=reason):
            await look_up(url, "H99.07-261116-0007", patience)
        mock.fault = None
        assert await look_up(url, "H99.07-261116-0007") is not None


async def test_a_doubly_encoded_reply_is_a_reply() -> None:
    async with running(Hands()) as (_, url):
        assert await look_up(f"{url}?fault=double", "H99.07-261116-0007") is not None


async def test_it_wants_its_token() -> None:
    async with running(Hands(), token="other") as (_, url):
        with pytest.raises(BackendDown, match="error_code 401"):
            await look_up(url, "H99.07-261116-0007", SOON)
    async with running(Hands(), token="t") as (_, url):
        assert await look_up(url, "H99.07-261116-0007") is not None


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
        assert sent == len(receiver.rows) == len(mock.dossiers())
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


# --- motcua mock -----------------------------------------------------------------------------------------------------


SECRET = {"ONESTOP_SECRET": "bi-mat"}


class Lines:
    """A terminal that keeps what is written to it."""

    def __init__(self) -> None:
        self.data: list[str] = []
        self.remarks: list[str] = []

    def out(self, text: str) -> None:
        self.data.append(text)

    def err(self, text: str) -> None:
        self.remarks.append(text)

    async def line(self) -> str | None:
        return None


async def as_curl_does(line: str) -> int:
    """What the printed command is answered with. ``curl -d`` says "a form" of whatever it sends."""
    _, words, url = shlex.split(line.partition("curl ")[2])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as session, session.post(url, data=words.encode(), headers=kind) as reply:
        return reply.status


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    mock_command.add_parser(parser.add_subparsers())
    return parser.parse_args(["mock", *words])


async def test_the_command_serves_pushes_and_stops() -> None:
    receiver, lines, stop = Receiver(), Lines(), asyncio.Event()
    async with receiving(receiver) as to:
        running = asyncio.create_task(mock_command.run(arguments("--port", "0", "--push-to", to), lines, stop, SECRET))
        while len(lines.remarks) < 3 or len(receiver.rows) < int(lines.remarks[2].split()[0]):
            await asyncio.sleep(0.02)
            assert not running.done()
        assert len(receiver.rows) > 200
        assert lines.data[0].startswith("http://127.0.0.1:")
        assert {line.split()[0]: line.split()[1] for line in lines.data[1:]} == PROOFS
        told = "\n".join(lines.data)
        assert [told.count(word) for word in ("(late)", "rate it", "(in progress)", "(waits for papers)")] == [1] * 4
        dossier = await look_up(lines.data[0], "H99.02-261102-0031")
        assert dossier is not None and dossier.field == "Đất đai"
        assert await as_curl_does(lines.remarks[1]) == 200
        moved = await look_up(lines.data[0], "H99.07-261119-0015")
        assert moved is not None and moved.status is Status.RETURNED
        stop.set()
        assert await running == 0
    assert all(verify("bi-mat", raw, header) for raw, header in receiver.offers)


async def test_the_command_used_wrongly() -> None:
    lines = Lines()
    assert await mock_command.run(arguments("--push-to", "http://127.0.0.1:1/onestop"), lines, asyncio.Event(), {}) == 2
    assert "ONESTOP_SECRET" in lines.remarks[0] and lines.data == []
    async with running(Hands()) as (_, url):
        port = url.rpartition(":")[2]
        assert await mock_command.run(arguments("--port", port), lines, asyncio.Event(), {}) == 2
        assert "cannot listen" in lines.remarks[1]


@pytest.mark.parametrize("speed", ["0", "-1", "x", "1e9"])
def test_impossible_speeds(speed: str) -> None:
    with pytest.raises(SystemExit):
        arguments("--speed", speed)


def test_a_faster_clock() -> None:
    ticks = iter([10.0, 10.0, 13.0])
    clock = mock_command.FasterClock(START, 60, lambda: next(ticks))
    assert [clock.now(), clock.now()] == [START, START + timedelta(minutes=3)]
