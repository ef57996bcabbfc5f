"""First words by which a message is known before it is read: of choices' codes, of officials' wishes,
of slips. Pure."""

from __future__ import annotations

import re

DESK_CODES = frozenset({"hide", "hide_sure", "unhide", "hidden", "pending", "approve", "refuse", "journal"}) | {
    *("correct_of", "correct_at", "correct_line", "teach", "teach_as", "unclear"),
}
"""First words of choice codes about what the desk itself says; hiding reads them."""
THEIRS = DESK_CODES | frozenset(
    {"status", "no_number", "follow", "consent", "unfollow", "name", "unname", "rate", "reason", "unreason", "skip"}
    | {
        "digest",
        "place",
        "page",
        "book",
        "chart",
        "week",
        "list",
        "letters",
        "letter",
        "extend",
        "costs",
        "join",
        "machine",
        "slip",
        "tap",
        "held",
        "phone",
        "guide",
        "have",
        "lack",
        "sheet",
        "share",
    }
)
"""First words of choice codes that tracking, rating, the officials and the lists of papers read."""

OFFICIALS_OWN = re.compile(
    r"(?:cho |xin )?(?:(?:mo lai|hen lai|(?:soan |viet |lam |mau )?thu xin loi|can bo ma|(?:tam|bo tam|bo) an"
    r"|sua (?:muc )?(?:le phi|phi|thoi gian|thoi han|noi nop|cho nop|dia diem nop|ghi chu|luu y)|nhat ky)\b"
    r"|(?:xem )?(?:dang (?:tam )?an|cho duyet|(?:nhung |cac )?(?:cau )?chua hieu)$|them cach hoi\b"
    r"|(?:xem )?(?:cac |nhung )?loi (?:nhan )?(?:duoc |bi )?giu\b"
    r"|(?:khong )?duyet(?: de nghi)?(?: so)? \d+$"
    r"|(?:(?:gui|tai|lay|xuat) )?(?:file )?(?:excel|xlsx|bang tinh)$"
    r"|(?:xem )?bieu do$"
    r"|(?:xem |bao cao )?(?:chi phi|tien)(?: (?:gui|nhan))? (?:zalo|tin|tuan|thang)\b)"
)
"""Words of officials that come with a code, a procedure or a number; from a citizen they are a question."""

OFFICIAL_COMMANDS = frozenset({"tuan", "thang", "quy", "canboma", "molai", "baocao"}) | {
    *("chiphi", "henlai", "taman", "boan", "dangan", "sua", "choduyet", "duyet", "khongduyet", "nhatky"),
    *("chuahieu", "themcachhoi", "loigiu", "dalam"),
}

OFFICIAL = re.compile(
    r"\b(?:bao cao(?: tuan)?|(?:tuan|thang|quy) (?:nay|truoc|roi|\d{1,2})|ho so (?:\w+ )?tre|(?:tre|qua) (?:han|hen)"
    r"|sap (?:den|toi) (?:han|hen)|thu xin loi"
    r"|(?:viec|ho so|danh sach) (?:hom nay|sang nay)|hom nay co (?:viec|ho so) gi|mo lai|thang \d{1,2}"
    r"|ai chua tra loi dan)\b"
)

WANTS_TO_RATE = re.compile(r"\b(?:danh gia|gop y|cham(?: diem)?|phieu)\b")
EIGHT = re.compile(
    r"(?:(?:đánh giá|danh gia|góp ý|gop y|chấm(?: điểm)?|cham(?: diem)?|(?:mã )?phiếu|(?:ma )?phieu):?\s+)?"
    r"(?=\S*\d)(?=\S*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}",
    re.IGNORECASE,
)
"""Shaped like a slip's characters, perhaps mistyped."""

DONE = re.compile(r"\s*(?:đã làm|da lam)\s+[^:]{2,120}:", re.IGNORECASE)
"""An official notes what the desk did: "đã làm khai sinh: sửa bảng niêm yết"."""

INVITATION = re.compile(r"[A-Za-z]{2,4}(?:-[A-Za-z0-9]{4,8}){2,4}")
"""Shaped like the one-time code that makes an official."""

JOINS = re.compile(r"(?<!\w)noi-([a-z]{5})-?([a-z]{5})(?!\w)", re.IGNORECASE | re.ASCII)
"""The one-time code of another chat. Letters only, so that nothing in it is taken for a phone."""


def join_code_in(text: str) -> str | None:
    """The code of another chat that a text holds, as it was printed; None where it holds none."""
    found = JOINS.search(text)
    return None if found is None else f"NOI-{found[1]}-{found[2]}".upper()
