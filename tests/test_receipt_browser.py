"""From the printed QR to the rating in Chromium, against the real program: the paper is read as a phone reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.test_browser import Keyboard
from tests.web_room import chromium
from tests.world import Server

pytestmark = pytest.mark.slow
CODE = "H99.07-261116-0007"


async def _shown(page: Any, words: str) -> None:
    """Until the page says so."""
    await page.wait_for_function("words => document.querySelector('#log').innerText.includes(words)", arg=words)


async def test_from_the_receipts_qr_to_the_rating(tmp_path: Path) -> None:
    server = Server(tmp_path, {"MOTCUA_DEMO": "1"})
    await server.start()
    try:
        done, printed = await server.run("receipt", CODE)
        assert done == 0
        link = next(line.split("\t")[1] for line in printed.splitlines() if line.startswith("web\t"))
        async with chromium() as browser:
            page = await browser.new_page(viewport={"width": 360, "height": 740})
            page.set_default_timeout(PATIENCE * 1000)
            await page.goto(link)
            person = Keyboard(page)
            await _shown(page, CODE)
            shown = await page.inner_text("#log")
            assert "đã trả kết quả" in shown
            assert "4 số cuối" not in shown, "the paper is the proof"
            assert link.rpartition("=")[2] not in await page.evaluate("location.href + document.body.innerText")
            await person.choose("Nhắn khi có tin", "nhắn cho anh/chị nhé?")
            await person.choose("Có, nhắn cho tôi", "thấy thế nào?")
            await person.choose("5 – Rất hài lòng", "Đã ghi: 5 – Rất hài lòng")
            await person.say("0", "Cảm ơn anh/chị")
            assert person.actions == 4
            again = await browser.new_page()
            again.set_default_timeout(PATIENCE * 1000)
            await server.run("receipt", CODE, "--revoke")
            await again.goto(link)
            await _shown(again, "không còn mở được hồ sơ")
            assert "đã trả kết quả" not in await again.inner_text("#log"), "a revoked paper opens nothing"
    finally:
        assert await server.stop() == 0
