"""An age that is said: of whom, and which procedure and case are for it."""

from __future__ import annotations

import pytest

from handlers.guides.guiding import case_named
from handlers.respond import respond
from procedures.ages import age_said, ages_of
from procedures.search import Answer
from tests.books import catalog, index
from tests.fakes import Talk


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("con 13 tuổi làm căn cước", 13),
        ("con toi 5t lam ho chieu", 5),
        ("tôi 76 tuổi rồi", 76),
        ("em 20 tuổi, con em làm căn cước", None),
        ("con 5 tuổi và con 15 tuổi", None),
        ("sổ đất từ năm 1976", None),
        ("tờ số 13", None),
        ("bé 300 tuổi", None),
        ("", None),
    ],
)
def test_whose_age_is_said(text: str, age: int | None) -> None:
    assert age_said(text) == age


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("Cấp thẻ căn cước cho người dưới 14 tuổi", (0, 13), (14, 80)),
        ("Làm thẻ căn cước lần đầu, từ đủ 14 tuổi", (14, 80), (0, 13)),
        ("Từ 6 đến dưới 14 tuổi", (6, 13), (5, 14)),
        ("Hỗ trợ người cao tuổi từ 70 đến dưới 75 (Bắc Ninh)", (70, 74), (69, 75)),
    ],
)
def test_the_ages_that_a_name_is_for(name: str, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    ages = ages_of(name)
    assert ages is not None
    assert all(age in ages for age in inside) and not any(age in ages for age in outside)
    assert ages_of("Đăng ký khai sinh") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("con 13 tuổi làm căn cước cần mang gì", "1.014062"),
        ("con 15 tuổi làm căn cước lần đầu", "1.014061"),
        ("bé nhà em 9 tuổi làm thẻ căn cước", "1.014062"),
    ],
)
def test_of_two_that_differ_by_age_the_right_one_is_answered(text: str, code: str) -> None:
    decision = index().decide(text)
    assert isinstance(decision, Answer) and decision.hit.procedure.code == code


def test_the_case_is_of_the_age_that_was_said() -> None:
    passport = catalog().by_code("1.001456")
    assert passport is not None
    for text, key in (("làm hộ chiếu cho con 5 tuổi", "duoi_14"), ("con tôi 16 tuổi làm hộ chiếu", "tu_14")):
        case = case_named(passport, text)
        assert case is not None and case.key == key


async def test_what_the_dead_left_is_inherited_unless_another_case_is_named() -> None:
    talk = Talk(respond)
    assert "(thừa kế)" in await talk.says("chồng em mất rồi, sổ đỏ đứng tên ảnh, giờ em sang tên cho con")
    assert "(tặng cho)" in await Talk(respond).says("ba em mất rồi, má làm tặng cho em, sang tên sổ đỏ")
