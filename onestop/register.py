"""Reading a register (sổ theo dõi hồ sơ) that a one-stop program exported: a file in, dossiers and bad rows out. Pure.

::

    bytes ─ sheet.tables ─▶ find_table: the heading row, below titles ─▶ columns (shown, confirmed once)
                                                                       └▶ read_rows: dossiers · bad rows · unknown words

Of persons nothing is taken. Of a phone only its last four digits leave this module, and only where they can prove
anything: a number that stands at more than ``MOST_OF_A_PHONE`` dossiers of one month is the clerk's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, islice, pairwise

from onestop.calendar import VIETNAM, vietnam_date
from onestop.code import DossierCode
from onestop.dossier import LONG_AGO, Dossier, Status
from onestop.register_map import DATES, Column, RegisterMap, columns_of, fold, national_words
from onestop.rows import read_phone, read_time
from onestop.sheet import BadFile, Cell, Row, tables

TITLE_ROWS = 40
"""The heading row is looked for so far down."""
MOST_OF_A_PHONE = 15
LONGEST_TEXT = 300
FIRST_SERIAL, LAST_SERIAL = 36526, 73050
"""Excel's numbers of the days 1/1/2000 and 31/12/2099."""
EXCEL_DAY_0 = datetime(1899, 12, 30)

_DAY = r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})"
_TIME = r"(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\.\d+)?\s*(?P<half>SA|CH|AM|PM)?"
_DATE = re.compile(rf"{_DAY}(?:[\s,]+(?:{_TIME}))?", re.IGNORECASE)
_TIME_FIRST = re.compile(rf"{_TIME}[\s,\-]+(?:ngày\s+)?{_DAY}", re.IGNORECASE)
_NUMBERING = re.compile(r"\(?\w{1,2}\)?")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of dossiers. ``headings``: as printed, of the row ``heading_row`` (from 1); ``columns``: which is which.

    ``rows`` are those below, with their numbers in the file; they can be read once.
    """

    headings: tuple[str, ...]
    heading_row: int
    columns: Mapping[Column, int]
    rows: Iterator[tuple[int, Row]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is a dossier. ``no_proof``: its phone is known to prove nothing (blank, a dummy, the clerk's)."""

    row: int
    dossier: Dossier
    no_proof: bool


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that should be a dossier and is none. ``why`` is Vietnamese and repeats nothing of the row."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Register:
    """What a file holds. ``words``: status words nobody knows, each with how often; ``skipped``: titles and sums."""

    lines: tuple[Line, ...]
    bad: tuple[BadLine, ...]
    words: Mapping[str, int]
    skipped: int


class _Bad(Exception):
    """Why this row is none."""


# --- the table ---------------------------------------------------------------------------------------------------


def find_table(raw: bytes, written: RegisterMap) -> Table:
    """The table of dossiers in a file: the one with most columns that are known. Raises BadFile."""
    best: Table | None = None
    for rows in tables(raw):
        numbered = enumerate(rows, 1)
        head = list(islice(numbered, TITLE_ROWS))
        found = _heading(head, written)
        if found is not None and (best is None or len(found[1]) > len(best.columns)):
            headings, columns, last = found
            below = chain((each for each in head if each[0] > last), numbered)
            best = Table(headings, last, columns, below)
    if best is None:
        raise BadFile(
            f"không thấy dòng tiêu đề trong {TITLE_ROWS} dòng đầu: cần cột “Mã hồ sơ” và ít nhất một cột ngày hoặc "
            "trạng thái. Nếu cột mang tên khác, ghi vào tệp và dùng --map, ví dụ: columns: {“Mã HS”: code}"
        )
    return best


def _heading(
    head: Sequence[tuple[int, Row]], written: RegisterMap
) -> tuple[tuple[str, ...], dict[Column, int], int] | None:
    """Headings, columns and the (last) heading row; of a heading of two rows the lower cell counts."""
    pairs = [
        (_merged(upper, lower), number)
        for (_, upper), (number, lower) in pairwise(head)
        if any(isinstance(cell, str) for cell in upper)
    ]
    best: tuple[tuple[str, ...], dict[Column, int], int] | None = None
    for cells, number in [*((row, number) for number, row in head), *pairs]:
        headings = _headings(cells)
        columns = columns_of(headings, written)
        is_one = Column.CODE in columns and len(columns.keys() & {Column.STATUS, *DATES}) > 0
        if is_one and (best is None or len(columns) > len(best[1])):
            best = (headings, columns, number)
    return best


def _headings(row: Row) -> tuple[str, ...]:
    return tuple(cell if isinstance(cell, str) else "" for cell in row)


def _merged(upper: Row, lower: Row) -> Row:
    width = max(len(upper), len(lower))
    above, below = (row + (None,) * (width - len(row)) for row in (upper, lower))
    return tuple(under if under is not None else over for over, under in zip(above, below, strict=True))


# --- the rows ----------------------------------------------------------------------------------------------------


def read_rows(table: Table, written: RegisterMap, now: datetime) -> Register:
    """Read every row; ``now``: nothing that has happened is later. Raises BadFile where the file breaks off."""
    rows = list(table.rows)
    words: Counter[str] = Counter()
    status_of = _statuses(table, rows, written, words)
    found: dict[DossierCode, Line] = {}
    phones: dict[DossierCode, tuple[str, date]] = {}
    bad: list[BadLine] = []
    skipped = 0
    for number, row in rows:
        if not row:
            continue
        cells = {column: row[place] if place < len(row) else None for column, place in table.columns.items()}
        if _is_no_dossier(row, cells, table):
            skipped += 1
            continue
        try:
            dossier = _dossier(cells, status_of, now)
        except _Bad as why:
            bad.append(BadLine(number, str(why)))
            continue
        line = Line(number, dossier, dossier.phone_last4 is None and Column.PHONE in cells)
        other = found.get(dossier.code)
        if other is not None:
            line, lost = _newer(other, line)
            bad.append(BadLine(lost.row, f"mã hồ sơ này có ở dòng {line.row} nữa, lấy dòng {line.row}"))
        found[dossier.code] = line
        if line.row == number:
            phones[dossier.code] = _phone(cells), vietnam_date(dossier.received_at or now).replace(day=1)
    clerks = _clerks(phones)
    lines = tuple(_without_phone(line) if code in clerks else line for code, line in found.items())
    return Register(lines, tuple(sorted(bad, key=lambda each: each.row)), dict(words), skipped)


def _newer(first: Line, second: Line) -> tuple[Line, Line]:
    """Of two rows of one dossier the one that tells of the later time, else the lower one; then the other."""
    times = [line.dossier.own_time or LONG_AGO for line in (first, second)]
    return (first, second) if times[0] > times[1] else (second, first)


def _is_no_dossier(row: Row, cells: Mapping[Column, Cell], table: Table) -> bool:
    """Titles, sums, signatures, the headings again on a new page, "(1) (2) (3)"."""
    printed = [cell for cell in row if cell is not None]
    if all(_NUMBERING.fullmatch(_text(cell) or "") for cell in printed):
        return True
    if _headings(row) == table.headings:
        return True
    code = _text(cells[Column.CODE]) or ""
    dates = [_moment(cells[column]) for column in DATES if column in cells]
    return not re.search(r"\d", code) and not any(isinstance(at, datetime) for at in dates)


def _dossier(cells: Mapping[Column, Cell], status_of: Callable[[Cell], Status | None], now: datetime) -> Dossier:
    """Raises _Bad."""
    code = _text(cells[Column.CODE])
    if code is None:
        raise _Bad("không có mã hồ sơ")
    try:
        parsed = DossierCode.parse(code)
    except ValueError:
        raise _Bad("mã hồ sơ không đúng dạng") from None
    dates = {column: _date(cells.get(column), column, now) for column in DATES}
    received, due = dates[Column.RECEIVED_AT], dates[Column.DUE]
    if received is not None and due is not None and vietnam_date(due) < vietnam_date(received):
        raise _Bad("ngày hẹn trả sớm hơn ngày nhận: xem lại ngày và tháng có bị đảo không")
    finished, done = dates[Column.FINISHED_AT], dates[Column.DONE_AT]
    status = status_of(cells.get(Column.STATUS))
    if status is None:  # nothing said: the dates say it
        status = Status.RETURNED if done else Status.FINISHED if finished else Status.ACCEPTED
    return Dossier(
        code=parsed,
        status=status,
        procedure=_text(cells.get(Column.PROCEDURE)),
        procedure_name=_text(cells.get(Column.PROCEDURE_NAME)),
        field=_text(cells.get(Column.FIELD)),
        unit=_text(cells.get(Column.UNIT)),
        received_at=received,
        due=due,
        finished_at=finished,
        done_at=done,
        agency=_text(cells.get(Column.AGENCY)),
        phone_last4=read_phone(_text(cells.get(Column.PHONE))),
    )


# --- cells -------------------------------------------------------------------------------------------------------


def _text(cell: Cell) -> str | None:
    """A cell as text; a whole number without ".0" (a phone or a code that Excel took for a number)."""
    if cell is None or isinstance(cell, bool | datetime | date | time | timedelta):
        return None
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else str(cell)
    text = " ".join(str(cell).split())[:LONGEST_TEXT]
    return None if text.lower() in ("", "-", "--", "null", "none") else text


def _date(cell: Cell, column: Column, now: datetime) -> datetime | None:
    """A date's cell. A due day without a time lasts to its end. Raises _Bad."""
    at = _moment(cell)
    if at is None:
        return None
    name = _NAMES[column]
    if not isinstance(at, datetime):
        raise _Bad(f"{name} không đọc được: cần dạng 26/11/2026 hoặc 26/11/2026 16:30")
    if column is Column.DUE:
        return at + timedelta(days=1, seconds=-1) if at.time() == time() else at
    if vietnam_date(at) > vietnam_date(now):
        raise _Bad(f"{name} ở tương lai: xem lại ngày và tháng có bị đảo không")
    return at


_NAMES = {
    Column.RECEIVED_AT: "ngày nhận",
    Column.DUE: "ngày hẹn trả",
    Column.FINISHED_AT: "ngày xử lý xong",
    Column.DONE_AT: "ngày trả",
}


def _moment(cell: Cell) -> datetime | str | None:
    """An instant in Vietnam; the text where it is none; None where nothing with a digit stands there ("chưa trả")."""
    if isinstance(cell, datetime):
        at = cell if cell.tzinfo is not None else cell.replace(tzinfo=VIETNAM)
        return (at + timedelta(milliseconds=500)).replace(microsecond=0) if 2000 <= at.year <= 2099 else "?"
    if isinstance(cell, date):
        return datetime.combine(cell, time(), VIETNAM)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        return (EXCEL_DAY_0 + timedelta(seconds=round(cell * 86400))).replace(tzinfo=VIETNAM)
    text = _text(cell)
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


def _statuses(
    table: Table, rows: Iterable[tuple[int, Row]], written: RegisterMap, words: Counter[str]
) -> Callable[[Cell], Status | None]:
    """How this file's status cells are read; counts unknown words into ``words``. None: nothing is said.

    Numbers mean the national statuses only where all of them could (a province's own numbering goes past 10) and
    nobody wrote down what they mean.
    """
    place = table.columns.get(Column.STATUS)
    told = [] if place is None else [fold(_text(row[place]) or "") for _, row in rows if place < len(row)]
    own = [word for word in (*told, *written.statuses) if word.isdecimal()]
    national = national_words()
    if any(word in written.statuses or word not in national for word in own):
        national = {word: status for word, status in national.items() if not word.isdecimal()}
    known = {**national, **written.statuses}

    def read(cell: Cell) -> Status | None:
        text = _text(cell)
        if text is None:
            return None
        status = known.get(fold(text))
        if status is not None:
            return status
        words[text] += 1
        return Status.UNKNOWN

    return read


# --- phones ------------------------------------------------------------------------------------------------------


def _phone(cells: Mapping[Column, Cell]) -> str:
    """The whole number, to be counted here and nowhere else."""
    digits = re.sub(r"\D", "", re.split(r"[,;/|]| - ", _text(cells.get(Column.PHONE)) or "", maxsplit=1)[0])
    return digits.removeprefix("84").lstrip("0")


def _clerks(phones: Mapping[DossierCode, tuple[str, date]]) -> frozenset[DossierCode]:
    """The dossiers whose number stands at too many of one month. ``phones``: number and month of each."""
    counts = Counter(phones.values())
    return frozenset(code for code, phone in phones.items() if phone[0] and counts[phone] > MOST_OF_A_PHONE)


def _without_phone(line: Line) -> Line:
    return Line(line.row, replace(line.dossier, phone_last4=None), no_proof=True)
