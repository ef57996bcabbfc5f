"""New values of a fact: what is typed is read with its paper, and holds when a second person confirmed it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Official
from handlers.officials import corrections
from handlers.officials.corrections import Correction, Trouble
from handlers.states import AsksMatter, dump, load
from procedures.local import Fact, Local
from procedures.procedure import Fee, ProcessingTime, TimeUnit, Tone
from tests.fakes import NOON
from tests.test_hiding import BIRTH, LOOKED_AT, NEW_FEE, PAPER, UNIT, a_desk_of

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
    assert "Số 1." in await second.says("/duyet")
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
