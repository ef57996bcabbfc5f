"""Syllables typed with a keyboard's keys still in them: "ddawng kys" and "d9a8ng ky1" for đăng ký.

Whoever types on a borrowed phone or at an internet shop leaves the keys of Telex or VNI undecoded. No Vietnamese
syllable is spelled like that, so what is no syllable, and is one once decoded, was meant so; its diacritics are then
as sure as typed ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ONSETS = "b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x"
RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|ech|em|en|eng|enh|eo|ep|et|eu|i|ia|ich|iec|iem|ien|ieng|iep|iet|"
    "ieu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|oe|oen|oeo|oet|oi|om|on|ong|op|ot|"
    "u|ua|uan|uang|uat|uay|uc|ue|uech|uenh|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu|uy|uya|uych|uyen|"
    "uyet|uyn|uynh|uyt|uyu|uach|uai|uanh|uen|uep|uet|y|yem|yen|yeng|yet|yeu"
)
SYLLABLE = re.compile(f"(?:{ONSETS})?(?:{RHYMES})")
TELEX = re.compile(r"(dd|[bcdghklmnpqrstvx]*)([aeiouyw]+)([a-z]*?)([sfrxj]?)")
"""Onset, vowels, the rest, and the key of the tone; keys of tones stand before the rest as often."""
MIDDLE = re.compile(r"([sfrxj]?)((?:c|ch|m|n|ng|nh|p|t)?)")
VNI = re.compile(r"[a-z]{2,}(?:[1-9][a-z]*)+|[a-z]9[a-z]+(?:[1-9][a-z]*)*")
VOWELLESS = re.compile(r"[bcdghklmnpqrstvx]*dd[bcdghklmnpqrstvx]*")
"""A short form ("ddkkh" for đkkh): no vowel, and the key of đ."""
TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
TONE_DIGITS = dict(zip("12345", ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), strict=True))
DOUBLED = {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "uow": "ươ", "uwow": "ươ", "uwo": "ươ"}
VOWEL_KEY = re.compile("uwow|uow|uwo|aa|ee|oo|aw|ow|uw|w")
HATS = {"6": dict(zip("aeo", "âêô", strict=True)), "7": dict(zip("uo", "ươ", strict=True)), "8": {"a": "ă"}}
BASES = str.maketrans("âăêôơưđ", "aaeooud")


def is_syllable(token: str) -> bool:
    """Whether a folded token is spelled like a Vietnamese syllable."""
    return SYLLABLE.fullmatch(token) is not None


@lru_cache(maxsize=8192)
def decoded(token: str) -> tuple[str, str] | None:
    """A folded token's meant syllable or short form, folded and with its diacritics (the tone last); None where nothing
    was keyed.
    """
    if is_syllable(token) or not token.isascii():
        return None
    if VOWELLESS.fullmatch(token):
        return token.replace("dd", "d"), token.replace("ddd", "dđ").replace("dd", "đ")
    found = _vni(token) if any(map(str.isdigit, token)) else _telex(token)
    if found is None:
        return None
    spelled, tone = found
    folded = spelled.translate(BASES)
    return (folded, unicodedata.normalize("NFC", spelled) + tone) if is_syllable(folded) else None


def _telex(token: str) -> tuple[str, str] | None:
    parts = TELEX.fullmatch(token)
    if parts is None:
        return None
    onset, vowels, rest, tone = parts.groups()
    middle = MIDDLE.fullmatch(rest)
    if middle is None or (tone and middle[1]):
        return None
    hatted = VOWEL_KEY.sub(lambda key: DOUBLED.get(key[0], "ư"), vowels)
    onset = onset.replace("dd", "đ")
    if middle[1] and hatted == vowels and onset[:1] != "đ":
        return None  # "test", "visa": one key in the middle alone is no sign
    return onset + hatted + middle[2], TONES.get(tone or middle[1], "")


def _vni(token: str) -> tuple[str, str] | None:
    if VNI.fullmatch(token) is None:
        return None
    letters: list[str] = []
    tone = ""
    for key in token:
        if key in TONE_DIGITS:
            if tone:
                return None
            tone = TONE_DIGITS[key]
        elif key == "9":
            if letters[:1] != ["d"]:
                return None
            letters[0] = "đ"
        elif key in HATS:
            if not _hat(letters, HATS[key]):
                return None
        else:
            letters.append(key)
    return "".join(letters), tone


def _hat(letters: list[str], hats: dict[str, str]) -> bool:
    """Put the hat on the last vowel that takes one; on both of "uo". False where none does."""
    for place in range(len(letters) - 1, -1, -1):
        if letters[place] in hats:
            letters[place] = hats[letters[place]]
            if letters[place] == "ơ" and place and letters[place - 1] == "u":
                letters[place - 1] = "ư"
            return True
    return False
