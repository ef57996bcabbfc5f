"""The attack on everything that is ever told: every view less every view within it, for sixteen weeks and a tree.

Views are weeks, blocks of four weeks, months, quarters, half years, the year, and any days somebody may ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from random import Random

import pytest

from ratings.digest import Digest, digest_from, make_digest
from ratings.period import MONTHS, Kind, Period, Span, block_of, period_of, whole_weeks
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.views import Views
from ratings.week import Week, vietnam_date

UNITS = tuple(f"P.{n}" for n in range(1, 5))
FIRST = Week(2026, 31)
WEEKS = tuple(Week.of(FIRST.start + timedelta(days=7 * n)) for n in range(16))
View = tuple[frozenset[str], Span]


def life(seed: int) -> Records:
    """Few answers a week, some of them weeks late."""
    random = Random(seed)
    completions, ratings = [], []
    for unit, week in product(UNITS, WEEKS):
        for _ in range(random.choice([0, 2, 4, 6, 9, 14])):
            at = week.start + timedelta(days=random.randrange(6), hours=random.randrange(8, 17))
            completions.append(CompletionRecord(unit, at, at, True, at, at))
            after = timedelta(hours=random.choice([3, 20, 60, 60, 200, 700]))
            stars = random.choice([1, 3, 4, 5, 5])
            ratings.append(RatingRecord(unit, "Hộ tịch", vietnam_date(at), at + after, stars))
    return Records(tuple(completions), tuple(ratings))


@cache
def spans() -> tuple[Span, ...]:
    days = [week.first_day for week in WEEKS]
    kinds = [period_of(kind, day) for kind in MONTHS for day in days]
    return tuple(dict.fromkeys((*WEEKS, *map(block_of, days), *kinds, *any_days())))


def any_days() -> Iterator[Period]:
    """What ``--from`` and ``--to`` may be: neighbours that differ by a day or a week, and some by chance."""
    random = Random(1)
    first = WEEKS[0].first_day
    for n in (20, 21, 27, 28, 34):
        yield Period(first, first + timedelta(days=n))
    for _ in range(12):
        begins = random.randrange(7 * len(WEEKS) - 3)
        begin = first + timedelta(days=begins)
        yield Period(begin, begin + timedelta(days=random.randrange(3, 7 * len(WEEKS) - begins)))


def everything(records: Records, asked: Iterable[Span] | None = None) -> dict[View, Digest]:
    told: dict[View, Digest] = {}
    for span in spans() if asked is None else asked:
        for unit in UNITS:
            told[frozenset({unit}), span] = make_digest(unit, span, span.close, records)
        told[frozenset(UNITS), span] = make_digest("P", span, span.close, records, below=UNITS)
    return told


@cache
def lived(seed: int) -> dict[View, Digest]:
    return everything(life(seed))


def within(view: View, other: View) -> bool:
    """Whether its units and its whole weeks are all among the other's."""
    return view != other and view[0] <= other[0] and set(whole_weeks(view[1])) <= set(whole_weeks(other[1]))


def few(n: int) -> bool:
    return 0 < n < 5


def comparable(part: View, whole: View) -> bool:
    """Whether all that a part tells of stands in the whole: of a unit, or of all, always; of a unit in all of them in a
    week. In longer periods each counts on by itself (``people_left_over``)."""
    return within(part, whole) and (part[0] == whole[0] or isinstance(part[1], Week))


def found(told: dict[View, Digest]) -> list[tuple[View, View]]:
    """Pairs that leave one to four people, by their numbers of answers or by their distributions."""
    shown = {view: digest for view, digest in told.items() if digest.answered is not None}
    pairs = []
    for whole, part in product(shown, shown):
        if comparable(part, whole):
            larger, smaller = shown[whole], shown[part]
            left = (larger.answered or 0) - (smaller.answered or 0)
            counts = [d.distribution.n for d in (larger, smaller) if d.distribution is not None]
            if few(left) or (len(counts) == 2 and few(counts[0] - counts[1])):
                pairs.append((whole, part))
    return pairs


@pytest.mark.parametrize("seed", range(2))
def test_no_pair_of_views_leaves_one_to_four_citizens(seed: int) -> None:
    told = lived(seed)
    assert found(told) == []
    for (units, span), digest in told.items():
        parts = [told[units, week].answered or 0 for week in whole_weeks(span) if (units, week) in told]
        assert digest.answered is None or not few(digest.answered - sum(parts))


def test_every_commune_gets_its_numbers() -> None:
    """Of a month and more each unit is told of, and never withheld: nothing is left over at its edges."""
    told = lived(0)
    alone = {view: digest for view, digest in told.items() if len(view[0]) == 1}
    assert not any("answered" in digest.suppressed for digest in alone.values())
    long = [d for (_, span), d in alone.items() if len([w for w in whole_weeks(span) if w in WEEKS]) > 3]
    assert len(long) > 50
    assert all(digest.answered is not None for digest in long)


def test_nobody_is_lost_but_the_last_few() -> None:
    """All weeks of all months together tell of everybody, but of those who wait for others at the end."""
    records = life(1)
    everybody = Period(WEEKS[0].first_day, date(2026, 12, 13))
    for unit in UNITS:
        given = sum(answer.unit == unit and answer.answered_at <= everybody.close for answer in records.ratings)
        answered = digest_from(unit, everybody, everybody.close, records).answered or 0
        assert given - 4 <= answered <= given


@pytest.mark.parametrize("seed", range(2))
def test_the_units_of_a_roll_up_leave_nobody(seed: int) -> None:
    told = lived(seed)
    weeks = [told[frozenset(UNITS), week] for week in WEEKS]
    for week, digest in zip(WEEKS, weeks, strict=True):
        alone = [told[frozenset({unit}), week].answered or 0 for unit in UNITS]
        assert digest.answered is None or not few(digest.answered - sum(alone))
    longer = [digest for (units, span), digest in told.items() if len(units) > 1 and isinstance(span, Period)]
    assert sum(digest.answered is not None for digest in longer) > len(longer) / 4  # four small units: often a few wait
    assert people_left_over(life(seed).ratings, spans()) == []


def people_left_over(answers: Iterable[RatingRecord], asked: Iterable[Span], least: int = 5) -> list[object]:
    """Fewer than the least whom a roll-up's view tells of, besides the views of any of its units, each of the same days
    or of each week in them, or they besides it: by who they are, for where there are both, as many may come and go as
    will."""
    known = list(answers)
    together = Views(known, together=True, least=least)
    alone = [Views([a for a in known if a.unit == unit], least=least) for unit in UNITS]
    found: list[object] = []
    for span in asked:
        if here := who(together, span, least):
            ways = [{frozenset(who(views, span, least)), by_weeks(views, span, least), frozenset()} for views in alone]
            found += [span for told in product(*ways) if alone_in(here, set().union(*told), least)]
    return found


def by_weeks(views: Views, span: Span, least: int = 5) -> frozenset[int]:
    return frozenset().union(*(who(views, week, least) for week in whole_weeks(span)))


def alone_in(some: set[int], others: set[int], least: int = 5) -> bool:
    """Whether a few are in one of them alone, and nobody in the other alone."""
    more, less = len(some - others), len(others - some)
    return min(more, less) == 0 < max(more, less) < least


def who(views: Views, span: Span, least: int = 5) -> set[int]:
    """Whom a view tells of."""
    told = views.told(span, span.close) or []
    return {id(answer) for answer in told} if len(told) >= least else set()


@pytest.mark.parametrize("seed", range(3))
def test_by_whom_they_are_of_one_unit_any_views_leave_nobody_or_five(seed: int) -> None:
    """What is told of in each week of a longer period is nobody or five, whatever comes before or after it."""
    for unit in UNITS:
        views = Views(a for a in life(seed).ratings if a.unit == unit)
        since = WEEKS[0].first_day
        longer = [Period(since, week.last_day) for week in WEEKS]
        told = [who(views, span) for span in longer]
        assert all(one <= other and not few(len(other - one)) for one, other in pairwise(told))


def test_late_answers_are_left_out_where_they_are_a_few() -> None:
    """Three late ones of twelve and three would be found by subtracting the week; five are many enough. Three wait
    until two more have come."""
    week, month = Week(2026, 44), period_of(Kind.MONTH, date(2026, 10, 28))
    at = week.start + timedelta(hours=30)
    for late, shown in ((3, 12), (5, 17)):
        given = [RatingRecord("P.1", None, week.first_day, at, 5)] * 12
        given += [RatingRecord("P.1", None, week.first_day, week.close + timedelta(hours=1), 1)] * late
        records = Records((), tuple(given))
        assert digest_from("P.1", week, week.close, records).answered == 12
        assert digest_from("P.1", month, month.close, records).answered == shown
    later = [RatingRecord("P.1", None, Week(2026, 45).first_day, at + timedelta(days=7), 4)] * 2
    more = Records((), tuple(given[:15] + later))
    assert digest_from("P.1", Week(2026, 45), Week(2026, 45).close, more).answered is None
    assert digest_from("P.1", month, month.close, more).answered == 17


def test_the_attack_finds_what_is_left_open() -> None:
    week, month = Week(2026, 44), period_of(Kind.MONTH, date(2026, 10, 28))
    at = week.start + timedelta(hours=30)
    told = {
        (frozenset({"P.1"}), span): digest_from("P.1", span, span.close, Records((), (one,) * n))
        for span, n in ((week, 12), (month, 15))  # as if the month told of three days more
        for one in [RatingRecord("P.1", None, week.first_day, at, 5)]
    }
    assert len(found(told)) == 1


def test_a_period_with_four_answers_looks_like_one_without() -> None:
    month = period_of(Kind.MONTH, date(2026, 10, 28))
    at = month.start + timedelta(hours=30)
    four = Records((), (RatingRecord("P.1", None, vietnam_date(at), at, 1),) * 4)
    assert digest_from("P.1", month, month.close, four) == digest_from("P.1", month, month.close, Records())
