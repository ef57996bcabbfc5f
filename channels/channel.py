"""What a channel is: one file of two translations, received → ``Incoming`` and ``Letter`` → the channel's call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from aiohttp import web
from msgspec import Struct

from handlers.messages import DOCX, PDF, PNG, XLSX, Attachment, Chat, Choice, Incoming, Purpose

OFFICE = frozenset({PDF, DOCX, XLSX, PNG})
"""What a channel that takes any file is sent."""

Accept = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Store what was received. When it returns, everything is on disk (or was there already) and may be acknowledged.
Raises StorageFailing, and then nothing may be acknowledged."""


class StorageFailing(Exception):
    """What was received could not be stored: answer 503, confirm nothing."""


class TryLater(Exception):
    """The channel did not take the message now.

    ``after`` seconds until the next try; ``limited``: the channel asked us to slow down (429); ``ambiguous``: the
    message may have been delivered, only the reply was lost.
    """

    def __init__(self, after: float, *, limited: bool = False, ambiguous: bool = False) -> None:
        super().__init__(f"try again in {after:g} s")
        self.after = after
        self.limited = limited
        self.ambiguous = ambiguous


class Refused(Exception):
    """The channel will never accept this message. ``blocked``: nor any other to this chat."""

    def __init__(self, reason: str, *, blocked: bool = False) -> None:
        super().__init__(reason)
        self.blocked = blocked


class FileRefused(Exception):
    """The channel will never accept the letter's file. ``said``: its text has arrived; else it is still to be sent."""

    def __init__(self, reason: str, *, said: bool) -> None:
        super().__init__(reason)
        self.said = said


class Untold(Exception):
    """We may not write to this citizen now, and what the letter tells must not be lost: its event, one of our own, is
    to be taken up anew (the channel knows better now when it ``waits``)."""


class WrongToken(Exception):
    """The channel does not know our token: the start ends."""


class Limits(Struct, frozen=True):
    """What one message may hold: characters of text and of a label, choices, bytes of a choice's code.

    ``listed``: the choices are printed in the text as well. Where there are more choices than may be shown, the last
    one shown leads to the rest. ``documents``: types of files that can be sent. ``burst``: how many
    messages a chat may send in ten seconds before it is told to slow down; None: any number.
    """

    text: int = 4096
    label: int = 64
    choices: int = 100
    says: int = 64
    listed: bool = False
    documents: frozenset[str] = frozenset({PDF, DOCX})
    burst: int | None = 20


class Letter(Struct, frozen=True):
    """One outbox row: one call to the channel. ``event`` is the inbox event that it answers.

    ``since``: of the last letter of an answer to a citizen, when the message reached us (microseconds since 1970 UTC).
    """

    chat: Chat
    seq: int
    event: str
    purpose: Purpose
    text: str
    choices: tuple[Choice, ...]
    attachment: Attachment | None
    made_at: datetime
    asks_phone: bool = False
    since: int | None = None


@runtime_checkable
class Linked(Protocol):
    """A channel that links open by themselves: ``address?start=…`` says ``/start …`` there."""

    @property
    def address(self) -> str | None:
        """For example "https://t.me/motcua_bot"; None while not known."""
        ...


class Channel(Protocol):
    """One way to talk with citizens. ``pulled``: its letters are read by the reader (web), never sent."""

    name: str
    limits: Limits
    pulled: bool
    counts: Counter[str]
    """What became of what was received and called, by a word each; shown in ``/metrics``."""

    def routes(self) -> Iterable[web.RouteDef]:
        """HTTP routes of this channel."""
        ...

    async def start(self) -> None:
        """Begin to receive. Raises WrongToken; a channel out of reach does not end the start."""
        ...

    async def stop(self) -> None:
        """Stop to receive; nothing unconfirmed is lost."""
        ...

    async def close(self) -> None:
        """Let go of connections, once the last letter is sent."""
        ...

    def ready(self) -> str | None:
        """None when messages are received, else what is wrong in a few words."""
        ...

    async def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises TryLater, Refused, FileRefused, Untold."""
        ...

    def arrived(self, letter: Letter) -> None:
        """A letter of a pulled channel is committed and may be read."""
        ...

    async def typing(self, chat: str) -> None:
        """Show the citizen ``chat`` that an answer takes a moment. Raises nothing."""
        ...


@runtime_checkable
class AsksPhone(Protocol):
    """A channel that can ask for a phone number by a form of its own, and use it."""

    @property
    def asks_phone(self) -> bool:
        """Whether it does so here."""
        ...


@runtime_checkable
class Windowed(Protocol):
    """A channel on which we may not write to a citizen at any time."""

    async def waits(self, chat: Chat, event: str) -> datetime | None:
        """When an event of ours is to be looked at again (sooner, should the citizen write); None: tell it now."""
        ...
