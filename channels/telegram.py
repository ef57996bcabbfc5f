"""Telegram: updates by long polls or by webhook, letters by sendMessage.

An update is confirmed (by the next poll's offset, or by the webhook's 200) only after ``accept`` has returned, so
none is lost however the program ends; one delivered twice is dropped by its id. Long polls ask for raw JSON and every
update is read by itself: one that nobody understands does not hold up the rest.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from msgspec.structs import replace
from telegram import Bot, BotCommand
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError

from channels.body import loads, read_body
from channels.channel import OFFICE, Accept, FileRefused, Letter, Limits, Refused, StorageFailing, WrongToken
from channels.outage import LOOK, Outage
from channels.receiving import START, Receiving
from channels.telegram_letters import calls, verdict
from channels.telegram_polling import Polling, pause, reason
from channels.telegram_request import STAND_IN, AiohttpRequest
from channels.telegram_updates import WANTED, Outcome, Reader
from channels.telegram_watching import Watching
from handlers.messages import Incoming

log = logging.getLogger(__name__)
"""Seconds the start waits for Telegram; after that it goes on trying beside the rest of the program."""
MOST_BYTES = 1 << 20
"""Of a webhook's body."""
ACKNOWLEDGE = "answerCallbackQuery"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a name, no secret)
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")


class _NoParameters(logging.Filter):
    """PTB writes the parameters of every call at DEBUG: what citizens wrote, and the webhook's secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_no_parameters = _NoParameters()


class Telegram:
    """The channel. ``commands``: (command, description) pairs for the menu beside the keyboard.

    ``secret`` guards the webhook; ``webhook_url`` is registered with Telegram when given. ``first_pause``: seconds
    before the second try of what failed; the later ones wait longer. ``long_poll``: seconds (0 to 50) a poll waits for
    the next update; ``look``: seconds between two looks whether Telegram is in reach, while it calls us.
    Raises ValueError on a webhook without a secret.
    ``counts`` tells what became of updates: message, ignored, left, unreadable, forged, answerCallbackQuery_failed, ….
    """

    name = "telegram"
    limits = Limits(text=4096, label=64, choices=100, says=64, documents=OFFICE)
    pulled = False

    def __init__(
        self,
        token: str,
        accept: Accept,
        *,
        now: Callable[[], datetime],
        mode: Literal["polling", "webhook"] = "polling",
        secret: str | None = None,
        webhook_url: str | None = None,
        base_url: str = "https://api.telegram.org",
        commands: Sequence[tuple[str, str]] = (),
        first_pause: float = 1.0,
        long_poll: int = 30,
        look: float = LOOK,
    ) -> None:
        if mode == "webhook" and (secret is None or not _SECRET.fullmatch(secret)):
            raise ValueError("webhook mode wants a secret of 32 to 256 of A-Z a-z 0-9 _ -")
        self.account = token.partition(":")[0]
        self.counts: Counter[str] = Counter()
        self._accept = accept
        self._mode = mode
        self._secret = (secret or "").encode()
        self._webhook_url = _with_path(webhook_url)
        self._commands = [BotCommand(command, description) for command, description in commands]
        self._first_pause = first_pause
        self._reader = Reader(self.account, now)
        self._request = AiohttpRequest(base_url, token)
        self._receiving = Receiving("telegram", log, lambda: f"receiving as @{self.username} by {mode}")
        report = self._receiving.report
        self._polling = Polling(self._request, self._polled, report, wait=long_poll, first_pause=first_pause)
        self._watching = Watching(
            self._request, report, now, url=self._webhook_url, every=look, first_pause=first_pause
        )
        self._outage = Outage(time.monotonic, first_pause)
        logging.getLogger("telegram.Bot").addFilter(_no_parameters)
        self.bot = Bot(STAND_IN, base_url="", request=self._request, get_updates_request=self._request)
        self._asides: set[asyncio.Task[None]] = set()
        self._halves: set[tuple[str, int]] = set()
        """Letters of two calls whose first is done."""

    @property
    def username(self) -> str | None:
        """What ``t.me/…`` links name; None until Telegram was reached."""
        return self._reader.username

    @property
    def address(self) -> str | None:
        """Where links open the bot; None until Telegram was reached."""
        return None if self.username is None else f"https://t.me/{self.username}"

    def routes(self) -> Iterable[web.RouteDef]:
        """``POST /telegram``, in webhook mode only."""
        return [web.post("/telegram", self._hooked)] if self._mode == "webhook" else []

    def ready(self) -> str | None:
        """None when updates are received and letters go, else why not."""
        return self._receiving.trouble or self._outage.trouble

    def arrived(self, letter: Letter) -> None:
        """Nothing: letters are sent, not pulled."""

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to receive. Raises WrongToken."""
        await self._request.initialize()
        try:
            async with asyncio.timeout(START):
                await self._introduce()
        except InvalidToken:
            await self._request.shutdown()
            raise WrongToken("Telegram does not know TELEGRAM_BOT_TOKEN; BotFather shows the right one") from None
        except (TelegramError, TimeoutError) as error:
            self._receiving.report(reason(error))
        self._receiving.begin(self._receive())

    async def stop(self) -> None:
        """Stop to receive; letters may still be sent until ``close``."""
        await self._receiving.end()

    async def close(self) -> None:
        """End the connections, after the last letter."""
        for task in self._asides:
            task.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)
        await self._request.shutdown()

    async def _introduce(self) -> None:
        me = await self._request.call("getMe", {})
        if isinstance(me, dict):
            self._reader = replace(
                self._reader,
                username=me.get("username"),
                reads_groups=me.get("can_read_all_group_messages") is True,
            )

    async def _receive(self) -> None:
        try:
            await self._prepare()
            await (self._polling.run() if self._mode == "polling" else self._watching.run())
        except Exception:
            log.exception("telegram: receiving has ended")
            self._receiving.report("receiving has ended by an error; see the log")

    async def _prepare(self) -> None:
        steps: list[Callable[[], Coroutine[Any, Any, None]]] = [self._hook, self._name_commands]
        if self._reader.username is None:
            steps.insert(0, self._introduce)
        for step in steps:
            await self._persist(step)

    async def _persist(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        failures = 0
        while True:
            try:
                return await step()
            except TelegramError as error:
                self._receiving.report(reason(error))
                await asyncio.sleep(pause(self._first_pause, failures, error))
                failures += 1

    async def _hook(self) -> None:
        if self._mode == "webhook":
            if self._webhook_url is not None:
                await self.bot.set_webhook(
                    self._webhook_url,
                    secret_token=self._secret.decode(),
                    allowed_updates=list(WANTED),
                    max_connections=40,
                )
            return
        found = await self._best_effort("getWebhookInfo", self._request.call("getWebhookInfo", {}))
        if isinstance(found, dict) and found.get("url"):
            log.warning("telegram: a webhook was set; it is taken off, since this program polls")
            await self.bot.delete_webhook(drop_pending_updates=False)

    async def _name_commands(self) -> None:
        if self._commands:
            await self._best_effort("setMyCommands", self.bot.set_my_commands(self._commands))

    # --- receiving ------------------------------------------------------------------------------------------------

    async def _take(self, updates: Sequence[Mapping[str, Any]]) -> list[str]:
        """Hand updates on; the ids of the presses among them. Raises StorageFailing, and then none may be confirmed."""
        read = [self._reader.read(update) for update in updates]
        messages: list[Incoming] = [received.incoming for received in read if received.incoming is not None]
        if messages:
            await self._accept(messages)
        for update, received in zip(updates, read, strict=True):
            self.counts[received.outcome.value] += 1
            if received.outcome is Outcome.UNREADABLE:
                log.warning("telegram: update %s holds nothing that can be answered", update.get("update_id"))
        return [received.press for received in read if received.press is not None]

    async def _polled(self, updates: Sequence[Mapping[str, Any]]) -> None:
        for press in await self._take(updates):
            self._aside(self._acknowledge(press))

    async def _hooked(self, request: web.Request) -> web.Response:
        given = request.headers.getall(SECRET_HEADER, [])
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(errors="surrogateescape"), self._secret):
            self.counts["forged"] += 1
            return web.Response(status=403)
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return web.Response(status=413)
        update = loads(body)
        if not isinstance(update, dict):
            return web.Response(status=400)
        try:
            presses = await self._take([update])
        except StorageFailing:
            return web.Response(status=503)
        # a press is acknowledged in the reply itself: that saves a request, a fifth of what a turn costs
        if not presses:
            return web.Response()
        acknowledged = orjson.dumps({"method": ACKNOWLEDGE, "callback_query_id": presses[0]})
        return web.Response(body=acknowledged, content_type="application/json")

    # --- sending --------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises TryLater, Refused, FileRefused."""
        key = (letter.chat.id, letter.seq)
        todo, file = calls(letter), False
        try:
            for call in todo[1:] if key in self._halves else todo:
                file = bool(call.files)
                patience = 60.0 if call.files else 20.0
                await self._request.call(call.method, call.parameters, files=call.files, patience=patience)
                if call is not todo[-1]:
                    self._halves.add(key)
        except TelegramError as error:
            outcome = verdict(error, self._outage.failed(reason(error)))
            if isinstance(outcome, Refused):
                self._halves.discard(key)
            if isinstance(outcome, Refused) or outcome.limited:
                self._outage.over()
            if file and isinstance(outcome, Refused) and not outcome.blocked:
                self.counts["without_file"] += 1
                raise FileRefused(str(outcome), said=len(todo) > 1) from None
            raise outcome from None
        self._halves.discard(key)
        self._outage.over()

    async def typing(self, chat: str) -> None:
        """Show "typing…" for five seconds, or until the next letter. Raises nothing."""
        await self._best_effort("sendChatAction", self.bot.send_chat_action(int(chat), ChatAction.TYPING))

    # --- besides --------------------------------------------------------------------------------------------------

    async def _acknowledge(self, press: str) -> None:
        await self._best_effort(ACKNOWLEDGE, self._request.call(ACKNOWLEDGE, {"callback_query_id": press}))

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _best_effort(self, method: str, work: Coroutine[Any, Any, Any]) -> Any:
        """The result; None, a counter and a line at DEBUG where Telegram would not."""
        try:
            return await work
        except TelegramError as error:
            self.counts[f"{method}_failed"] += 1
            log.debug("telegram: %s: %s", method, error)
            return None


def _with_path(url: str | None) -> str | None:
    return None if url is None else url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/telegram"
