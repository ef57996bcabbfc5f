"""The chat page and its files: read once, given out with their hash in the name, nothing from anywhere else."""

from __future__ import annotations

import gzip
import hashlib
import html
import re
from collections.abc import Callable
from pathlib import Path

from aiohttp import web
from msgspec import Struct

FOLDER = Path(__file__).with_name("web_chat")
ASSETS = "/web/assets/"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_SENTENCE = re.compile(r"\{\{([a-z_.]+)\}\}")
_ASSET = re.compile(r"\[\[([a-z.]+)\]\]")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Asset(Struct, frozen=True):
    """A file of the page, as it is and compressed."""

    type: str
    body: bytes
    packed: bytes


class Page:
    """``say`` gives the sentence under a key of ``locales/<language>/web.po``; an unknown key raises at once."""

    def __init__(self, say: Callable[[str], str], *, demo: bool) -> None:
        self._assets: dict[str, Asset] = {}
        names = {file.name: self._load(file) for file in sorted(FOLDER.iterdir()) if file.suffix in _TYPES}
        text = _section((FOLDER / "index.html").read_text("utf-8"), "demo", demo)
        text = _ASSET.sub(lambda found: ASSETS + names[found[1]], text)
        self._text = _SENTENCE.sub(lambda found: html.escape(say(found[1])), text)
        self._last: tuple[tuple[str, str | None], bytes] | None = None

    def _load(self, file: Path) -> str:
        body = file.read_bytes()
        name = f"{file.stem}.{hashlib.sha256(body).hexdigest()[:12]}{file.suffix}"
        self._assets[name] = Asset(_TYPES[file.suffix], body, gzip.compress(body, mtime=0))
        return name

    def html(self, unit: str, phone: str | None) -> bytes:
        """The page of a desk; ``phone`` None: no number is shown."""
        key = (unit, phone)
        if self._last is None or self._last[0] != key:
            text = _section(self._text, "phone", phone is not None)
            values = {"{unit}": unit, "{phone}": phone or "", "{dial}": re.sub(r"[^+0-9]", "", phone or "")}
            filled = re.sub(r"\{(?:unit|phone|dial)\}", lambda found: html.escape(values[found[0]]), text)
            self._last = (key, filled.encode())
        return self._last[1]

    async def asset(self, request: web.Request) -> web.Response:
        """A file by its name with its hash: it never changes, so it is kept for a year."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            return web.Response(status=404, headers=HEADERS)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = asset.packed if packed else asset.body
        return web.Response(body=body, content_type=asset.type, charset="utf-8", headers=headers)


def _section(text: str, name: str, kept: bool) -> str:
    """``<!--name-->…<!--/name-->`` with its content, or without."""
    section = re.compile(rf"<!--{name}-->(.*?)<!--/{name}-->", re.DOTALL)
    return section.sub(lambda found: found[1] if kept else "", text)
