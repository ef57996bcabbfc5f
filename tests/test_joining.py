"""One person on several channels: joined only by the code that they carry, seen together, taken apart again."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from bot.engine.effects import Context, apply
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.stale import Stale
from bot.tables import people
from bot.tables.followers import followers as followers_of
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Conversation, Official, Step
from handlers.memory import Checklist, Memory
from handlers.messages import Chat, Incoming
from handlers.respond import respond
from handlers.states import AsksJoin, Idle
from onestop.dossier import Status
from storage.engine import Database
from storage.people_tables import join_codes
from storage.people_tables import people as table
from storage.tables import bindings, inbox
from tests.engine import KEYS
from tests.fakes import NOON, Talk, a_dossier

CODE = "H99.07-261116-0007"
WEB, ZALO, OTHER = "web/1/a", "zalo_oa/4/7", "telegram/9/5"


def talking(chat: str = WEB, book_of: Talk | None = None) -> Talk:
    talk = Talk(respond=respond, chat=chat) if book_of is None else book_of.other(chat)
    talk.conversation = Conversation(version=1)
    talk.onestop.put(a_dossier(CODE, Status.IN_PROGRESS))
    return talk


async def code_of(talk: Talk, words: str = "nối chat") -> str:
    found = re.search(r"NOI-[A-Z]{5}-[A-Z]{5}", await talk.says(words))
    assert found is not None
    return found[0]


async def following(talk: Talk) -> None:
    for text in (f"{CODE} 4821", f"follow {CODE}", "có"):
        await talk.says(text)


@pytest.mark.parametrize("words", ["nối chat", "lay ma noi", "/noichat", "chuyển sang Zalo", "link"])
@pytest.mark.parametrize("typed", ["{}", "{} ạ", "mã đây: {}"])
async def test_what_one_chat_follows_the_other_sees_once_the_code_is_carried_over(words: str, typed: str) -> None:
    web = talking()
    await following(web)
    zalo = talking(ZALO, web)
    assert "4 số cuối" in await zalo.says(CODE)
    code = await code_of(web, words)
    asked = await zalo.says(typed.format(code.lower()))
    assert "trên trang web" in asked
    assert isinstance(zalo.conversation.state, AsksJoin)
    assert "Đã nối với chat trên trang web" in await zalo.says("có")
    assert CODE in await zalo.says("hồ sơ đang theo dõi")
    assert "mối nối với 1 chat khác" in await zalo.says("xem dữ liệu")
    assert "đang làm" in await zalo.says(CODE)


async def test_following_and_ending_it_hold_for_both() -> None:
    web = talking()
    await following(web)
    zalo = talking(ZALO, web)
    await zalo.says(await code_of(web))
    await zalo.says("có")
    assert "đang được theo dõi rồi" in await zalo.says(f"follow {CODE}")
    await zalo.says("thôi theo dõi")
    assert web.book.bindings == {}
    await web.says(f"{CODE} 4821")
    await zalo.says(f"follow {CODE}")
    await zalo.says("có")
    assert [(chat, held.following) for (chat, _), held in web.book.bindings.items()] == [(WEB, True)]


async def test_parting_takes_everything_back() -> None:
    web = talking()
    await following(web)
    zalo = talking(ZALO, web)
    await zalo.says(await code_of(web))
    await zalo.says("có")
    assert "Đã bỏ nối" in await web.says("bỏ nối")
    assert "4 số cuối" in await zalo.says(CODE)
    assert "chưa nối với chat nào" in await zalo.says("bỏ nối")
    assert CODE in await web.says("hồ sơ đang theo dõi")


async def test_without_a_yes_nothing_is_joined() -> None:
    web = talking()
    code = await code_of(web)
    for answer in ("không", "join no", "0", "giờ làm việc"):
        zalo = talking(ZALO, web)
        await zalo.says(code)
        await zalo.says(answer)
        assert web.book.persons == []
        assert not any(isinstance(effect, fx.Joined) for effect in zalo.effects)


async def test_a_choice_of_ours_joins_only_where_it_was_just_asked() -> None:
    web = talking()
    _, hashed = web.desk().records.join_code(1)
    await code_of(web)
    zalo = talking(ZALO, web)
    assert "Không có mã nối" in await zalo.says(f"join {hashed}")
    assert web.book.persons == []


@pytest.mark.parametrize("minutes", [10, 600])
async def test_a_code_lives_ten_minutes(minutes: int) -> None:
    web = talking()
    code = await code_of(web)
    late = talking(ZALO, web)
    late.wait(minutes=minutes)
    assert "mã đã hết hạn" in await late.says(code)
    meant = talking(OTHER, web)
    await meant.says(code)
    meant.wait(minutes=minutes)
    assert "mã đã hết hạn" in await meant.says("có")
    assert web.book.persons == []


async def test_a_code_works_once_a_new_one_ends_the_old_and_ones_own_is_no_use() -> None:
    web = talking()
    old = await code_of(web)
    new = await code_of(web)
    assert old != new
    assert "lấy ở chính chat này" in await web.says(new)
    zalo = talking(ZALO, web)
    assert "mã đã hết hạn" in await zalo.says(old)
    await zalo.says(new)
    await zalo.says("có")
    assert "mã đã hết hạn" in await talking(OTHER, web).says(new)
    assert "mã đã hết hạn" in await zalo.says("NOI-AAAAA-AAAAA")


async def test_it_is_said_what_a_code_does_and_who_must_not_get_it() -> None:
    web = talking()
    said = await web.says("nối chat")
    assert "Đừng đưa mã cho ai" in said
    assert "10 phút" in said
    zalo = talking(ZALO, web)
    assert "Ai khác đưa mã thì đừng nối" in await zalo.says(re.findall(r"NOI-\w+-\w+", said)[0])


async def test_roles_are_not_shared_and_nobody_confirms_his_own_value_from_another_chat() -> None:
    web = talking()
    web.book.officials.append((WEB, Official("cb-1", "H99.07", "head")))
    zalo = talking(ZALO, web)
    await zalo.says(await code_of(web))
    await zalo.says("có")
    assert await zalo.desk().records.officials() == ()
    await web.says("sửa ghi chú khai sinh: mang sổ cũ, theo 12/NQ-HĐND ngày 5/12/2025")
    web.book.officials.append((ZALO, Official("cb-2", "H99.07", "head")))
    (waiting,) = await zalo.desk().records.proposals(("H99.07",))
    assert waiting.own


async def test_lists_of_papers_come_along() -> None:
    web = talking()
    theirs = Checklist("1.001193", "12", "9ad6", (1,))
    web.book.memories[WEB] = Memory((theirs,), "bác")
    zalo = talking(ZALO, web)
    await zalo.says(await code_of(web))
    own = Checklist("1.000894", "1", "aaaa")
    zalo.conversation = replace(zalo.conversation, memory=Memory((own,)))
    await zalo.says("có")
    assert zalo.conversation.memory == Memory((own, theirs), "bác")


async def test_the_other_chat_is_told() -> None:
    web = talking()
    zalo = talking(ZALO, web)
    await zalo.says(await code_of(web))
    await zalo.says("có")
    told = await web.happens("joined:zalo_oa:0123456789abcdef")
    assert isinstance(told, Step)
    assert "nối với chat trên Zalo" in told.say[0].text
    await web.says("bỏ nối")
    silent = await web.happens("joined:zalo_oa:0123456789abcdef")
    assert isinstance(silent, Step)
    assert silent.say == ()


async def test_in_a_group_no_code_is_given_or_taken() -> None:
    web = talking()
    code = await code_of(web)
    group = talking("zalo_bot/4/g", web)
    group.private = False
    for text in ("nối chat", code, "bỏ nối"):
        await group.says(text)
        assert group.effects == ()


@pytest.mark.parametrize(
    "text", ["nối dài đường", "nơi nộp khai sinh", "noi duong nghia", "NOI-ABCDE", "noi-ab1de-abcde"]
)
async def test_other_words_are_no_code(text: str) -> None:
    assert "mã nối" not in await talking().says(text)


# --- on disk ----------------------------------------------------------------------------------------------------------

AT = NOON.astimezone(UTC)


def write(connection: Connection, chat: str, *effects: fx.Effect, at: datetime = AT) -> None:
    row = InboxRow(1, Incoming(Chat.parse(chat), "e", "", at))
    turn = Answer(row, Stand(Conversation(version=1)), Step(Idle()), (), at, "answered")
    for effect in effects:
        apply(connection, Context(KEYS, demo=False), turn, effect)


def records(database: Database, chat: str) -> ChatRecords:
    return ChatRecords(database, KEYS, chat, AT, demo=False)


async def joined(database: Database, *chats: str) -> None:
    """The second with the first, the third with the second …"""
    for n, (first, second) in enumerate(itertools.pairwise(chats)):
        code, at = KEYS.joins(f"NOI-{n}"), AT + timedelta(seconds=n)
        await write_at(database, first, fx.JoinOffered(code, at + timedelta(minutes=1)), at)
        await write_at(database, second, fx.Joined(code), at)


async def write_at(database: Database, chat: str, effect: fx.Effect, at: datetime) -> None:
    await database.write(lambda c: write(c, chat, effect, at=at))


async def follow(database: Database, chat: str, dossier: str = CODE) -> None:
    until = AT + timedelta(days=9)
    effects = (fx.Proved(dossier, until), fx.Followed(dossier, "hồ sơ hộ tịch", until, "follow-1"))
    await database.write(lambda c: write(c, chat, *effects))


async def test_news_go_to_the_newest_chat_once_and_back_after_parting(database: Database) -> None:
    await follow(database, WEB)
    followers = lambda: database.read(lambda c: followers_of(c, CODE, AT))  # noqa: E731
    assert await followers() == [WEB]
    await joined(database, WEB, ZALO, OTHER)
    await follow(database, OTHER)
    assert await followers() == [OTHER]
    assert [each.following for each in await records(database, ZALO).bindings()] == [True]
    assert await records(database, WEB).joined() == ("telegram", "zalo_oa")
    await database.write(lambda c: write(c, OTHER, fx.Parted()))
    assert await followers() == [OTHER, ZALO]
    await database.write(lambda c: write(c, WEB, fx.Parted()))
    assert await followers() == [OTHER, WEB]
    assert await database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar()) == 0


async def test_the_other_chats_inbox_holds_the_news_of_it(database: Database) -> None:
    await joined(database, WEB, ZALO)
    rows = await database.read(lambda c: c.execute(select(inbox.c.chat, inbox.c.event)).all())
    assert [(row.chat, row.event.rpartition(":")[0]) for row in rows] == [(WEB, "joined:zalo_oa")]


async def test_a_code_is_used_up_expires_and_is_forgotten(database: Database) -> None:
    await joined(database, WEB, ZALO)
    again = fx.Joined(KEYS.joins("NOI-0"))
    with pytest.raises(Stale):
        await database.write(lambda c: write(c, OTHER, again))
    late = fx.JoinOffered(KEYS.joins("late"), AT)
    await database.write(lambda c: write(c, OTHER, late))
    with pytest.raises(Stale):
        await database.write(lambda c: write(c, WEB, fx.Joined(late.code)))
    assert await database.write(lambda c: people.forget(c, AT + timedelta(days=2))) == 2


async def test_a_rating_given_in_one_chat_is_ones_own_in_the_other(database: Database) -> None:
    await joined(database, WEB, ZALO)
    rated = fx.Rated(CODE, 1, 4, (), None, None, AT, "H99.07", None, None, AT.date(), "v1")
    await database.write(lambda c: write(c, WEB, rated))
    given = await records(database, ZALO).rating(CODE, 1)
    assert given is not None
    assert given.own
    stranger = await records(database, OTHER).rating(CODE, 1)
    assert stranger is not None
    assert not stranger.own
    await database.write(lambda c: write(c, ZALO, replace(rated, stars=5, supersedes=given.id)))
    with pytest.raises(Stale):
        await database.write(lambda c: write(c, OTHER, replace(rated, stars=1, supersedes=given.id + 1)))


async def test_erasing_one_chat_leaves_no_row_of_it_and_the_other_alone(database: Database) -> None:
    await follow(database, WEB)
    await joined(database, WEB, ZALO)
    offer = fx.JoinOffered(KEYS.joins("x"), AT)
    await database.write(lambda c: write(c, WEB, offer, fx.Erased()))
    count = lambda kind: database.read(lambda c: c.execute(select(func.count()).select_from(kind)).scalar())  # noqa: E731
    assert [await count(kind) for kind in (table, join_codes, bindings)] == [0, 0, 0]
    assert await records(database, ZALO).bindings() == ()


async def test_six_chats_are_the_most(database: Database) -> None:
    chats = [f"web/1/{n}" for n in range(6)]
    await joined(database, *chats)
    assert len(await records(database, chats[3]).joined()) == 5
    code = fx.JoinOffered(KEYS.joins("y"), AT + timedelta(minutes=1))
    await database.write(lambda c: write(c, chats[0], code))
    found = await records(database, OTHER).join_offer_by(code.code)
    assert found is not None
    assert found.together == 7
    with pytest.raises(Stale):
        await database.write(lambda c: write(c, OTHER, fx.Joined(code.code)))
