"""A digest as a file: sent where the channel takes it, behind a link elsewhere, and what the words for it are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Conversation, Desk, Later, Official, Step
from handlers.guides.sheet import Sheet
from handlers.known import File, Wanted
from handlers.messages import DOCX, PDF, PNG, XLSX, Incoming
from handlers.officials import filing
from handlers.officials.filing import LIVES
from handlers.respond import respond
from ratings.digest import Digest
from ratings.reports.page import Page
from ratings.week import Week
from tests.fakes import NOON, Talk

UNIT = "H99.07"
W46 = Week(2026, 46)
OFFICE = frozenset({PDF, DOCX, XLSX, PNG})


@dataclass
class Press:
    """A printer and a maker of links that keep what they were asked for."""

    links: list[Wanted] = field(default_factory=list)

    async def sheet(self, sheet: Sheet) -> bytes:
        raise AssertionError("no list of papers is printed here")

    async def letters(self, letters: object) -> tuple[bytes, bytes]:
        raise AssertionError("no letter is printed here")

    async def page(self, page: Page) -> bytes:
        return f"page {page.title}".encode()

    async def book(self, digest: Digest, page: Page) -> bytes:
        return f"book {digest.span}".encode()

    async def chart(self, page: Page) -> bytes:
        return f"chart {page.title}".encode()

    def link(self, wanted: Wanted) -> str:
        self.links.append(wanted)
        return "https://xa.example/tep/x"


def an_official(
    press: Press, documents: frozenset[str] = OFFICE, *, linked: bool = True, role: str = "head", unit: str = UNIT
) -> Talk:
    def with_press() -> Callable[[Conversation, Incoming, Desk], Awaitable[Step | Later | None]]:
        async def answered(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
            own = replace(desk, printer=press, documents=documents, links=press if linked else None)
            return await respond(conversation, incoming, own)

        return answered

    talk = Talk(with_press())
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    return talk


async def said(talk: Talk, text: str) -> Step:
    step = await talk.turn(text)
    assert isinstance(step, Step)
    return step


WORDS = [
    ("gửi file excel tuần trước", File.BOOK, W46),
    ("Cho file Excel", File.BOOK, W46),
    ("cho xin bảng tính tuần này", File.BOOK, Week(2026, 47)),
    ("tai file xlsx bao cao tuan 45", File.BOOK, Week(2026, 45)),
    ("xuất báo cáo tuần trước ra excel", File.BOOK, W46),
    ("in trang A4 tuần trước", File.PAGE, W46),
    ("gửi file pdf tuần này xã Đồng Sậy", File.PAGE, Week(2026, 47)),
    (f"book 2026-W46 {UNIT}", File.BOOK, W46),
    (f"page 2026-W46 {UNIT}", File.PAGE, W46),
    ("xem biểu đồ tuần trước", File.CHART, W46),
    ("xem biểu đồ", File.CHART, W46),
    (f"chart 2026-W46 {UNIT}", File.CHART, W46),
]


@pytest.mark.parametrize(("text", "file", "week"), WORDS)
async def test_who_asks_for_a_file_gets_it(text: str, file: File, week: Week) -> None:
    press = Press()
    step = await said(an_official(press), text)
    sent = step.say[0].attachment
    assert sent is not None
    assert (sent.name, sent.type) == (f"bao-cao-{week}-{UNIT}.{file.ending}", file.type)
    assert sent.content.startswith(file.value.encode())
    assert fx.Audited("cb-1", "digest", UNIT, f"{week} {file.ending}") in step.effects
    assert press.links == []


@pytest.mark.parametrize("text", ["bảng tính thuế đất thế nào", "tách thửa cần file excel không", "pdf là gì"])
async def test_other_words_about_files_are_questions(text: str) -> None:
    press = Press()
    step = await said(an_official(press), text)
    assert step.say[0].attachment is None
    assert press.links == []
    assert not any(isinstance(each, fx.Audited) for each in step.effects)


@pytest.mark.parametrize("text", ["excel", "gửi file excel tuần trước", "book 2026-W46 H99.07"])
async def test_a_citizen_gets_neither_file_nor_link(text: str) -> None:
    press = Press()
    talk = an_official(press)
    talk.book.officials.clear()
    step = await said(talk, text)
    assert all(each.attachment is None for each in step.say)
    assert press.links == []


@pytest.mark.parametrize(("file", "documents"), [(File.BOOK, {PDF, DOCX}), (File.BOOK, set()), (File.PAGE, set())])
async def test_what_the_channel_does_not_take_is_a_link_that_says_how_long_it_lives(
    file: File, documents: set[str]
) -> None:
    press = Press()
    talk = an_official(press, frozenset(documents))
    await talk.says("tuần trước")
    step = await said(talk, talk.choice(file.value).says)
    text = step.say[0].text
    assert "https://xa.example/tep/x" in text.split("\n")
    assert "đến 11 giờ, thứ Tư 18/11" in text  # it is nine
    assert step.say[0].attachment is None
    assert press.links == [Wanted("cb-1", UNIT, W46, file, NOON + LIVES)]
    assert step.effects == (fx.Audited("cb-1", "link", UNIT, f"2026-W46 {file.ending}"),)


async def test_where_no_address_is_known_it_is_not_offered_and_who_asks_is_told_why() -> None:
    press = Press()
    talk = an_official(press, frozenset({PDF}), linked=False)
    await talk.says("tuần trước")
    assert Counter(choice.says.split()[0] for choice in talk.conversation.offered) == {"page": 1, "digest": 1}
    assert "MOTCUA_PUBLIC_URL" in await talk.says("gửi file excel tuần trước")


async def test_of_several_units_one_is_picked_first() -> None:
    press = Press()
    talk = an_official(press)
    talk.book.officials.append((talk.chat, Official("cb-2", "H99.02", "staff")))
    await talk.says("excel tuần trước")
    assert [each.says for each in talk.conversation.offered] == [f"book 2026-W46 {u}" for u in (UNIT, "H99.02")]
    assert (await said(talk, "2")).say[0].attachment is not None


# --- what a link opens -----------------------------------------------------------------------------------------------

ASKED = Wanted("cb-1", UNIT, W46, File.BOOK, NOON + LIVES)


async def opened(talk: Talk, asked: Wanted = ASKED) -> tuple[str, tuple[fx.Audited | fx.Locked, ...]] | None:
    made = await filing.opened(replace(talk.desk(), printer=Press()), asked)
    return None if made is None else (made[0].name, made[1])


async def test_a_link_opens_the_file_and_every_opening_is_written_down() -> None:
    talk = an_official(Press())
    for _ in range(2):
        found = await opened(talk)
        assert found is not None
        name, effects = found
        assert name == f"bao-cao-2026-W46-{UNIT}.xlsx"
        assert effects[0] == fx.Audited("cb-1", "opened", UNIT, "2026-W46 xlsx")
    assert any(isinstance(each, fx.Locked) for each in effects)  # the first reading of a closed week is kept


LOST: dict[str, Callable[[Talk], object]] = {
    "the role is taken back": lambda talk: talk.book.revoked.add("cb-1"),
    "the chat is erased": lambda talk: talk.book.write(talk.chat, fx.Erased(), talk.now),
    "the role became one for another unit": lambda talk: talk.book.officials.__setitem__(
        0, (talk.chat, Official("cb-1", "H99.02", "head"))
    ),
    "only another role of the same chat could": lambda talk: talk.book.officials.__setitem__(
        0, (talk.chat, Official("cb-2", UNIT, "head"))
    ),
    "a role that this version does not know": lambda talk: talk.book.officials.__setitem__(
        0, (talk.chat, Official("cb-1", UNIT, "king"))
    ),
    "two hours are over": lambda talk: talk.wait(hours=2),
}


@pytest.mark.parametrize("why", LOST)
async def test_a_link_opens_nothing_any_more_when(why: str) -> None:
    talk = an_official(Press())
    assert await opened(talk) is not None
    LOST[why](talk)
    assert await opened(talk) is None


async def test_a_link_to_a_commune_dies_with_the_province_role() -> None:
    talk = an_official(Press(), role="readonly", unit="H99")
    assert await opened(talk) is not None
    talk.book.officials[0] = (talk.chat, Official("cb-1", "H99", "staff"))
    assert await opened(talk) is None


def test_words_without_a_file_stay_as_they_are() -> None:
    assert filing.wanted("bao cao tuan truoc") == (None, "bao cao tuan truoc")
