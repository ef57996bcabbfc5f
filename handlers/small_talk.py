"""What people write that is no question about a procedure: patterns over folded syllables, as data.

Each pattern is searched in the text's folded syllables with one blank between them. Patterns that would swallow a
real question ("giấy tờ cháy mất vì cháy nhà") hold only for short texts without a word about papers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from procedures.fold import syllables


class Talk(Enum):
    """Kinds of talk, each with its own answer."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    SCAM = "scam"
    ANGER = "anger"
    INSULT = "insult"
    OFFICIAL = "official"
    PETITION = "petition"
    LAND = "land"
    LOVE = "love"
    LAUGH = "laugh"
    WRONG_PLACE = "wrong_place"
    WHO = "who"
    LEADER = "leader"
    QUEUE = "queue"
    PAPERS_HERE = "papers_here"
    NUMBER = "number"
    ENGLISH = "english"
    INJECTION = "injection"


ABOUT_PAPERS = re.compile(
    r"\b(giay|to khai|thu tuc|ho so|lam lai|cap lai|cap doi|dang ky|xac nhan|chung thuc|khai sinh|khai tu|ket hon"
    r"|trich luc|so do|so hong|tro cap|bao hiem|le phi|the|can cuoc|cccd|ho khau|tam tru|thuong tru|thue|giay phep)\b"
)
"""Words of a question about a procedure: beside them, talk is only the story around it."""

SHORT = 12
"""Syllables; a longer story is a question for a person or the search, not talk."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """``always``: even beside a question about papers; else only in a short text without one."""

    talk: Talk
    finds: re.Pattern[str]
    always: bool = False


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b")


PATTERNS = (
    Pattern(
        Talk.EMERGENCY,
        _any(
            *("chay nha", "nha (?:\\w+ ){0,2}chay", "dam chay", "hoa hoan", "cuu (?:toi|em|voi|nguoi|chau)", "cap cuu"),
            *("dang danh nguoi", "danh nhau", "dam nhau", "dot quy", "chet duoi", "duoi nuoc", "co trom", "bi cuop"),
            *("cuop giat", "tai nan giao thong", "ngo doc", "dien giat"),
        ),
    ),
    Pattern(
        Talk.CRISIS,
        _any(
            *("(?:muon|dinh|nghi den|doi) tu tu", "muon chet", "khong muon song", "chan song", "xam hai", "hiep dam"),
            *("bao hanh", "(?:chong|bo|cha|me|duong) (?:\\w+ )?(?:danh|dap) (?:toi|em|con|chau|vo|me)"),
            *("bi (?:chong|bo|cha|me|vo) (?:\\w+ )?danh", "tu sat"),
        ),
    ),
    Pattern(
        Talk.SCAM,
        _any(
            *("otp", "lua dao", "gia danh", "xung (?:la )?(?:can bo|cong an|nhan vien)"),
            *("(?:bao|bat|yeu cau|doi|keu|nho) (?:\\w+ ){0,3}(?:cai|tai) (?:app|ung dung|phan mem|dinh danh)"),
            *("(?:bao|bat|yeu cau|doi|keu) (?:\\w+ ){0,3}chuyen (?:tien|khoan)", "(?:xin|hoi|doi) mat khau"),
        ),
        always=True,
    ),
    Pattern(
        Talk.INJECTION,
        _any(
            *("bo qua (?:\\w+ ){0,3}(?:huong dan|lenh|quy tac|chi dan)", "ignore (?:\\w+ ){0,3}(?:instructions|prompt)"),
            *("system prompt", "du lieu (?:cua )?nguoi khac", "dong vai", "api key", "drop table", "select from", "jailbreak"),
        ),
        always=True,
    ),
    Pattern(
        Talk.LAND,
        _any("cuop dat", "an (?:chan )?dat cua dan", "thu hoi dat (?:\\w+ ){0,4}(?:oan|bat cong|tui bay|khong den bu)"),
        always=True,
    ),
    Pattern(
        Talk.OFFICIAL,
        _any("hach dich", "hoach hoe", "thai do (?:\\w+ ){0,3}(?:te|kem|lao|khong tot|coi thuong)", "quat (?:nat|thao)"),
    ),
    Pattern(
        Talk.INSULT,
        _any(
            *("ngu (?:qua|the|vai|si|ngoc|nhu \\w+)", "(?:bot|may|ad) ngu", "do ngu", "d[kc]?m", "dcm", "vcl", "vai lon"),
            *("oc cho", "cut di", "cc", "dit me", "thang ngu", "con cho", "do dien", "ngao ngo"),
        ),
    ),
    Pattern(
        Talk.ANGER,
        _any(
            *("lam an (?:kieu gi|the nao|nhu the|chan|te|vo)", "(?:\\d+|may|ca|hai|ba|mot|nua) (?:thang|tuan|nam) (?:\\w+ ){0,3}(?:chua|khong) xong"),
            *("(?:sao|qua) (?:ma )?(?:cham|lau) (?:the|vay|qua|rua)", "cham nhu rua", "cham qua", "lau qua", "quan lieu"),
            *("hanh (?:dan|nguoi ta|toi)", "dang (?:len )?(?:facebook|fb|face|mang|bao)", "boc phot", "buc (?:minh|xuc|qua)"),
            *("that vong", "chan (?:qua|the|ngan)", "mat (?:thoi gian|cong) qua", "tre hen (?:hoai|mai|qua)", "te qua", "qua te"),
        ),
    ),
    Pattern(
        Talk.PETITION,
        _any("(?:cach|muon|gui|nop|noi) (?:\\w+ )?(?:phan anh|gop y|kien nghi)", "phan anh o dau", "gop y o dau", "cach khieu nai"),
        always=True,
    ),
    Pattern(
        Talk.QUEUE,
        _any("boc so", "lay so (?:thu tu|truoc|online|qua mang)", "dat lich(?: hen)?", "hen lich"),
    ),
    Pattern(
        Talk.PAPERS_HERE,
        _any(
            "(?:gui|chup|nop) (?:\\w+ ){0,4}(?:qua day|o day|vao day|len day|qua nay|qua zalo|cho ad|cho may|cho em)",
        ),
        always=True,
    ),
    Pattern(
        Talk.LEADER,
        _any("(?:chu tich|bi thu|pho chu tich|truong cong an|lanh dao) (?:\\w+ ){0,4}(?:ten|so dien thoai|la ai|sdt)"),
    ),
    Pattern(
        Talk.WHO,
        _any(
            *("(?:ban|may|ad|em|day) la (?:ai|may|nguoi|robot|bot)", "la nguoi hay may", "co phai (?:nguoi|may|robot|bot)"),
            *("chatgpt", "nguoi that hay", "ai (?:dang )?tra loi"),
        ),
    ),
    Pattern(
        Talk.LOVE,
        _any("nguoi yeu", "yeu (?:ad|em|may|bot)", "(?:co|lay) (?:chong|vo) chua", "(?:ad|em|may|bot) bao nhieu tuoi", "buon qua", "co don"),
    ),
    Pattern(
        Talk.WRONG_PLACE,
        _any("shop (?:con|oi|co|ban)", "con (?:size|hang)", "size \\d+", "ship (?:hang|khong|cod)", "bao nhieu mot ky", "dat hang"),
    ),
)

LAUGHS = re.compile(r"(?:(?:ha|hi|he|hehe|haha|hihi|kk+|hic|huhu|hu|lol|ah|:\)+)\s*)+")
ENGLISH = frozenset(
    "where what how is are the can you i my need help please police english do does when hello for passport speak".split()
)


def talk_in(text: str) -> Talk | None:
    """The kind of talk that ``text`` is; None where it may be a question."""
    tokens = syllables(text)
    said = " ".join(tokens)
    about_papers = len(tokens) > SHORT or ABOUT_PAPERS.search(said) is not None
    for pattern in PATTERNS:
        if (pattern.always or not about_papers) and pattern.finds.search(said):
            return pattern.talk
    if LAUGHS.fullmatch(said):
        return Talk.LAUGH
    if len(tokens) == 1 and tokens[0].isdigit() and len(tokens[0]) > 2:
        return Talk.NUMBER
    if len(tokens) > 1 and sum(token in ENGLISH for token in tokens) * 2 > len(tokens):
        return Talk.ENGLISH
    return None
