"""Why it was so many stars, and a word more; then the whole conversation from a code to a comment."""

from __future__ import annotations

import pytest

from handlers.desk import Step
from handlers.rated.explaining import LONGEST_COMMENT, read_reasons
from handlers.respond import respond
from handlers.states import AsksComment, AsksConsent, AsksProof, AsksReasons, AsksStars, AsksSure, AsksTap, Idle, State
from ratings.rating import default_instrument
from tests.fakes import NOON
from tests.rated import CODE, EVENT, SKIPPED, a_talk, invited, stars

# --- reasons and a word more ------------------------------------------------------------------------------------------

REASONS = [
    ("1", 2, ("waiting",)),
    ("1 3", 2, ("waiting", "unclear")),
    ("1, 3 và 5", 2, ("waiting", "unclear", "extra_papers")),
    ("số một với số hai", 2, ("waiting", "back_and_forth")),
    ("thái độ", 1, ("manner",)),
    ("thai do", 1, ("manner",)),
    ("Hẹn đi hẹn lại", 3, ("back_and_forth",)),
    ("1", 5, ("prompt",)),
    ("7", 2, ()),
    ("0", 2, ()),
    ("1 9", 2, ()),
    ("nhanh", 5, ()),
    ("nhanh đúng hẹn", 5, ("prompt",)),
]


@pytest.mark.parametrize(("text", "given", "codes"), REASONS)
def test_reasons_are_picked_by_number_or_label(text: str, given: int, codes: tuple[str, ...]) -> None:
    assert read_reasons(text, default_instrument(), given) == codes


async def test_several_reasons_then_a_comment() -> None:
    talk = await invited()
    await talk.says("2")
    assert "Đang chọn: Phải chờ lâu, trễ hẹn." in await talk.says("1")
    assert talk.conversation.offered[0].label == "✓ Phải chờ lâu, trễ hẹn"
    assert "trễ hẹn và Thái độ" in await talk.says(talk.choice("reason manner").says)
    assert "Đang chọn: Thái độ." in await talk.says(talk.choice("unreason waiting").says)
    for typed in SKIPPED:
        said = await talk.says(typed)
    assert "nhắn thêm gì không" in said
    assert isinstance(talk.conversation.state, AsksComment)
    assert "Cảm ơn" in await talk.says("lần sau báo trước giúp bà con")
    number, _, last = talk.book.ratings[-1]
    assert (last.stars, last.reasons, last.comment) == (2, ("manner",), "lần sau báo trước giúp bà con")
    assert [rated.supersedes for _, _, rated in talk.book.ratings] == [None, *range(1, number)]
    assert {rated.first_at for _, _, rated in talk.book.ratings} == {NOON}


async def test_pressing_a_reason_twice_is_written_once() -> None:
    talk = await invited()
    await talk.says("5")
    for _ in range(2):
        assert "Đang chọn: Nhanh, đúng hẹn." in await talk.says("reason prompt")
    assert [rated.reasons for _, _, rated in talk.book.ratings] == [(), ("prompt",)]


@pytest.mark.parametrize(
    "ends",
    [
        ["bỏ qua", "0"],
        ["0", "không"],
        ["skip"] * 6,
        ["xong", "không có"],
        ["thôi", "thôi"],
    ],
)
async def test_reasons_and_comment_can_be_skipped(ends: list[str]) -> None:
    talk = await invited()
    await talk.says("5")
    for text in ends:
        assert await talk.says(text)
    assert talk.conversation.state == Idle()
    assert stars(talk) == [5]


async def test_a_story_instead_of_a_reason_is_the_comment() -> None:
    talk = await invited()
    await talk.says("1")
    assert "Đã nhận lời nhắn" in await talk.says("đi bốn lần mà không ai giải thích")
    assert talk.book.ratings[-1][2].comment == "đi bốn lần mà không ai giải thích"
    assert talk.conversation.state == Idle()


@pytest.mark.parametrize("text", ["gặp cán bộ", "menu", "xem hồ sơ", "/xoa", "đổi điểm"])
async def test_a_wish_of_its_own_leaves_the_question(text: str) -> None:
    for before in (["5"], ["5", "xong"], ["5", *SKIPPED]):
        talk = await invited()
        for typed in before:
            await talk.says(typed)
        await talk.says(text)
        assert talk.book.ratings[-1][2].comment is None


async def test_a_long_comment_is_cut_and_said_so() -> None:
    talk = await invited()
    await talk.says("5")
    for typed in SKIPPED:
        await talk.says(typed)
    assert "500 chữ" in await talk.says("dài " * 300)
    comment = talk.book.ratings[-1][2].comment
    assert comment is not None
    assert len(comment) <= LONGEST_COMMENT


async def test_an_old_button_of_reasons_is_said_to_be_old() -> None:
    talk = a_talk()
    for says in ("reason waiting", "unreason waiting", "skip"):
        assert "Nút này cũ rồi" in await talk.says(says)
    assert talk.effects == ()


STORY: list[tuple[str, str, type[State]]] = [
    (CODE, "xin gõ 4 số cuối", AsksProof),
    ("4821", "đã trả kết quả", Idle),
    ("Nhắn khi có tin", "nhắn cho anh/chị nhé", AsksConsent),
    ("có", "Đã bật theo dõi", Idle),
    (EVENT, "kết quả hồ sơ hộ tịch", AsksStars),
    ("làm hộ chiếu cần giấy gì", "hộ chiếu", Idle),
    ("Chấm điểm", "từ 1 đến 5", AsksStars),
    ("được", "Ghi 4 – Hài lòng nhé", AsksSure),
    ("5", "Đã ghi: 5 – Rất hài lòng", AsksReasons),
    ("2 và 3", "Đi một lần là xong và Hướng dẫn dễ hiểu", AsksReasons),
    ("✓ Đi một lần là xong", "Đang chọn: Hướng dẫn dễ hiểu.", AsksReasons),
    ("Xong", "Câu 1 trong 4", AsksTap),
    ("2", "Câu 2 trong 4", AsksTap),
    ("Bỏ qua", "Câu 3 trong 4", AsksTap),
    ("không", "Câu 4 trong 4", AsksTap),
    ("Không", "nhắn thêm gì", AsksComment),
    ("papers 1.001193", "khai sinh", Idle),
    ("đổi điểm", "đã chấm “5 – Rất hài lòng”", AsksStars),
    ("2", "Đã ghi: 2 – Không hài lòng", AsksReasons),
    ("phải đi lại ba lần, lần nào cũng bảo chờ thêm", "Đã nhận lời nhắn", Idle),
]


async def test_the_whole_conversation() -> None:
    talk = a_talk(following=False)
    talk.book.bindings.clear()
    talk.respond = respond
    for typed, expected, state in STORY:
        if typed == EVENT:
            step = await talk.happens(EVENT)
            assert isinstance(step, Step)
            said = step.say[0].text
        else:
            said = await talk.says(typed)
        assert expected in said
        assert isinstance(talk.conversation.state, state)
    last = talk.book.ratings[-1][2]
    assert (last.stars, last.reasons) == (2, ())
    assert last.comment == "phải đi lại ba lần, lần nào cũng bảo chờ thêm"
