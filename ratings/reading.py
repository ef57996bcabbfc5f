"""Reading what a citizen types while we ask for 1 to 5 stars. Pure.

Never a guess: only what stands on the scale beyond doubt is ``Stars``; words are asked back (``AskSure``); another
number, a nod or a thumb is ``Unclear`` and never clamped; anything that is no answer at all is ``Other``, so that
a citizen may ask something else.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from ratings import spellings
from ratings.spellings import fits

LONGEST_ANSWER = 200
"""Longer texts are no answer to this question: somebody tells or asks something."""
SHORT = 3
"""Up to so many words, a text with a number in it is a try at the scale."""
LONGEST_ROW = 5
"""Digits in a row of numbers such as "1 2 3 4 5": longer ones are phones and codes."""
LONGEST_REMARK = 25
"""Words that may follow "5 sao": a rating and why."""


class Stars(Struct, frozen=True):
    """1 … 5, beyond doubt."""

    stars: int


class AskSure(Struct, frozen=True):
    """Words that most likely mean so many stars: ask back before writing it down."""

    stars: int


class Unclear(Struct, frozen=True):
    """A try at the scale that is not on it: "10", "ok", a thumb."""


class Declined(Struct, frozen=True):
    """Would rather not answer."""


class NotReceived(Struct, frozen=True):
    """Says that the result was not handed over."""


class Other(Struct, frozen=True):
    """No answer to this question."""


Reading = Stars | AskSure | Unclear | Declined | NotReceived | Other

_TOKEN = re.compile(r"\d+|[^\W\d_]+|\S")
_FULL = frozenset("⭐★🌟*")
_HOLLOW = frozenset("☆✩")
_QUIET = frozenset(".,!…:;()\"'“”‘’–—-~")


def read_stars(text: str) -> Reading:
    """What the text says about 1 … 5 stars. The same for NFC and NFD, any case, with or without diacritics."""
    if len(text) > LONGEST_ANSWER:
        return Other()
    tokens = _TOKEN.findall(_plain(text))
    words = [token for token in tokens if token.isalnum()]
    if not words:
        return _drawn(tokens)
    found = _on_the_scale(tokens, words) or _in_words(words)
    if found is None:
        return _neither(words)
    if "?" not in tokens or isinstance(found, AskSure | NotReceived):
        return found
    return AskSure(found.stars) if isinstance(found, Stars) else Other()


def _plain(text: str) -> str:
    """NFC, lower case, any script's digits as 0–9, without what is invisible or only colours an emoji."""
    kept = []
    for c in unicodedata.normalize("NFKC", text).lower():
        if c.isdecimal():
            kept.append(str(unicodedata.decimal(c)))
        elif unicodedata.category(c) not in ("Cf", "Me") and c != "\N{VARIATION SELECTOR-16}" and not "🏻" <= c <= "🏿":
            kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept))


def _drawn(tokens: list[str]) -> Reading:
    """A text without a word: a row of stars, or signs that say no number."""
    drawn = [token for token in tokens if token not in _QUIET]
    full, hollow = sum(token in _FULL for token in drawn), sum(token in _HOLLOW for token in drawn)
    if full + hollow != len(drawn) or not drawn:
        return Unclear()
    if 1 <= full <= 5 and full + hollow in (full, 5):
        return AskSure(full) if "*" in drawn else Stars(full)
    return Unclear()


def _on_the_scale(tokens: list[str], words: list[str]) -> Reading | None:
    """A text whose core is one number: "5", "dạ năm sao ạ", "4/5", "5 – Rất hài lòng"."""
    core = _core(words)
    if core == ["0"]:
        return Declined()
    stars = _number(core[0]) if core else None
    if stars is None:
        return None
    rest = core[1:]
    sure = _signs(tokens, stars)
    if spellings.UNITS.find(rest[:1]) and len(rest) > 1:
        return _with_remark(stars, rest[1:])
    if rest == ["thôi"] or rest == ["thoi"]:
        return AskSure(stars)
    direct = not rest or spellings.UNITS.find(rest) or spellings.LABELS.find(rest) == stars
    if "/" in tokens or (rest and fits(rest[0], "trên")):
        direct = _out_of_five(tokens, core)
    if not direct or sure is None:
        return Unclear() if spellings.LABELS.find(rest) else None
    return Stars(stars) if sure else AskSure(stars)


def _signs(tokens: list[str], stars: int) -> bool | None:
    """What the signs beside the words do to a rating: leave it (True), make it doubtful (False), spoil it (None)."""
    signs = [sign for sign in tokens if not sign.isalnum() and sign not in _QUIET and sign not in ("/", "?")]
    drawn = [sign for sign in signs if sign in _FULL]
    if len(drawn) not in (0, 1, stars):
        return None
    others = [sign for sign in signs if sign not in _FULL]
    if any(unicodedata.category(sign) != "So" for sign in others):
        return None
    return not others and tokens[0] != "-"


def _with_remark(stars: int, remark: list[str]) -> Reading:
    """ "5 sao, cán bộ nhiệt tình": asked back, unless the remark brings another number."""
    if fits(remark[0], "trên") or any(_is_number(word) for word in remark):
        return Stars(stars) if len(remark) == 2 and _number(remark[1]) == 5 else Unclear()
    if len(remark) > LONGEST_REMARK:
        return Other()
    return Unclear() if _says_not_received(remark) else AskSure(stars)


def _out_of_five(tokens: list[str], core: list[str]) -> bool:
    """Whether the text is "4/5" or "4 trên 5", with or without "sao" after it."""
    if tokens.count("/") > 1:
        return False
    rest = [word for word in core[1:] if not fits(word, "trên")]
    return bool(rest) and rest[0] == "5" and (len(rest) == 1 or bool(spellings.UNITS.find(rest[1:])))


def _in_words(words: list[str]) -> Reading | None:
    """A text without a number of its own that is one of our phrases."""
    if _says_not_received(words):
        return Unclear() if any(word.isdecimal() and len(word) == 1 for word in words) else NotReceived()
    for core in (words, _core(words)):
        if spellings.ZERO_OF_UNITS.find(core):
            return Unclear()
        if spellings.DECLINED.find(core):
            return Declined()
        if stars := spellings.UNMISTAKABLE.find(core):
            return Stars(stars)
        if stars := spellings.WORDS.find(core):
            return AskSure(stars)
        if spellings.YES_WORDS.find(core) or spellings.OPINIONS.find(core):
            return Unclear()
    return _with_the_label(_core(words))


def _with_the_label(core: list[str]) -> Reading | None:
    """A sentence around "hài lòng": asked back where it begins with our phrase, unclear where anything turns it."""
    said = [place for place in range(len(core) - 1) if spellings.LABELS.find(core[place : place + 2]) == 4]
    if not said or len(core) > LONGEST_REMARK:
        return None
    for end in range(len(core) - 1, 1, -1):
        if stars := spellings.WORDS.find(core[:end]):
            rest = core[end:]
            turned = end < said[-1] + 2 or any(_is_number(word) or word in spellings.TURNS for word in rest)
            return Unclear() if turned else AskSure(stars)
    return Unclear()


def _says_not_received(words: list[str]) -> bool:
    if len(words) > LONGEST_REMARK or any(fits(word, "nếu") for word in words):
        return False
    for start in range(len(words)):
        for end in range(start + 2, min(start + 5, len(words)) + 1):
            if spellings.NOT_RECEIVED.find(words[start:end]):
                after = words[end : end + 1]
                return not (after and spellings.AFTER_NOT_RECEIVED.find(after))
    return False


def _neither(words: list[str]) -> Reading:
    """No phrase of ours: "cán bộ nhiệt tình, 5 sao", a short try at the scale, or another matter."""
    digits = sum(len(word) for word in words if word.isdecimal())
    numbers = [word for word in words if _is_number(word)]
    core = _core(words)
    stars = _number(core[-2]) if len(core) > 1 else None
    if stars is not None and len(numbers) == 1 and len(core) <= LONGEST_REMARK and fits(core[-1], "sao"):
        return AskSure(stars)
    if numbers and digits <= SHORT and len(words) <= SHORT:
        return Unclear()
    return Unclear() if len(numbers) == len(words) and digits <= LONGEST_ROW else Other()


def _core(words: list[str]) -> list[str]:
    """The words without courtesies around them: "dạ tôi chấm 5 điểm nhé" → "5 điểm"."""
    left, right = 0, len(words)
    while left < right and (
        words[left] in spellings.BEFORE
        or (words[left] in spellings.KIN and left + 1 < right and words[left + 1] in spellings.BEFORE)
    ):
        left += 1
    by_digit = left < right and words[left].isdecimal()
    while right > left + 1 and (
        words[right - 1] in spellings.AFTER or (by_digit and words[right - 1] in spellings.KIN)
    ):
        right -= 1
    return words[left:right]


def _number(word: str) -> int | None:
    """1 … 5 in figures or words."""
    if word.isdecimal():
        return int(word) if len(word) == 1 and 1 <= int(word) <= 5 else None
    return spellings.NUMBERS.find([word])


def _is_number(word: str) -> bool:
    return word.isdecimal() or bool(spellings.NUMBERS.find([word]) or spellings.OTHER_NUMBERS.find([word]))
