"""The one-stop client against a real server on this machine that answers whatever the script says; signed pushes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.app import longest_turn
from bot.clock import MachineClock
from bot.config import read_settings
from bot.desk import backend
from handlers import desk as protocols
from onestop.client import Answer, BackendDown, BadPush, OneStopClient, Patience, read_push, signature, verify
from onestop.code import DossierCode
from onestop.dossier import Dossier, Progress, Status
from tests.patience import PATIENCE

CODE = DossierCode.parse("H99.07-261116-0007")
OLD_STYLE = "000.00.07.H99-261116-0007"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROW = {"MaHoSo": "H99.07-261116-0007", "TrangThaiHoSo": "4", "SoDienThoai": "0100004821"}
CALM = Patience(one_try=PATIENCE, in_all=2 * PATIENCE, pause=0.01, failures=3, leave_alone=5.0)
SILENCE = 3600.0
Reply = Callable[[dict[str, Any]], Any]


def ok(*rows: object) -> bytes:
    return orjson.dumps({"error_code": "00", "result": list(rows)})


class Script:
    """A server that gives the replies of a list, the last one ever after, and remembers what it was asked."""

    def __init__(self, *replies: object) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.in_old_style: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        question = orjson.loads(await request.read())
        if question["mahoso"] == OLD_STYLE and not callable(self.replies[0]):
            self.in_old_style.append(question)
            return web.Response(body=ok())
        self.asked.append(question)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        match reply:
            case int():
                return web.Response(status=reply, text="nothing")
            case float():
                await asyncio.sleep(reply)
                return web.Response(body=ok(ROW))
            case "gone":
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            case bytes():
                return web.Response(body=reply)
            case _:
                return web.Response(body=orjson.dumps(reply(self.asked[-1])))


class Hands:
    """A clock that only moves by hand."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/api", script.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Running(Hands):
    """A clock on which a third of all the patience has gone whenever it is looked at."""

    def __call__(self) -> float:
        self.time += CALM.in_all / 3
        return self.time


async def ask(
    script: Script,
    code: DossierCode = CODE,
    patience: Patience = CALM,
    chance: random.Random | None = None,
    clock: Callable[[], float] = monotonic,
) -> Answer:
    async with serving(script) as url, aiohttp.ClientSession() as session:
        rest = {"patience": patience, "now": lambda: NOW, "chance": chance or random.Random(1), "clock": clock}
        return await OneStopClient(url, "token", "H99.07", session, **rest).lookup(code)


async def test_the_question_and_the_answer() -> None:
    script = Script(ok(ROW))
    answer = await ask(script)
    assert script.asked == [
        {"session": "token", "madonvi": "H99.07", "service": "TraCuuHoSo", "mahoso": "H99.07-261116-0007"}
    ]
    assert answer.dossier is not None
    assert (answer.dossier.code, answer.dossier.status, answer.dossier.phone_last4) == (
        CODE,
        Status.IN_PROGRESS,
        "4821",
    )
    assert answer.as_of == NOW


async def test_unknown_is_none_after_every_style_was_asked_for() -> None:
    script = Script(ok())
    assert (await ask(script)).dossier is None
    assert [asked["mahoso"] for asked in script.asked] == ["H99.07-261116-0007"]
    assert [asked["mahoso"] for asked in script.in_old_style] == [OLD_STYLE]


async def test_a_code_that_exists_takes_as_many_questions_as_one_that_does_not() -> None:
    known, unknown = Script(ok(ROW)), Script(ok())
    assert (await ask(known)).dossier is not None
    await ask(unknown)
    assert (known.asked, known.in_old_style) == (unknown.asked, unknown.in_old_style)


async def test_the_style_the_system_stores_is_found() -> None:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        known = asked["mahoso"] == "000.00.07.H99-261116-0007"
        return {"error_code": "00", "result": [{**ROW, "MaHoSo": asked["mahoso"]}] if known else []}

    found = (await ask(Script(answer), DossierCode.parse("h99.07-20261116-0000007"))).dossier
    assert found is not None and found.code.printed == "000.00.07.H99-261116-0007"


SHAPES = [
    ("a dossier without a list", {"error_code": "00", "result": ROW}),
    ("the result as a text", {"error_code": "00", "result": orjson.dumps([ROW]).decode()}),
    ("the reply in a message", {"message": orjson.dumps({"error_code": "00", "result": [ROW]}).decode()}),
    ("the reply as a text", orjson.dumps({"error_code": "00", "result": [ROW]}).decode()),
    ("both", {"message": orjson.dumps({"error_code": "00", "result": orjson.dumps([ROW]).decode()}).decode()}),
    ("a bad row beside it", {"error_code": "00", "result": [{"MaHoSo": "?"}, ROW]}),
    ("another's dossier beside it", {"error_code": "00", "result": [{**ROW, "MaHoSo": "H99.07-261116-0008"}, ROW]}),
]


@pytest.mark.parametrize(("label", "reply"), SHAPES, ids=[shape[0] for shape in SHAPES])
async def test_shapes_of_a_reply(label: str, reply: object) -> None:
    answer = await ask(Script(orjson.dumps(reply)))
    assert answer.dossier is not None and answer.dossier.code == CODE


async def test_anothers_dossier_is_never_shown() -> None:
    assert (await ask(Script(ok({**ROW, "MaHoSo": "H99.07-261116-0008"})))).dossier is None


async def test_of_several_rows_the_newest() -> None:
    old, new = (
        {**ROW, "ThoiDiemXuLy": "20261116080000"},
        {**ROW, "TrangThaiHoSo": "9", "ThoiDiemXuLy": "20261117080000"},
    )
    answer = await ask(Script(ok(new, old)))
    assert answer.dossier is not None and answer.dossier.status is Status.FINISHED


TRIED_AGAIN = [
    ("503", [503, 503, ok(ROW)], 3),
    ("429", [429, ok(ROW)], 2),
    ("hung up", ["gone", ok(ROW)], 2),
    ("HTML", [b"<html>", ok(ROW)], 2),
    ("no error_code", [b"{}", ok(ROW)], 2),
    ("a list", [b"[]", ok(ROW)], 2),
    ("only bad rows", [ok({"MaHoSo": ""}), ok(ROW)], 2),
    ("not UTF-8", [b"\xff\xfe", ok(ROW)], 2),
    ("expired, once", [orjson.dumps({"error_code": "401", "result": []}), ok(ROW)], 2),
    ("expired, said in words", [orjson.dumps({"error_code": "05", "error_message": "Phiên đã hết hạn"}), ok(ROW)], 2),
]


@pytest.mark.parametrize(("label", "replies", "asked"), TRIED_AGAIN, ids=[row[0] for row in TRIED_AGAIN])
async def test_tried_again(label: str, replies: list[object], asked: int) -> None:
    script = Script(*replies)
    assert (await ask(script)).dossier is not None
    assert len(script.asked) == asked


NOT_TRIED_AGAIN = [
    ("an error of its own", orjson.dumps({"error_code": "99", "error_message": "Lỗi"}), "error_code 99", 1),
    ("expired twice", orjson.dumps({"error_code": "401"}), "error_code 401", 2),
    ("403", 403, "HTTP 403", 1),
    ("404", 404, "HTTP 404", 1),
]


@pytest.mark.parametrize(
    ("label", "reply", "reason", "asked"), NOT_TRIED_AGAIN, ids=[row[0] for row in NOT_TRIED_AGAIN]
)
async def test_not_tried_again(label: str, reply: object, reason: str, asked: int) -> None:
    script = Script(reply)
    with pytest.raises(BackendDown) as down:
        await ask(script)
    assert down.value.reason == reason and len(script.asked) == asked


async def test_no_answer_in_the_time_of_one_try_is_tried_again() -> None:
    script = Script(SILENCE, ok(ROW))
    assert (await ask(script, patience=replace(CALM, one_try=0.3))).dossier is not None
    assert len(script.asked) > 1


ENDS = [("503", 503), ("garbage", b"?"), ("silence", SILENCE), ("hung up", "gone")]


@pytest.mark.parametrize(("label", "reply"), ENDS, ids=[row[0] for row in ENDS])
async def test_trying_ends_with_the_time(label: str, reply: object) -> None:
    script = Script(reply)
    with pytest.raises(BackendDown):
        await ask(script, patience=replace(CALM, one_try=0.15 if reply == SILENCE else PATIENCE), clock=Running())
    assert len(script.asked) == 2


async def test_a_try_ends_with_the_time_too() -> None:
    with pytest.raises(BackendDown, match=r"no answer within 0\.3 s"):
        await ask(Script(SILENCE), patience=replace(CALM, in_all=0.3))


async def test_how_long_a_citizen_waits_is_set() -> None:
    async with serving(Script(SILENCE)) as url, aiohttp.ClientSession() as session:
        given = {"ONESTOP_BASE_URL": url, "ONESTOP_SECRET": "s", "ONESTOP_WAIT": "1s"}
        asked = backend(read_settings(given, None), session, MachineClock())
        assert asked is not None
        with pytest.raises(protocols.BackendDown, match=r"no answer within [12] s"):
            await asked.look_up(str(CODE))


@pytest.mark.parametrize(("wait", "seconds"), [("1s", 10), ("3s", 10), ("5s", 14), ("60s", 124)])
def test_a_turn_outlasts_what_the_backend_may_take(wait: str, seconds: float) -> None:
    assert longest_turn(read_settings({"ONESTOP_WAIT": wait}, None)) == seconds


async def test_nobody_there() -> None:
    async with aiohttp.ClientSession() as session:
        calm = replace(CALM, pause=10 * PATIENCE)
        client = OneStopClient("http://127.0.0.1:1", "t", "U1", session, patience=calm)
        with pytest.raises(BackendDown, match="ClientConnectorError"):
            await client.lookup(CODE)


async def test_a_reply_without_end_is_cut_off() -> None:
    script = Script(b" " * (5 * 1024 * 1024))
    with pytest.raises(BackendDown, match="without end"):
        await ask(script, patience=replace(CALM, pause=10 * PATIENCE))


async def test_after_failures_it_is_left_alone_then_tried_again() -> None:
    script, hands = Script(403), Hands()
    async with serving(script) as url, aiohttp.ClientSession() as session:
        client = OneStopClient(url, "t", "U1", session, patience=CALM, clock=hands)
        for _ in range(3):
            with pytest.raises(BackendDown, match="HTTP 403"):
                await client.lookup(CODE)
        with pytest.raises(BackendDown, match="left alone"):
            await client.lookup(CODE)
        assert len(script.asked) == 3
        hands.time += 5
        with pytest.raises(BackendDown, match="HTTP 403"):
            await client.lookup(CODE)
        with pytest.raises(BackendDown, match="left alone"):
            await client.lookup(CODE)
        assert len(script.asked) == 4
        hands.time += 5
        script.replies = [ok(ROW)]
        for _ in range(3):
            assert (await client.lookup(CODE)).dossier is not None


async def test_only_one_look_up_tries_a_system_left_alone() -> None:
    script, hands = Script(403, 403, 403, 0.1, ok(ROW)), Hands()
    async with serving(script) as url, aiohttp.ClientSession() as session:
        client = OneStopClient(url, "t", "U1", session, patience=CALM, clock=hands)
        for _ in range(3):
            with pytest.raises(BackendDown, match="HTTP 403"):
                await client.lookup(CODE)
        hands.time += 5
        trying = asyncio.create_task(client.lookup(CODE))
        await asyncio.sleep(0.03)
        with pytest.raises(BackendDown, match="left alone"):
            await client.lookup(CODE)
        assert (await trying).dossier is not None
        assert (await client.lookup(CODE)).dossier is not None


async def test_one_success_forgives_the_failures_before() -> None:
    script = Script(403, 403, ok(ROW), 403, 403, ok(ROW))
    async with serving(script) as url, aiohttp.ClientSession() as session:
        client = OneStopClient(url, "t", "U1", session, patience=CALM)
        reasons = []
        for _ in range(6):
            try:
                await client.lookup(CODE)
            except BackendDown as down:
                reasons.append(down.reason)
        assert reasons == ["HTTP 403"] * 4


# --- pushes ----------------------------------------------------------------------------------------------------------


def test_a_signature_is_what_the_contract_says() -> None:
    """The value was computed with ``openssl dgst -sha256 -hmac bi-mat``."""
    raw = b'{"service":"DongBoHoSoMC","data":[]}'
    assert signature("bi-mat", raw) == "sha256=c8406c7dc24d56973b79173677ce76a7868b5f6b2ec0bba5cfccd263d404402d"


@given(st.binary(max_size=60), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_only_the_right_signature_of_this_very_body(raw: bytes, secret: str) -> None:
    header = signature(secret, raw)
    assert verify(secret, raw, header) and verify(secret, raw, header.upper().replace("SHA256", "sha256"))
    assert not verify(secret, raw + b" ", header)
    assert not verify(secret + "x", raw, header)
    assert not verify(secret, raw, header.removeprefix("sha256="))
    assert not verify(secret, raw, None) and not verify(secret, raw, "") and not verify(secret, raw, "sha256=é")


def test_without_a_secret_nothing_is_right() -> None:
    assert not verify("", b"{}", signature("", b"{}"))


def body(service: object, data: object) -> bytes:
    return orjson.dumps({"service": service, "data": data})


def test_pushes_of_both_services() -> None:
    push = read_push(body("DongBoHoSoMC", [ROW, {"MaHoSo": "?"}, "x"]))
    assert [type(row) for row in push.rows] == [Dossier]
    assert push.bad == ("row 2: MaHoSo is not a dossier code", "row 3: a row is str, not an object")
    push = read_push(body("CapNhatTienDoHoSoMC", [{"MaHoSo": ROW["MaHoSo"], "TrangThai": "10"}]))
    (row,) = push.rows
    assert isinstance(row, Progress) and row.status is Status.RETURNED and push.bad == ()
    assert read_push(body("DongBoHoSoMC", [])).rows == ()


BAD_PUSHES = [
    (b"", "not JSON"),
    (b"{", "not JSON"),
    (b"[]", "not an object"),
    (b"null", "not an object"),
    (b"{}", "service is none of DongBoHoSoMC, CapNhatTienDoHoSoMC"),
    (body("DongBoDanhGia", []), "service is none of DongBoHoSoMC, CapNhatTienDoHoSoMC"),
    (body(["DongBoHoSoMC"], []), "service is none of DongBoHoSoMC, CapNhatTienDoHoSoMC"),
    (body("DongBoHoSoMC", None), "data is not a list"),
    (body("DongBoHoSoMC", ROW), "data is not a list"),
]


@pytest.mark.parametrize(("raw", "reason"), BAD_PUSHES)
def test_bad_pushes(raw: bytes, reason: str) -> None:
    with pytest.raises(BadPush) as bad:
        read_push(raw)
    assert bad.value.reason == reason


class Dice(random.Random):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(1)
        self.between: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float) -> float:
        self.between.append((a, b))
        return super().uniform(a, b)


async def test_each_pause_before_another_try_is_random() -> None:
    """So that a thousand who waited for the same outage do not come back at the same instant."""
    dice = Dice()
    assert (await ask(Script(503, 503, ok(ROW)), chance=dice)).dossier is not None
    assert len(dice.between) >= 2
    assert all(low <= 0.5 and high >= 1.5 for low, high in dice.between)
