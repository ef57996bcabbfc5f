"""A unit among its likes in one of three bands, never a rank. Pure.

Their last four whole weeks are compared, but certified copies, as if all had the same work: a unit's share is the
common one and what it has more (or less) satisfied answers than its own mix of fields has elsewhere,
p + (O − E)/n (indirect standardisation: J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and
Proportions, 3rd ed. (2003), chapter 19; the direct one needs answers of every unit in every field, which small units
do not have). The shares are drawn towards what is common and judged together (``formulas/shrinkage.py``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from ratings.formulas.shrinkage import Standing, prior_by_likelihood, standings
from ratings.period import BLOCK, Period, Span, whole_weeks
from ratings.records import RatingRecord, Records
from ratings.reports.numerals import number
from ratings.shown import LEAST_DISTRIBUTION
from ratings.statistics import SATISFIED_FROM, Proportion
from ratings.watch import is_certified

LEAST_LIKE = 5
"""Units with ten answers that a standing among them needs."""
ByField = Mapping[str, Proportion]


class Peers(Struct, frozen=True):
    """``others``: how many units it is compared with; the days are of whole weeks."""

    standing: Standing
    others: int
    first_day: date
    last_day: date


def weeks_compared(span: Span) -> Period | None:
    """The last four whole weeks up to the end of a span; None where no week ends in it."""
    weeks = whole_weeks(span)
    if not weeks:
        return None
    last = weeks[-1]
    return Period(last.first_day - timedelta(weeks=BLOCK - 1), last.last_day)


def satisfied_by_field(answers: Iterable[RatingRecord], days: Period, as_of: datetime) -> dict[str, ByField]:
    """The satisfied of each unit and field, as known at ``as_of``; ``sources/peer_rows.py`` has the database count
    them likewise."""
    counts: defaultdict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for answer in answers:
        if days.first_day <= answer.completed_on <= days.last_day and answer.answered_at <= as_of:
            counts[answer.unit][answer.field or "", answer.stars >= SATISFIED_FROM] += 1
    return {unit: by_field(mine) for unit, mine in counts.items()}


def by_field(counts: Mapping[tuple[str, bool], int]) -> ByField:
    """From how many answers of each field were satisfied, and were not; without certified copies."""
    yes, known = Counter[str](), Counter[str]()
    for (name, is_satisfied), n in counts.items():
        if not is_certified(name):
            known[name.strip()] += n
            yes[name.strip()] += n * is_satisfied
    return {field: Proportion(yes[field], n) for field, n in sorted(known.items()) if n}


def peers_of(unit: str, units: Mapping[str, ByField], days: Period) -> Peers | None:
    """Where ``unit`` stands; None where it, or all but four others, have fewer than ten answers."""
    shares = dict(with_one_mix(units))
    if unit not in shares or len(shares) < LEAST_LIKE:
        return None
    known = list(shares.values())
    places = dict(zip(shares, standings(known, prior_by_likelihood(known)), strict=True))
    return Peers(places[unit], len(shares) - 1, days.first_day, days.last_day)


def among_likes(records: Records, unit: str, span: Span, as_of: datetime) -> Peers | None:
    """The same from what a digest is made of."""
    days = weeks_compared(span)
    if days is None:
        return None
    known = satisfied_by_field(records.ratings, days, as_of) if records.peers is None else records.peers
    return peers_of(unit, known, days)


def with_one_mix(units: Mapping[str, ByField]) -> Iterator[tuple[str, Proportion]]:
    """The satisfied of each unit with ten answers or more as they would be with the common mix, in whole answers."""
    enough = {
        unit: mine for unit, mine in sorted(units.items()) if sum(p.n for p in mine.values()) >= LEAST_DISTRIBUTION
    }
    yes, all_of_it = Counter[str](), Counter[str]()
    for mine in enough.values():
        for field, share in mine.items():
            yes[field] += share.count
            all_of_it[field] += share.n
    total = all_of_it.total()
    for unit, mine in enough.items():
        n, count = sum(p.n for p in mine.values()), sum(p.count for p in mine.values())
        expected = sum(p.n * yes[field] / all_of_it[field] for field, p in mine.items())
        yield unit, Proportion(min(n, max(0, round(n * yes.total() / total + count - expected))), n)


# --- told ------------------------------------------------------------------------------------------------------------


def line(found: Peers) -> str:
    """One sentence, without a number of anybody's answers."""
    weeks = f"4 tuần {found.first_day.isocalendar().week}–{found.last_day.isocalendar().week}"
    others = f"{number(found.others)} đơn vị khác trong tỉnh"
    return f"So với {others}, {weeks}, đã tính cơ cấu lĩnh vực: {found.standing.value}."


def to_json(found: Peers) -> dict[str, Any]:
    """As in ``docs/contract.md``."""
    days = {"from": found.first_day.isoformat(), "to": found.last_day.isoformat()}
    return {"standing": found.standing.name.lower(), "others": found.others, **days}


def from_json(stored: dict[str, Any]) -> Peers:
    """The same read back."""
    days = (date.fromisoformat(stored[end]) for end in ("from", "to"))
    return Peers(Standing[stored["standing"].upper()], stored["others"], *days)
