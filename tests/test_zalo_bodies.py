"""Event bodies of every shape: none crashes, every citizen who can be known is answered; the same body on two replicas
is one message.

Drawn by hypothesis here; ten thousand more in ``test_zalo_events.py``. ``make slow`` sends hundreds through the whole
program.
"""

from __future__ import annotations

from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from channels.zalo_events import Reader, is_signed, mac, stamp
from channels.zalo_oa import SIGNATURE
from emulators.zalo import APP_ID, OA_ID, OA_SECRET, ZaloEmulator
from storage.engine import Database
from storage.tables import inbox
from tests.engine import Engine
from tests.lines import a_desk
from tests.test_zalo_events import NOON, anything
from tests.test_zalo_oa import post
from tests.zalo_world import AN, channel, hooked

SAID = ("text", "image", "link", "audio", "video", "sticker", "gif", "location", "file", "business_card", "hologram")
NAMES = (*(f"user_send_{kind}" for kind in SAID), "user_submit_info", "follow")
OTHERS = ("unfollow", "oa_send_text", "user_seen_message", "user_feedback", "user_click_chatnow", "x", "")
WORDS = st.sampled_from(
    ["id", "text", "msg_id", "attachments", "phone", "payload", "a/b", "#mc1:", AN, OA_ID, "9" * 30]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
PARTS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("message", "info", "timestamp", "user_id_by_app", "admin_id", "source"), JSON)
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[dict[str, Any], bool]:
    """An event, and whether somebody who can be known has said something in it."""
    event: dict[str, Any] = draw(PARTS)
    if draw(st.booleans()):
        ends = {"sender": {"id": AN}, "recipient": {"id": OA_ID}, "follower": {"id": AN}, "oa_id": OA_ID}
        return {**event, **ends, "event_name": draw(st.sampled_from(NAMES))}, True
    parts = {part: draw(JSON) for part in ("sender", "recipient", "follower", "oa_id")}
    return {**event, **parts, "event_name": draw(st.sampled_from((*NAMES, *OTHERS)) | JSON)}, False


def holds(case: tuple[dict[str, Any], bool]) -> None:
    event, known = case
    found = Reader(OA_ID, lambda: NOON).read(event)
    if known:
        assert found.incoming is not None
        assert str(found.incoming.chat) == f"zalo_oa/{OA_ID}/{AN}"
        assert found.incoming.id.isprintable()
        assert len(found.incoming.id) <= 200
    assert mac("1", b"", stamp(event), "s")
    body = orjson.dumps(event, default=str) if _writable(event) else b""
    assert not is_signed("mac=", APP_ID, body, stamp(event), OA_SECRET)


def _writable(event: dict[str, Any]) -> bool:
    try:
        orjson.dumps(event)
    except TypeError:
        return False
    return True


@given(bodies())
def test_a_body_of_any_shape_is_read(case: tuple[dict[str, Any], bool]) -> None:
    holds(case)


# --- the whole program ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_whatever_comes_signed_the_program_answers_everybody_it_can_know() -> None:
    rng, known = Random(20261122), []
    async with a_desk("polling") as desk:
        url = f"{desk.program.address}/zalo/oa"
        for n in range(600):
            user = f"7{n:018}"
            desk.zalo.world.touch(desk.zalo.person(user))
            parts = {part: anything(rng) for part in ("message", "info", "timestamp", "admin_id") if rng.random() < 0.6}
            ends = {"sender": {"id": user}, "recipient": {"id": OA_ID}, "follower": {"id": user}, "oa_id": OA_ID}
            event = {**parts, **ends, "event_name": rng.choice(NAMES)}
            if not _writable(event):
                continue
            known.append(user)
            body = orjson.dumps(event)
            headers = {SIGNATURE: desk.zalo.hooks.sign(body, stamp(event))}
            async with desk.http.post(url, data=body, headers=headers) as reply:
                assert reply.status == 200
        await desk.quiet()
        assert len(known) > 400
        assert [user for user in known if not desk.zalo.sent(user)] == []
        assert desk.zalo.world.refusals == []


class Replica:
    """Accepts as one program does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def accept(self, messages: Any) -> None:
        await self.engine.accept(*messages)


async def test_the_same_event_on_two_replicas_is_one_message(database: Database, database_url: str) -> None:
    other = Database(database_url)
    replicas = [Replica(await Engine(each).start()) for each in (database, other)]
    async with ZaloEmulator(speed=1000) as zalo:
        zalo.echoes = False
        for replica in replicas:
            async with hooked(zalo, channel(zalo, replica)) as url:  # type: ignore[arg-type]
                event = zalo.hooks.events[-1] if zalo.hooks.events else zalo.say(AN, "một")
                for _ in range(2):
                    assert await post(url, event.body, zalo.hooks.sign(event.body, event.stamp)) == 200
        count = select(func.count()).select_from(inbox)
        assert await database.read(lambda c: c.execute(count).scalar()) == 1
    for replica in replicas:
        await replica.engine.stop()
    await other.close()
