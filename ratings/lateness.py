"""Where what was handed over late stood when its day passed: at which agency, and at which step. Pure.

What is not known is counted too, so that both add up to the late ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from onestop.dossier import Status
from ratings.handed import total
from ratings.records import Handed
from ratings.reports.numerals import number
from ratings.statistics import Proportion


class Step(Enum):
    """How far a dossier was at the end of its due day; the value stands in the JSON."""

    RECEIVED = "received"
    AT_WORK = "at_work"
    WAITING = "waiting"
    FINISHED = "finished"
    AGAIN = "again"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, status: Status | None) -> Step:
        """Of the last status that it entered before then; None: none is known."""
        if status is not None and status.waits_for_citizen:
            return cls.WAITING
        return {
            Status.REGISTERED: cls.RECEIVED,
            Status.ACCEPTED: cls.RECEIVED,
            Status.IN_PROGRESS: cls.AT_WORK,
            Status.FINISHED: cls.FINISHED,
            Status.RETURNED: cls.AGAIN,
        }.get(status or Status.UNKNOWN, cls.UNKNOWN)


class Late(Struct, frozen=True):
    """Of the late that were handed over: ``told`` before their day; at which agencies they lay when it passed, most
    first, as far as known. ``before``: the late of the completed in the period before. ``steps``: how far they were,
    all of them, in the order of the work; empty: of none is anything known."""

    told: int
    agencies: tuple[tuple[str, int], ...]
    before: Proportion | None
    steps: tuple[tuple[Step, int], ...] = ()


def late_of(done: Iterable[Handed], before: Proportion | None, stood: Mapping[Status | None, int]) -> Late | None:
    """``stood``: the late by the last status that each entered before the end of its due day. None where nothing was
    late, now or before."""
    late = [row for row in done if row.is_late]
    if not late and before is None:
        return None
    agencies = Counter[str]()
    for row in late:
        if row.late_at is not None:
            agencies[row.late_at] += row.n
    named = tuple(sorted(agencies.items(), key=lambda found: (-found[1], found[0])))
    return Late(total(row for row in late if row.told_late), named, before, _steps(stood, total(late)))


def _steps(stood: Mapping[Status | None, int], late: int) -> tuple[tuple[Step, int], ...]:
    counts = Counter[Step]()
    for status, n in stood.items():
        counts[Step.of(status)] += n
    if counts.total() == counts[Step.UNKNOWN]:
        return ()
    counts[Step.UNKNOWN] += late - counts.total()
    return tuple((step, counts[step]) for step in Step if counts[step])


# --- in words --------------------------------------------------------------------------------------------------------

MOST_AGENCIES = 3
_WORDS = {
    Step.RECEIVED: "mới tiếp nhận",
    Step.AT_WORK: "đang giải quyết",
    Step.WAITING: "chờ dân bổ sung",
    Step.FINISHED: "đã xong, chưa ai lấy",
    Step.AGAIN: "đã trả rồi làm lại",
    Step.UNKNOWN: "chưa rõ",
}


def lines(late: Late, count: int, long: str) -> Iterator[str]:
    """``count``: how many were late; ``long``: what the period is called ("tuần")."""
    before, told = late.before, [_where(late, count)] if count else []
    if late.told:
        told.append(f"Trễ, có báo trước {number(late.told)}/{number(count)}.")
    if before is not None and (count or before.count):
        told.append(f"{long.capitalize()} trước trễ {number(before.count)} trong {number(before.n)}.")
    if told:
        yield " ".join(told)
    if late.steps:
        yield f"Lúc quá hẹn: {' · '.join(f'{_WORDS[step]} {number(n)}' for step, n in late.steps)}."


def _where(late: Late, count: int) -> str:
    """The agencies with the most, and what is left of all: it adds up."""
    if not late.agencies:
        return "Chưa rõ trễ ở nơi nào."
    named, others = late.agencies[:MOST_AGENCIES], late.agencies[MOST_AGENCIES:]
    parts = [f"{agency} {number(n)}" for agency, n in named]
    elsewhere, unknown = sum(n for _, n in others), count - sum(n for _, n in late.agencies)
    parts += [f"nơi khác {number(elsewhere)}"] if elsewhere else []
    parts += [f"chưa rõ nơi {number(unknown)}"] if unknown else []
    return f"Trễ tại: {' · '.join(parts)}."
