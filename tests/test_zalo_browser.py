"""A stranger with the emulator's phone page in Chromium, the program beside it: the whole journey on Zalo.

What is set is what ``motcua emulate zalo`` prints, in an ``.env``, and nothing else.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import free_port
from tests.patience import PATIENCE
from tests.test_browser import _printed_code
from tests.test_telegram_journey import up
from tests.web_room import chromium
from tests.world import ROOT, Server

pytestmark = pytest.mark.slow
SETTINGS = 11
"""Lines that the emulator prints."""


@asynccontextmanager
async def emulated(folder: Path) -> AsyncIterator[tuple[str, Server]]:
    """The emulator and the program as two processes; the phone's address."""
    port = free_port()
    server = Server(folder, {"MOTCUA_DEMO": "1"})
    hook = f"http://127.0.0.1:{server.port}/zalo/oa"
    command = (sys.executable, "-m", "bot", "emulate", "zalo", "--port", str(port), "--webhook-url", hook)
    emulator = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert emulator.stdout is not None
    try:
        lines = [(await asyncio.wait_for(emulator.stdout.readline(), PATIENCE)).decode() for _ in range(SETTINGS)]
        (folder / ".env").write_text("".join(lines))
        async with up(server):
            yield f"http://127.0.0.1:{port}/", server
    finally:
        emulator.terminate()
        assert await emulator.wait() == 0


class Phone:
    """One person at the page; ``taps`` False: nothing can be tapped, its label is typed."""

    def __init__(self, page: Any, who: str, *, taps: bool) -> None:
        self.page = page
        self.who = who
        self.taps = taps

    async def say(self, words: str, expected: str) -> str:
        """Write; the first new message that holds ``expected``."""
        await self.page.select_option("#who", self.who)
        await self.page.wait_for_timeout(700)
        before = await self.page.locator("#talk li.oa").count()
        await self.page.fill("#text", words)
        await self.page.press("#text", "Enter")
        return await self._until(before, expected)

    async def press(self, label: str, typed: str, expected: str) -> str:
        """Tap the newest button with this label, or type what stands before it."""
        if not self.taps:
            return await self.say(typed, expected)
        before = await self.page.locator("#talk li.oa").count()
        await self.page.locator("#talk li.oa button", has_text=label).last.click()
        return await self._until(before, expected)

    async def _until(self, before: int, expected: str) -> str:
        looks = """([n, text]) => [...document.querySelectorAll('#talk li.oa')].slice(n)
            .some(each => each.innerText.includes(text))"""
        await self.page.wait_for_function(looks, arg=[before, expected])
        said = [await each.inner_text() for each in (await self.page.locator("#talk li.oa").all())[before:]]
        return next(text for text in said if expected in text)


async def journey(page: Any, server: Server, citizen: Phone, official: Phone, take: Any = None) -> None:
    """Ask, track, follow, rate; then the desk's week."""
    asked = await citizen.say("lam khai sinh cho con can giay to gi", "Tờ khai đăng ký khai sinh")
    assert "1.001193" in asked
    await citizen.say("H99.07-261116-0007", "4 số cuối")
    await citizen.say("4821", "đã trả kết quả")
    await citizen.press("Nhắn khi có tin", "nhắn khi có tin", "nhắn cho anh/chị nhé?")
    invited = await citizen.press("Có, nhắn cho tôi", "có", "thấy thế nào?")
    assert "Gõ 0 nếu không muốn trả lời, gõ “chưa nhận”" in invited
    if take is not None:
        await take("invited")
    await citizen.press("5 – Rất hài lòng", "5", "Đã ghi: 5 – Rất hài lòng")
    await citizen.say("xong", "Câu 1 trong 4")
    await citizen.say("1", "Câu 2 trong 4")
    await citizen.say("0", "Cảm ơn anh/chị đã góp ý")
    await official.say(await _printed_code(server), "xã Đồng Sậy")
    await official.say("báo cáo tuần trước", "Đã trả")
    if take is not None:
        await take("digest")


ROUTES = {
    "account": ("7000000000000000001", "7000000000000000004", True),
    "bot": ("bot00000000000000001", "bot00000000000000002", False),
}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_stranger_finishes_the_journey_on_the_phone_page(tmp_path: Path, route: str) -> None:
    who, officials, taps = ROUTES[route]
    async with emulated(tmp_path) as (address, server), chromium() as browser:
        page = await browser.new_page(viewport={"width": 416, "height": 860}, locale="vi-VN")
        page.set_default_timeout(PATIENCE * 1000)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(address)
        await journey(page, server, Phone(page, who, taps=taps), Phone(page, officials, taps=taps))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 416
        assert wrong == []
