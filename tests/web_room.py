"""The web chat in a real browser: one room is a site with its browser, and what a test reads off the page."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from handlers.messages import Chat, Choice, Incoming, Outgoing
from tests.patience import PATIENCE
from tests.web_engine import FIVE, Engine, Site

playwright = pytest.importorskip("playwright.async_api")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BIRTH = Outgoing(
    "Làm khai sinh cho con, anh/chị mang:\n1. Giấy chứng sinh\n2. Căn cước của cha hoặc mẹ\nKhông mất tiền.",
    (Choice("Nộp ở đâu", "noi 1.001193"), Choice("Không có giấy chứng sinh", "khong 1.001193")),
)


def desk(incoming: Incoming) -> Sequence[Outgoing]:
    match incoming.text:
        case "khai sinh":
            return [BIRTH]
        case "noi 1.001193" | "1":
            return [Outgoing("Nộp ở quầy một cửa."), Outgoing("Anh/chị thấy sao?", FIVE)]
        case "dài":
            return [Outgoing("\n".join(f"dòng {n}" for n in range(1, 61)), BIRTH.choices)]
        case text:
            return [Outgoing(f"Máy nghe: {text}")]


class Room:
    """One browser with one site; ``trouble`` collects what the page should never do."""

    def __init__(self, browser: Any, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.engine = site.engine
        self.trouble: list[str] = []
        self.asked: list[str] = []

    async def opens(self, context: Any = None, now: str | None = None, at: str = "", **settings: Any) -> Any:
        context = context or await self.browser.new_context(locale="vi-VN", **settings)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        if now is not None:
            await page.clock.set_fixed_time(now)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.trouble.append(f"dialog: {dialog.message}"))
        page.on("console", self._console)
        page.on("request", lambda request: self.asked.append(request.url))
        await page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective))"
        )
        await page.goto(self.site.url + at)
        await page.wait_for_function("() => document.getElementById('log').ariaLive === 'polite'")
        return page

    def _console(self, message: Any) -> None:
        # a server that is down is part of some stories; everything else is a fault of the page
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.trouble.append(message.text)

    @property
    def chat(self) -> Chat:
        return self.engine.accepted[-1].chat


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """A browser without a window."""
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS, timeout=PATIENCE * 1000
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def rooms(browser: Any) -> AsyncIterator[Callable[..., Awaitable[Room]]]:
    """Makes rooms; at the end no page may have done what it should not."""
    made: list[Room] = []

    async def make(**settings: Any) -> Room:
        made.append(Room(browser, await Site(Engine(desk), **settings).start()))
        return made[-1]

    yield make
    for context in browser.contexts:
        await context.close()
    for room in made:
        await room.site.stop()
        assert room.trouble == []


async def said(page: Any) -> list[str]:
    """Everything in the log, own words with "Anh/chị: " before them, as a screen reader has it."""
    texts: list[str] = await page.locator("#log .text").all_text_contents()
    return texts


async def say(page: Any, text: str) -> None:
    await page.fill("#words", text)
    await page.press("#words", "Enter")


async def focused(page: Any) -> str:
    found: str = await page.evaluate("document.activeElement.id || document.activeElement.textContent")
    return found


async def until(page: Any, *texts: str) -> None:
    """Until the log holds exactly these."""
    await page.wait_for_function(
        "(want) => JSON.stringify([...document.querySelectorAll('#log .text')].map((e) => e.textContent)) === want",
        arg=json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
    )


ASKED = "Anh/chị: khai sinh"
TOLD = "Máy: " + BIRTH.text
