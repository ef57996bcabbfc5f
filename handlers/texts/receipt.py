"""What is printed on the slip with a dossier's QR."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def title() -> str:
    return sentence("slip.title")


def how(channel: str, says: str | None) -> str:
    """What to do with the QR of a channel: web, telegram, zalo (``says``: what is to be sent there)."""
    if channel == "web":
        return sentence("slip.web")
    if channel == "telegram":
        return sentence("slip.telegram")
    return sentence("slip.zalo", says=says or "")


def keep() -> str:
    return sentence("slip.keep")


def phone(phone: str) -> str:
    return sentence("slip.phone", phone=phone)
