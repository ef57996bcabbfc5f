"""Messages cut to what a channel takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.letters import letters, split
from channels.channel import Limits
from channels.plain import with_choices
from handlers.messages import Attachment, Choice, Outgoing
from tests.engine import MONDAY, chat


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(8, 60))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = list(split(text, limit))
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_cut_at_lines_before_spaces() -> None:
    assert list(split("một hai ba\nbốn năm sáu", 14)) == ["một hai ba", "bốn năm sáu"]
    assert list(split("một hai ba bốn", 8)) == ["một hai", "ba bốn"]


def test_choices_and_attachment_go_with_the_last_part_and_numbers_grow() -> None:
    file = Attachment("a.txt", "text/plain", b"x")
    say = [Outgoing("dài " * 30, (Choice("Một nhãn dài quá đi thôi", "a"),), file), Outgoing("ngắn")]
    made = letters(chat("an"), "e", say, Limits(text=40, label=12), 7, MONDAY)
    assert [letter.seq for letter in made] == list(range(8, 8 + len(made)))
    assert [bool(letter.choices) for letter in made].count(True) == 1
    assert made[-2].choices[0].label == "Một nhãn dà…"
    assert made[-2].attachment is file
    assert made[-1].text == "ngắn"


def test_a_code_too_long_for_the_channel_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        letters(chat("an"), "e", [Outgoing("x", (Choice("a", "ă" * 33),))], Limits(), 0, MONDAY)


SIX = tuple(Choice(f"Nhãn {n}", f"say {n}") for n in range(1, 7))
FEW = Limits(choices=5, listed=True)


@pytest.mark.parametrize(
    ("first", "shown"),
    [
        (0, ["say 1", "say 2", "say 3", "say 4", "more 4"]),
        (4, ["say 5", "say 6"]),
    ],
)
def test_where_few_buttons_fit_the_last_one_leads_to_the_rest(first: int, shown: list[str]) -> None:
    (made,) = letters(chat("an"), "e", [Outgoing("Chọn:", SIX, first=first)], FEW, 0, MONDAY)
    assert [choice.says for choice in made.choices] == shown
    assert made.text.split("\n") == ["Chọn:", *(f"  {n}. Nhãn {n}" for n in range(first + 1, 7))]


def test_ten_pages_lead_on_and_none_is_lost() -> None:
    many = tuple(Choice(f"Nhãn {n}", f"say {n}") for n in range(40))
    said: list[str] = []
    first: int | None = 0
    while first is not None:
        (made,) = letters(chat("an"), "e", [Outgoing("x", many, first=first)], FEW, 0, MONDAY)
        codes = [choice.says for choice in made.choices]
        first = int(codes.pop().removeprefix("more ")) if codes[-1].startswith("more") else None
        said += codes
    assert said == [choice.says for choice in many]


def test_without_buttons_the_list_stands_in_the_text() -> None:
    (made,) = letters(chat("an"), "e", [Outgoing("x", SIX)], Limits(choices=0, listed=True), 0, MONDAY)
    assert made.choices == ()
    assert "6. Nhãn 6" in made.text


@pytest.mark.parametrize(
    ("text", "choices", "lines"),
    [
        ("Cần:\n1. Tờ khai\n2. Thẻ", [Choice("Lệ phí", "a"), Choice("Nơi nộp", "b")], ["  1. Lệ phí", "  2. Nơi nộp"]),
        ("Chọn:\n1. Sinh\n2. Tử", [Choice("Sinh", "a"), Choice("Tử", "b")], []),
        ("Chọn:\n1. Giấy khai sinh rất dài", [Choice("Giấy khai sinh…", "a")], []),
        ("Chọn:\n1. Hỏi giấy tờ", [Choice("Hỏi thủ tục", "a", "1"), Choice("Xem tiếp", "b")], ["  2. Xem tiếp"]),
        ("Việc?", [Choice("Hỏi", "a", "1"), Choice("Tuần này", "b", "2")], ["  1. Hỏi", "  2. Tuần này"]),
        ("Chấm?", [Choice("5 – Tốt", "a", "5"), Choice("Bỏ qua", "b")], ["  5 – Tốt", "  Bỏ qua"]),
        ("Chấm?", [Choice("5 – Tốt", "a", "5"), Choice("Kém", "b", "1")], ["  5 – Tốt", "  1 – Kém"]),
    ],
)
def test_what_the_text_lists_is_not_listed_twice(text: str, choices: list[Choice], lines: list[str]) -> None:
    assert with_choices(text, choices).removeprefix(text).split("\n")[1:] == lines
