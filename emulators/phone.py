"""A page with a phone on which to chat by hand; each emulator says what it shows and what can be done on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

FOLDER = Path(__file__).parent / "phone_page"
_FILES = {"js": "text/javascript", "css": "text/css"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


class Phone(ABC):
    """``/`` and ``/phone/…``. ``name``: the channel, whose page and script stand beside the common ones."""

    name: str

    def routes(self) -> Iterable[web.RouteDef]:
        """The page, its files and its calls."""
        return [
            web.get("/", self._page),
            web.get(rf"/phone/{{file:phone\.(?:js|css)|{self.name}\.js}}", self._file),
            web.get("/phone/seen", self._seen),
            web.post("/phone/act", self._act),
        ]

    @abstractmethod
    def seen(self, who: str) -> Mapping[str, Any]:
        """What this person's phone shows: ``seen``, ``blocked`` and what the channel's script knows of. Raises
        ValueError for nobody."""

    @abstractmethod
    async def act(self, who: str, asked: Mapping[str, Any]) -> None:
        """Carry out ``asked["do"]``. Raises ValueError, KeyError or TypeError for what cannot be done."""

    async def _page(self, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        body = (FOLDER / f"{self.name}.html").read_bytes()
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        kind = _FILES[name.rpartition(".")[2]]
        return web.Response(body=(FOLDER / name).read_bytes(), content_type=kind, charset="utf-8")

    async def _seen(self, request: web.Request) -> web.Response:
        try:
            told = self.seen(request.query.get("who", ""))
        except ValueError:
            raise web.HTTPBadRequest from None
        return web.json_response(body=orjson.dumps(told))

    async def _act(self, request: web.Request) -> web.Response:
        # A page elsewhere cannot send this type without asking, and it is not allowed to.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            asked = orjson.loads(await request.read())
            await self.act(str(asked["who"]), asked)
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest from None
        return web.Response(status=204)
