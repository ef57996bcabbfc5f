"""What is said about rating. Nothing here is cheerful: the same words go to people who lost somebody."""

from __future__ import annotations

from datetime import date

from handlers.texts.format import full_date, joined, number
from handlers.texts.sentences import sentence


def invite(key: str, name: str, place: str | None) -> str:
    """The invitation; ``key`` is the instrument's sentence, ``name`` the neutral one that notices use."""
    return sentence(key, name=name, place="" if place is None else sentence("rate.place", place=place))


def remind(invitation: str) -> str:
    """The invitation once more, and that it is the last time."""
    return sentence("rate.remind", invitation=invitation)


def ask(code: str) -> str:
    """The question when the citizen wants to rate."""
    return sentence("rate.ask", code=code)


def change(code: str, label: str) -> str:
    """The question when the citizen wants another rating; ``label`` is the one given."""
    return sentence("rate.change", code=code, label=label)


def kept() -> str:
    return sentence("rate.kept")


def unclear() -> str:
    return sentence("rate.unclear")


def sure(label: str) -> str:
    """Asks back whether words meant this label."""
    return sentence("rate.sure", label=label)


def recorded(label: str) -> str:
    """Confirms a rating; it is sent only after the rating is on disk."""
    return sentence("rate.recorded", label=label)


def reasons(key: str) -> str:
    """Asks why; ``key`` is the instrument's sentence for low or high ratings."""
    return sentence(key)


def reasons_now(chosen: tuple[str, ...]) -> str:
    """Says which reasons (labels) are picked so far."""
    return sentence("rate.reasons_now", chosen=joined(chosen)) if chosen else sentence("rate.reasons_empty")


def reasons_unclear() -> str:
    return sentence("rate.reasons_unclear")


def chosen(label: str) -> str:
    """The label of a reason that is picked."""
    return sentence("rate.chosen", label=label)


def label(name: str) -> str:
    """The label under ``label.<name>``."""
    return sentence(f"label.{name}")


def comment(key: str) -> str:
    """Asks for a word more; ``key`` is the instrument's sentence."""
    return sentence(key)


def thanks() -> str:
    return sentence("rate.thanks")


def thanks_comment() -> str:
    return sentence("rate.thanks_comment")


def thanks_comment_cut(limit: int) -> str:
    """Says that only the first ``limit`` characters were kept."""
    return sentence("rate.thanks_comment_cut", n=number(limit))


def declined() -> str:
    return sentence("rate.declined")


def not_received(place: str | None, phone: str | None) -> str:
    """Where the result should be, and whom to call."""
    return sentence(
        "rate.not_received",
        place=place or sentence("rate.place_default"),
        phone="" if phone is None else sentence("rate.phone", phone=phone),
    )


def no_result(place: str | None, phone: str | None) -> str:
    """The dossier ended without a result; whom to ask about that."""
    return sentence(
        "rate.no_result",
        place=place or sentence("rate.place_default"),
        phone="" if phone is None else sentence("rate.phone", phone=phone),
    )


def closed(day: date) -> str:
    """The rating of this day can no longer be changed."""
    return sentence("rate.closed", day=full_date(day))


def other() -> str:
    return sentence("rate.other")


def not_done(code: str) -> str:
    return sentence("rate.not_done", code=code)


def too_late(code: str) -> str:
    return sentence("rate.too_late", code=code)


def nothing() -> str:
    return sentence("rate.nothing")


def which_missing() -> str:
    return sentence("rate.which_missing")


def which() -> str:
    return sentence("rate.which")


def group() -> str:
    return sentence("rate.group")


def stale() -> str:
    return sentence("rate.stale")


def own_unit(unit: str) -> str:
    """An official of the unit that is rated."""
    return sentence("rate.own_unit", unit=unit)


def accusation() -> str:
    """After words that may accuse somebody: who does not read them, and that there are three ways."""
    return sentence("rate.accusation")


def tap(key: str, n: int, of: int) -> str:
    """One of the short questions; ``key`` is the instrument's sentence."""
    return sentence("tap.more", n=number(n), of=number(of), question=sentence(key))


def tap_unclear() -> str:
    return sentence("tap.unclear")


def three_ways() -> str:
    """After a yes to the question of money: where such things are lodged."""
    return sentence("tap.three_ways")
