"""What the database counts is what the pure functions count, row by row; signs are found on stored answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.clock import HandClock
from bot.keys import Keys
from bot.tables.collecting import Collecting
from handlers import effects as fx
from onestop.days.punctuality import STORED, Count
from ratings.digest import Digest
from ratings.handed import handed
from ratings.integrity import is_soon
from ratings.records import CompletionRecord, Handed
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import rows, store
from ratings.week import VIETNAM, Week
from storage.desk_tables import open_questions
from storage.engine import Database
from storage.tables import completions, micros, ratings
from tests.test_joining import write
from tests.test_ratings_store import completion, rating

WEEK = Week(2026, 46)
UNIT, OTHER = "H99.07", "H99.08"
hour, day = timedelta(hours=1), timedelta(days=1)
KEYS = Keys(b"k" * 32)


async def insert(database: Database, table: Table, *lines: dict[str, Any]) -> None:
    await database.write(lambda connection: connection.execute(table.insert(), list(lines)))


def maybe(random: Random, at: datetime) -> datetime | None:
    return None if random.random() < 0.3 else at + random.randrange(-30, 90) * hour


def life(seed: int, many: int) -> list[dict[str, Any]]:
    """Completions around the week's ends and the days' midnights, some late, some without a day, some of others."""
    random = Random(seed)
    edges = [WEEK.start, WEEK.end, WEEK.start + 2 * day, WEEK.start + 2 * day + 10 * hour]
    found = []
    for number in range(many):
        at = random.choice(edges) + random.choice((-1, 0, 1)) * timedelta(microseconds=1) + random.randrange(3) * day
        due = random.choice((None, at, at - day, at + day, at.replace(hour=23, minute=59), WEEK.start))
        stamps = {name: maybe(random, at) for name in ("invited_at", "delivered_at", "not_received_at")}
        late_at = random.choice((None, "Chi nhánh đất đai", "Công an xã"))
        yes = {"eligible": random.random() < 0.9, "demo": random.random() < 0.1, "told_late": random.random() < 0.3}
        unit = random.choice((UNIT, UNIT, OTHER, "H99.09"))
        field = random.choice((None, "Hộ tịch", "Đất đai", " Đất đai", "Chứng thực"))
        counted = random.choice((None, *range(len(STORED))))
        of_it = {"unit": unit, "field": field, "late_at": late_at, "counted": counted, "due_at": due}
        found.append(completion(number, at, **stamps, **yes, **of_it))
    return found


def added_up(found: Sequence[Handed]) -> Counter[Any]:
    total = Counter[Any]()
    for row in found:
        total[tuple(getattr(row, name) for name in row.__struct_fields__ if name != "n")] += row.n
    return total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("as_of", [WEEK.close, WEEK.start + 2 * day, WEEK.start + 2 * day + 10 * hour])
async def test_completions_are_counted_as_the_pure_function_counts(
    database: Database, seed: int, as_of: datetime
) -> None:
    lines = life(seed, 120)
    await insert(database, completions, *lines)
    keep = ("unit", "completed_at", "due_at", "eligible", "invited_at", "delivered_at", "not_received_at", "demo")
    records = [
        CompletionRecord(
            **{name: line[name] for name in (*keep, "late_at", "told_late")}, count=STORED[line["counted"] or 0]
        )
        for line in lines
    ]
    expected = handed(records, {UNIT, OTHER}, WEEK.start, min(WEEK.end, as_of + timedelta.resolution), as_of)
    read = partial(rows.handed_over, units=(UNIT, OTHER), span=WEEK, as_of=as_of, ruled=True)
    assert added_up(await database.read(lambda c: list(read(c)))) == added_up(expected)
    assert {row.count for row in expected} >= {None, Count.IN_TIME}


async def test_the_mix_is_every_field_with_its_completions(database: Database) -> None:
    lines = life(7, 150)
    await insert(database, completions, *lines)
    expected = Counter(
        line["field"].strip()
        for line in lines
        if line["field"] and line["unit"] in (UNIT, OTHER) and WEEK.start <= line["completed_at"] < WEEK.end
    )
    assert await database.read(partial(rows.mix, units=(UNIT, OTHER), span=WEEK)) == dict(expected)
    assert await database.read(partial(rows.mix, units=("H99.77",), span=WEEK)) == {}


async def test_questions_that_the_machine_could_not_answer(database: Database) -> None:
    """Those of the unit that are known to have been asked in the week, each once."""
    days = (
        ("2026-11-08", "2026-11-16"),
        ("2026-11-09", "2026-11-20"),
        ("2026-10-01", "2026-11-15"),
        ("2026-11-16",) * 2,
    )
    asked = [
        {"unit": unit, "words": f"{unit} {n}", "why": "not_found", "times": 3, "first_on": first, "last_on": last}
        for unit in (UNIT, OTHER)
        for n, (first, last) in enumerate(days)
    ]
    await insert(database, open_questions, *asked)
    digest = await told(database, [], ordinary(6))
    assert digest.unanswered == 2
    assert "Máy chưa trả lời được 2 câu hỏi khác nhau của dân. Nhắn “chưa hiểu” để xem." in render_text(digest)
    assert document.load(document.dump(digest)).unanswered == 2
    assert await database.read(partial(rows.unanswered, units=(UNIT, OTHER), span=WEEK)) == 4


# --- signs on stored answers -----------------------------------------------------------------------------------------


async def told(database: Database, done: list[dict[str, Any]], given: list[dict[str, Any]]) -> Digest:
    await insert(database, completions, *(done or [completion(1)]))
    await insert(database, ratings, *({"soon": False, **line} for line in given))
    return await database.read(partial(store.digest_of, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False))


def ordinary(n: int = 40) -> list[dict[str, Any]]:
    """Answers by different people through the week, of all kinds."""
    random = Random(3)
    times = [WEEK.start + random.randrange(5) * day + random.randrange(8 * 60, 20 * 60) * hour / 60 for _ in range(n)]
    return [rating(number, random.choice((2, 4, 5)), at) for number, at in enumerate(times)]


def crowd() -> list[dict[str, Any]]:
    """Twelve within one hour of Thursday evening, at no beat and of all kinds."""
    minutes = (0, 1, 9, 10, 17, 18, 27, 33, 34, 46, 47, 58)
    at = WEEK.start + 3 * day + 19 * hour
    return [rating(100 + n, (3, 5, 4)[n % 3], at + minute * hour / 60) for n, minute in enumerate(minutes)]


def alike() -> list[dict[str, Any]]:
    """Forty times the same, some at night, hours apart."""
    start, random = WEEK.start + 5 * day, Random(9)
    times = sorted(start + random.randrange(24 * 3600) * timedelta(seconds=1) for _ in range(40))
    return [rating(200 + n, 5, at, reasons='["prompt"]') for n, at in enumerate(times)]


def beat() -> list[dict[str, Any]]:
    at, found = WEEK.start + 2 * day + 18 * hour + 50 * timedelta(minutes=1), []
    for n, gap in enumerate((0, 240, 250, 235, 245, 240, 238, 251, 244, 239)):
        at += timedelta(seconds=gap)
        found.append(rating(300 + n, (4, 5, 3)[n % 3], at))
    return found


def one_phone() -> list[dict[str, Any]]:
    return [rating(400 + n, (4, 5, 3)[n % 3], WEEK.start + n * 17 * hour, rater="phone-1") for n in range(6)]


def at_once() -> list[dict[str, Any]]:
    times = [WEEK.start + n * 11 * hour + n * n * timedelta(minutes=1) for n in range(12)]
    return [rating(500 + n, (4, 5, 3)[n % 3], at, soon=True) for n, at in enumerate(times)]


@pytest.mark.parametrize(("odd", "flagged"), [(crowd, 12), (alike, 40), (beat, 10), (one_phone, 6), (at_once, 12)])
async def test_each_sign_is_found_on_stored_answers(database: Database, odd: Any, flagged: int) -> None:
    given = [*ordinary(), *odd()]
    digest = await told(database, [], given)
    written = document.to_json(digest)
    assert written["integrity"]["flagged"] == flagged
    # both shares, and nothing dropped: the distribution holds every answer
    shares = [sum(line["stars"] >= 4 for line in some) / len(some) for some in (given, given[:40])]
    assert (written["integrity"]["share_with"], written["integrity"]["share_without"]) == tuple(shares)
    assert sum(written["distribution"]) == written["answered"] == len(given)
    text = render_text(digest)
    assert f"{flagged} phiếu có dấu hiệu lạ, tính riêng. Kể cả các phiếu đó: " in text
    assert "Không kể: " in text and "gian lận" not in text


async def test_an_ordinary_week_has_no_sign(database: Database) -> None:
    digest = await told(database, [], ordinary())
    assert document.to_json(digest)["integrity"]["flagged"] == 0


async def test_a_province_has_no_sign_that_its_units_do_not_have(database: Database) -> None:
    """Forty units' ordinary mornings are no burst, and their answers in turn are no row of one desk."""
    random, given = Random(5), []
    for number in range(40 * 40):
        busy = random.choice((8, 8, 8, 9, 9, 10, 11, 14, 15, 16, 19, 20, 21)) * hour
        at = WEEK.start + random.randrange(5) * day + busy + random.randrange(3600) * timedelta(seconds=1)
        given.append(rating(number, random.choice((4, 5, 5, 2)), at, unit=f"H99.{number % 40:02d}"))
    await insert(database, ratings, *given)
    units = sorted({line["unit"] for line in given})
    read = partial(store.digest_of, unit="H99", span=WEEK, as_of=WEEK.close, demo=False, below=units)
    digest = await database.read(read)
    assert digest.answered == 1600
    assert digest.integrity is not None and digest.integrity.flagged == 0


async def test_whom_the_desk_asked_is_told_from_the_table(database: Database) -> None:
    """Of eighteen late ones three were asked, of fifty-five punctual ones fifty; who answered stands beside."""
    due = WEEK.start + 2 * day
    groups = ((18, 3, due + day), (55, 50, due - day))
    done = [
        completion(100 * place + n, at, due_at=due, invited_at=at if n < asked else None)
        for place, (many, asked, at) in enumerate(groups)
        for n in range(many)
    ]
    digest = await told(database, done, ordinary(12))
    assert (digest.eligible, digest.invited, digest.answered) == (73, 53, 12)
    assert "Hồ sơ trễ được hỏi ít hơn: 3 trong 18. Hồ sơ đúng hẹn: 50 trong 55." in render_text(digest)


# --- within 120 s ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "soon"), [(0, True), (119, True), (120, False), (3600, False)])
async def test_an_answer_given_at_once_is_stored_as_that(database: Database, seconds: int, soon: bool) -> None:
    code, at = "H99.07-261109-0001", datetime(2026, 11, 10, 9, tzinfo=VIETNAM)
    await insert(database, completions, completion(1, at - timedelta(seconds=seconds), dossier=code))
    rated = fx.Rated(code, 1, 4, (), None, None, at, UNIT, None, None, at.date(), "v1")
    await database.write(lambda c: write(c, "web/1/a", rated))
    assert await database.read(lambda c: c.execute(select(ratings.c.soon)).scalar_one()) is soon


@pytest.mark.parametrize(("seconds", "soon"), [(119, True), (120, False)])
async def test_so_is_one_that_a_kiosk_collected(database: Database, seconds: int, soon: bool) -> None:
    at = datetime(2026, 11, 10, 9, tzinfo=VIETNAM)
    await insert(database, completions, completion(1, at, dossier="H99.07-261109-0001"))
    line = {"line": 2, "dossier": "H99.07-261109-0001", "answered_at": micros(at + timedelta(seconds=seconds))}
    given = {**line, "stars": 5, "reasons": [], "mode": "kiosk", "n": None}
    await Collecting(database, KEYS, HandClock(at + day), demo=False).enter({"rows": [given]})
    assert await database.read(lambda c: c.execute(select(ratings.c.soon)).scalar_one()) is soon


def test_before_the_handing_over_is_not_soon_after_it() -> None:
    assert not is_soon(WEEK.start, WEEK.start - timedelta(seconds=1))
