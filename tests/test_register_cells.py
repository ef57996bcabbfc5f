"""Reading a register's cells: dates, phones, statuses, and rows that are wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import yaml

from onestop.days.calendar import VIETNAM
from onestop.dossier import OFFICIAL_NAMES, Status
from onestop.register.cells import as_text
from onestop.register.columns import (
    STATUSES_FILE,
    fold,
    load_map,
    national_words,
)
from onestop.rows import MOST_OF_A_PHONE
from tests.register_files import CODE, HEADINGS, ROW, csv, one, read, why, with_cell, xlsx

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
