"""A million ratings of 200 units and 52 weeks on SQLite: how long digests take, and what they take of memory.

    python -m benchmarks.digests [RATINGS]

Everything is read anew from the database (nothing locked). The yardstick of the year is the bare scan of the same rows
in the same run: the columns fetched, nothing made of them. Rendering is timed in processes of its own, cold.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from ratings.digest import Digest
from ratings.period import Kind, Period, Span, numbered
from ratings.reports import document
from ratings.sources import rows, store
from ratings.week import Week
from storage.engine import Database
from storage.migrate import migrate
from storage.tables import completions, ratings

UNITS = [f"H98.{n:03d}" for n in range(1, 201)]
LAST = Week(2026, 46)
WEEKS = [Week.of(LAST.start - timedelta(days=7 * n)) for n in reversed(range(52))]
FIELDS = ["Hộ tịch", "Đất đai", "Chứng thực", "Bảo trợ xã hội", "Hoạt động xây dựng"]
AN_HOUR = timedelta(hours=1)
RENDER = """
import sys, time
begin, used = time.perf_counter(), time.process_time()
from bot.paper.files import FORMATS
from ratings.reports import document
digest = document.load(open(sys.argv[1], encoding="utf-8").read())
for form in ("pdf", "xlsx", "png"):
    FORMATS[form](digest, "Xã Đồng Sậy")
print(time.perf_counter() - begin, time.process_time() - used)
"""


def life(many: int) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Completions and their ratings, unit by unit and week by week."""
    random = Random(1)
    each = many // (len(UNITS) * len(WEEKS))
    number = 0
    for unit in UNITS:
        done, given = [], []
        for week in WEEKS:
            for _ in range(each):
                number += 1
                at = week.start + timedelta(days=random.randrange(5), hours=8 + 8 * random.random())
                copied = {"unit": unit, "procedure": "1.001193", "field": random.choice(FIELDS), "demo": True}
                stamps = {"invited_at": at + AN_HOUR, "delivered_at": at + AN_HOUR, "eligible": True}
                of_it = {"dossier": f"{unit}-{number}", "n": 1, "completed_at": at, "due_at": at, "counted": 1}
                done.append({**of_it, **copied, **stamps})
                said = at + 20 * AN_HOUR * random.random()
                day = (week.first_day + (at - week.start)).isoformat()
                answer = {
                    "completion": f"{number:x}",
                    "at": said,
                    "first_at": said,
                    "stars": random.choice((2, 4, 5, 5)),
                }
                given.append(
                    {**answer, **copied, "reasons": "[]", "completed_on": day, "mode": "bot", "instrument": "x"}
                )
        yield done, given


def fill(connection: Connection, many: int) -> None:
    for done, given in life(many):
        connection.execute(completions.insert(), done)
        connection.execute(ratings.insert(), given)


def scan(connection: Connection, units: list[str], first: date, last: date) -> int:
    """What a digest has to fetch, and nothing made of it."""
    r, c = ratings.c, completions.c
    days = (r.unit.in_(units), r.completed_on >= first.isoformat(), r.completed_on <= last.isoformat())
    fetched = connection.execute(
        select(r.id, r.completion, r.field, r.completed_on, r.at, r.stars, r.reasons).where(*days)
    )
    n = sum(1 for _ in fetched)
    start = Period(first, last)
    when = (c.unit.in_(units), c.completed_at >= start.start, c.completed_at < start.end)
    n += sum(1 for _ in connection.execute(select(c.unit, c.completed_at, c.due_at, c.invited_at).where(*when)))
    if len(units) == 1:  # one unit is compared with the mix of all: their completions are read by the database
        rows.mix(connection, UNITS, start)
    return n


def memory() -> float:
    """The most that was resident so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/b.db")
        await migrate(database)
        began = time.perf_counter()
        await database.write(lambda connection: fill(connection, many))
        print(f"filled {many} ratings in {time.perf_counter() - began:.0f} s")
        await _timed(database, folder)
        await database.close()


async def _timed(database: Database, folder: str) -> None:
    def digest(span: Span, unit: str, below: list[str] | None = None) -> Callable[[Connection], Digest]:
        likes = [] if below else [each for each in UNITS if each != unit]
        return lambda c: store.digest_of(c, unit, span, span.close, demo=True, below=below, likes=likes)

    one, year = UNITS[6], numbered(Kind.YEAR, 2026, 1, 31)
    year = Period(year.first_day, LAST.last_day, Kind.DAYS)
    week = await _best(database, "week of one unit", digest(LAST, one), 5)
    Path(folder, "digest.json").write_text(document.dump(week.found), encoding="utf-8")
    bare = await _best(database, "scan of one unit's year", lambda c: scan(c, [one], year.first_day, year.last_day), 3)
    made = await _best(database, "year of one unit", digest(year, one), 3)
    print(f"{'year by scan':<28}{made.cpu / bare.cpu:8.2f}")
    before = memory()
    await _best(database, "week of the province", digest(LAST, "H98", UNITS), 2)
    print(f"{'more memory for it':<28}{memory() - before:8.0f} MB")
    for _ in range(3):
        took, cpu = _rendering(f"{folder}/digest.json")
        print(f"{'PDF, XLSX and PNG, cold':<28}{took:8.2f}  s {cpu:8.2f}  s of CPU")


def _rendering(file: str) -> tuple[float, float]:
    """Seconds, and seconds of CPU, that a process of its own takes from its first line on."""
    said = subprocess.run([sys.executable, "-c", RENDER, file], check=True, capture_output=True, text=True).stdout
    took, cpu = map(float, said.split())
    return took, cpu


@dataclass(frozen=True)
class Best:
    """What came of it, and the least CPU seconds of several runs."""

    found: Any
    cpu: float


async def _best(database: Database, name: str, work: Callable[[Connection], Any], times: int) -> Best:
    taken, cpu = [], []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        found = await database.read(work)
        taken.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    print(f"{name:<28}{min(taken):8.3f} s {min(cpu):8.3f} s of CPU", flush=True)
    return Best(found, min(cpu))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_040_000))
