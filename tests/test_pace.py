"""Turns begin few at a time, in the order asked, and the loop does other things between them."""

from __future__ import annotations

import asyncio

from bot.engine.pace import Pace
from tests.patience import PATIENCE


async def test_turns_begin_in_the_order_asked_with_a_round_of_the_loop_between() -> None:
    pace, seen = Pace(together=1), list[str]()

    async def turn(name: str) -> None:
        await pace.turn()
        seen.append(name)
        # what the network brings meanwhile is seen to before the next turn begins
        asyncio.get_running_loop().call_soon(seen.append, f"network after {name}")

    await asyncio.gather(*(turn(name) for name in "abcd"))
    await asyncio.sleep(0)
    turns = [each for each in seen if len(each) == 1]
    assert turns == list("abcd")
    assert seen.index("network after b") < seen.index("d"), seen


async def test_who_gives_up_holds_nobody_up_and_the_next_burst_is_served_as_well() -> None:
    pace, seen = Pace(together=1), list[str]()

    async def turn(name: str) -> None:
        await pace.turn()
        seen.append(name)

    tasks = [asyncio.create_task(turn(name)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(*(turn(name) for name in "ef")), PATIENCE)
    assert seen == list("adef")


async def test_no_more_begin_in_one_round_than_may() -> None:
    pace, rounds = Pace(together=3), list[int]()
    now = 0

    async def turn() -> None:
        await pace.turn()
        rounds.append(now)

    tasks = [asyncio.create_task(turn()) for _ in range(20)]
    while not all(task.done() for task in tasks):
        now += 1
        await asyncio.sleep(0)
    assert max(rounds.count(one) for one in set(rounds)) == 3, rounds
