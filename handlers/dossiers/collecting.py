"""Results that are finished but not fetched: followers are reminded after 3 and after 14 days, then no more. Pure.

An event ``collect:<dossier>:<day finished, ISO>:<days>`` is one reminder. What was fetched, stopped or opened again
meanwhile is not spoken of.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from handlers.desk import Conversation, Desk, Later, Rules, Step
from handlers.dossiers import status
from handlers.effects import Planned
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import held, notice_name, parsed, topic_of
from handlers.rated.inviting import waits
from handlers.texts import tracking as texts
from onestop.days.calendar import VIETNAM, vietnam_date
from onestop.dossier import Dossier, Status

AFTER = (3, 14)
"""Days after the day on which it was finished."""
MORNING = time(8)

_EVENT = re.compile(r"collect:([^:]+):(\d{4}-\d{2}-\d{2}):(\d{1,2})")


class Reminder(Struct, frozen=True):
    """Of a dossier that was finished on a day of Vietnam, so many days later."""

    dossier: str
    finished: date
    days: int

    @property
    def event(self) -> str:
        """The id of its event."""
        return f"collect:{self.dossier}:{self.finished.isoformat()}:{self.days}"


def reminders(dossier: str, finished_at: datetime, now: datetime, rules: Rules) -> tuple[Planned, ...]:
    """What is planned when a dossier was finished: those reminders whose time is still to come, in contact hours."""
    finished = vietnam_date(finished_at)
    planned = []
    for days in AFTER:
        at = datetime.combine(finished + timedelta(days=days), MORNING, VIETNAM)
        if at > now:
            planned.append(Planned(Reminder(dossier, finished, days).event, rules.contact_hours.next_contact(at)))
    return tuple(planned)


def read(event: str) -> Reminder | None:
    """The reminder of an event's id; None where it is another kind of event."""
    found = _EVENT.fullmatch(event)
    if found is None or parsed(found[1]) is None:
        return None
    try:
        return Reminder(found[1], date.fromisoformat(found[2]), int(found[3]))
    except ValueError:
        return None


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """A reminder, once, to who still follows what still lies at the desk; None where it is another event."""
    reminder = read(incoming.id)
    if reminder is None:
        return None
    later = waits(conversation, desk)
    if later is not None:
        return later
    binding = await held(desk, reminder.dossier)
    seen = await desk.records.last_seen(reminder.dossier)
    dossier = None if seen is None else seen.dossier
    if binding is None or not binding.following or seen is None or dossier is None:
        return Step(conversation.state)
    if dossier.status is not Status.FINISHED or finished_day(dossier) != reminder.finished:
        return Step(conversation.state)
    name = binding.name or notice_name(dossier.code, dossier.procedure, dossier.field, desk)
    picks = (
        Choice(texts.label("detail"), f"status {reminder.dossier}"),
        Choice(texts.label("hours"), "hours"),
        Choice(texts.label("unfollow"), f"unfollow {reminder.dossier}"),
    )
    said = Outgoing(status.waiting_at_desk(dossier, name, reminder.finished, seen, desk), picks, purpose=Purpose.NOTICE)
    return Step(conversation.state, (said,), topic=topic_of(dossier, desk))


def finished_day(dossier: Dossier) -> date | None:
    """Vietnam's day on which a dossier was finished, by its own row."""
    at = dossier.finished_at or dossier.own_time
    return None if at is None else vietnam_date(at)
