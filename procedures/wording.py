"""Words that may not stand in the catalog: they send people to a place that is gone, hurt, or are lawyers' own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from procedures.procedure import Tone
from procedures.reading import Entry, Mistake

DISTRICT = "huyện"
GONE = re.compile(
    r"(ubnd|ủy ban nhân dân|uỷ ban nhân dân|phòng tư pháp|một cửa)\s+(cấp\s+)?(quận,\s*)?huyện"
    r"|\bcấp\s+huyện\b|\bcông an\s+(cấp\s+)?huyện\b",
    re.IGNORECASE,
)
"""Districts ended on 2025-07-01 (Luật Tổ chức chính quyền địa phương số 72/2025/QH15)."""

CHEER = re.compile(r"chúc mừng|tin vui|!|⭐", re.IGNORECASE)
"""Never beside a death."""


LEGALESE = re.compile(
    r"\bcăn cứ (?:vào|theo|quy định)\b|\b(?:nêu|kể|nói) trên\b|\bquy định tại\b|\btheo quy định của pháp luật\b"
    r"|\bđương sự\b|\btiến hành (?:nộp|làm|kê khai)\b|\bvui lòng\b|\bquý (?:công dân|vị|khách)\b|(?<!\w)bạn\b",
    re.IGNORECASE,
)
"""What nobody says at a kitchen table."""

ABBREVIATION = re.compile(r"(?<![\w/.\-])[A-ZĐ]{2,}(?![\w/\-])")
KNOWN = frozenset(
    [
        *("UBND", "CCCD", "BHXH", "BHYT", "QR", "HIV", "AIDS", "ADN", "PET", "CT", "USD", "TNHH", "VN", "CITES"),
        *("IDP", "TCVN", "MB", "OTP", "PDF", "SMS", "II", "III", "IV", "VI", "VII"),
    ]
)
"""Short forms that stand on the cards and papers that people hold; any other is written out."""

OURS = frozenset(("plain", "summary", "submit_at", "when", "note", "ask", "label", "conditions", "exemptions"))
"""Keys whose texts are written by us; names of papers and laws are as they are."""
MOST_WORDS, MOST_IN_CLAUSE = 45, 26
"""Syllables of a sentence, and of what stands between its commas."""


def plain_mistakes(entry: Entry) -> Iterator[Mistake]:
    """Every sentence of ours in the entry of one procedure that is too long, legalese, or has a strange short form."""
    for node in _ours(entry.node):
        text = node.value
        if legal := LEGALESE.search(text):
            yield _mistake(entry, node, f"“{legal[0]}” is legalese", "say it as one would to a neighbour")
        for short in ABBREVIATION.findall(text):
            if short not in KNOWN:
                yield _mistake(entry, node, f"the short form {short} is not explained", "write it out")
        for sentence in re.split(r"[.;:?](?:\s|$)", text):
            longest = max((len(clause.split()) for clause in re.split(r"[,()]", sentence)), default=0)
            count = len(sentence.split())
            if count > MOST_WORDS or longest > MOST_IN_CLAUSE:
                hint = f"at most {MOST_WORDS} in a sentence, {MOST_IN_CLAUSE} between commas"
                yield _mistake(entry, node, f"a sentence of {count} syllables, {longest} without a pause", hint)


def _ours(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    match node:
        case yaml.MappingNode(value=pairs):
            for key, value in pairs:
                if key.value in OURS:
                    yield from _texts(value)
                else:
                    yield from _ours(value)
        case yaml.SequenceNode(value=items):
            for item in items:
                yield from _ours(item)


def gone_mistakes(text: str, top: Entry) -> Iterator[Mistake]:
    """Every office named in a file that is no more; ``text`` is the whole file, looked at first since it is quick."""
    if DISTRICT not in text.lower():
        return
    for node in _texts(top.node):
        if DISTRICT in node.value.lower() and (gone := GONE.search(node.value)):
            yield _mistake(top, node, f"“{gone[0]}” ended on 2025-07-01", "name the commune's or the province's office")


def cheer_mistakes(entry: Entry, tone: Tone) -> Iterator[Mistake]:
    """Every cheerful word in the entry of one procedure, where its tone is grief."""
    if tone is not Tone.GRIEF:
        return
    for node in _texts(entry.node):
        if cheer := CHEER.search(node.value):
            yield _mistake(entry, node, f"“{cheer[0]}” beside a death (tone: grief)", "say it plainly")


def _mistake(entry: Entry, node: yaml.Node, what: str, hint: str) -> Mistake:
    return Mistake(entry.file, int(node.start_mark.line) + 1, what, hint)


def _texts(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    waiting: list[yaml.Node] = [node]
    while waiting:
        match waiting.pop():
            case yaml.ScalarNode() as scalar:
                yield scalar
            case yaml.SequenceNode(value=items):
                waiting.extend(items)
            case yaml.MappingNode(value=pairs):
                waiting.extend(value for _, value in pairs)
