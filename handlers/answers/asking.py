"""Asking: a question becomes an answer, a question back with at most three choices, or an honest "not understood".

What was spoken of last is the topic, so that "còn lệ phí?" has an answer. Twice not understood in a row ends with a
person's phone and hours, never with a third try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from handlers import ways_on
from handlers.answers import continuing, grieving, staying
from handlers.answers.answering import ABSENT, Asked, answer, choices_after, details, not_this, unsure, validity
from handlers.answers.refusing import (
    Refusal,
    another_body,
    done_by,
    listed,
    not_listed,
    reason,
    refuse,
    unknown_code,
)
from handlers.desk import Conversation, Desk, Step, Topic
from handlers.greeting import place_of
from handlers.guides.guiding import case_named, stale
from handlers.listing import Option, keyed
from handlers.locating import unit_of
from handlers.messages import Choice, Outgoing
from handlers.officials import learning
from handlers.reading.addressing import without_greeting
from handlers.reading.door import holds_masked, without_masks
from handlers.reading.intents import About, is_code
from handlers.states import Idle
from handlers.texts import asking as texts
from handlers.texts import common, greeting, hiding
from handlers.texts.format import FIRST_LIMIT, numbered, shortened
from offices.unit import Unit
from procedures.finding.facets import Facet, facets
from procedures.finding.fold import syllables
from procedures.local import Fact
from procedures.national.listed import Findable, Listed, agencies
from procedures.procedure import Procedure
from procedures.search import ELSEWHERE, FOUND, Answer, Ask, Hit, Unknown
from procedures.validity import in_force, is_foreign, is_in_force

MOST_OTHERS = 3
MOST_ASKED = 4
LONGEST_OPTION = 70
"""Characters of a listed name among others to choose from."""
MOST_ABOVE = 5
"""Units one above the other, at most."""


def prompt() -> Step:
    """ "Hỏi thủ tục": what for, for whom?"""
    return Step(Idle(), (Outgoing(texts.prompt(), (_by_field(),)),))


def question(conversation: Conversation, desk: Desk, text: str) -> Step:
    """The answer to free text."""
    step = _with_untold(_question(conversation, desk, text), text, conversation, desk)
    step = grieving.with_condolence(step, text, conversation, desk)
    return grieving.with_help_for_a_child(step, text, place_of(conversation, desk).phone)


def _with_untold(step: Step, text: str, conversation: Conversation, desk: Desk) -> Step:
    """An answer about a procedure begins with what its facts do not hold, where that was asked: by when one has to go,
    or that its source does not tell. Only condolence stands before it."""
    code = None if step.topic is None else step.topic.procedure
    procedure = None if code is None else desk.catalog.by_code(code)
    if procedure is None or not step.say:
        return step
    what, told = continuing.untold(text), None
    if continuing.of_a_deadline(text):
        what, told = "fact.deadline", continuing.deadline_of(procedure)
    if what is None:
        return step
    lead, rest = grieving.split(step.say[0].text)
    told = told or texts.no_fact_short(what, place_of(conversation, desk).phone)
    return replace(step, say=(replace(step.say[0], text=f"{lead}{told}\n{rest}"), *step.say[1:]))


def _question(conversation: Conversation, desk: Desk, text: str) -> Step:
    masked, text = holds_masked(text), without_masks(text)
    if masked and not syllables(text):
        return refuse(Refusal.PERSONAL, conversation, desk, masked=True)
    text = without_greeting(text)
    asked = wanted(text)
    topic = _topic_of(conversation, desk)
    tells_of_a_death = grieving.speaks_of_a_death(text)
    if not tells_of_a_death and (meant := continuing.asks_of_what_was_said(text, asked)):
        if offered := continuing.still_open(conversation, desk):
            after = continuing.left_over(conversation)
            return _which(offered, meant, after, conversation, desk, only=meant[0] if len(meant) == 1 else None)
        if topic is not None and continuing.of_less_to_pay(text):
            return _whole(Asked(topic, (), conversation.topic.case), Facet.FEE, conversation, desk)
        if topic is not None:
            return _answered(Asked(topic, meant, conversation.topic.case), conversation, desk)
        if meant == asked:
            return Step(Idle(), (Outgoing(texts.which_first(), (_by_field(),)),))
    if topic is not None and continuing.of_another_person(text):
        return _stands_in(Asked(topic, (), conversation.topic.case), conversation, desk)
    further = None if topic is None else continuing.of_a_variant(text, topic, desk)
    if further is not None:
        return _found(further, asked, text, (topic.code,) if topic else (), conversation, desk)
    if (body := another_body(text)) is not None:
        return done_by(body, conversation, desk)
    decision = desk.index.decide(grieving.in_plain_words(text))
    is_new = tells_of_a_death or learning.is_again(text, conversation, desk)
    offered = [] if is_new else continuing.still_open(conversation, desk)
    first = next((each for each in offered if isinstance(each, Procedure)), None)
    if first is not None and staying.stays(text, first, decision, desk):
        return _narrowed(offered, asked, text, conversation, desk)
    if topic is not None and not offered and not tells_of_a_death and staying.stays(text, topic, decision, desk):
        return _staying(topic, asked, text, conversation, desk)
    if isinstance(decision, Answer) and decision.rest:
        doubtful = _is_doubtful(decision.hit.procedure, text, conversation, desk)
        decision = Ask((*decision.rest[:2], decision.hit), decision.rest[2:]) if doubtful else decision
    if isinstance(decision, Answer):
        return _found(decision.hit.procedure, asked, text, _codes(decision.rest), conversation, desk)
    own = None if topic is None or _is_another(decision, topic) else case_named(topic, text)
    if topic is not None and own is not None:
        return _answered(Asked(topic, asked, own.key), conversation, desk)
    match decision:
        case Ask(hits, rest, elsewhere):
            known = [desk.national[code] for code in elsewhere if code in desk.national]
            found = grieving.living_first([*known, *(hit.procedure for hit in hits)], text)
            step = _which(found, asked, _codes(rest), conversation, desk)
            step = grieving.with_condolence_over(found, step, text, conversation, desk)
            return learning.left_open(step, text, learning.ASKED_BACK, conversation, desk)
        case Unknown(kind, elsewhere, is_sure) if known := [
            desk.national[code] for code in elsewhere if code in desk.national
        ]:
            if not is_sure or len(set(map(agencies, known))) > 1:
                step = _which(known, asked, (), conversation, desk)
            else:
                others = (*(each.code for each in known[1:]), *_codes(desk.index.search(text)))
                step = listed(known[0], conversation, desk, others[:MOST_OTHERS])
            return learning.left_open(step, text, Refusal.ELSEWHERE.value, conversation, desk)
        case Unknown(kind):
            if topic is not None and kind != ELSEWHERE and (kin := continuing.kin(text, topic, desk)):
                return _which(kin, asked, (), conversation, desk)
            why = Refusal.PERSONAL if masked else reason(kind, text)
            step = refuse(why, conversation, desk, masked=masked)
            return step if why in learning.NOT_KEPT else learning.left_open(step, text, why.value, conversation, desk)


def _staying(topic: Procedure, asked: tuple[Facet, ...], text: str, conversation: Conversation, desk: Desk) -> Step:
    """The answer to a few words about what was spoken of: a fact, a case, a condition, or that it is not certain."""
    own = case_named(topic, text)
    case = conversation.topic.case if own is None else own.key
    asked = staying.meant(text) or (asked if staying.asks_a_fact(text, topic) else ())
    if own is not None or asked or continuing.of_a_deadline(text):
        return _answered(Asked(topic, asked, case), conversation, desk)
    misses = conversation.state.misses if isinstance(conversation.state, Idle) else 0
    local = as_shown(Asked(topic, (), case), conversation, desk)
    if misses or local is None:
        step = refuse(Refusal.UNCLEAR, conversation, desk)
    else:
        told = unsure(local, place_of(conversation, desk), conditions=staying.asks_whether(text))
        step = Step(Idle(1), (told,), topic=_topic(local, conversation))
    return learning.left_open(step, text, Refusal.UNCLEAR.value, conversation, desk)


def _narrowed(
    offered: Sequence[Findable], asked: tuple[Facet, ...], text: str, conversation: Conversation, desk: Desk
) -> Step:
    """The answer to a few words about what was asked back: read together with the question before, of the only one that
    was offered; else the same list again, once."""
    before = conversation.state if isinstance(conversation.state, Idle) else Idle()
    both = f"{before.asked} {text}"
    decision = desk.index.decide(both) if before.asked else Unknown()
    alone = offered[0].code if len(offered) == 1 else None
    if isinstance(decision, Answer) and decision.hit.procedure.code == alone:
        return _found(decision.hit.procedure, asked, both, _codes(decision.rest), conversation, desk)
    if before.misses:
        step = refuse(Refusal.UNCLEAR, conversation, desk)
    else:
        meant = staying.meant(text) or asked
        only = meant[0] if len(meant) == 1 else None
        step = _which(offered, meant, continuing.left_over(conversation), conversation, desk, only=only)
        step = replace(step, state=Idle(1, before.asked))
    return step


def _is_doubtful(found: Findable, text: str, conversation: Conversation, desk: Desk) -> bool:
    """Whether another one may be meant, however near this one is: another province decided it, and who asks here may
    as well mean what holds in the whole country; or it is too late for it."""
    if grieving.is_too_late(found, text):
        return True
    return isinstance(found, Procedure) and is_foreign(found, _names_above(unit_of(conversation, desk), desk))


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
    case = grieving.inherited(found, text) or case_named(found, text)
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
    return _whole(asked, meant.part, conversation, desk, meant.page)


def _whole(asked: Asked, part: Facet, conversation: Conversation, desk: Desk, page: int = 1) -> Step:
    """Everything about one facet, a page of it."""
    local = as_shown(asked, conversation, desk)
    if local is None:
        return silent(asked, conversation, desk)
    said = details(local, part, page, place_of(conversation, desk))
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
    if continuing.of_validity(text) or continuing.of_a_deadline(text):
        found = tuple(facet for facet in found if facet is not Facet.TIME)
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
    condole = grieving.condoles(asked.procedure, conversation, desk)
    room = FIRST_LIMIT - _said_to_the_new(conversation, desk)
    said = answer(local, place, condole=condole, others=others, room=room)
    return Step(Idle(), (said,), topic=_topic(asked, conversation))


def _stands_in(asked: Asked, conversation: Conversation, desk: Desk) -> Step:
    """What the source says of somebody else who goes; that it says nothing, where it does."""
    local = as_shown(asked, conversation, desk)
    if local is None:
        return silent(asked, conversation, desk)
    place, procedure = place_of(conversation, desk), local.procedure
    papers, told = continuing.stands_in(local)
    lines = [texts.elsewhere(procedure.elsewhere)] if procedure.elsewhere else []
    lines += texts.stands_in(procedure.plain, papers, told, place.phone)
    lines += validity(procedure, place)
    ways = choices_after(local, shown=(), left=())
    return Step(Idle(), (Outgoing("\n".join(lines), ways),), topic=_topic(asked, conversation))


def _which(
    found: Sequence[Findable],
    asked: tuple[Facet, ...],
    others: Sequence[str],
    conversation: Conversation,
    desk: Desk,
    again: bool = False,
    only: Facet | None = None,
) -> Step:
    """Which of at most three? What was asked of it is remembered in the choice's code; ``only``: named, as it came
    while the same list was open."""
    word = "+".join(("about", *(facet.value for facet in asked[:MOST_ASKED])))
    options = [Option(each.plain or shortened(each.name, LONGEST_OPTION), f"{word} {each.code}") for each in found]
    lines = numbered(option.name for option in options)
    if again or (len(options) == 1 and only is None):
        text = texts.others(lines) if len(options) > 1 else texts.is_it(lines)
    else:
        text = texts.clarify(lines, None if only is None else ABSENT[only])
    refuse = not_this(others, key="0")
    return Step(Idle(), (Outgoing(text, (*keyed(options), refuse)),))


def _codes(hits: Iterable[Hit[Findable]], but: Findable | None = None) -> tuple[str, ...]:
    """The codes of what may be offered instead, as many as fit."""
    found = (hit.procedure.code for hit in hits if but is None or hit.procedure.code != but.code)
    return tuple(filter(is_code, found))[:MOST_OTHERS]


def _is_another(decision: Ask[Findable] | Unknown, topic: Procedure) -> bool:
    """Whether a question that is asked back about begins a new subject: a word of it may name a case of the old one."""
    if isinstance(decision, Unknown) or decision.hits[0].score < continuing.SUREST_FURTHER:
        return False
    return all(hit.procedure.code != topic.code for hit in decision.hits)


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
