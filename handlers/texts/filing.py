"""What officials read of a digest as a file, in chat and at the page where a link leads."""

from __future__ import annotations

from datetime import datetime

from handlers.texts.format import moment
from handlers.texts.sentences import sentence


def label_page() -> str:
    return sentence("label.digest_page")


def label_book() -> str:
    return sentence("label.digest_book")


def label_chart() -> str:
    return sentence("label.digest_chart")


def sent(file: str, week: str, unit: str) -> str:
    """The file goes along. ``file``: "page", "book" or "chart"; ``week``: "tuần 46"."""
    return sentence(f"file.sent.{file}", week=week, unit=unit)


def linked(file: str, week: str, unit: str, link: str, until: datetime) -> str:
    """Where it can be fetched, and for how long; ``until`` in Vietnam's time."""
    return "\n".join((sentence(f"file.linked.{file}", week=week, unit=unit), link, _lives(until)))


def _lives(until: datetime) -> str:
    return sentence("file.lives", until=moment(until))


def nowhere() -> str:
    """Neither as a file nor by a link."""
    return sentence("file.nowhere")


def page_title() -> str:
    return sentence("file.page.title")


def page_ready(ending: str) -> str:
    """``ending``: "xlsx", "pdf", "png"."""
    return sentence(f"file.page.ready.{ending}")


def page_lives(until: datetime) -> str:
    return sentence("file.page.lives", until=moment(until))


def page_button() -> str:
    return sentence("file.page.button")


def page_gone() -> str:
    """The link opens nothing, or no longer; no reason is given."""
    return sentence("file.page.gone")


def page_failed() -> str:
    return sentence("file.page.failed")
