"""A few questions that lead to the case of a procedure that is one's own: a small tree, as data. Pure.

A tree selects among the facts of its procedure and holds none itself. Answers are counted from 1 and written one
figure each: "12" is the first answer to the first question, then the second to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

from msgspec import Struct

MOST_QUESTIONS = 5
"""One tap each: more nobody answers."""


class Answer(Struct, frozen=True):
    """One short answer. It asks on (``next``), leads to another procedure, or ends at the case named last.

    ``case``: a case's key. ``without`` and ``needs``: papers that are then left out, or needed beyond doubt.
    ``fees`` and ``times``: the only lines that then hold. Papers and lines are named by how they begin.
    """

    label: str
    next: str | None = None
    case: str | None = None
    procedure: str | None = None
    without: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


class Question(Struct, frozen=True):
    """One question with its two to four answers. ``key`` is short ASCII."""

    key: str
    ask: str
    answers: tuple[Answer, ...]


class Path(Struct, frozen=True):
    """The answers given from the first question on, and what comes then: ``asks`` again, or an end."""

    given: tuple[Answer, ...]
    asks: Question | None

    @property
    def case(self) -> str | None:
        """The case that was named last."""
        return next((each.case for each in reversed(self.given) if each.case is not None), None)

    @property
    def procedure(self) -> str | None:
        """The other procedure that it is about after all."""
        return self.given[-1].procedure if self.given else None

    def named(self, what: str) -> tuple[str, ...]:
        """Everything that the answers name under ``what``: "without", "needs", "fees", "times"."""
        return tuple(name for answer in self.given for name in getattr(answer, what))


@dataclass(frozen=True)
class Guide:
    """The questions of a procedure; the first is asked first."""

    questions: tuple[Question, ...]

    @cached_property
    def print(self) -> str:
        """Four figures that change with the tree: what an old link says is not read by a new tree."""
        told = [
            (question.key, question.ask, *((answer.label, answer.next, answer.case) for answer in question.answers))
            for question in self.questions
        ]
        return f"{crc32(repr(told).encode()) & 0xFFFF:04x}"

    def follow(self, answers: str) -> Path | None:
        """Where the answers lead; None where the tree has no such path."""
        here: Question | None = self.questions[0]
        given: list[Answer] = []
        for figure in answers:
            if here is None or figure not in "123456789" or int(figure) > len(here.answers):
                return None
            answer = here.answers[int(figure) - 1]
            given.append(answer)
            here = None if answer.next is None else self.question(answer.next)
        return Path(tuple(given), here)

    def question(self, key: str) -> Question | None:
        return next((each for each in self.questions if each.key == key), None)

    def paths(self) -> Iterator[tuple[str, Path]]:
        """Every way through, by its answers, in order. Only for a tree without a cycle."""
        waiting = [""]
        while waiting:
            answers = waiting.pop(0)
            path = self.follow(answers)
            if path is None or path.asks is None:
                if path is not None:
                    yield answers, path
                continue
            waiting = [f"{answers}{n}" for n in range(1, len(path.asks.answers) + 1)] + waiting
