"""A Zalo for measuring: a fake OpenAPI on loopback, and signed events pushed at a webhook.

A turn begins when its event is posted and ends when the account's ``message/cs`` to its user has arrived. The fake
takes everything and checks nothing; what is checked is tried by ``emulators.zalo``.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from typing import Any

import orjson

from benchmarks import wire
from benchmarks.load import PATIENCE, Load, Platform, so_many

APP_ID, OA_ID, OA_SECRET = "1234567890123456789", "4000000000000000009", "a-secret-for-measuring-only"
TRIES, AGAIN = 5, 0.2
"""How often an event is posted that could not be stored in time, and the seconds between: Zalo waits half a minute."""
Events = Sequence[tuple[str, bytes, str]]
"""User, body, signature."""


class FakeZalo(Platform[str]):
    """``openapi.zalo.me``."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def told(self, path: str, body: bytes, peer: object) -> bytes:
        """What the account calls."""
        data: dict[str, Any] = {}
        if path == "/v3.0/oa/message/cs":
            user = orjson.loads(body)["recipient"]["user_id"]
            self.arrived(user)
            self._number += 1
            quota = {"quota_type": "reply", "remain": "7", "total": "8"}
            data = {"message_id": f"m{self._number}", "user_id": user, "quota": quota}
        return orjson.dumps({"error": 0, "message": "Success", "data": data})


def event(user: int, text: str) -> tuple[str, bytes, str]:
    """A signed ``user_send_text``; a tap is one whose text is the button's payload."""
    stamp, name = str(int(time.time() * 1000)), f"7{user:018}"
    body = orjson.dumps(
        {
            "app_id": APP_ID,
            "sender": {"id": name},
            "recipient": {"id": OA_ID},
            "user_id_by_app": f"6{user:018}",
            "event_name": "user_send_text",
            "message": {"text": text, "msg_id": f"u{user:x}"},
            "timestamp": stamp,
        }
    )
    signed = hashlib.sha256(APP_ID.encode() + body + stamp.encode() + OA_SECRET.encode()).hexdigest()
    return name, body, f"mac={signed}"


async def push(api: FakeZalo, hook: str, events: Events, in_flight: int) -> Load:
    """Post every event, never more than ``in_flight`` unanswered."""
    client = wire.Client(hook)
    turns = ((user, (body, signature)) for user, body, signature in events)
    load = await so_many(api, turns, lambda signed: _post(client, *signed), in_flight)
    client.close()
    return load


async def steadily(api: FakeZalo, hook: str, events: Events, a_second: float) -> tuple[Load, Load]:
    """Post so many a second, whether or not they are answered: how long the 200 took, how long the answer took."""
    stored, answered, client = Load(), Load(), wire.Client(hook)

    async def one(user: str, body: bytes, signature: str) -> None:
        arrives, began = api.expect(user), time.perf_counter()
        try:
            taken = await _post(client, body, signature)
        except (OSError, TimeoutError):
            taken = False
        if not taken:
            stored.lost += 1
            return
        stored.took.append(time.perf_counter() - began)
        try:
            answered.took.append(await asyncio.wait_for(arrives, PATIENCE) - began)
        except TimeoutError:
            answered.lost += 1

    began = time.perf_counter()
    tasks = []
    for n, each in enumerate(events):
        await asyncio.sleep(max(0.0, began + n / a_second - time.perf_counter()))
        tasks.append(asyncio.create_task(one(*each)))
    stored.wall = time.perf_counter() - began
    await asyncio.gather(*tasks)
    client.close()
    return stored, answered


async def _post(client: wire.Client, body: bytes, signature: str) -> bool:
    """Post it, and again after a 503, as Zalo does; whether it was taken."""
    for _ in range(TRIES):
        status = await client.post(body, (("X-ZEvent-Signature", signature),), PATIENCE)
        if status != 503:
            return status == 200
        await asyncio.sleep(AGAIN)
    return False
