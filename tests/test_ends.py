"""Dossiers that end without a result: who is asked, with which words, once an end whatever the backend tells in which
order, and what is stored of the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select, text

from bot.keys import Keys
from bot.proofs import slips
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Binding, Slip, Step
from handlers.messages import Purpose
from handlers.reading.door import SLIP_SCANNED
from handlers.respond import respond
from handlers.states import AsksStars, AsksTap
from onestop.dossier import Status
from storage.engine import Database
from storage.migrate import upgrade
from storage.tables import completions, dossiers, ratings
from tests.fakes import NOON, Talk, a_dossier
from tests.rated import CODE, EVENT, a_talk, stars
from tests.test_joining import AT, write
from tests.test_pushes import follow, planned, push, step

KEYS = Keys(b"k" * 32)
SAYS = {
    Status.REJECTED: "hồ sơ hộ tịch tại xã Đồng Sậy không được tiếp nhận.",
    Status.WITHDRAWN: "hồ sơ hộ tịch tại xã Đồng Sậy đã được rút về.",
    Status.STOPPED: "hồ sơ hộ tịch tại xã Đồng Sậy đã dừng, không ra kết quả.",
}


def ended(status: Status, **more: object) -> Talk:
    """A chat that follows a dossier which ended so three hours ago."""
    talk = Talk()
    dossier = a_dossier(CODE, status, moved_at=NOON - timedelta(hours=3), **more)
    talk.onestop.put(dossier)
    talk.book.push(dossier)
    talk.book.bindings[talk.chat, CODE] = Binding(CODE, "hồ sơ hộ tịch", NOON + timedelta(days=90), following=True)
    return talk


async def asked(status: Status = Status.REJECTED, **more: object) -> Talk:
    talk = ended(status, **more)
    await talk.happens(EVENT)
    assert talk.conversation.state == AsksStars(CODE, 1)
    return talk


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", SAYS)
async def test_how_it_ended_is_asked_about_in_words_of_its_own(status: Status) -> None:
    talk = ended(status)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    (said,) = step.say
    assert said.purpose is Purpose.INVITATION
    assert SAYS[status] in said.text
    assert "thấy được hướng dẫn, giải thích thế nào?" in said.text
    assert not any(word in said.text for word in ("kết quả hồ sơ", "đã nhận", "chưa nhận", "đã trả"))
    assert ("không xin rút" in said.text) is (status is Status.WITHDRAWN)
    assert [(c.key, c.says) for c in said.choices] == [(str(n), f"rate {n} {CODE} 1") for n in (5, 4, 3, 2, 1)]
    assert step.effects[0] == fx.Invited(CODE, 1)
    assert isinstance(step.effects[1], fx.Planned), "reminded once, as of a result"


async def test_a_discreet_one_is_not_named() -> None:
    talk = ended(Status.REJECTED, procedure="2.001263", procedure_name="Đăng ký việc nuôi con nuôi trong nước")
    talk.book.bindings[talk.chat, CODE] = Binding(CODE, None, NOON + timedelta(days=90), following=True)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert "con nuôi" not in step.say[0].text.lower() and "đuôi 0007" in step.say[0].text


async def test_after_a_death_nobody_is_reminded_of_it() -> None:
    talk = ended(Status.WITHDRAWN, procedure="1.000656")
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert step.effects == (fx.Invited(CODE, 1),)


async def test_only_the_questions_that_suit_it_are_asked_after_the_stars() -> None:
    talk = await asked()
    await talk.says("2")
    assert "Câu 1 trong 2" in await talk.says("xong")
    assert talk.conversation.state == AsksTap(CODE, 1, 2, "guidance")
    assert "hẹn đi hẹn lại" in await talk.says("1")
    assert "nhắn thêm gì" in await talk.says("1")
    assert stars(talk) == [2] * 3 and len({rated.n for _, _, rated in talk.book.ratings}) == 1


async def test_who_says_that_nothing_came_is_told_that_nothing_was_to_come() -> None:
    talk = await asked()
    assert "không có kết quả để lấy" in await talk.says("chưa nhận")
    assert not any(isinstance(effect, fx.NotReceived) for effect in talk.effects)
    assert not talk.book.completions[CODE, 1].not_received


# --- once an end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [EVENT, f"remind:{CODE}:1"])
@pytest.mark.parametrize("after", [Status.IN_PROGRESS, Status.RETURNED])
async def test_what_went_on_is_neither_asked_about_nor_reminded_of(event: str, after: Status) -> None:
    talk = ended(Status.WITHDRAWN)
    talk.book.push(a_dossier(CODE, after, done_at=NOON if after is Status.RETURNED else None))
    step = await talk.happens(event)
    assert isinstance(step, Step)
    assert step.say == () and step.effects == ()
    expected = "chưa trả kết quả" if after is Status.IN_PROGRESS else "từ 1 đến 5"
    assert expected in await talk.says(f"rate {CODE}")


async def test_an_answer_that_was_asked_for_is_taken_though_it_went_on() -> None:
    talk = await asked(Status.WITHDRAWN)
    talk.book.push(a_dossier(CODE, Status.RETURNED, done_at=NOON))
    await talk.says("2")
    assert [(rated.n, rated.stars) for _, _, rated in talk.book.ratings] == [(1, 2)]
    talk.wait(hours=2)
    step = await talk.happens(f"invite:{CODE}:2")
    assert isinstance(step, Step) and step.say == (), "the second end within a week is left unasked"
    await talk.says(f"rate 5 {CODE} 2")
    assert [(rated.n, rated.stars) for _, _, rated in talk.book.ratings] == [(1, 2), (2, 5)]


async def test_an_end_is_told_by_one_event_whatever_comes_late(database: Database) -> None:
    """Withdrawn, called stopped, taken up again, handed over; and all of it once more, the other way round."""
    await push(database, step(4, 0))
    await follow(database, "web/1/a")
    rows = (step(7, 1), step(8, 2), step(4, 3), step(10, 4))
    for row in (*rows, *reversed(rows)):
        await push(database, row)
    assert [event for _, event in await planned(database) if event.startswith("invite")] == [
        "invite:H99.07-261116-0007:1",
        "invite:H99.07-261116-0007:2",
    ]


async def test_a_refusal_told_within_a_death_waits_ten_days(database: Database) -> None:
    from storage.tables import inbox
    from tests.test_pushes import at, whole

    await push(database, whole(4, 0, MaTTHC="1.000656"))
    await follow(database, "web/1/a")
    await push(database, step(3, 1), now=2)
    query = select(inbox.c.not_before).where(inbox.c.event == "invite:H99.07-261116-0007:1")
    assert await database.read(lambda c: c.execute(query).scalar_one()) >= at(1) + timedelta(days=10)


# --- what is stored ---------------------------------------------------------------------------------------------------


async def test_the_answer_says_how_it_ended_and_stands_for_that_end(database: Database) -> None:
    code = "H99.07-261116-0007"
    await push(database, step(3, 1), now=2)
    chat = ChatRecords(database, KEYS, "web/1/a", NOON, demo=False)
    found = await chat.completion(code)
    assert found is not None and (found.n, found.ended, found.stands) == (1, Status.REJECTED, True)
    rated = fx.Rated(code, 1, 2, (), None, None, AT, "H99.07", None, None, AT.date(), "v1")
    await database.write(lambda c: write(c, "web/1/a", rated))
    await push(database, step(10, 4), now=5)
    gone_on, done = await chat.completion(code, 1), await chat.completion(code)
    assert gone_on is not None and (gone_on.ended, gone_on.stands) == (Status.REJECTED, False)
    assert done is not None and (done.n, done.ended, done.stands) == (2, None, True)
    await database.write(lambda c: write(c, "web/1/a", replace(rated, n=2, stars=5)))
    stored = await database.read(lambda c: c.execute(select(ratings.c.stars, ratings.c.ended)).all())
    assert sorted(map(tuple, stored)) == [(2, 3), (5, None)]


# --- slips ------------------------------------------------------------------------------------------------------------


async def test_a_slip_for_what_was_refused_rates_that_end(database: Database) -> None:
    async def numbered() -> int:
        made = await database.write(lambda c: slips.issue(c, KEYS, "H99.07-261116-0007", AT))
        return made.n

    await push(database, step(4, 0))
    assert await numbered() == 1, "printed before it is known how it ends"
    await push(database, step(3, 1))
    assert await numbered() == 1
    await push(database, step(4, 2))
    assert await numbered() == 2


async def test_by_its_slip_it_is_asked_without_a_word_of_a_result() -> None:
    talk, hashed = ended(Status.REJECTED), "a" * 40
    talk.respond = respond
    talk.book.bindings.clear()
    talk.book.slips[hashed] = Slip(hashed, CODE, 1, "slip")
    said = await talk.says(f"/start {SLIP_SCANNED}{hashed}")
    assert "Hồ sơ kết thúc ngày 18/11/2026 tại xã Đồng Sậy: lần đi làm này" in said
    assert "Kết quả" not in said and "không được tiếp nhận" not in said
    await talk.says("3")
    assert [(rated.n, rated.mode) for _, _, rated in talk.book.ratings] == [(1, "slip")]


# --- what was there before --------------------------------------------------------------------------------------------


async def test_what_ended_before_this_version_is_an_end_that_nobody_is_asked_about(empty_url: str) -> None:
    def fill(connection: Connection) -> None:
        columns = "code, unit, status, moved_at, completions, details, seen_at, demo"
        for n, (status, done) in enumerate(((3, 0), (7, 1), (8, 0), (10, 1), (4, 0))):
            row = f"'H99.07-261101-{n:04}', 'H99.07', {status}, {n}, {done}, '{{}}', 0, false"
            connection.execute(text(f"INSERT INTO dossiers ({columns}) VALUES ({row})"))

    def read(connection: Connection) -> tuple[list[tuple[object, ...]], list[int]]:
        table = completions.c
        rows = connection.execute(select(table.dossier, table.n, table.ended, table.eligible).order_by(table.dossier))
        counts = connection.execute(select(dossiers.c.completions).order_by(dossiers.c.code)).scalars()
        return [tuple(row) for row in rows], list(counts)

    made = Database(empty_url)
    await made.write(lambda c: upgrade(c, "0021"))
    await made.write(fill)
    await made.write(lambda c: upgrade(c, "0022"))
    expected = [(0, 1, 3), (1, 2, 7), (2, 1, 8)]
    found = await made.read(read)
    assert found == (
        [(f"H99.07-261101-{n:04}", number, status, False) for n, number, status in expected],
        [1, 2, 1, 1, 0],
    )
    await made.close()


def test_the_talks_of_this_file_are_about_ends() -> None:
    """Beside a result that was handed over, of which the words are others."""
    assert a_talk().book.completions[CODE, 1].ended is None
    assert ended(Status.STOPPED).book.completions[CODE, 1].ended is Status.STOPPED
