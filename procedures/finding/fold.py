"""Vietnamese text as syllables, with and without its diacritics.

Vietnamese is written one syllable a word, so a syllable is our token and two of them do what a word
segmenter would. A third of what citizens type has no diacritics: matching is always done on the folded
form, the accented one only adds evidence.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

SYLLABLE = re.compile(r"[^\W_]+")
TONES = "\u0300\u0301\u0303\u0309\u0323"
MARKS = "\u0302\u0306\u031b"

_TO_BASE = str.maketrans({**dict.fromkeys(TONES + MARKS, ""), "đ": "d"})
_LETTERS = {
    letter: base
    for base in "aeiouy"
    for mark in ("", *MARKS)
    for tone in ("", *TONES)
    if len(letter := unicodedata.normalize("NFC", base + mark + tone)) == 1
}
_AT_ONCE = str.maketrans({**_LETTERS, "đ": "d"})
"""Every Vietnamese letter as it is usually typed: precomposed."""
_TO_TONELESS = str.maketrans(dict.fromkeys(TONES, ""))
_LOOKS = str.maketrans("авеёкмнопрстухіјѕԁһԛԝαβεηικνορτυχω", "abeekmhonpctyxijsdhqwabenikvoptuxw")
"""Cyrillic and Greek letters that look like ours, as somebody's keyboard or a filter's enemy writes them."""


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: "Hộ khẩu" and "HO KHAU" give "ho khau".

    Compatibility forms (full width, bold letters of social networks) and letters that only look like ours become
    plain letters.
    """
    folded = text.lower().translate(_AT_ONCE)
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFKD", folded).lower().translate(_TO_BASE).translate(_LOOKS)


def syllables(text: str) -> list[str]:
    """The folded syllables and numbers of a text, in order."""
    return [_both(word)[0] for word in _words(text)]


def accented(text: str) -> list[str]:
    """The syllables of a text with their diacritics, one spelling for each: "hòa" and "hoà" are equal.

    As many, and in the same order, as ``syllables`` gives, whatever the text.
    """
    return [_both(word)[1] for word in _words(text)]


def both(text: str) -> tuple[list[str], list[str]]:
    """What ``syllables`` and ``accented`` give, at once."""
    found = [_both(word) for word in _words(text)]
    return [folded for folded, _ in found], [spelled for _, spelled in found]


def _words(text: str) -> list[str]:
    plain = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    return SYLLABLE.findall(plain.lower())


@lru_cache(maxsize=20_000)
def _both(word: str) -> tuple[str, str]:
    """A word folded and with its diacritics. Kept: the same few thousand words make up all names and questions."""
    plain = word.translate(_LOOKS)
    return fold(plain), _spell(plain)


def _spell(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in parts if mark in TONES)
    return unicodedata.normalize("NFC", parts.translate(_TO_TONELESS)) + tone


def pairs(tokens: list[str]) -> list[str]:
    """Neighbouring tokens as one term each: ["khai", "sinh"] gives ["khai sinh"]."""
    return [f"{first} {second}" for first, second in pairwise(tokens)]
