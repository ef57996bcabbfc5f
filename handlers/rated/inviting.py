"""When we may begin by ourselves, and when a citizen is asked for a rating. Pure: the ledger calls it too.

Never at the counter and never at night: some hours after the result was handed over, moved into the hours in which
we may write. Who does not answer is reminded once, three days later. After a death it is ten days, once, without a
reminder. Nobody is asked about two results within a week: the second is left unasked, whichever desk it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from handlers.desk import Conversation, Desk, Later, Rules
from handlers.states import Idle

GRIEF_DELAY = timedelta(days=10)
RATABLE = timedelta(days=30)
"""So long after the handing over a first rating is asked for and taken."""

REMINDED_AFTER = timedelta(days=3)
COOLDOWN = timedelta(days=7)
"""So long after an invitation the same person is not invited again."""

QUIET = timedelta(minutes=30)
"""An event waits so long for the answer to a question of ours, then goes on."""


def invite_at(completed_at: datetime, now: datetime, rules: Rules, random: Random, grief: bool) -> datetime:
    """When to ask for a rating of what was handed over at ``completed_at``: never before ``now``, in contact hours."""
    delay = GRIEF_DELAY if grief else rules.invite_least + random.random() * (rules.invite_most - rules.invite_least)
    return rules.contact_hours.next_contact(max(now, completed_at + delay))


def waits(conversation: Conversation, desk: Desk) -> Later | None:
    """Until when an event of ours has to wait: a question of ours is open, or it is no hour to write; None to go on."""
    if not isinstance(conversation.state, Idle) and conversation.updated_at is not None:
        quiet_at = conversation.updated_at + QUIET
        if quiet_at > desk.now:
            return Later(quiet_at)
    contact_at = desk.rules.contact_hours.next_contact(desk.now)
    return Later(contact_at) if contact_at > desk.now else None


def ratable(completed_at: datetime, now: datetime) -> bool:
    """Whether a first rating of it may still be given."""
    return now - completed_at <= RATABLE


def invite_event(dossier: str, n: int) -> str:
    """The id of the event that invites to rate the ``n``-th completion."""
    return f"invite:{dossier}:{n}"


def reminder_event(dossier: str, n: int) -> str:
    """The id of the event that reminds of that invitation, once."""
    return f"remind:{dossier}:{n}"


def read_reminder(event: str) -> tuple[str, int] | None:
    """The dossier and the completion of a reminder's id; None where it is no such id."""
    return _read(event, "remind")


def read_invite(event: str) -> tuple[str, int] | None:
    """The dossier and the completion of an invitation's id; None where it is no such id."""
    return _read(event, "invite")


def _read(event: str, expected: str) -> tuple[str, int] | None:
    kind, _, rest = event.partition(":")
    dossier, _, n = rest.rpartition(":")
    if kind != expected or not dossier or not n.isascii() or not n.isdigit():
        return None
    return dossier, int(n)
