"""Becoming an official by a one-time code, and what officials may do besides reading digests."""

from __future__ import annotations

import re

from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.effects import Audited, BecameOfficial, Reopened
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import office_of
from handlers.states import Idle
from handlers.texts import reporting as texts
from onestop.calendar import vietnam_date
from onestop.code import DossierCode, find_codes

MAY_REOPEN = frozenset({"staff", "head"})
CODE = re.compile(r"[A-Za-z]{2,4}(?:-[A-Za-z0-9]{4,8}){2,4}")


async def code_typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to an invitation code; None where the text holds nothing shaped like one."""
    typed = CODE.search(incoming.text)
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
        return Step(Idle(), (Outgoing(texts.already(unit, invitation.role), menu()),))
    said = [texts.welcome(unit, invitation.role)]
    if invitation.role in MAY_REOPEN:
        said.append(texts.welcome_reopen())
    return Step(Idle(), (Outgoing("\n".join(said), menu()),), (BecameOfficial(invitation.hash),))


async def reopen(incoming: Incoming, desk: Desk, roles: tuple[Official, ...]) -> Step:
    """ "mở lại CODE": forgets the misses of a dossier of one's own unit, so that its phone proves it again."""
    codes = find_codes(incoming.text)
    if not codes:
        return Step(Idle(), (Outgoing(texts.reopen_which()),))
    code = codes[0]
    unit = await _unit_of(code, desk)
    own = [each for each in roles if office_of(each.unit, desk).code == unit]
    if not own:
        return Step(Idle(), (Outgoing(texts.reopen_not_yours(code.printed)),))
    official = next((each for each in own if each.role in MAY_REOPEN), None)
    if official is None:
        return Step(Idle(), (Outgoing(texts.reopen_role(code.printed)),))
    effects = (Reopened(code.canonical), Audited(official.id, "reopen", official.unit, code.canonical))
    return Step(Idle(), (Outgoing(texts.reopened(code.printed)),), effects)


async def _unit_of(code: DossierCode, desk: Desk) -> str:
    """Whose dossier it is: as the backend told it, else by the code itself."""
    seen = await desk.records.last_seen(code.canonical)
    if seen is not None and seen.dossier is not None:
        return office_of(seen.dossier.unit, desk).code
    return office_of(code.unit, desk).code


def menu() -> tuple[Choice, ...]:
    """What officials pick from."""
    return (Choice(texts.label_this_week(), "week this"), Choice(texts.label_last_week(), "week last"))
