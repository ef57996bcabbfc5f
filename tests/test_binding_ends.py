"""A proof and a following end on their day, in the tables themselves: nothing more is shown, told or asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.polling import due
from bot.tables.followers import followers
from bot.tables.records import ChatRecords
from storage.engine import Database
from storage.tables import bindings
from tests.books import KEYS
from tests.fakes import NOON
from tests.held import CODE

CHAT = "web/1/an"
UNTIL = NOON + timedelta(minutes=30)


def bind(connection: Connection) -> None:
    row = {"chat": CHAT, "dossier": CODE, "name": "hồ sơ", "proved_at": NOON, "until": UNTIL, "following_since": NOON}
    connection.execute(bindings.insert().values(row))


@pytest.mark.parametrize(("after", "held"), [(timedelta(0), True), (timedelta(seconds=1), False)])
async def test_after_its_day_it_is_held_no_more(database: Database, after: timedelta, held: bool) -> None:
    await database.write(bind)
    at = UNTIL + after
    found = await ChatRecords(database, KEYS, CHAT, at, demo=False).bindings()
    assert [each.dossier for each in found] == [CODE] * held
    assert await database.read(lambda c: followers(c, CODE, at)) == [CHAT] * held
    assert await database.read(lambda c: due(c, at)) == [CODE] * held
