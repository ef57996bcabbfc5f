"""The digest (báo cáo tuần) of one unit and a week or another period. Pure: the same records in any order give the
same digest.

A digest is of a cohort: the completions from the first day 00:00 to the last day 24:00 in Vietnam and the answers
about them, all as known at ``as_of``. It holds only what may be shown (``shown.py``), so that no rendering can let
out anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from ratings.call_backs import CALLS, CallBacks, call_backs
from ratings.cohort import cohort, ends_of, mix_of
from ratings.follow_ups import FollowUps
from ratings.formulas.comparison import Standardised
from ratings.handed import total
from ratings.integrity import asked_unevenly
from ratings.lateness import Late, late_of
from ratings.on_time import OnTime, against_due
from ratings.peers import Peers, among_likes
from ratings.period import Kind, Period, Span, last_closed, whole_weeks
from ratings.records import RatingRecord, Records
from ratings.rollup import Child, MixPair, children_of, mix_pairs
from ratings.service import Service
from ratings.shown import (
    LEAST_ANSWERS,
    LEAST_CHANGE,
    Band,
    Cause,
    Headline,
    Integrity,
    ModeCount,
    ReasonCount,
    Shown,
)
from ratings.statistics import Change, Distribution, Proportion, Verdict, response_rate
from ratings.strata import Ended, Stratum, strata
from ratings.sub_ratings import SubRating, sub_ratings
from ratings.themes import Wrote, told_themes
from ratings.trend import Point, Trend, before, point_of, points_from, trend_of
from ratings.views import Views
from ratings.watch import CERTIFICATION, Alarm, watch
from ratings.week import VIETNAM, Week, vietnam_date

__all__ = [
    "CERTIFICATION",
    "LEAST_ANSWERS",
    "Band",
    "Cause",
    "Child",
    "Digest",
    "Headline",
    "Integrity",
    "ModeCount",
    "ReasonCount",
    "Verdict",
    "digest_from",
    "make_digest",
    "until_closed",
]


class Digest(Struct, frozen=True):
    """What may be shown of a unit's week or period. None is withheld (named in ``suppressed``) or not known.

    ``unit`` is the unit's code. ``answered`` None: fewer than five, or ``answered`` is in ``suppressed``.
    ``delivered`` None: not known. ``not_received``: citizens who said that nothing was handed over; ``declined``:
    that they would rather not answer. ``strata``: what ended without a result, and the answers about that, in no other
    number; ``follow_ups``: what became of things; ``unanswered``: different questions of citizens that the machine
    could not answer; of all three None: not known.
    ``questions``: which of them were asked most often, as (known words, times).
    ``praise`` and ``complaints``: most frequent first. ``certification``: the satisfied of certified copies and of all
    else, where both have ten answers. ``drivers``: the part of the dissatisfaction that would go with each reason,
    greatest first. ``uneven``: the asked of the late and of the punctual, where the late were asked less often.
    ``sub_ratings``: the short questions that may be told of; ``themes``: what comments are about, likewise.
    ``block``: of a week with too few answers, the last closed four weeks. ``children``: of a roll-up, its units.
    ``trend``: of a week, the weeks before it as they were told. ``weeks``: of a period, the whole weeks that its
    answers and who was asked are of (empty: none ends in it); None: of its own days. ``service``: how soon the machine
    answered; ``calls``: what calls back found; of both None: not known, or (``call_backs`` in ``suppressed``) too few.
    ``peers``: where the unit stands among its likes; None: not to be said.
    """

    unit: str
    span: Span
    as_of: datetime
    locked: bool
    demo: bool
    on_time: OnTime
    eligible: int
    invited: int
    delivered: int | None
    answered: int | None
    distribution: Distribution | None = None
    headline: Headline | None = None
    band: Band | None = None
    change: Change | None = None
    suppressed: tuple[str, ...] = ()
    not_received: int = 0
    declined: int = 0
    strata: tuple[Stratum, ...] | None = None
    by_invitation: int | None = None
    invited_between: tuple[int, int] | None = None
    follow_ups: FollowUps | None = None
    unanswered: int | None = None
    questions: tuple[tuple[str, int], ...] = ()
    praise: tuple[ReasonCount, ...] = ()
    complaints: tuple[ReasonCount, ...] = ()
    certification: tuple[Proportion, Proportion] | None = None
    modes: tuple[ModeCount, ...] = ()
    drivers: tuple[Cause, ...] | None = None
    integrity: Integrity | None = None
    uneven: tuple[Proportion, Proportion] | None = None
    late: Late | None = None
    alarm: Alarm | None = None
    standardised: tuple[Standardised, tuple[str, ...]] | None = None
    block: Digest | None = None
    children: tuple[Child, ...] | None = None
    by_mix: tuple[MixPair, ...] = ()
    sub_ratings: tuple[SubRating, ...] = ()
    themes: tuple[Wrote, ...] = ()
    trend: Trend | None = None
    weeks: tuple[Week, ...] | None = None
    service: Service | None = None
    calls: CallBacks | None = None
    peers: Peers | None = None

    @property
    def completed(self) -> int:
        """Results handed over in the period."""
        return self.on_time.completed

    @property
    def ended(self) -> Ended | None:
        """How many ended without a result."""
        return None if self.strata is None else Ended.of(self.strata)

    @property
    def satisfied(self) -> Proportion | None:
        """4★ and 5★ of all answers."""
        return None if self.distribution is None else self.distribution.satisfied

    @property
    def comparable(self) -> Proportion | None:
        """The headline, where there are answers enough to be compared with another period."""
        first = None if self.headline is None else self.headline.satisfied
        return first if first is not None and first.n >= LEAST_CHANGE else None

    @property
    def response_rate(self) -> Proportion | None:
        """Those who answered their invitation, of the invited; None where withheld, or where nobody was invited."""
        known = self.answered is not None and self.by_invitation is not None
        return response_rate(self.by_invitation or 0, self.invited) if known else None

    @property
    def response_between(self) -> tuple[Proportion, Proportion] | None:
        """The least and the most that the response rate may be, where it is withheld itself."""
        if self.answered is None or self.invited_between is None or not self.invited:
            return None
        least, most = (Proportion(min(n, self.invited), self.invited) for n in self.invited_between)
        return least, most

    @property
    def no_week_ends(self) -> bool:
        """Whether it is of a few days, so that nothing is told of answers."""
        return self.weeks == ()


class Before(Struct, frozen=True):
    """What of the period before is compared: the headline (only with one that leaves out the same work), and the late
    of the completed."""

    headline: Proportion | None = None
    late: Proportion | None = None
    without_certified: bool | None = None

    @classmethod
    def of(cls, digest: Digest) -> Before:
        """Of its own digest."""
        counts = digest.on_time
        late = Proportion(counts.late_done, counts.completed) if counts.completed else None
        apart = None if digest.headline is None else digest.headline.without_certified
        return cls(digest.comparable, late, apart)


def make_digest(
    unit: str,
    span: Span,
    as_of: datetime,
    records: Records,
    previous: Proportion | Before | None = None,
    *,
    below: Sequence[str] | None = None,
    brief: bool = False,
    earlier: Sequence[Point] = (),
) -> Digest:
    """The digest of ``unit`` (its code as in the records) and a week or period as known at ``as_of`` (aware).

    ``previous``: of the period before, from its own digest. ``below``: the codes of the units that are rolled up
    under this one; None: of this unit alone. ``brief``: only what another period is compared with. ``earlier``: the
    points of the weeks before this one.
    """
    compared = previous if isinstance(previous, Before) else Before(previous)
    members = {unit, *(below or ())}
    counted = cohort(records, members, span, as_of)
    done, asked = counted.done, counted.asked
    known = [r for r in records.ratings if r.unit in members and r.answered_at <= as_of]
    views = Views(known, together=below is not None)
    told = views.told(span, as_of)
    answers = told or []
    mix = None if below is not None else mix_of(records, span)
    shown = (
        Shown(withheld=True)
        if told is None
        else Shown.of(
            answers, compared.headline, compared.without_certified, mix, views.parts(span, as_of, first_line=brief)
        )
    )
    # a roll-up has no series of its own, and a longer period is no point of one
    watched = (
        watch(chain(records.history, known), span) if below is None and isinstance(span, Week) and not brief else None
    )
    made = Digest(
        unit=unit,
        span=span,
        as_of=as_of.astimezone(VIETNAM),
        locked=as_of >= span.close,
        demo=records.demo or any(row.demo for row in done) or any(r.demo for r in answers),
        on_time=against_due(done, records, vietnam_date(as_of)),
        eligible=total(row for row in asked if row.eligible),
        invited=total(row for row in asked if row.invited),
        delivered=total(row for row in asked if row.delivered) if records.deliveries_known else None,
        answered=None,
        not_received=total(row for row in done if row.not_received),
        declined=total(row for row in asked if row.declined),
        follow_ups=_to_be_said(records.follow_ups, shown),
        strata=None if brief else _strata(records, members, span, as_of, together=below is not None),
        unanswered=records.unanswered,
        questions=records.questions,
        uneven=None if brief else asked_unevenly(asked),
        late=late_of(done, compared.late, records.stood),
        children=None if below is None or brief else children_of(below, done, views.alone(span, as_of)),
        by_mix=() if below is None or brief else mix_pairs(views.alone(span, as_of)),
        sub_ratings=() if brief or told is None else sub_ratings(known, span, as_of, together=below is not None),
        themes=() if brief else _themes(records, members, span, as_of, together=below is not None),
        weeks=None if isinstance(span, Week) else whole_weeks(span),
        service=records.service,
        peers=None if brief or below is not None else among_likes(records, unit, span, as_of),
    )
    if records.calls is not None and not brief:
        made = _with_calls(made, call_backs(records.calls, span, as_of, together=below is not None))
    return _with(made, shown, watched, earlier)


def _with_calls(digest: Digest, calls: CallBacks | None) -> Digest:
    return replace(digest, calls=calls, suppressed=(CALLS,) if calls is None else ())


def _themes(
    records: Records, units: Collection[str], span: Span, as_of: datetime, *, together: bool
) -> tuple[Wrote, ...]:
    wrote = records.ratings if records.wrote is None else records.wrote
    return told_themes([each for each in wrote if each.unit in units], span, as_of, together=together)


def _strata(
    records: Records, units: Collection[str], span: Span, as_of: datetime, *, together: bool
) -> tuple[Stratum, ...] | None:
    ends = ends_of(records, units, span, as_of)
    if ends is None:
        return None
    given = [each for each in records.end_answers if each.answer.unit in units and each.answer.answered_at <= as_of]
    known = records.deliveries_known
    return strata(ends[0], given, span, as_of, together=together, deliveries_known=known, asked=ends[1])


def _to_be_said(found: FollowUps | None, shown: Shown) -> FollowUps | None:
    """Whether the head was told of low scores stands only beside a distribution: it tells of answers."""
    return found if found is None or shown.distribution is not None else replace(found, head_told=None)


def digest_from(
    unit: str, span: Span, as_of: datetime, records: Records, *, below: Sequence[str] | None = None
) -> Digest:
    """The digest from ``records`` that hold everything: also what is compared with, and the block of four weeks."""
    one_before = span.previous()
    previous = make_digest(unit, one_before, min(as_of, one_before.close), records, below=below, brief=True)
    earlier = earlier_points(span, as_of, records.ratings, {unit, *(below or ())}, together=below is not None)
    made = make_digest(unit, span, as_of, records, Before.of(previous), below=below, earlier=earlier)
    if below is not None or not wants_block(made) or not isinstance(span, Week):
        return made
    block = block_for(span)
    return replace(made, block=make_digest(unit, block, block.close, records))


def earlier_points(
    span: Span, as_of: datetime, answers: Sequence[RatingRecord], units: Collection[str], *, together: bool
) -> tuple[Point, ...]:
    """The points of the weeks before ``span``, made from the answers of all units and weeks; none for a period."""
    if not isinstance(span, Week):
        return ()
    weeks = before(span)
    mine = (a for a in answers if a.unit in units and weeks[0].first_day <= a.completed_on < span.first_day)
    known = points_from(mine, weeks, as_of, together=together)
    return tuple(known.get(week, Point(week)) for week in weeks)


def until_closed(digest: Digest) -> Digest:
    """The digest as officials may read it: of a period whose books are open, nothing of its answers.

    Whoever read an open week twice could subtract, and would know what one citizen answered in between.
    """
    if digest.locked:
        return digest
    children = digest.children
    if children is not None:
        children = tuple(replace(child, answered=None, band=None, standing=None, withheld=False) for child in children)
    follow = _to_be_said(digest.follow_ups, Shown())
    earlier = () if digest.trend is None else digest.trend.points[:-1]
    ended = None if digest.strata is None else tuple(each.without_answers() for each in digest.strata)
    hidden = replace(
        digest, children=children, by_mix=(), sub_ratings=(), themes=(), follow_ups=follow, strata=ended, peers=None
    )
    if digest.calls is not None:
        hidden = _with_calls(hidden, None)
    return _with(hidden, Shown(), None, earlier)


def wants_block(digest: Digest) -> bool:
    """Whether a week has too few answers to be shown, so that the last closed four weeks stand in their place."""
    return digest.locked and digest.answered is None and isinstance(digest.span, Week)


def block_for(week: Week) -> Period:
    """The last four-week block whose books are closed when the week's are."""
    return last_closed(Kind.FOUR_WEEKS, week.close)


def _with(digest: Digest, shown: Shown, watched: Alarm | None, earlier: Sequence[Point]) -> Digest:
    return replace(
        digest,
        answered=shown.answered,
        by_invitation=shown.by_invitation,
        invited_between=shown.invited_between,
        distribution=shown.distribution,
        headline=shown.headline,
        band=shown.band,
        change=shown.change,
        suppressed=(*_suppressed(shown, watched), *(name for name in digest.suppressed if name == CALLS)),
        praise=shown.praise,
        complaints=shown.complaints,
        certification=shown.certification,
        modes=shown.modes,
        drivers=shown.drivers,
        integrity=shown.integrity,
        alarm=watched,
        standardised=shown.standardised,
        trend=_trend(digest, shown, watched, earlier),
    )


def _trend(digest: Digest, shown: Shown, watched: Alarm | None, earlier: Sequence[Point]) -> Trend | None:
    """With the week itself as its last point: a gap as long as its books are open."""
    if not isinstance(digest.span, Week) or not earlier:
        return None
    last = point_of(digest.span, shown if digest.locked else Shown())
    return trend_of((*earlier, last), None if watched is None else watched.usual)


def _suppressed(shown: Shown, watched: Alarm | None) -> tuple[str, ...]:
    """The keys of the digest that are withheld, in the order of the digest."""
    few = shown.answered is None
    return tuple(
        name
        for name, withheld in (
            ("answered", shown.withheld),
            ("response_rate", few or shown.by_invitation is None),
            ("distribution", shown.distribution is None),
            ("satisfied", shown.distribution is None),
            ("band", shown.band is None),
            ("change", shown.change is None),
            ("drivers", shown.drivers is None),
            ("integrity", shown.integrity is None),
            ("headline", shown.headline is None),
            ("alarm", few and watched is None),
            ("standardised", shown.distribution is None),
        )
        if withheld
    )
