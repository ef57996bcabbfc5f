"""The eight characters on a result slip, such as ``F3K7-2HQ9``: typed by hand, so that a slip of the finger is seen.

Twenty-two characters that nobody mistakes for one another, and none that a Vietnamese keyboard turns into another
(no vowel, no D, S, W or Z). Each half holds a figure and a letter, so that no word, year or plate is one. The last
character makes Σ place · value ≡ 0 (mod 23), as ISBN-10 does modulo 11: 23 is prime and greater than 8 and 22, so one
wrong character, or two exchanged, always show. 1.7 thousand million codes are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ALPHABET = "23456789CFHJKLMNPQRTVX"
LENGTH = 8
MODULUS = 23
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_HALF = f"[{ALPHABET}]{{4}}"
_CODE = re.compile(rf"(?<![\w.\-/@])({_HALF})[ .\-–—]?({_HALF})(?![\w\-@])", re.IGNORECASE)
_LAST_INVERSE = pow(LENGTH, -1, MODULUS)


def made_from(number: int) -> str | None:
    """The code that a number (any, the greater the better) gives; None where none comes of it."""
    values = []
    for _ in range(LENGTH - 1):
        number, value = divmod(number, len(ALPHABET))
        values.append(value)
    last = -_weighted(values) * _LAST_INVERSE % MODULUS
    if last >= len(ALPHABET):
        return None
    code = "".join(ALPHABET[value] for value in (*values, last))
    return code if _is_shaped(code) else None


def codes_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Each right code in a text, in capitals without a dash, and where it stands."""
    for found in _CODE.finditer(text):
        code = (found[1] + found[2]).upper()
        if is_right(code):
            yield code, *found.span()


def is_right(code: str) -> bool:
    """Whether eight characters of the alphabet are a code: their shape and the sum."""
    return _is_shaped(code) and _weighted([_VALUES[character] for character in code]) % MODULUS == 0


def shown(code: str) -> str:
    """As it is printed: ``F3K7-2HQ9``."""
    return f"{code[:4]}-{code[4:]}"


def _weighted(values: list[int]) -> int:
    return sum(place * value for place, value in enumerate(values, 1))


def _is_shaped(code: str) -> bool:
    halves = (code[:4], code[4:])
    return len(code) == LENGTH and all(not half.isdigit() and not half.isalpha() for half in halves)
