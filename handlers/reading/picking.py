"""Which of the offered choices a typed answer means.

The code, the label and the key pick always; a position ("2", "hai", "cái thứ 2") only where no choice has a key, or
where keys and positions agree (1, 2, 3 …); there a choice without a key is picked by its place, too. So a typed 5 can
never record one star.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.messages import Choice, keys_are_places, numbers
from handlers.reading.said import said
from procedures.finding.fold import accented, syllables

NUMBERS = {
    "khong": 0,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
SPELLED = frozenset(accented("không một hai ba bốn tư năm sáu bảy bẩy tám chín mười nhất"))
"""With diacritics "tạm" is no eight and "sau" no six: a word that has them must be the number."""

FILLERS = said().around_a_pick
"""Folded syllables that carry nothing in a pick: "dạ em chọn số 2 ạ"."""

COUNTERS = frozenset("so cai muc y cau phan dong viec nut lua".split())  # noqa: SIM905
ORDINAL = "thu"
FIRST = (["dau"], ["dau", "tien"], ["tren", "cung"])
LAST = (["cuoi"], ["cuoi", "cung"], ["duoi", "cung"])


def pick(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The choice that ``text`` picks, None where it is none of them or could be two."""
    said = text.strip()
    for choice in offered:
        if said == choice.says:
            return choice
    words = syllables(said)
    if not words:
        return None
    by_label = _by_label(words, offered)
    if not all(word.isascii() or word in SPELLED for word in _number_words(said)):
        return by_label
    return _by_key(words, offered) or by_label or _by_position(words, offered)


def _number_words(text: str) -> list[str]:
    """The words, as they were spelled, that without diacritics are a number."""
    return [word for folded, word in zip(syllables(text), accented(text), strict=True) if folded in NUMBERS]


def _by_key(words: list[str], offered: Sequence[Choice]) -> Choice | None:
    """A bare number or key: "5", "số năm". Never an ordinal ("cái thứ năm")."""
    core = _bare(words)
    if len(core) != 1 or ORDINAL in words:
        return None
    spoken = {core[0], str(NUMBERS.get(core[0], core[0]))}
    if all(choice.key is None for choice in offered):
        return None  # a label may be a number itself: it goes first
    found = zip(offered, numbers(offered), strict=True)
    return _only(choice for choice, key in found if key is not None and key.casefold() in spoken)


def _by_label(words: list[str], offered: Sequence[Choice]) -> Choice | None:
    exact = _only(choice for choice in offered if syllables(choice.label) == words)
    if exact is not None:
        return exact
    core = [word for word in words if word not in FILLERS]
    if not core:
        return None
    return _only(choice for choice in offered if [w for w in syllables(choice.label) if w not in FILLERS] == core)


def _by_position(words: list[str], offered: Sequence[Choice]) -> Choice | None:
    unkeyed = all(choice.key is None for choice in offered)
    core = _bare(words)
    ordinal = ORDINAL in words or core in FIRST or core in LAST
    if not (unkeyed or (ordinal and keys_are_places(offered))):
        return None
    listed = [choice for choice in offered if unkeyed or choice.key not in (None, "0")]
    position = _position(core, len(listed))
    return listed[position - 1] if position is not None and 1 <= position <= len(listed) else None


def _position(core: list[str], count: int) -> int | None:
    if core in FIRST:
        return 1
    if core in LAST:
        return count
    if core == [ORDINAL, "nhat"]:
        return 1
    if len(core) == 2 and core[0] == ORDINAL:
        core = core[1:]
    if len(core) != 1:
        return None
    return int(core[0]) if core[0].isascii() and core[0].isdigit() and len(core[0]) < 4 else NUMBERS.get(core[0])


def _bare(words: list[str]) -> list[str]:
    """The words without politeness and counters; left alone where nothing else would remain."""
    core = [word for word in words if word not in FILLERS and word not in COUNTERS]
    return core or words


def _only(found: Iterable[Choice]) -> Choice | None:
    """The one choice found; two with the same code are one, two different ones are none."""
    by_code = {choice.says: choice for choice in found}
    return next(iter(by_code.values())) if len(by_code) == 1 else None
