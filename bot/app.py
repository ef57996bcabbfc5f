"""The running program, composed: one place where everything is made and joined.

Inbox, worker, writer, outbox and sender, the channels, the one-stop backend and its pushes, and the clock they share.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from random import Random
from typing import Any

import aiohttp
from msgspec.structs import replace

from bot import desk as desks
from bot.clock import Clock
from bot.config import Settings
from bot.engine.effects import Context
from bot.engine.group import GroupCommit
from bot.engine.jobs import Accept, Accepted, InboxRow, Job, Work
from bot.engine.ledger import Ledger
from bot.engine.metrics import Metrics
from bot.engine.reading import Reading
from bot.engine.recovery import count_open, suspects
from bot.engine.schedule import Schedule
from bot.engine.sender import Sender
from bot.engine.service import Service
from bot.engine.worker import TURN, Worker
from bot.file_links import FileLinks
from bot.keys import Keys
from bot.local.snapshot import Snapshot
from bot.polling import Poller
from bot.proofs import receipts, slips
from bot.tables.histories import Histories, Nights
from bot.tables.pushes import Pushes
from bot.tables.records import ChatRecords
from channels.channel import AsksPhone, Channel, Limits, Linked, StorageFailing, Windowed
from handlers.desk import Conversation, Later, OneStop, Step
from handlers.messages import Chat, Incoming, Kind
from handlers.reading.door import clean_and_mask
from handlers.respond import respond
from onestop import store
from onestop.client import PATIENTLY, Push, waiting
from onestop.dossier import Dossier
from onestop.register.reading import Line
from storage.engine import Database
from storage.tables import micros

log = logging.getLogger(__name__)
MOST_UNKNOWN = 50
"""Unknown statuses named in the log: a system that makes up more than these is not read with a map."""
BESIDE = 4.0
"""Seconds of a turn beside what the backend may take of it."""
MakeChannels = Callable[["App"], Iterable[Channel]]


def longest_turn(settings: Settings) -> float:
    """Seconds that all reads of one turn have: enough for what the backend may take of them."""
    return max(TURN, waiting(settings.onestop_wait).in_all + BESIDE)


class App:
    """``start`` takes up what was left open and begins; ``stop`` ends within a few seconds and loses nothing."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        keys: Keys,
        shelf: desks.Shelf,
        clock: Clock,
        channels: MakeChannels,
        random: Random | None = None,
        turn: float | None = None,
    ) -> None:
        """``turn``: seconds that all reads of one turn have, if not as many as the settings say."""
        self.settings = settings
        self.database = database
        self.keys = keys
        self.shelf = shelf
        self.clock = clock
        self.metrics = Metrics(lambda: {name: channel.counts for name, channel in self.channels.items()})
        self.reading = Reading(database, keys)
        self.links = None if settings.files_at is None else FileLinks(keys, settings.files_at)
        self.random = random or Random()
        self.channels: dict[str, Channel] = {channel.name: channel for channel in channels(self)}
        # looked for once: asking an object for its protocol costs more than a look-up
        self._linked = {name: channel for name, channel in self.channels.items() if isinstance(channel, Linked)}
        self._asks_phone = {name: channel for name, channel in self.channels.items() if isinstance(channel, AsksPhone)}
        pulled = frozenset(channel.name for channel in self.channels.values() if channel.pulled)
        self.ledger = Ledger(keys, Context(keys, settings.demo), pulled, self.reading)
        self.local = Snapshot(database, shelf.local)
        self.writer: GroupCommit[Job] = GroupCommit(self.local, self.local.watching(self.ledger.apply))
        self.service = Service(settings.unit, clock, self.write, lambda: self._troubles() if self.running else ())
        self.sender = Sender(self.channels, self.writer, clock, self.metrics, self.service)
        self.worker = Worker(
            self._respond,
            self.writer,
            self.reading,
            self._limits,
            self.sender.post,
            clock,
            self.metrics,
            shelf.phone,
            lambda: self.schedule.nudge(),
            self._typing,
            turn or longest_turn(settings),
            self.service,
        )
        self.schedule = Schedule(self.reading, self.worker, self.writer, database, clock, self.metrics.guesses)
        self.pushes = Pushes(shelf.offices, shelf.catalog, shelf.rules, keys.phone_key, self.random, clock.now)
        self._histories = Histories(database)
        self.nights = Nights(database, self._histories, self.write, clock)
        self._unknown: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._onestop: OneStop | None = None
        self.poller: Poller | None = None
        self._seq = 0
        self._signs: set[asyncio.Task[None]] = set()
        self.running = False

    # --- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Recover, then receive. Raises WrongToken of a channel."""
        self._session = aiohttp.ClientSession()
        heard = desks.Heard(self.unknown_statuses, self.service.looked_up)
        asked = (self.settings, self._session, self.clock, self.shelf.statuses, heard)
        backend, patient = desks.backend(*asked), desks.backend(*asked, patience=PATIENTLY)
        self._onestop = desks.onestop(backend, self.clock, self.database, self.keys)
        await self.look_for_dossiers()
        self._seq = await self.reading.newest_seq()
        await self.local.load()
        self.writer.start()
        await self._recover()
        self.schedule.start()
        self.nights.start()
        if patient is not None and self.settings.onestop_poll and not self.settings.demo:  # the mock pushes everything
            rate = self.settings.onestop_poll
            self.poller = Poller(self.database, patient.look_up, self.polled, self.clock, rate)
            self.poller.start()
        self.running = True
        for channel in self.channels.values():
            await channel.start()
        await self.service.start()

    async def _recover(self) -> None:
        now = self.clock.now()
        self.worker.defer(await self.reading.deferred_events(now, 10_000))
        self.sender.post(await self.reading.open_letters(10_000))
        await self.writer.submit(Work(count_open, "count open rows"))
        for row in await suspects(self.database):
            await self.worker.alone(row)
        await self.schedule.look()

    async def stop(self) -> None:
        """Stop receiving, finish what is in hand, write it down, close."""
        self.running = False
        await asyncio.gather(*(channel.stop() for channel in self.channels.values()))
        await self.schedule.stop()
        await self.nights.stop()
        if self.poller is not None:
            await self.poller.stop()
        await self.worker.stop()
        await self.sender.stop()
        await self.service.stop()
        await asyncio.gather(*(channel.close() for channel in self.channels.values()))
        await self.schedule.vanish_now()
        await self.writer.stop()
        if self._session is not None:
            await self._session.close()
        await self.database.close()

    async def quiet(self) -> None:
        """Until nothing is waiting anywhere and nothing is due."""
        while True:
            await self.worker.finished()
            await self.sender.finished()
            await self.writer.drained()
            handed = await self.schedule.look()
            if not handed and self.worker.idle and self.sender.idle:
                return

    def ready(self) -> list[str]:
        """What is not as it should be; empty when everything runs."""
        wrong = [] if self.running else ["starting or stopping"]
        return wrong + [f"{name}: {trouble}" for name, trouble in self._troubles() if trouble]

    def _troubles(self) -> list[tuple[str, str | None]]:
        return [(channel.name, channel.ready()) for channel in self.channels.values()]

    # --- what comes in ------------------------------------------------------------------------------------------------

    async def accept(self, received: Sequence[Incoming]) -> None:
        """Clean, mask, number and store; returns when it is on disk. Raises StorageFailing."""
        rows = tuple(self._row(message) for message in received)
        if not rows:
            return
        try:
            strangers = self.worker.strangers(str(row.incoming.chat) for row in rows)
            stored: Accepted = await self.writer.submit(Accept(rows, strangers))
        except Exception as error:
            log.error("could not store %d messages: %s", len(rows), type(error).__name__)
            raise StorageFailing from error
        self.metrics.accepted(len(stored.fresh) + stored.rejected)
        self.metrics.rejected(stored.rejected)
        self.worker.learn(stored.stands)
        if not self.worker.behind:
            self.worker.hand(stored.fresh)

    def _row(self, message: Incoming) -> InboxRow:
        text = message.text if message.kind is Kind.EVENT else self._sealed(clean_and_mask(message.text))
        if text is not message.text or message.origin is not None:
            origin = None if message.origin is None else self.keys.address(message.origin)
            message = Incoming(message.chat, message.id, text, message.at, message.kind, message.private, origin)
        return InboxRow(self._next_seq(), message)

    def _sealed(self, text: str) -> str:
        """The text without what opens anything: receipts' tokens and slips'."""
        return slips.sealed(receipts.sealed(text, self.keys), self.keys)

    def _next_seq(self) -> int:
        self._seq = max(self._seq + 1, micros(self.clock.now()))
        return self._seq

    async def pushed(self, push: Push) -> int:
        """Store what the backend pushed and plan what followers are told; how many changes that were."""
        told: int = await self.writer.submit(Work(lambda connection: self.pushes.record(connection, push), "push"))
        await self.look_for_dossiers()
        self.metrics.pushes.labels("stored").inc(len(push.rows))
        self.metrics.pushes.labels("bad").inc(len(push.bad))
        self.unknown_statuses(row.status_told for row in push.rows if row.status_told is not None)
        self.schedule.nudge()
        return told

    async def polled(self, dossier: Dossier, as_of: datetime) -> None:
        """Store how a followed dossier stands, by the backend's own answer, and plan what followers are told."""
        line = Line(0, dossier)
        await self.write(lambda connection: self.pushes.enter(connection, (line,), as_of), "polled")
        await self.look_for_dossiers()
        self.metrics.pushes.labels("polled").inc()
        self.schedule.nudge()

    def unknown_statuses(self, words: Iterable[str]) -> None:
        """Tell the operator, each word once, what the backend says and nobody knows: citizens are sent to the desk."""
        for word in words:
            self.metrics.pushes.labels("unknown status").inc()
            if word not in self._unknown and len(self._unknown) < MOST_UNKNOWN:
                self._unknown.add(word)
                log.error("the backend sends a status that nobody knows, %r: write it into statuses.yaml", word)

    async def look_for_dossiers(self) -> None:
        """Once any dossier is stored, however it came, citizens can look theirs up."""
        rules = self.shelf.rules
        if not rules.connected and await self.database.read(store.is_any):
            self.shelf = replace(self.shelf, rules=replace(rules, connected=True))

    def telegram_address(self) -> str | None:
        """Where links open our bot; None without one, or until Telegram was reached."""
        found = self._linked.get("telegram")
        return None if found is None else found.address

    # --- answering ----------------------------------------------------------------------------------------------------

    async def _respond(self, conversation: Conversation, incoming: Incoming) -> Step | Later:
        if incoming.kind is Kind.EVENT:
            channel = self.channels.get(incoming.chat.channel)
            at = await channel.waits(incoming.chat, incoming.id) if isinstance(channel, Windowed) else None
            if at is not None:
                return Later(at)
        return await respond(conversation, incoming, self.desk(incoming.chat))

    def desk(self, chat: Chat) -> desks.Desk:
        """All that a handler may read now, for this chat."""
        assert self._onestop is not None
        now = self.clock.now()
        records = ChatRecords(
            self.database, self.keys, str(chat), now, demo=self.settings.demo, histories=self._histories
        )
        address, asking = self._address(chat.channel), self._asks_phone.get(chat.channel)
        return self.shelf.desk(
            self._onestop,
            records,
            now,
            self.random,
            self.local.value,
            address,
            asks_phone=asking is not None and asking.asks_phone,
            documents=self._limits(chat.channel).documents,
            links=self.links,
        )

    def _address(self, channel: str) -> str | None:
        """Where a link opens the channel; the chat page, where it has no links of its own."""
        found = self._linked.get(channel)
        own = None if found is None else found.address
        return own or (self.settings.page if "web" not in self.settings.disable else None)

    def _typing(self, chat: Chat) -> None:
        channel = self.channels.get(chat.channel)
        if channel is not None:
            sign = asyncio.create_task(channel.typing(chat.id))
            self._signs.add(sign)
            sign.add_done_callback(self._signs.discard)

    def _limits(self, channel: str) -> Limits:
        found = self.channels.get(channel)
        return found.limits if found is not None else Limits()

    async def write(self, run: Callable[[Any], Any], name: str) -> Any:
        """Write something that is no answer, with the next group."""
        return await self.writer.submit(Work(run, name))
