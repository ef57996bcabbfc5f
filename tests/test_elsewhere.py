"""What citizens ask for and the catalog has no page of: who decides it is named, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from handlers.answers.asking import question
from handlers.desk import Conversation
from handlers.messages import Outgoing
from handlers.respond import respond
from procedures.learning.phrasings import Phrasings
from procedures.national.elsewhere import read_elsewhere
from procedures.procedure import Procedure
from procedures.search import DOUBTED, ELSEWHERE, Ask, Decision, Hit, Index, Unknown
from tests.books import catalog, elsewhere, index
from tests.fakes import Talk, a_desk

BIRTH = next(each for each in catalog() if each.code == "1.001193")
GOOD = """
- code: "1.004359"
  name: Cấp giấy phép khai thác thủy sản
  agency: Cơ quan thủy sản cấp tỉnh
  source: {url: "https://dichvucong.gov.vn/x", checked: 2026-11-22}
"""


def test_everything_that_is_asked_for_stands_in_the_catalog_or_says_who_decides() -> None:
    known = {code for code in Phrasings.load().ways if catalog().by_code(code) is None}
    assert set(elsewhere()) == known
    named = [row for row in elsewhere().values() if row.agency]
    assert len(named) >= 170, "the national list names them"


def test_its_codes_are_what_the_search_finds_beside_the_catalog() -> None:
    """A way of asking as it was learned leads to its own entry, or to a few that it is asked back about."""
    ways = Phrasings.load().ways
    lost = {
        code
        for code in elsewhere()
        if isinstance(found := index().decide(ways[code][0]), Unknown)
        and found.elsewhere
        and code not in found.elsewhere
    }
    assert len(lost) <= 2, sorted(lost)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("em chế ra cái máy tách hạt muốn đăng ký sáng chế", "do Cục Sở hữu trí tuệ giải quyết"),
        ("phuc khao diem thi tot nghiep thpt", "do trường học của thí sinh giải quyết"),
        ("mo quan karaoke xin phep o dau", "do Sở Văn hóa, Thể thao và Du lịch giải quyết"),
        ("chồng em người Mỹ muốn thường trú", "xuất nhập cảnh của Công an tỉnh giải quyết"),
        ("năm nay tui đủ tuổi về hưu, làm hồ sơ hưởng lương hưu ở đâu", "do Bảo hiểm xã hội tỉnh giải quyết"),
        ("con trai 17 tuổi đăng ký nghĩa vụ quân sự", "do Ban Chỉ huy quân sự cấp xã giải quyết"),
    ],
)
async def test_who_decides_is_named_with_the_source_and_no_figure(text: str, who: str) -> None:
    talk = Talk(respond)
    said = await talk.says(text)
    assert who in said and "Nguồn: danh mục quốc gia, thủ tục" in said
    assert not re.search(r"\d đồng|ngày làm việc|huyện", said)
    assert talk.conversation.offered[0].says == "person"


class Says(Index[Procedure]):
    """A search that always says the same: what is told of it does not follow what was learned."""

    says: Decision[Procedure]

    def decide(self, text: str) -> Decision[Procedure]:
        return self.says


def told(says: Decision[Procedure]) -> Outgoing:
    search = Says(())
    search.says = says
    (said,) = question(Conversation(version=1), replace(a_desk(), index=search), "xin giấy phép").say
    return said


FLIGHT, PILOT, DRUGGIST, AGAIN = "1.013272", "1.014690", "1.014099", "1.014100"


@pytest.mark.parametrize(
    ("says", "first", "codes"),
    [
        (Unknown(ELSEWHERE, (DRUGGIST,)), "Cấp Chứng chỉ hành nghề dược", []),
        (Unknown(ELSEWHERE, (DRUGGIST, AGAIN)), "Cấp Chứng chỉ hành nghề dược", []),
        (Unknown(ELSEWHERE, (FLIGHT, PILOT)), "Anh/chị cần việc nào?", [FLIGHT, PILOT]),
        (Unknown(ELSEWHERE, (DRUGGIST,), is_sure=False), "Có phải anh/chị hỏi việc này không?", [DRUGGIST]),
        (Ask((Hit(BIRTH, 0.5),), (), (DRUGGIST,)), "Anh/chị cần việc nào?", [DRUGGIST, BIRTH.code]),
        (Unknown(ELSEWHERE, ("9.999999",)), "Việc này máy chưa có trong danh mục", []),
    ],
)
def test_one_office_is_named_and_of_several_or_where_it_is_doubtful_it_is_asked(
    says: Decision[Procedure], first: str, codes: list[str]
) -> None:
    said = told(says)
    assert said.text.startswith(first)
    assert [choice.says.split()[-1] for choice in said.choices if choice.says.startswith("about")] == codes
    assert ("do Sở Y tế giải quyết" in said.text) is (first.startswith("Cấp"))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("xin thôi quốc tịch Việt Nam để nhập tịch Đức", "Thôi quốc tịch Việt Nam"),
        ("xin số nhà cho căn nhà mới xây", "Giấy chứng nhận biển số nhà"),
    ],
)
async def test_what_may_be_elsewhere_is_never_answered_with_its_neighbour(text: str, first: str) -> None:
    said = await Talk(respond).says(text)
    assert first in said and "mang theo" not in said


def test_what_is_hardly_nearer_elsewhere_is_no_reason_to_ask() -> None:
    """What is left of a way of asking by its end is now and then a little nearer to what other offices do."""
    ways = Phrasings.load().ways
    ends = [" ".join(way.split()[-3:]) for code in sorted(ways.keys() - elsewhere()) for way in ways[code][:4]]
    hardly = [text for text in ends if 0 < index().evidence.candidates(text).beyond < DOUBTED]
    assert hardly
    decisions = [index().decide(text) for text in hardly]
    assert not any(each.elsewhere for each in decisions if isinstance(each, Ask | Unknown))


def test_none_of_it_leads_to_what_else_could_be_meant() -> None:
    said = told(Unknown(ELSEWHERE, (DRUGGIST, AGAIN)))
    refused = next(choice for choice in said.choices if choice.label == "Không phải")
    assert refused.says.split()[:2] == ["other", AGAIN]


async def test_a_code_that_is_typed_says_who_decides() -> None:
    assert "do Cục Sở hữu trí tuệ giải quyết" in await Talk(respond).says("1.015002")


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('"1.004359"', "1.004359", ":2: code 1.004359 is not quoted"),
        ("cấp tỉnh", "cấp huyện", ":4: Cơ quan thủy sản cấp huyện ended on 2025-07-01"),
        ("thủy sản cấp tỉnh", "thủy sản; Sở A; Sở B", ":4: Cơ quan thủy sản; Sở A; Sở B is told as"),
        ("gov.vn", "example.com", "is no page of the State"),
        ("agency:", "fee:", ":4: unknown key fee"),
    ],
)
def test_a_mistake_is_named_by_line(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    file = tmp_path / "elsewhere.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert read_elsewhere(file)[1] == ()
    file.write_text(GOOD.replace(wrong, right), encoding="utf-8")
    assert says in "\n".join(map(str, read_elsewhere(file)[1]))
