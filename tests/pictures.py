"""The pictures of README, taken from the real page: ``make pictures``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.test_browser import journey
from tests.web_room import chromium
from tests.world import ROOT, Server

PICTURES = ROOT / "docs" / "pictures"


async def main() -> None:
    """A visit on a phone, and the digest on a wide screen."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), {"MOTCUA_DEMO": "1"})
        await server.start()
        async with chromium() as browser:
            page = await browser.new_page(viewport={"width": 390, "height": 1060}, locale="vi-VN")

            async def take(name: str) -> None:
                await page.wait_for_timeout(600)
                await page.screenshot(path=PICTURES / f"{name}.png")

            await journey(page, server, take)
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
