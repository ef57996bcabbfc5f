"""Rating a result that was handed over: the invitation, one to five stars, another opinion within a day.

Why, and a word more, are asked in ``explaining.py``. Who may rate is looked up at every step, never carried by a
button: the chat must hold the dossier, the result must have been handed over, nobody else of the same dossier may
have rated it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from handlers import explaining, tracking
from handlers.desk import Binding, Completion, Conversation, Desk, Given, Later, Step, Topic
from handlers.effects import Declined, Invited, NotReceived, Rated
from handlers.inviting import QUIET, ratable, read_invite
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import notice_name, office_of
from handlers.speaking import says_yes
from handlers.states import AsksComment, AsksReasons, AsksStars, AsksSure, Idle
from handlers.texts import rating as texts
from handlers.texts import tracking as tracking_texts
from onestop.code import DossierCode, find_codes
from ratings import rating as reading
from ratings.rating import read_stars
from ratings.week import vietnam_date

CHANGEABLE = timedelta(hours=24)
"""So long after the first answer another one replaces it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A completion that this chat may rate, or has rated: ``given`` is its own rating, None before the first."""

    binding: Binding
    completion: Completion
    given: Given | None


# --- entry points ----------------------------------------------------------------------------------------------------


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The invitation that falls due (``invite:<dossier>:<n>``); None where the event is another."""
    about = read_invite(incoming.id)
    if about is None:
        return None
    if not isinstance(conversation.state, Idle) and conversation.updated_at is not None:
        free_at = conversation.updated_at + QUIET
        if free_at > desk.now:
            return Later(free_at)
    contact_at = desk.rules.contact_hours.next_contact(desk.now)
    if contact_at > desk.now:
        return Later(contact_at)
    case = await _case(desk, *about)
    if not isinstance(case, Case) or not _may_invite(case, desk):
        return Step(conversation.state)
    return _invitation(case, desk)


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to what was asked about a rating; None where it is no answer to that."""
    match conversation.state:
        case AsksStars(dossier, n):
            return await _read(conversation, incoming, desk, dossier, n, None)
        case AsksSure(dossier, n, stars):
            return await _read(conversation, incoming, desk, dossier, n, stars)
        case AsksReasons() | AsksComment():
            return await explaining.in_state(conversation, incoming, desk)
        case _:
            return None


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """A choice of ours: "rate 5 CODE n", "rate CODE", "rate", "change", "reason …", "unreason …", "skip"."""
    match words:
        case ("rate", stars, typed, n) if stars in ("1", "2", "3", "4", "5") and n.isascii() and n.isdigit():
            code = _parsed(typed)
            return None if code is None else await _take(conversation, incoming, desk, code.canonical, int(n), int(stars))
        case ("rate", typed) if (code := _parsed(typed)) is not None:
            return await begin(conversation, incoming, desk, code.canonical)
        case ("rate",):
            return await begin(conversation, incoming, desk)
        case ("change",):
            return await change(conversation, incoming, desk)
        case ("reason", _) | ("unreason", _) | ("skip",):
            return await explaining.say_code(conversation, incoming, desk, words)
        case _:
            return None


async def change(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """ "đổi điểm": another rating for what this chat rated last; where it rated nothing yet, a first one."""
    if not incoming.private:
        return _say(conversation, texts.group())
    completion = await desk.records.latest_rated()
    if completion is None:
        return await begin(conversation, incoming, desk)
    case = await _case(desk, completion.dossier, completion.n)
    if isinstance(case, Case):
        return _asked(case, desk)
    return await _refused(conversation, incoming, desk, completion.dossier, case)


async def begin(
    conversation: Conversation, incoming: Incoming, desk: Desk, dossier: str | None = None
) -> Step | Later | None:
    """ "chấm điểm": asks for the rating of a dossier; without one, of what this chat holds and has not rated."""
    if not incoming.private:
        return _say(conversation, texts.group())
    if dossier is not None:
        case = await _case(desk, dossier, None)
        if isinstance(case, Case):
            return _asked(case, desk)
        return await _refused(conversation, incoming, desk, dossier, case)
    found = [await _case(desk, binding.dossier, None) for binding in await desk.records.bindings()]
    open_cases = [case for case in found if isinstance(case, Case) and case.given is None]
    if len(open_cases) == 1:
        return _asked(open_cases[0], desk)
    if open_cases:
        codes = [case.completion.dossier for case in open_cases]
        return Step(Idle(), (Outgoing(texts.which(), tuple(Choice(code[-24:], f"rate {code}") for code in codes)),))
    return _say(conversation, texts.nothing())


# --- who may rate what -----------------------------------------------------------------------------------------------

_Refusal = str
"""Why not: "unproved", "not_done", "other", "closed", "too_late"."""


async def _case(desk: Desk, dossier: str, n: int | None) -> Case | _Refusal:
    """What this chat may rate, or why it may not."""
    binding = next((held for held in await desk.records.bindings() if held.dossier == dossier), None)
    if binding is None or binding.until <= desk.now:
        return "unproved"
    completion = await desk.records.completion(dossier, n)
    if completion is None:
        return "not_done"
    given = await desk.records.rating(dossier, completion.n)
    if given is not None and not given.own:
        return "other"
    if given is not None and desk.now - given.first_at > CHANGEABLE:
        return "closed"
    if given is None and not ratable(completion.completed_at, desk.now):
        return "too_late"
    return Case(binding, completion, given)


def _may_invite(case: Case, desk: Desk) -> bool:
    """Whether we may ask by ourselves: only who follows, and only once."""
    done = case.completion
    asked = done.declined or done.not_received or case.given is not None
    return case.binding.following and not asked
