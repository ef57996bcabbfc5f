"""Telegram's channel against a strict server: nothing lost, nothing leaked, every error understood."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Update
from telegram.error import TelegramError

from channels.channel import Letter, Refused, StorageFailing, TryLater, WrongToken
from channels.telegram import SECRET_HEADER, Telegram
from channels.telegram_letters import calls
from channels.telegram_request import AiohttpRequest, NotSent
from channels.telegram_updates import Outcome, Reader
from emulators.telegram import TOKEN, Fault, TelegramEmulator
from handlers.messages import Attachment, Chat, Choice, Incoming, Kind, Purpose
from tests.conftest import free_port

ACCOUNT = TOKEN.partition(":")[0]
SECRET = "s" * 20 + "_-" + "S3cr3t" * 3
NOWHERE = "http://127.0.0.1:9"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Store:
    """Stands for the inbox: keeps what is accepted, each id once, and fails when told to."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Incoming] = {}
        self.batches: list[int] = []
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def accept(self, messages: Sequence[Incoming]) -> None:
        self.batches.append(len(messages))
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise StorageFailing
        for message in messages:
            self.rows.setdefault((str(message.chat), message.id), message)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.rows.values()]


def letter(text: str = "chào anh/chị", chat: int = 7, seq: int = 1, **more: Any) -> Letter:
    values: dict[str, Any] = {"choices": (), "attachment": None, "purpose": Purpose.ANSWER, **more}
    return Letter(Chat("telegram", ACCOUNT, str(chat)), seq, "u1", text=text, made_at=NOON, **values)


def channel(base_url: str, store: Store, **more: Any) -> Telegram:
    values: dict[str, Any] = {"token": TOKEN, "now": lambda: NOON, "first_pause": 0.01, **more}
    return Telegram(values.pop("token"), store.accept, base_url=base_url, **values)


@asynccontextmanager
async def running(made: Telegram, *, ready: bool = True) -> AsyncIterator[Telegram]:
    await made.start()
    try:
        if ready:
            await until(lambda: made.ready() is None)
        yield made
    finally:
        await made.stop()
        await made.close()


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture
async def server() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(speed=1000) as emulated:
        yield emulated


@pytest.fixture
def store() -> Store:
    return Store()


# --- updates ----------------------------------------------------------------------------------------------------------

PERSON = {"id": 7, "is_bot": False, "first_name": "<3"}
PRIVATE = {"id": 7, "type": "private", "first_name": "<3"}
GROUP = {"id": -7, "type": "group", "title": "Tổ 5"}
DATE = int(NOON.timestamp())


def message(content: dict[str, Any], kind: str = "message", chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    return {
        "update_id": 55,
        kind: {"message_id": 1, "from": PERSON, "chat": chat, "date": DATE, **content},
    }


def press(data: Any = "phi 1.001193", chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    under = {"message_id": 1, "chat": chat, "date": DATE - 90, "text": "hỏi"}
    query = {"id": "q1", "from": PERSON, "chat_instance": "c", "data": data, "message": under, **more}
    return {"update_id": 55, "callback_query": query}


FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 1, "height": 1}
READ = [
    ("text", message({"text": "làm khai sinh"}), Kind.TEXT, "làm khai sinh"),
    ("start with a token", message({"text": "/start H29-abc"}), Kind.TEXT, "/start H29-abc"),
    ("a command to us", message({"text": "/menu@MC_bot xã"}), Kind.TEXT, "/menu xã"),
    ("a command, other case", message({"text": "/menu@mc_BOT"}, chat=GROUP), Kind.TEXT, "/menu"),
    ("an e-mail is no command", message({"text": "/a b@mc_bot"}), Kind.TEXT, "/a b@mc_bot"),
    ("a photo", message({"photo": [SIZED], "caption": "giấy này"}), Kind.PHOTO, "giấy này"),
    ("voice", message({"voice": {**FILE, "duration": 3}}), Kind.VOICE, ""),
    ("a round video", message({"video_note": {**FILE, "length": 1, "duration": 3}}), Kind.VOICE, ""),
    ("a file", message({"document": FILE, "caption": "đơn"}), Kind.FILE, "đơn"),
    ("a video", message({"video": {**SIZED, "duration": 3}}), Kind.FILE, ""),
    ("a moving picture", message({"animation": {**SIZED, "duration": 3}, "document": FILE}), Kind.STICKER, ""),
    ("a place", message({"location": {"latitude": 21.0, "longitude": 105.0}}), Kind.LOCATION, ""),
    ("a contact", message({"contact": {"phone_number": "0912345678", "first_name": "A"}}), Kind.CONTACT, ""),
    ("dice", message({"dice": {"value": 3, "emoji": "🎲"}}), Kind.OTHER, ""),
    ("something of the future", message({"hologram": {"x": 1}}), Kind.OTHER, ""),
    (
        "forwarded",
        message({"text": "H29", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}}),
        Kind.TEXT,
        "H29",
    ),
    ("edited", message({"text": "sửa", "edit_date": DATE + 60}, "edited_message"), Kind.TEXT, "sửa"),
    ("a press", press(), Kind.TEXT, "phi 1.001193"),
    (
        "a press of an old message",
        press(message={"chat": PRIVATE, "message_id": 1, "date": 0}),
        Kind.TEXT,
        "phi 1.001193",
    ),
    (
        "no name, which PTB wants",
        {"update_id": 55, "message": {"chat": {"id": 7}, "from": {"id": 7}, "text": "chào"}},
        Kind.TEXT,
        "chào",
    ),
    ("a broken photo", message({"photo": [{"width": 1}]}), Kind.OTHER, ""),
    ("a broken press", press(message={"chat": {"id": 7}}, **{"from": {}}), Kind.TEXT, "phi 1.001193"),
]
SILENT = [
    (
        "a live location that moves",
        message({"location": {"latitude": 1.0, "longitude": 1.0}}, "edited_message"),
        "ignored",
    ),
    ("a pinned message", message({"pinned_message": {"message_id": 1, "chat": PRIVATE, "date": DATE}}), "ignored"),
    ("a new member", message({"new_chat_members": [PERSON]}, chat=GROUP), "ignored"),
    ("a command to another bot", message({"text": "/menu@other_bot"}, chat=GROUP), "ignored"),
    (
        "a channel's post",
        message({"text": "a"}, "channel_post", {"id": -1, "type": "channel", "title": "t"}),
        "ignored",
    ),
    (
        "an inline query",
        {"update_id": 55, "inline_query": {"id": "1", "from": PERSON, "query": "H29", "offset": ""}},
        "ignored",
    ),
    ("a press without data", press(None), "ignored"),
    ("something of the future", {"update_id": 55, "hologram": {"chat": PRIVATE}}, "ignored"),
    ("a broken message without a chat", message({}, chat={}), "unreadable"),
    ("nothing at all", {}, "unreadable"),
    ("an edit nobody can read", {"update_id": 1, "edited_message": {"chat": {"id": 7}}}, "unreadable"),
]


def reader(**more: Any) -> Reader:
    return Reader(ACCOUNT, lambda: NOON, username="mc_bot", **more)


@pytest.mark.parametrize(("update", "kind", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reads(update: dict[str, Any], kind: Kind, text: str) -> None:
    received = reader().read(update)
    assert received.incoming is not None
    assert (received.incoming.kind, received.incoming.text, received.incoming.id) == (kind, text, "u55")
    assert received.press == ("q1" if "callback_query" in update else None)


@pytest.mark.parametrize(("update", "outcome"), [row[1:] for row in SILENT], ids=[row[0] for row in SILENT])
def test_answers_nobody(update: dict[str, Any], outcome: str) -> None:
    received = reader().read(update)
    assert (received.incoming, received.outcome) == (None, Outcome(outcome))


@pytest.mark.parametrize(
    "update",
    [message({"text": "a"}), message({"text": " "}), press(), message({"text": "a", "entities": []})],
)
def test_the_short_way_reads_as_the_long_one(update: dict[str, Any]) -> None:
    short = reader()._plainly(update)
    assert short is not None
    assert short == reader()._fully(Update.de_json(update, None))


def test_at_is_when_it_was_said() -> None:
    def at(update: dict[str, Any]) -> datetime:
        incoming = reader().read(update).incoming
        assert incoming is not None
        return incoming.at

    assert at(message({"text": "a"})) == NOON
    # an old message edited now is said now, and a press is of now, whatever it is under
    assert at(message({"text": "a", "edit_date": DATE + 60}, "edited_message")).timestamp() == DATE + 60
    assert at(press()) == NOON
    assert at({"update_id": 55, "message": {"chat": PRIVATE, "text": "a", "date": 10**18}}) == NOON


def test_groups() -> None:
    def heard(text: str, reads_groups: bool, **more: Any) -> Incoming | None:
        return reader(reads_groups=reads_groups).read(message({"text": text, **more}, chat=GROUP)).incoming

    said = heard("H29.15-240105-0012", False)
    assert said is not None
    assert (said.private, said.chat.id) == (False, "-7")
    # Shown everything said in the group, it listens only to what is said to it.
    assert heard("mai họp nhé", True) is None
    assert heard("@MC_Bot làm khai sinh", True) is not None
    assert heard("/menu", True) is not None
    ours = {"message_id": 3, "chat": GROUP, "date": 1, "from": {"id": int(ACCOUNT), "is_bot": True, "first_name": "M"}}
    assert heard("đúng rồi", True, reply_to_message=ours) is not None
    pressed = reader().read(press(chat=GROUP)).incoming
    assert pressed is not None
    assert not pressed.private


# --- polls ------------------------------------------------------------------------------------------------------------


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
        assert kinds == [("7", Kind.TEXT), ("8", Kind.OTHER), ("9", Kind.TEXT)]
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
        await until(lambda: telegram.ready() is None, seconds=2)  # though nobody writes, and a long poll takes longer


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


async def test_no_webhook_is_registered_unless_its_address_is_given(server: TelegramEmulator, store: Store) -> None:
    async with running(channel(server.base_url, store, mode="webhook", secret=SECRET)):
        assert server.world.calls["setwebhook"] == server.world.calls["getupdates"] == 0


# --- letters ----------------------------------------------------------------------------------------------------------


async def sent_by(server: TelegramEmulator, store: Store, what: Letter) -> TryLater | Refused | None:
    """Send one letter; what it raised."""
    server.world.room(7)
    async with running(channel(server.base_url, store)) as telegram:
        try:
            await telegram.send(what)
        except (TryLater, Refused) as error:
            return error
    return None


@pytest.mark.parametrize(
    ("fault", "limited", "ambiguous", "taken"),
    [
        (Fault.LIMITED, True, False, 0),
        (Fault.FAILING, False, False, 0),
        (Fault.GARBAGE, False, True, 0),
        (Fault.GARBLED, False, True, 1),
        (Fault.LOST, False, True, 1),
    ],
)
async def test_troubles_of_a_letter(
    server: TelegramEmulator, store: Store, fault: Fault, limited: bool, ambiguous: bool, taken: int
) -> None:
    server.faults.retry_after = 3
    server.faults.next("sendMessage", fault)
    error = await sent_by(server, store, letter())
    assert isinstance(error, TryLater)
    assert (error.limited, error.ambiguous) == (limited, ambiguous)
    assert error.after == (3 if limited else 0.01)
    assert len(server.sent(7)) == taken


async def test_a_slow_reply_is_ambiguous(server: TelegramEmulator) -> None:
    server.faults.slow_seconds = 5
    server.faults.next("sendMessage", Fault.SLOW)
    request = AiohttpRequest(server.base_url, TOKEN)
    await request.initialize()
    with pytest.raises(Exception, match="no reply: TimeoutError") as caught:
        await request.call("sendMessage", {"chat_id": 7, "text": "a"}, patience=0.1)
    assert type(caught.value).__name__ == "Lost"
    await request.shutdown()


@pytest.mark.parametrize(
    ("change", "what", "blocked"),
    [
        ("blocked", letter(), True),
        ("deactivated", letter(), True),
        ("", letter(chat=8), True),
        ("", letter(" "), False),
        ("", letter(choices=(Choice("x", "y" * 65),)), False),
    ],
)
async def test_refusals(server: TelegramEmulator, store: Store, change: str, what: Letter, blocked: bool) -> None:
    room = server.world.room(7)
    room.blocked, room.deactivated = change == "blocked", change == "deactivated"
    error = await sent_by(server, store, what)
    assert isinstance(error, Refused)
    assert error.blocked is blocked


async def test_what_no_json_can_hold_is_refused_not_repeated(server: TelegramEmulator, store: Store) -> None:
    assert isinstance(await sent_by(server, store, letter("nửa \ud83d chữ")), Refused)


HOSTILE = ["<3", "&lt;", "a_b*c`d[", "</b>", "<a href='x'>", "\\", "{chat}", "%s", "'; DROP TABLE", "=1+1", "😀" * 2048]


@pytest.mark.parametrize("text", HOSTILE)
async def test_texts_arrive_as_they_are(server: TelegramEmulator, store: Store, text: str) -> None:
    assert await sent_by(server, store, letter(text, choices=(Choice(text[:24], "x"),))) is None
    assert [sent.text for sent in server.sent(7)] == [text]


async def test_files_go_with_their_names(server: TelegramEmulator, store: Store) -> None:
    report = Attachment("Báo cáo tuần 46.csv", "text/csv", b"a;b\n")
    assert await sent_by(server, store, letter("Báo cáo", attachment=report, choices=(Choice("Có", "co"),))) is None
    (sent,) = server.sent(7)
    assert sent.file is not None
    assert (sent.file.kind, sent.file.name, sent.file.type, sent.file.content) == (
        "document",
        "Báo cáo tuần 46.csv",
        "text/csv",
        b"a;b\n",
    )
    assert (sent.text, [button.data for button in sent.buttons]) == ("Báo cáo", ["co"])


async def test_a_picture_is_shown(server: TelegramEmulator, store: Store) -> None:
    assert await sent_by(server, store, letter("Mã", attachment=Attachment("m.png", "image/png", b"\x89PNG"))) is None
    assert [sent.file.kind for sent in server.sent(7) if sent.file is not None] == ["photo"]


async def test_a_text_too_long_for_a_caption_is_sent_once(server: TelegramEmulator, store: Store) -> None:
    server.world.room(7)
    report = Attachment("a.txt", "text/plain", b"x")
    long = letter("á" * 1025, attachment=report, choices=(Choice("Có", "co"),))
    assert [call.method for call in calls(long)] == ["sendMessage", "sendDocument"]
    async with running(channel(server.base_url, store)) as telegram:
        server.faults.next("sendDocument", Fault.FAILING)
        with pytest.raises(TryLater):
            await telegram.send(long)
        await telegram.send(long)
        assert [(len(sent.text), len(sent.buttons)) for sent in server.sent(7)] == [(1025, 0), (0, 1)]


async def test_pauses_grow_while_telegram_is_down(server: TelegramEmulator, store: Store) -> None:
    server.world.room(7)
    async with running(channel(server.base_url, store)) as telegram:
        server.faults.failing = 1.0
        pauses = []
        for _ in range(2):
            with pytest.raises(TryLater) as later:
                await telegram.send(letter())
            pauses.append(later.value.after)
            await asyncio.sleep(0.1)
        assert pauses[1] > pauses[0] == 0.01
        server.faults.failing = 0.0
        await telegram.send(letter())
        server.faults.failing = 1.0
        with pytest.raises(TryLater) as later:
            await telegram.send(letter())
        assert later.value.after == 0.01


async def test_typing_is_shown_and_never_matters(server: TelegramEmulator, store: Store) -> None:
    server.world.room(7)
    async with running(channel(server.base_url, store)) as telegram:
        await telegram.typing("7")
        await telegram.typing("8")
        assert server.world.typings == [7]
        assert telegram.counts["sendChatAction_failed"] == 1


async def test_one_connection_serves_an_hour_of_answers(server: TelegramEmulator, store: Store) -> None:
    server.world.room(7)
    async with running(channel(server.base_url, store)) as telegram:
        for seq in range(20):
            await telegram.send(letter(seq=seq))
        session = telegram._request._session
        assert session is not None
        connector = session.connector
        assert connector is not None
        # one for the long poll, one for the letters
        assert sum(len(free) for free in connector._conns.values()) + len(connector._acquired) == 2


# --- the token --------------------------------------------------------------------------------------------------------

CANARY = "8675309:AAcanary_canary-canary_canary"
FORMS = (CANARY, CANARY.replace(":", "%3A"), CANARY.partition(":")[2])


class Rude:
    """A server, or a proxy, that answers everything in one way and shows the address asked for."""

    def __init__(self, status: int, body: str, content_type: str) -> None:
        self._answer = (status, body, content_type)
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        status, body, content_type = self._answer
        headers = {"Location": f"/elsewhere{request.path}"}
        shown = body.replace("PATH", request.path).replace("QUOTED", request.path.replace(":", "%3A"))
        return web.Response(status=status, text=shown, content_type=content_type, headers=headers)


RUDE = [
    (200, "<p>PATH</p>", "text/html"),
    (200, '{"ok": true, "say": "PATH"}', "application/json"),
    (302, "PATH", "text/plain"),
    (400, '{"ok": false, "description": "Bad Request: PATH QUOTED"}', "application/json"),
    (401, '{"ok": false, "description": "Unauthorized PATH"}', "application/json"),
    (403, "<p>PATH is forbidden here</p>", "text/html"),
    (404, "<p>PATH not found</p>", "text/html"),
    (409, '{"ok": false, "description": "Conflict: PATH"}', "application/json"),
    (413, "PATH", "text/plain"),
    (429, '{"ok": false, "description": "PATH", "parameters": {"retry_after": 0.01}}', "application/json"),
    (500, '{"ok": false, "description": "PATH", "parameters": {"x": "PATH"}}', "application/json"),
    (502, "<p>PATH</p>", "text/html"),
]


async def exercise(base_url: str, seen: list[str], **more: Any) -> None:
    """Start, receive for a moment, send, stop; all that is raised is written to ``seen``, with its whole chain."""
    made = channel(base_url, Store(), token=CANARY, **more)
    seen += [repr(made), str(made.bot), repr(made.bot), repr(vars(made))]

    async def tried(work: Awaitable[Any]) -> None:
        try:
            await work
        except Exception as error:
            link: BaseException | None = error
            while link is not None:
                seen.extend((str(link), repr(link), "".join(traceback.format_exception(link))))
                link = link.__cause__ or link.__context__

    await tried(made.start())
    await asyncio.sleep(0.05)
    await tried(made.send(letter()))
    await tried(made.send(letter(attachment=Attachment("a.txt", "text/plain", b"x"))))
    await tried(made.bot.set_my_commands([("menu", "Về đầu")]))
    await tried(made.bot.initialize())
    await tried(made.typing("7"))
    seen += [str(made.ready()), repr(made.counts), repr(made._receiving)]
    await made.stop()
    await made.close()


@pytest.mark.parametrize(("status", "body", "content_type"), RUDE, ids=[f"{row[0]} {row[2]}" for row in RUDE])
async def test_the_token_is_nowhere(
    caplog: pytest.LogCaptureFixture, status: int, body: str, content_type: str
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    async with Rude(status, body, content_type) as base_url:
        await exercise(base_url, seen)
    _nowhere(seen, caplog)


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9", "http://no-such-host.invalid", "https://127.0.0.1:9", "http://[::1]:9"]
)
async def test_the_token_is_nowhere_without_a_network(caplog: pytest.LogCaptureFixture, base_url: str) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    await exercise(base_url, seen, mode="webhook", secret=SECRET, webhook_url="https://mc.example.vn")
    _nowhere(seen, caplog)


async def test_the_token_is_nowhere_when_nobody_picks_up() -> None:
    # aiohttp names the whole address when a connection takes too long
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for caller in (first, second):
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        request = AiohttpRequest(f"http://127.0.0.1:{deaf.getsockname()[1]}", CANARY)
        await request.initialize()
        with pytest.raises(TelegramError) as caught:
            await request.call("getMe", {}, patience=0.2)
        await request.shutdown()
    link: BaseException | None = caught.value
    assert type(link) is NotSent
    while link is not None:
        assert not any(form in repr(link) + str(link) for form in FORMS)
        link = link.__cause__ or link.__context__


async def test_the_token_is_nowhere_when_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "telegram.Bot", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    seen: list[str] = []
    async with TelegramEmulator(token=CANARY) as server:
        server.say(7, "điều riêng tư")
        server.faults.next("sendMessage", Fault.LOST)
        await exercise(server.base_url, seen)
        await exercise(server.base_url, seen, mode="webhook", secret=SECRET, webhook_url="http://127.0.0.1:9")
        assert server.updates.hook is not None
        assert server.updates.hook.secret == SECRET
    _nowhere(seen, caplog)
    assert "receiving as @motcua_thu_bot" in caplog.text
    # nor what citizens write and read, nor the webhook's secret
    assert "điều riêng tư" not in caplog.text
    assert "chào anh/chị" not in caplog.text
    assert SECRET not in caplog.text


def _nowhere(seen: list[str], caplog: pytest.LogCaptureFixture) -> None:
    logged = [record.getMessage() + repr(record.args) + str(record.exc_text) for record in caplog.records]
    for text in (*seen, *logged, caplog.text):
        for form in FORMS:
            assert form not in text


async def test_a_proxys_403_is_no_citizen_who_blocked_us(store: Store) -> None:
    async with (
        Rude(403, "<p>no</p>", "text/html") as base_url,
        running(channel(base_url, store), ready=False) as telegram,
    ):
        with pytest.raises(TryLater):
            await telegram.send(letter())
