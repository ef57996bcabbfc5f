"""What is said when the machine is slow, broken, or written to too fast."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def slow(phone: str | None) -> str:
    """The turn took longer than its ten seconds."""
    return sentence("engine.slow", phone=phone) if phone else sentence("engine.slow_no_phone")


def broken(phone: str | None) -> str:
    """The message was given up after three tries."""
    return sentence("engine.broken", phone=phone) if phone else sentence("engine.broken_no_phone")


def too_fast() -> str:
    """More than twenty messages in ten seconds."""
    return sentence("engine.too_fast")
