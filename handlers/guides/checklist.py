"""A citizen's own list of papers as it stands: the procedure for this case at this desk. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from handlers.answers import asking
from handlers.answers.answering import Asked, Place, part_absent
from handlers.answers.facts import titled
from handlers.desk import Conversation, Desk
from handlers.guides.choosing import Walk
from handlers.guides.sheet import Block
from handlers.memory import Checklist
from handlers.texts import gathering as texts
from handlers.texts.format import lower_first
from procedures.finding.facets import Facet
from procedures.guides.personal import is_certain, narrowed
from procedures.procedure import Document, Procedure

FACTS = (Facet.FEE, Facet.TIME, Facet.WHERE)


class Gathered(Struct, frozen=True):
    """A list as it stands: the procedure for this case at this desk, and which papers are there."""

    walk: Walk
    asked: Asked
    list: Checklist

    @property
    def name(self) -> str:
        """The procedure with its case."""
        return titled(self.walk.procedure, self.walk.path.case)

    @property
    def papers(self) -> tuple[tuple[int, Document], ...]:
        """The papers with their numbers, those needed beyond doubt first; none where the desk hid them."""
        hidden = Facet.PAPERS in self.asked.hidden
        return () if hidden else tuple(enumerate(self.asked.procedure.cases[0].documents, 1))

    @property
    def needed(self) -> tuple[tuple[int, Document], ...]:
        return tuple((n, each) for n, each in self.papers if is_certain(each))

    @property
    def maybe(self) -> tuple[tuple[int, Document], ...]:
        return tuple((n, each) for n, each in self.papers if not is_certain(each))

    @property
    def missing(self) -> tuple[tuple[int, Document], ...]:
        return tuple((n, each) for n, each in self.needed if n not in self.list.have)

    @property
    def have(self) -> tuple[tuple[int, Document], ...]:
        return tuple((n, each) for n, each in self.papers if n in self.list.have)

    def facts(self, place: Place) -> Iterator[Block]:
        """Fee, time and place of this case; where one is not known or hidden, that it is so."""
        for part in FACTS:
            said = self.asked.whole(part)
            if said is None:
                yield Block(texts.sheet_heading(part.value), (part_absent(self.asked, part, place, short=True),))
            elif part is Facet.WHERE:
                yield Block(texts.sheet_heading(part.value), _places(self.asked.procedure))
            else:
                yield Block(texts.sheet_heading(part.value), tuple(_flat(said.lines)))


def gathered_by(here: Walk, wanted: Checklist, conversation: Conversation, desk: Desk) -> Gathered | None:
    """The list at this desk today; None where its officials hid the whole answer."""
    shown = asking.as_shown(Asked(here.procedure), conversation, desk)
    if shown is None:
        return None
    own = narrowed(shown.procedure, here.path)
    count = len(own.cases[0].documents)
    have = tuple(n for n in wanted.have if n <= count)
    return Gathered(here, replace(shown, procedure=own, case=own.cases[0].key), replace(wanted, have=have))


def _flat(lines: Iterable[str]) -> Iterator[str]:
    """Lines under the ways of handing in, each with its way before it: "Gửi bưu điện: 1 ngày làm việc"."""
    way = ""
    for line in lines:
        if line.endswith(":"):
            way = f"{line} "
        else:
            yield f"{way}{lower_first(line[2:]) if way else line[2:]}" if line.startswith("- ") else line


def _places(procedure: Procedure) -> tuple[str, ...]:
    decided = () if procedure.decided_by is None else (texts.decided(procedure.decided_by),)
    return (*((procedure.submit_at,) if procedure.submit_at else ()), *decided)
