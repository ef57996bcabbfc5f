"""A list of papers made ready for the printer: every sentence in its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.answers.answering import own_papers, validity
from handlers.desk import Conversation, Desk
from handlers.greeting import hours_line, place_of
from handlers.guides.checklist import FACTS, Gathered
from handlers.guides.guiding import slug
from handlers.guides.sheet import Block, Paper, Sheet
from handlers.locating import unit_of
from handlers.reading import links
from handlers.texts import common
from handlers.texts import gathering as texts
from procedures.procedure import Document, Procedure


def file_name(procedure: Procedure) -> str:
    """ "dang-ky-khai-sinh.pdf"."""
    return f"{slug(procedure.plain)}.pdf"


def made_sheet(gathered: Gathered, conversation: Conversation, desk: Desk) -> Sheet:
    """The page, as the list stands now."""
    place, unit = place_of(conversation, desk), unit_of(conversation, desk)
    foot = (*own_papers(gathered.asked, FACTS, place),)
    foot += (*validity(gathered.walk.procedure, place), texts.sheet_made(desk.today))
    return Sheet(
        unit=texts.sheet_unit(unit.name),
        title=texts.sheet_title(gathered.name),
        answers=(*_answers(gathered),),
        papers=tuple(_paper(document, n in gathered.list.have) for n, document in gathered.needed),
        maybe_heading=texts.sheet_maybe(),
        maybe=tuple(_paper(document, n in gathered.list.have) for n, document in gathered.maybe),
        facts=(*_facts(gathered, conversation, desk),),
        foot=foot,
        link=None if desk.address is None else links.link(desk.address, gathered.list),
        link_says=texts.sheet_link(),
        mark=common.demo() if unit.demo else None,
    )


def _answers(gathered: Gathered) -> Iterator[str]:
    """The questions with what was answered."""
    question = gathered.walk.guide.questions[0]
    for answer in gathered.walk.path.given:
        yield texts.answered(question.ask, answer.label)
        question = gathered.walk.guide.question(answer.next or "") or question


def _paper(document: Document, have: bool) -> Paper:
    return Paper(document.name, texts.paper_note(document), have)


def _facts(gathered: Gathered, conversation: Conversation, desk: Desk) -> Iterator[Block]:
    yield from gathered.facts(place_of(conversation, desk))
    phone, open_at = unit_of(conversation, desk).phone, hours_line(conversation, desk)
    lines = tuple(line for line in (phone, open_at) if line)
    if lines and gathered.walk.procedure.elsewhere is None:
        yield Block(texts.sheet_heading("asked_at"), lines)
