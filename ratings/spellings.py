"""How people write a rating, with or without diacritics, in the words of every region.

Each phrase is kept with its diacritics. A typed word fits a word of a phrase when it is the same, or is the same
without any diacritics: "nam" fits "năm", but "nằm" does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")


@lru_cache(4096)
def fold(word: str) -> str:
    """The word without diacritics, "đ" as "d". The same for NFC and NFD."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def fits(typed: str, word: str) -> bool:
    """Whether a typed word is this word, with all its diacritics or with none."""
    return typed in (word, fold(word))


class Phrases(Generic[Meaning]):
    """Phrases and what each means, found by their words."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._by_folded: dict[tuple[str, ...], list[tuple[tuple[str, ...], Meaning]]] = {}
        for phrase, meaning in meanings.items():
            words = tuple(phrase.split())
            self._by_folded.setdefault(tuple(map(fold, words)), []).append((words, meaning))
        firsts = {words[0] for found in self._by_folded.values() for words, _ in found}
        self._begins = frozenset(form for word in firsts for form in (word, fold(word)))

    def find(self, typed: Sequence[str]) -> Meaning | None:
        """What exactly these words mean, None where they are no phrase of ours."""
        if not typed or typed[0] not in self._begins:
            return None
        for words, meaning in self._by_folded.get(tuple(map(fold, typed)), ()):
            if all(fits(one, word) for one, word in zip(typed, words, strict=True)):
                return meaning
        return None


def _either(text: str) -> frozenset[str]:
    """The words of a text, one after each comma, each with all its diacritics and with none."""
    return frozenset(form for word in _listed(text) for form in (word, fold(word)))


def _listed(text: str) -> tuple[str, ...]:
    """The phrases of a text, one after each comma."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


def _joined(*parts: Iterable[str]) -> list[str]:
    """Every way of taking one of each part, as phrases."""
    return [" ".join(" ".join(taken).split()) for taken in product(*parts)]


NUMBERS = Phrases({"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5})
OTHER_NUMBERS = Phrases(
    dict.fromkeys(
        _listed("sáu, bảy, bẩy, tám, chín, mười, mươi, chục, trăm, nghìn, ngàn, triệu, rưỡi, nửa, tư, lăm, mốt, vài"),
        True,
    )
)

LABELS = Phrases(
    {
        "rất hài lòng": 5,
        "hài lòng": 4,
        "bình thường": 3,
        "không hài lòng": 2,
        "rất không hài lòng": 1,
    }
)
UNMISTAKABLE = Phrases({"rất hài lòng": 5, "rất không hài lòng": 1})
"""The two ends of the scale, as printed on it. The words in the middle are also said loosely: those are asked back."""

UNITS = Phrases(dict.fromkeys(_listed("đ, điểm, sao, ngôi sao"), True))
ZERO_OF_UNITS = Phrases(dict.fromkeys(_listed("không sao, không điểm, không đ"), True))

_NOT = _listed("không, ko, k, kg, kh, khg, hok, hông, hong, hổng, kô, chưa, chẳng, chả, không hề, chưa hề, ko hề")
_NOT_QUITE = _listed(
    "không được, chưa được, ko được, k được, không thực sự, chưa thực sự, không mấy, chưa thấy, không thấy"
)
_PLEASED = _listed("hài lòng, ưng, ưng ý, ưng bụng, vừa ý, vừa lòng, thỏa mãn, thoả mãn, tốt, ổn, hay, thoải mái")
_PLEASED_ONLY = _listed("hài lòng, ưng ý, vừa ý, vừa lòng")
_AT_ALL = _listed("chút nào, tí nào, tẹo nào, gì cả, gì hết")

WORDS = Phrases(
    {
        **dict.fromkeys(_joined(_NOT, _PLEASED, _listed(", lắm, cho lắm, mấy, gì, đâu")), 2),
        **dict.fromkeys(_joined(_NOT_QUITE, _PLEASED, _listed(", lắm, cho lắm")), 2),
        **dict.fromkeys(_joined(_NOT, _PLEASED, _AT_ALL), 1),
        **dict.fromkeys(_joined(_listed("rất, hoàn toàn, cực kỳ, vô cùng, quá"), _NOT[:8], _PLEASED_ONLY), 1),
        **dict.fromkeys(_joined(_listed("rất, quá, cực kỳ, vô cùng, hoàn toàn, cực, thật"), _PLEASED), 5),
        **dict.fromkeys(_joined(_PLEASED, _listed("lắm, quá, vô cùng, tuyệt đối, hết sức, cực kỳ")), 5),
        **dict.fromkeys(_joined(_listed("khá, tương đối, cơ bản, tạm gọi là"), _PLEASED), 4),
        **dict.fromkeys(_joined(_listed("cũng, tạm, cũng tạm"), _PLEASED), 3),
        **dict.fromkeys(_PLEASED, 4),
        **dict.fromkeys(
            _listed("tuyệt, tuyệt vời, tuyệt quá, tuyệt lắm, rất tuyệt, quá tuyệt, tuyệt vời lắm, tốt nhất"), 5
        ),
        **dict.fromkeys(_listed("xuất sắc, hoàn hảo, trên cả tuyệt vời, rất là tốt, rất là hài lòng, quá được"), 5),
        **dict.fromkeys(
            _listed("được, khá, được lắm, được đấy, được đó, được rồi, hài lòng rồi, tốt rồi, khá được"), 4
        ),
        **dict.fromkeys(_listed("bình thường, bt, bth, bthg, tạm, tạm được, tạm tạm, tàm tạm, cũng được, cũng tạm"), 3),
        **dict.fromkeys(
            _listed("cũng tạm được, cũng bình thường, bình thường thôi, được thôi, cũng được thôi, vừa vừa"), 3
        ),
        **dict.fromkeys(_listed("trung bình, vừa phải, thường thôi, không tốt không xấu, không khen không chê"), 3),
        **dict.fromkeys(
            _listed("kém, dở, tệ, xấu, chán, hơi tệ, hơi kém, hơi chán, thất vọng, không được, chưa được"), 2
        ),
        **dict.fromkeys(_listed("khá tệ, khá kém, không được tốt lắm, chưa được tốt lắm, không được lắm, bất mãn"), 2),
        **dict.fromkeys(
            _joined(_listed("rất, quá, cực kỳ, vô cùng, cực"), _listed("tệ, kém, dở, xấu, chán, thất vọng, bất mãn")), 1
        ),
        **dict.fromkeys(_joined(_listed("tệ, kém, dở, xấu, chán"), _listed("quá, lắm, hại, vô cùng, hết sức")), 1),
        **dict.fromkeys(_listed("không thể chấp nhận, không chấp nhận được, quá thất vọng, rất bất mãn"), 1),
    }
)
"""Words on a scale, and the stars to ask back. A negation is always a phrase of its own, never cut off."""

YES_WORDS = Phrases(
    dict.fromkeys(
        _listed(
            "ok, oke, okê, okie, okay, okla, oki, ô kê, ờ, ừ, ừm, uh, um, vâng, dạ, dạ vâng, yes, có, đúng, đúng rồi"
        ),
        True,
    )
)
OPINIONS = Phrases(
    dict.fromkeys(
        _joined(
            _listed(", rất, quá, hơi, cũng, không, chưa"),
            _listed(
                "nhanh, chậm, lâu, nhiệt tình, chu đáo, tận tình, niềm nở, vui vẻ, dễ, khó, phiền, rườm rà, tệ, được"
            ),
            _listed(", quá, lắm, gọn, chạp"),
        ),
        True,
    )
)
"""Praise and complaint that name no place on the scale: the number is asked for, not guessed."""

DECLINED = Phrases(
    dict.fromkeys(
        [
            *_listed(
                "không, ko, k, kg, khg, hông, hong, hổng, hok, chẳng, thôi, khỏi, miễn, no, bỏ qua, từ chối, thôi khỏi"
            ),
            *_listed("thôi không, thôi bỏ qua, không thôi, khỏi đi, không có ý kiến, miễn bình luận, thôi khỏi đi"),
            *_joined(
                _listed("không, ko, k, không muốn, không thích, không cần, thôi không, miễn, khỏi, ko muốn, k muốn"),
                _listed("trả lời, đánh giá, chấm, chấm điểm, cho điểm, góp ý, ý kiến, nói"),
            ),
            *_listed("không cần, không muốn, không thích, ko cần, ko muốn, k cần, không trả lời đâu, không đâu"),
        ],
        True,
    )
)

NOT_RECEIVED = Phrases(
    dict.fromkeys(
        [
            *_joined(
                _listed("chưa, chưa hề, chưa được, vẫn chưa, ko, không, k, chẳng, chả"),
                _listed("nhận được, nhận đc, nhận dc"),
            ),
            *_listed("chưa nhận, chưa hề nhận, chưa được nhận, vẫn chưa nhận, chưa lấy, chưa đi lấy, chưa được lấy"),
            *_joined(
                _listed("chưa có, chưa thấy, chưa cầm, chưa được trả"), _listed("giấy, kết quả, hồ sơ, gì, giấy tờ")
            ),
            *_listed("đã nhận đâu, có nhận đâu, có nhận được đâu, đã nhận được đâu, nhận được gì đâu, chưa được trả"),
        ],
        True,
    )
)
"""Said anywhere in a short message; ``AFTER_NOT_RECEIVED`` are words that make it another sentence."""
AFTER_NOT_RECEIVED = Phrases(dict.fromkeys(_listed("xét, ra, thức, định, biết, lời, làm"), True))

BEFORE = _either(
    "dạ, vâng, thưa, ạ, tôi, tui, mình, cho, chấm, chọn, đánh, giá, điểm, mức, xin, là, thì, thấy, cảm, chỉ"
)
"""Words before a rating that change nothing: "dạ tôi chấm 5". No "số" ("số một" is praise), no kinship word."""
TURNS = _either("không, ko, k, chưa, chẳng, chả, đâu, sao, gì, nhưng, mà")
"""Words that may turn round what was said before them."""
AFTER = _either("ạ, a, nhé, nhá, nhe, nha, nghe, nghen, hen, luôn, đi, đó, đấy, rồi")
KIN = _either("anh, chị, bác, cô, chú, ông, em, con, cháu, dì, cậu, thím, ad, admin")
"""Dropped only before another word of ``BEFORE``, or after a digit: "bác Năm" and "hai con" are no ratings.
"bà" is not among them: without its diacritic it is the number "ba"."""
