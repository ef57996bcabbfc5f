"""Guiding who does not know what it is called: by field, and to the case of a procedure that is one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from handlers.desk import Conversation, Desk, Step, Topic
from handlers.listing import Option, page_of
from handlers.messages import Outgoing
from handlers.reading.said import said
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import guiding as texts
from procedures.ages import age_said, ages_of
from procedures.finding.fold import pairs, syllables
from procedures.procedure import Case, Procedure

COMMON_WORDS = said().of_no_case
"""Folded syllables that say nothing of a case."""
LEAST_LISTED = 4
"""Procedures of a field that is opened by its name; that of a smaller one is most often a procedure's."""


def fields(page: int, desk: Desk) -> Step:
    """The catalog's fields, a page of them: those asked about most come first, which are those with most guides."""
    ordered = sorted(desk.catalog.fields(), key=lambda field: _weight(field[1]), reverse=True)
    options = [Option(field, f"field {slug(field)}") for field, _ in ordered]
    shown = page_of(options, page, "fields", texts.fields(""))
    return Step(Idle(), (Outgoing(texts.fields(shown.options), shown.choices),))


def _weight(procedures: Sequence[Procedure]) -> tuple[int, int, int]:
    """Guides of what the desk does itself, guides of all, and how much it does itself."""
    own = [each for each in procedures if each.elsewhere is None]
    return sum(each.guide is not None for each in own), sum(each.guide is not None for each in procedures), len(own)


def named_field(text: str, desk: Desk) -> Step | None:
    """The list of a field that is all that was said: "hộ tịch", "thủ tục đất đai"; None where it has few procedures."""
    words = _core(syllables(text))
    named = (
        name for name, found in desk.catalog.fields() if len(found) >= LEAST_LISTED and _core(syllables(name)) == words
    )
    field = next(named, None)
    return None if field is None or not words else in_field(slug(field), 1, desk)


def _core(words: list[str]) -> list[str]:
    return [word for word in words if word not in said().around_a_field]


def in_field(name: str, page: int, desk: Desk) -> Step:
    """The procedures of one field: what the desk does itself first."""
    for field, procedures in desk.catalog.fields():
        if slug(field) == name:
            ordered = sorted(procedures, key=lambda each: each.elsewhere is not None)
            options = [Option(each.plain, f"about {each.code}") for each in ordered]
            shown = page_of(options, page, f"field {name}", texts.field(field, ""))
            return Step(Idle(), (Outgoing(texts.field(field, shown.options), shown.choices),))
    return stale(desk)


def cases(procedure: Procedure, page: int, conversation: Conversation) -> Step:
    """The cases of a procedure, to choose from; choosing one gives its papers."""
    topic = Topic(procedure.code, None, conversation.topic.dossier)
    if len(procedure.cases) < 2:
        return Step(Idle(), (Outgoing(texts.one_case(procedure.plain)),), topic=topic)
    options = [
        Option(texts.case(case.name, case.when), f"about {procedure.code} {case.key}") for case in procedure.cases
    ]
    shown = page_of(options, page, f"cases {procedure.code}", texts.cases(procedure.plain, ""))
    return Step(Idle(), (Outgoing(texts.cases(procedure.plain, shown.options), shown.choices),), topic=topic)


def more(first: int, conversation: Conversation, desk: Desk) -> Step:
    """The choices on offer that were not shown yet; the question stays open."""
    if first >= len(conversation.offered):
        return stale(desk)
    return Step(conversation.state, (Outgoing(common.more(), conversation.offered, first=first),))


def stale(desk: Desk) -> Step:
    """What an old button says is gone: the fields instead."""
    shown = fields(1, desk).say[0]
    return Step(Idle(), (Outgoing(common.stale(), shown.choices),))


def slug(field: str) -> str:
    """A field's name as a code: "Hộ tịch" is "ho-tich"."""
    return "-".join(syllables(field))[:48].rstrip("-")


def case_named(procedure: Procedure, text: str) -> Case | None:
    """The case that the text speaks of: by its name, by an age, else by pairs of syllables that no other case has.

    What the names of several cases have, but not the usual one, means the first of them: "đã ly hôn" is not "chưa từng
    kết hôn", and most often not "ly hôn ở nước ngoài" either.
    """
    words = syllables(text)
    whole = f" {' '.join(words)} "
    named = [case for case in procedure.cases if f" {_folded(case.name)} " in whole]
    if named:
        return max(named, key=lambda case: len(case.name))
    age = age_said(text)
    of_age = [case for case in procedure.cases if age is not None and age in (ages_of(case.name) or ())]
    if len(of_age) == 1:
        return of_age[0]
    spoken = set(pairs(words))
    own = [_telling_pairs(f"{case.name} . {case.when or ''}") for case in procedure.cases]
    everywhere = _telling_pairs(f"{procedure.name} . {procedure.plain}")
    counts = []
    for n, mine in enumerate(own):
        others = frozenset[str]().union(*(each for m, each in enumerate(own) if m != n))
        counts.append(len((mine - others - everywhere) & spoken))
    best = max(counts, default=0)
    if best:
        return procedure.cases[counts.index(best)] if counts.count(best) == 1 else None
    names = [_telling_pairs(case.name) - own[0] - everywhere for case in procedure.cases]
    shared = [len({pair for pair in mine & spoken if sum(pair in other for other in names) > 1}) for mine in names]
    best = max(shared, default=0)
    return procedure.cases[shared.index(best)] if best else None


@lru_cache(4096)
def _folded(text: str) -> str:
    return " ".join(syllables(text))


@lru_cache(4096)
def _telling_pairs(text: str) -> frozenset[str]:
    """Neighbouring syllables, without pairs of which neither says anything."""
    clauses = re.split(r"[.,;:()]", text)
    found = (pair for clause in clauses for pair in pairs(syllables(clause)))
    return frozenset(pair for pair in found if not COMMON_WORDS.issuperset(pair.split()))
