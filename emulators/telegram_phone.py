"""The phone of Telegram's emulator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from emulators.phone import Phone
from emulators.telegram_world import World

A_PHONE = "+84900000001"
"""Of an entry of the address book; nobody's."""
SOMEBODY = {"type": "hidden_user", "sender_user_name": "Một người quen", "date": 1}


class People(Protocol):
    """What the page does to the emulator."""

    @property
    def world(self) -> World:
        """What there is."""
        ...

    def say(self, chat: int, text: str, **more: Any) -> int: ...

    def photo(self, chat: int, caption: str = "") -> int: ...

    def voice(self, chat: int) -> int: ...

    def location(self, chat: int) -> int: ...

    def contact(self, chat: int, phone: str) -> int: ...

    def edit(self, chat: int, text: str, message_id: int = 1) -> int: ...

    def press_data(self, chat: int, message_id: int, data: str, by: int | None = None) -> int: ...

    def block(self, chat: int, blocked: bool = True) -> int: ...


class TelegramPhone(Phone):
    """A chat is named by its number; a group's is negative."""

    name = "telegram"

    def __init__(self, people: People) -> None:
        self._people = people

    def seen(self, who: str) -> Mapping[str, Any]:
        room = self._people.world.room(int(who))
        commands = self._people.world.commands
        return {"name": room.name, "blocked": room.blocked, "seen": room.seen, "commands": commands}

    async def act(self, who: str, asked: Mapping[str, Any]) -> None:
        chat, people = int(who), self._people
        match asked["do"]:
            case "say":
                people.say(chat, str(asked["text"])[:4096])
            case "press":
                people.press_data(chat, int(asked["message"]), str(asked["data"]))
            case "photo":
                people.photo(chat)
            case "voice":
                people.voice(chat)
            case "location":
                people.location(chat)
            case "contact":
                people.contact(chat, A_PHONE)
            case "edit":
                people.edit(chat, str(asked["text"])[:4096], self._newest(chat))
            case "forward":
                people.say(chat, str(asked["text"])[:4096], forward_origin=SOMEBODY)
            case "block":
                people.block(chat, not people.world.room(chat).blocked)
            case unknown:
                raise ValueError(unknown)

    def _newest(self, chat: int) -> int:
        """The message that this person wrote last."""
        mine = (seen["id"] for seen in reversed(self._people.world.room(chat).seen) if seen["from"] == "me")
        return next((number for number in mine if number), 1)
