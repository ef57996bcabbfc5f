"""Where "now" comes from: the machine's clock, or one that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Aware UTC instants."""

    def now(self) -> datetime:
        """The present."""
        ...


class MachineClock:
    """The machine's clock, moved forward by ``shift`` where someone waits on purpose."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def move_to(self, at: datetime) -> None:
        """Jump forward; never back."""
        self.shift += max(timedelta(0), at - self.now())


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def move_to(self, at: datetime) -> None:
        """Jump forward; never back."""
        self._now = max(self._now, at)


Now = Callable[[], datetime]
