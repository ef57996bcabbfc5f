"""What is said and printed about result slips. No dossier is named: the paper may be in anybody's hand."""

from __future__ import annotations

from datetime import date, datetime

from handlers.texts.format import full_date, lower_first, next_minute
from handlers.texts.sentences import sentence


def about(day: date, place: str, *, handed_over: bool) -> str:
    """What a slip is about: the result of this day, or the dossier that ended on it without one."""
    return sentence("slips.about" if handed_over else "slips.about_ended", day=full_date(day), place=place)


def ask(what: str) -> str:
    """Asks for 1–5 of ``what``, as ``about`` says it."""
    return sentence("slips.ask", what=what)


def change(what: str, label: str) -> str:
    """Asks for another rating; ``label`` is the one given."""
    return sentence("slips.change", what=what, label=label)


def sure(what: str) -> str:
    """Whether it is to be rated, after its eight characters alone."""
    return sentence("slips.sure", what=lower_first(what))


def left() -> str:
    return sentence("slips.left")


def over() -> str:
    """A slip that was ended or is too old."""
    return sentence("slips.over")


def early() -> str:
    """A slip of which no system has told yet that the result was handed over."""
    return sentence("slips.early")


def too_late() -> str:
    return sentence("slips.too_late")


def unknown(phone: str | None) -> str:
    """Eight characters that are on no slip."""
    return sentence("slips.unknown", call=_call(phone))


def mistyped() -> str:
    """Characters that cannot be right."""
    return sentence("slips.mistyped")


def wait(until: datetime, today: date, phone: str | None) -> str:
    """Too many wrong ones in this chat, or from its address; ``until``: from when they may be typed again."""
    return sentence("slips.wait", until=next_minute(until, today), call=_call(phone))


def closed(phone: str | None) -> str:
    """Too many wrong ones everywhere: nothing typed is taken for a while."""
    return sentence("slips.closed", call=_call(phone))


def label_yes() -> str:
    return sentence("label.slip_yes")


def label_no() -> str:
    return sentence("label.slip_no")


def print_title() -> str:
    return sentence("slips.print_title")


def print_web() -> str:
    """Above nothing, below the QR that opens the web chat."""
    return sentence("slips.print_web")


def print_typed(code: str) -> str:
    """What to type in any chat."""
    return sentence("slips.print_typed", code=code)


def print_where(address: str) -> str:
    """The plain address of the QR: whoever sees another one is warned."""
    return sentence("slips.print_where", address=address)


def print_keep() -> str:
    return sentence("slips.print_keep")


def print_never() -> str:
    return sentence("slips.print_never")


def _call(phone: str | None) -> str:
    return sentence("slips.desk") if phone is None else sentence("slips.call", phone=phone)
