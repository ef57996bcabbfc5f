"""What a dossier's status means for the citizen: where it stands, what to do, by when. Pure.

Never the name of a person. A lateness is said with its working days, our regret for the wait, the reason that the
desk wrote, never a guess at it, and what the citizen may ask for: the apology with a new day (form 04 of Thông tư
03/2025/TT-VPCP, Phụ lục I).
"""

from __future__ import annotations

from datetime import date

from handlers import ways_on
from handlers.desk import Desk, Extension, Seen
from handlers.dossiers import linking
from handlers.dossiers.estimating import likely
from handlers.messages import Choice
from handlers.naming import marked, may_be_named, office_of, plain_name, procedure_of
from handlers.texts import asking, extending, greeting
from handlers.texts import linking as linking_texts
from handlers.texts import tracking as texts
from onestop.days.calendar import vietnam, vietnam_date
from onestop.days.deadlines import Term, due_by_law
from onestop.days.durations import Curve
from onestop.dossier import AT_WORK, ON_THE_DESK, Dossier, Status, new_due
from procedures.local import times_of
from procedures.procedure import ProcessingTime, TimeUnit

MATTERS = frozenset(
    {
        Status.REJECTED,
        Status.NEEDS_PAPERS,
        Status.NEEDS_PAYMENT,
        Status.WITHDRAWN,
        Status.STOPPED,
        Status.FINISHED,
        Status.RETURNED,
    }
)
"""The changes that a follower is told of; besides these, the new due date after papers were handed in."""

GOES_THERE = frozenset({Status.NEEDS_PAPERS, Status.NEEDS_PAYMENT, Status.FINISHED})
"""The citizen has to go to the desk that has the dossier, which need not be the one that this chat talks to."""


def tell(
    dossier: Dossier,
    printed: str,
    seen: Seen,
    desk: Desk,
    curve: Curve | None = None,
    extension: Extension | None = None,
) -> str:
    """The whole answer to "where is it?" for who has proved the dossier.

    ``curve``: how long such dossiers take at that desk; ``extension``: the new day that an official confirmed.
    """
    if dossier.parts:
        head = linking_texts.head(printed, len(dossier.parts), dossier.status)
    else:
        head = texts.head(printed, plain_name(dossier, desk), dossier.status)
    lines = [head, *body(dossier, desk, curve, extension)]
    if dossier.whole is not None:
        lines.append(linking_texts.part_of(dossier.whole.printed))
    return marked("\n".join([*lines, texts.as_of(seen.as_of)]), desk)


def news(dossier: Dossier, name: str, seen: Seen, desk: Desk) -> str | None:
    """The notice to a follower, None where nothing that matters has changed.

    Details only where it may be told what the dossier is about.
    """
    code = dossier.code.canonical
    if dossier.status not in MATTERS:
        due = new_due(dossier.status, dossier.supplements)
        if due is None:
            return None
        head = texts.news_due(code, name, vietnam_date(due), desk.today)
        return marked(f"{head}\n{texts.as_of(seen.as_of)}", desk)
    lines = body(dossier, desk) if may_be_named(dossier.procedure, desk) else ()
    return marked("\n".join([texts.news(code, name, dossier.status), *lines, texts.as_of(seen.as_of)]), desk)


def waiting_at_desk(dossier: Dossier, name: str, finished: date, seen: Seen, desk: Desk) -> str:
    """The reminder that a result waits to be fetched."""
    head = texts.not_fetched(dossier.code.canonical, name, finished, desk.today)
    how = texts.next_step(Status.FINISHED, None, office_of(dossier.unit, desk).phone)
    return marked("\n".join([head, how, texts.as_of(seen.as_of)]), desk)


def in_force(extension: Extension, dossier: Dossier) -> bool:
    """Whether a new day still stands: the dossier is at work, and the backend has not changed its due day since."""
    return dossier.status in AT_WORK and dossier.due == extension.due


def body(
    dossier: Dossier, desk: Desk, curve: Curve | None = None, extension: Extension | None = None
) -> tuple[str, ...]:
    """What is missing or due, where it is, the due day or the lateness, and what to do now."""
    office = office_of(dossier.unit, desk)
    phone = office.phone
    part = linking.waiting(dossier)
    asked = () if part is None else linking.wanted(part, phone)
    step = dossier.status if part is None or part.status is None else part.status
    return (
        *linking.lines(dossier, desk),
        *(_wanted(dossier, phone) or asked),
        *_where(dossier, office.name if office.known else None),
        *_when(dossier, desk, phone, extension if extension and in_force(extension, dossier) else None),
        *_likely(dossier, desk, curve),
        texts.next_step(step, dossier.note, phone),
    )


def choices(dossier: Dossier, desk: Desk) -> tuple[Choice, ...]:
    """What to pick beside the status, before following and rating are added."""
    procedure = procedure_of(dossier.procedure, desk)
    picked = []
    if dossier.status is Status.REJECTED and procedure is not None:
        picked.append(Choice(asking.label_need_papers(), f"papers {procedure.code}"))
    if dossier.status in GOES_THERE:
        office = office_of(dossier.unit, desk)
        picked.append(ways_on.place(office.code) if office.known else ways_on.hours())
    if dossier.status in AT_WORK and dossier.is_late(desk.now):
        picked.append(Choice(greeting.label_petition(), "petition"))
    return (*picked, ways_on.person())


def _wanted(dossier: Dossier, phone: str | None) -> tuple[str, ...]:
    if dossier.status is Status.NEEDS_PAYMENT and dossier.fees:
        return (texts.fees(dossier.fees),)
    asked = dossier.open_supplement
    if asked is None:
        return ()
    missing = (texts.missing(asked.wanted, phone),) if asked.wanted else ()
    return (*missing, texts.fees(asked.fees)) if asked.fees else missing


def _where(dossier: Dossier, office: str | None) -> tuple[str, ...]:
    if dossier.parts:
        return ()
    place = dossier.agency or office
    return (texts.at_work(place),) if place is not None and dossier.status in ON_THE_DESK else ()


def _when(dossier: Dossier, desk: Desk, phone: str | None, extension: Extension | None) -> tuple[str, ...]:
    if dossier.status is Status.RETURNED:
        return () if dossier.done_at is None else (texts.done(vietnam_date(dossier.done_at), desk.today),)
    if dossier.due is None and dossier.status in AT_WORK:
        return _by_law(dossier, desk)
    if dossier.due is None or dossier.status.is_closed or dossier.status is Status.FINISHED:
        return ()
    day = vietnam_date(dossier.due)
    # of a status that nobody knows it may be done long since: its day is said, no lateness
    if dossier.status not in {Status.NEEDS_PAYMENT, Status.UNKNOWN} and dossier.is_late(desk.now):
        said = texts.overdue(dossier.days_late(desk.now, vietnam()), day, desk.today)
        if dossier.status not in AT_WORK:
            return (said, texts.ask_desk(phone))
        said_all = (said, *linking.whose(dossier, desk))
        if extension is None:
            return (*said_all, texts.late_why(linking.late_reason(dossier, desk)), texts.late_right(phone))
        return (*said_all, extending.promised(extension.day, desk.today, extension.reason), texts.late_right(phone))
    promised = () if extension is None else (extending.promised(extension.day, desk.today, extension.reason),)
    return (texts.due(day, desk.today), *promised)


def _by_law(dossier: Dossier, desk: Desk) -> tuple[str, ...]:
    """What the law allows, where the one-stop system tells no day: the longest term of the ways of handing in, only
    where it is the same for all cases and no papers were asked for meanwhile."""
    procedure = procedure_of(dossier.procedure, desk)
    if procedure is None or dossier.received_at is None or dossier.supplements:
        return ()
    received = vietnam_date(dossier.received_at)
    shown = desk.local.shown(office_of(dossier.unit, desk).code, procedure, received).procedure
    lines = [line for line in times_of(shown) if _holds(line, received)]
    if not lines or any(line.case is not None or not _is_plain(line) for line in lines):
        return ()
    ends = (due_by_law(dossier.received_at, Term(line.unit.value), line.amount or 0, vietnam()) for line in lines)
    return (texts.by_law(received, vietnam_date(max(ends)), desk.today),)


def _is_plain(line: ProcessingTime) -> bool:
    return line.amount is not None or line.unit is TimeUnit.SAME_DAY


def _holds(line: ProcessingTime, day: date) -> bool:
    return (line.since is None or line.since <= day) and (line.until is None or day <= line.until)


def _likely(dossier: Dossier, desk: Desk, curve: Curve | None) -> tuple[str, ...]:
    """By when seven in ten like it were done here, said after the due day.

    Where that is later than the due day it is said only if the unit allows it: the day that was promised stays.
    """
    if curve is None or not curve.done or dossier.due is None or dossier.status not in AT_WORK:
        return ()
    if dossier.is_late(desk.now):
        return ()
    if not curve.is_enough:
        return (texts.few(curve.done),)
    found = likely(dossier, curve, desk)
    if found is None:
        return ()
    if found.day < vietnam_date(dossier.due):
        return (texts.likely(found.day, desk.today, found.n),)
    if found.is_after(dossier) and office_of(dossier.unit, desk).late_estimates:
        return (texts.likely_late(found.day, desk.today, found.n),)
    return ()
