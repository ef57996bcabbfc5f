"""Registers as one-stop programs export them: which file, which row, which column; what is bad and what is nobody's."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import yaml

from onestop import sheet
from onestop.calendar import VIETNAM
from onestop.dossier import OFFICIAL_NAMES, Dossier, Status
from onestop.register import MOST_OF_A_PHONE, Register, Table, find_table, read_rows
from onestop.register_cells import as_text
from onestop.register_map import (
    STATUSES_FILE,
    BadMap,
    Column,
    RegisterMap,
    columns_of,
    dump_map,
    fold,
    load_map,
    national_words,
)
from onestop.sheet import BadFile, tables

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=VIETNAM)
CODE = "H99.07-261116-0007"
HEADINGS = ("STT", "Mã hồ sơ", "Người nộp", "Điện thoại", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Trạng thái")
ROW = (1, CODE, "Nguyễn Văn Thử", "0912344821", "16/11/2026 08:15", "20/11/2026", None, "Đang xử lý")
PLAIN = RegisterMap()


def xlsx(*rows: Sequence[Any], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv(*rows: Sequence[Any], separator: str = ",", encoding: str = "utf-8") -> bytes:
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def read(raw: bytes, written: RegisterMap = PLAIN, now: datetime = NOW) -> Register:
    return read_rows(find_table(raw, written), written, now)


def one(*cells: Any, headings: Sequence[str] = HEADINGS, written: RegisterMap = PLAIN) -> Dossier:
    """The dossier of a file of one row."""
    register = read(xlsx(headings, cells), written)
    assert register.bad == ()
    (line,) = register.lines
    return line.dossier


def with_cell(column: str, value: Any) -> tuple[Any, ...]:
    """The usual row with one cell changed."""
    return tuple(value if heading == column else cell for heading, cell in zip(HEADINGS, ROW, strict=True))


def why(column: str, value: Any) -> str:
    """Why the usual row with this cell is bad."""
    register = read(xlsx(HEADINGS, with_cell(column, value)))
    assert register.lines == ()
    (bad,) = register.bad
    assert bad.row == 2
    return bad.why


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

    began = time.monotonic()
    assert len(read(xlsx(HEADINGS, ROW, change=far)).lines) == 1
    assert time.monotonic() - began < 20


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


# --- cells -----------------------------------------------------------------------------------------------------------

DATES = {
    "16/11/2026": datetime(2026, 11, 16),
    "6/1/2026": datetime(2026, 1, 6),
    "16-11-2026": datetime(2026, 11, 16),
    "16.11.2026": datetime(2026, 11, 16),
    "16/11/2026 08:15": datetime(2026, 11, 16, 8, 15),
    "16/11/2026 08:15:30": datetime(2026, 11, 16, 8, 15, 30),
    "16/11/2026 3:30:00 CH": datetime(2026, 11, 16, 15, 30),
    "08:15 16/11/2026": datetime(2026, 11, 16, 8, 15),
    "08h15 ngày 16/11/2026": datetime(2026, 11, 16, 8, 15),
    "20261116081530": datetime(2026, 11, 16, 8, 15, 30),
    20261116081530: datetime(2026, 11, 16, 8, 15, 30),
    "20261116": datetime(2026, 11, 16),
    "2026-11-16": datetime(2026, 11, 16),
    "2026-11-16 08:15:30": datetime(2026, 11, 16, 8, 15, 30),
    datetime(2026, 11, 16, 8, 15): datetime(2026, 11, 16, 8, 15),
    date(2026, 11, 16): datetime(2026, 11, 16),
    46342: datetime(2026, 11, 16),
    46342.34375: datetime(2026, 11, 16, 8, 15),
    "": None,
    "-": None,
    "chưa": None,
    "#N/A": None,
}


@pytest.mark.parametrize(("cell", "expected"), DATES.items(), ids=map(str, DATES))
def test_a_date_however_it_is_written(cell: Any, expected: datetime | None) -> None:
    found = one(*with_cell("Ngày tiếp nhận", cell)).received_at
    assert found == (None if expected is None else expected.replace(tzinfo=VIETNAM))


def test_a_due_day_lasts_to_its_end_and_a_due_hour_does_not() -> None:
    assert one(*with_cell("Ngày hẹn trả", date(2026, 11, 20))).due == datetime(2026, 11, 20, 23, 59, 59, tzinfo=VIETNAM)
    assert one(*with_cell("Ngày hẹn trả", "20/11/2026 16:30")).due == datetime(2026, 11, 20, 16, 30, tzinfo=VIETNAM)


BAD = [
    ("Mã hồ sơ", None, "không có mã"),
    ("Mã hồ sơ", "123456789012", "không đúng dạng"),
    ("Mã hồ sơ", "G22.99.3-241219795252", "không đúng dạng"),
    ("Ngày hẹn trả", "31/02/2026", "ngày hẹn trả không đọc được"),
    ("Ngày hẹn trả", "11/26/2026", "ngày hẹn trả không đọc được"),
    ("Ngày hẹn trả", "15/11/2026", "sớm hơn ngày nhận"),
    ("Ngày tiếp nhận", "10/2026", "ngày nhận không đọc được"),
    ("Ngày tiếp nhận", "16/12/2026", "ngày nhận ở tương lai"),
    ("Ngày trả", "19/11/2026", "ngày trả ở tương lai"),
    ("Ngày trả", "quý 3", "ngày trả không đọc được"),
]


@pytest.mark.parametrize(("column", "cell", "expected"), BAD)
def test_a_bad_row_says_why_and_repeats_nothing(column: str, cell: Any, expected: str) -> None:
    said = why(column, cell)
    assert expected in said
    assert cell is None or str(cell) not in said


def test_good_rows_stand_beside_bad_ones() -> None:
    register = read(
        csv(HEADINGS, ROW, with_cell("Mã hồ sơ", "xyz 123456"), with_cell("Mã hồ sơ", "H99.07-261116-0008"))
    )
    assert [line.dossier.code.number for line in register.lines] == [7, 8]
    assert [bad.row for bad in register.bad] == [3]


def test_a_dossier_that_stands_twice_is_taken_as_it_stood_later() -> None:
    done = tuple("17/11/2026" if h == "Ngày trả" else "Đã trả kết quả" if h == "Trạng thái" else c
                 for h, c in zip(HEADINGS, ROW, strict=True))  # fmt: skip
    for rows, kept, lost in (((ROW, done), 3, 2), ((done, ROW), 2, 3), ((ROW, ROW), 3, 2)):
        register = read(xlsx(HEADINGS, *rows))
        assert [line.row for line in register.lines] == [kept]
        assert [(bad.row, f"dòng {kept}" in bad.why) for bad in register.bad] == [(lost, True)]


def test_a_person_is_never_taken() -> None:
    headings = (
        "Mã hồ sơ",
        "Ngày nhận",
        "Người nộp",
        "Họ tên",
        "Cán bộ xử lý",
        "Địa chỉ",
        "Trích yếu",
        "Ghi chú",
        "SĐT",
    )
    dossier = one(CODE, "16/11/2026", *["Nguyễn Văn Thử"] * 6, "0912344821", headings=headings)
    shown = repr([getattr(dossier, name) for name in dossier.__slots__])
    assert "Thử" not in shown
    assert "0912344821" not in shown
    assert "4821" not in repr(dossier)


# --- phones ----------------------------------------------------------------------------------------------------------

PHONES = {
    "0912344821": "4821",
    912344821: "4821",
    8.4912344821e10: "4821",
    "912344821.0": "4821",
    "84912344821": "4821",
    "0912 344 821; 0912000111": "4821",
    "0900000000": None,
    "0912": None,
    None: None,
    "không có": None,
}


@pytest.mark.parametrize(("cell", "expected"), PHONES.items(), ids=map(str, PHONES))
def test_of_a_phone_the_last_four_digits_where_they_prove_anything(cell: Any, expected: str | None) -> None:
    assert one(*with_cell("Điện thoại", cell)).phone_last4 == expected


def test_a_whole_number_is_written_without_its_fraction() -> None:
    assert [as_text(cell) for cell in (912344821.0, 912344821, "912344821.0", 4.0, 0.5)] == [
        *["912344821"] * 3, "4", "0.5",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "proves"), [(MOST_OF_A_PHONE, True), (MOST_OF_A_PHONE + 1, False)])
def test_a_number_at_too_many_dossiers_of_a_month_is_the_clerks(count: int, proves: bool) -> None:
    forms = ("0912344821", 912344821, "84912344821")
    rows = [with_cell("Mã hồ sơ", f"H99.07-261116-{n:04}") for n in range(count)]
    rows = [(*row[:3], forms[n % 3], *row[4:]) for n, row in enumerate(rows)]
    other = (*with_cell("Mã hồ sơ", "H99.07-261001-0001")[:4], "01/10/2026", *ROW[5:])
    register = read(xlsx(HEADINGS, *rows, other))
    *of_month, of_october = register.lines
    assert {line.dossier.phone_last4 for line in of_month} == {"4821" if proves else None}
    assert {line.clerks for line in of_month} == {not proves}
    assert of_october.dossier.phone_last4 == "4821"


# --- statuses --------------------------------------------------------------------------------------------------------

STATUSES: dict[Any, Status] = {
    **{name: status for status, name in OFFICIAL_NAMES.items() if status is not Status.UNKNOWN},
    "10": Status.RETURNED,
    4: Status.IN_PROGRESS,
    5.0: Status.NEEDS_PAPERS,
    "ĐÃ TRẢ KẾT QUẢ": Status.RETURNED,
    "da tra ket qua": Status.RETURNED,
    "Đã trả": Status.RETURNED,
    "Chờ trả kết quả": Status.FINISHED,
    "Chờ bổ sung hồ sơ": Status.NEEDS_PAPERS,
    "Đang xử lý (quá hạn)": Status.IN_PROGRESS,
    "Chờ ký duyệt": Status.IN_PROGRESS,
    "Từ chối tiếp nhận": Status.REJECTED,
    "tạm dừng": Status.UNKNOWN,
    "11": Status.UNKNOWN,
}


@pytest.mark.parametrize(("cell", "status"), STATUSES.items(), ids=map(str, STATUSES))
def test_a_word_or_number_is_a_national_status(cell: Any, status: Status) -> None:
    assert one(*with_cell("Trạng thái", cell)).status is status


def test_no_word_means_two_statuses() -> None:
    data = yaml.safe_load(STATUSES_FILE.read_text("utf-8"))
    words = [fold(word) for listed in data.values() for word in listed]
    assert len(words) == len(set(words))
    assert all(national_words()[fold(name)] is status for status, name in OFFICIAL_NAMES.items() if status)


def test_unknown_words_are_counted_once_each() -> None:
    rows = [
        (n, f"H99.07-261116-{n:04}", *ROW[2:7], word) for n, word in enumerate(("Chờ A", "Chờ A", "Chờ B", "Đã trả"))
    ]
    register = read(xlsx(HEADINGS, *rows))
    assert register.words == {"Chờ A": 2, "Chờ B": 1}
    assert [line.dossier.status for line in register.lines] == [Status.UNKNOWN] * 3 + [Status.RETURNED]


def test_a_provinces_own_numbers_are_not_taken_for_the_national_ones() -> None:
    rows = [(n, f"H99.07-261116-{n:04}", *ROW[2:7], word) for n, word in enumerate((5, 15, "Đã trả"))]
    raw = xlsx(HEADINGS, *rows)
    assert [line.dossier.status for line in read(raw).lines] == [Status.UNKNOWN, Status.UNKNOWN, Status.RETURNED]
    written = load_map("statuses: {5: 10, 15: Đang xử lý}")
    assert [line.dossier.status for line in read(raw, written).lines] == [
        Status.RETURNED, Status.IN_PROGRESS, Status.RETURNED,
    ]  # fmt: skip
    assert one(*with_cell("Trạng thái", 4), written=written).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("done", "finished", "status"),
    [(None, None, Status.ACCEPTED), (None, "17/11/2026", Status.FINISHED), ("17/11/2026", None, Status.RETURNED)],
)
def test_where_nothing_says_the_status_the_dates_do(done: str | None, finished: str | None, status: Status) -> None:
    headings = ("Mã hồ sơ", "Ngày nhận", "Ngày trả", "Ngày kết thúc xử lý")
    assert one(CODE, "16/11/2026", done, finished, headings=headings).status is status


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
    began = time.monotonic()
    rows = [(n, f"H99.07-261116-{n:05}", *ROW[2:]) for n in range(5000)]
    assert len(read(csv(HEADINGS, *rows)).lines) == 5000
    assert time.monotonic() - began < 20
