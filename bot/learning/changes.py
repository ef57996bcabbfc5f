"""Whose answer changes when the search does: printed before new words or weights take effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from procedures.catalog import Catalog
from procedures.finding.facets import Facet
from procedures.procedure import Procedure
from procedures.search import Answer, Ask, Decision, Index, bundled
from procedures.stated import stated

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


def facts(now: Catalog, then: Catalog, words: Mapping[Facet, str], today: date) -> Iterator[str]:
    """A line for each question about a procedure whose answer states other values: “…”: before → after.

    ``words``: how each facet is asked for. Of a procedure that came or went one line; of its cases all.
    """
    for code in dict.fromkeys(each.code for each in (*now, *then)):
        before, after = now.by_code(code), then.by_code(code)
        if before == after:
            continue
        if before is None or after is None:
            known = before or after
            yield f"{code} {known.plain or known.name if known else ''}: {'new' if before is None else 'gone'}"
            continue
        yield from _facts(before, after, words, today)


def _facts(before: Procedure, after: Procedure, words: Mapping[Facet, str], today: date) -> Iterator[str]:
    cases = dict.fromkeys((None, *(each.key for each in (*before.cases, *after.cases))))
    told: set[str] = set()
    for facet, asked in words.items():
        for case in cases:
            old, new = (Counter(map(str, stated(each, facet, case, today, (each.scope,)))) for each in (before, after))
            gone, come = "; ".join((old - new).elements()) or "–", "; ".join((new - old).elements()) or "–"
            line = f"“{after.plain}: {asked}”: {gone} → {come}"
            if old != new and line not in told:
                told.add(line)
                yield line


def _named(decision: Decision[Any]) -> str:
    match decision:
        case Answer(hit):
            return str(hit.procedure.plain or hit.procedure.name)
        case Ask(hits):
            return "? " + " / ".join(str(hit.procedure.plain or hit.procedure.name) for hit in hits)
        case _:
            return "–"
