"""Event bodies of every shape: none crashes, every citizen who can be known is answered; the same body on two replicas
is one message.

Drawn by hypothesis here; ten thousand more in ``test_zalo_events.py``. ``make slow`` sends ten thousand through the
whole program.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from channels.zalo_events import Reader, is_signed, mac, stamp
from channels.zalo_oa import SIGNATURE
from emulators.zalo import APP_ID, OA_ID, OA_SECRET, ZaloEmulator
from storage.engine import Database
from storage.tables import inbox
from tests.engine import Engine
from tests.lines import a_desk
from tests.test_zalo_events import NOON
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
HEALTH = list(HealthCheck)
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


EVENTS = 10_000
AT_ONCE = 100
DRAWS, PARTS_A_DRAW = 8, 40


def drawn(seed_: int) -> dict[str, list[Any]]:
    """Parts of events by their name, as hypothesis draws them from this seed: put together anew for every event, since
    drawing whole events takes a hundredth of a second each."""
    found: dict[str, list[Any]] = {}

    @seed(seed_)
    @settings(max_examples=DRAWS, database=None, phases=[Phase.generate], deadline=None, suppress_health_check=HEALTH)
    @given(st.lists(PARTS, min_size=PARTS_A_DRAW, max_size=PARTS_A_DRAW))
    def collect(parts: list[dict[str, Any]]) -> None:
        for each in filter(_writable, parts):
            for name, part in each.items():
                found.setdefault(name, []).append(part)

    collect()
    return found


def an_event(rng: Random, pool: dict[str, list[Any]], user: str) -> tuple[dict[str, Any], bool]:
    """An event, and whether ``user`` can be known to have said something."""
    parts = {name: rng.choice(held) for name, held in pool.items() if rng.random() < 0.6}
    if rng.random() < 0.9:
        ends = {"sender": {"id": user}, "recipient": {"id": OA_ID}, "follower": {"id": user}, "oa_id": OA_ID}
        return {**parts, **ends, "event_name": rng.choice(NAMES)}, True
    return {**parts, "sender": rng.choice(pool["info"]), "event_name": rng.choice((*NAMES, *OTHERS))}, False


@pytest.mark.slow
async def test_of_ten_thousand_bodies_through_the_whole_program_none_crashes_it_and_nobody_is_left_unanswered() -> None:
    """Webhook → inbox → worker → outbox → the emulator, ``AT_ONCE`` at a time, every citizen a new one."""
    rng, pool, known = Random(20261122), drawn(20261122), set[str]()
    assert all(len(parts) > 50 for parts in pool.values())
    async with a_desk("polling") as desk:
        desk.zalo.world.rate, desk.zalo.echoes = 10 * EVENTS, False  # an account's package is tried elsewhere

        def a_request(n: int) -> bytes:
            user = f"7{n:018}"
            event, is_known = an_event(rng, pool, user)
            if is_known:
                known.add(user)
                desk.zalo.world.touch(desk.zalo.person(user))
            body = orjson.dumps(event)
            head = f"POST /zalo/oa HTTP/1.1\r\nHost: xa\r\n{SIGNATURE}: {desk.zalo.hooks.sign(body, stamp(event))}\r\n"
            return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

        async def lane(first: int) -> None:
            """One connection, one event after the other, each again until it is taken, as Zalo does."""
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(str(desk.program.address)).port)
            for n in range(first, EVENTS, AT_ONCE):
                request, status = a_request(n), b"503"
                while status == b"503":
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                    assert b"Content-Length: 0" in head
                    status = head.split(b" ")[1]
                assert status == b"200"
            writer.close()

        await asyncio.gather(*map(lane, range(AT_ONCE)))
        await desk.quiet()
        assert len(known) > EVENTS * 0.85
        assert known - {sent.user for sent in desk.zalo.world.sends} == set()
        unknown = ("cs", -201, "user_id is invalid!")  # people whom random parts name and Zalo does not know
        assert set(desk.zalo.world.refusals) <= {unknown}
        assert desk.app.channels["zalo_oa"].counts["forged"] == 0
        states = await desk.app.database.read(lambda c: c.execute(select(inbox.c.state).distinct()).scalars().all())
        assert states == ["answered"]  # none was given up with an apology


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
