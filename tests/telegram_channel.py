"""What the tests of Telegram's channel share: an inbox that fails when told to, a server that answers in one way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from channels.channel import Letter, StorageFailing
from channels.telegram import Telegram
from emulators.telegram import TOKEN
from handlers.messages import Chat, Incoming, Purpose
from tests.patience import PATIENCE

ACCOUNT = TOKEN.partition(":")[0]
SECRET = "s" * 20 + "_-" + "S3cr3t" * 3
NOWHERE = "http://127.0.0.1:9"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Store:
    """Stands for the inbox: keeps what is accepted, each id once, and fails when told to."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Incoming] = {}
        self.batches: list[int] = []
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def accept(self, messages: Sequence[Incoming]) -> None:
        self.batches.append(len(messages))
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise StorageFailing
        for message in messages:
            self.rows.setdefault((str(message.chat), message.id), message)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.rows.values()]


def letter(text: str = "chào anh/chị", chat: int = 7, seq: int = 1, **more: Any) -> Letter:
    values: dict[str, Any] = {"choices": (), "attachment": None, "purpose": Purpose.ANSWER, **more}
    return Letter(Chat("telegram", ACCOUNT, str(chat)), seq, "u1", text=text, made_at=NOON, **values)


def channel(base_url: str, store: Store, **more: Any) -> Telegram:
    values: dict[str, Any] = {"token": TOKEN, "now": lambda: NOON, "first_pause": 0.01, **more}
    return Telegram(values.pop("token"), store.accept, base_url=base_url, **values)


@asynccontextmanager
async def running(made: Telegram, *, ready: bool = True) -> AsyncIterator[Telegram]:
    await made.start()
    try:
        if ready:
            await until(lambda: made.ready() is None)
        yield made
    finally:
        await made.stop()
        await made.close()


async def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Rude:
    """A server, or a proxy, that answers everything in one way and shows the address asked for."""

    def __init__(self, status: int, body: str, content_type: str) -> None:
        self._answer = (status, body, content_type)
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        status, body, content_type = self._answer
        headers = {"Location": f"/elsewhere{request.path}"}
        shown = body.replace("PATH", request.path).replace("QUOTED", request.path.replace(":", "%3A"))
        return web.Response(status=status, text=shown, content_type=content_type, headers=headers)
