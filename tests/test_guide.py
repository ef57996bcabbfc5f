"""Guides: every way through every one ends well, and every kind of mistake is named at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.cli import main
from handlers.memory import Checklist
from handlers.respond import respond
from handlers.texts.format import LABEL_LIMIT
from procedures.catalog import Catalog, read_folder
from procedures.guides.guide import MOST_QUESTIONS, Guide
from procedures.guides.personal import is_certain, narrowed
from procedures.procedure import Procedure
from procedures.reading import CatalogError
from tests.fakes import Talk, catalog
from tests.tables import row

GUIDED = [(each, each.guide) for each in catalog() if each.guide is not None]


def named(value: object) -> str:
    return value.code if isinstance(value, Procedure) else ""


@pytest.mark.parametrize(("procedure", "guide"), GUIDED, ids=named)
async def test_every_path_ends_at_a_list_or_at_another_procedure(procedure: Procedure, guide: Guide) -> None:
    for answers, _ in guide.paths():
        with row(answers):
            await walk(procedure, guide, answers)


async def walk(procedure: Procedure, guide: Guide, answers: str) -> None:
    """Answer as told and see what stands at the end."""
    talk = Talk(respond=respond)
    await talk.says("alo")
    said = await talk.says(f"guide {procedure.code}")
    assert guide.questions[0].ask in said
    for n, figure in enumerate(answers, 1):
        assert all(len(choice.label) <= LABEL_LIMIT and len(choice.says) <= 64 for choice in talk.conversation.offered)
        said = await talk.says(figure)
        path = guide.follow(answers[:n])
        assert path is not None
        if path.asks is not None:
            assert said.startswith(path.asks.ask)
    path = guide.follow(answers)
    assert path is not None
    assert len(path.given) <= MOST_QUESTIONS
    assert not [each for each in talk.conversation.offered if each.key and each.says.startswith("guide ")]
    if path.procedure is not None:
        assert f"Nguồn: thủ tục {path.procedure}" in said
        assert talk.conversation.memory.lists == ()
        return
    own = narrowed(procedure, path)
    for document in own.cases[0].documents:
        assert document.name in said
    assert f"Nguồn: thủ tục {procedure.code}" in said
    assert talk.conversation.memory.lists == (Checklist(procedure.code, answers, guide.print),)


@pytest.mark.parametrize(("procedure", "guide"), GUIDED, ids=named)
def test_a_guide_only_selects_what_its_page_says(procedure: Procedure, guide: Guide) -> None:
    """Every paper, fee and time at every end is one of the procedure's, with nothing added but a note cut short."""
    notes: dict[str, set[str]] = {}
    for each in (document for case in procedure.cases for document in case.documents):
        notes.setdefault(each.name, set()).add(each.note or "")
    fees = {fee for each in procedure.submissions for fee in each.fees}
    times = {time for each in procedure.submissions for time in each.times}
    for _, path in guide.paths():
        if path.procedure is not None:
            continue
        own = narrowed(procedure, path)
        for document in own.cases[0].documents:
            assert any(note.endswith(document.note or "") for note in notes[document.name])
        assert {fee for each in own.submissions for fee in each.fees} <= fees
        assert {time for each in own.submissions for time in each.times} <= times
        assert all(
            bool(mine.fees) == bool(whole.fees)
            for mine, whole in zip(own.submissions, procedure.submissions, strict=True)
        )


def born() -> tuple[Procedure, Guide]:
    return next((procedure, guide) for procedure, guide in GUIDED if procedure.code == "1.001193")


def test_what_is_left_out_and_what_is_needed() -> None:
    procedure, guide = born()
    mother = guide.follow("1111")
    other = guide.follow("1113")
    assert mother is not None and other is not None
    assert "Giấy ủy quyền có chứng thực" not in {each.name for each in narrowed(procedure, mother).cases[0].documents}
    needed = next(each for each in narrowed(procedure, other).cases[0].documents if each.name.startswith("Giấy ủy"))
    assert is_certain(needed)
    assert not any(is_certain(each) for each in procedure.cases[0].documents if each.name == needed.name)


def test_answers_of_another_tree_are_not_followed() -> None:
    _, guide = born()
    assert guide.follow("9") is None
    assert guide.follow("1x") is None
    assert guide.follow("11111111") is None
    first = guide.questions[0]
    changed = Guide((first, *guide.questions[2:]))
    assert changed.print != guide.print


GOOD = """\
field: Hộ tịch
procedures:
  - code: "1.001193"
    name: Thủ tục đăng ký khai sinh
    plain: Đăng ký khai sinh
    level: commune
    source: {url: "https://dichvucong.gov.vn/x", decision: "163/QĐ-BTP", checked: 2026-11-22}
    cases:
      - key: thuong
        name: Thông thường
        documents:
          - {name: Tờ khai}
          - {name: Giấy ủy quyền, note: chỉ khi nhờ người khác}
      - key: khac
        name: Trường hợp khác
        documents:
          - {name: Tờ khai}
          - {name: Tờ trình}
    guide:
      - key: dau
        ask: Bé có giấy chứng sinh không?
        answers:
          - {label: Có, case: thuong, next: ai}
          - {label: Không, case: khac}
      - key: ai
        ask: Ai đi nộp?
        answers:
          - {label: Cha mẹ, without: [Giấy ủy quyền]}
          - {label: Người khác, needs: [Giấy ủy], fees: [Lệ phí]}
    submissions:
      - way: in_person
        fees:
          - {what: Lệ phí, amount: 8000}
"""

MISTAKES = {
    "unknown case": ("case: khac}", "case: khax}", 24, "refers to nothing, did you mean khac"),
    "unknown question": ("next: ai}", "next: aa}", 23, "the question aa does not exist"),
    "unreachable case": ("case: khac}", "case: thuong}", 20, "no path ends at the case khac"),
    "ends at no case": ("{label: Không, case: khac}", "{label: Không}", 24, "the path Không ends at no case"),
    "unasked question": (
        "next: ai}",
        "needs: [Giấy ủy]}",
        25,
        "the question ai is never asked",
    ),
    "cycle": (
        "{label: Cha mẹ, without: [Giấy ủy quyền]}",
        "{label: Cha mẹ, next: dau}",
        20,
        "asked again after itself",
    ),
    "one answer": ("          - {label: Không, case: khac}\n", "", 23, "1 answers, a question has 2 to 4"),
    "same labels": ("label: Không", "label: CÓ", 23, "two answers have the same label"),
    "long label": ("label: Không", f"label: {'a' * 25}", 24, "25 characters, at most 24"),
    "unknown key": ("label: Không", "labell: Không", 24, "did you mean label"),
    "unknown paper": (
        "without: [Giấy ủy quyền]",
        "without: [Giấy khác]",
        28,
        "no paper of thuong begins with “Giấy khác”",
    ),
    "unknown fee": ("fees: [Lệ phí]", "fees: [Phí]", 29, "fees: no line begins with “Phí”"),
    "two papers": ("{label: Không, case: khac}", "{label: Không, case: khac, needs: [Tờ]}", 24, "several papers begin"),
    "key": ("key: ai", "key: Ai đi", 25, "no short name"),
    "key twice": ("key: ai", "key: dau", 25, "occurs twice"),
    "procedure and case": (
        "case: khac}",
        'case: khac, procedure: "1.000656"}',
        24,
        "an answer with procedure and case",
    ),
    "unquoted procedure": ("case: khac}", "procedure: 1.000656}", 24, "not quoted"),
}


def mistakes_of(folder: Path, text: str) -> list[tuple[int, str]]:
    (folder / "ho-tich.yaml").write_text(text, encoding="utf-8")
    return [(each.line, f"{each.what}, {each.hint}") for each in read_folder(folder)[1]]


def test_a_good_guide_is_read(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, GOOD) == []
    guide = Catalog.load(tmp_path).procedures[0].guide
    assert guide is not None
    assert [answers for answers, _ in guide.paths()] == ["11", "12", "2"]


@pytest.mark.parametrize(("old", "new", "line", "what"), MISTAKES.values(), ids=list(MISTAKES))
def test_every_kind_of_mistake_is_named_at_its_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    assert old in GOOD
    found = mistakes_of(tmp_path, GOOD.replace(old, new, 1))
    assert [at for at, said in found if what in said] == [line], found


def test_an_answer_cannot_lead_to_a_procedure_that_is_not_there(tmp_path: Path) -> None:
    extra = '          - {label: Nơi khác, procedure: "9.999999"}\n'
    at = "          - {label: Không, case: khac}\n"
    assert "leads to 9.999999" in str(mistakes_of(tmp_path, GOOD.replace(at, at + extra)))


def test_six_questions_are_too_many(tmp_path: Path) -> None:
    rows = "".join(
        f"      - key: q{n}\n        ask: Câu {n}?\n        answers:\n"
        f"          - {{label: Có, next: q{n + 1}}}\n          - {{label: Không, case: thuong}}\n"
        for n in range(1, 6)
    )
    ends = "          - {label: Có, case: khac}\n          - {label: Không, case: thuong}\n"
    last = f"      - key: q6\n        ask: Câu 6?\n        answers:\n{ends}"
    start, end = GOOD.index("      - key: dau"), GOOD.index("    submissions:")
    found = mistakes_of(tmp_path, GOOD[:start] + rows + last + GOOD[end:])
    assert any("a path asks 6 questions" in what for _, what in found)
    assert mistakes_of(tmp_path, GOOD[:start] + rows.replace("Có, next: q6", "Có, case: khac") + GOOD[end:]) == []


def test_it_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "graph", "1.004194"]) == 0
    drawn = capsys.readouterr().out
    assert "├─ Cá nhân, hộ gia đình\n│  Anh/chị đăng ký lần đầu" in drawn
    assert "└─ Gia hạn → procedure 1.002755" in drawn
    assert main(["catalog", "graph", "1.004194", "--dot"]) == 0
    assert capsys.readouterr().out.startswith('digraph "1.004194" {')
    assert main(["catalog", "graph", "9.999999"]) == 1


def test_nothing_of_a_file_with_a_bad_guide_is_used(tmp_path: Path) -> None:
    (tmp_path / "ho-tich.yaml").write_text(GOOD.replace("case: khac}", "case: khax}"), encoding="utf-8")
    with pytest.raises(CatalogError, match=r"ho-tich\.yaml:24"):
        Catalog.load(tmp_path)
