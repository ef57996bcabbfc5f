"""Greetings, the menu, the desk's hours and people, and what is said beside procedures. Nothing here is read anew."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from handlers.answering import Place
from handlers.desk import Conversation, Desk, Step
from handlers.messages import Choice, Kind, Outgoing
from handlers.small_talk import Talk
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import greeting as texts
from handlers.texts.format import clock, day_name, joined, sentence_case
from offices.unit import Unit, hours_text, next_opening, open_at
from onestop.calendar import VIETNAM, vietnam
from procedures.fold import syllables

WEEKDAYS = {"2": 0, "hai": 0, "3": 1, "ba": 1, "4": 2, "tu": 2, "5": 3, "nam": 3, "6": 4, "sau": 4, "7": 5, "bay": 5}
DAY_ASKED = re.compile(
    r"\b(?:thu (\d|hai|ba|tu|nam|sau|bay)|t([2-7])|(chu nhat|cn)|((?:ngay |sang |chieu )?mai)|(hom nay))\b"
)
OLD_NAME = re.compile(
    r"\b(?:xã|phường|thị trấn)\s+(.+?)(?=\s+(?:giờ|nay|ở|cũ|sáp|nhập|thuộc|đã|về|là|mấy|có)\b|[,.?]|$)"
    r"|\b(?:xa|phuong|thi tran)\s+(.+?)(?=\s+(?:gio|nay|o|cu|sap|nhap|thuoc|da|ve|la|may|co)\b|[,.?]|$)",
    re.IGNORECASE,
)


ASKS_WHERE_TO = re.compile(
    r"\b(?:(?:ra|den|toi|di|ve|nop|lam) (?:o )?dau|o dau|thuoc (?:ve )?(?:xa|phuong|dau|noi)"
    r"|sap nhap|nhap vao|ten moi)\b"
)
ASKS_MORE = re.compile(r"\b(?:giay|phi|tien|bao nhieu|bao lau|khai|dang ky|xin|cap|may gio)\b")
"""What is asked beside the place: then it is a question about a procedure or the hours."""


def unit_of(conversation: Conversation, desk: Desk) -> Unit:
    """The unit whose desk this chat talks to."""
    return desk.offices.unit(conversation.unit or desk.rules.unit)


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
        return _say(_marked(texts.first(unit.name), unit), *first_choices())
    return _say(texts.back(unit.name), *first_choices())


def menu() -> Step:
    """The four ways on, by number."""
    says = ("ask", "track", "hours", "person")
    labels = (common.label_ask(), common.label_track(), common.label_hours(), common.label_person())
    choices = (Choice(label, code, str(n)) for n, (label, code) in enumerate(zip(labels, says, strict=True), 1))
    return _say(texts.menu(), *choices)


def help_() -> Step:
    return _say(texts.help_(), *first_choices())


def thanks() -> Step:
    return _say(texts.thanks())


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
        (_hours(), _person()) if kind is Kind.LOCATION else (_ask(), Choice(common.label_track(), "track"), _person())
    )
    said = common.media(kind, unit_of(conversation, desk).phone)
    return Step(conversation.state, (Outgoing(said, choices),))


def person(conversation: Conversation, desk: Desk) -> Step:
    """The desk's phone, hours and address; honestly that the machine passes nothing on."""
    unit = unit_of(conversation, desk)
    lines = [texts.person(unit.name, unit.phone), *_now(unit, desk), *_address(unit), texts.person_honest()]
    return _say(_marked("\n".join(lines), unit), _ask(), Choice(common.label_track(), "track"))


def hours(conversation: Conversation, desk: Desk, text: str) -> Step:
    """Opening hours: of the day asked for, else of the week; of the unit that an old commune went into, where named."""
    ours = unit_of(conversation, desk)
    found = _named(text, desk) or (ours,)
    lines: list[str] = []
    for unit in found:
        lines += [*_week(unit, text, desk), *_address(unit), *((texts.phone(unit.phone),) if unit.phone else ())]
    return _say(_marked("\n".join(lines), found[0]), _ask(), Choice(common.label_track(), "track"), _person())


def moved(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """Where people of a unit of before 1/7/2025 go now; None where none is named, or something else is asked."""
    said = " ".join(syllables(text))
    if not ASKS_WHERE_TO.search(said) or ASKS_MORE.search(said):
        return None
    for found in OLD_NAME.finditer(text):
        name = (found[1] or found[2]).strip()
        heirs = desk.offices.formerly(name)
        if heirs:
            lines = [texts.formerly(found[0].strip(), [(unit.name, old.part) for unit, old in heirs])]
            for unit, _ in heirs:
                lines += [*_address(unit), *((texts.phone(unit.phone),) if unit.phone else ())]
            return _say(_marked("\n".join(lines), heirs[0][0]), _ask(), _hours(), _person())
    return None


def talk(kind: Talk, conversation: Conversation, desk: Desk) -> Step:
    """One short answer with a way on; facts first, no lecture."""
    unit = unit_of(conversation, desk)
    name, phone = unit.name, unit.phone
    track, petition = Choice(common.label_track(), "track"), Choice(texts.label_petition(), "petition")
    match kind:
        case Talk.EMERGENCY:
            return _say(texts.emergency())
        case Talk.CRISIS:
            return _say(texts.crisis())
        case Talk.SCAM:
            return _say(texts.scam(), _person())
        case Talk.ANGER:
            return _say(texts.angry(phone), track, _person(), petition)
        case Talk.INSULT:
            return _say(texts.insult(phone), _ask(), track, _person())
        case Talk.OFFICIAL:
            return _say(texts.about_official(phone), petition, track, _person())
        case Talk.PETITION:
            return _say(texts.petition(phone), track, _person())
        case Talk.LAND:
            return _say(texts.land(phone), petition, _person())
        case Talk.LOVE:
            return _say(texts.love(), *first_choices())
        case Talk.LAUGH:
            return _say(texts.laugh(), *first_choices())
        case Talk.WRONG_PLACE:
            return _say(texts.wrong_place(name), *first_choices())
        case Talk.WHO:
            return _say(texts.who(name, phone), *first_choices())
        case Talk.LEADER:
            return _say(texts.leader(name, phone), _hours(), _person())
        case Talk.QUEUE:
            return _say(texts.queue(name, phone), _hours(), _person())
        case Talk.PAPERS_HERE:
            return _say(texts.papers_here(name), _ask(), _hours())
        case Talk.NUMBER:
            return _say(texts.bare_number(), track, _ask())
        case Talk.ENGLISH:
            return _say(texts.english(phone), _person())
        case Talk.INJECTION:
            raise ValueError("answered as a question that was not understood")


def first_choices() -> tuple[Choice, ...]:
    """The four ways on that stand under a greeting."""
    return (_ask(), Choice(common.label_track(), "track"), _hours(), _person())


def _say(text: str, *choices: Choice) -> Step:
    return Step(Idle(), (Outgoing(text, tuple(choices)),))


def _marked(text: str, unit: Unit) -> str:
    """The text with a line that the unit is of the demo, where it is."""
    return f"{text}\n{common.demo()}" if unit.demo else text


def _week(unit: Unit, text: str, desk: Desk) -> list[str]:
    asked = _day_asked(text, desk.today)
    if asked is not None and unit.seasons:
        name = sentence_case(day_name(asked, desk.today))
        holiday = vietnam().holiday(asked)
        spans = unit.spans(asked, _is_holiday)
        line = (
            texts.day_open(name, unit.name, joined([str(span) for span in spans]))
            if spans
            else texts.day_closed(name, unit.name)
        )
        return [line, *((texts.holiday(name, holiday),) if holiday else ())]
    said = hours_text(unit, desk.today)
    if said is None:
        return [texts.hours_unknown(unit.name)]
    return [texts.hours_at(unit.name, said.rstrip(". ")), *_now(unit, desk)]


def _now(unit: Unit, desk: Desk) -> list[str]:
    """Whether it is open now, and until or from when."""
    is_open = open_at(unit, desk.now, _is_holiday)
    if is_open is None:
        return []
    here = desk.now.astimezone(VIETNAM)
    if is_open:
        until = next(span.end for span in unit.spans(here.date(), _is_holiday) if here.time() < span.end)
        return [texts.open_now(clock(until))]
    opens = next_opening(unit, desk.now, _is_holiday)
    return [] if opens is None else [texts.closed_now(_when(opens, here))]


def _when(opens: datetime, now: datetime) -> str:
    local = opens.astimezone(VIETNAM)
    return clock(local.time()) if local.date() == now.date() else f"{clock(local.time())}, {day_name(local.date())}"


def _day_asked(text: str, today: date) -> date | None:
    found = DAY_ASKED.search(" ".join(syllables(text)))
    if found is None:
        return None
    if found[4]:
        return today + timedelta(days=1)
    if found[5]:
        return today
    weekday = 6 if found[3] else WEEKDAYS.get(found[1] or found[2])
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday()) % 7)


def _named(text: str, desk: Desk) -> tuple[Unit, ...]:
    """The units of today that the text names, by today's name or by one of before 1/7/2025."""
    for found in OLD_NAME.finditer(text):
        name = (found[1] or found[2]).strip()
        unit = desk.offices.by_name(name)
        if unit is not None:
            return (unit,)
        former = desk.offices.formerly(name)
        if former:
            return tuple(unit for unit, _ in former)
    return ()


def _is_holiday(day: date) -> bool:
    return vietnam().holiday(day) is not None


def _address(unit: Unit) -> list[str]:
    return [] if unit.address is None else [texts.address(unit.address)]


def _ask() -> Choice:
    return Choice(common.label_ask(), "ask")


def _hours() -> Choice:
    return Choice(common.label_hours(), "hours")


def _person() -> Choice:
    return Choice(common.label_person(), "person")
