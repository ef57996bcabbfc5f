"""A digest as a file, for an official: sent along where the channel takes such files, else behind a link.

A link is its official's: it lives two hours, every opening looks the role up again and is written down, and it opens
nothing any more from the moment the role is taken back.
"""

from __future__ import annotations

import re
from datetime import timedelta

from handlers.desk import Desk, Official, Step
from handlers.effects import Audited, Locked
from handlers.known import File, Wanted
from handlers.messages import Attachment, Choice, Outgoing
from handlers.naming import marked
from handlers.officials import becoming, digesting
from handlers.states import Idle
from handlers.texts import filing as texts
from offices.unit import Unit
from ratings.digest import Digest
from ratings.period import Span
from ratings.reports.page import make_page
from ratings.reports.texts import span_name

LIVES = timedelta(hours=2)
"""How long a link opens: until the desktop next door is switched on, not until somebody finds it in a chat."""


_WORDS = (
    (File.BOOK, re.compile(r"\b(?:(?:file|tep|ban|dang|bang) )?(?:excel|xlsx|bang tinh)\b")),
    (File.PAGE, re.compile(r"\b(?:(?:file|tep|ban|dang) )?(?:pdf|(?:trang )?a4)\b")),
    (File.CHART, re.compile(r"\b(?:xem )?bieu do\b")),
)
_ABOUT = re.compile(r"\b(?:tai|xuat|in|gui|cho|xin|lay|file|tep|ra|ve|bang|duoi dang|bao cao|so lieu)\b")


def wanted(said: str) -> tuple[File | None, str]:
    """The file that folded words ask for ("gui file excel tuan truoc"), and the words without it."""
    for file, pattern in _WORDS:
        rest = pattern.sub(" ", said, count=1)
        if rest != said:
            return file, " ".join(_ABOUT.sub(" ", rest).split())
    return None, said


def choices(desk: Desk, unit: Unit, span: Span) -> tuple[Choice, ...]:
    """The files that can be had here."""
    labels = {File.PAGE: texts.label_page(), File.BOOK: texts.label_book(), File.CHART: texts.label_chart()}
    return tuple(Choice(labels[file], f"{file.value} {span} {unit.code}") for file in File if _can(desk, file))


async def answer(desk: Desk, unit: Unit, official: Official, span: Span, file: File) -> Step:
    """The file, or the link to it; ``official`` may read the unit's digests."""
    name = span_name(span)
    if _is_sent(desk, file):
        digest, effects = await digesting.read(desk, unit, official, span, detail=file.ending)
        made = await _made(digest, unit, span, file, desk)
        text = marked(texts.sent(file.value, name, unit.name), desk)
        return Step(Idle(), (Outgoing(text, becoming.menu(), made),), effects)
    if desk.links is None:
        return Step(Idle(), (Outgoing(texts.nowhere(), becoming.menu()),))
    until = desk.now + LIVES
    link = desk.links.link(Wanted(official.id, unit.code, span, file, until))
    said = Outgoing(marked(texts.linked(file.value, name, unit.name, link, until), desk), becoming.menu())
    return Step(Idle(), (said,), (Audited(official.id, "link", unit.code, f"{span} {file.ending}"),))


async def opened(desk: Desk, asked: Wanted) -> tuple[Attachment, tuple[Audited | Locked, ...]] | None:
    """What a link opens now, and what is to be written before it is given out; None where it opens nothing, or no
    longer. ``desk`` is that of the official's chat."""
    if desk.now >= asked.until:
        return None
    roles = tuple(each for each in await desk.records.officials() if each.id == asked.official)
    found = next((each for each in digesting.readable(desk, roles) if each[0].code == asked.unit), None)
    if found is None:
        return None
    unit, official = found
    digest, effects = await digesting.read(desk, unit, official, asked.span, "opened", asked.file.ending)
    return await _made(digest, unit, asked.span, asked.file, desk), effects


def _is_sent(desk: Desk, file: File) -> bool:
    return desk.printer is not None and file.type in desk.documents


def _can(desk: Desk, file: File) -> bool:
    return desk.printer is not None and (file.type in desk.documents or desk.links is not None)


async def _made(digest: Digest, unit: Unit, span: Span, file: File, desk: Desk) -> Attachment:
    assert desk.printer is not None
    page = make_page(digest, unit.name, desk.instrument, digesting.named(desk))
    match file:
        case File.PAGE:
            content = await desk.printer.page(page)
        case File.BOOK:
            content = await desk.printer.book(digest, page)
        case File.CHART:
            content = await desk.printer.chart(page)
    return Attachment(f"bao-cao-{span}-{unit.code}.{file.ending}", file.type, content)
