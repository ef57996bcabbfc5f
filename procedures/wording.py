"""Words that may not stand in the catalog: they send people to a place that is gone, or hurt."""

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
