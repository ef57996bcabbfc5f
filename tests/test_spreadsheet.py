"""A program that recalculates everything finds nothing to calculate: LibreOffice opens our files (``make slow``)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from bot.paper.files import FORMATS
from ratings.digest import Cause, Child, Digest, ReasonCount
from ratings.formulas.comparison import Standardised
from ratings.lateness import Late
from ratings.sources.collected import as_text
from ratings.watch import Alarm, Level
from tests.libreoffice import stored_again
from tests.test_formats import PAYLOADS, answers, digest

Cells = dict[tuple[str, str], tuple[str, object]]


def hostile() -> Digest:
    """Sixty payloads in every place of a digest where anything from outside may stand."""
    plain = digest(answers(10, 0, 0, 30, 20), unit=PAYLOADS[0])
    return replace(
        plain,
        drivers=tuple(Cause(payload, 5, 0.25) for payload in PAYLOADS),
        complaints=tuple(ReasonCount(payload, 5) for payload in PAYLOADS),
        praise=tuple(ReasonCount(payload, 5) for payload in PAYLOADS),
        late=Late(0, tuple((payload, 1) for payload in PAYLOADS), None),
        standardised=(Standardised(0.8, 0.01, 60), tuple(PAYLOADS)),
        alarm=Alarm(Level.LOOK, 3, 50, tuple(PAYLOADS)),
        children=tuple(Child(payload, 3, 1, None, None) for payload in PAYLOADS),
    )


def cells(file: Path) -> Cells:
    """Every cell that holds anything, by sheet and place: its type and value."""
    book = load_workbook(file)
    return {
        (sheet.title, cell.coordinate): (cell.data_type, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def same(value: object) -> object:
    """Without what two programs write differently: line ends, yes and no, the sixteenth digit of a number."""
    if isinstance(value, str):
        return {"=TRUE()": True, "=FALSE()": False}.get(value, value.replace("_x000D_", "\n").replace("\r", "\n"))
    return float(f"{value:.12g}") if isinstance(value, float) else value


@pytest.mark.slow
def test_recalculation_changes_no_cell(tmp_path: Path) -> None:
    ours, planted, listed = (tmp_path / name for name in ("ours.xlsx", "planted.xlsx", "listed.csv"))
    ours.write_bytes(FORMATS["xlsx"](hostile(), PAYLOADS[1], lambda code: code))
    _plant(planted)
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([as_text(p), p] for p in PAYLOADS)
    listed.write_text(out.getvalue(), encoding="utf-8")
    sheets = "xlsx:Calc MS Excel 2007 XML"
    first, second, third = stored_again(tmp_path, sheets, ours, planted, listed, part="calc")

    before, after = cells(ours), cells(first)
    texts = [value for _, value in before.values() if isinstance(value, str)]
    for payload in PAYLOADS:
        assert sum(same(text) == same(payload) for text in texts) >= 4, payload
    assert {place: same(value) for place, (_, value) in before.items()} == {
        place: same(value) for place, (_, value) in after.items()
    }
    assert {value for kind, value in after.values() if kind == "f"} <= {"=TRUE()", "=FALSE()"}
    # the test can fail: a formula of ours would have been calculated, and so is a bare payload in a CSV file
    assert ("Planted", "A1") in cells(second) and cells(second)["Planted", "A1"][0] == "f"
    column = {place: found for (_, place), found in cells(third).items()}
    assert all(found[0] == "s" for place, found in column.items() if place.startswith("A"))
    assert any(found[0] != "s" for place, found in column.items() if place.startswith("B"))


def _plant(file: Path) -> None:
    book = Workbook()
    book.active.title = "Planted"
    book.active["A1"] = "=1+1"
    book.save(file)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_cell_of_a_list_begins_no_formula(payload: str) -> None:
    written = as_text(payload)
    assert written.lstrip()[:1] not in "=+-@＝" and payload in written


@pytest.mark.parametrize("plain", ["Hộ tịch", "", "Đất đai - nhà ở", "1.001193", "H99.07-261109-0001"])
def test_what_begins_no_formula_is_left_alone(plain: str) -> None:
    assert as_text(plain) == plain
