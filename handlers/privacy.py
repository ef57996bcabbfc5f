"""What is kept of a chat, and having it erased: at once when typed out, asked back when only pressed."""

from __future__ import annotations

from handlers.desk import Conversation, Desk, Step
from handlers.dossiers import reaching
from handlers.effects import Erased
from handlers.locating import unit_of
from handlers.messages import Choice, Incoming, Outgoing
from handlers.states import Idle
from handlers.texts import common
from handlers.texts import privacy as texts


def short(conversation: Conversation, desk: Desk) -> Step:
    """What is kept, how long, who answers for it."""
    unit = unit_of(conversation, desk)
    choices = (Choice(texts.label_see_data(), "data"), Choice(texts.label_erase(), "erase"))
    return Step(Idle(), (Outgoing(texts.short(unit.name, unit.phone), choices),))


async def see(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """ "xem dữ liệu": what is kept of this chat, counted."""
    if not incoming.private:
        return _group(conversation)
    held = await desk.records.held()
    following = sum(binding.following for binding in held.bindings)
    lists = len(conversation.memory.lists)
    joined = len(await desk.records.joined())
    phone = await desk.records.consented(reaching.PURPOSE)
    said = texts.held(
        held.messages, len(held.bindings), following, held.ratings, held.official, lists, joined, phone, held.misses
    )
    return Step(Idle(), (Outgoing(said, (Choice(texts.label_erase(), "erase"),)),))


def erase(conversation: Conversation, incoming: Incoming) -> Step:
    """The button "Xóa dữ liệu": asked back once, since it cannot be undone."""
    if not incoming.private:
        return _group(conversation)
    choices = (Choice(texts.label_erase_sure(), "erase_sure"), Choice(texts.label_keep(), "menu"))
    return Step(Idle(), (Outgoing(texts.erase_sure(), choices),))


async def erase_sure(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step:
    """ "xóa dữ liệu" typed out, or the button's second press: every row that holds this chat goes."""
    if not incoming.private:
        return _group(conversation)
    held = await desk.records.held()
    return Step(Idle(), (Outgoing(texts.erased(desk.now, held.misses)),), (Erased(),))


def _group(conversation: Conversation) -> Step:
    return Step(conversation.state, (Outgoing(common.group()),))
