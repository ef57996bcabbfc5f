"""A new day for an overdue dossier: drafted, confirmed, told; never before the official confirmed it."""

from __future__ import annotations

import dataclasses
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.engine import effects
from bot.engine.effects import Context
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.keys import Keys
from bot.paper.docx import letters_docx
from bot.paper.press import Press, a_thread
from bot.stale import Stale
from bot.tables.extensions import newest, next_number, numbered
from handlers import effects as fx
from handlers.desk import Conversation, Desk, Extension, Later, Letter, Official, Step
from handlers.messages import Chat, Incoming, Purpose
from handlers.respond import respond
from handlers.states import Idle
from handlers.texts import morning as texts
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, Status
from storage.engine import Database
from storage.tables import bindings, inbox
from tests.fakes import NOON, Talk, a_dossier
from tests.held import CODE, following
from tests.libreoffice import stored_again

DUE = datetime(2026, 11, 16, 17, 0, tzinfo=VIETNAM)
DAY = date(2026, 11, 30)
"""A Monday; NOON is Wednesday the 18th."""
SAID = f"hẹn lại {CODE} ngày 30/11 vì chờ đo đạc thửa đất"


def late(**more: object) -> Dossier:
    return a_dossier(CODE, Status.IN_PROGRESS, **{"due": DUE, **more})


def told(step: Step | Later | None) -> str:
    assert isinstance(step, Step)
    return "\n".join(each.text for each in step.say)


async def a_follower(**more: object) -> Talk:
    talk = await following(Status.IN_PROGRESS, due=DUE, **more)
    talk.book.push(late(**more), NOON)
    talk.respond = respond
    return talk


def an_official(talk: Talk, role: str = "staff", unit: str = "H99.07", chat: str = "test/0/official") -> Talk:
    other = talk.other(chat)
    other.respond = respond
    other.book.officials.append((chat, Official("cb-1", unit, role)))
    return other


async def test_a_citizen_reads_the_new_day_only_after_it_was_confirmed() -> None:
    citizen = await a_follower()
    official = an_official(citizen)
    drafted = await official.says(SAID)
    assert "từ thứ Hai 16/11 sang thứ Hai 30/11. Lý do: chờ đo đạc thửa đất." in drafted
    assert "30/11" not in await citizen.says(CODE)
    assert citizen.book.planned == {}
    choice = official.choice("extend")
    assert "sẽ được nhắn" in await official.says(choice.says)
    assert [type(effect) for effect in official.effects] == [fx.ExtensionConfirmed, fx.Audited]
    answer = await citizen.says(CODE)
    assert "Đã quá hẹn 2 ngày làm việc, hẹn cũ thứ Hai 16/11" in answer
    assert "đã xin lỗi và hẹn lại thứ Hai 30/11. Lý do: chờ đo đạc thửa đất." in answer
    news = await citizen.happens(f"due:{CODE}:{choice.says.split()[1]}")
    assert "Ngày hẹn mới: thứ Hai 30/11. Lý do: chờ đo đạc thửa đất." in told(news)
    assert isinstance(news, Step) and news.say[0].purpose is Purpose.NOTICE
    assert "đã được xác nhận" in await official.says(choice.says)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"hẹn lại {CODE} 30/11", "Lý do: quầy chưa ghi."),
        (f"hen lai {CODE} ngay 30/11/2026, ly do: mat dien", "Lý do: mat dien."),
        (f"/henlai {CODE} 30-11 do thiếu người", "Lý do: thiếu người."),
        (f"hẹn lại {CODE} 4/1", "sang thứ Hai 4/1/2027"),
        (f"hẹn lại {CODE} 16/11/2026", "phải sau hôm nay và sau hẹn cũ"),
        (f"hẹn lại {CODE} 18/11", "phải sau hôm nay"),
        (f"hẹn lại {CODE} 28/11", "Quầy nghỉ thứ Bảy 28/11"),
        (f"hẹn lại {CODE} 30/11/2027", "xa quá"),
        (f"hẹn lại {CODE} 31/11", "ví dụ: hẹn lại"),
        (f"hẹn lại {CODE} sớm thôi", "ví dụ: hẹn lại"),
        ("/henlai", "ví dụ: hẹn lại"),
    ],
)
async def test_what_an_official_may_write(said: str, expected: str) -> None:
    official = an_official(await a_follower())
    assert expected in await official.says(said)
    assert bool(official.effects) is ("Lý do" in expected or ("2027" in expected and "xa quá" not in expected))


@pytest.mark.parametrize("status", [Status.NEEDS_PAPERS, Status.FINISHED, Status.RETURNED, Status.UNKNOWN])
async def test_only_what_the_office_works_on_gets_a_new_day(status: Status) -> None:
    talk = await a_follower()
    talk.book.push(a_dossier(CODE, status, due=DUE, moved_at=NOON), NOON)
    assert "chưa hẹn lại được" in await an_official(talk).says(SAID)


@pytest.mark.parametrize(
    ("role", "unit"), [("staff", "H99.02"), ("readonly", "H99.07"), ("province", "H99"), ("auditor", "H99.07")]
)
async def test_who_may_not(role: str, unit: str) -> None:
    citizen = await a_follower()
    await an_official(citizen).says(SAID)
    number = next(iter(citizen.book.extensions))
    other = an_official(citizen, role, unit, "test/0/other")
    for words in (SAID, f"extend {number}", f"letter {CODE}"):
        await other.says(words)
        assert other.effects == ()
    assert not citizen.book.extensions[number].confirmed


async def test_from_a_citizen_it_is_a_code_and_in_a_group_nothing_is_done() -> None:
    citizen = await a_follower()
    assert CODE in await citizen.says(SAID)
    assert citizen.book.extensions == {}
    group = an_official(citizen)
    group.private = False
    await group.says(SAID)
    assert citizen.book.extensions == {}


@pytest.mark.parametrize("change", [{"due": DUE + timedelta(days=9)}, {"status": Status.FINISHED}])
async def test_what_the_backend_says_since_wins(change: dict[str, object]) -> None:
    citizen = await a_follower()
    official = an_official(citizen)
    await official.says(SAID)
    confirm = official.choice("extend").says
    stale = dataclasses.replace(late(), moved_at=NOON, **change)  # type: ignore[arg-type]
    citizen.book.push(stale, NOON)
    assert "đã đổi từ lúc soạn" in await official.says(confirm)
    citizen.book.push(late(), NOON)
    await official.says(confirm)
    citizen.book.push(stale, NOON)
    citizen.onestop.put(stale)
    assert "30/11" not in await citizen.says(CODE)
    assert told(await citizen.happens(f"due:{CODE}:{confirm.split()[1]}")) == ""


async def test_an_older_new_day_and_one_that_is_past() -> None:
    citizen = await a_follower()
    official = an_official(citizen)
    for day in ("27/11", "30/11"):
        await official.says(f"hẹn lại {CODE} {day}")
        await official.says(official.choice("extend").says)
    older, newer = sorted(citizen.book.extensions)
    assert told(await citizen.happens(f"due:{CODE}:{older}")) == ""
    assert "30/11" in told(await citizen.happens(f"due:{CODE}:{newer}"))
    citizen.now = datetime(2026, 12, 2, 9, 0, tzinfo=VIETNAM)
    await citizen.says(f"{CODE} 4821")
    assert "hẹn lại thứ Hai 30/11, ngày đó cũng đã qua" in await citizen.says(CODE)


async def test_news_wait_for_the_hours_and_are_for_followers() -> None:
    citizen = await a_follower()
    official = an_official(citizen)
    await official.says(SAID)
    await official.says(official.choice("extend").says)
    event = f"due:{CODE}:{next(iter(citizen.book.extensions))}"
    citizen.now = datetime(2026, 11, 18, 22, 0, tzinfo=VIETNAM)
    assert await citizen.happens(event) == Later(datetime(2026, 11, 19, 7, 30, tzinfo=VIETNAM))
    citizen.now = NOON
    await citizen.says("unfollow")
    assert told(await citizen.happens(event)) == ""


# --- the letter ------------------------------------------------------------------------------------------------------


async def test_the_letter_has_the_new_day_and_comes_as_pdf_and_docx() -> None:
    citizen = await a_follower()
    official = an_official(citizen)
    blank = await official.says(f"thư xin lỗi {CODE}")
    assert "Lý do: (chưa ghi)" in blank and "Ngày hẹn trả mới: ……" in blank
    await official.says(SAID)
    filled = await official.says(f"thư xin lỗi {CODE}")
    assert "Lý do: chờ đo đạc thửa đất" in filled and "Ngày hẹn trả mới: 30/11/2026" in filled
    desk = replace(official.desk(), printer=Press(a_thread))
    step = await printed(desk)
    files = [each.attachment for each in step.say]
    assert [None if file is None else file.name for file in files] == [
        f"thu-xin-loi-{CODE}.pdf",
        f"thu-xin-loi-{CODE}.docx",
    ]
    assert files[0] is not None and files[0].content.startswith(b"%PDF-")
    assert files[1] is not None and "chờ đo đạc thửa đất" in text_of(files[1].content)
    assert [type(effect) for effect in step.effects] == [fx.Audited]


async def printed(desk: Desk) -> Step:
    chat = Chat.parse("test/0/official")
    step = await respond(Conversation(version=1), Incoming(chat, "m", f"letter {CODE}", NOON), desk)
    assert isinstance(step, Step)
    return step


def text_of(docx: bytes) -> str:
    """The paragraphs of a DOCX, as a reader of Office Open XML finds them."""
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(BytesIO(docx)) as package:
        assert package.testzip() is None
        types = ElementTree.fromstring(package.read("[Content_Types].xml"))
        part = next(each.attrib["PartName"] for each in types if "PartName" in each.attrib)
        target = ElementTree.fromstring(package.read("_rels/.rels"))[0].attrib["Target"]
        assert part == f"/{target}"
        body = ElementTree.fromstring(package.read(target))[0]
    return "\n".join("".join(run.text or "" for run in each.iter(f"{word}t")) for each in body.iter(f"{word}p"))


def test_the_docx_says_every_line_as_it_is_and_is_the_same_each_time() -> None:
    lines = ("Xã Đồng Sậy", "THƯ XIN LỖI", "Lý do: <b>&\x00 “chờ”", "Ngày …", "Người ký: …")
    letter = Letter(lines, DAY, "DỮ LIỆU MẪU", texts.letter_head())
    made = letters_docx([letter])
    who, *said = (line.replace("\x00", "") for line in lines)
    assert [line for line in text_of(made).split("\n") if line] == [
        *("DỮ LIỆU MẪU", who, "Số: ………/………"),
        *("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        *said,
    ]
    assert made == letters_docx([letter])


@pytest.mark.slow
def test_a_word_processor_reads_the_letter(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    lines = ("Xã Đồng Sậy", "THƯ XIN LỖI", "Lý do: chờ đo đạc thửa đất", "Ngày hẹn trả mới: 30/11/2026", "Người ký: …")
    file.write_bytes(letters_docx([Letter(lines, DAY, None, texts.letter_head())]))
    (read,) = stored_again(tmp_path, "txt:Text (encoded):UTF8", file, part="writer")
    found = [line.strip() for line in read.read_text("utf-8-sig").splitlines()]
    assert [line for line in found if line in lines] == list(lines)


# --- in the tables ---------------------------------------------------------------------------------------------------


def written(connection: Connection, effect: fx.Effect) -> None:
    row = InboxRow(1, Incoming(Chat.parse("web/1/official"), "m", "", NOON))
    turn = Answer(row, Stand(Conversation()), Step(Idle()), (), NOON, "answered")
    effects.apply(connection, Context(Keys(b"k" * 32), demo=False), turn, effect)


async def test_a_confirmed_day_is_planned_once_for_every_follower(database: Database) -> None:
    held = {"dossier": CODE, "proved_at": NOON, "until": NOON + timedelta(days=1), "name": "hồ sơ"}
    rows = [{**held, "chat": f"web/1/{n}", "following_since": NOON if n < 2 else None} for n in range(3)]
    await database.write(lambda c: c.execute(bindings.insert(), rows))
    drafted = fx.ExtensionDrafted(1, CODE, "H99.07", DUE, DAY, "chờ đo đạc", "cb-1")
    confirmed = fx.ExtensionConfirmed(1, CODE, "H99.07", "cb-2")
    await database.write(lambda c: written(c, drafted))
    assert await database.read(lambda c: newest(c, CODE, drafts=False)) is None
    assert await database.read(lambda c: c.execute(select(inbox)).all()) == []
    await database.write(lambda c: written(c, confirmed))
    expected = Extension(1, CODE, "H99.07", DUE, DAY, "chờ đo đạc", "cb-1", confirmed=True)
    assert await database.read(lambda c: newest(c, CODE, drafts=False)) == expected
    assert await database.read(lambda c: numbered(c, 1)) == expected
    assert await database.read(next_number) == 2
    planned = await database.read(lambda c: c.execute(select(inbox.c.chat, inbox.c.event)).all())
    assert sorted(map(tuple, planned)) == [("web/1/0", f"due:{CODE}:1"), ("web/1/1", f"due:{CODE}:1")]
    for again in (drafted, confirmed):
        with pytest.raises(Stale):
            await database.write(lambda c, effect=again: written(c, effect))
