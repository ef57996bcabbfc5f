"""The drawing of facts: repeatable, fair to small entries, and every kind of line can be drawn."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from msgspec.structs import replace

from benchmarks.draw_facts import MOST_OF_ONE, draw, facts_of, main, table
from procedures.procedure import Case, Document, Fee, Submission, Way
from tests.books import catalog

CATALOG = catalog()
BIRTH = CATALOG.by_code("1.001193")


def test_a_draw_depends_on_the_catalog_and_the_seed_alone() -> None:
    assert draw(CATALOG, seed=7) == draw(tuple(CATALOG), seed=7)
    assert draw(CATALOG, seed=7) != draw(CATALOG, seed=8)


@pytest.mark.parametrize("count", [1, 100, 300])
def test_no_procedure_gives_more_than_its_share(count: int) -> None:
    drawn = draw(CATALOG, count=count)
    assert len(drawn) == len(set(drawn)) == count
    assert max(Counter(fact.code for fact in drawn).values()) <= MOST_OF_ONE


def test_a_small_catalog_gives_all_it_may() -> None:
    assert BIRTH is not None
    assert len(draw([BIRTH], count=100)) == MOST_OF_ONE
    assert draw([], count=100) == ()


def test_what_an_entry_says_is_one_fact_a_line() -> None:
    assert BIRTH is not None
    paper = Document("Tờ khai", form="Mẫu 1", originals=1, copies=0, note="ghi rõ")
    way = Submission(
        Way.ONLINE,
        fees=(
            Fee("Lệ phí", 8000, per="bản"),
            Fee("Phí", None, case="a", note="tỉnh quy định", until=date(2026, 12, 31)),
        ),
    )
    entry = replace(
        BIRTH,
        submit_at="Xã",
        decided_by=None,
        cases=(Case("a", "A", (paper,)), Case("b", "B", (paper,))),
        submissions=(way,),
        results=("Giấy",),
        legal_basis=("Luật 1",),
    )
    assert [(fact.field, fact.says) for fact in facts_of(entry)] == [
        ("submit_at", "Xã"),
        ("document", "Tờ khai; 1 bản chính; 0 bản sao; ghi rõ"),
        ("form", "Tờ khai: Mẫu 1"),
        ("fee", "online: Lệ phí: 8000 đồng/bản"),
        ("fee", "online: Phí: không có số; trường hợp a; đến hết ngày 2026-12-31; tỉnh quy định"),
        ("result", "Giấy"),
        ("legal_basis", "Luật 1"),
    ]


def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "3", "--count", "5"]) == 0
    assert capsys.readouterr().out.strip() == table(draw(CATALOG, seed=3, count=5))
