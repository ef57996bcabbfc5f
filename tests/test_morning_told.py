"""Who is told in the morning and when, and what the database lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.engine.mornings import morning_of, next_morning, plan_morning
from bot.keys import Keys
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Conversation, Later, Official, Step
from handlers.messages import Incoming
from handlers.officials import morning
from handlers.states import AsksStars, Idle
from onestop import store
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier
from storage.engine import Database
from storage.tables import inbox, officials, periodic
from tests.engine import Engine, FakeClock, chat, with_officials
from tests.mornings import DUE_TODAY, EVENT, LATE, MORNING, NOT_LISTED, SOON, TODAY, an_official, codes, day, said

# --- who and when ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "unit", "told"),
    [
        ("staff", "H99.07", True),
        ("head", "H99.07", True),
        ("readonly", "H99.07", False),
        ("auditor", "H99.07", False),
        ("province", "H99.07", False),
        ("head", "H99.02", False),
    ],
)
async def test_who_is_told_in_the_morning(role: str, unit: str, told: bool) -> None:
    talk = an_official(*LATE, role=role, unit=unit)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert bool(step.say) is told
    assert bool(step.effects) is told
    if not told and unit == "H99.07":
        assert codes(await talk.says("hồ sơ trễ")) == [1, 2]
        assert [choice.says for choice in talk.conversation.offered] == []


@pytest.mark.parametrize("dossiers", [(), NOT_LISTED])
async def test_no_list_no_message(dossiers: Sequence[Dossier]) -> None:
    talk = an_official(*dossiers)
    assert await talk.happens(EVENT) == Step(Idle())


async def test_yesterdays_list_is_not_sent_today() -> None:
    talk = an_official(*LATE)
    talk.wait(days=1)
    assert await talk.happens(EVENT) == Step(Idle())


async def test_who_was_revoked_meanwhile_is_told_nothing() -> None:
    talk = an_official(*LATE)
    talk.book.officials.clear()
    assert await talk.happens(EVENT) == Step(Idle())


async def test_it_never_interrupts_and_leaves_the_question_open() -> None:
    talk = an_official(*LATE)
    asked = AsksStars("H99.07-261102-0011", 1)
    talk.conversation = Conversation(version=1, state=asked, updated_at=MORNING - timedelta(minutes=5))
    assert await talk.happens(EVENT) == Later(MORNING + timedelta(minutes=25))
    talk.wait(minutes=25)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert step.state == asked
    assert codes(said(step)) == [1, 2]


async def test_outside_the_hours_of_contact_it_waits() -> None:
    talk = an_official(*LATE)
    talk.now = MORNING.replace(hour=12)
    assert await talk.happens(EVENT) == Later(MORNING.replace(hour=13))


async def test_groups_read_no_lists() -> None:
    talk = an_official(*LATE)
    talk.private = False
    for text in ("hồ sơ trễ", "list late H99.07", "letters H99.07", "thư xin lỗi"):
        assert "nhắn riêng" in (await talk.says(text)).lower()
        assert talk.effects == ()


async def test_several_units_are_a_choice_and_others_are_closed() -> None:
    talk = an_official(*LATE, *NOT_LISTED)
    talk.book.officials.append((talk.chat, Official("cb-2", "H99.02", "readonly")))
    assert "đơn vị nào" in await talk.says("hồ sơ trễ")
    assert [choice.says for choice in talk.conversation.offered] == ["list late H99.07", "list late H99.02"]
    assert codes(await talk.says("2")) == [14]
    assert talk.effects == (fx.Audited("cb-2", "read list", "H99.02", "late 1"),)
    assert "chỉ xem được hồ sơ của đơn vị mình" in await talk.says("list late H99.01")
    assert not talk.effects


# --- planning --------------------------------------------------------------------------------------------------------


WHEN = [
    (day("18/11", 7), None),
    (MORNING - timedelta(seconds=1), None),
    (MORNING, TODAY),
    (day("18/11", 16), TODAY),
    (day("18/11", 17), None),
    (day("21/11", 8), None),  # Saturday
    (datetime(2026, 9, 2, 8, tzinfo=VIETNAM), None),  # a holiday
    (datetime(2027, 2, 8, 8, tzinfo=VIETNAM), None),  # Tết
]


@pytest.mark.parametrize(("now", "expected"), WHEN)
def test_a_morning_is_of_a_working_day(now: datetime, expected: date | None) -> None:
    assert morning_of(now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (day("18/11", 7), MORNING),
        (MORNING, MORNING + timedelta(days=1)),
        (day("18/11", 23), MORNING + timedelta(days=1)),
        (day("20/11", 8), MORNING + timedelta(days=5)),
        (day("21/11", 8), MORNING + timedelta(days=5)),
    ],
)
def test_the_next_morning(now: datetime, expected: datetime) -> None:
    assert next_morning(now) == expected


ROLES = [("a", "head", "H99.07"), ("a", "staff", "H99.07"), ("b", "staff", "H99.02"), ("c", "readonly", "H99.07")]


async def planned(database: Database) -> list[tuple[str, str]]:
    rows = await database.read(lambda c: c.execute(select(inbox.c.chat, inbox.c.event)).all())
    return sorted((row.chat, row.event) for row in rows)


EVENTS = [(str(chat("a")), EVENT), (str(chat("b")), morning.event_of("H99.02", TODAY))]


async def test_a_morning_is_planned_once_for_each_official(database: Database) -> None:
    await with_officials(database, ROLES, MORNING)
    assert await database.write(lambda connection: plan_morning(connection, TODAY, MORNING)) == 2
    late = {"id": "cb-8", "chat": str(chat("e")), "unit": "H99.07", "role": "staff", "since": MORNING}
    await database.write(lambda connection: connection.execute(officials.insert().values(late)))
    assert await database.write(lambda connection: plan_morning(connection, TODAY, MORNING)) == 0
    assert await planned(database) == EVENTS


async def test_the_schedule_plans_it_at_half_past_seven_and_not_again_after_a_restart(database: Database) -> None:
    await with_officials(database, ROLES, MORNING)
    clock = FakeClock(MORNING - timedelta(minutes=1))
    answered: list[str] = []

    async def remember(conversation: Conversation, incoming: Incoming) -> Step:
        answered.append(f"{incoming.chat} {incoming.id}")
        return Step(Idle())

    engine = await Engine(database, remember, clock=clock).start()
    assert answered == []
    assert await engine.schedule.next_due() == MORNING
    clock.move(timedelta(minutes=1))
    await engine.quiet()
    assert sorted(answered) == [f"{who} {event}" for who, event in EVENTS]
    clock.move(timedelta(hours=2))
    await engine.quiet()
    await engine.stop()
    again = await Engine(database, remember, clock=clock).start()
    assert len(answered) == 2
    clock.move(timedelta(days=1))
    await again.quiet()
    assert len(answered) == 4
    await again.stop()


async def test_without_officials_nothing_is_written(database: Database) -> None:
    engine = await Engine(database, clock=FakeClock(MORNING)).start()
    assert await engine.schedule.next_due() is None
    await engine.stop()
    assert await database.read(lambda c: c.execute(select(func.count()).select_from(periodic)).scalar()) == 0


# --- the database's list ---------------------------------------------------------------------------------------------


async def test_the_database_lists_what_the_fake_does(database: Database) -> None:
    told = (*NOT_LISTED, *SOON, *DUE_TODAY, *LATE)
    await database.write(
        lambda c: store.record(c, told, MORNING, unit_of=lambda unit: (unit or "").replace("000.00.07.H99", "H99.07"),
                               phone_key=b"k", demo=False)
    )  # fmt: skip
    records = ChatRecords(database, Keys(b"k" * 32), "test/0/1", MORNING, demo=False)
    until = datetime(2026, 11, 21, tzinfo=VIETNAM)
    listed = await records.due_dossiers("H99.07", until)
    assert [seen.dossier.code.number for seen in listed if seen.dossier] == [1, 2, 3, 4, 5]
    assert {seen.as_of for seen in listed} == {MORNING}
    fake = await an_official(*told).desk().records.due_dossiers("H99.07", until)
    assert [seen.dossier.code for seen in fake if seen.dossier] == [
        seen.dossier.code for seen in listed if seen.dossier
    ]


async def test_a_list_holds_neither_phone_nor_person() -> None:
    talk = an_official(*LATE)
    shown = said(await talk.happens(EVENT)) + await talk.says("thư xin lỗi")
    assert "4821" not in shown


async def test_the_list_says_how_many_no_phone_proves() -> None:
    talk = an_official(*LATE)
    assert "điện thoại" not in await talk.says("việc hôm nay")
    talk.book.unprovable["H99.07"] = 12
    assert "Dân không tra được bằng điện thoại: 12 hồ sơ" in await talk.says("việc hôm nay")
    assert "điện thoại" not in await talk.says("hồ sơ trễ")
