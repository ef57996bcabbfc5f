"""What both emulators are: a server that runs for as long as a block does."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Served:
    """``async with``: started at the beginning of the block, stopped at its end."""

    async def start(self) -> None:
        """Listen."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Stop to listen."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
