"""The weekly digest, for officials only: who asks is looked up every time, every reading is written down.

The books of a week close on Monday at 07:00; the first digest read after that is stored and printed ever after. At
07:30 of the week's first working day every official gets that of his unit unasked.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.known import File
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import marked
from handlers.officials import becoming, dating, digesting, filing, morning
from handlers.officials.dating import Asked
from handlers.officials.telling import tell
from handlers.states import Idle
from handlers.texts import reporting as texts
from handlers.texts.format import shortened
from offices.unit import Unit
from procedures.finding.fold import syllables
from ratings.period import Span
from ratings.reports.render import render_text
from ratings.reports.texts import span_name
from ratings.week import Week

MOST_UNITS = 24
_REOPEN = re.compile(r"(?:cho |xin |giup )?mo lai(?: (?:tra|viec tra|tra cuu|ho so|ma|ma ho so|cho dan))*\b")


# --- entry points ----------------------------------------------------------------------------------------------------


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | Later | None:
    """An official's words ("tuần này", "/tuan 2026-W46", "mở lại CODE"); None where they are a citizen's question."""
    command = text.lstrip().startswith("/")
    said = " ".join(syllables(_spelled_out(text)))
    if said.startswith("can bo ma"):
        return await becoming.code_typed(conversation, incoming, desk)
    wants_reopen = _REOPEN.match(said) is not None
    file, without = filing.wanted(said)
    asked = None if wants_reopen else dating.read(without, desk)
    if file is not None and not without:
        asked = Asked(Week.last_closed(desk.now))
    listed = None if wants_reopen else morning.read(said, text)
    if asked is None and listed is None and not wants_reopen and not command:
        return None
    roles = await desk.records.officials()
    if not roles:
        return await becoming.no_role(conversation, incoming, desk, asked_for=command)
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    if wants_reopen:
        return await becoming.reopen(incoming, desk, roles)
    if listed is not None:
        return await morning.answer(listed, desk)
    if asked is None:
        return Step(Idle(), (Outgoing(texts.bad_week(), becoming.menu()),))
    if isinstance(asked, Step):
        return asked
    return await _for_unit(desk, roles, asked, command, file)


def event_of(unit: str, week: Week) -> str:
    """The id of the event that tells a unit's officials of a closed week."""
    return f"digest:{unit}:{week}"


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """Last week's digest, unasked; silent in a later week, and to who is no official of the unit any more."""
    week = Week.last_closed(desk.now)

    async def said(official: Official) -> Step:
        step = await _digest(desk, desk.offices.unit(official.unit), official, week)
        told = tuple(replace(each, purpose=Purpose.DIGEST) for each in step.say)
        return replace(step, state=conversation.state, say=told)

    return await tell(conversation, incoming, desk, name="digest", now=week, roles=None, said=said)


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """A choice of ours: "week this", "week last", "digest 2026-W46 UNIT", "page 2026-W46 UNIT" (the same as PDF),
    "book …" (as XLSX), "chart …" (as PNG); a period stands as ``str`` writes it."""
    if words[0] in ("list", "letters"):
        return await _listed(conversation, incoming, desk, words)
    match words:
        case ("week", "this"):
            asked = Asked(Week.of(desk.now))
        case ("week", "last"):
            asked = Asked(Week.of(desk.now).previous())
        case ("digest", typed) | ("digest" | "page" | "book" | "chart", typed, _):
            try:
                asked = Asked(dating.sensible(typed))
            except ValueError:
                return None
        case _:
            return None
    roles = await desk.records.officials()
    if not roles:
        return await becoming.no_role(conversation, incoming, desk, asked_for=True)
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    if len(words) == 3:
        return await _for_code(desk, roles, asked.span, words[2], None if words[0] == "digest" else File(words[0]))
    return await _for_unit(desk, roles, asked, True)


async def _listed(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of a list of dossiers."""
    if not incoming.private and await desk.records.officials():
        return Step(conversation.state, (Outgoing(texts.group()),))
    return await morning.say_code(words, desk)


# --- which week, which unit ------------------------------------------------------------------------------------------


def _spelled_out(text: str) -> str:
    """A slash command as the words it stands for."""
    spelled = re.sub(r"^\s*/tuan(?:@\w+)?", "tuần ", text, flags=re.IGNORECASE)
    spelled = re.sub(r"^\s*/(thang|quy)(?:@\w+)?", r"\1 ", spelled, flags=re.IGNORECASE)
    spelled = re.sub(r"^\s*/baocao(?:@\w+)?\s*(?:tuần|tuan)?", "tuần ", spelled, flags=re.IGNORECASE)
    spelled = re.sub(r"^\s*/molai(?:@\w+)?", "mở lại ", spelled, flags=re.IGNORECASE)
    return re.sub(r"^\s*/canboma(?:@\w+)?", "cán bộ mã ", spelled, flags=re.IGNORECASE)


async def _for_unit(
    desk: Desk, roles: tuple[Official, ...], asked: Asked, command: bool, file: File | None = None
) -> Step | None:
    """The digest of the unit that is named; where none is named, of one's own, or a choice of them."""
    units = digesting.readable(desk, roles)
    if asked.rest:
        named = desk.offices.by_name(asked.rest) or desk.offices.by_code(asked.rest.replace(" ", "."))
        if named is None:
            return Step(Idle(), (Outgoing(texts.bad_week(), becoming.menu()),)) if command else None
        return await _for_code(desk, roles, asked.span, named.code, file)
    if len(units) == 1:
        return await _digest(desk, units[0][0], units[0][1], asked.span, file)
    word = "digest" if file is None else file.value
    picks = tuple(
        Choice(shortened(unit.short or unit.name), f"{word} {asked.span} {unit.code}") for unit, _ in units[:MOST_UNITS]
    )
    return Step(Idle(), (Outgoing(texts.which_unit(span_name(asked.span)), picks),))


async def _for_code(desk: Desk, roles: tuple[Official, ...], span: Span, code: str, file: File | None = None) -> Step:
    for unit, official in digesting.readable(desk, roles):
        if unit.code == code:
            return await _digest(desk, unit, official, span, file)
    return Step(Idle(), (Outgoing(texts.other_unit(desk.offices.unit(code).name), becoming.menu()),))


# --- the digest ------------------------------------------------------------------------------------------------------


async def _digest(desk: Desk, unit: Unit, official: Official, span: Span, file: File | None = None) -> Step:
    if span.start > desk.now:
        return Step(Idle(), (Outgoing(texts.future(span_name(span)), becoming.menu()),))
    if file is not None and desk.printer is not None:
        return await filing.answer(desk, unit, official, span, file)
    digest, effects = await digesting.read(desk, unit, official, span)
    before = span.previous()
    text = render_text(digest, unit.name, desk.instrument, digesting.named(desk))
    said = text if digest.demo else marked(text, desk)
    picks = (*filing.choices(desk, unit, span), Choice(_label(before), f"digest {before} {unit.code}"))
    return Step(Idle(), (Outgoing(said, picks),), effects)


def _label(span: Span) -> str:
    name = span_name(span)
    return name[:1].upper() + name[1:]
