"""Messages cut to what a channel takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.letters import letters, split
from channels.channel import Limits
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
