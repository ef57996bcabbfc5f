"""One person on several channels: joined only by a one-time code that they carry from one chat to the other.

::

    there: "nối chat" ─▶ NOI-ABCDE-FGHJK, ten minutes, once
    here:  the code   ─▶ sure? ──yes──▶ one person: both see the same dossiers, news come here; the other chat is told
    "bỏ nối" in either ─▶ apart again

Never by a name or a phone. Who talks somebody into typing a foreign code would see their dossiers: so it is asked back
what the code does, and the other chat is told. What an official may do is not shared.
"""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec.structs import replace

from handlers.desk import Conversation, Desk, Step
from handlers.effects import Joined, JoinOffered, Parted
from handlers.memory import MOST_LISTS, Memory
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.reading.nodding import says_no, says_yes
from handlers.states import AsksJoin, Idle
from handlers.texts import common
from handlers.texts import joining as texts

LIVES = timedelta(minutes=10)
MOST_CHATS = 6
"""Chats of one person."""
HASH = re.compile(r"[0-9a-f]{40}")


def event_of(channel: str, code: str) -> str:
    """The id of the event that tells the other chat; ``code``: its hash."""
    return f"joined:{channel}:{code[:16]}"


async def offer(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """ "nối chat": a code to be typed in the other chat."""
    if not incoming.private:
        return _say(conversation, common.group())
    shown, hashed = desk.records.join_code(conversation.version)
    said = Outgoing(texts.code(shown, int(LIVES.total_seconds()) // 60))
    return Step(Idle(), (said,), (JoinOffered(hashed, desk.now + LIVES),))


async def code_typed(conversation: Conversation, incoming: Incoming, desk: Desk, code: str) -> Step:
    """The code, typed in the other chat: asked back before anything is joined."""
    if not incoming.private:
        return _say(conversation, common.group())
    found = await desk.records.join_offer(code)
    if found is None or found.used or found.expires_at <= desk.now:
        return Step(Idle(), (Outgoing(texts.over()),))
    if found.own:
        return _say(conversation, texts.own(code))
    if found.together > MOST_CHATS:
        return Step(Idle(), (Outgoing(texts.too_many()),))
    picks = (Choice(texts.label_yes(), f"join {found.hash}"), Choice(texts.label_no(), "join no"))
    return Step(AsksJoin(found.hash), (Outgoing(texts.sure(found.channel), picks),))


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The answer to whether the chats are to be joined; None where it is no answer to that."""
    match conversation.state:
        case AsksJoin(code) if says_yes(incoming.text):
            return await say_code(conversation, incoming, desk, ("join", code))
        case AsksJoin() if says_no(incoming.text):
            return await say_code(conversation, incoming, desk, ("join", "no"))
        case _:
            return None


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "join HASH", "join no"; None where it is none."""
    match words:
        case ("join", "no"):
            return Step(Idle(), (Outgoing(texts.left()),))
        case ("join", code) if HASH.fullmatch(code):
            pass
        case _:
            return None
    # Only where it was just asked: a choice's code comes from outside, and what was asked says what joining does.
    if conversation.state != AsksJoin(code) or not incoming.private:
        return Step(Idle(), (Outgoing(texts.over()),))
    found = await desk.records.join_offer_by(code)
    if found is None or found.used or found.own or found.expires_at <= desk.now or found.together > MOST_CHATS:
        return Step(Idle(), (Outgoing(texts.over()),))
    picks = (Choice(texts.label_mine(), "mine"),)
    joined = Step(Idle(), (Outgoing(texts.joined(found.channel), picks),), (Joined(code),))
    return replace(joined, memory=_both(conversation.memory, found.memory))


async def part(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """ "bỏ nối": this chat stands alone again."""
    if not incoming.private:
        return _say(conversation, common.group())
    if not await desk.records.joined():
        return Step(Idle(), (Outgoing(texts.not_joined()),))
    return Step(Idle(), (Outgoing(texts.parted()),), (Parted(),))


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """Tells the chat that gave the code (``joined:<channel>:…``), at once; None where the event is another."""
    match incoming.id.split(":"):
        case ["joined", channel, _]:
            if not await desk.records.joined():
                return Step(conversation.state)
            told = Outgoing(texts.told(channel, desk.now), purpose=Purpose.NOTICE)
            return Step(conversation.state, (told,))
        case _:
            return None


def _both(mine: Memory, theirs: Memory) -> Memory:
    """The lists of papers of both chats, one's own first; one's own form of address, where there is one."""
    new = tuple(each for each in theirs.lists if not any(each.same(own) for own in mine.lists))
    return Memory((*mine.lists, *new)[:MOST_LISTS], mine.address or theirs.address)


def _say(conversation: Conversation, text: str) -> Step:
    return Step(conversation.state, (Outgoing(text),))
