"""Whether the machine itself was of help: asked apart from any rating of a desk, and counted apart.

Only who says thanks is asked, by two choices that may be left alone. Nothing of it is a rating: it stands in no digest;
officials read it above the questions that the machine could not answer.
"""

from __future__ import annotations

from handlers import ways_on
from handlers.desk import Conversation, Desk, Step
from handlers.effects import MachineJudged
from handlers.locating import unit_of
from handlers.messages import Choice, Outgoing
from handlers.states import Idle
from handlers.texts import greeting as texts

YES, NO = "machine yes", "machine no"


def thanks() -> Step:
    """The answer to thanks, with the question."""
    picks = (Choice(texts.label_helped(), YES), Choice(texts.label_not_helped(), NO))
    return Step(Idle(), (Outgoing(texts.thanks(), picks),))


def say_code(conversation: Conversation, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours, counted once: only while it is the newest that was offered."""
    pressed = " ".join(words)
    if pressed not in (YES, NO) or all(choice.says != pressed for choice in conversation.offered):
        return None
    judged = MachineJudged(unit_of(conversation, desk).code, pressed == YES)
    said, way_on = (texts.helped(), ways_on.ask()) if judged.helped else (texts.not_helped(), ways_on.person())
    return Step(Idle(), (Outgoing(said, (way_on,)),), (judged,))
