"""What every part of the conversation says: where to call, what cannot be done here, labels that come everywhere."""

from __future__ import annotations

from handlers.messages import Kind
from handlers.texts.sentences import sentence


def demo() -> str:
    """The line that everything drawn from demo data carries."""
    return sentence("common.demo")


def demo_mark() -> str:
    """The words by which demo data is known."""
    return sentence("common.demo_mark")


def call(phone: str | None) -> str:
    """The end of a sentence: "gọi 0200 000 007", or the desk itself where no phone is known."""
    return sentence("common.call", phone=phone) if phone else sentence("common.call_none")


def group() -> str:
    return sentence("common.group")


def no_file() -> str:
    """The channel would not take the file of this message."""
    return sentence("common.no_file")


def empty() -> str:
    return sentence("common.empty")


def sensitive() -> str:
    return sentence("common.sensitive")


def sensitive_line() -> str:
    """Beside an answer to the rest of the message."""
    return sentence("common.sensitive_line")


def stale() -> str:
    return sentence("common.stale")


def stopped() -> str:
    return sentence("common.stopped")


def media(kind: Kind, phone: str | None) -> str:
    """The one answer to something that is no text, with a way on."""
    match kind:
        case Kind.VOICE:
            return sentence("media.voice", call=call(phone))
        case Kind.PHOTO:
            return sentence("media.photo")
        case Kind.FILE:
            return sentence("media.file")
        case Kind.LOCATION:
            return sentence("media.location")
        case Kind.CONTACT:
            return sentence("media.contact")
        case Kind.STICKER:
            return sentence("media.sticker")
        case _:
            return sentence("media.other")


def caption() -> str:
    """Before the answer to the words that came with a picture or a file."""
    return sentence("media.caption")


def label_ask() -> str:
    return sentence("label.ask")


def label_by_field() -> str:
    return sentence("label.by_field")


def label_next() -> str:
    return sentence("label.next")


def label_more() -> str:
    """Leads to the buttons that did not fit."""
    return sentence("label.more")


def more() -> str:
    """Above the buttons that did not fit."""
    return sentence("common.more")


def label_not_this() -> str:
    return sentence("label.not_this")


def label_track() -> str:
    return sentence("label.track")


def label_person() -> str:
    return sentence("label.person")


def label_hours() -> str:
    return sentence("label.hours")


def label_menu() -> str:
    return sentence("label.menu")
