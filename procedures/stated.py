"""What an entry of the catalog states, as typed values, one a line: what an answer is compared with. Pure.

Read from the entry alone, not by what writes answers: an answer that says anything else, more or less is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from procedures.finding.facets import Facet
from procedures.procedure import Document, Fee, Procedure, ProcessingTime, Submission, TimeUnit, Way

Line = Fee | ProcessingTime
ALL_WAYS = frozenset[Way]()


class Value(Struct, frozen=True):
    """One value. ``label``: what or whose it is, in small letters; ``ways``: for which ways of handing in (none: all).

    ``numbers``: of a fee đồng, of a time least and most, of a paper originals, copies and 1 where it is only shown;
    None where the source gives none. ``unit``: per what, the unit of time, the paper's form.
    """

    kind: Facet
    label: str
    numbers: tuple[int | None, ...] = ()
    unit: str = ""
    note: str = ""
    ways: frozenset[Way] = ALL_WAYS

    def __str__(self) -> str:
        ways = "+".join(sorted(way.value for way in self.ways))
        return " | ".join(str(each) for each in (self.label, *self.numbers, self.unit, self.note, ways) if each != "")


def stated(
    procedure: Procedure, facet: Facet, case: str | None, today: date, places: Iterable[str]
) -> tuple[Value, ...]:
    """Everything that may be said of a facet on that day, by a desk whose names and province are ``places``.

    ``case`` None: papers and forms are those of the first case, fees and times those of every case.
    """
    if not _in_force(procedure.effective_from, procedure.effective_to, today):
        return ()
    is_local = procedure.scope == "national" or any(procedure.scope in place for place in places)
    match facet:
        case Facet.PAPERS:
            return tuple(_paper(each) for each in _documents(procedure, case))
        case Facet.FORM:
            forms = [each for each in _documents(procedure, case) if each.form]
            return tuple(Value(facet, small(each.name), unit=_form(each)) for each in forms)
        case Facet.FEE:
            fees = _by_way(procedure, [each.fees for each in procedure.submissions], case, today) if is_local else ()
            who = "; ".join(each.rstrip(" .;") for each in procedure.exemptions)
            return (*fees, *((Value(facet, small(who), note="exempt"),) if fees and who else ()))
        case Facet.TIME:
            times = [each.times for each in procedure.submissions]
            return tuple(_by_way(procedure, times, case, today)) if is_local else ()
        case Facet.WHERE:
            places_ = (("submit_at", procedure.submit_at), ("decided_by", procedure.decided_by))
            return tuple(Value(facet, small(text.rstrip(" .")), note=name) for name, text in places_ if text)
        case Facet.ONLINE | Facet.POST:
            return tuple(_way(procedure, facet, Way.ONLINE if facet is Facet.ONLINE else Way.POST))
        case Facet.HOW:
            return tuple(_handed_in(each) for each in procedure.submissions)
        case Facet.RESULT:
            said = "; ".join(each.rstrip(" .;") for each in procedure.results)
            return (Value(facet, small(said)),) if said else ()
        case Facet.CONDITIONS:
            return tuple(Value(facet, small(each)) for each in procedure.conditions)
        case Facet.LEGAL_BASIS:
            return tuple(Value(facet, small(each)) for each in procedure.legal_basis)


def small(text: str) -> str:
    """A text in small letters with single spaces: a line of an answer may begin with a capital."""
    return " ".join(text.split()).casefold()


def _in_force(since: date | None, until: date | None, today: date) -> bool:
    return (since is None or since <= today) and (until is None or today <= until)


def _documents(procedure: Procedure, key: str | None) -> tuple[Document, ...]:
    for each in procedure.cases:
        if key in (None, each.key):
            return each.documents
    return ()


def _paper(document: Document) -> Value:
    # a paper that is shown is not handed in: how many originals is not asked
    originals = None if document.shown else document.originals or None
    numbers = (originals, document.copies or None, 1 if document.shown else None)
    return Value(Facet.PAPERS, small(document.name), numbers, _form(document), small(document.note or ""))


def _form(document: Document) -> str:
    return small((document.form or "").removeprefix("Mẫu "))


def _by_way(procedure: Procedure, lines: Sequence[Sequence[Line]], case: str | None, today: date) -> tuple[Value, ...]:
    """The lines that hold, by way where the ways differ."""
    told: dict[Way, tuple[Value, ...]] = {}
    for submission, own in zip(procedure.submissions, lines, strict=True):
        hold = [each for each in own if _in_force(each.since, each.until, today)]
        fit = [each for each in hold if case is None or each.case in (None, case)] or hold
        if fit:
            told[submission.way] = tuple(_line(procedure, each, case) for each in fit)
    alike: dict[tuple[Value, ...], set[Way]] = {}
    for way, values in told.items():
        alike.setdefault(values, set()).add(way)
    if len(alike) < 2:
        return next(iter(alike), ())
    return tuple(
        Value(each.kind, each.label, each.numbers, each.unit, each.note, frozenset(ways))
        for values, ways in alike.items()
        for each in values
    )


def _line(procedure: Procedure, line: Line, case: str | None) -> Value:
    named = line.case is not None and line.case != case and len(procedure.cases) > 1
    whose = next((each.name for each in procedure.cases if named and each.key == line.case), "")
    match line:
        case Fee(what, None, note=note):
            return Value(Facet.FEE, _labelled(whose, what, note or UNKNOWN), (None,))
        case Fee(what, amount, per, note=note):
            unit = small(per) if per and amount else ""
            return Value(Facet.FEE, _labelled(whose, what), (amount,), unit, small(note or ""))
        case ProcessingTime(unit=time, amount=most, least=least, note=note):
            numbers = (None, None) if time is TimeUnit.SAME_DAY else (least, most)
            return Value(Facet.TIME, small(whose), numbers, time.value, small(note or ""))


UNKNOWN = "nơi thu báo, trong dữ liệu không ghi số"
"""Of a fee whose source gives neither amount nor note."""


def _labelled(*parts: str) -> str:
    return small(": ".join(part for part in parts if part))


def _way(procedure: Procedure, facet: Facet, way: Way) -> Iterator[Value]:
    if not procedure.submissions:
        return
    found = next((each for each in procedure.submissions if each.way is way), None)
    if found is None:
        yield Value(facet, "unsaid", ways=frozenset(each.way for each in procedure.submissions))
        return
    yield Value(facet, "open")
    if found.note:
        yield Value(facet, small(found.note.rstrip(" .")), note="note")


def _handed_in(submission: Submission) -> Value:
    return Value(Facet.HOW, small(submission.note or ""), ways=frozenset({submission.way}))
