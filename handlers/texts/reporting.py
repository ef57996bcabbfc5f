"""What officials read besides the digest itself, which is rendered in ``ratings``."""

from __future__ import annotations

from datetime import date

from handlers.texts.format import full_date
from handlers.texts.sentences import sentence
from handlers.texts.tracking import EXAMPLE


def welcome(unit: str, role: str) -> str:
    """``role`` is the code: staff, head, province, readonly, auditor."""
    return sentence("official.welcome", unit=unit, role=sentence(f"role.{role}"))


def welcome_reopen() -> str:
    """For who may open a proof again."""
    return sentence("official.welcome_reopen")


def already(unit: str, role: str) -> str:
    return sentence("official.already", unit=unit, role=sentence(f"role.{role}"))


def used() -> str:
    return sentence("official.used")


def expired(day: date) -> str:
    return sentence("official.expired", day=full_date(day))


def wrong() -> str:
    return sentence("official.wrong")


def group() -> str:
    return sentence("official.group")


def taken_back(unit: str, day: date) -> str:
    """To who was an official of a unit until that day."""
    return sentence("official.taken_back", unit=unit, day=full_date(day))


def only() -> str:
    return sentence("official.only")


def which_unit(week: str) -> str:
    """Which unit's digest? ``week``: "tuần 46"."""
    return sentence("report.which_unit", week=week)


def future(week: str) -> str:
    """``week``: "tuần 52", "quý IV/2026"."""
    return sentence("report.future", week=week[:1].upper() + week[1:])


def no_period() -> str:
    return sentence("report.no_period")


def no_week(year: int, number: int) -> str:
    return sentence("report.no_week", year=year, number=number)


def bad_week() -> str:
    return sentence("report.bad_week")


def other_unit(unit: str) -> str:
    return sentence("report.other_unit", unit=unit)


def reopened(code: str) -> str:
    return sentence("reopen.done", code=code)


def reopen_not_yours(code: str) -> str:
    return sentence("reopen.not_yours", code=code)


def reopen_role(code: str) -> str:
    return sentence("reopen.role", code=code)


def reopen_which() -> str:
    return sentence("reopen.which", example=EXAMPLE)


def label_today() -> str:
    return sentence("label.today_list")


def label_late() -> str:
    return sentence("label.late_list")


def label_this_week() -> str:
    return sentence("label.this_week")


def label_last_week() -> str:
    return sentence("label.last_week")


def low_scores(unit: str) -> str:
    """Several gave one or two stars; no number, no procedure, no day."""
    return sentence("report.low_scores", unit=unit)
