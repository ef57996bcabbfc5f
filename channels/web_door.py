"""Who is at the web chat's door: the cookie, the origin, and how much they may ask of us."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web
from msgspec import Struct

COOKIE = "motcua_chat"
KEPT = 90 * 24 * 3600
"""Seconds the cookie is kept after the last visit: as long as a proof of a dossier holds."""
_COOKIE = re.compile(r"[A-Za-z0-9_-]{22}")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Rejected(Exception):
    """The request is not carried out: the HTTP status, a code for programs, the key of a sentence for the citizen."""

    def __init__(self, status: int, error: str, *, after: int | None = None) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error
        self.after = after


class Bounds(Struct, frozen=True):
    """How much one chat, one address and all together may ask; windows are seconds. ``visits``: chats remembered over
    all addresses, at most some sixty megabytes.

    Whole villages share one address behind a mobile operator, so that bound is there for floods only.
    """

    messages: int = 60
    window: float = 10.0
    chats_per_address: int = 1000
    chats_window: float = 600.0
    visits: int = 100_000
    streams_per_chat: int = 8
    streams: int = 5000
    body: float = 10.0
    """In which a message must have come in."""


def new_cookie() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def read_cookie(request: web.Request) -> str | None:
    """The chat's cookie; None where there is none or it is not one of ours."""
    value = request.cookies.get(COOKIE, "")
    return value if _COOKIE.fullmatch(value) else None


def chat_id(cookie: str) -> str:
    """What the tables know the chat by: whoever reads them cannot make the cookie from it."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def is_https(request: web.Request) -> bool:
    """Whether the citizen's browser speaks https, to us or to the proxy before us."""
    return request.scheme == "https" or _last(request.headers.get("X-Forwarded-Proto")) == "https"


def check_origin(request: web.Request) -> None:
    """Raises Rejected where another site's page is asking. A browser cannot be made to forge these headers."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Rejected(403, "foreign")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    hosts = (request.headers.get("Host"), _last(request.headers.get("X-Forwarded-Host")))
    if _place(origin) not in (host.lower() for host in hosts if host):
        raise Rejected(403, "foreign")


def _place(origin: str) -> str:
    """``host[:port]`` as the Host header has it; empty for "null" and for what is no origin."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, " "))


def _last(header: str | None) -> str:
    return (header or "").rpartition(",")[2].strip()


class Rates:
    """Counts by chat and by address, in memory; ``monotonic`` in seconds. Only what is recent is held."""

    def __init__(self, bounds: Bounds, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._monotonic = monotonic
        self._said: OrderedDict[str, deque[float]] = OrderedDict()
        self._known: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()
        self._visits = 0

    def message(self, chat: str) -> None:
        """One more message. Raises Rejected where the chat sends too many."""
        now = self._monotonic()
        oldest = now - self._bounds.window
        while self._said and next(iter(self._said.values()))[-1] <= oldest:
            self._said.popitem(last=False)
        said = self._said.setdefault(chat, deque(maxlen=self._bounds.messages))
        if len(said) == self._bounds.messages and said[0] > oldest:
            raise Rejected(429, "too_fast", after=max(1, round(said[0] - oldest)))
        said.append(now)
        self._said.move_to_end(chat)

    def visit(self, address: str | None, chat: str) -> None:
        """A chat speaks from an address. Raises Rejected where too many others just did so for the first time."""
        if address is None:
            return
        now = self._monotonic()
        known = self._known.setdefault(address, OrderedDict())
        self._known.move_to_end(address)
        while known and next(iter(known.values())) <= now - self._bounds.chats_window:
            known.popitem(last=False)
            self._visits -= 1
        if chat not in known:
            if len(known) >= self._bounds.chats_per_address:
                raise Rejected(429, "crowded", after=60)
            self._visits += 1
        known[chat] = now
        known.move_to_end(chat)
        while self._visits > self._bounds.visits and len(self._known) > 1:
            self._visits -= len(self._known.popitem(last=False)[1])
