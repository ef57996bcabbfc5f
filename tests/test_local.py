"""What a desk says for itself: its files, values over national ones, facts taken out, how answers name the papers."""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import overrides
from bot.commands import catalog as catalog_commands
from bot.config import CannotStart, Settings
from bot.local_values import dump_line, dump_value, load_line, load_value
from bot.program import load_shelf
from handlers.answering import Asked, Place, answer, details
from handlers.respond import respond
from handlers.texts.format import FIRST_LIMIT
from offices.unit import DATA, Offices, hours_text
from procedures.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact, Stands, fees_of, times_of
from procedures.overrides import UnitFile, read_overrides
from procedures.procedure import Case, Document, Fee, Procedure, ProcessingTime, Submission, TimeUnit, Way
from procedures.reading import CatalogError
from tests.fakes import Talk, catalog, offices
from tests.test_asking import BARE
from tests.test_process import motcua

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


@pytest.mark.parametrize("procedure", EVERY, ids=lambda procedure: procedure.code)
def test_a_local_value_is_said_with_its_paper_in_a_small_answer(procedure: Procedure) -> None:
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


@pytest.mark.parametrize("procedure", EVERY, ids=lambda procedure: procedure.code)
def test_a_note_never_takes_the_room_of_what_was_asked(procedure: Procedure) -> None:
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


# --- the files -------------------------------------------------------------------------------------------------------

GOOD = """\
unit: H99.07
hours:
  week: {mon-fri: "7:00-11:30, 13:30-16:30", sat: "7:30-11:00"}
  document: 21/TB-UBND
  issued: 2026-09-01
  by: UBND xã Đồng Sậy
  entered_by: head
phone: {text: "0200 000 017", document: 21/TB-UBND, issued: 2026-09-01, by: UBND xã Đồng Sậy, entered_by: staff}
procedures:
  - code: "1.001193"
    fees:
      values:
        - {what: Lệ phí đăng ký khai sinh, amount: 8000, case: thuong}
      document: 12/2025/NQ-HĐND
      issued: 2025-12-05
      since: 2026-01-01
      by: HĐND tỉnh Lam Châu
      entered_by: province
    times:
      values: [{unit: working_days, amount: 2}]
      document: 7/QĐ-UBND
      issued: 2026-02-03
      by: UBND xã Đồng Sậy
      entered_by: head
    submit_at: {text: Nhà văn hóa thôn Trung, document: 7/QĐ-UBND, issued: 2026-02-03, by: UBND xã, entered_by: head}
    note: {text: mang theo sổ cũ, document: 7/QĐ-UBND, issued: 2026-02-03, by: UBND xã, entered_by: head}
"""


def files(folder: Path, text: str, name: str = "H99.07.yaml") -> tuple[tuple[UnitFile, ...], list[str]]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    found, mistakes = read_overrides(folder, catalog(), overrides.check_hours)
    return found, [str(mistake) for mistake in mistakes]


def test_everything_of_a_file_is_read(tmp_path: Path) -> None:
    (file,), mistakes = files(tmp_path, GOOD)
    assert mistakes == []
    assert [(each.fact, each.entered_by, each.basis.number) for each in file.facts] == [
        (Fact.FEE, "province", "12/2025/NQ-HĐND"),
        (Fact.TIME, "head", "7/QĐ-UBND"),
        (Fact.WHERE, "head", "7/QĐ-UBND"),
        (Fact.NOTE, "head", "7/QĐ-UBND"),
    ]
    assert file.facts[0].value == (Fee("Lệ phí đăng ký khai sinh", 8000, case="thuong"),)
    assert file.facts[0].basis == Basis("12/2025/NQ-HĐND", date(2025, 12, 5), "HĐND tỉnh Lam Châu", date(2026, 1, 1))
    assert file.desk["phone"].value == "0200 000 017"


MISTAKES = {
    "unknown key": ("submit_at:", "submitat:", 25, "unknown key submitat, did you mean submit_at"),
    "other unit": ("unit: H99.07", "unit: H99.08", 1, "unit H99.08 in a file named H99.07.yaml"),
    "unquoted code": ('"1.001193"', "1.001193", 10, 'write "1.001193"'),
    "unknown code": ('"1.001193"', '"1.00119"', 10, "the catalog has no procedure 1.00119, did you mean 1.001193"),
    "no document": ("      document: 12/2025/NQ-HĐND\n", "", 12, "document is missing"),
    "a wrong document": ("12/2025/NQ-HĐND", "nghị quyết 12", 14, "no number of an official paper"),
    "no day": ("      issued: 2025-12-05\n", "", 12, "issued is missing"),
    "a wrong day": ("2025-12-05", "2025-02-30", 15, "no day of the calendar"),
    "no issuer": ("      by: HĐND tỉnh Lam Châu\n", "", 12, "by is missing"),
    "a name instead of a role": ("entered_by: province", "entered_by: Nguyễn Văn A", 18, "known are staff, head"),
    "nobody": ("      entered_by: province\n", "", 12, "entered_by is missing"),
    "unknown case": ("case: thuong", "case: khac", 13, "case khac refers to nothing"),
    "an amount in words": ("amount: 8000", "amount: tám nghìn", 13, "amount is no whole number"),
    "wrong hours": ('sat: "7:30-11:00"', 'sat: "7h30-11h"', 3, "hours of sat: '7h30-11h' is not H:MM-H:MM"),
    "hours that end first": ('"7:30-11:00"', '"11:00-7:30"', 3, "ends before it begins"),
    "an unknown day": ("sat:", "t7:", 3, "unknown key t7"),
    "a gone office": ("mang theo sổ cũ", "hỏi Công an huyện", 26, "ended on 2025-07-01"),
    "a long note": ("mang theo sổ cũ", "a" * 101, 26, "text has 101 characters"),
    "no yaml": ("hours:\n", "hours: [\n", 4, "this is no YAML"),
    "nothing said": (
        GOOD[GOOD.index("    fees:") :],
        "",
        10,
        "nothing is said of 1.001193",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_named_at_its_line(mistake: tuple[str, str, int, str], tmp_path: Path) -> None:
    old, new, line, expected = mistake
    assert old in GOOD
    _, found = files(tmp_path, GOOD.replace(old, new, 1))
    assert any(each.startswith(f"H99.07.yaml:{line}: ") and expected in each for each in found), found


def test_cheer_has_no_place_beside_a_death(tmp_path: Path) -> None:
    text = (
        GOOD.replace(BIRTH, DEATH).replace("case: thuong", "note: x").replace("mang theo sổ cũ", "Tin vui cho bà con")
    )
    _, found = files(tmp_path, text)
    assert any("beside a death" in each for each in found)


def test_the_bundled_files_are_right_and_of_the_demonstration() -> None:
    read, mistakes = read_overrides(overrides.BUNDLED, catalog(), overrides.check_hours)
    assert mistakes == ()
    known = {unit.code: unit for unit in Offices.load([DATA / "lam-chau.yaml"]).units}
    assert [file.unit for file in read] == [UNIT]
    assert all(known[file.unit].demo for file in read)
    assert "DỮ LIỆU MẪU" in (overrides.BUNDLED / "H99.07.yaml").read_text("utf-8")


def test_a_folder_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert overrides.load([tmp_path / "none"], catalog()) == ()


# --- the desk's own hours and phone ----------------------------------------------------------------------------------


async def test_hours_phone_and_their_paper_are_those_of_the_file(tmp_path: Path) -> None:
    (file,), _ = files(tmp_path, GOOD)
    desks = overrides.with_desks(offices(), [file])
    unit, before = desks.unit(UNIT), offices().unit(UNIT)
    said = hours_text(unit, TODAY)
    assert said is not None
    assert "Thứ Hai đến thứ Sáu: 7:00–11:30 và 13:30–16:30. Thứ Bảy: 7:30–11:00." in said
    assert "Giờ làm việc và số điện thoại: theo 21/TB-UBND ngày 1/9/2026 của UBND xã Đồng Sậy." in said
    assert (unit.phone, unit.address, unit.parent) == ("0200 000 017", before.address, before.parent)
    assert desks.unit("H99.08") == offices().unit("H99.08")
    assert [each.code for each in desks.units] == [each.code for each in offices().units]


def test_a_unit_that_nobody_knew_is_known_by_its_file(tmp_path: Path) -> None:
    (file,), mistakes = files(tmp_path, GOOD.replace(UNIT, "H30.05"), "H30.05.yaml")
    assert mistakes == []
    assert overrides.with_desks(Offices.of(()), [file]).unit("H30.05").phone == "0200 000 017"


# --- the program -----------------------------------------------------------------------------------------------------


def settings(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, unit=UNIT, **more)  # type: ignore[arg-type]


def test_the_shelf_holds_what_the_files_say(tmp_path: Path) -> None:
    assert load_shelf(settings(tmp_path)).local.facts == ()
    assert {each.procedure for each in load_shelf(settings(tmp_path, demo=True)).local.facts} == {COPY}
    files(tmp_path / "overrides", GOOD)
    assert {each.procedure for each in load_shelf(settings(tmp_path)).local.facts} == {BIRTH}


def test_a_broken_file_ends_the_start(tmp_path: Path) -> None:
    files(tmp_path / "overrides", GOOD.replace("12/2025/NQ-HĐND", "12"))
    with pytest.raises(CannotStart, match=r"H99\.07\.yaml:14: document 12 is no number"):
        load_shelf(settings(tmp_path))
    with pytest.raises(CatalogError):
        overrides.load([tmp_path / "overrides"], catalog())


def test_a_broken_file_ends_serve_with_exit_2_and_its_line(tmp_path: Path) -> None:
    files(tmp_path / "overrides", GOOD.replace("2025-12-05", "hôm qua"))
    for command in (("serve",), ("chat", "--memory")):
        done = motcua(tmp_path, *command, MOTCUA_PORT="0")
        assert done.returncode == 2
        assert "H99.07.yaml:15: issued is no day of the calendar" in done.stderr
        assert done.stdout == ""


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    catalog_commands.add_parser(parser.add_subparsers())
    args = parser.parse_args(["catalog", "check", *more, "--data-dir", str(folder)])
    code = catalog_commands.run(args)
    out, err = capsys.readouterr()
    return code, out, err


def test_catalog_check_reads_the_units_files_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, capsys)[0] == 0
    files(tmp_path / "overrides", GOOD)
    code, out, err = checked(tmp_path, capsys)
    assert (code, out) == (0, "")
    assert re.search(r"\d+ procedures, \d+ ways of asking, 2 units' own files, 0 mistakes", err)
    files(tmp_path / "overrides", GOOD.replace("case: thuong", "case: x"))
    code, out, err = checked(tmp_path, capsys)
    assert code == 1
    assert out.startswith("H99.07.yaml:13: case x refers to nothing")


def test_the_format_in_the_docs_is_the_format(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[1] / "docs" / "catalog.md").read_text("utf-8")
    shown = docs.split("## A unit's own values")[1].split("```yaml\n")[1].split("```")[0]
    _, mistakes = files(tmp_path, shown)
    assert mistakes == []
