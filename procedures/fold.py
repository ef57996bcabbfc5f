"""Vietnamese text as syllables, with and without its diacritics.

Vietnamese is written one syllable a word, so a syllable is our token and two of them do what a word
segmenter would. A third of what citizens type has no diacritics: matching is always done on the folded
form, the accented one only adds evidence.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

SYLLABLE = re.compile(r"[^\W_]+")
TONES = "\u0300\u0301\u0303\u0309\u0323"
MARKS = "\u0302\u0306\u031b"

_TO_BASE = str.maketrans({**dict.fromkeys(TONES + MARKS, ""), "đ": "d"})
_TO_TONELESS = str.maketrans(dict.fromkeys(TONES, ""))


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: "Hộ khẩu" and "HO KHAU" give "ho khau".

    Compatibility forms (full width, bold letters of social networks) become plain letters.
    """
    return unicodedata.normalize("NFKD", text).lower().translate(_TO_BASE)


def syllables(text: str) -> list[str]:
    """The folded syllables and numbers of a text, in order."""
    return SYLLABLE.findall(fold(text))


def accented(text: str) -> list[str]:
    """The syllables of a text with their diacritics, one spelling for each: "hòa" and "hoà" are equal.

    As many, and in the same order, as ``syllables`` gives.
    """
    return [_spell(word) for word in SYLLABLE.findall(unicodedata.normalize("NFKC", text).lower())]


def _spell(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in parts if mark in TONES)
    return unicodedata.normalize("NFC", parts.translate(_TO_TONELESS)) + tone


def pairs(tokens: list[str]) -> list[str]:
    """Neighbouring tokens as one term each: ["khai", "sinh"] gives ["khai sinh"]."""
    return [f"{first} {second}" for first, second in pairwise(tokens)]
