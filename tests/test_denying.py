"""What a question says is not so is not what it asks for."""

from __future__ import annotations

import pytest

from procedures.finding.denying import denied, without
from procedures.finding.lay_words import LayWords
from procedures.finding.terms import written
from procedures.search import Answer, Ask
from tests.findable import Named
from tests.test_search import BIRTH, CARD_CHANGED, INDEX, MARRIAGE

WORDS = LayWords.load()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("chưa đăng ký kết hôn mà có con rồi", "mà có con rồi"),
        ("chưa đăng ký kết hôn thì khai sinh cho con", "thì khai sinh cho con"),
        ("không phải làm lại mà là đổi căn cước", "mà là đổi căn cước"),
        ("hai đứa chưa kết hôn có con", "hai đứa có con"),
    ],
)
def test_what_is_denied_is_left_out(text: str, rest: str) -> None:
    spoken = written(text, WORDS)
    assert without(spoken, denied(spoken)) == without(written(rest, WORDS), range(0))


@pytest.mark.parametrize(
    "text", ["chưa đăng ký kết hôn", "bao lâu mà chưa có", "đăng ký kết hôn", "", "chưa", "không phải"]
)
def test_nothing_is_denied_where_nothing_else_is_said(text: str) -> None:
    assert not denied(written(text, WORDS))


@pytest.mark.parametrize(
    ("text", "is_denied"),
    [
        ("tôi không đăng ký kết hôn mà muốn làm giấy khai sinh", True),
        ("không đăng ký kết hôn có sao không", False),
        ("làm khai sinh có được không đăng ký gì thêm", False),
    ],
)
def test_not_registered_is_denied_where_the_sentence_goes_on(text: str, is_denied: bool) -> None:
    assert bool(denied(written(text, WORDS))) is is_denied


def test_the_rest_of_the_question_comes_first_and_is_asked_back() -> None:
    decision = INDEX.decide("chưa đăng ký kết hôn thì làm giấy khai sinh cho con thế nào")
    assert isinstance(decision, Ask)
    assert [hit.procedure for hit in decision.hits[:2]] == [BIRTH, MARRIAGE]


def test_what_is_denied_is_found_after_what_is_asked_for() -> None:
    text = "chưa đăng ký kết hôn thì làm giấy khai sinh cho con thế nào"
    assert [hit.procedure for hit in INDEX.search(text, 2)] == [BIRTH, MARRIAGE]
    assert [hit.procedure for hit in INDEX.search(text, 1)] == [BIRTH]


@pytest.mark.parametrize(
    ("text", "procedure"),
    [("chưa đăng ký kết hôn", MARRIAGE), ("không phải làm lại, em đổi thẻ căn cước hết hạn", CARD_CHANGED)],
)
def test_a_denial_of_something_else_or_of_everything_hinders_no_answer(text: str, procedure: Named) -> None:
    decision = INDEX.decide(text)
    assert isinstance(decision, Answer)
    assert decision.hit.procedure is procedure
