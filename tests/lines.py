"""One program with five channels on loopback, and people who talk over them: the same words, six ways.

A *line* is a channel with a way to reach it: the web chat over HTTP, Telegram by polls, Telegram by webhook, a Zalo
Official Account, a Zalo bot, the terminal. A *person* is one chat on a line.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import aiohttp
import orjson
from sqlalchemy import select

from bot.app import App
from bot.clock import MachineClock
from bot.config import read_settings
from bot.operations import operations_of
from bot.program import Program, open_program
from bot.zalo.channel import make_zalo_bot, make_zalo_oa
from channels.channel import Channel
from channels.telegram import Telegram
from channels.terminal import Terminal
from channels.web import Bounds, Web
from channels.web_door import COOKIE, chat_id, new_cookie
from channels.zalo_bot import ZaloBot
from channels.zalo_events import PAYLOAD
from emulators.telegram import TOKEN
from emulators.zalo import OA_ID, ZaloEmulator
from emulators.zalo_bot import TOKEN as BOT
from handlers.messages import Chat
from handlers.texts.sentences import sentence
from storage.tables import officials
from tests.conftest import free_port
from tests.patience import PATIENCE
from tests.telegram_world import SECRET, RoughTelegram
from tests.world import SECRET as BACKENDS
from tests.world import Backend
from tests.zalo_world import SOON_AGAIN

UNIT = "H15.07"
LINES = ("web", "polling", "webhook", "zalo", "zalo_bot", "terminal")
BUTTONS = tuple(line for line in LINES if line != "zalo_bot")
"""Lines on which choices can be pressed; on the other one they are typed."""
TELEGRAM = ("polling", "webhook")


@dataclass(frozen=True)
class Said:
    """An answer as the person gets it: the text, and what its buttons are labelled and say."""

    text: str
    choices: tuple[tuple[str, str], ...]


class Person(Protocol):
    """One chat."""

    @property
    def chat(self) -> Chat:
        """The key in the tables."""
        ...

    async def write(self, text: str) -> None:
        """Send a message; back when the channel has acknowledged it."""
        ...

    async def shown(self) -> list[Said]:
        """Everything the person has got so far, in order."""
        ...


class Desk:
    """The program and its surroundings. ``says`` is one turn."""

    def __init__(
        self,
        program: Program,
        telegram: RoughTelegram,
        zalo: ZaloEmulator,
        backend: Backend,
        printed: list[dict[str, Any]],
    ) -> None:
        self.program = program
        self.app: App = program.app
        self.telegram = telegram
        self.zalo = zalo
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.printed = printed
        self._dossiers = iter(backend.rows)
        self._numbers = itertools.count(1)
        self.one_at_a_time = asyncio.Lock()

    @property
    def terminal(self) -> Terminal:
        channel = self.app.channels["terminal"]
        assert isinstance(channel, Terminal)
        return channel

    @property
    def zalo_bot(self) -> ZaloBot:
        channel = self.app.channels["zalo_bot"]
        assert isinstance(channel, ZaloBot)
        return channel

    def dossier(self) -> tuple[str, str]:
        """A dossier nobody has asked for yet, whose result was handed over: its code and its proof."""
        code = next(self._dossiers)
        return code, Backend.proof(code)

    def person(self, line: str, name: str = "Người dân") -> Person:
        """Somebody new on this line."""
        number = next(self._numbers)
        if line == "web":
            return OnTheWeb(self)
        if line == "terminal":
            return AtTheTerminal(self, f"{name} {number}")
        if line == "zalo":
            return OnZalo(self, f"7{number:018}", name)
        if line == "zalo_bot":
            return OnZaloBot(self, f"b{number:019x}")
        self.telegram.world.room(number, name)
        return OnTelegram(self, number)

    async def invitation(self, unit: str) -> str:
        """A code that makes an official."""
        made = await operations_of(self.app).official_add({"unit": unit, "role": "head", "minutes": 10})
        return str(made["code"])

    async def revoke(self, person: Person) -> None:
        """Take the roles of this chat back."""
        operations = operations_of(self.app)
        query = select(officials.c.id).where(officials.c.chat == str(person.chat), officials.c.revoked_at.is_(None))
        for id in await self.app.database.read(lambda connection: connection.execute(query).scalars().all()):
            await operations.official_revoke({"id": id})

    async def quiet(self, within: float = PATIENCE) -> None:
        """Until everything said is answered and everything answered is delivered."""
        async with asyncio.timeout(within):
            await self.app.quiet()
            await self.app.quiet()  # what the last answer has planned falls due only after it

    async def says(self, person: Person, *texts: str) -> list[Said]:
        """Write, one after the other without waiting, and what came of it."""
        before = len(await person.shown())
        for text in texts:
            await person.write(text)
        await self.quiet()
        return (await person.shown())[before:]


class OnTheWeb:
    """A browser: a cookie of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._cookie = new_cookie()
        self._ids = itertools.count(int.from_bytes(self._cookie.encode()[:8], "big"))

    @property
    def chat(self) -> Chat:
        return Chat("web", "1", chat_id(self._cookie))

    def next_id(self) -> str:
        return str(UUID(int=next(self._ids), version=4))

    async def post(self, text: str, id: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """A message as the page posts it: status and body of the reply."""
        body = orjson.dumps({"id": id or self.next_id(), "text": text})
        given = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={self._cookie}", **headers}
        async with self._desk.http.post(
            f"{self._desk.program.address}/web/messages", data=body, headers=given
        ) as reply:
            return reply.status, await reply.json()

    async def write(self, text: str) -> None:
        status, body = await self.post(text)
        assert status == 202, body

    async def shown(self) -> list[Said]:
        found: list[Said] = []
        headers = {"Cookie": f"{COOKIE}={self._cookie}", "Last-Event-ID": "0"}
        async with self._desk.http.get(f"{self._desk.program.address}/web/events", headers=headers) as reply:
            event = ""
            async for raw in reply.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                if event == "ready":
                    break
                if name == "data" and event == "message":
                    told = orjson.loads(value)
                    found.append(Said(told["text"], tuple((c["label"], c["says"]) for c in told["choices"])))
            reply.close()
        return found


class OnTelegram:
    """A private chat; a text that a button of the newest messages says is pressed, all else is typed."""

    def __init__(self, desk: Desk, number: int) -> None:
        self._desk = desk
        self.number = number

    @property
    def chat(self) -> Chat:
        return Chat("telegram", TOKEN.partition(":")[0], str(self.number))

    async def write(self, text: str) -> None:
        telegram = self._desk.telegram
        pressable = {button.data for sent in telegram.sent(self.number) for button in sent.buttons}
        say: Callable[[int, str], int] = telegram.press if text in pressable else telegram.say
        await telegram.wait_confirmed(say(self.number, text))

    async def shown(self) -> list[Said]:
        sent = self._desk.telegram.sent(self.number)
        return [Said(each.text, tuple((button.label, button.data) for button in each.buttons)) for each in sent]


class OnZalo:
    """A Zalo user; a text that a button of the messages so far says is tapped, all else is typed."""

    def __init__(self, desk: Desk, user: str, name: str) -> None:
        self._desk = desk
        self.user = user
        desk.zalo.person(user, name)

    @property
    def chat(self) -> Chat:
        return Chat("zalo_oa", OA_ID, self.user)

    async def write(self, text: str) -> None:
        zalo = self._desk.zalo
        tappable = {button.payload for sent in zalo.sent(self.user) for button in sent.buttons}
        payload = PAYLOAD + text
        event = zalo.tap(self.user, payload) if payload in tappable else zalo.say(self.user, text)
        await zalo.wait_until(lambda: event.taken)

    async def shown(self) -> list[Said]:
        sent = self._desk.zalo.sent(self.user)
        return [
            Said(each.text, tuple((b.title, str(b.payload).removeprefix(PAYLOAD)) for b in each.buttons))
            for each in sent
        ]


class OnZaloBot:
    """Somebody who writes to the bot; nothing can be tapped."""

    def __init__(self, desk: Desk, user: str) -> None:
        self._desk = desk
        self.user = user

    @property
    def chat(self) -> Chat:
        return Chat("zalo_bot", BOT.partition(":")[0], self.user)

    async def write(self, text: str) -> None:
        bot = self._desk.zalo.bot
        counts = self._desk.zalo_bot.counts
        async with self._desk.one_at_a_time:  # else the arrival of another's message is taken for this one's
            before = counts["message"] + counts["ignored"]
            bot.say(self.user, text)
            await self._desk.zalo.wait_until(lambda: counts["message"] + counts["ignored"] > before)

    async def shown(self) -> list[Said]:
        return [Said(each.text, ()) for each in self._desk.zalo.bot.sent(self.user)]


class AtTheTerminal:
    """A name at the terminal."""

    _lines = itertools.count(1)

    def __init__(self, desk: Desk, who: str) -> None:
        self._desk = desk
        self._who = who

    @property
    def chat(self) -> Chat:
        return Chat("terminal", "local", self._who)

    async def write(self, text: str, number: int | None = None) -> None:
        self._desk.terminal.who = self._who
        await self._desk.terminal.say(next(self._lines) if number is None else number, text)

    async def shown(self) -> list[Said]:
        mine = [line for line in self._desk.printed if line.get("as") == self._who]
        return [Said(line["text"], tuple((c["label"], c["says"]) for c in line["choices"])) for line in mine]


@asynccontextmanager
async def a_desk(mode: str) -> AsyncIterator[Desk]:
    """The real program in memory, Telegram in this mode, and its surroundings."""
    backend = Backend(UNIT, 400, datetime.now(UTC) - timedelta(days=1))
    await backend.start()
    printed: list[dict[str, Any]] = []
    async with RoughTelegram(speed=100) as telegram, ZaloEmulator() as zalo:

        def channels(app: App) -> Iterable[Channel]:
            bounds = Bounds(messages=1000)
            yield Web(app.accept, app.reading, app.clock.now, sentence, account="1", unit_name=str, bounds=bounds)
            yield Terminal(app.accept, app.clock.now, lambda line: printed.append(orjson.loads(line)), as_json=True)
            yield Telegram(
                TOKEN,
                app.accept,
                now=app.clock.now,
                mode="webhook" if mode == "webhook" else "polling",
                secret=SECRET,
                base_url=telegram.base_url,
                first_pause=0.01,
                long_poll=5,
            )
            yield make_zalo_oa(app)
            yield make_zalo_bot(app)

        given = {
            "ONESTOP_BASE_URL": backend.url,
            "ONESTOP_SECRET": BACKENDS,
            "MOTCUA_UNIT": UNIT,
            "MOTCUA_INVITE_DELAY": "0",
            "MOTCUA_CONTACT_HOURS": "00:00-24:00",
            "MOTCUA_PORT": str(free_port()),
            **zalo.settings,
            "ZALO_BOT_MODE": mode,
            "ZALO_BOT_WEBHOOK_SECRET": SECRET,
        }
        program = await open_program(read_settings(given, None), MachineClock(), channels, memory=True)
        desk = Desk(program, telegram, zalo, backend, printed)
        try:
            assert program.address is not None
            if mode == "webhook":
                hook = {"url": f"{program.address}/telegram", "secret_token": SECRET}
                await telegram.methods.call("setWebhook", hook)
            zalo.hooks.ladder = SOON_AGAIN
            if mode == "webhook":
                await zalo.bot.set_hook(f"{program.address}/zalo/bot", SECRET)
            assert await zalo.hooks.save(f"{program.address}/zalo/oa") == 200
            await backend.push(desk.http, program.address)
            await telegram.wait_until(lambda: program.app.ready() == [])
            yield desk
        finally:
            await desk.http.close()
            await program.stop()
            await backend.stop()
