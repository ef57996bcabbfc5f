"""Reading a register (sổ theo dõi hồ sơ) that a one-stop program exported: a file in, dossiers and bad rows out. Pure.

::

    bytes ─ sheet.tables ─▶ find_table: the heading row, below titles ─▶ columns (shown, confirmed once)
                                                                       └▶ read_rows: dossiers · bad rows · unknown words

Of persons nothing is taken. Of a phone only its last four digits leave this module, and only where they can prove
anything: a number that stands at more than ``MOST_OF_A_PHONE`` dossiers of one month is the clerk's.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice, pairwise

from msgspec import Struct

from onestop.code import DossierCode
from onestop.days.calendar import vietnam_date
from onestop.dossier import LONG_AGO, Dossier, Status
from onestop.register.cells import BadCell, as_date, as_moment, as_text
from onestop.register.columns import DATES, Column, RegisterMap, columns_of, fold, national_words
from onestop.register.sheet import BadFile, Cell, Row, tables
from onestop.rows import MOST_OF_A_PHONE, read_phone

TITLE_ROWS = 40
"""The heading row is looked for so far down."""
SHORTEST_CODE = 6
"""Digits; a row with fewer in the code's cell and without any date is a sum or a signature."""
_NUMBERING = re.compile(r"\(?\w{1,2}\)?")


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table of dossiers. ``headings``: as printed, of the row ``heading_row`` (from 1); ``columns``: which is which.

    ``rows`` are those below, with their numbers in the file; they can be read once.
    """

    headings: tuple[str, ...]
    heading_row: int
    columns: Mapping[Column, int]
    rows: Iterator[tuple[int, Row]] = dataclasses.field(repr=False)


class Line(Struct, frozen=True):
    """A row that is a dossier. ``clerks``: its number stands at too many, so whatever is stored proves nothing more."""

    row: int
    dossier: Dossier
    clerks: bool = False


class BadLine(Struct, frozen=True):
    """A row that should be a dossier and is none. ``why`` is Vietnamese and repeats nothing of the row."""

    row: int
    why: str


class Register(Struct, frozen=True):
    """What a file holds. ``words``: status words nobody knows, each with how often; ``skipped``: titles and sums."""

    lines: tuple[Line, ...]
    bad: tuple[BadLine, ...]
    words: Mapping[str, int]
    skipped: int


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
            'trạng thái. Nếu cột mang tên khác, ghi vào tệp và dùng --map, ví dụ: columns: {"Mã HS": code}'
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
        except BadCell as why:
            bad.append(BadLine(number, str(why)))
            continue
        line = Line(number, dossier)
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
    if all(_NUMBERING.fullmatch(as_text(cell) or "") for cell in printed):
        return True
    if _headings(row) == table.headings:
        return True
    digits = re.sub(r"\D", "", as_text(cells[Column.CODE]) or "")
    dates = [as_moment(cells[column]) for column in DATES if column in cells]
    return len(digits) < SHORTEST_CODE and not any(isinstance(at, datetime) for at in dates)


def _dossier(cells: Mapping[Column, Cell], status_of: Callable[[Cell], Status | None], now: datetime) -> Dossier:
    """Raises BadCell."""
    code = as_text(cells[Column.CODE])
    if code is None:
        raise BadCell("không có mã hồ sơ")
    try:
        parsed = DossierCode.parse(code)
    except ValueError:
        raise BadCell("mã hồ sơ không đúng dạng: cần như H99.07-261116-0012") from None
    dates = {column: as_date(cells.get(column), column, now) for column in DATES}
    received, due = dates[Column.RECEIVED_AT], dates[Column.DUE]
    if received is not None and due is not None and vietnam_date(due) < vietnam_date(received):
        raise BadCell("ngày hẹn trả sớm hơn ngày nhận: xem lại ngày và tháng có bị đảo không")
    finished, done = dates[Column.FINISHED_AT], dates[Column.DONE_AT]
    status = status_of(cells.get(Column.STATUS))
    if status is None:  # nothing said: the dates say it
        status = Status.RETURNED if done else Status.FINISHED if finished else Status.ACCEPTED
    return Dossier(
        code=parsed,
        status=status,
        procedure=as_text(cells.get(Column.PROCEDURE)),
        procedure_name=as_text(cells.get(Column.PROCEDURE_NAME)),
        field=as_text(cells.get(Column.FIELD)),
        unit=as_text(cells.get(Column.UNIT)),
        received_at=received,
        due=due,
        finished_at=finished,
        done_at=done,
        agency=as_text(cells.get(Column.AGENCY)),
        phone_last4=read_phone(as_text(cells.get(Column.PHONE))),
    )


# --- statuses and phones -------------------------------------------------------------------------------------------


def _statuses(
    table: Table, rows: Iterable[tuple[int, Row]], written: RegisterMap, words: Counter[str]
) -> Callable[[Cell], Status | None]:
    """How this file's status cells are read; counts unknown words into ``words``. None: nothing is said.

    Numbers mean the national statuses only where all of them could (a province's own numbering goes past 10) and
    nobody wrote down what they mean.
    """
    place = table.columns.get(Column.STATUS)
    told = [] if place is None else [fold(as_text(row[place]) or "") for _, row in rows if place < len(row)]
    own = [word for word in (*told, *written.statuses) if word.isdecimal()]
    national = national_words()
    if any(word in written.statuses or word not in national for word in own):
        national = {word: status for word, status in national.items() if not word.isdecimal()}
    known = {**national, **written.statuses}

    def read(cell: Cell) -> Status | None:
        text = as_text(cell)
        if text is None:
            return None
        status = known.get(fold(text))
        if status is not None:
            return status
        words[text] += 1
        return Status.UNKNOWN

    return read


def _phone(cells: Mapping[Column, Cell]) -> str:
    """The whole number, to be counted here and nowhere else."""
    digits = re.sub(r"\D", "", re.split(r"[,;/|]| - ", as_text(cells.get(Column.PHONE)) or "", maxsplit=1)[0])
    return digits.removeprefix("84").lstrip("0")


def _clerks(phones: Mapping[DossierCode, tuple[str, date]]) -> frozenset[DossierCode]:
    """The dossiers whose number stands at too many of one month. ``phones``: number and month of each."""
    counts = Counter(phones.values())
    return frozenset(code for code, phone in phones.items() if phone[0] and counts[phone] > MOST_OF_A_PHONE)


def _without_phone(line: Line) -> Line:
    return Line(line.row, dataclasses.replace(line.dossier, phone_last4=None), clerks=True)
