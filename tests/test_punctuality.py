"""In time or late as the national indicators count it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.days.punctuality import Count, Tally, awaited, count, ended_at
from onestop.dossier import Dossier, Status, Supplement

CODE = DossierCode.parse("H99.07-261102-0007")
END = datetime(2026, 11, 30, 0, 0, tzinfo=VIETNAM)


def day(n: float) -> datetime:
    """So many days into November 2026, Vietnam's time."""
    return datetime(2026, 11, 1, tzinfo=VIETNAM) + timedelta(days=n - 1)


def request(asked: float, received: float | None = None, new_due: float | None = None) -> Supplement:
    return Supplement(
        "giấy tờ",
        asked_at=day(asked),
        received_at=None if received is None else day(received),
        due_before=day(10),
        due_after=None if new_due is None else day(new_due),
    )


def dossier(status: Status = Status.RETURNED, due: float | None = 10, **more: Any) -> Dossier:
    return Dossier(CODE, status, received_at=day(2), due=None if due is None else day(due), **more)


CASES: list[tuple[str, Dossier, Count]] = [
    ("on the very instant", dossier(done_at=day(10)), Count.IN_TIME),
    ("a second after", dossier(done_at=day(10) + timedelta(seconds=1)), Count.OVERDUE),
    ("finished in time, fetched late", dossier(finished_at=day(9), done_at=day(20)), Count.IN_TIME),
    ("finished late", dossier(finished_at=day(11), done_at=day(11.5)), Count.OVERDUE),
    ("finished, never fetched", dossier(Status.FINISHED, finished_at=day(9)), Count.IN_TIME),
    ("stopped in time", dossier(Status.STOPPED, moved_at=day(8)), Count.IN_TIME),
    ("refused too late", dossier(Status.REJECTED, moved_at=day(12)), Count.OVERDUE),
    ("still at work before its day", dossier(Status.IN_PROGRESS, due=31), Count.IN_TIME),
    ("still at work after its day", dossier(Status.IN_PROGRESS, moved_at=day(3)), Count.OVERDUE),
    ("two days awaited, one day over", dossier(done_at=day(11), supplements=(request(5, 7),)), Count.IN_TIME),
    ("two days awaited, three days over", dossier(done_at=day(13), supplements=(request(5, 7),)), Count.OVERDUE),
    (
        "what a new day allows for is not taken off again",
        dossier(due=12, done_at=day(13), supplements=(request(5, 7, 12),)),
        Count.OVERDUE,
    ),
    ("still awaited", dossier(Status.NEEDS_PAPERS, moved_at=day(5), supplements=(request(5),)), Count.IN_TIME),
    (
        "asked when it was late already",
        dossier(Status.NEEDS_PAPERS, moved_at=day(12), supplements=(request(12),)),
        Count.OVERDUE,
    ),
    ("asked twice", dossier(done_at=day(9), supplements=(request(3, 4), request(5, 6))), Count.ASKED_AGAIN),
    ("asked twice, no due day", dossier(due=None, supplements=(request(3, 4), request(5, 6))), Count.ASKED_AGAIN),
    ("no due day", dossier(due=None, done_at=day(9)), Count.WITHOUT_DUE),
]


@pytest.mark.parametrize(("label", "told", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_rule(label: str, told: Dossier, expected: Count) -> None:
    assert count(told, END) is expected


def test_a_period_knows_nothing_of_what_came_after_it() -> None:
    later = dossier(finished_at=day(9), supplements=(request(3, 4), request(8.5, 8.7)))
    assert count(later, day(8)) is Count.IN_TIME
    assert count(later, END) is Count.ASKED_AGAIN
    assert ended_at(later, day(8)) == day(8)


def test_awaited_is_counted_up_to_the_end_and_never_below_nothing() -> None:
    waiting = dossier(Status.NEEDS_PAPERS, supplements=(request(5),))
    assert awaited(waiting, day(7)) == timedelta(days=2)
    assert awaited(waiting, day(4)) == timedelta(0)
    assert awaited(dossier(supplements=(Supplement("giấy tờ"),)), END) == timedelta(0)


def test_a_tally_keeps_its_denominator() -> None:
    tally = Tally.of(count(told, END) for _, told, _ in CASES)
    assert (tally.in_time, tally.overdue, tally.asked_again, tally.without_due) == (7, 7, 2, 1)
    assert (tally.late, tally.judged) == (9, 16)
