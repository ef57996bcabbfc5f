"""What goes on from what was said: the list that is open, another place, another person, a death, another body."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handlers.answers.continuing import of_another_person, of_another_place, of_less_to_pay, untold
from handlers.answers.grieving import is_a_child_alone, speaks_of_a_death
from handlers.answers.refusing import another_body
from handlers.respond import respond
from procedures.learning.phrasings import Phrasings
from tests.fakes import Talk, catalog

SCRIPTS: dict[str, list[tuple[str, str]]] = {
    "the fee of what is asked back about": [
        ("ba em mất để lại nhà đất thì mấy chị em làm sao", "Xin chia buồn cùng gia đình.\nAnh/chị cần việc nào?"),
        ("còn lệ phí?", "Anh/chị hỏi lệ phí của việc nào?\n1. "),
        ("1", "tiền phải nộp"),
    ],
    "a death is not a loss": [
        ("ba em mất rồi thì sổ đỏ sang tên cho con làm sao", "Xin chia buồn cùng gia đình.\nSang tên sổ đỏ"),
    ],
    "after a death there is no will to be certified": [
        ("mẹ mất để lại đất cho mấy anh em", "Xin chia buồn cùng gia đình.\nAnh/chị cần việc nào?"),
    ],
    "another place": [
        ("xin giấy độc thân", "giấy độc thân"),
        ("nộp ở chỗ tạm trú được không", "Nộp ở: Trung tâm Phục vụ hành chính công"),
    ],
    "somebody else goes": [
        ("xin giấy độc thân", "giấy độc thân"),
        ("uỷ quyền cho em gái đi làm được ko", "người khác đi thay thì mang thêm\n1. Giấy ủy quyền"),
        ("đăng ký kết hôn", "Đăng ký kết hôn, anh/chị mang theo"),
        ("nhờ mẹ nộp thay được không", "Hai người phải cùng có mặt"),
        ("tách thửa đất", "Tách thửa"),
        ("vợ tôi đi nộp thay được không", "không ghi việc người khác đi thay"),
    ],
    "less to pay": [
        ("đăng ký lại khai sinh", "Đăng ký lại khai sinh"),
        ("hộ nghèo có được miễn không", "Được miễn hoặc giảm: người thuộc gia đình có công"),
    ],
    "another place of what is asked back about": [
        ("ông muốn hỏi trợ cấp người cao tuổi", "Ông cần việc nào?"),
        ("nộp ở xã khác được không", "Ông hỏi nơi nộp của việc nào?"),
        ("mỗi tháng được bao nhiêu", "của việc nào?"),
    ],
    "who one's husband is": [
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("chồng em là người Đài Loan", "Kết hôn có yếu tố nước ngoài"),
        ("em là người hay máy", "không phải người"),
    ],
    "a case that two names share": [
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("ly hôn rồi xin giấy độc thân", "(đã ly hôn hoặc góa), anh/chị mang theo"),
    ],
    "a divorce": [
        ("em muốn ly hôn", "do Tòa án nhân dân giải quyết"),
        ("ly hôn ở Nhật về ghi chú", "Ghi chú ly hôn ở nước ngoài"),
    ],
    "a death of a child, told plainly": [
        ("con tôi mới mất, tôi cần làm giấy gì", "Xin chia buồn cùng gia đình.\nĐăng ký khai tử"),
    ],
    "a child without parents": [
        (
            "cháu học lớp 7, bố mất rồi mẹ bỏ đi, cháu ở với bà, giờ cháu không có giấy khai sinh",
            "Xin chia buồn cùng gia đình.\nTrẻ em cần người giúp thì gọi 111",
        ),
    ],
    "an allowance for the living": [
        ("tiền trợ cấp người già 80 tuổi", "Trợ cấp hưu trí xã hội"),
        ("má tui 78 tuổi", "Trợ cấp hưu trí xã hội"),
    ],
    "a funeral is not offered first for who lives": [
        ("con muon xin cho ba huong tien nguoi gia ba con 81 tuoi o mot minh", "1. Trợ cấp hưu trí xã hội"),
        ("xin tiền mai táng cho bà", "Xin tiền mai táng"),
    ],
    "the same list again, asked in few words": [
        ("mất sổ hộ khẩu", "Anh/chị cần việc nào?"),
        ("xin lại ở đâu", "Anh/chị hỏi nơi nộp của việc nào?"),
    ],
    "a field by its name": [
        ("hộ tịch", "Hộ tịch, anh/chị chọn việc, bấm hoặc gõ số:\n1. Đăng ký khai sinh"),
        ("thu tuc dat dai", "Đất đai, anh/chị chọn việc"),
        ("lý lịch tư pháp", "lý lịch tư pháp"),
    ],
    "a list is wished": [
        ("lập danh sách giấy tờ đăng ký kết hôn", "máy hỏi vài câu ngắn để lập danh sách"),
        ("có tờ khai rồi", "Giấy có rồi thì lát nữa anh/chị đánh dấu vào danh sách. Trước hết:\nAnh/chị đăng ký"),
        ("dừng", "Anh/chị bấm hoặc gõ số"),
        ("lập danh sách cho tôi", "Đăng ký kết hôn: máy hỏi vài câu ngắn"),
    ],
    "a list of nothing": [("lập danh sách cho tôi", "chưa lập danh sách giấy tờ nào")],
    "a list for one's wife": [("gửi cho vợ tôi xem", "chưa lập danh sách giấy tờ nào")],
    "who cannot read": [("tôi không biết chữ, làm giấy tờ sao", "cán bộ nói cho nghe")],
    "who was sent back": [
        ("tôi đi 3 lần rồi vẫn bị trả hồ sơ, cán bộ bảo thiếu giấy mà không nói thiếu gì", "Xin lỗi vì anh/chị"),
    ],
    "by when, asked at once": [
        ("bao lâu phải đi khai sinh cho con", "Cha mẹ khai sinh cho con trong 60 ngày kể từ ngày sinh.\n"),
    ],
    "a fact of nothing": [("lệ phí bao nhiêu", "Anh/chị đang hỏi việc nào?")],
}


@pytest.mark.parametrize("name", SCRIPTS)
async def test_scripts(name: str) -> None:
    talk = Talk(respond)
    for text, told in SCRIPTS[name]:
        assert told in await talk.says(text)


async def test_a_list_is_asked_after_by_word() -> None:
    talk = Talk(respond)
    assert "chưa lập danh sách" in await talk.says("in danh sách")
    await talk.says("khai sinh")
    await talk.says("guide 1.001193")
    for _ in range(4):
        await talk.says("1")
    await talk.says("có tờ khai rồi")
    await talk.says("cảm ơn")
    assert await talk.says("thiếu giấy nào") == await talk.says("còn thiếu gì")
    short = await talk.says("còn thiếu gì")
    assert "Còn thiếu 2 giấy" in short and "Lệ phí" not in short
    await talk.says("cảm ơn")
    assert "Gửi cho người nhà" in [
        choice.label for choice in talk.conversation.offered
    ] or "giấy tờ" in await talk.says("gửi cho người nhà")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("khai sinh trễ có bị phạt không", "fact.fine"),
        ("khai sinh tre co bi phat ko", "fact.fine"),
        ("cơ quan phát tiền hỗ trợ ở đâu", None),
        ("xe bị phát hiện mất giấy tờ", None),
        ("giấy độc thân có giá trị mấy tháng", "fact.validity"),
        ("bằng lái A1 có thời hạn mấy năm", "fact.validity"),
        ("thời hạn làm khai sinh bao lâu", None),
        ("căn cước dùng được bao lâu thì đổi", "fact.validity"),
    ],
)
def test_what_no_source_tells_is_noticed(text: str, what: str | None) -> None:
    assert untold(text) == what


async def test_what_no_source_tells_is_said_to_be_so_and_never_another_number() -> None:
    talk = Talk(respond)
    said = await talk.says("giấy độc thân có giá trị mấy tháng")
    assert "Riêng giấy dùng được bao lâu, nguồn của máy không ghi" in said and "ngày làm việc" not in said
    await talk.says("đăng ký kết hôn với người Hàn")
    said = await talk.says("giấy đó có giá trị mấy tháng")
    assert "nguồn của máy không ghi" in said and "Xong thì nhận: Giấy chứng nhận kết hôn" in said
    await talk.says("đăng ký khai sinh")
    assert (await talk.says("trễ có bị phạt không")).startswith("Riêng tiền phạt, nguồn của máy không ghi")
    assert "Riêng" not in await talk.says("còn lệ phí?")


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("cháu mồ côi cha mẹ, mới lớp 6, ở với bà", True),
        ("con em học lớp 3, ba nó bỏ đi rồi", True),
        ("chuyển trường cho con lớp 6, mất học bạ", False),
        ("bà tôi mồ côi từ nhỏ", False),
    ],
)
def test_a_child_without_parents_is_noticed(text: str, alone: bool) -> None:
    assert is_a_child_alone(text) is alone


DEATHS = {
    "ba em mất rồi thì sổ đỏ sang tên cho con làm sao": True,
    "vợ bác mới mất hôm qua": True,
    "chồng tôi qua đời năm ngoái": True,
    "bố tôi mất năm 2010 chưa sang tên đất": True,
    "con trai tôi mất": True,
    "me mat roi": True,
    "bố tôi là thương binh mới mất, gia đình được hưởng gì": True,
    "mẹ tôi hỏa táng có được hỗ trợ tiền không": True,
    "ông nội mới mất, giờ làm giấy gì": True,
    "mẹ em là cán bộ hưu mất sổ": False,
    "xin giấy hỏa táng": False,
    "anh trai em bị tai nạn chết": True,
    "mẹ em mất sổ bảo hiểm": False,
    "em mất rồi giấy khai sinh": False,
    "con em mất thẻ": False,
    "xe mà mất rồi thì báo ai": False,
    "vợ em mất điện thoại": False,
    "mất ba ngày": False,
    "ba ngày mất rồi": False,
    "con mất rồi": False,
    "bằng lái của ông nội mất trong trận lũ": False,
    "sợ mai mốt hai cụ mất thì không ai lo": False,
    "bo me mat het giay to": False,
    "con em sinh ra được 1 tiếng thì mất": True,
    "be sinh non roi mat": True,
    "vợ em bị sảy thai": True,
    "con sinh ở nhà rồi mất giấy chứng sinh": False,
    "bé đẻ giấy chứng sinh thì mất": False,
}


@pytest.mark.parametrize(("text", "expected"), DEATHS.items())
def test_to_die_is_not_to_lose(text: str, expected: bool) -> None:
    assert speaks_of_a_death(text) is expected


PLACES = {
    "nộp ở chỗ tạm trú được không": True,
    "thế nộp ở xã khác có được không": True,
    "lam o noi thuong tru ha": True,
    "đăng ký tạm trú ở đâu": False,
    "nộp ở chỗ tạm trú giấy gì để đăng ký xe": False,
}


@pytest.mark.parametrize(("text", "expected"), PLACES.items())
def test_another_place(text: str, expected: bool) -> None:
    assert of_another_place(text) is expected


LESS = {
    "sinh viên có được giảm không": True,
    "ho ngheo co duoc mien phi ko": True,
    "có được miễn giảm học phí không": False,
    "được miễn thuế đất không": False,
}


@pytest.mark.parametrize(("text", "expected"), LESS.items())
def test_less_to_pay(text: str, expected: bool) -> None:
    assert of_less_to_pay(text) is expected


PERSONS = {
    "ủy quyền cho em gái đi làm được không": True,
    "nhờ người khác nộp thay được không": True,
    "vợ tôi đi nộp thay được không": True,
    "chong toi lam ho duoc ko": True,
    "viết giấy ủy quyền ở đâu": False,
    "chứng thực hợp đồng ủy quyền": False,
    "vợ tôi muốn làm căn cước": False,
    "ủy quyền bán đất": False,
    "ủy quyền cho con trai đứng tên sổ đỏ": False,
    "còn làm hộ chiếu thì sao": False,
    "con làm hộ nghèo": False,
    "chồng em làm thay đổi biển số": False,
}


@pytest.mark.parametrize(("text", "expected"), PERSONS.items())
def test_another_person(text: str, expected: bool) -> None:
    assert of_another_person(text) is expected


def test_no_other_body_is_named_for_what_the_catalog_holds() -> None:
    bundled = {procedure.code for procedure in catalog()}
    ways = Phrasings.load().ways
    asked = [text for code, texts in ways.items() if code in bundled for text in texts]
    asked += [text for each in catalog() for text in (each.name, each.plain, *each.aliases)]
    for file in ("questions.jsonl", "questions_more.jsonl"):
        rows = map(json.loads, Path(__file__).with_name(file).read_text("utf-8").splitlines())
        asked += [row["text"] for row in rows if row["gold"]]
    assert [text for text in asked if another_body(text)] == []
