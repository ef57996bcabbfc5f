"""A small engine for tests: the real ledger, writer, worker and sender, with a respond and a channel given."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiohttp import web
from sqlalchemy import Connection

from bot.engine.effects import Context
from bot.engine.group import GroupCommit
from bot.engine.jobs import Accept, Accepted, InboxRow, Job
from bot.engine.ledger import Ledger
from bot.engine.metrics import Metrics
from bot.engine.reading import Reading
from bot.engine.recovery import count_open, suspects
from bot.engine.schedule import Schedule
from bot.engine.sender import Sender
from bot.engine.service import Service
from bot.engine.worker import Worker
from bot.keys import Keys
from channels.channel import Letter, Limits
from handlers.desk import Conversation, Later, Step
from handlers.messages import Chat, Incoming, Kind, Outgoing
from handlers.states import Idle
from storage.engine import Database
from storage.tables import micros, officials
from tests.patience import PATIENCE

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
Respond = Callable[[Conversation, Incoming], Awaitable[Step | Later]]
KEYS = Keys(b"a key for tests only")


class FakeClock:
    """Stands still until moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


class FakeChannel:
    """Remembers what was delivered; ``troubles`` are raised first, one a send."""

    name = "fake"

    def __init__(self, limits: Limits | None = None, *, pulled: bool = False) -> None:
        self.limits = limits or Limits()
        self.pulled = pulled
        self.delivered: list[Letter] = []
        self.troubles: list[Exception] = []
        self.signs: list[str] = []
        self.counts: Counter[str] = Counter()
        self.in_flight: dict[str, int] = defaultdict(int)
        self.most_in_flight = 0

    def routes(self) -> Iterable[web.RouteDef]:
        return ()

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def ready(self) -> str | None:
        return None

    async def send(self, letter: Letter) -> None:
        chat = str(letter.chat)
        self.in_flight[chat] += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight[chat])
        await asyncio.sleep(0)
        self.in_flight[chat] -= 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.delivered.append(letter)

    def arrived(self, letter: Letter) -> None:
        self.delivered.append(letter)

    async def typing(self, chat: str) -> None:
        self.signs.append(chat)

    def texts(self, chat: Chat) -> list[str]:
        """What one chat has received, in order."""
        return [letter.text for letter in self.delivered if letter.chat == chat]


async def echo(conversation: Conversation, incoming: Incoming) -> Step:
    """Says what was said."""
    return Step(Idle(), (Outgoing(incoming.text),))


def chat(name: str) -> Chat:
    """A chat on the fake channel."""
    return Chat("fake", "a", name)


class Engine:
    """One process's worth of engine; make a second on the same database to "restart" it."""

    def __init__(
        self,
        database: Database,
        respond: Respond = echo,
        channel: FakeChannel | None = None,
        clock: FakeClock | None = None,
        turn: float = PATIENCE,
        service: Service | None = None,
    ) -> None:
        self.database = database
        self.channel = channel or FakeChannel()
        self.clock = clock or FakeClock()
        self.metrics = Metrics()
        pulled = frozenset({"fake"} if self.channel.pulled else ())
        self.reading = Reading(database, KEYS)
        ledger = Ledger(KEYS, Context(KEYS, demo=False), pulled, self.reading)
        self.writer: GroupCommit[Job] = GroupCommit(database, ledger.apply)
        self.sender = Sender({"fake": self.channel}, self.writer, self.clock, self.metrics, service)
        self.worker = Worker(
            respond,
            self.writer,
            self.reading,
            lambda _: self.channel.limits,
            self.sender.post,
            self.clock,
            self.metrics,
            typing=lambda chat: self.channel.signs.append(chat.id),
            turn=turn,
            service=service,
        )
        self.schedule = Schedule(self.reading, self.worker, self.writer, database, self.clock)
        self._seq = 0

    async def start(self) -> Engine:
        """Take up what is open."""
        self._seq = await self.reading.newest_seq()
        self.writer.start()
        self.worker.defer(await self.reading.deferred_events(self.clock.now(), 1000))
        self.sender.post(await self.reading.open_letters(1000))
        await self.writer.submit(_work(count_open))
        for row in await suspects(self.database):
            await self.worker.alone(row)
        await self.quiet()
        return self

    def at_clock(self) -> None:
        """Number what comes next by the clock, as the program does."""
        self._seq = max(self._seq, micros(self.clock.now()) - 1)

    async def accept(self, *messages: Incoming) -> list[InboxRow]:
        """Store and hand over, as the program does."""
        rows = []
        for message in messages:
            self._seq += 1
            rows.append(InboxRow(self._seq, message))
        strangers = self.worker.strangers(str(row.incoming.chat) for row in rows)
        stored: Accepted = await self.writer.submit(Accept(tuple(rows), strangers))
        self.worker.learn(stored.stands)
        if not self.worker.behind:
            self.worker.hand(stored.fresh)
        return list(stored.fresh)

    async def say(self, who: Chat, text: str, event: str | None = None, kind: Kind = Kind.TEXT) -> None:
        """One message, answered."""
        await self.accept(Incoming(who, event or f"e{self._seq + 1}", text, self.clock.now(), kind))
        await self.quiet()

    async def quiet(self) -> None:
        """Until nothing moves."""
        while True:
            handed = await self.schedule.look()
            await self.worker.finished()
            await self.sender.finished()
            await self.writer.drained()
            if not handed:
                return

    async def stop(self) -> None:
        """End this engine, keep the database."""
        await self.worker.stop()
        await self.sender.stop()
        await self.writer.stop()


def _work(run: Callable[..., object]) -> Job:
    from bot.engine.jobs import Work

    return Work(run)


async def with_officials(database: Database, roles: Sequence[tuple[str, str, str]], since: datetime) -> None:
    """Officials of (chat, role, unit), and one whose rights were taken away."""

    def work(connection: Connection) -> None:
        for n, (who, role, unit) in enumerate(roles):
            values = {"id": f"cb-{n}", "chat": str(chat(who)), "unit": unit, "role": role, "since": since}
            connection.execute(officials.insert().values(values))
        gone = {"id": "cb-9", "chat": str(chat("d")), "unit": "H99.07", "role": "staff", "since": since}
        connection.execute(officials.insert().values(**gone, revoked_at=since))

    await database.write(work)


Make = Callable[..., Awaitable[Engine]]


@asynccontextmanager
async def engines(database: Database) -> AsyncIterator[Make]:
    """Starts engines on one database, one after another or together; all of them are stopped at the end."""
    made: list[Engine] = []

    async def make(
        respond: Respond = echo,
        channel: FakeChannel | None = None,
        clock: FakeClock | None = None,
        turn: float = PATIENCE,
    ) -> Engine:
        made.append(await Engine(database, respond, channel, clock, turn).start())
        return made[-1]

    yield make
    for engine in made:
        await engine.stop()
