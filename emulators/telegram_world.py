"""What the emulated Telegram knows: people and groups, the messages in their chats, presses, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulators.faults import Pace


class ApiError(Exception):
    """A method's refusal, in the Bot API's words."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    """A 400."""
    return ApiError(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; ``data`` is what pressing it says."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent."""

    kind: str
    name: str
    type: str
    content: bytes


@dataclass(slots=True)
class Sent:
    """A message that the bot has sent and the server has taken. ``text`` is the caption where there is a file."""

    chat: int
    message_id: int
    date: int
    text: str
    buttons: tuple[Button, ...] = ()
    file: File | None = None
    markup: Mapping[str, Any] | None = None

    def as_message(self, bot: Mapping[str, Any], chat: Mapping[str, Any]) -> dict[str, Any]:
        """As the Bot API shows it."""
        message: dict[str, Any] = {
            "message_id": self.message_id,
            "from": bot,
            "chat": chat,
            "date": self.date,
        }
        if self.file is None:
            message["text"] = self.text
        else:
            body = {"file_id": f"f{self.message_id}", "file_unique_id": f"u{self.message_id}"}
            if self.file.kind == "photo":
                message["photo"] = [{**body, "width": 90, "height": 90}]
            else:
                message["document"] = {**body, "file_name": self.file.name, "mime_type": self.file.type}
            if self.text:
                message["caption"] = self.text
        if self.markup is not None:
            message["reply_markup"] = self.markup
        return message


@dataclass(slots=True)
class Room:
    """A chat: with one person (a positive id), or a group."""

    id: int
    name: str
    blocked: bool = False
    deactivated: bool = False
    messages: dict[int, Sent] = field(default_factory=dict)
    seen: list[dict[str, Any]] = field(default_factory=list)
    """All that a phone shows, both ways, in order."""
    limited_until: float = 0.0

    @property
    def private(self) -> bool:
        return self.id > 0

    def as_chat(self) -> dict[str, Any]:
        """As the Bot API shows it."""
        if self.private:
            return {"id": self.id, "type": "private", "first_name": self.name}
        return {"id": self.id, "type": "group", "title": self.name}


@dataclass(slots=True)
class Press:
    """A press waits for its acknowledgement."""

    chat: int
    at: float
    answered: bool = False


class World:
    """The bot, its chats and everything it has sent, in order."""

    def __init__(self, token: str, username: str, pace: Pace) -> None:
        self.token = token
        self.pace = pace
        self.bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Một Cửa",
            "username": username,
        }
        self.rooms: dict[int, Room] = {}
        self.sends: list[Sent] = []
        self.presses: dict[str, Press] = {}
        self.commands: list[dict[str, str]] = []
        self.calls: Counter[str] = Counter()
        self.refusals: list[tuple[str, int, str]] = []
        """(method, code, description) of every call that was not taken."""
        self.typings: list[int] = []
        self.impatient = 0
        """Calls to a chat before its retry_after was over."""
        self._last_message = 0

    def next_message(self) -> int:
        """A message's number."""
        self._last_message += 1
        return self._last_message

    def room(self, chat: int, name: str | None = None) -> Room:
        """The chat, made when it is new."""
        found = self.rooms.get(chat)
        if found is None:
            found = self.rooms[chat] = Room(chat, name or (f"Người dân {chat}" if chat > 0 else f"Nhóm {chat}"))
        return found
