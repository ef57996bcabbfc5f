"""What Telegram delivers → ``Incoming``. Pure.

Nine of ten updates are a private text or a press, and their few fields are read where they lie; all others are read by
PTB's ``Update``, at fifteen times the cost, and both ways agree. What PTB cannot read is not lost: where a chat can be
found, its citizen is answered; where none can, the update is stored as rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from msgspec import Struct
from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, MessageType, UpdateType

from handlers.messages import Chat, Incoming, Kind

WANTED = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER)
"""Telegram is asked for no other kinds of update."""

_KINDS = (
    (MessageType.TEXT, Kind.TEXT),
    (MessageType.PHOTO, Kind.PHOTO),
    (MessageType.LIVE_PHOTO, Kind.PHOTO),
    (MessageType.VOICE, Kind.VOICE),
    (MessageType.AUDIO, Kind.VOICE),
    (MessageType.VIDEO_NOTE, Kind.VOICE),
    (MessageType.STICKER, Kind.STICKER),
    (MessageType.ANIMATION, Kind.STICKER),  # before the document that comes with it
    (MessageType.VIDEO, Kind.FILE),
    (MessageType.DOCUMENT, Kind.FILE),
    (MessageType.LOCATION, Kind.LOCATION),
    (MessageType.VENUE, Kind.LOCATION),
    (MessageType.CONTACT, Kind.CONTACT),
)
_OTHER = (
    MessageType.POLL,
    MessageType.DICE,
    MessageType.GAME,
    MessageType.STORY,
    MessageType.CHECKLIST,
    MessageType.GIFT,
    MessageType.UNIQUE_GIFT,
    MessageType.INVOICE,
    MessageType.PAID_MEDIA,
    MessageType.PASSPORT_DATA,
    MessageType.WEB_APP_DATA,
)
_BESIDES = (
    MessageType.BUSINESS_CONNECTION_ID,
    MessageType.EFFECT_ID,
    MessageType.REPLY_TO_STORY,
    MessageType.SENDER_BOOST_COUNT,
    MessageType.SENDER_BUSINESS_BOT,
    MessageType.SUGGESTED_POST_INFO,
)
_SERVICE = tuple(set(MessageType) - {name for name, _ in _KINDS} - set(_OTHER) - set(_BESIDES))
"""What a chat reports of itself (a pin, a new title, a new member): said by nobody, so nobody is answered."""

_COMMAND = re.compile(r"/\w+@(\w+)")
_LAST_SECOND = 32_503_680_000


class Outcome(Enum):
    """What becomes of an update."""

    MESSAGE = "message"
    IGNORED = "ignored"
    LEFT = "left"
    """The citizen blocked us, or put us out of the group."""
    UNREADABLE = "unreadable"


class Received(Struct, frozen=True):
    """One update. ``press``: the id of a press, which is to be acknowledged."""

    outcome: Outcome
    incoming: Incoming | None = None
    press: str | None = None


_IGNORED = Received(Outcome.IGNORED)


class Reader(Struct, frozen=True):
    """``account``: the bot's own id. ``username``: None until Telegram has told it. ``reads_groups``: the bot is shown
    all that is said in its groups, so that there only what is said to it concerns it."""

    account: str
    now: Callable[[], datetime]
    username: str | None = None
    reads_groups: bool = False

    def read(self, update: Mapping[str, Any]) -> Received:
        """Raises nothing, whatever ``update`` holds."""
        try:
            return self._plainly(update) or self._fully(Update.de_json(dict(update), None))
        except Exception:
            # Not only TypeError and KeyError: Telegram's objects grow, and PTB reads deep into them.
            return self._salvaged(update)

    def _plainly(self, update: Mapping[str, Any]) -> Received | None:
        match update:
            case {
                "update_id": int(number),
                "message": {"chat": {"id": int(chat), "type": "private"}, "text": str(text), "date": int(date)},
            } if not text.startswith("/") and 0 < date < _LAST_SECOND:
                at = datetime.fromtimestamp(date, UTC)
                return Received(Outcome.MESSAGE, Incoming(self._chat(chat), f"u{number}", text, at))
            case {
                "update_id": int(number),
                "callback_query": {
                    "id": str(press),
                    "data": str(says),
                    "message": {"chat": {"id": int(chat), "type": "private"}},
                },
            }:
                # A press bears no date of its own.
                return Received(
                    Outcome.MESSAGE, Incoming(self._chat(chat), f"u{number}", says, self.now()), press=press
                )
        return None

    def _fully(self, update: Update) -> Received:
        if update.callback_query is not None:
            return self._press(update.update_id, update.callback_query)
        if update.my_chat_member is not None:
            left = update.my_chat_member.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
            return Received(Outcome.LEFT) if left else _IGNORED
        message = update.message or update.edited_message
        if message is None or message.chat.type == ChatType.CHANNEL:
            return _IGNORED
        edited = update.edited_message is not None
        text = self._addressed(message.text or message.caption or "", message)
        kind = _kind(message)
        # A live location is "edited" every few seconds; only a changed text is a new message.
        if text is None or kind is None or (edited and not text):
            return _IGNORED
        # An edit counts from when it was made: its message may be older than an erasure.
        at = message.edit_date if edited and message.edit_date is not None else message.date
        return Received(
            Outcome.MESSAGE,
            Incoming(
                self._chat(message.chat.id),
                f"u{update.update_id}",
                text,
                at,
                kind,
                private=message.chat.type == ChatType.PRIVATE,
            ),
        )

    def _press(self, number: int, press: CallbackQuery) -> Received:
        if press.message is None or press.data is None:
            return Received(Outcome.IGNORED, press=press.id)
        chat = press.message.chat
        said = Incoming(
            self._chat(chat.id), f"u{number}", press.data, self.now(), private=chat.type == ChatType.PRIVATE
        )
        return Received(Outcome.MESSAGE, said, press=press.id)

    def _addressed(self, text: str, message: Message) -> str | None:
        """The text without our name behind a command; None where a group speaks to others."""
        private = message.chat.type == ChatType.PRIVATE
        command = _COMMAND.match(text)
        if command is not None:
            ours = self.username is None or command[1].lower() == self.username.lower()
            if not ours and not private:
                return None
            return text[: command.start(1) - 1] + text[command.end() :]
        if private or not self.reads_groups or text.startswith("/"):
            return text
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and str(replied.from_user.id) == self.account:
            return text
        return text if self.username is not None and f"@{self.username.lower()}" in text.lower() else None

    def _salvaged(self, update: Mapping[str, Any]) -> Received:
        number, press, edited = update.get("update_id"), update.get("callback_query"), update.get("edited_message")
        press = press if isinstance(press, dict) else {}
        message = press.get("message") or update.get("message") or edited
        match message:
            case {"chat": {"id": int(chat), **rest}} if isinstance(number, int) and isinstance(message, dict):
                says = press.get("data") or message.get("text")
                text = says if isinstance(says, str) else ""
                if edited is not None and not text:
                    return self._unreadable(number)
                kind = Kind.TEXT if text else Kind.OTHER
                private = rest.get("type", ChatType.PRIVATE if chat > 0 else ChatType.GROUP) == ChatType.PRIVATE
                said = Incoming(self._chat(chat), f"u{number}", text, self.now(), kind, private)
                acknowledged = press.get("id")
                return Received(Outcome.MESSAGE, said, acknowledged if isinstance(acknowledged, str) else None)
        return self._unreadable(number)

    def _unreadable(self, number: object) -> Received:
        """Nobody's chat, 0; without a number there is nothing to store it under, nor to confirm."""
        if not isinstance(number, int):
            return Received(Outcome.UNREADABLE)
        said = Incoming(self._chat(0), f"u{number}", "", self.now(), Kind.UNREADABLE)
        return Received(Outcome.UNREADABLE, said)

    def _chat(self, number: int) -> Chat:
        return Chat("telegram", self.account, str(number))


def _kind(message: Message) -> Kind | None:
    """None for what was said by nobody. What PTB does not know yet is of kind OTHER."""
    for name, kind in _KINDS:
        if getattr(message, name, None):
            return kind
    return None if any(getattr(message, name, None) for name in _SERVICE) else Kind.OTHER
