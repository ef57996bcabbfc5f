"""What a failed call means for its letter: try later, or never; and when an administrator must act, a common pause.

A pause is as wide as its cause. Without a token, or with the account's configuration wrong, nothing goes; where only
what we begin ourselves cannot be bought (a quota used up, a template disabled), citizens who write are still answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from channels.channel import Letter, Refused, TryLater
from channels.outage import Outage
from channels.zalo_errors import Host, Policy
from channels.zalo_http import Lost, NotSent, ZaloError
from channels.zalo_token import NoToken
from handlers.messages import Purpose

log = logging.getLogger(__name__)
PAUSE = timedelta(seconds=60)
"""Nothing is sent for so long once an administrator must act; then one letter tries."""
Key = tuple[str, int]


class Closed(Struct, frozen=True):
    """Why nothing is sent, and until when."""

    trouble: str
    until: datetime


class Verdicts:
    """``jitter`` draws from 0 to 1: chats that were told to slow down do not all come back in the same moment."""

    def __init__(self, now: Callable[[], datetime], jitter: Callable[[], float], first_pause: float) -> None:
        self._now = now
        self._jitter = jitter
        self._first_pause = first_pause
        self._outage = Outage(lambda: now().timestamp(), first_pause)
        self._closed: dict[bool, Closed] = {}
        """By whether answers wait, too."""
        self._again: set[Key] = set()

    @property
    def trouble(self) -> str | None:
        """What an administrator must see to; what holds back nobody's answer is told while it is tried. Without that,
        why nothing arrives at Zalo."""
        if True in self._closed:
            return self._closed[True].trouble
        narrow = self._closed.get(False)
        return narrow.trouble if narrow is not None and self._now() < narrow.until else self._outage.trouble

    def check(self, letter: Letter) -> None:
        """Raises TryLater while it may not be sent."""
        for answers, closed in self._closed.items():
            if (answers or not _is_answer(letter)) and self._now() < closed.until:
                raise TryLater((closed.until - self._now()).total_seconds())

    def well(self, letter: Letter) -> None:
        """It was taken."""
        self._outage.over()
        self._closed.pop(True, None)
        if not _is_answer(letter):
            self._closed.pop(False, None)
        self._again.discard(_key(letter))

    def of(self, error: NotSent | Lost | NoToken | ZaloError, letter: Letter) -> TryLater | Refused:
        """What the sender does next."""
        match error:
            case NotSent():
                return TryLater(self._outage.failed(str(error)))
            case Lost():
                return TryLater(self._outage.failed(str(error)), ambiguous=True)
            case NoToken():
                return self._close(str(error))
            case ZaloError():
                self._outage.over()
                return self._told(error, letter)

    def _told(self, error: ZaloError, letter: Letter) -> TryLater | Refused:
        key = _key(letter)
        match error.policy:
            case Policy.TOKEN:
                return self._close("Zalo refuses the token even after it was renewed: run motcua zalo login")
            case Policy.CONFIGURATION | Policy.MONEY:
                trouble = f"Zalo refuses to send ({error.policy.value}): {error.code} {error.told}"
                bought = error.policy is Policy.MONEY or error.host is Host.BUSINESS
                return self._close(trouble, answers=_is_answer(letter) or not bought)
            case Policy.RATE:
                left = 60.0 - self._now().timestamp() % 60.0
                return TryLater(left + 5.0 * self._jitter(), limited=True)
            case Policy.NIGHT:
                return TryLater(1800.0)
            case Policy.AGAIN if key not in self._again:
                self._again.add(key)
                return TryLater(self._first_pause)
            case Policy.RECIPIENT:
                return Refused(f"{error.code}", blocked=True)
            case Policy.PERMANENT:
                log.warning("zalo_oa: a code that the table does not act upon: %s", error.code)
        self._again.discard(key)
        return Refused(f"{error.policy.value} {error.code}")

    def _close(self, trouble: str, *, answers: bool = True) -> TryLater:
        before = self._closed.get(answers)
        if before is None or before.trouble != trouble:
            log.error("zalo_oa: %s", trouble)
        self._closed[answers] = Closed(trouble, self._now() + PAUSE)
        return TryLater(PAUSE.total_seconds())


def _is_answer(letter: Letter) -> bool:
    return letter.purpose is Purpose.ANSWER


def _key(letter: Letter) -> Key:
    return letter.chat.id, letter.seq
