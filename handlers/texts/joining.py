"""One person on several channels."""

from __future__ import annotations

from datetime import datetime

from handlers.texts.format import moment
from handlers.texts.sentences import sentence, sentences


def code(code: str, minutes: int) -> str:
    """The code to be typed in the other chat within so many minutes."""
    return sentence("joining.code", code=code, minutes=minutes)


def own(code: str) -> str:
    return sentence("joining.own", code=code)


def over() -> str:
    return sentence("joining.over")


def too_many() -> str:
    return sentence("joining.too_many")


def sure(channel: str) -> str:
    """``channel``: the name in the other chat's key."""
    return sentence("joining.sure", channel=_named(channel))


def joined(channel: str) -> str:
    return sentence("joining.joined", channel=_named(channel))


def told(channel: str, at: datetime) -> str:
    """To the chat that gave the code."""
    return sentence("joining.told", channel=_named(channel), at=moment(at))


def left() -> str:
    return sentence("joining.left")


def parted() -> str:
    return sentence("joining.parted")


def not_joined() -> str:
    return sentence("joining.not_joined")


def label_yes() -> str:
    return sentence("label.join_yes")


def label_no() -> str:
    return sentence("label.join_no")


def label_mine() -> str:
    return sentence("label.join_mine")


def label_offer() -> str:
    return sentence("label.join_offer")


def _named(channel: str) -> str:
    key = f"joining.on.{channel}"
    return sentence(key) if key in sentences() else sentence("joining.elsewhere")
