"""What is said about a dossier: its code, the proof, what its status means, following it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from handlers.texts.format import (
    LABEL_LIMIT,
    day_name,
    full_date,
    joined,
    moment,
    money,
    next_minute,
    numbered,
    shortened,
)
from handlers.texts.sentences import sentence
from onestop.dossier import FeeDue, Status

MOST_PAPERS = 6
LONGEST_PAPER = 80
EXAMPLE = "H99.07-261116-0012"
"""Of a province that does not exist."""


def demo() -> str:
    """The line that goes with everything said of a dossier of the demo."""
    return sentence("track.demo")


def prompt() -> str:
    return sentence("track.prompt", example=EXAMPLE)


def prompt_other() -> str:
    """After the list of what is followed."""
    return sentence("track.prompt_other")


def unreadable() -> str:
    return sentence("track.unreadable", example=EXAMPLE)


def suggest(printed: str) -> str:
    """Asks back whether a mistyped code was meant so."""
    return sentence("track.suggest", printed=printed)


def not_connected(codes: Sequence[str], phone: str | None) -> str:
    return sentence("track.not_connected", codes=_after(codes), phone=_call(phone))


def ministry(printed: str, agency: str, where: str) -> str:
    """A ministry's own dossier: whose, and where it can be looked at."""
    return sentence("track.ministry", printed=printed, agency=agency, where=where)


def several(codes: Sequence[str]) -> str:
    return sentence("track.several", n=len(codes), codes=joined(list(codes)))


def group(codes: Sequence[str]) -> str:
    return sentence("track.group", codes=_after(codes))


def proof(printed: str) -> str:
    return sentence("track.proof", printed=printed)


def digits(printed: str) -> str:
    """The answer to something that is not four digits."""
    return sentence("track.digits", printed=printed)


def nomatch(printed: str) -> str:
    """The one answer to a wrong code, a wrong proof, and a dossier without a phone."""
    return sentence("track.nomatch", printed=printed)


def locked(printed: str, phone: str | None) -> str:
    return sentence("track.locked", printed=printed, phone=_call(phone))


def wait(printed: str, until: datetime, today: date, phone: str | None) -> str:
    """``until``: the first whole minute from which it may be tried again."""
    return sentence("track.wait", printed=printed, until=next_minute(until, today), phone=_call(phone))


def lost() -> str:
    return sentence("track.lost")


def no_number(phone: str | None) -> str:
    return sentence("track.no_number", phone=_call(phone))


def down(printed: str, phone: str | None) -> str:
    return sentence("track.down", printed=printed, phone=_call(phone))


def receipt_over() -> str:
    """The QR of a receipt that was ended or is too old."""
    return sentence("receipt.over")


def receipt_early(printed: str, phone: str | None) -> str:
    """A receipt of which no system has told yet."""
    return sentence("receipt.early", printed=printed, phone=_call(phone))


def up_again() -> str:
    """Before what could not be looked up while the backend was down."""
    return sentence("track.up_again")


def down_seen() -> str:
    """Before a status that was seen earlier."""
    return sentence("track.down_seen")


def gone(printed: str, phone: str | None) -> str:
    """The backend no longer knows a dossier that was proved before."""
    return sentence("track.gone", printed=printed, phone=_call(phone))


# --- what a status means ---------------------------------------------------------------------------------------------


def short(status: Status) -> str:
    """A status in a few words: "đã xong, chờ lấy"."""
    return sentence(f"status.short.{status.value}")


def head(printed: str, name: str | None, status: Status) -> str:
    if name is None:
        return sentence("status.head_bare", printed=printed, short=short(status))
    return sentence("status.head", printed=printed, name=name, short=short(status))


def next_step(status: Status, reason: str | None, phone: str | None) -> str:
    """What the citizen does now. ``reason`` as the desk wrote it, for a refused or stopped dossier."""
    said = reason or sentence("status.reason_none")
    return sentence(f"status.next.{status.value}", reason=said.rstrip(" ."), phone=_call(phone))


def to_fetch(printed: str, phone: str | None) -> str:
    """What the result is handed over for."""
    return sentence("track.to_fetch", printed=printed, phone=_call(phone))


def missing_paper(printed: str, paper: str, document: str | None, phone: str | None) -> str:
    """One paper that the desk waits for; ``document``: what the procedure's page says of it."""
    lines = [sentence("track.missing_paper", printed=printed, paper=paper)]
    lines += [] if document is None else [sentence("track.missing_paper_page", document=document)]
    return "\n".join([*lines, sentence("track.missing_paper_ask", printed=printed, phone=_call(phone))])


def missing(papers: Sequence[str], phone: str | None) -> str:
    """The papers that are missing, one a line; of many the first."""
    shown = [shortened(paper, LONGEST_PAPER) for paper in papers[:MOST_PAPERS]]
    left_out = len(papers) - len(shown)
    more = [sentence("status.missing_more", n=left_out, phone=_call(phone))] if left_out else []
    return "\n".join([sentence("status.missing"), numbered(shown), *more])


def fees(due: Sequence[FeeDue]) -> str:
    """What is to be paid, as the desk has it."""
    return sentence("status.fee", fees=joined([_fee(each) for each in due]))


def at_work(agency: str) -> str:
    return sentence("status.at", agency=agency)


def due(day: date, today: date) -> str:
    return sentence("status.due", day=day_name(day, today))


def by_law(received: date, due: date, today: date) -> str:
    """The day that the law allows, where the system tells none."""
    return sentence("status.by_law", received=day_name(received, today), due=day_name(due, today))


def done(day: date, today: date) -> str:
    return sentence("status.done", day=day_name(day, today))


def as_of(at: datetime) -> str:
    return sentence("status.asof", at=moment(at))


def overdue(days: int, day: date, today: date) -> str:
    """Late by so many working days; 0: since some hours of the due day."""
    if days == 0:
        return sentence("overdue.today", day=day_name(day, today))
    return sentence("overdue", days=days, day=day_name(day, today))


def late_why(reason: str | None) -> str:
    """The reason as the desk wrote it."""
    return sentence("overdue.why", reason=(reason or sentence("status.reason_none")).rstrip(" ."))


def late_right(phone: str | None) -> str:
    """The apology with a new day that a citizen may ask for."""
    return sentence("overdue.right", phone=_call(phone))


def ask_desk(phone: str | None) -> str:
    return sentence("overdue.ask", phone=_call(phone))


def likely(day: date, today: date, n: int) -> str:
    """By when seven in ten are done, by ``n`` that were."""
    return sentence("status.likely", day=day_name(day, today), n=n)


def likely_late(day: date, today: date, n: int) -> str:
    """An estimate past the due day, where the unit allows it."""
    return sentence("status.likely_late", day=day_name(day, today), n=n)


def few(n: int) -> str:
    """Too few were done here to say more than the law does."""
    return sentence("status.few", n=n)


def news(printed: str, name: str, status: Status) -> str:
    """The first line of a notice."""
    return sentence("notice.head", printed=printed, name=name, short=short(status))


def news_due(printed: str, name: str, day: date, today: date) -> str:
    """A notice of a new due date."""
    return sentence("notice.due", printed=printed, name=name, day=day_name(day, today))


def not_fetched(printed: str, name: str, day: date, today: date) -> str:
    """A reminder: finished since that day, not fetched."""
    return sentence("notice.not_fetched", printed=printed, name=name, day=day_name(day, today))


# --- following -------------------------------------------------------------------------------------------------------


def name_by_field(field: str) -> str:
    return sentence("follow.name", field=field)


def name_by_tail(tail: str) -> str:
    return sentence("follow.name_bare", tail=tail)


def consent(code: str, name: str) -> str:
    """Asks for consent; its version is ``following.CONSENT``."""
    return sentence("follow.consent", code=code, name=name)


def follow_on(code: str, day: date) -> str:
    """Following is in force until the end of that day."""
    return sentence("follow.on", code=code, day=full_date(day))


def follow_no(code: str) -> str:
    return sentence("follow.no", code=code)


def follow_already(code: str, day: date) -> str:
    return sentence("follow.already", code=code, day=full_date(day))


def follow_off(code: str) -> str:
    return sentence("follow.off", code=code)


def follow_none() -> str:
    return sentence("follow.none", example=EXAMPLE)


def follow_which() -> str:
    return sentence("follow.which")


def follow_list(lines: Sequence[str]) -> str:
    return "\n".join([sentence("follow.list"), numbered(lines)])


def follow_line(
    code: str,
    name: str,
    status: Status | None,
    due: date | None,
    today: date,
    late: int | None = None,
    new_day: date | None = None,
) -> str:
    """One line of the list. ``late``: working days past the due day, None where it is not late (0: since today)."""
    if status is None:
        return sentence("follow.list_unknown", code=code, name=name)
    when = [] if due is None else [sentence("follow.list_due", day=day_name(due, today))]
    when += [] if late is None else [sentence("follow.list_late", n=late) if late else sentence("follow.list_late_0")]
    when += [] if new_day is None else [sentence("follow.list_new", day=day_name(new_day, today))]
    return sentence("follow.list_line", code=code, name=name, short=short(status), due="".join(when))


def as_of_all(oldest: datetime, *, is_one: bool) -> str:
    """When what is listed was told; ``is_one``: all of it at that time, else some of it later."""
    return as_of(oldest) if is_one else sentence("follow.list_as_of", at=moment(oldest))


def named_with_tail(name: str, code: str) -> str:
    """A label: "giấy của mẹ 0007"."""
    tail = f" {code[-4:]}"
    return name if name.endswith(tail) else shortened(name, LABEL_LIMIT - len(tail)) + tail


# --- labels ----------------------------------------------------------------------------------------------------------


def label(name: str) -> str:
    """The label under ``label.<name>``."""
    return sentence(f"label.{name}")


def _call(phone: str | None) -> str:
    return "" if phone is None else sentence("track.phone", phone=phone)


def _after(codes: Sequence[str]) -> str:
    return f" {joined(list(codes))}" if codes else ""


def _fee(due: FeeDue) -> str:
    what = due.what or sentence("status.fee_bare")
    if due.amount is None:
        return sentence("status.fee_unknown", what=what)
    return sentence("status.fee_one", what=what, amount=money(due.amount))
