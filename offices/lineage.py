"""What became of units: which of today's stands where one of before was, as a whole or by hamlet. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from msgspec import Struct

DISTRICTS = ("huyen", "quan", "thi xa", "thanh pho", "tp")
"""What the level was called that ended on 30/6/2025: nobody is sent there."""
_HAMLET = r"\b(?:thon|ap|ban|khom|buon|lang|xom|to dan pho|khu pho|to)"
_NUMBERED = re.compile(_HAMLET + r" (?:so )?(\d{1,3})\b")


class Former(Struct, frozen=True):
    """A unit that became (part of) this one. ``part``: which hamlets, where it was split; ``district``: what it lay in;
    ``until``: its last day; ``code``: its own, as its dossiers still have it ("H99.52.07")."""

    name: str
    part: str | None = None
    district: str | None = None
    until: date | None = None
    code: str | None = None

    def covers(self, text: str) -> bool:
        """Whether a hamlet that the text names belongs to this part: by number ("thôn 3" of "thôn 1 đến thôn 4"), or
        by name."""
        if self.part is None:
            return False
        said, part = fold(text), fold(self.part)
        told = _NUMBERED.search(said)
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        if told is not None and numbers:
            here = int(told[1])
            return numbers[0] <= here <= numbers[-1] if " den " in part else here in numbers
        names = [re.sub(rf"{_HAMLET} ", "", name.strip()) for name in re.split(r",|\bva\b", _spaced(self.part))]
        return any(re.search(rf"{_HAMLET} {re.escape(name)}\b", said) for name in names if not name.isdigit())


def fold(text: str) -> str:
    """Lower case without diacritics or punctuation: how names are compared."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", _plain(text)).split())


def _spaced(text: str) -> str:
    """Folded, its commas left."""
    return " ".join(re.sub(r"[^a-z0-9,]+", " ", _plain(text)).split())


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(character for character in plain if not unicodedata.combining(character))
