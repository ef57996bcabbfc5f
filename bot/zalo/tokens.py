"""The account's tokens in the database: sealed, renewed early, by one process at a time, and never tried twice.

::

    good ── claim ──▶ renewing ── both tokens came, committed ──▶ good (a version later)
      ▲                  │ certainly not sent ──▶ good
      │                  │ refused by Zalo ─────▶ refused
      │                  └ reply lost, or the process died ──▶ uncertain
      └──────────── motcua zalo login, motcua zalo import-token ◀── refused, uncertain

A refresh token works once. So a claim is a row that one process changes; the call is not repeated by itself; the new
pair is on disk before anybody uses it. After ``uncertain`` the access token is used as long as it lives, up to five
hours, in which a person is called.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from bot.sealing import NotSealedHere, Seal
from channels.zalo_http import Lost, NotSent
from channels.zalo_oauth import OAuth, Pair, Unauthorized
from channels.zalo_token import NoToken
from storage.engine import Database
from storage.statement import upsert
from storage.zalo_tables import zalo_tokens as table

log = logging.getLogger(__name__)
EARLY = timedelta(hours=5)
"""So long before the access token runs out it is renewed."""
LEASE = timedelta(seconds=60)
"""Longer than the call's patience: whoever claimed and is not done by then died."""
UNKNOWN_AGE = timedelta(hours=20)
"""How long a pair from the settings is taken to live: nobody knows when it was made."""
MOST_TRIES = 600
"""Seconds, about, for storing a new pair."""
LOOKS = 0.1
"""Seconds between two looks at a row that another process is renewing."""
DO = "run motcua zalo login, or motcua zalo import-token with a pair from Zalo's API Explorer"
TROUBLES = {
    "uncertain": f"the reply to the last renewal of the token was lost, and it works only once: {DO}",
    "refused": f"Zalo refused to renew the token: {DO}",
}
NONE = f"there is no token for this account: {DO}"


class Held(Struct, frozen=True):
    """The row, opened."""

    access: str
    refresh: str
    expires_at: datetime
    version: int
    state: str
    claimed_until: datetime | None


class TokenStore:
    """``channels.zalo_token.Tokens`` over the database. ``me`` names this process in a claim; ``seed``: the pair of
    the settings, taken over once where the database has none or another one was written there since."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        oauth: OAuth,
        oa: str,
        *,
        now: Callable[[], datetime],
        me: str,
        seed: Pair | None = None,
    ) -> None:
        self._database = database
        self._seal = seal
        self._oauth = oauth
        self._oa = oa
        self._now = now
        self._me = me
        self._seed = seed
        self._held: Held | None = None
        self._trouble: str | None = None
        self._alone = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def current(self) -> str:
        """As ``Tokens``."""
        held = self._held or await self._read()
        if held is None:
            raise NoToken(NONE)
        return held.access if self._now() < held.expires_at else await self.renewed(held.access)

    async def renewed(self, stale: str) -> str:
        """As ``Tokens``."""
        async with self._alone:
            while True:
                held = await self._read()
                if held is None:
                    raise NoToken(NONE)
                if held.access != stale:
                    return held.access
                await self._go_on(held)

    async def keep_fresh(self) -> None:
        """As ``Tokens``."""
        try:
            await self._database.write(self._take_seed)
            held = await self._read()
            if held is not None and held.state == "good" and self._now() >= held.expires_at - EARLY:
                await self.renewed(held.access)
        except NoToken as error:
            self._trouble = str(error)

    def trouble(self) -> str | None:
        """As ``Tokens``."""
        return self._trouble

    async def close(self) -> None:
        """Wait a moment for a renewal in hand: its reply holds the only token that works."""
        if self._renewing is not None:
            await asyncio.wait((self._renewing,), timeout=4)
        await self._oauth.http.close()

    # --- renewing -------------------------------------------------------------------------------------------------

    async def _go_on(self, held: Held) -> None:
        """One step towards another token. Raises NoToken."""
        if held.state == "good":
            if await self._database.write(lambda c: self._change(c, held.version, "good", **self._claim())):
                self._renewing = asyncio.create_task(self._renew(held), name="zalo token")
                # Whoever waits for the token may be cancelled; the call itself is not, or its reply would be lost.
                await asyncio.shield(self._renewing)
            return
        if held.state == "renewing":
            if held.claimed_until is not None and self._now() < held.claimed_until:
                await asyncio.sleep(LOOKS)
                return
            log.error("zalo: a renewal of the token was never finished")
            await self._database.write(lambda c: self._change(c, held.version, "renewing", state="uncertain"))
            return
        raise NoToken(TROUBLES[held.state])

    async def _renew(self, held: Held) -> None:
        try:
            pair = await self._oauth.renew(held.refresh)
        except NotSent as error:
            await self._database.write(lambda c: self._finish(c, held.version, state="good"))
            raise NoToken(f"Zalo's OAuth server cannot be reached: {error}") from None
        except Unauthorized as error:
            log.error("zalo: the token was not renewed: %s", error.name)
            await self._database.write(lambda c: self._finish(c, held.version, state="refused"))
        except Lost as error:
            log.error("zalo: nobody knows whether the token was renewed: %s", error)
            await self._database.write(lambda c: self._finish(c, held.version, state="uncertain"))
        else:
            await self._keep(held.version, self._as_row(pair, held))
            log.info("zalo: the token was renewed")

    async def _keep(self, version: int, row: Mapping[str, Any]) -> None:
        """Write down the only pair that works, however long the disk is full."""
        for _ in range(MOST_TRIES):
            try:
                return await self._database.write(lambda c: self._finish(c, version, **row))
            except (SQLAlchemyError, OSError) as error:
                log.error("zalo: the new token could not be stored, trying again: %s", type(error).__name__)
                await asyncio.sleep(1.0)
        raise NoToken("the new token could not be stored")

    def _claim(self) -> dict[str, Any]:
        return {"state": "renewing", "claimed_by": self._me, "claimed_until": self._now() + LEASE}

    def _as_row(self, pair: Pair, held: Held) -> dict[str, Any]:
        return {
            **row_of(self._seal, pair, self._now()),
            "previous": self._seal.close(held.refresh),
            "version": held.version + 1,
        }

    # --- the row --------------------------------------------------------------------------------------------------

    async def _read(self) -> Held | None:
        query = select(table).where(table.c.oa == self._oa)
        row = await self._database.read(lambda c: c.execute(query).first())
        if row is None:
            self._held, self._trouble = None, NONE
            return None
        try:
            access, refresh = self._seal.open(row.access), self._seal.open(row.refresh)
        except NotSealedHere:
            raise NoToken(f"the token was sealed with another MOTCUA_SECRET_KEY: {DO}") from None
        self._held = Held(access, refresh, row.expires_at, row.version, row.state, row.claimed_until)
        self._trouble = TROUBLES.get(row.state)
        return self._held

    def _change(self, connection: Connection, read: int, was: str, **values: Any) -> bool:
        where = (table.c.oa == self._oa, table.c.version == read, table.c.state == was)
        return connection.execute(table.update().where(*where).values(**values)).rowcount == 1

    def _finish(self, connection: Connection, claimed: int, **values: Any) -> None:
        """End our claim. Where a person has put in another pair meanwhile, theirs stays."""
        mine = (table.c.oa == self._oa, table.c.version == claimed, table.c.claimed_by == self._me)
        done = table.update().where(*mine).values(claimed_by=None, claimed_until=None, **values)
        if connection.execute(done).rowcount != 1:
            log.warning("zalo: another pair was put in while the token was renewed; that one stays")

    def _take_seed(self, connection: Connection) -> None:
        if self._seed is None:
            return
        mark = hashlib.sha256(f"{self._seed.access}\0{self._seed.refresh}".encode()).hexdigest()
        held = connection.execute(select(table.c.seed).where(table.c.oa == self._oa)).first()
        if held is not None and held.seed is None:  # a person put in a pair first; the settings' one is older
            connection.execute(table.update().where(table.c.oa == self._oa).values(seed=mark))
        elif held is None or held.seed != mark:
            put(connection, self._seal, self._oa, self._seed, self._now(), seed=mark)


def row_of(seal: Seal, pair: Pair, now: datetime) -> dict[str, Any]:
    """The columns that a new pair changes."""
    return {
        "access": seal.close(pair.access),
        "refresh": seal.close(pair.refresh),
        "expires_at": now + pair.lives,
        "renewed_at": now,
        "state": "good",
    }


def put(connection: Connection, seal: Seal, oa: str, pair: Pair, now: datetime, *, seed: str | None = None) -> None:
    """Put in a pair that came from a person: it takes the place of whatever is there, and ends any claim."""
    version = connection.execute(select(table.c.version).where(table.c.oa == oa)).scalar() or 0
    row = {**row_of(seal, pair, now), "version": version + 1, "claimed_by": None, "claimed_until": None}
    if seed is not None:
        row["seed"] = seed
    insert = upsert(connection.dialect.name, table).values(oa=oa, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["oa"], set_=row))
