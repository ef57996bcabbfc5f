"""What officials read in the morning: the lists and the letters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Conversation, Later, Step
from handlers.messages import Incoming, Purpose
from handlers.respond import respond
from tests.fakes import RULES, Talk
from tests.mornings import DUE_TODAY, EVENT, LATE, MORNING, NOT_LISTED, SOON, a_case, an_official, codes, day, said

# --- the list --------------------------------------------------------------------------------------------------------


async def test_the_morning_lists_what_is_late_due_today_and_due_soon() -> None:
    talk = an_official(*NOT_LISTED, *SOON, *DUE_TODAY, *LATE)
    step = await talk.happens(EVENT)
    text = said(step)
    assert text.splitlines()[0] == (
        "Việc của xã Đồng Sậy: quá hạn 2, hẹn trả hôm nay 1, hẹn trong 2 ngày làm việc tới 2."
    )
    assert codes(text) == [1, 2, 3, 4, 5]
    assert [line for line in text.splitlines() if line.isupper()] == [
        "QUÁ HẠN", "HẸN TRẢ HÔM NAY", "HẸN TRONG 2 NGÀY LÀM VIỆC TỚI",
    ]  # fmt: skip
    assert "H99.07-261102-0001 · đăng ký khai sinh · đang xử lý · quá 3 ngày làm việc" in text
    assert "H99.07-261102-0002 · đăng ký khai sinh · Chi nhánh đất đai · quá 1 ngày làm việc" in text
    assert "H99.07-261102-0004 · đăng ký khai sinh · đang xử lý · còn 1 ngày làm việc, thứ Năm 19/11" in text
    assert "Số liệu lúc 21 giờ 30, thứ Ba 17/11" in text
    assert isinstance(step, Step)
    assert step.say[0].purpose is Purpose.NOTICE
    assert step.effects == (fx.Audited("cb-1", "read list", "H99.07", "morning 2026-11-18"),)
    assert [choice.label for choice in step.say[0].choices] == ["Soạn thư xin lỗi"]


ASKED = {
    "hồ sơ trễ": [1, 2],
    "ho so tre": [1, 2],
    "hồ sơ quá hạn": [1, 2],
    "các hồ sơ bị trễ hạn": [1, 2],
    "danh sách hồ sơ trễ hẹn": [1, 2],
    "quá hạn": [1, 2],
    "sắp đến hạn": [3, 4, 5],
    "sap toi han": [3, 4, 5],
    "hồ sơ sắp đến hẹn": [3, 4, 5],
    "sắp đến hạn 1 ngày": [3, 4],
    "sắp đến hạn trong 3 ngày làm việc tới": [3, 4, 5, 6],
    "việc hôm nay": [1, 2, 3, 4, 5],
    "viec hom nay": [1, 2, 3, 4, 5],
    "hôm nay có việc gì": [1, 2, 3, 4, 5],
    "hồ sơ hôm nay": [1, 2, 3, 4, 5],
    "list late H99.07": [1, 2],
    "list soon-1 H99.07": [3, 4],
    "list all H99.07 p7": [1, 2, 3, 4, 5],
}
NOT_ASKED = (
    "hồ sơ trễ hạn thì được xin lỗi không ạ",
    "hồ sơ trẻ em cần gì",
    "hộ chiếu sắp đến hạn thì đổi ở đâu",
    "thẻ căn cước quá hạn có bị phạt không",
    "hôm nay làm việc đến mấy giờ",
)


async def whole(conversation: Conversation, incoming: Incoming, desk: object) -> Step | Later | None:
    """The whole conversation, as the program has it."""
    return await respond(conversation, incoming, desk)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected"), ASKED.items())
async def test_an_official_asks_for_a_list_at_any_time(text: str, expected: list[int]) -> None:
    talk = an_official(*NOT_LISTED, *SOON, *DUE_TODAY, *LATE)
    talk.respond = whole
    assert codes(await talk.says(text)) == expected
    assert [(effect.what, effect.unit) for effect in talk.effects if isinstance(effect, fx.Audited)] == [
        ("read list", "H99.07")
    ]


@pytest.mark.parametrize("text", [*ASKED, *NOT_ASKED, "thư xin lỗi", "letters H99.07", "list", "letters", EVENT])
async def test_a_citizen_reads_no_list(text: str) -> None:
    talk = Talk(respond=whole, now=MORNING)
    for dossier in LATE:
        talk.book.push(dossier)
    answer = await talk.says(text)
    assert answer != ""
    assert codes(answer) == []
    assert "261102" not in answer
    assert all(isinstance(effect, fx.LeftOpen) for effect in talk.effects), "nothing is read"


@pytest.mark.parametrize("text", NOT_ASKED)
async def test_an_officials_questions_stay_questions(text: str) -> None:
    talk = an_official(*LATE)
    talk.respond = whole
    assert codes(await talk.says(text)) == []
    assert all(isinstance(effect, fx.LeftOpen) for effect in talk.effects)


async def test_nothing_to_see_to_is_said_when_asked() -> None:
    talk = an_official(*NOT_LISTED)
    for text in ("hồ sơ trễ", "sắp đến hạn", "việc hôm nay", "thư xin lỗi"):
        answer = await talk.says(text)
        assert "xã Đồng Sậy không có hồ sơ nào" in answer
        assert "261102" not in answer


async def test_hours_past_the_due_hour_are_said_without_days() -> None:
    talk = an_official(*DUE_TODAY)
    talk.now = day("18/11", 18)
    assert "quá giờ hẹn hôm nay" in await talk.says("hồ sơ trễ")


async def test_ten_lines_a_page() -> None:
    many = [a_case(n, day("13/11") + timedelta(minutes=n)) for n in range(20, 43)]
    talk = an_official(*many, *DUE_TODAY)
    seen = codes(await talk.says("việc hôm nay"))
    assert [choice.label for choice in talk.conversation.offered] == ["Xem tiếp 2/3", "Soạn thư xin lỗi"]
    pages = [seen]
    while any(choice.says.startswith("list") for choice in talk.conversation.offered):
        pages.append(codes(await talk.says(talk.choice("list").says)))
    assert [len(page) for page in pages] == [10, 10, 4]
    assert [number for page in pages for number in page] == [*range(20, 43), 3]
    assert all(effect.what == "read list" for effect in talk.book.audited)
    assert len(talk.book.audited) == 3


async def test_pages_of_days_keep_their_days() -> None:
    talk = an_official(*(a_case(n, day("25/11") + timedelta(minutes=n)) for n in range(12)))
    assert len(codes(await talk.says("sắp đến hạn 5 ngày"))) == 10
    assert talk.choice("list").says == "list soon-5 H99.07 p2"
    assert len(codes(await talk.says(talk.choice("list").says))) == 2


@pytest.mark.parametrize("demo", [True, False])
async def test_demo_lists_and_letters_are_marked(demo: bool) -> None:
    talk = an_official(*LATE)
    talk.rules = replace(RULES, demo=demo)
    assert ("DỮ LIỆU MẪU" in said(await talk.happens(EVENT))) is demo
    step = await talk.turn("thư xin lỗi")
    assert isinstance(step, Step)
    assert {("DỮ LIỆU MẪU" in each.text) for each in step.say[1:]} == {demo}


# --- letters ---------------------------------------------------------------------------------------------------------


async def test_a_letter_for_each_that_is_late_to_be_copied_and_signed() -> None:
    talk = an_official(*LATE, *DUE_TODAY, *NOT_LISTED)
    await talk.happens(EVENT)
    step = await talk.turn(talk.choice("letters").says)
    assert isinstance(step, Step)
    head, first, second = step.say
    assert "không gửi cho dân" in head.text
    for line in (
        "Xã Đồng Sậy",
        "Kính gửi ông/bà: ……………………………",
        "Mã hồ sơ: H99.07-261102-0001",
        "Thủ tục: đăng ký khai sinh",
        "Ngày nhận: 2/11/2026",
        "Ngày hẹn trả: 13/11/2026",
        "Tình trạng: đang xử lý, quá hạn 3 ngày làm việc",
        "Lý do: (chưa ghi) ……………………………",
        "Ngày hẹn trả mới: ……/……/…………",
        "Người ký: ……………………………",
    ):
        assert line in first.text.splitlines()
    assert "\nXã Đồng Sậy xin lỗi vì ông/bà phải chờ." in first.text
    assert "Tình trạng: Chi nhánh đất đai, quá hạn 1 ngày làm việc" in second.text
    assert step.effects == (fx.Audited("cb-1", "read list", "H99.07", "letters 1"),)


async def test_three_letters_at_a_time() -> None:
    talk = an_official(*(a_case(n, day("13/11") + timedelta(minutes=n)) for n in range(1, 8)))
    written: list[int] = []
    text = await talk.says("soạn thư xin lỗi")
    for page in (1, 2, 3):
        written += [int(found) for found in re.findall(r"Mã hồ sơ: H99\.07-261102-(\d+)", text)]
        assert f"phần {page}/3" in text
        if page < 3:
            text = await talk.says(talk.choice("letters").says)
    assert written == [*range(1, 8)]


async def test_a_letter_for_one_dossier() -> None:
    talk = an_official(*LATE, *DUE_TODAY, *NOT_LISTED)
    talk.respond = whole
    text = await talk.says("thư xin lỗi 000.00.07.H99-261102-0003")
    assert "Mã hồ sơ: H99.07-261102-0003" in text
    assert "chưa trả được đúng hẹn" in text
    assert talk.effects[0] == fx.Audited("cb-1", "read list", "H99.07", "letter H99.07-261102-0003")
    for n, expected in ((8, "chưa cần thư"), (11, "chưa cần thư"), (7, "chưa cần thư"), (99, "chưa cần thư")):
        assert expected in await talk.says(f"soạn thư xin lỗi H99.07-261102-{n:04}")
        assert talk.effects == ()
    assert "không thuộc đơn vị" in await talk.says("thư xin lỗi H99.07-261102-0014")


@pytest.mark.parametrize("role", ["readonly", "auditor", "province"])
async def test_who_only_reads_writes_no_letters(role: str) -> None:
    talk = an_official(*LATE, role=role)
    for text in ("thư xin lỗi", "letters H99.07", "thư xin lỗi H99.07-261102-0001"):
        answer = await talk.says(text)
        assert "Kính gửi" not in answer
        assert "soạn" in answer
        assert talk.effects == ()
