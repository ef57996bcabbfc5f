"""Look-ups that failed because the backend was down, tried again by ourselves. Pure.

An event ``again:<dossier>:<hour asked, as yyyymmddThh UTC>:<n>`` is one try; the hour makes a citizen who asks five
times be told once. The pauses double from ten minutes to two hours; after a day the machine gives up silently.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from handlers.desk import Conversation
from handlers.effects import Planned
from handlers.naming import parsed
from handlers.states import AsksProof, Idle

FIRST, LONGEST = timedelta(minutes=10), timedelta(hours=2)
GIVEN_UP = timedelta(days=1)

_EVENT = re.compile(r"again:([^:]+):(\d{8}T\d{2}):(\d{1,3})")


class Again(Struct, frozen=True):
    """The ``n``-th try, from 1, of a look-up that was asked for within the hour that began at ``hour`` (aware UTC)."""

    dossier: str
    hour: datetime
    n: int

    @property
    def event(self) -> str:
        """The id of its event."""
        return f"again:{self.dossier}:{self.hour:%Y%m%dT%H}:{self.n}"


def first(dossier: str, now: datetime) -> Planned:
    """The first try, planned at ``now``."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return Planned(Again(dossier, hour, 1).event, now + FIRST)


def following(tried: Again, now: datetime) -> Planned | None:
    """The try after one that failed at ``now``; None where it is time to give up."""
    if now - tried.hour > GIVEN_UP:
        return None
    pause = min(FIRST * 2 ** min(tried.n, 8), LONGEST)
    return Planned(Again(tried.dossier, tried.hour, tried.n + 1).event, now + pause)


def read(event: str) -> Again | None:
    """The try of an event's id; None where it is another kind of event."""
    found = _EVENT.fullmatch(event)
    if found is None or parsed(found[1]) is None:
        return None
    return Again(found[1], datetime.strptime(found[2], "%Y%m%dT%H").replace(tzinfo=UTC), int(found[3]))


def is_settled(tried: Again, conversation: Conversation) -> bool:
    """Whether a chat without the proof has gone on to something else: then nothing is asked of it unasked."""
    match conversation.state:
        case AsksProof(dossier):
            return dossier != tried.dossier
        case Idle():
            return conversation.topic.dossier != tried.dossier
        case _:
            return True
