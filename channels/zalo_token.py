"""Who holds the account's access token, as the channel sees it."""

from __future__ import annotations

from typing import Protocol


class NoToken(Exception):
    """There is no access token that works; the message says what a person must do."""


class Tokens(Protocol):
    """An access token lives 25 hours; its refresh token works once, for three months."""

    async def current(self) -> str:
        """The token to call with. Raises NoToken."""
        ...

    async def renewed(self, stale: str) -> str:
        """Another one than ``stale``, which Zalo refused: what others have fetched meanwhile, else a new one.
        Raises NoToken."""
        ...

    async def keep_fresh(self) -> None:
        """Renew the token before it runs out. Raises nothing: what is wrong is told by ``trouble``."""
        ...

    def trouble(self) -> str | None:
        """What a person must see to; None when all is well."""
        ...

    async def close(self) -> None:
        """Wait a moment for a renewal in hand, then let go of connections."""
        ...
