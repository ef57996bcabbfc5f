"""How long sending has failed: when to try again, and what who runs the program is told of it."""

from __future__ import annotations

from collections.abc import Callable

LONGEST_PAUSE = 30.0
LOOK = 40.0
"""Seconds between two looks whether a platform is in reach while it calls us. Less than an idle connection is kept, so
that a quiet desk's next answer finds one open."""
TOLD_AFTER = 5
"""First pauses: what is over within so many was no outage."""
CURRENT = 120.0
"""Seconds for which the last failure speaks: where something waits to be sent, a try takes no longer than that."""


def doubled(first_pause: float, failures: int) -> float:
    """Seconds until the next try after ``failures`` earlier ones."""
    return min(LONGEST_PAUSE, first_pause * 2.0 ** min(failures, 10))


class Outage:
    """``seconds`` is a clock; ``first_pause``: seconds before the second try, the later ones wait longer."""

    def __init__(self, seconds: Callable[[], float], first_pause: float) -> None:
        self._seconds = seconds
        self._first_pause = first_pause
        self._since: float | None = None
        self._last = 0.0
        self._why: str | None = None

    def failed(self, why: str) -> float:
        """A try failed; seconds until the next: half of how long it has failed, between the first pause and the
        longest. ``why`` in words for who runs the program."""
        self._last = self._seconds()
        if self._since is None:
            self._since = self._last
        lasted = self._last - self._since
        if lasted >= TOLD_AFTER * self._first_pause:
            self._why = why
        return min(LONGEST_PAUSE, max(self._first_pause, lasted / 2))

    def over(self) -> None:
        """The platform took something, or said why it would not."""
        self._since = self._why = None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent; None where that is not so, or no longer tried."""
        if self._why is None or self._seconds() - self._last > CURRENT:
            return None
        return f"nothing can be sent: {self._why}"
