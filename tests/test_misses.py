"""Wrong proofs in the database: limits that hold for many who try at once; what is kept of who tried, and how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.tables import misses as store
from handlers.desk import Conversation, Step
from handlers.dossiers.limiting import LIMITS
from handlers.effects import Erased, Missed, Proved
from handlers.messages import Incoming, Outgoing
from handlers.states import Idle
from storage.engine import Database
from storage.tables import bindings, inbox, misses
from tests.engine import KEYS, MONDAY, Engine, chat

HERE, THERE = "hash of here", "hash of there"
HOUR = LIMITS[0]


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    """Answers "CODE DIGITS" as tracking does: 4821 is right for every code."""

    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.text == "xóa dữ liệu":
            return Step(Idle(), (Outgoing("đã xóa"),), (Erased(),))
        code, digits = incoming.text.split()
        who, now = KEYS.chat(str(incoming.chat)), made.clock.now()
        wrong = await database.read(lambda c: store.counted(c, code, who, incoming.origin, now))
        if wrong.closes_code or wrong.waits_until(now):
            return Step(Idle(), (Outgoing("đợi"),))
        if digits != "4821":
            return Step(Idle(), (Outgoing("sai"),), (Missed(code, incoming.origin),))
        return Step(Idle(), (Outgoing("đúng"),), (Proved(code, now + timedelta(minutes=30), incoming.origin),))

    made = await Engine(database, respond).start()
    yield made
    await made.stop()


def tries(n: int, origin: str | None, digits: str = "0000", name: str = "w") -> list[Incoming]:
    """Each by a chat of its own, of a code of its own."""
    return [Incoming(chat(f"{name}{k}"), "e", f"{name}-{k} {digits}", MONDAY, origin=origin) for k in range(n)]


async def wrong(database: Database, *where: object) -> int:
    def read(connection: Connection) -> int:
        return int(connection.execute(select(func.count()).select_from(misses).where(*where)).scalar_one())  # type: ignore[arg-type]

    return await database.read(read)


async def test_sixty_chats_of_one_address_at_once_have_its_tries_and_no_more(
    engine: Engine, database: Database
) -> None:
    await engine.accept(*tries(60, HERE), *tries(50, HERE, "4821", "r"), *tries(9, THERE, name="t"))
    await engine.quiet()
    assert await wrong(database, misses.c.origin == HERE) == HOUR.of_address
    assert await wrong(database, misses.c.origin == THERE) == 9
    proved = await database.read(lambda c: c.execute(select(func.count()).select_from(bindings)).scalar_one())
    await engine.accept(*tries(1, HERE, "4821", "late"))
    await engine.quiet()
    assert engine.channel.texts(chat("late0")) == ["đợi"]
    again = await database.read(lambda c: c.execute(select(func.count()).select_from(bindings)).scalar_one())
    assert again == proved


async def test_an_address_that_nobody_knows_has_no_limit_of_its_own(engine: Engine, database: Database) -> None:
    await engine.accept(*tries(HOUR.of_address + 20, None))
    await engine.quiet()
    assert await wrong(database) == HOUR.of_address + 20


async def test_erasing_gives_no_new_tries(engine: Engine, database: Database) -> None:
    who = chat("a")
    for n in range(HOUR.of_chat):
        await engine.say(who, f"code-{n} 0000")
    await engine.say(who, "xóa dữ liệu")
    await engine.say(who, "code-9 4821")
    assert engine.channel.texts(who)[-2:] == ["đã xóa", "đợi"]


async def test_where_a_message_came_from_goes_with_its_answer_and_with_the_day(
    engine: Engine, database: Database
) -> None:
    engine.worker.behind = True  # stored, not yet answered
    await engine.accept(*tries(2, HERE))
    origins = select(inbox.c.origin)
    assert await database.read(lambda c: c.execute(origins).scalars().all()) == [HERE, HERE]
    await engine.quiet()
    assert await wrong(database, misses.c.origin == HERE) == 2, "the table keeps it until it is answered"
    assert await database.read(lambda c: c.execute(origins).scalars().all()) == [None, None]
    late = MONDAY + timedelta(hours=23)
    assert await database.write(lambda c: store.forget(c, late)) == 0
    assert await database.write(lambda c: store.forget(c, late + timedelta(hours=2))) == 2
    assert await wrong(database, misses.c.origin.is_(None), misses.c.who.is_(None)) == 2
    await database.write(lambda c: store.reopen(c, "w-0"))
    assert await wrong(database) == 1
