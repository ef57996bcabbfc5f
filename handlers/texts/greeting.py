"""Greetings, the menu, the desk's hours, and answers to what is no question about a procedure."""

from __future__ import annotations

from handlers.texts.common import call
from handlers.texts.sentences import sentence


def first(unit: str) -> str:
    return sentence("greet.first", unit=unit)


def machine(unit: str) -> str:
    """Said once, beside the answer, to who begins with a question."""
    return sentence("greet.machine", unit=unit)


def back(unit: str) -> str:
    return sentence("greet.back", unit=unit)


def thanks() -> str:
    return sentence("greet.thanks")


def label_helped() -> str:
    return sentence("label.helped")


def label_not_helped() -> str:
    return sentence("label.not_helped")


def helped() -> str:
    """Who says so found the machine of help."""
    return sentence("greet.helped")


def not_helped() -> str:
    return sentence("greet.not_helped")


def fine() -> str:
    return sentence("greet.fine")


def bye() -> str:
    return sentence("greet.bye")


def menu() -> str:
    return sentence("menu")


def help_() -> str:
    return sentence("help")


def person(unit: str, phone: str | None) -> str:
    return sentence("person.phone", unit=unit, phone=phone) if phone else sentence("person.no_phone", unit=unit)


def person_honest() -> str:
    """The machine cannot pass a message on, and says so."""
    return sentence("person.honest")


def emergency() -> str:
    return sentence("talk.emergency")


def crisis() -> str:
    return sentence("talk.crisis")


def child_alone(phone: str | None) -> str:
    """Before the answer about a child without parents."""
    return sentence("talk.child_alone", call=call(phone))


def scam() -> str:
    return sentence("talk.scam")


def angry(phone: str | None) -> str:
    return sentence("talk.angry", call=call(phone))


def insult(phone: str | None) -> str:
    return sentence("talk.insult", call=call(phone))


def about_official(phone: str | None) -> str:
    """Somebody complains of a person: no name is asked for or kept."""
    return sentence("talk.official", call=call(phone))


def petition(phone: str | None) -> str:
    return sentence("talk.petition", call=call(phone))


def land(phone: str | None) -> str:
    return sentence("talk.land", call=call(phone))


def unread(phone: str | None) -> str:
    """What the machine says is too much to read, or cannot be read: a person tells it."""
    return sentence("talk.unread", call=call(phone))


def love() -> str:
    return sentence("talk.love")


def laugh() -> str:
    return sentence("talk.laugh")


def wrong_place(unit: str) -> str:
    return sentence("talk.wrong_place", unit=unit)


def who(unit: str, phone: str | None) -> str:
    return sentence("talk.who", unit=unit, call=call(phone))


def leader(unit: str, phone: str | None) -> str:
    return sentence("talk.leader", unit=unit, call=call(phone))


def queue(unit: str, phone: str | None) -> str:
    return sentence("talk.queue", unit=unit, call=call(phone))


def papers_here(unit: str) -> str:
    return sentence("talk.papers_here", unit=unit)


def bare_number() -> str:
    return sentence("talk.number")


def english(phone: str | None) -> str:
    return sentence("talk.english", call=call(phone))


def label_petition() -> str:
    return sentence("label.petition")
