"""An official's invitation opens once and not for long, whoever is quicker: looked at again where it is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.effects import Context, apply
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.stale import Stale
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming
from handlers.states import Idle
from storage.engine import Database
from storage.tables import audit, official_codes, officials
from tests.engine import KEYS, MONDAY

TYPED = "CB-ABCDE-FGHJK-MNPQR"
TEN_MINUTES = timedelta(minutes=10)
SOON = timedelta(minutes=1)
Take = Callable[[str, timedelta], Awaitable[None]]


@pytest.fixture
async def take(database: Database) -> Take:
    """Takes the invitation, good for ten minutes, in a chat at a time after it was made."""
    hashed = KEYS.code(TYPED)
    row = {"hash": hashed, "unit": "H99.07", "role": "head", "made_at": MONDAY, "expires_at": MONDAY + TEN_MINUTES}
    await database.write(lambda c: c.execute(official_codes.insert().values(row)))

    async def write(chat: str, after: timedelta) -> None:
        effect = fx.BecameOfficial(hashed)
        said = Incoming(Chat("fake", "a", chat), "m", "", MONDAY)
        turn = Answer(InboxRow(1, said), Stand(Conversation()), Step(Idle(), (), (effect,)), (), MONDAY + after)
        await database.write(lambda c: apply(c, Context(KEYS, demo=False), turn, effect))

    return write


async def test_of_two_who_type_it_at_once_one_becomes_an_official(database: Database, take: Take) -> None:
    await take("lan", SOON)
    with pytest.raises(Stale):
        await take("minh", SOON)
    chats = await database.read(lambda c: c.execute(select(officials.c.chat)).scalars().all())
    assert chats == ["fake/a/lan"]
    noted = await database.read(lambda c: c.execute(select(audit.c.what, audit.c.unit, audit.c.detail)).all())
    assert [tuple(row) for row in noted] == [("became official", "H99.07", "head")]
    invitation = await ChatRecords(database, KEYS, "fake/a/minh", MONDAY, demo=False).invitation_code(TYPED.lower())
    assert invitation is not None and invitation.used


async def test_after_its_time_it_opens_nothing(database: Database, take: Take) -> None:
    with pytest.raises(Stale):
        await take("lan", TEN_MINUTES)
    assert await database.read(lambda c: c.execute(select(officials)).all()) == []
