"""The whole journey on Zalo, with the program as a process before the emulator, as ``motcua emulate zalo`` runs it."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from emulators.zalo import ZaloEmulator
from ratings.week import Week
from tests.conftest import free_port
from tests.patience import PATIENCE
from tests.test_telegram_journey import AT_ONCE, UNIT, counter, up
from tests.world import ROOT, Server
from tests.world import SECRET as BACKENDS
from tests.zalo_world import AN, BINH, SOON_AGAIN, Phone, zalo_server

pytestmark = pytest.mark.slow


async def test_ask_track_follow_complete_rate_and_the_week(tmp_path: Path) -> None:
    async with ZaloEmulator() as zalo, counter() as backend:
        server = zalo_server(tmp_path, zalo, ONESTOP_BASE_URL=backend.url, ONESTOP_SECRET=BACKENDS, **AT_ONCE)
        async with up(server) as session:
            assert await zalo.hooks.save(f"{server.address}/zalo/oa") == 200
            zalo.hooks.odd, zalo.hooks.again, zalo.hooks.ladder = True, 0.3, SOON_AGAIN
            await backend.push(session, server.address)
            one, code = Phone(zalo, AN), backend.dossier
            zalo.follow(AN)
            await one.until("")
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
            invited = await one.until("thấy thế nào?")
            assert "Gõ 0 nếu không muốn trả lời, gõ “chưa nhận”" in invited
            assert "1 – Rất không hài lòng" in invited
            one.press("5 – Rất hài lòng")
            await one.until("Đã ghi: 5 – Rất hài lòng.")
            await one.until("đủ rồi gõ “xong”")
            one.press("Xem thêm ▸")
            await one.until("Còn các lựa chọn này")
            one.press("Bỏ qua")
            await one.until("Câu 1 trong 4")
            one.press("Cả hai đều tốt")
            await one.until("Câu 2 trong 4")
            one.say("0")
            await one.until("Cảm ơn anh/chị đã góp ý")
            exit_code, invitation = await server.run("official", "add", "--unit", UNIT, "--role", "head")
            assert exit_code == 0
            head = Phone(zalo, BINH)
            head.say(invitation.strip())
            await head.until(UNIT)
            head.say("tuần này")
            week = Week.of(datetime.now(UTC))
            assert f"TUẦN {week.number}" in await head.until("TUẦN")
            await zalo.wait_until(lambda: zalo.hooks.waiting == 0)
            exit_code, printed = await server.run("digest", "--unit", UNIT, "--week", str(week), "--format", "json")
        digest = json.loads(printed)
        assert (exit_code, digest["completed"], digest["invited"], digest["delivered"]) == (0, 1, 1, 1)
        assert digest["answered"] == "<5"
        assert zalo.world.refusals == []
        log = (tmp_path / "log.txt").read_text()
        for secret in (zalo.world.app_secret, zalo.world.oa_secret, zalo.grants.access, AN, "khai sinh cho con"):
            assert secret not in log


async def test_a_newcomer_needs_only_what_the_emulator_prints(tmp_path: Path) -> None:
    """``motcua emulate zalo``, its lines in ``.env``, ``MOTCUA_DEMO=1 motcua serve``, and a tap on its page."""
    port = free_port()
    server = Server(tmp_path, {"MOTCUA_DEMO": "1"})
    hook = f"http://127.0.0.1:{server.port}/zalo/oa"
    command = (sys.executable, "-m", "bot", "emulate", "zalo", "--port", str(port), "--webhook-url", hook)
    emulator = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert emulator.stdout is not None
    try:
        lines = [(await asyncio.wait_for(emulator.stdout.readline(), PATIENCE)).decode().strip() for _ in range(11)]
        (tmp_path / ".env").write_text("\n".join(lines))
        async with up(server), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as page:
            async with page.get("/") as reply:
                assert "Zalo thử" in await reply.text()
            body = {"who": AN, "do": "say", "text": "giờ làm việc"}
            async with page.post("/phone/act", json=body) as reply:
                assert reply.status == 204
            for _ in range(200):
                async with page.get("/phone/seen", params={"who": AN}) as reply:
                    seen = (await reply.json())["seen"]
                if len(seen) == 2:
                    break
                await asyncio.sleep(0.05)
            assert "xã Đồng Sậy" in seen[1]["text"]
            button = seen[1]["buttons"][0]
            tap = {"who": AN, "do": "tap", "label": button["label"], "type": button["type"], "data": button["data"]}
            async with page.post("/phone/act", json=tap) as reply:
                assert reply.status == 204
            for _ in range(200):
                async with page.get("/phone/seen", params={"who": AN}) as reply:
                    if len((await reply.json())["seen"]) == 4:
                        break
                await asyncio.sleep(0.05)
            else:
                raise AssertionError("the tap was not answered")
    finally:
        emulator.terminate()
        assert await emulator.wait() == 0
