"""Becoming an official by a one-time code, opening a proof again, reading the journal."""

from __future__ import annotations

from msgspec.structs import replace

from handlers import greeting
from handlers.authority import ROLES, Grant, May, grant_for, granted
from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.effects import Audited, BecameOfficial, Reopened
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked, office_of
from handlers.reading.first_words import INVITATION
from handlers.states import Idle
from handlers.texts import costing as costing_texts
from handlers.texts import hiding as hiding_texts
from handlers.texts import reporting as texts
from handlers.texts.format import shortened
from onestop.code import DossierCode, find_codes
from onestop.days.calendar import vietnam_date

JOURNAL_ROWS = 20
MOST_UNITS = 24


async def code_typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to an invitation code; None where the text holds nothing shaped like one."""
    typed = INVITATION.search(incoming.text)
    if typed is None:
        return None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    invitation = await desk.records.invitation_code(typed[0])
    if invitation is None:
        return Step(Idle(), (Outgoing(texts.wrong()),))
    if invitation.used:
        return Step(Idle(), (Outgoing(texts.used()),))
    if invitation.expires_at <= desk.now:
        return Step(Idle(), (Outgoing(texts.expired(vietnam_date(invitation.expires_at))),))
    unit = office_of(invitation.unit, desk).name
    if any((each.unit, each.role) == (invitation.unit, invitation.role) for each in await desk.records.officials()):
        return Step(Idle(), (Outgoing(texts.already(unit, invitation.role), menu(invitation.role)),))
    said = [texts.welcome(unit, invitation.role)]
    may = ROLES.get(invitation.role, frozenset())
    if May.REOPEN in may:
        said.append(texts.welcome_reopen())
    if May.HIDE in may:
        said.append(hiding_texts.welcome_hide())
    return Step(Idle(), (Outgoing("\n".join(said), menu(invitation.role)),), (BecameOfficial(invitation.hash),))


async def no_role(conversation: Conversation, incoming: Incoming, desk: Desk, *, asked_for: bool) -> Step | None:
    """The answer to an official's words from who holds no role: when it was taken back and whom to ask, to who held
    one. To others only where it was beyond doubt ``asked_for``; None: they are a citizen's."""
    former = await desk.records.former_role()
    if former is not None and incoming.private:
        unit = office_of(former.unit, desk).name
        return Step(conversation.state, (Outgoing(texts.taken_back(unit, vietnam_date(former.until))),))
    return Step(Idle(), (Outgoing(texts.only()),)) if asked_for else None


async def reopen(incoming: Incoming, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "mở lại CODE": forgets the misses of a dossier of one's own unit, so that its phone proves it again."""
    codes = find_codes(incoming.text)
    if not codes:
        return Step(Idle(), (Outgoing(texts.reopen_which()),))
    code = codes[0]
    unit = await _unit_of(code, desk)
    if all(desk.offices.unit(each.unit).code != unit for each in roles):
        return Step(Idle(), (Outgoing(texts.reopen_not_yours(code.printed)),))
    grant = grant_for(roles, May.REOPEN, unit, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(texts.reopen_role(code.printed)),))
    effects = (Reopened(code.canonical), Audited(grant.official.id, "reopen", unit, code.canonical))
    return Step(Idle(), (Outgoing(texts.reopened(code.printed)),), effects)


async def journal(desk: Desk, roles: tuple[Official, ...], wanted: str) -> Step:
    """ "nhật ký": the newest rows of a unit's journal, by ids; ``wanted``: a unit's code or name, "" for one's own."""
    grants = granted(roles, May.READ_JOURNAL, desk)
    if not grants:
        return Step(Idle(), (Outgoing(hiding_texts.not_your_role(roles[0].role)),))
    named = desk.offices.by_code(wanted) or desk.offices.by_name(wanted) if wanted else None
    if named is None and len(grants) > 1:
        picks = (Choice(shortened(each.unit.short), f"journal {each.unit.code}") for each in grants[:MOST_UNITS])
        return Step(Idle(), (Outgoing(hiding_texts.journal_of(), tuple(picks)),))
    grant = grants[0] if named is None else grant_for(roles, May.READ_JOURNAL, named.code, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(hiding_texts.other_unit(named.name if named else wanted)),))
    return await _journal(desk, grant)


async def _journal(desk: Desk, grant: Grant) -> Step:
    unit = grant.unit
    rows = await desk.records.journal(unit.code, JOURNAL_ROWS)
    lines = [hiding_texts.noted(row.at, row.who, row.what, row.detail) for row in rows]
    text = "\n".join((hiding_texts.journal_head(unit.name, len(lines)), *lines))
    return Step(Idle(), (Outgoing(marked(text, desk)),), (Audited(grant.official.id, "journal", unit.code),))


async def _unit_of(code: DossierCode, desk: Desk) -> str:
    """Whose dossier it is: as the backend told it, else by the code itself."""
    seen = await desk.records.last_seen(code.canonical)
    if seen is not None and seen.dossier is not None:
        return office_of(seen.dossier.unit, desk).code
    return office_of(code.unit, desk).code


def menu(role: str | None = None) -> tuple[Choice, ...]:
    """What officials pick from: the weeks, and for a role that may read it the day's list."""
    weeks = (Choice(texts.label_this_week(), "week this"), Choice(texts.label_last_week(), "week last"))
    if May.READ_LIST not in ROLES.get(role or "", frozenset()):
        return weeks
    return (*weeks, Choice(texts.label_today(), "viec hom nay"), Choice(texts.label_late(), "ho so tre"))


async def main_menu(incoming: Incoming, desk: Desk) -> Step:
    """The menu; in the chat of an official with the official's own choices below the citizens'."""
    step = greeting.menu()
    roles = await desk.records.officials() if incoming.private else ()
    if not roles:
        return step
    own = tuple(dict.fromkeys(choice for each in roles for choice in menu(each.role)))
    if desk.rules.monthly_cap is not None and grant_for(roles, May.READ_COSTS, desk.rules.unit, desk) is not None:
        own = (*own, Choice(costing_texts.label_this_week(), "costs this"))
    citizens = step.say[0].choices
    numbered = (replace(choice, key=str(n)) for n, choice in enumerate(own, len(citizens) + 1))
    return replace(step, say=(replace(step.say[0], choices=(*citizens, *numbered)),))
