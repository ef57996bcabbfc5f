"""What writing to citizens costs where a channel takes money for it: a week, the month, and its cap.

For the officials of the unit whose desk this is. From a citizen "chi phí tuần này" is a question like any other.
"""

from __future__ import annotations

import re

from handlers.authority import May, grant_for
from handlers.desk import Conversation, Desk, Step
from handlers.effects import Audited
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked
from handlers.states import Idle
from handlers.texts import costing as texts
from handlers.texts import reporting
from procedures.finding.fold import syllables
from ratings.week import Week

_ASKED = re.compile(
    r"(?:(?:cho|xem|gui|bao cao|toi|minh|em|anh|chi) )*(?:chi phi|tien)(?: (?:gui|nhan))?(?: (?:tin|tin nhan|zalo))*"
    r"(?: (?:tuan|thang))?(?: (?:nay|(?P<last>truoc|roi|qua|vua roi)))?(?: (?:la|het))?(?: bao nhieu)?"
)


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """An official's words ("chi phí tuần này", "/chiphi tuần trước"); None where they are something else."""
    said = " ".join(syllables(re.sub(r"^\s*/chiphi(?:@\w+)?", "chi phí ", text, flags=re.IGNORECASE)))
    found = _ASKED.fullmatch(said)
    return None if found is None else await _answer(conversation, incoming, desk, text, last=found["last"] is not None)


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "costs this", "costs last"; None where it is none."""
    match words:
        case ("costs", "this" | "last" as which):
            return await _answer(conversation, incoming, desk, "/chiphi", last=which == "last")
        case _:
            return None


async def _answer(conversation: Conversation, incoming: Incoming, desk: Desk, text: str, *, last: bool) -> Step | None:
    roles = await desk.records.officials()
    if not roles:
        return Step(Idle(), (Outgoing(reporting.only()),)) if text.lstrip().startswith("/") else None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(reporting.group()),))
    grant = grant_for(roles, May.READ_COSTS, desk.rules.unit, desk)
    if grant is None:
        return Step(Idle(), (Outgoing(texts.other_unit(desk.offices.unit(desk.rules.unit).name)),))
    week = Week.of(desk.now).previous() if last else Week.of(desk.now)
    read = Audited(grant.official.id, "costs", grant.unit.code, str(week))
    cap = desk.rules.monthly_cap
    if cap is None:
        return Step(Idle(), (Outgoing(texts.nothing_costs()),), (read,))
    costs = await desk.records.costs(week)
    pick = (Choice(texts.label_this_week(), "costs this") if last else Choice(texts.label_last_week(), "costs last"),)
    return Step(Idle(), (Outgoing(marked(texts.costs(week, costs, cap), desk), pick),), (read,))
