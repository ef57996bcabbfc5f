"""A desk for tests: a one-stop backend and a database in memory, and a chat that talks to a handler.

``Book`` keeps what the database would: the effects of a Step are written into it as the ledger writes them, so that
a script can go from a code to a rating. ``FakeRecords`` is what one chat reads of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import (
    BackendDown,
    Conversation,
    Desk,
    Later,
    NotConnected,
    Rules,
    Seen,
    Step,
    Topic,
)
from handlers.dossiers import collecting, tracking
from handlers.messages import Chat, Choice, Incoming, Kind, Purpose
from handlers.officials import becoming, morning, reporting
from handlers.rated import rating
from handlers.reading.intents import is_pressed
from handlers.reading.picking import pick
from onestop.code import DossierCode, find_codes
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Status
from procedures.local import Local
from ratings.rating import default_instrument
from tests.book_records import FakeRecords
from tests.books import NOON, RULES, Book, catalog, elsewhere, index, offices

__all__ = [
    "NOON",
    "RULES",
    "Book",
    "FakeOneStop",
    "FakeRecords",
    "Talk",
    "a_desk",
    "a_dossier",
    "catalog",
    "index",
    "micros",
    "offices",
    "press",
    "route",
]

Respond = Callable[[Conversation, Incoming, Desk], Awaitable[Step | Later | None]]


def a_dossier(code: str, status: Status = Status.IN_PROGRESS, **more: object) -> Dossier:
    """A dossier of birth registration at xã Đồng Sậy, its phone ending in 4821, unless said otherwise."""
    given: dict[str, object] = {
        "procedure": "1.001193",
        "procedure_name": "Thủ tục đăng ký khai sinh",
        "field": "Hộ tịch",
        "unit": "000.00.07.H99",
        "received_at": NOON - timedelta(days=2),
        "due": datetime(2026, 11, 26, 17, 0, tzinfo=VIETNAM),
        "phone_last4": "4821",
        **more,
    }
    return Dossier(DossierCode.parse(code), status, **given)  # type: ignore[arg-type]


@dataclass
class FakeOneStop:
    """The backend: what it knows by code. ``down`` and ``connected`` make it fail; ``asked`` is what it was asked.

    ``told``: what stands in the tables and is the answer while the backend is down; None: there is no such table.
    """

    dossiers: dict[str, Dossier] = field(default_factory=dict)
    told: dict[str, Dossier] | None = None
    down: bool = False
    connected: bool = True
    as_of: datetime = NOON
    asked: list[str] = field(default_factory=list)

    def put(self, dossier: Dossier) -> None:
        """Know this dossier from now on."""
        self.dossiers[dossier.code.canonical] = dossier

    async def look_up(self, code: str) -> Seen:
        """As ``handlers.desk.OneStop``."""
        self.asked.append(code)
        if not self.connected:
            raise NotConnected
        canonical = DossierCode.parse(code).canonical
        if self.down and self.told is not None:
            return Seen(self.told.get(canonical), self.as_of - timedelta(days=1), down=True)
        if self.down:
            raise BackendDown
        return Seen(self.dossiers.get(canonical), self.as_of)

    def proves(self, seen: Seen, digits: str) -> bool:
        """As ``handlers.desk.OneStop``."""
        return seen.dossier is not None and seen.dossier.phone_last4 == digits


def a_desk(
    onestop: FakeOneStop | None = None,
    records: FakeRecords | None = None,
    now: datetime = NOON,
    rules: Rules = RULES,
    seed: int = 1,
    local: Local | None = None,
) -> Desk:
    """A desk with the real catalog, search, units and questions, and a backend and a database in memory."""
    return Desk(
        catalog=catalog(),
        index=index(),
        offices=offices(),
        instrument=default_instrument(),
        onestop=onestop or FakeOneStop(),
        records=records or FakeRecords(Book(), now=now),
        rules=rules,
        now=now,
        today=now.astimezone(VIETNAM).date(),
        random=Random(seed),
        local=local or Local(),
        national=elsewhere(),
    )


async def route(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """Only tracking, rating and reporting, in the order of the whole conversation."""
    if incoming.kind is Kind.EVENT:
        return (
            await tracking.event(conversation, incoming, desk)
            or await collecting.event(conversation, incoming, desk)
            or await rating.event(conversation, incoming, desk)
            or await morning.event(conversation, incoming, desk)
        )
    if is_pressed(incoming.text):
        return await press(conversation, incoming, desk)
    answered = await tracking.in_state(conversation, incoming, desk) or await rating.in_state(
        conversation, incoming, desk
    )
    picked = pick(incoming.text, conversation.offered)
    if answered is not None or picked is not None:
        return answered or await press(conversation, replace(incoming, text=picked.says if picked else ""), desk)
    asked = await reporting.ask(conversation, incoming, desk, incoming.text)
    return (
        asked
        or await tracking.found_code(conversation, incoming, desk, find_codes(incoming.text))
        or await becoming.code_typed(conversation, incoming, desk)
    )


async def press(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """A choice's code."""
    words = tuple(incoming.text.split())
    return (
        await tracking.say_code(conversation, incoming, desk, words)
        or await rating.say_code(conversation, incoming, desk, words)
        or await reporting.say_code(conversation, incoming, desk, words)
    )


@dataclass
class Talk:
    """One chat with a handler: each message is answered, its effects are written into the book, time stands still."""

    respond: Respond = route
    onestop: FakeOneStop = field(default_factory=FakeOneStop)
    book: Book = field(default_factory=Book)
    now: datetime = NOON
    rules: Rules = RULES
    chat: str = "test/0/1"
    private: bool = True
    origin: str | None = None
    conversation: Conversation = field(default_factory=Conversation)
    effects: tuple[fx.Effect, ...] = ()
    sent: int = 0

    def desk(self) -> Desk:
        """The desk of the next turn."""
        self.onestop.as_of = self.now
        records = FakeRecords(self.book, self.chat, self.now)
        return a_desk(self.onestop, records, self.now, self.rules, local=self.book.local)

    async def turn(self, text: str, kind: Kind = Kind.TEXT, event: str | None = None) -> Step | Later | None:
        """One message or event; what it decides is written and becomes the conversation."""
        self.sent += 1
        name = event or f"m{self.sent}"
        incoming = Incoming(Chat.parse(self.chat), name, text, self.now, kind, self.private, self.origin)
        step = await self.respond(self.conversation, incoming, self.desk())
        self.effects = ()
        if isinstance(step, Step):
            self._take(step)
        return step

    def _take(self, step: Step) -> None:
        self.effects = step.effects
        self.book.invitations += [(self.chat, self.now) for said in step.say if said.purpose is Purpose.INVITATION]
        for effect in step.effects:
            self.book.write(self.chat, effect, self.now)
        offered = next((said.choices for said in reversed(step.say) if said.choices), self.conversation.offered)
        self.conversation = Conversation(
            version=self.conversation.version + 1,
            state=step.state,
            offered=offered if step.say else self.conversation.offered,
            topic=step.topic or self.conversation.topic,
            memory=self.conversation.memory if step.memory is None else step.memory,
            updated_at=self.now,
        )

    async def says(self, text: str) -> str:
        """What is said to a message, all of its answers in one text; "" where the handler has no answer."""
        step = await self.turn(text)
        return "\n---\n".join(said.text for said in step.say) if isinstance(step, Step) else ""

    async def happens(self, event: str) -> Step | Later | None:
        """An event of ours falls due."""
        return await self.turn("", Kind.EVENT, event)

    def choice(self, says: str) -> Choice:
        """The offered choice whose code begins so."""
        return next(choice for choice in self.conversation.offered if choice.says.startswith(says))

    def forget_topic(self) -> None:
        """What was last spoken of is over."""
        self.conversation = replace(self.conversation, topic=Topic())

    def wait(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def other(self, chat: str, origin: str | None = None) -> Talk:
        """Another chat with the same desk."""
        return Talk(self.respond, self.onestop, self.book, self.now, self.rules, chat, origin=origin)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, as an event's id has them."""
    return (at - EPOCH) // timedelta(microseconds=1)
