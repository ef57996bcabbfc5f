"""What an official typed as a new value: "sửa lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 5/12/2025". Pure."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum

from msgspec import Struct

from procedures.finding.fold import fold
from procedures.local import DOCUMENT, LONGEST_ISSUER, LONGEST_NOTE, LONGEST_PLACE, Fact
from procedures.procedure import Fee, ProcessingTime, TimeUnit, Tone
from procedures.wording import CHEER, GONE

_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_PAPER = re.compile(
    r"[\s,;.(]*\b(?:theo|căn cứ|can cu)\s+(?P<said>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(
    rf"^(?:(?:nghị quyết|quyết định|thông báo|nghi quyet|quyet dinh|thong bao|văn bản|van ban|số|so)\s+)*"
    rf"(?P<number>{DOCUMENT.pattern})",
    re.IGNORECASE,
)
_ISSUED = re.compile(rf"ng[àa]y\s+{_DAY}", re.IGNORECASE)
_SINCE = re.compile(
    rf"[\s,;]*(?:áp dụng|ap dung|có hiệu lực|co hieu luc|hiệu lực|hieu luc)\s+t(?:ừ|u)\s+(?:ng[àa]y\s+)?{_DAY}[\s.)]*$",
    re.IGNORECASE,
)
_BY = re.compile(r"\bc(?:ủ|u)a\s+(?P<by>[^,;]+?)[\s.,;)]*$", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?P<fee>(?:muc )?(?:le phi|phi)|tien)|(?P<time>(?:thoi gian|thoi han)(?: (?:lam|giai quyet|xong|tra))?)"
    r"|(?P<where>(?:noi|cho|dia diem) nop|nop o dau)|(?P<note>ghi chu|luu y)"
)
_SPLIT = re.compile(r"\s*(?::|=|\bthành\b)\s*")
_FREE = re.compile(r"0(?: dong| d)?|(?:khong|mien)(?: (?:thu|mat|phai nop|le))?(?: (?:tien|phi|le phi))?")
_MONEY = re.compile(
    r"(?P<amount>\d{1,3}(?:[.,]\d{3})+|\d+) ?(?P<times>nghin|ngan|k|trieu)? ?(?:dong|d|vnd)?"
    r"(?: ?(?:/|mot|moi|1) ?(?P<per>[a-z][a-z ]{0,19}))?"
)
_TIME = re.compile(
    r"(?:trong )?(?:tu )?(?:(?P<least>\d{1,3}) ?(?:den|toi|-|–) ?)?(?P<most>\d{1,3}) "
    r"(?P<unit>ngay lam viec|ngay|gio|thang)(?: lam viec)?"
)
_SAME_DAY = re.compile(r"(?:tra )?(?:trong|cung|ngay trong) ngay(?: lam viec)?")
_TIMES = {"nghin": 1000, "ngan": 1000, "k": 1000, "trieu": 1_000_000, None: 1}
_UNITS = {
    "ngay lam viec": TimeUnit.WORKING_DAYS,
    "ngay": TimeUnit.DAYS,
    "gio": TimeUnit.HOURS,
    "thang": TimeUnit.MONTHS,
}
MOST_MONEY = 100_000_000
"""đồng; more than any fee at a desk: a slip of the finger."""


class Trouble(Enum):
    """Why it cannot be taken as it was typed."""

    NO_FACT = "which fact is not said"
    NO_VALUE = "no value after a colon"
    NO_DOCUMENT = "no number of a paper"
    NO_DAY = "no day of the paper"
    BAD_DAY = "a day that does not exist, or a paper of tomorrow"
    BAD_VALUE = "no amount, time or text of a right length"
    BAD_WORDS = "an office that is gone, or cheer beside a death"


class Correction(Struct, frozen=True):
    """A fact, the words that name its procedure ("" for the one spoken of), the value as typed, and its paper."""

    fact: Fact
    subject: str
    value: str
    document: str
    issued: date
    issuer: str
    since: date | None


def read(text: str, today: date) -> Correction | Trouble:
    """What stands after "sửa". ``today`` is Vietnam's: no paper is of a later day."""
    paper = _PAPER.search(text)
    left = text if paper is None else text[: paper.start()]
    parts = _SPLIT.split(left, maxsplit=1)
    fact, subject = _fact(parts[0].strip())
    if fact is None:
        return Trouble.NO_FACT
    if len(parts) < 2 or not parts[1].strip():
        return Trouble.NO_VALUE
    found = _paper("" if paper is None else paper["said"].strip(), today)
    if isinstance(found, Trouble):
        return found
    return Correction(fact, subject, parts[1].strip(" .,;"), *found)


def _fact(subject: str) -> tuple[Fact | None, str]:
    """The fact that the words begin with, and the words after it."""
    folded = fold(subject)
    found = _SUBJECT.match(folded)
    if found is None or found.lastgroup is None:
        return None, subject
    rest = subject[found.end() :] if len(folded) == len(subject) else folded[found.end() :]
    return Fact(found.lastgroup), re.sub(r"^\s*(?:của|cua|thủ tục|thu tuc)\s+", "", rest, flags=re.IGNORECASE).strip()


def _paper(said: str, today: date) -> tuple[str, date, str, date | None] | Trouble:
    number = _NUMBER.match(said)
    if number is None:
        return Trouble.NO_DOCUMENT
    said = said[number.end() :]
    since = _SINCE.search(said)
    before = said[: since.start()] if since else said
    issued = _ISSUED.search(before)
    if issued is None:
        return Trouble.NO_DAY
    day, first = _day(*issued.groups()), None if since is None else _day(*since.groups())
    if day is None or day > today or (since is not None and (first is None or first < day)):
        return Trouble.BAD_DAY
    by = _BY.search(before[issued.end() :])
    issuer = "" if by is None else " ".join(by["by"].split())
    if len(issuer) > LONGEST_ISSUER:
        return Trouble.BAD_VALUE
    return number["number"].upper(), day, issuer, first


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# --- values ----------------------------------------------------------------------------------------------------------


def fee(typed: str, line: Fee | None) -> Fee | None:
    """An amount in đồng, with what it is for and whom it concerns taken from the line it replaces; None where it is
    no amount."""
    said = fold(typed).strip(" .")
    old = line or Fee("Lệ phí", None)
    if _FREE.fullmatch(said):
        return Fee(old.what, 0, None, old.case)
    found = _MONEY.fullmatch(said)
    if found is None:
        return None
    amount = int(re.sub(r"[.,]", "", found["amount"])) * _TIMES[found["times"]]
    per = old.per
    if found["per"]:
        start = len(fold(typed)) - len(fold(typed).lstrip(" ."))
        per = typed[start + found.start("per") : start + found.end("per")].strip()
    return Fee(old.what, amount, per, old.case) if amount <= MOST_MONEY else None


def time(typed: str, line: ProcessingTime | None) -> ProcessingTime | None:
    """A processing time for whom the replaced line concerns; None where it is none."""
    said = " ".join(fold(typed).strip(" .").split())
    case = None if line is None else line.case
    if _SAME_DAY.fullmatch(said):
        return ProcessingTime(TimeUnit.SAME_DAY, case=case)
    found = _TIME.fullmatch(said)
    if found is None or not int(found["most"]):
        return None
    least, most = int(found["least"]) if found["least"] else None, int(found["most"])
    if least is not None and not 0 < least < most:
        return None
    return ProcessingTime(_UNITS[found["unit"]], most, least, case)


def words(fact: Fact, typed: str, tone: Tone) -> str | Trouble:
    """A place or a note, as it will be read."""
    said = " ".join(typed.split())
    if not 3 <= len(said) <= (LONGEST_PLACE if fact is Fact.WHERE else LONGEST_NOTE):
        return Trouble.BAD_VALUE
    if GONE.search(said) or "!" in said or (tone is Tone.GRIEF and CHEER.search(said)):
        return Trouble.BAD_WORDS
    return said
