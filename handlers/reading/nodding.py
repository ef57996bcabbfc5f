"""Yes, no and enough, as people type them. Pure.

"đừng" (do not), "dừng" (stop) and "đúng" (right) are one word without their diacritics: consent is never read from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages import Choice
from handlers.reading.picking import FILLERS
from procedures.finding.fold import accented, syllables

POLITE = FILLERS - {"vang", "da", "cho", "xin", "la"}
YES = frozenset(
    {
        "co",
        "u",
        "uh",
        "um",
        "uhm",
        "uk",
        "ok",
        "oke",
        "okie",
        "okay",
        "o ke",
        "yes",
        "y",
        "duoc",
        "duoc roi",
        "dc",
        "dong y",
        "dung roi",
        "dung vay",
        "dung the",
        "phai",
        "phai roi",
        "chuan",
        "chinh xac",
        "vang",
        "da",
        "da vang",
        "da co",
        "vang co",
        "co nhan",
        "nhan",
        "nhan cho",
        "co nhan cho",
        "cho nhan",
        "xin nhan",
        "bat",
        "theo doi",
    }
)
NO = frozenset(
    {
        "khong",
        "ko",
        "k",
        "kg",
        "hong",
        "no",
        "n",
        "da khong",
        "da ko",
        "khong can",
        "ko can",
        "k can",
        "da khong can",
        "khong dau",
        "khong muon",
        "khong dong y",
        "khong phai",
        "khong dung",
        "khong nhan",
        "thoi",
        "thoi khong can",
        "da thoi",
        "khoi",
        "khoi can",
        "chua can",
        "chua",
        "sai",
        "sai roi",
        "0",
    }
)
ENOUGH = frozenset(
    {
        "xong",
        "xong roi",
        "da xong",
        "het",
        "het roi",
        "du",
        "du roi",
        "vay thoi",
        "the thoi",
        "bo qua",
        "skip",
        "dung",
        "ngung",
        "khong co",
        "khong co gi",
        "khong co gi them",
        "khong them",
        "khong nhan",
        "ko co",
        "k co",
        "ok",
    }
)


ASKS_SURE = frozenset({"erase_sure", "hide_sure", "extend"})
"""First words of the choices that do what was asked back: "Tạm ẩn …?", "Xóa hết …?"."""
LEAVES = frozenset({"menu", "hidden"})
"""What the choices beside them say that leave all as it is."""


def settled(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The choice that a plain yes or no means, where the first one does what was just asked and the last leaves it."""
    if not offered or offered[0].says.split(" ")[0] not in ASKS_SURE:
        return None
    if says_yes(text):
        return offered[0]
    return offered[-1] if len(offered) > 1 and offered[-1].says in LEAVES and says_no(text) else None


def says_yes(text: str, *, dung: bool = False) -> bool:
    """A plain yes, nothing else in it. ``dung``: whether that bare word counts; it may be "đúng", "đừng" or "dừng"."""
    core = _core(text)
    if core == "dung":
        return accented(text) == accented("đúng") or (dung and text.strip().isascii())
    return core in YES


def says_no(text: str) -> bool:
    """A plain no, nothing else in it."""
    return _core(text) in NO or _says_do_not(text)


def says_enough(text: str) -> bool:
    """No more to pick or to add: "xong", "bỏ qua", "0", a plain no."""
    return _core(text) in ENOUGH or says_no(text)


def _core(text: str) -> str:
    words = syllables(text)
    return " ".join(word for word in words if word not in POLITE) or " ".join(words)


def _says_do_not(text: str) -> bool:
    words = accented(text)
    return words[:1] == accented("đừng") and len(words) <= 3
