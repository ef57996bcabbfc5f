"""What the level above reads of words that may accuse somebody."""

from __future__ import annotations

from handlers.texts.format import number
from handlers.texts.sentences import sentence


def which() -> str:
    return sentence("held.which")


def no_such_unit() -> str:
    return sentence("held.no_such_unit")


def head(unit: str, n: int) -> str:
    """Above ``n`` remarks of a unit."""
    return sentence("held.head", unit=unit, n=number(n)) if n else sentence("held.none", unit=unit)


def remark(month: str, words: str) -> str:
    """One of them; ``month`` is "11/2026"."""
    return sentence("held.remark", month=month, words=words)


def what_it_is() -> str:
    return sentence("held.what_it_is")


def label_more() -> str:
    return sentence("label.held_more")
