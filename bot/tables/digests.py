"""Where digests come from: the locked one where there is one, else made from the tables and, once it may be, locked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Protocol

from offices.unit import Offices
from ratings.digest import Digest
from ratings.period import Span
from ratings.sources import store
from storage.engine import Database


class Digests(Protocol):
    """Where digests come from when no file is given."""

    async def find_unit(self, given: str) -> tuple[str, str] | None:
        """The code and the name of a unit, by either; None where it is not known."""
        ...

    async def digest(self, unit: str, span: Span, as_of: datetime, now: datetime) -> Digest:
        """The locked digest where there is one, else made now; the first locked one is kept. Of a unit that others
        stand below it is the roll-up."""
        ...


OpenDigests = Callable[[], AbstractAsyncContextManager[Digests]]


class DatabaseDigests:
    """Digests of an open database. ``find`` knows the configured units; those of the data are known besides."""

    def __init__(
        self,
        database: Database,
        *,
        demo: bool,
        find: Callable[[str], tuple[str, str] | None],
        offices: Offices | None = None,
    ) -> None:
        """``offices``: which units stand below and beside which; None: none do."""
        self._database = database
        self._demo = demo
        self._find = find
        self._offices = offices or Offices()

    async def find_unit(self, given: str) -> tuple[str, str] | None:
        """A configured unit by code or name, else any unit code that the data hold, with its code as its name."""
        if (found := self._find(given)) is not None:
            return found
        known = await self._database.read(partial(store.is_known, unit=given))
        return (given, given) if known else None

    async def digest(self, unit: str, span: Span, as_of: datetime, now: datetime) -> Digest:
        """See ``Digests``."""
        below, likes = self._offices.below(unit) or None, self._offices.likes(unit)
        kept = await self._database.read(partial(store.stored, unit=unit, span=span, below=below))
        if kept is not None:
            return kept
        read = partial(store.digest_of, unit=unit, span=span, as_of=as_of, demo=self._demo, below=below, likes=likes)
        made = await self._database.read(read)
        if not made.locked or now < span.close:
            return made
        return await self._database.write(partial(store.lock, digest=made, made_at=now))
