"""What ``motcua zalo`` and ``motcua doctor`` do with the database: here, or in the running server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import Clock
from bot.control import Does, Wrong
from bot.keys import Keys
from bot.zalo.books import costs_of
from bot.zalo.tokens import put
from channels.zalo_oauth import Pair
from ratings.week import Week
from storage.engine import Database
from storage.tables import audit, micros
from storage.zalo_tables import zalo_tokens

PUT_IN = "put in Zalo tokens"
"""What the journal says of a pair that a person put in; its detail is how it came."""
SEAL = "zalo tokens"
"""The purpose under which the tokens are sealed."""


class ZaloOperations:
    """One method an operation, of one Official Account; plain JSON values in and out."""

    def __init__(self, database: Database, keys: Keys, oa: str, clock: Clock) -> None:
        self._database = database
        self._seal = keys.seal(SEAL)
        self._oa = oa
        self._clock = clock

    def by_name(self) -> Mapping[str, Does]:
        """The operations that another process may ask for."""
        return {"zalo_put": self.put, "zalo_state": self.state, "zalo_costs": self.costs}

    async def put(self, given: dict[str, Any]) -> Any:
        """``{"access","refresh","seconds","came"}`` → null. In the place of whatever pair was there; ``came``: by an
        administrator's "consent", or by "import"."""
        if not self._oa:
            raise Wrong("the running server has no ZALO_OA_ID: start it with the same settings")
        pair = Pair(given["access"], given["refresh"], timedelta(seconds=given["seconds"]))
        now = self._clock.now()
        row = {"at": now, "who": "operator", "what": PUT_IN, "unit": None, "detail": given["came"]}

        def write(connection: Any) -> None:
            put(connection, self._seal, self._oa, pair, now)
            connection.execute(audit.insert().values(row))

        await self._database.write(write)

    async def costs(self, given: dict[str, Any]) -> Any:
        """→ ``{"week": [count, dong], "month": [count, dong]}``: this week from Monday, this month, Vietnam's clock."""
        now = self._clock.now()
        told = await self._database.read(lambda c: costs_of(c, Week.of(now), now))
        spans = {"week": told.week, "month": told.month}
        return {name: [spent.messages + spent.templates, spent.dong] for name, spent in spans.items()}

    async def state(self, given: dict[str, Any]) -> Any:
        """→ ``{"state","renewed_at","expires_at","came"}``, null where there is no pair; ``came``: how
        the last pair did that a person put in, "" where none was."""
        query = select(zalo_tokens.c.state, zalo_tokens.c.renewed_at, zalo_tokens.c.expires_at)
        rows = await self._database.read(lambda c: c.execute(query.where(zalo_tokens.c.oa == self._oa)).all())
        if not rows:
            return None
        state, renewed_at, expires_at = rows[0]
        came = select(audit.c.detail).where(audit.c.what == PUT_IN).order_by(audit.c.id.desc()).limit(1)
        told = await self._database.read(lambda c: c.execute(came).scalar())
        return {
            "state": state,
            "renewed_at": micros(renewed_at),
            "expires_at": micros(expires_at),
            "came": told or "",
        }
