"""A Telegram for measuring: a fake Bot API on loopback, and turns pushed at a webhook, so many in flight.

A turn begins when its update is posted and ends when the bot's sendMessage for its chat has arrived. The fake API
takes everything, checks nothing, and answers ``round_trip`` seconds later.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import aiohttp
import orjson
from aiohttp import web

SECRET = "a-secret-for-measuring-only-0123456789abcdef"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATIENCE = 30.0
"""Seconds after which a turn counts as lost."""
ME = {"id": 4001, "is_bot": True, "first_name": "Đo", "username": "do_bot", "can_read_all_group_messages": False}


def token_of(account: str) -> str:
    """The token of a bot under measurement."""
    return f"{account}:a-token-for-measuring-only-0123456789"


Who = TypeVar("Who", int, str)


class Platform(ABC, Generic[Who]):
    """A platform that takes every message. ``expect`` says when the next one to somebody arrives."""

    def __init__(self) -> None:
        self.address = ""
        self._waiting: dict[Who, asyncio.Future[float]] = {}
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def routes(self) -> Sequence[web.RouteDef]:
        """Its calls."""

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=600, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    def expect(self, who: Who) -> asyncio.Future[float]:
        """When the next message to ``who`` arrives (``time.perf_counter``)."""
        future = self._waiting[who] = asyncio.get_running_loop().create_future()
        return future

    def arrived(self, who: Who) -> None:
        """A message to ``who`` is here."""
        future = self._waiting.pop(who, None)
        if future is not None and not future.done():
            future.set_result(time.perf_counter())


class FakeApi(Platform[int]):
    """The Bot API. ``connections``: how many were opened, by account (the number before the token's colon)."""

    def __init__(self) -> None:
        super().__init__()
        self.round_trip = 0.0
        self.connections: dict[str, set[object]] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        """Every method."""
        return [web.post("/bot{account}:{token}/{method}", self._call)]

    async def _call(self, request: web.Request) -> web.Response:
        opened = self.connections.setdefault(request.match_info["account"], set())
        if request.transport is not None:
            opened.add(request.transport.get_extra_info("peername"))
        asked = await _parameters(request)
        method = request.match_info["method"]
        result: Any = True
        if method == "getMe":
            result = ME
        elif method == "sendMessage":
            chat = int(asked["chat_id"])
            self.arrived(chat)
            result = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": asked["text"]}
        if self.round_trip:
            await asyncio.sleep(self.round_trip)
        return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = orjson.loads(await request.read())
        return found
    return dict(await request.post())


@dataclass(slots=True)
class Load:
    """What a load of turns took: seconds on the wall and, a turn each, from post to answer. ``lost`` had no answer."""

    wall: float = 0.0
    took: list[float] = field(default_factory=list)
    lost: int = 0

    def quantile(self, share: float) -> float:
        """Milliseconds under which this share of the turns was answered."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def push(api: FakeApi, hook: str, turns: Sequence[tuple[int, dict[str, Any]]], in_flight: int) -> Load:
    """Post every turn (chat, update), never more than ``in_flight`` unanswered."""
    load, left = Load(), iter(turns)
    headers = {"Content-Type": "application/json", SECRET_HEADER: SECRET}
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def one(chat: int, update: dict[str, Any]) -> None:
            answered = api.expect(chat)
            began = time.perf_counter()
            try:
                async with session.post(hook, data=orjson.dumps(update), headers=headers, timeout=patience) as reply:
                    taken = reply.status == 200
                arrived = await asyncio.wait_for(answered, PATIENCE if taken else 0)
            except (aiohttp.ClientError, TimeoutError):
                load.lost += 1
                return
            load.took.append(arrived - began)

        async def place() -> None:
            for chat, update in left:
                await one(chat, update)

        began = time.perf_counter()
        await asyncio.gather(*(place() for _ in range(in_flight)))
        load.wall = time.perf_counter() - began
    return load


def typed(number: int, chat: int, text: str) -> dict[str, Any]:
    """The update of a typed text."""
    message = {"message_id": 7, "from": _person(chat), "chat": _chat(chat), "date": int(time.time()), "text": text}
    return {"update_id": number, "message": message}


def pressed(number: int, chat: int, says: str) -> dict[str, Any]:
    """The update of a press, with the message that the button stands under."""
    markup = {
        "inline_keyboard": [[{"text": "Lệ phí", "callback_data": says}], [{"text": "Khác", "callback_data": "ask"}]]
    }
    under = {"message_id": 6, "from": ME, "chat": _chat(chat), "date": int(time.time()), "text": "Anh/chị cần biết gì?"}
    press = {
        "id": str(9_000_000_000 + number),
        "from": _person(chat),
        "chat_instance": str(chat),
        "message": {**under, "reply_markup": markup},
        "data": says,
    }
    return {"update_id": number, "callback_query": press}


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Người dân", "language_code": "vi"}


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "Người dân"}
