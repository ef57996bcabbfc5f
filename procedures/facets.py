"""Which facts of a procedure a question asks for: several at once, in the order asked, none where none is named.

Rules over folded syllables, so they hold without diacritics; a phrase begins and ends at a syllable.
"""

from __future__ import annotations

import re
from enum import Enum

from procedures.fold import syllables


class Facet(Enum):
    """What can be asked of a procedure."""

    PAPERS = "papers"
    FEE = "fee"
    TIME = "time"
    WHERE = "where"
    HOW = "how"
    ONLINE = "online"
    RESULT = "result"
    CONDITIONS = "conditions"
    LEGAL_BASIS = "legal_basis"
    FORM = "form"
    POST = "post"


WHAT = r"(?:gi|chi|nao|j|nhung gi|cai gi)"
PAPER = r"(?:giay to|giay|ho so|gto|tai lieu)"
COME = r"(?:co|xong|lay|nhan|tra|duoc|ra)"

STRONG: dict[Facet, tuple[str, ...]] = {
    Facet.PAPERS: (
        rf"{PAPER} (?:\w+ ){{0,2}}{WHAT}",
        rf"(?:can|gom|nhung|cac|du|thieu|bo|loai|kem) (?:co |them |nhung |cac |loai ){{0,2}}{PAPER}(?! (?:phep|khai|chung|xac|ket))",
        rf"(?:can|gom|co|phai nop|phai co|mang|dem|cam|chuan bi|nop) (?:them |theo |nhung |ve ){{0,2}}{WHAT}(?! (?:nhan|phai))",
        rf"{PAPER} (?:can|the nao|nhu the nao|ra sao|sao)",
        r"thanh phan ho so",
        r"xuat trinh",
        r"mang theo",
        r"may (?:ban|bo|to|loai)",
        r"co can (?:\w+ ){0,3}(?:giay|so|the|anh|ban sao|mang|nop)",
        r"can chuan bi",
    ),
    Facet.FEE: (
        r"le phi",
        r"chi phi",
        r"phi(?! nong)",
        r"(?:bao nhieu|may|nhieu|ton|mat|het|dong|tra|thu|thu may) tien",
        r"(?:het|ton) (?:bao nhieu|nhieu)(?! (?:ngay|lau|thoi|gio|thang|tuan))",
        r"mat bao nhieu(?! (?:ngay|lau|thoi|gio|thang|tuan))",
        r"may (?:dong|nghin|ngan|tram|chuc|xu)",
        r"(?:dong|nop|tra) bao nhieu(?! (?:ngay|bo|ban|giay))",
        r"mien phi",
        r"gia (?:bao nhieu|the nao|may)",
        r"ton kem",
    ),
    Facet.TIME: (
        r"bao lau",
        r"(?:may|bao nhieu) (?:ngay|bua|hom|tuan|thang|gio|tieng|lau)",
        rf"(?:khi nao|bao gio|chung nao|luc nao|ngay nao) (?:\w+ ){{0,3}}{COME}",
        rf"{COME} (?:\w+ ){{0,2}}(?:khi nao|bao gio|chung nao|ngay nao|lien|ngay khong)",
        r"thoi han",
        r"thoi gian",
        r"trong ngay",
        r"(?:co )?lau (?:khong|ko|k|lam)",
        r"mat may",
    ),
    Facet.WHERE: (
        r"o (?:dau|mo)",
        r"(?:cho|noi) (?:nao|mo)",
        r"(?:den|toi|ra|len|di|nop|gap|qua|gui|ve|lam|xin|bao|xuong) (?:\w+ ){0,3}dau",
        r"dau (?:vay|a|ta|the)",
        r"(?:co quan|noi|phong|xa|phuong|tinh|cong an|uy ban|so) nao",
        r"(?:len|ra|den|toi|gap) (?:\w+ )?ai",
        r"ai (?:cap|giai quyet|lam|ky)",
        r"(?:xa|phuong|tinh|cong an) (?:hay|hay la)",
        r"dia (?:chi|diem)",
        r"cap nao",
        r"tham quyen",
    ),
    Facet.ONLINE: (
        r"online",
        r"on ?lai",
        r"(?:qua|tren) (?:mang|app|ung dung|dien thoai|internet|zalo|web)",
        r"truc tuyen",
        r"vneid",
        r"dich vu cong",
        r"khong can (?:den|ra|len|toi)",
    ),
    Facet.RESULT: (
        r"ket qua (?:la|gom|the nao|ra sao|duoc)",
        rf"(?:nhan|cap|lay) duoc (?:giay )?{WHAT}",
        rf"duoc (?:cap|nhan|lay) (?:giay )?{WHAT}",
        rf"ra giay {WHAT}",
        r"(?:duoc|huong|lanh|nhan) (?:bao nhieu|may)",
        r"muc (?:huong|tro cap|ho tro)",
    ),
    Facet.CONDITIONS: (
        r"dieu kien",
        r"du tuoi",
        r"(?:bao nhieu|may) tuoi",
        r"tieu chuan",
        r"yeu cau",
        r"doi tuong",
        r"nhung ai",
        r"ai (?:duoc|co quyen)",
        r"truong hop nao",
    ),
    Facet.LEGAL_BASIS: (
        r"can cu (?:phap ly|vao|phap luat|luat|nao|quy dinh)",
        r"co so phap ly",
        r"(?:theo|o) (?:dieu )?luat",
        r"luat nao",
        r"nghi dinh",
        r"thong tu",
        r"quy dinh (?:o dau|nao|tai|gi|the nao)",
        r"van ban (?:nao|gi|phap luat)",
        r"dieu may",
    ),
    Facet.FORM: (
        r"bieu mau",
        r"mau (?:don|to khai|so|nao|giay|phieu|dang ky|moi)",
        r"to khai",
        r"cach (?:ghi|dien|viet)",
        r"(?:ghi|dien|viet) (?:don|to khai|mau|phieu)",
    ),
    Facet.POST: (
        r"buu (?:dien|chinh|ta)",
        r"chuyen phat",
        r"(?:gui|tra|giao|ship) (?:\w+ ){0,4}(?:ve|tan|toi|den) (?:tan )?nha",
    ),
}

WEAK: dict[Facet, tuple[str, ...]] = {
    Facet.CONDITIONS: (
        r"(?:co|con|chua|thi) (?:\w+ ){0,8}duoc (?:khong|ko|k|hok|hong|khg|chua|ha|a)",
        r"co (?:phai|bat buoc|duoc)",
        r"duoc (?:phep|quyen|khong|ko|k)",
    ),
    Facet.HOW: (
        r"(?:lam|man|nhu|the) (?:the )?(?:nao|sao|rang)",
        r"(?:ra|kieu) (?:sao|gi)",
        r"sao",
        r"man rang",
        r"trinh tu",
        r"quy trinh",
        r"cac buoc",
        r"huong dan",
        r"thu tuc",
        r"cach",
    ),
}
"""Said in almost every question: they count only where nothing stronger is asked."""


def _compiled(rules: dict[Facet, tuple[str, ...]]) -> dict[Facet, re.Pattern[str]]:
    return {facet: re.compile(rf"\b(?:{'|'.join(phrases)})\b") for facet, phrases in rules.items()}


_STRONG, _WEAK = _compiled(STRONG), _compiled(WEAK)


def facets(text: str) -> tuple[Facet, ...]:
    """The facets asked for, each once, in the order of their words."""
    folded = " ".join(syllables(text))
    return _found(_STRONG, folded) or _found(_WEAK, folded)


def _found(rules: dict[Facet, re.Pattern[str]], folded: str) -> tuple[Facet, ...]:
    places = {facet: match.start() for facet, rule in rules.items() if (match := rule.search(folded))}
    return tuple(sorted(places, key=lambda facet: places[facet]))
