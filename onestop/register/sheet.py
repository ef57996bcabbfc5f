"""A table file as rows of cells: XLSX by openpyxl, or CSV whatever separates its columns. Bytes in, values out.

What is too large is refused before it is unpacked. Nothing is computed: of a formula the value that was saved counts.
Messages are for the official at the desk and repeat nothing of what stands in the file.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Row = tuple[Cell, ...]

LARGEST = 50 * 1024 * 1024
"""Bytes, unpacked."""
MOST_ROWS = 200_000
MOST_COLUMNS = 120
MOST_SHEETS = 20
EXCEL_ROWS = 1_048_576
SOME = 500
"""Rows taken at once."""
SEPARATORS = (",", ";", "\t")

_LEGACY = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
SAVE_AGAIN = "mở bằng Excel rồi lưu lại thành “Excel Workbook (.xlsx)” hoặc “CSV UTF-8”"


class BadFile(ValueError):
    """The file cannot be read as a table; the message says what to do."""


def tables(raw: bytes) -> list[Iterator[Row]]:
    """The tables that the bytes may hold, each to be read once: a workbook's sheets, or a text by each separator.

    Row ``n`` of the file is the ``n``-th value (an empty one is ``()``). Raises BadFile, also while reading.
    """
    if len(raw) > LARGEST:
        raise BadFile(f"tệp lớn hơn {LARGEST // 2**20} MB: xuất ít tháng hơn một lần")
    if raw.startswith(_ZIP):
        return _workbook(raw)
    if raw.startswith(_LEGACY):
        raise BadFile(f"tệp .xls cũ hoặc có mật khẩu: {SAVE_AGAIN}, không đặt mật khẩu")
    text = _decoded(raw)
    if re.match(r"\s*<(?:!doctype|html|\?xml|table|meta|head)", text, re.IGNORECASE):
        raise BadFile(f"tệp là trang web đội tên Excel: {SAVE_AGAIN}")
    return [_counted(_csv(text, separator)) for separator in SEPARATORS]


def _decoded(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise BadFile(f"chữ trong tệp không phải UTF-8: {SAVE_AGAIN}") from None
    if "\0" in text:
        raise BadFile(f"tệp không phải bảng tính: {SAVE_AGAIN}")
    return text


def _csv(text: str, separator: str) -> Iterator[Row]:
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield _trimmed(cells)
    except csv.Error:
        raise BadFile(f"tệp CSV hỏng: {SAVE_AGAIN}") from None


def _workbook(raw: bytes) -> list[Iterator[Row]]:
    _check_size(raw)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not concern us
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise BadFile(f"không mở được tệp Excel này: {SAVE_AGAIN}") from error
    return [_counted(_sheet(sheet)) for sheet in book.worksheets[:MOST_SHEETS]]


def _check_size(raw: bytes) -> None:
    """Refuse what would unpack to more than it may; ``zipfile`` never gives more of a part than its entry declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise BadFile(f"tệp Excel hỏng hoặc tải về chưa hết: tải lại, hoặc {SAVE_AGAIN}") from None
    if unpacked > LARGEST:
        raise BadFile(f"tệp mở ra lớn hơn {LARGEST // 2**20} MB: xuất ít tháng hơn một lần")


def _sheet(sheet: object) -> Iterator[Row]:
    # bounds of our own: programs write a wrong "dimension" ("A1"), by which openpyxl would cut the rows
    rows: Iterator[Sequence[Cell]] = sheet.iter_rows(  # type: ignore[attr-defined]
        min_row=1, max_row=EXCEL_ROWS, max_col=MOST_COLUMNS, values_only=True
    )
    while part := _some(rows):
        yield from map(_trimmed, part)


def _some(rows: Iterator[Sequence[Cell]]) -> list[Sequence[Cell]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dates out of range
            return list(islice(rows, SOME))
    except Exception as error:
        raise BadFile(f"tệp Excel hỏng ở giữa chừng: {SAVE_AGAIN}") from error


def _trimmed(cells: Sequence[Cell]) -> Row:
    """Without the empty cells at its end; text without spaces around it, an error value (#N/A) as nothing."""
    if cells.count(None) == len(cells):
        return ()  # a cell far down makes a million of these
    row = [_plain(cell) for cell in cells[:MOST_COLUMNS]]
    while row and row[-1] is None:
        row.pop()
    return tuple(row)


def _plain(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = " ".join(cell.split())
    return None if not text or re.fullmatch(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", text) else text


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    full = 0
    for row in rows:
        full += bool(row)
        if full > MOST_ROWS:
            raise BadFile(f"tệp có hơn {MOST_ROWS:,} dòng: xuất ít tháng hơn một lần".replace(",", "."))
        yield row
