"""The whole journey through Telegram, with the program as a process: ask, track, follow, complete, rate, read the week.

And how it stands when Telegram does not: out of reach, with a wrong token, switched off, failing in every way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from ratings.week import Week
from tests.conftest import free_port
from tests.forked import motcua
from tests.telegram_world import (
    SECRET,
    UNKNOWN_TOKEN,
    Faults,
    Person,
    RoughTelegram,
    eventually,
    settings,
    telegram_server,
)
from tests.world import SECRET as BACKENDS
from tests.world import VIETNAM, Backend, Server, citizen

UNIT = "H15.07"
CANARY = "8675309:AAcanary_canary-canary_canary"
FORMS = (CANARY, CANARY.replace(":", "%3A"), CANARY.partition(":")[2])
PATHS = ("/", "/readyz", "/metrics", "/healthz")
AT_ONCE = {"MOTCUA_INVITE_DELAY": "0", "MOTCUA_CONTACT_HOURS": "00:00-24:00", "MOTCUA_UNIT": UNIT}


class Counter(Backend):
    """A backend whose one dossier is being worked on, until it is handed over."""

    def __init__(self) -> None:
        super().__init__(UNIT, 1, datetime.now(UTC))
        (self.dossier,) = self.rows
        self._put(TrangThaiHoSo="4", NgayTra="")

    def hand_over(self) -> None:
        self._put(TrangThaiHoSo="10", NgayTra=datetime.now(VIETNAM).strftime("%Y%m%d%H%M%S"))

    def _put(self, **values: str) -> None:
        self.rows[self.dossier] |= values


@asynccontextmanager
async def counter() -> AsyncIterator[Counter]:
    backend = Counter()
    await backend.start()
    yield backend
    await backend.stop()


@asynccontextmanager
async def up(server: Server, *, ready: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    """The server, started; what it serves. It must end with 0."""
    starting = asyncio.create_task(server.start())
    async with aiohttp.ClientSession(server.address) as session:
        try:
            if ready:
                await starting
            else:
                while await _status(session, "/healthz") != 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            yield session
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            assert await server.stop() == 0


async def _status(session: aiohttp.ClientSession, path: str) -> int:
    try:
        async with session.get(path) as reply:
            return reply.status
    except aiohttp.ClientError:
        return 0


async def _text(session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(path) as reply:
        return await reply.text()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_ask_track_follow_complete_rate_and_the_week(tmp_path: Path, mode: str) -> None:
    async with RoughTelegram() as telegram, counter() as backend:
        with_backend = {"ONESTOP_BASE_URL": backend.url, "ONESTOP_SECRET": BACKENDS, **AT_ONCE}
        server = telegram_server(tmp_path, telegram, mode, **with_backend)
        async with up(server) as session:
            await backend.push(session, server.address)
            one, code = Person(telegram, 7), backend.dossier
            one.say("lam khai sinh cho con can giay to gi")
            assert "1. Tờ khai đăng ký khai sinh" in await one.until("1.001193")
            one.say(f"ho so {code.lower()} cua toi toi dau roi")
            await one.until(code)
            one.say("0000")
            await one.until("Không thấy hồ sơ nào khớp")
            one.say(backend.proof(code))
            await one.until("đang làm")
            one.press("Nhắn khi có tin")
            await one.until("nhắn cho anh/chị nhé?")
            one.press("Có, nhắn cho tôi")
            await one.until("Đã bật theo dõi")
            backend.hand_over()
            await backend.push(session, server.address)
            await one.until("đã trả kết quả")
            await one.until("thấy thế nào?")
            one.press("5 – Rất hài lòng")
            await one.until("Đã ghi: 5 – Rất hài lòng.")
            await one.until("đủ rồi gõ “xong”")
            one.press("Bỏ qua")
            await one.until("Câu 1 trong 4")
            one.press("Cả hai đều tốt")
            await one.until("Câu 2 trong 4")
            one.say("0")
            await one.until("Cảm ơn anh/chị đã góp ý")
            exit_code, invitation = await server.run("official", "add", "--unit", UNIT, "--role", "head")
            assert exit_code == 0
            head = Person(telegram, 8)
            head.say(invitation.strip())
            await head.until(UNIT)
            head.say("tuần này")
            week = Week.of(datetime.now(UTC))
            assert f"TUẦN {week.number}" in await head.until("TUẦN")
            await eventually(lambda: all(press.answered for press in telegram.world.presses.values()))
            async with aiohttp.ClientSession(server.address) as session:
                assert 'motcua_channel_total{channel="telegram",what="message"}' in await _text(session, "/metrics")
            exit_code, printed = await server.run("digest", "--unit", UNIT, "--week", str(week), "--format", "json")
        digest = json.loads(printed)
        assert (exit_code, digest["completed"], digest["invited"], digest["delivered"]) == (0, 1, 1, 1)
        assert digest["answered"] == "<5"
        assert telegram.world.refusals == []
        assert [command["command"] for command in telegram.world.commands][:2] == ["menu", "hoso"]


@pytest.mark.slow
async def test_the_web_serves_on_while_telegram_is_out_of_reach(tmp_path: Path) -> None:
    telegram = RoughTelegram(port=free_port())
    server = telegram_server(tmp_path, telegram, "polling", MOTCUA_DEMO="1")
    async with up(server, ready=False) as session:
        assert await _status(session, "/readyz") == 503
        (wrong,) = json.loads(await _text(session, "/readyz"))["wrong"]
        assert wrong.startswith("telegram: Telegram cannot be reached")
        async with citizen(server, Random(1)) as one:
            await one.say("giờ làm việc")
            await one.until("xã Đồng Sậy", 0)
        async with telegram:
            person = Person(telegram, 7)
            person.say("menu")
            await person.until("")
            assert json.loads(await _text(session, "/readyz")) == {"ready": True}
            await telegram.stop()


async def test_a_wrong_token_ends_the_start_with_one_line(tmp_path: Path) -> None:
    async with RoughTelegram() as telegram:
        server = Server(tmp_path, settings(telegram, "polling", 0, TELEGRAM_BOT_TOKEN=UNKNOWN_TOKEN))
        done = await asyncio.to_thread(motcua, tmp_path, server.environment, "serve")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("motcua: ")
    assert "TELEGRAM_BOT_TOKEN" in line
    assert UNKNOWN_TOKEN not in line


async def test_switched_off_telegram_is_not_asked_for_anything(tmp_path: Path) -> None:
    async with RoughTelegram() as telegram:
        server = telegram_server(tmp_path, telegram, "webhook", MOTCUA_DEMO="1", MOTCUA_DISABLE="telegram")
        async with up(server) as session:
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            async with session.post("/telegram", json={"update_id": 1}, headers=headers) as reply:
                assert reply.status == 404
            async with citizen(server, Random(1)) as one:
                await one.say("menu")
                await one.until("", 0)
        assert not telegram.world.calls


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_token_is_nowhere_to_be_seen_whatever_fails(tmp_path: Path, mode: str) -> None:
    shares: dict[str, Any] = {"limited": 0.1, "failing": 0.1, "lost": 0.1, "garbage": 0.15, "garbled": 0.1}
    faults = Faults(seed=3, prefix="", retry_after=0.1, **shares)
    seen: list[str] = []
    async with RoughTelegram(token=CANARY, faults=faults, speed=10) as telegram:
        server = telegram_server(tmp_path, telegram, mode, MOTCUA_DEMO="1", MOTCUA_LOG_LEVEL="DEBUG")
        async with up(server) as session:
            people = [Person(telegram, chat) for chat in range(1, 16)]
            for one in people:
                one.say("điều riêng tư")
            await eventually(lambda: all(one.seen for one in people))
            seen += [await _text(session, path) for path in PATHS]
            await telegram.stop()  # the connection is refused in the middle of it all
            await asyncio.sleep(2.5)
            seen += [await _text(session, path) for path in PATHS]
    assert len(faults.drawn) == len(shares)
    log = (tmp_path / "log.txt").read_text()
    assert "DEBUG" in log
    assert "Telegram cannot be reached" in log or mode == "webhook"
    for text in (*seen, log):
        assert not any(form in text for form in (*FORMS, SECRET))
    assert "điều riêng tư" not in log
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or not any(form.encode() in file.read_bytes() for form in FORMS), file.name
