"""The eight characters of a slip: what shows a slip of the finger, and what is none of them."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from handlers.texts.slips import mistyped
from ratings.typed_code import ALPHABET, codes_in, is_right, made_from, shown

RANDOM = Random(7)
CODES = [code for _ in range(300) if (code := made_from(RANDOM.getrandbits(256))) is not None]


def found(text: str) -> list[str]:
    return [code for code, _, _ in codes_in(text)]


def test_every_code_is_right_and_is_read_as_it_is_printed() -> None:
    assert len(CODES) > 150
    for code in CODES:
        assert is_right(code)
        for typed in (
            shown(code),
            code,
            shown(code).lower(),
            f"đánh giá {shown(code)}.",
            shown(code).replace("-", " "),
        ):
            assert found(typed) == [code]


def test_one_wrong_character_always_shows() -> None:
    for code in CODES[:40]:
        for place in range(8):
            others = (code[:place] + other + code[place + 1 :] for other in ALPHABET if other != code[place])
            assert not any(map(is_right, others))


def test_two_exchanged_characters_always_show() -> None:
    for code in CODES:
        for left, right in combinations(range(8), 2):
            listed = list(code)
            listed[left], listed[right] = listed[right], listed[left]
            assert code[left] == code[right] or not is_right("".join(listed))


def test_no_character_looks_like_another_or_is_changed_by_a_vietnamese_keyboard() -> None:
    assert len(set(ALPHABET)) == 22
    assert all(len(set(alike) & set(ALPHABET)) <= 1 for alike in ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV", "VWY"))
    assert not set("AEIOUYDWSZ") & set(ALPHABET), "vowels, and what Telex turns into another letter without one"


@pytest.mark.parametrize(
    "text",
    [
        "H99.07-261116-0007",
        "000.00.07.H99-261116-0007",
        "29H2-34567",
        "CCCD 2345",
        "tthc 2026",
        "khai sinh",
        "0912345678",
        "2345 6789",
        "https://example.org/F3K7-2HQ9",
        "NOI-ABCDE-FGHJK",
        "CB-23456-HJKLM-NPQRT",
        mistyped(),
    ],
)
def test_what_is_none(text: str) -> None:
    assert found(text) == []
