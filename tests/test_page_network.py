"""The chat page in a real browser when the network, the server or the tab goes away: what is kept and sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.web_room import ASKED, TOLD, Room, chromium, rooms, said, say, until

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
    await page.wait_for_selector("text=Máy nghe: trong lúc nghỉ")
    told = [text for text in await said(page) if "thông báo" in text]
    assert told == [f"Máy: thông báo {n}" for n in range(70)]
    assert await page.locator("#state").text_content() in ("", "Đã nối lại.")


async def test_a_stream_that_died_unnoticed_is_opened_again(room: Room) -> None:
    page = await room.opens()
    room.engine.script = lambda incoming: []
    await say(page, "có ai không")
    await page.wait_for_selector("#busy:visible")
    room.engine.post(room.chat, "có đây", wake=False)  # committed, but nobody woke this stream
    await page.wait_for_selector("text=có đây")
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
    await page.wait_for_timeout(400)  # a tap at once would be a second tap
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
