"""Wrong proofs as the database keeps them, in memory, found by code, chat and address without looking at each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from handlers.dossiers.limiting import REMEMBERED, Misses


class Miss(NamedTuple):
    """One of them."""

    dossier: str
    who: str
    at: datetime
    origin: str | None = None


class WrongProofs:
    """All of them, in order."""

    def __init__(self) -> None:
        self._all: list[Miss] = []
        self._of_code: defaultdict[str, int] = defaultdict(int)
        self._by_chat: defaultdict[str, list[datetime]] = defaultdict(list)
        self._from: defaultdict[str | None, list[datetime]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Miss]:
        return iter(self._all)

    def add(self, dossier: str, who: str, at: datetime, origin: str | None = None) -> None:
        self._all.append(Miss(dossier, who, at, origin))
        self._of_code[dossier] += 1
        self._by_chat[who].append(at)
        self._from[origin].append(at)

    def reopen(self, dossier: str) -> None:
        kept = [miss for miss in self._all if miss.dossier != dossier]
        self.__init__()  # type: ignore[misc]
        for miss in kept:
            self.add(*miss)

    def counted(self, dossier: str, who: str, origin: str | None, now: datetime) -> Misses:
        """As ``bot.tables.misses``."""
        return Misses(
            self._of_code[dossier],
            _latest(self._by_chat[who], now),
            () if origin is None else _latest(self._from[origin], now),
        )


def _latest(all_of_it: list[datetime], now: datetime) -> list[datetime]:
    return [at for at in all_of_it[-500:] if at > now - REMEMBERED]
