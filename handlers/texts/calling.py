"""What is said about the name that a citizen gives a followed dossier."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def ask(code: str, longest: int) -> str:
    return sentence("name.ask", code=code, n=longest)


def unclear(longest: int) -> str:
    """What was typed leaves no name."""
    return sentence("name.unclear", n=longest)


def done(code: str, name: str) -> str:
    return sentence("name.done", code=code, name=name)


def taken_back(code: str, name: str) -> str:
    """``name``: what it is called now."""
    return sentence("name.taken_back", code=code, name=name)


def none_followed() -> str:
    return sentence("name.none_followed")


def which() -> str:
    return sentence("name.which")


def label(name: str) -> str:
    """The label under ``label.<name>``."""
    return sentence(f"label.{name}")
