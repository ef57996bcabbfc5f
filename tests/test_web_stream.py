"""The web chat's event streams and files on a real server: nothing lost, nothing twice, nothing to strangers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie

import aiohttp
import pytest

from channels.channel import Letter
from channels.web import Bounds
from channels.web_stream import typed
from handlers.messages import Attachment, Chat, Choice, Outgoing, Purpose
from tests.patience import PATIENCE
from tests.web_citizen import GOOD, Citizen, opens
from tests.web_engine import FIVE, START, Engine, Site


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


# --- the stream -------------------------------------------------------------------------------------------------------


async def test_a_letter_as_the_page_reads_it(citizen: Citizen) -> None:
    tab = await citizen.listen()
    assert tab.reply.content_type == "text/event-stream" and tab.reply.headers["Cache-Control"] == "no-store"
    await tab.until_ready()
    file = Attachment("báo cáo.pdf", "application/pdf", b"1234")
    seq = citizen.site.engine.post(citizen.chat, Outgoing("Anh/chị chấm\nmấy sao?", FIVE[:1], file))
    event, number, data = await tab.next()
    assert (event, number) == ("message", seq)
    assert data == {
        "text": "Anh/chị chấm\nmấy sao?",
        "choices": [{"label": "5 – Rất hài lòng", "says": "sao 5"}],
        "typed": [""],
        "attachment": {"name": "báo cáo.pdf", "type": "application/pdf", "size": 4, "url": f"/web/attachments/{seq}"},
        "at": "2026-11-22T01:30:01+00:00",
    }
    citizen.site.engine.post(citizen.chat, "chỉ chữ")
    assert (await tab.next())[2] | {"at": ""} == {
        "text": "chỉ chữ",
        "choices": [],
        "typed": [],
        "attachment": None,
        "at": "",
    }


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (FIVE, ["", "", "", "", ""]),
        ((Choice("Giấy tờ", "a"), Choice("Lệ phí", "b")), ["1", "2"]),
        ((Choice("Giấy tờ", "a"), Choice("Thôi", "b", "0")), ["", "0"]),
        ((Choice("1 bản sao", "a"), Choice("Nhiều bản", "b")), ["", "2"]),
        ((Choice("Không có giấy hẹn", "a"),), [""]),
        ((), []),
    ],
)
def test_what_may_be_typed_for_a_choice(choices: tuple[Choice, ...], expected: list[str]) -> None:
    assert typed(choices) == expected


async def test_without_a_number_the_last_50_with_one_what_comes_after(citizen: Citizen) -> None:
    for n in range(1, 121):
        citizen.site.engine.post(citizen.chat, f"thư {n}")
    everything = [f"thư {n}" for n in range(1, 121)]
    assert await (await citizen.listen()).until_ready() == everything[70:]
    assert await (await citizen.listen("?after=100")).until_ready() == everything[100:]
    assert await (await citizen.listen(**{"Last-Event-ID": "3"})).until_ready() == everything[3:]
    assert await (await citizen.listen("?after=3", **{"Last-Event-ID": "118"})).until_ready() == everything[118:]
    assert await (await citizen.listen(**{"Last-Event-ID": "120"})).until_ready() == []
    assert await (await citizen.listen(**{"Last-Event-ID": "9" * 40})).until_ready() == everything[70:]
    assert await (await citizen.listen("?after=-1")).until_ready() == everything[70:]


async def test_nothing_is_lost_between_reading_and_waking(citizen: Citizen) -> None:
    """A letter is committed while the stream reads, just after its rows were found."""
    engine = citizen.site.engine
    late = iter(["một", "hai", "ba"])

    def commit_one_more() -> None:
        if text := next(late, None):
            engine.post(citizen.chat, text)

    engine.during_read = commit_one_more
    tab = await citizen.listen()
    heard = []
    while len(heard) < 3:
        event, _, data = await tab.next()
        if event == "message":
            heard.append(data["text"])
    assert heard == ["một", "hai", "ba"]


async def test_every_letter_once_and_in_order_over_broken_connections(citizen: Citizen) -> None:
    engine, draw = citizen.site.engine, random.Random(3)
    count = 300

    async def post() -> None:
        for n in range(count):
            engine.post(citizen.chat, str(n))
            if draw.random() < 0.3:
                await asyncio.sleep(0.001)

    posting = asyncio.create_task(post())
    heard: list[int] = []
    last = 0
    while len(heard) < count:
        tab = await citizen.listen(**({"Last-Event-ID": str(last)} if last else {}))
        for _ in range(draw.randint(1, 40)):
            event, number, data = await tab.next()
            if event == "message" and number is not None:
                heard.append(int(data["text"]))
                last = number
            if len(heard) == count:
                break
        tab.reply.close()
    await posting
    assert heard[0] == heard[-1] - len(heard) + 1 and heard == sorted(heard)
    assert heard[-1] == count - 1


async def test_one_s_own_words_reach_the_other_tabs_before_their_answer(citizen: Citizen) -> None:
    tabs = [await citizen.listen(), await citizen.listen()]
    for tab in tabs:
        await tab.until_ready()
    id = await citizen.says("làm khai sinh")
    for tab in tabs:
        event, number, data = await tab.next()
        assert (event, number, data["id"], data["text"]) == ("echo", None, id, "làm khai sinh")
        assert datetime.fromisoformat(data["at"]) == START
        assert (await tab.next())[2]["text"] == "Máy nghe: làm khai sinh"


async def test_what_was_said_comes_before_its_answer_to_a_tab_that_lags(citizen: Citizen) -> None:
    citizen.site.engine.readable.clear()
    opening = asyncio.create_task(citizen.listen())
    await asyncio.sleep(0.05)
    await citizen.says("chào")
    await asyncio.sleep(0.05)
    citizen.site.engine.readable.set()
    assert await (await opening).until_ready() == ["chào", "Máy nghe: chào"]


async def test_nobody_hears_another_chat(site: Site, session: aiohttp.ClientSession) -> None:
    one, other = await opens(site, session), await opens(site, session)
    tab = await other.listen()
    await tab.until_ready()
    await one.says("bí mật")
    site.engine.post(one.chat, "riêng")
    site.engine.post(other.chat, "của mình")
    assert await tab.texts(1) == ["của mình"]


async def test_a_comment_keeps_a_quiet_stream_open(session: aiohttp.ClientSession) -> None:
    async with Site(Engine(), beat=0.05) as site:
        tab = await (await opens(site, session)).listen()
        await tab.until_ready()
        reads = site.engine.reads
        assert [await tab.next() for _ in range(3)] == [("", None, None)] * 3
        assert site.engine.reads == reads  # a quiet stream costs no read


async def test_a_reader_who_takes_nothing_holds_up_nobody(site: Site, session: aiohttp.ClientSession) -> None:
    stuck, other = await opens(site, session), await opens(site, session)
    tab = await other.listen()
    await tab.until_ready()
    host, port = site.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(
        f"GET /web/events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {stuck.headers['Cookie']}\r\n\r\n".encode()
    )
    await writer.drain()
    await asyncio.sleep(0.1)
    assert isinstance(writer.transport, asyncio.Transport)
    writer.transport.pause_reading()
    for _ in range(3000):
        site.engine.post(stuck.chat, "dài " * 1000)
        await asyncio.sleep(0)
    await asyncio.sleep(0.2)
    reads = site.engine.reads
    for _ in range(100):
        site.engine.post(stuck.chat, "dài " * 1000)
    await asyncio.sleep(0.1)
    assert site.engine.reads == reads  # it waits for its reader: nothing more is fetched
    site.engine.post(other.chat, "đến ngay")
    assert await tab.texts(1) == ["đến ngay"]
    begun = asyncio.get_running_loop().time()
    await site.stop()
    assert asyncio.get_running_loop().time() - begun < PATIENCE / 10
    writer.transport.abort()


async def test_the_oldest_of_too_many_tabs_ends(session: aiohttp.ClientSession) -> None:
    async with Site(Engine(), bounds=Bounds(streams_per_chat=3, streams=5)) as site:
        citizen = await opens(site, session)
        tabs = [await citizen.listen() for _ in range(4)]
        for tab in tabs:
            await tab.until_ready()
        assert (await tabs[0].next())[0] == "end"
        site.engine.post(citizen.chat, "ba tab còn lại")
        assert [await tab.texts(1) for tab in tabs[1:]] == [["ba tab còn lại"]] * 3
        others = [await (await opens(site, session)).listen() for _ in range(3)]
        assert [tab.status for tab in others] == [200, 200, 503]


async def test_stop_ends_the_streams_at_once_and_takes_no_more(site: Site, citizen: Citizen) -> None:
    assert site.channel.ready() is None
    tabs = [await citizen.listen() for _ in range(3)]
    for tab in tabs:
        await tab.until_ready()
    begun = asyncio.get_running_loop().time()
    await site.channel.stop()
    assert asyncio.get_running_loop().time() - begun < PATIENCE / 10
    assert [await tab.next() for tab in tabs] == [("end", None, None)] * 3
    assert site.channel.ready() == "not started"
    assert (await citizen.post(GOOD))[0] == 503
    assert (await citizen.listen()).status == 503


async def test_a_mailbox_that_fails_ends_the_stream_and_the_next_one_resumes(citizen: Citizen) -> None:
    engine = citizen.site.engine
    tab = await citizen.listen()
    await tab.until_ready()
    engine.unreadable = True
    engine.post(citizen.chat, "một")
    assert (await tab.next())[0] == "end"
    refused = await citizen.listen()
    assert (refused.status, (await refused.reply.json())["error"]) == (503, "storage")
    engine.unreadable = False
    assert await (await citizen.listen("?after=0")).until_ready() == ["một"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": ""}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_who_may_listen(citizen: Citizen, headers: dict[str, str], status: int) -> None:
    tab = await citizen.listen(**headers)
    assert tab.status == status
    if status != 200:
        assert set(await tab.reply.json()) == {"error", "say"}


async def test_gone_readers_are_let_go(session: aiohttp.ClientSession) -> None:
    async with Site(Engine(), beat=0.05) as site:
        citizen = await opens(site, session)
        for _ in range(20):
            tab = await citizen.listen()
            await tab.until_ready()
            tab.reply.close()
        for _ in range(100):
            await asyncio.sleep(0.02)
            if site.channel.listening == 0:
                break
        assert site.channel.listening == 0


# --- files and leaving ------------------------------------------------------------------------------------------------

NAMES = [
    # name, what a browser is told
    (
        "báo cáo tuần 46.pdf",
        "filename=\"bo co tun 46.pdf\"; filename*=UTF-8''b%C3%A1o%20c%C3%A1o%20tu%E1%BA%A7n%2046.pdf",
    ),
    ("../../etc/passwd", "filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"),
    ('a"\r\nSet-Cookie: x=1', "filename=\"a___Set-Cookie_ x_1\"; filename*=UTF-8''a___Set-Cookie_%20x_1"),
    ("\u202efdp.exe", "filename=\"_fdp.exe\"; filename*=UTF-8''_fdp.exe"),
    ("..", "filename=\"tep\"; filename*=UTF-8''tep"),
]


@pytest.mark.parametrize(("name", "told"), NAMES, ids=range(len(NAMES)))
async def test_a_file_is_a_download_with_a_harmless_name(citizen: Citizen, name: str, told: str) -> None:
    file = Attachment(name, "text/html", b"<script>alert(1)</script>")
    seq = citizen.site.engine.post(citizen.chat, Outgoing("tệp", attachment=file))
    url = f"{citizen.site.url}/web/attachments/{seq}"
    async with citizen.session.get(url, headers=citizen.headers) as reply:
        assert (reply.status, await reply.read()) == (200, file.content)
        assert reply.headers["Content-Disposition"] == "attachment; " + told
        assert reply.headers["Content-Security-Policy"].startswith("sandbox")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in reply.headers


async def test_a_file_is_for_its_own_chat(site: Site, session: aiohttp.ClientSession) -> None:
    one, other = await opens(site, session), await opens(site, session)
    others = site.engine.post(other.chat, "thư của người khác")
    seq = site.engine.post(one.chat, Outgoing("tệp", attachment=Attachment("a.pdf", "application/pdf\r\nX: y", b"1")))
    plain = site.engine.post(one.chat, "không có tệp")
    wanted = ((one, seq, 200), (other, seq, 404), (one, others, 404), (one, plain, 404), (one, 10**17, 404))
    for citizen, number, status in wanted:
        async with session.get(f"{site.url}/web/attachments/{number}", headers=citizen.headers) as reply:
            assert reply.status == status
            assert reply.content_type == ("application/octet-stream" if status == 200 else "application/json")


async def test_leaving_takes_the_cookie_back(citizen: Citizen) -> None:
    url = citizen.site.url + "/web/leave"
    async with citizen.session.post(url, headers={**citizen.headers, "Origin": "https://evil.example"}) as reply:
        assert reply.status == 403 and "Set-Cookie" not in reply.headers
    async with citizen.session.post(url, headers=citizen.headers) as reply:
        cookie = SimpleCookie(reply.headers["Set-Cookie"])["motcua_chat"]
        assert (reply.status, cookie.value, cookie["max-age"]) == (204, "", "0")


async def test_letters_are_never_sent(site: Site) -> None:
    assert site.channel.pulled and site.channel.limits.text == 4096
    letter = Letter(Chat("web", "x", "y"), 1, "e", Purpose.ANSWER, "a", (), None, datetime.now(UTC))
    site.channel.arrived(letter)  # nobody listens: nothing to do
    with pytest.raises(NotImplementedError):
        await site.channel.send(letter)
