"""A few words that name nothing else are about what was spoken of; words that name something are not."""

from __future__ import annotations

import pytest

from handlers.answers.staying import stays
from handlers.respond import respond
from handlers.states import Idle
from procedures.procedure import Procedure
from procedures.search import Answer, Hit
from tests.fakes import Talk, a_desk, catalog

SCRIPTS: dict[str, list[tuple[str, str]]] = {
    "how soon": [
        ("khai sinh cho con", "Đăng ký khai sinh"),
        ("lấy liền được không", "Đăng ký khai sinh (có giấy chứng sinh), thời gian làm:\n"),
        ("có gấp được không", "thời gian làm:\n"),
        ("con được 2 tháng rồi có bị phạt không", "Riêng tiền phạt, nguồn của máy không ghi"),
    ],
    "by when one has to go, and who may": [
        ("khai tử cho bà nội", "Đăng ký khai tử"),
        ("bao lâu phải đi khai", "Người thân đi khai tử trong 15 ngày kể từ ngày có người mất.\nĐăng ký khai tử"),
        ("con cháu nội đi khai được không", "Đăng ký khai tử: người khác đi thay thì mang thêm"),
    ],
    "a deadline that the source lacks": [
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("chậm nhất bao lâu phải đăng ký", "Riêng hạn phải đi làm, nguồn của máy không ghi"),
    ],
    "three facts by a word of the topic's": [
        ("giấy khai sinh của tôi bị sai tên đệm", "Sửa, đổi thông tin giấy khai sinh"),
        ("sửa mất bao lâu và hết bao nhiêu, nộp ở đâu", "Xong: 1 ngày làm việc"),
    ],
    "a condition answers": [
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("có cần 2 đứa cùng đi không", "Nguồn có ghi điều kiện:\n- Hai người"),
    ],
    "who lives elsewhere, in few words": [
        ("khai sinh cho con", "Đăng ký khai sinh"),
        ("tôi ở tỉnh khác có làm được không", "Nộp ở: Trung tâm Phục vụ hành chính công"),
    ],
    "who lives elsewhere": [
        ("làm giấy độc thân", "Xin giấy độc thân"),
        ("tôi đang ở Sài Gòn có cần về quê không", "Nộp ở: Trung tâm Phục vụ hành chính công"),
    ],
    "nothing certain": [
        ("đăng ký tạm trú", "Đăng ký tạm trú"),
        ("chủ nhà không cho nhập thì sao", "Đăng ký tạm trú: câu hỏi thêm này máy chưa chắc"),
        ("hợp đồng viết tay được không", "máy vẫn chưa hiểu. Hỏi người sẽ nhanh hơn"),
    ],
    "a case, and a fine, whatever the search thinks of the words": [
        ("em mới đẻ", "Đăng ký khai sinh"),
        ("không muốn ghi tên cha", "Đăng ký khai sinh ("),
        ("phạt bao nhiêu nếu không làm", "Riêng tiền phạt, nguồn của máy không ghi"),
    ],
    "who comes along": [
        ("lam the can cuoc cho con 5 tuoi", "Làm thẻ căn cước cho trẻ dưới 14 tuổi"),
        ("co can dua be di khong", "Làm thẻ căn cước cho trẻ dưới 14 tuổi: câu hỏi thêm này máy chưa chắc"),
    ],
    "what is asked back about": [
        (
            "bé nhà em 4 tháng chưa khai sinh",
            "Có phải anh/chị hỏi việc này không?\n1. Đăng ký khai sinh\n0. Không phải",
        ),
        ("giờ đi làm luôn được không", "Đăng ký khai sinh"),
    ],
    "the same list again, once": [
        ("mất giấy đăng ký kết hôn", "Anh/chị cần việc nào?\n1. Đăng ký lại kết hôn"),
        ("xin lại được không", "1. Đăng ký lại kết hôn"),
        ("xin lại được không ạ", "gọi 0200 000 007"),
    ],
    "few words beside the kind of talk that they are like": [
        ("em muốn làm lý lịch tư pháp", "Phiếu lý lịch tư pháp"),
        ("mấy số", "Phiếu lý lịch tư pháp"),
    ],
    "another subject by its name": [
        ("khai sinh cho con", "Đăng ký khai sinh"),
        ("còn hộ khẩu", "Đăng ký thường trú, nhập hộ khẩu"),
        ("thế làm căn cước cho bé thì sao", "Làm thẻ căn cước cho trẻ dưới 14 tuổi"),
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("mua bảo hiểm y tế", "Mua bảo hiểm y tế"),
        ("visa", "Visa điện tử"),
    ],
    "what is no procedure's": [
        ("khai sinh cho con", "Đăng ký khai sinh"),
        ("asdkjh qwe", "Câu này máy chưa hiểu"),
        ("đăng ký khai sinh", "Đăng ký khai sinh"),
        ("thịt heo mua ở đâu", "máy"),
    ],
    "how large a plot": [
        ("tách thửa cho con", "Tách thửa"),
        ("tối thiểu bao nhiêu m2", "Riêng diện tích, nguồn của máy không ghi"),
    ],
    "what is asked back about, by the month": [
        ("ông muốn hỏi trợ cấp người cao tuổi", "Ông cần việc nào?"),
        ("được bao nhiêu tiền một tháng", "Ông cần việc nào?\n1. "),
    ],
}


@pytest.mark.parametrize("name", SCRIPTS)
async def test_scripts(name: str) -> None:
    talk = Talk(respond)
    for text, told in SCRIPTS[name]:
        assert told in await talk.says(text)


async def test_a_question_about_no_paper_gets_no_place_to_hand_in() -> None:
    talk = Talk(respond)
    await talk.says("khai sinh cho con")
    assert "Nộp ở" not in await talk.says("thịt heo mua ở đâu")


async def test_what_is_not_certain_is_kept_for_the_officials_to_see() -> None:
    talk = Talk(respond)
    await talk.says("đăng ký tạm trú")
    await talk.says("chủ nhà không cho nhập thì sao")
    assert [choice.label for choice in talk.conversation.offered]
    assert talk.conversation.topic.procedure == "1.004194"
    assert talk.conversation.state == Idle(1, "chủ nhà không cho nhập thì sao")


def _by_code(code: str) -> Procedure:
    found = catalog().by_code(code)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "stay"),
    [
        ("bao lâu phải đi khai", True),
        ("ai được đi khai", True),
        ("khai sinh thì bao lâu phải đi khai", False),
        ("còn khai sinh", False),
    ],
)
def test_a_sure_answer_is_taken_back_only_where_no_word_is_its_own(text: str, stay: bool) -> None:
    birth, death = _by_code("1.001193"), _by_code("1.000656")
    assert stays(text, death, Answer(Hit(birth, 0.95)), a_desk()) is stay


def test_a_long_story_begins_anew() -> None:
    death = _by_code("1.000656")
    story = "cho hỏi ông tôi hồi đó đi làm ăn xa rồi không ai biết ở đâu nữa thì sao"
    assert not stays(story, death, Answer(Hit(_by_code("1.001193"), 0.1)), a_desk())
