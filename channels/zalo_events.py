"""What Zalo's webhook tells of an Official Account → ``Incoming``. Pure.

A tap on a button is a message whose text is the button's payload: ours begin with ``#mc1:`` and are stripped here.
Whatever a citizen sends that nobody understands is of kind OTHER and is answered; what is said by nobody is not.

An event as it comes (the values are made up)::

    {"app_id":"…","sender":{"id":"7000000000000000001"},"recipient":{"id":"4000000000000000009"},
     "event_name":"user_send_text","message":{"text":"Tra cứu hồ sơ","msg_id":"a1b2"},"timestamp":"1790000000123"}
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from msgspec import Struct

from handlers.messages import Chat, Incoming, Kind

PAYLOAD = "#mc1:"
"""Before a choice's code: private, so that no keyword of the OA Manager's own answers begins so."""
CHANNEL = "zalo_oa"
START = "/start"

_KINDS = {
    "user_send_text": Kind.TEXT,
    "user_send_image": Kind.PHOTO,
    "user_send_link": Kind.OTHER,
    "user_send_audio": Kind.VOICE,
    "user_send_video": Kind.FILE,
    "user_send_sticker": Kind.STICKER,
    "user_send_gif": Kind.STICKER,
    "user_send_location": Kind.LOCATION,
    "user_send_file": Kind.FILE,
    "user_send_business_card": Kind.CONTACT,
    "user_submit_info": Kind.CONTACT,
}
_SAID = re.compile(r"user_send_[a-z_0-9]+")
_PLAIN = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_SECONDS = 100_000_000_000
"""A timestamp below this counts seconds, not milliseconds."""
_FIRST, _LAST = 1_000_000_000, 32_503_680_000


class Outcome(Enum):
    """What becomes of an event."""

    MESSAGE = "message"
    HEARD = "heard"
    """The citizen did something that opens the window, and said nothing."""
    ECHO = "echo"
    """Something was sent in the account's name: by us, or by an official in OA Manager."""
    LEFT = "left"
    FEEDBACK = "feedback"
    """A rating template was answered."""
    OTHER_ACCOUNT = "other_account"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Received:
    """One event. ``chat``: whose it is, where it is somebody's; ``message``: Zalo's id of what was said or sent.

    ``official``: an echo that names the official who typed it. ``tapped``: a button of ours. ``phone``: what was
    filled into the form, as "84900000001"; "" where nothing was.
    """

    outcome: Outcome
    chat: Chat | None = None
    at: datetime | None = None
    incoming: Incoming | None = None
    message: str = ""
    official: bool = False
    tapped: bool = False
    phone: str = field(default="", repr=False)


_IGNORED = Received(Outcome.IGNORED)


def mac(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """The signature of a webhook: plain SHA-256 (no HMAC) of app id, raw body, the body's timestamp, OA secret.

    Source: ``MacUtils.buildMac`` of Zalo's Java SDK.
    """
    return hashlib.sha256(
        b"".join((first.encode(), body, timestamp.encode(errors="replace"), secret.encode()))
    ).hexdigest()


def is_signed(header: str, first: str, body: bytes, timestamp: str, secret: str) -> bool:
    """Whether ``X-ZEvent-Signature`` is the right one; compared in constant time."""
    wanted = f"mac={mac(first, body, timestamp, secret)}"
    return hmac.compare_digest(header.strip().encode(errors="surrogateescape"), wanted.encode())


def stamp(event: Mapping[str, Any]) -> str:
    """The event's timestamp as it stands in the body, for the signature."""
    found = event.get("timestamp")
    return found if isinstance(found, str) else str(found) if isinstance(found, int) else ""


class Reader(Struct, frozen=True):
    """``account``: the Official Account's id; events of another account of the same app are not ours."""

    account: str
    now: Callable[[], datetime]

    def read(self, event: Mapping[str, Any]) -> Received:
        """Raises nothing, whatever ``event`` holds."""
        name = event.get("event_name")
        if not isinstance(name, str):
            return Received(Outcome.UNREADABLE)
        if name == "user_feedback":
            return Received(Outcome.FEEDBACK, at=self._at(event), message=_text(_part(event, "message"), "msg_id"))
        if "_group_" in name:
            return _IGNORED
        if name.startswith("oa_send_"):
            return self._echo(event)
        if name in ("follow", "unfollow", "user_click_chatnow"):
            return self._visit(name, event)
        if name == "user_submit_info" or _SAID.fullmatch(name):
            return self._said(name, event)
        return _IGNORED

    def _said(self, name: str, event: Mapping[str, Any]) -> Received:
        user, account = _id(event, "sender"), _id(event, "recipient")
        if not user:
            return Received(Outcome.UNREADABLE)
        if account and account != self.account:
            return Received(Outcome.OTHER_ACCOUNT)
        said, at = _part(event, "message"), self._at(event)
        text = _text(said, "text") or _text(said, "caption")
        kind, tapped = _KINDS.get(name, Kind.OTHER), False
        if name == "user_send_text":
            tapped = text.startswith(PAYLOAD)
            text = text.removeprefix(PAYLOAD)
            kind = Kind.TEXT if text else Kind.OTHER
        elif name == "user_send_link" and text:
            kind = Kind.TEXT
        elif name == "user_submit_info":
            text = ""
        message = _word(said.get("msg_id"))
        number = message or _word(stamp(event)) or str(at.timestamp())
        incoming = Incoming(self._chat(user), f"{name[:64]}:{number}", text, at, kind)
        phone = normal_phone(_part(event, "info").get("phone")) if name == "user_submit_info" else ""
        return Received(Outcome.MESSAGE, incoming.chat, at, incoming, message, tapped=tapped, phone=phone)

    def _echo(self, event: Mapping[str, Any]) -> Received:
        user = _id(event, "recipient")
        if not user or (_id(event, "sender") or self.account) != self.account:
            return _IGNORED
        official = bool(event.get("admin_id") or _part(event, "sender").get("admin_id"))
        message = _word(_part(event, "message").get("msg_id"))
        return Received(Outcome.ECHO, self._chat(user), self._at(event), message=message, official=official)

    def _visit(self, name: str, event: Mapping[str, Any]) -> Received:
        user = _id(event, "follower") or _word(event.get("user_id")) or _id(event, "sender")
        if not user:
            return Received(Outcome.UNREADABLE)
        if (_word(event.get("oa_id")) or self.account) != self.account:
            return Received(Outcome.OTHER_ACCOUNT)
        chat, at = self._chat(user), self._at(event)
        if name == "unfollow":
            return Received(Outcome.LEFT, chat, at)
        if name == "user_click_chatnow":
            return Received(Outcome.HEARD, chat, at)
        return Received(Outcome.MESSAGE, chat, at, Incoming(chat, f"follow:{_word(stamp(event))}", START, at))

    def _at(self, event: Mapping[str, Any]) -> datetime:
        """The event's own time: a repetition an hour later bears the same. Now where it has none."""
        found = stamp(event)
        if not (found.isascii() and found.isdecimal() and len(found) < 20):
            return self.now()
        number = int(found)
        seconds = number if number < _SECONDS else number / 1000
        return datetime.fromtimestamp(seconds, UTC) if _FIRST < seconds < _LAST else self.now()

    def _chat(self, user: str) -> Chat:
        return Chat(CHANNEL, self.account, user)


def normal_phone(found: Any) -> str:
    """A Vietnamese number ("0900 000 001", "+84…", a JSON number) as "84900000001"; "" where it is none."""
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    digits = re.sub(r"[ .()+-]", "", text)
    national = digits[2:] if digits.startswith("84") and len(digits) > 10 else digits.removeprefix("0")
    return f"84{national}" if re.fullmatch(r"[1-9][0-9]{8,9}", national, re.ASCII) else ""


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _id(event: Mapping[str, Any], name: str) -> str:
    return _word(_part(event, name).get("id"))


def _text(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return found if isinstance(found, str) else ""


def _word(found: Any) -> str:
    """An id: a string beyond 2^53, a number in some samples; never with a slash, which divides our keys."""
    word = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    return word if isinstance(word, str) and _PLAIN.fullmatch(word) else ""
