"""What of a citizen's own words is kept. Pure.

Numbers that name a person are taken out at the door already (``door.py``); here names, plates and what is left of
phones go as well, praise included: who is named must not be found in a table. Words that may be an accusation are
never for the unit they speak of.
"""

from __future__ import annotations

import re

from procedures.finding.fold import syllables

NAME, PLATE, PHONE = "[tên]", "[biển số]", "[số điện thoại]"

_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đào|Đoàn|Vương|Trịnh|Trương|Đinh|Lâm|Phùng|"
    "Mai|Tô|Hà|Tạ|Cao|Chu|Châu|Thái|Lưu|Tống|Quách|Lò|Vàng|Giàng|Thào|Sùng|Hờ|Cầm|Quàng|Nông|Ma|Triệu|Lương|Lục"
)
_LETTERS = [chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00))]
_CAPITALS, _SMALL = ("".join(filter(is_case, _LETTERS)) for is_case in (str.isupper, str.islower))
_GIVEN = rf"[{_CAPITALS}][{_SMALL}]*\b"
_TITLES = "ông|bà|anh|chị|cô|chú|bác|em|cán bộ|công chức|đồng chí|đ/c|chủ tịch|phó chủ tịch|trưởng phòng|tên là|tên"
_AFTER_TITLE = re.compile(rf"\b((?i:{_TITLES}))(?: {_GIVEN})+")
_FULL_NAME = re.compile(rf"\b(?:{_SURNAMES})(?: {_GIVEN})+")
_PLATE = re.compile(r"\b\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{1,3}(?:\d{3}[. ]\d{2}|\d{4,5})\b")
_PHONE = re.compile(r"…\d{4}\b")

_PHRASES = """
hoi lo, dut lot, voi tien, voi vinh, doi tien, lot tay, boi tron, phong bi, nhung nhieu, tham nhung, hach sach,
lam tien, an chan, chung chi tien, phai dua tien, to cao, lua dao, danh nguoi, de doa, quay roi
"""
_ACCUSING = tuple(" ".join(phrase.split()) for phrase in _PHRASES.split(","))


def without_names(text: str) -> str:
    """The text without names of people, plates and phones. A second time changes nothing."""
    text = _PHONE.sub(PHONE, text)
    text = _PLATE.sub(PLATE, text)
    text = _AFTER_TITLE.sub(rf"\1 {NAME}", text)
    return _FULL_NAME.sub(NAME, text)


def may_accuse(text: str) -> bool:
    """Whether the words may hold an accusation (nội dung tố cáo): rather one too many, it only keeps them closer."""
    said = f" {' '.join(syllables(text))} "
    return any(f" {phrase} " in said for phrase in _ACCUSING)
