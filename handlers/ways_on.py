"""The ways on that stand under many answers, each said in one place."""

from __future__ import annotations

from handlers.messages import Choice
from handlers.texts import common


def ask() -> Choice:
    """To ask about a procedure."""
    return Choice(common.label_ask(), "ask")


def track() -> Choice:
    """To look a dossier up."""
    return Choice(common.label_track(), "track")


def hours() -> Choice:
    """When the desk is open."""
    return Choice(common.label_hours(), "hours")


def place(unit: str) -> Choice:
    """Where the desk of that unit (its code) is, and when it is open."""
    return Choice(common.label_hours(), f"place {unit}")


def person() -> Choice:
    """To a person at the desk."""
    return Choice(common.label_person(), "person")
