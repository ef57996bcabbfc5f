"""Not answering, and honestly why: each reason has a code, one short sentence, and the next step.

A machine that does not know says so once with an example; the second time in a row it gives the phone, the hours and a
person, and tries no third time. What is only on the national list is named with who decides, never with figures.
"""

from __future__ import annotations

from enum import Enum

from handlers import ways_on
from handlers.answers.answering import not_this
from handlers.desk import Conversation, Desk, Step
from handlers.greeting import hours_line, place_of
from handlers.messages import Choice, Outgoing
from handlers.reading.said import Body, said
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import refusing as texts
from handlers.texts.format import shortened
from procedures.finding.fold import syllables
from procedures.national.listed import Listed, agencies

LONGEST_NAME = 110
"""Characters of a listed name: some take half a page."""


class Refusal(Enum):
    """Why a question is not answered."""

    NOT_HERE = "not_here"
    ELSEWHERE = "elsewhere"
    NO_PROCEDURE = "no_procedure"
    UNCLEAR = "unclear"
    HOSTILE = "hostile"
    PERSONAL = "personal"


REASONS = {
    **dict.fromkeys(("legal", "elsewhere"), Refusal.NOT_HERE),
    **dict.fromkeys(
        ("chat", "general", "shopping", "health", "weather", "politics", "media", "near"), Refusal.NO_PROCEDURE
    ),
    **dict.fromkeys(("abuse", "injection"), Refusal.HOSTILE),
    "personal": Refusal.PERSONAL,
}
"""By the kind of the line outside that a question is like; of any other kind it is not understood."""


def reason(kind: str, text: str = "") -> Refusal:
    """Why a question is refused that is like lines outside of this kind ("" of none). What speaks of papers was not
    understood, whatever it is like."""
    why = REASONS.get(kind, Refusal.UNCLEAR)
    if why is Refusal.NO_PROCEDURE and said().about_papers.search(" ".join(syllables(text))):
        return Refusal.UNCLEAR
    return why


def refuse(why: Refusal, conversation: Conversation, desk: Desk, *, masked: bool = False) -> Step:
    """The refusal of a question; the second in a row is the last try. ``masked``: a number was taken out of it."""
    if masked or why is Refusal.PERSONAL:
        told = common.sensitive() if masked else texts.no_names()
        return Step(Idle(), (Outgoing(told, (ways_on.track(), ways_on.person())),))
    misses = conversation.state.misses if isinstance(conversation.state, Idle) else 0
    place = place_of(conversation, desk)
    if misses:
        told = texts.again(place.phone, hours_line(conversation, desk))
        return Step(
            Idle(misses + 1), (Outgoing(told, (ways_on.person(), _by_field(), Choice(common.label_menu(), "menu"))),)
        )
    match why:
        case Refusal.NOT_HERE | Refusal.ELSEWHERE:
            told = texts.not_here(place.phone, hours_line(conversation, desk))
        case Refusal.NO_PROCEDURE:
            told = texts.no_procedure(place.name, place.phone)
        case Refusal.HOSTILE | Refusal.UNCLEAR:
            told = texts.unclear()
    return Step(Idle(1), (Outgoing(told, (_by_field(), ways_on.person())),))


def another_body(text: str) -> Body | None:
    """Who does what is asked for, where no desk and no page of the catalog has to do with it: a divorce."""
    folded = " ".join(syllables(text))
    return next((each for each in said().bodies if each.says.search(folded) and not each.but.search(folded)), None)


def done_by(body: Body, conversation: Conversation, desk: Desk) -> Step:
    """Handled elsewhere: by whom, and the law that says so."""
    told = texts.done_by(body.what, body.who, body.law, place_of(conversation, desk).phone)
    return Step(Idle(), (Outgoing(told, (ways_on.person(), _by_field())),))


def not_listed(conversation: Conversation, desk: Desk) -> Step:
    """None of what was offered was meant, and there is nothing else."""
    told = texts.not_listed(place_of(conversation, desk).phone, hours_line(conversation, desk))
    return Step(Idle(), (Outgoing(told, (_by_field(), ways_on.person())),))


def unknown_code(code: str, conversation: Conversation, desk: Desk) -> Step:
    """A procedure's code that stands nowhere."""
    told = texts.unknown_code(code, place_of(conversation, desk).phone)
    return Step(Idle(), (Outgoing(told, (_by_field(), ways_on.person())),))


def listed(found: Listed, conversation: Conversation, desk: Desk, others: tuple[str, ...] = ()) -> Step:
    """What is on the national list: who decides; the rest is asked at the desk."""
    name, who = shortened(found.name, LONGEST_NAME), agencies(found)
    lines = [
        texts.listed(name, who) if who else texts.listed_nobody(name),
        texts.listed_no_facts(place_of(conversation, desk).phone),
        texts.listed_source(found.code),
    ]
    ways = (ways_on.person(), _by_field(), *((not_this(others),) if others else ()))
    return Step(Idle(), (Outgoing("\n".join(lines), ways),))


def _by_field() -> Choice:
    return Choice(common.label_by_field(), "fields")
