"""What is said to who asks of a late dossier why, until when, and what to do now."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def why(code: str, days: int, reason: str | None) -> str:
    """The reason as the desk wrote it; None: it wrote none. ``days``: working days late, 0 since some hours."""
    if reason is None:
        return sentence("waiting.why_unwritten", code=code, late=_late(days))
    return sentence("waiting.why", code=code, late=_late(days), reason=reason.rstrip(" ."))


def no_new_day(code: str, days: int) -> str:
    """Asked until when, and no official confirmed a new day."""
    return sentence("waiting.when", code=code, late=_late(days))


def nothing_to_do(code: str, days: int) -> str:
    return sentence("waiting.now", code=code, late=_late(days))


def late(code: str, days: int) -> str:
    """Before the new day that was promised."""
    return sentence("waiting.late", code=code, late=_late(days))


def ask(phone: str | None) -> str:
    """Whom to ask, and what."""
    return sentence("waiting.ask", phone="" if phone is None else sentence("track.phone", phone=phone))


def right() -> str:
    """The apology with a new day that a citizen may ask for."""
    return sentence("waiting.right")


def _late(days: int) -> str:
    return sentence("waiting.hours") if days == 0 else sentence("waiting.days", n=days)
