"""All that a handler may read, made anew for each turn, and what it returns.

Handlers read and never write. They know only these protocols; the implementations stand below or beside and are
joined in ``bot/app.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Protocol

from msgspec import Struct, field

from handlers.dossiers.limiting import Misses
from handlers.effects import Effect
from handlers.known import (
    Binding,
    Completion,
    Costs,
    Extension,
    FormerRole,
    Given,
    Held,
    InvitationCode,
    JoinOffer,
    Letter,
    Noted,
    Official,
    OpenQuestion,
    Proposal,
    Slip,
    Spent,
    Wanted,
    Withheld,
)
from handlers.memory import Memory
from handlers.messages import DOCX, PDF, Choice, Outgoing
from handlers.outlets import Links, Printer
from handlers.states import Idle, State
from offices.unit import Offices
from onestop.days.calendar import ContactHours
from onestop.days.durations import Curve
from onestop.dossier import Dossier
from procedures.catalog import Catalog
from procedures.local import Local
from procedures.national.listed import Findable, Listed
from procedures.search import Index
from ratings.digest import Digest
from ratings.period import CLOSING_DAY, Span
from ratings.rating import Instrument
from ratings.week import Week

__all__ = [
    "BackendDown",
    "Binding",
    "Completion",
    "Conversation",
    "Costs",
    "Desk",
    "Extension",
    "FormerRole",
    "Given",
    "Held",
    "InvitationCode",
    "JoinOffer",
    "Later",
    "Letter",
    "NotConnected",
    "Noted",
    "Official",
    "OneStop",
    "OpenQuestion",
    "Proposal",
    "Records",
    "Rules",
    "Seen",
    "Slip",
    "Spent",
    "Step",
    "Topic",
    "Wanted",
    "Withheld",
]


class Topic(Struct, frozen=True):
    """What was last spoken of, so that "lệ phí bao nhiêu?" has an answer."""

    procedure: str | None = None
    case: str | None = None
    dossier: str | None = None


class Conversation(Struct, frozen=True):
    """A chat as it stood when the turn began. ``version`` 0: never seen.

    ``updated_at``: when the citizen last said something or was last asked something.
    """

    version: int = 0
    state: State = field(default_factory=Idle)
    offered: tuple[Choice, ...] = ()
    topic: Topic = field(default_factory=Topic)
    memory: Memory = field(default_factory=Memory)
    language: str = "vi"
    unit: str | None = None
    updated_at: datetime | None = None


class Step(Struct, frozen=True):
    """One decision: the next state, what is said, what is written. ``topic``, ``memory``: None leaves it as it was."""

    state: State
    say: tuple[Outgoing, ...] = ()
    effects: tuple[Effect, ...] = ()
    topic: Topic | None = None
    memory: Memory | None = None


class Later(Struct, frozen=True):
    """An event that must not interrupt now: it waits until the chat is idle, at the latest until ``at``."""

    at: datetime


class BackendDown(Exception):
    """The one-stop backend cannot be asked now."""


class NotConnected(Exception):
    """No one-stop backend is configured, and no register was imported."""


class Seen(Struct, frozen=True):
    """A dossier and when its source said so. ``dossier`` None: the source does not know the code.

    ``down``: the backend cannot be asked now; this is what was told before. ``since``: when the dossier came into the
    status it has, None where the source does not say.
    """

    dossier: Dossier | None
    as_of: datetime
    down: bool = False
    since: datetime | None = None


class OneStop(Protocol):
    """Where dossiers are looked up: the one-stop backend, imported registers, or one behind the other."""

    async def look_up(self, code: str) -> Seen:
        """What is known of a code now. Raises BackendDown, NotConnected."""
        ...

    def proves(self, seen: Seen, digits: str) -> bool:
        """Whether these four digits are those of the phone on the receipt of what ``look_up`` gave.

        Takes as long where there is no dossier, or one without a phone: neither is ever proved.
        """
        ...


class Records(Protocol):
    """What the database knows. Every call reads; none writes."""

    async def last_seen(self, dossier: str) -> Seen | None:
        """The dossier as the backend last pushed it (no proof inside), None if never."""
        ...

    async def misses(self, dossier: str, origin: str | None) -> Misses:
        """Wrong proofs of this code since it was last opened, and the latest by this chat and from its address."""
        ...

    async def receipt(self, hashed: str) -> str | None:
        """The code, as printed, of the dossier that a receipt's token opens, by the token's hash; None: nothing."""
        ...

    async def bindings(self) -> tuple[Binding, ...]:
        """What this chat, or one joined with it, has proved and may still see, newest first; each dossier once."""
        ...

    async def completion(self, dossier: str, n: int | None = None) -> Completion | None:
        """The ``n``-th completion of a dossier, the latest where ``n`` is None."""
        ...

    async def rating(self, dossier: str, n: int) -> Given | None:
        """The effective rating of a completion."""
        ...

    async def invited_since(self, at: datetime) -> bool:
        """Whether this chat, or one joined with it, was invited to rate anything since then."""
        ...

    async def latest_rated(self) -> Completion | None:
        """The completion that this chat rated last."""
        ...

    async def slip(self, hashed: str) -> Slip | None:
        """The result slip of a token, or of eight characters, by its hash; None: it opens nothing."""
        ...

    async def slips_missed(self, since: datetime) -> int:
        """Wrong eight characters since then, over all chats."""
        ...

    async def rated_by_slip(self, since: datetime) -> Slip | None:
        """The slip by which this chat rated last, since then; None: by none, or it opens nothing any more."""
        ...

    async def consented(self, purpose: str) -> bool:
        """Whether this chat's last word about a purpose was a yes."""
        ...

    async def officials(self) -> tuple[Official, ...]:
        """The roles this chat holds now."""
        ...

    async def former_role(self) -> FormerRole | None:
        """The role of this chat that was taken back last, whatever it holds now."""
        ...

    async def invitation_code(self, typed: str) -> InvitationCode | None:
        """The invitation whose code was typed, None if there is none."""
        ...

    def join_code(self, n: int) -> tuple[str, str]:
        """This chat's code number ``n`` as it is shown, and its hash; the same whenever it is asked for again."""
        ...

    async def join_offer(self, code: str) -> JoinOffer | None:
        """What a typed code joins; None where there is no such code."""
        ...

    async def join_offer_by(self, hashed: str) -> JoinOffer | None:
        """The same by its hash."""
        ...

    async def joined(self) -> tuple[str, ...]:
        """The channels of the other chats of whoever talks here."""
        ...

    async def digest(
        self,
        unit: str,
        span: Span,
        as_of: datetime,
        below: tuple[str, ...] | None = None,
        likes: tuple[str, ...] = (),
    ) -> Digest:
        """The digest of a week or period: the locked one where there is one, else computed up to ``as_of``.

        ``below``: the units to roll up, None: this unit alone. ``likes``: those it is compared with.
        """
        ...

    async def locked(self, unit: str, span: Span) -> bool:
        """Whether the digest is already locked; ``unit`` as ``ratings.rollup.kept_as`` gives it."""
        ...

    async def curve(self, unit: str, procedure: str) -> Curve:
        """How long dossiers of a procedure (its code as told) take at a unit (its code), by its own history."""
        ...

    async def curves(self, unit: str) -> Mapping[str, Curve]:
        """The same of all procedures of a unit that were fitted last night, by the procedure's code as told."""
        ...

    async def held(self) -> Held:
        """What is kept of this chat."""
        ...

    async def due_dossiers(self, unit: str, until: datetime) -> tuple[Seen, ...]:
        """What a unit (its code) still works on and that is due before ``until``, the oldest due first."""
        ...

    async def unprovable(self, unit: str) -> int:
        """Open dossiers of a unit (its code) that no phone proves: none written, a dummy, one at too many dossiers."""
        ...

    async def proposals(self, units: tuple[str, ...]) -> tuple[Proposal, ...]:
        """The local values of these units that wait for a second official, oldest first."""
        ...

    async def open_questions(
        self, units: tuple[str, ...], most: int, id: int | None = None
    ) -> tuple[OpenQuestion, ...]:
        """What citizens of these units asked most that had no answer; with ``id`` that one."""
        ...

    async def machine_judged(self, units: tuple[str, ...]) -> tuple[int, int]:
        """How many citizens of these units said in this month and the last that the machine helped, or did not."""
        ...

    async def extension(self, dossier: str, *, drafts: bool = False) -> Extension | None:
        """The newest new day of a dossier that was confirmed; with ``drafts`` also what was not yet."""
        ...

    async def drafted(self, number: int) -> Extension | None:
        """A new day by its number."""
        ...

    async def next_extension(self) -> int:
        """A number that no new day has yet."""
        ...

    async def next_proposal(self) -> int:
        """A number that no local value has yet."""
        ...

    async def costs(self, week: Week) -> Costs:
        """What writing to citizens cost in a week, and in the month that runs on Vietnam's calendar."""
        ...

    async def withheld(self, unit: str, until: datetime, most: int, skip: int) -> tuple[Withheld, ...]:
        """Remarks about a unit (its code) that may accuse somebody, written by ``until`` (aware), newest first."""
        ...

    async def journal(self, unit: str, most: int) -> tuple[Noted, ...]:
        """The newest rows of a unit's journal, newest first."""
        ...


class Rules(Struct, frozen=True):
    """The settings that a conversation needs. ``monthly_cap``: đồng that messages may cost a month; None: no channel
    here takes money."""

    unit: str
    demo: bool
    connected: bool
    invite_least: timedelta
    invite_most: timedelta
    contact_hours: ContactHours
    features: frozenset[str] = frozenset()
    monthly_cap: int | None = None
    closing_day: int = CLOSING_DAY


class Desk(Struct, frozen=True):
    """Everything a handler may read in one turn. ``today`` is Vietnam's date; ``local``: what the units say for
    themselves and what they hide, as last committed, in memory. ``printer``: None where nothing can be printed;
    ``documents``: the types of files that the chat's channel takes; ``links``: None where no address is known;
    ``address``: where a link opens this chat's channel, None where it has none; ``asks_phone``: whether it has a form
    for a phone number; ``national``: what is listed beside the catalog, by code."""

    catalog: Catalog
    index: Index[Findable]
    offices: Offices
    instrument: Instrument
    onestop: OneStop
    records: Records
    rules: Rules
    now: datetime
    today: date
    random: Random
    local: Local = field(default_factory=Local)
    printer: Printer | None = None
    documents: frozenset[str] = frozenset({PDF, DOCX})
    links: Links | None = None
    address: str | None = None
    asks_phone: bool = False
    national: Mapping[str, Listed] = field(default_factory=dict)

    @property
    def prints(self) -> Printer | None:
        """The printer, where what it prints can be sent to this chat."""
        return self.printer if PDF in self.documents else None
