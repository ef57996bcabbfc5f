"""What the tests of Zalo share: contacts in memory, a running channel before the emulator, people of a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from channels.channel import Letter
from channels.zalo_account import Account
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_oa import ZaloOA
from channels.zalo_outreach import Outreach, Terms
from channels.zalo_token import NoToken
from emulators.zalo import APP_ID, OA_ID, OA_SECRET, ZaloEmulator
from handlers.messages import Chat, Purpose
from tests.patience import PATIENCE
from tests.telegram_channel import Store
from tests.world import Server

SOON_AGAIN = (0.05,) * 20
"""When an event that was not taken in time comes again: the real one waits for half a minute and longer."""
AN = "7000000000000000001"
BINH = "7000000000000000002"


@dataclass
class FakeContacts:
    """Remembers in memory."""

    heard_at: dict[Chat, datetime] = field(default_factory=dict)
    quiet: dict[Chat, datetime] = field(default_factory=dict)
    phones: dict[Chat, str] = field(default_factory=dict)

    async def load(self) -> None:
        pass

    def heard(self, chat: Chat, at: datetime) -> None:
        self.heard_at[chat] = at

    def taken_over(self, chat: Chat, until: datetime) -> None:
        self.quiet[chat] = until

    def quiet_until(self, chat: Chat) -> datetime | None:
        return self.quiet.get(chat)

    def gave_phone(self, chat: Chat, hashed: str) -> None:
        self.phones[chat] = hashed

    async def phone(self, chat: Chat) -> str | None:
        return self.phones.get(chat)

    async def last_heard(self, chat: Chat) -> datetime | None:
        return self.heard_at.get(chat)


@dataclass
class FakeBooks:
    """Keeps them in memory."""

    bought: list[tuple[str, str, int]] = field(default_factory=list)
    questions: dict[str, tuple[Chat, str, int]] = field(default_factory=dict)

    async def load(self) -> None:
        pass

    def spent(self) -> int:
        return sum(dong for _, _, dong in self.bought)

    def paid(self, kind: str, quota: str, dong: int) -> None:
        self.bought.append((kind, quota, dong))

    async def asked(self, message: str, chat: Chat, dossier: str, n: int | None) -> None:
        if n is not None:
            self.questions[message] = (chat, dossier, n)

    async def asked_about(self, message: str) -> tuple[Chat, str, int] | None:
        return self.questions.get(message)


class FixedToken:
    """One access token that nobody renews: good for a day of trying."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        """The token."""
        return self._token

    async def renewed(self, stale: str) -> str:
        """There is no other."""
        raise NoToken("the access token has run out and there is no refresh token: run motcua zalo login")

    async def keep_fresh(self) -> None:
        """Nothing can be done."""

    def trouble(self) -> str | None:
        """Nothing is known."""
        return None

    async def close(self) -> None:
        """Nothing to let go of."""


def chat(user: str = AN) -> Chat:
    return Chat("zalo_oa", OA_ID, user)


def letter(text: str = "chào anh/chị", user: str = AN, seq: int = 1, **more: Any) -> Letter:
    values: dict[str, Any] = {"choices": (), "attachment": None, "purpose": Purpose.ANSWER, **more}
    return Letter(chat(user), seq, "e", text=text, made_at=datetime.now(UTC), **values)


def channel(zalo: ZaloEmulator, store: Store, contacts: FakeContacts | None = None, **more: Any) -> ZaloOA:
    account = Account(APP_ID, OA_ID, OA_SECRET, **more.pop("account", {}))
    tokens = more.pop("tokens", None) or FixedToken(zalo.grants.access)
    http = ZaloHttp(Roots(zalo.base_url, zalo.base_url, zalo.base_url), patience=more.pop("patience", 5.0))
    now = lambda: datetime.fromtimestamp(zalo.world.clock.now(), UTC)  # noqa: E731
    remembered = contacts or FakeContacts()
    outreach = more.pop("outreach", None) or Outreach(Terms(), remembered, FakeBooks(), now)
    values: dict[str, Any] = {
        "now": now,
        "outreach": outreach,
        "http": http,
        "first_pause": 0.01,
        "jitter": lambda: 0.0,
        **more,
    }
    return ZaloOA(account, tokens, remembered, store.accept, **values)


@asynccontextmanager
async def hooked(zalo: ZaloEmulator, made: ZaloOA) -> AsyncIterator[str]:
    """The channel behind its own web server, its address saved in the console; the address."""
    app = web.Application(client_max_size=64 << 20)
    app.add_routes(made.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/zalo/oa"
    await made.start()
    try:
        assert await zalo.hooks.save(url) == 200
        yield url
    finally:
        zalo.hooks.url = None
        await made.stop()
        await made.close()
        await runner.cleanup()


@dataclass
class Phone:
    """One citizen with Zalo, before a running program."""

    zalo: ZaloEmulator
    user: str

    @property
    def seen(self) -> list[str]:
        """What the phone shows of the account's messages."""
        return [sent.text for sent in self.zalo.sent(self.user)]

    def say(self, text: str) -> None:
        """Write."""
        self.zalo.say(self.user, text)

    def press(self, label: str) -> None:
        """Tap the newest button with this title. Raises LookupError."""
        self.zalo.tap(self.user, label)

    async def until(self, fragment: str, since: int = 0, within: float = PATIENCE) -> str:
        """The first message after number ``since`` that holds ``fragment``. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while True:
                for text in self.seen[since:]:
                    if fragment in text:
                        return text
                await asyncio.sleep(0.02)


def zalo_server(folder: Path, zalo: ZaloEmulator, **more: str) -> Server:
    """A server that speaks with this emulator, not yet started; its webhook is saved in the console."""
    server = Server(folder, {})
    server.settings.update({**zalo.settings, **more})
    zalo.hooks.url = f"{server.address}/zalo/oa"
    return server
