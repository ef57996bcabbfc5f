"""A queue a chat: in order within a chat, chats side by side, one failure passes no further."""

from __future__ import annotations

import asyncio

from bot.engine.queues import Queues


async def test_in_order_within_a_chat_and_chats_side_by_side() -> None:
    done: list[tuple[str, int]] = []
    gate = asyncio.Event()

    async def handle(chat: str, item: int) -> None:
        if (chat, item) == ("an", 1):
            await gate.wait()
        done.append((chat, item))

    queues: Queues[int] = Queues(handle)
    for chat, item in (("an", 1), ("an", 2), ("bình", 1), ("bình", 2)):
        queues.put(chat, item)
    await asyncio.sleep(0.01)
    assert done == [("bình", 1), ("bình", 2)]
    assert (list(queues.of("an")), list(queues.of("bình")), queues.waiting) == ([1, 2], [], 2)
    gate.set()
    await queues.finished()
    assert done[2:] == [("an", 1), ("an", 2)]
    assert (queues.idle, queues.waiting) == (True, 0)


async def test_what_fails_does_not_stop_the_chat() -> None:
    done: list[int] = []

    async def handle(_chat: str, item: int) -> None:
        if item == 1:
            raise ValueError("broken")
        done.append(item)

    queues: Queues[int] = Queues(handle)
    queues.put("an", 1)
    queues.put("an", 2)
    await queues.finished()
    assert (done, queues.waiting) == ([2], 0)


async def test_what_is_late_at_the_stop_is_let_go() -> None:
    async def handle(_chat: str, _item: int) -> None:
        await asyncio.Event().wait()

    queues: Queues[int] = Queues(handle)
    queues.put("an", 1)
    queues.put("an", 2)
    await asyncio.sleep(0)
    await queues.stop(0.01)
    assert (queues.idle, queues.waiting) == (True, 0)
