"""The single entry of the conversation: one message or event in, one decision out.

::

    an event ─▶ tracking, rating
    no text  ─▶ one answer with a way on
    a text   ─▶ a cry for help, a person, a command
              ─▶ the state's own reading ("5" while stars are asked)
              ─▶ the choices on offer, by code, key, label or position
              ─▶ what is wanted (reading/intents.py): codes, wishes, talk, a question

Pure decision: it reads through ``desk`` and returns a Step; running it again changes nothing.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from handlers import greeting, joining, locating, wishes
from handlers.answers import asking
from handlers.answers.refusing import Refusal, refuse
from handlers.desk import Conversation, Desk, Later, Step
from handlers.dossiers import calling, collecting, reaching, tracking, wondering
from handlers.guides import choosing, gathering, guiding
from handlers.messages import Choice, Incoming, Kind
from handlers.officials import (
    becoming,
    costing,
    extending,
    hiding,
    mending,
    morning,
    postponing,
    reporting,
    warning,
    withholding,
)
from handlers.rated import judging, rating, slips
from handlers.reading import addressing, links
from handlers.reading.door import holds_masked
from handlers.reading.intents import (
    About,
    Cases,
    Chat,
    Codes,
    Fields,
    InField,
    Intent,
    Invitation,
    JoinCode,
    More,
    OfficialWords,
    Others,
    Pressed,
    Question,
    Receipt,
    ResultSlip,
    Start,
    Wants,
    Wish,
    WrongSlip,
    is_pressed,
    understand,
)
from handlers.reading.nodding import settled
from handlers.reading.picking import pick
from handlers.reading.small_talk import Talk
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import greeting as greeting_texts
from onestop.code import find_codes

CAPTIONED = (Kind.PHOTO, Kind.FILE, Kind.VOICE, Kind.OTHER)
"""Kinds whose words are worth an answer; what was sent along is not looked at."""


async def respond(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    """The decision for one message: at least one answer. An event may be put off, or need no words."""
    if incoming.kind is Kind.EVENT:
        step: Step | Later = (
            await tracking.event(conversation, incoming, desk)
            or await collecting.event(conversation, incoming, desk)
            or await extending.event(conversation, incoming, desk)
            or await rating.event(conversation, incoming, desk)
            or await reporting.event(conversation, incoming, desk)
            or await warning.event(conversation, incoming, desk)
            or await morning.event(conversation, incoming, desk)
            or await joining.event(conversation, incoming, desk)
            or Step(conversation.state)
        )
    else:
        step = await _answered(conversation, incoming, desk)
    return step if isinstance(step, Later) else await _in_kind(step, conversation, incoming, desk)


async def _answered(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    if incoming.kind is Kind.TEXT or (incoming.kind in CAPTIONED and incoming.text.strip()):
        step = await _text(conversation, incoming, desk)
    else:
        gave = await reaching.given(conversation, desk) if incoming.kind is Kind.CONTACT else None
        step = gave or greeting.media(incoming.kind, conversation, desk)
    return step if isinstance(step, Later) else _finished(step, conversation, incoming, desk)


async def _text(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    if (named := await calling.typed(conversation, incoming, desk)) is not None:
        return named
    intent = understand(incoming.text, conversation)
    if not _comes_first(intent, incoming.text):
        answered = (
            await tracking.in_state(conversation, incoming, desk)
            or await calling.in_state(conversation, incoming, desk)
            or await rating.in_state(conversation, incoming, desk)
            or await slips.in_state(conversation, incoming, desk)
            or await joining.in_state(conversation, incoming, desk)
            or locating.in_state(conversation, incoming, desk)
        )
        if answered is not None:
            return answered
        if (told := _told_of_papers(incoming.text, conversation, desk)) is not None:
            return told
        missing = intent == Wants(Wish.NOT_RECEIVED)  # told on first, where a result was handed over
        if not missing and (stands := await wondering.typed(conversation, incoming, desk)) is not None:
            return stands
        picked = None if is_pressed(incoming.text) else _picked(incoming.text, conversation)
        if picked is not None:
            incoming = replace(incoming, text=picked.says)
            intent = understand(picked.says, conversation)
        elif (again := choosing.ticked_too_soon(incoming.text, conversation, desk)) is not None:
            return again
    return await _meant(intent, conversation, incoming, desk)


def _told_of_papers(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """The answer to a question of a guide that is not known, or to a paper that is said to be there."""
    if is_pressed(text):
        return None
    here = choosing.asked_now(conversation, desk) if choosing.is_unsure(text, conversation.offered) else None
    if here is not None:
        return choosing.ask(here, conversation, desk, unsure=True)
    return gathering.typed(text, conversation, desk)


def _picked(text: str, conversation: Conversation) -> Choice | None:
    offered = conversation.offered
    return pick(text, offered) or choosing.read(text, offered) or settled(text, offered)


def _comes_first(intent: Intent, text: str) -> bool:
    """What is answered whatever was asked: a cry for help, a person, a command."""
    match intent:
        case Chat(Talk.EMERGENCY | Talk.CRISIS) | Start() | Receipt() | ResultSlip() | JoinCode():
            return True
        case Wants(Wish.PERSON):
            return True
        case _:
            return text.lstrip().startswith("/")


async def _meant(intent: Intent, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    match intent:
        case Wants(wish):
            return await wishes.answer(wish, conversation, incoming, desk)
        case Start(payload):
            return await _started(payload, conversation, incoming, desk)
        case Receipt(hashed):
            return await tracking.scanned(conversation, incoming, desk, hashed)
        case WrongSlip():
            return slips.mistyped()
        case ResultSlip():
            return await slips.shown(conversation, incoming, desk, intent)
        case About():
            return asking.about(conversation, desk, intent)
        case Cases(procedure, page):
            found = desk.catalog.by_code(procedure)
            return guiding.stale(desk) if found is None else guiding.cases(found, page, conversation)
        case Fields(page):
            return guiding.fields(page, desk)
        case InField(field, page):
            return guiding.in_field(field, page, desk)
        case Others(procedures):
            return asking.others(conversation, desk, procedures)
        case More(first):
            return guiding.more(first, conversation, desk)
        case Pressed(words):
            return (
                await tracking.say_code(conversation, incoming, desk, words)
                or await calling.say_code(conversation, incoming, desk, words)
                or await rating.say_code(conversation, incoming, desk, words)
                or slips.say_code(words)
                or judging.say_code(conversation, desk, words)
                or locating.say_code(words, desk)
                or await reporting.say_code(conversation, incoming, desk, words)
                or await hiding.say_code(conversation, incoming, desk, words)
                or await costing.say_code(conversation, incoming, desk, words)
                or await withholding.say_code(conversation, incoming, desk, words)
                or await postponing.say_code(conversation, incoming, desk, words)
                or await extending.say_code(conversation, incoming, desk, words)
                or await joining.say_code(conversation, incoming, desk, words)
                or await reaching.say_code(conversation, incoming, desk, words)
                or await gathering.say_code(conversation, desk, words)
                or guiding.stale(desk)
            )
        case Codes(codes):
            return await tracking.found_code(conversation, incoming, desk, codes) or _asked(
                conversation, incoming, desk
            )
        case Invitation():
            return await becoming.code_typed(conversation, incoming, desk) or _asked(conversation, incoming, desk)
        case JoinCode(code):
            return await joining.code_typed(conversation, incoming, desk, code)
        case OfficialWords(text):
            return await _official(text, conversation, incoming, desk)
        case Chat(Talk.INJECTION):
            return refuse(Refusal.HOSTILE, conversation, desk)
        case Chat(talk):
            return greeting.talk(talk, conversation, desk)
        case Question():
            return (
                tracking.mistyped(incoming)
                or await rating.typed(conversation, incoming, desk)
                or locating.typed(incoming.text, conversation, desk)
                or guiding.named_field(incoming.text, desk)
                or gathering.wished(incoming.text, conversation, desk)
                or _asked(conversation, incoming, desk)
            )
        case _:
            assert_never(intent)


async def _official(text: str, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    """An official's words; from a citizen they are a dossier's code or a question like any other."""
    step: Step | Later | None = await hiding.ask(conversation, incoming, desk, text)
    step = step or await costing.ask(conversation, incoming, desk, text)
    step = step or await mending.ask(conversation, incoming, desk, text)
    step = step or await withholding.ask(conversation, incoming, desk, text)
    step = step or await postponing.ask(conversation, incoming, desk, text)
    step = step or await extending.ask(conversation, incoming, desk, text)
    step = step or await reporting.ask(conversation, incoming, desk, text)
    if step is None and (codes := find_codes(text)):
        step = await tracking.found_code(conversation, incoming, desk, codes)
    return step or locating.typed(incoming.text, conversation, desk) or _asked(conversation, incoming, desk)


async def _started(payload: str, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    """The chat is opened: by a printed link at a procedure or a dossier, else with a greeting."""
    if payload:
        if (carried := links.parse(payload)) is not None:
            return gathering.opened(carried, conversation, desk)
        match understand(payload, conversation):
            case (About() | Codes()) as meant:
                return await _meant(meant, conversation, incoming, desk)
            case _:
                pass
    return greeting.hello(conversation, desk, begins=True)


def _asked(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    text = incoming.text.strip()
    return asking.question(conversation, desk, text) if text else greeting.empty()


def _finished(step: Step, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """The Step with what must be said whatever the answer: that it is a machine, what was dropped, demo data."""
    if not step.say:
        return step
    unit = locating.unit_of(conversation, desk)
    text = step.say[0].text
    if incoming.kind in CAPTIONED and incoming.text.strip():
        text = f"{common.caption()}\n{text}"
    if holds_masked(incoming.text) and common.sensitive() not in text:
        text = f"{text}\n{common.sensitive_line()}"
    is_told = text.startswith(greeting_texts.first(unit.name))
    if conversation.version == 0 and not is_told and not _is_urgent(incoming.text, conversation):
        text = f"{greeting_texts.machine(unit.name)}\n{text}"
    names_unit = unit.name in text or (unit.phone is not None and unit.phone in text)
    if unit.demo and names_unit and common.demo_mark() not in text:
        text = f"{text}\n{common.demo()}"
    return replace(step, say=(replace(step.say[0], text=text), *step.say[1:]))


async def _in_kind(step: Step, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """The Step in the words that the citizen uses for themselves. Officials' drafts speak to somebody else."""
    memory = conversation.memory if step.memory is None else step.memory
    typed = incoming.kind is Kind.TEXT and incoming.private and not is_pressed(incoming.text)
    said = addressing.said_of_self(incoming.text) if typed else None
    address = memory.address if said is None else said
    if not address and address == memory.address:
        return step
    if address and await desk.records.officials() and not _is_a_citizens(incoming, conversation):
        return step
    say = tuple(replace(each, text=addressing.addressed(each.text, address)) for each in step.say)
    return replace(step, say=say, memory=replace(memory, address=address))


def _is_a_citizens(incoming: Incoming, conversation: Conversation) -> bool:
    """Whether the message is what anybody asks, so that the answer speaks to whoever wrote it."""
    if incoming.kind is Kind.EVENT or not isinstance(conversation.state, Idle):
        return False
    match understand(incoming.text, conversation):
        case Question() | About() | Cases() | Others() | Fields() | InField() | Chat():
            return is_pressed(incoming.text) or _picked(incoming.text, conversation) is None
        case _:
            return False


def _is_urgent(text: str, conversation: Conversation) -> bool:
    """A cry for help: nothing stands before the numbers to call."""
    match understand(text, conversation):
        case Chat(Talk.EMERGENCY | Talk.CRISIS):
            return True
        case _:
            return False
