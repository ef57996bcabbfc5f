"""Where a desk is, when it is open, what became of units of before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.texts.format import full_date, joined, sentence_case
from handlers.texts.sentences import sentence


def hours_at(unit: str, hours: str) -> str:
    return sentence("hours.at", unit=unit, hours=hours)


def hours_unknown(unit: str) -> str:
    return sentence("hours.unknown", unit=unit)


def open_now(until: str) -> str:
    return sentence("hours.open_now", until=until)


def closed_now(at: str) -> str:
    return sentence("hours.closed_now", at=at)


def holiday(name: str) -> str:
    """After a day on which the desk is closed."""
    return sentence("hours.holiday", name=name)


def opens_again(at: str) -> str:
    """After a day on which the desk is closed."""
    return sentence("hours.opens_again", at=at)


def day_open(day: str, unit: str, hours: str) -> str:
    return sentence("hours.day_open", day=day, unit=unit, hours=hours)


def day_closed(day: str, unit: str) -> str:
    return sentence("hours.day_closed", day=day, unit=unit)


def formerly(old: str, heirs: Sequence[tuple[str, str | None]]) -> str:
    """What a unit of before 1/7/2025 belongs to now: (today's name, which part of the old one) each."""
    now = [name if part is None else sentence("hours.part", name=name, part=part) for name, part in heirs]
    return sentence("hours.formerly", old=sentence_case(old), now=joined(now))


def address(address: str) -> str:
    return sentence("hours.address", address=address)


def phone(phone: str) -> str:
    return sentence("hours.phone", phone=phone)


def map_link(link: str) -> str:
    return sentence("hours.map", link=link)


def closing(why: str) -> str:
    """Why the desk is closed on a day that is no holiday."""
    return sentence("hours.closing", why=why)


def early(why: str, lunar: int) -> str:
    """Why the desk closes before the hour on a day of the lunar month."""
    return sentence("hours.early", why=why, lunar=sentence("hours.first_ten", day=lunar) if lunar <= 10 else lunar)


def doubt(why: str) -> str:
    """Why it is not certain yet that a day is worked."""
    return sentence("hours.doubt", why=why)


def desk_of(unit: str) -> str:
    return sentence("place.desk", unit=unit)


def which_part() -> str:
    return sentence("place.which_part")


def which_commune() -> str:
    return sentence("place.which_commune")


def heir(unit: str, olds: Sequence[str]) -> str:
    """One of today's units and the old communes that went into it."""
    return sentence("place.heir", unit=unit, olds=joined(olds))


def no_longer(old: str, since: date | None) -> str:
    """A district, and the first day without it."""
    if since is None:
        return sentence("place.no_longer", old=sentence_case(old))
    return sentence("place.no_longer_since", old=sentence_case(old), day=full_date(since))


def no_districts(unit: str) -> str:
    return sentence("place.no_districts", unit=unit)
