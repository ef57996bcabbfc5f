"""The questions of a guide, the list of papers it leads to, and ticking it off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from handlers.texts.asking import paper, paper_whole
from handlers.texts.common import call
from handlers.texts.format import full_date, joined, lower_first, sentence_case, shortened
from handlers.texts.sentences import sentence
from procedures.procedure import Document

Numbered = tuple[int, Document]
"""A paper and its number in the list."""


def question(name: str, ask: str, options: str, *, first: bool) -> str:
    """``options``: numbered lines; the first question says what it is good for."""
    if first:
        return sentence("choose.first", name=name, question=ask, options=options)
    return sentence("choose.next", question=ask, options=options)


def unsure(ask: str, options: str, phone: str | None) -> str:
    """To who does not know the answer."""
    return sentence("choose.unsure", question=ask, options=options, call=call(phone))


def too_soon(ask: str, options: str) -> str:
    """To who ticks papers off before the list is made."""
    return sentence("choose.too_soon", question=ask, options=options)


def other(name: str) -> str:
    """The answers lead to another procedure, whose answer follows."""
    return sentence("choose.other", name=name)


def changed() -> str:
    return sentence("choose.changed")


def title(name: str) -> str:
    return sentence("list.title", name=name)


def needed(papers: Iterable[Numbered]) -> str:
    """The papers to bring, whole."""
    lines = _lines(papers, paper_whole)
    return "\n".join((sentence("list.needed", n=len(lines)), *lines)) if lines else sentence("list.nothing_needed")


def missing(papers: Iterable[Numbered]) -> str:
    """The papers that are not there yet, in short lines."""
    lines = _lines(papers, paper)
    return "\n".join((sentence("list.missing", n=len(lines)), *lines))


def have(papers: Iterable[Numbered]) -> str:
    """The papers that are there, in one breath."""
    return sentence("list.have", papers=joined([f"{n}. {document.name}" for n, document in papers]))


def maybe(papers: Iterable[Numbered], *, complete: bool = False) -> str:
    """The papers that are needed only sometimes, with when."""
    head = sentence("list.look_at_maybe") if complete else sentence("list.maybe")
    return "\n".join((head, *_lines(papers, paper_whole)))


def how(n: int) -> str:
    """How to tick; ``n`` is a number to give as an example."""
    return sentence("list.how", n=n)


def complete(name: str, n: int) -> str:
    return sentence("list.complete", name=name, n=n)


def bring(place: str) -> str:
    return sentence("list.bring", place=place.rstrip(" ."))


def hours(hours: str) -> str:
    return sentence("list.hours", hours=lower_first(hours.rstrip(" .")))


def none() -> str:
    return sentence("list.none")


def which(options: str) -> str:
    return sentence("list.which", options=options)


def line(name: str, have: int, n: int) -> str:
    """One of several lists: how many of its papers are there."""
    return sentence("list.line", name=name, have=have, n=n)


def link(link: str) -> str:
    return sentence("list.link", link=link)


def printed(name: str) -> str:
    return sentence("list.printed", name=name)


def cannot_print() -> str:
    return sentence("list.cannot_print")


def unknown_paper(n: int) -> str:
    return sentence("list.unknown_paper", n=n)


def ticked(name: str) -> str:
    """A paper that is there, as a label."""
    return shortened(sentence("list.ticked", name=name))


def sheet_title(name: str) -> str:
    return sentence("sheet.title", name=name)


def sheet_unit(unit: str) -> str:
    """Whose desk it is: "Một cửa xã Đồng Sậy"."""
    return sentence("sheet.unit", unit=unit)


def answered(question: str, answer: str) -> str:
    return sentence("sheet.answered", question=question, answer=answer.rstrip(" ."))


def sheet_heading(part: str) -> str:
    """The heading over "fee", "time", "where", "asked_at"."""
    return sentence(f"sheet.{part}")


def decided(agency: str) -> str:
    return sentence("sheet.decided", agency=agency.rstrip(" ."))


def sheet_maybe() -> str:
    return sentence("list.maybe")


def sheet_made(day: date) -> str:
    return sentence("sheet.made", day=full_date(day))


def sheet_link() -> str:
    return sentence("sheet.link")


def paper_note(document: Document) -> str | None:
    """What is said of a paper beside its name."""
    rest = paper_whole(document).removeprefix(document.name).lstrip(" :")
    marks, _, note = rest.removeprefix("(").partition(")") if rest.startswith("(") else ("", "", rest)
    said = "; ".join(part for part in (marks, note.lstrip(" :")) if part)
    return sentence_case(said) or None


def label_all_cases() -> str:
    return sentence("label.all_cases")


def label_back() -> str:
    return sentence("label.back")


def label_again() -> str:
    return sentence("label.again")


def label_print() -> str:
    return sentence("label.print")


def label_share() -> str:
    return sentence("label.share")


def _lines(papers: Iterable[Numbered], say: Callable[[Document], str]) -> list[str]:
    return [f"{n}. {say(document)}" for n, document in papers]
