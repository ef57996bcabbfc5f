"""A newcomer in Chromium, by keyboard alone, against the real program: asks, tracks, rates and pulls a digest."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.web_room import chromium
from tests.world import Server

pytestmark = pytest.mark.slow


class Keyboard:
    """A person who never touches the mouse; counts what they do."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.actions = 0

    async def say(self, words: str, expected: str) -> None:
        """Type into the box and press Enter."""
        await self.page.focus("#words")
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")
        await self._seen(expected)

    async def choose(self, label: str, expected: str) -> None:
        """Go to a choice with Shift+Tab and press Enter."""
        await self.page.focus("#words")
        for _ in range(30):
            await self.page.keyboard.press("Shift+Tab")
            focused = await self.page.evaluate("document.activeElement.textContent")
            if label in focused:
                break
        else:
            raise AssertionError(f"no choice {label!r} by keyboard")
        await self.page.wait_for_timeout(400)
        said = await self.page.locator("#log .mine").count()
        for _ in range(5):
            await self.page.keyboard.press("Enter")
            # a press that comes right after its button is not taken: on a slow page one presses again
            await self.page.wait_for_timeout(1000)
            if await self.page.locator("#log .mine").count() > said:
                break
        await self._seen(expected)

    async def _seen(self, expected: str) -> None:
        self.actions += 1
        await self.page.wait_for_function(
            "expected => document.querySelector('#log').innerText.includes(expected)",
            arg=expected,
            timeout=PATIENCE * 1000,
        )


async def _printed_code(server: Server) -> str:
    """The code that makes an official, which is printed a moment after the server is ready. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while (found := re.search(r"CB-\S+", (server.folder / "log.txt").read_text())) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found[0]


async def journey(page: Any, server: Server, pause: Any = None) -> int:
    """The whole visit; the number of actions it took."""
    code = await _printed_code(server)
    await page.goto(server.address)
    person = Keyboard(page)

    async def picture(name: str) -> None:
        if pause is not None:
            await pause(name)

    await person.say("lam khai sinh cho con can giay to gi", "Tờ khai đăng ký khai sinh")
    await picture("ask")
    await person.say("H99.07-261116-0007", "4 số cuối")
    await person.say("4821", "đã trả kết quả")
    await picture("track")
    await person.choose("Nhắn khi có tin", "nhắn cho anh/chị nhé?")
    await person.choose("Có, nhắn cho tôi", "thấy thế nào?")
    await picture("rate")
    await person.choose("5 – Rất hài lòng", "Đã ghi: 5 – Rất hài lòng")
    await person.choose("Nhanh, đúng hẹn", "Đang chọn: Nhanh, đúng hẹn")
    await person.say("xong", "Câu 1 trong 4")
    await person.choose("Cả hai đều tốt", "Câu 2 trong 4")
    await person.say("0", "Cảm ơn anh/chị đã góp ý")
    await person.say(code, "xã Đồng Sậy")
    await person.say("báo cáo tuần trước", "Đã trả")
    await picture("digest")
    return person.actions


async def test_a_newcomer_does_it_all_by_keyboard_in_at_most_twelve_actions(tmp_path: Path) -> None:
    server = Server(tmp_path, {"MOTCUA_DEMO": "1"})
    await server.start()
    try:
        async with chromium() as browser:
            page = await browser.new_page(viewport={"width": 390, "height": 844})
            page.set_default_timeout(PATIENCE * 1000)
            assert await journey(page, server) <= 12
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        assert await server.stop() == 0
