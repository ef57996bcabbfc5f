"""What every channel has that calls a platform or is called: one task from start to stop, and what is wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

START = 3.0
"""Seconds that a start waits for the platform; after that it goes on without."""


class Receiving:
    """One task that receives, and ``trouble``: why nothing is received; None while all is well."""

    def __init__(self, name: str, log: logging.Logger, well: Callable[[], str] = lambda: "receiving") -> None:
        """``well``: what the log says of it when a trouble is over."""
        self.trouble: str | None = "not started"
        self._name = name
        self._log = log
        self._well = well
        self._task: asyncio.Task[None] | None = None

    def begin(self, receive: Coroutine[Any, Any, None]) -> None:
        """Receive until ``end``."""
        self._task = asyncio.create_task(receive, name=self._name)

    async def end(self) -> None:
        """Stop to receive; without a beginning too."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self.trouble = "stopped"

    def report(self, trouble: str | None) -> None:
        """Remember what is wrong, and log it once, not at every try."""
        if trouble != self.trouble:
            level = logging.INFO if trouble is None else logging.WARNING
            self._log.log(level, "%s: %s", self._name, self._well() if trouble is None else trouble)
        self.trouble = trouble
