"""Reaching a citizen by phone number, where the channel may not write to who has long been silent.

The number is asked for by the channel's own form and only after a yes to what it is for; what comes unasked is not
kept. It is taken back by a word.
"""

from __future__ import annotations

from handlers.desk import Conversation, Desk, Step
from handlers.effects import Consented, PhoneForgotten
from handlers.messages import Choice, Incoming, Outgoing
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import reaching as texts

PURPOSE = "phone"
CONSENT = "phone-1"
"""Version of the text ``reaching.consent``; a changed wording is a new one."""


def offered(desk: Desk) -> tuple[Choice, ...]:
    """The choice that leads here, where the channel has a form for it."""
    return (Choice(texts.label_offer(), "phone"),) if desk.asks_phone else ()


def ask(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """ "nhắn qua số điện thoại": what the number is for, and whether that is wanted."""
    if not incoming.private:
        return Step(conversation.state, (Outgoing(common.group()),))
    if not desk.asks_phone:
        return Step(Idle(), (Outgoing(texts.not_here()),))
    picks = (Choice(texts.label_yes(), "phone yes"), Choice(texts.label_no(), "phone no"))
    return Step(Idle(), (Outgoing(texts.consent(), picks),))


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "phone yes", "phone no"; None where it is none."""
    match words:
        case ("phone", "no"):
            return forget()
        case ("phone", "yes") if not incoming.private or not desk.asks_phone:
            return ask(conversation, incoming, desk)
        case ("phone", "yes"):
            pass
        case _:
            return None
    given = Consented(PURPOSE, CONSENT, granted=True)
    return Step(Idle(), (Outgoing(texts.form(), asks_phone=True),), (given,))


async def given(conversation: Conversation, desk: Desk) -> Step | None:
    """A contact was sent; None where the channel has no form for it. Without a consent nothing of it is kept."""
    if not desk.asks_phone:
        return None
    if await desk.records.consented(PURPOSE):
        return Step(conversation.state, (Outgoing(texts.kept()),))
    return Step(conversation.state, (Outgoing(texts.dropped(), offered(desk)),), (PhoneForgotten(),))


def forget() -> Step:
    """ "quên số điện thoại": the number is gone."""
    refused = Consented(PURPOSE, CONSENT, granted=False)
    return Step(Idle(), (Outgoing(texts.forgotten()),), (refused, PhoneForgotten()))
