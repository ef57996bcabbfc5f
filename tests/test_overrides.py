"""The files of units: what they hold, each kind of mistake at its line, and what a start makes of them."""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path

import pytest

from bot.commands import catalog as catalog_commands
from bot.config import CannotStart, Settings
from bot.local import overrides
from bot.program import load_shelf
from offices.unit import DATA, Offices, hours_text
from procedures.local import Basis, Fact
from procedures.overrides import UnitFile, read_overrides
from procedures.procedure import Fee
from procedures.reading import CatalogError
from tests.fakes import catalog, offices
from tests.test_local import BIRTH, COPY, DEATH, TODAY, UNIT
from tests.test_process import motcua

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
