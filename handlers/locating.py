"""Where a desk is and when it is open, of today's unit and of what one of before 1/7/2025 has become.

::

    "mai có làm không", "24/11 có nghỉ không" ──▶ that day's hours
    "xã Tân Trúc giờ về đâu", "huyện Khe Sim cũ" ──▶ today's unit ── several ──▶ asks which ──▶ its desk

A commune that was split asks for the hamlet; of a district its communes are listed. Nobody is sent to a district.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from handlers import ways_on
from handlers.desk import Conversation, Desk, Step
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked_of
from handlers.states import AsksPart, Idle
from handlers.texts import locating as texts
from handlers.texts.format import clock, day_name, joined, sentence_case, shortened
from offices.hours import Opening, lunar_day
from offices.lineage import Former
from offices.unit import Heir, Kind, Unit, hours_text, next_opening, open_at
from onestop.days.calendar import VIETNAM, vietnam
from onestop.days.deadlines import MORNING
from procedures.finding.fold import syllables

WEEKDAYS = {"2": 0, "hai": 0, "3": 1, "ba": 1, "4": 2, "tu": 2, "5": 3, "nam": 3, "6": 4, "sau": 4, "7": 5, "bay": 5}
FRIDAY = 4
DAY_ASKED = re.compile(
    r"\b(?:thu (\d|hai|ba|tu|nam|sau|bay)|t([2-7])|(chu nhat|cn)|((?:ngay |sang |chieu )?mai)|(hom nay)|(ngay kia))\b"
)
DATE_ASKED = re.compile(r"\b(\d{1,2})\s*(?:/|-|\s+tháng\s+|\s+thang\s+)(\d{1,2})(?:\s*(?:/|-|\s+năm\s+)(\d{4}))?\b")
ASKS_OPEN = re.compile(r"\b(?:lam viec|mo cua|(?:co|duoc) (?:lam|mo|nghi)|nghi (?:khong|ko|k|lam)|lam (?:khong|ko))\b")
KINDS = r"xã|phường|thị trấn|huyện|quận|thị xã|thành phố|xa|phuong|thi tran|huyen|quan|thi xa|thanh pho|tp"
ENDS = r"giờ|nay|ở|cũ|sáp|nhập|thuộc|đã|về|là|mấy|có|thôn|ấp|thì|ra|gio|o|cu|sap|nhap|thuoc|da|ve|la|may|co|thon|ap|thi"
OLD_NAME = re.compile(rf"\b(?P<kind>{KINDS})\s+(?P<name>.+?)(?=\s+(?:(?:{ENDS})\b|\d)|[,.?]|$)", re.IGNORECASE)
OF_A_DISTRICT = frozenset({"huyện", "quận", "thị xã", "thành phố", "huyen", "quan", "thi xa", "thanh pho", "tp"})
ASKS_WHERE_TO = re.compile(
    r"\b(?:(?:ra|den|toi|di|ve|nop|lam) (?:o )?dau|o dau|thuoc (?:ve )?(?:xa|phuong|dau|noi)"
    r"|sap nhap|nhap vao|ten moi|(?:nay|gio) (?:la|thanh))\b"
)
ASKS_WHAT_BECAME = re.compile(r"\b(?:cu|thuoc|sap nhap|nhap vao|ten moi|ve dau|(?:nay|gio) (?:la|thanh))\b")
"""What is asked of a name without "xã" or "huyện" before it, else any name would be taken for an old one."""
ASKS_MORE = re.compile(r"\b(?:giay|phi|tien|bao nhieu|bao lau|khai|dang ky|xin|cap|may gio)\b")
"""What is asked beside the place: then it is a question about a procedure or the hours."""
TO_A_DISTRICT = re.compile(r"\b(?:ra|len|xuong|toi|den|o|con) (?:tan |uy ban |ubnd )*(?:huyen|quan|thi xa)\b")
AND_NOTHING_ELSE = frozenset(
    syllables(
        "a anh bac ban can chi chu co con cu de den di duoc em gio ha hay hien hoi huyen k khong ko la lam len luon"
        " minh nay nhe nhi nop nua o phai quan ra tan the thi toi u ubnd uy van vay xa xuong"
    )
)
"""Syllables of a question about the district itself: with any other it is about what may be done elsewhere."""
LONGEST_NAME = 4
"""Syllables of a name that is looked for without its kind."""
MOST_PICKS = 10


def unit_of(conversation: Conversation, desk: Desk) -> Unit:
    """The unit whose desk this chat talks to."""
    return desk.offices.unit(conversation.unit or desk.rules.unit)


# --- hours -----------------------------------------------------------------------------------------------------------


def hours(conversation: Conversation, desk: Desk, text: str, unit: Unit | None = None) -> Step:
    """Opening hours: of the day asked for, else of the week; of the unit that an old commune went into, where named.

    ``unit``: whose desk is meant where the text names none; None: that of the chat.
    """
    said = " ".join(syllables(text))
    moved = _moved(text, said, desk) if ASKS_WHAT_BECAME.search(said) else None
    if moved is not None:
        return moved
    found = _named(text, desk) or (unit or unit_of(conversation, desk),)
    lines: list[str] = []
    for unit in found:
        lines += [*_week(unit, text, desk), *place_lines(unit)]
    return _say(marked_of("\n".join(lines), found[0]), ways_on.ask(), ways_on.track(), ways_on.person())


def asks_hours(text: str) -> bool:
    """Whether it asks when the desk is open, not where it is."""
    said = " ".join(syllables(text))
    return ASKS_OPEN.search(said) is not None or "gio" in said.split()


def place_lines(unit: Unit) -> list[str]:
    """Address, map and phone, as far as known."""
    return [*address_line(unit), *((texts.phone(unit.phone),) if unit.phone else ())]


def address_line(unit: Unit) -> list[str]:
    """Address and map, as far as known."""
    known = [] if unit.address is None else [texts.address(unit.address)]
    return known if unit.map is None else [*known, texts.map_link(unit.map)]


def now_lines(unit: Unit, desk: Desk) -> list[str]:
    """Whether it is open now, and until or from when."""
    is_open = open_at(unit, desk.now, _opens_as)
    if is_open is None:
        return []
    here = desk.now.astimezone(VIETNAM)
    if is_open:
        until = next(span.end for span in unit.spans(here.date(), _opens_as) if here.time() < span.end)
        return [texts.open_now(clock(until))]
    opens = next_opening(unit, desk.now, _opens_as)
    return [] if opens is None else [texts.closed_now(_when(opens, here))]


def _week(unit: Unit, text: str, desk: Desk) -> list[str]:
    asked = _day_asked(text, desk.today)
    if asked is not None and unit.seasons:
        return _day(unit, asked, desk.today)
    said = hours_text(unit, desk.today)
    if said is None:
        return [texts.hours_unknown(unit.name)]
    return [texts.hours_at(unit.name, said.rstrip(". ")), *now_lines(unit, desk)]


def _day(unit: Unit, day: date, today: date) -> list[str]:
    name = sentence_case(day_name(day, today))
    spans = unit.spans(day, _opens_as)
    if spans:
        lines = [texts.day_open(name, unit.name, joined([str(span) for span in spans]))]
        lines += [texts.early(each.why, lunar_day(day) or 0) for each in unit.early_on(day)]
    else:
        lines = [texts.day_closed(name, unit.name)]
    holiday, closing, doubt = vietnam().holiday(day), unit.closing(day), vietnam().doubt(day)
    if holiday is not None:
        lines.append(texts.holiday(holiday))
    elif closing is not None:
        lines.append(texts.closing(closing.why))
    elif doubt is not None:
        lines.append(texts.doubt(doubt))
    again = None if spans else next_opening(unit, datetime.combine(day, time(), VIETNAM), _opens_as)
    return lines if again is None else [*lines, texts.opens_again(_when(again, None))]


def _opens_as(day: date) -> Opening | None:
    calendar = vietnam()
    if calendar.is_working_day(day):
        until = MORNING[1] if calendar.is_half_day(day) else time.max
        return Opening(min(day.weekday(), FRIDAY), until)  # a Saturday worked in exchange is worked like a Friday
    return None if calendar.holiday(day) is not None else Opening(day.weekday())


def _when(opens: datetime, now: datetime | None) -> str:
    local = opens.astimezone(VIETNAM)
    return (
        clock(local.time())
        if now is not None and local.date() == now.date()
        else f"{clock(local.time())}, {day_name(local.date())}"
    )


def _day_asked(text: str, today: date) -> date | None:
    """A weekday, "mai", a date; a date without its year is the next one."""
    dated = DATE_ASKED.search(text)
    if dated is not None:
        return _dated(int(dated[1]), int(dated[2]), dated[3] and int(dated[3]), today)
    found = DAY_ASKED.search(" ".join(syllables(text)))
    if found is None:
        return None
    if found[4] or found[6]:
        return today + timedelta(days=1 if found[4] else 2)
    if found[5]:
        return today
    weekday = 6 if found[3] else WEEKDAYS.get(found[1] or found[2])
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday()) % 7)


def _dated(day: int, month: int, year: int | str | None, today: date) -> date | None:
    try:
        found = date(int(year or today.year), month, day)
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


# --- what became of a unit -------------------------------------------------------------------------------------------


def typed(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """The answer to a question about a day, or about a unit of before; None where something else is asked."""
    said = " ".join(syllables(text))
    if ASKS_MORE.search(said):
        return None
    if ASKS_OPEN.search(said) and (DATE_ASKED.search(text) or DAY_ASKED.search(said)):
        return hours(conversation, desk, text)
    return _moved(text, said, desk) or _no_district(said, conversation, desk)


def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The hamlet that was asked for; None where the text names none of them."""
    if not isinstance(conversation.state, AsksPart):
        return None
    heirs = desk.offices.formerly(conversation.state.old)
    here = [unit for unit, old in heirs if old.covers(incoming.text)]
    return place(here[0], desk) if len(here) == 1 else None


def say_code(words: Sequence[str], desk: Desk) -> Step | None:
    """A choice of ours: "place H99.07"; None where it is another."""
    if len(words) != 2 or words[0] != "place":
        return None
    unit = desk.offices.by_code(words[1])
    return None if unit is None else place(unit, desk)


def _moved(text: str, said: str, desk: Desk) -> Step | None:
    """Where people of a unit of before go now; None where none is named, or none is asked for."""
    if ASKS_WHERE_TO.search(said):
        for found in OLD_NAME.finditer(text):
            name = found["name"].strip()
            if found["kind"].lower() in OF_A_DISTRICT:
                heirs = desk.offices.district(f"{found['kind']} {name}")
                if heirs:
                    return _of_district(heirs)
            elif heirs := desk.offices.formerly(name):
                return _of_commune(name, heirs, text)
    if not ASKS_WHAT_BECAME.search(said):
        return None
    name = _bare_name(text, desk)
    return None if name is None else _of_both(name, text, desk)


def _bare_name(text: str, desk: Desk) -> str | None:
    """A name without its kind, the longest first, as typed."""
    words = re.findall(r"\w+", text)
    for length in range(LONGEST_NAME, 0, -1):
        for first in range(len(words) - length + 1):
            name = " ".join(words[first : first + length])
            if desk.offices.formerly(name) or desk.offices.district(name):
                return name
    return None


def _of_both(name: str, text: str, desk: Desk) -> Step:
    """A name that was a commune's, a district's, or both."""
    heirs, district = desk.offices.formerly(name), desk.offices.district(name)
    if not district:
        return _of_commune(name, heirs, text)
    if not heirs:
        return _of_district(district)
    both = _of_district(district)
    first = texts.formerly(heirs[0][1].name, [(unit.name, old.part) for unit, old in heirs])
    listed = both.say[0]
    picks = {choice.says: choice for choice in (*(_pick(unit, unit.short) for unit, _ in heirs), *listed.choices)}
    return _say(f"{first}\n{listed.text}", *tuple(picks.values())[:MOST_PICKS])


def _of_commune(name: str, heirs: tuple[Heir, ...], text: str) -> Step:
    """One unit and its desk; of a split commune the one of the hamlet named, else the hamlet is asked for."""
    covering = [unit for unit, old in heirs if old.covers(text)]
    units = covering if len(covering) == 1 else [unit for unit, _ in heirs]
    line = texts.formerly(heirs[0][1].name, [(unit.name, old.part) for unit, old in heirs if unit in units])
    if len(units) == 1:
        lines = [line, *place_lines(units[0])]
        return _say(marked_of("\n".join(lines), units[0]), ways_on.ask(), ways_on.hours(), ways_on.person())
    picks = [_pick(unit, old.part or unit.short) for unit, old in heirs]
    asked = Outgoing(marked_of(f"{line}\n{texts.which_part()}", units[0]), (*picks[:MOST_PICKS], ways_on.person()))
    return Step(AsksPart(name), (asked,))


def _of_district(heirs: tuple[Heir, ...]) -> Step:
    """Its communes, each where it is now."""
    by_unit: dict[str, tuple[Unit, list[Former]]] = {}
    for unit, old in heirs:
        by_unit.setdefault(unit.code, (unit, []))[1].append(old)
    listed = [texts.heir(unit.name, [old.name for old in olds]) for unit, olds in by_unit.values()]
    until = next((old.until for _, old in heirs if old.until is not None), None)
    head = texts.no_longer(heirs[0][1].district or "", None if until is None else until + timedelta(days=1))
    picks = [_pick(unit, unit.short) for unit, _ in by_unit.values()]
    text = "\n".join([head, *listed, texts.which_commune()])
    return _say(marked_of(text, heirs[0][0]), *picks[:MOST_PICKS])


def _no_district(said: str, conversation: Conversation, desk: Desk) -> Step | None:
    """ "lên huyện làm được không": nobody need go to one."""
    if not TO_A_DISTRICT.search(said) or not AND_NOTHING_ELSE.issuperset(said.split()):
        return None
    unit = unit_of(conversation, desk)
    lines = [texts.no_districts(unit.name), *place_lines(unit)]
    return _say(marked_of("\n".join(lines), unit), ways_on.ask(), ways_on.hours(), ways_on.person())


def place(unit: Unit, desk: Desk) -> Step:
    """Where a desk is and when it is open."""
    lines = [texts.desk_of(unit.name), *place_lines(unit), *_week(unit, "", desk)]
    return _say(marked_of("\n".join(lines), unit), ways_on.ask(), ways_on.person())


def _named(text: str, desk: Desk) -> tuple[Unit, ...]:
    """The units of today that the text names, by today's name or by one of before."""
    for found in OLD_NAME.finditer(text):
        name = found["name"].strip()
        unit = desk.offices.by_name(name)
        if unit is not None and unit.exists(desk.today):
            return (unit,)
        former = desk.offices.formerly(name)
        if former:
            return tuple(unit for unit, _ in former)
    said = f" {' '.join(syllables(text))} "
    bare = [unit for unit in desk.offices.units if _is_said_bare(unit, said) and unit.exists(desk.today)]
    return (max(bare, key=lambda unit: len(unit.short)),) if bare else ()


def _is_said_bare(unit: Unit, said: str) -> bool:
    """Whether a commune is named without "xã" or "phường"; one syllable alone is too little to tell."""
    short = " ".join(syllables(unit.short))
    return unit.kind is Kind.COMMUNE and " " in short and f" {short} " in said


# --- small parts -----------------------------------------------------------------------------------------------------


def _say(text: str, *choices: Choice) -> Step:
    return Step(Idle(), (Outgoing(text, choices),))


def _pick(unit: Unit, label: str) -> Choice:
    return Choice(shortened(label), f"place {unit.code}")
