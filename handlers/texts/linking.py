"""What is said of the parts of a linked dossier, each done by an agency of its own."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.texts import tracking
from handlers.texts.format import joined, numbered
from handlers.texts.sentences import sentence
from onestop.dossier import Status


def head(printed: str, n: int, status: Status) -> str:
    return sentence("linked.head", printed=printed, n=n, short=tracking.short(status))


def lines(parts: Sequence[str]) -> str:
    """One line a part."""
    return numbered(parts)


def line(name: str, agency: str | None, status: Status | None, late: int | None) -> str:
    """``late``: by so many working days, 0 since some hours; None where it is not."""
    tail = "" if late is None else sentence("linked.late", days=late) if late else sentence("linked.late_today")
    if agency is None:
        return sentence("linked.line_bare", name=name, short=short(status), late=tail)
    return sentence("linked.line", name=name, agency=agency, short=short(status), late=tail)


def short(status: Status | None) -> str:
    """How a part stands; None: its turn has not come."""
    if status is None:
        return sentence("linked.waits")
    return sentence("linked.over") if status is Status.FINISHED else tracking.short(status)


def unnamed(n: int) -> str:
    return sentence("linked.unnamed", n=n)


def charged(name: str, agency: str | None) -> str:
    """Whose part is late."""
    if agency is None:
        return sentence("linked.charged_bare", name=name)
    return sentence("linked.charged", name=name, agency=agency)


def part_of(whole: str) -> str:
    """Said of a part that was looked up by its own code."""
    return sentence("linked.of", whole=whole)


def follow_the_whole(part: str, whole: str) -> str:
    """Where a part was to be followed."""
    return sentence("linked.follow_whole", part=part, whole=whole)


def label_follow_whole() -> str:
    return sentence("label.follow_whole")


def news(printed: str, name: str, part: str | None, status: Status) -> str:
    """The first line of a notice; ``part`` None where it must not be said."""
    if part is None:
        return sentence("linked.news_bare", printed=printed, name=name, short=short(status))
    return sentence("linked.news", printed=printed, name=name, part=part, short=short(status))


def left(parts: Sequence[str]) -> str:
    """What is still to be done."""
    return sentence("linked.left", parts=joined(list(parts)))


def fetch(phone: str | None) -> str:
    """A part is over, the whole is not."""
    return sentence("linked.fetch", phone="" if phone is None else sentence("track.phone", phone=phone))


def label_whole() -> str:
    return sentence("label.all_parts")
