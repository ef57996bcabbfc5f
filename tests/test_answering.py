"""Asking about procedures: what is answered, in how much room, and never a number that the catalog lacks."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest
from msgspec.structs import replace

from handlers.answers.answering import LONGEST_CODE, MOST_CHOICES, Asked, Place, answer, details
from handlers.answers.facts import cut, titled, whole
from handlers.messages import Outgoing
from handlers.texts.asking import source
from handlers.texts.format import FIRST_LIMIT, LABEL_LIMIT
from handlers.texts.greeting import machine
from procedures.finding.facets import Facet
from procedures.procedure import (
    Case,
    Document,
    Fee,
    Level,
    Procedure,
    ProcessingTime,
    Source,
    Submission,
    TimeUnit,
    Tone,
    Way,
)
from tests.fakes import catalog
from tests.tables import row

TODAY = date(2026, 11, 22)
PLACE = Place("xã Đồng Sậy", "0200 000 007", "thôn Trung, xã Đồng Sậy", TODAY)
EVERY = tuple(catalog())
TELLS = {
    Facet.PAPERS: ("mang theo", "giấy tờ"),
    Facet.FEE: ("Lệ phí: ", "Riêng lệ phí", "lệ phí do", "mức lệ phí"),
    Facet.TIME: ("Xong: ", "thời gian làm"),
    Facet.WHERE: ("Nộp ở: ", "Nơi giải quyết: ", "Riêng nơi nộp"),
}
"""By what a fact, or that it is not known, is told apart."""
TOGETHER = (
    (),
    *((facet,) for facet in Facet),
    (Facet.FEE, Facet.TIME),
    (Facet.TIME, Facet.FEE),
    (Facet.PAPERS, Facet.FEE),
    (Facet.PAPERS, Facet.ONLINE),
    (Facet.PAPERS, Facet.FEE, Facet.TIME, Facet.WHERE),
)

BARE = Procedure(
    code="9.000001",
    name="Thủ tục thử",
    plain="Việc thử",
    field="Thử",
    level=Level.COMMUNE,
    source=Source(None, "1/QĐ-X", date(2026, 1, 2)),
    cases=(Case("thuong", "Thường", (Document("Tờ khai"),)),),
)


def said(procedure: Procedure, *facets: Facet, case: str | None = None) -> str:
    return answer(Asked(procedure, facets, case), PLACE).text


def with_ways(**more: object) -> Procedure:
    return replace(BARE, submissions=(Submission(Way.IN_PERSON, **more),))  # type: ignore[arg-type]


# --- over the whole catalog ------------------------------------------------------------------------------------------


def test_a_first_answer_fits_a_small_screen_and_names_its_source() -> None:
    rows = [(each, key) for each in EVERY for key in (None, *(case.key for case in each.cases))]
    for (procedure, key), facets in itertools.product(rows, TOGETHER):
        with row(procedure.code, key, facets):
            out = answer(Asked(procedure, facets, key), PLACE, others=("1.000656", "1.004859"))
            assert len(out.text) <= FIRST_LIMIT, out.text
            assert out.text.endswith(source(procedure.code, procedure.source))
            assert ":\nNguồn:" not in out.text, "a heading with nothing below it"
            assert procedure.elsewhere is None or procedure.elsewhere in out.text.splitlines()[0]
            assert procedure.scope == "national" or procedure.scope in out.text
            assert_choices_fit(out)


@pytest.mark.parametrize("parts", [(Facet.PAPERS, Facet.TIME), (Facet.FEE, Facet.TIME), (Facet.FEE, Facet.WHERE)])
def test_two_facts_fit_a_small_screen_in_a_chats_first_answer(parts: tuple[Facet, ...]) -> None:
    """Below the line that a machine speaks, for all but a few of what the desk does itself; and none is dropped."""
    before = len(machine(PLACE.name)) + 1
    own = [each for each in EVERY if each.elsewhere is None]
    answers = [answer(Asked(each, parts), PLACE, room=FIRST_LIMIT - before) for each in own]
    long = [out.text for out in answers if before + len(out.text) > FIRST_LIMIT]
    assert len(long) * 10 < len(own)
    for out in answers:
        for part, words in TELLS.items():
            assert part not in parts or any(word in out.text for word in words), out.text


def assert_choices_fit(out: Outgoing) -> None:
    assert len(out.choices) <= MOST_CHOICES
    assert len({choice.label for choice in out.choices}) == len(out.choices)
    for choice in out.choices:
        assert len(choice.label) <= LABEL_LIMIT
        assert len(choice.says.encode()) <= LONGEST_CODE


def test_never_a_number_that_the_catalog_lacks() -> None:
    for procedure in EVERY:
        known = numbers(repr(procedure)) | numbers(source(procedure.code, procedure.source)) | numbers(repr(PLACE))
        for facets in TOGETHER:
            text = said(procedure, *facets)
            body = re.sub(r"(?m)^\d+\. |Còn \d+ giấy nữa|Có khi cần thêm \d+ giấy", "", text)
            assert numbers(body) <= known, (procedure.code, text)


def numbers(text: str) -> set[str]:
    """The numbers of a text without the dots of thousands."""
    return {found.replace(".", "").lstrip("0") or "0" for found in re.findall(r"\d+(?:\.\d{3})*", text)}


def test_every_paper_can_be_read_to_the_end() -> None:
    for procedure, case in [(each, case) for each in EVERY for case in each.cases]:
        with row(procedure.code, case.key):
            page, texts = 1, []
            while True:
                out = details(Asked(procedure, (), case.key), Facet.PAPERS, page, PLACE)
                texts.append(out.text)
                assert len(out.text) < 2000
                assert_choices_fit(out)
                if not any(choice.says.endswith(f" p{page + 1}") for choice in out.choices):
                    break
                page += 1
            for n, document in enumerate(case.documents, 1):
                assert any(f"{n}. {document.name}" in text for text in texts)


@pytest.mark.parametrize("procedure", [each for each in EVERY if each.tone is Tone.GRIEF], ids=lambda each: each.code)
def test_no_cheer_beside_a_death(procedure: Procedure) -> None:
    text = answer(Asked(procedure), PLACE, condole=True).text
    assert text.startswith("Xin chia buồn cùng gia đình.")
    assert not re.search(r"chúc mừng|tin vui|!|⭐", text, re.IGNORECASE)


def test_nobody_is_sent_to_a_district() -> None:
    """Districts ended on 2025-07-01; no line that any answer about any case can say names one."""
    gone = re.compile(r"\b(?:huyện|quận|thị xã)\b", re.IGNORECASE)
    count = 0
    for procedure in EVERY:
        assert not gone.search(f"{procedure.plain} {procedure.elsewhere} {procedure.summary}")
        for key in (None, *(case.key for case in procedure.cases)):
            for facet in Facet:
                lines = whole(procedure, facet, key)
                for line in lines.lines if lines else ():
                    count += 1
                    assert not gone.search(line), line
    assert count > 10_000


def test_a_page_that_begins_within_a_way_says_again_which() -> None:
    desk, online = (
        Submission(way, fees=tuple(Fee(f"Phí {way.value} {n}", 1000 * n) for n in range(1, 7)))
        for way in (Way.IN_PERSON, Way.ONLINE)
    )
    asked = Asked(replace(BARE, submissions=(desk, online)))
    first, second = (details(asked, Facet.FEE, page, PLACE).text.split("\n") for page in (1, 2))
    assert first[1:3] == ["Nộp tại quầy:", "- Phí in_person 1: 1.000 đồng"]
    assert first[-2] == "- Phí in_person 6: 6.000 đồng"
    assert second[1:3] == ["Nộp qua mạng:", "- Phí online 1: 1.000 đồng"]
    longer = replace(asked.procedure.submissions[0], fees=asked.procedure.submissions[0].fees * 2)
    asked = Asked(replace(BARE, submissions=(longer, online)))
    assert details(asked, Facet.FEE, 2, PLACE).text.split("\n")[1] == "Nộp tại quầy:"


# --- one fact at a time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fees", "line"),
    [
        ((Fee("Lệ phí", 0),), "- Lệ phí: không mất tiền"),
        ((Fee("Lệ phí", 15000),), "- Lệ phí: 15.000 đồng"),
        ((Fee("Bản sao", 8000, per="bản"),), "- Bản sao: 8.000 đồng mỗi bản"),
        ((Fee("Lệ phí", None, note="do Hội đồng nhân dân tỉnh quy định"),), "do Hội đồng nhân dân tỉnh quy định"),
        ((Fee("Lệ phí", 5000, note="nộp tại quầy"),), "5.000 đồng (nộp tại quầy)"),
    ],
)
def test_fees(fees: tuple[Fee, ...], line: str) -> None:
    assert line in said(with_ways(fees=fees), Facet.FEE)


@pytest.mark.parametrize(
    ("time", "line"),
    [
        (ProcessingTime(TimeUnit.SAME_DAY), "Trong ngày"),
        (ProcessingTime(TimeUnit.WORKING_DAYS, 3), "3 ngày làm việc"),
        (ProcessingTime(TimeUnit.WORKING_DAYS, 3, least=1), "Từ 1 đến 3 ngày làm việc"),
        (ProcessingTime(TimeUnit.MONTHS, 2, note="từ khi đủ giấy"), "2 tháng (từ khi đủ giấy)"),
        (ProcessingTime(TimeUnit.HOURS, 24), "24 giờ"),
    ],
)
def test_times(time: ProcessingTime, line: str) -> None:
    assert line in said(with_ways(times=(time,)), Facet.TIME)


@pytest.mark.parametrize(
    ("others", "told"),
    [((), "Xong: 3 ngày làm việc; còn chi tiết."), ((ProcessingTime(TimeUnit.DAYS, 9),), "có trường hợp khác.")],
)
def test_a_note_that_does_not_fit_is_not_called_another_case(others: tuple[ProcessingTime, ...], told: str) -> None:
    long = ProcessingTime(TimeUnit.WORKING_DAYS, 3, note="tính từ ngày nhận đủ hồ sơ hợp lệ của người nộp " * 3)
    out = answer(Asked(with_ways(times=(long, *others)), (Facet.PAPERS, Facet.TIME)), PLACE)
    assert told in out.text
    assert any(choice.says.startswith("time ") for choice in out.choices)


@pytest.mark.parametrize(
    ("facet", "named"),
    [
        (Facet.FEE, "lệ phí"),
        (Facet.TIME, "thời gian làm"),
        (Facet.WHERE, "nơi nộp"),
        (Facet.ONLINE, "cách nộp qua mạng"),
        (Facet.RESULT, "giấy nhận về"),
        (Facet.LEGAL_BASIS, "căn cứ pháp luật"),
    ],
)
def test_an_absent_fact_is_said_to_be_absent_with_the_phone(facet: Facet, named: str) -> None:
    text = said(BARE, facet)
    assert f"Riêng {named}, nguồn của máy không ghi" in text
    assert "0200 000 007" in text
    assert "không ghi" in said(BARE, Facet.PAPERS, facet)


def test_a_way_that_the_source_does_not_name_is_not_refused() -> None:
    text = said(with_ways(), Facet.ONLINE)
    assert "không ghi cách nộp qua mạng, chỉ ghi nộp tại quầy" in text
    assert "được" not in text


def test_fees_that_differ_by_way_stand_under_it() -> None:
    both = replace(
        BARE,
        submissions=(
            Submission(Way.IN_PERSON, fees=(Fee("Lệ phí", 10000),)),
            Submission(Way.ONLINE, fees=(Fee("Lệ phí", 5000),)),
        ),
    )
    assert "Nộp tại quầy:\n- Lệ phí: 10.000 đồng\nNộp qua mạng:\n- Lệ phí: 5.000 đồng" in said(both, Facet.FEE)


def test_a_fee_of_one_case_stands_under_its_name_unless_the_case_is_chosen() -> None:
    cases = (*BARE.cases, Case("xa", "Ở xa", (Document("Tờ khai"),)))
    two = replace(with_ways(fees=(Fee("Lệ phí", 0), Fee("Lệ phí", 7000, case="xa"))), cases=cases)
    assert "- Ở xa: Lệ phí: 7.000 đồng" in said(two, Facet.FEE)
    assert "7.000" not in said(two, Facet.FEE, case="thuong")
    assert "- Lệ phí: 7.000 đồng" in said(two, Facet.FEE, case="xa")


def test_the_papers_always_needed_come_first_and_the_others_are_counted() -> None:
    documents = (Document("Giấy A"), Document("Giấy B", note="chỉ khi nhờ người khác"), Document("Giấy C", shown=True))
    text = said(replace(BARE, cases=(Case("thuong", "Thường", documents),)), Facet.PAPERS)
    assert "1. Giấy A\n2. Giấy B (1 bản chính)" not in text
    assert "1. Giấy A" in text
    assert "Giấy C (" in text


def test_whose_rule_it_is_and_until_when() -> None:
    assert "Theo quyết định của tỉnh X; nơi khác có thể khác." in said(replace(BARE, scope="tỉnh X"))
    assert "áp dụng đến hết ngày 28/2/2027" in said(replace(BARE, effective_to=date(2027, 2, 28)))
    assert "áp dụng" not in said(replace(BARE, effective_from=date(2020, 1, 1)))


def test_the_last_page_of_the_law_has_the_page_it_was_read_from() -> None:
    born = next(each for each in EVERY if each.code == "1.001193")
    texts = [details(Asked(born), Facet.LEGAL_BASIS, page, PLACE).text for page in (1, 2, 3)]
    assert any(born.source.url is not None and born.source.url in text for text in texts)


def test_the_case_is_named_where_there_are_several() -> None:
    born = next(each for each in EVERY if each.code == "1.001193")
    assert titled(born, born.cases[1].key) == f"{born.plain} ({born.cases[1].name[0].lower()}{born.cases[1].name[1:]})"
    assert titled(BARE, None) == "Việc thử"
    assert whole(BARE, Facet.FEE, None) is None


def test_a_fact_is_not_cut_inside_its_brackets() -> None:
    line = "3 ngày (bằng lái điện tử; bằng nhựa cũng vậy), hoặc hơn; tùy nơi"
    assert cut((line,), 60).lines == ("3 ngày (bằng lái điện tử; bằng nhựa cũng vậy), hoặc hơn.",)
    assert not any(each.count("(") != each.count(")") for each in cut((line,), 50).lines if each.endswith("."))


def test_a_line_that_does_not_fit_ends_with_a_clause_rather_than_in_a_word() -> None:
    line = "Nộp ở: Cơ quan bảo hiểm xã hội; người đang đi làm nộp được cho nơi làm việc."
    assert cut((line,), 20).lines == ("Nộp ở: Cơ quan bảo hiểm xã hội.",)
