"""Greetings, the menu, the desk's hours and people, and what is said beside procedures. Nothing here is read anew."""

from __future__ import annotations

from handlers import ways_on
from handlers.answers.answering import Place
from handlers.desk import Conversation, Desk, Step
from handlers.locating import address_line, now_lines, unit_of
from handlers.messages import Choice, Kind, Outgoing
from handlers.naming import marked_of
from handlers.reading.small_talk import Talk
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import greeting as texts
from offices.unit import hours_text


def place_of(conversation: Conversation, desk: Desk) -> Place:
    """What answers say of that desk."""
    unit = unit_of(conversation, desk)
    return Place(unit.name, unit.phone, unit.address, desk.today)


def hours_line(conversation: Conversation, desk: Desk) -> str | None:
    """The week's hours without a full stop at their end; None where not known."""
    said = hours_text(unit_of(conversation, desk), desk.today)
    return None if said is None else said.rstrip(". ")


def hello(conversation: Conversation, desk: Desk, begins: bool = False) -> Step:
    """A greeting: the machine says what it is to who is new, and to who begins again (``begins``)."""
    unit = unit_of(conversation, desk)
    if begins or conversation.version == 0:
        return _say(marked_of(texts.first(unit.name), unit), *first_choices())
    return _say(texts.back(unit.name), *first_choices())


def menu() -> Step:
    """The four ways on, by number."""
    says = ("ask", "track", "hours", "person")
    labels = (common.label_ask(), common.label_track(), common.label_hours(), common.label_person())
    choices = (Choice(label, code, str(n)) for n, (label, code) in enumerate(zip(labels, says, strict=True), 1))
    return _say(texts.menu(), *choices)


def help_() -> Step:
    return _say(texts.help_(), *first_choices())


def fine() -> Step:
    """ "ok", a thumb up."""
    return _say(texts.fine())


def bye() -> Step:
    return _say(texts.bye())


def stopped(conversation: Conversation) -> Step:
    """ "0", "dừng", "thôi": whatever was asked is over; with nothing to stop, the menu."""
    if isinstance(conversation.state, Idle):
        return menu()
    return _say(common.stopped(), *first_choices())


def empty() -> Step:
    return _say(common.empty(), *first_choices())


def media(kind: Kind, conversation: Conversation, desk: Desk) -> Step:
    """The one answer to what is no text; what was asked stays asked."""
    choices = (
        (ways_on.hours(), ways_on.person())
        if kind is Kind.LOCATION
        else (ways_on.ask(), ways_on.track(), ways_on.person())
    )
    said = common.media(kind, unit_of(conversation, desk).phone)
    return Step(conversation.state, (Outgoing(said, choices),))


def person(conversation: Conversation, desk: Desk) -> Step:
    """The desk's phone, hours and address; honestly that the machine passes nothing on."""
    unit = unit_of(conversation, desk)
    lines = [texts.person(unit.name, unit.phone), *now_lines(unit, desk), *address_line(unit), texts.person_honest()]
    return _say(marked_of("\n".join(lines), unit), ways_on.ask(), ways_on.track())


def talk(kind: Talk, conversation: Conversation, desk: Desk) -> Step:
    """One short answer with a way on; facts first, no lecture."""
    unit = unit_of(conversation, desk)
    name, phone = unit.name, unit.phone
    track, petition = ways_on.track(), Choice(texts.label_petition(), "petition")
    match kind:
        case Talk.EMERGENCY:
            return _say(texts.emergency())
        case Talk.CRISIS:
            return _say(texts.crisis(), ways_on.person())
        case Talk.SCAM:
            return _say(texts.scam(), ways_on.person())
        case Talk.ANGER:
            return _say(texts.angry(phone), track, ways_on.person(), petition)
        case Talk.UNREAD:
            return _say(texts.unread(phone), ways_on.person(), ways_on.ask())
        case Talk.INSULT:
            return _say(texts.insult(phone), ways_on.ask(), track, ways_on.person())
        case Talk.OFFICIAL:
            return _say(texts.about_official(phone), petition, track, ways_on.person())
        case Talk.PETITION:
            return _say(texts.petition(phone), track, ways_on.person())
        case Talk.LAND:
            return _say(texts.land(phone), petition, ways_on.person())
        case Talk.LOVE:
            return _say(texts.love(), *first_choices())
        case Talk.LAUGH:
            return _say(texts.laugh(), *first_choices())
        case Talk.WRONG_PLACE:
            return _say(texts.wrong_place(name), *first_choices())
        case Talk.WHO:
            return _say(texts.who(name, phone), *first_choices())
        case Talk.LEADER:
            return _say(texts.leader(name, phone), ways_on.hours(), ways_on.person())
        case Talk.QUEUE:
            return _say(texts.queue(name, phone), ways_on.hours(), ways_on.person())
        case Talk.PAPERS_HERE:
            return _say(texts.papers_here(name), ways_on.ask(), ways_on.hours())
        case Talk.NUMBER:
            return _say(texts.bare_number(), track, ways_on.ask())
        case Talk.ENGLISH:
            return _say(texts.english(phone), ways_on.person())
        case Talk.INJECTION:
            raise ValueError("answered as a question that was not understood")


def first_choices() -> tuple[Choice, ...]:
    """The four ways on that stand under a greeting."""
    return (ways_on.ask(), ways_on.track(), ways_on.hours(), ways_on.person())


def _say(text: str, *choices: Choice) -> Step:
    return Step(Idle(), (Outgoing(text, tuple(choices)),))
