"""A Telegram of one's own on 127.0.0.1: the Bot API with its checks, its delivery rules and, on demand, its troubles.

It does not use python-telegram-bot, so that a misunderstanding cannot cancel itself out. Tests drive it by ``say``,
``press``, ``photo`` … and read ``sent``; people by its page, which looks like a phone. What it takes as true it keeps:
every message in order, every confirmed update.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from emulators.faults import LONG_ENOUGH, Fault, Faults, Pace
from emulators.served import Served
from emulators.telegram_methods import Methods
from emulators.telegram_phone import TelegramPhone
from emulators.telegram_queue import Updates
from emulators.telegram_world import ApiError, File, Press, Room, Sent, World

TOKEN = "990001:emulator-token-for-trying-only"  # noqa: S105 (opens nothing but this emulator)
USERNAME = "motcua_thu_bot"
_GARBAGE = "<html><body><h1>502 Bad Gateway</h1><p>upstream of {path} failed</p></body></html>"


class TelegramEmulator(Served):
    """``async with TelegramEmulator() as telegram: … telegram.base_url``. ``speed``: emulated seconds a second, for
    how long updates live and when webhooks are tried again. ``faults`` may be changed at any time."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = TOKEN,
        username: str = USERNAME,
        speed: float = 1.0,
        seed: int = 1,
        faults: Faults | None = None,
    ) -> None:
        self.token = token
        self.faults = faults if faults is not None else Faults(seed)
        self._host, self._port = host, port
        self._pace = Pace(speed)
        self._random = random.Random(seed)
        self.world = World(token, username, self._pace)
        self.updates = Updates(self._pace, self._random)
        self.methods = Methods(self.world, self.updates)
        self.updates.perform = self.methods.from_webhook
        self._runner: web.AppRunner | None = None

    # --- the server -----------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """What TELEGRAM_API_BASE_URL wants."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen; a port of 0 becomes a free one, and stays the same over ``stop`` and ``start``."""
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(TelegramPhone(self).routes())
        app.router.add_route("*", "/{bot:bot[^/]*}/{method}", self._call)
        # The addresses hold the token, even if it opens nothing: no access log.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.updates.resume()

    async def stop(self) -> None:
        """Stop to listen and to deliver; what waits, waits."""
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = request.match_info["bot"].removeprefix("bot")
        try:
            if ":" not in given:
                raise ApiError(404, "Not Found")
            if given != self.token:
                raise ApiError(401, "Unauthorized")
            self.world.calls[method.lower()] += 1
            fault = self.faults.draw(method)
            parameters = await _parameters(request)
            if fault in (Fault.LOST, Fault.GARBLED, Fault.SLOW, None):
                self._be_patient(method, parameters)
            return await self._answer(request, method, parameters, fault)
        except ApiError as error:
            self.world.refusals.append((method, error.code, error.description))
            told = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                told["parameters"] = error.parameters
            return web.json_response(body=orjson.dumps(told), status=error.code)

    async def _answer(
        self, request: web.Request, method: str, parameters: dict[str, Any], fault: Fault | None
    ) -> web.StreamResponse:
        garbage = web.Response(status=502, text=_GARBAGE.format(path=request.path), content_type="text/html")
        match fault:
            case Fault.LIMITED:
                self._limit(parameters)
            case Fault.FAILING:
                raise ApiError(500, "Internal Server Error")
            case Fault.GARBAGE:
                self.world.refusals.append((method, 502, "garbage"))
                return garbage
            case Fault.SLOW:
                await asyncio.sleep(self.faults.slow_seconds)
        result = await self.methods.call(method, parameters)
        if fault is Fault.LOST and request.transport is not None:
            request.transport.abort()
        if fault is Fault.GARBLED:
            garbage.set_status(200)
            return garbage
        return web.json_response(body=orjson.dumps({"ok": True, "result": result}))

    def _limit(self, parameters: dict[str, Any]) -> None:
        after = self.faults.retry_after
        room = self._room_of(parameters)
        if room is not None:
            room.limited_until = asyncio.get_running_loop().time() + after
        raise ApiError(429, f"Too Many Requests: retry after {after:g}", retry_after=after)

    def _be_patient(self, method: str, parameters: dict[str, Any]) -> None:
        room = self._room_of(parameters)
        now = asyncio.get_running_loop().time()
        if room is not None and method.lower().startswith("send") and now < room.limited_until:
            self.world.impatient += 1
            left = room.limited_until - now
            raise ApiError(429, f"Too Many Requests: retry after {left:g}", retry_after=left)

    def _room_of(self, parameters: dict[str, Any]) -> Room | None:
        chat = str(parameters.get("chat_id", ""))
        return self.world.rooms.get(int(chat)) if chat.lstrip("-").isdecimal() else None

    # --- people ---------------------------------------------------------------------------------------------------

    def say(self, chat: int, text: str, **more: Any) -> int:
        """A person (a positive number) or a group (a negative one) writes; the update's id. ``more``: fields of the
        Message. Of a group the bot is shown only commands and replies to it: for the rest the id is 0."""
        entities = []
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self._message(chat, {"text": text, **({"entities": entities} if entities else {}), **more}, text)

    def photo(self, chat: int, caption: str = "") -> int:
        """A photo."""
        size = {"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}
        return self._message(chat, {"photo": [size], **({"caption": caption} if caption else {})}, "(ảnh)")

    def voice(self, chat: int) -> int:
        """A voice message."""
        return self._message(chat, {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "(tiếng nói)")

    def sticker(self, chat: int) -> int:
        """A sticker."""
        size = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return self._message(chat, {"sticker": {"file_id": "s", "file_unique_id": "s", **size}}, "(nhãn dán)")

    def location(self, chat: int) -> int:
        """A place."""
        return self._message(chat, {"location": {"latitude": 21.03, "longitude": 105.85}}, "(vị trí)")

    def contact(self, chat: int, phone: str) -> int:
        """An entry of the address book."""
        return self._message(chat, {"contact": {"phone_number": phone, "first_name": "A"}}, "(danh bạ)")

    def document(self, chat: int, name: str, caption: str = "") -> int:
        """A file."""
        file = {"file_id": "d", "file_unique_id": "d", "file_name": name}
        return self._message(chat, {"document": file, **({"caption": caption} if caption else {})}, f"({name})")

    def edit(self, chat: int, text: str, message_id: int = 1) -> int:
        """A person changes a message."""
        now = int(time.time())
        return self._message(
            chat, {"text": text, "message_id": message_id, "edit_date": now}, text, kind="edited_message"
        )

    def press(self, chat: int, button: str, by: int | None = None) -> int:
        """A person presses the newest button with this label, or this data; the update's id. Raises LookupError."""
        room = self.world.room(chat)
        labels: list[str] = []
        for sent in reversed(room.messages.values()):
            for found in sent.buttons:
                if button in (found.label, found.data):
                    return self.press_data(chat, sent.message_id, found.data, by)
                labels.append(found.label)
        raise LookupError(f"no button {button!r}; there are {labels}")

    def press_data(self, chat: int, message_id: int, data: str, by: int | None = None) -> int:
        """A press with any data, as a forged client can make it."""
        room = self.world.room(chat)
        sent = room.messages.get(message_id)
        inaccessible = {"chat": room.as_chat(), "message_id": message_id, "date": 0}
        key = str(self._random.getrandbits(62))
        self.world.presses[key] = Press(chat, self._pace.now())
        label = next((found.label for found in sent.buttons if found.data == data), data) if sent is not None else data
        room.seen.append({"from": "me", "id": 0, "text": f"▸ {label}", "buttons": []})
        body = {
            "id": key,
            "from": self._person(by if by is not None else abs(chat)),
            "chat_instance": str(chat),
            "data": data,
            "message": sent.as_message(self.world.bot, room.as_chat()) if sent is not None else inaccessible,
        }
        return self.update("callback_query", body, chat)

    def block(self, chat: int, blocked: bool = True) -> int:
        """A person blocks the bot, or lets it in again."""
        room = self.world.room(chat)
        room.blocked = blocked
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        body = {
            "chat": room.as_chat(),
            "from": self._person(abs(chat)),
            "date": int(time.time()),
            "old_chat_member": {"user": self.world.bot, "status": was, "until_date": 0},
            "new_chat_member": {"user": self.world.bot, "status": now, "until_date": 0},
        }
        return self.update("my_chat_member", body, chat)

    def update(self, kind: str, body: Any, chat: int = 0) -> int:
        """Any update, well-formed or not; 0 where the bot has not asked for its kind."""
        return self.updates.add(kind, body, chat) or 0

    def _message(self, chat: int, content: dict[str, Any], shown: str, kind: str = "message") -> int:
        room = self.world.room(chat)
        number = self.world.next_message()
        room.seen.append({"from": "me", "id": number, "text": shown, "buttons": []})
        body = {
            "message_id": number,
            "from": self._person(chat if chat > 0 else 1),
            "chat": room.as_chat(),
            "date": int(time.time()),
        }
        if not room.private and not self._concerns(content):
            return 0
        return self.update(kind, {**body, **content}, chat)

    def _concerns(self, content: Mapping[str, Any]) -> bool:
        """What a bot in privacy mode is shown of a group."""
        answered = content.get("reply_to_message", {}).get("from", {})
        return bool(content.get("text", "").startswith("/") or answered.get("id") == self.world.bot["id"])

    def _person(self, number: int) -> dict[str, Any]:
        name = self.world.rooms[number].name if number in self.world.rooms else f"Người dân {number}"
        return {"id": number, "is_bot": False, "first_name": name, "language_code": "vi"}

    # --- the truth ------------------------------------------------------------------------------------------------

    def sent(self, chat: int | None = None) -> list[Sent]:
        """What the server took from the bot, in order: of one chat, or of all."""
        return [sent for sent in self.world.sends if chat is None or sent.chat == chat]

    async def wait_for(self, chat: int, count: int, seconds: float = LONG_ENOUGH) -> list[Sent]:
        """The chat's messages once there are ``count``. Raises TimeoutError."""
        await self.wait_until(lambda: len(self.sent(chat)) >= count, seconds)
        return self.sent(chat)

    async def wait_confirmed(self, number: int, seconds: float = LONG_ENOUGH) -> None:
        """Until the bot has confirmed the update. Raises TimeoutError."""
        await self.wait_until(lambda: number in self.updates.confirmed, seconds)

    async def wait_until(self, true: Callable[[], bool], seconds: float = LONG_ENOUGH) -> None:
        """Until ``true()``. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 (anything may be waited for)
                await asyncio.sleep(0.005)


async def _parameters(request: web.Request) -> dict[str, Any]:
    """From the query and the body: JSON, a form, or parts."""
    found: dict[str, Any] = dict(request.query)
    if request.method != "POST":
        return found
    if request.content_type == "application/json":
        try:
            given = orjson.loads(await request.read() or b"{}")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise ApiError(400, "Bad Request: can't parse JSON object")
        return {**found, **given}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            found[name] = File(name, value.filename, value.content_type, value.file.read())
        else:
            found[name] = value
    return found


__all__ = ["TOKEN", "Fault", "Faults", "Sent", "TelegramEmulator"]
