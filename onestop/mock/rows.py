"""The mock's dossiers as rows of the national adapter: all strings, with the dirt that real systems send. Pure."""

from __future__ import annotations

from datetime import datetime, time

from onestop.days.calendar import VIETNAM, vietnam_date
from onestop.dossier import Status
from onestop.mock.simulation import Happening, Record, Step

Row = dict[str, object]
REASONED = frozenset({Status.REJECTED, Status.STOPPED, Status.WITHDRAWN})
"""What is closed so has a reason written beside it."""


def stamp(at: datetime | None) -> str:
    """``yyyyMMddHHmmss`` in Vietnam's time, or empty."""
    return "" if at is None else at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


def dossier_row(record: Record, now: datetime) -> Row:
    """``DongBoHoSoMC``: the whole dossier as it stands; what has not happened is not in it."""
    past = record.past(now)
    last = past[-1]
    return {
        "MaHoSo": record.code,
        "MaTTHC": record.procedure.code,
        "TenTTHC": record.procedure.name,
        "MaLinhVuc": "",
        "TenLinhVuc": record.procedure.field,
        "SoBienNhan": "",
        "ChuHoSo": "DỮ LIỆU MẪU",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "",
        "Email": "",
        "SoDienThoai": record.phone,
        "TrichYeuHoSo": "",
        "NgayTiepNhan": stamp(record.received_at()),
        "NgayHenTra": stamp(record.due_at(now)),
        "TrangThaiHoSo": str(int(last.status)),
        "NgayTra": stamp(_last(past, Status.RETURNED)),
        "HinhThuc": "0",
        "NgayKetThucXuLy": stamp(_last(past, Status.FINISHED)),
        "ThoiDiemXuLy": stamp(last.at),
        "DonViXuLy": record.unit_as_sent,
        "PhongBanXuLy": last.agency,
        "GhiChu": "",
        "TaiLieuNop": [],
        "DanhSachLePhi": _fees(last),
        "DanhSachHoSoBoSung": _supplements(past),
        "DanhSachGiayToKetQua": [],
        **record.extra,
        **({"GhiChu": last.note} if last.status in REASONED else {}),
        **({"MaHoSoLienThong": record.whole} if record.whole else {}),
        **({"DanhSachHoSoLienThong": [part_row(part, now) for part in record.parts]} if record.parts else {}),
    }


def as_its_day_passed(record: Record, now: datetime) -> Row | None:
    """A dossier that was handed over after its day, as it stood when that day ended: who had it then is told nowhere
    else. None for all others, also those that had ended once by then."""
    due, last = record.due_at(now), record.past(now)[-1]
    if due is None or record.moved_at is not None or last.status is not Status.RETURNED:
        return None
    ended = datetime.combine(vietnam_date(due), time.max, VIETNAM)
    stood = record.status(ended)
    at_work = ended < last.at and stood is not None and not stood.is_closed
    return dossier_row(record, ended) if at_work else None


def told_of(happening: Happening, whole: Record | None) -> tuple[str, Row]:
    """The service and the row that push it. Receptions, requests, new due days and ends go as whole dossiers, the rest
    as steps. Of a part one half of the units tells in the row of its whole, the other by the part's own code."""
    record, step = happening.record, happening.step
    if whole is not None and whole.unit.tells_parts_by_the_whole:
        return "DongBoHoSoMC", dossier_row(whole, step.at)
    if step.status not in (Status.IN_PROGRESS, Status.FINISHED) or step.due is not None:
        return "DongBoHoSoMC", dossier_row(record, step.at)
    begins = record.whole and step is record.steps[0]  # a part is made known, with its whole, before its steps are
    if begins or (record.parts and step.status is Status.IN_PROGRESS):
        return "DongBoHoSoMC", dossier_row(record, step.at)
    return "CapNhatTienDoHoSoMC", progress_row(record, step)


def part_row(part: Record, now: datetime) -> Row:
    """A part as it stands in the list of its whole; before its turn only what it will be, and whose."""
    if part.past(now):
        return dossier_row(part, now)
    return {
        "MaHoSo": "",
        "MaTTHC": part.procedure.code,
        "TenTTHC": part.procedure.name,
        "PhongBanXuLy": part.steps[0].agency,
        "TrangThaiHoSo": "",
    }


def _fees(last: Step) -> list[Row]:
    return [
        {
            "TenPhiLePhi": name,
            "MaPhiLePhi": "",
            "HinhThucThu": "1",
            "Gia": f"{amount:,}".replace(",", "."),
            "LoaiPhiLePhi": "1",
        }
        for name, amount in last.fees
    ]


def progress_row(record: Record, step: Step) -> Row:
    """``CapNhatTienDoHoSoMC``: one step."""
    return {
        "MaHoSo": record.code,
        "NguoiXuLy": "Cán bộ 1",
        "ChucDanh": "",
        "ThoiDiemXuLy": stamp(step.at),
        "PhongBanXuLy": step.agency,
        "NoiDungXuLy": step.note,
        "TrangThai": str(int(step.status)),
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": stamp(record.due_at(step.at)),
    }


def _last(past: list[Step], status: Status) -> datetime | None:
    return next((step.at for step in reversed(past) if step.status is status), None)


def _supplements(past: list[Step]) -> list[Row]:
    supplements: list[Row] = []
    for number, step in enumerate(past):
        if step.status is not Status.NEEDS_PAPERS:
            continue
        answer = next((later for later in past[number + 1 :] if later.status is not Status.NEEDS_PAPERS), None)
        supplements.append(
            {
                "HoSoBoSungId": str(number),
                "NguoiYeuCauBoSung": "Cán bộ 1",
                "NoiDungBoSung": step.note,
                "NgayBoSung": stamp(step.at),
                "NgayTiepNhanBoSung": "" if answer is None else stamp(answer.at),
                "TrangThaiBoSung": "0" if answer is None else "1",
                "DanhSachGiayToBoSung": [{"TenGiayTo": paper} for paper in step.papers],
                "DanhSachLePhiBoSung": _fees(step),
                "NgayHenTraTruoc": "",
                "NgayHenTraMoi": "" if answer is None else stamp(answer.due),
            }
        )
    return supplements
