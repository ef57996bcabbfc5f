"""Officials' work on what the desk says: taking a fact back at once, letting it be said again, on to new values.

::

    "tạm ẩn lệ phí khai sinh" ─▶ which procedure? ─▶ which fact? ─▶ sure? ─▶ hidden, for the next answer
    "đang ẩn", "bỏ ẩn"        ─▶ the list, by number ─▶ said again
    "sửa …", "chờ duyệt", "duyệt 12" ─▶ correcting.py        "nhật ký" ─▶ becoming.py
    "chưa hiểu", "thêm cách hỏi …" ─▶ learning.py

Who asks is looked up every time; a choice's code carries what is meant, never who may. A citizen who types the same
words has a question like any other.
"""

from __future__ import annotations

import re

from handlers.answers.facts import whole
from handlers.authority import Grant, May, grant_for, granted, in_office
from handlers.desk import Conversation, Desk, Official, Step
from handlers.effects import Audited, FactHidden, FactUnhidden
from handlers.guides.guiding import stale
from handlers.listing import Option, keyed, page_of
from handlers.locating import unit_of
from handlers.messages import Choice, Incoming, Outgoing
from handlers.officials import becoming, correcting, learning
from handlers.reading.first_words import DESK_CODES
from handlers.states import Idle
from handlers.texts import hiding as texts
from handlers.texts.format import numbered, sentence_case, shortened
from procedures.finding.facets import Facet, facets
from procedures.finding.fold import SYLLABLE, syllables
from procedures.local import Hidden
from procedures.procedure import Procedure

ALL = "all"
OFFERED = (Facet.PAPERS, Facet.FEE, Facet.TIME, Facet.WHERE, Facet.ONLINE, Facet.POST, Facet.CONDITIONS)
MOST_UNITS = 4

_POLITE = r"(?:(?:cho|xin|giup|nho|toi|em|minh) )*"
_HIDE = re.compile(rf"{_POLITE}tam an\b")
_UNHIDE = re.compile(rf"{_POLITE}bo (?:tam )?an\b")
_LIST = re.compile(rf"{_POLITE}(?:xem )?dang (?:tam )?an(?: gi| nhung gi| muc nao)?")
_CORRECT = re.compile(rf"{_POLITE}sua\b")
_PENDING = re.compile(rf"{_POLITE}(?:xem |con )?cho duyet(?: gi| khong)?")
_DECIDE = re.compile(r"(?P<no>khong )?duyet(?: de nghi)?(?: so)?(?: (?P<number>\d{1,9}))?")
_JOURNAL = re.compile(rf"{_POLITE}(?:xem )?nhat ky\b(?: cua)?")
_UNCLEAR = re.compile(rf"{_POLITE}(?:xem )?(?:nhung |cac )?(?:cau )?chua hieu")
_ADD = re.compile(rf"{_POLITE}them cach hoi\b")
_COMMANDS = {
    "chuahieu": "chưa hiểu",
    "themcachhoi": "thêm cách hỏi",
    "taman": "tạm ẩn",
    "boan": "bỏ ẩn",
    "dangan": "đang ẩn",
    "sua": "sửa",
    "choduyet": "chờ duyệt",
    "duyet": "duyệt",
    "khongduyet": "không duyệt",
    "nhatky": "nhật ký",
}
_OURS = (_HIDE, _UNHIDE, _LIST, _CORRECT, _PENDING, _DECIDE, _JOURNAL, _UNCLEAR, _ADD)
_WHOLE = re.compile(r"(?:ca|het|toan bo|tat ca)\b(?: cau tra loi| moi thu)?(?: (?:cua|ve))?")
_NAMED: dict[Facet, re.Pattern[str]] = {
    facet: re.compile(rf"(?:muc )?(?:{words})\b(?: (?:cua|ve))?")
    for facet, words in {
        Facet.PAPERS: "giay to|thanh phan ho so|cac giay",
        Facet.FEE: "le phi|phi|tien",
        Facet.TIME: "thoi gian(?: lam)?|thoi han|bao lau",
        Facet.WHERE: "noi nop|cho nop|dia diem nop|nop o dau|noi lam",
        Facet.ONLINE: "(?:cach )?nop (?:qua mang|online|truc tuyen)|online|truc tuyen",
        Facet.POST: "(?:cach )?(?:gui|nop qua) (?:buu dien|buu chinh)|buu dien",
        Facet.CONDITIONS: "dieu kien",
        Facet.LEGAL_BASIS: "can cu(?: phap luat| phap ly)?",
        Facet.FORM: "mau giay to|bieu mau|mau don|to khai",
        Facet.RESULT: "ket qua|giay nhan ve",
        Facet.HOW: "cach nop|cac cach nop",
    }.items()
}


# --- entry points ----------------------------------------------------------------------------------------------------


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """An official's words; None where they are none of these, or a citizen's."""
    command = text.lstrip().startswith("/")
    text = _spelled_out(text)
    said = " ".join(syllables(text))
    if not any(each.match(said) for each in _OURS):
        return None
    roles = await in_office(conversation, incoming, desk, asked=command)
    if roles is None or isinstance(roles, Step):
        return roles
    if found := _HIDE.match(said):
        return _hide(_after(text, found[0]), conversation, desk, roles)
    if found := _UNHIDE.match(said):
        return _unhide(_after(text, found[0]), conversation, desk, roles)
    if _LIST.fullmatch(said):
        return _list(desk, roles, 1)
    if found := _CORRECT.match(said):
        return await correcting.correct(_after(text, found[0]), conversation, desk, roles)
    if _PENDING.fullmatch(said):
        return await correcting.pending(desk, roles)
    if (found := _DECIDE.fullmatch(said)) and found["number"] is None:
        return await correcting.pending(desk, roles)
    if found:
        return await correcting.decide(int(found["number"]), found["no"] is None, desk, roles)
    if _UNCLEAR.fullmatch(said):
        return await learning.most_frequent(desk, roles)
    if found := _ADD.match(said):
        return await learning.add(_after(text, found[0]), conversation, desk, roles)
    if found := _JOURNAL.match(said):
        return await becoming.journal(desk, roles, _after(text, found[0]))
    return None


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice's code of ours; None where it is none, or is misshapen."""
    if words[0] not in DESK_CODES:
        return None
    roles = await in_office(conversation, incoming, desk)
    if roles is None or isinstance(roles, Step):
        return roles
    match words:
        case ("hide", code, *rest) if len(rest) < 3:
            return _asked(desk, conversation, roles, code, *rest)
        case ("hide_sure", code, facet, unit):
            return _sure(desk, roles, code, facet, unit)
        case ("unhide", code, facet, unit):
            return _undo(desk, roles, code, facet, unit)
        case ("hidden",):
            return _list(desk, roles, 1)
        case ("hidden", page) if re.fullmatch(r"p[1-9]\d{0,2}", page):
            return _list(desk, roles, int(page[1:]))
        case ("pending",):
            return await correcting.pending(desk, roles)
        case ("approve" | "refuse" as verb, number) if re.fullmatch(r"[1-9]\d{0,8}", number):
            return await correcting.decide(int(number), verb == "approve", desk, roles)
        case ("journal", *unit) if len(unit) < 2:
            return await becoming.journal(desk, roles, unit[0] if unit else "")
        case ("unclear",):
            return await learning.most_frequent(desk, roles)
        case ("teach", id) if re.fullmatch(r"[1-9]\d{0,8}", id):
            return await learning.teach(int(id), desk, roles)
        case ("teach_as", id, code) if re.fullmatch(r"[1-9]\d{0,8}", id):
            return await learning.teach_as(int(id), code, desk, roles)
        case ("correct_of" | "correct_at" | "correct_line" as kind, picked):
            return await correcting.picked(kind, picked, conversation, desk, roles)
        case _:
            return None


def _spelled_out(text: str) -> str:
    """A slash command as the words it stands for."""
    found = re.match(r"\s*/([A-Za-z]+)(?:@\w+)?(?=\s|$)", text)
    words = None if found is None else _COMMANDS.get(found[1].lower())
    return text if found is None or words is None else words + text[found.end() :]


def _after(text: str, said: str) -> str:
    """The text after as many words as ``said`` has."""
    ends = [found.end() for found in SYLLABLE.finditer(text)]
    count = len(said.split())
    return text[ends[count - 1] :].strip(" :,.;") if count <= len(ends) else ""


def _no_role(roles: tuple[Official, ...]) -> Step:
    return Step(Idle(), (Outgoing(texts.not_your_role(roles[0].role)),))


# --- hiding ----------------------------------------------------------------------------------------------------------


def _hide(typed: str, conversation: Conversation, desk: Desk, roles: tuple[Official, ...]) -> Step:
    if not granted(roles, May.HIDE, desk):
        return _no_role(roles)
    facet, rest = _facet(typed)
    found = correcting.named_in(rest, conversation, desk)
    word = "" if facet is None else f" {facet}"
    match found:
        case ():
            return Step(Idle(), (Outgoing(texts.which_procedure()),))
        case (procedure,):
            return _asked(desk, conversation, roles, procedure.code, *word.split())
        case _:
            options = [Option(each.plain, f"hide {each.code}{word}") for each in found]
            return _pick(texts.procedures(numbered(each.name for each in options)), options)


def _facet(typed: str) -> tuple[str | None, str]:
    """The facet that the words begin with (or ask for), ``all`` for everything, and the words after it."""
    said = " ".join(syllables(typed))
    if found := _WHOLE.match(said):
        return ALL, _after(typed, found[0])
    for facet, words in _NAMED.items():
        if found := words.match(said):
            return facet.value, _after(typed, found[0])
    asked = facets(typed)
    return (asked[0].value if asked and asked != (Facet.HOW,) else None), typed


def _asked(
    desk: Desk, conversation: Conversation, roles: tuple[Official, ...], code: str, facet: str = "", unit: str = ""
) -> Step:
    """What is still open is asked: which fact, then whether one is sure."""
    grants = granted(roles, May.HIDE, desk)
    if not grants:
        return _no_role(roles)
    procedure = desk.catalog.by_code(code)
    if procedure is None or (facet and not _is_facet(facet)):
        return stale(desk)
    if not facet:
        return _which_facet(procedure)
    ours = unit_of(conversation, desk).code
    wanted = unit or next((each.unit.code for each in grants if each.unit.code == ours), grants[0].unit.code)
    grant = grant_for(roles, May.HIDE, wanted, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(texts.other_unit(desk.offices.unit(wanted).name)),))
    elsewhere = [each for each in grants if each.unit.code != wanted][:MOST_UNITS]
    choices = (
        Choice(texts.label_hide(), f"hide_sure {code} {facet} {wanted}"),
        *(Choice(shortened(each.unit.short), f"hide {code} {facet} {each.unit.code}") for each in elsewhere),
        Choice(texts.label_leave(), "hidden"),
    )
    said = texts.sure(facet_said(facet), procedure.plain, grant.unit.name)
    return Step(Idle(), (Outgoing(said, choices),))


def _which_facet(procedure: Procedure) -> Step:
    known = [facet for facet in OFFERED if whole(procedure, facet, None) is not None]
    options = [Option(sentence_case(facet_said(each.value)), f"hide {procedure.code} {each.value}") for each in known]
    options.append(Option(sentence_case(texts.whole_answer()), f"hide {procedure.code} {ALL}"))
    return _pick(texts.which_facet(procedure.plain, numbered(each.name for each in options)), options)


def _sure(desk: Desk, roles: tuple[Official, ...], code: str, facet: str, unit: str) -> Step:
    grant, procedure = grant_for(roles, May.HIDE, unit, desk), desk.catalog.by_code(code)
    if grant is None:
        return _refused(desk, roles, unit)
    if procedure is None or not _is_facet(facet):
        return stale(desk)
    what = (facet_said(facet), procedure.plain, grant.unit.name)
    if desk.local.is_hidden(unit, code, _read(facet)):
        first, *rest = what
        return Step(Idle(), (Outgoing(texts.already(sentence_case(first), *rest), _ways_on()),))
    by = grant.official.id
    effects = (FactHidden(unit, code, facet, by), Audited(by, "hide", unit, f"{code} {facet}"))
    return Step(Idle(), (Outgoing(texts.done(*what), _ways_on()),), effects)


def _refused(desk: Desk, roles: tuple[Official, ...], unit: str) -> Step:
    """Why it is not allowed there: no such role anywhere, or another unit's."""
    if not granted(roles, May.HIDE, desk):
        return _no_role(roles)
    return Step(Idle(), (Outgoing(texts.other_unit(desk.offices.unit(unit).name)),))


# --- saying again ----------------------------------------------------------------------------------------------------


def _unhide(typed: str, conversation: Conversation, desk: Desk, roles: tuple[Official, ...]) -> Step:
    grants = granted(roles, May.HIDE, desk)
    if not grants:
        return _no_role(roles)
    if not typed:
        return _list(desk, roles, 1)
    facet, rest = _facet(typed)
    meant = {each.code for each in correcting.named_in(rest, conversation, desk)}
    found = [each for each in _hidden(desk, grants) if each.procedure in meant]
    exact = [each for each in found if facet is not None and _said(each) == facet]
    found = exact or found
    if len(found) == 1:
        return _undo(desk, roles, found[0].procedure, _said(found[0]), found[0].unit)
    return _list(desk, roles, 1)


def _list(desk: Desk, roles: tuple[Official, ...], page: int) -> Step:
    """What is hidden in one's units; picking a line lets it be said again."""
    grants = granted(roles, May.HIDE, desk)
    if not grants:
        return _no_role(roles)
    names = " và ".join(each.unit.name for each in grants)
    options = []
    for each in _hidden(desk, grants):
        procedure = desk.catalog.by_code(each.procedure)
        unit = desk.offices.unit(each.unit).name if len(grants) > 1 else None
        name = each.procedure if procedure is None else procedure.plain
        line = texts.line(facet_said(_said(each)), name, unit)
        options.append(Option(line, f"unhide {each.procedure} {_said(each)} {each.unit}"))
    if not options:
        return Step(Idle(), (Outgoing(texts.nothing(names), _ways_on()[1:]),))
    shown = page_of(options, page, "hidden", texts.now(names, ""))
    return Step(Idle(), (Outgoing(texts.now(names, shown.options), shown.choices),))


def _undo(desk: Desk, roles: tuple[Official, ...], code: str, facet: str, unit: str) -> Step:
    grant = grant_for(roles, May.HIDE, unit, desk)
    if grant is None:
        return _refused(desk, roles, unit)
    if not _is_facet(facet):
        return stale(desk)
    procedure = desk.catalog.by_code(code)
    what = (facet_said(facet), code if procedure is None else procedure.plain, grant.unit.name)
    if not desk.local.is_hidden(unit, code, _read(facet)):
        first, *rest = what
        return Step(Idle(), (Outgoing(texts.not_hidden(sentence_case(first), *rest), _ways_on()),))
    by = grant.official.id
    effects = (FactUnhidden(unit, code, facet, by), Audited(by, "unhide", unit, f"{code} {facet}"))
    return Step(Idle(), (Outgoing(texts.unhidden(*what), _ways_on()),), effects)


# --- words and codes of a facet --------------------------------------------------------------------------------------


def facet_said(facet: str) -> str:
    """A facet's value, or ``all``, in words."""
    return texts.whole_answer() if facet == ALL else texts.facet_name(Facet(facet))


def _is_facet(facet: str) -> bool:
    return facet == ALL or facet in {each.value for each in Facet}


def _read(facet: str) -> Facet | None:
    return None if facet == ALL else Facet(facet)


def _said(hidden: Hidden) -> str:
    return ALL if hidden.facet is None else hidden.facet.value


def _hidden(desk: Desk, grants: tuple[Grant, ...]) -> list[Hidden]:
    units = {each.unit.code for each in grants}
    return [each for each in desk.local.hidden if each.unit in units]


def _pick(text: str, options: list[Option]) -> Step:
    return Step(Idle(), (Outgoing(text, keyed(options)),))


def _ways_on() -> tuple[Choice, ...]:
    return (Choice(texts.label_hidden(), "hidden"), Choice(texts.label_pending(), "pending"))
