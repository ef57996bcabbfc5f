"""An answer about one procedure: what was asked comes first, where it was read comes last. Pure.

A first answer fits a small screen (300 characters); what it leaves out stands behind its choices, whole and in pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from msgspec import Struct

from handlers.answers.facts import LEAST_PAPER, Said, always, case_of, cut, head, in_brief, papers, titled, whole
from handlers.messages import Choice, Outgoing
from handlers.texts import asking as texts
from handlers.texts import common, hiding
from handlers.texts.format import FIRST_LIMIT, numbered
from procedures.finding.facets import Facet
from procedures.local import Basis, Shown, Stands
from procedures.procedure import Procedure
from procedures.validity import Withheld

OVERVIEW = (Facet.PAPERS, Facet.FEE, Facet.TIME)
MOST_CHOICES = 5
PAGE_ITEMS = 8
PAGE_LENGTH = 900
"""A page of a whole list: three screens of a small phone, below every channel's limit."""

ABSENT = {
    Facet.PAPERS: "fact.papers",
    Facet.FEE: "fact.fee",
    Facet.TIME: "fact.time",
    Facet.WHERE: "fact.where",
    Facet.ONLINE: "fact.online",
    Facet.RESULT: "fact.result",
    Facet.CONDITIONS: "fact.conditions",
    Facet.LEGAL_BASIS: "fact.law",
    Facet.HOW: "fact.how",
    Facet.FORM: "fact.form",
    Facet.POST: "fact.post",
}
LONGEST_CODE = 64
"""Bytes of a choice's code, which is ASCII."""

NUMBERED = (Facet.PAPERS, Facet.CONDITIONS)
LEAST_ROOM = 60
LEAST_OWN = 110
"""Where a value of the desk's own is told: a title and one whole line, whatever stands around them."""
ROOM_BESIDE_NOTE = 100
"""Characters that an overview keeps for the papers beside a note of the desk."""


class Asked(Struct, frozen=True):
    """What is answered: ``parts`` in the order they were asked (empty: an overview), for a case or the usual one.

    ``local``: how the chat's desk shows the procedure, where that was looked up.
    """

    procedure: Procedure
    parts: tuple[Facet, ...] = ()
    case: str | None = None
    local: Shown | None = None
    withheld: tuple[Withheld, ...] = ()
    """Figures that do not hold today, or not here."""

    @property
    def hidden(self) -> frozenset[Facet]:
        """What may not be said."""
        return frozenset() if self.local is None else self.local.hidden

    def whole(self, part: Facet) -> Said | None:
        """Everything that may be said of a part."""
        said = None if part in self.hidden else whole(self.procedure, part, self.case)
        more = tuple(texts.withheld(each) for each in self.withheld if each.facet is part) if said else ()
        return Said((*said.lines, *more), said.whole) if said else None

    def in_brief(self, part: Facet, room: int) -> Said | None:
        """What may be said of a part in about so much room."""
        return None if part in self.hidden else in_brief(self.procedure, part, self.case, room)


class Place(Struct, frozen=True):
    """What an answer says of the desk: its phone where a fact is absent, its address where to hand in."""

    name: str
    phone: str | None
    address: str | None
    today: date


def answer(
    asked: Asked, place: Place, *, condole: bool = False, others: Sequence[str] = (), room: int = FIRST_LIMIT
) -> Outgoing:
    """The first answer, in about ``room`` characters.

    ``condole``: a line of condolence leads; ``others``: what "Không phải" offers instead.
    """
    procedure = asked.procedure
    before = [texts.condolence()] if condole else []
    before += [texts.elsewhere(procedure.elsewhere)] if procedure.elsewhere else []
    after = list(validity(procedure, place))
    own, note = list(own_papers(asked, asked.parts or OVERVIEW, place)), _note(asked, place)
    inside = room - sum(len(line) + 1 for line in (*before, *own, *after)) + 1
    # what was asked comes before what the desk adds: only an overview makes room for it
    kept = 0 if asked.parts or not note or inside - len(note[0]) <= ROOM_BESIDE_NOTE else len(note[0]) + 1
    # what was asked is told, however little room what stands before the first answer of a chat leaves
    most = inside - kept + FIRST_LIMIT - room
    said = _in_brief(asked, place, max(inside - kept, LEAST_OWN if own else LEAST_ROOM), most)
    own = list(own_papers(asked, tuple(said), place))
    lines = [*before, *(line for part in said.values() for line in part.lines), *own, *after]
    if sum(len(line) + 1 for line in (*lines, *note)) - 1 <= room:
        lines[len(lines) - len(own) - len(after) : len(lines) - len(own) - len(after)] = note
    left = tuple(part for part, each in said.items() if not each.whole)
    choices = choices_after(asked, shown=tuple(said), left=left, others=others)
    return Outgoing("\n".join(lines), choices)


def details(asked: Asked, part: Facet, page: int, place: Place) -> Outgoing:
    """Everything known of one part, a page of it; pages count from 1, one too many is the last."""
    procedure = asked.procedure
    said = asked.whole(part)
    before = (texts.elsewhere(procedure.elsewhere),) if procedure.elsewhere and part is not Facet.LEGAL_BASIS else ()
    after = [*_note(asked, place), *own_papers(asked, (part,), place), *validity(procedure, place)]
    if said is None:
        lines = [*before, texts.title(procedure.plain), part_absent(asked, part, place), *after]
        return Outgoing("\n".join(lines), choices_after(asked, shown=(part,), left=()))
    pages = _pages(said.lines)
    page = min(max(page, 1), len(pages))
    start = 1 + sum(map(len, pages[: page - 1]))
    body = pages[page - 1]
    listed = numbered(body, start).split("\n") if part in NUMBERED else list(body)
    last = page == len(pages)
    if last and part is Facet.WHERE and place.address and not procedure.elsewhere:
        listed.append(texts.desk_at(place.name, place.address))
    if last and part is Facet.LEGAL_BASIS and procedure.source.url:
        listed.append(texts.page_address(procedure.source.url))
    lines = [*before, *_head(asked, part, page, len(pages)), *listed, *after]
    more = () if last else (Choice(common.label_next(), code(part.value, asked, page + 1)),)
    return Outgoing("\n".join(lines), (*more, *choices_after(asked, (part,), ()))[:MOST_CHOICES])


def unsure(asked: Asked, place: Place, *, conditions: bool) -> Outgoing:
    """Something was asked that no fact answers for certain: so it is said, with the conditions where one may answer."""
    procedure = asked.procedure
    before = [texts.elsewhere(procedure.elsewhere)] if procedure.elsewhere else []
    before.append(texts.unsure(procedure.plain, place.phone))
    after = list(validity(procedure, place))
    room = FIRST_LIMIT - sum(len(line) + 1 for line in (*before, *after)) - len(texts.conditions_unsure())
    told = asked.in_brief(Facet.CONDITIONS, max(room, LEAST_ROOM)) if conditions else None
    said = (texts.conditions_unsure(), *(f"- {line}" for line in told.lines)) if told else ()
    left = (Facet.CONDITIONS,) if told and not told.whole else ()
    return Outgoing("\n".join((*before, *said, *after)), choices_after(asked, shown=(), left=left))


def code(word: str, asked: Asked, page: int = 1) -> str:
    """What a choice about a procedure says: "papers 1.001193", "fee 1.001193 thuong", "papers 1.001193 thuong p2"."""
    case = "" if asked.case is None else f" {asked.case}"
    return f"{word} {asked.procedure.code}{case}" + ("" if page == 1 else f" p{page}")


def choices_after(
    asked: Asked, shown: Sequence[Facet], left: Sequence[Facet], others: Sequence[str] = ()
) -> tuple[Choice, ...]:
    """At most five: what was cut first, then what was not asked, "Không phải" last."""
    refuse = (not_this(others),) if others else ()
    found: list[Choice] = []
    for choice in chain(_cut(asked, left), _unasked(asked, shown)):
        if len(found) == MOST_CHOICES - len(refuse):
            break
        if choice not in found:
            found.append(choice)
    return (*found, *refuse)


def not_this(others: Sequence[str], key: str | None = None) -> Choice:
    """The choice "Không phải", which carries the procedures to offer instead, as many as fit its code."""
    says = "other"
    for code in others:
        if len(says) + 1 + len(code) <= LONGEST_CODE:
            says += f" {code}"
    return Choice(common.label_not_this(), says, key)


def _cut(asked: Asked, left: Sequence[Facet]) -> Iterator[Choice]:
    for part in left:
        alone = len(left) == 1 and part is not Facet.PAPERS
        yield Choice(texts.label_whole() if alone else _label(part, more=True), code(part.value, asked))


def _unasked(asked: Asked, shown: Sequence[Facet]) -> Iterator[Choice]:
    shown = (*shown, *asked.hidden)
    if Facet.PAPERS not in shown:
        yield Choice(_label(Facet.PAPERS, more=False), code(Facet.PAPERS.value, asked))
    if asked.procedure.guide is not None:
        yield Choice(texts.label_guide(), f"guide {asked.procedure.code}")
    elif len(asked.procedure.cases) > 1:
        yield Choice(texts.label_cases(), f"cases {asked.procedure.code}")
    for part in (Facet.FEE, Facet.TIME, Facet.WHERE, Facet.ONLINE, Facet.LEGAL_BASIS):
        if part not in shown and not (part is Facet.ONLINE and asked.procedure.elsewhere):
            yield Choice(_label(part, more=False), code(part.value, asked))


def _label(part: Facet, more: bool) -> str:
    match part:
        case Facet.PAPERS:
            return texts.label_more_papers() if more else texts.label_need_papers()
        case Facet.FEE:
            return texts.label_fee()
        case Facet.TIME:
            return texts.label_time()
        case Facet.WHERE:
            return texts.label_where()
        case Facet.ONLINE:
            return texts.label_online()
        case Facet.CONDITIONS:
            return texts.label_conditions()
        case Facet.RESULT:
            return texts.label_result()
        case Facet.LEGAL_BASIS:
            return texts.label_law()
        case Facet.HOW:
            return texts.label_how()
        case Facet.FORM:
            return texts.label_form()
        case Facet.POST:
            return texts.label_post()


def _in_brief(asked: Asked, place: Place, room: int, most: int) -> dict[Facet, Said]:
    """Each part within ``room``; of several that were asked none is left out while they fit into ``most``. An overview
    gives up time, then fee, rather than the papers that are always needed."""
    if asked.parts:
        said = _together(asked, asked.parts, place, room)
        while len(said) > 1 and sum(each.length for each in said.values()) > most:
            said = _together(asked, tuple(said)[:-1], place, room)
        return said
    known = tuple(part for part in OVERVIEW if part in asked.hidden or asked.whole(part)) or (Facet.PAPERS,)
    enough = _enough_papers(asked)
    for parts in (known, known[:2]):
        said = _together(asked, parts, place, room)
        if len(said[parts[0]].lines) >= enough and sum(each.length for each in said.values()) <= room:
            return said
    return _together(asked, known[:1], place, room)


def _enough_papers(asked: Asked) -> int:
    """The lines that the papers of an overview are to have: a head, three papers or all of them, and what is left."""
    case = case_of(asked.procedure, asked.case)
    return 0 if case is None else 1 + min(3, len(always(case))) + (len(case.documents) > min(3, len(always(case))))


def _together(asked: Asked, parts: tuple[Facet, ...], place: Place, room: int) -> dict[Facet, Said]:
    """The papers, or the part asked last, get what the others leave."""
    if len(parts) == 1:
        return {parts[0]: _alone(asked, parts[0], place, room)}
    title = texts.title(asked.procedure.plain)
    named = Facet.PAPERS in parts
    room -= 0 if named else len(title) + 1
    greedy = Facet.PAPERS if named else parts[-1]
    found: dict[Facet, Said] = {}
    for part in (*(each for each in parts if each is not greedy), greedy):
        share = room if part is greedy else min(LEAST_ROOM, room // len(parts))
        said = asked.in_brief(part, share)
        found[part] = said or Said((part_absent(asked, part, place, short=True),), True)
        room -= found[part].length
    first = found[parts[0]]
    if not named:
        found[parts[0]] = Said((title, *first.lines), first.whole)
    return {part: found[part] for part in parts}


def _alone(asked: Asked, part: Facet, place: Place, room: int) -> Said:
    """One part: whole where it fits, else in brief; said to be absent where the source lacks it."""
    everything = asked.whole(part)
    if everything is None:
        title = texts.title(asked.procedure.plain)
        said = Said((title, part_absent(asked, part, place)), True)
        return said if said.length <= room else Said((title, part_absent(asked, part, place, short=True)), True)
    top = _head(asked, part, 1, 1)
    listed = numbered(everything.lines).split("\n") if part in NUMBERED else everything.lines
    full = Said((*top, *listed), True)
    if full.length <= room:
        return full
    if part is Facet.PAPERS:
        return papers(asked.procedure, asked.case, room) or full
    if sum(map(len, top)) > LEAST_ROOM or room - sum(map(len, top)) < LEAST_PAPER:
        top = (texts.title(asked.procedure.plain),)
    return Said((*top, *cut(listed, room - sum(len(line) + 1 for line in top)).lines), False)


def _head(asked: Asked, part: Facet, page: int, pages: int) -> tuple[str, ...]:
    if part is Facet.PAPERS:
        return (texts.papers_all(titled(asked.procedure, asked.case), page, pages),)
    return (head(asked.procedure, part, asked.case),)


def part_absent(asked: Asked, part: Facet, place: Place, *, short: bool = False) -> str:
    """Why a part is not said: the desk looks at it again, or the source lacks it."""
    for each in asked.withheld:
        if each.facet is part and part not in asked.hidden:
            return texts.withheld_all(each, place.phone)
    if part in asked.hidden:
        return hiding.hidden_short(part, place.phone) if short else hiding.hidden_part(part, place.phone)
    return texts.no_fact_short(ABSENT[part], place.phone) if short else texts.no_fact(ABSENT[part], place.phone)


def _note(asked: Asked, place: Place) -> tuple[str, ...]:
    """What the desk adds of its own, with its paper."""
    if asked.local is None or asked.local.note is None:
        return ()
    text, basis = asked.local.note
    return (hiding.note(text, place.name, basis),)


def own_papers(asked: Asked, parts: Sequence[Facet], place: Place) -> Iterator[str]:
    """The papers on which the desk's own values among ``parts`` stand."""
    if asked.local is None:
        return
    wanted = {part.value for part in parts}
    by_paper: dict[Basis, list[Stands]] = {}
    for each in asked.local.sources:
        if each.fact.value in wanted:
            by_paper.setdefault(each.basis, []).append(each)
    for basis, named in by_paper.items():
        yield hiding.source(tuple(named), place.name, basis)


def validity(procedure: Procedure, place: Place) -> Iterator[str]:
    """Whose rule it is and until when, then the source."""
    if procedure.effective_to is not None:
        yield texts.valid_until(procedure.effective_to)
    if procedure.scope != "national":
        yield texts.scope(procedure.scope)
    yield texts.source(procedure.code, procedure.source)


def _pages(lines: Sequence[str]) -> list[list[str]]:
    """Pages of lines; one that begins within a group ("Nộp qua mạng:") says again of which."""
    pages: list[list[str]] = [[]]
    group: list[str] = []
    for line in lines:
        is_head = line.endswith(":") and not line.startswith("- ")
        full = len(pages[-1]) >= PAGE_ITEMS or sum(map(len, pages[-1])) + len(line) > PAGE_LENGTH
        if pages[-1] and full:
            if pages[-1][-1:] == group and len(pages[-1]) > 1:
                pages[-1].pop()
            pages.append(list(group) if line.startswith("- ") else [])
        pages[-1].append(line)
        group = [line] if is_head else group if line.startswith("- ") else []
    return pages
