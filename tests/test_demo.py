"""The demonstration's own answers leave the newcomer's dossiers to the newcomer, on whatever day it starts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.demo.filling import answer_for_the_demo
from bot.keys import Keys
from onestop.days.calendar import VIETNAM
from ratings.rating import default_instrument
from storage.engine import Database
from storage.tables import completions, ratings
from tests.test_ratings_store import UNIT, completion, insert

SHOWN = f"{UNIT}-261116-0007"
MONDAY = datetime(2026, 11, 16, 9, tzinfo=VIETNAM)


@pytest.mark.parametrize("weekday", range(7))
async def test_a_shown_dossier_is_the_newcomers_to_rate(database: Database, weekday: int) -> None:
    """On a Sunday everything was handed over more than a day ago, what the newcomer is to rate too."""
    now = MONDAY + timedelta(days=weekday)
    done = [completion(number, now - timedelta(days=2, hours=number)) for number in range(60)]
    await insert(database, completions, *done, completion(0, now - timedelta(days=2), dossier=SHOWN))
    keys, instrument = Keys(b"a key for tests only"), default_instrument()
    answered = await database.write(lambda c: answer_for_the_demo(c, keys, instrument, UNIT, now, {SHOWN}))
    assert 20 < answered < 60
    rated = await database.read(lambda c: c.execute(select(ratings.c.completion)).scalars().all())
    assert keys.completion(SHOWN, 1) not in rated
