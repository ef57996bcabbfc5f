"""What the writer can be asked to write, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct, field
from sqlalchemy import Connection

from channels.channel import Letter
from handlers.desk import Conversation, Step
from handlers.messages import Incoming


class InboxRow(Struct, frozen=True):
    """One stored message or event, as the worker answers it."""

    seq: int
    incoming: Incoming
    attempts: int = 0
    deferred: bool = False


class Stand(Struct, frozen=True):
    """A conversation as last committed, and the newest outbox number of its chat.

    ``erased_at``: when a chat that has no conversation asked to be forgotten.
    """

    conversation: Conversation
    seq: int = 0
    erased_at: datetime | None = None


class Stands(Protocol):
    """Reads conversations, many chats at once."""

    def of(self, connection: Connection, chats: Sequence[str]) -> dict[str, Stand]:
        """The committed stand of each of those chats."""
        ...


class Accept(Struct, frozen=True):
    """Store received messages. The outcome is ``Accepted``.

    ``strangers``: chats whose stand is not in memory; it is read in the same transaction.
    """

    rows: tuple[InboxRow, ...]
    strangers: tuple[str, ...] = ()


class Accepted(Struct, frozen=True):
    """The rows that were not there before and are to be answered, how the strangers stand, and how many new rows were
    stored as rejected."""

    fresh: Sequence[InboxRow]
    stands: Mapping[str, Stand]
    rejected: int = 0


class Answer(Struct, frozen=True):
    """Commit one Step with "this message is answered". The outcome is the new ``Stand``, or Stale.

    ``outcome`` is the inbox state: answered, or dead when the message is given up with an apology.
    """

    row: InboxRow
    before: Stand
    step: Step
    letters: tuple[Letter, ...]
    at: datetime
    outcome: str = "answered"


class Defer(Struct, frozen=True):
    """An event waits: until ``at``, or until the chat is idle."""

    row: InboxRow
    at: datetime


class Failed(Struct, frozen=True):
    """One more attempt at a message went wrong."""

    row: InboxRow


class Sent(Struct, frozen=True):
    """The channel took a letter, or never will. ``state``: sent, refused, expired, dead. ``blocked``: nor any other of
    this chat; ``untold``: its event is taken up anew."""

    letter: Letter
    state: str
    at: datetime
    blocked: bool = False
    untold: bool = False


class Retry(Struct, frozen=True):
    """A letter will be tried again at ``due``."""

    letter: Letter
    due: datetime


class Work(Struct, frozen=True):
    """Anything else that is written in one go; the outcome is what ``run`` returns."""

    run: Callable[[Connection], Any]
    name: str = field(default="work")


Job = Accept | Answer | Defer | Failed | Sent | Retry | Work
