"""SIGKILL at random moments, with redelivery: nothing confirmed is lost, nothing is answered twice or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

import aiohttp
import pytest

from ratings.week import Week
from tests.patience import PATIENCE
from tests.telegram_world import eventually
from tests.world import SECRET, Backend, Citizen, Server, citizen, lately

pytestmark = pytest.mark.slow
UNIT = "H15.07"
AT_ONCE = 25


@dataclass
class Result:
    """What was seen from outside."""

    confirmed: dict[str, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    acknowledged: int = 0
    unstored: int = 0
    open_rows: int = 0
    out_of_order: int = 0
    twice: int = 0
    distribution: list[int] = field(default_factory=list)
    kills: int = 0
    done: int = 0
    """Conversations that ended, well or not."""


async def converse(one: Citizen, code: str, stars: int, result: Result, patience: float) -> None:
    """Track, follow, be invited, rate; every step waits for its answer as a person would, ``patience`` seconds long."""
    step = "open"
    steps = ((f"{code} {Backend.proof(code)}", code), (f"follow {code}", "?"), (f"consent yes {code}", "theo dõi"))
    try:
        for said, expected in steps:
            since, step = len(one.shown), said
            await one.say(said)
            await one.until(expected, since, patience)
        step = "invitation"
        await one.until("thấy thế nào", 0, patience)
        since, step = len(one.shown), str(stars)
        await one.say(step)
        await one.until(f"Đã ghi: {stars}", since, patience)
        result.confirmed[code] = stars
        since, step = len(one.shown), "skip"
        await one.say(step)
        await one.until("", since, patience)
    except TimeoutError:
        last = one.shown[-1].text if one.shown else "nothing"
        result.unanswered.append(f"{code} after {step!r}, last shown: {last}")


async def run(
    folder: Path, conversations: int, kills: int, command: Sequence[str], seed: int, patience: float = PATIENCE
) -> Result:
    """All conversations while the server is killed again and again."""
    random, result = Random(seed), Result()
    completed = lately()
    backend = Backend(UNIT, conversations, completed)
    await backend.start()
    server = Server(
        folder,
        {
            "ONESTOP_BASE_URL": backend.url,
            "ONESTOP_SECRET": SECRET,
            "MOTCUA_UNIT": UNIT,
            "MOTCUA_INVITE_DELAY": "0",
            "MOTCUA_CONTACT_HOURS": "00:00-24:00",
        },
        command,
    )
    await server.start()
    async with aiohttp.ClientSession() as session:
        await backend.push(session, server.address)
    places, seen = asyncio.Semaphore(AT_ONCE), list[Citizen]()

    async def one_conversation(code: str) -> None:
        async with places, citizen(server, Random(f"{seed}-{code}")) as one:
            await converse(one, code, random.randint(1, 5), result, patience)
            seen.append(one)
            result.done += 1

    talking = asyncio.gather(*(one_conversation(code) for code in backend.rows))
    for life in range(1, kills + 1):
        # so long that work gets done in every life, however slow or fast the machine is
        with contextlib.suppress(TimeoutError):
            await eventually(lambda n=conversations * life // (kills + 2): result.done >= n, patience / 6)
        await asyncio.sleep(random.uniform(0, 0.2))
        await server.kill()
        await server.start()
    await talking
    await _judge(server, seen, result, completed)
    result.kills = server.kills
    assert await server.stop() == 0
    code, out = await server.run("digest", "--unit", UNIT, "--week", str(Week.of(completed)), "--format", "json")
    assert code == 0
    result.distribution = json.loads(out)["distribution"] or []
    await backend.stop()
    return result


async def _judge(server: Server, seen: list[Citizen], result: Result, completed: datetime) -> None:
    await asyncio.sleep(1.5)
    database = sqlite3.connect(server.folder / "motcua.db")
    stored = {event for (event,) in database.execute("SELECT event FROM inbox")}
    result.open_rows = database.execute(
        "SELECT count(*) FROM inbox WHERE state = 'open' AND kind != 'event'"
    ).fetchone()[0]
    database.close()
    for one in seen:
        result.acknowledged += len(one.acknowledged)
        result.unstored += sum(event not in stored for event in one.acknowledged)
        numbers = [shown.seq for shown in one.shown]
        result.out_of_order += numbers != sorted(numbers)
        result.twice += len(numbers) - len(set(numbers))


async def test_nothing_confirmed_is_lost_in_thirty_kills(tmp_path: Path) -> None:
    result = await run(tmp_path, 300, 30, ("-m", "bot", "serve"), seed=7)
    stars = Counter(result.confirmed.values())
    print(f"\n{result.kills} kills, {result.acknowledged} messages, {len(result.confirmed)} ratings confirmed")
    assert result.kills == 30
    assert (result.unanswered, result.unstored, result.open_rows, result.out_of_order, result.twice) == ([], 0, 0, 0, 0)
    assert len(result.confirmed) == 300
    assert result.distribution == [stars[n] for n in range(1, 6)]


async def test_the_same_kills_find_a_fault_that_was_planted(tmp_path: Path) -> None:
    result = await run(tmp_path, 50, 8, ("-m", "tests.planted", "serve"), seed=8, patience=8.0)
    print(f"\nplanted: {result.unstored} of {result.acknowledged} acknowledged messages were never stored")
    assert result.unstored > 0
    assert result.unanswered
