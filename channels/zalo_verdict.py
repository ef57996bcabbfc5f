"""What a failed call means for its letter: try later, or never; and when an administrator must act, a common pause."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from channels.channel import Refused, TryLater
from channels.zalo_errors import Policy
from channels.zalo_http import Lost, NotSent, ZaloError
from channels.zalo_token import NoToken

log = logging.getLogger(__name__)
LONGEST_PAUSE = 30.0
PAUSE = timedelta(seconds=60)
"""Nothing is sent for so long once an administrator must act; then one letter tries."""
Key = tuple[str, int]


class Verdicts:
    """``jitter`` draws from 0 to 1: chats that were told to slow down do not all come back in the same moment.
    ``trouble``: what an administrator must see to."""

    def __init__(self, now: Callable[[], datetime], jitter: Callable[[], float], first_pause: float) -> None:
        self.trouble: str | None = None
        self._now = now
        self._jitter = jitter
        self._first_pause = first_pause
        self._failing_since: datetime | None = None
        self._closed_until: datetime | None = None
        self._again: set[Key] = set()

    def check(self) -> None:
        """Raises TryLater while nothing may be sent."""
        if self._closed_until is not None and self._now() < self._closed_until:
            raise TryLater((self._closed_until - self._now()).total_seconds())

    def well(self, key: Key) -> None:
        """A letter was taken."""
        self.trouble = self._failing_since = self._closed_until = None
        self._again.discard(key)

    def of(self, error: NotSent | Lost | NoToken | ZaloError, key: Key) -> TryLater | Refused:
        """What the sender does next."""
        match error:
            case NotSent():
                return TryLater(self._outage())
            case Lost():
                return TryLater(self._outage(), ambiguous=True)
            case NoToken():
                return self._close(str(error))
            case ZaloError():
                self._failing_since = None
                return self._told(error, key)

    def _told(self, error: ZaloError, key: Key) -> TryLater | Refused:
        match error.policy:
            case Policy.TOKEN:
                return self._close("Zalo refuses the token even after it was renewed: run motcua zalo login")
            case Policy.CONFIGURATION | Policy.MONEY:
                return self._close(f"Zalo refuses to send ({error.policy.value}): {error.code} {error.told}")
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

    def _close(self, trouble: str) -> TryLater:
        if trouble != self.trouble:
            log.error("zalo_oa: %s", trouble)
        self.trouble = trouble
        self._closed_until = self._now() + PAUSE
        return TryLater(PAUSE.total_seconds())

    def _outage(self) -> float:
        """Seconds until the next try: half of how long sending has failed, between the first and the longest pause."""
        now = self._now()
        if self._failing_since is None:
            self._failing_since = now
        return min(LONGEST_PAUSE, max(self._first_pause, (now - self._failing_since).total_seconds() / 2))
