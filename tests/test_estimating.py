"""Dossiers that are likely late: on the officials' lists always, to the citizen only where the unit allows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.local import overrides
from bot.tables.histories import Histories, Nights
from handlers.desk import Conversation, Official, Step
from handlers.dossiers import tracking
from handlers.dossiers.estimating import likely
from handlers.messages import Chat, Incoming
from handlers.officials import morning
from handlers.respond import respond
from onestop.code import find_codes
from onestop.days import curves
from onestop.days.calendar import VIETNAM
from onestop.days.durations import LEAST, Curve, Spell, fit
from onestop.dossier import Dossier, Status, Supplement
from procedures.local import Local
from procedures.reading import CatalogError
from storage.engine import Database
from tests.books import NOON, catalog, offices
from tests.engine import FakeClock
from tests.fakes import FakeRecords, Talk, a_desk, a_dossier
from tests.held import CODE, a_talk
from tests.test_histories import a_dossier as a_stored
from tests.test_histories import enter

SLOW = fit([Spell(4, True)] * 20 + [Spell(12, True)] * 20)
"""Seven in ten take twelve working days, with the holiday of 24/11 until 3/12."""
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=VIETNAM)


def a_case(n: int, due: datetime, status: Status = Status.IN_PROGRESS, **more: object) -> Dossier:
    return a_dossier(f"H99.07-261116-{n:04}", status, due=due, received_at=MONDAY, **more)


def an_official(*dossiers: Dossier, curve: Curve = SLOW) -> Talk:
    talk = Talk(respond)
    talk.book.officials.append((talk.chat, Official("cb-1", "H99.07", "staff")))
    for dossier in dossiers:
        talk.book.push(dossier, NOON - timedelta(hours=1))
    talk.book.curves["H99.07", "1.001193"] = curve
    return talk


async def test_an_estimate_past_the_due_day_is_on_the_morning_list_and_on_the_one_asked_for() -> None:
    later = NOON + timedelta(days=60)
    talk = an_official(
        a_case(1, FRIDAY),
        a_case(2, later),
        a_case(3, FRIDAY, Status.NEEDS_PAPERS),
        a_case(4, FRIDAY, procedure="1.000894"),
        a_case(5, NOON + timedelta(hours=30)),
    )
    step = await talk.happens(morning.event_of("H99.07", talk.now.date()))
    assert isinstance(step, Step)
    said = step.say[0].text
    assert "hẹn trong 2 ngày làm việc tới 1. Có thể trễ hẹn, tính theo hồ sơ trước đây của xã Đồng Sậy: 1." in said
    slow = said.partition("CÓ THỂ TRỄ HẸN\n")[2]
    assert slow.startswith("H99.07-261116-0001")
    assert "thường tới thứ Năm 3/12 mới xong (10 hồ sơ thì 7, tính trên 40)" in slow
    assert "-0002" not in said and "-0003" not in said and "-0004" not in said
    assert "còn 1 ngày làm việc, thứ Năm 19/11, thường tới thứ Năm 3/12 mới xong" in said
    asked = await talk.says("hồ sơ sắp trễ")
    assert "Có thể trễ hẹn, tính theo hồ sơ trước đây của xã Đồng Sậy: 2." in asked
    assert "-0005" in asked and "-0001" in asked
    assert "không có hồ sơ nào có thể trễ hẹn" in await an_official(a_case(2, later)).says("hồ sơ có nguy cơ trễ hẹn")


def test_seven_in_ten_are_seven_of_ten() -> None:
    """Ten dossiers that took one to ten working days: the seventh was done after seven, with 24/11 on 30/11."""
    ten = fit([Spell(days, True) for days in range(1, 11)] * 3)
    today = a_dossier(CODE, received_at=NOON, due=NOON + timedelta(days=30))
    found = likely(today, ten, a_desk())
    assert found is not None and (found.day, found.n) == (date(2026, 11, 30), 30)


@pytest.mark.parametrize(
    "curve", [fit([Spell(12, True)] * (LEAST - 1)), fit([Spell(2, True)] * 90), fit([Spell(12, False)] * 90)]
)
async def test_nothing_is_estimated_from_too_few_and_nothing_listed_in_time(curve: Curve) -> None:
    talk = an_official(a_case(1, FRIDAY), curve=curve)
    assert await talk.happens(morning.event_of("H99.07", talk.now.date())) == Step(talk.conversation.state)


async def test_what_waited_for_papers_is_estimated_without_that_time() -> None:
    awaited = Supplement("x", asked_at=MONDAY, received_at=MONDAY + timedelta(days=1))
    due = datetime(2026, 12, 3, 17, 0, tzinfo=VIETNAM)
    talk = an_official(a_case(1, due), a_case(2, due, supplements=(awaited,)))
    said = await talk.says("hồ sơ sắp trễ")
    assert "-0001" not in said and "-0002" in said
    assert "thường tới thứ Sáu 4/12" in said


@pytest.mark.parametrize("allowed", [True, False])
async def test_citizens_read_it_only_where_their_unit_allows_it(allowed: bool) -> None:
    talk = a_talk(due=FRIDAY, received_at=MONDAY)
    talk.book.curves["H99.07", "1.001193"] = SLOW
    desk = a_desk(talk.onestop, FakeRecords(talk.book, talk.chat, talk.now))
    units = [replace(unit, late_estimates=allowed and unit.code == "H99.07") for unit in desk.offices.units]
    code = find_codes(CODE)
    incoming = Incoming(Chat.parse(talk.chat), "e", f"{CODE} 4821", talk.now)
    step = await tracking.found_code(
        Conversation(), incoming, replace(desk, offices=type(desk.offices).of(units)), code
    )
    assert isinstance(step, Step)
    said = step.say[0].text
    assert "Hẹn trả: thứ Sáu 27/11." in said
    assert ("thường tới thứ Năm 3/12 mới xong (10 hồ sơ thì 7, tính trên 40 hồ sơ đã xong)" in said) is allowed
    assert ("Ngày hẹn vẫn như trên giấy" in said) is allowed


OWN = """unit: H99.07
late_estimates: {{tell: {tell}, document: 21/TB-UBND, issued: 2026-09-01, by: UBND xã Đồng Sậy, entered_by: head}}
"""


@pytest.mark.parametrize("tell", [True, False])
def test_the_units_own_file_says_so_with_its_paper(tell: bool, tmp_path: Path) -> None:
    (tmp_path / "H99.07.yaml").write_text(OWN.format(tell=str(tell).lower()), "utf-8")
    files = overrides.load([tmp_path], catalog())
    made = overrides.with_desks(offices(), files)
    assert made.unit("H99.07").late_estimates is tell
    assert not made.unit("H99.08").late_estimates
    assert made.unit("H99.07").note == offices().unit("H99.07").note, "citizens are not told of that paper"
    assert overrides.local(files).facts == Local().facts


def test_without_a_paper_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "H99.07.yaml").write_text("unit: H99.07\nlate_estimates: {tell: yes}\n", "utf-8")
    with pytest.raises(CatalogError) as wrong:
        overrides.load([tmp_path], catalog())
    assert "tell is neither true nor false" in str(wrong.value)
    assert "document" in str(wrong.value)


# --- fitted at night -------------------------------------------------------------------------------------------------


@pytest.fixture
async def night(database: Database) -> tuple[Histories, Nights, FakeClock]:
    async def write(work: object, name: str) -> None:
        await database.write(work)  # type: ignore[arg-type]

    clock = FakeClock()
    clock.at = datetime(2026, 11, 18, 1, 29, tzinfo=VIETNAM)
    histories = Histories(database)
    return histories, Nights(database, histories, write, clock), clock


async def test_all_histories_are_fitted_once_a_night(
    database: Database, night: tuple[Histories, Nights, FakeClock]
) -> None:
    histories, nights, clock = night
    assert await nights.look() == 0, "an empty table is looked at again"
    await enter(database, *(a_stored(n) for n in range(40)), a_stored(50, procedure="1.004873"))
    assert await nights.look() == 0, "not before half past one"
    early = await histories.curve("H99.07", "1.001193", clock.now())
    clock.move(timedelta(minutes=1))
    assert await nights.look() == 2
    assert await nights.look() == 0
    await enter(database, a_stored(60), a_stored(61, unit="H99.08"))
    again = Nights(database, histories, lambda work, name: database.write(work), clock)
    assert await again.look() == 1, "after a restart only what is left"
    kept = await histories.curve("H99.07", "1.001193", clock.now())
    assert (kept.n, kept.done) == (early.n, early.done) == (40, 40)
    assert [at for at, _ in kept.steps] == [at for at, _ in early.steps]
    assert [left for _, left in kept.steps] == pytest.approx([left for _, left in early.steps])
    assert set(await histories.curves("H99.07")) == {"1.001193", "1.004873"}
    clock.move(timedelta(days=1))
    assert await nights.look() == 3
    assert (await histories.curve("H99.07", "1.001193", clock.now())).n == 41
    assert await database.read(lambda c: curves.get(c, "H99.07", "9.999999")) is None
