"""What became of things: results that citizens say they never got, low scores, papers asked for again, and what a desk
did about it. Pure.

The counts are the backend's and the desk's own, not answers of citizens. What a desk did is compared by the share of
dossiers that were asked for more papers, before and after, with Newcombe's interval; with fewer than ``LEAST`` on
either side nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from ratings.reports.numerals import number
from ratings.statistics import Change, Proportion, Verdict, newcombe

LEAST = 24
"""Dossiers on either side, as for an alarm of one field."""


class Done(Struct, frozen=True):
    """What a desk did about a procedure on a day, and the dossiers asked for more papers ``before`` and ``after``.

    ``name``: the procedure's; None: not known.
    """

    procedure: str
    on: date
    what: str
    before: Proportion | None
    after: Proportion | None
    name: str | None = None

    @property
    def change(self) -> Change | None:
        """None where there are too few to conclude anything."""
        if self.before is None or self.after is None or min(self.before.n, self.after.n) < LEAST:
            return None
        return newcombe(self.after, self.before)


class FollowUps(Struct, frozen=True):
    """``not_received``: completions that a citizen says never came, ``again`` of them handed over once more since.

    ``head_told``: whether the head was told of several low scores; None: not to be said. ``asked``: dossiers of the
    period that were asked for more papers, of those of which it is known.
    """

    not_received: int = 0
    again: int = 0
    head_told: bool | None = None
    asked: Proportion | None = None
    done: tuple[Done, ...] = ()


def to_json(found: FollowUps) -> dict[str, Any]:
    """As in ``docs/contract.md``."""
    return {
        "not_received": {
            "count": found.not_received,
            "handed_over_again": found.again,
            "open": found.not_received - found.again,
        },
        "low_scores": {"head_told": found.head_told},
        "supplements": _share(found.asked),
        "done": [_done(each) for each in found.done],
    }


def from_json(stored: dict[str, Any]) -> FollowUps:
    """The same read back."""
    return FollowUps(
        stored["not_received"]["count"],
        stored["not_received"]["handed_over_again"],
        stored["low_scores"]["head_told"],
        _of(stored["supplements"]),
        tuple(
            Done(
                each["procedure"],
                date.fromisoformat(each["on"]),
                each["what"],
                _of(each["before"]),
                _of(each["after"]),
                each.get("name"),
            )
            for each in stored["done"]
        ),
    )


def lines(found: FollowUps) -> Iterator[str]:
    """What an official reads of it."""
    if found.not_received:
        again = f", trong đó {number(found.again)} đã trả lại sau đó" if found.again else ""
        yield f"Báo đã trả nhưng dân nói chưa nhận: {number(found.not_received)}{again}."
    if found.asked is not None and found.asked.count:
        yield f"Phải hỏi bổ sung giấy: {number(found.asked.count)} trong {number(found.asked.n)} hồ sơ đã trả."
    for each in found.done:
        yield f"Đã làm: {each.what} {each.on.day}/{each.on.month} ({_about(each)}). {_compared(each)}"


def _about(done: Done) -> str:
    return f"thủ tục {done.procedure}" if done.name is None else f"{done.name}, mã {done.procedure}"


def _of_all(share: Proportion) -> str:
    return f"{number(share.count)}/{number(share.n)}"


def _compared(done: Done) -> str:
    before, after = done.before, done.after
    if before is None or after is None:
        return "Chưa có hồ sơ để so trước và sau."
    counts = f"Phải bổ sung giấy: trước {_of_all(before)}, sau {_of_all(after)}"
    change = done.change
    if change is None:
        return f"{counts}; còn ít hồ sơ nên chưa kết luận."
    if Verdict.of(change) is Verdict.NO_EVIDENCE:
        return f"{counts}; không có bằng chứng thay đổi."
    word = "tăng" if Verdict.of(change) is Verdict.UP else "giảm"
    ends = sorted(round(100 * abs(end)) for end in (change.interval.low, change.interval.high))
    points = round(100 * abs(change.difference))
    return f"{counts}; {word} {points} điểm phần trăm, số thật nhiều khả năng từ {ends[0]} đến {ends[1]}."


def _done(done: Done) -> dict[str, Any]:
    change = done.change
    compared = None
    if change is not None:
        interval = {"low": change.interval.low, "high": change.interval.high}
        compared = {"difference": change.difference, **interval, "verdict": Verdict.of(change).value}
    about = {"procedure": done.procedure, "name": done.name, "on": done.on.isoformat(), "what": done.what}
    return {**about, "before": _share(done.before), "after": _share(done.after), "change": compared}


def _share(found: Proportion | None) -> dict[str, int] | None:
    return None if found is None else {"count": found.count, "n": found.n}


def _of(stored: dict[str, int] | None) -> Proportion | None:
    return None if stored is None else Proportion(stored["count"], stored["n"])
