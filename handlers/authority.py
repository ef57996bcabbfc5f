"""Who may do what: looked up at every step, never carried by a button or a state.

First the officials, by role and unit; then who may rate which completion.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum

from msgspec import Struct

from handlers.desk import Binding, Completion, Conversation, Desk, Given, Official, Step
from handlers.effects import Rated
from handlers.messages import Incoming, Outgoing
from handlers.naming import held
from handlers.rated.inviting import ratable
from handlers.reading.remarks import may_accuse
from handlers.states import Idle
from handlers.texts import reporting as texts
from offices.unit import Unit
from ratings.week import vietnam_date


class May(Enum):
    """What an official may do for a unit."""

    READ_DIGEST = "read digest"
    REOPEN = "reopen proof"
    HIDE = "hide"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    READ_JOURNAL = "list of audit"
    READ_LIST = "list of due dossiers"
    MORNING = "morning list, letters"
    READ_COSTS = "cost of messages"
    READ_HELD = "held remarks"


_READS = frozenset({May.READ_DIGEST, May.READ_LIST, May.READ_COSTS})
_DESK = _READS | {May.REOPEN, May.HIDE, May.PROPOSE, May.CONFIRM, May.MORNING}
ROLES: dict[str, frozenset[May]] = {
    "staff": _DESK,
    "head": _DESK,
    "province": _READS | {May.CONFIRM, May.READ_HELD},
    "readonly": _READS,
    "auditor": _READS | {May.READ_JOURNAL},
}
"""Role × may, for the official's own unit; the table of docs/contract.md. A role that is not here may nothing."""

OVER: dict[str, frozenset[May]] = {
    "province": frozenset({May.READ_DIGEST, May.READ_COSTS, May.CONFIRM, May.READ_HELD}),
    "readonly": frozenset({May.READ_DIGEST, May.READ_COSTS}),
    "auditor": frozenset({May.READ_DIGEST, May.READ_COSTS, May.READ_JOURNAL}),
}
"""What a role given in a province may for each of its communes as well."""


ONLY_BELOW = frozenset({May.READ_HELD})
"""What is never for the official's own unit, only for those below it."""


class Grant(Struct, frozen=True):
    """One official may do it for one unit."""

    unit: Unit
    official: Official


def granted(roles: tuple[Official, ...], may: May, desk: Desk) -> tuple[Grant, ...]:
    """The units for which these roles (just read) allow it, each once, own ones first."""
    found: dict[str, Grant] = {}
    for role in roles:
        own = desk.offices.unit(role.unit)
        if may in ROLES.get(role.role, ()) and may not in ONLY_BELOW:
            found.setdefault(own.code, Grant(own, role))
    for role in roles:
        own = desk.offices.unit(role.unit)
        below = desk.offices.units if may in OVER.get(role.role, ()) else ()
        for unit in below:
            if unit.parent == own.code:
                found.setdefault(unit.code, Grant(unit, role))
    return tuple(found.values())


def grant_for(roles: tuple[Official, ...], may: May, unit: str, desk: Desk) -> Grant | None:
    """What allows it for one unit; None where nothing does."""
    return next((each for each in granted(roles, may, desk) if each.unit.code == unit), None)


async def in_office(
    conversation: Conversation, incoming: Incoming, desk: Desk, *, asked: bool = True
) -> tuple[Official, ...] | Step | None:
    """The roles of who writes, read now; what is answered where there are none, or where others read along.

    ``asked``: the words are an official's beyond doubt; without, a citizen's are passed on (None).
    """
    roles = await desk.records.officials()
    if not roles:
        return Step(Idle(), (Outgoing(texts.only()),)) if asked else None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group()),))
    return roles


CHANGEABLE = timedelta(hours=24)
"""So long after the first answer another one replaces it."""


SLIP = re.compile(r"[0-9a-f]{40}")
"""What stands in place of a dossier's code where a result slip is what proves: the slip's hash."""


class Case(Struct, frozen=True):
    """A completion that this chat may rate now. ``given`` is its own rating, None before the first.

    ``about``: what choices and states carry, the dossier's code or the hash of the slip by which it is rated;
    ``mode``: how the answer comes. ``binding`` None: by a slip, which shows nothing of the dossier.
    """

    binding: Binding | None
    completion: Completion
    given: Given | None
    about: str
    mode: str = "bot"


class Refusal(Enum):
    """Why it may not."""

    UNPROVED = "this chat does not hold the dossier, or no longer"
    NOT_DONE = "the result was not handed over, nor has the dossier ended otherwise"
    OTHER = "another chat has rated this completion"
    CLOSED = "its own rating can no longer be changed"
    TOO_LATE = "it was handed over too long ago"
    SLIP_OVER = "the slip opens nothing, or no longer"
    SLIP_EARLY = "the slip's result was not handed over yet, as far as is known"
    OWN_UNIT = "this chat is an official's of the unit that is rated"


async def may_rate(desk: Desk, about: str, n: int | None) -> Case | Refusal:
    """What this chat may rate: the ``n``-th completion of a dossier (``about`` its code), the latest where ``n`` is
    None; the one of a slip where ``about`` is a slip's hash."""
    if SLIP.fullmatch(about):
        slip = await desk.records.slip(about)
        if slip is None:
            return Refusal.SLIP_OVER
        done = await desk.records.completion(slip.dossier, slip.n)
        return Refusal.SLIP_EARLY if done is None else await _rates(desk, done, None, about, slip.mode)
    binding = await held(desk, about)
    if binding is None:
        return Refusal.UNPROVED
    done = await desk.records.completion(about, n)
    if done is None or (n is None and not done.stands):
        return Refusal.NOT_DONE
    return await _rates(desk, done, binding, about, "bot")


async def _rates(desk: Desk, completion: Completion, binding: Binding | None, about: str, mode: str) -> Case | Refusal:
    if await official_of(desk, completion.unit) is not None:
        return Refusal.OWN_UNIT
    given = await desk.records.rating(completion.dossier, completion.n)
    if given is not None and not given.own:
        return Refusal.OTHER
    if given is not None and desk.now - given.first_at > CHANGEABLE:
        return Refusal.CLOSED
    if given is None and not ratable(completion.completed_at, desk.now):
        return Refusal.TOO_LATE
    return Case(binding, completion, given, about, mode)


async def official_of(desk: Desk, unit: str) -> Official | None:
    """The role that this chat holds in a unit; who works there does not rate it. In the demonstration whoever tries
    it is citizen and official at once."""
    if desk.rules.demo:
        return None
    return next((role for role in await desk.records.officials() if role.unit == unit), None)


def may_invite(case: Case) -> bool:
    """Whether we may ask by ourselves: only who follows, only what was neither answered nor declined, and nothing that
    was taken up again since."""
    done = case.completion
    follows = case.binding is not None and case.binding.following
    return follows and done.stands and case.given is None and not done.declined and not done.not_received


def answer(
    case: Case,
    stars: int,
    reasons: tuple[str, ...],
    comment: str | None,
    desk: Desk,
    taps: tuple[tuple[str, str], ...] | None = None,
) -> Rated:
    """The row that is written: with what a statistic counts copied, and the one it replaces. ``taps`` None: as they
    were answered."""
    done, given = case.completion, case.given
    return Rated(
        dossier=done.dossier,
        n=done.n,
        stars=stars,
        reasons=reasons,
        comment=comment,
        supersedes=None if given is None else given.id,
        first_at=desk.now if given is None else given.first_at,
        unit=done.unit,
        procedure=done.procedure,
        field=done.field,
        completed_on=vietnam_date(done.completed_at),
        instrument=desk.instrument.version,
        mode=case.mode,
        taps=(() if given is None else given.taps) if taps is None else taps,
        held=comment is not None and may_accuse(comment),
    )
