"""What a digest is made from, wherever it was read: the database or a CSV file. Plain values.

Completions and ratings are two lists on purpose: a rating holds its own copy of unit, field and day and cannot be
tied to a dossier.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct

from onestop.days.punctuality import Count
from onestop.dossier import Status
from ratings.follow_ups import FollowUps
from ratings.service import Service
from ratings.statistics import Proportion

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
MODES = ("bot", "slip", "link", "phone", "kiosk")
"""How an answer came: in a chat that follows, by the token on a slip or in a link, asked by phone, at a kiosk."""


class CompletionRecord(Struct, frozen=True):
    """One result handed over (lần trả kết quả). Instants are aware; None is "never" or "not said".

    ``eligible``: it may be asked about. ``not_received_at``: when the citizen said that nothing was handed over.
    ``count``: what it counts as by the national rule; None where nobody can say any more.
    ``declined_at``: when the citizen said that they would rather not answer. ``late_at``: the agency that held it when
    its day passed; ``told_late``: the citizen was told of it before.
    """

    unit: str
    completed_at: datetime
    due_at: datetime | None
    eligible: bool
    invited_at: datetime | None = None
    delivered_at: datetime | None = None
    not_received_at: datetime | None = None
    demo: bool = False
    count: Count | None = None
    field: str | None = None
    late_at: str | None = None
    told_late: bool = False
    declined_at: datetime | None = None


class Against(IntEnum):
    """A completion against its due day, by Vietnam's days. The numbers are those of the database's counting."""

    WITHOUT_DUE = 0
    EARLY = 1
    ON_TIME = 2
    LATE = 3


class Handed(Struct, frozen=True):
    """``n`` completions that are alike: of one unit, and ``invited``, ``delivered``, ``declined`` or denied
    (``not_received``) by the digest's time or not. The other fields are those of ``CompletionRecord``."""

    n: int
    unit: str
    against: Against
    eligible: bool
    invited: bool
    delivered: bool
    not_received: bool
    demo: bool
    late_at: str | None = None
    told_late: bool = False
    count: Count | None = None
    declined: bool = False

    @property
    def is_late(self) -> bool:
        """Whether they were handed over after their due day."""
        return self.against is Against.LATE


class RatingRecord(Struct, frozen=True):
    """One effective, verified answer of ``stars`` 1 … 5; ``completed_on`` is Vietnam's day of what it is about.

    ``soon``: its first form was given within 120 s of the handing over; found out when it is stored, for nothing ties
    it to a dossier afterwards. ``mode``: how it came (bot, slip, link, phone, kiosk). ``marked``: whoever collected it
    found a sign on it. ``first_at``: when the first form of a changed answer came; None: as answered. ``rater``: whose
    it is, as a keyed hash of a chat or a device; None where it is not known or not to be known.
    ``taps``: the answers to short questions, as (question, answer); ``procedure``: only known with them.
    ``themes``: what its comment is about; the comment itself goes no further than where it is fetched.
    """

    unit: str
    field: str | None
    completed_on: date
    answered_at: datetime
    stars: int
    reasons: tuple[str, ...] = ()
    demo: bool = False
    soon: bool = False
    mode: str = "bot"
    marked: bool = False
    first_at: datetime | None = None
    rater: str | None = None
    procedure: str | None = None
    taps: tuple[tuple[str, str], ...] = ()
    themes: tuple[str, ...] = ()

    @property
    def received_at(self) -> datetime:
        """Since when it counts as answered, whatever was changed later."""
        return self.answered_at if self.first_at is None else self.first_at

    @property
    def at(self) -> int:
        """``answered_at`` as microseconds since 1970 UTC."""
        return (self.answered_at - EPOCH) // MICROSECOND


class Call(RatingRecord, frozen=True):
    """A call back to somebody who had rated: ``completed_on`` is Vietnam's day of the call, ``answered_at`` when it was
    entered. It has no stars: only whether those told by phone were in the band of those given before is kept."""

    agrees: bool = False


class EndRecord(Struct, frozen=True):
    """One dossier that ended without a result: refused, withdrawn or stopped. Instants as in ``CompletionRecord``."""

    unit: str
    ended: Status
    at: datetime
    eligible: bool
    invited_at: datetime | None = None
    delivered_at: datetime | None = None
    declined_at: datetime | None = None


class Ends(Struct, frozen=True):
    """So many (``n``) of them that are alike, as known at the digest's time."""

    n: int
    unit: str
    ended: Status
    eligible: bool
    invited: bool
    delivered: bool
    declined: bool


class EndAnswer(NamedTuple):
    """An answer about a dossier that ended so; ``answer.completed_on`` is the day on which it did."""

    ended: Status
    answer: RatingRecord


class PastAnswer(NamedTuple):
    """What is kept in mind of an answer about an earlier week: the same as in ``RatingRecord``."""

    field: str | None
    completed_on: date
    at: int
    stars: int


class OpenDossier(Struct, frozen=True):
    """A dossier that was not handed over at the digest's time, with the status it had then."""

    status: Status
    due_at: datetime | None


class Records(Struct, frozen=True):
    """All that is known of some units and weeks; a digest picks its own unit, week and time.

    ``open_dossiers`` is None where nothing is known of them (a file of ratings), and are those of the asked unit at
    the asked time otherwise. ``deliveries_known``: whether ``delivered_at`` means anything. ``due_soon_until``: the
    last day of "sắp đến hẹn". ``demo``: everything is sample data. ``mix``: completions of the period by field, of this
    unit and its likes; None: ``completions`` holds those of all units. ``handed``: the completions of the asked units
    and period, counted as known at the asked time; None: they are to be counted from ``completions``. ``history``:
    answers of the one asked unit about the weeks before, where ``ratings`` do not hold them. ``ends``: dossiers that
    ended without a result, ``end_answers``: what was answered about them; ``ended``: those of the asked units and
    period, counted as ``handed`` is. ``follow_ups``: what became of things; ``unanswered``: different questions that
    the machine could not answer; ``service``: how soon it answered; ``calls``: calls back in the period, and in the
    four weeks told of in a week's place. Of ``ends`` (with ``ended``), ``follow_ups``, ``unanswered``, ``service`` and
    ``calls`` None: not known.
    ``stood``: the late ones by the last status that each entered before the end of its due day.
    ``questions``: the most frequent of those without an answer, as (known words, times). ``asked`` and ``ended_asked``:
    what ``handed`` and ``ended`` are, but of the whole weeks of a period; None: of the same days as they are.
    ``peers``: the satisfied by field of the asked unit and its likes in the weeks that it is compared by
    (``peers.py``); None: to be counted from ``ratings``. ``wrote``: the answers whose comments may be told of, which
    is a week late (``themes.py``); None: they are among ``ratings``.
    """

    completions: tuple[CompletionRecord, ...] = ()
    ratings: tuple[RatingRecord, ...] = ()
    open_dossiers: tuple[OpenDossier, ...] | None = None
    deliveries_known: bool = True
    due_soon_until: date | None = None
    demo: bool = False
    mix: Mapping[str, int] | None = None
    stood: Mapping[Status | None, int] = {}
    ends: tuple[EndRecord, ...] | None = None
    end_answers: tuple[EndAnswer, ...] = ()
    ended: tuple[Ends, ...] | None = None
    ended_asked: tuple[Ends, ...] | None = None
    follow_ups: FollowUps | None = None
    handed: tuple[Handed, ...] | None = None
    asked: tuple[Handed, ...] | None = None
    unanswered: int | None = None
    questions: tuple[tuple[str, int], ...] = ()
    history: tuple[PastAnswer, ...] = ()
    service: Service | None = None
    calls: tuple[Call, ...] | None = None
    peers: Mapping[str, Mapping[str, Proportion]] | None = None
    wrote: tuple[RatingRecord, ...] | None = None
