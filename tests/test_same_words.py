"""Forty turns on every line: ask, choose, guide, track, follow, rate, read the week. The words are the same.

What differs is the drawing: a channel that lists its choices prints them below the text, and where it has few buttons
the last one leads to the rest.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pytest

from channels.channel import Limits
from tests.desks import Desks
from tests.lines import LINES, TELEGRAM, UNIT, Desk, Person, Said

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SCRIPT = (
    "chào", "menu", "1", "lam khai sinh cho con can giay to gi", "Lệ phí", "bao lâu", "papers 1.001193", "nộp ở đâu",
    "2", "đăng ký kết hôn", "xem theo nhóm việc", "1", "fields p2", "gặp cán bộ", "cảm ơn",
    "dữ liệu của tôi", "hồ sơ của tôi", "CODE", "0000", "PROOF", "follow CODE", "consent yes CODE", "thế nào rồi",
    "CODE", "rate CODE", "chín", "4", "1 2", "xong", "Cán bộ rất nhiệt tình", "đổi điểm", "5", "Bỏ qua", "2", "0",
    "INVITATION", "tuần này", "tuần trước", "hồ sơ trễ", "tạm biệt",
)  # fmt: skip


BURST, WINDOW = 20, 11.5  # the ten seconds of a burst, and one by which a date without fractions is wrong
"""Whoever writes more messages than this in so many seconds is asked to slow down."""
FILES = ("page ", "sheet ")
DIFFERS = re.compile(r"\d{1,2} giờ \d{2}|Đã hỏi \d+ người")
"""A minute may end between two lines; and the webhook's desk is another program, with its own people."""


@dataclass
class Talker:
    """One person on one line; a dossier and an invitation of their own, which are called the same in what is said."""

    desk: Desk
    line: str
    one: Person
    own: dict[str, str]

    @property
    def limits(self) -> Limits:
        """Of the line's channel."""
        name = "telegram" if self.line in TELEGRAM else "zalo_oa" if self.line == "zalo" else self.line
        return self.desk.app.channels[name].limits

    async def turn(self, text: str) -> list[Said]:
        """Write, and what came of it."""
        for name, value in self.own.items():
            text = text.replace(name, value)
        return [self._named(said) for said in await self.desk.says(self.one, text)]

    def _named(self, said: Said) -> Said:
        code = self.own["CODE"]
        choices = tuple((label.replace(code, "CODE"), says.replace(code, "CODE")) for label, says in said.choices)
        return Said(DIFFERS.sub("…", said.text.replace(code, "CODE")), choices)


async def talker(desk: Desk, line: str) -> Talker:
    """Somebody new."""
    code, proof = desk.dossier()
    own = {"CODE": code, "PROOF": proof, "INVITATION": await desk.invitation(UNIT)}
    return Talker(desk, line, desk.person(line), own)


def compare(ours: Said, theirs: Said, limits: Limits, text: str) -> None:
    """What a line shows beside what the web shows of the same answer; no file is offered where none can be sent."""
    if not limits.documents:
        theirs = Said(theirs.text, tuple(each for each in theirs.choices if not each[1].startswith(FILES)))
    if limits.listed:
        assert ours.text.startswith(theirs.text), text
        shown = ours.text.split("\n")
        for label, _ in theirs.choices:
            keyed = label.split(" ")[0]
            assert any(label in line or line.startswith(f"{keyed}. ") for line in shown) or _listed(theirs), text
    else:
        assert ours.text == theirs.text, text
    if limits.choices == 0:
        assert ours.choices == (), text
    elif len(theirs.choices) <= limits.choices:
        assert ours.choices == theirs.choices, text
    else:
        assert ours.choices[:-1] == theirs.choices[: limits.choices - 1], text
        assert ours.choices[-1][1] == f"more {limits.choices - 1}", text


def _listed(said: Said) -> bool:
    """Whether the text itself has a numbered line for each choice but the one that leads on."""
    lines = said.text.split("\n")
    return all(any(line.startswith(f"{n}. ") for line in lines) for n in range(1, len(said.choices)))


async def test_forty_turns_read_the_same(desks: Desks) -> None:
    assert len(SCRIPT) == 40
    talkers = [await talker(desks[line], line) for line in LINES]
    assert talkers[0].line == "web"
    clock, ended = asyncio.get_running_loop().time, list[float]()
    for n, text in enumerate(SCRIPT):
        if n >= BURST:
            await asyncio.sleep(ended[n - BURST] + WINDOW - clock())
        said = [await each.turn(text) for each in talkers]
        assert said[0], text
        for each, answers in zip(talkers, said, strict=True):
            assert len(answers) == len(said[0]), (each.line, text, answers)
            if each.desk is not talkers[0].desk and text.startswith("tuần"):
                continue  # another program, in which others have rated
            for ours, theirs in zip(answers, said[0], strict=True):
                compare(ours, theirs, each.limits, f"{each.line}: {text}")
        ended.append(clock())
