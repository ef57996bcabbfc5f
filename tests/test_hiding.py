"""Officials take a fact back, let it be said again, put a new value in by two persons; through the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.app import App
from bot.clock import HandClock
from bot.config import Settings
from bot.engine.effects import Context, apply
from bot.engine.group import Stale
from bot.engine.jobs import Answer, InboxRow, Stand
from bot.local_facts import read
from bot.program import Program, open_program
from bot.records import ChatRecords
from handlers import corrections
from handlers import effects as fx
from handlers.corrections import Correction, Trouble
from handlers.desk import Conversation, Official, Step
from handlers.messages import Chat, Incoming
from handlers.respond import respond
from handlers.states import AsksMatter, Idle, dump, load
from procedures.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact
from procedures.procedure import Fee, ProcessingTime, TimeUnit, Tone
from storage.desk_tables import hidden_facts, local_facts
from storage.engine import Database
from storage.tables import audit, officials
from tests.engine import KEYS, FakeChannel
from tests.fakes import NOON, Talk

UNIT, BIRTH, DEATH = "H99.07", "1.001193", "1.000656"
PAPER = "theo 12/NQ-HĐND ngày 5/12/2025 của HĐND tỉnh Lam Châu"
NEW_FEE = f"sửa lệ phí khai sinh: 8000 đồng, {PAPER}"
LOOKED_AT = "quầy đang kiểm tra lại"


def a_desk_of(*roles: str, unit: str = UNIT) -> tuple[Talk, ...]:
    """Officials with these roles, then a citizen, at one desk."""
    first = Talk(respond=respond)
    talks = [first, *(first.other(f"test/0/{n}") for n in range(2, len(roles) + 2))]
    for n, (talk, role) in enumerate(zip(talks, roles, strict=False), 1):
        talk.book.officials.append((talk.chat, Official(f"cb-{n}", unit, role)))
    return tuple(talks)


# --- hiding ----------------------------------------------------------------------------------------------------------

TYPED = {
    "tạm ẩn lệ phí khai sinh": "fee",
    "tam an le phi khai sinh": "fee",
    "Tạm ẩn tiền của khai sinh": "fee",
    "cho tạm ẩn thời gian làm khai sinh": "time",
    "tạm ẩn giấy tờ khai sinh": "papers",
    "tạm ẩn nơi nộp khai sinh": "where",
    "tạm ẩn nộp qua mạng khai sinh": "online",
    "tạm ẩn lệ phí 1.001193": "fee",
    "tạm ẩn hết khai sinh": "all",
    "tạm ẩn cả câu trả lời của khai sinh": "all",
    "tạm ẩn khai sinh hết bao nhiêu tiền": "fee",
    "/taman lệ phí khai sinh": "fee",
    "/taman@mot_cua_bot le phi khai sinh": "fee",
}


@pytest.mark.parametrize(("text", "facet"), TYPED.items())
async def test_a_fact_is_hidden_in_two_messages(text: str, facet: str) -> None:
    official, citizen = a_desk_of("staff")
    said = await official.says(text)
    assert "Đăng ký khai sinh" in said
    assert "xã Đồng Sậy" in said
    assert official.effects == ()
    assert official.conversation.offered[0].says == f"hide_sure {BIRTH} {facet} {UNIT}"
    assert "có tác dụng ngay" in await official.says("1")
    assert official.effects == (
        fx.FactHidden(UNIT, BIRTH, facet, "cb-1"),
        fx.Audited("cb-1", "hide", UNIT, f"{BIRTH} {facet}"),
    )
    asked = "làm khai sinh cho con cần giấy gì" if facet == "all" else f"{facet} {BIRTH}"
    said = await citizen.says(asked)
    assert LOOKED_AT in said
    assert "0200 000 007" in said


async def test_without_a_fact_it_is_asked_for() -> None:
    official, _ = a_desk_of("head")
    said = await official.says("tam an 1.001193")
    assert "2. Lệ phí" in said
    assert "7. Cả câu trả lời" in said
    assert "Tạm ẩn lệ phí" in await official.says("2")
    assert "Đã ẩn lệ phí" in await official.says("ẩn ngay")
    assert "Đang ẩn ở xã Đồng Sậy" in await official.says("đang ẩn")
    assert "đang ẩn sẵn rồi" in await official.says(f"hide_sure {BIRTH} fee {UNIT}")
    assert official.effects == ()


async def test_the_procedure_spoken_of_is_meant_where_none_is_named() -> None:
    official, _ = a_desk_of("staff")
    assert "gõ kèm tên việc" in await official.says("tạm ẩn lệ phí")
    await official.says("khai tử cần giấy gì")
    assert "Đăng ký khai tử" in await official.says("tạm ẩn lệ phí")


async def test_a_name_that_fits_several_is_asked_back() -> None:
    official, _ = a_desk_of("staff")
    said = await official.says("tạm ẩn lệ phí đăng ký lại")
    assert "Anh/chị nói việc nào?" in said
    await official.says("1")
    assert official.conversation.offered[0].says.startswith("hide_sure ")
    assert " fee " in official.conversation.offered[0].says


@pytest.mark.parametrize("text", ["tạm ẩn lệ phí qwerty", "tạm ẩn 9.999999", "tạm ẩn"])
async def test_what_is_not_known_cannot_be_hidden(text: str) -> None:
    official, _ = a_desk_of("staff")
    assert "gõ kèm tên việc" in await official.says(text)
    assert official.effects == ()


async def test_any_official_of_the_unit_lets_it_be_said_again() -> None:
    first, second, citizen = a_desk_of("staff", "head")
    before = await citizen.says("fee 1.001193")
    for code in ("fee", "time"):
        await first.says(f"hide_sure {BIRTH} {code} {UNIT}")
    said = await second.says("bỏ ẩn")
    assert "1. Lệ phí, việc “Đăng ký khai sinh”" in said
    assert "Đã bỏ ẩn lệ phí" in await second.says("1")
    assert second.effects == (
        fx.FactUnhidden(UNIT, BIRTH, "fee", "cb-2"),
        fx.Audited("cb-2", "unhide", UNIT, f"{BIRTH} fee"),
    )
    assert (await citizen.says("fee 1.001193")).splitlines()[:2] == before.splitlines()[1:3]
    assert "Đã bỏ ẩn thời gian" in await first.says("bỏ ẩn thời gian khai sinh")
    assert "không có mục nào đang ẩn" in await first.says("bo an")


async def test_an_official_of_two_units_says_which() -> None:
    official, _ = a_desk_of("staff")
    official.book.officials.append((official.chat, Official("cb-9", "H99.08", "head")))
    await official.says("tạm ẩn lệ phí khai sinh")
    assert [choice.says for choice in official.conversation.offered] == [
        f"hide_sure {BIRTH} fee {UNIT}",
        f"hide {BIRTH} fee H99.08",
        "hidden",
    ]
    assert "xã Đồi Sim" in await official.says("2")
    await official.says("1")
    assert official.effects[0] == fx.FactHidden("H99.08", BIRTH, "fee", "cb-9")


async def test_citizens_who_type_the_same_words_have_a_question() -> None:
    (citizen,) = a_desk_of()
    assert "Đăng ký khai sinh" in await citizen.says("tạm ẩn lệ phí khai sinh")
    assert "chỉ dành cho cán bộ" in await citizen.says("/taman lệ phí khai sinh")
    for text in ("chờ duyệt", "đang ẩn", "duyệt 1", "nhật ký", "sửa thời gian hẹn"):
        said = await citizen.says(text)
        assert said
        assert "cán bộ khác" not in said
        assert [each for each in citizen.effects if not isinstance(each, fx.LeftOpen)] == []


# --- new values: what is typed ---------------------------------------------------------------------------------------

TODAY = date(2026, 11, 18)
READ: dict[str, Correction | Trouble] = {
    f"lệ phí khai sinh: 8000 đồng, {PAPER}": Correction(
        Fact.FEE, "khai sinh", "8000 đồng", "12/NQ-HĐND", date(2025, 12, 5), "HĐND tỉnh Lam Châu", None
    ),
    "le phi khai sinh = 8000 theo nghi quyet so 12/nq-hdnd ngay 05-12-2025": Correction(
        Fact.FEE, "khai sinh", "8000", "12/NQ-HDND", date(2025, 12, 5), "", None
    ),
    "thời hạn giải quyết của kết hôn thành trong ngày (theo 7/QĐ-UBND ngày 3.2.2026)": Correction(
        Fact.TIME, "kết hôn", "trong ngày", "7/QĐ-UBND", date(2026, 2, 3), "", None
    ),
    "phí 1.001193: 8.000 đồng mỗi bản, theo 12/2025/NQ-HĐND ngày 5/12/2025 của HĐND, áp dụng từ 1/1/2026": Correction(
        Fact.FEE, "1.001193", "8.000 đồng mỗi bản", "12/2025/NQ-HĐND", date(2025, 12, 5), "HĐND", date(2026, 1, 1)
    ),
    "nơi nộp khai sinh: nhà văn hóa, thôn Trung. Căn cứ 7/QĐ-UBND ngày 3/2/2026 của UBND xã": Correction(
        Fact.WHERE, "khai sinh", "nhà văn hóa, thôn Trung", "7/QĐ-UBND", date(2026, 2, 3), "UBND xã", None
    ),
    f"ghi chú: mang sổ cũ, {PAPER}": Correction(
        Fact.NOTE, "", "mang sổ cũ", "12/NQ-HĐND", date(2025, 12, 5), "HĐND tỉnh Lam Châu", None
    ),
    "khai sinh: 8000 đồng": Trouble.NO_FACT,
    f"lệ phí khai sinh 8000 đồng {PAPER}": Trouble.NO_VALUE,
    "lệ phí khai sinh: 8000 đồng": Trouble.NO_DOCUMENT,
    "lệ phí khai sinh: 8000 đồng, theo nghị quyết mới của tỉnh": Trouble.NO_DOCUMENT,
    "lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND": Trouble.NO_DAY,
    "lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 31/2/2025": Trouble.BAD_DAY,
    "lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 19/11/2026": Trouble.BAD_DAY,
    "lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 5/12/2025, áp dụng từ 1/1/2025": Trouble.BAD_DAY,
    f"lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 5/12/2025 của {'x' * 61}": Trouble.BAD_VALUE,
}


@pytest.mark.parametrize(("typed", "expected"), READ.items(), ids=range(len(READ)))
def test_a_correction_is_read_with_its_paper(typed: str, expected: Correction | Trouble) -> None:
    assert corrections.read(typed, TODAY) == expected


MONEY = {
    "8000": 8000,
    "8.000 đồng": 8000,
    "8,000đ": 8000,
    "8000 dong": 8000,
    "8 nghìn": 8000,
    "8k": 8000,
    "1.500.000 đồng": 1_500_000,
    "2 triệu": 2_000_000,
    "0": 0,
    "0 đồng": 0,
    "miễn phí": 0,
    "không thu": 0,
    "không mất tiền": 0,
    "8000 USD": None,
    "tám nghìn": None,
    "8.00": None,
    "-5": None,
    "999999999": None,
    "8000 đến 9000": None,
}


@pytest.mark.parametrize(("typed", "amount"), MONEY.items())
def test_amounts(typed: str, amount: int | None) -> None:
    old = Fee("Lệ phí cũ", 1, case="thuong", note="bỏ đi")
    found = corrections.fee(typed, old)
    assert found == (None if amount is None else Fee("Lệ phí cũ", amount, case="thuong"))


@pytest.mark.parametrize("typed", ["8000 đồng mỗi bản", "8000 đồng/bản", "8k/bản"])
def test_amounts_for_each(typed: str) -> None:
    assert corrections.fee(typed, None) == Fee("Lệ phí", 8000, "bản")
    assert corrections.fee("8000", Fee("Phí", 5, "trang")) == Fee("Phí", 8000, "trang")


TIMES = {
    "3 ngày làm việc": ProcessingTime(TimeUnit.WORKING_DAYS, 3),
    "trong 3 ngay lam viec": ProcessingTime(TimeUnit.WORKING_DAYS, 3),
    "từ 1 đến 3 ngày": ProcessingTime(TimeUnit.DAYS, 3, 1),
    "24 giờ": ProcessingTime(TimeUnit.HOURS, 24),
    "2 tháng": ProcessingTime(TimeUnit.MONTHS, 2),
    "trong ngày": ProcessingTime(TimeUnit.SAME_DAY),
    "từ 3 đến 1 ngày": None,
    "0 ngày": None,
    "vài ngày": None,
    "3": None,
}


@pytest.mark.parametrize(("typed", "expected"), TIMES.items())
def test_times(typed: str, expected: ProcessingTime | None) -> None:
    assert corrections.time(typed, None) == expected
    with_case = corrections.time(typed, ProcessingTime(TimeUnit.DAYS, 9, case="khac", note="bỏ đi"))
    assert with_case == (None if expected is None else replace(expected, case="khac"))


@pytest.mark.parametrize(
    ("typed", "tone", "expected"),
    [
        ("Nhà  văn hóa thôn Trung", Tone.PLAIN, "Nhà văn hóa thôn Trung"),
        ("ở", Tone.PLAIN, Trouble.BAD_VALUE),
        ("x" * 161, Tone.PLAIN, Trouble.BAD_VALUE),
        ("UBND huyện", Tone.PLAIN, Trouble.BAD_WORDS),
        ("nhanh lắm!", Tone.PLAIN, Trouble.BAD_WORDS),
        ("tin vui cho bà con", Tone.GRIEF, Trouble.BAD_WORDS),
        ("tin vui cho bà con", Tone.PLAIN, "tin vui cho bà con"),
    ],
)
def test_places_are_short_and_plain(typed: str, tone: Tone, expected: str | Trouble) -> None:
    assert corrections.words(Fact.WHERE, typed, tone) == expected


# --- new values: two persons -----------------------------------------------------------------------------------------


async def test_a_new_value_is_shown_once_a_second_person_confirmed_it() -> None:
    first, second, citizen = a_desk_of("staff", "head")
    await first.says("tạm ẩn lệ phí khai sinh")
    await first.says("1")
    assert "số mới thay dòng lệ phí nào" in await first.says(NEW_FEE)
    said = await first.says("1")
    assert "8.000 đồng" in said
    assert PAPER in said
    assert "“duyệt 1”" in said
    assert [type(effect) for effect in first.effects] == [fx.FactProposed, fx.Audited]
    assert LOOKED_AT in await citizen.says("lệ phí khai sinh")
    assert "cần một người khác duyệt" in await first.says("duyệt 1")
    assert first.effects == ()
    said = await second.says("chờ duyệt")
    assert "Số 1." in said
    assert PAPER in said
    assert "thay cho: Lệ phí đăng ký khai sinh: không mất tiền" in said
    assert "Đã duyệt đề nghị số 1" in await second.says("1")
    assert second.effects == (
        fx.FactDecided(1, True, "cb-2"),
        fx.Audited("cb-2", "confirm", UNIT, f"1 {BIRTH} fee"),
    )
    said = await citizen.says("lệ phí khai sinh")
    assert "Lệ phí đăng ký khai sinh: 8.000 đồng" in said
    assert f"Lệ phí đăng ký khai sinh ở xã Đồng Sậy: {PAPER}." in said
    assert "Nguồn: thủ tục 1.001193, 163/QĐ-BTP" in said
    assert "không có đề nghị nào" in (await second.says("chờ duyệt")).lower()
    assert "Không có đề nghị số 1" in await second.says("duyệt 1")


REFUSED_KINDLY = {
    "sửa lệ phí khai sinh: 8000 đồng": "thêm “theo” và số văn bản",
    "sửa lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND": "thiếu ngày của văn bản",
    "sửa lệ phí khai sinh: 8000 đồng, theo 12/NQ-HĐND ngày 1/1/2030": "Ngày của văn bản chưa đúng",
    f"sửa lệ phí khai sinh: tám ngàn, {PAPER}": "chưa đọc được số tiền",
    f"sửa thời gian khai sinh: nhanh, {PAPER}": "chưa đọc được thời gian",
    f"sửa nơi nộp khai sinh: UBND huyện, {PAPER}": "tên cơ quan không còn nữa",
    f"sửa ghi chú khai sinh: {'dài ' * 30}, {PAPER}": "Ghi chú cần một câu",
    "sửa lệ phí khai sinh": "gõ đủ mục, việc, số mới",
    f"sửa lệ phí: 8000, {PAPER}": "gõ đủ mục, việc, số mới",
    "/sua": "gõ đủ mục, việc, số mới",
}


@pytest.mark.parametrize(("text", "expected"), REFUSED_KINDLY.items())
async def test_what_cannot_be_taken_is_said_with_how_it_can(text: str, expected: str) -> None:
    official, _ = a_desk_of("staff")
    assert expected in await official.says(text)
    assert official.effects == ()


async def test_what_is_open_is_asked_for_one_by_one() -> None:
    official, _ = a_desk_of("staff")
    official.book.officials.append((official.chat, Official("cb-9", "H99.08", "head")))
    assert "Anh/chị nói việc nào?" in await official.says(f"sửa lệ phí đăng ký lại: 8000, {PAPER}")
    assert isinstance(official.conversation.state, AsksMatter)
    assert load(dump(official.conversation.state)) == official.conversation.state
    assert "đơn vị nào" in await official.says("1")
    await official.says("2")
    while isinstance(official.conversation.state, AsksMatter):
        await official.says("1")
    proposed = official.effects[0]
    assert isinstance(proposed, fx.FactProposed)
    assert proposed.fact.unit == "H99.08"
    assert proposed.by == "cb-9"


async def test_an_old_choice_of_a_correction_is_stale() -> None:
    official, _ = a_desk_of("staff")
    for code in ("correct_line 1", f"correct_of {BIRTH}", f"correct_at {UNIT}"):
        await official.says(code)
        assert official.effects == ()
    await official.says(NEW_FEE)
    for code in ("correct_line 99", "correct_line x", "correct_line 0"):
        await official.says(code)
        assert official.effects == ()
        await official.says(NEW_FEE)


async def test_the_same_person_in_two_roles_is_one_person() -> None:
    official, _ = a_desk_of("staff")
    official.book.officials.append((official.chat, Official("cb-9", UNIT, "head")))
    await official.says(f"sửa thời gian khai tử: trong ngày, {PAPER}")
    while isinstance(official.conversation.state, AsksMatter):
        await official.says("1")
    (number,) = official.book.proposed
    assert "cần một người khác" in await official.says(f"approve {number}")
    assert official.effects == ()
    assert "không được dùng" in await official.says(f"không duyệt {number}")
    assert official.effects[0] == fx.FactDecided(number, False, "cb-1")


async def test_the_province_is_the_second_person_of_a_commune_with_one_official() -> None:
    first, province, citizen = a_desk_of("staff", "none")
    province.book.officials[1] = (province.chat, Official("cb-2", "H99", "province"))
    await first.says(NEW_FEE)
    await first.says("1")
    assert "Số 1." in await province.says("chờ duyệt")
    assert "Đã duyệt" in await province.says("duyệt 1")
    assert province.effects[1] == fx.Audited("cb-2", "confirm", UNIT, f"1 {BIRTH} fee")
    assert "8.000 đồng" in await citizen.says("lệ phí khai sinh")


async def test_a_proposal_of_somebody_who_left_is_not_confirmed() -> None:
    first, second, _ = a_desk_of("staff", "head")
    await first.says(NEW_FEE)
    await first.says("1")
    first.book.revoked.add("cb-1")
    assert "không còn là cán bộ" in await second.says("duyệt 1")
    assert second.effects == ()
    assert "không được dùng" in await second.says("không duyệt 1")


async def test_a_value_of_a_later_day_waits_and_what_is_hidden_stays_hidden() -> None:
    first, second, citizen = a_desk_of("staff", "head")
    await first.says(f"hide_sure {BIRTH} fee {UNIT}")
    await first.says(f"{NEW_FEE}, áp dụng từ 1/1/2027")
    await first.says("1")
    assert "áp dụng từ 1/1/2027" in await second.says("chờ duyệt")
    assert "Đến ngày 1/1/2027" in await second.says("duyệt 1")
    citizen.book.local = Local(citizen.book.local.facts)
    assert "8.000" not in await citizen.says("lệ phí khai sinh")
    citizen.now = datetime(2027, 1, 1, 1, 0, tzinfo=NOON.tzinfo)
    assert "8.000" in await citizen.says("lệ phí khai sinh")


async def test_a_whole_answer_that_is_hidden_stays_so_and_that_is_said() -> None:
    first, second, citizen = a_desk_of("staff", "head")
    await first.says(f"hide_sure {BIRTH} all {UNIT}")
    await first.says(NEW_FEE)
    await first.says("1")
    assert "gõ “bỏ ẩn” thì dân mới thấy" in await second.says("duyệt 1")
    assert LOOKED_AT in await citizen.says("lệ phí khai sinh")


async def test_the_auditor_reads_the_journal_by_ids() -> None:
    first, auditor, _ = a_desk_of("staff", "auditor")
    for _ in range(15):
        await first.says(f"hide_sure {BIRTH} fee {UNIT}")
        await first.says(f"unhide {BIRTH} fee {UNIT}")
    said = await auditor.says("nhật ký")
    _, title, *rows = said.splitlines()
    assert title == "Nhật ký xã Đồng Sậy, 20 dòng mới nhất:"
    assert rows[0] == "9 giờ, thứ Tư 18/11 · cb-1 · bỏ ẩn · 1.001193 fee"
    assert len(rows) - said.count("DỮ LIỆU MẪU") == 20
    assert "test/0" not in said
    assert auditor.effects == (fx.Audited("cb-2", "journal", UNIT),)


# --- through the real database ---------------------------------------------------------------------------------------

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@dataclass
class Room:
    """The running program with chats on a fake channel."""

    program: Program
    channel: FakeChannel
    clock: HandClock
    heard: dict[str, int] = field(default_factory=dict)

    @property
    def app(self) -> App:
        return self.program.app

    async def appoint(self, name: str, official: str, role: str = "staff", unit: str = UNIT) -> None:
        row = {"id": official, "chat": f"fake/a/{name}", "unit": unit, "role": role, "since": START}
        await self.app.write(lambda c: c.execute(officials.insert().values(row)), "official")

    async def says(self, name: str, text: str) -> str:
        """What a chat hears when it says something."""
        chat = Chat("fake", "a", name)
        self.clock.move_to(self.clock.now() + timedelta(seconds=5))
        await self.app.accept([Incoming(chat, f"m{self.clock.now().timestamp()}", text, self.clock.now())])
        await self.app.quiet()
        heard = self.channel.texts(chat)
        new = heard[self.heard.get(name, 0) :]
        self.heard[name] = len(heard)
        return "\n".join(new)


@asynccontextmanager
async def a_room(folder: Path, url: str, clock: HandClock | None = None) -> AsyncIterator[Room]:
    clock, channel = clock or HandClock(START), FakeChannel()
    settings = Settings(data_dir=folder, database_url=url, unit=UNIT, port=0)
    (folder / "units.yaml").write_text(UNITS, encoding="utf-8")
    program = await open_program(settings, clock, lambda app: [channel], listen=False)
    try:
        yield Room(program, channel, clock)
    finally:
        await program.stop()


UNITS = """\
province: tỉnh Thử
hours:
  standard: {mon-fri: "7:30-11:30"}
units:
  - {code: H99.07, name: xã Thử, short: Thử, kind: commune, phone: 0200 000 007, hours: {base: standard}}
"""


async def test_from_a_wrong_fee_to_the_right_one_and_over_a_restart(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        await room.appoint("minh", "cb-2", "head")
        assert "không mất tiền" in await room.says("dan", "lệ phí khai sinh")
        await room.says("lan", "tạm ẩn lệ phí khai sinh")
        assert "Đã ẩn" in await room.says("lan", "1")
        said = await room.says("dan", "lệ phí khai sinh")
        assert LOOKED_AT in said
        assert "0200 000 007" in said
        clock = room.clock
    async with a_room(tmp_path, database_url, clock) as room:
        assert LOOKED_AT in await room.says("dan", "lệ phí khai sinh")
        await room.says("lan", NEW_FEE)
        assert "đề nghị số 1" in await room.says("lan", "1")
        assert "cần một người khác" in await room.says("lan", "duyệt 1")
        assert LOOKED_AT in await room.says("dan", "lệ phí khai sinh")
        assert PAPER in await room.says("minh", "chờ duyệt")
        assert "Đã duyệt" in await room.says("minh", "duyệt 1")
        said = await room.says("dan", "lệ phí khai sinh")
        assert "8.000 đồng" in said
        assert PAPER in said
        await room.says("lan", NEW_FEE.replace("8000", "9000"))
        assert "đề nghị số 2" in await room.says("lan", "1")
    async with a_room(tmp_path, database_url, clock) as room:
        assert "8.000 đồng" in await room.says("dan", "lệ phí khai sinh")
        await room.says("minh", "duyệt 2")
        assert "9.000 đồng" in await room.says("dan", "lệ phí khai sinh")
        rows = await room.app.database.read(
            lambda c: [tuple(row) for row in c.execute(select(audit.c.who, audit.c.what, audit.c.unit, audit.c.detail))]
        )
    assert rows == [
        ("cb-1", "hide", UNIT, f"{BIRTH} fee"),
        ("cb-1", "propose", UNIT, f"1 {BIRTH} fee"),
        ("cb-2", "confirm", UNIT, f"1 {BIRTH} fee"),
        ("cb-1", "propose", UNIT, f"2 {BIRTH} fee"),
        ("cb-2", "confirm", UNIT, f"2 {BIRTH} fee"),
    ]


class NoRecords:
    """A database that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was read")


async def test_a_citizens_question_reads_nothing(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")
        chat = Chat("fake", "a", "dan")
        desk = replace(room.app.desk(chat), records=NoRecords())  # type: ignore[arg-type]
        for text in ("lệ phí khai sinh", "làm khai sinh cần giấy gì", f"fee {BIRTH}"):
            step = await respond(Conversation(), Incoming(chat, "m", text, START), desk)
            assert isinstance(step, Step)
            assert ("lệ phí" in text or "fee" in text) == (LOOKED_AT in step.say[0].text)


async def test_a_role_that_nobody_knows_may_nothing(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1", "admin")
        assert await room.app.desk(Chat("fake", "a", "lan")).records.officials() == ()
        assert "chỉ dành cho cán bộ" in await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")


async def test_an_officials_revocation_counts_at_the_next_word(tmp_path: Path, database_url: str) -> None:
    async with a_room(tmp_path, database_url) as room:
        await room.appoint("lan", "cb-1")
        assert "Tạm ẩn" in await room.says("lan", "tạm ẩn lệ phí khai sinh")
        gone = officials.update().values(revoked_at=START)
        await room.app.write(lambda c: c.execute(gone), "revoke")
        assert "chỉ dành cho cán bộ" in await room.says("lan", f"hide_sure {BIRTH} fee {UNIT}")
        assert "không mất tiền" in await room.says("dan", "lệ phí khai sinh")
        assert room.app.local.value.hidden == ()


# --- effects: looked at again inside the transaction -----------------------------------------------------------------

FACT = LocalFact(
    UNIT, BIRTH, Fact.FEE, (Fee("Lệ phí", 8000),), Basis("12/NQ-HĐND", date(2025, 12, 5)), Fee("Lệ phí", 0), "cb-1"
)
Do = Callable[[str, fx.Effect], Awaitable[None]]


@pytest.fixture
def do(database: Database) -> Do:
    """Write one effect of a chat, as the ledger does."""

    async def write(chat: str, effect: fx.Effect) -> None:
        row = InboxRow(1, Incoming(Chat("fake", "a", chat), "m", "", START))
        turn = Answer(row, Stand(Conversation()), Step(Idle(), (), (effect,)), (), START)
        await database.write(lambda c: apply(c, Context(KEYS, demo=False), turn, effect))

    return write


async def appoint(database: Database, *rows: tuple[str, str]) -> None:
    values = [
        {"id": name, "chat": f"fake/a/{chat}", "unit": UNIT, "role": "staff", "since": START} for name, chat in rows
    ]
    await database.write(lambda c: c.execute(officials.insert(), values))


async def test_a_value_is_written_and_read_as_it_was(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"))
    await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
    await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
    await do("lan", fx.FactHidden(UNIT, DEATH, "all", "cb-1"))
    await do("lan", fx.FactProposed(1, FACT, "cb-1"))

    def now(connection: Connection) -> Local:
        return read(connection, Local([replace(FACT, unit="H99.08")]))

    found = await database.read(now)
    assert found.hidden == (Hidden(UNIT, BIRTH, Facet.FEE), Hidden(UNIT, DEATH, None))
    assert [each.unit for each in found.facts] == ["H99.08"]
    await do("minh", fx.FactDecided(1, True, "cb-2"))
    found = await database.read(now)
    assert found.hidden == (Hidden(UNIT, DEATH, None),)
    assert found.facts[1:] == (FACT,)
    await do("minh", fx.FactUnhidden(UNIT, DEATH, "all", "cb-2"))
    assert (await database.read(now)).hidden == ()
    rows = await database.read(lambda c: c.execute(select(hidden_facts.c.hidden_by, hidden_facts.c.shown_by)).all())
    assert [tuple(row) for row in rows] == [("cb-1", "cb-2"), ("cb-1", "cb-2")]
    row = (await database.read(lambda c: c.execute(select(local_facts)).all()))[0]
    assert (row.proposed_by, row.confirmed_by, row.state) == ("cb-1", "cb-2", "confirmed")


STALE: dict[str, tuple[str, fx.Effect]] = {
    "hidden by a stranger": ("dan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1")),
    "hidden by who was revoked": ("cu", fx.FactHidden(UNIT, BIRTH, "fee", "cb-0")),
    "unhidden by who was revoked": ("cu", fx.FactUnhidden(UNIT, BIRTH, "fee", "cb-0")),
    "proposed by who was revoked": ("cu", fx.FactProposed(2, FACT, "cb-0")),
    "a number taken": ("lan", fx.FactProposed(1, FACT, "cb-1")),
    "confirmed by the proposer": ("lan", fx.FactDecided(1, True, "cb-1")),
    "confirmed by the proposer in another role": ("lan", fx.FactDecided(1, True, "cb-3")),
    "confirmed with another's id": ("lan", fx.FactDecided(1, True, "cb-2")),
    "confirmed by who was revoked": ("cu", fx.FactDecided(1, True, "cb-0")),
    "of nobody who is in office": ("minh", fx.FactDecided(9, True, "cb-2")),
    "a number that is not there": ("minh", fx.FactDecided(8, True, "cb-2")),
    "decided already": ("minh", fx.FactDecided(7, True, "cb-2")),
    "refused by who was revoked": ("cu", fx.FactDecided(1, False, "cb-0")),
}


@pytest.mark.parametrize(("chat", "effect"), STALE.values(), ids=list(STALE))
async def test_what_no_longer_holds_is_not_written(database: Database, do: Do, chat: str, effect: fx.Effect) -> None:
    await appoint(database, ("cb-0", "cu"), ("cb-1", "lan"), ("cb-2", "minh"), ("cb-3", "lan"))
    await do("lan", fx.FactProposed(1, FACT, "cb-1"))
    await do("lan", fx.FactProposed(7, FACT, "cb-1"))
    await do("minh", fx.FactDecided(7, False, "cb-2"))
    await do("cu", fx.FactProposed(9, FACT, "cb-0"))
    gone = officials.update().where(officials.c.id == "cb-0").values(revoked_at=START)
    await database.write(lambda c: c.execute(gone))
    with pytest.raises(Stale):
        await do(chat, effect)


async def test_a_value_of_a_later_day_leaves_the_fact_hidden(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"))
    for number, since, hidden in ((1, date(2026, 11, 19), True), (2, date(2026, 11, 18), False)):
        await do("lan", fx.FactHidden(UNIT, BIRTH, "fee", "cb-1"))
        await do("lan", fx.FactProposed(number, replace(FACT, basis=replace(FACT.basis, since=since)), "cb-1"))
        await do("minh", fx.FactDecided(number, True, "cb-2"))
        found = await database.read(lambda c: read(c, Local()))
        assert bool(found.hidden) is hidden


async def test_a_chat_reads_its_units_proposals_and_journal(database: Database, do: Do) -> None:
    await appoint(database, ("cb-1", "lan"), ("cb-2", "minh"), ("cb-3", "lan"))
    for number, unit in ((1, UNIT), (2, "H99.08"), (3, UNIT)):
        await do("lan", fx.FactProposed(number, replace(FACT, unit=unit), "cb-1"))
        await do("lan", fx.Audited("cb-1", "propose", unit, str(number)))
    gone = officials.update().where(officials.c.id == "cb-1").values(revoked_at=START)
    records = {name: ChatRecords(database, KEYS, f"fake/a/{name}", START, demo=False) for name in ("lan", "minh")}
    found = await records["lan"].proposals((UNIT,))
    assert [(each.number, each.own, each.in_office, each.by) for each in found] == [
        (1, True, True, "cb-1"),
        (3, True, True, "cb-1"),
    ]
    assert found[0].fact == FACT
    assert [each.own for each in await records["minh"].proposals((UNIT, "H99.08"))] == [False] * 3
    await database.write(lambda c: c.execute(gone))
    assert [each.in_office for each in await records["minh"].proposals((UNIT,))] == [False, False]
    assert await records["lan"].next_proposal() == 4
    journal = await records["minh"].journal(UNIT, 20)
    assert [(each.who, each.what, each.detail, each.at) for each in journal] == [
        ("cb-1", "propose", "3", START),
        ("cb-1", "propose", "1", START),
    ]
    assert [each.detail for each in await records["minh"].journal(UNIT, 1)] == ["3"]
