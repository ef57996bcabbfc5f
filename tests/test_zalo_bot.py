"""A bot of the Zalo Bot Platform against a strict server: one update a poll, none lost while storing fails."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.channel import Letter, Refused, TryLater, WrongToken
from channels.zalo_bot import SECRET_HEADER, ZaloBot, read_update
from emulators.faults import Fault
from emulators.zalo import ZaloEmulator
from emulators.zalo_bot import TOKEN
from handlers.messages import Chat, Kind, Purpose
from tests.telegram_channel import Store, until

SECRET = "a-secret-of-the-bots-webhook-0123456789"
AN = "a1b2c3d4e5f60718293a"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator(speed=100) as emulated:
        yield emulated


@pytest.fixture
def store() -> Store:
    return Store()


def channel(zalo: ZaloEmulator, store: Store, **more: Any) -> ZaloBot:
    values: dict[str, Any] = {"now": lambda: NOON, "base_url": zalo.base_url, "first_pause": 0.01, **more}
    return ZaloBot(values.pop("token", TOKEN), store.accept, **values)


@asynccontextmanager
async def running(made: ZaloBot) -> AsyncIterator[ZaloBot]:
    app = web.Application()
    app.add_routes(made.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/zalo/bot"  # type: ignore[attr-defined]
    await made.start()
    try:
        await until(lambda: made.ready() is None)
        yield made
    finally:
        await made.stop()
        await made.close()
        await runner.cleanup()


def letter(text: str = "chào anh/chị", chat: str = AN) -> Letter:
    return Letter(Chat("zalo_bot", "990002", chat), 1, "e", Purpose.ANSWER, text, (), None, NOON)


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_message_in_and_a_letter_out_by_polls(zalo: ZaloEmulator, store: Store, wrapped: bool) -> None:
    zalo.bot.wrapped = wrapped
    async with running(channel(zalo, store)) as made:
        for n in range(20):
            zalo.bot.say(AN, f"câu {n}")
        await until(lambda: len(store.rows) == 20)
        assert store.texts == [f"câu {n}" for n in range(20)]
        await made.send(letter("1. Lệ phí"))
        assert [sent.text for sent in zalo.bot.sent(AN)] == ["1. Lệ phí"]
        await made.typing(AN)
        assert zalo.bot.typings == [AN]


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_message_in_by_webhook_however_often_it_comes(zalo: ZaloEmulator, store: Store, wrapped: bool) -> None:
    zalo.bot.wrapped, zalo.bot.again = wrapped, 1.0
    async with running(channel(zalo, store, mode="webhook", secret=SECRET)) as made:
        told = await zalo.bot.set_hook(made.url, SECRET)  # type: ignore[attr-defined]
        assert (told["verification"]["ok"], made.counts["probe"]) == (True, 1)
        store.failures = 2
        zalo.bot.say(AN, "một")
        await until(lambda: made.counts["message"] == 2)
        assert (store.texts, zalo.bot.statuses) == (["một"], [503, 503, 200])


async def test_what_a_poll_gave_is_held_until_it_is_stored(zalo: ZaloEmulator, store: Store) -> None:
    store.failures = 4
    async with running(channel(zalo, store)) as made:
        zalo.bot.say(AN, "một")
        zalo.bot.say(AN, "hai")
        await until(lambda: store.texts == ["một", "hai"])
        assert store.batches == [1] * 6
        await until(lambda: made.ready() is None)


async def test_an_update_in_hand_is_stored_before_an_orderly_end(zalo: ZaloEmulator, store: Store) -> None:
    store.gate.clear()
    async with running(channel(zalo, store)) as made:
        zalo.bot.say(AN, "một")
        await until(lambda: store.batches == [1])
        ending = asyncio.create_task(made.stop())
        await asyncio.sleep(0.05)
        assert not ending.done()
        store.gate.set()
        await ending
        assert store.texts == ["một"]


async def test_a_webhook_that_was_set_is_taken_off_by_whoever_polls(zalo: ZaloEmulator, store: Store) -> None:
    await zalo.bot.set_hook("http://127.0.0.1:9/", SECRET)
    async with running(channel(zalo, store)):
        assert zalo.bot.hook is None
        zalo.bot.say(AN, "một")
        await until(lambda: store.texts == ["một"])


@pytest.mark.parametrize("fault", [Fault.FAILING, Fault.GARBAGE, Fault.LIMITED])
async def test_polls_go_on_after_trouble(zalo: ZaloEmulator, store: Store, fault: Fault) -> None:
    zalo.bot.faults.next("getUpdates", fault, fault)
    async with running(channel(zalo, store)):
        zalo.bot.say(AN, "một")
        await until(lambda: store.texts == ["một"])


async def test_a_wrong_token_ends_the_start(zalo: ZaloEmulator, store: Store) -> None:
    with pytest.raises(WrongToken) as caught:
        await channel(zalo, store, token="1:wrong").start()
    assert "1:wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ([(SECRET_HEADER, SECRET)], b'{"event_name":"x"}', 200),
        ([], b"", 200),
        ([], b'{"event_name":"x"}', 403),
        ([(SECRET_HEADER, SECRET[:-1])], b"{}", 403),
        ([(SECRET_HEADER, SECRET), (SECRET_HEADER, SECRET)], b"{}", 403),
        ([(SECRET_HEADER, "é" * 40)], b"{}", 403),
        ([(SECRET_HEADER, SECRET)], b"[1]", 400),
        ([(SECRET_HEADER, SECRET)], b"x" * (256 * 1024 + 1), 413),
    ],
)
async def test_posts(
    zalo: ZaloEmulator, store: Store, headers: list[tuple[str, str]], body: bytes, status: int
) -> None:
    async with running(channel(zalo, store, mode="webhook", secret=SECRET)) as made:
        url: str = made.url  # type: ignore[attr-defined]
        async with aiohttp.ClientSession() as http, http.post(url, headers=headers, data=io.BytesIO(body)) as reply:
            assert reply.status == status
    assert store.rows == {}


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "dấu" * 20])
def test_no_webhook_without_a_good_secret(zalo: ZaloEmulator, store: Store, secret: str) -> None:
    with pytest.raises(ValueError, match="32 to 256"):
        channel(zalo, store, mode="webhook", secret=secret)


@pytest.mark.parametrize(
    ("fault", "limited", "ambiguous", "taken"),
    [(Fault.LIMITED, True, False, 0), (Fault.FAILING, False, False, 0), (Fault.GARBAGE, False, True, 0),
     (Fault.LOST, False, True, 1)],
)  # fmt: skip
async def test_troubles_of_a_letter(
    zalo: ZaloEmulator, store: Store, fault: Fault, limited: bool, ambiguous: bool, taken: int
) -> None:
    zalo.bot.known.add(AN)
    zalo.bot.faults.next("sendMessage", fault)
    made = channel(zalo, store)
    with pytest.raises(TryLater) as later:
        await made.send(letter())
    await made.close()
    assert (later.value.limited, later.value.ambiguous, len(zalo.bot.sent(AN))) == (limited, ambiguous, taken)


async def test_who_blocks_or_never_wrote_is_left_alone(zalo: ZaloEmulator, store: Store) -> None:
    made = channel(zalo, store)
    with pytest.raises(Refused) as never:
        await made.send(letter())
    zalo.bot.known.add(AN)
    zalo.bot.blocked.add(AN)
    with pytest.raises(Refused) as blocked:
        await made.send(letter())
    await made.close()
    assert never.value.blocked
    assert blocked.value.blocked


def update(name: str, **content: Any) -> dict[str, Any]:
    message = {"message_id": "m1", "date": 1_790_000_000_123, "chat": {"id": AN, "chat_type": "PRIVATE"}, **content}
    return {"event_name": name, "message": message}


@pytest.mark.parametrize(
    ("given", "text", "kind", "private"),
    [
        (update("message.text.received", text="a"), "a", Kind.TEXT, True),
        ({"ok": True, "result": update("message.text.received", text="a")}, "a", Kind.TEXT, True),
        (update("message.image.received", photo_url="https://x"), "", Kind.PHOTO, True),
        (update("message.image.received", caption="giấy này"), "giấy này", Kind.PHOTO, True),
        (update("message.sticker.received"), "", Kind.STICKER, True),
        (update("message.voice.received"), "", Kind.VOICE, True),
        (update("message.unsupported.received"), "", Kind.OTHER, True),
        (update("message.text.received"), "", Kind.OTHER, True),
        (update("message.text.received", text="a", chat={"id": "g1", "chat_type": "GROUP"}), "a", Kind.TEXT, False),
    ],
)
def test_updates(given: dict[str, Any], text: str, kind: Kind, private: bool) -> None:
    found = read_update(given, "990002", lambda: NOON)
    assert found is not None
    assert (found.text, found.kind, found.private) == (text, kind, private)
    assert found.at == datetime(2026, 9, 21, 14, 13, 20, 123000, tzinfo=UTC)


def test_ten_thousand_updates_of_any_shape_crash_nothing() -> None:
    from tests.test_zalo_events import anything

    rng = Random(7)
    for _ in range(10_000):
        given = {"event_name": rng.choice(["message.text.received", "x", None, 7]), "message": anything(rng)}
        read_update({"result": given} if rng.random() < 0.3 else given, "1", lambda: NOON)
        read_update(update("message.text.received", date=anything(rng), text=anything(rng)), "1", lambda: NOON)
