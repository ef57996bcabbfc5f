"""A bot of the Zalo Bot Platform: plain text both ways, numbered choices in place of buttons.

A poll gives one update and there is no offset: what Zalo has handed out it never hands out again. So an update is
held here until it is stored, however often storing fails, and an orderly end waits for it. What can be lost is one
update: where the program is killed, or the connection breaks, between Zalo's reply and our commit, some milliseconds.
By webhook it is delivered again until we answer 200, so a desk that has an https address should use that.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from channels.body import loads, read_body
from channels.channel import Accept, FileRefused, Letter, Limits, Refused, StorageFailing, TryLater, WrongToken
from channels.outage import LONGEST_PAUSE, LOOK, Outage, doubled
from channels.receiving import START, Receiving
from channels.zalo_probe import Probe
from handlers.messages import Chat, Incoming, Kind

log = logging.getLogger(__name__)
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 (a name, no secret)
MOST_BYTES = 256 * 1024
ENDS_WITHIN = 3.0
"""Seconds that the end waits for an update in hand to be stored."""
LIMITED = 5.0
"""Seconds to wait after a 429: the platform names none."""
IDLE = 408
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_PLAIN = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_LAST = 32_503_680_000
_KINDS = {
    "message.text.received": Kind.TEXT,
    "message.image.received": Kind.PHOTO,
    "message.sticker.received": Kind.STICKER,
    "message.voice.received": Kind.VOICE,
}


class BotRefusal(Exception):
    """``ok`` was false. ``code`` is theirs."""

    def __init__(self, code: int, told: str) -> None:
        super().__init__(f"{code} {told}")
        self.code = code


class NotReached(Exception):
    """No reply that can be read. ``sent``: the call may have had its effect."""

    def __init__(self, what: str, *, sent: bool) -> None:
        super().__init__(what)
        self.sent = sent


def read_update(update: Mapping[str, Any], account: str, now: Callable[[], datetime]) -> Incoming | None:
    """An update, bare or wrapped, as a message; None where nobody said anything. Raises nothing."""
    inner = update.get("result")
    if isinstance(inner, dict):
        update = inner
    name, message = update.get("event_name"), update.get("message")
    if not isinstance(name, str) or not name.startswith("message.") or not isinstance(message, dict):
        return None
    chat, number = _id(message.get("chat")), message.get("message_id")
    if not chat:
        return None
    said = message.get("text") if isinstance(message.get("text"), str) else message.get("caption")
    text = said if isinstance(said, str) else ""
    kind = _KINDS.get(name, Kind.OTHER)
    if kind is Kind.TEXT and not text:
        kind = Kind.OTHER
    at = _at(message.get("date"), now)
    key = number if isinstance(number, str) and _PLAIN.fullmatch(number) else str(int(at.timestamp() * 1000))
    group = message["chat"].get("chat_type", "PRIVATE") != "PRIVATE"
    who = _id(message.get("from")) if group else ""
    event = f"{name[:64]}:{who}:{key}" if who else f"{name[:64]}:{key}"
    return Incoming(Chat("zalo_bot", account, chat), event, text, at, kind, private=not group)


def _id(part: Any) -> str:
    found = part.get("id") if isinstance(part, dict) else None
    return found if isinstance(found, str) and _PLAIN.fullmatch(found) else ""


def _at(date: Any, now: Callable[[], datetime]) -> datetime:
    """Milliseconds since 1970; now where it is no such number."""
    if isinstance(date, int) and not isinstance(date, bool) and 10**12 < date < _LAST * 1000:
        return datetime.fromtimestamp(date / 1000, UTC)
    return now()


class ZaloBot:
    """The channel. ``secret`` guards the webhook, whose address is registered by hand or with ``webhook_url``.
    Raises ValueError on a webhook without a secret. ``counts``: message, ignored, forged, probe, …"""

    name = "zalo_bot"
    limits = Limits(text=2000, label=100, choices=0, says=64, listed=True, documents=frozenset())
    pulled = False

    def __init__(
        self,
        token: str,
        accept: Accept,
        *,
        now: Callable[[], datetime],
        mode: Literal["polling", "webhook"] = "polling",
        secret: str = "",
        base_url: str = "https://bot-api.zaloplatforms.com",
        first_pause: float = 1.0,
        long_poll: int = 30,
        look: float = LOOK,
    ) -> None:
        if mode == "webhook" and not _SECRET.fullmatch(secret):
            raise ValueError("webhook mode wants a secret of 32 to 256 of A-Z a-z 0-9 _ -")
        self.account = token.partition(":")[0]
        self.counts: Counter[str] = Counter()
        self.probe = Probe()
        self._token = token
        self._accept = accept
        self._now = now
        self._mode = mode
        self._secret = secret.encode()
        self._root = base_url
        self._first_pause = first_pause
        self._long_poll = long_poll
        self._look_every = look
        self._session: aiohttp.ClientSession | None = None
        self._receiving = Receiving("zalo_bot", log)
        self._keeping: asyncio.Task[None] | None = None
        self._outage = Outage(time.monotonic, first_pause)

    def routes(self) -> Iterable[web.RouteDef]:
        """``POST /zalo/bot``, in webhook mode only."""
        return [web.post("/zalo/bot", self._hooked)] if self._mode == "webhook" else []

    def ready(self) -> str | None:
        """None when messages are received and letters go, else why not."""
        return self._receiving.trouble or self._outage.trouble

    def arrived(self, letter: Letter) -> None:
        """Nothing: letters are sent, not pulled."""

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to receive. Raises WrongToken; a platform out of reach does not end the start."""
        try:
            async with asyncio.timeout(START):
                await self._call("getMe", {}, START)
                self._receiving.trouble = None if self._mode == "webhook" else "polling has not begun"
        except BotRefusal as error:
            if error.code in (401, 404):
                await self.close()
                raise WrongToken("Zalo does not know ZALO_BOT_TOKEN; Zalo Bot Manager shows the right one") from None
            self._receiving.report(f"Zalo refuses: {error}")
        except (NotReached, TimeoutError):
            self._receiving.report("Zalo's bots cannot be reached")
        self._receiving.begin(self._receive())

    async def stop(self) -> None:
        """Stop to receive; letters may still be sent until ``close``."""
        await self._receiving.end()
        if self._keeping is not None:
            await asyncio.wait((self._keeping,), timeout=ENDS_WITHIN)
            self._keeping.cancel()

    async def close(self) -> None:
        """End the connections, after the last letter."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _receive(self) -> None:
        failures = 0
        while True:
            try:
                await (self._look() if self._mode == "webhook" else self._poll())
            except (BotRefusal, NotReached) as error:
                self._receiving.report(f"Zalo's bots: {error}")
            except Exception:
                log.exception("zalo_bot: an update could not be handed on")
                self._receiving.report("what is received cannot be handed on")
            else:
                failures = 0
                self._receiving.report(None)
                continue
            await asyncio.sleep(doubled(self._first_pause, failures))
            failures += 1

    async def _look(self) -> None:
        await self._call("getMe", {}, 20.0)
        self._receiving.report(None)
        await asyncio.sleep(self._look_every)

    async def _poll(self) -> None:
        try:
            # Back at once after trouble, so that it is known, not hoped, that we are heard.
            wait = self._long_poll if self._receiving.trouble is None else min(1, self._long_poll)
            update = await self._call("getUpdates", {"timeout": str(wait)}, wait + 10.0)
        except BotRefusal as error:
            if error.code == IDLE:
                return
            if error.code == 400 and (await self._call("getWebhookInfo", {}, 20.0) or {}).get("url"):
                log.warning("zalo_bot: a webhook was set; it is taken off, since this program polls")
                await self._call("deleteWebhook", {}, 20.0)
                return
            raise
        if isinstance(update, dict):
            # Whoever ends the polls does not end this: the update is nowhere else any more.
            self._keeping = asyncio.create_task(self._keep(update), name="zalo_bot update")
            await asyncio.shield(self._keeping)

    async def _keep(self, update: Mapping[str, Any]) -> None:
        """Until it is stored: it will not come again."""
        failures = 0
        while True:
            try:
                return await self._take(update)
            except StorageFailing:
                self._receiving.report("what is received cannot be stored")
                await asyncio.sleep(doubled(self._first_pause, failures))
                failures += 1

    async def _take(self, update: Mapping[str, Any]) -> None:
        incoming = read_update(update, self.account, self._now)
        if incoming is not None:
            self.probe.meet(incoming.chat.id, incoming.text)
            await self._accept([incoming])
        self.counts["ignored" if incoming is None else "message"] += 1

    async def _hooked(self, request: web.Request) -> web.Response:
        given = request.headers.getall(SECRET_HEADER, [])
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return web.Response(status=413)
        if not body:
            self.counts["probe"] += 1
            return web.Response()
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(errors="surrogateescape"), self._secret):
            self.counts["forged"] += 1
            return web.Response(status=403)
        update = loads(body)
        if not isinstance(update, dict):
            return web.Response(status=400)
        try:
            await self._take(update)
        except StorageFailing:
            return web.Response(status=503)
        return web.Response()

    # --- sending --------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises TryLater, Refused, FileRefused: pictures go only by their address."""
        if letter.attachment is not None:
            raise FileRefused("a bot sends no files", said=False)
        try:
            await self.say(letter.chat.id, letter.text)
        except NotReached as error:
            raise TryLater(self._outage.failed(str(error)), ambiguous=error.sent) from None
        except BotRefusal as error:
            self.counts[f"refused_{error.code}"] += 1
            raise self._verdict(error) from None
        self._outage.over()

    async def say(self, chat: str, text: str) -> None:
        """One message. Raises BotRefusal, NotReached."""
        await self._call("sendMessage", {"chat_id": chat, "text": text}, 20.0)

    async def typing(self, chat: str) -> None:
        """Show "typing…". Raises nothing."""
        try:
            await self._call("sendChatAction", {"chat_id": chat, "action": "typing"}, 10.0)
        except (BotRefusal, NotReached) as error:
            log.debug("zalo_bot: sendChatAction: %s", error)

    def _verdict(self, error: BotRefusal) -> TryLater | Refused:
        if error.code in (401, 408) or error.code >= 500:
            pause = self._outage.failed(f"Zalo refuses: {error}")
            return TryLater(pause if error.code >= 500 else LONGEST_PAUSE)
        self._outage.over()
        match error.code:
            case 429:
                return TryLater(LIMITED, limited=True)
            case 403:
                return Refused(str(error), blocked=True)
        return Refused(str(error), blocked="chat not found" in str(error).lower())

    async def _call(self, method: str, parameters: Mapping[str, Any], patience: float) -> Any:
        """A method's ``result``. Raises BotRefusal, NotReached, neither of which holds the token."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), trust_env=self._root.startswith("https://")
            )
        address = URL(f"{self._root}/bot{self._token}/{method}", encoded=True)
        timeout = aiohttp.ClientTimeout(total=patience, connect=min(5.0, patience / 2))
        try:
            body, headers = orjson.dumps(parameters), {"Content-Type": "application/json"}
            async with self._session.post(
                address, data=body, headers=headers, allow_redirects=False, timeout=timeout
            ) as reply:
                status, found = reply.status, loads(await reply.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure = NotReached(f"no connection: {type(error).__name__}", sent=False)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = NotReached(f"no reply: {type(error).__name__}", sent=True)
        else:
            if isinstance(found, dict) and found.get("ok") is True:
                return found.get("result")
            if isinstance(found, dict) and isinstance(found.get("error_code"), int):
                raise BotRefusal(found["error_code"], str(found.get("description", ""))[:100])
            failure = NotReached(f"an unreadable reply with status {status}", sent=True)
        # Outside of the except: what aiohttp raised may hold the address, and with it the token.
        raise failure
