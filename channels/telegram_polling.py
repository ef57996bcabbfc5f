"""Long polls: ask, hand on, and only then ask on from behind what was handed on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from channels.channel import StorageFailing
from channels.outage import LONGEST_PAUSE, doubled
from channels.telegram_request import AiohttpRequest, Limited
from channels.telegram_updates import WANTED

log = logging.getLogger(__name__)

Take = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]
"""Hand updates on. When it returns they may be confirmed; raises StorageFailing."""
Report = Callable[[str | None], None]
"""What is wrong; None when all is well."""


class Polling:
    """``wait``: seconds a poll waits for the next update. ``first_pause``: seconds before the second try of what
    failed; the later ones wait longer."""

    def __init__(self, request: AiohttpRequest, take: Take, report: Report, *, wait: int, first_pause: float) -> None:
        self._request = request
        self._take = take
        self._report = report
        self._first_pause = first_pause
        self._longest = wait
        self._wait = 0

    async def run(self) -> None:
        """For ever."""
        offset = failures = 0
        while True:
            try:
                offset = await self._once(offset)
            except TelegramError as error:
                await self._trouble(reason(error), pause(self._first_pause, failures, error))
                # Back at once, so that it is known, not hoped, that we are heard. But whoever shares our token ends
                # our long poll, never a short one.
                self._wait = self._longest if isinstance(error, Conflict) else 0
            except StorageFailing:
                await self._trouble("what is received cannot be stored", pause(self._first_pause, failures))
            except Exception:
                log.exception("telegram: a batch could not be handed on")
                await self._trouble("what is received cannot be handed on", pause(self._first_pause, failures))
            else:
                failures = 0
                self._wait = self._longest
                self._report(None)
                continue
            failures += 1

    async def _trouble(self, what: str, seconds: float) -> None:
        self._report(what)
        await asyncio.sleep(seconds)

    async def _once(self, offset: int) -> int:
        """Ask from ``offset`` on, which confirms what is before it; the next offset."""
        asked: dict[str, Any] = {"limit": 100, "timeout": self._wait, "allowed_updates": WANTED}
        if offset:
            asked["offset"] = offset
        found = await self._request.call("getUpdates", asked, patience=self._wait + 10.0)
        updates = [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []
        if not updates:
            # All is confirmed. The next id need not be higher: after a quiet week it is a random one.
            return 0
        await self._take(updates)
        numbers = [number for update in updates if isinstance(number := update.get("update_id"), int)]
        if not numbers:
            raise TelegramError("updates without an id")
        return numbers[-1] + 1


def pause(first: float, failures: int, error: TelegramError | None = None) -> float:
    """Seconds until the next try after ``failures`` earlier ones."""
    match error:
        case Limited():
            return error.after
        case InvalidToken():
            return LONGEST_PAUSE
    return doubled(first, failures)


def reason(error: TelegramError | TimeoutError) -> str:
    """What is wrong, in words for who runs the program."""
    match error:
        case InvalidToken():
            return "Telegram no longer knows the token"
        case Conflict():
            return f"another program receives with the same token: {error.message}"
        case BadRequest():
            return f"Telegram refuses: {error.message}"
        case TelegramError():
            return f"Telegram cannot be reached: {error.message}"
    return "Telegram does not answer"
