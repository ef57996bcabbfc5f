"""A Telegram for measuring: a fake Bot API on loopback, and turns pushed at a webhook, so many in flight.

A turn begins when its update is posted and ends when the bot's sendMessage for its chat has arrived. The fake API
takes everything, checks nothing, and answers ``round_trip`` seconds later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from benchmarks import wire
from benchmarks.load import PATIENCE, Load, Platform, so_many

SECRET = "a-secret-for-measuring-only-0123456789abcdef"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ME = {"id": 4001, "is_bot": True, "first_name": "Đo", "username": "do_bot", "can_read_all_group_messages": False}


def token_of(account: str) -> str:
    """The token of a bot under measurement."""
    return f"{account}:a-token-for-measuring-only-0123456789"


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


async def push(api: FakeApi, hook: str, turns: Sequence[tuple[int, dict[str, Any]]], in_flight: int) -> Load:
    """Post every turn (chat, update), never more than ``in_flight`` unanswered."""
    client = wire.Client(hook)

    async def post(update: dict[str, Any]) -> bool:
        return await client.post(orjson.dumps(update), ((SECRET_HEADER, SECRET),), PATIENCE) == 200

    load = await so_many(api, turns, post, in_flight)
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
