"""The weekly digest, for officials only: who asks is looked up every time, every reading is written down.

The books of a week close on Monday at 07:00; the first digest read after that is stored and printed ever after. At
07:30 of the week's first working day every official gets that of his unit unasked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers import morning, officials
from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.effects import Audited, Effect, Locked
from handlers.inviting import waits
from handlers.messages import Attachment, Choice, Incoming, Outgoing, Purpose
from handlers.naming import marked
from handlers.states import Idle
from handlers.texts import reporting as texts
from handlers.texts.format import shortened
from offices.unit import Unit
from procedures.fold import syllables
from ratings.digest import until_closed
from ratings.document import dump
from ratings.page import make_page
from ratings.render import render_text
from ratings.week import Week

OVER_UNITS = frozenset({"province", "auditor", "readonly"})
"""Roles that, given in a province, read its communes' digests too."""

MOST_UNITS = 24
FIRST_YEAR, LAST_YEAR = 2000, 2100
_WEEK = re.compile(
    r"(?:(?:cho|xem|gui|lay|coi|toi|minh|em|anh|chi|bao cao|so lieu|ket qua|tong ket|digest|cua) )*"
    r"tuan(?: (?P<which>nay|truoc|roi|vua roi|vua qua|qua|(?P<year>\d{4}) ?w(?P<iso>\d{1,2})"
    r"|(?P<number>\d{1,2})(?: nam (?P<of>\d{4}))?))?(?P<rest>(?: \w+)*)"
)
_REOPEN = re.compile(r"(?:cho |xin |giup )?mo lai(?: (?:tra|viec tra|tra cuu|ho so|ma|ma ho so|cho dan))*\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A week, and the words after it, which may name a unit."""

    week: Week
    rest: str = ""


# --- entry points ----------------------------------------------------------------------------------------------------


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | Later | None:
    """An official's words ("tuần này", "/tuan 2026-W46", "mở lại CODE"); None where they are a citizen's question."""
    command = text.lstrip().startswith("/")
    said = " ".join(syllables(_spelled_out(text)))
    if said.startswith("can bo ma"):
        return await officials.code_typed(conversation, incoming, desk)
    wants_reopen = _REOPEN.match(said) is not None
    asked = None if wants_reopen else _read(said, desk)
    listed = None if wants_reopen else morning.read(said, text)
    if asked is None and listed is None and not wants_reopen and not command:
        return None
    roles = await desk.records.officials()
    if not roles:
        return Step(Idle(), (Outgoing(texts.only()),)) if command else None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    if wants_reopen:
        return await officials.reopen(incoming, desk, roles)
    if listed is not None:
        return await morning.answer(listed, desk)
    if asked is None:
        return Step(Idle(), (Outgoing(texts.bad_week(), officials.menu()),))
    if isinstance(asked, Step):
        return asked
    return await _for_unit(desk, roles, asked, command)


def event_of(unit: str, week: Week) -> str:
    """The id of the event that tells a unit's officials of a closed week."""
    return f"digest:{unit}:{week}"


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """Last week's digest, unasked; silent in a later week, and to who is no official of the unit any more."""
    found = re.fullmatch(r"digest:(.+):(\d{4}-W\d{2})", incoming.id)
    if found is None:
        return None
    week = Week.parse(found[2])
    official = next((each for each in await desk.records.officials() if each.unit == found[1]), None)
    if official is None or week != Week.last_closed(desk.now):
        return Step(conversation.state)
    later = waits(conversation, desk)
    if later is not None:
        return later
    step = await _digest(desk, desk.offices.unit(official.unit), official, week)
    said = tuple(replace(each, purpose=Purpose.DIGEST) for each in step.say)
    return replace(step, state=conversation.state, say=said)


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """A choice of ours: "week this", "week last", "digest 2026-W46 UNIT", "page 2026-W46 UNIT" (the same as PDF)."""
    if words[0] in ("list", "letters"):
        return await _listed(conversation, incoming, desk, words)
    match words:
        case ("week", "this"):
            asked = Asked(Week.of(desk.now))
        case ("week", "last"):
            asked = Asked(Week.of(desk.now).previous())
        case ("digest", typed) | ("digest" | "page", typed, _):
            try:
                asked = Asked(_sensible(Week.parse(typed)))
            except ValueError:
                return None
        case _:
            return None
    roles = await desk.records.officials()
    if not roles:
        return Step(Idle(), (Outgoing(texts.only()),))
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    if len(words) == 3:
        return await _for_code(desk, roles, asked.week, words[2], printed=words[0] == "page")
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
    spelled = re.sub(r"^\s*/baocao(?:@\w+)?\s*(?:tuần|tuan)?", "tuần ", spelled, flags=re.IGNORECASE)
    spelled = re.sub(r"^\s*/molai(?:@\w+)?", "mở lại ", spelled, flags=re.IGNORECASE)
    return re.sub(r"^\s*/canboma(?:@\w+)?", "cán bộ mã ", spelled, flags=re.IGNORECASE)


def _read(said: str, desk: Desk) -> Asked | Step | None:
    """The week that folded words name; a Step where there is no such week; None where none is named."""
    found = _WEEK.fullmatch(said)
    if found is None:
        return None
    this = Week.of(desk.now)
    rest = found["rest"].strip()
    match found["which"]:
        case None | "nay":
            return Asked(this, rest)
        case "truoc" | "roi" | "vua roi" | "vua qua" | "qua":
            return Asked(this.previous(), rest)
    number = int(found["iso"] or found["number"])
    year = found["year"] or found["of"]
    try:
        week = _sensible(Week(int(year), number) if year else _latest(number, this))
    except ValueError:
        return Step(Idle(), (Outgoing(texts.no_week(int(year or this.year), number), officials.menu()),))
    return Asked(week, rest)


def _sensible(week: Week) -> Week:
    """The week itself. Raises ValueError for a year that nobody can mean."""
    if not FIRST_YEAR <= week.year <= LAST_YEAR:
        raise ValueError(f"{week} is no week of ours")
    return week


def _latest(number: int, this: Week) -> Week:
    """The newest week with this number that has begun. Raises ValueError where neither year has one."""
    return Week(this.year, number) if number <= this.number else Week(this.year - 1, number)


async def _for_unit(desk: Desk, roles: tuple[Official, ...], asked: Asked, command: bool) -> Step | None:
    """The digest of the unit that is named; where none is named, of one's own, or a choice of them."""
    units = _units(desk, roles)
    if asked.rest:
        named = desk.offices.by_name(asked.rest) or desk.offices.by_code(asked.rest.replace(" ", "."))
        if named is None:
            return Step(Idle(), (Outgoing(texts.bad_week(), officials.menu()),)) if command else None
        return await _for_code(desk, roles, asked.week, named.code)
    if len(units) == 1:
        return await _digest(desk, units[0][0], units[0][1], asked.week)
    picks = tuple(
        Choice(shortened(unit.short or unit.name), f"digest {asked.week} {unit.code}") for unit, _ in units[:MOST_UNITS]
    )
    return Step(Idle(), (Outgoing(texts.which_unit(texts.week(asked.week.number)), picks),))


async def _for_code(desk: Desk, roles: tuple[Official, ...], week: Week, code: str, *, printed: bool = False) -> Step:
    for unit, official in _units(desk, roles):
        if unit.code == code:
            return await _digest(desk, unit, official, week, printed=printed)
    return Step(Idle(), (Outgoing(texts.other_unit(desk.offices.unit(code).name), officials.menu()),))


def _units(desk: Desk, roles: tuple[Official, ...]) -> list[tuple[Unit, Official]]:
    """The units whose digests these roles may read, each once, with the role that allows it."""
    found: dict[str, tuple[Unit, Official]] = {}
    for role in roles:
        own = desk.offices.unit(role.unit)
        below = [unit for unit in desk.offices.units if role.role in OVER_UNITS and unit.parent == own.code]
        for unit in (own, *below):
            found.setdefault(unit.code, (unit, role))
    return list(found.values())


# --- the digest ------------------------------------------------------------------------------------------------------


async def _digest(desk: Desk, unit: Unit, official: Official, week: Week, *, printed: bool = False) -> Step:
    if week.start > desk.now:
        return Step(Idle(), (Outgoing(texts.future(week.number), officials.menu()),))
    as_of = min(desk.now, week.close)
    digest = until_closed(await desk.records.digest(unit.code, week, as_of))
    effects: list[Effect] = [Audited(official.id, "digest", unit.code, str(week))]
    if desk.now >= week.close and not await desk.records.locked(unit.code, week):
        effects.append(Locked(unit.code, str(week), as_of, dump(digest)))
    before = week.previous()
    picks: tuple[Choice, ...] = (Choice(texts.label_week(before.number), f"digest {before} {unit.code}"),)
    if printed and desk.printer is not None:
        page = make_page(digest, unit.name, desk.instrument)
        file = Attachment(f"bao-cao-{week}-{unit.code}.pdf", "application/pdf", await desk.printer.page(page))
        text = texts.printed(texts.week(week.number), unit.name)
        return Step(Idle(), (Outgoing(marked(text, desk), picks, file),), tuple(effects))
    text = render_text(digest, unit.name, desk.instrument)
    said = text if digest.demo else marked(text, desk)
    if desk.printer is not None:
        picks = (Choice(texts.label_page(), f"page {week} {unit.code}"), *picks)
    return Step(Idle(), (Outgoing(said, picks),), tuple(effects))
