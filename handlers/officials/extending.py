"""A new day for an overdue dossier: an official writes it down, sees what citizens will read, and confirms it.

::

    "hẹn lại H99.02-261102-0031 ngày 30/11 vì chờ đo đạc" ─▶ a draft, its letter ─▶ extend N ─▶ due:<dossier>:N
                                                                                    (confirmed)  (each follower, once)

Nothing of a draft reaches a citizen. What the backend says of the due date afterwards wins over it.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from msgspec import Struct

from handlers.authority import May, grant_for
from handlers.desk import Conversation, Desk, Extension, Later, Official, Step
from handlers.dossiers import status
from handlers.dossiers.proving import without_codes
from handlers.effects import Audited, ExtensionConfirmed, ExtensionDrafted
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import held, marked, notice_name, office_of, parsed, topic_of
from handlers.officials import excusing
from handlers.rated.inviting import waits
from handlers.states import Idle
from handlers.texts import extending as texts
from handlers.texts import reporting
from handlers.texts.format import shortened
from offices.unit import Unit
from onestop.code import DossierCode, find_codes
from onestop.days.calendar import vietnam, vietnam_date
from onestop.dossier import AT_WORK, Dossier
from procedures.finding.fold import syllables

LONGEST_REASON = 160
MOST_DAYS = 120
"""A day further ahead is a slip of the pen."""

COMMAND = re.compile(r"\s*/henlai\b(?:@\w+)?", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}))?(?!\d)")
_BEFORE_REASON = re.compile(r"^[\s,.;:|–-]*(?:(?:vì|do|lý do|li do|ly do|vi)\b[\s:]*)?", re.IGNORECASE)
_EVENT = re.compile(r"due:([^:]+):(\d{1,12})")


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """An official's words ("hẹn lại CODE ngày 30/11 vì …", "/henlai …"); None where they are something else."""
    said = COMMAND.sub("hẹn lại", text)
    codes = find_codes(said)
    if syllables(said)[:2] != ["hen", "lai"] or (said == text and not codes):
        return None
    roles = await desk.records.officials()
    if not roles:
        return None if said == text else Step(Idle(), (Outgoing(reporting.only()),))
    if not incoming.private:
        return Step(conversation.state, (Outgoing(reporting.group()),))
    if len(codes) != 1:
        return Step(Idle(), (Outgoing(texts.how()),))
    return await _draft(desk, codes[0], without_codes(said))


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "extend 12" confirms a draft, "letter CODE" prints it; None where it is another."""
    match words:
        case ("extend" | "letter", _) if not incoming.private:
            return Step(conversation.state, (Outgoing(reporting.group()),))
        case ("extend", number) if number.isascii() and number.isdigit() and len(number) < 13:
            return await _confirm(desk, int(number))
        case ("letter", typed) if (code := parsed(typed)) is not None:
            return await _printed(desk, code)
        case _:
            return None


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """A confirmed new day, told to a follower; silent where it holds no more. None where it is another event."""
    found = _EVENT.fullmatch(incoming.id)
    if found is None or parsed(found[1]) is None:
        return None
    later = waits(conversation, desk)
    if later is not None:
        return later
    binding, seen = await held(desk, found[1]), await desk.records.last_seen(found[1])
    extension = await desk.records.extension(found[1])
    dossier = None if seen is None else seen.dossier
    if binding is None or not binding.following or seen is None or dossier is None:
        return Step(conversation.state)
    if extension is None or extension.number != int(found[2]) or not status.in_force(extension, dossier):
        return Step(conversation.state)
    name = binding.name or notice_name(dossier.code, dossier.procedure, dossier.field, desk)
    text = f"{texts.news(found[1], name, extension.day, desk.today, extension.reason)}\n{texts.as_of(seen.as_of)}"
    picks = (
        Choice(texts.label("detail"), f"status {found[1]}"),
        Choice(texts.label("unfollow"), f"unfollow {found[1]}"),
    )
    news = Outgoing(marked(text, desk), picks, purpose=Purpose.NOTICE)
    return Step(conversation.state, (news,), topic=topic_of(dossier, desk))


# --- drafting and confirming -----------------------------------------------------------------------------------------


class Case(Struct, frozen=True):
    """A dossier at work with a due date, and the official who sees to its unit's dossiers."""

    dossier: Dossier
    due: datetime
    unit: Unit
    official: Official


async def case_of(desk: Desk, code: DossierCode) -> Case | Step:
    """The dossier; a Step where it is not the official's to see to, or there is nothing to put off."""
    seen = await desk.records.last_seen(code.canonical)
    dossier = None if seen is None else seen.dossier
    unit = office_of(code.unit if dossier is None else dossier.unit, desk)
    grant = grant_for(await desk.records.officials(), May.MORNING, unit.code, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(texts.not_yours(code.printed)),))
    if dossier is None or dossier.due is None or dossier.status not in AT_WORK:
        return Step(Idle(), (Outgoing(texts.nothing_to_extend(code.printed)),))
    return Case(dossier, dossier.due, unit, grant.official)


async def _draft(desk: Desk, code: DossierCode, rest: str) -> Step:
    """What citizens will read, and what has to be confirmed."""
    case = await case_of(desk, code)
    if isinstance(case, Step):
        return case
    day = day_named(rest, desk.today)
    if day is None:
        return Step(Idle(), (Outgoing(texts.how()),))
    wrong = wrong_day(day, case.dossier, desk.today)
    if wrong is not None:
        return Step(Idle(), (Outgoing(wrong),))
    reason = reason_given(rest)
    number = await desk.records.next_extension()
    drafted = ExtensionDrafted(number, code.canonical, case.unit.code, case.due, day, reason, case.official.id)
    text = texts.draft(code.printed, vietnam_date(case.due), day, desk.today, reason)
    picks = (Choice(texts.label("extend"), f"extend {number}"), *_printing(desk, code))
    noted = Audited(case.official.id, "drafted a new day", case.unit.code, code.canonical)
    return Step(Idle(), (Outgoing(marked(text, desk), picks),), (drafted, noted))


async def _confirm(desk: Desk, number: int) -> Step:
    """The draft in force; whoever sees to the unit's dossiers may confirm it."""
    draft = await desk.records.drafted(number)
    roles = await desk.records.officials()
    grant = None if draft is None else grant_for(roles, May.MORNING, draft.unit, desk)
    if draft is None or grant is None:
        return Step(Idle(), (Outgoing(texts.no_draft() if roles else reporting.only()),))
    code = DossierCode.parse(draft.dossier)
    seen = await desk.records.last_seen(draft.dossier)
    if draft.confirmed:
        return Step(Idle(), (Outgoing(texts.confirmed_already(code.printed, draft.day, desk.today)),))
    dossier = None if seen is None else seen.dossier
    if dossier is None or not status.in_force(draft, dossier) or draft.day <= desk.today:
        return Step(Idle(), (Outgoing(texts.draft_is_old(code.printed)),))
    effect = ExtensionConfirmed(number, draft.dossier, draft.unit, grant.official.id)
    said = Outgoing(marked(texts.confirmed(code.printed, draft.day, desk.today), desk), _printing(desk, code))
    noted = Audited(grant.official.id, "confirmed a new day", draft.unit, draft.dossier)
    return Step(Idle(), (said,), (effect, noted))


async def _printed(desk: Desk, code: DossierCode) -> Step:
    """The letter to sign as PDF and as DOCX, with the newest draft's day and reason."""
    case = await case_of(desk, code)
    if isinstance(case, Step):
        return case
    if desk.prints is None:
        return Step(Idle(), (Outgoing(texts.nothing_to_extend(code.printed)),))
    letter = excusing.letter(case.dossier, case.unit.name, desk, await _newest(desk, case.dossier))
    files = await excusing.files((letter,), code.canonical, desk, desk.prints)
    say = (Outgoing(texts.printed(code.printed), attachment=files[0]), Outgoing(texts.editable(), attachment=files[1]))
    return Step(Idle(), say, (Audited(case.official.id, "read list", case.unit.code, f"letter {code.canonical}"),))


async def _newest(desk: Desk, dossier: Dossier) -> Extension | None:
    """The newest draft or new day that still fits the dossier."""
    found = await desk.records.extension(dossier.code.canonical, drafts=True)
    return found if found is not None and status.in_force(found, dossier) else None


# --- small parts -----------------------------------------------------------------------------------------------------


def day_named(text: str, today: date) -> date | None:
    """The first day named; without a year the next one so called."""
    found = _DAY.search(text)
    if found is None:
        return None
    try:
        if found[3]:
            return date(int(found[3]), int(found[2]), int(found[1]))
        day = date(today.year, int(found[2]), int(found[1]))
        return day if day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None


def wrong_day(day: date, dossier: Dossier, today: date) -> str | None:
    """Why this cannot be the new day; None where it can."""
    assert dossier.due is not None
    if day <= max(today, vietnam_date(dossier.due)):
        return texts.too_early(day, vietnam_date(dossier.due), today)
    if (day - today).days > MOST_DAYS:
        return texts.too_far(day, today)
    return None if vietnam().is_working_day(day) else texts.no_working_day(day, today)


def reason_given(text: str) -> str | None:
    """What stands after the day; None where nothing does: then it reads "quầy chưa ghi"."""
    found = _DAY.search(text)
    rest = "" if found is None else _BEFORE_REASON.sub("", text[found.end() :])
    said = " ".join(rest.replace("|", " ").split()).rstrip(" .")
    return shortened(said, LONGEST_REASON) if said else None


def _printing(desk: Desk, code: DossierCode) -> tuple[Choice, ...]:
    return () if desk.prints is None else (Choice(texts.label("letter"), f"letter {code.canonical}"),)
