"""The head of a unit is told that several citizens gave one or two stars: no number, no procedure, no day."""

from __future__ import annotations

from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.effects import Audited
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import marked
from handlers.officials.telling import tell
from handlers.texts import reporting as texts
from ratings.week import Week

HEADS = frozenset({"head"})


def event_of(unit: str, week: Week) -> str:
    """The id of the event that tells a unit's head, once a week."""
    return f"low:{unit}:{week}"


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The word to the head; silent for who is none any more, and once the week is over. None for another event."""
    week = Week.of(desk.now)

    async def said(head: Official) -> Step:
        text = marked(texts.low_scores(desk.offices.unit(head.unit).name), desk)
        told = Outgoing(text, (Choice(texts.label_last_week(), "week last"),), purpose=Purpose.DIGEST)
        return Step(conversation.state, (told,), (Audited(head.id, "told of low scores", head.unit, str(week)),))

    return await tell(conversation, incoming, desk, name="low", now=week, roles=HEADS, said=said)
