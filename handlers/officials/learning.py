"""Learning from what was not understood: officials see it, one says what was meant, another one agrees.

::

    refused, asked back, "không phải" ─▶ kept without a name, counted ─▶ "chưa hiểu" ─▶ the most frequent
        ─▶ which procedure? ─▶ proposed under a number ─▶ "duyệt 12" by another person ─▶ the next motcua train

A way of asking changes no fact; it waits and is decided like every other value of the desk (``correcting``).
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from handlers.answers.refusing import Refusal
from handlers.authority import May, granted
from handlers.desk import Conversation, Desk, Official, OpenQuestion, Step
from handlers.effects import Audited, FactProposed, LeftOpen
from handlers.guides.guiding import stale
from handlers.listing import Option, keyed
from handlers.locating import unit_of
from handlers.messages import Choice, Outgoing
from handlers.officials import correcting
from handlers.reading.scrubbing import scrubbed
from handlers.states import Idle
from handlers.texts import hiding as hiding_texts
from handlers.texts import learning as texts
from handlers.texts.format import numbered
from procedures.local import Basis, Fact, LocalFact
from procedures.procedure import Procedure

LEAST_JUDGED = 5
MOST = 10
OFFERED = 3
NOT_KEPT = (Refusal.PERSONAL, Refusal.HOSTILE)
ASKED_BACK, NOT_THESE = "asked_back", "not_these"
LONGEST_WAY = 200
"""Characters of a way of asking."""

TYPED = re.compile(r"(?P<procedure>[^:]{3,}):\s*(?P<way>.{3,})", re.DOTALL)
"""What stands after "thêm cách hỏi": "khai sinh: làm giấy cho bé mới sinh"."""


# --- citizens' questions ---------------------------------------------------------------------------------------------


def left_open(step: Step, text: str, why: str, conversation: Conversation, desk: Desk) -> Step:
    """The Step with the question kept, where anything of it may be."""
    words = scrubbed(text, desk.index.knows)
    if not words or not isinstance(step.state, Idle):
        return step
    kept = LeftOpen(unit_of(conversation, desk).code, words, why)
    return replace(step, state=replace(step.state, asked=words), effects=(*step.effects, kept))


def is_again(text: str, conversation: Conversation, desk: Desk) -> bool:
    """Whether it is the question that is kept of the turn before."""
    asked = conversation.state.asked if isinstance(conversation.state, Idle) else ""
    return bool(asked) and scrubbed(text, desk.index.knows) == asked


def none_of_these(step: Step, conversation: Conversation, desk: Desk) -> Step:
    """The Step after "Không phải": what was asked was not among the answers."""
    asked = conversation.state.asked if isinstance(conversation.state, Idle) else ""
    if not asked:
        return step
    again = LeftOpen(unit_of(conversation, desk).code, asked, NOT_THESE, again=True)
    return replace(step, effects=(*step.effects, again))


# --- officials -------------------------------------------------------------------------------------------------------


async def most_frequent(desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "chưa hiểu": what citizens asked most that had no answer."""
    units = _units(desk, roles)
    if not units:
        return _say(hiding_texts.not_your_role(roles[0].role))
    found = await desk.records.open_questions(units, MOST)
    helped, not_helped = await desk.records.machine_judged(units)
    about = texts.of_the_machine(helped, not_helped) if helped + not_helped >= LEAST_JUDGED else None
    if not found:
        return _say(" ".join(filter(None, (texts.none(), about))))
    waiting = {each.fact.value: each.number for each in await desk.records.proposals(units)}
    lines = [texts.line(each.words, each.why, each.times, waiting.get(each.words)) for each in found]
    options = [Option(line, f"teach {each.id}") for line, each in zip(lines, found, strict=True)]
    said = "\n".join(filter(None, (about, texts.head(numbered(lines)))))
    return Step(Idle(), (Outgoing(said, keyed(options)),))


async def teach(id: int, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """Which procedure did a question mean? The likeliest are offered; any other can be typed."""
    found = await _question(id, desk, roles)
    if isinstance(found, Step):
        return found
    hits = [hit.procedure for hit in desk.index.search(found.words, 2 * OFFERED)]
    own = [each for each in hits if isinstance(each, Procedure)][:OFFERED]
    options = [Option(each.plain, f"teach_as {id} {each.code}") for each in own]
    said = texts.which(found.words, numbered(each.name for each in options))
    return Step(Idle(), (Outgoing(said, (*keyed(options), Choice(texts.label_list(), "unclear"))),))


async def teach_as(id: int, code: str, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """A kept question is proposed as a way of asking for a procedure."""
    found = await _question(id, desk, roles)
    if isinstance(found, Step):
        return found
    procedure = desk.catalog.by_code(code)
    return stale(desk) if procedure is None else await _propose(found.unit, found.words, procedure, desk, roles)


async def add(typed: str, conversation: Conversation, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "thêm cách hỏi <việc>: <câu>": a way of asking in an official's own words."""
    grants = granted(roles, May.PROPOSE, desk)
    if not grants:
        return _say(hiding_texts.not_your_role(roles[0].role))
    parts = TYPED.fullmatch(typed.strip())
    named = correcting.named_in(parts["procedure"], conversation, desk) if parts else ()
    way = " ".join(parts["way"].split()) if parts else ""
    if not named or len(way) > LONGEST_WAY:
        return _say(texts.how())
    ours = unit_of(conversation, desk).code
    unit = next((each.unit.code for each in grants if each.unit.code == ours), grants[0].unit.code)
    return await _propose(unit, way, named[0], desk, roles)


async def _question(id: int, desk: Desk, roles: tuple[Official, ...]) -> OpenQuestion | Step:
    units = _units(desk, roles)
    if not units:
        return _say(hiding_texts.not_your_role(roles[0].role))
    found = await desk.records.open_questions(units, MOST, id)
    return found[0] if found else stale(desk)


async def _propose(unit: str, way: str, procedure: Procedure, desk: Desk, roles: tuple[Official, ...]) -> Step:
    grant = next((each for each in granted(roles, May.PROPOSE, desk) if each.unit.code == unit), None)
    if grant is None:
        return _say(hiding_texts.not_your_role(roles[0].role))
    by = grant.official.id
    fact = LocalFact(unit, procedure.code, Fact.WAY, way, Basis("", desk.today), entered_by=by)
    number = await desk.records.next_proposal()
    effects = (FactProposed(number, fact, by), Audited(by, "propose", unit, f"{number} {procedure.code} way"))
    return Step(Idle(), (Outgoing(texts.proposed(way, procedure.plain, number), _ways_on()),), effects)


def _units(desk: Desk, roles: tuple[Official, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.unit.code for each in granted(roles, May.PROPOSE, desk)))


def _say(text: str) -> Step:
    return Step(Idle(), (Outgoing(text, _ways_on()),))


def _ways_on() -> tuple[Choice, ...]:
    return (Choice(texts.label_list(), "unclear"), Choice(hiding_texts.label_pending(), "pending"))
