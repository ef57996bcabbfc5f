"""While Telegram calls us: whether it is in reach, and whether its calls arrive. The counterpart of the long polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from telegram.error import TelegramError

from channels.telegram_polling import Report, pause, reason
from channels.telegram_request import AiohttpRequest

SETTLES = 10.0
"""Seconds after the start in which calls may fail: the web server opens last."""
RECENT = 150.0
"""Seconds: Telegram tries an update that was not taken again after 120 at most."""


class Watching:
    """Asks every ``every`` seconds. ``url``: the address that we registered, None where somebody else did."""

    def __init__(
        self,
        request: AiohttpRequest,
        report: Report,
        now: Callable[[], datetime],
        *,
        url: str | None,
        every: float,
        first_pause: float,
    ) -> None:
        self._request = request
        self._report = report
        self._now = now
        self._url = url
        self._every = every
        self._first_pause = first_pause

    async def run(self) -> None:
        """For ever, from when all was well."""
        self._report(None)
        began, failures = self._now().timestamp(), 0
        while True:
            await asyncio.sleep(self._every if not failures else pause(self._first_pause, failures - 1))
            try:
                told = await self._request.call("getWebhookInfo", {})
            except TelegramError as error:
                self._report(reason(error))
                failures += 1
            else:
                failures = 0
                since = max(began + SETTLES, self._now().timestamp() - RECENT)
                self._report(wrong_with(told, self._url, since) if isinstance(told, dict) else None)


def wrong_with(told: Mapping[str, Any], url: str | None, since: float) -> str | None:
    """What ``getWebhookInfo`` shows to be wrong, if anything; failed deliveries from ``since`` (Unix time) on."""
    registered = told.get("url")
    if url is not None and not registered:
        return "the webhook was taken off: does another program poll with the same token? A new start registers it"
    if url is not None and _where(str(registered)) != _where(url):
        return "another program has registered its webhook with the same token"
    waiting, failed = told.get("pending_update_count"), told.get("last_error_date")
    if waiting and isinstance(failed, int | float) and failed >= since:
        return f"Telegram's calls do not arrive: {told.get('last_error_message')}"
    return None


def _where(url: str) -> str:
    return url.lower().replace(":443/", "/")
