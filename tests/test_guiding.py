"""Browsing by field and choosing a case: every procedure can be reached by typing numbers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from handlers.guides.guiding import case_named, fields, in_field
from handlers.listing import MOST, Option, keyed, page_of
from handlers.respond import respond
from handlers.texts.format import FIRST_LIMIT, LABEL_LIMIT
from procedures.catalog import Catalog
from tests.fakes import Talk, a_desk, catalog


async def pages(talk: Talk, opening: str) -> list[tuple[str, list[str]]]:
    """All pages of a list: what is said, and the codes of its lines."""
    found = []
    text = await talk.says(opening)
    while True:
        listed = [choice.says for choice in talk.conversation.offered if choice.key is not None]
        found.append((text, listed))
        if talk.conversation.offered[-1].key is not None:
            return found
        text = await talk.says("xem tiếp")


async def test_every_procedure_is_reached_by_numbers_alone() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    reached: set[str] = set()
    for _, listed_fields in await pages(talk, "xem theo nhóm việc"):
        for field in listed_fields:
            for text, listed in await pages(talk, field):
                assert len(text) <= FIRST_LIMIT
                reached |= {says.removeprefix("about ") for says in listed}
    assert reached == {procedure.code for procedure in catalog()}


async def test_a_field_by_number_and_a_procedure_by_number() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    await talk.says("xem theo nhóm việc")
    first = talk.conversation.offered[0]
    text = await talk.says("1")
    assert text.startswith(first.label.removesuffix("…"))
    chosen = talk.conversation.offered[0].says.removeprefix("about ")
    assert f"Nguồn: thủ tục {chosen}" in await talk.says("cái đầu tiên")


async def test_what_the_desk_does_itself_comes_first() -> None:
    born, married, dead = (catalog().by_code(code) for code in ("1.001193", "1.000894", "1.000656"))
    assert born
    assert married
    assert dead
    mixed = Catalog([replace(born, elsewhere="Công an xã"), married, replace(dead, field="Khác", elsewhere="Sở")])
    desk = replace(a_desk(), catalog=mixed)
    listed = in_field("ho-tich", 1, desk).say[0].choices
    assert [choice.says for choice in listed] == ["about 1.000894", "about 1.001193"]
    assert [choice.says for choice in fields(1, desk).say[0].choices] == ["field ho-tich", "field khac"]


@pytest.mark.parametrize(
    "says", ["field khong-co", "cases 9.999999", "papers 1.001193 khong_co", "digest", "about 1.001193 x"]
)
async def test_what_an_old_button_says_may_be_gone(says: str) -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    assert "Nút này cũ rồi" in await talk.says(says)
    assert talk.conversation.offered


async def test_a_page_too_far_is_the_last() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    last = (await pages(talk, "fields"))[-1][0]
    assert await talk.says("fields p99") == last


async def test_one_case_is_no_choice() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    single = next(each for each in catalog() if len(each.cases) == 1)
    assert "chỉ ghi một trường hợp" in await talk.says(f"cases {single.code}")


def test_a_page_holds_few_lines_and_short_labels() -> None:
    options = [Option(f"Một việc có tên rất là dài để thử xem sao {n}", f"about {n}") for n in range(30)]
    seen: list[str] = []
    for number in range(1, 31):
        page = page_of(options, number, "fields")
        keyed = [choice for choice in page.choices if choice.key is not None]
        assert len(keyed) <= MOST
        assert all(len(choice.label) <= LABEL_LIMIT for choice in page.choices)
        assert [choice.key for choice in keyed] == [str(n) for n in range(1, len(keyed) + 1)]
        seen += [choice.says for choice in keyed]
        if page.choices[-1].key is not None:
            break
    assert seen == [option.says for option in options]


def test_what_begins_alike_is_told_apart_by_its_end() -> None:
    names = (
        "Xin tiền mai táng cho người hưởng trợ cấp xã hội",
        "Xin tiền mai táng cho người hưởng hưu trí xã hội",
        "Khác",
    )
    labels = [choice.label for choice in keyed([Option(name, "about 1") for name in names])]
    assert labels == ["…hưởng trợ cấp xã hội", "…hưởng hưu trí xã hội", "Khác"]


async def test_what_is_asked_most_is_on_the_first_page() -> None:
    talk = Talk(respond=respond)
    await talk.says("alo")
    assert "1. Hộ tịch\n2. Đất đai\n3. Chứng thực\n" in await talk.says("xem theo nhóm việc")


CASES = {
    "làm khai sinh mà sinh ở nhà": "khong_chung_sinh",
    "bé không có giấy chứng sinh": "khong_chung_sinh",
    "me don than khong ghi ten cha": "chua_ro_cha",
    "trẻ bị bỏ rơi": "bo_roi",
    "làm khai sinh cho con mất bao nhiêu tiền thì xong": None,
    "làm khai sinh": None,
}


@pytest.mark.parametrize(("text", "key"), CASES.items())
def test_the_case_that_is_spoken_of(text: str, key: str | None) -> None:
    born = catalog().by_code("1.001193")
    assert born is not None
    case = case_named(born, text)
    assert (None if case is None else case.key) == key
