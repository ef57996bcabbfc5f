"""Stretches of time in which something that citizens need was out of reach, by what was seen of it. No I/O.

What is looked at again and again (channels) is down from the first look that finds it so to the first that does not;
what is only known by asking (the one-stop system) from the beginning of the first question that failed to the last one
that did. So a stretch is rather too short than too long, and one that a crash cut off ends at the last known moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LASTS = timedelta(minutes=30)
"""Two questions that failed so close to each other are one stretch, where none between them was answered."""
Rows = dict[tuple[str, datetime], datetime]
"""What and since when → until when it is known of."""


class Outages:
    """``looked`` and ``asked`` note what was seen; ``take`` gives what is new since it was last asked for."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._until: dict[str, datetime] = {}
        self._new: Rows = {}

    def looked(self, what: str, *, down: bool, now: datetime) -> None:
        """Somebody looked at it."""
        began = self._since.get(what)
        if began is None:
            if down:
                self._since[what] = now
            return
        self._note(what, began, now)
        if not down:
            del self._since[what]

    def asked(self, what: str, *, failed: bool, began: datetime, now: datetime) -> None:
        """It was asked at ``began`` and had answered, or not, at ``now``."""
        if not failed:
            self._since.pop(what, None)
            return
        last = self._until.get(what)
        if what not in self._since or last is None or began - last > LASTS:
            self._since[what] = began
        self._until[what] = now
        self._note(what, self._since[what], now)

    def was(self, what: str, began: datetime, ended: datetime) -> None:
        """It was down between the two."""
        self._note(what, began, ended)

    def take(self) -> Rows:
        """What is to be written; nothing of it is given again unless it lasts on."""
        new, self._new = self._new, {}
        return new

    def give_back(self, rows: Rows) -> None:
        """They could not be written."""
        self._new = rows | self._new

    def _note(self, what: str, began: datetime, until: datetime) -> None:
        if until > began:
            self._new[what, began] = until
