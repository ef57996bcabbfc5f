"""What is said of each status, of lateness, of demo data."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from onestop.days.calendar import VIETNAM
from onestop.days.durations import Spell, fit
from onestop.dossier import FeeDue, Status
from tests.fakes import NOON, RULES
from tests.held import CODE, SUPPLEMENT, a_talk

# --- what a status says -----------------------------------------------------------------------------------------------

STATUSES = [
    (Status.REGISTERED, {}, ["chờ quầy kiểm tra", "chưa phải làm gì"]),
    (Status.ACCEPTED, {}, ["quầy đã nhận", "Hẹn trả: thứ Năm 26/11.", "giữ kỹ giấy hẹn"]),
    (Status.REJECTED, {"note": "thiếu chữ ký."}, ["Lý do quầy ghi: thiếu chữ ký. Anh/chị sửa", "phiếu ghi rõ lý do"]),
    (Status.REJECTED, {}, ["Lý do quầy ghi: quầy chưa ghi."]),
    (Status.IN_PROGRESS, {"agency": "Công an xã"}, ["Nơi đang làm: Công an xã.", "chưa phải làm gì"]),
    (Status.IN_PROGRESS, {}, ["Nơi đang làm: xã Đồng Sậy."]),
    (Status.IN_PROGRESS, {"due": None}, ["đang làm"]),
    (Status.NEEDS_PAPERS, {"supplements": (SUPPLEMENT,)}, ["1. Giấy chứng sinh\n2. Tờ khai", "nộp thêm tại quầy"]),
    (Status.NEEDS_PAPERS, {"supplements": (replace(SUPPLEMENT, papers=()),)}, ["1. Bổ sung"]),
    (
        Status.NEEDS_PAPERS,
        {"supplements": (replace(SUPPLEMENT, fees=(FeeDue("Lệ phí", 8000),)),)},
        ["2. Tờ khai\nTiền phải nộp: Lệ phí 8.000 đồng.", "mang giấy hẹn", "Hạn nộp không ghi trên hệ thống"],
    ),
    (Status.NEEDS_PAPERS, {}, ["còn thiếu giấy", "nộp thêm"]),
    (Status.NEEDS_PAYMENT, {"fees": (FeeDue("Lệ phí", 15000),)}, ["Tiền phải nộp: Lệ phí 15.000 đồng.", "cá nhân nào"]),
    (Status.NEEDS_PAYMENT, {"fees": (FeeDue("", None),)}, ["phí, lệ phí (quầy chưa ghi số tiền)"]),
    (Status.WITHDRAWN, {}, ["đã rút", "hỏi quầy ngay, số 0200 000 007"]),
    (Status.STOPPED, {"note": "hết hạn bổ sung"}, ["Lý do ghi trên hệ thống: hết hạn bổ sung.", "thông báo bằng giấy"]),
    (Status.FINISHED, {}, ["đã xong, chờ lấy", "giấy hẹn và căn cước"]),
    (
        Status.RETURNED,
        {"done_at": NOON - timedelta(hours=1)},
        ["Trả ngày thứ Tư 18/11.", "Chưa nhận được thì hỏi quầy"],
    ),
    (Status.UNKNOWN, {}, ["chưa đọc rõ bước hiện tại"]),
]


@pytest.mark.parametrize(("status", "more", "expected"), STATUSES)
async def test_each_status_says_what_it_means_and_what_to_do(
    status: Status, more: dict[str, object], expected: list[str]
) -> None:
    said = await a_talk(status, **more).says(f"{CODE} 4821")
    for part in (*expected, "Số liệu lúc 9 giờ, thứ Tư 18/11."):
        assert part in said
    assert len(said) <= 400
    assert "4821" not in said
    if status in (Status.REJECTED, Status.FINISHED, Status.RETURNED, Status.STOPPED, Status.WITHDRAWN):
        assert "Hẹn trả" not in said


LATE = [
    (
        datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM),
        Status.IN_PROGRESS,
        "quá hẹn 3 ngày làm việc, hẹn cũ thứ Sáu 13/11",
    ),
    (datetime(2026, 11, 18, 8, 0, tzinfo=VIETNAM), Status.IN_PROGRESS, "quá giờ hẹn thứ Tư 18/11"),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.NEEDS_PAPERS, "quá hẹn 3 ngày làm việc"),
    (datetime(2026, 11, 18, 17, 0, tzinfo=VIETNAM), Status.IN_PROGRESS, None),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.FINISHED, None),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.NEEDS_PAYMENT, None),
]


@pytest.mark.parametrize(("due", "status", "expected"), LATE)
async def test_lateness_is_said_in_working_days_with_regret(
    due: datetime, status: Status, expected: str | None
) -> None:
    said = await a_talk(status, due=due).says(f"{CODE} 4821")
    assert ("Xin lỗi vì anh/chị phải chờ" in said) == (expected is not None)
    assert (expected or "đang") in said or expected is None


async def test_an_overdue_dossier_says_whose_step_why_and_what_one_may_ask_for() -> None:
    late = datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM)
    talk = a_talk(Status.IN_PROGRESS, due=late, agency="Công an xã")
    said = await talk.says(f"{CODE} 4821")
    for part in ("Nơi đang làm: Công an xã.", "Lý do chậm: quầy chưa ghi.", "thư xin lỗi", "mẫu số 04", "0200 000 007"):
        assert part in said
    assert talk.choice("petition").label == "Cách phản ánh"
    talk = a_talk(Status.IN_PROGRESS, due=late, note="Chờ ý kiến cơ quan thuế.")
    assert "Lý do chậm: Chờ ý kiến cơ quan thuế." in await talk.says(f"{CODE} 4821")


async def test_what_is_in_time_promises_and_excuses_nothing() -> None:
    talk = a_talk()
    said = await talk.says(f"{CODE} 4821")
    assert "mẫu số 04" not in said
    assert "Lý do" not in said
    assert not [choice for choice in talk.conversation.offered if choice.says == "petition"]


# --- by when it is likely done ----------------------------------------------------------------------------------------

WAYS = [
    (
        [Spell(3, True)] * 30,
        "Hẹn trả: thứ Năm 26/11.\nHồ sơ loại này ở đây thường xong muộn nhất thứ Năm 19/11 (10 hồ sơ thì 7, "
        "tính trên 30",
    ),
    ([Spell(3, True)] * 29, "Ở đây mới xong 29 hồ sơ loại này"),
    ([Spell(3, False)] * 90, None),
    ([Spell(12, True)] * 90, None),
    ([], None),
]


@pytest.mark.parametrize(("spells", "expected"), WAYS)
async def test_the_due_day_first_then_the_likely_one_where_it_is_earlier(
    spells: list[Spell], expected: str | None
) -> None:
    talk = a_talk()
    talk.book.curves["H99.07", "1.001193"] = fit(spells)
    said = await talk.says(f"{CODE} 4821")
    assert "Hẹn trả: thứ Năm 26/11." in said
    if expected is None:
        assert "loại này" not in said
    else:
        assert expected in said


@pytest.mark.parametrize("status", [Status.NEEDS_PAPERS, Status.FINISHED, Status.RETURNED, Status.UNKNOWN])
async def test_nothing_is_guessed_of_what_the_office_does_not_have(status: Status) -> None:
    talk = a_talk(status)
    talk.book.curves["H99.07", "1.001193"] = fit([Spell(3, True)] * 99)
    assert "loại này" not in await talk.says(f"{CODE} 4821")


async def test_the_office_is_not_late_while_it_waits_for_papers() -> None:
    due = datetime(2026, 11, 17, 17, 0, tzinfo=VIETNAM)
    asked = replace(SUPPLEMENT, asked_at=due - timedelta(days=1))
    said = await a_talk(Status.NEEDS_PAPERS, due=due, supplements=(asked,)).says(f"{CODE} 4821")
    assert "quá hẹn" not in said


async def test_demo_data_is_marked_wherever_it_is_said() -> None:
    talk = a_talk()
    talk.rules = replace(RULES, demo=True)
    for typed in (f"{CODE} 4821", CODE):
        assert "DỮ LIỆU MẪU" in await talk.says(typed)
    await talk.says(f"follow {CODE}")
    await talk.says("có")
    assert "DỮ LIỆU MẪU" in await talk.says("mine")
