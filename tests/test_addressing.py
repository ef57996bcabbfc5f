"""The citizen is addressed in kind, and never by a word that would be wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.desk import Official
from handlers.reading.addressing import LOWER, addressed, said_of_self, without_greeting
from handlers.respond import respond
from tests.fakes import Talk

SELF = {
    "bác hỏi làm khai sinh": "bác",
    "cô muốn làm căn cước": "cô",
    "Chú cần đổi bằng lái": "chú",
    "cho bác hỏi cái này": "bác",
    "cháu ơi cho bà hỏi": "bà",
    "chỉ cho bác với": "bác",
    "ông hỏi chút": "ông",
    "dì cần làm giấy": "dì",
    "thím không biết làm sao": "thím",
    "cô chưa biết nộp ở đâu": "cô",
    "bác muốn hỏi con cái này": "bác",
    "bác năm nay 67 tuổi rồi, muốn sang tên sổ": "bác",
    "cô 58 tuổi, xin trợ cấp được không": "cô",
    "chú nay già rồi": "chú",
    "bác Ba 67 tuổi": None,
    "bà năm nay 80 tuổi": None,
    "anh muốn hỏi": "anh",
    "chị hỏi xíu": "chị",
    "con chào cô": "",
    "dạ cho em hỏi": "",
    "bác ơi cho con hỏi": "",
    "anh cho em hỏi": "",
    "cháu chào bác": "",
    "em muốn làm giấy khai sinh": "",
    "bà ngoại muốn nhập hộ khẩu": None,
    "bà muốn sang tên": None,
    "ông ấy hỏi": None,
    "cô giáo muốn nghỉ": None,
    "bác sĩ hỏi": None,
    "chú tôi mất rồi": None,
    "cô chú muốn hỏi": None,
    "ông bà muốn hỏi": None,
    "chị em muốn hỏi": None,
    "anh chị cho em hỏi": None,
    "cô ấy muốn ly hôn": None,
    "bác Ba muốn hỏi": None,
    "mẹ em muốn làm": None,
    "tôi muốn hỏi": None,
    "co muon lam khong": None,
    "bac hoi": None,
    "bac muon hoi ti": "bác",
    "chau oi cho bac hoi": "bác",
    "bac bi mat cai the": "bác",
    "chao bac muon hoi": None,
    "bac can con gi khong": None,
    "đăng ký tạm trú": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), SELF.items())
def test_what_citizens_call_themselves(text: str, expected: str | None) -> None:
    assert said_of_self(text) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("chào cháu, bác muốn làm giấy khai sinh cho cháu nội", "bác muốn làm giấy khai sinh cho cháu nội"),
        ("Dạ chào anh ạ. Em hỏi đăng ký kết hôn", "Em hỏi đăng ký kết hôn"),
        ("alo cho tui hỏi", "cho tui hỏi"),
        ("chào cháu", "chào cháu"),
        ("dạ em làm căn cước", "em làm căn cước"),
        ("khai sinh cho cháu", "khai sinh cho cháu"),
    ],
)
def test_the_hello_is_no_part_of_the_question(text: str, rest: str) -> None:
    assert without_greeting(text) == rest


def test_nobody_is_called_a_child() -> None:
    for word in LOWER:
        for ending in ("hỏi", "muốn hỏi", "cần hỏi", "chào", "nhờ chút"):
            assert not said_of_self(f"{word} {ending}")


def test_only_the_citizen_is_meant() -> None:
    said = "Anh/chị chọn một câu. Anh/chị em ruột đi thay cũng được, cho anh/chị rõ."
    assert addressed(said, "bác") == "Bác chọn một câu. Anh/chị em ruột đi thay cũng được, cho bác rõ."
    assert addressed(said, "") == said


async def test_it_holds_until_somebody_else_speaks() -> None:
    talk = Talk(respond=respond)
    assert "bác" in (await talk.says("cho bác hỏi làm khai sinh")).lower()
    said = await talk.says("cảm ơn")
    assert "anh/chị" not in said.lower()
    assert "bác mang theo" in await talk.says("đăng ký kết hôn")
    assert "anh/chị mang theo" in await talk.says("em muốn hỏi đăng ký tạm trú")


async def test_a_group_is_nobody_in_particular() -> None:
    talk = Talk(respond=respond, private=False)
    await talk.says("cho bác hỏi làm khai sinh")
    assert talk.conversation.memory.address == ""


async def test_an_officials_draft_speaks_to_the_citizen() -> None:
    talk = Talk(respond=respond)
    await talk.says("cho bác hỏi làm khai sinh")
    talk.book.officials.append((talk.chat, Official("cb-1", "H99.07", "head")))
    talk.now += timedelta(minutes=1)
    assert "Anh/chị gõ mã hồ sơ" in await talk.says("/henlai")
    assert "bác mang theo" in await talk.says("đăng ký kết hôn")
