"""The mock as a simulator: what happens in it, its parts, its faults, its page, life that goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from functools import cache

import aiohttp
import pytest

from onestop.client import PATIENTLY, BackendDown, Patience, read_push
from onestop.code import DossierCode
from onestop.days.calendar import vietnam
from onestop.dossier import Status
from onestop.mock.faults import Fault
from onestop.mock.population import Sizes, make_world
from onestop.mock.rows import dossier_row
from onestop.mock.server import MockOneStop
from onestop.mock.simulation import Record, World
from onestop.rows import read_dossier
from tests.mock_world import NO_CROWD, START, UNITS, Hands, Receiver, arguments, look_up, running
from tests.telegram_world import eventually

LINKED = "2.000986"
BIG = Sizes(0, 300, 300)


@cache
def world(seed: int = 7) -> World:
    return make_world(UNITS, vietnam(), START, seed, BIG)


def records() -> list[Record]:
    return list(world().records.values())


def linked() -> list[Record]:
    return [record for record in records() if record.parts and record.demo_proof is None]


# --- what happens -----------------------------------------------------------------------------------------------------


def test_everything_that_real_dossiers_go_through_happens() -> None:
    steps = Counter(step.status for record in records() for step in record.steps)
    assert set(steps) == set(Status) - {Status.UNKNOWN}
    paths = Counter(tuple(int(step.status) for step in record.steps) for record in records())
    for path in ((2, 4, 9, 10), (2, 4, 5, 4, 9, 10), (2, 4, 6, 4, 9, 10), (1, 3), (2, 4, 9, 10, 4, 9, 10)):
        assert paths[path], path
    waited = [
        later.at - step.at
        for record in records()
        for step, later in zip(record.steps, record.steps[1:], strict=False)
        if (step.status, later.status) == (Status.FINISHED, Status.RETURNED)
    ]
    assert sum(wait > timedelta(days=10) for wait in waited) > 10
    late = sum(read_dossier(dossier_row(record, START)).is_late(START) for record in records() if record.past(START))
    assert late > 10


def test_steps_follow_each_other_and_asking_says_for_what() -> None:
    for record in records():
        for each in (record, *record.parts):
            times = [step.at for step in each.steps]
            assert times == sorted(set(times)), each.code
            for step in each.steps:
                assert bool(step.fees) or step.status is not Status.NEEDS_PAYMENT
                assert not step.fees or step.status in (Status.NEEDS_PAYMENT, Status.NEEDS_PAPERS)
                assert not step.papers or step.status is Status.NEEDS_PAPERS


def test_what_is_to_be_paid_stands_in_the_row_and_why_it_was_closed() -> None:
    asked = next((r, s) for r in records() for s in r.steps if s.status is Status.NEEDS_PAYMENT)
    row = read_dossier(dossier_row(asked[0], asked[1].at))
    assert row.status is Status.NEEDS_PAYMENT
    assert [(fee.what, fee.amount) for fee in row.fees] == list(asked[1].fees)
    both = next((r, s) for r in records() for s in r.steps if s.fees and s.papers)
    request = read_dossier(dossier_row(both[0], both[1].at)).open_supplement
    assert request is not None
    assert (request.papers, request.fees[0].amount) == (both[1].papers, both[1].fees[0][1])
    closed = next((r, s) for r in records() for s in r.steps if s.status is Status.STOPPED)
    assert read_dossier(dossier_row(closed[0], closed[1].at)).note == "Quá thời hạn bổ sung giấy tờ"


# --- linked ones ------------------------------------------------------------------------------------------------------


def test_a_linked_dossier_has_a_part_for_each_agency_and_is_done_when_they_are() -> None:
    assert len(linked()) > 15
    assert {record.procedure.code for record in linked()} == {LINKED}
    for record in linked():
        birth, home, card = record.parts
        assert birth.steps[-1].at < min(home.steps[0].at, card.steps[0].at)
        done = next(step.at for step in record.steps if step.status is Status.FINISHED)
        assert max(part.steps[-1].at for part in record.parts) <= done
    assert any(part.status(part.steps[1].at) is Status.NEEDS_PAPERS for r in linked() for part in r.parts)


def test_the_row_of_a_linked_dossier_reads_as_it_stands() -> None:
    record = linked()[0]
    before = read_dossier(dossier_row(record, record.parts[0].steps[0].at))
    assert [part.status for part in before.parts] == [Status.IN_PROGRESS, None, None]
    assert [part.name for part in before.parts][1:] == ["Đăng ký thường trú", "Cấp thẻ bảo hiểm y tế"]
    assert before.parts[1].agency == f"Công an {record.unit.name}"
    after = read_dossier(dossier_row(record, record.steps[-1].at))
    assert all(part.is_over for part in after.parts)


@pytest.mark.parametrize("odd", [True, False])
async def test_parts_are_told_in_the_row_of_the_whole_or_by_their_own_code(odd: bool) -> None:
    hands, receiver = Hands(), Receiver()
    mock = MockOneStop(UNITS, now=hands, seed=7, deliver=receiver.take, sizes=BIG, pause=0.001)
    mock.start_pushing()
    mine = [r for r in linked() if r.unit.tells_parts_by_the_whole is odd and r.parts[1].steps[0].at > START]
    codes = {record.code for record in mine}
    parts = {part.code for record in mine for part in record.parts}
    hands.at += timedelta(days=60)
    mock.advance()
    await mock.delivered()
    await mock.stop()
    told = {row["MaHoSo"] for _, row in receiver.rows}
    assert codes and codes <= told
    assert (parts & told == set()) is odd
    if not odd:
        wholes = {row["MaHoSo"]: row.get("MaHoSoLienThong") for s, row in receiver.rows if s == "DongBoHoSoMC"}
        assert {wholes[code] for code in parts if wholes.get(code)} <= codes


async def test_the_click_that_ends_a_linked_one_ends_its_parts_and_a_part_can_be_clicked() -> None:
    hands, receiver = Hands(), Receiver()
    mock = MockOneStop(UNITS, now=hands, seed=7, deliver=receiver.take, sizes=BIG, pause=0.001)
    mock.start_pushing()
    record = next(r for r in mock._world.records.values() if r.parts and r.status(START) is Status.IN_PROGRESS)
    mock.move(record.parts[2].code, 5)
    found = (await mock.lookup(DossierCode.parse(record.code))).dossier
    assert found is not None and found.parts[2].status is Status.NEEDS_PAPERS and found.status is Status.IN_PROGRESS
    mock.move(record.code, 10)
    found = (await mock.lookup(DossierCode.parse(record.code))).dossier
    assert found is not None and found.status is Status.RETURNED
    assert all(part.is_over for part in found.parts)
    hands.at += timedelta(days=60)
    pushed = mock.advance()
    await mock.delivered()
    mine = {record.code, *(part.code for part in record.parts)}
    assert pushed > 0 and receiver.rows
    assert all(
        row["ThoiDiemXuLy"] <= f"{START + timedelta(hours=8):%Y%m%d%H%M%S}"
        for _, row in receiver.rows
        if row["MaHoSo"] in mine
    )
    await mock.stop()


async def test_a_part_is_looked_up_by_its_own_code_and_names_its_whole() -> None:
    async with running(Hands(), seed=7, sizes=BIG) as (mock, url):
        record = next(r for r in mock._world.records.values() if r.parts and r.parts[0].past(START))
        found = await look_up(url, record.parts[0].code)
        assert found is not None and found.whole == DossierCode.parse(record.code)
        assert record.parts[0].code not in {listed.code for listed in mock.dossiers()}


# --- life goes on -----------------------------------------------------------------------------------------------------


def test_new_dossiers_are_handed_in_as_long_as_it_runs() -> None:
    endless = make_world(UNITS, vietnam(), START, 7, Sizes(0, 20, 40, endless=True))
    start = len(endless.records)
    endless.advance(START + timedelta(days=40))
    assert len(endless.records) - start == pytest.approx(4 * 33, abs=20)
    received = [record.received_at() for record in endless.records.values()]
    assert max(received) > START + timedelta(days=38)
    closed = make_world(UNITS, vietnam(), START, 7, Sizes(0, 20, 40))
    closed.advance(START + timedelta(days=400))
    assert max(record.received_at() for record in closed.records.values()) < START + timedelta(days=11)


def test_a_busy_unit_does_not_run_out_of_numbers() -> None:
    busy = make_world(UNITS[:1], vietnam(), START, 7, Sizes(0, 0, 1000))
    assert len(busy.records) == 1000


# --- faults -----------------------------------------------------------------------------------------------------------

CODE = "H99.07-261116-0007"
SOON = Patience(one_try=0.05, in_all=0.2, pause=0.01)


async def test_a_black_hole_takes_the_question_and_never_answers() -> None:
    async with running(Hands(), sizes=NO_CROWD) as (mock, url):
        mock.fault = Fault.BLACK_HOLE
        with pytest.raises(BackendDown, match="no answer within"):
            await look_up(url, CODE, SOON)
        waiting = asyncio.create_task(look_up(url, CODE, PATIENTLY))
        asked = mock.lookups
        await eventually(lambda: mock.lookups > asked)
        assert not waiting.done()
        waiting.cancel()
        mock.fault = None
        assert await look_up(url, CODE) is not None


async def test_where_nobody_waits_a_slow_system_is_waited_for() -> None:
    async with running(Hands(), sizes=NO_CROWD, slow_for=0.25) as (mock, url):
        mock.fault = Fault.SLOW
        with pytest.raises(BackendDown):
            await look_up(url, CODE, SOON)
        assert await look_up(url, CODE, PATIENTLY) is not None
    assert (PATIENTLY.one_try, PATIENTLY.in_all) == (60, 60)


@pytest.mark.parametrize("fault", [Fault.DUPLICATES, Fault.DISORDER])
async def test_rows_twice_or_with_older_ones_are_answered_rightly(fault: Fault) -> None:
    async with running(Hands(), sizes=NO_CROWD) as (_, url):
        right = await look_up(url, CODE)
        assert await look_up(f"{url}?fault={fault.value}", CODE) == right
        async with aiohttp.ClientSession() as session:
            question = {"service": "TraCuuHoSo", "mahoso": CODE}
            async with session.post(f"{url}/api?fault={fault.value}", json=question) as reply:
                rows = (await reply.json())["result"]
        assert len(rows) == 2
        assert (rows[0] == rows[1]) is (fault is Fault.DUPLICATES)
        assert await look_up(f"{url}?fault={fault.value}", "H99.07-261116-9999") is None


async def test_pushes_come_twice_or_after_the_next_one_on_demand() -> None:
    receiver = Receiver()
    async with running(Hands(), deliver=receiver.take, sizes=NO_CROWD) as (mock, _):
        mock.fault = Fault.DUPLICATES
        mock.move("H99.07-261119-0015", 9)
        await mock.delivered()
        assert len(receiver.offers) == 2 and receiver.offers[0] == receiver.offers[1]
        mock.fault = Fault.DISORDER
        for status in (4, 9, 10):
            mock.move("H99.07-261119-0015", status)
        await mock.delivered()
        told = [read_push(raw).rows[0] for raw, _ in receiver.offers[2:]]
        assert [int(row.status) for row in told] == [9, 4, 10]


# --- the page ---------------------------------------------------------------------------------------------------------


async def test_the_page_shows_the_dossiers_and_its_buttons_move_them() -> None:
    receiver = Receiver()
    async with running(Hands(), deliver=receiver.take, seed=7) as (mock, url), aiohttp.ClientSession() as session:
        async with session.get(url) as reply:
            page = await reply.text()
            assert reply.content_type == "text/html"
            assert "script" not in reply.headers["Content-Security-Policy"]
        assert "DỮ LIỆU MẪU" in page and "H99.07-261119-0015<br>2650" in page
        assert page.count('<tr class="">') == 40
        form = {"code": "H99.07-261119-0015", "status": "9", "q": "0015", "status_shown": "", "start": "0"}
        async with session.post(f"{url}/move", data=form) as reply:
            assert reply.status == 200 and str(reply.url).endswith("/?q=0015&status_shown=&start=0")
            shown = await reply.text()
        assert "9. Đã xử lý xong" in shown and "<button>Trả kết quả</button>" in shown
        await mock.delivered()
        assert [row["TrangThai"] for _, row in receiver.rows] == ["9"]
        async with session.post(f"{url}/move", data=form | {"code": "?"}) as reply:
            assert reply.status == 400


async def test_the_page_finds_turns_pages_and_breaks_things_on_demand() -> None:
    async with running(Hands(), seed=7) as (mock, url), aiohttp.ClientSession() as session:
        async with session.get(f"{url}/?status_shown=5") as reply:
            page = await reply.text()
        assert page.count("5. Yêu cầu bổ sung giấy tờ<td>") >= page.count('<tr class="">') > 3
        async with session.get(f"{url}/?start=40") as reply:
            assert '<tr class="">' in await reply.text()
        async with session.get(f"{url}/?q=Liên thông") as reply:
            assert '<tr class="part">' in await reply.text()
        async with session.post(f"{url}/fault", data={"fault": "blackhole"}) as reply:
            assert reply.status == 200
        assert mock.fault is Fault.BLACK_HOLE
        async with session.post(f"{url}/fault", data={"fault": ""}) as reply:
            assert reply.status == 200
        assert mock.fault is None
        async with session.post(f"{url}/fault", data={"fault": "x"}) as reply:
            assert reply.status == 400


@pytest.mark.parametrize(
    "query", ["q=<script>alert(1)</script>", 'q="><b>', "start=-1", "start=999999", "status_shown=x", "start=٣"]
)
async def test_nonsense_in_the_address_is_harmless(query: str) -> None:
    async with running(Hands(), sizes=NO_CROWD) as (_, url), aiohttp.ClientSession() as session:
        async with session.get(f"{url}/?{query}") as reply:
            page = await reply.text()
            assert reply.status == 200
        assert "<script" not in page and '"><b>' not in page


def test_the_command_takes_a_size_a_speed_and_a_seed() -> None:
    given = arguments("--speed", "3600", "--seed", "7", "--dossiers", "3000", "--fault", "blackhole")
    assert (given.speed, given.seed, given.dossiers, given.fault) == (3600.0, 7, 3000, "blackhole")
    for wrong in ("0", "20001", "x"):
        with pytest.raises(SystemExit):
            arguments("--dossiers", wrong)
