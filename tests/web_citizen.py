"""A citizen of the web chat, as a program: one cookie, its messages and its streams."""

from __future__ import annotations

import asyncio
import json
import uuid
from http.cookies import SimpleCookie
from typing import Any

import aiohttp

from channels.web_door import chat_id
from handlers.messages import Chat
from tests.patience import PATIENCE
from tests.web_engine import Site

JSON = {"Content-Type": "application/json"}
GOOD = {"id": "0b9f7c1e-6f63-4a2e-9d4f-3c2f6f0d8a11", "text": "làm khai sinh"}


class Citizen:
    """One browser: it has opened the page and has its cookie."""

    def __init__(self, site: Site, cookie: str, session: aiohttp.ClientSession) -> None:
        self.site = site
        self.cookie = cookie
        self.session = session
        self.chat = Chat("web", "H99.07", chat_id(cookie))
        self.headers = {"Cookie": f"motcua_chat={cookie}"}

    async def post(self, body: Any, **headers: str) -> tuple[int, Any, Any]:
        """A POST of JSON, or of bytes as they are: status, body, headers."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = self.site.url + "/web/messages"
        async with self.session.post(url, data=data, headers={**self.headers, **JSON, **headers}) as reply:
            return reply.status, json.loads(await reply.read()), reply.headers

    async def says(self, text: str) -> str:
        id = str(uuid.uuid4())
        status, reply, _ = await self.post({"id": id, "text": text})
        assert (status, reply) == (202, {"id": id})
        return id

    async def listen(self, query: str = "", **headers: str) -> Listener:
        url = f"{self.site.url}/web/events{query}"
        reply = await self.session.get(url, headers={**self.headers, **headers}, timeout=aiohttp.ClientTimeout())
        return Listener(reply)


class Listener:
    """One open stream, read event by event: (event, id, data)."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self.reply = reply
        self.status = reply.status

    async def next(self) -> tuple[str, int | None, Any]:
        """The next event; a comment is ("", None, None), the end is ("end", None, None)."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while line := (await self.reply.content.readline()).decode():
                if line == "\n":
                    number = fields.get("id")
                    data = json.loads(fields["data"]) if "data" in fields else None
                    return fields.get("event", ""), None if number is None else int(number), data
                name, _, value = line.rstrip("\n").partition(":")
                fields[name] = value.strip()
        return "end", None, None

    async def until_ready(self) -> list[str]:
        """The texts that were there already."""
        texts = []
        while (event := await self.next())[0] != "ready":
            texts.append(event[2]["text"])
        return texts

    async def texts(self, count: int) -> list[str]:
        return [(await self.next())[2]["text"] for _ in range(count)]


async def opens(site: Site, session: aiohttp.ClientSession) -> Citizen:
    async with session.get(site.url + "/") as reply:
        return Citizen(site, SimpleCookie(reply.headers["Set-Cookie"])["motcua_chat"].value, session)
