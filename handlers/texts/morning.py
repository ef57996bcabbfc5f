"""What officials read of their day: lists of dossiers by code, and drafts of letters to be signed."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from handlers.texts.format import day_name, full_date, moment
from handlers.texts.sentences import sentence


class Counts(Struct, frozen=True):
    """How many dossiers are in each part of a list; ``days``: working days that "soon" looks ahead."""

    late: int
    today: int
    soon: int
    slow: int
    days: int


_COUNTED = {"all": ("late", "today", "soon", "days"), "late": ("late",), "soon": ("today", "soon", "days"), "slow": ()}


def summary(unit: str, which: str, counts: Counts) -> str:
    """The first line. ``which``: all, late, soon, slow; of slow ones only where there are some."""
    named = {name: getattr(counts, name) for name in _COUNTED[which]}
    said = [sentence(f"morning.summary.{which}", unit=unit, **named)] if which != "slow" else []
    if counts.slow and which in ("all", "slow"):
        said.append(sentence("morning.summary.slow", unit=unit, slow=counts.slow))
    return " ".join(said)


def late() -> str:
    return sentence("morning.late")


def today() -> str:
    return sentence("morning.today")


def soon(days: int) -> str:
    return sentence("morning.soon", days=days)


def slow() -> str:
    return sentence("morning.slow")


def likely(day: date, n: int) -> str:
    """By when it is likely done, past its due day, from how many."""
    return sentence("morning.likely", day=day_name(day), n=n)


def line(*parts: str) -> str:
    """One dossier: its code, what it is, where it lies, how many days; what is not known is left out."""
    return " · ".join(part for part in parts if part)


def days_late(days: int) -> str:
    """Working days past the due day; 0: since some hours of it."""
    return sentence("morning.days_late", days=days) if days else sentence("morning.hours_late")


def days_left(days: int, due: date) -> str:
    return sentence("morning.days_left", days=days, day=day_name(due))


def as_of(at: datetime) -> str:
    return sentence("morning.as_of", at=moment(at))


def unprovable(n: int) -> str:
    """Open dossiers that citizens cannot look up by their phone, and why."""
    return sentence("morning.unprovable", n=n)


def nothing(unit: str, which: str, days: int) -> str:
    """Nothing to see to. ``which``: all, late, soon, slow."""
    return sentence(f"morning.nothing.{which}", unit=unit, days=days)


def no_procedure() -> str:
    return sentence("morning.no_procedure")


def which_unit() -> str:
    return sentence("morning.which_unit")


def other_unit() -> str:
    return sentence("morning.other_unit")


def may_not_draft() -> str:
    return sentence("morning.may_not_draft")


def not_yours(code: str) -> str:
    return sentence("morning.not_yours", code=code)


def nothing_to_excuse(code: str) -> str:
    """Closed, waiting for the citizen, or without a due day."""
    return sentence("morning.nothing_to_excuse", code=code)


def drafts(count: int, page: int, pages: int) -> str:
    """Before the drafts of a page."""
    return sentence("morning.drafts", n=count, page=page, pages=pages)


def all_letters(n: int) -> str:
    """With the PDF of all letters."""
    return sentence("morning.all_letters", n=n)


def label_all_letters() -> str:
    return sentence("label.all_letters")


def draft() -> str:
    """Before a single draft."""
    return sentence("morning.draft")


def letter(
    *,
    unit: str,
    code: str,
    procedure: str,
    received: date | None,
    due: date,
    place: str,
    late: int | None,
    reason: str | None,
    day: date | None,
) -> str:
    """A draft with blanks for name and signature, and for the reason and the new day where nobody wrote them down.

    ``late``: working days; None: not late yet.
    """
    if late is None:
        overdue = sentence("letter.not_late")
    else:
        overdue = sentence("letter.late", days=late) if late else sentence("letter.late_today")
    return sentence(
        "letter.body",
        unit=unit,
        code=code,
        procedure=procedure,
        received=sentence("letter.blank_day") if received is None else full_date(received),
        due=full_date(due),
        place=place,
        overdue=overdue,
        reason=reason or sentence("letter.blank_reason"),
        day=sentence("letter.blank_day") if day is None else full_date(day),
    )


def label_letters() -> str:
    return sentence("label.letters")


def label_next(page: int, pages: int) -> str:
    return sentence("label.next_page", page=page, pages=pages)


def letter_head() -> tuple[str, str, str]:
    """What stands above a letter on paper: its number, to be filled in, the State's name, its motto."""
    return sentence("letter.number"), sentence("letter.state"), sentence("letter.motto")
