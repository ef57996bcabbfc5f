"""What a desk says for itself: values over national ones, facts taken out, how answers name the papers."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from bot.local.values import dump_line, dump_value, load_line, load_value
from handlers.answers.answering import Asked, Place, answer, details
from handlers.respond import respond
from handlers.texts.format import FIRST_LIMIT
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact, Stands, fees_of, times_of
from procedures.procedure import Case, Document, Fee, Procedure, ProcessingTime, Submission, TimeUnit, Way
from tests.fakes import Talk, catalog
from tests.tables import row
from tests.test_answering import BARE

TODAY = date(2026, 11, 22)
UNIT = "H99.07"
PAPER = Basis("12/NQ-HĐND", date(2025, 12, 5), "HĐND tỉnh Lam Châu")
OTHER = Basis("7/QĐ-UBND", date(2026, 2, 3), "UBND xã Đồng Sậy")
PLACE = Place("xã Đồng Sậy", "0200 000 007", "thôn Trung, xã Đồng Sậy", TODAY)
BIRTH, DEATH, COPY = "1.001193", "1.000656", "2.000635"
EVERY = tuple(catalog())


def of(code: str) -> Procedure:
    found = catalog().by_code(code)
    assert found is not None
    return found


def fee(amount: int, code: str = BIRTH, basis: Basis = PAPER, line: Fee | None = None, unit: str = UNIT) -> LocalFact:
    value = (Fee("Lệ phí tại xã", amount) if line is None else replace(line, amount=amount, note=None),)
    return LocalFact(unit, code, Fact.FEE, value, basis, replaces=line, entered_by="head")


def says(local: Local, procedure: Procedure, *parts: Facet) -> str:
    shown = local.shown(UNIT, procedure, TODAY)
    return answer(Asked(shown.procedure, parts, None, shown), PLACE).text


# --- values ----------------------------------------------------------------------------------------------------------


def test_without_anything_local_the_procedure_is_the_catalogs_own() -> None:
    for procedure in EVERY:
        shown = Local([fee(8000, "9.999999")]).shown(UNIT, procedure, TODAY)
        assert shown.procedure is procedure
        assert not shown.sources


def test_a_value_holds_for_its_unit_only() -> None:
    local = Local([fee(8000)])
    assert [each.amount for each in fees_of(local.shown(UNIT, of(BIRTH), TODAY).procedure)] == [8000]
    assert local.shown("H99.08", of(BIRTH), TODAY).procedure == of(BIRTH)


def test_one_line_is_replaced_in_every_way_of_handing_in_and_the_others_stay() -> None:
    first, second = fees_of(of(BIRTH))
    shown = Local([fee(8000, line=first)]).shown(UNIT, of(BIRTH), TODAY)
    assert fees_of(shown.procedure) == (replace(first, amount=8000, note=None), second)
    assert all(len(way.fees) == 2 for way in shown.procedure.submissions)
    assert shown.sources == (Stands(Fact.FEE, PAPER, first.what),)


def test_of_two_values_the_later_holds_and_only_its_paper_is_named() -> None:
    shown = Local([fee(8000), fee(9000, basis=OTHER)]).shown(UNIT, of(BIRTH), TODAY)
    assert [each.amount for each in fees_of(shown.procedure)] == [9000]
    assert [each.basis for each in shown.sources] == [OTHER]
    lines = fees_of(of(BIRTH))
    again = replace(lines[0], amount=8000, note=None)
    twice = [fee(8000, line=lines[0]), fee(9000, basis=OTHER, line=again)]
    shown = Local(twice).shown(UNIT, of(BIRTH), TODAY)
    assert [each.amount for each in fees_of(shown.procedure)] == [9000, None]
    assert [each.basis for each in shown.sources] == [OTHER]


def test_a_line_that_the_catalog_lost_does_not_lose_the_local_value() -> None:
    gone = Fee("Lệ phí không còn trong danh mục", 1)
    shown = Local([fee(8000, line=gone)]).shown(UNIT, of(BIRTH), TODAY)
    assert fees_of(shown.procedure) == (*fees_of(of(BIRTH)), replace(gone, amount=8000))


def test_a_line_whose_amount_the_catalog_changed_is_still_replaced() -> None:
    first, second = fees_of(of(BIRTH))
    shown = Local([fee(8000, line=replace(first, amount=777))]).shown(UNIT, of(BIRTH), TODAY)
    assert fees_of(shown.procedure) == (replace(first, amount=8000, note=None), second)


@pytest.mark.parametrize(("since", "amount"), [(TODAY, 8000), (date(2026, 11, 23), 0), (None, 8000)])
def test_a_value_holds_from_its_first_day(since: date | None, amount: int) -> None:
    line = fees_of(of(BIRTH))[0]
    shown = Local([fee(8000, basis=replace(PAPER, since=since), line=line)]).shown(UNIT, of(BIRTH), TODAY)
    assert fees_of(shown.procedure)[0].amount == amount
    assert bool(shown.sources) is bool(amount)


def test_times_places_and_notes() -> None:
    time = LocalFact(UNIT, BIRTH, Fact.TIME, (ProcessingTime(TimeUnit.WORKING_DAYS, 2),), PAPER)
    place = LocalFact(UNIT, BIRTH, Fact.WHERE, "Nhà văn hóa thôn Trung", OTHER)
    note = LocalFact(UNIT, BIRTH, Fact.NOTE, "thứ Năm nhận tới 19 giờ", OTHER)
    local = Local([time, place, note])
    shown = local.shown(UNIT, of(BIRTH), TODAY)
    assert times_of(shown.procedure) == (ProcessingTime(TimeUnit.WORKING_DAYS, 2),)
    assert shown.procedure.decided_by == of(BIRTH).decided_by
    said = says(local, of(BIRTH), Facet.WHERE)
    assert "Nộp ở: Nhà văn hóa thôn Trung." in said
    assert "Nơi nộp ở xã Đồng Sậy: theo 7/QĐ-UBND ngày 3/2/2026 của UBND xã Đồng Sậy." in said
    said = says(local, of(BIRTH))
    assert "Riêng ở xã Đồng Sậy: thứ Năm nhận tới 19 giờ (theo 7/QĐ-UBND ngày 3/2/2026 của UBND xã Đồng Sậy)." in said
    said = says(local, of(BIRTH), Facet.TIME)
    assert "2 ngày làm việc" in said
    assert "trong ngày" not in said
    assert "Thời gian làm ở xã Đồng Sậy: theo 12/NQ-HĐND ngày 5/12/2025 của HĐND tỉnh Lam Châu." in said


def test_a_procedure_without_any_way_gets_its_local_fee() -> None:
    bare = replace(of(BIRTH), submissions=())
    shown = Local([fee(8000)]).shown(UNIT, bare, TODAY)
    assert [each.amount for each in fees_of(shown.procedure)] == [8000]


def test_values_survive_the_tables() -> None:
    for procedure in EVERY:
        assert load_value(Fact.FEE, dump_value(fees_of(procedure))) == fees_of(procedure)
        assert load_value(Fact.TIME, dump_value(times_of(procedure))) == times_of(procedure)
        for line in fees_of(procedure):
            assert load_line(Fact.FEE, dump_line(line)) == line
        for time in times_of(procedure):
            assert load_line(Fact.TIME, dump_line(time)) == time
    assert load_value(Fact.NOTE, dump_value("chiều thứ Năm")) == "chiều thứ Năm"


# --- in answers ------------------------------------------------------------------------------------------------------


def test_a_local_value_is_said_with_its_paper_in_a_small_answer() -> None:
    for procedure in EVERY:
        with row(procedure.code):
            a_local_value_is_said(procedure)


def a_local_value_is_said(procedure: Procedure) -> None:
    local = Local([fee(12_340, procedure.code)])
    for parts in ((Facet.FEE,), (Facet.FEE, Facet.TIME), ()):
        said = says(local, procedure, *parts)
        assert len(said) <= FIRST_LIMIT + (50 if procedure.elsewhere else 0), said
        assert ("12.340" in said) == ("theo 12/NQ-HĐND ngày 5/12/2025 của HĐND tỉnh Lam Châu" in said)
        assert f"Nguồn: thủ tục {procedure.code}" in said.splitlines()[-1]
    assert "12.340" in says(local, procedure, Facet.FEE)
    whole = details(Asked(local.shown(UNIT, procedure, TODAY).procedure, (), None,
                          local.shown(UNIT, procedure, TODAY)), Facet.FEE, 1, PLACE).text  # fmt: skip
    assert "12.340 đồng" in whole
    assert "theo 12/NQ-HĐND" in whole


NOTE = LocalFact(UNIT, "", Fact.NOTE, "từ 10 bản trở lên thì chiều quay lại lấy", OTHER)


def test_a_note_never_takes_the_room_of_what_was_asked() -> None:
    for procedure in EVERY:
        with row(procedure.code):
            a_note_takes_no_room(procedure)


def a_note_takes_no_room(procedure: Procedure) -> None:
    local = Local([fee(12_340, procedure.code), replace(NOTE, procedure=procedure.code)])
    assert "12.340 đồng" in says(local, procedure, Facet.FEE)
    for parts in ((), (Facet.FEE,), (Facet.TIME,), (Facet.WHERE,)):
        assert len(says(local, procedure, *parts)) <= FIRST_LIMIT + (50 if procedure.elsewhere else 0)
    shown = local.shown(UNIT, procedure, TODAY)
    assert "quay lại lấy" in details(Asked(shown.procedure, (), None, shown), Facet.FEE, 1, PLACE).text


def test_an_overview_makes_room_for_a_note() -> None:
    told = [each for each in EVERY if "quay lại lấy (theo" in says(Local([replace(NOTE, procedure=each.code)]), each)]
    assert len(told) > len(EVERY) / 2


async def test_a_new_chat_hears_the_number_too() -> None:
    (line,) = fees_of(of(COPY))
    talk = Talk(respond=respond)
    talk.book.local = Local([fee(5000, COPY, line=line)])
    said = await talk.says(f"about+fee {COPY}")
    assert "Máy trả lời tự động" in said
    assert f"{line.what}: 5.000 đồng" in said


def test_the_paper_of_a_fact_that_is_not_said_is_not_named() -> None:
    local = Local([fee(8000)])
    assert "12/NQ-HĐND" not in says(local, of(BIRTH), Facet.TIME)
    assert "12/NQ-HĐND" not in says(local, of(BIRTH), Facet.WHERE)


ASKED: tuple[tuple[Facet, ...], ...] = ((), *((facet,) for facet in Facet), (Facet.FEE, Facet.TIME, Facet.PAPERS))

MARKED = replace(
    BARE,
    cases=tuple(
        Case(key, key, (Document("zqpapers", form="zqform", originals=1, note="zqpapers"), Document("zqpapers hai")))
        for key in ("thuong", "khac")
    ),
    submissions=tuple(
        Submission(
            way,
            (ProcessingTime(TimeUnit.WORKING_DAYS, 7, note="zqtime"),),
            (Fee("zqfee", 8000, note="zqfee"), Fee("zqfee hai", None, note="zqfee")),
            note=f"zq{mark}",
        )
        for way, mark in ((Way.IN_PERSON, "how"), (Way.ONLINE, "online"), (Way.POST, "post"))
    ),
    submit_at="zqwhere",
    decided_by="zqwhere",
    results=("zqresult",),
    conditions=("zqconditions",),
    legal_basis=("zqlegal_basis",),
    exemptions=("zqfee",),
)
"""A procedure of which every fact carries its facet's mark."""


def everything(asked: Asked) -> list[str]:
    """All that can be said, whatever is asked."""
    answers = [answer(replace(asked, parts=parts, case=case), PLACE).text for parts in ASKED for case in (None, "khac")]
    return answers + [
        details(replace(asked, case=case), each, 1, PLACE).text for each in Facet for case in (None, "khac")
    ]


@pytest.mark.parametrize("facet", Facet, ids=lambda facet: facet.value)
def test_what_is_hidden_is_in_no_answer_whatever_is_asked(facet: Facet) -> None:
    mark = f"zq{facet.value}"
    assert any(mark in text for text in everything(Asked(MARKED)))
    shown = Local(hidden=[Hidden(UNIT, MARKED.code, facet)]).shown(UNIT, MARKED, TODAY)
    assert mark not in repr(shown.procedure), "it is still there for a new way of answering to leak"
    asked = Asked(shown.procedure, (), None, shown)
    assert not [text for text in everything(asked) if mark in text]
    assert details(asked, facet, 1, PLACE).text.splitlines()[1] == (
        f"{NAMES[facet]}: chỗ này quầy đang kiểm tra lại cho đúng, máy tạm chưa trả lời. "
        "Anh/chị gọi 0200 000 007 để có câu trả lời mới nhất."
    )
    others = set(Facet) - {facet} - ({Facet.FORM} if facet is Facet.PAPERS else set())
    said = "\n".join(everything(asked))
    assert all(f"zq{other.value}" in said for other in others), "more than that is gone"


NAMES = {
    Facet.PAPERS: "Giấy tờ",
    Facet.FEE: "Lệ phí",
    Facet.TIME: "Thời gian làm",
    Facet.WHERE: "Nơi nộp",
    Facet.HOW: "Cách nộp",
    Facet.ONLINE: "Cách nộp qua mạng",
    Facet.RESULT: "Giấy nhận về",
    Facet.CONDITIONS: "Điều kiện",
    Facet.LEGAL_BASIS: "Căn cứ pháp luật",
    Facet.FORM: "Mẫu giấy tờ",
    Facet.POST: "Cách gửi bưu điện",
}


@pytest.mark.parametrize("facet", Facet, ids=lambda facet: facet.value)
def test_an_answer_beside_something_hidden_fits_a_small_screen(facet: Facet) -> None:
    for procedure in EVERY:
        shown = Local(hidden=[Hidden(UNIT, procedure.code, facet)]).shown(UNIT, procedure, TODAY)
        for parts in ASKED:
            out = answer(Asked(shown.procedure, parts, None, shown), PLACE)
            assert len(out.text) <= FIRST_LIMIT, out.text
            assert not any(choice.says.startswith(f"{facet.value} ") for choice in out.choices)
        alone = answer(Asked(shown.procedure, (facet,), None, shown), PLACE)
        assert "quầy đang kiểm tra lại" in alone.text
        assert "gọi 0200 000 007" in alone.text


def test_an_overview_says_that_a_fact_is_looked_at() -> None:
    procedure = next(each for each in EVERY if "Lệ phí" in says(Local(), each))
    local = Local(hidden=[Hidden(UNIT, procedure.code, Facet.FEE)])
    assert "Lệ phí: quầy đang kiểm tra lại, anh/chị gọi 0200 000 007." in says(local, procedure)


def test_a_hidden_fact_names_no_paper_though_it_is_local() -> None:
    local = Local([fee(8000)], [Hidden(UNIT, BIRTH, Facet.FEE)])
    assert "8.000" not in says(local, of(BIRTH), Facet.FEE)
    assert "12/NQ-HĐND" not in says(local, of(BIRTH), Facet.FEE)
    assert fees_of(local.valued(UNIT, of(BIRTH), TODAY))[0].amount == 8000


async def test_a_chat_hears_what_holds_at_its_own_desk() -> None:
    talk = Talk(respond=respond)
    talk.book.local = Local([fee(8000, unit="H99.02"), fee(9000)], [Hidden(UNIT, DEATH, None)])
    assert "9.000 đồng" in await talk.says("lệ phí khai sinh")
    said = await talk.says("khai tử cần giấy gì")
    assert "Chỗ này quầy đang kiểm tra lại" in said
    assert "gọi 0200 000 007" in said
    assert "Tờ khai" not in said
    assert "quầy đang kiểm tra lại" in await talk.says("papers 1.000656")
    talk.conversation = replace(talk.conversation, unit="H99.02")
    assert "8.000 đồng" in await talk.says("lệ phí khai sinh")
    talk.conversation = replace(talk.conversation, unit="H99.02")
    assert "Tờ khai đăng ký khai tử" in await talk.says("khai tử cần giấy gì")
