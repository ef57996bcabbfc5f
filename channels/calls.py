"""What every call to a platform has in common: how long it may take, and how its failure is said without a secret."""

from __future__ import annotations

from functools import cache

import aiohttp

CONNECT = 5.0
"""Seconds for a connection, at most; a call of little patience gives it half."""


@cache
def timeout(patience: float) -> aiohttp.ClientTimeout:
    """For a call of ``patience`` seconds in all."""
    return aiohttp.ClientTimeout(total=patience, connect=min(CONNECT, patience / 2))


def brief(error: Exception) -> str:
    """An error's name and the system's reason: what aiohttp says of it may hold an address, and with it a token."""
    reason = error.strerror if isinstance(error, OSError) and isinstance(error.strerror, str) else ""
    return f"{type(error).__name__} ({reason})" if reason else type(error).__name__
