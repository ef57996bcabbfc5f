"""What a turn reads of the database, as values: what a chat has proved, what was handed over and rated, who is an
official, what waits to be confirmed."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from msgspec import Struct

from handlers.memory import Memory
from handlers.messages import PDF, PNG, XLSX
from onestop.dossier import Status
from procedures.local import LocalFact
from ratings.period import Span


class Binding(Struct, frozen=True):
    """What a chat, or one joined with it, has proved: it may see ``dossier`` until ``until``; follows it where
    ``following``."""

    dossier: str
    name: str | None
    until: datetime
    following: bool


class Completion(Struct, frozen=True):
    """The ``n``-th handing over of a dossier's result, with what a rating copies; or, where it ``ended`` without one,
    the ``n``-th end. ``stands``: nothing came of the dossier since."""

    dossier: str
    n: int
    unit: str
    procedure: str | None
    field: str | None
    completed_at: datetime
    declined: bool
    not_received: bool
    ended: Status | None = None
    stands: bool = True


class Given(Struct, frozen=True):
    """The effective rating of a completion. ``own``: given by this chat, or by one joined with it."""

    id: int
    stars: int
    reasons: tuple[str, ...]
    comment: str | None
    first_at: datetime
    own: bool
    taps: tuple[tuple[str, str], ...] = ()


class Slip(Struct, frozen=True):
    """A result slip by the hash of what was scanned, opened or typed: it rates the ``n``-th completion of a dossier.

    ``mode``: "slip" or "link". The completion may still be to come.
    """

    hash: str
    dossier: str
    n: int
    mode: str


class Official(Struct, frozen=True):
    """A role in a unit: staff, head, province, readonly, auditor."""

    id: str
    unit: str
    role: str


class FormerRole(Struct, frozen=True):
    """A role of a unit that was taken back at that instant (aware)."""

    unit: str
    until: datetime


class InvitationCode(Struct, frozen=True):
    """A one-time code that makes an official; usable while not used and not past ``expires_at``."""

    hash: str
    unit: str
    role: str
    expires_at: datetime
    used: bool


class JoinOffer(Struct, frozen=True):
    """A one-time code that joins the chat where it was asked for (on ``channel``) to the one where it is typed.

    ``own``: it was asked for in this chat; ``together``: how many chats the person would have then; ``memory``: what
    the other chat keeps.
    """

    hash: str
    channel: str
    expires_at: datetime
    used: bool
    own: bool
    together: int
    memory: Memory


class Proposal(Struct, frozen=True):
    """A local value that waits for a second official.

    ``own``: this chat, or one joined with it, proposed it, in whatever role; ``in_office``: who proposed it still is
    an official.
    """

    number: int
    fact: LocalFact
    by: str
    at: datetime
    own: bool
    in_office: bool


class OpenQuestion(Struct, frozen=True):
    """A question of a unit's citizens that had no answer: its known words, why, and how often it was asked."""

    id: int
    unit: str
    words: str
    why: str
    times: int


class Extension(Struct, frozen=True):
    """A new day (Vietnam's date) for a dossier that was due at ``due``, with the official's reason (None: unwritten).

    Nothing of it is told before another step has ``confirmed`` it. ``by``: the id of who wrote it.
    """

    number: int
    dossier: str
    unit: str
    due: datetime
    day: date
    reason: str | None
    by: str
    confirmed: bool


class Letter(Struct, frozen=True):
    """A draft of a letter: its paragraphs, the first of them who writes, the second the title, the last who signs.

    ``made``: Vietnam's date on which it was drafted; ``mark``: what stands on it where it is made from demo data;
    ``head``: the number of the letter, the State's name and its motto, as Nghị định 30/2020/NĐ-CP, Phụ lục I wants them
    above every administrative letter.
    """

    lines: tuple[str, ...]
    made: date
    mark: str | None = None
    head: tuple[str, str, str] = ("", "", "")


class Withheld(Struct, frozen=True):
    """A remark that may accuse somebody, without names: the month of Vietnam ("11/2026") of what it is about."""

    month: str
    words: str


class Noted(Struct, frozen=True):
    """One row of the journal: who (an id, or "operator") did what when."""

    at: datetime
    who: str
    what: str
    detail: str


class Spent(Struct, frozen=True):
    """What was bought in some time: single messages, template messages, and đồng for both."""

    messages: int
    templates: int
    dong: int


class Costs(Struct, frozen=True):
    """What writing cost in a week and in the month that runs. ``free``: messages of the week that cost nothing;
    ``held``: what waits now until its citizen writes."""

    week: Spent
    month: Spent
    free: int
    held: int


class Held(Struct, frozen=True):
    """What is kept of this chat: counts, for "xem dữ liệu"."""

    messages: int
    bindings: tuple[Binding, ...]
    ratings: int
    official: bool
    misses: int = 0
    """Wrong proofs that are still known to be of this chat: for a day, also after an erasure."""


class File(Enum):
    """What a digest can be made into; the value is the choice's first word."""

    PAGE = "page"
    BOOK = "book"
    CHART = "chart"

    @property
    def type(self) -> str:
        """Its media type."""
        return {File.PAGE: PDF, File.BOOK: XLSX, File.CHART: PNG}[self]

    @property
    def ending(self) -> str:
        """How its name ends."""
        return {File.PAGE: "pdf", File.BOOK: "xlsx", File.CHART: "png"}[self]


class Wanted(Struct, frozen=True):
    """What a link opens: a file of a unit's (its code) digest, for one official (their id), until then."""

    official: str
    unit: str
    span: Span
    file: File
    until: datetime
