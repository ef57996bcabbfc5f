"""Rows of the one-stop system: what is understood of them, and how lateness is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.days.calendar import VIETNAM, vietnam
from onestop.dossier import Dossier, Status
from onestop.rows import BadRow, read_dossier, read_phone, read_progress, read_time

CODE = "H99.07-261116-0007"

ROW = {
    "MaHoSo": "000.00.07.H99-261116-0007",
    "MaTTHC": "1.001193",
    "TenTTHC": " Thủ tục  đăng ký khai sinh ",
    "TenLinhVuc": "Hộ tịch",
    "ChuHoSo": "NGUYỄN VĂN MẪU",
    "LoaiDoiTuong": "1",
    "Email": "",
    "SoDienThoai": "0100004821",
    "NgayTiepNhan": "20261116083000",
    "NgayHenTra": "20261117",
    "TrangThaiHoSo": "10",
    "NgayTra": "20261117091500",
    "NgayKetThucXuLy": "20261116163000",
    "DonViXuLy": "H99.07",
    "GhiChu": "",
    "TruongLa": {"bất kỳ": ["gì"]},
    "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí hộ tịch", "Gia": "15.000"}, {"TenPhiLePhi": "Bản sao", "Gia": "Không"}],
    "DanhSachHoSoBoSung": [],
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def row(**fields: object) -> dict[str, object]:
    return {"MaHoSo": CODE, "TrangThaiHoSo": "4", **fields}


def test_a_whole_row() -> None:
    dossier = read_dossier(ROW)
    assert dossier.code.canonical == CODE and dossier.code.printed == ROW["MaHoSo"]
    assert (dossier.procedure, dossier.procedure_name) == ("1.001193", "Thủ tục đăng ký khai sinh")
    assert (dossier.field, dossier.unit, dossier.status) == ("Hộ tịch", "H99.07", Status.RETURNED)
    assert dossier.received_at == at("2026-11-16T08:30") == datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
    assert dossier.due == at("2026-11-17T23:59:59")
    assert dossier.done_at == dossier.own_time == at("2026-11-17T09:15")
    assert dossier.note is None and dossier.supplements == ()
    assert [(fee.what, fee.amount) for fee in dossier.fees] == [("Lệ phí hộ tịch", 15000), ("Bản sao", None)]


def test_who_he_is_stays_outside() -> None:
    dossier = read_dossier(ROW)
    assert dossier.phone_last4 == "4821"
    assert "4821" not in repr(dossier) and "NGUYỄN" not in repr(dossier)


STATUSES = [
    ("1", 1),
    (" 10 ", 10),
    (5, 5),
    ("05", 5),
    ("11", 0),
    ("0", 0),
    ("", 0),
    (None, 0),
    ("Đang xử lý", 4),
    ("CHỜ TRẢ KẾT QUẢ", 9),
    ("Chờ ký số", 0),
    ("²", 0),
]


@pytest.mark.parametrize(("told", "status"), STATUSES)
def test_statuses(told: object, status: int) -> None:
    assert read_dossier(row(TrangThaiHoSo=told)).status is Status(status)
    assert read_progress({"MaHoSo": CODE, "TrangThai": told}).status is Status(status)


TIMES = [
    ("20261116083000", at("2026-11-16T08:30")),
    ("202611160830", at("2026-11-16T08:30")),
    ("20261116", at("2026-11-16")),
    ("2026-11-16T08:30:00", at("2026-11-16T08:30")),
    ("20261131000000", None),
    ("00010101000000", None),
    ("99991231235959", None),
    ("0", None),
    ("", None),
    (None, None),
    ("null", None),
    ("16/11/2026", None),
    ([], None),
    ("２０２６1116", None),
]


@pytest.mark.parametrize(("told", "time"), TIMES)
def test_times(told: object, time: datetime | None) -> None:
    assert read_time(told) == time


PHONES = [
    ("0100004821", "4821"),
    ("+84 100 004 821", "4821"),
    ("0100.004.821; 0200000007", "4821"),
    ("0100000907", "0907"),
    (100004821, "4821"),
    ("", None),
    (None, None),
    ("không có", None),
    ("0900000000", None),
    ("0999999999", None),
    ("0000000000", None),
    ("0123456789", None),
    ("0987654321", None),
    ("4821", None),
    ("******4821", None),
    ("099201001234", None),
]


@pytest.mark.parametrize(("told", "proof"), PHONES)
def test_phones(told: object, proof: str | None) -> None:
    assert read_phone(told) == proof


BAD = [
    ({}, "MaHoSo is missing"),
    ({"MaHoSo": ""}, "MaHoSo is missing"),
    ({"MaHoSo": "Nguyễn Văn A 0912345678"}, "MaHoSo is not a dossier code"),
    ({"MaHoSo": "G22.99.3-241219795252"}, "MaHoSo is not a dossier code"),
    ("H99.07-261116-0007", "a row is str, not an object"),
    (None, "a row is NoneType, not an object"),
]


@pytest.mark.parametrize(("told", "reason"), BAD)
def test_bad_rows_say_why_and_repeat_nothing(told: object, reason: str) -> None:
    for read in (read_dossier, read_progress):
        with pytest.raises(BadRow) as error:
            read(told)
        assert error.value.reason == reason


def test_missing_papers() -> None:
    asked = {
        "NoiDungBoSung": "Bổ sung giấy tờ",
        "NgayBoSung": "20261119100000",
        "NgayTiepNhanBoSung": "",
        "DanhSachGiayToBoSung": [{"TenGiayTo": "Bản sao căn cước"}, {"TenGiayTo": ""}, "Văn bản ủy quyền"],
        "NgayHenTraMoi": "20261130170000",
    }
    older = {"NoiDungBoSung": "Ảnh", "NgayBoSung": "20261118100000", "NgayTiepNhanBoSung": "20261118150000"}
    dossier = read_dossier(row(TrangThaiHoSo="5", DanhSachHoSoBoSung=[asked, older]))
    assert dossier.open_supplement is not None
    assert dossier.open_supplement.papers == ("Bản sao căn cước", "Văn bản ủy quyền")
    assert dossier.open_supplement.due_after == at("2026-11-30T17:00")
    assert dossier.own_time == at("2026-11-19T10:00")
    assert read_dossier(row(DanhSachHoSoBoSung=[asked])).open_supplement is None


LISTS = [
    ("", []),
    (None, []),
    ("[]", []),
    ("[hỏng", []),
    ({"NoiDungBoSung": "một"}, ["một"]),
    ('[{"NoiDungBoSung": "hai"}]', ["hai"]),
    (["ba", None, {}], ["ba"]),
    (7, []),
]


@pytest.mark.parametrize(("told", "understood"), LISTS)
def test_lists_in_every_shape(told: object, understood: list[str]) -> None:
    assert [supplement.what for supplement in read_dossier(row(DanhSachHoSoBoSung=told)).supplements] == understood


def test_papers_as_one_text() -> None:
    (supplement,) = read_dossier(row(DanhSachHoSoBoSung=[{"DanhSachGiayToBoSung": "Giấy A; Giấy B\n"}])).supplements
    assert supplement.papers == ("Giấy A", "Giấy B")


def dossier(status: int, due: str | None = "20261118170000", **fields: object) -> Dossier:
    return read_dossier(row(TrangThaiHoSo=str(status), NgayTiepNhan="20261102080000", NgayHenTra=due or "", **fields))


ASKED = [{"NgayBoSung": "20261117100000"}]
ASKED_LATE = [{"NgayBoSung": "20261119100000"}]
NOW = at("2026-11-25T09:00")
LATE = [
    # label, dossier, late, whole working days (24/11 is a holiday, 21 and 22/11 a weekend)
    ("four working days on the desk", dossier(4), True, 4),
    ("no due date", dossier(4, None), False, 0),
    ("still in time", dossier(4, "20261126170000"), False, 0),
    (
        "finished in time, fetched later",
        dossier(10, NgayKetThucXuLy="20261118160000", NgayTra="20261123090000"),
        False,
        0,
    ),
    ("returned late", dossier(10, NgayTra="20261120090000"), True, 2),
    ("returned the same evening", dossier(10, NgayTra="20261118190000"), True, 0),
    ("finished, not fetched", dossier(9, NgayKetThucXuLy="20261118160000"), False, 0),
    ("waiting for papers asked for in time", dossier(5, DanhSachHoSoBoSung=ASKED), False, 0),
    ("waiting for papers asked for too late", dossier(5, DanhSachHoSoBoSung=ASKED_LATE), True, 1),
    ("due on a day without a time", dossier(9, "20261118", NgayKetThucXuLy="20261118233000"), False, 0),
]


@pytest.mark.parametrize(("label", "told", "late", "days"), LATE, ids=[row[0] for row in LATE])
def test_lateness(label: str, told: Dossier, late: bool, days: int) -> None:
    assert told.is_late(NOW) is late
    assert told.days_late(NOW, vietnam()) == days


def test_own_time() -> None:
    assert dossier(4).own_time == at("2026-11-02T08:00")
    assert dossier(4, ThoiDiemXuLy="20261110080000").own_time == at("2026-11-10T08:00")
    assert dossier(10, NgayTra="20261109080000", ThoiDiemXuLy="20261110080000").own_time == at("2026-11-09T08:00")
    assert dossier(4, NgayTra="20261109080000").own_time == at("2026-11-02T08:00")
    assert read_dossier(row()).own_time is None
    assert read_progress({"MaHoSo": CODE, "ThoiDiemXuLy": "20261110080000"}).own_time == at("2026-11-10T08:00")


def test_statuses_have_their_official_names() -> None:
    assert Status.RETURNED.official == "Đã trả kết quả" and len({status.official for status in Status}) == 11
    assert Status.NEEDS_PAPERS.waits_for_citizen and not Status.FINISHED.is_closed and Status.RETURNED.is_closed


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ROW, "TrangThai", "ThoiDiemXuLy"]), json))
def test_nonsense_is_read_or_refused_never_more(fields: dict[str, object]) -> None:
    told = read_dossier({**fields, "MaHoSo": CODE})
    assert told.code.canonical == CODE
    told.days_late(NOW, vietnam())
    for time in (told.own_time, told.due, told.worked_until(NOW)):
        assert time is None or time.utcoffset() == timedelta(hours=7)
    if "MaHoSo" not in fields:
        with pytest.raises(BadRow):
            read_dossier(fields)
