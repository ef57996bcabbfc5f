"""A result slip: rating without having followed anything, by the QR, a link, or eight characters typed in any chat.

::

    QR, link, "đánh giá F3K7-2HQ9" ─▶ 1–5 is asked, of "the result handed over on this day here", nothing more
    "F3K7-2HQ9" alone              ─▶ sure? ──yes──▶ the same
    wrong characters               ─▶ counted: the chat and its address wait as after wrong proofs (``limiting``); a
                                      hundred of all chats in an hour close typing for all, QR and links go on

A wrong last character shows before anything is looked up and is no guess. What may be rated is looked up at every step
(``authority.py``); choices carry the hash of what was shown, never the dossier.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from handlers import ways_on
from handlers.authority import Case, may_rate
from handlers.desk import Conversation, Desk, Later, Step
from handlers.effects import SlipTyped
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import marked
from handlers.rated import rating
from handlers.reading.intents import ResultSlip, is_pressed
from handlers.reading.nodding import says_no, says_yes
from handlers.states import AsksSlip, Idle
from handlers.texts import rating as rating_texts
from handlers.texts import slips as texts
from ratings.week import vietnam_date

SLIP_MISSED = "slip"
"""What a wrong code is counted under, in place of a dossier."""
WITHIN = timedelta(hours=1)
MISSES_OF_ALL = 100
"""Of 1.7 thousand million codes some thousands are good at a time: so many tries an hour find one in a year."""


async def shown(conversation: Conversation, incoming: Incoming, desk: Desk, slip: ResultSlip) -> Step | Later:
    """A slip was scanned, its link opened, or its characters typed."""
    if not incoming.private:
        return Step(conversation.state, (Outgoing(rating_texts.group()),))
    if not slip.typed:
        return await _begin(conversation, incoming, desk, slip.hashed)
    phone = desk.offices.unit(desk.rules.unit).phone
    until = (await desk.records.misses(SLIP_MISSED, incoming.origin)).waits_until(desk.now)
    if until is not None:
        return Step(Idle(), (Outgoing(texts.wait(until, desk.today, phone), (ways_on.person(),)),))
    if await desk.records.slips_missed(desk.now - WITHIN) >= MISSES_OF_ALL:
        return Step(Idle(), (Outgoing(texts.closed(phone), (ways_on.person(),)),))
    right = await desk.records.slip(slip.hashed) is not None
    tried = SlipTyped(right, incoming.origin)
    if not right:
        return Step(Idle(), (Outgoing(texts.unknown(phone), (ways_on.person(),)),), (tried,))
    case = await may_rate(desk, slip.hashed, None)
    if slip.sure or not isinstance(case, Case):
        begun = await _begin(conversation, incoming, desk, slip.hashed)
        return begun if isinstance(begun, Later) else replace(begun, effects=(tried, *begun.effects))
    done = case.completion
    day, place = vietnam_date(done.completed_at), desk.offices.unit(done.unit).name
    asked = texts.sure(texts.about(day, place, handed_over=done.ended is None))
    picks = (Choice(texts.label_yes(), f"rate {slip.hashed}"), Choice(texts.label_no(), "slip no"))
    return Step(AsksSlip(slip.hashed), (Outgoing(marked(asked, desk), picks),), (tried,))


def mistyped() -> Step:
    """Characters that are no code: one of them is wrong. No guess, so nothing is counted."""
    return Step(Idle(), (Outgoing(texts.mistyped(), (ways_on.person(),)),))


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to whether a slip is to be rated; None where it is no answer to that."""
    match conversation.state:
        case AsksSlip(hashed) if not is_pressed(incoming.text) and says_yes(incoming.text, dung=True):
            return await _begin(conversation, incoming, desk, hashed)
        case AsksSlip() if not is_pressed(incoming.text) and says_no(incoming.text):
            return _left()
        case _:
            return None


def say_code(words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "slip no"; None where it is none. ("rate HASH" is rating's.)"""
    return _left() if words == ("slip", "no") else None


async def _begin(conversation: Conversation, incoming: Incoming, desk: Desk, hashed: str) -> Step | Later:
    return await rating.begin(conversation, incoming, desk, hashed) or Step(Idle(), (Outgoing(texts.over()),))


def _left() -> Step:
    return Step(Idle(), (Outgoing(texts.left()),))
