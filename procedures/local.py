"""What holds at one desk only, over the national catalog: values of its own, each with its document, and facts hidden.

A value replaces the national one for the chats of its unit, and names its document; the national source stays for the
rest. What is hidden is taken out of the procedure altogether, so that no answer can hold it by another way. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from procedures.finding.facets import Facet
from procedures.procedure import Fee, Procedure, ProcessingTime, Submission, Way

DOCUMENT = re.compile(r"\d{1,5}[a-zA-Z]?(?:/\d{4})?/[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ0-9]+)*")
"""The number of an official paper: "12/NQ-HĐND", "12/2025/NQ-HĐND", "163/QĐ-BTP"."""

LONGEST_NOTE = 100
LONGEST_PLACE = 160
LONGEST_ISSUER = 60
"""Characters; beside them a first answer still has room for the papers."""

WITH = {Facet.PAPERS: frozenset({Facet.PAPERS, Facet.FORM})}
"""Facets that go with a hidden one: a form's name is a paper's name."""


class Fact(Enum):
    """What a desk can say for itself. The first three are facets as well, ``NOTE`` stands beside any answer.

    ``WAY`` is how its citizens ask for a procedure: no part of any answer, the search learns from it.
    """

    FEE = "fee"
    TIME = "time"
    WHERE = "where"
    NOTE = "note"
    WAY = "way"


class Basis(Struct, frozen=True):
    """The paper a local value stands on: its number, its day, who issued it; ``since``: the first day it holds."""

    number: str
    issued: date
    by: str | None = None
    since: date | None = None


Value = tuple[Fee, ...] | tuple[ProcessingTime, ...] | str


class LocalFact(Struct, frozen=True):
    """One value of one unit. ``replaces`` None: in place of all of that fact; else of this one line of it.

    ``entered_by`` is a role or an official's id, never a name.
    """

    unit: str
    procedure: str
    fact: Fact
    value: Value
    basis: Basis
    replaces: Fee | ProcessingTime | None = None
    entered_by: str = ""


class Hidden(Struct, frozen=True):
    """A fact that the unit's officials took back until it is looked at; ``facet`` None: the whole answer."""

    unit: str
    procedure: str
    facet: Facet | None


class Stands(Struct, frozen=True):
    """On which paper a local value of an answer stands. ``line``: what for, where other lines are national."""

    fact: Fact
    basis: Basis
    line: str | None = None


class Shown(Struct, frozen=True):
    """A procedure as one desk shows it.

    ``sources``: the papers of its local values; ``note``: what the desk adds, with its paper; ``hidden``: facets that
    may not be said; ``silent``: nothing of it may be said.
    """

    procedure: Procedure
    sources: tuple[Stands, ...] = ()
    note: tuple[str, Basis] | None = None
    hidden: frozenset[Facet] = frozenset()
    silent: bool = False


class Local:
    """All that holds locally and all that is hidden, of all units: a value, made anew at each change."""

    __slots__ = ("_facts", "_hidden", "facts", "hidden")

    def __init__(self, facts: Iterable[LocalFact] = (), hidden: Iterable[Hidden] = ()) -> None:
        """``facts`` in the order in which they were put in force: of two about the same line the later holds."""
        self.facts = tuple(facts)
        self.hidden = tuple(hidden)
        self._facts: dict[tuple[str, str], list[LocalFact]] = {}
        self._hidden: dict[tuple[str, str], list[Hidden]] = {}
        for fact in self.facts:
            if fact.fact is not Fact.WAY:
                self._facts.setdefault((fact.unit, fact.procedure), []).append(fact)
        for each in self.hidden:
            self._hidden.setdefault((each.unit, each.procedure), []).append(each)

    def shown(self, unit: str, procedure: Procedure, today: date) -> Shown:
        """The procedure as that unit shows it on that day (Vietnam's)."""
        key = (unit, procedure.code)
        facts = [each for each in self._facts.get(key, ()) if each.basis.since is None or each.basis.since <= today]
        hidden = self._hidden.get(key, ())
        if not facts and not hidden:
            return Shown(procedure)
        for fact in facts:
            procedure = _with(procedure, fact)
        notes = [(str(fact.value), fact.basis) for fact in facts if fact.fact is Fact.NOTE]
        facets = frozenset[Facet]().union(*(covered(each.facet) for each in hidden if each.facet is not None))
        said = [fact for fact in _live(procedure, facts) if not _gone(fact, facets)]
        return Shown(
            _without(procedure, facets),
            tuple(dict.fromkeys(_stands(fact, procedure) for fact in said)),
            notes[-1] if notes else None,
            facets,
            any(each.facet is None for each in hidden),
        )

    def valued(self, unit: str, procedure: Procedure, today: date) -> Procedure:
        """The procedure with that unit's values, and with what is hidden: what an official corrects."""
        return Local(self._facts.get((unit, procedure.code), ())).shown(unit, procedure, today).procedure

    def is_hidden(self, unit: str, procedure: str, facet: Facet | None) -> bool:
        """Whether exactly this was hidden."""
        return Hidden(unit, procedure, facet) in self._hidden.get((unit, procedure), ())


def covered(facet: Facet) -> frozenset[Facet]:
    """The facets that are hidden with one."""
    return WITH.get(facet, frozenset({facet}))


def fees_of(procedure: Procedure) -> tuple[Fee, ...]:
    """Its fee lines, each once."""
    return tuple(dict.fromkeys(fee for each in procedure.submissions for fee in each.fees))


def times_of(procedure: Procedure) -> tuple[ProcessingTime, ...]:
    """Its lines of time, each once."""
    return tuple(dict.fromkeys(time for each in procedure.submissions for time in each.times))


# --- one value, applied ----------------------------------------------------------------------------------------------


def _with(procedure: Procedure, fact: LocalFact) -> Procedure:
    match fact.fact:
        case Fact.WHERE:
            return replace(procedure, submit_at=str(fact.value))
        case Fact.NOTE | Fact.WAY:
            return procedure
        case Fact.FEE | Fact.TIME:
            # a procedure of which no way of handing in is known is handed in at the desk at least
            ways = procedure.submissions or (Submission(Way.IN_PERSON),)
            return replace(procedure, submissions=_lines(ways, fact))


def _lines(ways: tuple[Submission, ...], fact: LocalFact) -> tuple[Submission, ...]:
    name = "fees" if fact.fact is Fact.FEE else "times"
    new: Any = fact.value
    old = [line for way in ways for line in getattr(way, name)]
    gone = _replaced(old, fact.replaces)
    made = []
    for way in ways:
        lines = getattr(way, name)
        if fact.replaces is None:
            kept = new
        elif gone:
            kept = tuple(dict.fromkeys(line for each in lines for line in (new if each in gone else (each,))))
        else:
            kept = (*lines, *new)  # the catalog lost the line meanwhile: the local value is said all the same
        made.append(replace(way, **{name: kept}))
    return tuple(made)


def _replaced(lines: list[Any], wanted: Fee | ProcessingTime | None) -> list[Any]:
    """The lines that a value takes the place of: those that read the same, else those of the same matter."""
    if wanted is None:
        return lines
    same = [line for line in lines if replace(line, note=wanted.note) == wanted]
    return same or [line for line in lines if _matter(line) == _matter(wanted)]


def _matter(line: Fee | ProcessingTime) -> tuple[str | None, ...]:
    return (line.what, line.case) if isinstance(line, Fee) else (line.case,)


def _live(procedure: Procedure, facts: list[LocalFact]) -> list[LocalFact]:
    """The values that are still there once all were applied: a replaced one's paper is not named any more."""
    lines = {*fees_of(procedure), *times_of(procedure)}
    last = {fact.fact: fact for fact in facts}
    return [
        fact
        for fact in facts
        if (last[fact.fact] is fact if isinstance(fact.value, str) else not lines.isdisjoint(fact.value))
    ]


def _stands(fact: LocalFact, procedure: Procedure) -> Stands:
    fee = next((line for line in fact.value if isinstance(line, Fee)), None)
    named = fee is not None and fact.replaces is not None and len(fees_of(procedure)) > 1
    return Stands(fact.fact, fact.basis, fee.what if fee is not None and named else None)


def _gone(fact: LocalFact, facets: frozenset[Facet]) -> bool:
    return fact.fact is Fact.NOTE or Facet(fact.fact.value) in facets


def _without(procedure: Procedure, facets: frozenset[Facet]) -> Procedure:
    """The procedure without those facets."""
    ways = procedure.submissions
    for facet in facets:
        match facet:
            case Facet.PAPERS:
                procedure = replace(procedure, cases=tuple(replace(each, documents=()) for each in procedure.cases))
            case Facet.FEE:
                ways = tuple(replace(way, fees=()) for way in ways)
                procedure = replace(procedure, exemptions=())
            case Facet.TIME:
                ways = tuple(replace(way, times=()) for way in ways)
            case Facet.WHERE:
                procedure = replace(procedure, submit_at=None, decided_by=None)
            case Facet.HOW:
                ways = tuple(replace(way, note=None) if way.way is Way.IN_PERSON else way for way in ways)
            case Facet.ONLINE:
                ways = tuple(way for way in ways if way.way is not Way.ONLINE)
            case Facet.POST:
                ways = tuple(way for way in ways if way.way is not Way.POST)
            case Facet.RESULT:
                procedure = replace(procedure, results=())
            case Facet.CONDITIONS:
                procedure = replace(procedure, conditions=())
            case Facet.LEGAL_BASIS:
                procedure = replace(procedure, legal_basis=())
            case Facet.FORM:
                cases = (
                    replace(case, documents=tuple(replace(each, form=None) for each in case.documents))
                    for case in procedure.cases
                )
                procedure = replace(procedure, cases=tuple(cases))
    return replace(procedure, submissions=ways)
