"""What a desk did about its work, noted by its officials: the weekly digest compares the dossiers before and after.

"đã làm 1.001612: sửa bảng niêm yết ngày 13/7". From a citizen the same words are a question like any other.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.authority import May, granted, in_office
from handlers.desk import Conversation, Desk, Step
from handlers.effects import ActionNoted, Audited
from handlers.messages import Incoming, Outgoing
from handlers.officials import correcting
from handlers.reading.remarks import without_names
from handlers.states import Idle
from handlers.texts import hiding as texts_of_roles
from handlers.texts import mending as texts

LONGEST = 80
_SAID = re.compile(r"(?:đã làm|da lam)\s+([^:]{2,120}):\s*(.+)", re.IGNORECASE | re.DOTALL)
_DAY = re.compile(r"[,\s]*\b(?:ngày|ngay|hôm|hom)?\s*(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\s*$", re.IGNORECASE)


async def ask(conversation: Conversation, incoming: Incoming, desk: Desk, text: str) -> Step | None:
    """An official's words; None where they are something else."""
    command = text.lstrip().startswith("/")
    found = _SAID.fullmatch(re.sub(r"^\s*/dalam(?:@\w+)?", "đã làm", text, flags=re.IGNORECASE).strip())
    if found is None:
        return None
    roles = await in_office(conversation, incoming, desk, asked=command)
    if roles is None or isinstance(roles, Step):
        return roles
    grants = granted(roles, May.PROPOSE, desk)
    if not grants:
        return Step(Idle(), (Outgoing(texts_of_roles.not_your_role(roles[0].role)),))
    procedures = correcting.named_in(found[1], conversation, desk)
    if len(procedures) != 1:
        return Step(Idle(), (Outgoing(texts.which(tuple(f"{each.code} {each.plain}" for each in procedures[:4]))),))
    words, day = _day(" ".join(found[2].split()), desk.today)
    what = without_names(words)[:LONGEST].strip(" .,;")
    if not what or day is None:
        return Step(Idle(), (Outgoing(texts.how()),))
    grant, procedure = grants[0], procedures[0]
    noted = ActionNoted(grant.unit.code, procedure.code, day, what, grant.official.id)
    read = Audited(grant.official.id, "noted what was done", grant.unit.code, f"{procedure.code} {day.isoformat()}")
    return Step(Idle(), (Outgoing(texts.noted(what, day, procedure.plain)),), (noted, read))


def _day(words: str, today: date) -> tuple[str, date | None]:
    """The words without the day at their end, and the day: today where none stands there, None where it is none of
    the past year."""
    found = _DAY.search(words)
    if found is None:
        return words, today
    try:
        day = date(int(found[3] or today.year), int(found[2]), int(found[1]))
        if found[3] is None and day > today:
            day = day.replace(year=today.year - 1)
    except ValueError:
        return words, None
    return words[: found.start()], day if 0 <= (today - day).days <= 366 else None
