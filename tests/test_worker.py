"""Inbox → worker → writer → outbox → sender, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.engine.jobs import Answer, Stand
from bot.stale import Stale
from channels.channel import Limits, Refused, TryLater
from handlers.desk import Conversation, Step, Topic
from handlers.effects import Erased, Followed, Missed, Planned, Proved
from handlers.messages import Choice, Incoming, Kind, Outgoing, Purpose
from handlers.states import Idle
from storage.engine import Database
from storage.tables import bindings, conversation, inbox, misses, outbox
from tests.engine import MONDAY, FakeChannel, Make, chat, echo, engines

AN = chat("an")
BINH = chat("binh")


@pytest.fixture
async def make(database: Database) -> AsyncIterator[Make]:
    async with engines(database) as build:
        yield build


async def count(database: Database, table: object, *where: object) -> int:
    async with database.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(table).where(*where))  # type: ignore[arg-type]
        return int(found.scalar_one())


async def test_a_message_is_answered_once(make: Make, database: Database) -> None:
    engine = await make()
    await engine.say(AN, "xin chào", "e1")
    await engine.say(AN, "xin chào", "e1")
    assert engine.channel.texts(AN) == ["xin chào"]
    assert await count(database, inbox, inbox.c.state == "answered", inbox.c.text.is_(None)) == 1
    assert await count(database, outbox, outbox.c.state == "sent", outbox.c.body.is_(None)) == 1


async def test_what_nobody_can_read_is_stored_as_rejected_and_forgotten_in_time(make: Make, database: Database) -> None:
    engine = await make()
    for _ in range(2):
        assert await engine.accept(Incoming(AN, "u1", "", MONDAY, Kind.UNREADABLE)) == []
    await engine.say(AN, "xin chào", "u2")
    assert engine.channel.texts(AN) == ["xin chào"]
    assert await count(database, inbox, inbox.c.state == "rejected") == 1
    engine.clock.move(timedelta(days=8))
    await engine.schedule.keep_house()
    assert await count(database, inbox) == 0


async def test_each_chat_is_answered_in_its_order(make: Make) -> None:
    async def slow_first(before: Conversation, incoming: Incoming) -> Step:
        await asyncio.sleep(0.02 if incoming.text == "0" else 0)
        return await echo(before, incoming)

    engine = await make(slow_first)
    await engine.accept(*(Incoming(who, f"e{i}", str(i), MONDAY) for i in range(15) for who in (AN, BINH)))
    await engine.quiet()
    assert engine.channel.texts(AN) == engine.channel.texts(BINH) == [str(i) for i in range(15)]
    assert engine.channel.most_in_flight == 1


async def test_what_was_open_is_answered_after_a_restart(make: Make, database: Database) -> None:
    async def never(before: Conversation, incoming: Incoming) -> Step:
        await asyncio.sleep(60)
        raise AssertionError

    first = await make(never)
    await first.accept(Incoming(AN, "e1", "một", MONDAY), Incoming(AN, "e2", "hai", MONDAY))
    await first.worker._queues.stop(0)
    second = await make()
    assert second.channel.texts(AN) == ["một", "hai"]


async def test_a_letter_not_yet_sent_is_sent_after_a_restart(make: Make) -> None:
    channel = FakeChannel()
    channel.troubles = [TryLater(60)]
    first = await make(channel=channel)
    await first.accept(Incoming(AN, "e1", "một", MONDAY))
    await first.worker.finished()
    await first.sender.stop()
    second = await make()
    assert second.channel.texts(AN) == ["một"]


async def test_a_step_on_an_old_conversation_is_thrown_away(make: Make, database: Database) -> None:
    engine = await make()
    rows = await engine.accept(Incoming(AN, "e1", "một", MONDAY))
    await engine.quiet()
    again = Answer(rows[0], Stand(Conversation()), Step(Idle(), (Outgoing("hai lần"),)), (), MONDAY)
    with pytest.raises(Stale):
        await engine.writer.submit(again)
    assert engine.channel.texts(AN) == ["một"]


async def test_a_message_that_fails_three_times_is_parked_with_an_apology(make: Make, database: Database) -> None:
    async def picky(before: Conversation, incoming: Incoming) -> Step:
        if incoming.text == "hỏng":
            raise RuntimeError("planted")
        return await echo(before, incoming)

    engine = await make(picky)
    await engine.accept(*(Incoming(AN, f"e{i}", said, MONDAY) for i, said in enumerate(("một", "hỏng", "hai"))))
    await engine.quiet()
    first, apology, last = engine.channel.texts(AN)
    assert (first, last) == ("một", "hai")
    assert "máy bị lỗi" in apology
    assert await count(database, inbox, inbox.c.state == "dead", inbox.c.attempts == 3) == 1


async def test_a_message_that_ended_the_program_three_times_alone_is_given_up(make: Make, database: Database) -> None:
    async def deadly(before: Conversation, incoming: Incoming) -> Step:
        raise AssertionError("must not be tried again")

    first = await make()
    await first.accept(Incoming(AN, "e1", "chết", MONDAY))
    await first.quiet()
    dying = inbox.update().values(state="open", claimed_by="alone", attempts=200, text="chết")
    await database.write(lambda c: c.execute(dying))
    second = await make(deadly)
    assert "máy bị lỗi" in second.channel.texts(AN)[0]
    assert await count(database, inbox, inbox.c.state == "dead") == 1


async def test_a_message_found_open_many_times_is_still_answered(make: Make, database: Database) -> None:
    first = await make()
    await first.accept(Incoming(AN, "e1", "", MONDAY))
    await first.quiet()
    await database.write(lambda c: c.execute(inbox.update().values(state="open", attempts=40, text="vẫn còn")))
    second = await make()
    assert second.channel.texts(AN) == ["vẫn còn"]


async def test_the_twenty_first_message_in_ten_seconds_is_told_to_slow_down(make: Make) -> None:
    engine = await make()
    await engine.accept(*(Incoming(AN, f"e{i}", str(i), MONDAY) for i in range(22)))
    await engine.quiet()
    texts = engine.channel.texts(AN)
    assert texts[:20] == [str(i) for i in range(20)]
    assert len(texts) == 22
    assert "nhanh quá" in texts[20]


async def test_an_answer_that_takes_a_moment_is_announced(make: Make) -> None:
    async def slow(conversation: Conversation, incoming: Incoming) -> Step:
        await asyncio.sleep(1.2 if incoming.text == "tra hồ sơ" else 0)
        return await echo(conversation, incoming)

    channel = FakeChannel()
    engine = await make(slow, channel)
    await engine.say(AN, "làm khai sinh")
    assert channel.signs == []
    await engine.say(AN, "tra hồ sơ")
    assert channel.signs == ["an"]
    assert channel.texts(AN) == ["làm khai sinh", "tra hồ sơ"]


async def test_a_bad_row_is_parked_alone_and_its_neighbours_commit(make: Make) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        says = "x" * 65 if incoming.text == "hỏng" else "ok"
        return Step(Idle(), (Outgoing(incoming.text, (Choice("a", says),)),))

    engine = await make(respond)
    bad = chat("hong")
    await engine.accept(
        *(Incoming(chat(str(i)), "e", str(i), MONDAY) for i in range(5)), Incoming(bad, "e", "hỏng", MONDAY)
    )
    await engine.quiet()
    assert sorted(letter.text for letter in engine.channel.delivered if letter.chat != bad) == ["0", "1", "2", "3", "4"]
    assert "máy bị lỗi" in engine.channel.texts(bad)[0]


@pytest.mark.parametrize(("purpose", "copies"), [(Purpose.ANSWER, 1), (Purpose.INVITATION, 0)])
async def test_after_a_lost_reply_only_answers_are_repeated(make: Make, purpose: Purpose, copies: int) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        return Step(Idle(), (Outgoing("một", purpose=purpose),))

    channel = FakeChannel()
    channel.troubles = [TryLater(0.01, ambiguous=True)]
    engine = await make(respond, channel)
    await engine.say(AN, "a")
    assert len(channel.texts(AN)) == copies


async def test_a_blocked_chat_ends_its_following(make: Make, database: Database) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        until = MONDAY + timedelta(days=1)
        return Step(Idle(), (Outgoing("x"),), (Proved("H", until), Followed("H", "hồ sơ 1", until, "v1")))

    channel = FakeChannel()
    channel.troubles = [Refused("blocked by the citizen", blocked=True)]
    engine = await make(respond, channel)
    await engine.say(AN, "a")
    await engine.quiet()
    assert await count(database, bindings) == 0
    assert await count(database, outbox, outbox.c.state == "refused") == 1


async def test_long_texts_are_cut_before_the_commit_and_keep_their_choices_last(make: Make) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        return Step(Idle(), (Outgoing("dòng một\n" * 20, (Choice("ok", "ok"),)),))

    engine = await make(respond, FakeChannel(Limits(text=60)))
    await engine.say(AN, "a")
    letters = engine.channel.delivered
    assert len(letters) > 2
    assert all(len(letter.text) <= 60 for letter in letters)
    assert [bool(letter.choices) for letter in letters] == [False] * (len(letters) - 1) + [True]
    assert "\n".join(letter.text for letter in letters).split() == ("dòng một\n" * 20).split()


async def test_ten_wrong_proofs_close_the_code_for_a_thousand_chats_at_once(make: Make, database: Database) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        wrong = await count(database, misses)
        if wrong >= 10:
            return Step(Idle(), (Outgoing("đóng"),))
        if incoming.text == "đúng":
            return Step(Idle(), (Outgoing("mở"),), (Proved("H", MONDAY + timedelta(days=1)),))
        return Step(Idle(), (Outgoing("sai"),), (Missed("H"),))

    engine = await make(respond)
    wrong = [Incoming(chat(f"w{i}"), "e", "sai", MONDAY) for i in range(60)]
    await engine.accept(*wrong, *(Incoming(chat(f"r{i}"), "e", "đúng", MONDAY) for i in range(60)))
    await engine.quiet()
    proved = await count(database, bindings)
    await engine.say(BINH, "đúng")
    assert engine.channel.texts(BINH) == ["đóng"]
    assert await count(database, bindings) == proved


async def test_erasure_removes_every_row_of_the_chat(make: Make, database: Database) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        if incoming.text == "xóa dữ liệu":
            return Step(Idle(), (Outgoing("đã xóa"),), (Erased(),))
        until = MONDAY + timedelta(days=1)
        effects = (Proved("H", until), Followed("H", "hồ sơ 1", until, "v1"), Planned("status:H:1", until))
        return Step(Idle(), (Outgoing("ghi nhớ"),), effects, Topic(dossier="H"))

    engine = await make(respond)
    await engine.say(AN, "a", "e1")
    await engine.say(AN, "xóa dữ liệu", "e2")
    engine.clock.move(timedelta(minutes=1))
    await engine.schedule.vanish()
    assert engine.channel.texts(AN) == ["ghi nhớ", "đã xóa"]
    async with database.reading() as connection:
        for table in (inbox, outbox, conversation, bindings):
            rows = await connection.execute(select(table.c.chat))
            assert str(AN) not in {row.chat for row in rows}, table.name
    await engine.say(AN, "a", "e3")
    assert engine.channel.texts(AN)[-1] == "ghi nhớ"


async def test_an_old_message_that_comes_again_after_an_erasure_is_dropped(make: Make, database: Database) -> None:
    async def respond(before: Conversation, incoming: Incoming) -> Step:
        effects = (Erased(),) if incoming.text == "xóa dữ liệu" else ()
        return Step(Idle(), (Outgoing(incoming.text),), effects)

    engine = await make(respond)
    old = Incoming(AN, "e1", "a", engine.clock.now())
    await engine.accept(old)
    engine.clock.move(timedelta(minutes=5))
    await engine.say(AN, "xóa dữ liệu", "e2")
    await engine.accept(old)
    await engine.quiet()
    assert engine.channel.texts(AN) == ["a", "xóa dữ liệu"]
    assert await count(database, inbox) == 0


async def test_a_failing_storage_is_heard_by_who_accepts(make: Make, database: Database) -> None:
    engine = await make()
    await database.write(lambda c: c.execute(text("ALTER TABLE inbox RENAME TO away")))
    with pytest.raises(Exception, match="inbox"):
        await engine.accept(Incoming(AN, "e1", "a", MONDAY))
    await database.write(lambda c: c.execute(text("ALTER TABLE away RENAME TO inbox")))
    await engine.say(AN, "a", "e1")
    assert engine.channel.texts(AN) == ["a"]
