"""The emulator is as strict as the Bot API: what it refuses, how it delivers, and what it keeps as true."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.commands.emulate import add_parser, emulator
from emulators.faults import Pace
from emulators.telegram import TOKEN, Fault, Faults, TelegramEmulator
from emulators.telegram_queue import Updates


class Client:
    """Speaks HTTP with the emulator, and nothing more."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self.telegram = telegram
        self.session = aiohttp.ClientSession()

    async def call(self, method: str, *, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
        async with self.session.post(f"{self.telegram.base_url}/bot{token}/{method}", json=parameters) as reply:
            return reply.status, await reply.json()

    async def result(self, method: str, **parameters: Any) -> Any:
        status, told = await self.call(method, **parameters)
        assert status == 200, told
        return told["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        status, told = await self.call(method, **parameters)
        assert told == {**told, "ok": False, "error_code": status}
        return f"{status} {told['description']}"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(speed=1000) as emulated:
        yield emulated


@pytest.fixture
async def client(telegram: TelegramEmulator) -> AsyncIterator[Client]:
    made = Client(telegram)
    telegram.say(7, "chào")
    yield made
    await made.session.close()


def keyboard(*datas: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Nút", "callback_data": data}] for data in datas]}


REFUSED = [
    ("no chat", {"text": "a"}, "400 Bad Request: chat_id is empty"),
    ("a stranger", {"chat_id": 8, "text": "a"}, "400 Bad Request: chat not found"),
    ("no text", {"chat_id": 7}, "400 Bad Request: message text is empty"),
    ("blanks", {"chat_id": 7, "text": " \n "}, "400 Bad Request: message text is empty"),
    ("long", {"chat_id": 7, "text": "ệ" * 4097}, "400 Bad Request: message is too long"),
    ("long in pairs", {"chat_id": 7, "text": "😀" * 2049}, "400 Bad Request: message is too long"),
    ("data of 65 bytes", {"chat_id": 7, "text": "a", "reply_markup": keyboard("ế" * 21 + "xx")}, "BUTTON_DATA_INVALID"),
    ("no data", {"chat_id": 7, "text": "a", "reply_markup": keyboard("")}, "BUTTON_DATA_INVALID"),
    ("a dead button", {"chat_id": 7, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "unallowed"),
    ("101 buttons", {"chat_id": 7, "text": "a", "reply_markup": keyboard(*["x"] * 101)}, "REPLY_MARKUP_TOO_LONG"),
    ("markup no JSON", {"chat_id": 7, "text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ("a name as HTML", {"chat_id": 7, "text": "chào <3", "parse_mode": "HTML"}, "can't parse entities: Unsupported"),
    ("unclosed", {"chat_id": 7, "text": "<b>a", "parse_mode": "HTML"}, "Can't find end tag corresponding"),
    ("crossed", {"chat_id": 7, "text": "<b><i>a</b></i>", "parse_mode": "HTML"}, "Unmatched end tag"),
]


@pytest.mark.parametrize(("parameters", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_refuses_what_telegram_refuses(client: Client, parameters: dict[str, Any], words: str) -> None:
    assert words in await client.refusal("sendMessage", **parameters)
    assert client.telegram.sent() == []


async def test_takes_what_is_just_within_the_limits(client: Client) -> None:
    await client.result("sendMessage", chat_id=7, text="😀" * 2048, reply_markup=keyboard("ế" * 21 + "x"))
    await client.result("sendMessage", chat_id="7", text=f"<b>{'a' * 4095}</b>&lt;", parse_mode="html")
    await client.result("sendMessage", chat_id=7, text="a", reply_markup=json.dumps(keyboard(*["x"] * 100)))
    assert [len(sent.text) for sent in client.telegram.sent(7)] == [2048, 4096, 1]


async def test_tokens_and_methods(client: Client) -> None:
    assert await client.refusal("getMe", token="nonsense") == "404 Not Found"
    assert await client.refusal("getMe", token="1:wrong") == "401 Unauthorized"
    assert await client.refusal("sendRocket") == "404 Not Found: method not found"
    assert (await client.result("GETME"))["is_bot"] is True


async def test_blocked_and_deactivated(client: Client) -> None:
    client.telegram.block(7)
    assert await client.refusal("sendMessage", chat_id=7, text="a") == "403 Forbidden: bot was blocked by the user"
    client.telegram.block(7, False)
    await client.result("sendMessage", chat_id=7, text="a")
    client.telegram.world.room(7).deactivated = True
    assert await client.refusal("sendMessage", chat_id=7, text="a") == "403 Forbidden: user is deactivated"


async def test_an_unchanged_edit_is_refused(client: Client) -> None:
    sent = await client.result("sendMessage", chat_id=7, text="a", reply_markup=keyboard("x"))
    edit = {"chat_id": 7, "message_id": sent["message_id"], "text": "a", "reply_markup": keyboard("x")}
    assert "message is not modified" in await client.refusal("editMessageText", **edit)
    await client.result("editMessageText", **{**edit, "text": "b"})
    assert [sent.text for sent in client.telegram.sent(7)] == ["b"]
    assert "message to edit not found" in await client.refusal("editMessageText", chat_id=7, message_id=99, text="c")


async def test_files(client: Client) -> None:
    async def send(content: bytes, caption: str = "") -> tuple[int, Any]:
        form = aiohttp.FormData({"chat_id": "7", "caption": caption}, quote_fields=False)
        form.add_field("document", content, filename="báo cáo.txt", content_type="text/plain")
        url = f"{client.telegram.base_url}/bot{TOKEN}/sendDocument"
        async with client.session.post(url, data=form) as reply:
            return reply.status, await reply.json()

    assert (await send(b""))[1]["description"] == "Bad Request: file must be non-empty"
    assert (await send(b"x", "a" * 1025))[1]["description"] == "Bad Request: message caption is too long"
    assert (await send(b"xyz", "a" * 1024))[0] == 200
    (sent,) = client.telegram.sent(7)
    assert sent.file is not None
    assert (sent.file.name, sent.file.type, sent.file.content) == ("báo cáo.txt", "text/plain", b"xyz")


async def test_a_press_lives_150_seconds_and_is_answered_once(telegram: TelegramEmulator, client: Client) -> None:
    await client.result("sendMessage", chat_id=7, text="a", reply_markup=keyboard("có"))
    telegram.press(7, "Nút")
    await client.result("getUpdates", offset=-1)
    (first,) = telegram.world.presses
    await client.result("answerCallbackQuery", callback_query_id=first)
    assert "query is too old" in await client.refusal("answerCallbackQuery", callback_query_id=first)
    late = telegram.press(7, "có")
    await asyncio.sleep(0.16)  # 160 emulated seconds
    assert "query is too old" in await client.refusal(
        "answerCallbackQuery", callback_query_id=list(telegram.world.presses)[-1]
    )
    assert await client.result("getUpdates", offset=late) == []
    assert telegram.updates.expired == [late]


async def test_a_press_of_nothing_is_a_mistake_of_the_test(telegram: TelegramEmulator, client: Client) -> None:
    await client.result("sendMessage", chat_id=7, text="a", reply_markup=keyboard("có"))
    with pytest.raises(LookupError, match="Nút"):
        telegram.press(7, "không có nút này")


# --- delivery ---------------------------------------------------------------------------------------------------------


async def test_only_a_higher_offset_confirms(telegram: TelegramEmulator, client: Client) -> None:
    first = (await client.result("getUpdates"))[0]["update_id"]
    second = telegram.say(7, "nữa")
    assert [found["update_id"] for found in await client.result("getUpdates")] == [first, second]
    assert [found["update_id"] for found in await client.result("getUpdates", limit=1)] == [first]
    assert telegram.updates.confirmed == []
    assert [found["update_id"] for found in await client.result("getUpdates", offset=first + 1)] == [second]
    assert telegram.updates.confirmed == [first]


async def test_of_a_group_only_what_is_for_the_bot_is_shown(telegram: TelegramEmulator, client: Client) -> None:
    first = (await client.result("getUpdates"))[0]["update_id"]
    ours = {"reply_to_message": {"from": {"id": telegram.world.bot["id"]}}}
    other = {"reply_to_message": {"from": {"id": 5}}}
    shown = [telegram.say(-7, "/menu"), telegram.say(-7, "hai", **ours)]
    assert [telegram.say(-7, "chào cả nhà"), telegram.say(-7, "ừ", **other), telegram.photo(-7)] == [0, 0, 0]
    assert [found["update_id"] for found in await client.result("getUpdates", offset=first + 1)] == shown


async def test_a_long_poll_ends_when_something_is_said(telegram: TelegramEmulator, client: Client) -> None:
    first = (await client.result("getUpdates"))[0]["update_id"]
    asked = asyncio.create_task(client.result("getUpdates", offset=first + 1, timeout=30))
    await asyncio.sleep(0.05)
    assert not asked.done()
    said = telegram.say(8, "chào")
    assert [found["update_id"] for found in await asked] == [said]


async def test_two_pollers_and_a_webhook_conflict(telegram: TelegramEmulator, client: Client) -> None:
    first = (await client.result("getUpdates"))[0]["update_id"]
    older = asyncio.create_task(client.refusal("getUpdates", offset=first + 1, timeout=30))
    await asyncio.sleep(0.05)
    assert await client.result("getUpdates", offset=first + 1) == []
    assert "terminated by other getUpdates request" in await older
    await client.result("setWebhook", url="http://127.0.0.1:9/")
    assert "can't use getUpdates method while webhook is active" in await client.refusal("getUpdates")
    await client.result("deleteWebhook")
    assert await client.result("getUpdates") == []


async def test_only_wanted_kinds_are_made(telegram: TelegramEmulator, client: Client) -> None:
    await client.result("getUpdates", allowed_updates=["message"])
    assert telegram.update("edited_message", {}, 7) == 0
    assert telegram.say(7, "chào") > 0


async def test_webhooks_need_https_elsewhere(client: Client) -> None:
    assert "HTTPS URL must be provided" in await client.refusal("setWebhook", url="http://example.vn/")
    assert "only on ports" in await client.refusal("setWebhook", url="https://example.vn:9000/")
    assert "unallowed characters" in await client.refusal("setWebhook", url="http://127.0.0.1/", secret_token="é")


class Receiver:
    """A webhook that answers as told."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[int, int]] = []
        self.secrets: list[str | None] = []
        self.reply: dict[str, Any] | None = None
        app = web.Application()
        app.router.add_post("/", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        update = await request.json()
        status = self.statuses.pop(0) if self.statuses else 200
        self.got.append((update["message"]["chat"]["id"], update["update_id"]))
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return web.Response(status=status) if self.reply is None else web.json_response(self.reply)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    made = Receiver()
    yield made, await made.start()
    await made.stop()


async def test_a_chat_waits_for_its_head_and_others_do_not(
    telegram: TelegramEmulator, client: Client, receiver: tuple[Receiver, str]
) -> None:
    hook, url = receiver
    telegram.updates.drop_all()
    hook.statuses = [500, 503, 404, 200]
    first, second = telegram.say(7, "một"), telegram.say(7, "hai")
    await client.result("setWebhook", url=url, secret_token="bi-mat")
    await telegram.wait_until(lambda: len(hook.got) >= 1)
    other = telegram.say(9, "khác")
    await telegram.wait_confirmed(second)
    await telegram.wait_confirmed(other)
    of_7 = [number for chat, number in hook.got if chat == 7]
    assert of_7 == [first] * of_7.count(first) + [second]
    assert len(hook.got) == 6
    assert set(hook.secrets) == {"bi-mat"}
    assert sorted(telegram.updates.confirmed) == [first, second, other]


def test_the_ladder_of_retries() -> None:
    updates = Updates(Pace(), random.Random(1))
    steps = [updates._ladder(failures) for failures in range(1, 12)]
    assert steps[:6] == [0, 2, 4, 8, 16, 32]
    assert all(60 <= step <= 120 for step in steps[7:])


async def test_a_method_in_the_reply_is_done_and_says_nothing(
    telegram: TelegramEmulator, client: Client, receiver: tuple[Receiver, str]
) -> None:
    hook, url = receiver
    hook.reply = {"method": "sendMessage", "chat_id": 7, "text": "qua webhook"}
    await client.result("setWebhook", url=url)
    assert [sent.text for sent in await telegram.wait_for(7, 1)] == ["qua webhook"]


# --- troubles ---------------------------------------------------------------------------------------------------------


async def test_faults_come_as_scripted_and_the_truth_is_kept(telegram: TelegramEmulator, client: Client) -> None:
    message: dict[str, Any] = {"chat_id": 7, "text": "a"}
    telegram.faults.next("sendMessage", Fault.FAILING, Fault.GARBAGE, Fault.LOST, Fault.GARBLED)
    assert await client.refusal("sendMessage", **message) == "500 Internal Server Error"
    with pytest.raises(aiohttp.ContentTypeError):
        await client.call("sendMessage", **message)
    assert telegram.sent() == []
    with pytest.raises(aiohttp.ClientError):
        await client.call("sendMessage", **message)
    assert len(telegram.sent()) == 1
    with pytest.raises(aiohttp.ContentTypeError):
        await client.call("sendMessage", **message)
    assert len(telegram.sent()) == 2


async def test_whoever_does_not_wait_is_refused_again(telegram: TelegramEmulator, client: Client) -> None:
    telegram.faults.retry_after = 0.1
    telegram.faults.next("sendMessage", Fault.LIMITED)
    status, told = await client.call("sendMessage", chat_id=7, text="a")
    assert (status, told["parameters"]) == (429, {"retry_after": 0.1})
    assert (await client.call("sendMessage", chat_id=7, text="a"))[0] == 429
    assert telegram.world.impatient == 1
    await asyncio.sleep(0.11)
    await client.result("sendMessage", chat_id=7, text="a")


def test_shares_follow_the_seed() -> None:
    def draw(seed: int) -> list[Fault | None]:
        faults = Faults(seed, limited=0.1, lost=0.2, garbage=0.05)
        return [faults.draw("sendMessage") for _ in range(2000)]

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)
    assert 150 < draw(3).count(Fault.LIMITED) < 250
    assert 350 < draw(3).count(Fault.LOST) < 450
    assert Faults(3, limited=1.0).draw("getMe") is None


# --- the page and the command -----------------------------------------------------------------------------------------


async def test_the_phone_says_presses_and_shows(telegram: TelegramEmulator, client: Client) -> None:
    async def act(**what: Any) -> int:
        async with client.session.post(f"{telegram.base_url}/phone/act", json={"who": "7", **what}) as reply:
            return reply.status

    sent = await client.result("sendMessage", chat_id=7, text="<b>", reply_markup=keyboard("có"))
    assert await act(do="press", message=sent["message_id"], data="có") == 204
    assert await act(do="say", text="dạ") == 204
    assert await act(do="fly") == 400
    async with client.session.get(f"{telegram.base_url}/phone/seen?who=7") as reply:
        told = await reply.json()
    assert [(seen["from"], seen["text"]) for seen in told["seen"]] == [
        ("me", "chào"),
        ("bot", "<b>"),
        ("me", "▸ Nút"),
        ("me", "dạ"),
    ]
    others = [act(do=what) for what in ("location", "contact")]
    others += [act(do=what, text="dạ thưa") for what in ("edit", "forward")]
    assert [await other for other in others] == [204] * 4
    *_, edited, forwarded = await client.result("getUpdates", timeout=0)
    assert edited["edited_message"]["message_id"] == told["seen"][-1]["id"] + 2  # the newest of this person's
    assert forwarded["message"]["forward_origin"]["type"] == "hidden_user"
    for path in ("/", "/phone/phone.js", "/phone/telegram.js", "/phone/phone.css"):
        async with client.session.get(telegram.base_url + path) as reply:
            assert reply.status == 200
            assert TOKEN not in await reply.text()


async def test_no_page_elsewhere_can_use_the_phone(telegram: TelegramEmulator, client: Client) -> None:
    body = '{"chat":"7","do":"say","text":"a"}'
    async with client.session.post(f"{telegram.base_url}/phone/act", data=body.encode()) as reply:
        assert reply.status == 415


def test_the_command_makes_what_was_asked() -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    made = emulator(parser.parse_args(["emulate", "telegram", "--port", "0", "--lost", "0.1", "--retry-after", "3"]))
    assert (made.faults.lost, made.faults.limited, made.faults.retry_after) == (0.1, 0.0, 3)
    with pytest.raises(SystemExit):
        parser.parse_args(["emulate", "telegram", "--lost", "2"])
