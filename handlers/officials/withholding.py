"""Words that may accuse somebody: read by the level above the unit they speak of, by nobody else, each reading noted.

The citizen was told that the machine takes no accusations and where the three ways lead (``explaining.py``). Neither a
procedure nor a day stands beside the words, only the unit and the month, and they are read a week late, those of a week
together: who looks every day does not learn on which one was written.
"""

from __future__ import annotations

import re

from handlers.authority import May, grant_for, granted, in_office
from handlers.desk import Conversation, Desk, Official, Step
from handlers.effects import Audited
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked
from handlers.states import Idle
from handlers.texts import hiding as texts_of_roles
from handlers.texts import withholding as texts
from handlers.texts.format import shortened
from procedures.finding.fold import SYLLABLE, syllables
from ratings.themes import readable_until

MOST = 5
"""Remarks of one answer."""
MOST_UNITS = 24
_ASKED = re.compile(
    r"(?:(?:cho|xem|xin) )*(?:cac |nhung )?loi (?:nhan )?(?:duoc |bi )?giu(?: lai| rieng)?(?: (?:cua|ve|o))?"
)
_PAGE = re.compile(r"p[1-9]\d{0,2}")


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """ "lời giữ lại Đồng Sậy", "/loigiu": an official's words; None where they are something else."""
    command = text.lstrip().startswith("/")
    spelled = re.sub(r"^\s*/loigiu(?:@\w+)?", "lời giữ lại ", text, flags=re.IGNORECASE)
    found = _ASKED.match(" ".join(syllables(spelled)))
    if found is None:
        return None
    ends = [each.end() for each in SYLLABLE.finditer(spelled)]
    rest = spelled[ends[len(found[0].split()) - 1] :].strip(" :,.")
    roles = await in_office(conversation, incoming, desk, asked=command)
    if roles is None or isinstance(roles, Step):
        return roles
    named = desk.offices.by_code(rest) or desk.offices.by_name(rest) if rest else None
    if rest and named is None:
        return Step(Idle(), (Outgoing(texts.no_such_unit()),))
    return await _answer(desk, roles, None if named is None else named.code, 1)


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "held UNIT", "held UNIT p2"; None where it is none."""
    match words:
        case ("held", unit):
            page = 1
        case ("held", unit, typed) if _PAGE.fullmatch(typed):
            page = int(typed[1:])
        case _:
            return None
    roles = await in_office(conversation, incoming, desk)
    if roles is None or isinstance(roles, Step):
        return roles
    return await _answer(desk, roles, unit, page)


async def _answer(desk: Desk, roles: tuple[Official, ...], unit: str | None, page: int) -> Step:
    grants = granted(roles, May.READ_HELD, desk)
    if not grants:
        return Step(Idle(), (Outgoing(texts_of_roles.not_your_role(roles[0].role)),))
    if unit is None:
        picks = (Choice(shortened(each.unit.short), f"held {each.unit.code}") for each in grants[:MOST_UNITS])
        return Step(Idle(), (Outgoing(texts.which(), tuple(picks)),))
    grant = grant_for(roles, May.READ_HELD, unit, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(texts_of_roles.other_unit(desk.offices.unit(unit).name)),))
    # one more than is shown says whether there is a further page
    found = await desk.records.withheld(unit, readable_until(desk.now), MOST + 1, (page - 1) * MOST)
    lines = [texts.remark(each.month, each.words) for each in found[:MOST]]
    further = (Choice(texts.label_more(), f"held {unit} p{page + 1}"),) if len(found) > MOST else ()
    text = "\n".join((texts.head(grant.unit.name, len(lines)), *lines, texts.what_it_is()))
    read = Audited(grant.official.id, "read held remarks", unit, f"page {page}, {len(lines)} remarks")
    return Step(Idle(), (Outgoing(marked(text, desk), further),), (read,))
