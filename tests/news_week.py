"""A week of a province told to its followers: the mock backend with faults, a running program that dies now and then,
and what reached whom when, by a clock that is moved by hand.

A *change* is a row that brought a dossier into another status, as the backend sent it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select

from bot.app import App
from bot.clock import HandClock
from bot.config import Settings
from bot.desk import Shelf
from bot.engine.stored import load_letter
from bot.keys import Keys
from channels.channel import Letter
from handlers.dossiers.status import MATTERS
from handlers.messages import Purpose
from handlers.rated.inviting import QUIET
from handlers.texts import tracking as texts
from onestop.client import read_push
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Progress, Status, new_due
from onestop.mock.population import Sizes
from onestop.mock.server import MockOneStop
from onestop.mock.simulation import MockUnit
from storage.engine import Database
from storage.tables import bindings, inbox, outbox
from tests.engine import FakeChannel

UNITS = [
    MockUnit(f"H99.{n:02}", f"xã số {n}", branch="Văn phòng đăng ký đất đai, chi nhánh Sông Trúc") for n in range(1, 13)
]
START = datetime(2026, 11, 16, 0, 0, tzinfo=VIETNAM)
TICK = timedelta(minutes=15)
PATIENCE = 600.0
"""Seconds that a turn has here. On a busy machine one may take longer than the program waits: its news come a minute
later then, which by this clock is a quarter of an hour, and meanwhile another change may overtake them."""
Change = tuple[datetime, Status]


class Phone(FakeChannel):
    """A channel that notes when each letter arrived, and which arrived again."""

    def __init__(self, name: str, clock: HandClock, *, pulled: bool) -> None:
        super().__init__(pulled=pulled)
        self.name = name
        self._clock = clock
        self.arrived_at: dict[tuple[str, int], datetime] = {}
        self.again = 0

    async def send(self, letter: Letter) -> None:
        await super().send(letter)
        self._note(letter)

    def arrived(self, letter: Letter) -> None:
        super().arrived(letter)
        self._note(letter)

    def _note(self, letter: Letter) -> None:
        key = (str(letter.chat), letter.seq)
        if key in self.arrived_at:
            self.again += 1
            self.delivered.pop()
        self.arrived_at.setdefault(key, self._clock.now())


@dataclass(frozen=True)
class Arrival:
    """When a row first came in, and whether a follower has to be told of it."""

    at: datetime
    matters: bool


class Week:
    """``run`` lives through it; what is looked at afterwards stands in ``phones`` and ``arrivals``."""

    def __init__(self, settings: Settings, shelf: Shelf, url: str, sizes: Sizes, seed: int = 7) -> None:
        self.settings, self.shelf, self.url = settings, shelf, url
        self.random = Random(seed)
        self.clock = HandClock(START)
        self.phones = {name: Phone(name, self.clock, pulled=name == "pull") for name in ("pull", "push")}
        self.arrivals: dict[str, dict[Change, Arrival]] = defaultdict(dict)
        self.following: dict[str, list[str]] = {}
        self.faults: Counter[str] = Counter()
        self.app: App | None = None
        self.crashes = 0
        self._held: list[bytes] = []
        self._next = START
        self._keys = Keys(b"a key for tests only")
        self.mock = MockOneStop(
            UNITS, now=self.clock.now, seed=seed, secret="s", deliver=self._deliver, sizes=sizes, pause=0.002
        )
        self._ours: set[asyncio.Task[object]] = set()

    # --- the program -------------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Everything known is told, then it is followed."""
        self.mock.start_pushing()
        self._ours = asyncio.all_tasks()
        await self._start()
        self.mock.sync()
        await self.mock.delivered(60)
        await self._release()
        await self._app.quiet()
        codes = sorted(DossierCode.parse(code).canonical for code in self.mock.codes())
        rows = []
        for n, code in enumerate(codes):
            chats = {f"{('pull', 'push')[n % 2]}/a/{self.random.randrange(1500)}" for _ in range(1 + (n % 10 == 0))}
            self.following[code] = sorted(chats)
            rows += [
                {
                    "chat": chat,
                    "dossier": code,
                    "proved_at": START,
                    "until": START + timedelta(days=90),
                    "following_since": START,
                    "name": "hồ sơ",
                }
                for chat in self.following[code]
            ]
        await self._app.write(lambda connection: connection.execute(bindings.insert(), rows), "follow")
        self.arrivals.clear()

    @property
    def _app(self) -> App:
        assert self.app is not None
        return self.app

    async def _start(self) -> None:
        app = App(
            self.settings,
            Database(self.url),
            self._keys,
            self.shelf,
            self.clock,
            lambda _: self.phones.values(),
            Random(self.random.random()),
            PATIENCE,
        )
        await app.start()
        self.app = app

    async def crash(self) -> None:
        """Everything of the program ends where it stands; nothing is written down any more."""
        app, self.app = self._app, None
        dying = asyncio.all_tasks() - self._ours
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
        await app.database.close()
        if app._session is not None:
            await app._session.close()
        self.crashes += 1

    async def _read_on(self) -> None:
        """As a page that was cut off: what was committed before the death and never announced is read."""
        theirs = select(outbox).where(outbox.c.chat.startswith("pull/")).order_by(outbox.c.chat, outbox.c.seq)
        phone = self.phones["pull"]
        for row in await self._app.database.read(lambda connection: connection.execute(theirs).all()):
            letter = load_letter(row)
            if (str(letter.chat), letter.seq) not in phone.arrived_at:
                phone.arrived(letter)
                self.faults["never announced"] += 1

    # --- the backend -------------------------------------------------------------------------------------------------

    async def _deliver(self, raw: bytes, _: str) -> int:
        """A push on its way: refused, stored twice, stored without an acknowledgement, or overtaken by later ones."""
        chance = self.random.random()
        if self.app is None or chance < 0.05:
            self.faults["refused"] += 1
            return 503
        if 0.05 <= chance < 0.10:
            self.faults["overtaken"] += 1
            self._held.append(raw)
            return 200
        if not await self._stored(raw):
            return 503
        if chance < 0.15:
            self.faults["acknowledgement lost"] += 1
            return 503
        if chance < 0.20:
            self.faults["twice"] += 1
            await self._stored(raw)
        return 200

    async def _stored(self, raw: bytes) -> bool:
        if self.app is None:
            return False
        push = read_push(raw)
        task = asyncio.create_task(self.app.pushed(push))
        await asyncio.wait({task})
        if task.cancelled() or task.exception() is not None:
            return False
        for row in push.rows:
            self._arrived(row)
        return True

    def _arrived(self, row: Dossier | Progress) -> None:
        assert row.own_time is not None
        matters = row.status in MATTERS or (
            isinstance(row, Dossier) and new_due(row.status, row.supplements) is not None
        )
        self.arrivals[row.code.canonical].setdefault((row.own_time, row.status), Arrival(self.clock.now(), matters))

    async def _release(self) -> None:
        while self._held:
            if await self._stored(self._held[0]):
                self._held.pop(0)

    # --- time --------------------------------------------------------------------------------------------------------

    async def run(self, until: datetime, crashes: Iterable[datetime] = ()) -> None:
        """Live on, tick by tick; die and start again at the given times, amid whatever is going on."""
        dying = sorted(crashes)
        at = self.clock.now()
        while at < until:
            at += TICK
            self.clock.move_to(at)
            happened = self.mock.advance(at)
            if dying and at >= dying[0]:
                dying.pop(0)
                await asyncio.sleep(self.random.uniform(0, 0.05))
                await self.crash()
                await self._start()
                await self._read_on()
                self._next = at
            if happened or self._held or at >= self._next:
                await self.mock.delivered(60)
                await self._app.quiet()
                if self._held:
                    await self._release()
                    await self._app.quiet()
                self._next = await self._app.schedule.next_due() or until

    async def end(self) -> None:
        """Stop in order."""
        await self._app.stop()
        await self.mock.stop()

    async def left_open(self) -> int:
        """Events that are due and not answered."""
        due = (inbox.c.state == "open", inbox.c.not_before <= self.clock.now())
        async with self._app.database.reading() as connection:
            query = select(func.count()).select_from(inbox).where(*due)
            return int((await connection.execute(query)).scalar_one())

    # --- what came of it ---------------------------------------------------------------------------------------------

    def letters(self) -> list[Letter]:
        """Every letter that arrived, each once, in the order in which a chat got them."""
        found = [letter for phone in self.phones.values() for letter in phone.delivered]
        return sorted(found, key=lambda letter: (str(letter.chat), letter.seq))

    def story(self, code: str, chat: str) -> str:
        """All that came in of a dossier and all that a chat was told of it, for who looks into a failure."""
        rows = sorted(self.arrivals[code].items())
        lines = [f"{at:%d %H:%M:%S} {status.name} came {a.at:%d %H:%M:%S} {a.matters}" for (at, status), a in rows]
        lines += [
            f"told {letter.made_at:%d %H:%M} {letter.event}: {letter.text}"
            for letter in self.letters()
            if str(letter.chat) == chat and code in letter.event
        ]
        return "\n".join([code, *lines])

    def says(self, code: str, at: object) -> list[str]:
        """What is said of the change of a dossier at an instant: its status, else that there is a new due day."""
        changed = [status for when, status in self.arrivals[code] if when == at]
        return [texts.short(status) if status in MATTERS else "ngày hẹn trả nay là" for status in changed]

    def asked(self) -> dict[str, list[datetime]]:
        """When each chat was asked something (for a rating), oldest first."""
        found = defaultdict(list)
        for letter in self.letters():
            if letter.purpose is Purpose.INVITATION:
                found[str(letter.chat)].append(letter.made_at)
        return found

    def _may_write(self, at: datetime, asked: list[datetime]) -> datetime:
        """The first instant not before ``at`` at which a chat that was asked something then may be written to."""
        hours = self.shelf.rules.contact_hours
        at = hours.next_contact(at)
        for question in asked:
            if question <= at < question + QUIET:
                at = hours.next_contact(question + QUIET)
        return at

    def to_tell(self, code: str, asked: list[datetime]) -> tuple[set[datetime], set[datetime]]:
        """Of a dossier: the instants of all changes that may be told to a chat, and of those that must be.

        A change need not be told where another one came in before we might write: that one is told; nor where this life
        ended before.
        """
        rows = sorted(self.arrivals[code].items())
        may: set[datetime] = set()
        must: set[datetime] = set()
        for (at, status), arrival in rows:
            if not arrival.matters:
                continue
            may.add(at)
            contact = self._may_write(arrival.at, asked)
            overtaken = any(
                later > at and other is not status and newer.at <= contact for (later, other), newer in rows
            )
            if not overtaken and contact <= self.clock.now():
                must.add(at)
        return may, must
