"""A file given out over HTTP."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from channels.web_page import HEADERS
from handlers.messages import Attachment

_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def download(file: Attachment) -> web.Response:
    """A download: never shown in the page's own place, whatever it holds."""
    name = re.sub(r"[^\w.() -]", "_", file.name).strip(". ") or "tep"
    plain = name.encode("ascii", "ignore").decode().strip(". ") or "tep"
    headers = {
        **HEADERS,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
    }
    known = _TYPE.fullmatch(file.type)
    return web.Response(
        body=file.content, content_type=file.type if known else "application/octet-stream", headers=headers
    )
