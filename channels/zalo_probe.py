"""What a person who goes through the points of the real account needs of a channel: a word by which their own message
is known, and calls that are nobody's answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from channels.channel import StorageFailing
from channels.zalo_errors import Host
from channels.zalo_events import PAYLOAD
from channels.zalo_http import ZaloError, ZaloHttp
from channels.zalo_letters import Shape, buttons_message, to

WithToken = Callable[[Callable[[str], Awaitable[Mapping[str, Any]]]], Awaitable[Mapping[str, Any]]]


class Probe(Struct):
    """``word``: what is waited for, "" for nothing; ``met``: how often it came, and ``user`` who sent it last."""

    word: str = ""
    met: int = 0
    turned_away: int = 0
    user: str = ""
    _refuses: bool = False

    def arm(self, word: str, *, refuse: bool) -> None:
        """Wait for this word from now on. ``refuse``: turn the first message with it away, to see it come again."""
        self.word, self.met, self.turned_away, self.user, self._refuses = word, 0, 0, "", refuse

    def meet(self, user: str, text: str) -> None:
        """A message came. Raises StorageFailing for the one that is turned away."""
        if not self.word or self.word not in text.lower():
            return
        if self._refuses:
            self._refuses = False
            self.turned_away += 1
            raise StorageFailing
        self.met, self.user = self.met + 1, user


class Trial:
    """Calls of the Official Account that are tried by hand. They raise NotSent, Lost, NoToken."""

    def __init__(self, http: ZaloHttp, with_token: WithToken, shape: Shape) -> None:
        self._http = http
        self._with_token = with_token
        self._shape = shape

    async def say(self, user: str, text: str, labels: tuple[str, ...] = (), says: str = "") -> tuple[int, str]:
        """A message, with a button of each label that says ``says``; Zalo's code (0: taken), and what it counted on."""
        said = buttons_message(text, [(label, PAYLOAD + says) for label in labels], self._shape)
        try:
            found = await self._with_token(
                lambda token: self._http.post(Host.OA, "/v3.0/oa/message/cs", to(user, said), token)
            )
        except ZaloError as error:
            return error.code, error.told
        data = found.get("data")
        quota = data.get("quota") if isinstance(data, dict) else None
        return 0, str(quota.get("quota_type", "")) if isinstance(quota, dict) else ""

    async def last_heard(self, user: str) -> int | None:
        """When the user did something last as Zalo counts it, in milliseconds since 1970. Raises ZaloError."""
        found = await self._with_token(
            lambda token: self._http.post(Host.OA, "/v3.0/oa/quota/message", {"user_id": user}, token)
        )
        data = found.get("data")
        told = str(data.get("last_interaction")) if isinstance(data, dict) else ""
        return int(told) if told.isascii() and told.isdecimal() else None
