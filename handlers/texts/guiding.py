"""Browsing by field, and choosing the case of a procedure."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def fields(options: str) -> str:
    """``options``: numbered lines."""
    return sentence("guide.fields", options=options)


def field(field: str, options: str) -> str:
    return sentence("guide.field", field=field, options=options)


def cases(name: str, options: str) -> str:
    return sentence("guide.cases", name=name, options=options)


def one_case(name: str) -> str:
    return sentence("guide.one_case", name=name)


def case(name: str, when: str | None) -> str:
    """One case as an option: its name and whom it concerns."""
    return name if when is None else sentence("guide.case", name=name, when=when)
