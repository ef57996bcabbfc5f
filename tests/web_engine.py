"""An engine in memory for the web chat: it stores, answers by a script, and keeps letters as the outbox does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from channels.channel import Letter, StorageFailing
from channels.web import Web
from handlers.messages import Chat, Choice, Incoming, Outgoing, Purpose
from handlers.texts.sentences import sentence
from tests.patience import PATIENCE

START = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
Script = Callable[[Incoming], Sequence[Outgoing]]


def repeats(incoming: Incoming) -> Sequence[Outgoing]:
    return [Outgoing(f"Máy nghe: {incoming.text}")]


class Engine:
    """``accept`` and the mailbox in one.

    ``full``: nothing can be stored. ``gate``, ``readable``: storing and reading wait until they are set.
    """

    def __init__(self, script: Script = repeats, delay: float = 0.0) -> None:
        self.script = script
        self.delay = delay
        self.accepted: list[Incoming] = []
        self.calls = 0
        self.reads = 0
        self.full = False
        self.unreadable = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.letters: dict[str, list[Letter]] = {}
        self.web: Web | None = None
        self.during_read: Callable[[], None] = lambda: None
        self.readable = asyncio.Event()
        self.readable.set()
        self._seq = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, received: Sequence[Incoming]) -> None:
        self.calls += 1
        await self.gate.wait()
        if self.full:
            raise StorageFailing
        known = {(message.chat, message.id) for message in self.accepted}
        for message in received:
            if (message.chat, message.id) not in known:
                self.accepted.append(message)
                task = asyncio.create_task(self._answer(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Incoming) -> None:
        await asyncio.sleep(self.delay)
        for outgoing in self.script(message):
            self.post(message.chat, outgoing, message.id)

    def post(self, chat: Chat, outgoing: Outgoing | str, event: str = "push", *, wake: bool = True) -> int:
        """Commit one letter; its number."""
        said = outgoing if isinstance(outgoing, Outgoing) else Outgoing(outgoing)
        self._seq += 1
        at = START + timedelta(seconds=self._seq)
        letter = Letter(chat, self._seq, event, Purpose.ANSWER, said.text, said.choices, said.attachment, at)
        self.letters.setdefault(str(chat), []).append(letter)
        if wake and self.web is not None:
            self.web.arrived(letter)
        return letter.seq

    async def letters_after(self, chat: str, seq: int, limit: int) -> list[Letter]:
        await self.readable.wait()
        return self._read([letter for letter in self.letters.get(chat, []) if letter.seq > seq][:limit])

    async def newest_letters(self, chat: str, limit: int) -> list[Letter]:
        await self.readable.wait()
        return self._read(self.letters.get(chat, [])[-limit:])

    def _read(self, found: list[Letter]) -> list[Letter]:
        self.reads += 1
        if self.unreadable:
            raise OSError("the disk is gone")
        self.during_read()
        return found


class Site:
    """The web channel on a real server at 127.0.0.1."""

    def __init__(self, engine: Engine, **settings: Any) -> None:
        self.engine = engine
        given = {"account": "H99.07", "unit_name": lambda: "xã An Hòa", **settings}
        self.channel = Web(engine.accept, engine, lambda: START, sentence, **given)
        engine.web = self.channel
        self.url = ""
        self._port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> Site:
        application = web.Application()
        application.add_routes(self.channel.routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE / 5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        await self.channel.start()
        return self

    async def stop(self) -> None:
        await self.channel.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Site:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


FIVE = tuple(
    Choice(f"{n} – {words}", f"sao {n}", str(n))
    for n, words in ((5, "Rất hài lòng"), (4, "Hài lòng"), (3, "Bình thường"), (2, "Không hài lòng"), (1, "Rất không"))
)
