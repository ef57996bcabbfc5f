"""The emulator's page: a phone on which to chat by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import orjson
from aiohttp import web

from emulators.telegram_world import World

PAGE = Path(__file__).parent / "telegram_page"
_FILES = {"phone.js": "text/javascript", "phone.css": "text/css"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


class People(Protocol):
    """What the page does to the emulator."""

    @property
    def world(self) -> World:
        """What there is."""
        ...

    def say(self, chat: int, text: str, **more: Any) -> int: ...

    def photo(self, chat: int, caption: str = "") -> int: ...

    def voice(self, chat: int) -> int: ...

    def press_data(self, chat: int, message_id: int, data: str, by: int | None = None) -> int: ...

    def block(self, chat: int, blocked: bool = True) -> int: ...


class Phone:
    """``/`` and ``/phone/…``."""

    def __init__(self, people: People) -> None:
        self._people = people

    def routes(self) -> Iterable[web.RouteDef]:
        """The page, its files and its calls."""
        return [
            web.get("/", self._page),
            web.get("/phone/{file:phone\\.(?:js|css)}", self._file),
            web.get("/phone/seen", self._seen),
            web.post("/phone/act", self._act),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        body = (PAGE / "index.html").read_bytes()
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        return web.Response(body=(PAGE / name).read_bytes(), content_type=_FILES[name], charset="utf-8")

    async def _seen(self, request: web.Request) -> web.Response:
        room = self._people.world.room(_chat(request.query.get("chat", "")))
        commands = self._people.world.commands
        told = {"name": room.name, "blocked": room.blocked, "seen": room.seen, "commands": commands}
        return web.json_response(body=orjson.dumps(told))

    async def _act(self, request: web.Request) -> web.Response:
        # A page elsewhere cannot send this type without asking, and it is not allowed to.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            asked = orjson.loads(await request.read())
            chat = _chat(str(asked["chat"]))
            match asked["do"]:
                case "say":
                    self._people.say(chat, str(asked["text"])[:4096])
                case "press":
                    self._people.press_data(chat, int(asked["message"]), str(asked["data"]))
                case "photo":
                    self._people.photo(chat)
                case "voice":
                    self._people.voice(chat)
                case "block":
                    self._people.block(chat, not self._people.world.room(chat).blocked)
                case _:
                    raise web.HTTPBadRequest
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest from None
        return web.Response(status=204)


def _chat(text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise web.HTTPBadRequest
    return int(text)
