"""The digest: which completions, answers and dossiers a week counts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.digest import Band, make_digest
from ratings.records import CompletionRecord, OpenDossier, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.service import Service
from ratings.week import VIETNAM, vietnam_date
from tests.one_week import MONDAY, UNIT, WEEK, completion, digest_of, hour, many_completions, many_open, rating, stars

# --- who is counted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        ("2026-11-08T23:59:59.999999+07:00", False),
        ("2026-11-09T00:00:00+07:00", True),
        ("2026-11-08T17:00:00+00:00", True),
        ("2026-11-15T23:59:59.999999+07:00", True),
        ("2026-11-16T00:00:00+07:00", False),
        ("2026-11-15T18:00:00+01:00", False),
    ],
)
def test_a_completion_counts_in_its_vietnamese_week(at: str, counted: bool) -> None:
    instant = datetime.fromisoformat(at)
    about = [rating(5, at=instant, completed_on=vietnam_date(instant)) for _ in range(5)]
    digest = make_digest(UNIT, WEEK, WEEK.close, Records((completion(instant),), tuple(about)))
    assert digest.completed == counted
    assert digest.answered == (5 if counted else None)


def test_only_the_unit_itself_counts() -> None:
    others = [replace(r, unit="H99.11") for r in stars(9, 0, 0, 0, 0)]
    records = Records((completion(), replace(completion(), unit="H99.11")), (*stars(0, 0, 0, 0, 5), *others))
    digest = make_digest(UNIT, WEEK, WEEK.close, records)
    assert (digest.completed, digest.answered, digest.band) == (1, 5, Band.HIGH)


def test_as_of_cuts_everything() -> None:
    noon = MONDAY + 12 * hour
    completions = (
        completion(noon - hour, invited_at=noon, delivered_at=noon + hour, not_received_at=noon),
        completion(noon - hour, invited_at=noon + hour, delivered_at=None, not_received_at=noon + hour),
        completion(noon + hour),
    )
    answers = [rating(5, at=noon) for _ in range(5)] + [rating(1, at=noon + timedelta(microseconds=1))]
    digest = make_digest(UNIT, WEEK, noon.astimezone(UTC), Records(completions, tuple(answers)))
    assert (digest.completed, digest.eligible, digest.invited, digest.delivered) == (2, 2, 1, 0)
    assert (digest.answered, digest.band, digest.not_received) == (5, Band.HIGH, 1)
    assert digest.as_of.isoformat() == "2026-11-09T12:00:00+07:00"


def test_the_books_close_on_monday_at_seven() -> None:
    before, after = WEEK.close - timedelta(microseconds=1), WEEK.close
    opened, closed = (make_digest(UNIT, WEEK, at, Records()) for at in (before, after))
    assert (opened.locked, closed.locked) == (False, True)
    assert render_text(opened).splitlines()[0] == "TUẦN 46 (9–15/11/2026) · H99.07 · chưa khóa sổ"
    assert "Số đến 6 giờ 59, thứ Hai 16/11. Số còn thay đổi." in render_text(opened)
    assert "chưa khóa sổ" not in render_text(closed)


def test_rate_only_of_the_invited() -> None:
    assert digest_of(stars(0, 0, 0, 0, 6), completed=5).response_rate is None
    written = document.to_json(digest_of(stars(0, 0, 0, 0, 6), completed=0))
    assert (written["invited"], written["response_rate"], "response_rate" in written["suppressed"]) == (0, None, False)


# --- on time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "due", "count"),
    [
        ("2026-11-10T23:59:00+07:00", "2026-11-11T00:00:00+07:00", "early"),
        ("2026-11-11T00:01:00+07:00", "2026-11-11T00:00:00+07:00", "on_time"),
        ("2026-11-11T23:59:00+07:00", "2026-11-11T08:00:00+07:00", "on_time"),
        ("2026-11-12T00:00:00+07:00", "2026-11-11T23:59:59+07:00", "late_done"),
        ("2026-11-10T17:30:00+00:00", "2026-11-10T23:59:59+07:00", "late_done"),
    ],
)
def test_on_time_is_by_vietnamese_days(done: str, due: str, count: str) -> None:
    one = completion(datetime.fromisoformat(done), datetime.fromisoformat(due))
    written = document.to_json(make_digest(UNIT, WEEK, WEEK.close, Records((one,))))["on_time"]
    assert {name for name, n in written.items() if n} == {count}


@pytest.mark.parametrize(
    ("status", "due", "count"),
    [
        (Status.IN_PROGRESS, "2026-11-15T17:00:00+07:00", "late_open"),
        (Status.UNKNOWN, "2026-11-01T17:00:00+07:00", "late_open"),
        (Status.IN_PROGRESS, "2026-11-16T06:00:00+07:00", "in_time"),
        (Status.IN_PROGRESS, "2026-11-20T17:00:00+07:00", "in_time"),
        (Status.NEEDS_PAPERS, "2026-11-01T17:00:00+07:00", "in_time"),
        (Status.NEEDS_PAYMENT, "2026-11-01T17:00:00+07:00", "in_time"),
        (Status.FINISHED, "2026-11-01T17:00:00+07:00", "in_time"),
        (Status.ACCEPTED, None, "in_time"),
    ],
)
def test_open_dossiers(status: Status, due: str | None, count: str) -> None:
    one = OpenDossier(status, None if due is None else datetime.fromisoformat(due))
    written = document.to_json(make_digest(UNIT, WEEK, WEEK.close, Records(open_dossiers=(one,))))["on_time"]
    assert {name for name, n in written.items() if n} == {count}


def test_a_missing_due_day_is_said() -> None:
    without = [replace(completion(), due_at=None) for _ in range(3)]
    digest = make_digest(UNIT, WEEK, WEEK.close, Records((*without, completion(due=MONDAY - hour))))
    assert (digest.on_time.on_time, digest.on_time.late_done, digest.on_time.without_due) == (3, 1, 3)
    assert "Đã trả 4: đúng hẹn 3, trễ 1.\nChưa rõ trễ ở nơi nào.\n3 hồ sơ đã trả" in (text := render_text(digest))
    assert "3 hồ sơ đã trả không ghi ngày hẹn, tính là đúng hẹn." in text


@settings(deadline=None)
@given(many_completions, many_open)
def test_the_five_counts_add_up(completions: list[CompletionRecord], dossiers: list[OpenDossier]) -> None:
    digest = make_digest(UNIT, WEEK, WEEK.close, Records(tuple(completions), open_dossiers=tuple(dossiers)))
    in_week = sum(WEEK.start <= c.completed_at < WEEK.end for c in completions)
    written = document.to_json(digest)
    assert sum(written["on_time"].values()) == in_week + len(dossiers) == digest.on_time.total
    assert written["completed"] == in_week
    printed = [int(n) for n in re.findall(r"(?:sớm|hẹn|trễ|hạn|Cộng) (\d+)", render_text(digest).splitlines()[1])]
    assert printed[-1] == in_week + len(dossiers)


def test_the_desk_s_own_work_is_shown_without_any_rating() -> None:
    work = [(Status.IN_PROGRESS, 17), (Status.IN_PROGRESS, 18), (Status.IN_PROGRESS, 19), (Status.NEEDS_PAPERS, 16)]
    dossiers = tuple(OpenDossier(s, datetime(2026, 11, day, 17, tzinfo=VIETNAM)) for s, day in work)
    ready = OpenDossier(Status.FINISHED, None)
    records = Records((completion(not_received_at=MONDAY + 10 * hour),), (), (*dossiers, ready))
    records = replace(records, due_soon_until=date(2026, 11, 18), service=Service(None, 0, 0), calls=())
    assert render_text(make_digest(UNIT, WEEK, WEEK.close, records), "Xã Đồng Sậy").splitlines() == [
        "TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy",
        "Đã trả 1: đúng hẹn 1, trễ 0. Đang làm 5: quá hạn 0, trong hạn 5. Cộng 6 hồ sơ.",
        "Sắp đến hẹn trong 2 ngày làm việc: 2. Chờ dân bổ sung: 1. Xong chưa ai lấy: 1.",
        "Được hỏi 1 trong 1 lần trả kết quả, lời hỏi tới nơi 1.",
        "Báo đã trả nhưng dân nói chưa nhận: 1.",
        "Hài lòng: chưa đủ 5 lượt nên chưa nêu số. Đã hỏi 1 người. "
        "Không có số thì không phải là 0, cũng không phải 100 %.",
        "Chưa có tin nhắn nào của dân cho máy. Không gián đoạn phút nào.",
        "Mức hài lòng ở đây là của những người đã trả lời, không phải SIPAS.",
    ]
