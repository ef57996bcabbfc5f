"""What a procedure (thủ tục hành chính) is: facts with their source, nothing else.

A fact that no source holds is absent (``None`` or empty), and whoever answers says so.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from msgspec import Struct

from procedures.guides.guide import Guide


class Level(Enum):
    """Cấp thực hiện: who decides."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"
    OTHER = "other"


class Way(Enum):
    """Cách thức thực hiện: how a file is handed in."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    POST = "post"


class TimeUnit(Enum):
    """The unit of a processing time; working days unless the source says otherwise."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"
    MONTHS = "months"
    SAME_DAY = "same_day"


class Tone(Enum):
    """How an answer sounds. ``GRIEF``: papers after a death, no cheer of any kind."""

    PLAIN = "plain"
    GRIEF = "grief"


class Document(Struct, frozen=True):
    """One paper of the file (thành phần hồ sơ).

    ``originals`` and ``copies`` are how many, None where the source does not say;
    ``shown``: shown at the desk (xuất trình), not handed in.
    """

    name: str
    form: str | None = None
    originals: int | None = None
    copies: int | None = None
    shown: bool = False
    note: str | None = None


class Case(Struct, frozen=True):
    """One case (trường hợp) with its own papers. ``key`` is short ASCII, ``when`` says whom it concerns, plainly."""

    key: str
    name: str
    documents: tuple[Document, ...]
    when: str | None = None


class ProcessingTime(Struct, frozen=True):
    """Thời hạn giải quyết. ``amount`` is the longest (None for SAME_DAY); ``least`` only where a range is given.

    ``since`` and ``until``: the first and the last day on which the line holds, where it has its own.
    """

    unit: TimeUnit
    amount: int | None = None
    least: int | None = None
    case: str | None = None
    note: str | None = None
    since: date | None = None
    until: date | None = None


class Fee(Struct, frozen=True):
    """Phí, lệ phí in đồng; 0 is free. ``amount`` None: set elsewhere, ``note`` says where. ``since``, ``until``: as of
    a time."""

    what: str
    amount: int | None
    per: str | None = None
    case: str | None = None
    note: str | None = None
    since: date | None = None
    until: date | None = None


class Submission(Struct, frozen=True):
    """One way of handing in, with its own times and fees."""

    way: Way
    times: tuple[ProcessingTime, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: str | None = None


class Source(Struct, frozen=True):
    """Where the facts were read: the page, the publishing decision, and the day they were checked."""

    url: str | None
    decision: str | None
    checked: date


class Procedure(Struct, frozen=True):
    """One procedure of the catalog, as read from its YAML entry (``file``, ``line``)."""

    code: str
    name: str
    plain: str
    field: str
    level: Level
    source: Source
    aliases: tuple[str, ...] = ()
    summary: str | None = None
    submit_at: str | None = None
    decided_by: str | None = None
    cases: tuple[Case, ...] = ()
    submissions: tuple[Submission, ...] = ()
    results: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    scope: str = "national"
    effective_from: date | None = None
    effective_to: date | None = None
    tone: Tone = Tone.PLAIN
    discreet: bool = False
    elsewhere: str | None = None
    guide: Guide | None = None
    file: str = ""
    line: int = 0
