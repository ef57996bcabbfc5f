"""Telegram's channel against a strict server: nothing is confirmed before it is stored, and no forged post is taken."""

from __future__ import annotations

import asyncio
import io
import traceback
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from channels.channel import TryLater, WrongToken
from channels.telegram import SECRET_HEADER
from emulators.telegram import TOKEN, Fault, TelegramEmulator
from handlers.messages import Choice, Kind
from tests.conftest import free_port
from tests.telegram_channel import NOWHERE, SECRET, Store, channel, letter, running, until


@pytest.fixture
async def server() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(speed=1000) as emulated:
        yield emulated


@pytest.fixture
def store() -> Store:
    return Store()


async def test_a_message_in_and_a_letter_out(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store, commands=[("menu", "Về đầu")])) as telegram:
        number = server.say(7, "làm khai sinh")
        await server.wait_confirmed(number)
        assert store.texts == ["làm khai sinh"]
        asks = (Choice("5 sao", "sao 5", key="5"), Choice("Gặp cán bộ", "gap"))
        await telegram.send(letter("Anh/chị cần <b> & gì?", choices=asks))
        (sent,) = server.sent(7)
        assert sent.text == "Anh/chị cần <b> & gì?"
        assert sent.markup == {
            "inline_keyboard": [
                [{"text": "5 sao", "callback_data": "sao 5"}],
                [{"text": "Gặp cán bộ", "callback_data": "gap"}],
            ]
        }
        server.press(7, "5 sao")
        await until(lambda: len(store.rows) == 2)
        assert store.texts[-1] == "sao 5"
        await until(lambda: all(press.answered for press in server.world.presses.values()))
        assert server.world.commands == [{"command": "menu", "description": "Về đầu"}]
        assert telegram.username == "motcua_thu_bot"


async def test_nothing_is_confirmed_before_it_is_stored(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store)):
        store.gate.clear()
        number = server.say(7, "một")
        await until(lambda: store.batches == [1])
        await asyncio.sleep(0.05)
        assert server.updates.confirmed == []
        store.gate.set()
        await server.wait_confirmed(number)


async def test_failing_storage_confirms_nothing_and_tries_again(server: TelegramEmulator, store: Store) -> None:
    store.failures = 3
    async with running(channel(server.base_url, store)) as telegram:
        number = server.say(7, "một")
        await until(lambda: telegram.ready() == "what is received cannot be stored")
        await server.wait_confirmed(number)
        await until(lambda: telegram.ready() is None)
    assert store.batches == [1, 1, 1, 1]
    assert store.texts == ["một"]


async def test_stopped_while_storing_it_is_delivered_again(server: TelegramEmulator, store: Store) -> None:
    store.gate.clear()
    async with running(channel(server.base_url, store)):
        server.say(7, "một")
        await until(lambda: store.batches == [1])
    assert (store.texts, server.updates.confirmed) == ([], [])
    store.gate.set()
    async with running(channel(server.base_url, store)):
        await until(lambda: store.texts == ["một"])


async def test_one_bad_update_takes_no_other_with_it(server: TelegramEmulator, store: Store) -> None:
    server.say(7, "trước")
    server.update("message", {"chat": {"id": 8}, "photo": "hỏng"}, 8)
    bad = server.update("message", {"hỏng": True}, 0)
    last = server.say(9, "sau")
    async with running(channel(server.base_url, store)) as telegram:
        await server.wait_confirmed(last)
        kinds = [(message.chat.id, message.kind) for message in store.rows.values()]
        assert kinds == [("7", Kind.TEXT), ("8", Kind.OTHER), ("0", Kind.UNREADABLE), ("9", Kind.TEXT)]
        assert bad in server.updates.confirmed
        assert telegram.counts["unreadable"] == 1
        assert telegram.counts["message"] == 3


async def test_a_batch_of_more_than_a_hundred(server: TelegramEmulator, store: Store) -> None:
    said = [server.say(chat, f"câu {chat}") for chat in range(1, 251)]
    async with running(channel(server.base_url, store)):
        await server.wait_confirmed(said[-1])
    assert len(store.rows) == 250
    assert max(store.batches) == 100
    assert server.updates.confirmed == said


async def test_ids_that_start_anew_below(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store, long_poll=1)):
        await server.wait_confirmed(server.say(7, "tuần trước"))
        # After a quiet week the next id is a random one, and what is below an offset is taken for confirmed.
        server.updates._next = 1000
        polls = server.world.calls["getupdates"]
        await until(lambda: server.world.calls["getupdates"] > polls)
        await server.wait_confirmed(server.say(7, "tuần này"))
    assert store.texts == ["tuần trước", "tuần này"]


async def test_a_webhook_is_taken_off_only_where_one_is(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store)):
        assert server.world.calls["deletewebhook"] == 0
    server.say(7, "đừng bỏ")
    await server.methods.call("setWebhook", {"url": "http://127.0.0.1:9/"})
    async with running(channel(server.base_url, store)):
        assert server.world.calls["deletewebhook"] == 1
        await until(lambda: store.texts == ["đừng bỏ"])


@pytest.mark.parametrize("token", ["12:wrong-wrong-wrong-wrong", "no-colon"])
async def test_a_wrong_token_ends_the_start(server: TelegramEmulator, store: Store, token: str) -> None:
    with pytest.raises(WrongToken) as caught:
        await channel(server.base_url, store, token=token).start()
    assert token not in "".join(traceback.format_exception(caught.value))


async def test_out_of_reach_does_not_end_the_start(server: TelegramEmulator, store: Store) -> None:
    await server.stop()
    async with running(channel(server.base_url, store), ready=False) as telegram:
        assert "cannot be reached" in (telegram.ready() or "")
        with pytest.raises(TryLater) as later:
            await telegram.send(letter())
        assert (later.value.ambiguous, later.value.limited) == (False, False)
        await server.start()
        await server.wait_confirmed(server.say(7, "lại có mạng"))
        await until(lambda: telegram.ready() is None)
        assert telegram.username == "motcua_thu_bot"
    assert store.texts == ["lại có mạng"]


@pytest.mark.parametrize("fault", [Fault.FAILING, Fault.GARBAGE, Fault.GARBLED, Fault.LOST, Fault.LIMITED])
async def test_polls_go_on_after_trouble(server: TelegramEmulator, store: Store, fault: Fault) -> None:
    server.faults.retry_after = 0.05
    async with running(channel(server.base_url, store)) as telegram:
        server.faults.next("getUpdates", fault, fault)
        server.say(7, "một")
        await until(lambda: server.faults.drawn[fault] >= 1)
        await server.wait_confirmed(server.say(7, "hai"))
        await until(lambda: server.faults.drawn[fault] == 2 and telegram.ready() is None)
    assert store.texts == ["một", "hai"]


async def test_it_is_soon_known_that_we_are_heard_again(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store)) as telegram:
        server.faults.next("getUpdates", *[Fault.FAILING] * 5)
        server.say(7, "một")
        await until(lambda: telegram.ready() is not None)
        await until(lambda: telegram.ready() is None, seconds=25)  # though nobody writes, and a long poll takes longer


async def test_whoever_shares_the_token_is_reported_until_he_stops(server: TelegramEmulator, store: Store) -> None:
    async def other() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.post(f"{server.base_url}/bot{TOKEN}/getUpdates", json={"timeout": 30}) as reply:
                    await reply.read()
                await asyncio.sleep(0.01)

    async with running(channel(server.base_url, store)) as ours:
        theirs = asyncio.create_task(other())
        await until(lambda: "another program" in (ours.ready() or ""))
        for _ in range(50):
            await asyncio.sleep(0.01)
            assert ours.ready() is not None
        theirs.cancel()
        await server.wait_confirmed(server.say(7, "vẫn nhận"))
        await until(lambda: ours.ready() is None)


async def test_who_blocks_us_is_counted_and_not_answered(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store)) as telegram:
        await server.wait_confirmed(server.block(7))
        assert (telegram.counts["left"], store.rows) == (1, {})


async def test_a_press_too_old_to_be_acknowledged_is_counted(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store)) as telegram:
        server.say(7, "chào")
        await server.wait_until(lambda: len(store.rows) == 1)
        await telegram.send(letter(choices=(Choice("Có", "có"),)))
        number = server.press(7, "Có")
        server.world.presses.clear()
        await server.wait_confirmed(number)
        await until(lambda: telegram.counts["answerCallbackQuery_failed"] == 1)
        assert store.texts[-1] == "có"


# --- webhook ----------------------------------------------------------------------------------------------------------


class Hooked:
    """A channel in webhook mode behind its own web server, whose address it registers."""

    def __init__(self, base_url: str, store: Store, *, mode: str = "webhook") -> None:
        self._base_url, self._store, self._mode = base_url, store, mode

    async def __aenter__(self) -> Hooked:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        more = {"mode": self._mode, "secret": SECRET, "webhook_url": self.url}
        self.channel = channel(self._base_url, self._store, **more)
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(self.channel.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def post(self, headers: list[tuple[str, str]], body: bytes) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/telegram", headers=headers, data=io.BytesIO(body)) as reply,
        ):
            return reply.status


GOOD = b'{"update_id":9,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"a"}}'
RIGHT = (SECRET_HEADER, SECRET)
POSTS: list[tuple[str, list[tuple[str, str]], bytes, int]] = [
    ("right", [RIGHT], GOOD, 200),
    ("right, the header in small letters", [(SECRET_HEADER.lower(), SECRET)], GOOD, 200),
    ("no header", [], GOOD, 403),
    ("an empty one", [(SECRET_HEADER, "")], GOOD, 403),
    ("a wrong one", [(SECRET_HEADER, "x" * len(SECRET))], GOOD, 403),
    ("a prefix", [(SECRET_HEADER, SECRET[:-1])], GOOD, 403),
    ("more than it", [(SECRET_HEADER, SECRET + "x")], GOOD, 403),
    ("other case", [(SECRET_HEADER, SECRET.swapcase())], GOOD, 403),
    ("twice", [RIGHT, RIGHT], GOOD, 403),
    ("right and wrong", [RIGHT, (SECRET_HEADER, "x")], GOOD, 403),
    ("not ASCII", [(SECRET_HEADER, "é" * len(SECRET))], GOOD, 403),
    ("the token", [(SECRET_HEADER, TOKEN)], GOOD, 403),
    ("no JSON", [RIGHT], b"{", 400),
    ("no object", [RIGHT], b"[1]", 400),
    ("deep", [RIGHT], b"[" * 100_000, 400),
    ("nothing", [RIGHT], b"", 400),
    ("too long", [RIGHT], b'"' + b"x" * (1 << 20) + b'"', 413),
    ("half characters", [RIGHT], GOOD.replace(b'"a"', b'"a\\ud83d"'), 200),
]


@pytest.mark.parametrize(("headers", "body", "status"), [row[1:] for row in POSTS], ids=[row[0] for row in POSTS])
async def test_posts(store: Store, headers: list[tuple[str, str]], body: bytes, status: int) -> None:
    async with Hooked(NOWHERE, store) as hooked:
        assert await hooked.post(headers, body) == status
    assert len(store.rows) == (1 if status == 200 else 0)
    assert hooked.channel.counts["forged"] == (1 if status == 403 else 0)


async def test_a_long_body_in_pieces_is_refused_as_well(store: Store) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 15)

    async with (
        Hooked(NOWHERE, store) as hooked,
        aiohttp.ClientSession() as session,
        session.post(f"{hooked.url}/telegram", headers=[RIGHT], data=pieces()) as reply,
    ):
        assert reply.status == 413


@pytest.mark.parametrize("secret", [None, "", "short", "x" * 31, "dấu" * 20, "x" * 257])
def test_no_webhook_without_a_good_secret(store: Store, secret: str | None) -> None:
    with pytest.raises(ValueError, match="32 to 256"):
        channel(NOWHERE, store, mode="webhook", secret=secret)


async def test_polling_opens_no_path(store: Store) -> None:
    async with Hooked(NOWHERE, store, mode="polling") as hooked:
        assert await hooked.post([RIGHT], GOOD) == 404


async def test_a_webhook_from_end_to_end(server: TelegramEmulator, store: Store) -> None:
    async with Hooked(server.base_url, store) as hooked:
        server.say(7, "gửi trước khi có webhook")
        async with running(hooked.channel):
            assert server.updates.hook is not None
            assert (server.updates.hook.url, server.updates.hook.secret) == (f"{hooked.url}/telegram", SECRET)
            await until(lambda: len(store.rows) == 1)
            store.failures = 3
            first, second = server.say(7, "một"), server.say(7, "hai")
            await server.wait_confirmed(second)
            assert store.texts == ["gửi trước khi có webhook", "một", "hai"]
            assert [status for number, status in server.updates.attempts if number == first] == [503, 503, 503, 200]
            assert server.updates.confirmed[-2:] == [first, second]


async def test_a_press_is_acknowledged_in_the_reply_to_the_webhook(server: TelegramEmulator, store: Store) -> None:
    async with Hooked(server.base_url, store) as hooked, running(hooked.channel) as telegram:
        await server.wait_confirmed(server.say(7, "chào"))
        await telegram.send(letter("Chọn", choices=(Choice("5 sao", "sao 5", key="5"),)))
        store.failures = 1
        server.press(7, "5 sao")
        await until(lambda: all(press.answered for press in server.world.presses.values()))
        assert store.texts == ["chào", "sao 5"]
        assert server.world.refusals == []
        assert server.world.calls["answercallbackquery"] == 0  # no request of its own


async def test_no_webhook_is_registered_unless_its_address_is_given(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store, mode="webhook", secret=SECRET)):
        assert server.world.calls["setwebhook"] == server.world.calls["getupdates"] == 0
