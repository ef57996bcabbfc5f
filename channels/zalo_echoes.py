"""Zalo tells the account of everything that is sent in its name. Ours, or an official's in OA Manager?"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from channels.zalo_events import Received
from handlers.messages import Chat

REMEMBERED = 20_000
AROUND = timedelta(minutes=1)
"""An echo may come before the reply to our own call, whose id is known only then."""


class Echoes:
    """Remembers what we sent. An echo without an official's id is theirs only where it can be none of ours: another
    id, nothing of ours on its way to that chat lately, and said after this program began."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._began = now()
        self._sent: OrderedDict[str, None] = OrderedDict()
        self._lately: OrderedDict[Chat, datetime] = OrderedDict()

    @contextmanager
    def sending(self, chat: Chat) -> Iterator[None]:
        """Something of ours is on its way to this chat."""
        self._touch(chat)
        try:
            yield
        finally:
            self._touch(chat)

    def sent(self, message: str) -> None:
        """Zalo gave our message this id."""
        self._sent[message] = None
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def is_official(self, echo: Received) -> bool:
        """Whether an official typed it."""
        if echo.official:
            return True
        assert echo.chat is not None
        assert echo.at is not None
        if echo.message in self._sent or echo.at <= self._began + AROUND:
            return False
        lately = self._lately.get(echo.chat)
        return lately is None or echo.at > lately + AROUND

    def _touch(self, chat: Chat) -> None:
        self._lately[chat] = self._now()
        self._lately.move_to_end(chat)
        if len(self._lately) > REMEMBERED:
            self._lately.popitem(last=False)
