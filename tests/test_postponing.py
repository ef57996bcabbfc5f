"""One new day for many overdue dossiers: drafted together, confirmed by one tap, told to each follower."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.paper.press import Press, a_thread
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming
from handlers.respond import respond
from onestop.days.calendar import VIETNAM
from onestop.dossier import Status
from tests.fakes import NOON, Talk, a_dossier
from tests.held import CODE, following
from tests.test_extending import DUE, an_official, text_of

LATE = [f"H99.07-261102-{n:04d}" for n in range(1, 41)]
SAID = "hẹn lại hồ sơ trễ ngày 30/11 vì bão số 9"


async def forty_late() -> tuple[Talk, Talk]:
    """Somebody who follows one of forty dossiers that are late, and an official of their unit."""
    citizen = await following(Status.IN_PROGRESS, due=DUE)
    for code in (CODE, *LATE[1:]):
        citizen.book.push(a_dossier(code, Status.IN_PROGRESS, due=DUE), NOON)
    citizen.respond = respond
    official = an_official(citizen)
    await official.says("menu")
    return citizen, official


async def test_forty_late_ones_need_two_messages_and_two_taps() -> None:
    citizen, official = await forty_late()
    first = await official.says(SAID)
    assert first.splitlines()[0] == "Hẹn lại 20 hồ sơ sang thứ Hai 30/11. Lý do: bão số 9."
    assert "Còn 20 hồ sơ nữa" in first and "Chưa ai được báo." in first
    assert sum(line.endswith("hẹn cũ thứ Hai 16/11") for line in first.splitlines()) == 20
    assert [type(effect) for effect in official.effects] == [fx.ExtensionDrafted, fx.Audited] * 20
    assert "30/11" not in await citizen.says(CODE), "nothing of a draft reaches a citizen"
    tap = official.choice("extend").says
    assert "Đã ghi hẹn mới của 20 hồ sơ: thứ Hai 30/11." in await official.says(tap)
    assert [type(effect) for effect in official.effects] == [fx.ExtensionConfirmed, fx.Audited] * 20
    assert "đã được xác nhận" in await official.says(tap), "twice changes nothing"
    assert official.effects == ()
    second = await official.says(SAID)
    assert second.startswith("Hẹn lại 20 hồ sơ") and "nữa" not in second
    await official.says(official.choice("extend").says)
    assert "không có hồ sơ quá hạn nào chưa hẹn lại" in await official.says(SAID)
    assert len(official.book.extensions) == 40 and all(each.confirmed for each in official.book.extensions.values())
    number = next(n for n, each in official.book.extensions.items() if each.dossier == CODE)
    news = await citizen.happens(f"due:{CODE}:{number}")
    assert isinstance(news, Step) and "Ngày hẹn mới: thứ Hai 30/11. Lý do: bão số 9." in news.say[0].text


async def test_the_list_says_what_was_promised_and_how_to_put_many_off() -> None:
    _, official = await forty_late()
    assert "Hẹn lại nhiều hồ sơ một lần thì gõ" in await official.says("hồ sơ trễ")
    await official.says(f"hẹn lại {CODE} ngày 30/11")
    await official.says(official.choice("extend").says)
    pages = [await official.says(f"list late H99.07 p{n}") for n in range(1, 5)]
    lines = [line for page in pages for line in page.splitlines()]
    assert [line for line in lines if "đã hẹn lại" in line] == [line for line in lines if line.startswith(CODE)]
    assert any(line.endswith("quá 2 ngày làm việc · đã hẹn lại thứ Hai 30/11") for line in lines)
    official.now = datetime(2026, 12, 1, 9, 0, tzinfo=VIETNAM)
    later = "".join([await official.says(f"list late H99.07 p{n}") for n in range(1, 5)])
    assert "đã hẹn lại thứ Hai 30/11, cũng đã qua" in later


async def test_codes_that_are_named_and_those_that_cannot_be_put_off() -> None:
    citizen, official = await forty_late()
    citizen.book.push(a_dossier(LATE[2], Status.FINISHED, due=DUE, moved_at=NOON), NOON)
    citizen.book.push(a_dossier("H99.02-261102-0031", due=DUE, unit="H99.02"), NOON)
    said = await official.says(f"hẹn lại {LATE[1]}, {LATE[2]}\n{LATE[3]} H99.02-261102-0031 ngày 30/11 do chờ đo đạc")
    assert said.startswith("Hẹn lại 2 hồ sơ sang thứ Hai 30/11. Lý do: chờ đo đạc.")
    assert f"Không hẹn lại được: {LATE[2]} và H99.02-261102-0031." in said
    moved = a_dossier(LATE[3], Status.IN_PROGRESS, due=DUE + timedelta(days=20), moved_at=NOON)
    citizen.book.push(moved, NOON)
    confirmed = await official.says(official.choice("extend").says)
    assert "Đã ghi hẹn mới của 1 hồ sơ" in confirmed and f"để lại: {LATE[3]}." in confirmed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("hẹn lại hồ sơ trễ", "ví dụ: hẹn lại hồ sơ trễ ngày"),
        ("/henlai tất cả hồ sơ bị trễ hạn 28/11", "Quầy nghỉ thứ Bảy 28/11"),
        ("hen lai cac ho so qua han ngay 18/11", "phải sau hôm nay"),
        (f"hẹn lại {LATE[1]} {LATE[2]}", "ví dụ: hẹn lại hồ sơ trễ ngày"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_drafted(said: str, expected: str) -> None:
    _, official = await forty_late()
    assert expected in await official.says(said)
    assert official.effects == ()


@pytest.mark.parametrize(("role", "unit"), [("staff", "H99.02"), ("readonly", "H99.07"), ("auditor", "H99.07")])
async def test_who_may_not(role: str, unit: str) -> None:
    citizen, official = await forty_late()
    await official.says(SAID)
    tap = official.choice("extend").says
    other = an_official(citizen, role, unit, "test/0/other")
    for words in (SAID, f"hẹn lại {LATE[1]} {LATE[2]} ngày 30/11", tap):
        await other.says(words)
        assert other.effects == ()
    for words in (SAID, tap):
        await citizen.says(words)
        assert not any(isinstance(each, fx.ExtensionConfirmed | fx.ExtensionDrafted) for each in citizen.effects)
    official.private = False
    await official.says(SAID)
    await official.says(tap)
    assert official.effects == ()
    assert not any(each.confirmed for each in citizen.book.extensions.values())


async def test_the_letters_of_all_that_is_late_are_one_file_to_sign() -> None:
    _, official = await forty_late()
    await official.says(SAID)
    desk = replace(official.desk(), printer=Press(a_thread))
    chat = Chat.parse("test/0/official")
    said = Incoming(chat, "m", "thư xin lỗi", NOON)
    listed = await respond(Conversation(version=1), said, desk)
    assert isinstance(listed, Step)
    pick = next(choice for choice in listed.say[-1].choices if choice.says.endswith("file"))
    step = await respond(Conversation(version=1), replace(said, text=pick.says), desk)
    assert isinstance(step, Step) and "40 thư xin lỗi" in step.say[0].text
    pdf, docx = (each.attachment for each in step.say)
    assert pdf is not None and pdf.content.startswith(b"%PDF-") and pdf.name == "thu-xin-loi-H99.07-2026-11-18.pdf"
    assert docx is not None
    text = text_of(docx.content)
    assert text.count("THƯ XIN LỖI VÀ HẸN LẠI") == 40 and all(code in text for code in (CODE, *LATE[1:]))
    assert text.count("Ngày hẹn trả mới: 30/11/2026") == 20, "what is written down stands in it"
    assert [type(effect) for effect in step.effects] == [fx.Audited]


async def test_only_who_drafts_letters_gets_the_file() -> None:
    citizen, _ = await forty_late()
    for role, unit in (("readonly", "H99.07"), ("staff", "H99.02")):
        other = an_official(citizen, role, unit, f"test/0/{role}")
        await other.says("letters H99.07 file")
        assert other.effects == ()
    assert "Chỉ cán bộ" in await citizen.says("letters H99.07 file")
