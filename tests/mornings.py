"""Dossiers of a Wednesday morning, and officials who see to them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from handlers.desk import Later, Official, Step
from handlers.officials import morning
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Status
from tests.fakes import Talk, a_dossier

TODAY = date(2026, 11, 18)
MORNING = datetime(2026, 11, 18, 7, 30, tzinfo=VIETNAM)
"""A Wednesday."""
EVENT = morning.event_of("H99.07", TODAY)


def day(text: str, hour: int = 17) -> datetime:
    """ "13/11" of this year, at an hour."""
    number, month = text.split("/")
    return datetime(2026, int(month), int(number), hour, tzinfo=VIETNAM)


def a_case(n: int, due: datetime | None, status: Status = Status.IN_PROGRESS, **more: object) -> Dossier:
    return a_dossier(f"H99.07-261102-{n:04}", status, due=due, received_at=day("2/11", 8), **more)


LATE = (a_case(1, day("13/11")), a_case(2, day("17/11"), agency="Chi nhánh đất đai"))
DUE_TODAY = (a_case(3, day("18/11")),)
SOON = (a_case(4, day("19/11")), a_case(5, day("20/11")))
NOT_LISTED = (
    a_case(6, day("21/11")),
    a_case(7, None),
    a_case(8, day("13/11"), Status.NEEDS_PAPERS),
    a_case(9, day("13/11"), Status.NEEDS_PAYMENT),
    a_case(10, day("13/11"), Status.FINISHED),
    a_case(11, day("13/11"), Status.RETURNED, done_at=day("16/11")),
    a_case(12, day("13/11"), Status.WITHDRAWN),
    a_case(13, day("13/11"), Status.UNKNOWN),
    a_case(14, day("13/11"), unit="H99.02"),
)


def an_official(*dossiers: Dossier, role: str = "staff", unit: str = "H99.07") -> Talk:
    talk = Talk(now=MORNING)
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    for dossier in dossiers:
        talk.book.push(dossier, MORNING - timedelta(hours=10))
    return talk


def codes(text: str) -> list[int]:
    """The numbers of the dossiers listed, in order."""
    return [int(found) for found in re.findall(r"H99\.\d\d-261102-(\d{4}) ·", text)]


def said(step: Step | Later | None) -> str:
    assert isinstance(step, Step)
    return "\n".join(each.text for each in step.say)
