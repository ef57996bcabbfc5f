"""Links to files for officials: what stands in one, and how it is known that we made it. Pure.

A link says what it opens, for which official (their id) and until when, and a keyed hash over all of it. Nothing is
stored: whoever changes a sign of it, or makes one up, has none, and whether the official still is one is looked up
whenever it is opened.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from bot.keys import Keys
from handlers.desk import Wanted
from handlers.known import File
from ratings.period import parse_span

PATH = "/tep/{unit}/{span}/{file}/{official}/{until}/{sign}"
"""As the web server reads it; the file itself lies one step below, under its name."""
LONGEST = 200


class FileLinks:
    """``at``: the page's address as officials reach it, with the slash at its end."""

    def __init__(self, keys: Keys, at: str) -> None:
        self._keys = keys
        self._at = at

    def link(self, wanted: Wanted) -> str:
        """The whole address."""
        parts = _parts(wanted)
        return "/".join((f"{self._at}tep", *(quote(part, safe="") for part in parts), self._keys.file_link(*parts)))

    def read(self, given: Mapping[str, str]) -> Wanted | None:
        """What the parts of an address (by the names in ``PATH``) open; None where we made no such link."""
        parts = tuple(given.get(name, "") for name in ("unit", "span", "file", "official", "until"))
        sign = given.get("sign", "")
        if len("".join(parts)) > LONGEST or not sign.isascii():
            return None
        if not hmac.compare_digest(sign.encode(), self._keys.file_link(*parts).encode()):
            return None
        unit, span, file, official, until = parts
        return Wanted(official, unit, parse_span(span), File(file), datetime.fromtimestamp(int(until, 36), UTC))


def _parts(wanted: Wanted) -> tuple[str, str, str, str, str]:
    until = _base36(int(wanted.until.timestamp()))
    return wanted.unit, str(wanted.span), wanted.file.value, wanted.official, until


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
