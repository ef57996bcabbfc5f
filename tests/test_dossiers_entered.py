"""What registers leave in the tables: one after the other, beside pushes, and when a dossier is looked up."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.config import Settings
from bot.desk import Backend as ClientBackend
from bot.desk import BackendThenTables, Tables
from bot.keys import Keys
from bot.program import load_shelf
from bot.tables.pushes import Pushes
from handlers import effects as fx
from handlers.desk import BackendDown, NotConnected, Seen
from onestop.client import Answer, Push
from onestop.client import BackendDown as ClientDown
from onestop.code import DossierCode
from onestop.dossier import Dossier, Progress, Status
from onestop.register.listed import Entered, dump_line, load_line
from onestop.register.reading import Line
from onestop.store import find
from storage.engine import Database
from storage.tables import bindings, completions, inbox
from tests.fakes import NOON, Talk, a_dossier
from tests.held import SUPPLEMENT
from tests.imported import DAY, LAST4, OTHER, told
from tests.register_files import CODE

# --- one register after the other ------------------------------------------------------------------------------------


@pytest.fixture
async def pushes(database: Database, tmp_path: Path) -> Pushes:
    shelf = load_shelf(Settings(data_dir=tmp_path, unit="H99.07"))
    return Pushes(shelf.offices, shelf.catalog, shelf.rules, b"k" * 32, Random(1), lambda: NOON)


def listed(status: Status, done_at: datetime | None = None, **more: Any) -> Line:
    return Line(2, a_dossier(CODE, status, received_at=NOON - 2 * DAY, done_at=done_at, phone_last4=LAST4, **more))


def at(days: float) -> datetime:
    return NOON + days * DAY


async def enter(database: Database, pushes: Pushes, line: Line, days: float) -> Entered:
    """One row of a register that was true so many days after the first."""
    return await database.write(lambda connection: pushes.enter(connection, [line], at(days)))


MIDNIGHT = NOON.replace(hour=0) + DAY
SERIES: list[tuple[str, list[tuple[float, Line]], Status, list[datetime]]] = [
    (
        "papers are asked for, brought, and the work goes on",
        [(0, listed(Status.ACCEPTED)), (1, listed(Status.IN_PROGRESS)), (2, listed(Status.NEEDS_PAPERS)),
         (3, listed(Status.IN_PROGRESS)), (4, listed(Status.NEEDS_PAPERS)), (5, listed(Status.IN_PROGRESS))],
        Status.IN_PROGRESS, [],
    ),
    (
        "handed over on a day without an hour, which is earlier than the register that said finished",
        [(0.5, listed(Status.ACCEPTED)), (1, listed(Status.FINISHED)), (2, listed(Status.RETURNED, MIDNIGHT))],
        Status.RETURNED, [MIDNIGHT],
    ),
    (
        "handed over, nobody says when",
        [(1, listed(Status.IN_PROGRESS)), (2, listed(Status.RETURNED))],
        Status.RETURNED, [at(2)],
    ),
    (
        "returned long before the first register, nobody says when",
        [(1, listed(Status.RETURNED))],
        Status.RETURNED, [],
    ),
    (
        "an old register found again",
        [(2, listed(Status.FINISHED)), (1, listed(Status.IN_PROGRESS))],
        Status.FINISHED, [],
    ),
    (
        "nobody knows the word",
        [(1, listed(Status.FINISHED)), (2, listed(Status.UNKNOWN)), (3, listed(Status.UNKNOWN))],
        Status.FINISHED, [],
    ),
    (
        "returned, opened again, returned",
        [(1, listed(Status.RETURNED, at(0.5))), (2, listed(Status.IN_PROGRESS)), (3, listed(Status.RETURNED, at(2.5)))],
        Status.RETURNED, [at(0.5), at(2.5)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("_label", "series", "status", "done"), SERIES, ids=[each[0] for each in SERIES])
async def test_one_register_after_the_other(
    database: Database,
    pushes: Pushes,
    _label: str,
    series: list[tuple[float, Line]],
    status: Status,
    done: list[datetime],
) -> None:
    for days, line in series:
        after = []
        for _ in range(2):
            await enter(database, pushes, load_line(dump_line(line)), days)
            after.append(await told(database))
        assert after[0] == after[1]
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.dossier.status is status
    assert stored.seen_at == at(max(days for days, _ in series))
    handed = await database.read(
        lambda c: c.execute(select(completions.c.completed_at).order_by(completions.c.n)).all()
    )
    assert [each.completed_at for each in handed] == done


async def test_papers_that_the_backend_told_stay_while_the_status_stays(database: Database, pushes: Pushes) -> None:
    told = a_dossier(CODE, Status.NEEDS_PAPERS, supplements=(SUPPLEMENT,), moved_at=NOON)
    await database.write(lambda c: pushes.record(c, Push("DongBoHoSoMC", (told,))))
    for days, status, left in ((1, Status.NEEDS_PAPERS, 1), (2, Status.IN_PROGRESS, 0)):
        await enter(database, pushes, listed(status), days)
        stored = await database.read(lambda c: find(c, CODE))
        assert stored is not None
        assert len(stored.dossier.supplements) == left


async def test_a_push_after_a_register_and_a_register_before_a_push(database: Database, pushes: Pushes) -> None:
    later = replace(pushes, now=lambda: at(3))
    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(1)))
    step = Progress(DossierCode.parse(CODE), Status.FINISHED, at(2))
    await database.write(lambda c: later.record(c, Push("CapNhatTienDoHoSoMC", (step,))))
    entered = await database.write(lambda c: later.enter(c, [listed(Status.IN_PROGRESS)], at(2.5)))
    assert (entered.older, entered.changed) == (1, 0)
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.dossier.status is Status.FINISHED


async def test_followers_are_told_once(database: Database, pushes: Pushes) -> None:
    def follow(connection: Connection) -> None:
        row = {"chat": "test/0/1", "dossier": CODE, "proved_at": NOON, "until": at(90), "following_since": NOON}
        connection.execute(bindings.insert().values(row))

    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(0)))
    await database.write(follow)
    for days in (1, 1, 2):
        await enter(database, pushes, listed(Status.RETURNED, at(0.5)), days)
    events = await database.read(lambda c: [each.event for each in c.execute(select(inbox.c.event))])
    assert sorted(event.split(":")[0] for event in events) == ["invite", "status"]


async def test_a_clerks_number_proves_nothing_any_more(database: Database, pushes: Pushes) -> None:
    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(0)))
    clerks = replace(listed(Status.ACCEPTED), clerks=True)
    clerks = replace(clerks, dossier=dataclasses.replace(clerks.dossier, phone_last4=None))
    await database.write(lambda c: pushes.enter(c, [clerks], at(1)))
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.phone is None


# --- looking up ------------------------------------------------------------------------------------------------------


class FakeClient:
    """The backend's client: what it knows; ``down``."""

    def __init__(self, *known: Dossier) -> None:
        self.known = {each.code: each for each in known}
        self.down = False

    async def lookup(self, code: DossierCode) -> Answer:
        if self.down:
            raise ClientDown("down on purpose")
        return Answer(self.known.get(code), NOON)


KEYS = Keys(b"a key for tests only")


async def tables_with(database: Database, pushes: Pushes, *lines: Line) -> Tables:
    keyed = replace(pushes, phone_key=KEYS.phone_key)
    if lines:
        await database.write(lambda c: keyed.enter(c, list(lines), at(-1)))
    return Tables(database, KEYS.phone_key, lambda: NOON)


def shown(seen: Seen) -> tuple[Status | None, datetime, bool]:
    return None if seen.dossier is None else seen.dossier.status, seen.as_of, seen.down


async def test_without_a_backend_the_tables_answer_and_prove(database: Database, pushes: Pushes) -> None:
    empty = await tables_with(database, pushes)
    with pytest.raises(NotConnected):
        await empty.look_up(CODE)
    blank = Line(3, a_dossier(OTHER, phone_last4=None, received_at=NOON - 2 * DAY))
    tables = await tables_with(database, pushes, listed(Status.ACCEPTED), blank)
    assert shown(await tables.look_up("000.00.07.H99-261116-0007")) == (Status.ACCEPTED, at(-1), False)
    assert (await empty.look_up("H99.07-261116-0999")).dossier is None
    tries = [(CODE, LAST4, True), (CODE, "4822", False), (OTHER, LAST4, False), (OTHER, "none", False)]
    for code, digits, right in [*tries, ("H99.07-261116-0999", LAST4, False)]:
        assert tables.proves(await tables.look_up(code), digits) is right
    assert not tables.proves(Seen(a_dossier(CODE), NOON), LAST4)
    assert LAST4 not in repr(await tables.look_up(CODE))


async def test_with_both_the_backend_is_asked_first(database: Database, pushes: Pushes) -> None:
    tables = await tables_with(database, pushes, listed(Status.ACCEPTED), Line(3, a_dossier(OTHER, received_at=at(-2))))
    client = FakeClient(a_dossier(CODE, Status.FINISHED, phone_last4="1234"))
    both = BackendThenTables(ClientBackend(client, lambda: NOON), tables)  # type: ignore[arg-type]
    known, imported, unknown = [await both.look_up(code) for code in (CODE, OTHER, "H99.07-261116-0999")]
    assert [shown(each) for each in (known, imported, unknown)] == [
        (Status.FINISHED, NOON, False), (Status.IN_PROGRESS, at(-1), False), (None, NOON, False),
    ]  # fmt: skip
    assert [both.proves(known, digits) for digits in ("1234", LAST4)] == [True, False]
    assert [both.proves(imported, digits) for digits in ("1234", LAST4)] == [False, True]
    assert [both.proves(unknown, digits) for digits in ("1234", LAST4, "none")] == [False, False, False]
    client.down = True
    known, unknown = [await both.look_up(code) for code in (CODE, "H99.07-261116-0999")]
    assert [shown(each)[::2] for each in (known, unknown)] == [(Status.ACCEPTED, True), (None, True)]
    assert [both.proves(known, digits) for digits in ("1234", LAST4)] == [False, True]


async def test_with_nothing_stored_a_backend_that_is_down_is_down(database: Database, pushes: Pushes) -> None:
    client = FakeClient()
    client.down = True
    both = BackendThenTables(ClientBackend(client, lambda: NOON), await tables_with(database, pushes))  # type: ignore[arg-type]
    with pytest.raises(BackendDown):
        await both.look_up(CODE)


async def test_while_the_backend_is_down_only_a_right_proof_tells_what_stands_in_the_tables() -> None:
    talk = Talk()
    talk.onestop.told = {CODE: a_dossier(CODE)}
    talk.onestop.down = True
    unknown = "H99.07-261116-0999"
    refused = {
        each: (await talk.other(f"test/0/{each}").says(f"{each} 1111")).replace(each, "*") for each in (CODE, unknown)
    }
    assert refused[CODE] == refused[unknown]
    assert "trục trặc" in refused[CODE]
    assert [miss.dossier for miss in talk.book.misses] == [CODE, unknown]
    said = await talk.says(f"{CODE} {LAST4}")
    assert "trục trặc" in said
    assert "đang làm" in said
    assert "Số liệu lúc 9 giờ, thứ Ba 17/11" in said
    assert [type(effect) for effect in talk.effects] == [fx.Proved]
    assert talk.choice("follow").label == "Nhắn khi có tin"
    assert "đang làm" in await talk.says(CODE)
