"""The list of papers of one's own: shown, ticked off by tap or by word, resumed, printed, passed on.

::

    guide … answers at an end ─▶ the list ─┬─ have / lack N, "2 đã có", "còn thiếu tờ khai" ─▶ the list again
                                           ├─ sheet ─▶ one page as PDF
    "danh sách của tôi", a link ───────────┴─ share ─▶ a link that carries the answers

The list is kept in the conversation (``memory``): a procedure, answers and numbers, nothing about the citizen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from handlers.answers import asking, grieving
from handlers.answers.answering import Asked, Place, own_papers, part_absent, validity
from handlers.desk import Conversation, Desk, Step, Topic
from handlers.greeting import hours_line, place_of
from handlers.guides import choosing
from handlers.guides.checklist import FACTS, Gathered, gathered_by
from handlers.guides.choosing import code, walk
from handlers.guides.guiding import stale
from handlers.guides.printing import file_name, made_sheet
from handlers.guides.ticking import Ticks, read_ticks
from handlers.memory import Checklist
from handlers.messages import Attachment, Choice, Outgoing
from handlers.reading import links
from handlers.reading.said import said as words_said
from handlers.states import Idle
from handlers.texts import asking as asking_texts
from handlers.texts import gathering as texts
from handlers.texts.format import numbered, shortened
from procedures.finding.facets import Facet
from procedures.finding.fold import syllables
from procedures.search import Answer

LIST_WISHED = re.compile(r"(?:\w+ ){0,3}(?:lap|lam|soan|viet|cho|xin) (?:\w+ ){0,2}?danh sach(?P<of>(?: \w+)*)")
MOST_TICKS = 8
"""Papers with a button; further ones are ticked by typing their numbers."""


async def say_code(conversation: Conversation, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours; None for another's."""
    match words:
        case ("guide", procedure):
            found = desk.catalog.by_code(procedure)
            return stale(desk) if found is None else choosing.begin(found, conversation, desk)
        case ("guide", procedure, print, answers):
            here = walk(desk, procedure, print, answers)
            if here is None:
                return choosing.again(procedure, conversation, desk)
            return opened(here.checklist, conversation, desk)
        case (("have" | "lack" | "sheet" | "share") as word, procedure, print, answers, *more):
            kept = conversation.memory.like(Checklist(procedure, answers, print))
            return await _about_list(word, kept, more, conversation, desk)
        case _:
            return None


def opened(wanted: Checklist, conversation: Conversation, desk: Desk) -> Step:
    """The list that answers lead to, whole, with what is ticked already. Before the end: the next question."""
    here = walk(desk, wanted.procedure, wanted.print, wanted.answers)
    if here is None:
        return choosing.again(wanted.procedure, conversation, desk)
    if here.path.asks is not None or here.path.procedure is not None:
        return choosing.ask(here, conversation, desk)
    kept = conversation.memory.like(wanted)
    wanted = replace(wanted, have=tuple(sorted({*kept.have, *wanted.have})))
    gathered = gathered_by(here, wanted, conversation, desk)
    if gathered is None:
        return asking.silent(Asked(here.procedure), conversation, desk)
    return _kept(gathered, _whole(gathered, conversation, desk), conversation)


def mine(conversation: Conversation, desk: Desk) -> Step:
    """ "danh sách của tôi": the one list, or which of several."""
    kept = [each for each in conversation.memory.lists if walk(desk, each.procedure, each.print, each.answers)]
    if len(kept) == 1:
        return opened(kept[0], conversation, desk)
    if not kept:
        changed = conversation.memory.lists
        if changed:
            return choosing.again(changed[0].procedure, conversation, desk)
        return Step(Idle(), (Outgoing(texts.none(), ()),))
    lines, choices = [], []
    for n, each in enumerate(kept, 1):
        here = walk(desk, each.procedure, each.print, each.answers)
        gathered = None if here is None else gathered_by(here, each, conversation, desk)
        if gathered is not None:
            have = len(gathered.needed) - len(gathered.missing)
            lines.append(texts.line(gathered.name, have, len(gathered.needed)))
            choices.append(Choice(shortened(gathered.name), code("guide", each), str(n)))
    return Step(Idle(), (Outgoing(texts.which(numbered(lines)), tuple(choices)),))


async def of_the_last(word: str, conversation: Conversation, desk: Desk) -> Step:
    """ "còn thiếu gì" ("lacking"), "in danh sách" ("print"), "gửi cho người nhà" ("share"): of the list used last."""
    kept = next(iter(conversation.memory.lists), None)
    gathered = None if kept is None else _gathered(kept, conversation, desk)
    if gathered is None:
        return mine(conversation, desk)
    if word == "lacking":
        return _kept(gathered, (_brief(gathered, conversation, desk),), conversation)
    said = {"print": "sheet"}.get(word, word)
    return await _about_list(said, gathered.list, [], conversation, desk) or mine(conversation, desk)


def wished(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """ "lập danh sách giấy tờ khai sinh": the guide of what is named, else of what was spoken of."""
    found = LIST_WISHED.match(" ".join(syllables(text)))
    if found is None:
        return None
    rest = " ".join(word for word in found["of"].split() if word not in words_said().around_a_list)
    if rest:
        decision = desk.index.decide(rest)
        sure = isinstance(decision, Answer) and desk.catalog.by_code(decision.hit.procedure.code)
        return choosing.begin(sure, conversation, desk) if sure else None
    code = conversation.topic.procedure
    topic = None if code is None else desk.catalog.by_code(code)
    return mine(conversation, desk) if topic is None else choosing.begin(topic, conversation, desk)


def typed(text: str, conversation: Conversation, desk: Desk) -> Step | None:
    """ "2 đã có", "có tờ khai rồi, còn thiếu giấy chứng sinh" while the list is on offer; None for other words."""
    gathered = _on_offer(conversation, desk)
    if gathered is None:
        return None
    ticks = read_ticks(text, gathered.papers)
    return None if ticks is None else _ticked(gathered, ticks, conversation, desk)


async def _about_list(
    word: str, wanted: Checklist, more: list[str], conversation: Conversation, desk: Desk
) -> Step | None:
    here = walk(desk, wanted.procedure, wanted.print, wanted.answers)
    if here is None or here.path.asks is not None or here.path.procedure is not None:
        return choosing.again(wanted.procedure, conversation, desk)
    gathered = gathered_by(here, wanted, conversation, desk)
    if gathered is None:
        return asking.silent(Asked(here.procedure), conversation, desk)
    match word, more:
        case "have" | "lack", [figure] if figure.isdecimal():
            ticks = Ticks((int(figure),), ()) if word == "have" else Ticks((), (int(figure),))
            return _ticked(gathered, ticks, conversation, desk)
        case "sheet", []:
            return await _printed(gathered, conversation, desk)
        case "share", [] if desk.address is not None:
            said = texts.link(links.link(desk.address, gathered.list))
            return _kept(gathered, (Outgoing(said),), conversation)
        case _:
            return None


def _on_offer(conversation: Conversation, desk: Desk) -> Gathered | None:
    """The list whose choices were shown last."""
    for choice in conversation.offered:
        match choice.says.split(" "):
            case ["have" | "lack" | "sheet" | "share", procedure, print, answers, *_]:
                wanted = conversation.memory.like(Checklist(procedure, answers, print))
                return _gathered(wanted, conversation, desk)
    return None


def _gathered(wanted: Checklist, conversation: Conversation, desk: Desk) -> Gathered | None:
    here = walk(desk, wanted.procedure, wanted.print, wanted.answers)
    return None if here is None else gathered_by(here, wanted, conversation, desk)


def _ticked(gathered: Gathered, ticks: Ticks, conversation: Conversation, desk: Desk) -> Step:
    numbers = {n for n, _ in gathered.papers}
    wrong = sorted({*ticks.have, *ticks.lack} - numbers)
    if wrong:
        return Step(Idle(), (Outgoing(texts.unknown_paper(wrong[0]), _choices(gathered, desk)),))
    have = tuple(sorted({*gathered.list.have, *ticks.have} - set(ticks.lack)))
    now = replace(gathered, list=replace(gathered.list, have=have))
    return _kept(now, (_brief(now, conversation, desk),), conversation)


def _whole(gathered: Gathered, conversation: Conversation, desk: Desk) -> tuple[Outgoing, ...]:
    """The list with every note, then fee, time and place of this case with their source."""
    place = place_of(conversation, desk)
    lines = [asking_texts.condolence()] if grieving.condoles(gathered.walk.procedure, conversation, desk) else []
    elsewhere = gathered.walk.procedure.elsewhere
    lines += [asking_texts.elsewhere(elsewhere)] if elsewhere else []
    lines.append(texts.title(gathered.name))
    if Facet.PAPERS in gathered.asked.hidden:
        lines.append(part_absent(gathered.asked, Facet.PAPERS, place))
    elif gathered.have:
        lines += _state(gathered)
    else:
        lines.append(texts.needed(gathered.needed))
        lines += [texts.maybe(gathered.maybe)] if gathered.maybe else []
    lines += [texts.how(gathered.missing[0][0])] if gathered.missing else []
    return Outgoing("\n".join(lines)), Outgoing("\n".join(_facts(gathered, place)), _choices(gathered, desk))


def _brief(gathered: Gathered, conversation: Conversation, desk: Desk) -> Outgoing:
    """After a tick: what is missing still; with nothing missing, where to bring it all."""
    if gathered.missing:
        return Outgoing("\n".join((texts.title(gathered.name), *_state(gathered))), _choices(gathered, desk))
    lines = [texts.complete(gathered.name, len(gathered.needed))]
    left = tuple((n, each) for n, each in gathered.maybe if n not in gathered.list.have)
    lines += [texts.maybe(left, complete=True)] if left else []
    place = gathered.asked.procedure.submit_at
    lines += [texts.bring(place)] if place and Facet.WHERE not in gathered.asked.hidden else []
    open_at = hours_line(conversation, desk) if gathered.walk.procedure.elsewhere is None else None
    lines += [texts.hours(open_at)] if open_at else []
    return Outgoing("\n".join(lines), _choices(gathered, desk))


def _state(gathered: Gathered) -> Iterator[str]:
    if gathered.missing:
        yield texts.missing(gathered.missing)
    if gathered.have:
        yield texts.have(gathered.have)
    left = tuple((n, each) for n, each in gathered.maybe if n not in gathered.list.have)
    if left:
        yield texts.maybe(left)


def _facts(gathered: Gathered, place: Place) -> Iterator[str]:
    """Fee, time and place of this case, each under its name, then whose rule it is."""
    for block in gathered.facts(place):
        head, lines = block.heading, block.lines
        yield f"{head}: {lines[0]}" if len(lines) == 1 else "\n".join((f"{head}:", *(f"- {line}" for line in lines)))
    yield from own_papers(gathered.asked, FACTS, place)
    yield from validity(gathered.walk.procedure, place)


def _choices(gathered: Gathered, desk: Desk) -> tuple[Choice, ...]:
    ticks = tuple(
        Choice(texts.ticked(each.name), code("lack", gathered.list, n), str(n))
        if n in gathered.list.have
        else Choice(shortened(each.name), code("have", gathered.list, n), str(n))
        for n, each in gathered.papers[:MOST_TICKS]
    )
    printed = (Choice(texts.label_print(), code("sheet", gathered.list)),) if desk.prints is not None else ()
    shared = (Choice(texts.label_share(), code("share", gathered.list)),) if desk.address is not None else ()
    again = (Choice(texts.label_again(), f"guide {gathered.list.procedure}"),)
    return (*ticks, *printed, *shared, *again)


async def _printed(gathered: Gathered, conversation: Conversation, desk: Desk) -> Step:
    if desk.prints is None:
        return Step(Idle(), (Outgoing(texts.cannot_print()),))
    sheet = made_sheet(gathered, conversation, desk)
    content = await desk.prints.sheet(sheet)
    file = Attachment(file_name(gathered.walk.procedure), "application/pdf", content)
    return _kept(gathered, (Outgoing(texts.printed(gathered.name), attachment=file),), conversation)


def _kept(gathered: Gathered, say: tuple[Outgoing, ...], conversation: Conversation) -> Step:
    """What is said, with the list remembered."""
    topic = Topic(gathered.walk.procedure.code, gathered.walk.path.case, conversation.topic.dossier)
    return Step(Idle(), say, topic=topic, memory=conversation.memory.with_list(gathered.list))
