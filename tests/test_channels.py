"""The contract of every channel, as tables: what a citizen may rely on, whatever they write with.

Web, Telegram by polls, Telegram by webhook, Zalo and the terminal carry the same conversation. A row that does not
apply to a line is not in its table. What happens to answers on the way out, and ratings, is in
``test_channels_answers``.
"""

from __future__ import annotations

import asyncio
import re
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from channels.telegram import SECRET_HEADER
from channels.zalo_bot import SECRET_HEADER as BOT_HEADER
from channels.zalo_oa import SIGNATURE
from handlers.messages import PDF, XLSX
from storage.tables import inbox
from tests.desks import Desks, count, has_way_on, recorded
from tests.lines import (
    LINES,
    TELEGRAM,
    UNIT,
    AtTheTerminal,
    Desk,
    OnTelegram,
    OnTheWeb,
    OnZalo,
)
from tests.telegram_world import SECRET, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")
FILES = ("web", "polling", "webhook", "zalo", "terminal")
TABLES = ("polling", "webhook", "terminal")
"""Lines on which a PDF goes along, and a table."""
CODES = ("1.001193", "1.000656", "1.000894", "2.000815")
"""Procedures of the catalog."""


# --- once, in order ---------------------------------------------------------------------------------------------------


async def test_a_message_that_comes_twice_on_the_web_is_answered_once(desks: Desks) -> None:
    desk, one = desks["web"], OnTheWeb(desks["web"])
    same = one.next_id()
    first = await asyncio.gather(*(one.post("menu", same) for _ in range(5)))
    await desk.quiet()
    again = await one.post("menu", same.upper())
    await desk.quiet()
    assert {(status, body["id"]) for status, body in (*first, again)} == {(202, same)}
    assert len(await one.shown()) == 1


async def test_a_line_that_comes_twice_at_the_terminal_is_answered_once(desks: Desks) -> None:
    desk, one = desks["terminal"], AtTheTerminal(desks["terminal"], "hai lần")
    for _ in range(3):
        await one.write("menu", number=1_000_000)
        await desk.quiet()
    assert len(await one.shown()) == 1


@pytest.mark.parametrize("line", TELEGRAM)
async def test_an_update_that_comes_twice_is_answered_once(desks: Desks, line: str) -> None:
    desk, telegram = desks[line], desks[line].telegram
    one, other = desk.person(line), desk.person(line)
    before = telegram.updates.repeated
    telegram.updates.again = 10.0  # all that was ever delivered comes again
    try:
        assert len(await desk.says(one, "menu")) == 1
        assert len(await desk.says(other, "menu", f"fee {CODES[0]}")) == 2
        assert len(await desk.says(one, "giờ làm việc")) == 1
    finally:
        telegram.updates.again = 0.0
    assert telegram.updates.repeated > before
    assert (len(await one.shown()), len(await other.shown())) == (2, 2)


async def test_an_event_of_zalo_that_comes_twice_is_answered_once(desks: Desks) -> None:
    desk, zalo = desks["zalo"], desks["zalo"].zalo
    one = desk.person("zalo")
    zalo.hooks.again = 1.0
    try:
        assert len(await desk.says(one, "menu")) == 1
        assert len(await desk.says(one, "giờ làm việc", f"fee {CODES[0]}")) == 2
    finally:
        zalo.hooks.again = 0.0
    await zalo.wait_until(lambda: zalo.hooks.repeated >= 3)
    await desk.quiet()
    assert len(await one.shown()) == 3


async def test_an_update_of_zalos_bot_that_comes_twice_is_answered_once(desks: Desks) -> None:
    desk, bot = desks["webhook"], desks["webhook"].zalo.bot
    one = desk.person("zalo_bot")
    bot.again = 1.0
    before = len(bot.statuses)
    try:
        assert len(await desk.says(one, "menu")) == 1
        assert len(await desk.says(one, "giờ làm việc", f"fee {CODES[0]}")) == 2
    finally:
        bot.again = 0.0
    assert bot.statuses[before:] == [200] * 3
    await desk.zalo.wait_until(lambda: desk.zalo_bot.counts["message"] >= 6)
    await desk.quiet()
    assert len(await one.shown()) == 3


@pytest.mark.parametrize("line", LINES)
async def test_answers_keep_the_order_of_the_messages_while_chats_mix(desks: Desks, line: str) -> None:
    desk = desks[line]
    patient = desk.person(line)
    asked = [f"{part} {code}" for code in CODES for part in ("fee", "papers")]
    expected = [[said.text for said in await desk.says(patient, text)] for text in asked]
    hasty = [desk.person(line) for _ in range(5)]
    for text in asked:
        await asyncio.gather(*(one.write(text) for one in hasty))
    await desk.quiet()
    for one in hasty:
        assert [said.text for said in await one.shown()] == list(chain.from_iterable(expected))


async def test_an_older_number_after_a_newer_one_is_answered_as_well(desks: Desks) -> None:
    desk = desks["webhook"]
    one = OnTelegram(desk, 900_001)
    desk.telegram.world.room(900_001)
    for number in (77, 5, 5, 77, 41):
        assert await hook(desk, number, one.number, "menu", SECRET) == 200
    await desk.quiet()
    assert len(await one.shown()) == 3


# --- who may post -----------------------------------------------------------------------------------------------------


async def hook(desk: Desk, number: int, chat: int, text: str, *secrets: str) -> int:
    """An update posted at the webhook by anybody; the status."""
    message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"}, "text": text}
    body = orjson.dumps({"update_id": number, "message": {**message, "from": {"id": chat, "first_name": "A"}}})
    headers = [("Content-Type", "application/json"), *((SECRET_HEADER, secret) for secret in secrets)]
    async with desk.http.post(f"{desk.program.address}/telegram", data=body, headers=headers) as reply:
        return reply.status


async def test_an_update_that_names_nobody_is_counted_as_rejected(desks: Desks) -> None:
    desk = desks["polling"]
    before = _rejected(desk)
    desk.telegram.update("message", {"hỏng": True}, 0)
    await eventually(lambda: _rejected(desk) == before + 1)


def _rejected(desk: Desk) -> float:
    (line,) = re.findall(rb'motcua_inbox_total\{outcome="rejected"\} (\S+)', desk.app.metrics.text())
    return float(line)


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET[:-1],), (SECRET.lower(),), (SECRET, SECRET), ("é" * 40,)])
async def test_a_wrong_secret_is_refused_and_nothing_is_stored(desks: Desks, secrets: tuple[str, ...]) -> None:
    desk, one = desks["webhook"], OnTelegram(desks["webhook"], 900_002)
    assert await hook(desk, 9, one.number, "menu", *secrets) == 403
    assert await count(desk, inbox, one) == 0


async def test_an_event_of_zalo_that_is_not_rightly_signed_goes_nowhere(desks: Desks) -> None:
    desk, one = desks["zalo"], desks["zalo"].person("zalo")
    assert isinstance(one, OnZalo)
    body = orjson.dumps({"event_name": "user_send_text", "timestamp": "1", "sender": {"id": one.user}})
    for headers in ({}, {SIGNATURE: "mac="}, {SIGNATURE: desk.zalo.hooks.sign(body, "2")}):
        async with desk.http.post(f"{desk.program.address}/zalo/oa", data=body, headers=headers) as reply:
            assert reply.status == 200
    await desk.quiet()
    assert await count(desk, inbox, one) == 0


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET[:-1],), (SECRET.lower(),), (SECRET, SECRET), ("é" * 40,)])
async def test_an_update_of_zalos_bot_with_a_wrong_secret_is_refused(desks: Desks, secrets: tuple[str, ...]) -> None:
    desk, one = desks["webhook"], desks["webhook"].person("zalo_bot")
    message = {"message_id": "m1", "chat": {"id": one.chat.id}, "text": "menu"}
    body = orjson.dumps({"event_name": "message.text.received", "message": message})
    headers = [(BOT_HEADER, secret) for secret in secrets]
    async with desk.http.post(f"{desk.program.address}/zalo/bot", data=body, headers=headers) as reply:
        assert reply.status == 403
    assert await count(desk, inbox, one) == 0


async def test_a_desk_that_polls_has_no_webhook(desks: Desks) -> None:
    assert await hook(desks["polling"], 9, 900_002, "menu", SECRET) == 404
    async with desks["zalo_bot"].http.post(f"{desks['zalo_bot'].program.address}/zalo/bot", data=b"{}") as reply:
        assert reply.status == 404


async def test_another_sites_page_is_refused_and_nothing_is_stored(desks: Desks) -> None:
    desk, one = desks["web"], OnTheWeb(desks["web"])
    for headers in ({"Origin": "https://example.com"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        status, body = await one.post("menu", **headers)
        assert (status, bool(body["say"])) == (403, True)
    assert await count(desk, inbox, one) == 0


# --- what is written --------------------------------------------------------------------------------------------------

HOSTILE = [
    "<3",
    "<b>làm khai sinh",
    "a\u202eb\u202dc",
    "\u200b\u200c\u200d\ufeff",
    "&lt;script&gt;",
    "{0} %s $(id) `id`",
    "Nguyễn\u0300\u0301\u0302\u0303",
    "khai\tsinh\r\n\r\n\r\n",
    "🧑‍🌾👩🏽‍⚖️",
    "'; DROP TABLE inbox; --",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_and_names_get_one_answer_with_a_way_on(desks: Desks, line: str, text: str) -> None:
    desk = desks[line]
    (said,) = await desk.says(desk.person(line, name=text), text)
    assert has_way_on(said)
    assert not set("\u202e\u202d\u200b\ufeff") & set(said.text)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("text", ["a" * 4096, "khai sinh " * 409, "đ" * 4096, "\n" * 4095 + "x", "💬" * 2048])
async def test_a_text_as_long_as_may_be_gets_one_answer_within_bounds(desks: Desks, line: str, text: str) -> None:
    desk = desks[line]
    (said,) = await desk.says(desk.person(line), text)
    assert has_way_on(said)
    assert 0 < len(said.text) <= 4096


async def test_a_text_longer_than_that_is_refused_on_the_web_with_a_sentence(desks: Desks) -> None:
    one = OnTheWeb(desks["web"])
    status, body = await one.post("a" * 4097)
    assert (status, body["error"]) == (400, "long_text")
    assert body["say"].endswith(".")
    assert await count(desks["web"], inbox, one) == 0


async def test_the_terminal_takes_a_text_of_any_length(desks: Desks) -> None:
    desk = desks["terminal"]
    (said,) = await desk.says(desk.person("terminal"), "làm khai sinh cho con " * 5000)
    assert has_way_on(said)


KINDS: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]},
    "photo with words": {
        "photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}],
        "caption": "làm khai sinh cần giấy gì",
    },
    "voice": {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
    "video": {"video": {"file_id": "v", "file_unique_id": "v", "width": 9, "height": 9, "duration": 3}},
    "round video": {"video_note": {"file_id": "v", "file_unique_id": "v", "length": 9, "duration": 3}},
    "location": {"location": {"latitude": 21.03, "longitude": 105.85}},
    "contact": {"contact": {"phone_number": "0912345678", "first_name": "A"}},
    "document": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "<3.pdf"}},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "poll": {
        "poll": {
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
        }
    },
    "forward": {
        "text": "menu",
        "forward_origin": {"type": "hidden_user", "sender_user_name": "<3\u202e", "date": 1_790_000_000},
    },
    "of a kind nobody knows yet": {"hologram": {"file_id": "h"}},
    "broken": {"photo": "hỏng"},
}  # fmt: skip


@pytest.mark.parametrize("line", TELEGRAM)
@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_kind_it_is_it_gets_one_answer_with_a_way_on(desks: Desks, line: str, kind: str) -> None:
    desk = desks[line]
    one = desk.person(line)
    assert isinstance(one, OnTelegram)
    await desk.telegram.wait_confirmed(desk.telegram._message(one.number, KINDS[kind], kind))
    await desk.quiet()
    (said,) = await one.shown()
    assert has_way_on(said)


@pytest.mark.parametrize("kind", ["image", "link", "audio", "video", "sticker", "gif", "location", "file", "hologram"])
async def test_whatever_zalo_brings_gets_one_answer_with_a_way_on(desks: Desks, kind: str) -> None:
    desk = desks["zalo"]
    one = desk.person("zalo")
    assert isinstance(one, OnZalo)
    event = desk.zalo.send(one.user, kind)
    await desk.zalo.wait_until(lambda: event.taken)
    await desk.quiet()
    (said,) = await one.shown()
    assert has_way_on(said)


@pytest.mark.parametrize("kind", ["image", "sticker", "voice", "unsupported", "hologram"])
async def test_whatever_zalos_bot_brings_gets_one_answer_with_a_way_on(desks: Desks, kind: str) -> None:
    desk = desks["zalo_bot"]
    one = desk.person("zalo_bot")
    counts = desk.zalo_bot.counts
    before = counts["message"]
    desk.zalo.bot.send(one.chat.id, kind)
    await desk.zalo.wait_until(lambda: counts["message"] > before)
    await desk.quiet()
    (said,) = await one.shown()
    assert has_way_on(said)


async def test_who_follows_the_account_is_greeted_and_who_gives_a_phone_is_answered(desks: Desks) -> None:
    desk = desks["zalo"]
    one = desk.person("zalo")
    assert isinstance(one, OnZalo)
    for event in (desk.zalo.follow(one.user), desk.zalo.submit_info(one.user, "84900000001")):
        await desk.zalo.wait_until(lambda event=event: event.taken)  # type: ignore[misc]
        await desk.quiet()
    assert len(await one.shown()) == 2
    assert await count(desk, inbox, one) == 2


@pytest.mark.parametrize("line", TELEGRAM)
async def test_a_sticker_and_an_edited_message_get_one_answer_each(desks: Desks, line: str) -> None:
    desk = desks[line]
    one = desk.person(line)
    assert isinstance(one, OnTelegram)
    number = desk.telegram.sticker(one.number)
    await desk.telegram.wait_confirmed(number)
    await desk.telegram.wait_confirmed(desk.telegram.edit(one.number, "giờ làm việc"))
    await desk.quiet()
    said = await one.shown()
    assert len(said) == 2
    assert all(map(has_way_on, said))


@pytest.mark.parametrize(("first", "second"), [("web", "zalo"), ("polling", "web"), ("zalo_bot", "polling")])
async def test_one_person_on_two_channels_is_joined_by_the_code_they_carry(
    desks: Desks, first: str, second: str
) -> None:
    desk = desks[first]
    there, here = desk.person(first), desk.person(second)
    code, proof = desk.dossier()
    await desk.says(there, f"{code} {proof}")
    (said,) = await desk.says(there, "nối chat")
    (carried,) = re.findall(r"NOI-\w{5}-\w{5}", said.text)
    await desk.says(here, carried)
    before = len(await there.shown())
    (joined,) = await desk.says(here, "có")
    assert "Đã nối" in joined.text
    (told,) = (await there.shown())[before:]
    assert "vừa được nối" in told.text
    await desk.says(here, f"rate {code}")
    assert (await desk.says(here, "5"))[0].text.startswith("Đã ghi: 5 ")
    assert (await recorded(desk, there, code), await recorded(desk, here, code)) == (5, 5)
    await desk.says(there, "bỏ nối")
    (asked,) = await desk.says(here, f"status {code}")
    assert "4 số cuối" in asked.text


@pytest.mark.parametrize("line", LINES)
async def test_a_week_as_a_file_is_sent_or_lies_behind_a_link_that_ends_with_the_role(desks: Desks, line: str) -> None:
    desk = desks[line]
    one = desk.person(line)
    (_, said) = await desk.says(one, await desk.invitation(UNIT), "tuần này")
    for label in ("Tải trang A4", "Tải bảng tính"):
        assert label in said.text or label in dict(said.choices)
    for words, type, sent in (("gửi file pdf tuần này", PDF, FILES), ("gửi file excel tuần này", XLSX, TABLES)):
        texts = [each.text for each in await desk.says(one, words)]
        (link,) = re.findall(r"http://\S+/tep/\S+", "\n".join(texts)) or [None]
        assert (link is None) is (line in sent)
        if link is None:
            continue
        async with desk.http.get(link) as page:
            (name,) = re.findall(rf'href="{urlsplit(link).path}/([\w.-]+)"', await page.text())
        async with desk.http.get(f"{link}/{name}") as reply:
            assert (reply.status, reply.content_type) == (200, type)
        await desk.revoke(one)
        async with desk.http.get(f"{link}/{name}") as reply:
            assert reply.status == 404
        await desk.says(one, await desk.invitation(UNIT))
