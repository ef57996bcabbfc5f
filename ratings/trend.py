"""A unit's last twelve weeks beside each other. Pure.

A point holds what its own week's digest shows, and nothing else: a week that is withheld is a gap, never a zero, so
that nothing can be subtracted that was not told before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Struct

from ratings.formulas.beta import binomial_at_most
from ratings.records import RatingRecord
from ratings.shown import Band, Shown
from ratings.statistics import Interval, Proportion, wilson
from ratings.views import Views
from ratings.week import Week

WEEKS = 12
OUTSIDE = 0.025
"""The part of ordinary weeks that lies above, and that lies below, what is called ordinary."""


class Point(Struct, frozen=True):
    """One week: the satisfied of its headline (``certified``: certified copies among them), or the band they lie in,
    or neither: a gap."""

    week: Week
    satisfied: Proportion | None = None
    band: Band | None = None
    certified: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether nothing may be told of the week."""
        return self.satisfied is None and self.band is None


class Trend(Struct, frozen=True):
    """The weeks in their order, the digest's own last. ``usual``: where nineteen in twenty ordinary weeks of the unit
    lie, as shares; None: not known."""

    points: tuple[Point, ...]
    usual: Interval | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether there are two weeks at least to be seen beside each other."""
        return sum(not point.is_gap for point in self.points) > 1


def before(week: Week) -> tuple[Week, ...]:
    """The weeks that stand before ``week``, in their order."""
    return tuple(Week.of(week.start - timedelta(weeks=n)) for n in range(WEEKS - 1, 0, -1))


def point_of(week: Week, shown: Shown) -> Point:
    """The point of a week of which this may be shown."""
    if shown.headline is None:
        return Point(week, band=shown.band)
    return Point(week, shown.headline.satisfied, certified=shown.headline.certified)


def points_from(
    answers: Iterable[RatingRecord], weeks: Iterable[Week], as_of: datetime, *, together: bool
) -> dict[Week, Point]:
    """The points of weeks as their own digests have them: of the answers known when their books were closed.

    A week whose books are open at ``as_of`` has none. ``together``: of several units."""
    closed = [week for week in weeks if week.close <= as_of]
    mine: defaultdict[int, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        mine[_monday(answer.completed_on)].append(answer)
    found = {}
    for week in closed:
        close = week.close
        known = [a for a in mine.get(_monday(week.first_day), ()) if a.answered_at <= close]
        views = Views(known, together=together)
        told = views.told(week, close)
        shown = Shown() if told is None else Shown.of(told, None, parts=views.parts(week, close, first_line=True))
        found[week] = point_of(week, shown)
    return found


def _monday(day: date) -> int:
    return day.toordinal() - day.weekday()


def trend_of(points: Sequence[Point], usual: float | None) -> Trend:
    """``usual``: the ordinary share of the satisfied; the range is for as many answers as the unit's weeks have."""
    counts = sorted(point.satisfied.n for point in points if point.satisfied is not None)
    return Trend(tuple(points), ordinary(usual, counts[len(counts) // 2]) if usual is not None and counts else None)


@cache
def ordinary(usual: float, n: int) -> Interval:
    """Between which shares of ``n`` answers all but one in twenty weeks lie by chance alone, where ``usual`` is the
    share in the long run: the quantiles of the binomial distribution at 2.5 and 97.5 %, over ``n``."""
    low = next(k for k in range(n + 1) if binomial_at_most(k, n, usual) > OUTSIDE)
    high = next(k for k in range(low, n + 1) if binomial_at_most(k, n, usual) >= 1 - OUTSIDE)
    return Interval(low / n, high / n)


def to_json(trend: Trend) -> dict[str, Any]:
    """As in ``docs/contract.md``."""
    usual = trend.usual
    return {
        "usual": None if usual is None else {"low": usual.low, "high": usual.high},
        "weeks": [_point(point) for point in trend.points],
    }


def _point(point: Point) -> dict[str, Any]:
    share = point.satisfied
    told: dict[str, Any] = {"week": str(point.week), "n": None, "count": None, "share": None, "low": None, "high": None}
    if share is not None:
        ends = wilson(share)
        told |= {"n": share.n, "count": share.count, "share": share.share, "low": ends.low, "high": ends.high}
    return {**told, "band": None if point.band is None else point.band.value, "certified": point.certified}


def from_json(kept: dict[str, Any]) -> Trend:
    """The same read back."""
    usual = kept["usual"]
    points = tuple(
        Point(
            Week.parse(each["week"]),
            None if each["n"] is None else Proportion(each["count"], each["n"]),
            None if each["band"] is None else Band(each["band"]),
            each["certified"],
        )
        for each in kept["weeks"]
    )
    return Trend(points, None if usual is None else Interval(usual["low"], usual["high"]))


# --- in words and cells ----------------------------------------------------------------------------------------------


def lines(trend: Trend) -> Iterator[str]:
    """The weeks in words, in whole percent as everywhere."""
    if not trend.is_drawn:
        return
    points = trend.points
    told = ", ".join(map(_told, points))
    weeks = f"{len(points)} tuần đến nay ({points[0].week.number}–{points[-1].week.number})"
    yield f"{weeks}, phần trăm hài lòng: {told}.{_gaps(points)}"
    if trend.usual is not None:
        low, high = round(100 * trend.usual.low), round(100 * trend.usual.high)
        yield f"Tuần thường của đơn vị: từ {low} % đến {high} %."


def _told(point: Point) -> str:
    if point.satisfied is not None:
        return str(point.satisfied.percent)
    return "–" if point.band is None else point.band.value.removesuffix(" %")


def heading() -> str:
    return "Các tuần gần đây"


def legend(trend: Trend) -> str:
    """What the signs of the drawing mean; only of those that are in it."""
    points = trend.points
    signs = {
        "chấm: mức hài lòng của tuần": any(point.satisfied is not None for point in points),
        "vạch: khoảng mà số thật nhiều khả năng nằm trong": any(point.satisfied is not None for point in points),
        "chấm rỗng: kể cả chứng thực": any(point.certified for point in points),
        "khung đứt: tuần ít người, chỉ biết khoảng": any(point.band is not None for point in points),
        "vùng xám: tuần thường của đơn vị": trend.usual is not None,
        "trống: không nêu được số": any(point.is_gap for point in points),
    }
    said = "; ".join(sign for sign, is_there in signs.items() if is_there)
    return f"{said[:1].upper()}{said[1:]}."


def rows(trend: Trend) -> Iterator[tuple[str | int | float | None, ...]]:
    """The weeks as cells below their headings; what is not told is an empty cell."""
    yield ("Tuần", "Hài lòng", "Người trả lời", "Tỷ lệ", "Từ", "Đến", "Chỉ biết khoảng")
    for point in trend.points:
        share = point.satisfied
        if share is None:
            yield (str(point.week), *[None] * 5, None if point.band is None else point.band.value)
            continue
        ends = wilson(share)
        yield (str(point.week), share.count, share.n, share.share, ends.low, ends.high, None)


def _gaps(points: Iterable[Point]) -> str:
    return " Dấu – là tuần không nêu được số." if any(point.is_gap for point in points) else ""
