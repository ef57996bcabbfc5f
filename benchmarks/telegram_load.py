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
from urllib.parse import parse_qsl

import orjson

from benchmarks import wire

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
    """A platform that takes every message. ``expect`` says when the next one to somebody arrives.

    ``round_trip``: seconds after which it answers.
    """

    def __init__(self) -> None:
        self.address = ""
        self.round_trip = 0.0
        self._waiting: dict[Who, asyncio.Future[float]] = {}
        self._server: asyncio.Server | None = None

    @abstractmethod
    def told(self, path: str, body: bytes, peer: object) -> bytes:
        """What it answers to a call, as JSON."""

    async def start(self) -> None:
        """Listen on a free port."""
        self._server, self.address = await wire.serve(lambda *asked: (self.told(*asked), self.round_trip))

    async def stop(self) -> None:
        """Close."""
        if self._server is not None:
            self._server.close()

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
        self.connections: dict[str, set[object]] = {}

    def told(self, path: str, body: bytes, peer: object) -> bytes:
        """Every method."""
        token, _, method = path.removeprefix("/bot").partition("/")
        self.connections.setdefault(token.partition(":")[0], set()).add(peer)
        result: Any = True
        if method == "getMe":
            result = ME
        elif method == "sendMessage":
            asked = _parameters(body)
            chat = int(asked["chat_id"])
            self.arrived(chat)
            result = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": asked["text"]}
        return orjson.dumps({"ok": True, "result": result})


def _parameters(body: bytes) -> dict[str, Any]:
    """Of JSON, or of a form as the stock bot posts it."""
    return orjson.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode(), keep_blank_values=True))


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
    load, left, client = Load(), iter(turns), wire.Client(hook)
    headers = ((SECRET_HEADER, SECRET),)

    async def one(chat: int, update: dict[str, Any]) -> None:
        answered = api.expect(chat)
        began = time.perf_counter()
        try:
            taken = await client.post(orjson.dumps(update), headers, PATIENCE) == 200
            arrived = await asyncio.wait_for(answered, PATIENCE if taken else 0)
        except (OSError, TimeoutError):
            load.lost += 1
            return
        load.took.append(arrived - began)

    async def place() -> None:
        for chat, update in left:
            await one(chat, update)

    began = time.perf_counter()
    await asyncio.gather(*(place() for _ in range(in_flight)))
    load.wall = time.perf_counter() - began
    client.close()
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
