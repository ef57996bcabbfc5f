"""Rows of the national adapter read into values: all strings, half of them empty, some of them nonsense.

``DongBoHoSoMC`` (a whole dossier; ``TraCuuHoSo`` answers with the same) and ``CapNhatTienDoHoSoMC`` (one step). A
linked dossier holds its parts in ``DanhSachHoSoLienThong``, rows of the same shape; a part that is told by itself names
the whole in ``MaHoSoLienThong``. Dates are ``yyyyMMddHHmmss`` in Vietnam's time. A row without a readable code is a
``BadRow``; all else that cannot be read is absent. Names of persons are never taken over; of the phone only keyed
hashes are ever stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, FeeDue, Part, Progress, Status, Supplement
from onestop.parts import part_of, settled
from onestop.status_map import LONGEST_WORD, NATIONAL, StatusMap

MOST_PARTS = 12
"""Parts of one dossier that are read: no procedure has so many agencies."""
MOST_OF_A_PHONE = 15
"""Dossiers of one month at which one number may stand; a number at more is not the citizen's own."""
NEVER_A_PHONE = ("0123456789", "1234567890", "0987654321", "0912345678", "0900000000")


class BadRow(ValueError):
    """This row cannot be taken for a dossier; ``reason`` says why, without repeating what a citizen wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_dossier(row: object, statuses: StatusMap = NATIONAL) -> Dossier:
    """A row of ``DongBoHoSoMC`` or ``TraCuuHoSo``. Raises BadRow."""
    fields = _fields(row)
    code = _code(fields)
    status = statuses.read(fields.get("TrangThaiHoSo"), code)
    found = Dossier(
        code=code,
        status=status,
        status_told=_told(status, fields, "TrangThaiHoSo"),
        procedure=_text(fields, "MaTTHC"),
        procedure_name=_text(fields, "TenTTHC"),
        field=_text(fields, "TenLinhVuc"),
        unit=_text(fields, "DonViXuLy"),
        received_at=_time(fields, "NgayTiepNhan"),
        due=_end_of_day(_time(fields, "NgayHenTra")),
        finished_at=_time(fields, "NgayKetThucXuLy"),
        done_at=_time(fields, "NgayTra"),
        moved_at=_time(fields, "ThoiDiemXuLy"),
        agency=_text(fields, "PhongBanXuLy"),
        note=_text(fields, "GhiChu"),
        supplements=tuple(_supplement(entry) for entry in _list(fields.get("DanhSachHoSoBoSung"))),
        fees=tuple(_fee(entry) for entry in _list(fields.get("DanhSachLePhi"))),
        phone_last4=read_phone(fields.get("SoDienThoai")),
        number=read_number(fields.get("SoDienThoai")),
        parts=tuple(_part(entry, statuses) for entry in _list(fields.get("DanhSachHoSoLienThong"))[:MOST_PARTS]),
        whole=_whole(fields, code),
    )
    return settled(found)


def read_progress(row: object, statuses: StatusMap = NATIONAL) -> Progress:
    """A row of ``CapNhatTienDoHoSoMC``. Raises BadRow."""
    fields = _fields(row)
    code = _code(fields)
    status = statuses.read(fields.get("TrangThai"), code)
    return Progress(
        code=code,
        status=status,
        status_told=_told(status, fields, "TrangThai"),
        at=_time(fields, "ThoiDiemXuLy"),
        agency=_text(fields, "PhongBanXuLy"),
        note=_text(fields, "NoiDungXuLy"),
    )


def read_time(value: object) -> datetime | None:
    """``yyyyMMddHHmmss`` (or shorter by the seconds, or by the time of day) in Vietnam's time; None for all else."""
    text = re.sub(r"[-/:.\sT]", "", str(value)) if isinstance(value, str | int) else ""
    if len(text) not in (14, 12, 8) or not text.isascii() or not text.isdigit() or not "2000" <= text[:4] <= "2099":
        return None
    month, day, hour, minute, second = (int(text[at : at + 2] or 0) for at in (4, 6, 8, 10, 12))
    try:  # a tenth of what strptime costs
        return datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None


def read_phone(value: object) -> str | None:
    """The last four digits of the receipt's phone, where they can prove anything: no blank, no dummy, no fragment."""
    number = read_number(value)
    return None if number is None else number[-4:]


def read_number(value: object) -> str | None:
    """All of its digits, the same whether or not it begins with 84. Of several numbers the first counts."""
    first = re.split(r"[,;/|]| - ", str(value or ""), maxsplit=1)[0]
    digits = re.sub(r"\D", "", first)
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    if not 9 <= len(digits) <= 11 or digits in NEVER_A_PHONE or len(set(digits[2:])) == 1:
        return None
    return digits


def _told(status: Status, fields: Mapping[str, object], name: str) -> str | None:
    return (_text(fields, name) or "")[:LONGEST_WORD] if status is Status.UNKNOWN else None


def _fields(row: object) -> Mapping[str, object]:
    if not isinstance(row, Mapping):
        raise BadRow(f"a row is {type(row).__name__}, not an object")
    return row


def _code(fields: Mapping[str, object]) -> DossierCode:
    try:
        return DossierCode.parse(str(fields.get("MaHoSo") or ""))
    except ValueError:
        raise BadRow("MaHoSo is missing" if not fields.get("MaHoSo") else "MaHoSo is not a dossier code") from None


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    text = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    return None if text.lower() in ("", "null", "none", "-") else text


def _time(fields: Mapping[str, object], name: str) -> datetime | None:
    return read_time(fields.get(name))


def _end_of_day(due: datetime | None) -> datetime | None:
    """A due date without a time of day lasts to the end of that day."""
    if due is None or due.time() != datetime.min.time():
        return due
    return due + timedelta(days=1, seconds=-1)


def _list(value: object) -> list[object]:
    """A list, also where it came as its own JSON text; an only child; else nothing."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return []
    if isinstance(value, Mapping):
        return [value]
    return [entry for entry in value if entry] if isinstance(value, list) else []


def _supplement(entry: object) -> Supplement:
    fields = entry if isinstance(entry, Mapping) else {"NoiDungBoSung": str(entry)}
    return Supplement(
        what=_text(fields, "NoiDungBoSung") or "",
        papers=_papers(fields.get("DanhSachGiayToBoSung")),
        asked_at=_time(fields, "NgayBoSung"),
        received_at=_time(fields, "NgayTiepNhanBoSung"),
        due_before=_end_of_day(_time(fields, "NgayHenTraTruoc")),
        due_after=_end_of_day(_time(fields, "NgayHenTraMoi")),
        fees=tuple(_fee(fee) for fee in _list(fields.get("DanhSachLePhiBoSung"))),
    )


def _part(entry: object, statuses: StatusMap) -> Part:
    """A part of a linked dossier; one without a code, or of which nothing is known, has not begun."""
    fields = entry if isinstance(entry, Mapping) else {"TenTTHC": str(entry)}
    try:
        if _text(fields, "TrangThaiHoSo") is None:
            raise BadRow("a part that has not begun")
        return part_of(read_dossier({**fields, "DanhSachHoSoLienThong": []}, statuses))
    except BadRow:
        agency = _text(fields, "PhongBanXuLy") or _text(fields, "DonViXuLy")
        return Part(_text(fields, "TenTTHC") or "", procedure=_text(fields, "MaTTHC"), agency=agency)


def _whole(fields: Mapping[str, object], code: DossierCode) -> DossierCode | None:
    """The dossier that a row is a part of; None where it names none, or itself."""
    try:
        whole = DossierCode.parse(str(fields.get("MaHoSoLienThong") or ""))
    except ValueError:
        return None
    return None if whole == code else whole


def _papers(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip()[:1] not in ("[", "{"):
        return tuple(part.strip() for part in re.split(r"[;\n]", value) if part.strip())
    names = [
        _text(entry, "TenGiayTo") or _text(entry, "TenThanhPhanHoSo") if isinstance(entry, Mapping) else str(entry)
        for entry in _list(value)
    ]
    return tuple(name for name in names if name)


def _fee(entry: object) -> FeeDue:
    fields = entry if isinstance(entry, Mapping) else {}
    amount = re.sub(r"[.,\s]|đồng|VND|đ", "", str(fields.get("Gia") or ""))
    return FeeDue(_text(fields, "TenPhiLePhi") or "", int(amount) if re.fullmatch(r"[0-9]{1,12}", amount) else None)
