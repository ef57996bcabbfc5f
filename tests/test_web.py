"""The web chat's page and messages on a real server: who gets in, what is taken, what is refused."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from channels.web import Bounds
from channels.web_address import Proxies
from handlers.texts.sentences import sentence, sentences
from tests.web_citizen import GOOD, JSON, Citizen, opens
from tests.web_engine import START, Engine, Site


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(Engine()) as site:
        yield site


@pytest.fixture
async def citizen(site: Site, session: aiohttp.ClientSession) -> Citizen:
    return await opens(site, session)


# --- the page ---------------------------------------------------------------------------------------------------------


async def test_page_sets_a_cookie_of_128_bits_that_scripts_and_other_sites_cannot_use(
    site: Site, session: aiohttp.ClientSession
) -> None:
    async with session.get(site.url + "/") as first, session.get(site.url + "/") as second:
        lines = [reply.headers["Set-Cookie"] for reply in (first, second)]
    cookies = [SimpleCookie(line)["motcua_chat"] for line in lines]
    assert cookies[0].value != cookies[1].value
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie.value) for cookie in cookies)
    assert all(flag in lines[0] for flag in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Secure" not in lines[0]


@pytest.mark.parametrize(
    ("headers", "settings", "secure"),
    [
        ({"X-Forwarded-Proto": "https"}, {}, True),
        ({"X-Forwarded-Proto": "http"}, {}, False),
        ({}, {"secure": True}, True),
    ],
)
async def test_cookie_is_secure_on_https(
    session: aiohttp.ClientSession, headers: dict[str, str], settings: dict[str, Any], secure: bool
) -> None:
    async with Site(Engine(), **settings) as site, session.get(site.url + "/", headers=headers) as reply:
        assert ("Secure" in reply.headers["Set-Cookie"]) is secure


async def test_page_comes_back_with_the_same_chat(citizen: Citizen) -> None:
    async with citizen.session.get(citizen.site.url + "/", headers=citizen.headers) as reply:
        assert f"motcua_chat={citizen.cookie};" in reply.headers["Set-Cookie"]
    bad = {"Cookie": "motcua_chat=../../etc/passwd"}
    async with citizen.session.get(citizen.site.url + "/", headers=bad) as reply:
        assert "passwd" not in reply.headers["Set-Cookie"]


async def test_page_allows_nothing_but_its_own_files(site: Site, session: aiohttp.ClientSession) -> None:
    async with session.get(site.url + "/") as reply:
        headers, text = reply.headers, await reply.text()
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|<style|https?://", text)
    assert not re.search(r"\{\{|\[\[|\{unit\}|\{phone\}|\{dial\}", text)


async def test_page_says_whose_it_is_and_that_it_is_a_machine(session: aiohttp.ClientSession) -> None:
    settings = {"unit_name": lambda: '<b>"xã" & {phone}', "phone": lambda: "0299 3812 345", "demo": True}
    async with Site(Engine(), **settings) as site, session.get(site.url + "/") as reply:
        demo = await reply.text()
    async with Site(Engine()) as site, session.get(site.url + "/") as reply:
        plain = await reply.text()
    assert "Một cửa &lt;b&gt;&quot;xã&quot; &amp; {phone}</h1>" in demo and "<b>" not in demo
    assert 'href="tel:02993812345"' in demo and "tel:" not in plain
    assert "DỮ LIỆU MẪU" in demo and "DỮ LIỆU MẪU" not in plain
    for page in (demo, plain):
        assert '<html lang="vi">' in page and "Máy trả lời tự động, không phải cán bộ." in page


async def test_files_are_kept_by_browsers_and_weigh_little(site: Site, session: aiohttp.ClientSession) -> None:
    async with session.get(site.url + "/") as reply:
        text = await reply.text()
    weight = len(text.encode())
    for path in set(re.findall(r"/web/assets/[\w.]+", text)):
        async with session.get(site.url + path) as reply:
            weight += len(await reply.read())
            assert reply.status == 200 and "immutable" in reply.headers["Cache-Control"]
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert 10_000 < weight <= 60_000
    for path in ("chat.js", "index.html", "chat.000000000000.js", "%2e%2e%2fweb.py"):
        async with session.get(f"{site.url}/web/assets/{path}") as reply:
            assert reply.status == 404


# --- what is said -----------------------------------------------------------------------------------------------------

BAD = [
    # label, body, headers, status, error
    ("no JSON", b"{", {}, 400, "bad_json"),
    ("nothing", b"", {}, 400, "bad_json"),
    ("a list", [GOOD], {}, 400, "bad_json"),
    ("a number", 7, {}, 400, "bad_json"),
    ("not a number", b'{"id": NaN}', {}, 400, "bad_json"),
    ("deep", b"[" * 15_000 + b"]" * 15_000, {}, 400, "bad_json"),
    ("deep objects", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, {}, 400, "bad_json"),
    ("half a character", b'{"id": "x", "text": "\\ud800"}', {}, 400, "bad_json"),
    ("no UTF-8", b'{"text": "\xff\xfe"}', {}, 400, "bad_json"),
    ("no id", {"text": "a"}, {}, 400, "bad_id"),
    ("an id that is none", {**GOOD, "id": "1"}, {}, 400, "bad_id"),
    ("an id of another writing", {**GOOD, "id": "{" + GOOD["id"] + "}"}, {}, 400, "bad_id"),
    ("an id with a line end", {**GOOD, "id": GOOD["id"] + "\n"}, {}, 400, "bad_id"),
    ("a number for an id", {**GOOD, "id": 7}, {}, 400, "bad_id"),
    ("no text", {"id": GOOD["id"]}, {}, 400, "no_text"),
    ("empty text", {**GOOD, "text": ""}, {}, 400, "no_text"),
    ("a list for a text", {**GOOD, "text": ["a"]}, {}, 400, "no_text"),
    ("null for a text", {**GOOD, "text": None}, {}, 400, "no_text"),
    ("4097 characters", {**GOOD, "text": "ệ" * 4097}, {}, 400, "long_text"),
    ("too many bytes", {**GOOD, "text": "a" * 40_000}, {}, 413, "too_long"),
    ("no cookie", GOOD, {"Cookie": "a=b"}, 400, "no_chat"),
    ("a short cookie", GOOD, {"Cookie": "motcua_chat=abc"}, 400, "no_chat"),
    ("a form", GOOD, {"Content-Type": "application/x-www-form-urlencoded"}, 415, "not_json"),
    ("plain text", GOOD, {"Content-Type": "text/plain; a=application/json"}, 415, "not_json"),
    ("compressed", GOOD, {"Content-Encoding": "gzip"}, 415, "not_json"),
    ("another site", GOOD, {"Origin": "https://evil.example"}, 403, "foreign"),
    ("another port", GOOD, {"Origin": "http://127.0.0.1:1"}, 403, "foreign"),
    ("a page without origin", GOOD, {"Origin": "null"}, 403, "foreign"),
    ("an origin that is none", GOOD, {"Origin": "http://[::1"}, 403, "foreign"),
    ("cross-site", GOOD, {"Sec-Fetch-Site": "cross-site"}, 403, "foreign"),
    ("a sister site", GOOD, {"Sec-Fetch-Site": "same-site"}, 403, "foreign"),
]


@pytest.mark.parametrize(("label", "body", "headers", "status", "error"), BAD, ids=[row[0] for row in BAD])
async def test_what_is_not_taken(
    citizen: Citizen, label: str, body: Any, headers: dict[str, str], status: int, error: str
) -> None:
    got, reply, _ = await citizen.post(body, **headers)
    assert (got, reply) == (status, {"error": error, "say": sentence(f"web.error.{error}")})
    assert citizen.site.engine.calls == 0


GOOD_TEXTS = ["a", "ệ" * 4096, "hai\ndòng", "\U0001f33e" * 4096, "<script>alert(1)</script>", "   "]


@pytest.mark.parametrize("text", GOOD_TEXTS, ids=range(len(GOOD_TEXTS)))
async def test_what_is_taken_as_it_is(citizen: Citizen, text: str) -> None:
    body = json.dumps({"id": GOOD["id"].upper(), "text": text, "more": [1]}, ensure_ascii=False).encode()
    host = citizen.site.url.removeprefix("http://")
    ours = {
        "Origin": f"http://{host}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json; charset=utf-8",
    }
    status, reply, _ = await citizen.post(body, **ours)
    assert (status, reply) == (202, {"id": GOOD["id"]})
    [message] = citizen.site.engine.accepted
    assert (message.chat, message.id, message.text, message.at) == (citizen.chat, GOOD["id"], text, START)


async def test_origin_behind_a_proxy_that_changes_the_host(citizen: Citizen) -> None:
    through = {"Origin": "https://motcua.example.gov.vn", "X-Forwarded-Host": "motcua.example.gov.vn"}
    assert (await citizen.post(GOOD, **through))[0] == 202
    named = {"Origin": "https://motcua.example.gov.vn", "Host": "motcua.example.gov.vn:443"}
    assert (await citizen.post(GOOD, **named))[0] == 403  # the browser leaves :443 out, so that is another place


async def test_the_chat_is_known_by_a_hash_of_the_cookie(citizen: Citizen) -> None:
    await citizen.says("chào")
    [message] = citizen.site.engine.accepted
    assert citizen.cookie not in str(message.chat)
    assert re.fullmatch(r"web/H99\.07/[0-9a-f]{64}", str(message.chat))


async def test_again_the_same_for_the_same_id(citizen: Citizen) -> None:
    tab = await citizen.listen()
    await tab.until_ready()
    for _ in range(3):
        assert (await citizen.post(GOOD))[:2] == (202, {"id": GOOD["id"]})
    await citizen.says("khác")
    assert [message.text for message in citizen.site.engine.accepted] == ["làm khai sinh", "khác"]
    heard = [await tab.next() for _ in range(4)]
    assert [(event, data["text"]) for event, _, data in heard] == [
        ("echo", "làm khai sinh"),
        ("message", "Máy nghe: làm khai sinh"),
        ("echo", "khác"),
        ("message", "Máy nghe: khác"),
    ]


async def test_202_only_when_it_is_stored(citizen: Citizen) -> None:
    engine = citizen.site.engine
    engine.gate.clear()
    posting = asyncio.create_task(citizen.post(GOOD))
    await asyncio.sleep(0.1)
    assert engine.calls == 1 and not posting.done()
    engine.gate.set()
    assert (await posting)[0] == 202


async def test_503_when_it_cannot_be_stored(citizen: Citizen) -> None:
    tab = await citizen.listen()
    await tab.until_ready()
    citizen.site.engine.full = True
    status, reply, headers = await citizen.post(GOOD)
    assert (status, reply["error"]) == (503, "storage") and int(headers["Retry-After"]) > 0
    citizen.site.engine.full = False
    assert (await citizen.post(GOOD))[0] == 202
    assert [await tab.texts(2)] == [["làm khai sinh", "Máy nghe: làm khai sinh"]]


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def test_61_messages_in_10_seconds_are_too_many(session: aiohttp.ClientSession) -> None:
    watch = Stopwatch()
    async with Site(Engine(), monotonic=watch) as site:
        one, other = await opens(site, session), await opens(site, session)
        for _ in range(60):
            watch.seconds += 0.16
            await one.says("a")
        status, reply, headers = await one.post(GOOD)
        assert (status, reply["error"]) == (429, "too_fast") and 0 < int(headers["Retry-After"]) <= 10
        assert len(site.engine.accepted) == 60
        await other.says("người khác vẫn hỏi được")
        watch.seconds += 10
        await one.says("a")


async def test_new_chats_of_one_address_are_bounded(session: aiohttp.ClientSession) -> None:
    watch = Stopwatch()
    async with Site(Engine(), monotonic=watch, bounds=Bounds(chats_per_address=3)) as site:
        people = [await opens(site, session) for _ in range(5)]
        here = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
        assert [(await one.post(GOOD, **here))[0] for one in people] == [202, 202, 202, 429, 429]
        assert (await people[0].post(GOOD, **here))[0] == 202  # who was here before stays
        elsewhere = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
        assert (await people[3].post(GOOD, **elsewhere))[0] == 202
        assert (await people[4].post(GOOD))[0] == 202  # a proxy that says nothing: no address to count
        customers = [{"X-Forwarded-For": f"2001:db8::{n}"} for n in range(5)]
        fresh = [await opens(site, session) for _ in range(5)]
        got = [(await one.post(GOOD, **at))[0] for one, at in zip(fresh, customers, strict=True)]
        assert got == [202, 202, 202, 429, 429]  # one customer has 2^64 addresses
        watch.seconds += 601
        assert (await people[4].post(GOOD, **here))[0] == 202


async def test_what_is_remembered_of_addresses_is_bounded(session: aiohttp.ClientSession) -> None:
    async with Site(Engine(), bounds=Bounds(chats_per_address=2, visits=4)) as site:
        people = [await opens(site, session) for _ in range(8)]
        for n, one in enumerate(people):
            assert (await one.post(GOOD, **{"X-Forwarded-For": f"203.0.113.{n // 2}"}))[0] == 202
        assert (await people[0].post(GOOD, **{"X-Forwarded-For": "203.0.113.3"}))[0] == 429, "the newest are known"
        assert (await people[6].post(GOOD, **{"X-Forwarded-For": "203.0.113.0"}))[0] == 202, "the oldest are forgotten"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("private", None, None),
        ("private", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("private", "203.0.113.9:4711", "203.0.113.9"),
        ("private", "6.6.6.6, 192.168.1.7", "192.168.1.7"),
        ("private", "[2001:db8:1:2::5]:4711", "2001:db8:1:2::/64"),
        ("private", "2001:db8:1:2:ffff::6", "2001:db8:1:2::/64"),
        ("private", "::ffff:203.0.113.9", "203.0.113.9"),
        ("private", "unknown", None),
        ("none", "203.0.113.9", None),
        ("10.0.0.0/8", "203.0.113.9", None),
        ("127.0.0.1, 198.51.100.0/24", "6.6.6.6, 203.0.113.9, 198.51.100.4", "203.0.113.9"),
        ("127.0.0.1,198.51.100.0/24", "6.6.6.6, 2001:db8::1, 198.51.100.4", "2001:db8::/64"),
        ("127.0.0.1", "198.51.100.4, 203.0.113.9", "203.0.113.9"),
    ],
)
async def test_where_a_message_came_from(
    session: aiohttp.ClientSession, trusted: str, forwarded: str | None, expected: str | None
) -> None:
    async with Site(Engine(), proxies=Proxies.parse(trusted)) as site:
        one = await opens(site, session)
        assert (await one.post(GOOD, **({} if forwarded is None else {"X-Forwarded-For": forwarded})))[0] == 202
        assert [message.origin for message in site.engine.accepted] == [expected]


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.1/8", "private, 10.0.0.1"])
def test_what_is_no_list_of_proxies(text: str) -> None:
    with pytest.raises(ValueError, match="wants private, none"):
        Proxies.parse(text)


async def test_a_body_without_an_end_is_not_read(site: Site, citizen: Citizen) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200 * 1024 * 1024:
            sent += 65536
            yield b"x" * 65536

    url = site.url + "/web/messages"
    try:
        async with citizen.session.post(url, data=endless(), headers={**citizen.headers, **JSON}) as reply:
            assert reply.status == 413
    except aiohttp.ClientConnectionError:
        pass  # the server hung up while we were still sending
    assert sent < 20 * 1024 * 1024
    await citizen.says("còn nghe")


async def test_a_body_that_is_announced_too_long_or_never_comes(session: aiohttp.ClientSession) -> None:
    for length, status, patience in ((40_000, b"413", 600), (100, b"408", 0.2)):
        async with Site(Engine(), bounds=Bounds(body=patience)) as site:
            citizen = await opens(site, session)
            host, port = site.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            head = f"Host: {host}\r\nCookie: {citizen.headers['Cookie']}\r\nContent-Type: application/json\r\n"
            writer.write(f"POST /web/messages HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n".encode())
            assert (await reader.readline()).split()[1] == status
            writer.close()


async def test_broken_bodies_are_refused_never_an_error_of_ours(session: aiohttp.ClientSession) -> None:
    draw = random.Random(7)
    whole = json.dumps(GOOD).encode()
    async with Site(Engine(), bounds=Bounds(messages=300)) as site:
        citizen = await opens(site, session)
        for _ in range(300):
            body = bytearray(whole)
            for _ in range(draw.randint(1, 4)):
                at = draw.randrange(len(body))
                body[at : at + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
            status, reply, _ = await citizen.post(bytes(body))
            assert status in (202, 400)
            assert set(reply) == ({"id"} if status == 202 else {"error", "say"})


def test_every_refusal_has_a_sentence() -> None:
    source = "".join(file.read_text("utf-8") for file in Path("channels").glob("web*.py"))
    errors = set(re.findall(r'Rejected\(\d+, "(\w+)"', source))
    known = {key.removeprefix("web.error.") for key in sentences() if key.startswith("web.error.")}
    assert len(errors) > 10 and errors == known
    for key, text in sentences().items():
        if key.startswith("web."):
            assert "bạn" not in text and "!" not in text and "quý" not in text.lower(), key
