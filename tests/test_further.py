"""What follows in a conversation: the same matter in another case, or a new one; and what is known but not here."""

from __future__ import annotations

import pytest

from handlers.respond import respond
from procedures.search import ELSEWHERE, Answer, Unknown
from tests.fakes import Talk, index


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        ("đăng ký khai sinh", "người nước ngoài thì sao", "Khai sinh có yếu tố nước ngoài"),
        ("đăng ký khai sinh", "thế người nước ngoài", "Khai sinh có yếu tố nước ngoài"),
        ("đăng ký kết hôn", "con nguoi nuoc ngoai thi sao", "Kết hôn có yếu tố nước ngoài"),
        ("đăng ký hộ kinh doanh", "còn đóng cửa luôn thì sao", "Chấm dứt hoạt động hộ kinh doanh"),
        ("đăng ký khai sinh", "còn lệ phí thì sao", "Đăng ký khai sinh (có giấy chứng sinh), tiền phải nộp"),
        ("đăng ký khai sinh", "thế nộp online được không", "Đăng ký khai sinh.\nNộp qua mạng được"),
        ("đăng ký kết hôn", "thế còn đăng ký tạm trú", "Đăng ký tạm trú"),
        ("đăng ký kết hôn", "còn làm hộ chiếu thì sao", "Làm hộ chiếu"),
        ("đăng ký khai tử", "còn trợ cấp mai táng thì sao", "Hưởng chế độ tử tuất"),
    ],
)
async def test_what_follows_is_about_the_same_matter_or_begins_a_new_one(first: str, then: str, words: str) -> None:
    talk = Talk(respond)
    await talk.says(first)
    assert words in await talk.says(then)


@pytest.mark.parametrize(
    ("first", "then", "is_asked_back"),
    [
        ("xin giấy độc thân", "cmnd het han gio lam can cuoc o dau", "Đổi thẻ căn cước"),
        ("làm lại thẻ căn cước bị mất", "còn con tôi 5 tuổi", "bị mất, bị hỏng (dưới 14 tuổi)"),
        ("xin giấy độc thân", "mất bao lâu với tốn nhiêu tiền", "Xong: 3 ngày làm việc"),
        ("xin giấy độc thân", "mấy bữa có", "3 ngày làm việc"),
    ],
)
async def test_a_new_subject_is_noticed_and_the_old_one_kept(first: str, then: str, is_asked_back: str) -> None:
    talk = Talk(respond)
    await talk.says(first)
    assert is_asked_back in await talk.says(then)


@pytest.mark.parametrize(
    "text",
    ["giấy phép karaoke", "làm giấy khuyết tật cho con", "thi công chức xã", "con trai tui đi nghĩa vụ đăng ký ở đâu"],
)
async def test_what_was_learned_about_but_is_not_here_is_said_to_be_not_here(text: str) -> None:
    decision = index().decide(text)
    assert isinstance(decision, Unknown) and decision.kind == ELSEWHERE
    said = await Talk(respond).says(text)
    assert "giải quyết" in said and "Nguồn: danh mục quốc gia" in said


@pytest.mark.parametrize(
    "text", ["khai sinh hết bao nhiêu tiền", "lệ phí khai sinh", "đăng ký kết hôn mất bao lâu", "mất căn cước"]
)
def test_a_short_question_is_answered_at_once(text: str) -> None:
    assert isinstance(index().decide(text), Answer)
