"""The weekly digest (báo cáo tuần) of one unit. Pure: the same records in any order give the same digest.

A digest is of a cohort: the completions from Monday 00:00 to Sunday 24:00 in Vietnam and the answers about them,
all as known at ``as_of``. It holds only what may be shown: too few answers are withheld here, once, so that no
rendering can let them out.

==========  ==================================================================================
answers     shown
==========  ==================================================================================
0 … 4       nothing of them, not even how many
5 … 9       how many, and in which third of the scale the satisfied are (``Band``)
10 … 29     the distribution, the share of satisfied with its interval, reasons of five or more
from 30     also the change, where the week before has thirty answers too
==========  ==================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ratings.drivers import Driver
from ratings.integrity import asked_unevenly, examine
from ratings.on_time import OnTime, against_due
from ratings.records import RatingRecord, Records
from ratings.statistics import SATISFIED_FROM, Change, Distribution, Proportion, newcombe, response_rate
from ratings.week import VIETNAM, Week, vietnam_date

LEAST_ANSWERS = 5
LEAST_DISTRIBUTION = 10
LEAST_CHANGE = 30
LEAST_OF_A_REASON = 5
CERTIFICATION = "chứng thực"
"""The field of certified copies: minutes at the counter, most of the volume, hardly ever a complaint."""


class Band(Enum):
    """Where the share of satisfied lies, for five to nine answers."""

    HIGH = "≥ 80 %"
    MIDDLE = "50–79 %"
    LOW = "< 50 %"

    @classmethod
    def of(cls, satisfied: Proportion) -> Band:
        """The band of a share, compared exactly."""
        if 10 * satisfied.count >= 8 * satisfied.n:
            return cls.HIGH
        return cls.MIDDLE if 2 * satisfied.count >= satisfied.n else cls.LOW


class Verdict(Enum):
    """What may be said of a change: a direction only where its interval excludes zero."""

    UP = "up"
    DOWN = "down"
    NO_EVIDENCE = "no evidence of change"

    @classmethod
    def of(cls, change: Change) -> Verdict:
        """The verdict on a change of the share of satisfied."""
        if change.interval.low > 0:
            return cls.UP
        return cls.DOWN if change.interval.high < 0 else cls.NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """So many people of those who were satisfied, or were not, gave this reason."""

    code: str
    people: int


@dataclass(frozen=True, slots=True)
class Cause:
    """``people`` dissatisfied gave this reason; ``attributable`` is the part of the dissatisfaction that would go
    with it (population attributable fraction, 0 … 1)."""

    code: str
    people: int
    attributable: float


@dataclass(frozen=True, slots=True)
class Integrity:
    """How many answers have a sign of not being given one by one, and the satisfied with and without them.

    ``without`` is None where nothing is flagged, or where fewer than ten are left without a sign.
    """

    flagged: int
    with_all: Proportion
    without: Proportion | None


@dataclass(frozen=True, slots=True)
class Digest:
    """What may be shown of a unit's week. None is withheld (named in ``suppressed``) or not known.

    ``unit`` is the unit's code. ``answered`` None: fewer than five. ``delivered`` None: not known. ``not_received``:
    citizens who said that nothing was handed over. ``praise`` and ``complaints``: most frequent first.
    ``certification``: the satisfied of certified copies and of all else, where both have ten answers. ``drivers``:
    the part of the dissatisfaction that would go with each reason, greatest first. ``uneven``: the asked of the late
    and of the punctual, where the late were asked less often.
    """

    unit: str
    week: Week
    as_of: datetime
    locked: bool
    demo: bool
    on_time: OnTime
    eligible: int
    invited: int
    delivered: int | None
    answered: int | None
    distribution: Distribution | None = None
    band: Band | None = None
    change: Change | None = None
    suppressed: tuple[str, ...] = ()
    not_received: int = 0
    praise: tuple[ReasonCount, ...] = ()
    complaints: tuple[ReasonCount, ...] = ()
    certification: tuple[Proportion, Proportion] | None = None
    drivers: tuple[Cause, ...] | None = None
    integrity: Integrity | None = None
    uneven: tuple[Proportion, Proportion] | None = None

    @property
    def completed(self) -> int:
        """Results handed over in the week."""
        return self.on_time.completed

    @property
    def satisfied(self) -> Proportion | None:
        """4★ and 5★ of all answers."""
        return None if self.distribution is None else self.distribution.satisfied

    @property
    def comparable(self) -> Proportion | None:
        """The satisfied, where there are answers enough to be compared with another week."""
        satisfied = self.satisfied
        return satisfied if satisfied is not None and satisfied.n >= LEAST_CHANGE else None

    @property
    def response_rate(self) -> Proportion | None:
        """Answered of invited; None where withheld, or where nobody was invited."""
        return None if self.answered is None else response_rate(self.answered, self.invited)


def make_digest(unit: str, week: Week, as_of: datetime, records: Records, previous: Proportion | None = None) -> Digest:
    """The digest of ``unit`` (its code as in the records) and ``week`` as known at ``as_of`` (aware).

    ``previous``: the satisfied of the week before, from its own digest (``Digest.comparable``).
    """
    start, end = week.start, week.end
    completions = [c for c in records.completions if c.unit == unit and start <= c.completed_at < end]
    completions = [c for c in completions if c.completed_at <= as_of]
    first, last = week.first_day, week.last_day
    answers = [r for r in records.ratings if r.unit == unit and first <= r.completed_on <= last]
    answers = [r for r in answers if r.answered_at <= as_of]
    shown = _ShownRatings.of(answers, previous)
    return Digest(
        unit=unit,
        week=week,
        as_of=as_of.astimezone(VIETNAM),
        locked=as_of >= week.close,
        demo=records.demo or any(c.demo for c in completions) or any(r.demo for r in answers),
        on_time=against_due(completions, records, vietnam_date(as_of)),
        eligible=sum(c.eligible for c in completions),
        invited=_by(as_of, (c.invited_at for c in completions)),
        delivered=_by(as_of, (c.delivered_at for c in completions)) if records.deliveries_known else None,
        answered=shown.answered,
        distribution=shown.distribution,
        band=shown.band,
        change=shown.change,
        suppressed=shown.suppressed,
        not_received=_by(as_of, (c.not_received_at for c in completions)),
        praise=shown.praise,
        complaints=shown.complaints,
        certification=shown.certification,
        drivers=shown.drivers,
        integrity=shown.integrity,
        uneven=asked_unevenly(completions, as_of),
    )


def until_closed(digest: Digest) -> Digest:
    """The digest as officials may read it: of a week whose books are open, nothing of its answers.

    Whoever read an open week twice could subtract, and would know what one citizen answered in between.
    """
    if digest.locked:
        return digest
    nothing = _ShownRatings()
    return replace(
        digest,
        answered=nothing.answered,
        distribution=nothing.distribution,
        band=nothing.band,
        change=nothing.change,
        suppressed=nothing.suppressed,
        praise=nothing.praise,
        complaints=nothing.complaints,
        certification=nothing.certification,
        drivers=nothing.drivers,
        integrity=nothing.integrity,
    )


@dataclass(frozen=True, slots=True)
class _ShownRatings:
    """What may be shown of the answers."""

    answered: int | None = None
    band: Band | None = None
    distribution: Distribution | None = None
    change: Change | None = None
    praise: tuple[ReasonCount, ...] = ()
    complaints: tuple[ReasonCount, ...] = ()
    certification: tuple[Proportion, Proportion] | None = None
    drivers: tuple[Cause, ...] | None = None
    integrity: Integrity | None = None

    @classmethod
    def of(cls, answers: list[RatingRecord], previous: Proportion | None) -> _ShownRatings:
        distribution = Distribution.of(r.stars for r in answers)
        satisfied = distribution.satisfied
        if satisfied is None or satisfied.n < LEAST_ANSWERS:
            return cls()
        band = Band.of(satisfied)
        if satisfied.n < LEAST_DISTRIBUTION:
            return cls(satisfied.n, band)
        comparable = previous is not None and min(satisfied.n, previous.n) >= LEAST_CHANGE
        return cls(
            answered=satisfied.n,
            band=band,
            distribution=distribution,
            change=newcombe(satisfied, previous) if comparable and previous is not None else None,
            praise=_reasons(r for r in answers if r.stars >= SATISFIED_FROM),
            complaints=_reasons(r for r in answers if r.stars < SATISFIED_FROM),
            certification=_certification(answers),
            drivers=_drivers(answers),
            integrity=_integrity(answers, satisfied),
        )

    @property
    def suppressed(self) -> tuple[str, ...]:
        """The keys of the digest that are withheld, in the order of the digest."""
        return tuple(
            name
            for name, withheld in (
                ("response_rate", self.answered is None),
                ("distribution", self.distribution is None),
                ("satisfied", self.distribution is None),
                ("band", self.band is None),
                ("change", self.change is None),
                ("drivers", self.drivers is None),
                ("integrity", self.integrity is None),
            )
            if withheld
        )


def _by(as_of: datetime, instants: Iterable[datetime | None]) -> int:
    """How many of the instants had come by then."""
    return sum(instant is not None and instant <= as_of for instant in instants)


def _reasons(answers: Iterable[RatingRecord]) -> tuple[ReasonCount, ...]:
    """Reasons that at least five people gave; a person counts once, however often a reason was picked."""
    people = Counter(code for answer in answers for code in set(answer.reasons))
    found = [ReasonCount(code, n) for code, n in people.items() if n >= LEAST_OF_A_REASON]
    return tuple(sorted(found, key=lambda reason: (-reason.people, reason.code)))


def _certification(answers: list[RatingRecord]) -> tuple[Proportion, Proportion] | None:
    """Certified copies beside all else, so that neither hides the other; only where both have ten answers."""
    groups: tuple[list[int], list[int]] = ([], [])
    for answer in answers:
        groups[(answer.field or "").strip().casefold() != CERTIFICATION].append(answer.stars)
    certified, others = (Distribution.of(stars).satisfied for stars in groups)
    if certified is None or others is None or min(certified.n, others.n) < LEAST_DISTRIBUTION:
        return None
    return certified, others


def _drivers(answers: list[RatingRecord]) -> tuple[Cause, ...]:
    """The reasons of five dissatisfied people or more, by how much of the dissatisfaction would go with each."""
    found = []
    for reason in _reasons(r for r in answers if r.stars < SATISFIED_FROM):
        named = [r.stars < SATISFIED_FROM for r in answers if reason.code in r.reasons]
        others = [r.stars < SATISFIED_FROM for r in answers if reason.code not in r.reasons]
        part = 1.0
        if others:
            driver = Driver(Proportion(sum(named), len(named)), Proportion(sum(others), len(others)))
            part = max(0.0, driver.attributable)
        found.append(Cause(reason.code, reason.people, part))
    return tuple(sorted(found, key=lambda cause: (-cause.attributable, cause.code)))


def _integrity(answers: list[RatingRecord], satisfied: Proportion) -> Integrity:
    flagged = examine(answers)
    left = Distribution.of(r.stars for r in flagged.without).satisfied
    shown = flagged.with_sign and left is not None and left.n >= LEAST_DISTRIBUTION
    return Integrity(len(flagged.with_sign), satisfied, left if shown else None)
