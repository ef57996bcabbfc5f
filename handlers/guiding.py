"""Guiding who does not know what it is called: by field, and to the case of a procedure that is one's own."""

from __future__ import annotations

from handlers.desk import Conversation, Desk, Step, Topic
from handlers.listing import Option, page_of
from handlers.messages import Outgoing
from handlers.said import said
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import guiding as texts
from procedures.fold import syllables
from procedures.procedure import Case, Procedure

COMMON_WORDS = said().of_no_case
"""Folded syllables that say nothing of a case."""


def fields(page: int, desk: Desk) -> Step:
    """The catalog's fields, a page of them."""
    options = [Option(field, f"field {slug(field)}") for field, _ in desk.catalog.fields()]
    shown = page_of(options, page, "fields")
    return Step(Idle(), (Outgoing(texts.fields(shown.options), shown.choices),))


def in_field(name: str, page: int, desk: Desk) -> Step:
    """The procedures of one field: what the desk does itself first."""
    for field, procedures in desk.catalog.fields():
        if slug(field) == name:
            ordered = sorted(procedures, key=lambda each: each.elsewhere is not None)
            options = [Option(each.plain, f"about {each.code}") for each in ordered]
            shown = page_of(options, page, f"field {name}")
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
    shown = page_of(options, page, f"cases {procedure.code}")
    return Step(Idle(), (Outgoing(texts.cases(procedure.plain, shown.options), shown.choices),), topic=topic)


def stale(desk: Desk) -> Step:
    """What an old button says is gone: the fields instead."""
    shown = fields(1, desk).say[0]
    return Step(Idle(), (Outgoing(common.stale(), shown.choices),))


def slug(field: str) -> str:
    """A field's name as a code: "Hộ tịch" is "ho-tich"."""
    return "-".join(syllables(field))[:48].rstrip("-")


def case_named(procedure: Procedure, text: str) -> Case | None:
    """The case that the text speaks of: the one that shares most words of its own with it, and at least two."""
    said = set(syllables(text))
    words = [set(syllables(f"{case.name} {case.when or ''}")) - COMMON_WORDS for case in procedure.cases]
    shared = set.intersection(*words) if len(words) > 1 else set()
    about = set(syllables(f"{procedure.name} {procedure.plain}"))
    counts = [len((own - shared - about) & said) for own in words]
    best = max(counts, default=0)
    if best < 2 or counts.count(best) > 1:
        return None
    return procedure.cases[counts.index(best)]
