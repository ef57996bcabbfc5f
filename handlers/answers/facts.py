"""The facts of a procedure as lines to say: pure, whole or cut to a given room, never a number that it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from handlers.texts import asking as texts
from handlers.texts.format import lower_first, numbered, sentence_case, shortened
from procedures.finding.facets import Facet
from procedures.finding.fold import fold
from procedures.guides.personal import is_certain
from procedures.procedure import Case, Document, Fee, Procedure, ProcessingTime, Way

T = TypeVar("T", Fee, ProcessingTime)

LEAST_PAPER = 80
"""Room that the first paper needs beside the head."""
LEAST_LINE = 40
"""Characters of the only line that is said, however little room there is."""


class Said(Struct, frozen=True):
    """Lines about one part. ``whole``: nothing was left out."""

    lines: tuple[str, ...]
    whole: bool

    @property
    def length(self) -> int:
        """Characters with a newline after each line."""
        return _length(self.lines)


def case_of(procedure: Procedure, key: str | None) -> Case | None:
    """The case under ``key``, else the usual one."""
    for case in procedure.cases:
        if case.key == key:
            return case
    return procedure.cases[0] if procedure.cases else None


def titled(procedure: Procedure, key: str | None) -> str:
    """The procedure's plain name, with the case where there are several."""
    case = case_of(procedure, key)
    if case is None or len(procedure.cases) < 2 or fold(case.name) in fold(procedure.plain):
        return procedure.plain
    return texts.named_case(procedure.plain, lower_first(case.name))


def whole(procedure: Procedure, part: Facet, key: str | None) -> Said | None:
    """Everything known of ``part``; None where the source has nothing."""
    match part:
        case Facet.PAPERS:
            case = case_of(procedure, key)
            lines = tuple(texts.paper_whole(document) for document in case.documents) if case else ()
        case Facet.FEE:
            lines = _by_way(procedure, key, [each.fees for each in procedure.submissions], texts.fee)
            lines += (texts.exempt(procedure.exemptions),) if lines and procedure.exemptions else ()
        case Facet.TIME:
            lines = _by_way(procedure, key, [each.times for each in procedure.submissions], texts.time_whole)
        case Facet.WHERE:
            lines = _where(procedure)
        case Facet.ONLINE:
            lines = _way(procedure, Way.ONLINE)
        case Facet.POST:
            lines = _way(procedure, Way.POST)
        case Facet.HOW:
            lines = tuple(texts.way_line(each) for each in procedure.submissions)
        case Facet.FORM:
            case = case_of(procedure, key)
            lines = tuple(texts.form_line(each) for each in case.documents if each.form) if case else ()
        case Facet.RESULT:
            lines = (texts.results(procedure.results),) if procedure.results else ()
        case Facet.CONDITIONS:
            lines = procedure.conditions
        case Facet.LEGAL_BASIS:
            lines = procedure.legal_basis
    return Said(lines, True) if lines else None


def head(procedure: Procedure, part: Facet, key: str | None) -> str:
    """The line before ``whole``."""
    name = titled(procedure, key)
    match part:
        case Facet.FEE:
            return texts.fees_head(name)
        case Facet.TIME:
            return texts.times_head(name)
        case Facet.CONDITIONS:
            return texts.conditions(procedure.plain)
        case Facet.LEGAL_BASIS:
            return texts.law(procedure.plain)
        case Facet.WHERE | Facet.ONLINE | Facet.POST | Facet.RESULT:
            return texts.title(procedure.plain)
        case Facet.HOW:
            return texts.how_head(procedure.plain)
        case Facet.FORM:
            return texts.forms_head(name)
        case Facet.PAPERS:
            return texts.papers_head(name)


def in_brief(procedure: Procedure, part: Facet, key: str | None, room: int) -> Said | None:
    """``part`` in at most about ``room`` characters; None where the source has nothing."""
    match part:
        case Facet.PAPERS:
            return papers(procedure, key, room)
        case Facet.FEE:
            return _fee_line(procedure, key, room)
        case Facet.TIME:
            return _time_line(procedure, key, room)
        case _:
            everything = whole(procedure, part, key)
            return None if everything is None else cut(everything.lines, room)


def papers(procedure: Procedure, key: str | None, room: int) -> Said | None:
    """The papers always needed first, as many as fit, then how many are left out."""
    case = case_of(procedure, key)
    if case is None or not case.documents:
        return None
    listed = always(case)
    name = titled(procedure, key)
    name = name if len(name) + LEAST_PAPER < room else procedure.plain
    top = texts.papers_head(name) if is_certain(listed[0]) else texts.papers_depend(name)
    lines = numbered(map(texts.paper, listed)).split("\n")
    left = len(case.documents) - len(listed)
    rest = _left(left, only_sometimes=True)
    while len(lines) > 1 and _length((top, *lines, *rest)) > room:
        lines.pop()
        left += 1
        rest = _left(left, only_sometimes=False)
    over = _length((top, *lines, *rest)) - room
    if over > 0:
        return Said((top, shortened(lines[0], max(40, len(lines[0]) - over)), *rest), False)
    return Said((top, *lines, *rest), not left and not any(document.note for document in listed))


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def always(case: Case) -> list[Document]:
    """The papers that are needed whatever happens; all of them where every note says "only if"."""
    needed = [each for each in case.documents if is_certain(each)]
    return needed or list(case.documents)


def cut(lines: Sequence[str], room: int) -> Said:
    """As many clauses ("…; …") of ``lines`` as fit into ``room``, at least the first below a heading, itself cut at a
    word; the heading goes where it leaves no room."""
    kept: list[str] = []
    left = room
    for line in lines:
        if len(line) + 1 <= left:
            kept.append(line)
            left -= len(line) + 1
            continue
        nothing_yet = all(each.endswith(":") for each in kept)
        if nothing_yet and left <= LEAST_PAPER:
            kept, left = [], room
        short = _clauses(line, max(left, LEAST_LINE) if nothing_yet else left)
        short = short or (shortened(line, max(left - 1, LEAST_LINE)) if nothing_yet else None)
        kept += [short] if short else []
        while len(kept) > 1 and kept[-1].endswith(":"):
            kept.pop()
        return Said(tuple(kept), False)
    return Said(tuple(kept), True)


def _clauses(line: str, room: int) -> str | None:
    best = None
    for at, character in enumerate(line):
        if character == ";" and at + 2 <= room and line.count("(", 0, at) == line.count(")", 0, at):
            best = f"{line[:at]}."
    return best


def _left(count: int, only_sometimes: bool) -> tuple[str, ...]:
    if not count:
        return ()
    return (texts.papers_maybe(count) if only_sometimes else texts.papers_left(count),)


def _fee_line(procedure: Procedure, key: str | None, room: int) -> Said | None:
    fees = _all(procedure, key, [each.fees for each in procedure.submissions])
    if not fees:
        return None
    first, more = fees[0], len(fees) > 1
    line = texts.fee_line(first, True, more)
    if len(line) < room or first.note is None or first.amount is None:
        return Said((line,), not more and not procedure.exemptions)
    return Said((texts.fee_line(first, False, more),), False)


def _time_line(procedure: Procedure, key: str | None, room: int) -> Said | None:
    times = _all(procedure, key, [each.times for each in procedure.submissions])
    if not times:
        return None
    first, more = times[0], len(times) > 1
    line = texts.time_line(first, True, more)
    if len(line) < room or first.note is None:
        return Said((line,), not more)
    return Said((texts.time_line(first, False, more),), False)


def _for_case(lines: Iterable[T], procedure: Procedure, key: str | None) -> list[T]:
    """Lines that hold for every case, and those of the case; of all cases where ``key`` is None."""
    usual = key or (procedure.cases[0].key if len(procedure.cases) == 1 else None)
    found = [line for line in lines if line.case is None or usual is None or line.case == usual]
    return found or list(lines)


def _all(procedure: Procedure, key: str | None, ways: Sequence[Sequence[T]]) -> list[T]:
    """The lines of all ways, each once, those of the usual case first."""
    usual = key or (procedure.cases[0].key if procedure.cases else None)
    found = dict.fromkeys(line for way in ways for line in _for_case(way, procedure, key))
    return sorted(found, key=lambda line: line.case is not None and line.case != usual)


def _by_way(procedure: Procedure, key: str | None, ways: Sequence[Sequence[T]], say: object) -> tuple[str, ...]:
    """Every line, under the ways of handing in that it holds for where they differ."""
    assert callable(say)
    groups: dict[tuple[T, ...], list[Way]] = {}
    for submission, lines in zip(procedure.submissions, ways, strict=True):
        if lines:
            groups.setdefault(tuple(_for_case(lines, procedure, key)), []).append(submission.way)
    said: list[str] = []
    for lines, named in groups.items():
        if len(groups) > 1:
            said.append(texts.by_way(tuple(named)))
        said += [f"- {_with_case(procedure, line, key, say(line))}" for line in lines]
    return tuple(said)


def _with_case(procedure: Procedure, line: Fee | ProcessingTime, key: str | None, said: str) -> str:
    """The line under its case's name where it holds for that one only."""
    if line.case is None or line.case == key or len(procedure.cases) < 2:
        return sentence_case(said)
    case = case_of(procedure, line.case)
    return texts.of_case(sentence_case(lower_first(case.name)), said) if case else said


def _where(procedure: Procedure) -> tuple[str, ...]:
    place = (texts.submit_at(procedure.submit_at),) if procedure.submit_at else ()
    return (*place, texts.decided_by(procedure.decided_by)) if procedure.decided_by else place


def _way(procedure: Procedure, way: Way) -> tuple[str, ...]:
    """Whether a file may be handed in that way, as far as the source says."""
    if not procedure.submissions:
        return ()
    found = next((each for each in procedure.submissions if each.way is way), None)
    if found is None:
        return (texts.way_unsaid(way, tuple(each.way for each in procedure.submissions)),)
    return (texts.way_open(way), *(() if found.note is None else (texts.note(found.note),)))
