"""What a desk says for itself: facts hidden from citizens, local values with their papers; officials' work on both."""

from __future__ import annotations

from datetime import date, datetime

from handlers.texts.common import call
from handlers.texts.format import full_date, joined, lower_first, moment, sentence_case
from handlers.texts.sentences import sentence
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Stands

JOURNAL = frozenset(
    {"digest", "read_digest", "reopen", "hide", "unhide", "propose", "confirm", "refuse", "journal"}
) | {
    *("became_official", "invited_an_official", "revoked_an_official", "read_list", "costs", "link", "opened"),
}
"""What the journal holds that has a name of its own."""

# --- to citizens -----------------------------------------------------------------------------------------------------


def silent(phone: str | None) -> str:
    """The whole answer is hidden."""
    return sentence("hidden.all", call=call(phone))


def hidden_part(facet: Facet, phone: str | None) -> str:
    """One fact is hidden, and it was what was asked."""
    return sentence("hidden.part", what=sentence_case(facet_name(facet)), call=call(phone))


def hidden_short(facet: Facet, phone: str | None) -> str:
    """One fact is hidden beside others that are said."""
    return sentence("hidden.short", what=sentence_case(facet_name(facet)), call=call(phone))


def source(values: tuple[Stands, ...], unit: str, basis: Basis) -> str:
    """On which paper local values stand."""
    what = sentence_case(joined([lower_first(each.line) if each.line else fact_name(each.fact) for each in values]))
    return sentence("local.source", what=what, unit=unit, basis=paper(basis))


def note(text: str, unit: str, basis: Basis) -> str:
    """What a desk adds to the answer, with its paper."""
    return sentence("local.note", unit=unit, note=text.rstrip(" ."), basis=paper(basis))


def paper(basis: Basis) -> str:
    """ "theo 12/NQ-HĐND ngày 5/12/2025 của HĐND tỉnh Lam Châu"."""
    day = full_date(basis.issued)
    if basis.by is None:
        return sentence("local.paper_bare", number=basis.number, day=day)
    return sentence("local.paper", number=basis.number, day=day, by=basis.by)


def of_the_desk(what: tuple[str, ...], basis: Basis) -> str:
    """On which paper the desk's hours, phone or address stand; ``what``: hours, phone, address, note."""
    names = [sentence(f"desk.{each}") for each in what]
    return sentence("local.desk", what=sentence_case(joined(names)), basis=paper(basis))


def facet_name(facet: Facet) -> str:
    return sentence("fact.law") if facet is Facet.LEGAL_BASIS else sentence(f"fact.{facet.value}")


def fact_name(fact: Fact) -> str:
    return sentence("fact.note") if fact is Fact.NOTE else facet_name(Facet(fact.value))


# --- to officials: hiding --------------------------------------------------------------------------------------------


def welcome_hide() -> str:
    """For who may hide and correct."""
    return sentence("hide.welcome")


def not_your_role(role: str) -> str:
    return sentence("hide.not_your_role", role=sentence(f"role.{role}"))


def other_unit(unit: str) -> str:
    return sentence("hide.other_unit", unit=unit)


def which_procedure() -> str:
    return sentence("hide.which_procedure")


def procedures(options: str) -> str:
    return sentence("hide.procedures", options=options)


def which_facet(name: str, options: str) -> str:
    return sentence("hide.which_facet", name=name, options=options)


def sure(what: str, name: str, unit: str) -> str:
    return sentence("hide.sure", what=what, name=name, unit=unit)


def done(what: str, name: str, unit: str) -> str:
    return sentence("hide.done", what=what, name=name, unit=unit)


def already(what: str, name: str, unit: str) -> str:
    return sentence("hide.already", what=what, name=name, unit=unit)


def nothing(unit: str) -> str:
    return sentence("hide.nothing", unit=unit)


def now(unit: str, options: str) -> str:
    return sentence("hide.now", unit=unit, options=options)


def line(what: str, name: str, unit: str | None = None) -> str:
    """One hidden fact in a list; ``unit`` where there are several."""
    said = sentence("hide.line", what=sentence_case(what), name=name)
    return said if unit is None else sentence("hide.line_of", line=said, unit=unit)


def unhidden(what: str, name: str, unit: str) -> str:
    return sentence("hide.undone", what=what, name=name, unit=unit)


def not_hidden(what: str, name: str, unit: str) -> str:
    return sentence("hide.not_hidden", what=what, name=name, unit=unit)


def whole_answer() -> str:
    """The name of all facts together."""
    return sentence("fact.all")


def label_hide() -> str:
    return sentence("label.hide")


def label_leave() -> str:
    return sentence("label.leave")


def label_hidden() -> str:
    return sentence("label.hidden")


def label_pending() -> str:
    return sentence("label.pending")


# --- to officials: new values ----------------------------------------------------------------------------------------


def how() -> str:
    """How a new value is typed."""
    return sentence("correct.how")


def no_document() -> str:
    return sentence("correct.no_document")


def no_day() -> str:
    return sentence("correct.no_day")


def bad_day() -> str:
    return sentence("correct.bad_day")


def bad_value(fact: Fact) -> str:
    return sentence(f"correct.bad.{fact.value}")


def bad_words() -> str:
    return sentence("correct.bad_words")


def which_unit() -> str:
    return sentence("correct.which_unit")


def which_line(fact: Fact, name: str, options: str) -> str:
    return sentence("correct.which_line", what=fact_name(fact), name=name, options=options)


def proposed(value: str, number: int) -> str:
    return sentence("correct.proposed", value=value, number=number)


def value(fact: Fact, name: str, unit: str, said: str, basis: Basis) -> str:
    """A new value in full, as its second person has to see it."""
    first = "" if basis.since is None else sentence("correct.since", day=full_date(basis.since))
    what = sentence_case(fact_name(fact))
    return sentence("correct.value", what=what, name=name, unit=unit, said=said, basis=paper(basis), since=first)


def instead(old: str, new: str) -> str:
    """A new line with the one it takes the place of."""
    return sentence("correct.instead", old=old, new=new)


def pending(count: int, on_paper: bool) -> str:
    """``on_paper``: one of them at least stands on a paper to compare it with."""
    return sentence("correct.pending" if on_paper else "correct.pending_ways", n=count)


def pending_line(number: int, value: str, at: datetime, own: bool) -> str:
    said = sentence("correct.pending_line", number=number, value=value, at=moment(at))
    return f"{said} {sentence('correct.own_mark')}" if own else said


def none_pending() -> str:
    return sentence("correct.none_pending")


def no_such(number: int) -> str:
    return sentence("correct.no_such", number=number)


def own(number: int) -> str:
    return sentence("correct.own", number=number)


def left_office(number: int) -> str:
    return sentence("correct.left_office", number=number)


def confirmed(value: str, number: int) -> str:
    return sentence("correct.confirmed", value=value, number=number)


def still_hidden(name: str) -> str:
    return sentence("correct.still_hidden", name=name)


def later(day: date) -> str:
    """The fact is hidden and stays so: its new value holds only from a later day."""
    return sentence("correct.later", day=full_date(day))


def refused(number: int) -> str:
    return sentence("correct.refused", number=number)


def label_confirm(number: int) -> str:
    return sentence("label.confirm", number=number)


def label_refuse(number: int) -> str:
    return sentence("label.refuse", number=number)


# --- the journal -----------------------------------------------------------------------------------------------------


def journal_of() -> str:
    return sentence("journal.of")


def journal_head(unit: str, count: int) -> str:
    return sentence("journal.head", unit=unit, n=count) if count else sentence("journal.empty", unit=unit)


def noted(at: datetime, who: str, what: str, detail: str) -> str:
    """One row, by ids only."""
    key = what.replace(" ", "_")
    did = sentence(f"journal.did.{key}") if key in JOURNAL else what
    by = sentence("journal.operator") if who == "operator" else who
    return sentence("journal.row", at=moment(at), who=by, did=did, detail=detail).rstrip(" ·")
