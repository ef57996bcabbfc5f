"""Asking: a question becomes an answer, a question back with at most three choices, or an honest "not understood".

What was spoken of last is the topic, so that "còn lệ phí?" has an answer. Twice not understood in a row ends with a
person's phone and hours, never with a third try.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from handlers import learning, ways_on
from handlers.answering import Asked, answer, details, not_this
from handlers.desk import Conversation, Desk, Step, Topic
from handlers.door import holds_masked, without_masks
from handlers.greeting import place_of
from handlers.guiding import case_named, stale
from handlers.intents import About, is_code
from handlers.listing import Option, keyed
from handlers.locating import unit_of
from handlers.messages import Choice, Outgoing
from handlers.refusing import LONGEST_NAME, Refusal, listed, not_listed, reason, refuse, unknown_code
from handlers.said import said
from handlers.states import Idle
from handlers.texts import asking as texts
from handlers.texts import common, greeting, hiding
from handlers.texts.format import FIRST_LIMIT, numbered, shortened
from offices.unit import Unit
from procedures.facets import Facet, facets
from procedures.fold import syllables
from procedures.listed import Findable, Listed
from procedures.local import Fact
from procedures.procedure import Procedure, Tone
from procedures.search import CHOICES, ELSEWHERE, FOUND, Answer, Ask, Hit, Unknown
from procedures.validity import in_force, is_in_force

MOST_OTHERS = 3
MOST_ASKED = 4
MOST_ABOVE = 5
"""Units one above the other, at most."""

LONGEST_FURTHER = 12
"""Syllables of a question about the same matter in another case."""
SUREST_FURTHER = 0.5
"""The least score of the sibling that it means."""
FURTHER = re.compile(
    r"^\s*(?:(?:à|dạ|ừ|vậy|thế|còn|nếu|a|da|u|vay|the|con|neu|trường hợp|truong hop)\s+)+(?=\S)"
    r"|\s+(?:thì|thi)\s+(?:sao|thế nào|the nao|làm sao|lam sao)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
"""What it begins or ends with: "còn người nước ngoài thì sao"."""

OF_A_TOPIC = said().of_a_topic
"""Folded syllables of a question that names no procedure: "thế còn lệ phí bao nhiêu?"."""


def prompt() -> Step:
    """ "Hỏi thủ tục": what for, for whom?"""
    return Step(Idle(), (Outgoing(texts.prompt(), (_by_field(),)),))


def question(conversation: Conversation, desk: Desk, text: str) -> Step:
    """The answer to free text."""
    masked, text = holds_masked(text), without_masks(text)
    if masked and not syllables(text):
        return refuse(Refusal.PERSONAL, conversation, desk, masked=True)
    asked = wanted(text)
    topic = _topic_of(conversation, desk)
    if asked and _names_nothing(text):
        if topic is None:
            return Step(Idle(), (Outgoing(texts.which_first(), (_by_field(),)),))
        return _answered(Asked(topic, asked, conversation.topic.case), conversation, desk)
    further = None if topic is None else _of_a_variant(text, topic, desk)
    if further is not None:
        return _found(further, asked, text, (topic.code,) if topic else (), conversation, desk)
    decision = desk.index.decide(text)
    if isinstance(decision, Answer):
        return _found(decision.hit.procedure, asked, text, _codes(decision.rest), conversation, desk)
    own = None if topic is None or _is_another(decision, topic) else case_named(topic, text)
    if topic is not None and own is not None:
        return _answered(Asked(topic, asked, own.key), conversation, desk)
    match decision:
        case Ask(hits, rest):
            found = [hit.procedure for hit in hits]
            step = _which(found, asked, _codes(rest), conversation, desk)
            return learning.left_open(step, text, learning.ASKED_BACK, conversation, desk)
        case Unknown(kind):
            if topic is not None and kind != ELSEWHERE and (kin := _kin(text, topic, desk)):
                return _which(kin, asked, (), conversation, desk)
            why = Refusal.PERSONAL if masked else reason(kind)
            step = refuse(why, conversation, desk, masked=masked)
            return step if why in learning.NOT_KEPT else learning.left_open(step, text, why.value, conversation, desk)


def _found(
    found: Findable,
    asked: tuple[Facet, ...],
    text: str,
    others: tuple[str, ...],
    conversation: Conversation,
    desk: Desk,
) -> Step:
    """The answer about what a question surely means; ``others``: the codes of what else it could mean."""
    if isinstance(found, Listed):
        return listed(found, conversation, desk, others)
    case = case_named(found, text)
    return _answered(Asked(found, asked, None if case is None else case.key), conversation, desk, others)


def about(conversation: Conversation, desk: Desk, meant: About) -> Step:
    """A procedure by its code: an answer to what was asked of it, or everything about one facet."""
    code, case = meant.procedure, meant.case
    procedure = desk.catalog.by_code(code)
    if procedure is None:
        only_listed = desk.national.get(code)
        return (
            unknown_code(code, conversation, desk) if only_listed is None else listed(only_listed, conversation, desk)
        )
    if case is not None and case not in {each.key for each in procedure.cases}:
        return stale(desk)
    asked = Asked(procedure, meant.asked, case)
    if meant.part is None:
        return _answered(asked, conversation, desk)
    local = as_shown(asked, conversation, desk)
    if local is None:
        return silent(asked, conversation, desk)
    said = details(local, meant.part, meant.page, place_of(conversation, desk))
    return Step(Idle(), (said,), topic=_topic(asked, conversation))


def others(conversation: Conversation, desk: Desk, codes: Sequence[str]) -> Step:
    """ "Không phải": the next likely ones; where there are none, the fields and a person."""
    found = [each for code in codes if (each := desk.catalog.by_code(code) or desk.national.get(code)) is not None]
    if found:
        step = _which(found[:MOST_OTHERS], (), (), conversation, desk, again=True)
    else:
        step = not_listed(conversation, desk)
    return learning.none_of_these(step, conversation, desk)


def not_this_topic(conversation: Conversation, desk: Desk) -> Step:
    """ "không phải" typed where no choice says what else there is: what is named like the last answer."""
    topic = _topic_of(conversation, desk)
    return others(conversation, desk, _codes(desk.index.search(topic.plain, FOUND), topic) if topic else ())


def wanted(text: str) -> tuple[Facet, ...]:
    """The facets asked for; none means an overview. "How" alone is one."""
    found = facets(text)
    if Facet.CONDITIONS in found and "dieu kien" not in " ".join(syllables(text)):
        # "con tôi có được làm không" asks for more than a list of conditions.
        found = tuple(facet for facet in found if facet is not Facet.CONDITIONS)
    return () if found == (Facet.HOW,) else found


def as_shown(asked: Asked, conversation: Conversation, desk: Desk) -> Asked | None:
    """The question about the procedure as this chat's desk shows it; None where its officials hid the whole answer."""
    unit = unit_of(conversation, desk)
    shown = desk.local.shown(unit.code, asked.procedure, desk.today)
    if shown.silent or not is_in_force(asked.procedure, desk.today):
        return None
    own = frozenset(Facet(each.fact.value) for each in shown.sources if each.fact in (Fact.FEE, Fact.TIME))
    holds, withheld = in_force(shown.procedure, desk.today, _names_above(unit, desk), own)
    return replace(asked, procedure=holds, local=shown, withheld=withheld)


def condoles(procedure: Procedure, conversation: Conversation, desk: Desk) -> bool:
    """Whether a line of condolence is due: the first words about a death, once."""
    if procedure.tone is not Tone.GRIEF:
        return False
    spoken_of = _topic_of(conversation, desk)
    return (spoken_of is None or spoken_of.tone is not Tone.GRIEF) and not _condoled(conversation, desk)


def _condoled(conversation: Conversation, desk: Desk) -> bool:
    """Whether the question back that is open began with a line of condolence."""
    first = next((each.says for each in conversation.offered if each.key == "1"), "")
    about, _, code = first.partition(" ")
    offered = desk.catalog.by_code(code) if about.split("+")[0] == "about" else None
    return offered is not None and offered.tone is Tone.GRIEF


def silent(asked: Asked, conversation: Conversation, desk: Desk) -> Step:
    """Nothing of it may be said: its officials hid it, or its page holds no more, or not yet."""
    procedure, phone = asked.procedure, place_of(conversation, desk).phone
    said = f"{texts.title(procedure.plain)}\n{_why_silent(procedure, desk, phone)}"
    return Step(Idle(), (Outgoing(said, (ways_on.person(),)),), topic=_topic(asked, conversation))


def _why_silent(procedure: Procedure, desk: Desk, phone: str | None) -> str:
    if procedure.effective_to is not None and procedure.effective_to < desk.today:
        return f"{texts.ended_on(procedure.effective_to, phone)}\n{texts.source(procedure.code, procedure.source)}"
    if procedure.effective_from is not None and procedure.effective_from > desk.today:
        return f"{texts.not_yet(procedure.effective_from, phone)}\n{texts.source(procedure.code, procedure.source)}"
    return hiding.silent(phone)


def _names_above(unit: Unit, desk: Desk) -> tuple[str, ...]:
    """What the unit and those above it are called: one of them names the province, "tỉnh Lam Châu"."""
    names = [unit.name, *unit.aliases]
    for _ in range(MOST_ABOVE):
        if unit.parent is None:
            break
        unit = desk.offices.unit(unit.parent)
        names += [unit.name, *unit.aliases]
    return tuple(names)


def _answered(asked: Asked, conversation: Conversation, desk: Desk, others: Sequence[str] = ()) -> Step:
    local = as_shown(asked, conversation, desk)
    if local is None:
        return silent(asked, conversation, desk)
    place = place_of(conversation, desk)
    condole = condoles(asked.procedure, conversation, desk)
    lead = _said_to_the_new(conversation, desk)
    said = answer(local, place, condole=condole, others=others, room=FIRST_LIMIT - lead)
    return Step(Idle(), (said,), topic=_topic(asked, conversation))


def _which(
    found: Sequence[Findable],
    asked: tuple[Facet, ...],
    others: Sequence[str],
    conversation: Conversation,
    desk: Desk,
    again: bool = False,
) -> Step:
    """Which of at most three? What was asked of it is remembered in the choice's code."""
    word = "+".join(("about", *(facet.value for facet in asked[:MOST_ASKED])))
    options = [Option(each.plain or shortened(each.name, LONGEST_NAME), f"{word} {each.code}") for each in found]
    lines = numbered(option.name for option in options)
    text = texts.others(lines) if again else texts.clarify(lines)
    grieving = [isinstance(each, Procedure) and condoles(each, conversation, desk) for each in found]
    if not again and grieving[0] and sum(grieving) > 1:
        text = f"{texts.condolence()}\n{text}"
    return Step(Idle(), (Outgoing(text, (*keyed(options), not_this(others, key="0"))),))


def _codes(hits: Iterable[Hit[Findable]], but: Findable | None = None) -> tuple[str, ...]:
    """The codes of what may be offered instead, as many as fit."""
    found = (hit.procedure.code for hit in hits if but is None or hit.procedure.code != but.code)
    return tuple(filter(is_code, found))[:MOST_OTHERS]


def _of_a_variant(text: str, topic: Procedure, desk: Desk) -> Procedure | None:
    """ "người nước ngoài thì sao": the sibling of what was spoken of that this means; None where it is no such
    question, or begins a new subject.
    """
    asked = FURTHER.sub("", unicodedata.normalize("NFC", text))
    if asked == text or len(syllables(text)) > LONGEST_FURTHER or _names_nothing(asked):
        return None
    best = next(iter(desk.index.search(f"{topic.plain} {asked}", 1)), None)
    if best is None or best.score < SUREST_FURTHER or not isinstance(best.procedure, Procedure):
        return None
    meant = best.procedure
    return meant if meant.field == topic.field and meant is not topic else None


def _is_another(decision: Ask[Findable] | Unknown, topic: Procedure) -> bool:
    """Whether a question that is asked back about begins a new subject: a word of it may name a case of the old one."""
    if isinstance(decision, Unknown) or decision.hits[0].score < SUREST_FURTHER:
        return False
    return all(hit.procedure.code != topic.code for hit in decision.hits)


def _kin(text: str, topic: Procedure, desk: Desk) -> list[Findable]:
    """ "còn con tôi 5 tuổi": what it may mean of the field that was spoken of; none where it is no such question."""
    asked = FURTHER.sub("", unicodedata.normalize("NFC", text))
    if asked == text or len(syllables(text)) > LONGEST_FURTHER:
        return []
    found = [hit.procedure for hit in desk.index.search(asked, FOUND)]
    kin = [each for each in found if isinstance(each, Procedure) and each.field == topic.field and each is not topic]
    return [kin[0], topic, *kin[1 : CHOICES - 1]] if kin else []


def _names_nothing(text: str) -> bool:
    return all(word in OF_A_TOPIC for word in syllables(text))


def _said_to_the_new(conversation: Conversation, desk: Desk) -> int:
    """The characters that ``respond`` sets before and after the first answer of a chat."""
    if conversation.version:
        return 0
    unit = unit_of(conversation, desk)
    return len(greeting.machine(unit.name)) + 1 + (len(common.demo()) + 1 if unit.demo else 0)


def _topic_of(conversation: Conversation, desk: Desk) -> Procedure | None:
    code = conversation.topic.procedure
    return None if code is None else desk.catalog.by_code(code)


def _topic(asked: Asked, conversation: Conversation) -> Topic:
    return Topic(asked.procedure.code, asked.case, conversation.topic.dossier)


def _by_field() -> Choice:
    return Choice(common.label_by_field(), "fields")
