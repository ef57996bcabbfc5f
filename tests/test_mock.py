"""The mock backend: what is in it, and what it answers, broken or whole."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import aiohttp
import pytest
from msgspec.structs import replace

from onestop.client import BackendDown, Patience
from onestop.code import DossierCode
from onestop.days.calendar import vietnam
from onestop.dossier import Dossier, Status
from onestop.mock.faults import Fault
from onestop.mock.former import CHANGED
from onestop.mock.mix import MIX
from onestop.mock.server import MockOneStop
from onestop.mock.simulation import DAY_OF_WORK, DeskClock, MockUnit, OldUnit
from tests.mock_world import NO_CROWD, PROOFS, START, UNITS, Hands, look_up, running, vietnam_time

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
