"""Digests of a database: what is read, as of when, and the first locked one kept for ever."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, select

from bot.commands import digest as digest_command
from bot.tables.digests import DatabaseDigests, Digests
from onestop import store as dossier_store
from onestop.code import DossierCode
from onestop.days.punctuality import Tally
from onestop.dossier import Dossier, Status, Supplement
from ratings.digest import Band, Digest, digest_from, make_digest
from ratings.records import OpenDossier
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.sources.table import read_table
from ratings.week import Week
from storage.engine import Database
from storage.tables import completions, digests, dossiers, movements, ratings

UNIT = "H99.07"
WEEK = Week(2026, 46)
MONDAY = WEEK.start
LATER = WEEK.close + timedelta(days=3)
hour, day = timedelta(hours=1), timedelta(days=1)


async def insert(database: Database, table: Table, *rows: dict[str, Any]) -> None:
    if rows:
        await database.write(lambda connection: connection.execute(table.insert(), list(rows)))


def completion(number: int, at: datetime = MONDAY + 9 * hour, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("procedure", "field", "received_at", "declined_at", "not_received_at"))
    asked = {"invited_at": at + hour, "delivered_at": at + 2 * hour}
    known = {"dossier": f"{UNIT}-261109-{number:04d}", "n": 1, "unit": UNIT, "completed_at": at, "due_at": at}
    return {**empty, **asked, **known, "eligible": True, "demo": False, **more}


def rating(number: int, stars: int, at: datetime = MONDAY + 30 * hour, **more: Any) -> dict[str, Any]:
    copied = {"unit": UNIT, "procedure": "1.001193", "field": "Hộ tịch", "completed_on": "2026-11-09"}
    answer = {"at": at, "first_at": at, "stars": stars, "reasons": "[]", "comment": None, "mode": "bot"}
    whose = {"completion": hashlib.sha256(str(number).encode()).hexdigest(), "rater": f"r{number}", "supersedes": None}
    return {**copied, **answer, **whose, "instrument": "motcua-2026-1", "demo": False, **more}


def dossier(number: int, status: Status, moved_at: datetime, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("procedure", "procedure_name", "field", "received_at", "due_at", "done_at", "phone"))
    known = {"code": f"{UNIT}-261101-{number:04d}", "unit": UNIT, "status": int(status), "moved_at": moved_at}
    return {**empty, **known, "details": "{}", "seen_at": moved_at, "demo": False, **more}


def movement(number: int, status: Status, at: datetime) -> dict[str, Any]:
    code = f"{UNIT}-261101-{number:04d}"
    return {"dossier": code, "at": at, "status": int(status), "seen_at": at, "told": True}


async def digest_of(database: Database, as_of: datetime = WEEK.close, week: Week = WEEK) -> Digest:
    return await database.read(partial(store.digest_of, unit=UNIT, span=week, as_of=as_of, demo=False))


async def test_a_file_and_a_database_say_the_same(database: Database) -> None:
    table = read_table(Path(__file__).parent / "ratings_weeks.csv")
    done = table.records.completions
    rows = [
        completion(
            number, c.completed_at, unit=c.unit, due_at=c.due_at, eligible=c.eligible, invited_at=c.invited_at,
            field=c.field,
        )
        for number, c in enumerate(done)
    ]  # fmt: skip
    given = [
        rating(
            number, r.stars, r.answered_at, unit=r.unit, field=r.field, completed_on=r.completed_on.isoformat(),
            reasons=json.dumps(r.reasons),
        )
        for number, r in enumerate(table.records.ratings)
    ]  # fmt: skip
    await insert(database, completions, *rows)
    await insert(database, ratings, *given)
    from_file = document.to_json(digest_from(UNIT, WEEK, WEEK.close, table.records))
    likes = tuple(unit for unit in table.units if unit != UNIT)
    read = partial(store.digest_of, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False, likes=likes)
    from_database = document.to_json(await database.read(read))
    assert from_database["change"]["previous"]["n"] == 58
    assert from_database.pop("delivered") == 73 and from_file.pop("delivered") is None
    assert from_database["on_time"].pop("late_open") == from_database["on_time"].pop("in_time") == 0
    assert from_database.pop("ended") == dict.fromkeys(("refused", "withdrawn", "stopped"), 0)
    assert from_file.pop("ended") is None
    assert from_database.pop("strata") == [] and from_file.pop("strata") is None
    assert from_database.pop("unanswered") == 0 and from_file.pop("unanswered") is None
    assert from_database.pop("follow_ups")["not_received"]["count"] == 0 and from_file.pop("follow_ups") is None
    assert from_database.pop("suppressed") == [*from_file.pop("suppressed"), "call_backs"]  # a file knows of none
    del from_file["on_time"]["late_open"], from_file["on_time"]["in_time"]
    assert from_database == from_file


async def test_the_rating_in_force_at_the_time(database: Database) -> None:
    """Six answers; one is changed twice, once before and once after the books close."""
    await insert(database, ratings, *(rating(number, 5) for number in range(6)))
    first = await database.read(
        lambda c: c.execute(select(ratings.c.id).where(ratings.c.completion == rating(0, 5)["completion"])).scalar_one()
    )
    await insert(database, ratings, rating(0, 1, MONDAY + 40 * hour, supersedes=first))
    second = await database.read(lambda c: c.execute(select(func.max(ratings.c.id))).scalar_one())
    await insert(database, ratings, rating(0, 5, WEEK.close + hour, supersedes=second))
    await insert(database, ratings, *(rating(number, 2, MONDAY + 40 * hour) for number in (7, 8)))
    digest = await digest_of(database, MONDAY + 39 * hour)
    assert (digest.answered, digest.band) == (6, Band.HIGH)
    records = await database.read(partial(store.read_records, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False))
    assert sorted(r.stars for r in records.ratings) == [1, 2, 2, 5, 5, 5, 5, 5]
    assert (await digest_of(database, WEEK.close + hour)).band is Band.MIDDLE


async def test_other_weeks_and_units_do_not_count(database: Database) -> None:
    await insert(
        database,
        completions,
        completion(1, MONDAY),
        completion(2, WEEK.end - timedelta(microseconds=1), invited_at=None, delivered_at=None),
        completion(3, MONDAY - timedelta(microseconds=1)),
        completion(4, WEEK.end),
        completion(5, unit="H99.11"),
    )
    others = [rating(number, 1, completed_on="2026-11-08") for number in range(10, 20)]
    others += [rating(number, 1, completed_on="2026-11-16") for number in range(20, 30)]
    others += [rating(number, 1, unit="H99.11") for number in range(30, 40)]
    mine = [rating(number, 5, completed_on=f"2026-11-{day:02d}") for number, day in enumerate((9, 9, 12, 15, 15))]
    await insert(database, ratings, *mine, *others)
    digest = await digest_of(database)
    assert (digest.completed, digest.invited, digest.delivered) == (2, 1, 1)
    assert (digest.answered, digest.band) == (5, Band.HIGH)


async def test_dossiers_open_at_that_time(database: Database) -> None:
    """Those that moved since are counted as they stood; what was closed then, or not there yet, is not."""
    at, early, late = WEEK.close, MONDAY, LATER
    overdue = WEEK.end - 3 * day
    await insert(
        database,
        dossiers,
        dossier(1, Status.IN_PROGRESS, early, due_at=overdue),
        dossier(2, Status.NEEDS_PAPERS, early, due_at=overdue),
        dossier(3, Status.RETURNED, early, due_at=overdue),
        dossier(4, Status.RETURNED, late, due_at=overdue),
        dossier(5, Status.IN_PROGRESS, late, due_at=None),
        dossier(6, Status.IN_PROGRESS, late, due_at=overdue),
        dossier(7, Status.FINISHED, late, due_at=at + day),
        dossier(8, Status.IN_PROGRESS, early, unit="H99.11"),
    )
    await insert(
        database,
        movements,
        movement(1, Status.ACCEPTED, early - day),
        movement(1, Status.IN_PROGRESS, early),
        movement(2, Status.NEEDS_PAPERS, early),
        movement(3, Status.RETURNED, early),
        movement(4, Status.ACCEPTED, early),
        movement(4, Status.IN_PROGRESS, early + hour),
        movement(4, Status.RETURNED, late),
        movement(5, Status.ACCEPTED, late),
        movement(6, Status.STOPPED, early),
        movement(6, Status.IN_PROGRESS, late),
        movement(7, Status.IN_PROGRESS, early),
        movement(7, Status.FINISHED, late),
    )
    records = await database.read(partial(store.read_records, unit=UNIT, span=WEEK, as_of=at, demo=False))
    assert records.open_dossiers is not None
    assert sorted(records.open_dossiers, key=lambda d: (d.status, d.due_at or at)) == [
        OpenDossier(Status.IN_PROGRESS, overdue),
        OpenDossier(Status.IN_PROGRESS, overdue),
        OpenDossier(Status.IN_PROGRESS, at + day),
        OpenDossier(Status.NEEDS_PAPERS, overdue),
    ]
    counts = (await digest_of(database)).on_time
    assert (counts.late_open, counts.in_time, counts.waiting, counts.ready, counts.due_soon) == (2, 2, 1, 0, 1)


async def test_due_soon_is_in_working_days(database: Database) -> None:
    """The books close on a Monday: two working days on is Wednesday."""
    rows = [dossier(n, Status.IN_PROGRESS, MONDAY, due_at=WEEK.end + n * day + 17 * hour) for n in range(5)]
    await insert(database, dossiers, *rows)
    assert (await digest_of(database)).on_time.due_soon == 3
    friday = MONDAY + 4 * day + 12 * hour
    assert (await digest_of(database, friday)).on_time.due_soon == 2


def kept_rows(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(digests)).scalar_one()


async def test_the_first_locked_digest_is_printed_ever_after(database: Database) -> None:
    await insert(database, completions, *(completion(number) for number in range(12)))
    await insert(database, ratings, *(rating(number, 5 if number else 1, reasons='["prompt"]') for number in range(10)))
    made = await digest_of(database)
    kept = await database.write(partial(store.lock, digest=made, made_at=LATER))
    assert kept == made and made.answered == 10
    await insert(database, ratings, *(rating(number, 1, LATER) for number in range(20, 30)))
    again = await digest_of(database, LATER)
    assert document.to_text(again) == document.to_text(made)
    assert render_text(again, "Xã Đồng Sậy") == render_text(made, "Xã Đồng Sậy")
    other = make_digest(UNIT, WEEK, LATER, await database.read(
        partial(store.read_records, unit=UNIT, span=WEEK, as_of=LATER, demo=False)
    ))  # fmt: skip
    assert other.answered == 20
    assert await database.write(partial(store.lock, digest=other, made_at=LATER)) == made
    assert await database.read(kept_rows) == 1


async def test_the_week_before_is_compared_as_it_was_printed(database: Database) -> None:
    await insert(database, ratings, *(rating(number, 5) for number in range(30)))
    locked = await digest_of(database)
    await database.write(partial(store.lock, digest=locked, made_at=LATER))
    after: dict[str, Any] = {"completed_on": "2026-11-17", "at": LATER, "first_at": LATER}
    await insert(database, ratings, *(rating(number, 1, WEEK.close - hour) for number in range(40, 60)))
    await insert(database, ratings, *(rating(number, 5 if number % 2 else 1, **after) for number in range(100, 140)))
    digest = await digest_of(database, Week(2026, 47).close, Week(2026, 47))
    assert digest.change is not None
    assert (digest.change.previous.count, digest.change.previous.n) == (30, 30)
    assert (digest.change.this.count, digest.change.this.n) == (20, 40)


@pytest.mark.parametrize(
    ("as_of", "made_at"),
    [(WEEK.close - hour, LATER), (WEEK.close, WEEK.close - timedelta(microseconds=1))],
)
async def test_an_open_week_is_not_kept(database: Database, as_of: datetime, made_at: datetime) -> None:
    made = await digest_of(database, as_of)
    with pytest.raises(ValueError, match="open until 2026-11-16T07:00:00"):
        await database.write(partial(store.lock, digest=made, made_at=made_at))
    assert await database.read(kept_rows) == 0


async def test_a_unit_is_known_by_its_data(database: Database) -> None:
    assert not await database.read(partial(store.is_known, unit=UNIT))
    await insert(database, completions, completion(1))
    assert await database.read(partial(store.is_known, unit=UNIT))
    assert not await database.read(partial(store.is_known, unit="H99.11"))


# --- the command -----------------------------------------------------------------------------------------------------


def named(given: str) -> tuple[str, str] | None:
    return (UNIT, "Xã Đồng Sậy") if given in (UNIT, "Đồng Sậy") else None


async def run(database: Database, *words: str, now: datetime = LATER, demo: bool = False) -> int:
    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[Digests]:
        yield DatabaseDigests(database, demo=demo, find=named)

    parser = argparse.ArgumentParser()
    digest_command.add_parser(parser.add_subparsers())
    return await digest_command.run(parser.parse_args(["digest", *words]), opened, now)


async def test_the_command_keeps_what_it_prints_first(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await insert(database, ratings, *(rating(number, 4) for number in range(10)))
    words = ("--unit", "Đồng Sậy", "--week", "2026-W46")
    assert await run(database, *words, now=WEEK.close - hour) == 0
    assert capsys.readouterr().out.startswith("TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy · chưa khóa sổ\n")
    assert await run(database, *words, "--as-of", "2026-12-01", now=WEEK.close - hour) == 0
    assert await database.read(kept_rows) == 0
    capsys.readouterr()
    printed = []
    for number in range(3):
        assert await run(database, *words) == 0
        printed.append(capsys.readouterr().out)
        await insert(database, ratings, rating(50 + number, 1, LATER))
    assert len(set(printed)) == 1 and "10 người trả lời." in printed[0]
    assert await database.read(kept_rows) == 1


async def test_at_once_twice_is_kept_once(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await insert(database, ratings, *(rating(number, 4) for number in range(10)))
    words = ("--unit", UNIT, "--week", "2026-W46", "--format", "json")
    assert await asyncio.gather(*(run(database, *words) for _ in range(4))) == [0] * 4
    out = capsys.readouterr().out
    assert out == out[: len(out) // 4] * 4
    assert await database.read(kept_rows) == 1


async def test_sample_data_is_said(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(database, "--unit", UNIT, demo=True) == 0
    assert capsys.readouterr().out.startswith("DỮ LIỆU MẪU\n")


async def test_an_unknown_unit_is_one_line(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(database, "--unit", "H99.42") == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith("motcua digest: --unit 'H99.42' is not known")
    await insert(database, dossiers, dossier(1, Status.ACCEPTED, MONDAY, unit="H99.42"))
    assert await run(database, "--unit", "H99.42") == 0


async def test_completions_are_counted_by_the_national_rule_too(database: Database) -> None:
    """One finished in time and fetched late, one asked twice, one reopened since: of that nobody can say any more."""

    def row(number: int, status: Status, **more: Any) -> Dossier:
        code = DossierCode.parse(f"{UNIT}-261102-{number:04}")
        times = {"received_at": MONDAY - 48 * hour, "due": MONDAY + 10 * hour, **more}
        return Dossier(code, status, procedure="1.001193", unit=UNIT, **times)

    asked = tuple(Supplement("giấy", asked_at=MONDAY + n * hour, received_at=MONDAY + n * hour) for n in (1, 2))
    told = [
        row(1, Status.RETURNED, finished_at=MONDAY + 9 * hour, done_at=MONDAY + 60 * hour),
        row(2, Status.RETURNED, done_at=MONDAY + 9 * hour, supplements=asked),
        row(3, Status.RETURNED, done_at=MONDAY + 11 * hour),
        row(4, Status.RETURNED, done_at=MONDAY + 9 * hour),
        row(4, Status.IN_PROGRESS, moved_at=MONDAY + 20 * hour),
    ]
    await database.write(
        lambda c: dossier_store.record(c, told, MONDAY, unit_of=lambda _: UNIT, phone_key=b"k", demo=False)
    )
    digest = await digest_of(database)
    assert digest.on_time.rule == Tally(in_time=1, overdue=1, asked_again=1)
    written = document.to_json(digest)
    assert written["rule_766"] == {"judged": 3, "late": 2, "asked_again": 1, "without_due": 0}
    assert written["on_time"]["late_done"] == 1
    assert document.load(document.dump(digest)) == digest
    assert "766/QĐ-TTg (trừ thời gian chờ bổ sung, tính đến lúc xử lý xong): trễ 2/3, trong đó 1" in render_text(digest)
