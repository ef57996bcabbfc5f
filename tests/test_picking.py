"""Which offered choice a typed answer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import Choice
from handlers.reading.picking import pick

ANSWER = (
    Choice("Xem thêm giấy tờ", "papers 1.001193"),
    Choice("Lệ phí", "fee 1.001193"),
    Choice("Nộp ở đâu", "where 1.001193"),
    Choice("Không phải", "other 1.000656"),
)
STARS = tuple(Choice(f"{n} – sao", f"rate {n} H99.07-261116-0007 1", str(n)) for n in (5, 4, 3, 2, 1))
BESIDE_STARS = (*STARS, Choice("Bỏ qua", "skip"))
MENU = (
    Choice("Hỏi thủ tục", "ask", "1"),
    Choice("Xem hồ sơ", "track", "2"),
    Choice("Gặp cán bộ", "person", "3"),
    Choice("Không phải", "other", "0"),
)
PAGED = (
    Choice("Khai sinh", "about 1.001193", "1"),
    Choice("Khai tử", "about 1.000656", "2"),
    Choice("Xem tiếp", "n p2"),
)

PICKED = [
    (ANSWER, "fee 1.001193", 1),
    (ANSWER, "lệ phí", 1),
    (ANSWER, "LE PHI", 1),
    (ANSWER, "dạ cho em hỏi lệ phí ạ", 1),
    (ANSWER, "2", 1),
    (ANSWER, "số 2", 1),
    (ANSWER, "hai", 1),
    (ANSWER, "cái thứ 2", 1),
    (ANSWER, "cái thứ hai nhé", 1),
    (ANSWER, "chọn 3", 2),
    (ANSWER, "cái đầu", 0),
    (ANSWER, "đầu tiên", 0),
    (ANSWER, "cái cuối cùng", 3),
    (ANSWER, "không phải", 3),
    (ANSWER, "cái thứ nhất", 0),
    (ANSWER * 3, "tám", 7),
    (ANSWER * 3, "tạm", None),
    (ANSWER, "bả", None),
    (ANSWER, "7", None),
    (ANSWER, "0", None),
    (ANSWER, "2 3", None),
    (ANSWER, "hai lần", None),
    (ANSWER, "lệ phí kết hôn", None),
    (ANSWER, "", None),
    (ANSWER, "👍", None),
    (STARS, "5", 0),
    (STARS, "1", 4),
    (STARS, "số năm", 0),
    (STARS, "bốn", 1),
    (STARS, "rate 2 H99.07-261116-0007 1", 3),
    (STARS, "cái thứ 5", None),
    (STARS, "cái thứ nhất", None),
    (STARS, "đầu tiên", None),
    (STARS, "10", None),
    (MENU, "2", 1),
    (MENU, "hai", 1),
    (MENU, "cái thứ 2", 1),
    (MENU, "0", 3),
    (MENU, "cái cuối", 2),
    (MENU, "4", None),
    (PAGED, "xem tiếp", 2),
    (PAGED, "cái cuối", 1),
    (PAGED, "3", 2),
    (PAGED, "4", None),
    (BESIDE_STARS, "6", None),
    (BESIDE_STARS, "bỏ qua", 5),
]


@pytest.mark.parametrize(("offered", "typed", "index"), PICKED)
def test_picked(offered: tuple[Choice, ...], typed: str, index: int | None) -> None:
    assert pick(typed, offered) == (None if index is None else offered[index])


def test_one_code_under_two_labels_is_one_choice() -> None:
    twice = (Choice("Lệ phí", "fee 1"), Choice("Lệ phí", "fee 1"))
    assert pick("lệ phí", twice) == twice[0]
    assert pick("lệ phí", (Choice("Lệ phí", "fee 1"), Choice("Lệ phí", "fee 2"))) is None


@given(st.permutations("12345"), st.sampled_from("12345"))
def test_a_digit_picks_its_key_never_its_place(keys: list[str], typed: str) -> None:
    offered = [Choice(f"sao {key}", f"rate {key}", key) for key in keys]
    picked = pick(typed, offered)
    assert picked is not None
    assert picked.key == typed


@given(st.text(max_size=30))
def test_any_text_picks_something_offered_or_nothing(typed: str) -> None:
    assert pick(typed, STARS) in (*STARS, None)
