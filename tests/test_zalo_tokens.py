"""The account's tokens: sealed on disk, renewed once for everybody, never tried twice, and a person called in time."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from bot.sealing import NotSealedHere, Seal
from bot.zalo.operations import ZaloOperations
from bot.zalo.tokens import LEASE, TokenStore, put
from channels.zalo_oauth import Pair, challenge
from channels.zalo_token import NoToken
from emulators.faults import Fault
from emulators.zalo import OA_ID, ZaloEmulator
from storage.engine import Database
from storage.zalo_tables import zalo_tokens
from tests.engine import KEYS, FakeClock
from tests.patience import PATIENCE
from tests.world import ROOT
from tests.zalo_racer import store

SEAL = KEYS.seal("zalo tokens")


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator() as emulated:
        yield emulated


def pair(zalo: ZaloEmulator) -> Pair:
    return Pair(zalo.grants.access, zalo.grants.refresh)


async def put_in(database: Database, given: Pair, at: datetime) -> None:
    await database.write(lambda c: put(c, SEAL, OA_ID, given, at))


async def row(database: Database) -> Any:
    return await database.read(lambda c: c.execute(select(zalo_tokens)).one())


# --- sealing ----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_was_sealed_opens_again_and_never_looks_the_same(secret: str) -> None:
    closed = SEAL.close(secret)
    assert SEAL.open(closed) == secret
    assert SEAL.close(secret) != closed
    assert secret == "" or len(secret) < 4 or secret not in closed


def test_another_key_another_purpose_and_a_changed_byte_open_nothing() -> None:
    closed = next(each for each in iter(lambda: SEAL.close("AT-1"), "") if each[-2] == "A")  # "B=" is the same bytes
    for other in (KEYS.seal("something else"), Seal(b"another secret", "zalo tokens")):
        with pytest.raises(NotSealedHere):
            other.open(closed)
    for at in range(len(closed)):
        changed = closed[:at] + ("A" if closed[at] != "A" else "B") + closed[at + 1 :]
        if changed != closed:
            with pytest.raises(NotSealedHere):
                SEAL.open(changed)
    for broken in ("", "x", "é", closed[:-4]):
        with pytest.raises(NotSealedHere):
            SEAL.open(broken)


async def test_no_token_stands_readable_in_the_file(zalo: ZaloEmulator, tmp_path: Any) -> None:
    from storage.migrate import migrate

    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    await migrate(database)
    given = pair(zalo)
    await put_in(database, given, datetime.now(UTC))
    await database.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"zalo_tokens" in content
    assert given.access.encode() not in content
    assert given.refresh.encode() not in content


def test_the_vector_of_pkce() -> None:
    assert challenge("Z" * 20 + "a" * 20 + "123") == "2cd1_NxBbigtT4vSYMCs3lwtvGesg-cQvaKG9yYMSxE"


# --- one process ------------------------------------------------------------------------------------------------------


async def test_it_is_renewed_five_hours_early_and_the_new_pair_is_on_disk(
    zalo: ZaloEmulator, database: Database
) -> None:
    clock = FakeClock(datetime.now(UTC))
    first = pair(zalo)
    tokens = store(database, zalo.base_url, "a", now=clock.now, seed=first)
    await tokens.keep_fresh()
    assert await tokens.current() == first.access
    clock.move(first.lives - timedelta(hours=5, minutes=1))
    await tokens.keep_fresh()
    assert (await tokens.current(), zalo.grants.renewals) == (first.access, 0)
    clock.move(timedelta(minutes=2))
    await tokens.keep_fresh()
    assert await tokens.current() == zalo.grants.access != first.access
    after_a_restart = store(database, zalo.base_url, "b", now=clock.now, seed=first)
    await after_a_restart.keep_fresh()
    assert await after_a_restart.current() == zalo.grants.access
    assert (zalo.grants.renewals, zalo.grants.twice) == (1, 0)
    held = await row(database)
    assert (held.version, held.state, held.expires_at) == (2, "good", clock.now() + timedelta(seconds=90_000))
    assert SEAL.open(held.previous) == first.refresh
    await tokens.close()
    await after_a_restart.close()


async def test_another_pair_in_the_settings_is_taken_over_once(zalo: ZaloEmulator, database: Database) -> None:
    first = pair(zalo)
    tokens = store(database, zalo.base_url, "a", seed=first)
    await tokens.keep_fresh()
    zalo.grants.issue()
    renewed = store(database, zalo.base_url, "a", seed=pair(zalo))
    await renewed.keep_fresh()
    assert await renewed.current() == zalo.grants.access
    third = Pair("AT-of-a-person", "RT-of-a-person")
    await put_in(database, third, datetime.now(UTC))
    again = store(database, zalo.base_url, "a", seed=pair(zalo))
    await again.keep_fresh()
    assert await again.current() == third.access


async def test_a_hundred_sends_with_a_dead_token_renew_it_once(zalo: ZaloEmulator, database: Database) -> None:
    tokens = store(database, zalo.base_url, "a", seed=pair(zalo))
    await tokens.keep_fresh()
    stale = await tokens.current()
    found = await asyncio.gather(*(tokens.renewed(stale) for _ in range(100)))
    assert set(found) == {zalo.grants.access}
    assert (zalo.grants.renewals, zalo.grants.twice) == (1, 0)
    await tokens.close()


async def test_without_a_connection_nothing_is_burnt(zalo: ZaloEmulator, database: Database) -> None:
    tokens = store(database, zalo.base_url, "a", seed=pair(zalo))
    await tokens.keep_fresh()
    await zalo.stop()
    with pytest.raises(NoToken, match="cannot be reached"):
        await tokens.renewed(await tokens.current())
    assert (await row(database)).state == "good"
    await zalo.start()
    assert await tokens.renewed(await tokens.current()) == zalo.grants.access
    await tokens.close()


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.GARBAGE])
async def test_a_lost_reply_is_never_followed_by_a_second_try(
    zalo: ZaloEmulator, database: Database, fault: Fault
) -> None:
    tokens = store(database, zalo.base_url, "a", seed=pair(zalo))
    await tokens.keep_fresh()
    zalo.faults.next("access_token", fault)
    stale = await tokens.current()
    for _ in range(5):
        with pytest.raises(NoToken, match="works only once"):
            await tokens.renewed(stale)
        await tokens.keep_fresh()
    assert zalo.world.calls["access_token"] == 1
    assert "motcua zalo login" in (tokens.trouble() or "")
    assert await tokens.current() == stale  # it lives on for some hours, in which a person is called
    operations = ZaloOperations(database, KEYS, OA_ID, FakeClock(datetime.now(UTC)))
    assert (await operations.state({}))["state"] == "uncertain"
    zalo.grants.issue()
    given = pair(zalo)
    await operations.put({"access": given.access, "refresh": given.refresh, "seconds": 90_000, "came": "import"})
    await tokens.keep_fresh()
    assert await tokens.renewed(stale) == given.access
    assert tokens.trouble() is None
    await tokens.close()


async def test_an_error_with_http_200_is_never_taken_for_a_pair(zalo: ZaloEmulator, database: Database) -> None:
    tokens = store(database, zalo.base_url, "a", seed=Pair("AT-old", "RT-burnt"))
    await tokens.keep_fresh()
    with pytest.raises(NoToken, match="refused to renew"):
        await tokens.renewed("AT-old")
    held = await row(database)
    assert (held.state, SEAL.open(held.access), SEAL.open(held.refresh)) == ("refused", "AT-old", "RT-burnt")
    await tokens.close()


async def test_whoever_dies_while_renewing_leaves_it_uncertain(zalo: ZaloEmulator, database: Database) -> None:
    clock = FakeClock(datetime.now(UTC))
    tokens = store(database, zalo.base_url, "b", now=clock.now, seed=pair(zalo))
    await tokens.keep_fresh()
    claim = {"state": "renewing", "claimed_by": "a", "claimed_until": clock.now() + LEASE}
    await database.write(lambda c: c.execute(zalo_tokens.update().values(claim)))
    waiting = asyncio.create_task(tokens.renewed(await tokens.current()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    clock.move(LEASE + timedelta(seconds=1))
    with pytest.raises(NoToken, match="works only once"):
        await waiting
    assert (zalo.world.calls["access_token"], (await row(database)).state) == (0, "uncertain")
    await tokens.close()


async def test_whoever_waits_may_go_and_the_reply_is_kept_all_the_same(zalo: ZaloEmulator, database: Database) -> None:
    zalo.faults.slow_seconds = 0.3
    zalo.faults.next("access_token", Fault.SLOW)
    tokens = store(database, zalo.base_url, "a", seed=pair(zalo))
    await tokens.keep_fresh()
    waiting = asyncio.create_task(tokens.renewed(await tokens.current()))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await tokens.close()
    held = await row(database)
    assert (SEAL.open(held.access), held.state) == (zalo.grants.access, "good")


async def test_a_pair_that_cannot_be_stored_at_once_is_not_lost(zalo: ZaloEmulator, database: Database) -> None:
    tokens = FullDisk(store(database, zalo.base_url, "a", seed=pair(zalo)))
    await tokens.inner.keep_fresh()
    stale = await tokens.inner.current()
    tokens.failures = 1
    assert await tokens.inner.renewed(stale) == zalo.grants.access
    assert tokens.failures == 0
    await tokens.inner.close()


class FullDisk:
    """Between a store and its database: the writes after a renewal fail a few times."""

    def __init__(self, inner: TokenStore) -> None:
        self.inner = inner
        self.failures = 0
        self._database = inner._database
        inner._database = self  # type: ignore[assignment]

    async def read(self, work: Any) -> Any:
        return await self._database.read(work)

    async def write(self, work: Any) -> Any:
        claimed = await self._database.read(lambda c: c.execute(text("SELECT state FROM zalo_tokens")).scalar())
        if claimed == "renewing" and self.failures:
            self.failures -= 1
            raise OSError("no space left on device")
        return await self._database.write(work)


# --- several processes ------------------------------------------------------------------------------------------------


async def test_two_stores_that_race_for_a_token_burn_none(
    zalo: ZaloEmulator, database: Database, database_url: str
) -> None:
    await put_in(database, pair(zalo), datetime.now(UTC))
    other = Database(database_url)
    stores = [store(database, zalo.base_url, "a"), store(other, zalo.base_url, "b")]
    for number in range(1, 4):
        stale = zalo.grants.access
        assert await asyncio.gather(*(each.renewed(stale) for each in stores)) == [zalo.grants.access] * 2
        assert (zalo.grants.renewals, zalo.grants.twice) == (number, 0)
    await asyncio.gather(*(each.close() for each in stores))
    await other.close()


@pytest.mark.slow
async def test_twenty_five_races_of_two_processes_burn_no_token(zalo: ZaloEmulator, database_url: str) -> None:
    from storage.migrate import migrate

    database = Database(database_url)
    await migrate(database)
    await put_in(database, pair(zalo), datetime.now(UTC))
    await database.close()
    racers = [await racer(database_url, zalo.base_url) for _ in range(2)]
    zalo.faults.slow_seconds = 0.02
    for number in range(1, 26):
        zalo.faults.next("access_token", Fault.SLOW)
        stale = zalo.grants.access
        for process in racers:
            assert process.stdin is not None
            process.stdin.write(f"{stale}\n".encode())
        found = [await line(process) for process in racers]
        assert found == [zalo.grants.access] * 2
        assert (zalo.grants.renewals, zalo.grants.twice) == (number, 0)
    for process in racers:
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


async def racer(url: str, root: str) -> Process:
    command = (sys.executable, "-m", "tests.zalo_racer", url, root)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    assert await line(process) == "ready"
    return process


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()


def test_nothing_shows_a_token() -> None:
    shown = StringIO()
    print(Pair("AT-secret", "RT-secret"), file=shown)
    assert "secret" not in shown.getvalue()
