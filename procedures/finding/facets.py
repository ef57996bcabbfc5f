"""Which facts of a procedure a question asks for: several at once, in the order asked, none where none is named.

Rules over folded syllables, so they hold without diacritics; a phrase begins and ends at a syllable. Where
diacritics were typed they are believed: "lần đầu" is no "đâu".
"""

from __future__ import annotations

import re
from enum import Enum

from procedures.finding.fold import accented, syllables


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


MEANT = {
    short: accented(word)[0]
    for short, word in {"dau": "đâu", "may": "mấy", "phi": "phí", "tien": "tiền", "lau": "lâu", "mau": "mẫu"}.items()
}
"""Folded syllables of the rules that other words fold to as well, with the one that is meant."""

WHAT = r"(?:gi|chi|nao|j|nhung gi|cai gi)"
MANY = r"(?:bao nhieu|bn|bnh|may)"
PAPER = r"(?:giay to|giay|ho so|hs|gto|tai lieu)"
NAMED = r"(?:phep|khai|chung|xac|ket)"
SPAN = r"(?:ngay|bua|hom|tuan|thang|gio|tieng|lau|thoi gian)"
COME = r"(?:co|xong|lay|nhan|tra|duoc|ra)"

STRONG: dict[Facet, tuple[str, ...]] = {
    Facet.PAPERS: (
        rf"(?<!cap )(?<!nhan )(?<!lay )(?<!ra ){PAPER} (?:\w+ ){{0,2}}{WHAT}",
        rf"(?:can|gom|nhung|cac|du|thieu|bo|loai|kem) (?:co |them |nhung |cac |loai ){{0,2}}{PAPER}(?! {NAMED})",
        rf"(?:can|gom|co|phai nop|phai co|mang|dem|cam|chuan bi|nop) (?:them |theo |nhung |ve ){{0,2}}{WHAT}",
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
        r"(?<!tang )(?<!hoc )(?<!vien )(?<!kinh )phi(?! nong)",
        rf"(?:{MANY}|nhieu|ton|mat|het|dong|tra|thu) tien",
        rf"(?:het|ton) (?:{MANY}|nhieu)(?! {SPAN})",
        rf"mat {MANY}(?! {SPAN})",
        r"(?:may|mat|dong) (?:dong|nghin|ngan|tram|chuc|xu|nhung khoan|khoan)",
        rf"{MANY} (?:mot|1) (?:ban|trang|to|nam|thang|nguoi)",
        r"(?:dong|nop|tra) bao nhieu(?! (?:ngay|bo|ban|giay))",
        r"mien phi",
        r"gia (?:bao nhieu|the nao|may)",
        r"ton kem",
    ),
    Facet.TIME: (
        r"bao lau",
        rf"{MANY} {SPAN}",
        rf"(?:khi nao|bao gio|chung nao|luc nao|ngay nao) (?:\w+ ){{0,3}}{COME}",
        rf"{COME} (?:\w+ ){{0,2}}(?:khi nao|bao gio|chung nao|ngay nao|lien|ngay khong)",
        r"thoi han",
        r"thoi gian",
        r"trong ngay",
        r"(?:co )?lau (?:khong|ko|k|lam)",
    ),
    Facet.WHERE: (
        r"o (?:dau|mo)",
        r"(?:cho|noi) (?:nao|mo)",
        r"(?:den|toi|ra|len|di|nop|gap|qua|gui|ve|lam|xin|bao|xuong) (?:\w+ ){0,3}(?<!lan )dau",
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
        r"onl",
        r"on ?lai",
        r"(?:qua|tren) (?:mang|app|ung dung|dien thoai|internet|zalo|web)",
        r"truc tuyen",
        r"(?<!khoa )(?<!tai khoan )vneid(?! (?:bi|cua|muc)\b)",
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
        r"duoc (?:\w+ ){0,4}chua",
        r"(?:bao nhieu|may) tuoi",
        r"tieu chuan",
        r"yeu cau (?:gi|chi|nao|the nao|nhung gi)",
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
        r"(?:co|con|chua|thi) (?:\w+ ){0,8}duoc (?:khong|ko|k|hok|hong|khg|ha|a)",
        r"co (?:phai|bat buoc|duoc|can)",
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
    folded = " ".join(_believed(text))
    return _found(_STRONG, folded) or _found(_WEAK, folded)


def _found(rules: dict[Facet, re.Pattern[str]], folded: str) -> tuple[Facet, ...]:
    places = {facet: match.start() for facet, rule in rules.items() if (match := rule.search(folded))}
    return tuple(sorted(places, key=lambda facet: places[facet]))


def _believed(text: str) -> list[str]:
    """The folded syllables, an underscore for one that was typed with other diacritics than the rules mean."""
    pairs = zip(syllables(text), accented(text), strict=True)
    return ["_" if typed not in (token, MEANT.get(token, typed)) else token for token, typed in pairs]
