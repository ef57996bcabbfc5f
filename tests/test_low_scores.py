"""A unit's head is told of several low scores: when, of how many, once a week, and of nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine.low_scores import low_units, plan_low_scores
from handlers import effects as fx
from handlers.desk import Later, Official, Step
from handlers.messages import Purpose
from handlers.officials.warning import event_of
from handlers.respond import respond
from handlers.states import AsksStars
from onestop.days.calendar import VIETNAM
from ratings.week import Week
from storage.engine import Database
from storage.tables import inbox, officials, ratings
from tests.fakes import NOON, Talk

MORNING = datetime(2026, 11, 18, 7, 30, tzinfo=VIETNAM)
MIDNIGHT = MORNING.replace(hour=0, minute=0)
UNIT = "H99.07"
EVENT = event_of(UNIT, Week.of(MORNING))


def rating(number: int, stars: int, at: datetime = MIDNIGHT - timedelta(days=2), **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("rater", "supersedes", "procedure", "field", "comment", "ended"))
    known = {"completion": f"c{number}", "at": at, "first_at": at, "stars": stars, "reasons": "[]", "unit": UNIT}
    return {**empty, **known, "completed_on": "2026-11-16", "mode": "bot", "instrument": "x", "demo": False, **more}


def rated(*stars: int) -> list[dict[str, Any]]:
    return [rating(number, given) for number, given in enumerate(stars)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (rated(1, 2, 2, 5, 5), True),
        (rated(1, 2, 3, 5, 5), False),
        (rated(1, 1, 1, 1), False),
        ([*rated(1, 2, 5, 5, 5), rating(9, 1, MIDNIGHT - timedelta(days=7, seconds=1))], False),
        ([*rated(1, 2, 5, 5, 5), rating(9, 1, MIDNIGHT - timedelta(days=7))], True),
        ([*rated(1, 2, 5, 5, 5), rating(9, 1, MIDNIGHT)], False),
        ([*rated(1, 2, 2, 5, 5), rating(0, 4, MIDNIGHT - timedelta(days=1), supersedes=1)], False),
        ([*rated(1, 2, 5, 5, 5), rating(9, 1, unit="H99.02")], False),
        ([*rated(1, 2, 5, 5, 5), rating(9, 1, ended=3)], False),
    ],
)
async def test_three_low_of_five_in_seven_days(database: Database, rows: list[dict[str, Any]], told: bool) -> None:
    await database.write(lambda c: c.execute(ratings.insert(), rows))
    assert await database.read(lambda c: low_units(c, MORNING)) == ((UNIT,) if told else ())


async def test_only_heads_are_told_and_once_a_week(database: Database) -> None:
    held = [("a", "head", UNIT), ("b", "staff", UNIT), ("c", "head", "H99.02"), ("d", "head", UNIT)]
    rows = [
        {"id": chat, "chat": f"web/1/{chat}", "unit": unit, "role": role, "since": MORNING, "revoked_at": None}
        for chat, role, unit in held
    ]
    rows[-1]["revoked_at"] = MORNING
    await database.write(lambda c: c.execute(officials.insert(), rows))
    assert await database.write(lambda c: plan_low_scores(c, MORNING)) == 0
    await database.write(lambda c: c.execute(ratings.insert(), rated(1, 1, 1, 1, 1)))
    for days in (0, 1):
        await database.write(lambda c, now=MORNING + timedelta(days=days): plan_low_scores(c, now))  # type: ignore[misc]
    planned = await database.read(lambda c: c.execute(select(inbox.c.chat, inbox.c.event)).all())
    assert [tuple(row) for row in planned] == [("web/1/a", EVENT)]


def a_head(role: str = "head", unit: str = UNIT) -> Talk:
    talk = Talk()
    talk.respond = respond
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    return talk


async def test_what_the_head_reads() -> None:
    talk = a_head()
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    (said,) = step.say
    assert "từ 3 người trở lên chấm 1 hoặc 2 điểm về xã Đồng Sậy" in said.text
    assert said.purpose is Purpose.DIGEST
    assert step.effects == (fx.Audited("cb-1", "told of low scores", UNIT, "2026-W47"),)


@pytest.mark.parametrize("talk", [Talk(), a_head("staff"), a_head("head", "H99.02")])
async def test_nobody_else_reads_it(talk: Talk) -> None:
    talk.respond = respond
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert (step.say, step.effects) == ((), ())


async def test_it_never_interrupts_and_grows_old() -> None:
    talk = a_head()
    talk.conversation = talk.conversation.__class__(version=1, state=AsksStars("x", 1), updated_at=NOON)
    assert isinstance(await talk.happens(EVENT), Later)
    late = a_head()
    late.now = NOON + timedelta(days=7)
    step = await late.happens(EVENT)
    assert isinstance(step, Step) and step.say == ()
