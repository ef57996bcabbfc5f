"""How the citizen is addressed: in kind where they call themselves "bác", "cô", "chú", else "anh/chị". Pure.

Only what cannot be meant otherwise counts, and only with its diacritics ("co muon" may be "có muốn"), but for "bac muon
hoi": nothing else is written so. "Bác ơi cho con
hỏi" calls *us* bác, "bà ngoại muốn" speaks of somebody else, and who is em, con or cháu to us is never called so.
"""

from __future__ import annotations

import re
import unicodedata

ELDERS = ("bác", "cô", "chú", "ông", "bà", "dì", "thím", "mợ", "cậu", "dượng")
EQUALS = ("anh", "chị")
LOWER = ("em", "con", "cháu")
"""Who says these of themselves is anh/chị to us; "tôi" and "mình" say nothing of it."""

_ELDER, _EQUAL, _LOW = "|".join(ELDERS), "|".join(EQUALS), "|".join(LOWER)
_OPENING = r"^(?:(?:(?:em|cháu|con|máy|ad|bot) ơi|xin chào|chào (?:em|cháu|con|máy)|dạ|vâng|alo|a lô|ờ|à|ừ|này|chào) )*"
_ASKS = r"(?:(?:muốn|cần|định|xin|đang) )?(?:hỏi|nhờ)\b(?! (?:em|con|cháu|mình) (?:có|ở|làm)\b)"
_WANTS = r"(?:muốn|cần|định|tính|không biết|chưa biết|chưa rõ|không rõ|già rồi|lớn tuổi|năm nay|nay|\d{2} tuổi)\b"
_GIVE = r"(?:cho|giúp|giùm|chỉ cho|chỉ|nói cho|bảo)"
_TAKE = r"(?:hỏi|biết|với|nhờ|xem|coi|xin)\b"
_SELF = re.compile(
    rf"{_OPENING}(?:(?P<asks>{_ELDER}|{_EQUAL}) {_ASKS}|(?P<wants>bác|cô|chú|dì|thím|mợ|dượng) {_WANTS}"
    rf"|(?:(?:em|cháu|con|máy|ad) )?{_GIVE} (?P<gives>{_ELDER}) {_TAKE})"
)
_HUMBLE = re.compile(
    rf"{_OPENING}(?:(?:{_LOW}) (?:{_ASKS}|chào\b)|em {_WANTS}"
    rf"|(?:(?:{_ELDER}|{_EQUAL}) )?(?:ơi )?{_GIVE} (?:{_LOW}) {_TAKE})"
)
_BAC = re.compile(
    r"^(?:(?:em|chau|con|may|ad) oi |chao (?:em|chau|con|may) |da |alo |u |o |a )*"
    r"(?:bac (?:muon|dinh|(?:khong|k|ko|chua) biet|bi mat|nam nay|\d{2} tuoi|gia roi)"
    r"|(?:cho|chi|noi) bac (?:hoi|biet|xem))\b"
)
HELLO = re.compile(
    r"^\s*(?:(?:xin chào|chào|xin chao|chao|dạ|vâng|alo|a lô|này|ê|em ơi|cháu ơi|con ơi|máy ơi|ad ơi)"
    r"(?: (?:em|cháu|con|máy|anh|chị|ad|admin|bot|bác|cô|chú|cán bộ|quý cơ quan|mọi người))?(?: (?:ơi|ạ|nhé|nha))?"
    r"(?:\s*[,.!…]+\s*|\s+(?=(?:chào|cho|bác|cô|chú|ông|bà|tôi|tui|em|con|cháu|mình|anh|chị) \w)))+",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(r"\b([Aa])nh/chị\b(?! em\b)")


def said_of_self(text: str) -> str | None:
    """How the citizen calls themselves: "bác"; "" where it is em or con; None where it is not said."""
    words = " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower()))
    if _BAC.search(words):
        return "bác"
    found = _SELF.search(words)
    if found is not None:
        return found["asks"] or found["wants"] or found["gives"]
    return "" if _HUMBLE.search(words) else None


def without_greeting(text: str) -> str:
    """What is asked, without the hello before it: "chào cháu" names no child to register."""
    rest = HELLO.sub("", unicodedata.normalize("NFC", text))
    return rest if rest.strip() else text


def addressed(text: str, address: str) -> str:
    """The text with "anh/chị" in the citizen's own kind; siblings ("anh/chị em") stay what they are."""
    if not address:
        return text
    return _NEUTRAL.sub(lambda found: address if found[1] == "a" else address[:1].upper() + address[1:], text)
