"""The name that a citizen gives a followed dossier: asked for, typed, shown, taken back, forgotten; never harmful."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from handlers import effects as fx
from handlers.desk import Binding, Step, Topic
from handlers.dossiers.calling import LONGEST, clean
from handlers.reading.door import clean_and_mask
from handlers.respond import respond
from handlers.states import AsksName, Idle
from onestop.dossier import Status
from storage.engine import Database
from storage.tables import bindings
from tests.fakes import NOON, Talk, a_dossier, micros
from tests.held import CODE, a_talk, following
from tests.test_joining import AT, follow, joined, write
from tests.test_joining import records as book_of

OTHER = "H99.02-261102-0031"
DISCREET = "1.001022"


async def followed(**more: object) -> Talk:
    talk = await following(**more)
    talk.respond = respond
    return talk


# --- asked for, typed, taken back ------------------------------------------------------------------------------------


async def test_it_is_offered_when_following_begins_and_used_from_then_on() -> None:
    talk = await followed(procedure=DISCREET)
    pressed = talk.choice("name")
    assert pressed.label == "Đặt tên riêng"
    assert "giấy của mẹ" in await talk.says(pressed.says)
    assert talk.conversation.state == AsksName(CODE)
    said = await talk.says("giấy của mẹ")
    assert f"hồ sơ {CODE} là “giấy của mẹ”" in said
    assert talk.effects == (fx.Named(CODE, "giấy của mẹ"),)
    assert talk.conversation.state == Idle()
    assert f"{CODE}, giấy của mẹ" in await talk.says("hồ sơ của tôi")
    talk.book.push(a_dossier(CODE, Status.FINISHED, procedure=DISCREET, moved_at=NOON), NOON)
    await talk.says("menu")
    step = await talk.happens(f"status:{CODE}:{micros(NOON)}")
    assert isinstance(step, Step)
    assert step.say[0].text.startswith(f"Tin về giấy của mẹ ({CODE})")
    assert "hộ tịch" not in step.say[0].text


async def test_it_can_be_taken_back() -> None:
    talk = await followed()
    await talk.says("đặt tên: giấy của mẹ")
    assert "Máy lại gọi hồ sơ" in await talk.says(talk.choice("unname").says)
    assert talk.effects == (fx.Named(CODE, "hồ sơ hộ tịch"),)
    assert "giấy của mẹ" not in await talk.says("mine")


TYPED = {
    "đặt tên: giấy của mẹ": "giấy của mẹ",
    "Đặt tên : Giấy của mẹ": "Giấy của mẹ",
    "dat ten: giay cua me": "giay cua me",
    "đặt tên hồ sơ là giấy của mẹ": "giấy của mẹ",
    "đặt tên hồ sơ này là giấy của mẹ": "giấy của mẹ",
    "đặt tên cho hồ sơ: giấy của mẹ": "giấy của mẹ",
    "đổi tên hồ sơ: nhà ở quê": "nhà ở quê",
    f"đặt tên hồ sơ {CODE}: giấy của mẹ": "giấy của mẹ",
    f"đặt tên hồ sơ {CODE} là giấy của mẹ": "giấy của mẹ",
    "/datten giấy của mẹ": "giấy của mẹ",
    "/datten@motcua_bot giấy của mẹ": "giấy của mẹ",
}


@pytest.mark.parametrize(("text", "name"), TYPED.items())
async def test_it_can_be_typed_at_any_time(text: str, name: str) -> None:
    talk = await followed()
    await talk.says(text)
    assert talk.effects == (fx.Named(CODE, name),)


@pytest.mark.parametrize("text", ["đặt tên hồ sơ", "/datten", "đặt tên:", "đặt tên hồ sơ: ...", "/datten 0912"])
async def test_without_a_name_it_is_asked_for(text: str) -> None:
    talk = await followed()
    await talk.says(text)
    assert talk.effects == ()
    assert talk.conversation.state == AsksName(CODE)


@pytest.mark.parametrize("text", ["đổi tên cho con", "đặt tên cho con cần giấy gì", "đổi tên trong giấy khai sinh"])
async def test_a_question_about_names_of_people_is_a_question(text: str) -> None:
    talk = await followed()
    await talk.says(text)
    assert not isinstance(talk.conversation.state, AsksName)
    assert talk.effects == () or not isinstance(talk.effects[0], fx.Named)


async def test_of_several_the_one_spoken_of_last_else_it_is_asked_which() -> None:
    talk = await followed()
    talk.book.bindings[talk.chat, OTHER] = Binding(OTHER, "hồ sơ đất", talk.book.bindings[talk.chat, CODE].until, True)
    await talk.says(f"đặt tên hồ sơ {OTHER}: mảnh vườn")
    assert talk.effects == (fx.Named(OTHER, "mảnh vườn"),)
    await talk.says("đặt tên: mảnh vườn sau")
    assert talk.effects == (fx.Named(OTHER, "mảnh vườn sau"),)
    talk.conversation = replace(talk.conversation, topic=Topic())
    assert "hồ sơ nào" in await talk.says("đặt tên: giấy của mẹ")
    await talk.says(f"name {CODE}")
    await talk.says("giấy của mẹ")
    assert talk.effects == (fx.Named(CODE, "giấy của mẹ"),)


async def test_only_what_is_followed_has_a_name() -> None:
    talk = a_talk()
    talk.respond = respond
    for text in ("đặt tên: giấy của mẹ", f"name {CODE}", f"unname {CODE}"):
        assert "đang theo dõi" in await talk.says(text)
        assert talk.effects == ()
    talk = await followed()
    await talk.says(f"name {CODE}")
    talk.book.bindings.clear()
    assert "đang theo dõi" in await talk.says("giấy của mẹ")
    assert talk.effects == ()


async def test_what_is_no_name_leaves_the_question() -> None:
    talk = await followed()
    for text, expected in (("0", Idle()), ("menu", Idle()), ("gặp cán bộ", Idle())):
        await talk.says(f"name {CODE}")
        await talk.says(text)
        assert talk.conversation.state == expected, text
        assert talk.effects == ()
    await talk.says(f"name {CODE}")
    assert "không dùng được" in await talk.says("12345")
    assert talk.conversation.state == AsksName(CODE)


# --- what is kept -----------------------------------------------------------------------------------------------------

NAMES = {
    "  giấy   của\nmẹ  ": "giấy của mẹ",
    "<b>giấy</b> của mẹ": "b giấy b của mẹ",
    "giấy của mẹ 0912345678": "giấy của mẹ",
    "căn cước 001203004567 của mẹ": "căn cước của mẹ",
    "nhà số 12": "nhà số 12",
    "http://evil.example/x?y=1": "http evil.example x y 1",
    "[giấy](http://x)": "giấy http x",
    "'; DROP TABLE bindings; --": "DROP TABLE bindings",
    "*giấy* _của_ `mẹ`": "giấy của mẹ",
    "@admin @everyone": "admin everyone",
    "🎉 giấy 🎉": "giấy",
    "giấy\u202ecủa mẹ\u200b": "giấy của mẹ",
    "{code} %s {0}": "code s 0",
    "giấy của bà Nguyễn Thị Hoa": "giấy của bà",
    "rất nhiều chữ " * 20: "rất nhiều chữ rất nhiều chữ",
}


@pytest.mark.parametrize(("text", "name"), NAMES.items())
def test_a_name_is_a_few_plain_words(text: str, name: str) -> None:
    kept = clean(text)
    assert kept is not None
    assert kept.startswith(name)
    assert "Hoa" not in kept
    assert len(kept) <= LONGEST


@pytest.mark.parametrize("text", ["", "   ", "12345", "…", "--", "🎉", "<>", "0912 345 678"])
def test_no_word_no_name(text: str) -> None:
    assert clean(text) is None


def test_no_name_of_a_person_shows_when_the_marks_are_gone() -> None:
    assert clean("giấy cô:Lan") == "giấy cô tên"


@given(st.text(max_size=200))
def test_whatever_is_typed_stays_short_plain_and_on_one_line(text: str) -> None:
    kept = clean(text)
    if kept is None:
        return
    assert 0 < len(kept) <= LONGEST
    assert not set(kept) & set('<>{}[]()*_`@#/\\\n\r\t|&"%')
    assert clean(kept) in (kept, None) or len(clean(kept) or "") <= len(kept)


def test_the_door_masks_what_is_typed_as_a_name_too() -> None:
    assert "0912345678" not in clean_and_mask("đặt tên: giấy của mẹ 0912345678")


# --- in the tables ----------------------------------------------------------------------------------------------------


WEB, ZALO, STRANGER = "web/1/a", "zalo_oa/1/b", "web/1/c"


async def names(database: Database) -> dict[str, str | None]:
    """What each chat calls the dossier."""
    query = select(bindings.c.chat, bindings.c.name)
    found = await database.read(lambda connection: connection.execute(query).all())
    return {row.chat: row.name for row in found}


async def test_it_is_of_the_person_and_goes_with_the_following_and_with_the_chat(database: Database) -> None:
    for chat in (WEB, STRANGER):
        await follow(database, chat)
    await joined(database, WEB, ZALO)
    await database.write(lambda c: write(c, ZALO, fx.Named(CODE, "giấy của mẹ")))
    assert await names(database) == {WEB: "giấy của mẹ", STRANGER: "hồ sơ hộ tịch"}
    assert [each.name for each in await book_of(database, ZALO).bindings()] == ["giấy của mẹ"]
    await database.write(lambda c: write(c, WEB, fx.Erased()))
    assert await names(database) == {STRANGER: "hồ sơ hộ tịch"}
    await database.write(lambda c: write(c, STRANGER, fx.Unfollowed(CODE)))
    assert await names(database) == {}


async def test_what_is_proved_but_not_followed_gets_no_name(database: Database) -> None:
    await database.write(
        lambda c: write(c, WEB, fx.Proved(CODE, AT + timedelta(days=1)), fx.Named(CODE, "giấy của mẹ"))
    )
    assert await names(database) == {WEB: None}
