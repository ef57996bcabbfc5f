"""What is kept of a chat, and having it erased."""

from __future__ import annotations

from datetime import datetime

from handlers.texts.format import joined, moment
from handlers.texts.sentences import sentence


def short(unit: str, phone: str | None) -> str:
    """What is kept, how long, who answers for it."""
    return sentence("privacy", unit=unit, phone="" if phone is None else sentence("privacy.phone", phone=phone))


def held(
    messages: int,
    dossiers: int,
    following: int,
    ratings: int,
    official: bool,
    lists: int,
    others: int,
    phone: bool,
    misses: int,
) -> str:
    """What is kept of this chat, counted; kinds of which there is nothing are left out."""
    items = (
        (messages, sentence("privacy.messages", n=messages)),
        (dossiers, sentence("privacy.dossiers", n=dossiers, following=following)),
        (ratings, sentence("privacy.ratings", n=ratings)),
        (lists, sentence("privacy.lists", n=lists)),
        (others, sentence("privacy.joined", n=others)),
        (phone, sentence("privacy.phone_consent")),
        (misses, sentence("privacy.misses", n=misses)),
        (official, sentence("privacy.official")),
    )
    kept = [text for count, text in items if count]
    return sentence("privacy.held", items=joined(kept)) if kept else sentence("privacy.held_nothing")


def erase_sure() -> str:
    return sentence("privacy.erase_sure")


def erased(at: datetime, misses: int) -> str:
    """``misses``: wrong proofs, which stay counted for their day."""
    said = sentence("privacy.erased", at=moment(at))
    return f"{said}\n{sentence('privacy.erased_misses', n=misses)}" if misses else said


def label_see_data() -> str:
    return sentence("label.see_data")


def label_erase() -> str:
    return sentence("label.erase")


def label_erase_sure() -> str:
    return sentence("label.erase_sure")


def label_keep() -> str:
    return sentence("label.keep")
