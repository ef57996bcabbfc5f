"""Choosing one's own case: the few questions of a procedure's guide, one tap each, to a list of papers of one's own.

Every choice carries all answers so far ("guide 1.001193 9ad6 12"), so an old button is simply what it says, and
nothing has to be remembered until there is a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from handlers.answers import asking, grieving
from handlers.desk import Conversation, Desk, Step, Topic
from handlers.greeting import place_of
from handlers.guides.guiding import stale
from handlers.memory import Checklist
from handlers.messages import Choice, Outgoing
from handlers.reading.intents import About
from handlers.reading.picking import FILLERS, pick
from handlers.states import Idle
from handlers.texts import asking as asking_texts
from handlers.texts import gathering as texts
from handlers.texts.format import numbered, shortened
from procedures.finding.fold import syllables
from procedures.guides.guide import Guide, Path
from procedures.procedure import Procedure

UNSURE = re.compile(r"(?:khong|ko|k|hong|chua) (?:biet|ro|chac|nho|hieu)|^chiu$")
TICKED = re.compile(r"^(?:\w+ ){0,3}(?:da co|co san|co du|du roi|chua co|con thieu)\b|\b(?:co|du) (?:\w+ ){1,5}roi$")
ASKS = frozenset(("gi", "sao", "dau", "nao", "ai", "may", "nhieu", "hay"))
"""A word of these makes it a question of its own, not an answer."""
LONGEST_ANSWER = 8
"""Syllables."""


class Walk(Struct, frozen=True):
    """A procedure's guide, and where the answers lead."""

    procedure: Procedure
    guide: Guide
    answers: str
    path: Path

    @property
    def checklist(self) -> Checklist:
        """The list at the end, with nothing ticked."""
        return Checklist(self.procedure.code, self.answers, self.guide.print)


def walk(desk: Desk, code: str, print: str | None = None, answers: str = "") -> Walk | None:
    """Where the answers lead today; None where there is no such guide, or it was another when they were given."""
    procedure = desk.catalog.by_code(code)
    if procedure is None or procedure.guide is None or print not in (None, procedure.guide.print):
        return None
    path = procedure.guide.follow(answers)
    return None if path is None else Walk(procedure, procedure.guide, answers, path)


def code(word: str, checklist: Checklist, *more: int) -> str:
    """What a choice about a list says: "sheet 1.001193 9ad6 12", "have 1.001193 9ad6 12 3"."""
    return " ".join((word, checklist.procedure, checklist.print, checklist.answers, *map(str, more)))


def ask(here: Walk, conversation: Conversation, desk: Desk, *, unsure: bool = False, too_soon: bool = False) -> Step:
    """The next question, or the answer about the other procedure that it is about after all. ``too_soon``: a paper was
    said to be there before there is a list to tick it off."""
    if here.path.procedure is not None:
        return _other(here.path.procedure, conversation, desk)
    question = here.path.asks
    assert question is not None
    labels = [answer.label for answer in question.answers]
    choices = tuple(
        Choice(shortened(label), _code(here, f"{here.answers}{n}"), str(n)) for n, label in enumerate(labels, 1)
    )
    if unsure:
        text = texts.unsure(question.ask, numbered(labels), place_of(conversation, desk).phone)
    else:
        text = texts.question(here.procedure.plain, question.ask, numbered(labels), first=not here.answers)
    if too_soon:
        text = texts.too_soon(question.ask, numbered(labels))
    if grieving.condoles(here.procedure, conversation, desk):
        text = f"{asking_texts.condolence()}\n{text}"
    topic = Topic(here.procedure.code, here.path.case, conversation.topic.dossier)
    return Step(Idle(), (Outgoing(text, (*choices, *_beside(here))),), topic=topic)


def begin(procedure: Procedure, conversation: Conversation, desk: Desk, *, changed: bool = False) -> Step:
    """The first question; everything about the procedure where it has none. ``changed``: answers were lost."""
    here = walk(desk, procedure.code)
    if here is None:
        return asking.about(conversation, desk, About(procedure.code))
    step = ask(here, conversation, desk)
    if not changed:
        return step
    said = step.say[0]
    return Step(step.state, (Outgoing(f"{texts.changed()}\n{said.text}", said.choices),), topic=step.topic)


def again(code: str, conversation: Conversation, desk: Desk) -> Step:
    """The tree is another one than when the answers were given, or gone."""
    procedure = desk.catalog.by_code(code)
    return stale(desk) if procedure is None else begin(procedure, conversation, desk, changed=True)


def read(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The answer that is typed in other words: "không có" for "Không", "bệnh viện" for "Bệnh viện, trạm y tế"."""
    found = [] if _says_unsure(text) else _meant(text, offered)
    return found[0] if len(found) == 1 else None


def is_unsure(text: str, offered: Sequence[Choice]) -> bool:
    """ "không biết", "chưa rõ", or words that could be two of the answers."""
    return _says_unsure(text) or (len(_meant(text, offered)) > 1 and pick(text, offered) is None)


def _says_unsure(text: str) -> bool:
    words = syllables(text)
    return len(words) <= LONGEST_ANSWER and UNSURE.search(" ".join(words)) is not None


def _meant(text: str, offered: Sequence[Choice]) -> list[Choice]:
    """The answers that the text could mean."""
    answers = [choice for choice in offered if choice.key is not None and choice.says.startswith("guide ")]
    words = [word for word in syllables(text) if word not in FILLERS]
    if not words or len(words) > LONGEST_ANSWER or not ASKS.isdisjoint(words):
        return []
    return [choice for choice in answers if _means(words, syllables(choice.label))]


def ticked_too_soon(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """The same question again to who says already which papers are there: "có tờ khai rồi"."""
    here = asked_now(conversation, desk)
    if here is None or TICKED.search(" ".join(syllables(text))) is None or len(syllables(text)) > LONGEST_ANSWER:
        return None
    return ask(here, conversation, desk, too_soon=True)


def asked_now(conversation: Conversation, desk: Desk) -> Walk | None:
    """The question on offer, None where something else is."""
    first = next((choice.says for choice in conversation.offered if choice.key is not None), "")
    match first.split(" "):
        case ["guide", procedure, print, answers]:
            return walk(desk, procedure, print, answers[:-1])
        case _:
            return None


def _means(words: list[str], label: list[str]) -> bool:
    return words[: len(label)] == label or label[: len(words)] == words


def _code(here: Walk, answers: str) -> str:
    return f"guide {here.procedure.code} {here.guide.print} {answers}" if answers else f"guide {here.procedure.code}"


def _beside(here: Walk) -> tuple[Choice, ...]:
    if here.answers:
        return (Choice(texts.label_back(), _code(here, here.answers[:-1])),)
    if len(here.procedure.cases) > 1:
        return (Choice(texts.label_all_cases(), f"cases {here.procedure.code}"),)
    return ()


def _other(code: str, conversation: Conversation, desk: Desk) -> Step:
    step = asking.about(conversation, desk, About(code))
    procedure = desk.catalog.by_code(code)
    if procedure is None:
        return step
    return Step(step.state, (Outgoing(texts.other(procedure.plain)), *step.say), topic=step.topic)
