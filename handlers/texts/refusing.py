"""What is said where a question is not answered."""

from __future__ import annotations

from handlers.texts.common import call
from handlers.texts.sentences import sentence


def unclear() -> str:
    """Not understood, for the first time."""
    return sentence("refuse.unclear")


def again(phone: str | None, hours: str | None) -> str:
    """Not understood twice in a row: a person."""
    return sentence("refuse.again", call=call(phone), hours=_open(hours))


def not_here(phone: str | None, hours: str | None) -> str:
    """Something that the machine has nothing about."""
    return sentence("refuse.not_here", call=call(phone), hours=_open(hours))


def no_procedure(unit: str, phone: str | None) -> str:
    """Something that is no paper's matter."""
    return sentence("refuse.no_procedure", unit=unit, call=call(phone))


def no_names() -> str:
    """Somebody asked about by name."""
    return sentence("refuse.no_names")


def not_listed(phone: str | None, hours: str | None) -> str:
    """None of what was offered."""
    return sentence("refuse.not_listed", call=call(phone), hours=_open(hours))


def unknown_code(code: str, phone: str | None) -> str:
    return sentence("refuse.unknown_code", code=code, call=call(phone))


def listed(name: str, agency: str) -> str:
    """On the national list, with who decides."""
    return sentence("refuse.listed", name=name, agency=agency)


def listed_nobody(name: str) -> str:
    """On the national list, which names nobody."""
    return sentence("refuse.listed_nobody", name=name)


def listed_no_facts(phone: str | None) -> str:
    return sentence("refuse.listed_no_facts", call=call(phone))


def listed_source(code: str) -> str:
    return sentence("refuse.listed_source", code=code)


def _open(hours: str | None) -> str:
    return "" if hours is None else sentence("refuse.hours", hours=hours)


def done_by(what: str, who: str, law: str, phone: str | None) -> str:
    """Another body does it, by a law."""
    return sentence("refuse.done_by", what=what, who=who, law=law, call=call(phone))
