"""A desk's history read from the tables: whose, of what, how often it is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.tables.histories import Histories
from onestop import store
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM, vietnam
from onestop.days.durations import Spell, fit, spell_of
from onestop.dossier import Dossier, Status
from storage.engine import Database

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=VIETNAM)
NOW = MONDAY + timedelta(days=15)


def a_dossier(n: int, unit: str = "H99.07", procedure: str = "1.001193", **more: Any) -> Dossier:
    days = timedelta(days=n % 10)
    given = {"status": Status.RETURNED, "done_at": MONDAY + days, "received_at": MONDAY, **more}
    code = DossierCode.parse(f"{unit}-261102-{n:04}")
    return Dossier(code, procedure=procedure, unit=unit, **given)


async def enter(database: Database, *dossiers: Dossier) -> None:
    def write(connection: Any) -> None:
        store.record(connection, dossiers, NOW, unit_of=lambda told: told or "H99.07", phone_key=b"key", demo=False)

    await database.write(write)


async def test_only_the_units_own_dossiers_of_that_procedure_count(database: Database) -> None:
    mine = [a_dossier(n) for n in range(40)]
    pending = [a_dossier(100 + n, status=Status.IN_PROGRESS, done_at=None) for n in range(5)]
    others = [a_dossier(n, unit="H99.08", done_at=MONDAY + timedelta(days=14)) for n in range(40)]
    others += [a_dossier(200 + n, procedure="1.004873", done_at=MONDAY + timedelta(days=14)) for n in range(40)]
    await enter(database, *mine, *pending, *others)
    curve = await Histories(database).curve("H99.07", "1.001193", NOW)
    expected = [spell_of(dossier, NOW, vietnam()) for dossier in (*mine, *pending)]
    assert curve == fit(spell for spell in expected if spell is not None)
    assert (curve.n, curve.done) == (45, 40)


async def test_it_is_read_once_a_day(database: Database) -> None:
    histories = Histories(database)
    await enter(database, a_dossier(1))
    assert (await histories.curve("H99.07", "1.001193", NOW)).n == 1
    await enter(database, a_dossier(2))
    assert (await histories.curve("H99.07", "1.001193", NOW)).n == 1
    assert (await histories.curve("H99.07", "1.001193", NOW + timedelta(days=1))).n == 2


@pytest.mark.parametrize("procedure", ["1.001193", "9.999999"])
async def test_a_desk_without_history_says_nothing(database: Database, procedure: str) -> None:
    curve = await Histories(database).curve("H99.07", procedure, NOW)
    assert not curve.is_enough
    assert curve == fit(list[Spell]())
