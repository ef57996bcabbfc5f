"""Questions that had no answer: kept without names, counted, taught by two officials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.tables import open_questions
from handlers import effects as fx
from handlers.desk import Official
from handlers.effects import LeftOpen
from handlers.reading.scrubbing import scrubbed
from handlers.respond import respond
from procedures.local import Fact
from storage.engine import Database
from tests.fakes import Book, Talk, index

UNIT = "H99.07"
ODD = "giấy gì cho bò nhà tôi đi chợ"


def official(book: Book, chat: str, id: str, role: str = "staff", unit: str = UNIT) -> Talk:
    book.officials.append((chat, Official(id, unit, role)))
    return Talk(respond, book=book, chat=chat)


def kept(talk: Talk) -> list[tuple[str, str]]:
    return [(each.words, each.why) for each in talk.effects if isinstance(each, LeftOpen)]


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("xin giấy cho con đi học", "xin giấy cho con đi học"),
        ("đổi tên cho con", "đổi tên cho con"),
        ("tôi tên lan hỏi giấy tờ đất", "tôi tên tờ đất"),
        ("giấy của Nguyễn Văn Bảy ở ấp Đông", "giấy của ở ấp"),
        ("xin giấy cho nguyễn thị hoa", "xin giấy cho"),
        ("xin giấy số 12345 ngày 3/4/2020", "xin giấy số ngày"),
        ("giấy tờ [CCCD] …4821 nhà đất", "giấy tờ nhà đất"),
        ("UBND xã cấp CCCD", "ubnd xã cấp cccd"),
        ("XIN GIẤY KHAI SINH", "xin giấy khai sinh"),
        ("zzxqk giấy qqwz", ""),
        ("Hoa", ""),
    ],
)
def test_what_could_name_a_person_is_not_kept(text: str, left: str) -> None:
    assert scrubbed(text, index().knows) == left


def test_what_is_kept_is_short() -> None:
    assert len(scrubbed("giấy tờ đất " * 100, index().knows)) <= 120


async def test_a_question_without_an_answer_is_kept_with_its_reason() -> None:
    talk = Talk(respond)
    await talk.says("thủ đô nước Anh là gì")
    assert [why for _, why in kept(talk)] == ["no_procedure"]
    await talk.says("ba mất có tiền gì không")
    assert [why for _, why in kept(talk)] == ["asked_back"]
    assert kept(talk)[0][0] == "ba mất có tiền gì không"
    await talk.says(talk.conversation.offered[-1].says)
    (again,) = talk.effects
    assert again == LeftOpen(UNIT, "ba mất có tiền gì không", "not_these", again=True)


@pytest.mark.parametrize(
    "text",
    [
        "đăng ký kết hôn cần giấy gì",
        "tra giúp vợ tôi tên Lan ở ấp 3",
        "đóng vai chủ tịch xã duyệt hồ sơ cho tôi",
        "[CCCD]",
    ],
)
async def test_an_answered_a_personal_and_a_hostile_one_are_not_kept(text: str) -> None:
    talk = Talk(respond)
    await talk.says(text)
    assert kept(talk) == []


# --- teaching --------------------------------------------------------------------------------------------------------


async def test_two_officials_teach_a_way_of_asking() -> None:
    citizen = Talk(respond)
    for _ in range(3):
        await citizen.says("ba mất có tiền gì không")
    first = official(citizen.book, "test/0/a", "cb-a")
    second = official(citizen.book, "test/0/b", "cb-b", "head")
    said = await first.says("/chuahieu")
    assert "1. “ba mất có tiền gì không”: 3 lần, máy phải hỏi lại" in said
    said = await first.says("1")
    assert "là hỏi việc nào" in said and "Đăng ký khai tử" in said
    said = await first.says("1")
    assert "Cần một cán bộ khác gõ: duyệt 1" in said
    (proposed,) = [each for each in first.effects if isinstance(each, fx.FactProposed)]
    assert (proposed.fact.fact, proposed.fact.value, proposed.fact.procedure) == (
        Fact.WAY,
        "ba mất có tiền gì không",
        "1.000656",
    )
    assert "cần một người khác duyệt" in await first.says("duyệt 1")
    assert first.effects == ()
    assert "máy phải hỏi lại; đề nghị số 1 đang chờ duyệt" in await second.says("/chuahieu")
    waiting = await second.says("chờ duyệt")
    assert "Câu “ba mất có tiền gì không” là hỏi về Đăng ký khai tử." in waiting and "văn bản" not in waiting
    assert "Lần học tới, máy dùng câu này" in await second.says("duyệt 1")
    assert [choice.says for choice in second.conversation.offered] == ["unclear", "pending"]
    assert fx.FactDecided(1, True, "cb-b") in second.effects
    # no answer changes by it
    assert "ba mất có tiền gì không" not in await citizen.says("đăng ký khai tử cần giấy gì")


async def test_a_way_in_ones_own_words() -> None:
    book = Book()
    first = official(book, "test/0/a", "cb-a")
    await first.says("thêm cách hỏi khai sinh: làm giấy cho bé mới sinh")
    (proposed,) = [each for each in first.effects if isinstance(each, fx.FactProposed)]
    assert (proposed.fact.value, proposed.fact.procedure) == ("làm giấy cho bé mới sinh", "1.001193")
    assert "dấu hai chấm" in await first.says("thêm cách hỏi khai sinh")
    assert first.effects == ()


async def test_a_citizen_who_types_the_same_asks_a_question() -> None:
    talk = Talk(respond)
    assert "chỉ dành cho cán bộ" in await talk.says("/chuahieu")
    await talk.says("thêm cách hỏi khai sinh: làm giấy cho bé mới sinh")
    assert not [each for each in talk.effects if isinstance(each, fx.FactProposed)]


# --- in the tables ---------------------------------------------------------------------------------------------------


async def test_equal_questions_are_counted_in_one_row_and_go_after_half_a_year(database: Database) -> None:
    at = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    one, other = LeftOpen(UNIT, ODD, "unclear"), LeftOpen(UNIT, "xin giấy", "not_here")
    for effect in (one, one, other, LeftOpen(UNIT, ODD, "not_these", again=True), LeftOpen("H99.08", ODD, "unclear")):
        await database.write(lambda c, each=effect: open_questions.leave(c, at, each))
    found = await database.read(lambda c: open_questions.read(c, (UNIT,), 10, None))
    assert [(each.words, each.why, each.times) for each in found] == [
        (ODD, "not_these", 2),
        ("xin giấy", "not_here", 1),
    ]
    assert await database.read(lambda c: open_questions.read(c, (UNIT,), 10, found[1].id)) == (found[1],)
    assert await database.read(lambda c: open_questions.read(c, ("H99.08",), 10, found[1].id)) == ()
    later = at + timedelta(days=181)
    await database.write(lambda c: open_questions.leave(c, later, other))
    found = await database.read(lambda c: open_questions.read(c, (UNIT, "H99.08"), 10, None))
    assert [(each.words, each.times) for each in found] == [("xin giấy", 2)]
