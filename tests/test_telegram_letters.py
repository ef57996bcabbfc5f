"""Letters as calls of the Bot API, and what its errors mean for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels.channel import FileRefused, Letter, Refused, TryLater
from channels.telegram_letters import calls
from channels.telegram_request import AiohttpRequest
from emulators.telegram import TOKEN, Fault, TelegramEmulator
from handlers.messages import Attachment, Choice
from tests.telegram_channel import Rude, Store, channel, letter, running


@pytest.fixture
async def server() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(speed=1000) as emulated:
        yield emulated


@pytest.fixture
def store() -> Store:
    return Store()


async def sent_by(server: TelegramEmulator, store: Store, what: Letter) -> TryLater | Refused | FileRefused | None:
    """Send one letter; what it raised."""
    server.world.room(7)
    async with running(channel(server.base_url, store)) as telegram:
        try:
            await telegram.send(what)
        except (TryLater, Refused, FileRefused) as error:
            return error
    return None


TROUBLES = pytest.mark.parametrize(
    ("fault", "limited", "ambiguous", "taken"),
    [
        (Fault.LIMITED, True, False, 0),
        (Fault.FAILING, False, False, 0),
        (Fault.GARBAGE, False, True, 0),
        (Fault.GARBLED, False, True, 1),
        (Fault.LOST, False, True, 1),
    ],
)
"""How a send may fail: whether by a limit, whether it may have arrived, how many did."""


@TROUBLES
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


@pytest.mark.parametrize(("text", "said"), [("Báo cáo", False), ("á" * 1025, True)])
async def test_a_file_that_telegram_refuses_is_refused_alone(
    server: TelegramEmulator, store: Store, text: str, said: bool
) -> None:
    error = await sent_by(server, store, letter(text, attachment=Attachment("a.pdf", "application/pdf", b"")))
    assert isinstance(error, FileRefused)
    assert (error.said, len(server.sent(7))) == (said, int(said))


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


async def test_what_was_left_unsent_may_go_before_the_start(server: TelegramEmulator, store: Store) -> None:
    server.world.room(7)
    telegram = channel(server.base_url, store)
    await telegram.send(letter("còn lại từ hôm qua"))
    async with running(telegram):
        assert [sent.text for sent in server.sent(7)] == ["còn lại từ hôm qua"]
    with pytest.raises(TryLater) as later:
        await telegram.send(letter())
    assert not later.value.ambiguous


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


async def test_a_proxys_403_is_no_citizen_who_blocked_us(store: Store) -> None:
    async with (
        Rude(403, "<p>no</p>", "text/html") as base_url,
        running(channel(base_url, store), ready=False) as telegram,
    ):
        with pytest.raises(TryLater):
            await telegram.send(letter())
