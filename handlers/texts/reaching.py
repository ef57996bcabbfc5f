"""Reaching a citizen by phone number."""

from __future__ import annotations

from handlers.texts.sentences import sentence


def consent() -> str:
    """What the number is for; a changed wording is a new version of the consent."""
    return sentence("reaching.consent")


def form() -> str:
    """Stands above the channel's form."""
    return sentence("reaching.form")


def form_subtitle() -> str:
    """Stands in the channel's form."""
    return sentence("reaching.form_subtitle")


def kept() -> str:
    return sentence("reaching.kept")


def dropped() -> str:
    return sentence("reaching.dropped")


def forgotten() -> str:
    return sentence("reaching.forgotten")


def not_here() -> str:
    return sentence("reaching.not_here")


def label_offer() -> str:
    return sentence("label.phone_offer")


def label_yes() -> str:
    return sentence("label.phone_yes")


def label_no() -> str:
    return sentence("label.phone_no")
