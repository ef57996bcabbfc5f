"""A hundred taps at once on each result: one rating each, through the real ledger and writer (200 results in
``make slow``, a thousand in ``make soak``)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.engine.jobs import Accept, Answer, InboxRow, Stand
from bot.stale import Stale
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming
from handlers.states import Idle
from storage.engine import Database
from storage.tables import completions, ratings
from tests.engine import KEYS, MONDAY, Engine
from tests.test_ratings_store import UNIT, completion

TAPS = 100
STRANGERS = 3
"""Of a hundred taps on a result so many come from other chats that hold the same slip."""
BATCH = 100
"""Results that are tapped at once."""
DONE = MONDAY - timedelta(hours=9)


def code(number: int) -> str:
    return f"{UNIT}-261109-{number:04d}"


def taps(number: int) -> list[InboxRow]:
    """All on one result: an impatient thumb, and others with the same slip."""
    whose = [Chat("web", "1", f"thumb-{number}")] * (TAPS - STRANGERS)
    whose += [Chat("web", "1", f"other-{number}-{n}") for n in range(STRANGERS)]
    first = number * TAPS
    return [InboxRow(first + n, Incoming(chat, f"tap-{n}", str(1 + n % 5), MONDAY)) for n, chat in enumerate(whose)]


def answer(row: InboxRow, number: int) -> Answer:
    """What each tap makes where nothing was rated before: decided while all the others were under way."""
    stars, day = int(row.incoming.text), DONE.date()
    rated = fx.Rated(code(number), 1, stars, (), None, None, MONDAY, UNIT, None, "Hộ tịch", day, "v1")
    return Answer(row, Stand(Conversation()), Step(Idle(), (), (rated,)), (), MONDAY)


async def tapped(engines: list[Engine], numbers: range) -> dict[int, list[object]]:
    """What became of the taps of each result. All wait before one is written: first each chat's first tap, then the
    thumb's others, spread over the engines."""
    rows = {number: taps(number) for number in numbers}
    await engines[0].writer.submit(Accept(tuple(row for mine in rows.values() for row in mine)))
    first = TAPS - STRANGERS - 1
    order = [(number, n) for number in numbers for n in range(first, TAPS)]
    order += [(number, n) for number in numbers for n in range(first)]
    waiting = [engines[n % len(engines)].writer.submit(answer(rows[number][n], number)) for number, n in order]
    found: dict[int, list[object]] = {number: [None] * TAPS for number in numbers}
    for (number, n), outcome in zip(order, await asyncio.gather(*waiting, return_exceptions=True), strict=True):
        found[number][n] = outcome
    return found


async def race(database: Database, engines: list[Engine], results: int) -> None:
    lines = [completion(number, DONE, dossier=code(number)) for number in range(results)]
    await database.write(lambda c: c.execute(completions.insert(), lines))
    won = {}
    for engine in engines:
        engine.writer.start()
    for start in range(0, results, BATCH):
        for number, outcomes in (await tapped(engines, range(start, min(start + BATCH, results)))).items():
            kept = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Stand)]
            assert len(kept) == 1, f"result {number} took {len(kept)} of its {TAPS} taps"
            others = [outcome for outcome in outcomes if not isinstance(outcome, Stand)]
            # two replicas may insert in the same instant: then the table itself refuses one, and its worker tries again
            assert all(isinstance(other, Stale | IntegrityError) for other in others), set(map(repr, others))
            won[KEYS.completion(code(number), 1)] = 1 + kept[0] % 5
    for engine in engines:
        await engine.writer.stop()
    query = select(ratings.c.completion, ratings.c.stars, ratings.c.supersedes)
    stored = await database.read(lambda c: c.execute(query).all())
    assert {row.completion: row.stars for row in stored} == won
    assert len(stored) == len(won) == results
    assert {row.supersedes for row in stored} == {None}


@pytest.mark.parametrize("leg", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "results", [pytest.param(200, marks=pytest.mark.slow), pytest.param(1000, marks=pytest.mark.soak)]
)
async def test_a_hundred_taps_on_each_of_many_results(database: Database, results: int) -> None:
    await race(database, [Engine(database)], results)


@pytest.mark.slow
@pytest.mark.parametrize("leg", ["postgresql"], indirect=True)
async def test_two_replicas_take_a_hundred_taps_on_each_result(database: Database, database_url: str) -> None:
    other = Database(database_url)
    try:
        await race(database, [Engine(database), Engine(other)], 3)
    finally:
        await other.close()


async def test_the_count_of_the_test_sees_a_second_rating(database: Database) -> None:
    """What the tables themselves refuse: a second first answer of one completion."""
    await race(database, [Engine(database)], 1)
    again = {"completion": KEYS.completion(code(0), 1), "supersedes": None, "at": MONDAY, "first_at": MONDAY}
    copied = {"unit": UNIT, "completed_on": "2026-11-16", "mode": "bot", "instrument": "v1", "demo": False}
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(
            lambda c: c.execute(ratings.insert().values(**again, **copied, stars=1, reasons="[]", rater="x"))
        )
    assert await database.read(lambda c: c.execute(select(func.count()).select_from(ratings)).scalar()) == 1
