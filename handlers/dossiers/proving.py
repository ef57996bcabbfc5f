"""Reading the proof that a dossier is one's own: the last four digits of the phone on the receipt. Pure.

Taken: "4821", "4 8 2 1", "…4821" (a phone as it is stored), a whole phone, "bốn tám hai một", with some words around
them. Not guessed: two numbers, too few or too many digits, a year.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from handlers.reading.door import holds_masked
from handlers.reading.picking import NUMBERS
from onestop.code import locate
from procedures.finding.fold import syllables

DIGITS = {word: str(number) for word, number in NUMBERS.items() if number < 10}
LONGEST_TALK = 12
"""Words, the digits included; a longer text with a number in it tells or asks something else."""

_RUN = re.compile(r"(?:\d[ .,\-–—]{0,2})*\d")
_MASKED = re.compile(r"…(\d{4})(?!\d)")
_OF_A_DATE = re.compile(r"(?:\b(?:năm|tháng|ngày)|/)\s*$", re.IGNORECASE)
_MEANS_SOMETHING_ELSE = re.compile(r"\s*(?:/|đồng|đ\b|nghìn|ngàn|triệu|ngày|tháng|năm|giờ|bộ|bản)", re.IGNORECASE)


class Proof(Struct, frozen=True):
    """The four digits."""

    digits: str


class NoProof(Struct, frozen=True):
    """A try at the digits that cannot be taken: too few, too many, two numbers."""


def read_proof(text: str) -> Proof | NoProof | None:
    """The proof in a text, whatever code stands beside it; None where no try at it is made."""
    rest = without_codes(text)
    words = syllables(rest)
    if len(words) > LONGEST_TALK:
        return None
    masked = _MASKED.findall(rest)
    if masked:
        return Proof(masked[0]) if len(set(masked)) == 1 else NoProof()
    runs = [re.sub(r"\D", "", run[0]) for run in _RUN.finditer(rest) if not _is_else(rest, run)]
    if runs:
        return _last4(runs[0]) if len(runs) == 1 else NoProof()
    return NoProof() if holds_masked(rest) else _spoken(words)


def without_codes(text: str) -> str:
    """The text without the dossier codes in it, every script's digits as 0–9."""
    for _, start, end in reversed(locate(text)):
        text = f"{text[:start]} | {text[end:]}"
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)


def _is_else(text: str, run: re.Match[str]) -> bool:
    """A year, a day, an amount."""
    return bool(_OF_A_DATE.search(text[: run.start()]) or _MEANS_SOMETHING_ELSE.match(text[run.end() :]))


def _last4(digits: str) -> Proof | NoProof:
    return Proof(digits[-4:]) if len(digits) == 4 or 9 <= len(digits) <= 11 else NoProof()


def _spoken(words: list[str]) -> Proof | None:
    """Four digits said in words one after the other, or a whole phone so."""
    said = "".join(DIGITS.get(word, " ") for word in words)
    runs = [run for run in said.split() if len(run) == 4 or 9 <= len(run) <= 11]
    return Proof(runs[0][-4:]) if len(runs) == 1 else None
