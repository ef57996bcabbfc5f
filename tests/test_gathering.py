"""The list of papers of one's own: asked for, ticked off, resumed, printed, passed on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from handlers import memory
from handlers.desk import Conversation, Desk, Later, Step
from handlers.guides.sheet import Sheet
from handlers.guides.ticking import read_ticks
from handlers.memory import Checklist, Memory
from handlers.messages import Chat, Incoming
from handlers.reading import links
from handlers.respond import respond
from procedures.finding.facets import Facet
from procedures.local import Hidden, Local
from procedures.procedure import Document
from ratings.reports.page import Page
from tests.fakes import Talk, catalog

BORN = "1.001193"


def guide_print(code: str = BORN) -> str:
    procedure = catalog().by_code(code)
    assert procedure is not None and procedure.guide is not None
    return procedure.guide.print


@dataclass
class Press:
    """A printer that keeps what it was given."""

    sheets: list[Sheet] = field(default_factory=list)

    async def sheet(self, sheet: Sheet) -> bytes:
        self.sheets.append(sheet)
        return b"%PDF-"

    async def page(self, page: Page) -> bytes:
        raise AssertionError("no digest is printed here")


PRESS = Press()


async def at_an_address(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    """The whole conversation, where links open and pages are printed."""
    return await respond(conversation, incoming, replace(desk, printer=PRESS, address="https://t.me/motcua_bot"))


SCRIPTS = {
    "asked, ticked, complete": [
        ("làm khai sinh cho con", "Đăng ký khai sinh"),
        ("lập danh sách cho tôi", "Bé có giấy chứng sinh"),
        ("có", "đăng ký kết hôn"),
        ("1", "người nước ngoài"),
        ("Đều là người Việt Nam", "Ai sẽ đi"),
        ("cha hoặc mẹ", "Cần mang 3 giấy"),
        ("2 đã có", "Còn thiếu 2 giấy:\n1. Tờ khai đăng ký khai sinh\n3. "),
        ("có tờ khai rồi", "Còn thiếu 1 giấy"),
        ("3", "đã đủ 3 giấy cần mang"),
        ("còn thiếu giấy chứng sinh", "Còn thiếu 1 giấy:\n2. Giấy chứng sinh"),
    ],
    "in words of one's own": [
        ("guide 1.001193", "Bé có giấy chứng sinh"),
        ("không có", "Ai sẽ đi khai sinh"),
        ("ông bà", "Giấy của người làm chứng"),
    ],
    "not sure": [
        ("guide 1.001193", "Bé có giấy chứng sinh"),
        ("không biết nữa", "Không chắc cũng không sao"),
        ("có", "đăng ký kết hôn"),
        ("không có", "Không chắc cũng không sao"),
        ("2", "Ai sẽ đi"),
        ("quay lại câu trước", "đăng ký kết hôn"),
    ],
    "a question in between": [
        ("guide 1.001193", "Bé có giấy chứng sinh"),
        ("lệ phí bao nhiêu", "không mất tiền"),
        ("guide 1.001193", "Bé có giấy chứng sinh"),
    ],
    "resumed after something else": [
        ("guide 1.004194", "Ai đăng ký tạm trú"),
        ("1", "lần đầu"),
        ("1", "Cần mang 2 giấy"),
        ("đã có 1", "Còn thiếu 1 giấy"),
        ("giờ làm việc", "7:30"),
        ("danh sách của tôi", "Còn thiếu 1 giấy"),
    ],
    "another procedure after all": [
        ("guide 1.004194", "Ai đăng ký tạm trú"),
        ("1", "lần đầu"),
        ("gia hạn", "Vậy việc của anh/chị là: Gia hạn tạm trú."),
        ("danh sách của tôi", "chưa lập danh sách"),
    ],
    "a death": [
        ("guide 1.000656", "Xin chia buồn cùng gia đình."),
        ("không có, mất đã lâu", "Ai sẽ đi khai tử"),
        ("vợ chồng, con, cha mẹ", "Cần mang 3 giấy"),
    ],
    "a number too large": [
        ("guide 1.001612", "một người hay nhiều người"),
        ("1", "Ai sẽ đi"),
        ("tôi tự đi", "Cần mang 1 giấy"),
        ("9 đã có", "không có giấy số 9"),
    ],
    "none yet": [("danh sách của tôi", "chưa lập danh sách giấy tờ nào")],
    "a case by hand": [("guide 1.001193", "Bé có"), ("Xem mọi trường hợp", "thuộc trường hợp nào")],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
async def test_scripts(script: list[tuple[str, str]]) -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    for text, expected in script:
        said = await talk.says(text)
        assert expected in said, (text, said)


async def gathered(talk: Talk, *answers: str, code: str = BORN) -> str:
    await talk.says("alo")
    said = await talk.says(f"guide {code}")
    for answer in answers:
        said = await talk.says(answer)
    return said


async def test_condolence_once() -> None:
    talk = Talk(respond=respond)
    said = [await gathered(talk, code="1.000656"), await talk.says("2"), await talk.says("1")]
    assert "".join(said).count("chia buồn") == 1


async def test_which_of_several_lists() -> None:
    talk = Talk(respond=respond)
    await gathered(talk, "1", "1", "1", "1")
    await talk.says("1 đã có")
    await gathered(talk, "1", "1", code="1.004194")
    assert "Đăng ký khai sinh (có giấy chứng sinh) (đã có 1/3)" in await talk.says("giấy tờ của tôi")
    assert "Còn thiếu 2 giấy" in await talk.says("2")


async def test_the_oldest_of_four_lists_goes() -> None:
    kept = Memory()
    for code in ("1.001193", "1.000656", "1.000894", "1.004873"):
        kept = kept.with_list(Checklist(code, "1", "abcd"))
    assert [each.procedure for each in kept.lists] == ["1.004873", "1.000894", "1.000656"]


async def test_a_link_opens_at_the_list_with_what_is_ticked() -> None:
    talk = Talk(respond=at_an_address)
    await gathered(talk, "1", "1", "1", "1")
    await talk.says("2 đã có")
    said = await talk.says(talk.choice("share").says)
    link = next(line for line in said.split("\n") if line.startswith("https://"))
    payload = link.removeprefix("https://t.me/motcua_bot?start=")
    assert len(payload) <= 64
    other = Talk(respond=at_an_address)
    assert "Đã có: 2. Giấy chứng sinh." in await other.says(f"/start {payload}")
    assert "Còn thiếu 2 giấy" in await other.says("danh sách của tôi")


@pytest.mark.parametrize(
    "payload", ["g1_001193-0000-1111", "g1_001193-0000-", "g9_999999-0000-1", f"g1_001193-{guide_print()}-99"]
)
async def test_a_link_of_another_tree_begins_anew_or_shows_the_fields(payload: str) -> None:
    said = await Talk(respond=respond).says(f"/start {payload}")
    assert "trả lời lại giúp máy" in said or "Nút này cũ rồi" in said


async def test_a_link_with_half_the_answers_asks_on() -> None:
    assert "đăng ký kết hôn" in await Talk(respond=respond).says(f"/start g1_001193-{guide_print()}-1")


async def test_a_button_of_an_old_tree_begins_anew() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    for word in ("guide", "have", "sheet", "share"):
        more = " 1" if word == "have" else ""
        assert "trả lời lại giúp máy" in await talk.says(f"{word} 1.001193 ffff 11{more}")
    assert "Nút này cũ rồi" in await talk.says("guide 9.999999 ffff 11")
    assert "Nút này cũ rồi" in await talk.says(f"have 1.001193 {guide_print()} 1111 x")


async def test_the_page_holds_what_the_list_holds() -> None:
    talk = Talk(respond=at_an_address)
    await gathered(talk, "1", "1", "1", "1")
    await talk.says("2 đã có")
    step = await talk.turn(talk.choice("sheet").says)
    assert isinstance(step, Step)
    file = step.say[0].attachment
    assert file is not None
    assert (file.name, file.type, file.content) == ("dang-ky-khai-sinh.pdf", "application/pdf", b"%PDF-")
    sheet = PRESS.sheets[-1]
    assert [(paper.name, paper.have) for paper in sheet.papers][:2] == [
        ("Tờ khai đăng ký khai sinh", False),
        ("Giấy chứng sinh", True),
    ]
    assert sheet.answers[0] == "Bé có giấy chứng sinh của bệnh viện, trạm y tế không? Có."
    assert sheet.link is not None and sheet.link.endswith("-1111-2")
    assert {block.heading for block in sheet.facts} == {"Lệ phí", "Thời hạn", "Nộp ở đâu", "Hỏi quầy"}
    assert any("Nguồn: thủ tục 1.001193" in line for line in sheet.foot)
    assert talk.conversation.memory.lists[0].have == (2,)


async def test_without_a_printer_or_an_address_neither_is_offered() -> None:
    talk = Talk(respond=respond)
    await gathered(talk, "1", "1", "1", "1")
    says = [choice.says.split(" ")[0] for choice in talk.conversation.offered]
    assert says == ["have", "have", "have", "have", "guide"]


async def test_what_the_desk_hid_is_in_no_list() -> None:
    talk = Talk(respond=respond)
    talk.book.local = Local((), (Hidden("H99.07", BORN, Facet.PAPERS), Hidden("H99.07", BORN, Facet.FEE)))
    said = await gathered(talk, "1", "1", "1", "1")
    assert "Giấy chứng sinh\n" not in said and "1. " not in said
    assert said.count("quầy đang kiểm tra lại") == 2
    talk.book.local = Local((), (Hidden("H99.07", BORN, None),))
    assert "quầy đang kiểm tra lại" in await talk.says("danh sách của tôi")
    assert not any(choice.says.startswith("have") for choice in talk.conversation.offered)


async def test_nothing_of_a_list_is_a_citizens_word() -> None:
    talk = Talk(respond=respond)
    await gathered(talk, "có ạ, bé Nguyễn Văn An", "1", "1", "1")
    kept = memory.dump(talk.conversation.memory)
    assert kept is None or "An" not in str(kept)
    assert "1 danh sách giấy tờ" in await talk.says("xem dữ liệu") or kept is None


PAPERS = tuple(
    enumerate(
        (
            Document("Tờ khai đăng ký khai sinh"),
            Document("Giấy chứng sinh"),
            Document("Giấy ủy quyền có chứng thực"),
            Document("Căn cước, căn cước công dân hoặc hộ chiếu"),
            Document("Giấy báo tử"),
            Document("Bản sao học bạ"),
        ),
        1,
    )
)
TICKS: dict[str, tuple[tuple[int, ...], tuple[int, ...]] | None] = {
    "2 đã có": ((2,), ()),
    "đã có 1 và 3": ((1, 3), ()),
    "co to khai roi": ((1,), ()),
    "có căn cước rồi nhé": ((4,), ()),
    "còn thiếu giấy chứng sinh": ((), (2,)),
    "có tờ khai rồi, còn thiếu giấy ủy quyền": ((1,), (3,)),
    "đã có 1, 2; chưa có 3": ((1, 2), (3,)),
    "có tờ khai rồi còn thiếu giấy chứng sinh": ((1,), (2,)),
    "đủ hết rồi": ((1, 2, 3, 4, 5, 6), ()),
    "có đủ": ((1, 2, 3, 4, 5, 6), ()),
    "đã có giấy báo tử": ((5,), ()),
    "có bản sao học bạ rồi": ((6,), ()),
    "bản sao học bạ đã có chưa, xin sao": None,
    "xong số 2": ((2,), ()),
    "mất giấy chứng sinh rồi": ((), (2,)),
    "chưa có giấy chứng sinh thì sao": None,
    "chưa có giấy chứng sinh có được không": None,
    "không có giấy chứng sinh": None,
    "giấy chứng sinh đã có chưa?": None,
    "chưa đủ hết": None,
    "tôi muốn làm khai sinh": None,
    "đã có vợ": None,
    "cảm ơn": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), TICKS.items())
def test_what_a_message_says_of_the_papers(text: str, expected: tuple[tuple[int, ...], tuple[int, ...]] | None) -> None:
    found = read_ticks(text, PAPERS)
    assert (None if found is None else (found.have, found.lack)) == expected


@pytest.mark.parametrize(
    "checklist",
    [
        Checklist("1.001193", "12", "9ad6"),
        Checklist("1.001193", "12345", "9ad6", (1, 5, 12)),
        Checklist("1.014027.000.00.00.H24", "1", "0000", tuple(range(1, 31))),
    ],
)
def test_a_link_carries_a_list_there_and_back(checklist: Checklist) -> None:
    payload = links.payload(checklist)
    assert len(payload) <= links.LONGEST
    assert set(payload) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert links.parse(payload) == checklist


@pytest.mark.parametrize("text", ["1_001193", "g1_001193", "g1_001193-12-1", "xin chào", "", "g1_001193-9ad6-1-zz!"])
def test_other_payloads_are_no_lists(text: str) -> None:
    assert links.parse(text) is None


def test_what_is_kept_is_read_back() -> None:
    kept = Memory((Checklist("1.001193", "12", "9ad6", (1, 3)), Checklist("1.000656", "1", "0000")), "bác")
    assert memory.load(memory.dump(kept)) == kept
    assert memory.dump(Memory()) is None


@pytest.mark.parametrize("stored", [{}, {"v": 2}, {"v": 1, "lists": [["a"]], "address": ""}, "x", {"v": 1, "lists": 3}])
def test_what_cannot_be_read_is_nothing(stored: object) -> None:
    assert memory.load(stored) == Memory()


def test_chats_are_not_mixed() -> None:
    async def both() -> None:
        one, two = Talk(respond=respond), Talk(respond=respond, chat="test/0/2")
        await gathered(one, "1", "1", "1", "1")
        assert "chưa lập danh sách" in await two.says("danh sách của tôi")

    asyncio.run(both())


def test_a_chat_key_is_no_part_of_a_link() -> None:
    chat = Chat("telegram", "7", "123456789")
    assert chat.id not in links.link("https://t.me/motcua_bot", Checklist("1.001193", "1111", "9ad6"))
