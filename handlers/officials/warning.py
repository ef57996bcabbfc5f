"""The head of a unit is told that several citizens gave one or two stars: no number, no procedure, no day."""

from __future__ import annotations

import re

from handlers.desk import Conversation, Desk, Later, Step
from handlers.effects import Audited
from handlers.inviting import waits
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import marked
from handlers.texts import reporting as texts
from ratings.week import Week

_EVENT = re.compile(r"low:(.+):(\d{4}-W\d{2})")
HEAD = "head"


def event_of(unit: str, week: Week) -> str:
    """The id of the event that tells a unit's head, once a week."""
    return f"low:{unit}:{week}"


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The word to the head; silent for who is none any more, and once the week is over. None for another event."""
    found = _EVENT.fullmatch(incoming.id)
    if found is None:
        return None
    roles = await desk.records.officials()
    head = next((role for role in roles if role.unit == found[1] and role.role == HEAD), None)
    if head is None or Week.parse(found[2]) != Week.of(desk.now):
        return Step(conversation.state)
    later = waits(conversation, desk)
    if later is not None:
        return later
    said = texts.low_scores(desk.offices.unit(head.unit).name)
    pick = (Choice(texts.label_last_week(), "week last"),)
    told = Outgoing(marked(said, desk), pick, purpose=Purpose.DIGEST)
    return Step(conversation.state, (told,), (Audited(head.id, "told of low scores", head.unit, found[2]),))
