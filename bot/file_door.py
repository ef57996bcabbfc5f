"""Where links to files lead: a page with one button, and the file behind it.

The page comes first because chats fetch what is linked in them, to show what it looks like: that must neither read a
digest nor count as an official's reading.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import logging
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from aiohttp import web
from sqlalchemy import Connection, select

from bot.app import App
from bot.engine import effects
from bot.file_links import PATH
from channels.download import download
from channels.web_page import HEADERS
from handlers.desk import Wanted
from handlers.effects import Audited, Locked
from handlers.messages import Chat
from handlers.officials import filing
from handlers.texts import filing as texts
from storage.tables import officials

log = logging.getLogger(__name__)
AT_ONCE = 2
"""Files made at the same time: whoever opens a link again and again waits for themselves, nobody else for them."""
STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1.25rem;color:#1b2733;"
    "background:#fff}h1{font-size:1.4rem}a{display:block;padding:.9rem;border-radius:.6rem;background:#0b57a4;"
    "color:#fff;font-weight:600;text-align:center;text-decoration:none}p{margin:1rem 0}"
)
_STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}


class FileDoor:
    """For one ``App``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._making = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> Iterable[web.RouteDef]:
        """The page of a link, and one step below it the file."""
        if self._app.links is None:
            return []
        return [web.get(PATH, self._page), web.get(f"{PATH}/{{name}}", self._file, allow_head=False)]

    async def _page(self, request: web.Request) -> web.Response:
        found = await self._found(request)
        if found is None:
            return _shown(404, _said(texts.page_gone()))
        wanted, _ = found
        # The name comes last in the address: some browsers save a file under it whatever the headers say.
        address = f"{request.rel_url.raw_path.rstrip('/')}/bao-cao.{wanted.file.ending}"
        button = f'<a rel="nofollow" href="{html.escape(address)}">{html.escape(texts.page_button())}</a>'
        return _shown(200, _said(texts.page_ready(wanted.file.ending)), button, _said(texts.page_lives(wanted.until)))

    async def _file(self, request: web.Request) -> web.Response:
        found = await self._found(request)
        if found is None:
            return _shown(404, _said(texts.page_gone()))
        wanted, chat = found
        try:
            async with self._making:
                made = await filing.opened(self._app.desk(chat), wanted)
                if made is None or not await self._app.write(partial(_note, wanted, made[1], self._now()), "a file"):
                    return _shown(404, _said(texts.page_gone()))
        except Exception:
            log.exception("a file behind a link could not be made")
            return _shown(503, _said(texts.page_failed()))
        return download(made[0])

    def _now(self) -> datetime:
        return self._app.clock.now()

    async def _found(self, request: web.Request) -> tuple[Wanted, Chat] | None:
        """What the address opens now, and the chat of its official."""
        assert self._app.links is not None
        wanted = self._app.links.read(request.match_info)
        if wanted is None or self._now() >= wanted.until:
            return None
        in_office = (officials.c.id == wanted.official, officials.c.revoked_at.is_(None))
        query = select(officials.c.chat).where(*in_office)
        chat = await self._app.database.read(lambda connection: connection.execute(query).scalar())
        return None if chat is None else (wanted, Chat.parse(chat))


def _note(wanted: Wanted, read: Sequence[Audited | Locked], at: datetime, connection: Connection) -> bool:
    """Write the reading down, unless the role was taken back meanwhile: no file goes out that stands nowhere."""
    in_office = (officials.c.id == wanted.official, officials.c.revoked_at.is_(None))
    if connection.execute(select(officials.c.id).where(*in_office)).first() is None:
        return False
    for effect in read:
        effects.note(connection, at, effect)
    return True


def _said(sentence: str) -> str:
    return f"<p>{html.escape(sentence)}</p>"


def _shown(status: int, *parts: str) -> web.Response:
    title = html.escape(texts.page_title())
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    body = f'<!doctype html><html lang="vi"><head>{head}<title>{title}</title><style>{STYLE}</style></head><body>'
    return web.Response(
        status=status,
        text=f"{body}<h1>{title}</h1>{''.join(parts)}</body></html>",
        content_type="text/html",
        headers=PAGE_HEADERS,
    )
