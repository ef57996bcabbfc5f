"""The token comes out nowhere: no log line, no error and its chain, no repr, whatever the network does."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable
from typing import Any

import pytest
from telegram.error import TelegramError

from channels.telegram_request import AiohttpRequest, Lost, NotSent
from emulators.telegram import Fault, TelegramEmulator
from handlers.messages import Attachment
from tests.telegram_channel import SECRET, Rude, Store, channel, letter

CANARY = "8675309:AAcanary_canary-canary_canary"
FORMS = (CANARY, CANARY.replace(":", "%3A"), CANARY.partition(":")[2])


RUDE = [
    (200, "<p>PATH</p>", "text/html"),
    (200, '{"ok": true, "say": "PATH"}', "application/json"),
    (302, "PATH", "text/plain"),
    (400, '{"ok": false, "description": "Bad Request: PATH QUOTED"}', "application/json"),
    (401, '{"ok": false, "description": "Unauthorized PATH"}', "application/json"),
    (403, "<p>PATH is forbidden here</p>", "text/html"),
    (404, "<p>PATH not found</p>", "text/html"),
    (409, '{"ok": false, "description": "Conflict: PATH"}', "application/json"),
    (413, "PATH", "text/plain"),
    (429, '{"ok": false, "description": "PATH", "parameters": {"retry_after": 0.01}}', "application/json"),
    (500, '{"ok": false, "description": "PATH", "parameters": {"x": "PATH"}}', "application/json"),
    (502, "<p>PATH</p>", "text/html"),
]


async def exercise(base_url: str, seen: list[str], **more: Any) -> None:
    """Start, receive for a moment, send, stop; all that is raised is written to ``seen``, with its whole chain."""
    made = channel(base_url, Store(), token=CANARY, **more)
    seen += [repr(made), str(made.bot), repr(made.bot), repr(vars(made))]

    async def tried(work: Awaitable[Any]) -> None:
        try:
            await work
        except Exception as error:
            link: BaseException | None = error
            while link is not None:
                seen.extend((str(link), repr(link), "".join(traceback.format_exception(link))))
                link = link.__cause__ or link.__context__

    await tried(made.start())
    await asyncio.sleep(0.05)
    await tried(made.send(letter()))
    await tried(made.send(letter(attachment=Attachment("a.txt", "text/plain", b"x"))))
    await tried(made.bot.set_my_commands([("menu", "Về đầu")]))
    await tried(made.bot.initialize())
    await tried(made.typing("7"))
    seen += [str(made.ready()), repr(made.counts), repr(made._receiving)]
    await made.stop()
    await made.close()


@pytest.mark.parametrize(("status", "body", "content_type"), RUDE, ids=[f"{row[0]} {row[2]}" for row in RUDE])
async def test_the_token_is_nowhere(
    caplog: pytest.LogCaptureFixture, status: int, body: str, content_type: str
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    async with Rude(status, body, content_type) as base_url:
        await exercise(base_url, seen)
    _nowhere(seen, caplog)


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9", "http://no-such-host.invalid", "https://127.0.0.1:9", "http://[::1]:9"]
)
async def test_the_token_is_nowhere_without_a_network(caplog: pytest.LogCaptureFixture, base_url: str) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    await exercise(base_url, seen, mode="webhook", secret=SECRET, webhook_url="https://mc.example.vn")
    _nowhere(seen, caplog)


async def test_the_token_is_nowhere_when_nobody_picks_up() -> None:
    # aiohttp names the whole address when a connection takes too long
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for caller in (first, second):
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        request = AiohttpRequest(f"http://127.0.0.1:{deaf.getsockname()[1]}", CANARY)
        await request.initialize()
        with pytest.raises(TelegramError) as caught:
            await request.call("getMe", {}, patience=0.2)
        await request.shutdown()
    link: BaseException | None = caught.value
    assert isinstance(link, NotSent | Lost)  # which of the two is up to how the system queues callers
    while link is not None:
        assert not any(form in repr(link) + str(link) for form in FORMS)
        link = link.__cause__ or link.__context__


async def test_the_token_is_nowhere_when_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "telegram.Bot", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    seen: list[str] = []
    async with TelegramEmulator(token=CANARY) as server:
        server.say(7, "điều riêng tư")
        server.faults.next("sendMessage", Fault.LOST)
        await exercise(server.base_url, seen)
        await exercise(server.base_url, seen, mode="webhook", secret=SECRET, webhook_url="http://127.0.0.1:9")
        assert server.updates.hook is not None
        assert server.updates.hook.secret == SECRET
    _nowhere(seen, caplog)
    assert "receiving as @motcua_thu_bot" in caplog.text
    # nor what citizens write and read, nor the webhook's secret
    assert "điều riêng tư" not in caplog.text
    assert "chào anh/chị" not in caplog.text
    assert SECRET not in caplog.text


def _nowhere(seen: list[str], caplog: pytest.LogCaptureFixture) -> None:
    logged = [record.getMessage() + repr(record.args) + str(record.exc_text) for record in caplog.records]
    for text in (*seen, *logged, caplog.text):
        for form in FORMS:
            assert form not in text
