"""Writing to citizens who have not just written to us: what is free, what is paid, what goes by template, what waits.

::

    last heard   ≤ 48 h        ≤ 7 days                        longer, or not known
    an event     free message  paid message, where it is one   template, where one is set up for it
                               of the kinds worth paying and   and paid for; else it waits until
                               the month's cap allows it;      the citizen writes
                               else it waits

Answers are never held: who is answered has just written. Windows and prices are Zalo's (checked 2026-11, second hand).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct, field

from channels.channel import Letter
from channels.zalo_events import CHANNEL
from handlers.messages import Chat, Incoming, Purpose

log = logging.getLogger(__name__)
FREE = timedelta(hours=48)
OPEN = timedelta(days=7)
NEAR = timedelta(minutes=10)
"""Windows are taken to close so much earlier: a letter may be on its way for a while."""
LATER = timedelta(days=1)
"""A held event is looked at again so much later, and as soon as the citizen writes."""
STARS = {"five_stars": 5, "five_emotions": 5}
"""Scales of rating templates that are ours; of three emotions no number of stars can be made."""
REMEMBERED = 10_000


class Way(Enum):
    """How an event reaches the citizen."""

    FREE = "free"
    PAID = "paid"
    TEMPLATE = "template"
    HELD = "held"


class Terms(Struct, frozen=True):
    """What may cost money. ``paid``: kinds of events ("status", "invite", …) worth a paid message; ``templates``: kind
    → approved template, whose only parameter is ``ma_ho_so``; prices and the month's ``cap`` in đồng, as the account's
    contract says them (``phone_price``: a template by phone). A cap of 0 spends nothing."""

    paid: frozenset[str] = frozenset()
    templates: Mapping[str, str] = field(default_factory=dict)
    message_price: int = 0
    template_price: int = 0
    phone_price: int = 0
    cap: int = 0

    def allows(self, price: int, spent: int) -> bool:
        """Whether one more may be bought this month."""
        return price > 0 and spent + price <= self.cap


def way(event: str, heard_at: datetime | None, now: datetime, terms: Terms, spent: int) -> Way:
    """How an event (its id) reaches somebody last heard at ``heard_at``; ``spent``: đồng this month. Pure."""
    kind = event.partition(":")[0]
    age = OPEN + LATER if heard_at is None else now - heard_at + NEAR
    if age <= FREE:
        return Way.FREE
    if age <= OPEN and kind in terms.paid and terms.allows(terms.message_price, spent):
        return Way.PAID
    if age > OPEN and kind in terms.templates and terms.allows(terms.template_price, spent):
        return Way.TEMPLATE
    return Way.HELD


class Contact(Protocol):
    """When a citizen was heard."""

    async def last_heard(self, chat: Chat) -> datetime | None:
        """None where that is not known."""
        ...

    def quiet_until(self, chat: Chat) -> datetime | None:
        """Until when an official talks there."""
        ...

    async def phone(self, chat: Chat) -> str | None:
        """The hash of the phone that they gave; None where they gave none."""
        ...


class Books(Protocol):
    """What was spent, and which template asked about what; on disk."""

    async def load(self) -> None:
        """Read what this month has cost so far."""
        ...

    def spent(self) -> int:
        """Đồng, this month."""
        ...

    def paid(self, kind: str, quota: str, dong: int) -> None:
        """One more was sent that does not come free."""
        ...

    async def asked(self, message: str, chat: Chat, dossier: str, n: int | None) -> None:
        """A template was taken under this id."""
        ...

    async def asked_about(self, message: str) -> tuple[Chat, str, int] | None:
        """What a rating template asked about; None where it is not one of ours."""
        ...


class Outreach:
    """Decides the way, makes the template's body, keeps the books."""

    def __init__(self, terms: Terms, contact: Contact, books: Books, now: Callable[[], datetime]) -> None:
        self.terms = terms
        self._contact = contact
        self._books = books
        self._now = now
        self.only_by_phone: set[str] = set()
        """Templates that Zalo has refused to send by user id, since the start."""
        self._done: OrderedDict[tuple[str, str], None] = OrderedDict()
        """Events whose template was taken: an event of several messages is one template."""
        self._shut: OrderedDict[Chat, datetime | None] = OrderedDict()
        """Whom Zalo would not let us write to, and when they had been heard last then: it counts otherwise than we."""
        self._wrong_phones: OrderedDict[Chat, None] = OrderedDict()

    async def load(self) -> None:
        """Read the books."""
        await self._books.load()

    async def way(self, chat: Chat, event: str) -> Way:
        """How this event reaches this citizen now."""
        heard_at = await self._contact.last_heard(chat)
        if chat in self._shut and self._shut[chat] == heard_at:
            return Way.HELD
        found = way(event, heard_at, self._now(), self.terms, self._books.spent())
        if found is Way.TEMPLATE and self.terms.templates[event.partition(":")[0]] in self.only_by_phone:
            return found if await self.phone_for(chat) is not None else Way.HELD
        return found

    async def shut(self, chat: Chat) -> None:
        """Zalo does not let us write to this citizen, whatever we thought; from their next word on it does."""
        self._shut[chat] = await self._contact.last_heard(chat)
        _forget_oldest(self._shut)

    def wrong_phone(self, chat: Chat) -> None:
        """Nobody is on Zalo under the number that this citizen gave."""
        self._wrong_phones[chat] = None
        _forget_oldest(self._wrong_phones)

    async def waits(self, chat: Chat, event: str) -> datetime | None:
        """When an event is to be looked at again; None where it may be told now."""
        now = self._now()
        quiet = self._contact.quiet_until(chat)
        if quiet is not None and now < quiet:
            return quiet
        return now + LATER if await self.way(chat, event) is Way.HELD else None

    async def by_template(self, letter: Letter) -> bool:
        """Whether this letter goes as a template. A rating confirmed, an answer: never."""
        if letter.purpose is Purpose.ANSWER or not self.terms.templates:
            return False
        return await self.way(letter.chat, letter.event) is Way.TEMPLATE

    def template(self, letter: Letter) -> str | None:
        """The template of the letter's event; None where it was taken already."""
        if (str(letter.chat), letter.event) in self._done:
            return None
        return self.terms.templates[_about(letter.event)[0]]

    def dossier_of(self, letter: Letter) -> str:
        """The dossier that the letter's event is about."""
        return _about(letter.event)[1]

    async def phone_for(self, chat: Chat) -> str | None:
        """Where a template may go by phone; None without a number that works, or where the month's cap is reached."""
        if chat in self._wrong_phones:
            return None
        affordable = self.terms.allows(self.terms.phone_price, self._books.spent())
        return await self._contact.phone(chat) if affordable else None

    async def asking(self, letter: Letter, message: str) -> None:
        """A template is about to go out, whose answer will bear this id."""
        _, dossier, n = _about(letter.event)
        await self._books.asked(message, letter.chat, dossier, n)

    async def taken(self, letter: Letter, data: Mapping[str, Any], *, by_phone: bool = False) -> None:
        """A template was taken: remember what it asked about, and what it cost."""
        self._done[str(letter.chat), letter.event] = None
        _forget_oldest(self._done)
        message = str(data.get("message_id") or data.get("msg_id") or "")
        self.bought(by_phone=by_phone)
        if message:
            await self.asking(letter, message)

    def bought(self, *, by_phone: bool) -> None:
        """A template was paid for."""
        quota, price = ("phone", self.terms.phone_price) if by_phone else ("template", self.terms.template_price)
        self._books.paid("template", quota, price)

    def sent(self, data: Mapping[str, Any]) -> None:
        """A message was taken; what the reply says it was counted on."""
        quota = data.get("quota")
        kind = quota.get("quota_type") if isinstance(quota, dict) else None
        if isinstance(kind, str) and kind != "reply":
            self._books.paid("cs", kind[:32], self.terms.message_price)

    async def answered(self, told: Mapping[str, Any], at: datetime) -> Incoming | None:
        """A rating template's answer, by webhook or by ``rating/get``, as if its number of stars had been pressed.

        None where it is not ours or on another scale. The same answer has the same id, however it came.
        """
        message = str(told.get("msg_id") or told.get("msgId") or "")
        tracking = str(told.get("tracking_id") or told.get("trackingId") or "")
        rate = told.get("rate")
        scale = STARS.get(str(told.get("option", "five_stars")))
        stars = int(rate) if isinstance(rate, int | str) and str(rate).isascii() and str(rate).isdecimal() else 0
        if not message or scale is None or not 1 <= stars <= scale:
            return None
        about = await self._books.asked_about(message)
        if about is None and tracking:
            about = await self._books.asked_about(tracking)
        if about is None:
            return None
        chat, dossier, n = about
        if chat.channel != CHANNEL:
            return None
        return Incoming(chat, f"zbs:{message[:64]}", f"rate {stars} {dossier} {n}", at)


def _forget_oldest(remembered: OrderedDict[Any, Any]) -> None:
    if len(remembered) > REMEMBERED:
        remembered.popitem(last=False)


def _about(event: str) -> tuple[str, str, int | None]:
    """An event's kind, its dossier, and the completion it invites to rate."""
    kind, _, rest = event.partition(":")
    dossier, _, last = rest.rpartition(":")
    return kind, dossier, int(last) if kind == "invite" and last.isdecimal() else None
