"""What is run from outside: the web API, pushes, and what happens when the storage fails."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import func, select, text

from bot.clock import MachineClock
from bot.commands.serve import make_channels
from bot.config import read_settings
from bot.control import NAME, ControlClient
from bot.operations import offered_by
from bot.program import Program, open_program
from onestop.client import signature
from storage.tables import completions, dossiers, inbox, misses, movements
from tests.engine import FakeChannel
from tests.patience import PATIENCE

SECRET = "the backend's secret"
ROW = {
    "MaHoSo": "H99.07-261110-9001",
    "MaTTHC": "1.001193",
    "TenTTHC": "Thủ tục đăng ký khai sinh",
    "TenLinhVuc": "Hộ tịch",
    "SoDienThoai": "0912344821",
    "NgayTiepNhan": "20261110080000",
    "NgayHenTra": "20261110170000",
    "NgayTra": "20261110160000",
    "TrangThaiHoSo": "10",
    "DonViXuLy": "H99.07",
}


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    settings = read_settings({"MOTCUA_DEMO": "1", "MOTCUA_PORT": "0", "ONESTOP_SECRET": SECRET}, None)
    made = await open_program(settings, MachineClock(), make_channels, memory=True)
    yield made
    await made.stop()


@pytest.fixture
async def session(program: Program) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(program.address, cookie_jar=jar) as session:
        (await session.get("/")).release()
        yield session


async def push(session: aiohttp.ClientSession, *rows: dict[str, Any], service: str = "DongBoHoSoMC") -> int:
    raw = json.dumps({"service": service, "data": list(rows)}).encode()
    async with session.post("/onestop", data=raw, headers={"X-Onestop-Signature": signature(SECRET, raw)}) as reply:
        return reply.status


async def count(program: Program, table: Any, *where: Any) -> int:
    async with program.app.database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one())


async def say(session: aiohttp.ClientSession, words: str) -> int:
    async with session.post("/web/messages", json={"id": str(uuid4()), "text": words}) as reply:
        return reply.status


async def test_while_the_storage_fails_nothing_is_acknowledged(
    program: Program, session: aiohttp.ClientSession
) -> None:
    await program.app.database.write(lambda c: c.execute(text("ALTER TABLE inbox RENAME TO away")))
    await program.app.database.write(lambda c: c.execute(text("ALTER TABLE movements RENAME TO gone")))
    assert await say(session, "chào") == 503
    assert await push(session, ROW) == 503
    await program.app.database.write(lambda c: c.execute(text("ALTER TABLE away RENAME TO inbox")))
    await program.app.database.write(lambda c: c.execute(text("ALTER TABLE gone RENAME TO movements")))
    assert await say(session, "chào") == 202
    assert await push(session, ROW) == 200


async def test_a_repeated_push_changes_nothing(program: Program, session: aiohttp.ClientSession) -> None:
    before = await count(program, dossiers)
    for _ in range(3):
        assert await push(session, ROW) == 200
    assert await push(session, ROW, {**ROW, "GhiChu": "khác"}) == 200
    assert await count(program, dossiers) == before + 1
    assert await count(program, completions, completions.c.dossier == ROW["MaHoSo"]) == 1
    assert await count(program, movements, movements.c.dossier == ROW["MaHoSo"]) == 1


MALFORMED = [b"", b"null", b"[]", b'{"service":"x","data":[]}', b'{"service":"DongBoHoSoMC","data":{}}', b"[" * 100_000]


async def test_what_is_malformed_unsigned_or_huge_is_refused_and_changes_nothing(
    program: Program, session: aiohttp.ClientSession
) -> None:
    before = await count(program, dossiers)
    for raw in MALFORMED:
        async with session.post("/onestop", data=raw, headers={"X-Onestop-Signature": signature(SECRET, raw)}) as reply:
            assert reply.status == 400, raw[:40]
    raw = json.dumps({"service": "DongBoHoSoMC", "data": [ROW]}).encode()
    right = signature(SECRET, raw)
    for header in ("", "sha256=", right[:-1], right.replace("sha256", "sha1"), signature("other", raw)):
        async with session.post("/onestop", data=raw, headers={"X-Onestop-Signature": header}) as reply:
            assert reply.status == 401, header
    async with session.post("/onestop", data=io.BytesIO(b"x" * (9 * 1024 * 1024))) as reply:
        assert reply.status == 413
    async with session.post("/web/messages", data=b"x" * 100_000) as reply:
        assert reply.status in (413, 415)
    assert await count(program, dossiers) == before


async def test_the_backend_down_is_said_honestly_and_other_answers_go_on(
    program: Program, session: aiohttp.ClientSession
) -> None:
    assert program.mock is not None
    await program.mock.stop()
    program.mock = None
    assert await say(session, "H99.07-261116-0007 4821") == 202
    assert await say(session, "lệ phí kết hôn") == 202
    await asyncio.wait_for(program.app.quiet(), PATIENCE)
    async with program.app.database.reading() as connection:
        assert await connection.scalar(select(func.count()).where(inbox.c.state == "open")) == 0
    chat = next(iter(program.app.worker._remembered))
    texts = [letter.text for letter in await program.app.reading.newest_letters(chat, 10)]
    assert any("trục trặc" in said for said in texts)
    assert any("Đăng ký kết hôn" in said for said in texts)


async def test_of_an_address_only_a_keyed_hash_is_kept_and_only_beside_a_wrong_proof(
    program: Program, session: aiohttp.ClientSession
) -> None:
    for words in ("H99.07-261116-9999 1111", "lệ phí kết hôn"):
        body, here = {"id": str(uuid4()), "text": words}, {"X-Forwarded-For": "203.0.113.9"}
        async with session.post("/web/messages", json=body, headers=here) as reply:
            assert reply.status == 202
    await asyncio.wait_for(program.app.quiet(), PATIENCE)
    async with program.app.database.reading() as connection:
        kept = (await connection.execute(select(misses.c.origin))).scalars().all()
        rows = (await connection.execute(select(inbox))).all()
    assert kept == [program.app.keys.address("203.0.113.9")]
    assert len(rows) >= 2 and all("203.0.113.9" not in str(row) and row.origin is None for row in rows)


async def test_other_terminals_are_heard_before_the_door_opens_and_no_more_at_the_end(tmp_path: Path) -> None:
    heard: list[bool] = []

    class Watches(FakeChannel):
        def routes(self) -> Iterable[web.RouteDef]:
            heard.append((tmp_path / NAME).exists())
            return ()

    settings = read_settings({"MOTCUA_PORT": "0", "MOTCUA_DATA_DIR": str(tmp_path)}, None)
    program = await open_program(settings, MachineClock(), lambda app: [Watches()], offers=offered_by, memory=True)
    assert heard == [True]
    client = await ControlClient.connect(tmp_path)
    assert client is not None
    assert await client.do("official_list") == []
    await client.close()
    await program.stop()
    assert await ControlClient.connect(tmp_path) is None


def test_the_secret_is_not_in_the_repr_of_settings() -> None:
    settings = read_settings({"MOTCUA_DEMO": "1", "ONESTOP_SECRET": SECRET}, None)
    assert settings.onestop_secret == SECRET
    assert SECRET not in repr(dataclasses.replace(settings, unit="H99.08"))


async def test_a_status_that_nobody_knows_is_named_once_to_the_operator(
    program: Program, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    strange = {**ROW, "TrangThaiHoSo": "Chờ cấp số", "NgayTra": ""}
    for n in (1, 2):
        assert await push(session, {**strange, "MaHoSo": f"H99.07-261110-900{n}"}) == 200
    named = [record for record in caplog.records if "Chờ cấp số" in record.getMessage()]
    assert [record.levelname for record in named] == ["ERROR"]
    assert 'motcua_onestop_pushes_total{outcome="unknown status"} 2.0' in program.app.metrics.text().decode()
