"""A desk for tests: a one-stop backend and a database in memory, and a chat that talks to a handler.

``Book`` keeps what the database would: the effects of a Step are written into it as the ledger writes them, so that
a script can go from a code to a rating. ``FakeRecords`` is what one chat reads of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import assert_never

from bot.keys import Keys
from handlers import collecting, morning, officials, rating, reporting, tracking
from handlers import effects as fx
from handlers.authority import ROLES
from handlers.desk import (
    BackendDown,
    Binding,
    Completion,
    Conversation,
    Costs,
    Desk,
    Extension,
    Given,
    Held,
    InvitationCode,
    JoinOffer,
    Later,
    NotConnected,
    Noted,
    Official,
    OpenQuestion,
    Proposal,
    Rules,
    Seen,
    Spent,
    Step,
)
from handlers.intents import is_pressed
from handlers.memory import Memory
from handlers.messages import Chat, Choice, Incoming, Kind
from handlers.picking import pick
from offices.unit import DATA, Offices
from onestop.calendar import VIETNAM, ContactHours
from onestop.code import DossierCode, find_codes
from onestop.dossier import AT_WORK, Dossier, Status
from onestop.durations import Curve, fit
from procedures.catalog import Catalog
from procedures.facets import Facet
from procedures.local import Hidden, Local
from procedures.procedure import Procedure
from procedures.search import Index
from ratings.digest import Digest, make_digest
from ratings.period import Span
from ratings.rating import default_instrument
from ratings.records import Records as DigestRecords
from ratings.week import Week

KEYS = Keys(b"a key for fakes only")
NOON = datetime(2026, 11, 18, 9, 0, tzinfo=VIETNAM)
"""A Wednesday morning, inside the hours in which we may write."""

Respond = Callable[[Conversation, Incoming, Desk], Awaitable[Step | Later | None]]


@cache
def catalog() -> Catalog:
    """The catalog that ships."""
    return Catalog.load()


@cache
def index() -> Index[Procedure]:
    """Its search."""
    return Index(catalog())


@cache
def offices() -> Offices:
    """The units of the demo's province."""
    return Offices.load(sorted(DATA.glob("*.yaml")))


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


@dataclass
class Book:
    """What the database keeps, of all chats."""

    bindings: dict[tuple[str, str], Binding] = field(default_factory=dict)
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    misses: list[tuple[str, str, datetime]] = field(default_factory=list)
    consents: list[tuple[str, fx.Consented]] = field(default_factory=list)
    completions: dict[tuple[str, int], Completion] = field(default_factory=dict)
    ratings: list[tuple[int, str, fx.Rated]] = field(default_factory=list)
    planned: dict[tuple[str, str], datetime] = field(default_factory=dict)
    proposed: dict[int, Proposal] = field(default_factory=dict)
    local: Local = field(default_factory=Local)
    revoked: set[str] = field(default_factory=set)
    seen: dict[str, Seen] = field(default_factory=dict)
    officials: list[tuple[str, Official]] = field(default_factory=list)
    codes: dict[str, InvitationCode] = field(default_factory=dict)
    locked: dict[tuple[str, str], fx.Locked] = field(default_factory=dict)
    audited: list[fx.Audited] = field(default_factory=list)
    invited: list[fx.Invited] = field(default_factory=list)
    digests: dict[tuple[str, Span], DigestRecords] = field(default_factory=dict)
    persons: list[set[str]] = field(default_factory=list)
    join_codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    unprovable: dict[str, int] = field(default_factory=dict)
    extensions: dict[int, Extension] = field(default_factory=dict)
    costs: dict[Week, Costs] = field(default_factory=dict)
    left_open: list[fx.LeftOpen] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def push(self, dossier: Dossier, at: datetime = NOON) -> None:
        """The backend pushed this row; a returned result is a completion."""
        key = dossier.code.canonical
        before = self.seen.get(key)
        same = before is not None and before.dossier is not None and before.dossier.status is dossier.status
        since = before.since if same and before is not None else dossier.own_time
        self.seen[key] = Seen(replace(dossier, phone_last4=None), at, since=since)
        if dossier.status is Status.RETURNED:
            n = 1 + sum(code == key for code, _ in self.completions)
            unit = offices().resolve(dossier.unit, RULES.unit).code
            done = Completion(
                key,
                n,
                unit,
                dossier.procedure,
                dossier.field,
                dossier.done_at or at,
                declined=False,
                not_received=False,
            )
            self.completions[key, n] = done

    def chats_of(self, chat: str) -> tuple[str, ...]:
        """The chats of whoever talks in this one, itself first."""
        others = next((each for each in self.persons if chat in each), {chat}) - {chat}
        return (chat, *sorted(others))

    def effective(self, dossier: str, n: int) -> tuple[int, str, fx.Rated] | None:
        """The newest row of a completion."""
        rows = [row for row in self.ratings if (row[2].dossier, row[2].n) == (dossier, n)]
        return rows[-1] if rows else None

    def write(self, chat: str, effect: fx.Effect, at: datetime) -> None:
        """As the ledger: what rests on something that no longer holds is a mistake of the handler here."""
        match effect:
            case fx.Proved(dossier, until):
                held = self.bindings.get((chat, dossier), Binding(dossier, None, until, following=False))
                self.bindings[chat, dossier] = replace(held, until=max(held.until, until))
            case fx.Opened(dossier, receipt, until):
                assert DossierCode.parse(self.receipts[receipt]).canonical == dossier
                held = self.bindings.get((chat, dossier), Binding(dossier, None, until, following=False))
                self.bindings[chat, dossier] = replace(held, until=max(held.until, until))
            case fx.Missed(dossier):
                self.misses.append((dossier, chat, at))
            case fx.Followed(dossier, name, until):
                held_by = next(each for each in self.chats_of(chat) if (each, dossier) in self.bindings)
                assert self.bindings[held_by, dossier].until >= at
                self.bindings[held_by, dossier] = Binding(dossier, name, until, following=True)
            case fx.Unfollowed(dossier):
                for each in self.chats_of(chat):
                    self.bindings.pop((each, dossier), None)
            case fx.Planned(event, due):
                self.planned.setdefault((chat, event), due)
            case fx.Invited():
                self.invited.append(effect)
            case fx.Rated(dossier, n):
                newest = self.effective(dossier, n)
                assert effect.supersedes == (None if newest is None else newest[0])
                assert newest is None or newest[1] in self.chats_of(chat)
                self.ratings.append((next(self.numbers), chat, effect))
            case fx.Declined(dossier, n):
                self.completions[dossier, n] = replace(self.completions[dossier, n], declined=True)
            case fx.NotReceived(dossier, n):
                self.completions[dossier, n] = replace(self.completions[dossier, n], not_received=True)
            case fx.Consented():
                self.consents.append((chat, effect))
            case fx.PhoneForgotten():
                pass
            case fx.BecameOfficial(code_hash):
                typed, code = next((key, code) for key, code in self.codes.items() if code.hash == code_hash)
                assert not code.used
                assert code.expires_at > at
                self.codes[typed] = replace(code, used=True)
                self.officials.append((chat, Official(f"cb-{len(self.officials) + 1}", code.unit, code.role)))
            case fx.JoinOffered(code, until):
                self.join_codes = {each: held for each, held in self.join_codes.items() if held[0] != chat}
                self.join_codes[code] = (chat, until)
            case fx.Joined(code):
                other, until = self.join_codes.pop(code)
                assert until > at
                both = {*self.chats_of(other), *self.chats_of(chat)}
                self.persons = [each for each in self.persons if not each & both] + [both]
            case fx.Parted():
                self.persons = [each - {chat} for each in self.persons]
            case fx.Audited():
                self.audited.append(effect)
            case fx.LeftOpen():
                self.left_open.append(effect)
            case fx.FactHidden(unit, procedure, facet):
                hidden = Hidden(unit, procedure, None if facet == "all" else Facet(facet))
                self.local = Local(self.local.facts, dict.fromkeys((*self.local.hidden, hidden)))
            case fx.FactUnhidden(unit, procedure, facet):
                gone = Hidden(unit, procedure, None if facet == "all" else Facet(facet))
                self.local = Local(self.local.facts, (each for each in self.local.hidden if each != gone))
            case fx.FactProposed(number, fact, by):
                assert number not in self.proposed
                self.proposed[number] = Proposal(number, fact, by, at, own=False, in_office=True)
            case fx.FactDecided(number, confirmed, by):
                proposal = self.proposed.pop(number)
                theirs = next((each for each, official in self.officials if official.id == proposal.by), None)
                if confirmed:
                    assert theirs not in (None, chat)
                    assert proposal.by not in self.revoked
                    same = Hidden(proposal.fact.unit, proposal.fact.procedure, None)
                    facet = proposal.fact.fact.value
                    is_facet = facet not in ("note", "way")
                    again = replace(same, facet=Facet(facet)) if is_facet else same
                    left = (each for each in self.local.hidden if each != again or not is_facet)
                    self.local = Local((*self.local.facts, proposal.fact), left)
            case fx.ExtensionDrafted(number, dossier, unit, due, day, reason, by):
                self.extensions[number] = Extension(number, dossier, unit, due, day, reason, by, confirmed=False)
            case fx.ExtensionConfirmed(number):
                assert not self.extensions[number].confirmed
                self.extensions[number] = replace(self.extensions[number], confirmed=True)
            case fx.Reopened(dossier):
                self.misses = [miss for miss in self.misses if miss[0] != dossier]
            case fx.Locked(unit, week):
                self.locked.setdefault((unit, week), effect)
            case fx.Erased():
                self.bindings = {key: binding for key, binding in self.bindings.items() if key[0] != chat}
                self.consents = [consent for consent in self.consents if consent[0] != chat]
                self.planned = {key: at for key, at in self.planned.items() if key[0] != chat}
                self.officials = [held for held in self.officials if held[0] != chat]
            case _:
                assert_never(effect)


@dataclass
class FakeRecords:
    """As ``handlers.desk.Records``, for one chat of a book."""

    book: Book
    chat: str = "test/0/1"
    now: datetime = NOON

    async def last_seen(self, dossier: str) -> Seen | None:
        return self.book.seen.get(dossier)

    async def misses(self, dossier: str) -> int:
        return sum(miss[0] == dossier for miss in self.book.misses)

    async def misses_of_chat(self, since: datetime) -> int:
        return sum(miss[1] == self.chat and miss[2] >= since for miss in self.book.misses)

    async def receipt(self, hashed: str) -> str | None:
        return self.book.receipts.get(hashed)

    async def bindings(self) -> tuple[Binding, ...]:
        mine = self.book.chats_of(self.chat)
        held = [binding for (chat, _), binding in self.book.bindings.items() if chat in mine]
        return tuple(binding for binding in reversed(held) if binding.until >= self.now)

    async def completion(self, dossier: str, n: int | None = None) -> Completion | None:
        numbers = [number for code, number in self.book.completions if code == dossier]
        wanted = max(numbers, default=0) if n is None else n
        return self.book.completions.get((dossier, wanted))

    async def rating(self, dossier: str, n: int) -> Given | None:
        row = self.book.effective(dossier, n)
        if row is None:
            return None
        number, chat, rated = row
        return Given(number, rated.stars, rated.reasons, rated.comment, rated.first_at, own=chat in self._mine)

    async def latest_rated(self) -> Completion | None:
        mine = [rated for _, chat, rated in self.book.ratings if chat == self.chat]
        return self.book.completions[mine[-1].dossier, mine[-1].n] if mine else None

    async def consented(self, purpose: str) -> bool:
        said = [each.granted for chat, each in self.book.consents if (chat, each.purpose) == (self.chat, purpose)]
        return bool(said) and said[-1]

    async def officials(self) -> tuple[Official, ...]:
        mine = (official for chat, official in self.book.officials if chat == self.chat)
        return tuple(each for each in mine if each.id not in self.book.revoked and each.role in ROLES)

    @property
    def _mine(self) -> tuple[str, ...]:
        return self.book.chats_of(self.chat)

    def join_code(self, n: int) -> tuple[str, str]:
        code = KEYS.join_code(self.chat, n)
        return code, KEYS.joins(code)

    async def join_offer(self, code: str) -> JoinOffer | None:
        return await self.join_offer_by(KEYS.joins(code))

    async def join_offer_by(self, hashed: str) -> JoinOffer | None:
        held = self.book.join_codes.get(hashed)
        if held is None:
            return None
        chat, until = held
        together = len({*self.book.chats_of(chat), *self._mine})
        memory = self.book.memories.get(chat, Memory())
        return JoinOffer(hashed, Chat.parse(chat).channel, until, False, chat == self.chat, together, memory)

    async def joined(self) -> tuple[str, ...]:
        return tuple(Chat.parse(chat).channel for chat in self._mine[1:])

    async def invitation_code(self, typed: str) -> InvitationCode | None:
        return self.book.codes.get(typed.upper())

    async def digest(
        self,
        unit: str,
        span: Span,
        as_of: datetime,
        below: tuple[str, ...] | None = None,
        likes: tuple[str, ...] = (),
    ) -> Digest:
        return make_digest(unit, span, as_of, self.book.digests.get((unit, span), DigestRecords()), below=below)

    async def locked(self, unit: str, span: Span) -> bool:
        return (unit, str(span)) in self.book.locked

    async def unprovable(self, unit: str) -> int:
        return self.book.unprovable.get(unit, 0)

    async def due_dossiers(self, unit: str, until: datetime) -> tuple[Seen, ...]:
        found = [
            (seen.dossier.due, key, seen)
            for key, seen in self.book.seen.items()
            if seen.dossier is not None
            and seen.dossier.due is not None
            and seen.dossier.due < until
            and seen.dossier.status in AT_WORK
            and offices().resolve(seen.dossier.unit, RULES.unit).code == unit
        ]
        return tuple(seen for _, _, seen in sorted(found, key=lambda each: each[:2]))

    async def curve(self, unit: str, procedure: str) -> Curve:
        return self.book.curves.get((unit, procedure), fit([]))

    async def held(self) -> Held:
        rated = {(rated.dossier, rated.n) for _, chat, rated in self.book.ratings if chat == self.chat}
        return Held(0, await self.bindings(), len(rated), bool(await self.officials()))

    async def proposals(self, units: tuple[str, ...]) -> tuple[Proposal, ...]:
        chats = {official.id: chat for chat, official in self.book.officials}
        return tuple(
            replace(
                each,
                own=chats.get(each.by) in self._mine,
                in_office=each.by in chats and each.by not in self.book.revoked,
            )
            for each in self.book.proposed.values()
            if each.fact.unit in units
        )

    async def open_questions(
        self, units: tuple[str, ...], most: int, id: int | None = None
    ) -> tuple[OpenQuestion, ...]:
        """By their first asking; every one counted."""
        times = Counter((each.unit, each.words) for each in self.book.left_open if not each.again)
        why = {(each.unit, each.words): each.why for each in self.book.left_open}
        every = [OpenQuestion(n, *key, why[key], times[key]) for n, key in enumerate(why, 1)]
        kept = [each for each in every if each.unit in units and id in (None, each.id)]
        return tuple(sorted(kept, key=lambda each: -each.times)[:most])

    async def extension(self, dossier: str, *, drafts: bool = False) -> Extension | None:
        found = [each for each in self.book.extensions.values() if each.dossier == dossier]
        return max((each for each in found if each.confirmed or drafts), key=lambda each: each.number, default=None)

    async def drafted(self, number: int) -> Extension | None:
        return self.book.extensions.get(number)

    async def next_extension(self) -> int:
        return next(self.book.numbers)

    async def next_proposal(self) -> int:
        return next(self.book.numbers)

    async def costs(self, week: Week) -> Costs:
        return self.book.costs.get(week, Costs(Spent(0, 0, 0), Spent(0, 0, 0), 0, 0))

    async def journal(self, unit: str, most: int) -> tuple[Noted, ...]:
        rows = [Noted(self.now, each.who, each.what, each.detail) for each in self.book.audited if each.unit == unit]
        return tuple(rows[::-1][:most])


RULES = Rules(
    unit="H99.07",
    demo=False,
    connected=True,
    invite_least=timedelta(hours=2),
    invite_most=timedelta(hours=24),
    contact_hours=ContactHours.parse("07:30-11:30,13:30-20:00"),
)


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
        or await officials.code_typed(conversation, incoming, desk)
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
        incoming = Incoming(Chat.parse(self.chat), name, text, self.now, kind, private=self.private)
        step = await self.respond(self.conversation, incoming, self.desk())
        self.effects = ()
        if isinstance(step, Step):
            self._take(step)
        return step

    def _take(self, step: Step) -> None:
        self.effects = step.effects
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

    def wait(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def other(self, chat: str) -> Talk:
        """Another chat with the same desk."""
        return Talk(self.respond, self.onestop, self.book, self.now, self.rules, chat)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, as an event's id has them."""
    return (at - EPOCH) // timedelta(microseconds=1)
