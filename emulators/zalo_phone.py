"""The phone of Zalo's emulator, and the clock and the console beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from aiohttp import web

from emulators.phone import Phone
from emulators.zalo_bot import ZaloBotEmulator
from emulators.zalo_hooks import Event, Hooks
from emulators.zalo_messages import FORM
from emulators.zalo_templates import RATE
from emulators.zalo_world import Button, Person, World

_BOT = re.compile("bot[0-9a-f]{17}")
"""Ids of people who write to the bot: twenty signs."""


class People(Protocol):
    """What the page does to the emulator."""

    @property
    def world(self) -> World:
        """What there is."""
        ...

    bot: ZaloBotEmulator
    prefills: bool

    @property
    def hooks(self) -> Hooks:
        """Where events go."""
        ...

    def person(self, user: str, name: str = "") -> Person: ...

    def say(self, user: str, text: str, *, shown: bool = True) -> Event: ...

    def tap_button(self, user: str, button: Button) -> Event: ...

    def send(self, user: str, kind: str, payload: Mapping[str, Any] | None = None, text: str = "") -> Event: ...

    def submit_info(self, user: str, phone: str, *, nested: bool = True) -> Event: ...

    def rate(self, user: str, stars: int, *, told: bool = True, note: str = "") -> None: ...

    def follow(self, user: str, follows: bool = True) -> Event: ...

    def block(self, user: str, blocked: bool = True) -> None: ...

    def official(self, user: str, text: str, *, named: bool = True) -> Event: ...


class ZaloPhone(Phone):
    """A person is named by the user id that the account sees; ``bot`` and letters: by what the bot sees."""

    name = "zalo"

    def __init__(self, people: People) -> None:
        self._people = people

    def routes(self) -> Iterable[web.RouteDef]:
        """Besides, what stands for ``https://zalo.me/<OA>``: the page fills in the words of ``?text=``."""
        oa = self._people.world.oa_id
        return [*super().routes(), web.get(f"/{oa}", self._page)]

    def seen(self, who: str) -> Mapping[str, Any]:
        if _with_bot(who):
            bot = self._people.bot
            state = {"follows": False, "url": bot.hook.url if bot.hook else "", "enabled": True, "waiting": 0}
            seen = {"seen": bot.phones.get(who, []), "blocked": who in bot.blocked, "bot": True}
            return {**state, **seen, "now": int(bot.clock.now() * 1000)}
        person = self._people.person(_user(who))
        return {
            "follows": person.follows,
            "blocked": person.blocked,
            "seen": person.seen,
            "url": self._people.hooks.url,
            "enabled": self._people.hooks.enabled,
            "prefills": self._people.prefills,
            "waiting": self._people.hooks.waiting,
            "now": int(self._people.world.clock.now() * 1000),
        }

    async def act(self, who: str, asked: Mapping[str, Any]) -> None:
        if _with_bot(who):
            self._do_with_bot(who, asked)
        else:
            await self._do(_user(who), asked)

    async def _do(self, user: str, asked: Mapping[str, Any]) -> None:
        people = self._people
        match asked["do"]:
            case "say":
                people.say(user, str(asked["text"])[:2000])
            case "tap" if asked["type"] == FORM:
                people.submit_info(user, people.person(user).phone)
            case "tap" if asked["type"] == RATE:
                people.rate(user, int(asked["data"]))
            case "tap":
                people.tap_button(user, Button(str(asked["label"]), str(asked["type"]), asked["data"]))
            case "image" | "sticker" | "location" | "audio" as kind:
                people.send(user, kind)
            case "follow":
                people.follow(user, not people.person(user).follows)
            case "block":
                people.block(user, not people.person(user).blocked)
            case "official":
                people.official(user, str(asked["text"])[:2000])
            case "wait":
                people.world.clock.move(float(asked["hours"]) * 3600)
            case "save":
                if await people.hooks.save(str(asked["url"])) != 200:
                    raise ValueError("the webhook did not answer 200")
            case unknown:
                raise ValueError(unknown)

    def _do_with_bot(self, who: str, asked: Mapping[str, Any]) -> None:
        bot = self._people.bot
        match asked["do"]:
            case "say":
                bot.say(who, str(asked["text"])[:2000])
            case "image" | "sticker" as kind:
                bot.send(who, kind)
            case "audio":
                bot.send(who, "voice")
            case "block":
                bot.blocked ^= {who}
            case unknown:
                raise ValueError(unknown)


def _with_bot(who: str) -> bool:
    return _BOT.fullmatch(who) is not None


def _user(text: str) -> str:
    if not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    return text
