"""Reading a register: its kinds of file, its headings, and the map that a province writes."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Status
from onestop.register import sheet
from onestop.register.columns import (
    BadMap,
    Column,
    columns_of,
    dump_map,
    load_map,
)
from onestop.register.reading import Table, find_table
from onestop.register.sheet import BadFile, tables
from tests.register_files import CODE, HEADINGS, PLAIN, ROW, csv, one, read, with_cell, xlsx

# --- files -----------------------------------------------------------------------------------------------------------


TITLED = [("UBND XÃ ĐỒNG SẬY",), ("SỔ THEO DÕI HỒ SƠ",), ("Từ ngày 01/11/2026 đến ngày 18/11/2026",), ()]
FILES = {
    "xlsx": xlsx(HEADINGS, ROW),
    "xlsx below titles": xlsx(*TITLED, HEADINGS, ROW),
    "csv , with a byte order mark": csv(HEADINGS, ROW, encoding="utf-8-sig"),
    "csv ;": csv(HEADINGS, ROW, separator=";"),
    "csv tab": csv(HEADINGS, ROW, separator="\t"),
    "csv ; below titles, with sep=": csv(("sep=;",), *TITLED, HEADINGS, ROW, separator=";"),
    "Excel's Unicode text": csv(HEADINGS, ROW, separator="\t", encoding="utf-16"),
}


@pytest.mark.parametrize("raw", FILES.values(), ids=FILES)
def test_every_kind_of_file_gives_the_same_dossier(raw: bytes) -> None:
    register = read(raw)
    (line,) = register.lines
    assert register.bad == ()
    assert line.dossier == Dossier(
        one(*ROW).code,
        Status.IN_PROGRESS,
        received_at=datetime(2026, 11, 16, 8, 15, tzinfo=VIETNAM),
        due=datetime(2026, 11, 20, 23, 59, 59, tzinfo=VIETNAM),
        phone_last4="4821",
    )


def test_rows_carry_their_number_in_the_file() -> None:
    for raw in (xlsx(*TITLED, HEADINGS, ROW, (), with_cell("Mã hồ sơ", "123456")),
                csv(*TITLED, HEADINGS, ROW, (), with_cell("Mã hồ sơ", "123456"), separator=";")):  # fmt: skip
        register = read(raw)
        assert [line.row for line in register.lines] == [6]
        assert [bad.row for bad in register.bad] == [8]


def test_a_wrong_dimension_does_not_cut_the_rows() -> None:
    """Programs write ``<dimension ref="A1"/>`` whatever the sheet holds."""
    raw = rezipped(xlsx(HEADINGS, ROW), "xl/worksheets/sheet1.xml", lambda xml: replaced(xml, b"A1:H2", b"A1"))
    assert len(read(raw).lines) == 1


def test_the_sheet_with_the_dossiers_is_found() -> None:
    def before(book: Any) -> None:
        book.create_sheet("Hướng dẫn", 0).append(("Mã hồ sơ", "Ngày trả"))

    assert len(read(xlsx(HEADINGS, ROW, change=before)).lines) == 1


def test_a_formula_is_never_computed_its_saved_value_counts() -> None:
    raw = xlsx(HEADINGS, with_cell("Trạng thái", '=IF(1=1,"Đã trả kết quả","")'))
    assert read(raw).lines[0].dossier.status is Status.ACCEPTED  # saved by nobody: an empty cell
    saved = rezipped(raw, "xl/worksheets/sheet1.xml", lambda xml: replaced(xml, b"<v />", b"<v>4</v>"))
    assert read(saved).lines[0].dossier.status is Status.IN_PROGRESS


def rezipped(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return stream.getvalue()


def replaced(xml: bytes, old: bytes, new: bytes) -> bytes:
    assert old in xml
    return xml.replace(old, new)


def entities() -> bytes:
    """A workbook whose strings would unpack to gigabytes inside the XML parser."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    kind = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a0 "0123456789">{levels}]>'.encode()
    return rezipped(xlsx(HEADINGS, ROW), "xl/worksheets/sheet1.xml", lambda xml: kind + replaced(xml, b"STT", b"&a9;"))


def bomb() -> bytes:
    return rezipped(xlsx(HEADINGS, ROW), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * sheet.LARGEST)


REFUSED = {
    "larger than it may unpack": (bomb(), "mở ra lớn hơn 50 MB"),
    "entities of entities": (entities(), "hỏng ở giữa chừng"),
    "larger than it may be": (b"x" * (sheet.LARGEST + 1), "lớn hơn 50 MB"),
    "an old .xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ".xls cũ hoặc có mật khẩu"),
    "a page named .xls": (b"<html><table><tr><td>M\xc3\xa3 h\xe1\xbb\x93 s\xc6\xa1</td></tr></table>", "trang web"),
    "half a download": (xlsx(HEADINGS, ROW)[:-400], "hỏng hoặc tải về chưa hết"),
    "any zip": (rezipped(xlsx(HEADINGS, ROW), "xl/workbook.xml", lambda xml: b""), "không mở được"),
    "not UTF-8": ("Mã hồ sơ,Ngày trả".encode("utf-16-le") + b"\xd8", "không phải UTF-8"),
    "not a text": (b"Ma ho so\x00\x01", "không phải bảng tính"),
    "no heading": (csv(("a", "b"), ("c", "d")), "không thấy dòng tiêu đề"),
    "a code and nothing else": (csv(("Mã hồ sơ", "Ghi chú"), (CODE, "x")), "không thấy dòng tiêu đề"),
    "empty": (b"", "không thấy dòng tiêu đề"),
}


@pytest.mark.parametrize(("raw", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(raw: bytes, expected: str) -> None:
    with pytest.raises(BadFile, match=expected):
        read(raw)


def test_no_more_rows_than_a_desk_has() -> None:
    many = b"\n".join([b"Ma ho so,Ngay tra", *[b"x,y"] * sheet.MOST_ROWS])
    with pytest.raises(BadFile, match=r"hơn 200\.000 dòng"):
        read(many)
    fewer = b"\n" * 300_000 + b"\n".join([b"x,y"] * (sheet.MOST_ROWS - 1))
    assert sum(bool(row) for row in tables(fewer)[0]) == sheet.MOST_ROWS - 1


def test_a_far_away_cell_costs_nothing() -> None:
    def far(book: Any) -> None:
        book.active.cell(1_048_576, 16_384, "x")

    began = time.process_time()
    assert len(read(xlsx(HEADINGS, ROW, change=far)).lines) == 1
    assert time.process_time() - began < 20


# --- columns ---------------------------------------------------------------------------------------------------------

MEANINGS = {
    "MÃ HỒ SƠ": Column.CODE,
    "Mã số hồ sơ (in trên giấy hẹn)": Column.CODE,
    "Số hồ sơ": Column.CODE,
    "Ngày nhận": Column.RECEIVED_AT,
    "Ngày tiếp nhận hồ sơ": Column.RECEIVED_AT,
    "Ngày, giờ tiếp nhận": Column.RECEIVED_AT,
    "Nhận hồ sơ": Column.RECEIVED_AT,
    "Trả kết quả": Column.DONE_AT,
    "Hình thức nhận hồ sơ": None,
    "Nơi trả kết quả": None,
    "Ngày hẹn trả kết quả": Column.DUE,
    "Hẹn trả": Column.DUE,
    "Ngày hẹn trả KQ": Column.DUE,
    "Ngày trả kết quả": Column.DONE_AT,
    "Ngày kết thúc xử lý": Column.FINISHED_AT,
    "Tình trạng": Column.STATUS,
    "Trạng thái hồ sơ": Column.STATUS,
    "Thủ tục hành chính": Column.PROCEDURE_NAME,
    "Mã TTHC": Column.PROCEDURE,
    "Lĩnh vực": Column.FIELD,
    "Đơn vị xử lý": Column.UNIT,
    "Phòng ban xử lý": Column.AGENCY,
    "SĐT": Column.PHONE,
    "Số điện thoại người nộp": Column.PHONE,
    "Điện thoại (di động)": Column.PHONE,
    "Người nộp hồ sơ": None,
    "Họ và tên, số điện thoại": None,
    "Chủ hồ sơ": None,
    "Cán bộ tiếp nhận": None,
    "Đơn vị, cán bộ thụ lý": None,
    "Ngày sinh": None,
    "Địa chỉ": None,
    "Số CCCD": None,
    "Ghi chú": None,
    "STT": None,
    "Lệ phí": None,
}


@pytest.mark.parametrize(("heading", "column"), MEANINGS.items())
def test_a_heading_says_what_its_column_holds(heading: str, column: Column | None) -> None:
    assert columns_of([heading], PLAIN) == ({} if column is None else {column: 0})


def test_of_two_columns_the_one_that_says_it_best_is_taken() -> None:
    assert columns_of(["Số hồ sơ", "Mã hồ sơ", "Số biên nhận"], PLAIN) == {Column.CODE: 1}
    assert columns_of(["Tên thủ tục con", "Thủ tục"], PLAIN)[Column.PROCEDURE_NAME] == 1


def test_a_heading_of_two_rows() -> None:
    upper = ("STT", "Mã hồ sơ", "Thời gian", None, None, "Tình trạng")
    lower = (None, None, "Ngày nhận", "Ngày hẹn", "Ngày trả", None)
    register = read(xlsx(("SỔ",), upper, lower, (1, CODE, "16/11/2026", "20/11/2026", None, "Đang xử lý")))
    (line,) = register.lines
    assert line.row == 4
    assert line.dossier.due == datetime(2026, 11, 20, 23, 59, 59, tzinfo=VIETNAM)


def test_what_is_no_dossier_is_passed_over_and_counted() -> None:
    numbers = tuple(f"({n})" for n in range(1, len(HEADINGS) + 1))
    rows = [HEADINGS, numbers, ROW, HEADINGS, ("Tổng cộng", 1), (), ("Người lập biểu",), (None, "Cộng: 1 hồ sơ")]
    register = read(xlsx(*rows))
    assert len(register.lines) == 1
    assert register.bad == ()
    assert register.skipped == 5


# --- map files -------------------------------------------------------------------------------------------------------


def test_a_map_names_columns_and_overrules_the_usual() -> None:
    headings = ("HS số", "Hạn", "Ngày trả", "Ngày nhận")
    written = load_map('columns: {"HS số": code, "Hạn": due, "Ngày trả": null}')
    dossier = one(CODE, "20/11/2026", "17/11/2026", "16/11/2026", headings=headings, written=written)
    assert dossier.due is not None
    assert dossier.done_at is None
    with pytest.raises(BadFile):
        read(xlsx(headings, (CODE, "20/11/2026")))


def test_what_was_confirmed_holds_for_exactly_those_headings() -> None:
    table = find_table(FILES["xlsx"], PLAIN)
    columns = {table.headings[place]: column for column, place in table.columns.items() if column is not Column.PHONE}
    text = dump_map(table.headings, columns, {}, "")
    again = find_table(FILES["xlsx"], load_map(text))
    assert Column.PHONE not in again.columns
    other: Table = find_table(xlsx((*HEADINGS, "Lĩnh vực"), ROW), load_map(text))
    assert Column.PHONE in other.columns
    twice = dump_map(table.headings, {**columns, "Điện thoại": Column.PHONE}, {}, dump_map(HEADINGS[:4], {}, {}, text))
    assert len(load_map(twice).confirmed) == 2
    assert Column.PHONE in find_table(FILES["xlsx"], load_map(twice)).columns


BAD_MAPS = {
    "columns: [": "không phải YAML",
    "colums: {}": "không hiểu mục colums",
    'columns: {"Mã": id}': "không có loại 'id'",
    'columns: {"Người nộp": agency}': "máy không lấy",
    'maps: [{headings: ["Họ tên"], columns: {"Họ tên": agency}}]': "máy không lấy",
    "statuses: {Chờ: 11}": "cần số 1 đến 10",
    "statuses: {Chờ: chờ mãi}": "cần số 1 đến 10",
    "maps: 3": "maps phải là một danh sách",
    "- a": "cần các dòng dạng",
}


@pytest.mark.parametrize(("text", "expected"), BAD_MAPS.items())
def test_a_map_that_cannot_be_used_says_so(text: str, expected: str) -> None:
    with pytest.raises(BadMap, match=expected):
        load_map(text)


def test_a_large_register_is_read_in_seconds() -> None:
    began = time.process_time()
    rows = [(n, f"H99.07-261116-{n:05}", *ROW[2:]) for n in range(5000)]
    assert len(read(csv(HEADINGS, *rows)).lines) == 5000
    assert time.process_time() - began < 20
