"""Every procedure of the catalog asked for every facet in words, as a citizen would, and each answer read back.

::

    "Đăng ký khai sinh: lệ phí bao nhiêu" ─▶ respond() ─▶ which of these? one press ─▶ the answer
        ─▶ "Xem đủ", page by page ─▶ typed values ─▶ exactly those that the entry states?

An amount that a short answer names has to be one of the facet's amounts as well. Papers, fees and times are read for
every further case too, by the codes that the choices carry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct, field

from handlers.answers.answering import validity
from handlers.answers.asking import wanted
from handlers.desk import Conversation, Desk, Later, Step, Topic
from handlers.greeting import place_of
from handlers.messages import Chat, Incoming, Outgoing
from handlers.reading.rereading import amounts, body, values
from procedures.finding.facets import Facet
from procedures.learning.measures import wilson
from procedures.procedure import Procedure
from procedures.stated import Value, stated

WORDS = {
    Facet.PAPERS: "cần giấy tờ gì",
    Facet.FEE: "lệ phí bao nhiêu",
    Facet.TIME: "bao lâu thì xong",
    Facet.WHERE: "nộp ở đâu",
    Facet.HOW: "làm thế nào",
    Facet.ONLINE: "nộp qua mạng được không",
    Facet.RESULT: "kết quả là gì",
    Facet.CONDITIONS: "điều kiện gì",
    Facet.LEGAL_BASIS: "căn cứ pháp lý nào",
    Facet.FORM: "biểu mẫu nào",
    Facet.POST: "gửi bưu điện được không",
}
BY_CASE = (Facet.PAPERS, Facet.FEE, Facet.TIME)
MOST_PAGES = 40
WHO = Chat("eval", "0", "facts")

Answers = Callable[[Conversation, Incoming, Desk], Awaitable[Step | Later]]


class Wrong(Struct, frozen=True):
    """A facet that was not answered as its entry states it: what is missing, and what nobody states."""

    code: str
    facet: Facet
    case: str | None
    missing: tuple[Value, ...]
    invented: tuple[str, ...]

    def __str__(self) -> str:
        case = f" ({self.case})" if self.case else ""
        lines = [f"{self.code} {self.facet.value}{case}"]
        lines += [f"  stated, not said: {each}" for each in self.missing]
        lines += [f"  said, not stated: {each}" for each in self.invented]
        return "\n".join(lines)


class Report(Struct):
    """``questions`` asked in words; ``heard``: in which that facet alone was heard; ``direct`` answered at once;
    ``lost``: (code, facet) of those that led to another procedure or to none, also by one press.

    ``values``: how many typed values entries state and answers were read for; ``wrong`` says which were not exact.
    """

    questions: int = 0
    heard: int = 0
    direct: int = 0
    lost: list[tuple[str, Facet]] = field(default_factory=list)
    values: int = 0
    exact: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object of docs/contract.md."""
        low, high = wilson(self.exact, self.values) or (None, None)
        return {
            "questions": self.questions,
            "heard": self.heard,
            "direct": self.direct,
            "lost": [f"{code} {facet.value}" for code, facet in self.lost],
            "values": self.values,
            "exact": self.exact,
            "share": round(self.exact / self.values, 6) if self.values else None,
            "low": None if low is None else round(low, 6),
            "high": None if high is None else round(high, 6),
            "wrong": [
                {
                    "code": each.code,
                    "facet": each.facet.value,
                    "case": each.case,
                    "missing": [str(value) for value in each.missing],
                    "invented": list(each.invented),
                }
                for each in self.wrong
            ],
        }


async def ask_all(procedures: Iterable[Procedure], answers: Answers, desk: Desk) -> Report:
    """Ask about each of ``procedures``, of which ``desk`` answers, and compare with what these entries state."""
    asking = _Asking(answers, desk, Report())
    for procedure in procedures:
        for facet in WORDS:
            await asking.ask(procedure, facet)
        for case in procedure.cases[1:]:
            for facet in BY_CASE:
                await asking.read(procedure, facet, case.key, f"{facet.value} {procedure.code} {case.key}")
    return asking.report


class _Asking(Struct):
    answers: Answers
    desk: Desk
    report: Report

    async def ask(self, procedure: Procedure, facet: Facet) -> None:
        """One question in words, then everything about the facet."""
        text = f"{procedure.plain}: {WORDS[facet]}"
        self.report.questions += 1
        # an overview answers "how"
        self.report.heard += wanted(text) == (() if facet is Facet.HOW else (facet,))
        step = await self._says(text)
        if step.topic is None or step.topic.procedure != procedure.code:
            picked = _about(step, procedure.code)
            step = step if picked is None else await self._says(picked)
        else:
            self.report.direct += 1
        if step.topic is None or step.topic.procedure != procedure.code:
            self.report.lost.append((procedure.code, facet))
            return
        brief = amounts("\n".join(self._body(procedure, step.say[0]))) if facet is Facet.FEE else frozenset[int]()
        await self.read(procedure, facet, None, f"{facet.value} {procedure.code}", brief)

    async def read(
        self,
        procedure: Procedure,
        facet: Facet,
        case: str | None,
        says: str,
        brief: frozenset[int] = frozenset(),
    ) -> None:
        """The whole answer to a choice's code, page by page, compared; ``brief``: amounts that were said before."""
        lines: list[str] = []
        for page in range(1, MOST_PAGES):
            step = await self._says(says if page == 1 else f"{says} p{page}", procedure)
            lines += self._body(procedure, step.say[0])
            if not any(choice.says == f"{says} p{page + 1}" for choice in step.say[0].choices):
                break
        found = next((each for each in procedure.cases if case in (None, each.key)), None)
        names = [each.name for each in found.documents] if found is not None else []
        should = stated(procedure, facet, case, self.desk.today, self._places())
        self._compare(procedure, facet, case, should, values(facet, lines, names), brief)

    def _compare(
        self,
        procedure: Procedure,
        facet: Facet,
        case: str | None,
        should: tuple[Value, ...],
        said: tuple[Value, ...],
        brief: frozenset[int],
    ) -> None:
        wanted, found = Counter(should), Counter(said)
        missing, more = tuple((wanted - found).elements()), tuple((found - wanted).elements())
        known = {number for each in should for number in each.numbers}
        known |= {amount for each in should for amount in (*amounts(each.note), *amounts(each.label))}
        invented = (*map(str, more), *(f"{amount} đồng" for amount in sorted(brief - known)))
        self.report.values += len(should)
        self.report.exact += len(should) - len(missing)
        if missing or invented:
            self.report.wrong.append(Wrong(procedure.code, facet, case, missing, invented))

    def _body(self, procedure: Procedure, out: Outgoing) -> tuple[str, ...]:
        """An answer's lines about facts: without the condolence, whose task it is, the desk's address, the source."""
        place = place_of(Conversation(), self.desk)
        after = set(validity(procedure, place))
        return tuple(line for line in body(out.text) if line not in after and not line.startswith("Việc này do "))

    def _places(self) -> Iterator[str]:
        unit = self.desk.offices.unit(self.desk.rules.unit)
        yield unit.name
        yield from unit.aliases

    async def _says(self, text: str, topic: Procedure | None = None) -> Step:
        about = Topic() if topic is None else Topic(topic.code)
        conversation = Conversation(version=1, topic=about)
        step = await self.answers(conversation, Incoming(WHO, "1", text, self.desk.now), self.desk)
        assert isinstance(step, Step)
        return step


def _about(step: Step, code: str) -> str | None:
    """The choice of a question back that means the procedure."""
    choices = (choice for said in step.say for choice in said.choices)
    says = (each.says for each in choices)
    return next((each for each in says if each.startswith("about") and each.endswith(f" {code}")), None)
