"""Whose answer changes when the search does: printed before new words or weights take effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from procedures.search import Answer, Ask, Decision, Index, bundled

OF_EACH = 2
"""Bundled ways of asking of each procedure that are asked before and after."""


def usual() -> Iterator[str]:
    """What is asked of the old and of the new search: a few bundled ways of each procedure."""
    return (way for ways in bundled().phrasings.ways.values() for way in ways[:OF_EACH])


def changes(now: Index[Any], then: Index[Any], texts: Iterable[str]) -> Iterator[str]:
    """A line for each question that is decided otherwise: “…”: before → after."""
    for text in dict.fromkeys(texts):
        before, after = _named(now.decide(text)), _named(then.decide(text))
        if before != after:
            yield f"“{text}”: {before} → {after}"


def _named(decision: Decision[Any]) -> str:
    match decision:
        case Answer(hit):
            return str(hit.procedure.plain or hit.procedure.name)
        case Ask(hits):
            return "? " + " / ".join(str(hit.procedure.plain or hit.procedure.name) for hit in hits)
        case _:
            return "–"
