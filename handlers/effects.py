"""What may be written beside an answer. A handler decides, the ledger writes: all in the one transaction of its Step.

The union is closed; ``bot/engine/effects.py`` matches it to the end. Effects that rest on something read (a proof that
is still open, the rating that is replaced) are checked again inside the transaction: where it changed meanwhile, the
Step is thrown away and ``respond`` runs again.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from procedures.local import LocalFact


class Proved(Struct, frozen=True):
    """This chat gave the right proof; it may see the dossier until ``until``. Holds only while the proof is open, and
    neither the chat nor its address (``origin``) has tried too often."""

    dossier: str
    until: datetime
    origin: str | None = None


class Opened(Struct, frozen=True):
    """This chat scanned a receipt (the hash of its token); it may see the dossier until ``until``.

    Holds while the receipt does, also where the phone proof is closed.
    """

    dossier: str
    receipt: str
    until: datetime


class Missed(Struct, frozen=True):
    """A wrong proof, or a code that does not exist: counted for the code over all chats, for the chat, and for its
    address (``origin``). Holds as ``Proved`` does."""

    dossier: str
    origin: str | None = None


class SlipTyped(Struct, frozen=True):
    """Eight characters of a slip were typed; those that are on none (not ``right``) are counted for the chat, its
    address, and all chats together. Holds only while they may be typed."""

    right: bool
    origin: str | None = None


class Followed(Struct, frozen=True):
    """The chat follows a proved dossier, by consent to the text ``version``; ``name`` is what notices call it."""

    dossier: str
    name: str
    until: datetime
    version: str


class Unfollowed(Struct, frozen=True):
    """No more news of this dossier."""

    dossier: str


class Named(Struct, frozen=True):
    """What the list and the news call a dossier that this chat, or one joined with it, follows."""

    dossier: str
    name: str


class Planned(Struct, frozen=True):
    """An event for this chat: ``event`` is its id (``invite:<dossier>:<n>``), due ``at``. Happens once."""

    event: str
    at: datetime


class Invited(Struct, frozen=True):
    """This Step carries the invitation to rate the ``n``-th completion of ``dossier``."""

    dossier: str
    n: int


class Rated(Struct, frozen=True):
    """One answer. ``supersedes`` is the id of the rating it replaces (None: the first); checked again when written.

    ``comment`` is without names; ``held``: it may hold an accusation and is not for the unit. ``taps``: the answers to
    short questions, as (question, answer).
    """

    dossier: str
    n: int
    stars: int
    reasons: tuple[str, ...]
    comment: str | None
    supersedes: int | None
    first_at: datetime
    unit: str
    procedure: str | None
    field: str | None
    completed_on: date
    instrument: str
    mode: str = "bot"
    held: bool = False
    taps: tuple[tuple[str, str], ...] = ()


class Declined(Struct, frozen=True):
    """The citizen would rather not rate this completion."""

    dossier: str
    n: int


class NotReceived(Struct, frozen=True):
    """The citizen says the result was not handed over: no rating, counted and told on."""

    dossier: str
    n: int


class Consented(Struct, frozen=True):
    """The citizen agreed or refused; the text's version is kept as proof."""

    purpose: str
    version: str
    granted: bool


class PhoneForgotten(Struct, frozen=True):
    """What this chat gave as its phone number is not kept."""


class BecameOfficial(Struct, frozen=True):
    """An invitation code is used up and the chat becomes an official of its unit. Checked again when written."""

    code_hash: str


class JoinOffered(Struct, frozen=True):
    """A code (its hash) that joins another chat to this one, once, until then; an earlier one of this chat ends."""

    code: str
    until: datetime


class Joined(Struct, frozen=True):
    """A code (its hash) is used up, and its chat and this one are one person's. Checked again when written."""

    code: str


class Parted(Struct, frozen=True):
    """This chat is nobody's but its own again."""


class Audited(Struct, frozen=True):
    """An official read ratings or acted; ``who`` is the official's id."""

    who: str
    what: str
    unit: str
    detail: str = ""


class LeftOpen(Struct, frozen=True):
    """A question that had no answer, or was asked back about: ``words`` without what could name a person.

    ``again``: it was counted before; only why is new.
    """

    unit: str
    words: str
    why: str
    again: bool = False


class FactHidden(Struct, frozen=True):
    """An official hides a facet of a procedure (its value; ``all``: the whole answer) from the chats of a unit."""

    unit: str
    procedure: str
    facet: str
    by: str


class FactUnhidden(Struct, frozen=True):
    """What was hidden is said again."""

    unit: str
    procedure: str
    facet: str
    by: str


class FactProposed(Struct, frozen=True):
    """An official proposes a local value; it holds once another one confirms it. ``number`` must be free."""

    number: int
    fact: LocalFact
    by: str


class FactDecided(Struct, frozen=True):
    """Another official confirms a proposed value, or refuses it (the proposer may take his own back so)."""

    number: int
    confirmed: bool
    by: str


class ExtensionDrafted(Struct, frozen=True):
    """An official wrote down a new day for a dossier due at ``due``; nobody is told. ``number`` must be free."""

    number: int
    dossier: str
    unit: str
    due: datetime
    day: date
    reason: str | None
    by: str


class ExtensionConfirmed(Struct, frozen=True):
    """The new day holds, and followers are told. Checked again when written."""

    number: int
    dossier: str
    unit: str
    by: str


class ActionNoted(Struct, frozen=True):
    """What a desk did about a procedure on a day (Vietnam's date), in words without names; ``by``: the official."""

    unit: str
    procedure: str
    day: date
    words: str
    by: str


class MachineJudged(Struct, frozen=True):
    """A citizen of this unit says whether the machine was of help: a count, no rating."""

    unit: str
    helped: bool


class Reopened(Struct, frozen=True):
    """An official opens the phone proof of a dossier again: its misses are forgotten."""

    dossier: str


class Locked(Struct, frozen=True):
    """The first closed digest of a week, printed ever after. ``body`` is its JSON."""

    unit: str
    week: str
    as_of: datetime
    body: str


class Erased(Struct, frozen=True):
    """Remove every row that holds this chat."""


Effect = (
    Proved
    | Opened
    | Missed
    | SlipTyped
    | Followed
    | Unfollowed
    | Named
    | Planned
    | Invited
    | Rated
    | Declined
    | NotReceived
    | Consented
    | PhoneForgotten
    | BecameOfficial
    | JoinOffered
    | Joined
    | Parted
    | Audited
    | LeftOpen
    | FactHidden
    | FactUnhidden
    | FactProposed
    | FactDecided
    | ExtensionDrafted
    | ExtensionConfirmed
    | ActionNoted
    | MachineJudged
    | Reopened
    | Locked
    | Erased
)
