"""The program with a fault planted: messages are acknowledged before they are stored. The kill test must notice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from bot import app
from bot.commands.cli import main
from handlers.messages import Incoming


class Hasty(app.App):
    """Says "stored" first and stores a moment later."""

    async def accept(self, received: Sequence[Incoming]) -> None:
        async def later() -> None:
            await asyncio.sleep(0.05)
            await super(Hasty, self).accept(received)

        self._later = asyncio.create_task(later())


if __name__ == "__main__":
    from bot import program

    program.App = Hasty  # type: ignore
    sys.exit(main())
