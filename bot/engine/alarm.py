"""The alarm on guessing: many wrong proofs, or wrong proofs of many codes, within five minutes.

Limits hold back who guesses (``handlers/dossiers/tracking.py``); the alarm tells the operator that somebody tries.
It is a line in the log, once in ten minutes while it lasts, and ``motcua_proof_misses`` in the metrics. Neither names
a chat or a code.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, func, select

from storage.tables import misses

log = logging.getLogger(__name__)
WITHIN = timedelta(minutes=5)
LOOKED_EVERY = timedelta(minutes=1)
REPEATED = timedelta(minutes=10)
MOST_TRIES = 60
"""A desk with a thousand look-ups an hour, of which one in twenty is mistyped, has four in five minutes."""
MOST_CODES = 20


class Guesses(Struct, frozen=True):
    """Wrong proofs within five minutes: how many, of how many codes, by how many chats."""

    tries: int
    codes: int
    chats: int

    @property
    def is_attack(self) -> bool:
        """More than mistyping explains."""
        return self.tries > MOST_TRIES or self.codes > MOST_CODES


def guesses(connection: Connection, now: datetime) -> Guesses:
    """The wrong proofs of the five minutes before ``now``."""
    counted = select(func.count(), func.count(misses.c.dossier.distinct()), func.count(misses.c.who.distinct()))
    row = connection.execute(counted.where(misses.c.at > now - WITHIN)).one()
    return Guesses(*row)


class Alarm:
    """``due`` says when to look; ``heard`` takes what was counted."""

    def __init__(self) -> None:
        self._looked: datetime | None = None
        self._said: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether it is time to look, which counts as looking."""
        if self._looked is not None and self._looked <= now < self._looked + LOOKED_EVERY:
            return False
        self._looked = now
        return True

    def heard(self, found: Guesses, now: datetime) -> bool:
        """Whether this was said now: an attack of which nothing was said for ten minutes."""
        if not found.is_attack or (self._said is not None and now < self._said + REPEATED):
            return False
        self._said = now
        log.error(
            "somebody guesses proofs: %d wrong in five minutes, of %d codes, by %d chats; the limits hold",
            found.tries,
            found.codes,
            found.chats,
        )
        return True
