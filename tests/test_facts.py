"""Every fact as it is answered, read back and compared with the catalog; and a planted wrong one is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace

from bot.learning.facts_asked import Report, ask_all
from handlers.reading.rereading import values
from handlers.respond import respond
from procedures.catalog import Catalog
from procedures.finding.facets import Facet
from procedures.procedure import Procedure, TimeUnit, Way
from procedures.search import Index
from procedures.stated import Value, stated
from tests.fakes import a_desk, catalog

EVERY = tuple(catalog())
BIRTH = next(each for each in EVERY if each.code == "1.001193")
TODAY = date(2026, 11, 22)
WAYS = frozenset({Way.IN_PERSON, Way.POST})


def asked(entries: tuple[Procedure, ...]) -> Report:
    return asyncio.run(ask_all(entries, respond, a_desk()))


def answered_by(planted: Procedure) -> Report:
    """The entry of the catalog compared with what a desk answers that holds ``planted`` in its place."""
    return asyncio.run(ask_all([BIRTH], respond, replace(a_desk(), catalog=Catalog([planted]))))


def test_answers_say_exactly_what_entries_state() -> None:
    report = asked(EVERY[3::45])
    assert report.wrong == []
    assert report.lost == []
    assert report.exact == report.values > 100


@pytest.mark.slow
def test_all_answers_say_exactly_what_entries_state() -> None:
    report = asked(EVERY)
    assert (report.wrong, report.lost) == ([], [])
    assert report.exact == report.values > 5000


# --- what is planted is found ----------------------------------------------------------------------------------------


def fee(procedure: Procedure, amount: int) -> Procedure:
    ways = (
        replace(way, fees=(replace(way.fees[0], amount=amount), *way.fees[1:])) if n == 0 else way
        for n, way in enumerate(procedure.submissions)
    )
    return replace(procedure, submissions=tuple(ways))


def copy_for_original(procedure: Procedure) -> Procedure:
    first, *rest = procedure.cases
    place = next(n for n, each in enumerate(first.documents) if each.originals)
    document = replace(first.documents[place], originals=None, copies=first.documents[place].originals)
    documents = (*first.documents[:place], document, *first.documents[place + 1 :])
    return replace(procedure, cases=(replace(first, documents=documents), *rest))


def days(procedure: Procedure) -> Procedure:
    time = replace(procedure.submissions[0].times[0], unit=TimeUnit.WORKING_DAYS, amount=9)
    way = replace(procedure.submissions[0], times=(time, *procedure.submissions[0].times[1:]))
    return replace(procedure, submissions=(way, *procedure.submissions[1:]))


def one_paper_less(procedure: Procedure) -> Procedure:
    first, *rest = procedure.cases
    return replace(procedure, cases=(replace(first, documents=first.documents[:-1]), *rest))


PLANTED: dict[str, tuple[Callable[[Procedure], Procedure], Facet]] = {
    "a fee of 500 for 0": (lambda each: fee(each, 500), Facet.FEE),
    "a copy for an original": (copy_for_original, Facet.PAPERS),
    "nine days": (days, Facet.TIME),
    "a paper less": (one_paper_less, Facet.PAPERS),
    "another place": (lambda each: replace(each, submit_at="Ở nhà"), Facet.WHERE),
    "no way through the net": (
        lambda each: replace(each, submissions=tuple(w for w in each.submissions if w.way is not Way.ONLINE)),
        Facet.ONLINE,
    ),
    "a law more": (lambda each: replace(each, legal_basis=(*each.legal_basis, "Luật 1/2020")), Facet.LEGAL_BASIS),
    "another result": (lambda each: replace(each, results=("Giấy khác",)), Facet.RESULT),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(name: str) -> None:
    plant, facet = PLANTED[name]
    report = answered_by(plant(BIRTH))
    assert facet in {each.facet for each in report.wrong}, [str(each) for each in report.wrong]
    assert report.lost == []
    assert "1.001193" in str(report.wrong[0])


def test_nothing_is_found_where_nothing_is_planted() -> None:
    assert answered_by(BIRTH).wrong == []


def test_a_question_that_leads_elsewhere_is_lost() -> None:
    other = replace(BIRTH, code="9.000001")
    desk = replace(a_desk(), catalog=Catalog([other]), index=Index([other]))
    report = asyncio.run(ask_all([BIRTH], respond, desk))
    assert {code for code, _ in report.lost} == {"1.001193"}
    assert report.as_json()["lost"][0] == "1.001193 papers"


# --- reading back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facet", "lines", "found"),
    [
        (Facet.FEE, ["- Lệ phí: không mất tiền"], Value(Facet.FEE, "lệ phí", (0,))),
        (Facet.FEE, ["- Bản sao: 8.000 đồng mỗi bản"], Value(Facet.FEE, "bản sao", (8000,), "bản")),
        (Facet.FEE, ["- Phí: 1.200.000 đồng (một lần)"], Value(Facet.FEE, "phí", (1_200_000,), "", "một lần")),
        (
            Facet.FEE,
            ["Nộp tại quầy và gửi bưu điện:", "- Phí: 500 đồng"],
            Value(Facet.FEE, "phí", (500,), "", "", WAYS),
        ),
        (Facet.TIME, ["- Trong ngày"], Value(Facet.TIME, "", (None, None), "same_day")),
        (Facet.TIME, ["- Cần xác minh: từ 1 đến 3 ngày"], Value(Facet.TIME, "cần xác minh", (1, 3), "days")),
        (Facet.ONLINE, ["Nộp qua mạng được, trên Cổng Dịch vụ công quốc gia."], Value(Facet.ONLINE, "open")),
    ],
)
def test_lines_read_back(facet: Facet, lines: list[str], found: Value) -> None:
    assert values(facet, lines) == (found,)


@pytest.mark.parametrize(
    ("line", "numbers", "form", "note"),
    [
        ("1. Tờ khai", (None, None, None), "", ""),
        ("1. Tờ khai (mẫu số 1, 1 bản chính, 2 bản sao)", (1, 2, None), "số 1", ""),
        ("1. Tờ khai (2 bản sao): ký rõ tên", (None, 2, None), "", "ký rõ tên"),
        ("1. Tờ khai (cho xem, không nộp)", (None, None, 1), "", ""),
    ],
)
def test_papers_read_back(line: str, numbers: tuple[int | None, ...], form: str, note: str) -> None:
    assert values(Facet.PAPERS, [line], ["Tờ khai"]) == (Value(Facet.PAPERS, "tờ khai", numbers, form, note),)


def test_a_paper_of_another_name_is_no_paper_of_the_entry() -> None:
    (found,) = values(Facet.PAPERS, ["1. Tờ đơn (1 bản chính)"], ["Tờ khai"])
    assert found == Value(Facet.PAPERS, "tờ đơn (1 bản chính)")


def test_figures_of_a_province_are_stated_for_its_desks_only() -> None:
    local = replace(BIRTH, scope="tỉnh Lam Châu")
    assert stated(local, Facet.FEE, None, TODAY, ("xã Đồng Sậy", "tỉnh Lam Châu"))
    assert stated(local, Facet.FEE, None, TODAY, ("xã Đồng Sậy",)) == ()
    assert stated(replace(BIRTH, effective_to=date(2026, 1, 1)), Facet.PAPERS, None, TODAY, ()) == ()
