"""The web chat: a page of our own, messages in by POST, letters out by an event stream.

A browser is known by its cookie alone. The tables know only the cookie's hash, so whoever reads them cannot take over
a chat. Letters are never sent: they are committed, and the stream reads them (``pulled``).

    GET  /                          the page; sets the cookie
    POST /web/messages              {"id": UUID, "text": 1–4096 characters} → 202 {"id"} once it is stored
    GET  /web/events                the stream: message, echo, ready; resumes by Last-Event-ID or ?after=
    GET  /web/attachments/<seq>     a file that came with a letter of this chat
    POST /web/leave                 forget the cookie, on a machine that others use
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

import orjson
from aiohttp import web

from channels.channel import Accept, Letter, Limits, StorageFailing
from channels.download import download
from channels.web_address import Proxies
from channels.web_door import (
    COOKIE,
    KEPT,
    Bounds,
    Rates,
    Rejected,
    chat_id,
    check_origin,
    is_https,
    new_cookie,
    read_cookie,
)
from channels.web_page import ASSETS, HEADERS, Page
from channels.web_stream import Mailbox, Streams
from handlers.messages import Chat, Incoming

__all__ = ["Bounds", "Mailbox", "Web"]

log = logging.getLogger(__name__)
LONGEST_BODY = 32 * 1024
LONGEST_TEXT = 4096
REMEMBERED = 10_000
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_Handler = Callable[["Web", web.Request], Awaitable[web.StreamResponse]]


def _answered(handler: _Handler) -> _Handler:
    """Turn what is rejected into ``{"error", "say"}``."""

    @wraps(handler)
    async def answered(self: Web, request: web.Request) -> web.StreamResponse:
        try:
            return await handler(self, request)
        except Rejected as rejected:
            return self.rejection(rejected)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return self.rejection(Rejected(500, "broken"))

    return answered


class Web:
    """The web channel. ``account`` tells several desks of one database apart; ``monotonic`` counts seconds."""

    name = "web"
    pulled = True

    def __init__(
        self,
        accept: Accept,
        mailbox: Mailbox,
        now: Callable[[], datetime],
        say: Callable[[str], str],
        *,
        account: str,
        unit_name: Callable[[], str],
        phone: Callable[[], str | None] = lambda: None,
        demo: bool = False,
        secure: bool = False,
        bounds: Bounds | None = None,
        proxies: Proxies | None = None,
        beat: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bounds = bounds = bounds or Bounds()
        self.limits = Limits(text=LONGEST_TEXT)
        self._accept = accept
        self._mailbox = mailbox
        self._now = now
        self._say = say
        self._account = account
        self._unit_name = unit_name
        self._phone = phone
        self._secure = secure
        self._proxies = proxies or Proxies()
        self._page = Page(say, demo=demo)
        self._rates = Rates(bounds, monotonic)
        self._streams = Streams(mailbox, bounds, beat)
        self._echoed: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._receives = False
        self.counts: Counter[str] = Counter()

    def routes(self) -> Iterable[web.RouteDef]:
        """The page, its files and its API."""
        return [
            web.get("/", self._index),
            web.get(ASSETS + "{name}", self._page.asset),
            web.post("/web/messages", self._message),
            web.get("/web/events", self._events, allow_head=False),
            web.get(r"/web/attachments/{seq:\d{1,18}}", self._attachment),
            web.post("/web/leave", self._leave),
        ]

    async def start(self) -> None:
        """Take messages from now on."""
        self._receives = True

    async def stop(self) -> None:
        """Take no more, and end the streams within a second."""
        self._receives = False
        await self._streams.close()

    async def close(self) -> None:
        """Nothing to let go of: ``stop`` has ended the streams."""

    def ready(self) -> str | None:
        """None once started."""
        return None if self._receives else "not started"

    async def send(self, letter: Letter) -> None:
        """Never called: letters are read by the stream."""
        raise NotImplementedError("letters of the web chat are pulled")

    def arrived(self, letter: Letter) -> None:
        """Wake the open streams of the letter's chat."""
        self._streams.wake(str(letter.chat))

    async def typing(self, chat: str) -> None:
        """Nothing: the page shows by itself that it waits for an answer."""

    @property
    def listening(self) -> int:
        """How many event streams are open."""
        return self._streams.count

    # --- the page -----------------------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.Response:
        body = self._page.html(self._unit_name(), self._phone())
        response = web.Response(body=body, content_type="text/html", charset="utf-8", headers=HEADERS)
        self._set_cookie(request, response, read_cookie(request) or new_cookie(), KEPT)
        return response

    @_answered
    async def _leave(self, request: web.Request) -> web.Response:
        check_origin(request)
        response = web.Response(status=204, headers=HEADERS)
        self._set_cookie(request, response, "", 0)
        return response

    def _set_cookie(self, request: web.Request, response: web.Response, value: str, seconds: int) -> None:
        secure = self._secure or is_https(request)
        response.set_cookie(COOKIE, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=secure)

    # --- what is said -------------------------------------------------------------------------------------------------

    @_answered
    async def _message(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json" or request.headers.get("Content-Encoding"):
            raise Rejected(415, "not_json")
        chat = self._chat(request)
        self._rates.message(chat.id)
        id, text = _read(await _body(request, self._bounds.body))
        at = self._now()
        try:
            await self._accept([Incoming(chat, id, text, at, origin=self._proxies.address_of(request))])
        except StorageFailing as failing:
            raise Rejected(503, "storage", after=5) from failing
        self._echo(chat, id, text, at)
        return _json(202, {"id": id})

    def _chat(self, request: web.Request) -> Chat:
        """Whose request it is. Raises Rejected for another site's page, without a cookie, and where there are many."""
        if not self._receives:
            raise Rejected(503, "stopping", after=5)
        check_origin(request)
        cookie = read_cookie(request)
        if cookie is None:
            raise Rejected(400, "no_chat")
        chat = Chat(self.name, self._account, chat_id(cookie))
        self._rates.visit(self._proxies.address_of(request), chat.id)
        return chat

    def _echo(self, chat: Chat, id: str, text: str, at: datetime) -> None:
        key = (chat.id, id)
        if key in self._echoed:
            return
        self._echoed[key] = None
        if len(self._echoed) > REMEMBERED:
            self._echoed.popitem(last=False)
        self._streams.echo(str(chat), id, text, at.isoformat())

    # --- what is answered ---------------------------------------------------------------------------------------------

    @_answered
    async def _events(self, request: web.Request) -> web.StreamResponse:
        chat = self._chat(request)
        given = (request.headers.get("Last-Event-ID"), request.query.get("after"))
        # the page's ?after= is as old as its connection; a header of the browser's own is newer
        after = max((int(seq) for seq in given if seq and re.fullmatch(r"[0-9]{1,18}", seq)), default=None)
        return await self._streams.serve(request, str(chat), after)

    @_answered
    async def _attachment(self, request: web.Request) -> web.Response:
        chat, seq = self._chat(request), int(request.match_info["seq"])
        found = await self._mailbox.letters_after(str(chat), seq - 1, 1)
        if not found or found[0].seq != seq or found[0].attachment is None:
            raise Rejected(404, "no_file")
        return download(found[0].attachment)

    def rejection(self, rejected: Rejected) -> web.Response:
        """``{"error", "say"}``: a word for programs, a sentence for the citizen."""
        response = _json(rejected.status, {"error": rejected.error, "say": self._say(f"web.error.{rejected.error}")})
        if rejected.after is not None:
            response.headers["Retry-After"] = str(rejected.after)
        return response


async def _body(request: web.Request, seconds: float) -> bytes:
    """The body, never more than the limit of it. Raises Rejected."""
    if (request.content_length or 0) > LONGEST_BODY:
        raise Rejected(413, "too_long")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise Rejected(413, "too_long")
    except TimeoutError as slow:
        raise Rejected(408, "too_slow") from slow
    return bytes(body)


def _read(body: bytes) -> tuple[str, str]:
    """The id in canonical form and the text. Raises Rejected; orjson itself refuses deep nesting and bad UTF-8."""
    try:
        message: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(400, "bad_json") from error
    if not isinstance(message, dict):
        raise Rejected(400, "bad_json")
    id, text = message.get("id"), message.get("text")
    if not isinstance(id, str) or not _UUID.fullmatch(id.lower()):
        raise Rejected(400, "bad_id")
    if not isinstance(text, str) or not text:
        raise Rejected(400, "no_text")
    if len(text) > LONGEST_TEXT:
        raise Rejected(400, "long_text")
    return id.lower(), text


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json", headers=HEADERS)
