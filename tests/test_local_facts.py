"""What a desk hides and puts in its place: through the running program, and as it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.app import App
from bot.clock import HandClock
from bot.config import Settings
from bot.engine.effects import Context, apply
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.local.facts import read
from bot.program import Program, open_program
from bot.stale import Stale
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming
from handlers.respond import respond
from handlers.states import Idle
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact
from procedures.procedure import Fee
from storage.desk_tables import hidden_facts, local_facts
from storage.engine import Database
from storage.tables import audit, officials
from tests.engine import KEYS, FakeChannel
from tests.test_hiding import BIRTH, DEATH, LOOKED_AT, NEW_FEE, PAPER, UNIT

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@dataclass
class Room:
    """The running program with chats on a fake channel."""

    program: Program
    channel: FakeChannel
    clock: HandClock
    heard: dict[str, int] = field(default_factory=dict)

    @property
    def app(self) -> App:
        return self.program.app

    async def appoint(self, name: str, official: str, role: str = "staff", unit: str = UNIT) -> None:
        row = {"id": official, "chat": f"fake/a/{name}", "unit": unit, "role": role, "since": START}
        await self.app.write(lambda c: c.execute(officials.insert().values(row)), "official")

    async def says(self, name: str, text: str) -> str:
        """What a chat hears when it says something."""
        chat = Chat("fake", "a", name)
        self.clock.move_to(self.clock.now() + timedelta(seconds=5))
        await self.app.accept([Incoming(chat, f"m{self.clock.now().timestamp()}", text, self.clock.now())])
        await self.app.quiet()
        heard = self.channel.texts(chat)
        new = heard[self.heard.get(name, 0) :]
        self.heard[name] = len(heard)
        return "\n".join(new)


@asynccontextmanager
async def a_room(folder: Path, url: str, clock: HandClock | None = None) -> AsyncIterator[Room]:
    clock, channel = clock or HandClock(START), FakeChannel()
    settings = Settings(data_dir=folder, database_url=url, unit=UNIT, port=0)
    (folder / "units.yaml").write_text(UNITS, encoding="utf-8")
    program = await open_program(settings, clock, lambda app: [channel], listen=False)
    try:
        yield Room(program, channel, clock)
    finally:
        await program.stop()


UNITS = """\
province: tỉnh Thử
hours:
  standard: {mon-fri: "7:30-11:30"}
units:
  - {code: H99.07, name: xã Thử, short: Thử, kind: commune, phone: 0200 000 007, hours: {base: standard}}
"""


async def test_from_a_wrong_fee_to_the_right_one_and_over_a_restart(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        await room.appoint("minh", "cb-2", "head")
        assert "không mất tiền" in await room.says("dan", "lệ phí khai sinh")
        await room.says("lan", "tạm ẩn lệ phí khai sinh")
        assert "Đã ẩn" in await room.says("lan", "1")
        said = await room.says("dan", "lệ phí khai sinh")
        assert LOOKED_AT in said
        assert "0200 000 007" in said
        clock = room.clock
    async with a_room(tmp_path, database_url, clock) as room:
        assert LOOKED_AT in await room.says("dan", "lệ phí khai sinh")
        await room.says("lan", NEW_FEE)
        assert "đề nghị số 1" in await room.says("lan", "1")
        assert "cần một người khác" in await room.says("lan", "duyệt 1")
        assert LOOKED_AT in await room.says("dan", "lệ phí khai sinh")
        assert PAPER in await room.says("minh", "chờ duyệt")
        assert "Đã duyệt" in await room.says("minh", "duyệt 1")
        said = await room.says("dan", "lệ phí khai sinh")
        assert "8.000 đồng" in said
        assert PAPER in said
        await room.says("lan", NEW_FEE.replace("8000", "9000"))
        assert "đề nghị số 2" in await room.says("lan", "1")
    async with a_room(tmp_path, database_url, clock) as room:
        assert "8.000 đồng" in await room.says("dan", "lệ phí khai sinh")
        await room.says("minh", "duyệt 2")
        assert "9.000 đồng" in await room.says("dan", "lệ phí khai sinh")
        rows = await room.app.database.read(
            lambda c: [tuple(row) for row in c.execute(select(audit.c.who, audit.c.what, audit.c.unit, audit.c.detail))]
        )
    assert rows == [
        ("cb-1", "hide", UNIT, f"{BIRTH} fee"),
        ("cb-1", "propose", UNIT, f"1 {BIRTH} fee"),
        ("cb-2", "confirm", UNIT, f"1 {BIRTH} fee"),
        ("cb-1", "propose", UNIT, f"2 {BIRTH} fee"),
        ("cb-2", "confirm", UNIT, f"2 {BIRTH} fee"),
    ]


class NoRecords:
    """A database that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was read")


async def test_a_citizens_question_reads_nothing(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")
        chat = Chat("fake", "a", "dan")
        desk = replace(room.app.desk(chat), records=NoRecords())  # type: ignore[arg-type]
        for text in ("lệ phí khai sinh", "làm khai sinh cần giấy gì", f"fee {BIRTH}"):
            step = await respond(Conversation(), Incoming(chat, "m", text, START), desk)
            assert isinstance(step, Step)
            assert ("lệ phí" in text or "fee" in text) == (LOOKED_AT in step.say[0].text)


async def test_a_role_that_nobody_knows_may_nothing(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1", "admin")
        assert await room.app.desk(Chat("fake", "a", "lan")).records.officials() == ()
        assert "chỉ dành cho cán bộ" in await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")


async def test_an_officials_revocation_counts_at_the_next_word(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        assert "Tạm ẩn" in await room.says("lan", "tạm ẩn lệ phí khai sinh")
        gone = officials.update().values(revoked_at=START)
        await room.app.write(lambda c: c.execute(gone), "revoke")
        assert "chỉ dành cho cán bộ" in await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")
        assert "không mất tiền" in await room.says("dan", "lệ phí khai sinh")
        assert room.app.local.value.hidden == ()


# --- effects: looked at again inside the transaction -----------------------------------------------------------------

FACT = LocalFact(
    UNIT, BIRTH, Fact.FEE, (Fee("Lệ phí", 8000),), Basis("12/NQ-HĐND", date(2025, 12, 5)), Fee("Lệ phí", 0), "cb-1"
)
Do = Callable[[str, fx.Effect], Awaitable[None]]


@pytest.fixture
def do(database: Database) -> Do:
    """Write one effect of a chat, as the ledger does."""

    async def write(chat: str, effect: fx.Effect) -> None:
        row = InboxRow(1, Incoming(Chat("fake", "a", chat), "m", "", START))
        turn = Answer(row, Stand(Conversation()), Step(Idle(), (), (effect,)), (), START)
        await database.write(lambda c: apply(c, Context(KEYS, demo=False), turn, effect))

    return write


async def appoint(database: Database, *rows: tuple[str, str]) -> None:
    values = [
        {"id": name, "chat": f"fake/a/{chat}", "unit": UNIT, "role": "staff", "since": START} for name, chat in rows
    ]
    await database.write(lambda c: c.execute(officials.insert(), values))


async def test_a_value_is_written_and_read_as_it_was(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"))
    await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
    await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
    await do("lan", fx.FactHidden(UNIT, DEATH, "all", "cb-1"))
    await do("lan", fx.FactProposed(1, FACT, "cb-1"))

    def now(connection: Connection) -> Local:
        return read(connection, Local([replace(FACT, unit="H99.08")]))

    found = await database.read(now)
    assert found.hidden == (Hidden(UNIT, BIRTH, Facet.FEE), Hidden(UNIT, DEATH, None))
    assert [each.unit for each in found.facts] == ["H99.08"]
    await do("minh", fx.FactDecided(1, True, "cb-2"))
    found = await database.read(now)
    assert found.hidden == (Hidden(UNIT, DEATH, None),)
    assert found.facts[1:] == (FACT,)
    await do("minh", fx.FactUnhidden(UNIT, DEATH, "all", "cb-2"))
    assert (await database.read(now)).hidden == ()
    rows = await database.read(lambda c: c.execute(select(hidden_facts.c.hidden_by, hidden_facts.c.shown_by)).all())
    assert [tuple(row) for row in rows] == [("cb-1", "cb-2"), ("cb-1", "cb-2")]
    row = (await database.read(lambda c: c.execute(select(local_facts)).all()))[0]
    assert (row.proposed_by, row.confirmed_by, row.state) == ("cb-1", "cb-2", "confirmed")


STALE: dict[str, tuple[str, fx.Effect]] = {
    "hidden by a stranger": ("dan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1")),
    "hidden by who was revoked": ("cu", fx.FactHidden(UNIT, BIRTH, "fee", "cb-0")),
    "unhidden by who was revoked": ("cu", fx.FactUnhidden(UNIT, BIRTH, "fee", "cb-0")),
    "proposed by who was revoked": ("cu", fx.FactProposed(2, FACT, "cb-0")),
    "a number taken": ("lan", fx.FactProposed(1, FACT, "cb-1")),
    "confirmed by the proposer": ("lan", fx.FactDecided(1, True, "cb-1")),
    "confirmed by the proposer in another role": ("lan", fx.FactDecided(1, True, "cb-3")),
    "confirmed with another's id": ("lan", fx.FactDecided(1, True, "cb-2")),
    "confirmed by who was revoked": ("cu", fx.FactDecided(1, True, "cb-0")),
    "of nobody who is in office": ("minh", fx.FactDecided(9, True, "cb-2")),
    "a number that is not there": ("minh", fx.FactDecided(8, True, "cb-2")),
    "decided already": ("minh", fx.FactDecided(7, True, "cb-2")),
    "refused by who was revoked": ("cu", fx.FactDecided(1, False, "cb-0")),
}


@pytest.mark.parametrize(("chat", "effect"), STALE.values(), ids=list(STALE))
async def test_what_no_longer_holds_is_not_written(database: Database, do: Do, chat: str, effect: fx.Effect) -> None:
    await appoint(database, ("cb-0", "cu"), ("cb-1", "lan"), ("cb-2", "minh"), ("cb-3", "lan"))
    await do("lan", fx.FactProposed(1, FACT, "cb-1"))
    await do("lan", fx.FactProposed(7, FACT, "cb-1"))
    await do("minh", fx.FactDecided(7, False, "cb-2"))
    await do("cu", fx.FactProposed(9, FACT, "cb-0"))
    gone = officials.update().where(officials.c.id == "cb-0").values(revoked_at=START)
    await database.write(lambda c: c.execute(gone))
    with pytest.raises(Stale):
        await do(chat, effect)


async def test_a_value_of_a_later_day_leaves_the_fact_hidden(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"))
    for number, since, hidden in ((1, date(2026, 11, 19), True), (2, date(2026, 11, 18), False)):
        await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
        await do("lan", fx.FactProposed(number, replace(FACT, basis=replace(FACT.basis, since=since)), "cb-1"))
        await do("minh", fx.FactDecided(number, True, "cb-2"))
        found = await database.read(lambda c: read(c, Local()))
        assert bool(found.hidden) is hidden


async def test_a_chat_reads_its_units_proposals_and_journal(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"), ("cb-3", "lan"))
    for number, unit in ((1, UNIT), (2, "H99.08"), (3, UNIT)):
        await do("lan", fx.FactProposed(number, replace(FACT, unit=unit), "cb-1"))
        await do("lan", fx.Audited("cb-1", "propose", unit, str(number)))
    gone = officials.update().where(officials.c.id == "cb-1").values(revoked_at=START)
    records = {name: ChatRecords(database, KEYS, f"fake/a/{name}", START, demo=False) for name in ("lan", "minh")}
    found = await records["lan"].proposals((UNIT,))
    assert [(each.number, each.own, each.in_office, each.by) for each in found] == [
        (1, True, True, "cb-1"),
        (3, True, True, "cb-1"),
    ]
    assert found[0].fact == FACT
    assert [each.own for each in await records["minh"].proposals((UNIT, "H99.08"))] == [False] * 3
    await database.write(lambda c: c.execute(gone))
    assert [each.in_office for each in await records["minh"].proposals((UNIT,))] == [False, False]
    assert await records["lan"].next_proposal() == 4
    journal = await records["minh"].journal(UNIT, 20)
    assert [(each.who, each.what, each.detail, each.at) for each in journal] == [
        ("cb-1", "propose", "3", START),
        ("cb-1", "propose", "1", START),
    ]
    assert [each.detail for each in await records["minh"].journal(UNIT, 1)] == ["3"]
