"""One new day for several overdue dossiers at once: after a storm, while a surveyor is ill.

::

    "hẹn lại CODE CODE … ngày 30/11 vì bão" ─┐
    "hẹn lại hồ sơ trễ ngày 30/11 vì bão" ───┴─▶ drafts, listed ─▶ extend 12-31 ─▶ due:<dossier>:N …
     (one's unit's, without a new day yet)                          (confirmed)     (each follower, once)

What holds of one holds of each (``extending``): what cannot be put off, or has changed since, is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from handlers.authority import May, grant_for
from handlers.desk import Conversation, Desk, Official, Step
from handlers.dossiers import status
from handlers.dossiers.proving import without_codes
from handlers.effects import Audited, Effect, ExtensionConfirmed, ExtensionDrafted
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked
from handlers.officials.extending import COMMAND, Case, case_of, day_named, reason_given, wrong_day
from handlers.states import Idle
from handlers.texts import extending as texts
from handlers.texts import reporting
from onestop.code import DossierCode, find_codes
from onestop.days.calendar import vietnam_date
from procedures.finding.fold import syllables

MOST = 20
"""Dossiers put off by one message; more would not be read before they are confirmed."""
ALL_LATE = re.compile(
    r"hen lai (?:(?:tat ca|het|toan bo|cac|nhung|moi) )*(?:ho so )?(?:(?:bi|dang|da) )*(?:tre|qua)(?: han| hen)?\b"
)


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """An official's words about several dossiers, or all late ones; None where they are something else."""
    said = COMMAND.sub("hẹn lại", text)
    codes = find_codes(said)
    folded = " ".join(syllables(said))
    all_late = not codes and ALL_LATE.match(folded) is not None
    if not all_late and (len(codes) < 2 or not folded.startswith("hen lai ")):
        return None
    roles = await desk.records.officials()
    if not roles:
        return None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(reporting.group()),))
    late, more = await _late(desk, roles) if all_late else (codes[:MOST], max(0, len(codes) - MOST))
    return await _draft(desk, late, more, without_codes(said))


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "extend 12-31"; None where it is another."""
    found = re.fullmatch(r"(\d{1,12})-(\d{1,12})", words[-1], re.ASCII) if len(words) == 2 else None
    if words[0] != "extend" or found is None:
        return None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(reporting.group()),))
    first, last = int(found[1]), int(found[2])
    return await _confirm(desk, range(first, min(last + 1, first + MOST)))


async def _late(desk: Desk, roles: Iterable[Official]) -> tuple[tuple[DossierCode, ...], int]:
    """Overdue dossiers of one's own units that have no new day yet, the oldest due first, and how many are left."""
    found = []
    for unit in dict.fromkeys(role.unit for role in roles if grant_for((role,), May.MORNING, role.unit, desk)):
        for seen in await desk.records.due_dossiers(unit, desk.now):
            dossier = seen.dossier
            if dossier is None or not dossier.is_late(desk.now):
                continue
            extension = await desk.records.extension(dossier.code.canonical)
            if extension is None or not status.in_force(extension, dossier) or extension.day < desk.today:
                found.append(dossier.code)
    return tuple(found[:MOST]), max(0, len(found) - MOST)


async def _draft(desk: Desk, codes: tuple[DossierCode, ...], more: int, rest: str) -> Step:
    """What citizens will read, and which dossiers it is about."""
    day = day_named(rest, desk.today)
    if day is None:
        return Step(Idle(), (Outgoing(texts.how_several()),))
    if not codes:
        return Step(Idle(), (Outgoing(texts.none_late()),))
    cases, left_out, why = list[Case](), list[str](), ""
    for code in codes:
        case = await case_of(desk, code)
        wrong = case.say[0].text if isinstance(case, Step) else wrong_day(day, case.dossier, desk.today)
        if isinstance(case, Case) and wrong is None:
            cases.append(case)
        else:
            left_out.append(code.printed)
            why = why or wrong or ""
    if not cases:
        return Step(Idle(), (Outgoing(why),))
    reason, first = reason_given(rest), await desk.records.next_extension()
    effects: list[Effect] = []
    for number, case in enumerate(cases, first):
        dossier, unit, by = case.dossier.code.canonical, case.unit.code, case.official.id
        effects.append(ExtensionDrafted(number, dossier, unit, case.due, day, reason, by))
        effects.append(Audited(by, "drafted a new day", unit, dossier))
    listed = [(case.dossier.code.printed, vietnam_date(case.due)) for case in cases]
    text = texts.draft_several(listed, day, desk.today, reason, left_out, more)
    pick = Choice(texts.label("extend"), f"extend {first}-{first + len(cases) - 1}")
    return Step(Idle(), (Outgoing(marked(text, desk), (pick,)),), tuple(effects))


async def _confirm(desk: Desk, numbers: range) -> Step:
    """The drafts in force; of the others their codes."""
    roles = await desk.records.officials()
    effects: list[Effect] = []
    done, left_out, day = list[str](), list[str](), None
    for number in numbers:
        draft = await desk.records.drafted(number)
        grant = None if draft is None else grant_for(roles, May.MORNING, draft.unit, desk)
        if draft is None or grant is None or draft.confirmed:
            continue
        seen = await desk.records.last_seen(draft.dossier)
        dossier = None if seen is None else seen.dossier
        if dossier is None or not status.in_force(draft, dossier) or draft.day <= desk.today:
            left_out.append(draft.dossier)
            continue
        by, day = grant.official.id, draft.day
        done.append(draft.dossier)
        effects.append(ExtensionConfirmed(number, draft.dossier, draft.unit, by))
        effects.append(Audited(by, "confirmed a new day", draft.unit, draft.dossier))
    if day is None:
        return Step(Idle(), (Outgoing(texts.no_draft_left() if roles else reporting.only()),))
    said = texts.confirmed_several(len(done), day, desk.today, left_out)
    return Step(Idle(), (Outgoing(marked(said, desk)),), tuple(effects))
