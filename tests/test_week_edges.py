"""Ten thousand answers within a second of Monday 00:00 in Vietnam, on machines in three time zones (``make slow``)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ZONES = ("Asia/Ho_Chi_Minh", "America/Los_Angeles", "Pacific/Kiritimati")
LIFE = """
import asyncio, json, sys, time
from datetime import UTC, datetime, timedelta
from random import Random
from ratings.sources import store
from ratings.digest import digest_from
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.week import Week, vietnam_date
from storage.engine import Database
from storage.tables import completions, ratings

BEFORE, AFTER = Week(2026, 46), Week(2026, 47)
MIDNIGHT = datetime(2026, 11, 15, 17, tzinfo=UTC)
random = Random(sys.argv[1])
after = [random.randrange(2) for _ in range(10_000)]
at = [MIDNIGHT + timedelta(microseconds=random.randrange(10**6) - (not late) * 10**6) for late in after]
at[:2], after[:2] = [MIDNIGHT, MIDNIGHT - timedelta(microseconds=1)], [1, 0]
told = {}


def answers(digest):
    return [digest.completed, digest.answered, list(digest.distribution.counts)]


async def stored():
    database = Database(f"sqlite+aiosqlite:///{sys.argv[2]}")
    done = [dict(dossier=f"D-{n}", n=1, unit="U", completed_at=t, eligible=True, demo=False) for n, t in enumerate(at)]
    given = [
        dict(completion=str(n), at=t + timedelta(hours=3), first_at=t + timedelta(hours=3), stars=5 if late else 1,
             reasons="[]", unit="U", completed_on=vietnam_date(t).isoformat(), mode="bot", instrument="x", demo=False)
        for n, (t, late) in enumerate(zip(at, after))
    ]
    await database.write(lambda c: (c.execute(completions.insert(), done), c.execute(ratings.insert(), given)))
    for week in (BEFORE, AFTER):
        told[f"table {week}"] = answers(
            await database.read(lambda c: store.digest_of(c, "U", week, week.close, demo=False))
        )
    await database.close()


asyncio.run(stored())
records = Records(
    tuple(CompletionRecord("U", t, None, True) for t in at),
    tuple(RatingRecord("U", None, vietnam_date(t), t + timedelta(hours=3), 5 if l else 1) for t, l in zip(at, after)),
)
for week in (BEFORE, AFTER):
    told[f"file {week}"] = answers(digest_from("U", week, week.close, records))
told["of"] = [sum(Week.of(t) == BEFORE for t in at), sum(Week.of(t) == AFTER for t in at)]
told["zone"] = time.tzname[0]
told["expected"] = [len(after) - sum(after), sum(after)]
print(json.dumps(told))
"""


def told(zone: str, database: Path) -> dict[str, object]:
    environment = {**os.environ, "TZ": zone, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", LIFE, "1511", str(database)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_ten_thousand_answers_around_midnight_fall_in_the_right_week(tmp_path: Path, migrated_file: Path) -> None:
    zones = set()
    for zone in ZONES:
        database = tmp_path / f"{zone.replace('/', '-')}.db"
        shutil.copy(migrated_file, database)
        found = told(zone, database)
        zones.add(found["zone"])
        before, after = found["expected"]  # type: ignore[misc]
        assert before + after == 10_000 and min(before, after) > 4_000
        assert found["of"] == [before, after]
        for source in ("table", "file"):
            assert found[f"{source} 2026-W46"] == [before, before, [before, 0, 0, 0, 0]]
            assert found[f"{source} 2026-W47"] == [after, after, [0, 0, 0, 0, after]]
    assert len(zones) == 3  # the machines did stand in three zones
