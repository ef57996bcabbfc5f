"""Cells of a register read into values: texts without ".0", dates however a program or Excel wrote them. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from onestop.days.calendar import VIETNAM, vietnam_date
from onestop.register.columns import Column
from onestop.register.sheet import Cell
from onestop.rows import read_time

LONGEST_TEXT = 300
FIRST_SERIAL, LAST_SERIAL = 36526, 73050
"""Excel's numbers of the days 1/1/2000 and 31/12/2099."""
EXCEL_DAY_0 = datetime(1899, 12, 30)

_DAY = r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})"
_TIME = r"(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\.\d+)?\s*(?P<half>SA|CH|AM|PM)?"
_DATE = re.compile(rf"{_DAY}(?:[\s,]+(?:{_TIME}))?", re.IGNORECASE)
_TIME_FIRST = re.compile(rf"{_TIME}[\s,\-]+(?:ngày\s+)?{_DAY}", re.IGNORECASE)

NAMES = {
    Column.RECEIVED_AT: "ngày nhận",
    Column.DUE: "ngày hẹn trả",
    Column.FINISHED_AT: "ngày xử lý xong",
    Column.DONE_AT: "ngày trả",
}


class BadCell(Exception):
    """A cell cannot be what its column says; the message is Vietnamese and repeats nothing of it."""


def as_text(cell: Cell) -> str | None:
    """A cell as text; a whole number without ".0" (a phone that a program took for a number, in CSV too)."""
    if cell is None or isinstance(cell, bool | datetime | date | time | timedelta):
        return None
    text = re.sub(r"^(\d+)\.0$", r"\1", " ".join(str(cell).split()))[:LONGEST_TEXT]
    return None if text.lower() in ("", "-", "--", "null", "none") else text


def as_date(cell: Cell, column: Column, now: datetime) -> datetime | None:
    """A date's cell. A due day without a time lasts to its end. Raises BadCell."""
    at = as_moment(cell)
    if at is None:
        return None
    name = NAMES[column]
    if not isinstance(at, datetime):
        raise BadCell(f"{name} không đọc được: cần dạng 26/11/2026 hoặc 26/11/2026 16:30")
    if column is Column.DUE:
        return at + timedelta(days=1, seconds=-1) if at.time() == time() else at
    if vietnam_date(at) > vietnam_date(now):
        raise BadCell(f"{name} ở tương lai: xem lại ngày và tháng có bị đảo không")
    return at


def as_moment(cell: Cell) -> datetime | str | None:
    """An instant in Vietnam; the text where it is none; None where nothing with a digit stands there ("chưa trả")."""
    if isinstance(cell, datetime):
        at = cell if cell.tzinfo is not None else cell.replace(tzinfo=VIETNAM)
        return (at + timedelta(milliseconds=500)).replace(microsecond=0) if 2000 <= at.year <= 2099 else "?"
    if isinstance(cell, date):
        return datetime.combine(cell, time(), VIETNAM)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        return (EXCEL_DAY_0 + timedelta(seconds=round(cell * 86400))).replace(tzinfo=VIETNAM)
    text = as_text(cell)
    if text is None or not re.search(r"\d", text):
        return None
    match = _DATE.fullmatch(text) or _TIME_FIRST.fullmatch(text)
    return (read_time(text) if match is None else _built(match)) or text


def _built(match: re.Match[str]) -> datetime | None:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["half"] or "").upper()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in ("CH", "PM") else 0)
    try:
        at = datetime(int(match["year"]), int(match["month"]), int(match["day"]), hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None
    return at if 2000 <= at.year <= 2099 else None
