"""The morning's list and its letters: what stands in it, who gets it, when; never a person, nothing for nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from bot.engine.mornings import morning_of, next_morning, plan_morning
from bot.keys import Keys
from bot.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Conversation, Later, Official, Step
from handlers.messages import Incoming, Purpose
from handlers.officials import morning
from handlers.respond import respond
from handlers.states import AsksStars, Idle
from onestop import store
from onestop.calendar import VIETNAM
from onestop.dossier import Dossier, Status
from storage.engine import Database
from storage.tables import inbox, officials, periodic
from tests.engine import Engine, FakeClock, chat, with_officials
from tests.fakes import RULES, Talk, a_dossier

TODAY = date(2026, 11, 18)
MORNING = datetime(2026, 11, 18, 7, 30, tzinfo=VIETNAM)
"""A Wednesday."""
EVENT = morning.event_of("H99.07", TODAY)


def day(text: str, hour: int = 17) -> datetime:
    """ "13/11" of this year, at an hour."""
    number, month = text.split("/")
    return datetime(2026, int(month), int(number), hour, tzinfo=VIETNAM)


def a_case(n: int, due: datetime | None, status: Status = Status.IN_PROGRESS, **more: object) -> Dossier:
    return a_dossier(f"H99.07-261102-{n:04}", status, due=due, received_at=day("2/11", 8), **more)


LATE = (a_case(1, day("13/11")), a_case(2, day("17/11"), agency="Chi nhánh đất đai"))
DUE_TODAY = (a_case(3, day("18/11")),)
SOON = (a_case(4, day("19/11")), a_case(5, day("20/11")))
NOT_LISTED = (
    a_case(6, day("21/11")),
    a_case(7, None),
    a_case(8, day("13/11"), Status.NEEDS_PAPERS),
    a_case(9, day("13/11"), Status.NEEDS_PAYMENT),
    a_case(10, day("13/11"), Status.FINISHED),
    a_case(11, day("13/11"), Status.RETURNED, done_at=day("16/11")),
    a_case(12, day("13/11"), Status.WITHDRAWN),
    a_case(13, day("13/11"), Status.UNKNOWN),
    a_case(14, day("13/11"), unit="H99.02"),
)


def an_official(*dossiers: Dossier, role: str = "staff", unit: str = "H99.07") -> Talk:
    talk = Talk(now=MORNING)
    talk.book.officials.append((talk.chat, Official("cb-1", unit, role)))
    for dossier in dossiers:
        talk.book.push(dossier, MORNING - timedelta(hours=10))
    return talk


def codes(text: str) -> list[int]:
    """The numbers of the dossiers listed, in order."""
    return [int(found) for found in re.findall(r"H99\.\d\d-261102-(\d{4}) ·", text)]


def said(step: Step | Later | None) -> str:
    assert isinstance(step, Step)
    return "\n".join(each.text for each in step.say)


# --- the list --------------------------------------------------------------------------------------------------------


async def test_the_morning_lists_what_is_late_due_today_and_due_soon() -> None:
    talk = an_official(*NOT_LISTED, *SOON, *DUE_TODAY, *LATE)
    step = await talk.happens(EVENT)
    text = said(step)
    assert text.splitlines()[0] == (
        "Việc của xã Đồng Sậy: quá hạn 2, hẹn trả hôm nay 1, hẹn trong 2 ngày làm việc tới 2."
    )
    assert codes(text) == [1, 2, 3, 4, 5]
    assert [line for line in text.splitlines() if line.isupper()] == [
        "QUÁ HẠN", "HẸN TRẢ HÔM NAY", "HẸN TRONG 2 NGÀY LÀM VIỆC TỚI",
    ]  # fmt: skip
    assert "H99.07-261102-0001 · đăng ký khai sinh · đang xử lý · quá 3 ngày làm việc" in text
    assert "H99.07-261102-0002 · đăng ký khai sinh · Chi nhánh đất đai · quá 1 ngày làm việc" in text
    assert "H99.07-261102-0004 · đăng ký khai sinh · đang xử lý · còn 1 ngày làm việc, thứ Năm 19/11" in text
    assert "Số liệu lúc 21 giờ 30, thứ Ba 17/11" in text
    assert isinstance(step, Step)
    assert step.say[0].purpose is Purpose.NOTICE
    assert step.effects == (fx.Audited("cb-1", "read list", "H99.07", "morning 2026-11-18"),)
    assert [choice.label for choice in step.say[0].choices] == ["Soạn thư xin lỗi"]


ASKED = {
    "hồ sơ trễ": [1, 2],
    "ho so tre": [1, 2],
    "hồ sơ quá hạn": [1, 2],
    "các hồ sơ bị trễ hạn": [1, 2],
    "danh sách hồ sơ trễ hẹn": [1, 2],
    "quá hạn": [1, 2],
    "sắp đến hạn": [3, 4, 5],
    "sap toi han": [3, 4, 5],
    "hồ sơ sắp đến hẹn": [3, 4, 5],
    "sắp đến hạn 1 ngày": [3, 4],
    "sắp đến hạn trong 3 ngày làm việc tới": [3, 4, 5, 6],
    "việc hôm nay": [1, 2, 3, 4, 5],
    "viec hom nay": [1, 2, 3, 4, 5],
    "hôm nay có việc gì": [1, 2, 3, 4, 5],
    "hồ sơ hôm nay": [1, 2, 3, 4, 5],
    "list late H99.07": [1, 2],
    "list soon-1 H99.07": [3, 4],
    "list all H99.07 p7": [1, 2, 3, 4, 5],
}
NOT_ASKED = (
    "hồ sơ trễ hạn thì được xin lỗi không ạ",
    "hồ sơ trẻ em cần gì",
    "hộ chiếu sắp đến hạn thì đổi ở đâu",
    "thẻ căn cước quá hạn có bị phạt không",
    "hôm nay làm việc đến mấy giờ",
)


async def whole(conversation: Conversation, incoming: Incoming, desk: object) -> Step | Later | None:
    """The whole conversation, as the program has it."""
    return await respond(conversation, incoming, desk)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected"), ASKED.items())
async def test_an_official_asks_for_a_list_at_any_time(text: str, expected: list[int]) -> None:
    talk = an_official(*NOT_LISTED, *SOON, *DUE_TODAY, *LATE)
    talk.respond = whole
    assert codes(await talk.says(text)) == expected
    assert [(effect.what, effect.unit) for effect in talk.effects if isinstance(effect, fx.Audited)] == [
        ("read list", "H99.07")
    ]


@pytest.mark.parametrize("text", [*ASKED, *NOT_ASKED, "thư xin lỗi", "letters H99.07", "list", "letters", EVENT])
async def test_a_citizen_reads_no_list(text: str) -> None:
    talk = Talk(respond=whole, now=MORNING)
    for dossier in LATE:
        talk.book.push(dossier)
    answer = await talk.says(text)
    assert answer != ""
    assert codes(answer) == []
    assert "261102" not in answer
    assert all(isinstance(effect, fx.LeftOpen) for effect in talk.effects), "nothing is read"


@pytest.mark.parametrize("text", NOT_ASKED)
async def test_an_officials_questions_stay_questions(text: str) -> None:
    talk = an_official(*LATE)
    talk.respond = whole
    assert codes(await talk.says(text)) == []
    assert all(isinstance(effect, fx.LeftOpen) for effect in talk.effects)


async def test_nothing_to_see_to_is_said_when_asked() -> None:
    talk = an_official(*NOT_LISTED)
    for text in ("hồ sơ trễ", "sắp đến hạn", "việc hôm nay", "thư xin lỗi"):
        answer = await talk.says(text)
        assert "xã Đồng Sậy không có hồ sơ nào" in answer
        assert "261102" not in answer


async def test_hours_past_the_due_hour_are_said_without_days() -> None:
    talk = an_official(*DUE_TODAY)
    talk.now = day("18/11", 18)
    assert "quá giờ hẹn hôm nay" in await talk.says("hồ sơ trễ")


async def test_ten_lines_a_page() -> None:
    many = [a_case(n, day("13/11") + timedelta(minutes=n)) for n in range(20, 43)]
    talk = an_official(*many, *DUE_TODAY)
    seen = codes(await talk.says("việc hôm nay"))
    assert [choice.label for choice in talk.conversation.offered] == ["Xem tiếp 2/3", "Soạn thư xin lỗi"]
    pages = [seen]
    while any(choice.says.startswith("list") for choice in talk.conversation.offered):
        pages.append(codes(await talk.says(talk.choice("list").says)))
    assert [len(page) for page in pages] == [10, 10, 4]
    assert [number for page in pages for number in page] == [*range(20, 43), 3]
    assert all(effect.what == "read list" for effect in talk.book.audited)
    assert len(talk.book.audited) == 3


async def test_pages_of_days_keep_their_days() -> None:
    talk = an_official(*(a_case(n, day("25/11") + timedelta(minutes=n)) for n in range(12)))
    assert len(codes(await talk.says("sắp đến hạn 5 ngày"))) == 10
    assert talk.choice("list").says == "list soon-5 H99.07 p2"
    assert len(codes(await talk.says(talk.choice("list").says))) == 2


@pytest.mark.parametrize("demo", [True, False])
async def test_demo_lists_and_letters_are_marked(demo: bool) -> None:
    talk = an_official(*LATE)
    talk.rules = replace(RULES, demo=demo)
    assert ("DỮ LIỆU MẪU" in said(await talk.happens(EVENT))) is demo
    step = await talk.turn("thư xin lỗi")
    assert isinstance(step, Step)
    assert {("DỮ LIỆU MẪU" in each.text) for each in step.say[1:]} == {demo}


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


# --- letters ---------------------------------------------------------------------------------------------------------


async def test_a_letter_for_each_that_is_late_to_be_copied_and_signed() -> None:
    talk = an_official(*LATE, *DUE_TODAY, *NOT_LISTED)
    await talk.happens(EVENT)
    step = await talk.turn(talk.choice("letters").says)
    assert isinstance(step, Step)
    head, first, second = step.say
    assert "không gửi cho dân" in head.text
    for line in (
        "Xã Đồng Sậy",
        "Kính gửi ông/bà: ……………………………",
        "Mã hồ sơ: H99.07-261102-0001",
        "Thủ tục: đăng ký khai sinh",
        "Ngày nhận: 2/11/2026",
        "Ngày hẹn trả: 13/11/2026",
        "Tình trạng: đang xử lý, quá hạn 3 ngày làm việc",
        "Lý do: (chưa ghi) ……………………………",
        "Ngày hẹn trả mới: ……/……/…………",
        "Người ký: ……………………………",
    ):
        assert line in first.text.splitlines()
    assert "\nXã Đồng Sậy xin lỗi vì ông/bà phải chờ." in first.text
    assert "Tình trạng: Chi nhánh đất đai, quá hạn 1 ngày làm việc" in second.text
    assert step.effects == (fx.Audited("cb-1", "read list", "H99.07", "letters 1"),)


async def test_three_letters_at_a_time() -> None:
    talk = an_official(*(a_case(n, day("13/11") + timedelta(minutes=n)) for n in range(1, 8)))
    written: list[int] = []
    text = await talk.says("soạn thư xin lỗi")
    for page in (1, 2, 3):
        written += [int(found) for found in re.findall(r"Mã hồ sơ: H99\.07-261102-(\d+)", text)]
        assert f"phần {page}/3" in text
        if page < 3:
            text = await talk.says(talk.choice("letters").says)
    assert written == [*range(1, 8)]


async def test_a_letter_for_one_dossier() -> None:
    talk = an_official(*LATE, *DUE_TODAY, *NOT_LISTED)
    talk.respond = whole
    text = await talk.says("thư xin lỗi 000.00.07.H99-261102-0003")
    assert "Mã hồ sơ: H99.07-261102-0003" in text
    assert "chưa trả được đúng hẹn" in text
    assert talk.effects[0] == fx.Audited("cb-1", "read list", "H99.07", "letter H99.07-261102-0003")
    for n, expected in ((8, "chưa cần thư"), (11, "chưa cần thư"), (7, "chưa cần thư"), (99, "chưa cần thư")):
        assert expected in await talk.says(f"soạn thư xin lỗi H99.07-261102-{n:04}")
        assert talk.effects == ()
    assert "không thuộc đơn vị" in await talk.says("thư xin lỗi H99.07-261102-0014")


@pytest.mark.parametrize("role", ["readonly", "auditor", "province"])
async def test_who_only_reads_writes_no_letters(role: str) -> None:
    talk = an_official(*LATE, role=role)
    for text in ("thư xin lỗi", "letters H99.07", "thư xin lỗi H99.07-261102-0001"):
        answer = await talk.says(text)
        assert "Kính gửi" not in answer
        assert "soạn" in answer
        assert talk.effects == ()


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
