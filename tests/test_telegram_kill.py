"""SIGKILL in the middle of a thousand Telegram conversations, with 429, 5xx, lost replies and repeated updates.

Judged from outside only: what the emulator took from the bot, and what ``motcua digest`` prints in the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

import aiohttp
import pytest

from ratings.week import Week
from tests.patience import PATIENCE
from tests.telegram_world import Death, Faults, Person, RoughTelegram, Taken, eventually, repetitions, telegram_server
from tests.world import SECRET, Backend, Server, lately

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
UNIT = "H15.07"
AT_ONCE = 50
MOMENT = 1.0
"""Seconds after a send within which a kill explains that it comes again: "sent" rides with the next group to disk.

On a machine so busy that a start takes long the group waits as long for its turn: then twice what a start takes.
"""
STEPS = (
    "đã trả kết quả.",
    "nhắn cho anh/chị nhé?",
    "Đã bật theo dõi",
    "thấy thế nào?",
    "Đã ghi: ",
    "đủ rồi gõ “xong”",
)
"""What one conversation shows, in this order."""
CONFIRMED = STEPS[4]
SLOW = "Máy đang chậm"
"""So begins what a machine that stands still says; it tries again by itself."""


@dataclass
class Result:
    """What was seen from outside."""

    chosen: dict[str, int] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    kills: list[Death] = field(default_factory=list)
    done: int = 0
    hits: int = 0
    """Kills while somebody waited for an answer."""
    explained: int = 0
    unexplained: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    digest: dict[str, object] = field(default_factory=dict)


async def converse(one: Person, code: str, stars: int, result: Result, patience: float) -> None:
    """Track and follow in one breath, agree, be invited, rate."""
    expected = STEPS[0]
    try:
        one.say(f"{code} {Backend.proof(code)}")
        one.say(f"follow {code}")
        for expected in STEPS[:2]:
            await one.until(expected, within=patience)
        one.press(f"consent yes {code}")
        for expected in STEPS[2:4]:
            await one.until(expected, within=patience)
        one.say(str(stars))
        for expected in STEPS[4:]:
            await one.until(expected, within=patience)
    except TimeoutError:
        result.unanswered.append(f"{code}: no {expected!r} after {one.seen[-1:]}")


async def run(
    folder: Path, mode: str, conversations: int, kills: int, patience: float = PATIENCE, **more: object
) -> Result:
    """All conversations, twenty at once, while the server is killed again and again."""
    random, result = Random(f"kills {mode}"), Result()
    completed = lately()
    backend = Backend(UNIT, conversations, completed)
    await backend.start()
    faults = Faults(seed=5, limited=0.05, failing=0.05, lost=0.02, retry_after=0.2)
    async with RoughTelegram(again=0.1, faults=faults) as telegram:
        server = telegram_server(
            folder,
            telegram,
            mode,
            ONESTOP_BASE_URL=backend.url,
            ONESTOP_SECRET=SECRET,
            MOTCUA_UNIT=UNIT,
            MOTCUA_INVITE_DELAY="0",
            MOTCUA_CONTACT_HOURS="00:00-24:00",
        )
        server.command = more.get("command", server.command)  # type: ignore[assignment]
        starts = [await _started(server)]
        async with aiohttp.ClientSession() as session:
            await backend.push(session, server.address)
        result.people = [Person(telegram, chat) for chat in range(1, conversations + 1)]
        result.chosen = {code: random.randint(1, 5) for code in backend.rows}
        places = asyncio.Semaphore(AT_ONCE)

        async def in_turn(one: Person, code: str) -> None:
            async with places:
                await converse(one, code, result.chosen[code], result, patience)
                result.done += 1

        talking = asyncio.gather(*map(in_turn, result.people, result.chosen))
        lives = kills - kills // 6
        for life in range(lives):
            # so long that work gets done in every life, however slow the machine is
            with contextlib.suppress(TimeoutError):
                await eventually(lambda n=conversations * (life + 1) // (lives + 2): result.done >= n, patience / 6)
            await asyncio.sleep(random.uniform(0, 0.2))
            await _kill(server, result)
            if life % 5 == 4 and len(result.kills) < kills:
                await _kill_while_starting(server, result, random.uniform(0.2, starts[-1]))
            starts.append(await _started(server))
        await talking
        await asyncio.sleep(1.5)  # whatever would be said too much is said now
        assert await server.stop() == 0
        _judge(result, telegram, max(MOMENT, 2 * median(starts)))
        result.digest = await _digest(server, Week.of(completed))
        print(f"\n{mode}: {_told(result, telegram)}")
    await backend.stop()
    return result


async def _started(server: Server) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    await server.start()
    return time.monotonic() - began


async def _kill(server: Server, result: Result) -> None:
    result.hits += any(one.waits for one in result.people)
    clock = asyncio.get_running_loop().time
    at = clock()
    await server.kill()
    # a busy machine reads what the dead had sent a little later; the next server takes longer than that to begin
    result.kills.append(Death(at, clock() + 0.3))


async def _kill_while_starting(server: Server, result: Result, after: float) -> None:
    starting = asyncio.create_task(server.start())
    await asyncio.sleep(after)
    await _kill(server, result)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


def _judge(result: Result, telegram: RoughTelegram, moment: float) -> None:
    for one, (code, stars) in zip(result.people, result.chosen.items(), strict=True):
        taken = telegram.taken.get(one.chat, [])
        explained, unexplained = repetitions(taken, result.kills, moment)
        result.explained += explained
        result.unexplained += unexplained
        if (order := _order(taken)) != list(range(len(STEPS))):
            result.disorder.append(f"{code}: {order}")
        said = {text for text in one.seen if CONFIRMED in text}
        if len(said) != 1 or not said.pop().startswith(f"Đã ghi: {stars} "):
            result.wrong.append(f"{code}: {stars}, {said}")


def _order(taken: list[Taken]) -> list[int]:
    """The steps in the order in which each was first shown; -1 for what is no step."""
    told = [one.sent.text for one in taken if not one.sent.text.startswith(SLOW)]
    shown = [next((n for n, step in enumerate(STEPS) if step in text), -1) for text in told]
    return list(dict.fromkeys(shown))


async def _digest(server: Server, week: Week) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    command = ("digest", "--unit", UNIT, "--week", str(week), "--format", "json", "--as-of", now)
    code, out = await server.run(*command)
    assert code == 0
    found: dict[str, object] = json.loads(out)
    return found


def _told(result: Result, telegram: RoughTelegram) -> str:
    faults = {fault.value: count for fault, count in telegram.faults.drawn.items()}
    sent = sum(map(len, telegram.taken.values()))
    return (
        f"{len(result.kills)} kills ({result.hits} while somebody waited), {len(result.chosen)} conversations, "
        f"{sent} messages, {telegram.updates.repeated} updates repeated, {faults}; "
        f"{len(result.unanswered)} unanswered, {len(result.disorder)} in disorder, {len(result.wrong)} wrong, "
        f"twice with a reason {result.explained}, without {len(result.unexplained)}; "
        f"digest {result.digest['distribution']}"
    )


async def test_nothing_is_lost_in_a_hundred_kills_of_a_thousand_conversations(tmp_path: Path) -> None:
    modes = ("polling", "webhook")
    for mode in modes:
        (tmp_path / mode).mkdir()
    # side by side: while one server starts, the other works
    for result in await asyncio.gather(*(run(tmp_path / mode, mode, 500, 50) for mode in modes)):
        assert len(result.kills) == 50
        assert result.hits >= 40
        assert (result.unanswered, result.wrong, result.disorder, result.unexplained) == ([], [], [], [])
        stars = Counter(result.chosen.values())
        assert result.digest["distribution"] == [stars[n] for n in range(1, 6)]
        assert result.digest["answered"] == 500


async def test_the_same_kills_find_a_fault_that_was_planted(tmp_path: Path) -> None:
    # tests/planted.py says "stored" a moment before it stores
    result = await run(tmp_path, "polling", 60, 10, patience=8.0, command=("-m", "tests.planted", "serve"))
    assert result.unanswered
