"""A Zalo of one's own on 127.0.0.1: an Official Account's API and webhook, their checks and, on demand, troubles.

It shares no code with the channel, so that a misunderstanding cannot cancel itself out. One server stands for all of
Zalo's hosts. Tests drive it by ``say``, ``tap``, ``send`` … and read ``sent``; people by its page, which looks like a
phone. What it checks comes from the documented protocol; it was never compared with the real Zalo.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from aiohttp import web

from emulators.faults import LONG_ENOUGH, Fault, Faults
from emulators.served import Served
from emulators.zalo_bot import ZaloBotEmulator
from emulators.zalo_hooks import Event, Hooks
from emulators.zalo_messages import Messages
from emulators.zalo_oauth import Grants
from emulators.zalo_phone import ZaloPhone
from emulators.zalo_templates import Templates
from emulators.zalo_world import Button, Clock, Person, Refusal, Sent, World

APP_ID = "1234567890123456789"
APP_SECRET = "AppSecretOfTheEmulator"  # noqa: S105 (opens nothing but this emulator)
OA_ID = "4000000000000000009"
OA_SECRET = "OaSecretKeyForTests01"  # noqa: S105
_GARBAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"


class ZaloEmulator(Served):
    """``async with ZaloEmulator() as zalo: … zalo.base_url``. ``speed``: emulated seconds a second; ``world.clock``
    may be moved besides. ``faults`` may be changed at any time; calls are named by the last word of their path."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        seed: int = 1,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults if faults is not None else Faults(seed, prefix="cs")
        self._host, self._port = host, port
        rng = random.Random(seed)
        self.world = World(Clock(speed), APP_ID, APP_SECRET, OA_ID, OA_SECRET)
        self.grants = Grants(self.world, rng)
        self.messages = Messages(self.world)
        self.templates = Templates(self.world)
        self.bot = ZaloBotEmulator(self.world.clock, Faults(seed), seed=seed)
        self.hooks = Hooks(self.world, rng)
        self.redirects: str | None = None
        """The callback address of the console, byte for byte; None: any."""
        self.echoes = True
        self.prefills = True
        """Whether ``https://zalo.me/<OA>?text=…`` fills the words in."""
        self.rating_opens = False
        """Whether an answer to a rating template counts as an interaction."""
        self._runner: web.AppRunner | None = None

    # --- the server -----------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """What ZALO_API_BASE_URL, ZALO_OAUTH_BASE_URL and ZALO_BUSINESS_BASE_URL want."""
        return f"http://{self._host}:{self._port}"

    @property
    def settings(self) -> dict[str, str]:
        """What ``motcua serve`` needs to speak with this emulator."""
        return {
            "ZALO_APP_ID": self.world.app_id,
            "ZALO_APP_SECRET": self.world.app_secret,
            "ZALO_OA_ID": self.world.oa_id,
            "ZALO_OA_SECRET": self.world.oa_secret,
            "ZALO_OA_ACCESS_TOKEN": self.grants.access,
            "ZALO_OA_REFRESH_TOKEN": self.grants.refresh,
            "ZALO_API_BASE_URL": self.base_url,
            "ZALO_OAUTH_BASE_URL": self.base_url,
            "ZALO_BUSINESS_BASE_URL": self.base_url,
            "ZALO_BOT_TOKEN": self.bot.token,
            "ZALO_BOT_API_BASE_URL": self.base_url,
        }

    async def start(self) -> None:
        """Listen; a port of 0 becomes a free one, and stays the same over ``stop`` and ``start``."""
        app = web.Application(client_max_size=16 << 20)
        app.add_routes(ZaloPhone(self).routes())
        app.add_routes(
            [
                web.post("/v4/oa/access_token", self._exchange),
                web.get("/v4/oa/permission", self._permission),
                web.post("/v3.0/oa/message/cs", self._call),
                web.post("/v2.0/oa/message", self._call),
                web.post("/v2.0/oa/upload/{kind:image|file|gif}", self._call),
                web.post("/v3.0/oa/message/template", self._call),
                web.post("/message/template", self._call),
                web.post("/message/template/hashphone", self._call),
                web.route("*", "/rating/get", self._call),
                web.get("/v2.0/oa/getoa", self._call),
                web.get("/v3.0/oa/user/detail", self._call),
                web.post("/v3.0/oa/quota/message", self._call),
            ]
        )
        app.add_routes(self.bot.routes())
        # Headers hold the tokens, even if they open nothing: no access log.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop to listen and to deliver."""
        await self.bot.close()
        await self.hooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        self.world.calls[name] += 1
        fault = self.faults.draw(name)
        headers = {}
        try:
            limit, left = self.world.count()
            headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remain": str(left)}
            if fault is Fault.LIMITED:
                raise Refusal(-32, "OA has reached the request rate limit per minute")
            if fault is Fault.FAILING:
                raise Refusal(-200, "Send message failed")
            if fault is Fault.GARBAGE:
                self.world.refusals.append((name, 502, "garbage"))
                return web.Response(status=502, text=_GARBAGE, content_type="text/html")
            self.grants.check(request.headers.get("access_token", ""))
            data = await self._do(name, request)
        except Refusal as refusal:
            self.world.refusals.append((name, refusal.code, refusal.message))
            told: dict[str, Any] = {"error": refusal.code, "message": refusal.message}
            return web.json_response(body=orjson.dumps(told), headers=headers)
        return await self._reply(request, fault, data, headers)

    async def _reply(
        self, request: web.Request, fault: Fault | None, data: Mapping[str, Any], headers: Mapping[str, str]
    ) -> web.StreamResponse:
        if fault is Fault.SLOW:
            await asyncio.sleep(self.faults.slow_seconds)
        if fault is Fault.LOST and request.transport is not None:
            request.transport.abort()
        if fault is Fault.GARBLED:
            return web.Response(text=_GARBAGE, content_type="text/html")
        return web.json_response(body=orjson.dumps({"error": 0, "message": "Success", "data": data}), headers=headers)

    async def _do(self, name: str, request: web.Request) -> dict[str, Any]:
        match name:
            case "cs":
                taken = self.messages.cs(await _json(request))
                self._tell_of(self.world.sends[-1])
                return taken
            case "message" if request.path.startswith("/v2.0/"):
                return self.messages.react(await _json(request))
            case "message":
                return self._quota(await _json(request))
            case "hashphone":
                return self._told_by_phone(await _json(request))
            case "template" if request.path.startswith("/message/"):
                return self._told_by_phone(await _json(request))
            case "template":
                return self.templates.by_user(await _json(request))
            case "get":
                given = await _json(request) if request.method == "POST" else dict(request.query)
                return self.templates.get(request.method, given)
            case "getoa":
                return {"oa_id": self.world.oa_id, "name": "Một Cửa", "is_verified": True,
                        "package_name": self.world.package, "num_follower": len(self.world.people)}  # fmt: skip
            case "detail":
                return self._detail(request.query.get("data", ""))
        file = (await request.post()).get("file")
        if not isinstance(file, web.FileField):
            raise Refusal(-201, "file is invalid!")
        return dict(self.messages.upload(name, file.filename, file.file.read(), file.content_type))

    def _told_by_phone(self, body: Mapping[str, Any]) -> dict[str, Any]:
        taken = self.templates.by_phone(body)
        at = str(int(self.world.clock.now() * 1000))
        told = {"msg_id": taken["msg_id"], "tracking_id": body["tracking_id"], "delivery_time": at}
        ends = {"sender": {"id": self.world.oa_id}, "recipient": {"id": body.get("hash_phone") or body["phone"]}}
        self.hooks.send("user_received_message", {**ends, "message": told})
        return taken

    def _quota(self, body: Mapping[str, Any]) -> dict[str, Any]:
        person = self.world.people.get(str(body.get("user_id")))
        if person is None:
            raise Refusal(-201, "user_id is invalid!")
        last = person.last_interaction
        told = None if last is None else str(int(last * 1000))
        return {"last_interaction": told, "cs_reply": {"remain": 8 - person.replies, "total": 8}}

    def _detail(self, data: str) -> dict[str, Any]:
        try:
            person = self.world.people.get(str(orjson.loads(data)["user_id"]))
        except (ValueError, KeyError, TypeError):
            raise Refusal(-201, "data is invalid!") from None
        if person is None:
            raise Refusal(-201, "user_id is invalid!")
        return {"user_id": person.id, "display_name": person.name, "user_is_follower": person.follows}

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        self.world.calls["access_token"] += 1
        fault = self.faults.draw("access_token")
        if fault is Fault.GARBAGE:
            return web.Response(status=502, text=_GARBAGE, content_type="text/html")
        if request.content_type != "application/x-www-form-urlencoded":
            return web.json_response({"error": -14002, "error_name": "Invalid request."})
        fields = {name: str(value) for name, value in (await request.post()).items()}
        told = self.grants.exchange(request.headers.get("secret_key", ""), fields)
        if fault is Fault.SLOW:
            await asyncio.sleep(self.faults.slow_seconds)
        if fault is Fault.LOST and request.transport is not None:
            request.transport.abort()
        return web.json_response(body=orjson.dumps(told))

    async def _permission(self, request: web.Request) -> web.StreamResponse:
        """The page of consent; this one agrees at once."""
        query = request.query
        if query.get("app_id") != self.world.app_id:
            raise web.HTTPBadRequest(text="-14001 Invalid app id")
        if self.redirects is not None and query.get("redirect_uri") != self.redirects:
            raise web.HTTPBadRequest(text="-14003 Invalid redirect uri")
        code = self.grants.consent(query.get("code_challenge", ""))
        state = f"&state={query['state']}" if "state" in query else ""
        raise web.HTTPFound(f"{query['redirect_uri']}?code={code}&oa_id={self.world.oa_id}{state}")

    # --- people ---------------------------------------------------------------------------------------------------

    def person(self, user: str, name: str = "") -> Person:
        """A Zalo user."""
        return self.world.person(user, name)

    def say(self, user: str, text: str, *, shown: bool = True) -> Event:
        """A citizen writes; ``shown`` False: a hidden tap."""
        return self._sends(user, "user_send_text", {"text": text}, text if shown else "")

    def tap(self, user: str, button: str) -> Event:
        """A citizen taps the newest button with this title, or this payload. Raises LookupError."""
        titles: list[str] = []
        for sent in reversed(self.world.sends):
            if sent.user != user:
                continue
            for found in sent.buttons:
                if button in (found.title, found.payload):
                    return self.tap_button(user, found)
                titles.append(found.title)
        raise LookupError(f"no button {button!r}; there are {titles}")

    def tap_button(self, user: str, button: Button) -> Event:
        """What tapping a button sends: its payload, which ``oa.query.hide`` does not show in the chat."""
        if button.type == "oa.query.hide":
            self.world.person(user).seen.append({"from": "me", "id": "", "text": f"▸ {button.title}", "buttons": []})
        return self.say(user, str(button.payload), shown=button.type != "oa.query.hide")

    def send(self, user: str, kind: str, payload: Mapping[str, Any] | None = None, text: str = "") -> Event:
        """A citizen sends something else: image, sticker, location, file, audio, gif, link, business_card …"""
        attached = {"attachments": [{"type": kind, "payload": dict(payload or {"url": "https://cdn.example/x"})}]}
        said = {"text": text, **attached} if text else attached
        return self._sends(user, f"user_send_{kind}", said, f"({kind})")

    def submit_info(self, user: str, phone: str, *, nested: bool = True) -> Event:
        """A citizen fills in request_user_info; the address in the newer shape, or flat as in older texts."""
        place = {"user_city": "Lam Châu", "user_ward": "Đồng Sậy", "user_address": "1"}
        address = {"full_address": place} if nested else {"city": "Lam Châu", "ward": "Đồng Sậy", "address": "1"}
        info = {"name": "Nguyễn Văn A", "phone": phone, **address}
        self.world.touch(self.world.person(user))
        return self.hooks.send("user_submit_info", {**self._ends(user), "info": info})

    def rate(self, user: str, stars: int, *, told: bool = True, note: str = "") -> None:
        """A citizen answers the newest rating template; ``told`` False: the webhook is never told of it."""
        newest = next(sent for sent in reversed(self.world.sends) if sent.user == user and sent.kind == "template")
        message = self.templates.rate(newest.message_id, stars, note)
        if self.rating_opens:
            self.world.touch(self.world.person(user))
        if told:
            self.hooks.send("user_feedback", {"oa_id": self.world.oa_id, "message": message})

    def follow(self, user: str, follows: bool = True) -> Event:
        """A citizen follows the account, or no longer."""
        person = self.world.person(user)
        person.follows = follows
        if follows:
            self.world.touch(person)
        return self.hooks.send(
            "follow" if follows else "unfollow",
            {"oa_id": self.world.oa_id, "follower": {"id": user}, "source": "oa_profile"},
        )

    def open_link(self, user: str, address: str) -> Event | None:
        """A citizen opens ``https://zalo.me/<OA>?text=…`` and sends what is filled in; None where nothing is."""
        found = urlsplit(address)
        words = parse_qs(found.query).get("text", [""])[0]
        if found.path != f"/{self.world.oa_id}" or not words or not self.prefills:
            return None
        return self.say(user, words)

    def block(self, user: str, blocked: bool = True) -> None:
        """A citizen restricts messages of the account, or lets them in again; nothing tells the account."""
        self.world.person(user).blocked = blocked

    def official(self, user: str, text: str, *, named: bool = True) -> Event:
        """An official answers in OA Manager; the account hears it as an echo."""
        message = self.world.next_id("m")
        seen = {"from": "oa", "id": message, "text": f"(cán bộ) {text}", "buttons": []}
        self.world.person(user).seen.append(seen)
        more = {"admin_id": "5000000000000000001"} if named else {}
        return self.echo("oa_send_text", user, message, text, **more)

    def echo(self, name: str, user: str, message: str, text: str, **more: Any) -> Event:
        """An event about what was sent in the account's name."""
        ends = {"sender": {"id": self.world.oa_id}, "recipient": {"id": user}}
        return self.hooks.send(name, {**ends, "message": {"msg_id": message, "text": text}, **more})

    def _tell_of(self, sent: Sent) -> None:
        """Everything that was sent is told back to the account, and that it reached the phone."""
        if self.echoes:
            self.echo(f"oa_send_{'text' if sent.kind == 'text' else sent.kind}", sent.user, sent.message_id, sent.text)
            self.echo("user_received_message", sent.user, sent.message_id, "")

    def _sends(self, user: str, name: str, said: Mapping[str, Any], shown: str) -> Event:
        person = self.world.person(user)
        self.world.touch(person)
        message = self.world.next_id("u")
        if shown:
            person.seen.append({"from": "me", "id": message, "text": shown, "buttons": []})
        return self.hooks.send(name, {**self._ends(user), "message": {**said, "msg_id": message}})

    def _ends(self, user: str) -> dict[str, Any]:
        return {"sender": {"id": user}, "recipient": {"id": self.world.oa_id}, "user_id_by_app": f"6{user[1:]}"}

    # --- the truth ------------------------------------------------------------------------------------------------

    def sent(self, user: str | None = None) -> list[Sent]:
        """What Zalo took from the account, in order: to one citizen, or to all."""
        return [sent for sent in self.world.sends if user is None or sent.user == user]

    async def wait_until(self, true: Callable[[], bool], seconds: float = LONG_ENOUGH) -> None:
        """Until ``true()``. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 (anything may be waited for)
                await asyncio.sleep(0.005)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        found = orjson.loads(await request.read())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(-201, "body is invalid!")
    return found


__all__ = ["APP_ID", "OA_ID", "OA_SECRET", "Fault", "Faults", "Sent", "ZaloEmulator"]
