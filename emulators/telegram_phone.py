"""The phone of Telegram's emulator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from emulators.phone import Phone
from emulators.telegram_world import World


class People(Protocol):
    """What the page does to the emulator."""

    @property
    def world(self) -> World:
        """What there is."""
        ...

    def say(self, chat: int, text: str, **more: Any) -> int: ...

    def photo(self, chat: int, caption: str = "") -> int: ...

    def voice(self, chat: int) -> int: ...

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
            case "block":
                people.block(chat, not people.world.room(chat).blocked)
            case unknown:
                raise ValueError(unknown)
