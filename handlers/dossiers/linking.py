"""A linked dossier (hồ sơ liên thông): a line for each agency's part, whose part is late, news of one part. Pure.

A follower is told of a part when something is wanted of the citizen for it, when it was refused, stopped or withdrawn,
and when it is over, once; of the last part's end only the whole is told.
"""

from __future__ import annotations

import re

from msgspec import Struct

from handlers.desk import Desk, Seen
from handlers.naming import marked, may_be_named, office_of, parsed
from handlers.texts import linking as texts
from handlers.texts import tracking
from handlers.texts.format import lower_first, sentence_case, shortened
from onestop.days.calendar import vietnam, vietnam_date
from onestop.dossier import Dossier, Part, Status
from onestop.parts import all_over, charged

LONGEST_NAME = 34
LONGEST_AGENCY = 30
OVER = frozenset({Status.FINISHED, Status.RETURNED})
MATTERS = OVER | {
    *(Status.REJECTED, Status.NEEDS_PAPERS, Status.NEEDS_PAYMENT, Status.WITHDRAWN, Status.STOPPED),
}
"""The changes of a part that a follower is told of."""

_BEGINNING = re.compile(r"^(?:(?:thủ tục|đăng ký|cấp)\s+(?=\S+ \S))+", re.IGNORECASE)
"""Words in front that tell nothing beside others."""
_EVENT = re.compile(r"part:([^:]+):(\d{1,3}):(\d{1,2}):(\d{1,20})")


class PartNews(Struct, frozen=True):
    """The ``n``-th part (from 0) of a dossier came into a status, at so many microseconds since 1970 UTC."""

    dossier: str
    n: int
    status: Status
    at: int

    @property
    def event(self) -> str:
        """The id of its event."""
        return f"part:{self.dossier}:{self.n}:{int(self.status)}:{self.at}"


def matters(before: Status | None, after: Status) -> bool:
    """Whether a part's change is worth telling; handing over what was said to be done is nothing new."""
    return after in MATTERS and not (before in OVER and after in OVER)


def read(event: str) -> PartNews | None:
    """The news of an event's id; None where it is another kind of event."""
    found = _EVENT.fullmatch(event)
    if found is None or parsed(found[1]) is None or int(found[3]) not in tuple(Status):
        return None
    return PartNews(found[1], int(found[2]), Status(int(found[3])), int(found[4]))


def lines(dossier: Dossier, desk: Desk) -> tuple[str, ...]:
    """What each agency does and where that stands; empty where there are no parts, or none has anything left to do."""
    if all_over(dossier.parts):
        return ()
    late = charged(dossier.parts, desk.now) if dossier.is_late(desk.now) else None
    told = []
    for n, part in enumerate(dossier.parts):
        days = _days_over(part, desk) if part is late or not part.is_over else None
        told.append(texts.line(sentence_case(part_name(part, n)), _agency(part), part.status, days))
    return (texts.lines(told),)


def waiting(dossier: Dossier) -> Part | None:
    """The part for which something is wanted of the citizen."""
    return next((part for part in dossier.parts if part.status is not None and part.status.waits_for_citizen), None)


def wanted(part: Part, phone: str | None) -> tuple[str, ...]:
    """What is to be brought or paid for it."""
    missing = (tracking.missing(part.papers, phone),) if part.status is Status.NEEDS_PAPERS and part.papers else ()
    return (*missing, tracking.fees(part.fees)) if part.fees else missing


def whose(dossier: Dossier, desk: Desk) -> tuple[str, ...]:
    """Of a late dossier: whose part went over its day."""
    part = charged(dossier.parts, desk.now)
    if part is None:
        return ()
    return (texts.charged(part_name(part, dossier.parts.index(part)), _agency(part)),)


def late_reason(dossier: Dossier, desk: Desk) -> str | None:
    """Why it is late, as the desk or the agency whose part it is wrote it; None where nobody did."""
    part = charged(dossier.parts, desk.now)
    return dossier.note if part is None else part.note or dossier.note


def place(dossier: Dossier, desk: Desk) -> str | None:
    """For who sees to it: the agency and its part, of the lateness where it is late, else of the work; None: nobody."""
    part = charged(dossier.parts, desk.now)
    if part is None:
        return None
    name = part_name(part, dossier.parts.index(part))
    return name if part.agency is None else f"{part.agency} ({name})"


def news(about: PartNews, dossier: Dossier, name: str, seen: Seen, desk: Desk) -> str | None:
    """The notice to a follower; None where the part has gone on meanwhile, or the news of the whole say it."""
    if about.n >= len(dossier.parts):
        return None
    part = dossier.parts[about.n]
    gone_on = part.status is not about.status and not {part.status, about.status} <= OVER
    if part.status is None or gone_on or _told_by_the_whole(part, dossier, seen):
        return None
    code, phone = dossier.code.canonical, office_of(dossier.unit, desk).phone
    may = may_be_named(dossier.procedure, desk)
    said = [texts.news(code, name, part_name(part, about.n) if may else None, part.status)]
    if part.status in OVER:
        left = [part_name(each, n) for n, each in enumerate(dossier.parts) if not each.is_over]
        said += [texts.left(left)] if left and may else []
        said += [texts.fetch(phone)]
    else:
        said += wanted(part, phone) if may else ()
        said += [tracking.next_step(part.status, part.note, phone)]
    return marked("\n".join([*said, tracking.as_of(seen.as_of)]), desk)


def _told_by_the_whole(part: Part, dossier: Dossier, seen: Seen) -> bool:
    """Whether the news of the whole say it: it is done or closed, or waits for the same since then."""
    if dossier.status.is_closed or dossier.status is Status.FINISHED:
        return True
    earlier = seen.since is not None and part.moved_at is not None and seen.since < part.moved_at
    return part.status is dossier.status and not earlier


def part_name(part: Part, n: int) -> str:
    """What is done in the ``n``-th part (from 0), in a few words."""
    name = _BEGINNING.sub("", part.name)
    return shortened(lower_first(name), LONGEST_NAME) if name else texts.unnamed(n + 1)


def _days_over(part: Part, desk: Desk) -> int | None:
    """Working days past its own day; None where it is not late."""
    over = part.overran(desk.now)
    if over is None or part.due is None:
        return None
    return vietnam().working_days_between(vietnam_date(part.due), vietnam_date(part.due + over))


def _agency(part: Part) -> str | None:
    return None if part.agency is None else shortened(part.agency, LONGEST_AGENCY)
