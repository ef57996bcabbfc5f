"""The one thing that a digest proposes to do first, who sees to it, and whether anything was done of late. Pure.

It follows from what the digest shows and from nothing else, in a fixed order: what a citizen is waiting for comes
before what citizens thought. It is a proposal; what was done is what the desk itself notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from ratings.digest import Digest
from ratings.rating import Instrument
from ratings.reports import texts
from ratings.reports.numerals import number
from ratings.watch import Level

LEAST_LATE = 5
"""So many late at one agency, and half of all late ones, before it is spoken to."""
LEAST_DISSATISFIED = 10
"""So many must be dissatisfied before the text says what would help."""


class What(Enum):
    """What is proposed; the value stands in the JSON. In the order in which they are thought of."""

    NOT_RECEIVED = "not_received"
    OVERDUE = "overdue"
    LOOK = "look"
    REASON = "reason"
    LATE = "late"
    QUESTIONS = "questions"


class Action(Struct, frozen=True):
    """``about``: fields, a reason's code or an agency; ``count``: how many dossiers, people or questions."""

    what: What
    about: tuple[str, ...] = ()
    count: int = 0


def action_of(digest: Digest) -> Action | None:
    """None where nothing stands out."""
    found, counts, late = digest.follow_ups, digest.on_time, digest.late
    missing = 0 if found is None else found.not_received - found.again
    if missing > 0:
        return Action(What.NOT_RECEIVED, (), missing)
    if counts.late_open:
        return Action(What.OVERDUE, (), counts.late_open)
    if digest.alarm is not None and digest.alarm.level is Level.LOOK:
        return Action(What.LOOK, digest.alarm.fields)
    if digest.drivers and is_telling(digest):
        first = digest.drivers[0]
        return Action(What.REASON, (first.code,), first.people)
    if late is not None and late.agencies:
        agency, n = late.agencies[0]
        if n >= LEAST_LATE and 2 * n >= counts.late_done:
            return Action(What.LATE, (agency,), n)
    return Action(What.QUESTIONS, (), digest.unanswered) if digest.unanswered else None


def is_telling(digest: Digest) -> bool:
    """Whether enough are dissatisfied to say what would help."""
    counts = digest.distribution
    return counts is not None and sum(counts.counts[:3]) >= LEAST_DISSATISFIED


# --- in words --------------------------------------------------------------------------------------------------------


def heading() -> str:
    return "Việc nên làm trước"


def lines(digest: Digest, instrument: Instrument) -> Iterator[str]:
    """The proposal with who sees to it; then whether anything was noted as done since the period before began."""
    found = action_of(digest)
    if found is None:
        return
    owner = "trưởng bộ phận một cửa" if digest.children is None else "lãnh đạo trung tâm"
    yield f"{heading()}: {_said(found, digest, instrument)} Người lo: {owner}."
    follow = digest.follow_ups
    since = digest.span.previous().first_day
    if follow is not None and not any(done.on >= since for done in follow.done):
        before = f"Từ {texts.long(digest.span)} trước"
        yield f"{before} chưa ghi việc nào đã làm; làm xong thì nhắn “đã làm …” để so trước và sau."


def _said(action: Action, digest: Digest, instrument: Instrument) -> str:
    n = number(action.count)
    match action.what:
        case What.NOT_RECEIVED:
            return f"hỏi lại {n} người nói chưa nhận được kết quả."
        case What.OVERDUE:
            return f"giải quyết {n} hồ sơ đang quá hạn, báo ngày hẹn mới cho dân (nhắn “hồ sơ trễ” để xem)."
        case What.LOOK:
            where = ", ".join(field[:1].lower() + field[1:] for field in action.about) or "cách làm gần đây"
            return f"xem lại {where}, vì người chưa hài lòng nhiều hơn mức thường."
        case What.REASON:
            chip = instrument.chip(action.about[0])
            label = action.about[0] if chip is None else chip.label
            return f"bàn cách bớt “{label}”, {n} người chưa hài lòng nêu điều này."
        case What.LATE:
            of = number(digest.on_time.late_done)
            return f"bàn với {action.about[0]} cách trả đúng hẹn, trễ ở đó {n} trong {of}."
        case What.QUESTIONS:
            return "nhắn “chưa hiểu” để dạy máy những câu dân hỏi mà máy chưa trả lời được."
