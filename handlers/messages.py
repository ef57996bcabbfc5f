"""What comes in and what goes out, the same for every channel.

A channel turns what it receives into an ``Incoming``; every answer is an ``Outgoing``. Pressing a
choice says the choice's code, so a press and a typed text are one kind of event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG = "image/png"


class Kind(Enum):
    """What a message is. ``EVENT`` is our own initiative: its id says what is due. ``UNREADABLE`` names nobody who
    could be answered: it is stored as rejected, so that whoever asks what became of it finds a row.
    """

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    FILE = "file"
    EVENT = "event"
    OTHER = "other"
    UNREADABLE = "unreadable"


class Chat(Struct, frozen=True):
    """One conversation partner on one channel; ``str(chat)`` is the key used in every table."""

    channel: str
    account: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.account}/{self.id}"

    @classmethod
    def parse(cls, key: str) -> Chat:
        """Read a table's key back. Raises ValueError where it is not one."""
        channel, account, rest = key.split("/", 2)
        return cls(channel, account, rest)


class Incoming(Struct, frozen=True):
    """One message or event. ``at`` is aware; ``id`` is unique within the chat; ``private`` is False in groups.

    ``origin``: the address that it was sent from, where the channel sees one; behind the door only a keyed hash of it.
    """

    chat: Chat
    id: str
    text: str
    at: datetime
    kind: Kind = Kind.TEXT
    private: bool = True
    origin: str | None = None


class Choice(Struct, frozen=True):
    """One thing to pick. ``says`` (≤ 64 bytes) is what pressing it sends; ``label`` ≤ 24 characters.

    With a ``key`` ("5") only the key, the label or the code picks it, never its position (``numbers``).
    """

    label: str
    says: str
    key: str | None = None


def keys_are_places(offered: Sequence[Choice]) -> bool:
    """Whether every key is its choice's place (1, 2, 3 …), or a 0; so where there are no keys."""
    return all(choice.key is None or choice.key in (str(n), "0") for n, choice in enumerate(offered, 1))


def numbers(offered: Sequence[Choice]) -> tuple[str | None, ...]:
    """What is typed to pick each choice: its key, else its place where keys are places; None where nothing is."""
    agree = keys_are_places(offered)
    return tuple(choice.key or (str(n) if agree else None) for n, choice in enumerate(offered, 1))


class Attachment(Struct, frozen=True):
    """A file that goes with a message."""

    name: str
    type: str
    content: bytes


class Purpose(Enum):
    """Why a message is sent; decides whether it is repeated after an ambiguous reply of the channel."""

    ANSWER = "answer"
    NOTICE = "notice"
    INVITATION = "invitation"
    REMINDER = "reminder"
    DIGEST = "digest"

    @property
    def repeated(self) -> bool:
        """Answers are sent again when the channel's reply was lost; what we start ourselves is not."""
        return self is Purpose.ANSWER


class Outgoing(Struct, frozen=True):
    """One message to the chat: plain text without mark-up, any length (the worker splits by the channel's limits).

    ``first``: where a channel shows fewer buttons than there are choices, it begins with this one; ``asks_phone``: its
    form for a phone number goes below, where it has one.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    attachment: Attachment | None = None
    purpose: Purpose = Purpose.ANSWER
    first: int = 0
    asks_phone: bool = False
