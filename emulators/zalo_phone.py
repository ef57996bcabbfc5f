"""The emulator's page: a phone on which to chat "on Zalo" by hand, and the clock and the console beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson
from aiohttp import web

from emulators.zalo_hooks import Event, Hooks
from emulators.zalo_world import Button, Person, World

PAGE = Path(__file__).parent / "zalo_page"
_FILES = {"phone.js": "text/javascript", "phone.css": "text/css"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


class People(Protocol):
    """What the page does to the emulator."""

    @property
    def world(self) -> World:
        """What there is."""
        ...

    @property
    def hooks(self) -> Hooks:
        """Where events go."""
        ...

    def person(self, user: str, name: str = "") -> Person: ...

    def say(self, user: str, text: str, *, shown: bool = True) -> Event: ...

    def tap_button(self, user: str, button: Button) -> Event: ...

    def send(self, user: str, kind: str, payload: Mapping[str, Any] | None = None, text: str = "") -> Event: ...

    def follow(self, user: str, follows: bool = True) -> Event: ...

    def block(self, user: str, blocked: bool = True) -> None: ...

    def official(self, user: str, text: str, *, named: bool = True) -> Event: ...


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
        person = self._people.person(_user(request.query.get("user", "")))
        told = {
            "follows": person.follows,
            "blocked": person.blocked,
            "seen": person.seen,
            "url": self._people.hooks.url,
            "enabled": self._people.hooks.enabled,
            "waiting": self._people.hooks.waiting,
            "now": int(self._people.world.clock.now() * 1000),
        }
        return web.json_response(body=orjson.dumps(told))

    async def _act(self, request: web.Request) -> web.Response:
        # A page elsewhere cannot send this type without asking, and it is not allowed to.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            asked = orjson.loads(await request.read())
            await self._do(_user(str(asked["user"])), asked)
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest from None
        return web.Response(status=204)

    async def _do(self, user: str, asked: Mapping[str, Any]) -> None:
        people = self._people
        match asked["do"]:
            case "say":
                people.say(user, str(asked["text"])[:2000])
            case "tap":
                people.tap_button(user, Button(str(asked["label"]), str(asked["type"]), asked["data"]))
            case "image" | "sticker" | "location" | "audio" as kind:
                people.send(user, kind)
            case "follow":
                people.follow(user, not people.person(user).follows)
            case "block":
                people.block(user, not people.person(user).blocked)
            case "official":
                people.official(user, str(asked["text"])[:2000])
            case "wait":
                people.world.clock.move(float(asked["hours"]) * 3600)
            case "save":
                if await people.hooks.save(str(asked["url"])) != 200:
                    raise ValueError("the webhook did not answer 200")
            case _:
                raise web.HTTPBadRequest


def _user(text: str) -> str:
    if not text.isascii() or not text.isdecimal():
        raise web.HTTPBadRequest
    return text
