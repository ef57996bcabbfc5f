"""The attack: an official reads everything on offer, every few hours for twelve weeks, and subtracts each from each."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import timedelta
from random import Random

import pytest

from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.week import Week, vietnam_date
from tests.test_reporting import an_official

FIRST = Week(2026, 30)
UNIT = "H99.07"
Views = dict[Week, list[str]]


def a_week(week: Week, random: Random, most: int) -> Records:
    """Completions, and answers that come in over the week and after it."""
    done = tuple(week.start + timedelta(days=random.randrange(5), hours=9) for _ in range(most + 3))
    answers = tuple(
        RatingRecord(UNIT, "Hộ tịch", vietnam_date(at), at + timedelta(hours=random.randrange(1, 150)), stars)
        for at in done[: random.randrange(most + 1)]
        for stars in [random.choice([1, 2, 3, 4, 5, 5, 5])]
    )
    return Records(tuple(CompletionRecord(UNIT, at, at, True, at) for at in done), answers, ())


async def everything_read(seed: int, *, answered: bool) -> Views:
    """What chat shows of each week, twice a day for twelve weeks, in the order in which it was read."""
    random = Random(seed)
    talk, week = an_official(), FIRST
    weeks = []
    for _ in range(12):
        known = a_week(week, random, random.choice([4, 9, 14, 40]))
        talk.book.digests[UNIT, week] = known if answered else Records(known.completions, (), ())
        weeks.append(week)
        week = Week.of(week.end)
    views: Views = defaultdict(list)
    for week, day, hour in itertools.product(weeks, range(7), (8, 20)):
        talk.now = week.start + timedelta(days=day, hours=hour)
        for asked in (week, week.previous()):
            if asked in weeks:
                views[asked].append(await talk.says(f"digest {asked} {UNIT}"))
    return views


@pytest.mark.parametrize("seed", range(3))
async def test_no_two_views_differ_by_one_to_four_citizens(seed: int) -> None:
    seen, silent = (await everything_read(seed, answered=True), await everything_read(seed, answered=False))
    for week, views in seen.items():
        opened = [view for view in views if "chưa khóa sổ" in view]
        closed = [view for view in views if "chưa khóa sổ" not in view]
        # while a week is open it reads as if nobody had answered; afterwards it never changes: nothing is left over
        assert opened == [view for view in silent[week] if "chưa khóa sổ" in view]
        assert len(closed) == (0 if week == max(seen) else 14)
        assert len(set(closed)) <= 1
    assert any("người trả lời" in view for views in seen.values() for view in views)
