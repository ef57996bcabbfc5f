"""What the desk has to see to: overdue, due today, due soon, likely late; each morning by itself, and when asked.

::

    morning:<unit>:<day> (07:30 on working days, staff and head) ─┐
    "việc hôm nay", "hồ sơ trễ", "sắp đến hạn 5 ngày", "sắp trễ"  ├─▶ the list ─▶ "Soạn thư xin lỗi" ─▶ drafts to sign
    "thư xin lỗi [CODE]" ─────────────────────────────────────────┘

Only the office's own lateness counts: not what waits for the citizen's papers or money. A list holds codes,
procedures and places, never a person; every reading of one is written down. A draft goes to nobody: the official
copies it, writes reason and new day into it, and signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from handlers.desk import Conversation, Desk, Later, Official, Seen, Step
from handlers.dossiers.proving import without_codes
from handlers.dossiers.status import in_force
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import marked
from handlers.officials import excusing, lettering
from handlers.officials.due import (
    DRAFTS,
    Due,
    Which,
    code_of,
    dossier_of,
    due_day,
    due_of,
    noted,
    own_roles,
    unit_named,
)
from handlers.officials.telling import tell
from handlers.states import Idle
from handlers.texts import extending, reporting
from handlers.texts import morning as texts
from handlers.texts.format import shortened
from handlers.texts.morning import Counts
from onestop.code import DossierCode, find_codes
from onestop.days.calendar import vietnam
from procedures.finding.fold import syllables

DAYS, MOST_DAYS = 2, 20
"""Working days that "soon" looks ahead: unless asked, at most."""
LINES = 10
MANY = 3
"""More late ones than this are worth a word on how to put several off at once."""

_ASKED = re.compile(
    r"(?:(?:cho|xem|gui|liet ke|danh sach|toi|minh|em|anh|chi|xin|cac|nhung|co|bao nhieu|ds) )*(?:"
    r"(?P<late>(?:ho so )?(?:bi |da |dang )?(?:tre|qua)(?: han| hen)|ho so (?:bi |dang )?tre)"
    r"|(?P<slow>(?:ho so )?(?:sap|co the|(?:co )?nguy co|du doan|de) (?:bi )?(?:tre|qua)(?: han| hen)?)"
    r"|(?P<soon>(?:ho so )?sap (?:den|toi) (?:han|hen)"
    r"(?: (?:trong )?(?P<days>\d{1,2}) ngay(?: lam viec)?(?: toi| nua)?)?)"
    r"|(?P<all>(?:viec|ho so|danh sach) (?:hom nay|sang nay)|hom nay co (?:viec|ho so) gi)"
    r"|(?P<letter>(?:soan |lam |viet |mau )?thu xin loi)"
    r")(?: (?:a|nhe|nha|voi|di|nao|khong|day))*"
)


class Listing(Struct, frozen=True):
    """Asks for a list; ``days``: working days that "soon" looks ahead."""

    which: Which
    days: int = DAYS
    page: int = 1


class Letters(Struct, frozen=True):
    """Asks for drafts: of one dossier, else of a page of those that are late."""

    code: DossierCode | None = None
    page: int = 1


Asked = Listing | Letters


# --- entry points ----------------------------------------------------------------------------------------------------


def event_of(unit: str, day: date) -> str:
    """The id of the event that tells a unit's officials on that morning."""
    return f"morning:{unit}:{day.isoformat()}"


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The list of a morning; silent on another day, with nothing to see to, to who is no official of it any more."""

    async def said(official: Official) -> Step | None:
        due = await due_of(desk, official.unit, DAYS)
        if not due.all:
            return None
        page = await _page(Listing(Which.ALL), due, official, desk, purpose=Purpose.NOTICE)
        return Step(conversation.state, (page,), (noted(official, f"morning {desk.today}"),))

    return await tell(conversation, incoming, desk, name="morning", now=desk.today, roles=DRAFTS, said=said)


def read(said: str, text: str) -> Asked | None:
    """What folded words ask for (``text``: the same as typed, for a code); None where it is something else."""
    codes = find_codes(text)
    folded = " ".join(syllables(without_codes(text))) if codes else said
    found = _ASKED.fullmatch(folded)
    if found is None:
        return None
    if found["letter"]:
        return Letters(codes[0] if codes else None)
    if codes:
        return None
    if found["soon"]:
        return Listing(Which.SOON, min(int(found["days"] or DAYS), MOST_DAYS))
    if found["slow"]:
        return Listing(Which.SLOW)
    return Listing(Which.LATE if found["late"] else Which.ALL)


async def answer(asked: Asked, desk: Desk, unit: str | None = None) -> Step:
    """The answer to an official, of the unit named or of his own; several units of one's own are a choice."""
    own = await own_roles(desk)
    official = next((each for each in own if unit in (None, each.unit)), None)
    if official is None:
        return Step(Idle(), (Outgoing(reporting.only() if not own else texts.other_unit()),))
    if unit is None and len({each.unit for each in own}) > 1 and not (isinstance(asked, Letters) and asked.code):
        picks = {each.unit: unit_named(each.unit, desk) for each in own}
        choices = tuple(Choice(shortened(found.short), _code(asked, code)) for code, found in picks.items())
        return Step(Idle(), (Outgoing(texts.which_unit(), choices),))
    match asked:
        case Listing():
            return await _list(asked, official, desk)
        case Letters(code) if code is not None:
            return await lettering.of_one(code, own, desk)
        case Letters():
            return await lettering.page_of(asked.page, official, desk)


async def say_code(words: tuple[str, ...], desk: Desk) -> Step | None:
    """A choice of ours: "list late H99.07 p2", "list soon-5 H99.07", "letters H99.07 p2"; None where it is another."""
    *rest, last = words
    page = int(last[1:]) if re.fullmatch(r"p[1-9]\d{0,2}", last) else None
    match tuple(rest) if page is not None else words:
        case ("list", which, unit) if (
            found := re.fullmatch(r"(all|late|soon|slow)(?:-(\d{1,2}))?", which)
        ) is not None:
            days = min(int(found[2] or DAYS), MOST_DAYS)
            return await answer(Listing(Which(found[1]), days, page or 1), desk, unit)
        case ("letters", unit, "file"):
            return await lettering.all_in_one(unit, desk)
        case ("letters", unit):
            return await answer(Letters(page=page or 1), desk, unit)
        case _:
            return None


# --- the list --------------------------------------------------------------------------------------------------------


async def _list(asked: Listing, official: Official, desk: Desk) -> Step:
    due = (await due_of(desk, official.unit, asked.days)).of(asked.which)
    effects = (noted(official, f"{asked.which.value} {asked.page}"),)
    if not due.all:
        text = texts.nothing(unit_named(official.unit, desk).name, asked.which.value, asked.days)
        return Step(Idle(), (Outgoing(marked(text, desk)),), effects)
    return Step(Idle(), (await _page(asked, due, official, desk),), effects)


async def _page(
    asked: Listing, due: Due, official: Official, desk: Desk, purpose: Purpose = Purpose.ANSWER
) -> Outgoing:
    """One page of the list. Past its end the last one."""
    name = unit_named(official.unit, desk).name
    pages = -(-len(due.all) // LINES)
    page = min(asked.page, pages)
    shown = list(_lines(due, asked.days, desk))[(page - 1) * LINES : page * LINES]
    counts = Counts(len(due.late), len(due.today), len(due.soon), len(due.slow), asked.days)
    lines = [texts.summary(name, asked.which.value, counts)]
    section = ""
    for heading, line, seen in shown:
        if heading != section:
            lines.append(heading)
        section = heading
        lines.append(texts.line(line, await _promised(seen, desk)))
    if len(due.late) > MANY and official.role in DRAFTS:
        lines.append(extending.hint_several())
    if due.unprovable:
        lines.append(texts.unprovable(due.unprovable))
    lines.append(texts.as_of(max(seen.as_of for seen in due.all)))
    picks = []
    if page < pages:
        picks.append(Choice(texts.label_next(page + 1, pages), f"{_code(asked, official.unit)} p{page + 1}"))
    if due.late and official.role in DRAFTS:
        picks.append(Choice(texts.label_letters(), f"letters {official.unit}"))
    return Outgoing(marked("\n".join(lines), desk), tuple(picks), purpose=purpose)


async def _promised(seen: Seen, desk: Desk) -> str:
    """The new day of a late one that an official confirmed, where it still stands; "" where there is none."""
    dossier = dossier_of(seen)
    extension = await desk.records.extension(code_of(seen)) if dossier.is_late(desk.now) else None
    stands = extension is not None and in_force(extension, dossier)
    return extending.new_day(extension.day, desk.today) if extension is not None and stands else ""


def _lines(due: Due, days: int, desk: Desk) -> Iterator[tuple[str, str, Seen]]:
    """(heading of its part, line) of every dossier, and the dossier."""
    calendar = vietnam()
    parts = (
        (texts.late(), due.late),
        (texts.today(), due.today),
        (texts.soon(days), due.soon),
        (texts.slow(), due.slow),
    )
    for heading, part in parts:
        for seen in part:
            dossier = dossier_of(seen)
            if part is due.late:
                when = texts.days_late(dossier.days_late(desk.now, calendar))
            elif part is due.today:
                when = ""
            else:
                when = texts.days_left(calendar.working_days_between(desk.today, due_day(seen)), due_day(seen))
            slow = due.likely.get(code_of(seen))
            if slow is not None:
                when = ", ".join(filter(None, (when, texts.likely(slow.day, slow.n))))
            yield (
                heading,
                texts.line(
                    dossier.code.printed, excusing.procedure(dossier, desk), excusing.place(dossier, desk), when
                ),
                seen,
            )


def _code(asked: Asked, unit: str) -> str:
    """The choice code that asks for its first page."""
    match asked:
        case Listing(which, days):
            ahead = "" if days == DAYS else f"-{days}"
            return f"list {which.value}{ahead} {unit}"
        case Letters():
            return f"letters {unit}"
