"""The chat page in a real browser: by keyboard alone, small, dark, offline, and with hostile words in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from handlers.messages import Attachment, Chat, Choice, Incoming, Outgoing
from tests.web_engine import FIVE, Engine, Site

playwright = pytest.importorskip("playwright.async_api")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BIRTH = Outgoing(
    "Làm khai sinh cho con, anh/chị mang:\n1. Giấy chứng sinh\n2. Căn cước của cha hoặc mẹ\nKhông mất tiền.",
    (Choice("Nộp ở đâu", "noi 1.001193"), Choice("Không có giấy chứng sinh", "khong 1.001193")),
)


def desk(incoming: Incoming) -> Sequence[Outgoing]:
    match incoming.text:
        case "khai sinh":
            return [BIRTH]
        case "noi 1.001193" | "1":
            return [Outgoing("Nộp ở quầy một cửa."), Outgoing("Anh/chị thấy sao?", FIVE)]
        case "dài":
            return [Outgoing("\n".join(f"dòng {n}" for n in range(1, 61)), BIRTH.choices)]
        case text:
            return [Outgoing(f"Máy nghe: {text}")]


class Room:
    """One browser with one site; ``trouble`` collects what the page should never do."""

    def __init__(self, browser: Any, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.engine = site.engine
        self.trouble: list[str] = []
        self.asked: list[str] = []

    async def opens(self, context: Any = None, now: str | None = None, **settings: Any) -> Any:
        context = context or await self.browser.new_context(locale="vi-VN", **settings)
        page = await context.new_page()
        if now is not None:
            await page.clock.set_fixed_time(now)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.trouble.append(f"dialog: {dialog.message}"))
        page.on("console", self._console)
        page.on("request", lambda request: self.asked.append(request.url))
        await page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective))"
        )
        await page.goto(self.site.url)
        await page.wait_for_function("() => document.getElementById('log').ariaLive === 'polite'")
        return page

    def _console(self, message: Any) -> None:
        # a server that is down is part of some stories; everything else is a fault of the page
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.trouble.append(message.text)

    @property
    def chat(self) -> Chat:
        return self.engine.accepted[-1].chat


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def make(browser: Any) -> AsyncIterator[Callable[..., Awaitable[Room]]]:
    rooms: list[Room] = []

    async def make(**settings: Any) -> Room:
        rooms.append(Room(browser, await Site(Engine(desk), **settings).start()))
        return rooms[-1]

    yield make
    for context in browser.contexts:
        await context.close()
    for room in rooms:
        await room.site.stop()
        assert room.trouble == []


@pytest_asyncio.fixture(loop_scope="module")
async def room(make: Callable[..., Awaitable[Room]]) -> Room:
    return await make(phone=lambda: "0299 3812 345")


async def said(page: Any) -> list[str]:
    """Everything in the log, own words with "Anh/chị: " before them, as a screen reader has it."""
    texts: list[str] = await page.locator("#log .text").all_text_contents()
    return texts


async def say(page: Any, text: str) -> None:
    await page.fill("#words", text)
    await page.press("#words", "Enter")


async def focused(page: Any) -> str:
    found: str = await page.evaluate("document.activeElement.id || document.activeElement.textContent")
    return found


async def until(page: Any, *texts: str) -> None:
    """Until the log holds exactly these."""
    await page.wait_for_function(
        "(want) => JSON.stringify([...document.querySelectorAll('#log .text')].map((e) => e.textContent)) === want",
        arg=json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
    )


ASKED = "Anh/chị: khai sinh"
TOLD = "Máy: " + BIRTH.text


async def test_by_keyboard_alone(room: Room) -> None:
    page = await room.opens()
    await page.keyboard.press("Tab")
    assert await focused(page) == "Đến ô gõ câu hỏi"
    await page.keyboard.press("Enter")
    assert await focused(page) == "words"
    await page.keyboard.type("khai sinh")
    await page.keyboard.press("Enter")
    await until(page, ASKED, TOLD)
    for _ in range(5):  # over "Gọi", "Về đầu", "Gặp cán bộ" to the choices, the last one first
        await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "1Nộp ở đâu"
    ring = "(({outlineStyle, outlineWidth}) => outlineStyle + outlineWidth)(getComputedStyle(document.activeElement))"
    assert await page.evaluate(ring) == "solid3px"
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    await until(page, ASKED, TOLD, "Anh/chị: Nộp ở đâu", "Máy: Nộp ở quầy một cửa.", "Máy: Anh/chị thấy sao?")
    await page.keyboard.press("Tab")
    assert await focused(page) == "5 – Rất hài lòng"
    await page.keyboard.press("Space")
    await page.wait_for_function("() => document.querySelectorAll('#log .mine').length === 3")
    assert [message.text for message in room.engine.accepted] == ["khai sinh", "noi 1.001193", "sao 5"]


async def test_focus_is_never_hidden_behind_what_stands_below(room: Room) -> None:
    page = await room.opens(viewport={"width": 360, "height": 640})
    await say(page, "dài")
    await page.wait_for_selector("#log .choices button")
    await page.keyboard.press("Control+Home")
    for _ in range(20):
        await page.keyboard.press("Tab")
        await page.wait_for_timeout(30)
        covered = await page.evaluate(
            """() => {
              const at = document.activeElement, box = at.getBoundingClientRect();
              const foot = document.querySelector("footer");
              return !foot.contains(at) && at !== document.body && box.bottom > foot.getBoundingClientRect().top + 1;
            }"""
        )
        assert not covered, await focused(page)


async def test_only_the_newest_choices_can_be_pressed_and_a_number_can_be_typed(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    assert await page.locator("#log .choices button").all_text_contents() == ["1Nộp ở đâu", "2Không có giấy chứng sinh"]
    await say(page, "1")
    await page.wait_for_selector("text=5 – Rất hài lòng")
    assert await page.locator(".choices button:visible").count() == 5
    await say(page, "chào")
    await page.wait_for_selector("text=Máy nghe: chào")
    assert await page.locator(".choices button:visible").count() == 5  # still what a typed number means


async def test_a_second_tap_does_not_pick_what_has_just_come_under_the_finger(room: Room) -> None:
    page = await room.opens()
    await page.evaluate(
        """() => new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
          if (node.matches?.(".choices")) node.firstChild.dispatchEvent(new MouseEvent("click", { detail: 1 }));
        }))).observe(document.getElementById("log"), { childList: true })"""
    )
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Nộp ở đâu")
    await page.wait_for_timeout(500)
    assert [message.text for message in room.engine.accepted] == ["khai sinh"]
    await page.click("text=Nộp ở đâu")
    await page.wait_for_selector("text=5 – Rất hài lòng")
    assert [message.text for message in room.engine.accepted] == ["khai sinh", "noi 1.001193"]


# --- everybody can read and press it ----------------------------------------------------------------------------------

CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const c = parse(getComputedStyle(node).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  let seen = 0;
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.matches(".unseen")) continue;
    seen += 1;
    const style = getComputedStyle(node);
    const found = ratio(parse(style.color), ground(node));
    if (found < 4.5) low.push([node.textContent.slice(0, 30), found]);
  }
  for (const node of document.querySelectorAll("button, textarea, nav a")) {
    if (!node.checkVisibility()) continue;
    const style = getComputedStyle(node), around = ground(node.parentElement);
    const edge = Math.max(ratio(parse(style.borderTopColor), around), ratio(parse(style.backgroundColor), around));
    if (edge < 3) low.push([node.textContent || node.id, edge]);
  }
  return { low, seen };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast(make: Callable[..., Awaitable[Room]], scheme: str) -> None:
    room = await make(demo=True, phone=lambda: "0299 3812 345")
    page = await room.opens(color_scheme=scheme)
    found = await page.evaluate(CONTRAST)
    assert found["low"] == [] and found["seen"] > 8
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Nộp ở đâu")
    room.engine.full = True
    await say(page, "chưa gửi được")
    await page.wait_for_selector("text=Thử lại ngay")
    await page.click("summary")
    found = await page.evaluate(CONTRAST)
    assert found["low"] == [] and found["seen"] > 12


SIZES = [
    # width, height, letters in per cent of the browser's own
    (320, 568, 100),
    (320, 568, 200),
    (640, 256, 100),
    (360, 640, 150),
    (1280, 800, 200),
]


@pytest.mark.parametrize(("width", "height", "letters"), SIZES)
async def test_nothing_is_wider_than_the_window(
    make: Callable[..., Awaitable[Room]], width: int, height: int, letters: int
) -> None:
    room = await make(demo=True, phone=lambda: "0299 3812 345", unit_name=lambda: "phường Nguyễn Thị Minh Khai Đông")
    page = await room.opens(viewport={"width": width, "height": height})
    await page.evaluate(f"document.documentElement.style.fontSize = '{18 * letters / 100}px'")
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Nộp ở đâu")
    room.engine.post(room.chat, Outgoing("x" * 400, FIVE, Attachment("b" * 80 + ".pdf", "application/pdf", b"1")))
    await page.wait_for_selector("text=5 – Rất hài lòng")
    await page.click("summary")
    wide = await page.evaluate(
        """() => [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("body *")]
          .filter((e) => e.checkVisibility() && !e.matches(".unseen, .skip"))
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
          .map((e) => e.outerHTML.slice(0, 80))]"""
    )
    assert wide == [0]
    clipped = await page.evaluate(
        "() => [...document.querySelectorAll('button, .text, nav a')].filter((e) => e.checkVisibility()"
        " && e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"
    )
    assert clipped == []


async def test_what_is_pressed_is_as_large_as_a_thumb_and_one_under_another(room: Room) -> None:
    page = await room.opens(viewport={"width": 320, "height": 568})
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Nộp ở đâu")
    await page.click("summary")
    boxes = await page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, nav a, summary")].filter((e) => e.checkVisibility())
          .map((e) => [e.textContent, e.getBoundingClientRect().width, e.getBoundingClientRect().height])"""
    )
    assert len(boxes) >= 8
    assert [box for box in boxes if box[1] < 48 or box[2] < 48] == []
    assert await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)") >= 18
    places = [await button.bounding_box() for button in await page.locator("#log .choices button").all()]
    assert all(below["y"] >= above["y"] + above["height"] for above, below in pairwise(places))


async def test_what_a_screen_reader_has(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Nộp ở đâu")
    room.engine.post(room.chat, "một thông báo")
    await page.wait_for_selector("text=một thông báo")
    assert await page.get_by_role("log", name="Cuộc trò chuyện").count() == 1
    assert await page.get_by_role("textbox", name="Câu hỏi của anh/chị").count() == 1
    assert await page.get_by_role("button", name="Gửi").count() == 1
    assert await page.get_by_role("group", name="Anh/chị bấm hoặc gõ số").count() == 1
    assert await page.get_by_role("heading", name="Một cửa xã An Hòa").count() == 1
    assert await page.get_by_role("link", name="Gọi 0299 3812 345").count() == 1
    assert await page.get_by_role("status").count() == 1
    assert (await said(page))[-1] == "Máy: một thông báo"
    # what was said before is not read out again after a reload
    await page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          const log = document.getElementById("log");
          window.spoken = 0;
          const watch = () => { if (log.ariaLive !== "off") window.spoken += 1; };
          new MutationObserver(watch).observe(log, { childList: true });
        })"""
    )
    await page.reload()
    await page.wait_for_function("() => document.getElementById('log').ariaLive === 'polite'")
    assert await page.evaluate("spoken") == 0 and len(await said(page)) == 3


async def test_calm_for_those_who_ask_for_it(room: Room) -> None:
    page = await room.opens(reduced_motion="reduce")
    room.engine.delay = 1
    await say(page, "khai sinh")
    await page.wait_for_selector("#busy:visible")
    assert await page.evaluate("document.getAnimations().length") == 0


# --- nothing that is said becomes anything but text -------------------------------------------------------------------

HOSTILE = [
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "<svg/onload=pwned()>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<a href=javascript:pwned()>bấm</a>",
    "javascript:pwned()",
    "</div></main><form action=https://evil.example><input name=otp></form>",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "{{constructor.constructor('pwned()')()}}",
    "${pwned()}",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=pwned()>",
    "\u202eđảo chữ\u202c https://evil.example",
    "--></noscript><img src=x onerror=pwned()>",
    "' onclick='pwned()' x='",
    '" autofocus onfocus="pwned()" x="',
    "data:text/html,<script>pwned()</script>",
    "event: message\ndata: {}\n\n",
]


async def test_hostile_words_stay_words(make: Callable[..., Awaitable[Room]]) -> None:
    room = await make(unit_name=lambda: HOSTILE[1], phone=lambda: HOSTILE[17], demo=True)
    page = await room.opens()
    await page.evaluate("window.pwned = () => { document.title = 'pwned'; }")
    tags = "document.querySelectorAll('script, img, iframe, svg, a, form, input, style, base, meta').length"
    before = await page.evaluate(tags)
    for text in HOSTILE:
        await say(page, text)
        await page.wait_for_timeout(30)
    for text in HOSTILE:
        room.engine.post(room.chat, Outgoing(text, tuple(Choice(text, f"k{n}") for n in range(2))))
    room.engine.post(room.chat, Outgoing("tệp", attachment=Attachment(HOSTILE[1], "text/html", b"1")))
    await page.wait_for_selector("a.file")
    texts = [text.strip() for text in HOSTILE]
    await until(
        page, *(line for text in texts for line in (f"Anh/chị: {text}", f"Máy: Máy nghe: {text}")),
        *(f"Máy: {text}" for text in HOSTILE), "Máy: tệp",
    )  # fmt: skip
    assert await page.evaluate(tags) == before + 1  # the link to the file
    await page.wait_for_timeout(400)
    await page.locator("#log .choices button").first.click()
    await page.reload()
    await page.wait_for_selector("a.file")
    assert await page.title() == f"Một cửa {HOSTILE[1]} – hỏi giấy tờ, xem hồ sơ"
    assert await page.locator("h1").text_content() == f"Một cửa {HOSTILE[1]}"
    assert all(url.startswith(room.site.url) for url in room.asked)


async def test_only_our_own_files_and_not_many(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    sizes = await page.evaluate(
        """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .filter((e) => !e.name.includes("/web/events") && !e.name.includes("/web/messages"))
          .map((e) => [e.name, e.decodedBodySize])"""
    )
    assert all(url.startswith(room.site.url) for url in room.asked)
    assert 10_000 < sum(size for _, size in sizes) <= 60_000 and len({name for name, _ in sizes}) == 4


# --- bad networks -----------------------------------------------------------------------------------------------------


async def test_one_s_own_words_show_at_once_and_go_out_when_the_network_is_back(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    await page.context.set_offline(True)
    await page.wait_for_selector("text=Điện thoại đang mất mạng")
    await say(page, "một")
    await say(page, "hai")
    await page.wait_for_selector(".unsent >> text=Thử lại ngay")
    assert (await said(page))[2:] == ["Anh/chị: một", "Anh/chị: hai"]
    room.engine.post(room.chat, "thông báo giữa chừng")
    await page.context.set_offline(False)
    await page.wait_for_selector("text=Máy nghe: hai")
    assert await page.locator(".unsent").count() == 0
    assert [message.text for message in room.engine.accepted] == ["khai sinh", "một", "hai"]
    assert sorted((await said(page))[2:]) == sorted(
        ["Anh/chị: một", "Máy: Máy nghe: một", "Anh/chị: hai", "Máy: Máy nghe: hai", "Máy: thông báo giữa chừng"]
    )


async def test_a_lost_reply_is_sent_again_under_the_same_id(room: Room) -> None:
    page = await room.opens()
    ids: list[str] = []

    async def lose_two_replies(route: Any) -> None:
        ids.append(route.request.post_data_json["id"])
        if len(ids) <= 2:
            await route.fetch()  # it did arrive …
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.context.route("**/web/messages", lose_two_replies)
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    await page.wait_for_timeout(2500)
    assert len(set(ids)) == 1 and [message.text for message in room.engine.accepted] == ["khai sinh"]
    await until(page, ASKED, TOLD)
    assert await page.locator(".unsent").count() == 0


async def test_a_full_disk_keeps_the_words_here_until_they_are_stored(room: Room) -> None:
    page = await room.opens()
    room.engine.full = True
    await say(page, "khai sinh")
    await page.wait_for_selector("text=Chưa gửi được")
    await page.reload()
    await page.wait_for_selector(".unsent >> text=khai sinh")
    room.engine.full = False
    await page.click("text=Thử lại ngay")
    await until(page, ASKED, TOLD)
    assert len(room.engine.accepted) == 1


async def test_a_restart_of_the_server_loses_nothing(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    await room.site.stop()
    await page.wait_for_selector("text=Đang nối lại với máy")
    for n in range(70):  # more than a page is shown that says nothing of what it has
        room.engine.post(room.chat, f"thông báo {n}", wake=False)
    await say(page, "trong lúc nghỉ")
    await room.site.start()
    await page.wait_for_selector("text=Máy nghe: trong lúc nghỉ", timeout=30_000)
    told = [text for text in await said(page) if "thông báo" in text]
    assert told == [f"Máy: thông báo {n}" for n in range(70)]
    assert await page.locator("#state").text_content() in ("", "Đã nối lại.")


async def test_a_stream_that_died_unnoticed_is_opened_again(room: Room) -> None:
    page = await room.opens()
    room.engine.script = lambda incoming: []
    await say(page, "có ai không")
    await page.wait_for_selector("#busy:visible")
    room.engine.post(room.chat, "có đây", wake=False)  # committed, but nobody woke this stream
    await page.wait_for_selector("text=có đây", timeout=15_000)
    assert await page.locator("#busy:visible").count() == 0


async def test_without_a_cookie_the_page_says_so_and_keeps_the_words(room: Room) -> None:
    page = await room.opens()
    await page.context.clear_cookies()
    await say(page, "khai sinh")
    await page.wait_for_selector("text=cho phép trang lưu cookie")
    await page.click("text=Mở lại trang")
    await page.wait_for_selector("text=Tin này không gửi được")
    await page.click("text=Sửa lại")
    assert await page.input_value("#words") == "khai sinh"
    await page.press("#words", "Enter")
    await until(page, ASKED, TOLD)


# --- what is kept -----------------------------------------------------------------------------------------------------


async def test_a_reload_keeps_the_draft_and_the_conversation(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    await page.click("text=Nộp ở đâu")
    await page.wait_for_selector("text=5 – Rất hài lòng")
    whole = await said(page)
    await page.fill("#words", "đang gõ dở\ndòng hai")
    await page.reload()
    await until(page, *whole)
    assert whole[2] == "Anh/chị: Nộp ở đâu"
    assert await page.input_value("#words") == "đang gõ dở\ndòng hai"
    assert await page.locator("#log .choices button").count() == 5


async def test_what_was_erased_over_there_is_gone_here_too(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    room.engine.letters.clear()
    await say(page, "xóa hết")
    await page.wait_for_selector("text=Máy nghe: xóa hết")
    await page.reload()
    await until(page, "Anh/chị: xóa hết", "Máy: Máy nghe: xóa hết")
    assert "khai sinh" not in await page.evaluate("JSON.stringify(sessionStorage)")


async def test_other_tabs_hear_what_is_said_in_one(room: Room) -> None:
    one = await room.opens()
    other = await room.opens(one.context)
    await say(one, "khai sinh")
    await until(one, ASKED, TOLD)
    await until(other, ASKED, TOLD)
    await other.wait_for_timeout(400)
    await other.click("text=Nộp ở đâu")
    everything = (ASKED, TOLD, "Anh/chị: Nộp ở đâu", "Máy: Nộp ở quầy một cửa.", "Máy: Anh/chị thấy sao?")
    await until(one, *everything)
    await until(other, *everything)
    assert await one.locator("text=Không có giấy chứng sinh").count() == 0


async def test_leaving_a_shared_machine_leaves_nothing(room: Room) -> None:
    page = await room.opens()
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    await page.fill("#words", "đang gõ dở")
    before = (await page.context.cookies())[0]["value"]
    await page.click("summary")
    async with page.expect_navigation():
        await page.click("text=Kết thúc trên máy này")
    await page.wait_for_function("() => document.getElementById('log').ariaLive === 'polite'")
    assert await said(page) == [] and await page.input_value("#words") == ""
    assert (await page.context.cookies())[0]["value"] != before


async def test_a_long_answer_is_read_from_its_beginning(room: Room) -> None:
    page = await room.opens(viewport={"width": 400, "height": 700}, reduced_motion="reduce")
    await say(page, "dài")
    await page.wait_for_selector("text=dòng 60")
    top = "document.querySelector('#log .mine').getBoundingClientRect().top"
    assert 0 <= await page.evaluate(top) < 60
    await page.mouse.wheel(0, -50)
    await page.wait_for_timeout(100)
    at = await page.evaluate("scrollY")
    room.engine.post(room.chat, "tin đến sau")
    await page.wait_for_selector("#news:visible")
    assert await page.evaluate("scrollY") == at  # whoever reads is left alone
    await page.click("#news")
    await page.wait_for_function("() => !document.getElementById('news').checkVisibility()")
    assert await page.locator("text=tin đến sau").is_visible()


async def test_days_are_told_apart(room: Room) -> None:
    page = await room.opens(now="2026-11-25T08:00:00+07:00")
    await say(page, "khai sinh")
    await until(page, ASKED, TOLD)
    assert await page.locator("time").all_text_contents() == ["08:00", "08:30"]
    assert await page.locator(".day").all_text_contents() == ["Chủ Nhật, 22/11"]  # the engine's clock stands still
    await say(page, "chào")
    await page.wait_for_selector("text=Máy nghe: chào")
    assert await page.locator(".day").all_text_contents() == ["Chủ Nhật, 22/11", "Hôm nay", "Chủ Nhật, 22/11"]
