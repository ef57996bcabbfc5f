"""Registers as one-stop programs export them, made by the tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import openpyxl

from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier
from onestop.register.columns import (
    RegisterMap,
)
from onestop.register.reading import Register, find_table, read_rows

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
