"""Logging: short lines to stderr, and nothing in them that a stranger should not read.

Every line that holds more than our own words and row numbers, the text of exceptions above all, passes through the same
mask as what citizens write, and the secrets of the settings are cut out wherever they stand.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from urllib.parse import quote

from bot.config import Settings
from handlers.reading.door import mask

QUIET = ("aiohttp", "aiosqlite", "asyncio", "filelock", "httpx", "httpcore", "sqlalchemy", "telegram", "alembic")


class Masked(logging.Formatter):
    """Formats a record and masks the whole line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
        self._secrets = sorted(forms, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line (or a traceback), masked. Numbers given as numbers are row numbers, and stay."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        if not record.exc_info and all(isinstance(value, int | float) for value in _values(record)):
            return line
        return "\n".join(mask(part) for part in line.split("\n"))


def _values(record: logging.LogRecord) -> tuple[object, ...]:
    return record.args if isinstance(record.args, tuple) else () if record.args is None else (record.args,)


def secrets_of(settings: Settings) -> list[str]:
    """Everything in the settings that must never be shown."""
    ours = (
        settings.secret_key,
        settings.metrics_token,
        settings.onestop_secret,
        settings.onestop_token,
        settings.telegram_bot_token,
        settings.telegram_webhook_secret,
        *settings.zalo.secrets,
    )
    return [secret for secret in ours if secret and len(secret) >= 6]


def set_up_logging(settings: Settings) -> None:
    """Send the log of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked(secrets_of(settings)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
