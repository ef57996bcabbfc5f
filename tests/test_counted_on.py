"""Books that are closed stay closed in longer reports too: what came or was changed later waits, or changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from ratings.digest import Digest
from ratings.period import Kind, Period, Span, period_of
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.week import Week
from storage.engine import Database
from storage.tables import completions, ratings
from tests.test_ratings_store import UNIT, completion, insert, rating

WEEK = Week(2026, 44)
MONDAY = WEEK.start
MONTH = period_of(Kind.MONTH, WEEK.first_day)
hour, day = timedelta(hours=1), timedelta(days=1)


def answer(number: int, stars: int, at: Any = MONDAY + 30 * hour, **more: Any) -> dict[str, Any]:
    return rating(number, stars, at, **{"completed_on": WEEK.first_day.isoformat(), **more})


async def told(database: Database, span: Span) -> Digest:
    return await database.read(partial(store.digest_of, unit=UNIT, span=span, as_of=span.close, demo=False))


@pytest.mark.parametrize("later", [-hour, hour])
async def test_a_change_after_the_books_closed_is_in_no_report(database: Database, later: timedelta) -> None:
    """With it the month less its weeks would tell who took a star back."""
    await insert(database, ratings, *(answer(number, 5) for number in range(12)))
    query = select(ratings.c.id, ratings.c.completion).order_by(ratings.c.id).limit(1)
    first = await database.read(lambda c: c.execute(query).one())
    changed = answer(0, 1, WEEK.close + later, supersedes=first.id, first_at=MONDAY + 30 * hour)
    await insert(database, ratings, changed | {"completion": first.completion})
    week, month = await told(database, WEEK), await told(database, MONTH)
    assert week.distribution == month.distribution
    assert week.distribution is not None
    assert week.distribution.counts == ((0, 0, 0, 0, 12) if later > timedelta() else (1, 0, 0, 0, 11))


async def test_who_is_asked_and_who_answers_are_of_the_same_weeks(database: Database) -> None:
    """The month is of 15/10 to 14/11, its weeks of 12/10 to 8/11."""
    at = {name: MONTH.start + n * day for name, n in {"before": -2, "first": 0, "last": 24, "after": 28}.items()}
    await insert(database, completions, *(completion(n, each + 9 * hour) for n, each in enumerate(at.values())))
    month = await told(database, MONTH)
    assert (month.completed, month.eligible, month.invited) == (3, 3, 3)
    assert (MONTH.first_day, MONTH.last_day) == (date(2026, 10, 15), date(2026, 11, 14))
    written = document.to_json(month)
    assert written["weeks"] == {"from": "2026-10-12", "to": "2026-11-08"}
    await insert(database, completions, completion(9, at["after"] + 10 * hour))
    again = await told(database, MONTH)
    assert (again.completed, again.eligible) == (4, 3), "12/11 is of the month, its week is not"
    says = "Người được hỏi và người trả lời tính theo tuần trọn, 12/10–8/11/2026; tuần chưa đủ 5 lượt"
    assert says in render_text(again)
    assert document.load(document.dump(again)) == again


async def test_days_in_which_no_week_ends_tell_nothing_of_answers(database: Database) -> None:
    await insert(database, completions, *(completion(n, MONDAY + 9 * hour) for n in range(20)))
    await insert(database, ratings, *(answer(number, 5) for number in range(12)))
    days = await told(database, Period(WEEK.first_day, WEEK.last_day - day))
    assert (days.completed, days.eligible, days.answered) == (20, 0, None)
    assert "Các ngày này chưa hết tuần nào nên không có số." in render_text(days)
    assert document.to_json(days)["weeks"] == {"from": None, "to": None}
    assert document.load(document.dump(days)) == days


async def test_a_few_wait_until_five_have_come(database: Database) -> None:
    """Three of the week and two that came after its books closed are told of in the week in which the two came."""
    await insert(database, ratings, *(answer(number, 4) for number in range(3)))
    await insert(database, ratings, *(answer(number, 1, WEEK.close + day) for number in (7, 8)))
    assert (await told(database, WEEK)).answered is None
    assert (await told(database, Period(WEEK.first_day, WEEK.last_day))).answered is None
    assert (await told(database, Period(WEEK.first_day, WEEK.last_day + 7 * day))).answered == 5
    assert (await told(database, Period(WEEK.last_day + day, WEEK.last_day + 7 * day))).answered == 5
