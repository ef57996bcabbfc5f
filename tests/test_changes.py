"""Whose answer changes: a line a question, none where nothing does."""

from __future__ import annotations

from bot.changes import changes, usual
from procedures.search import Answer, Ask, Decision, Hit, Index, Unknown
from tests.fakes import catalog

FIRST, SECOND = tuple(catalog())[:2]
DECISIONS: dict[str, Decision[object]] = {
    "answered": Answer(Hit(FIRST, 0.9)),
    "asked": Ask((Hit(FIRST, 0.5), Hit(SECOND, 0.4))),
    "refused": Unknown(),
}


class Fixed(Index[object]):
    """A search that decides as it is told."""

    def __init__(self, **decisions: str) -> None:
        self.decisions = decisions

    def decide(self, text: str) -> Decision[object]:
        return DECISIONS[self.decisions[text]]


def test_only_what_changes_is_named() -> None:
    now = Fixed(a="answered", b="asked", c="refused", d="answered")
    then = Fixed(a="answered", b="answered", c="asked", d="refused")
    assert list(changes(now, then, ["a", "b", "c", "b", "d"])) == [
        f"“b”: ? {FIRST.plain} / {SECOND.plain} → {FIRST.plain}",
        f"“c”: – → ? {FIRST.plain} / {SECOND.plain}",
        f"“d”: {FIRST.plain} → –",
    ]


def test_a_few_ways_of_each_procedure_are_asked() -> None:
    ways = list(usual())
    assert len(ways) > 400
    assert len(set(ways)) == len(ways)
