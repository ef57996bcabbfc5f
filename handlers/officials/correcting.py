"""A new local value: one official proposes it with its paper, another one confirms it, and only then citizens see it.

::

    "sửa lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 5/12/2025"
        ─▶ which procedure? which unit? which line?  (AsksMatter, only where it is open)
        ─▶ proposed under a number ─▶ "duyệt 12" by another person ─▶ shown, with its paper
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from handlers.authority import Grant, May, grant_for, granted
from handlers.desk import Conversation, Desk, Official, Proposal, Step
from handlers.effects import Audited, FactDecided, FactProposed
from handlers.guides.guiding import stale
from handlers.listing import Option, keyed
from handlers.messages import Choice, Outgoing
from handlers.officials import corrections
from handlers.officials.corrections import Trouble
from handlers.reading.intents import PROCEDURE_CODE
from handlers.states import AsksMatter, Idle
from handlers.texts import asking as asking_texts
from handlers.texts import hiding as texts
from handlers.texts import learning as learning_texts
from handlers.texts.format import numbered, shortened
from procedures.finding.facets import Facet
from procedures.finding.fold import syllables
from procedures.local import Basis, Fact, LocalFact, Value, fees_of, times_of
from procedures.procedure import Fee, Procedure, ProcessingTime
from procedures.search import Answer, Ask, Hit, Unknown

Line = Fee | ProcessingTime
MOST_LISTED = 10
MOST_PICKED = 3
"""Proposals of a list; for so many of them there are choices, the others are typed."""


# --- proposing -------------------------------------------------------------------------------------------------------


async def correct(typed: str, conversation: Conversation, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "sửa …": the value and its paper are read first, then what it is about."""
    grants = granted(roles, May.PROPOSE, desk)
    if not grants:
        return _say(texts.not_your_role(roles[0].role))
    read = corrections.read(typed, desk.today)
    if isinstance(read, Trouble):
        return _say(_trouble(read))
    found = named_in(read.subject, conversation, desk)
    if not found:
        return _say(texts.how())
    value = _value(read.fact, read.value, None, found[0])
    if isinstance(value, Trouble):
        return _say(_trouble(value, read.fact))
    state = AsksMatter(
        fact=read.fact.value,
        value=read.value,
        document=read.document,
        issued=read.issued.isoformat(),
        issuer=read.issuer,
        since="" if read.since is None else read.since.isoformat(),
        procedure=found[0].code if len(found) == 1 else "",
        unit=grants[0].unit.code if len(grants) == 1 else "",
    )
    if len(found) > 1:
        options = [Option(each.plain, f"correct_of {each.code}") for each in found]
        said = texts.procedures(numbered(each.name for each in options))
        return Step(state, (Outgoing(said, keyed(options)),))
    return await _go_on(state, desk, roles)


async def picked(
    kind: str, what: str, conversation: Conversation, desk: Desk, roles: tuple[Official, ...]
) -> Step | None:
    """What was still open of a value, picked from a list; None where nothing is open any more."""
    state = conversation.state
    if not isinstance(state, AsksMatter):
        return None
    match kind:
        case "correct_of":
            return await _go_on(replace(state, procedure=what), desk, roles)
        case "correct_at":
            return await _go_on(replace(state, unit=what), desk, roles)
        case _:
            return await _go_on(state, desk, roles, line=int(what) if what.isascii() and what.isdigit() else 0)


async def _go_on(state: AsksMatter, desk: Desk, roles: tuple[Official, ...], line: int | None = None) -> Step:
    """The next thing that is open, else the proposal."""
    procedure = desk.catalog.by_code(state.procedure)
    if procedure is None:
        return stale(desk)
    if not state.unit:
        grants = granted(roles, May.PROPOSE, desk)
        options = [Option(shortened(each.unit.name), f"correct_at {each.unit.code}") for each in grants]
        return Step(state, (Outgoing(texts.which_unit(), keyed(options)),))
    grant = grant_for(roles, May.PROPOSE, state.unit, desk)
    if grant is None:
        return _say(texts.other_unit(desk.offices.unit(state.unit).name))
    fact = Fact(state.fact)
    lines = _lines(fact, desk.local.valued(grant.unit.code, procedure, desk.today))
    if len(lines) > 1 and line is None:
        options = [Option(said_line(each), f"correct_line {n}") for n, each in enumerate(lines, 1)]
        said = texts.which_line(fact, procedure.plain, numbered(each.name for each in options))
        return Step(state, (Outgoing(said, keyed(options)),))
    number = 1 if line is None else line
    if lines and not 1 <= number <= len(lines):
        return stale(desk)
    return await _propose(state, grant, procedure, lines[number - 1] if lines else None, desk)


async def _propose(state: AsksMatter, grant: Grant, procedure: Procedure, line: Line | None, desk: Desk) -> Step:
    fact = Fact(state.fact)
    value = _value(fact, state.value, line, procedure)
    if isinstance(value, Trouble):
        return _say(_trouble(value, fact))
    basis = Basis(
        state.document,
        date.fromisoformat(state.issued),
        state.issuer or None,
        date.fromisoformat(state.since) if state.since else None,
    )
    by, unit = grant.official.id, grant.unit.code
    local = LocalFact(unit, procedure.code, fact, value, basis, replaces=line, entered_by=by)
    number = await desk.records.next_proposal()
    effects = (
        FactProposed(number, local, by),
        Audited(by, "propose", unit, f"{number} {procedure.code} {fact.value}"),
    )
    return Step(Idle(), (Outgoing(texts.proposed(_said(local, desk), number), _ways_on()),), effects)


def _value(fact: Fact, typed: str, line: Line | None, procedure: Procedure) -> Value | Trouble:
    """The value that is put in the place of ``line``."""
    match fact:
        case Fact.FEE:
            fee = corrections.fee(typed, line if isinstance(line, Fee) else None)
            return Trouble.BAD_VALUE if fee is None else (fee,)
        case Fact.TIME:
            time = corrections.time(typed, line if isinstance(line, ProcessingTime) else None)
            return Trouble.BAD_VALUE if time is None else (time,)
        case Fact.WHERE | Fact.NOTE | Fact.WAY:
            return corrections.words(fact, typed, procedure.tone)


def _lines(fact: Fact, procedure: Procedure) -> tuple[Line, ...]:
    match fact:
        case Fact.FEE:
            return fees_of(procedure)
        case Fact.TIME:
            return times_of(procedure)
        case Fact.WHERE | Fact.NOTE | Fact.WAY:
            return ()


def _trouble(trouble: Trouble, fact: Fact | None = None) -> str:
    match trouble:
        case Trouble.NO_FACT | Trouble.NO_VALUE:
            return texts.how()
        case Trouble.NO_DOCUMENT:
            return texts.no_document()
        case Trouble.NO_DAY:
            return texts.no_day()
        case Trouble.BAD_DAY:
            return texts.bad_day()
        case Trouble.BAD_WORDS:
            return texts.bad_words()
        case Trouble.BAD_VALUE:
            return texts.how() if fact is None else texts.bad_value(fact)


# --- deciding --------------------------------------------------------------------------------------------------------


async def pending(desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "chờ duyệt": the values that wait in the units where one may propose or confirm."""
    units = _units(desk, roles)
    if not units:
        return _say(texts.not_your_role(roles[0].role))
    waiting = (await desk.records.proposals(units))[:MOST_LISTED]
    if not waiting:
        return Step(Idle(), (Outgoing(texts.none_pending(), _ways_on()[:1]),))
    lines = [texts.pending_line(each.number, _said(each.fact, desk), each.at, each.own) for each in waiting]
    others = [each.number for each in waiting if not each.own][:MOST_PICKED]
    choices = [
        choice
        for number in others
        for choice in (
            Choice(texts.label_confirm(number), f"approve {number}"),
            Choice(texts.label_refuse(number), f"refuse {number}"),
        )
    ]
    on_paper = any(each.fact.fact is not Fact.WAY for each in waiting)
    return Step(Idle(), (Outgoing("\n".join((texts.pending(len(waiting), on_paper), *lines)), tuple(choices)),))


async def decide(number: int, confirmed: bool, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "duyệt 12", "không duyệt 12": by another person than who proposed it; taking back one's own is always free."""
    units = _units(desk, roles)
    if not units:
        return _say(texts.not_your_role(roles[0].role))
    waiting = await desk.records.proposals(units)
    found = next((each for each in waiting if each.number == number), None)
    if found is None:
        return _say(texts.no_such(number))
    unit = found.fact.unit
    grant = grant_for(roles, May.CONFIRM, unit, desk)
    if grant is None and found.own and not confirmed:
        grant = grant_for(roles, May.PROPOSE, unit, desk)
    if grant is None:
        return _say(texts.not_your_role(roles[0].role))
    if confirmed and found.own:
        return _say(texts.own(number))
    if confirmed and not found.in_office:
        return _say(texts.left_office(number))
    return _decided(found, confirmed, grant, desk)


def _decided(found: Proposal, confirmed: bool, grant: Grant, desk: Desk) -> Step:
    fact, number, by = found.fact, found.number, grant.official.id
    what = "confirm" if confirmed else "refuse"
    effects = (
        FactDecided(number, confirmed, by),
        Audited(by, what, fact.unit, f"{number} {fact.procedure} {fact.fact.value}"),
    )
    if not confirmed:
        return Step(Idle(), (Outgoing(texts.refused(number), _ways_on()),), effects)
    if fact.fact is Fact.WAY:
        said = learning_texts.confirmed(_said(fact, desk), number)
        ways = (Choice(learning_texts.label_list(), "unclear"), *_ways_on()[1:])
        return Step(Idle(), (Outgoing(said, ways),), effects)
    said = texts.confirmed(_said(fact, desk), number)
    if desk.local.is_hidden(fact.unit, fact.procedure, None):
        said = f"{said}\n{texts.still_hidden(_name(fact, desk))}"
    elif fact.basis.since is not None and fact.basis.since > desk.today and _is_hidden(fact, desk):
        said = f"{said}\n{texts.later(fact.basis.since)}"
    return Step(Idle(), (Outgoing(said, _ways_on()),), effects)


def _is_hidden(fact: LocalFact, desk: Desk) -> bool:
    return fact.fact not in (Fact.NOTE, Fact.WAY) and desk.local.is_hidden(
        fact.unit, fact.procedure, Facet(fact.fact.value)
    )


def _units(desk: Desk, roles: tuple[Official, ...]) -> tuple[str, ...]:
    grants = (*granted(roles, May.CONFIRM, desk), *granted(roles, May.PROPOSE, desk))
    return tuple(dict.fromkeys(each.unit.code for each in grants))


# --- of what ---------------------------------------------------------------------------------------------------------


def named_in(typed: str, conversation: Conversation, desk: Desk) -> tuple[Procedure, ...]:
    """The procedures that an official may mean: by code, by name, or the one spoken of where nothing is named."""
    code = PROCEDURE_CODE.search(typed)
    if code is not None:
        found = desk.catalog.by_code(code[1].upper())
        return () if found is None else (found,)
    if not syllables(typed):
        topic = desk.catalog.by_code(conversation.topic.procedure or "")
        return () if topic is None else (topic,)
    match desk.index.decide(typed):
        case Answer(Hit(Procedure() as meant)):
            return (meant,)
        case Ask(hits):
            return tuple(hit.procedure for hit in hits if isinstance(hit.procedure, Procedure))
        case Answer():
            return ()
        case Unknown():
            return ()


# --- in words --------------------------------------------------------------------------------------------------------


def said_line(line: Line) -> str:
    """One line as an answer has it."""
    return asking_texts.fee(line) if isinstance(line, Fee) else asking_texts.time_whole(line)


def _said(fact: LocalFact, desk: Desk) -> str:
    """A local value in full: of what, where, on which paper, and what it takes the place of."""
    if fact.fact is Fact.WAY:
        return learning_texts.said(str(fact.value), _name(fact, desk))
    value = fact.value if isinstance(fact.value, str) else "; ".join(said_line(line) for line in fact.value)
    if fact.replaces is not None:
        value = texts.instead(said_line(fact.replaces), value)
    return texts.value(fact.fact, _name(fact, desk), desk.offices.unit(fact.unit).name, value, fact.basis)


def _name(fact: LocalFact, desk: Desk) -> str:
    procedure = desk.catalog.by_code(fact.procedure)
    return fact.procedure if procedure is None else procedure.plain


def _say(text: str) -> Step:
    return Step(Idle(), (Outgoing(text, _ways_on()[1:]),))


def _ways_on() -> tuple[Choice, ...]:
    return (Choice(texts.label_hidden(), "hidden"), Choice(texts.label_pending(), "pending"))
