"""``motcua demo``: the fictional province's last weeks in a database of their own, marked as sample data."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bot.clock import Clock, MachineClock
from bot.config import Settings
from bot.control import Wrong
from bot.demo import service
from bot.demo.ends import ends
from bot.demo.in_hand import Held, held, received_at, weeks_after
from bot.demo.life import WEEKS, WRONG_BOARD, Desk, Done, life
from bot.keys import Keys, load_secret
from bot.program import load_shelf, open_database, prepare_folder
from offices.unit import Kind, Offices
from onestop.days.calendar import vietnam_date
from onestop.details import Details
from onestop.mock.mix import HOUSEHOLD_BUSINESS
from ratings.rating import default_instrument
from ratings.sources.service_rows import COUNTED
from ratings.week import Week
from storage.desk_tables import actions
from storage.service_tables import called_back, outages, service_days
from storage.tables import completions, dossiers, meta, periodic, ratings

FILLED = "demo_weeks"
MOST_WEEKS = 52
SEED = 3
"""Of the life that is shown: one in which each story can be told by what came of it."""
ROWS = 2000
"""Rows of one statement."""
MENDED = "H99.08"
FIRST_NUMBER = 5000
"""Of a day's dossiers: those of the mock backend have smaller ones."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``demo`` to the commands."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo",
        help="fill a database with past weeks of the fictional province, to try digests on",
        description="Sample data: marked as such in the database and in everything that is made from it. Read it with "
        "MOTCUA_DEMO=1 motcua digest.",
    )
    parser.add_argument("--weeks", type=int, default=WEEKS, metavar="N", help=f"how many; default {WEEKS}")
    parser.add_argument(
        "--until", metavar="2026-W46", help="the last of them; default: the last whose books are closed"
    )
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"default {SEED}")
    return parser


async def run(args: argparse.Namespace, settings: Settings, clock: Clock | None = None) -> int:
    """Fill the database; 0. Raises Wrong for what cannot be done, CannotStart for a database of real data."""
    now = (clock or MachineClock()).now()
    weeks = _weeks(args, now)
    settings = dataclasses.replace(settings, demo=True)
    prepare_folder(settings.data_dir)
    offices = load_shelf(settings).offices
    database, lock = await open_database(settings)
    try:
        keys = Keys(load_secret(settings.secret_key, settings.data_dir))
        filled = await database.write(lambda c: fill(c, keys, offices, weeks, args.seed))
    finally:
        await database.close()
        await lock.release()
    if filled is None:
        raise Wrong("this database was filled before: choose another MOTCUA_DATA_DIR")
    done, answers = filled
    print(f"{weeks[0]} to {weeks[-1]}: {done} dossiers ended, {answers} answers. SAMPLE DATA", file=sys.stderr)
    print(f"try: MOTCUA_DEMO=1 motcua digest --unit H99.02 --week {weeks[-1]}", file=sys.stderr)
    return 0


def _weeks(args: argparse.Namespace, now: datetime) -> list[Week]:
    if not 1 <= args.weeks <= MOST_WEEKS:
        raise Wrong(f"--weeks wants 1 to {MOST_WEEKS}, not {args.weeks}")
    try:
        last = Week.last_closed(now) if args.until is None else Week.parse(args.until)
    except ValueError as error:
        raise Wrong(f"--until {error}") from None
    return weeks_until(last, args.weeks)


def weeks_until(last: Week, number: int) -> list[Week]:
    """So many weeks in their order, the last one given."""
    return [Week.of(last.start - timedelta(days=7 * n)) for n in reversed(range(number))]


def desks(offices: Offices) -> list[Desk]:
    """The communes of a province with what they do in a week."""
    communes = (unit for unit in offices.units if unit.kind is Kind.COMMUNE and unit.weekly)
    return [Desk(unit.code, unit.weekly or 0, unit.certified or 0, unit.land_branch) for unit in communes]


def fill(
    connection: Connection, keys: Keys, offices: Offices, weeks: Sequence[Week], seed: int
) -> tuple[int, int] | None:
    """How many dossiers ended, nearly all with a result, and how many answers; None where some were written before."""
    if connection.execute(select(meta.c.value).where(meta.c.key == FILLED)).first() is not None:
        return None
    connection.execute(meta.insert().values(key=FILLED, value=f"{weeks[0]}..{weeks[-1]} seed {seed}"))
    done = answers = 0
    here, until = desks(offices), weeks[-1].end
    lived = life(here, [*weeks, *weeks_after(weeks)], seed)
    told = enumerate(chain(lived, ends(here, weeks, seed)), FIRST_NUMBER)
    while part := list(islice(told, ROWS)):
        in_hand = [_held(each, number, until) for number, found in part if (each := held(found, until)) is not None]
        if in_hand:
            connection.execute(dossiers.insert(), in_hand)
        rows = [(_code(found, number), found) for number, found in part if found.completed_at < until]
        if not rows:
            continue
        connection.execute(completions.insert(), [_completion(code, found) for code, found in rows])
        said = list(_answers(rows, keys))
        if said:
            connection.execute(ratings.insert(), said)
        if calls := list(_calls(rows, keys, until, seed)):
            connection.execute(called_back.insert(), calls)
        done, answers = done + len(rows), answers + len(said)
    _served(connection, offices, weeks, seed)
    if len(weeks) > WRONG_BOARD and offices.by_code(MENDED) is not None:
        connection.execute(actions.insert().values(_mended(weeks[WRONG_BOARD])))
    return done, answers


def _served(connection: Connection, offices: Offices, weeks: Sequence[Week], seed: int) -> None:
    """The province's machine, which all its desks share."""
    province = next((unit.code for unit in offices.units if unit.kind is Kind.PROVINCE), "")
    rows = [
        {"unit": province, "day": each.day.isoformat(), "messages": each.messages, "soon": each.soon}
        | {"unanswered": each.unanswered}
        for each in service.days(weeks, seed)
    ]
    connection.execute(service_days.insert(), rows)
    found = service.stretches(weeks)
    connection.execute(
        outages.insert(), [{"what": what, "began_at": began, "ended_at": ended} for what, began, ended in found]
    )
    name, slot = COUNTED
    connection.execute(periodic.delete().where(periodic.c.name == name, periodic.c.slot == slot))
    connection.execute(periodic.insert().values(name=name, slot=slot, done_at=weeks[0].start))


def _mended(week: Week) -> dict[str, Any]:
    """What Đồi Sim's desk did once it saw why papers were missing."""
    what = {"procedure": HOUSEHOLD_BUSINESS.code, "words": "sửa bảng niêm yết", "done_on": week.first_day.isoformat()}
    return {"unit": MENDED, **what, "noted_by": "cb-demo", "noted_at": week.start + timedelta(hours=9)}


def _code(done: Done, number: int) -> str:
    return f"{done.unit}-{vietnam_date(done.completed_at):%y%m%d}-{number:07d}"


def _held(found: Held, number: int, until: datetime) -> dict[str, Any]:
    code = f"{found.unit}-{vietnam_date(found.received_at):%y%m%d}-{number:07d}"
    return {
        "code": code,
        "unit": found.unit,
        "procedure": found.procedure,
        "procedure_name": found.name,
        "field": found.field,
        "status": int(found.status),
        "received_at": found.received_at,
        "due_at": found.due_at,
        "moved_at": found.received_at,
        "details": Details(printed=code).dump(),
        "seen_at": until,
        "demo": True,
    }


def _completion(code: str, done: Done) -> dict[str, Any]:
    return {
        "dossier": code,
        "n": 1,
        "ended": None if done.ended is None else int(done.ended),
        "unit": done.unit,
        "procedure": done.procedure.code,
        "field": done.procedure.field,
        "received_at": received_at(done),
        "due_at": done.due_at,
        "completed_at": done.completed_at,
        "eligible": True,
        "invited_at": done.invited_at,
        "delivered_at": done.invited_at,
        "declined_at": None,
        "not_received_at": None,
        "demo": True,
        "late_at": done.late_at,
        "told_late": done.told_late,
        "asked": done.asked,
        "counted": 0,
    }


def _calls(rows: Sequence[tuple[str, Done]], keys: Keys, until: datetime, seed: int) -> Iterator[dict[str, Any]]:
    for code, done in rows:
        call = service.called_back(done, code, until, seed)
        if call is not None:
            yield {
                "completion": keys.completion(code, 1),
                "unit": done.unit,
                "called_on": vietnam_date(call.at).isoformat(),
                "entered_at": call.at,
                "agrees": call.agrees,
                "demo": True,
            }


def _answers(rows: Sequence[tuple[str, Done]], keys: Keys) -> Iterator[dict[str, Any]]:
    version = default_instrument().version
    for code, done in rows:
        said = done.said
        if said is None:
            continue
        yield {
            "completion": keys.completion(code, 1),
            "rater": None if said.rater is None else keys.chat(f"demo/device/{said.rater}"),
            "supersedes": None,
            "at": said.at,
            "first_at": said.at,
            "stars": said.stars,
            "reasons": orjson.dumps(said.reasons).decode(),
            "taps": orjson.dumps(dict(said.taps)).decode() if said.taps else None,
            "comment": said.comment,
            "unit": done.unit,
            "procedure": done.procedure.code,
            "field": done.procedure.field,
            "completed_on": vietnam_date(done.completed_at).isoformat(),
            "ended": None if done.ended is None else int(done.ended),
            "mode": said.mode,
            "instrument": version,
            "demo": True,
        }
