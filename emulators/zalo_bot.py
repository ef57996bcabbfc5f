"""The Zalo Bot Platform, emulated: one update a poll, webhooks with a secret header, and hardly anything to send.

Mounted beside the Official Account's API by ``emulators.zalo``; ``/bot<token>/<method>``, JSON in and out.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from emulators.faults import Fault, Faults
from emulators.zalo_world import Clock

TOKEN = "990002:zalo-bot-emulator-token"  # noqa: S105 (opens nothing but this emulator)
LONGEST_TEXT = 2000
LADDER = (1.0, 5.0, 30.0, 60.0)
"""Seconds between tries of a webhook; Zalo documents none, so this is ours."""


class BotError(Exception):
    """A method's refusal: ``ok`` false and a code, with HTTP 200 as often as not."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class BotSent:
    """A message that was taken from the bot."""

    chat: str
    message_id: str
    text: str
    photo: str = ""


@dataclass(slots=True)
class BotHook:
    """A webhook as it was set."""

    url: str
    secret: str


@dataclass
class ZaloBotEmulator:
    """``wrapped``: updates come as ``{"ok":true,"result":…}``, as some texts say; else bare, as one was captured."""

    clock: Clock
    faults: Faults
    token: str = TOKEN
    wrapped: bool = False
    hook: BotHook | None = None
    sends: list[BotSent] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refusals: list[tuple[str, int]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    typings: list[str] = field(default_factory=list)
    phones: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What each person's phone shows, oldest first."""
    statuses: list[int | None] = field(default_factory=list)
    again: float = 0.0
    repeats: bool = True
    """Whether what was not answered 200 comes again."""
    seed: int = 1

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._pending: deque[dict[str, Any]] = deque()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0

    def routes(self) -> list[web.RouteDef]:
        """Every method of the API."""
        return [web.route("*", "/{bot:bot[^/]+}/{method}", self._call)]

    async def close(self) -> None:
        """Deliver no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["bot"] != f"bot{self.token}":
            return _told({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        self.calls[method] += 1
        fault = self.faults.draw(method)
        if fault is Fault.GARBAGE:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        try:
            if fault is Fault.LIMITED:
                raise BotError(429, "Too Many Requests")
            if fault is Fault.FAILING:
                raise BotError(500, "Internal Server Error")
            result = await self._do(method, await _json(request))
        except BotError as error:
            if error.code != 408:
                self.refusals.append((method, error.code))
            return _told({"ok": False, "error_code": error.code, "description": error.description})
        if fault is Fault.LOST and request.transport is not None:
            request.transport.abort()
        return _told({"ok": True, "result": result})

    async def _do(self, method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "getMe":
                return {"id": self.token.partition(":")[0], "account_name": "bot.motcua", "account_type": "BASIC",
                        "can_join_groups": False}  # fmt: skip
            case "getUpdates":
                return await self._poll(float(given.get("timeout", 30)))
            case "setWebhook":
                return await self.set_hook(str(given.get("url", "")), str(given.get("secret_token", "")))
            case "deleteWebhook":
                self.hook = None
                return {"url": ""}
            case "getWebhookInfo":
                return {"url": self.hook.url if self.hook else ""}
            case "sendMessage":
                return self._send(given, str(given.get("text", "")))
            case "sendPhoto":
                photo = str(given.get("photo", ""))
                if not photo.startswith("https://"):
                    raise BotError(400, "photo must be a public URL")
                return self._send(given, str(given.get("caption", " ")) or " ", photo)
            case "sendChatAction":
                self.typings.append(str(given.get("chat_id")))
                return None
        raise BotError(404, "Method not found")

    def _send(self, given: Mapping[str, Any], text: str, photo: str = "") -> dict[str, Any]:
        chat = str(given.get("chat_id", ""))
        if not 0 < len(text) <= LONGEST_TEXT:
            raise BotError(400, "text must be 1 to 2000 characters")
        if set(given) - {"chat_id", "text", "photo", "caption"}:
            raise BotError(400, "unknown parameter")
        if chat not in self.known:
            raise BotError(400, "chat not found")
        if chat in self.blocked:
            raise BotError(403, "bot was blocked by the user")
        self._number += 1
        self.sends.append(BotSent(chat, f"m{self._number:012x}", text, photo))
        self._shows(chat, "oa", self.sends[-1].message_id, text)
        return {"message_id": self.sends[-1].message_id, "date": int(self.clock.now() * 1000)}

    async def _poll(self, seconds: float) -> Any:
        if self.hook is not None:
            raise BotError(400, "getUpdates is not available while a webhook is set")
        try:
            async with asyncio.timeout(seconds):
                while not self._pending:
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError:
            raise BotError(408, "Request timeout") from None
        # There is no offset: what was given is given, whether it arrived or not.
        return self._pending.popleft()

    async def set_hook(self, url: str, secret: str) -> dict[str, Any]:
        """Save a webhook; its probe has an empty body. Raises BotError."""
        if not 8 <= len(secret) <= 256:
            raise BotError(400, "secret_token must be 8 to 256 characters")
        self.hook = BotHook(url, secret)
        status = await self._post(self.hook, b"")  # saved even where this fails
        outcome = "webhook.ok" if status == 200 else "webhook.failed"
        verification = {"ok": status == 200, "outcome": outcome, "status_code": status}
        while self._pending:
            self._push(self._pending.popleft())
        return {"url": url, "updated_at": int(self.clock.now() * 1000), "verification": verification}

    # --- people ---------------------------------------------------------------------------------------------------

    def say(self, chat: str, text: str) -> dict[str, Any]:
        """A person writes."""
        update = self.update(chat, "message.text.received", {"text": text})
        self._shows(chat, "me", f"u{self._number:012x}", text)
        return update

    def send(self, chat: str, kind: str, **content: Any) -> dict[str, Any]:
        """A person sends image, sticker, voice, or something of which the bot is told nothing (unsupported)."""
        shown = {"image": {"photo_url": "https://cdn.example/x.jpg"}, "voice": {"voice_url": "https://cdn.example/x.aac"},
                 "sticker": {"sticker": "s1", "url": "https://cdn.example/s"}}.get(kind, {})  # fmt: skip
        update = self.update(chat, f"message.{kind}.received", {**shown, **content})
        self._shows(chat, "me", f"u{self._number:012x}", f"({kind})")
        return update

    def update(self, chat: str, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Any update."""
        self.known.add(chat)
        self._number += 1
        message = {
            "message_id": f"u{self._number:012x}",
            "date": int(self.clock.now() * 1000),
            "chat": {"id": chat, "chat_type": "PRIVATE"},
            "from": {"id": chat, "is_bot": False, "display_name": "Người dân"},
            **content,
        }
        bare = {"event_name": name, "message": message}
        update = {"ok": True, "result": bare} if self.wrapped and self.hook is not None else bare
        if self.hook is None:
            self._pending.append(update)
            self._wake.set()
        else:
            self._push(update)
        return update

    def _shows(self, chat: str, who: str, message: str, text: str) -> None:
        row = {"from": who, "id": message, "text": text, "buttons": []}
        self.phones.setdefault(chat, []).append(row)

    def sent(self, chat: str) -> list[BotSent]:
        """What this person got, in order."""
        return [sent for sent in self.sends if sent.chat == chat]

    def _push(self, update: dict[str, Any]) -> None:
        task = asyncio.create_task(self._deliver(update))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, update: dict[str, Any]) -> None:
        for pause in (*LADDER, None):
            if self.hook is None:
                self._pending.append(update)
                return
            status = await self._post(self.hook, orjson.dumps(update))
            self.statuses.append(status)
            if status == 200:
                if self._random.random() < self.again:
                    await self._post(self.hook, orjson.dumps(update))
                return
            if not self.repeats or pause is None:
                return
            await self.clock.sleep(pause)

    async def _post(self, hook: BotHook, body: bytes) -> int | None:
        headers = {"X-Bot-Api-Secret-Token": hook.secret, "User-Agent": "Java/17", "Content-Type": "application/json"}
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(hook.url, data=body, headers=headers, timeout=aiohttp.ClientTimeout(total=3)) as reply,
            ):
                return reply.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        found = orjson.loads(await request.read() or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BotError(400, "body is no JSON object")
    return found


def _told(body: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body=orjson.dumps(body), status=status)
