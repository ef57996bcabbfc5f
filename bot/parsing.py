"""How values of settings are read. Each raises ValueError, which says what is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from datetime import timedelta
from urllib.parse import urlsplit


def duration(text: str) -> timedelta:
    """``90s``, ``30m``, ``2h``, ``10d``, ``0``. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", text.strip())
    if found is None or (found[2] == "" and float(found[1]) != 0):
        raise ValueError("wants a duration such as 90s, 30m, 2h, 10d or 0")
    return timedelta(seconds=float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]])


def one_of(*allowed: str) -> Callable[[str], str]:
    """Reads one of a few words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"wants one of {', '.join(allowed)}")
        return text

    return parse


def some_of(known: Set[str]) -> Callable[[str], frozenset[str]]:
    """Reads any of some words, a comma between them."""

    def parse(text: str) -> frozenset[str]:
        names = frozenset(filter(None, (name.strip() for name in text.split(","))))
        if unknown := names - known:
            raise ValueError(f"knows {', '.join(sorted(known))}, not {', '.join(sorted(unknown))}")
        return names

    return parse


def root(text: str) -> str:
    """The address of a server, without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("wants scheme://host[:port]")
    return text.rstrip("/")
