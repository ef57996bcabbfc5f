"""The weekly digest: who is counted, what is withheld, and what an official reads."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from onestop.dossier import Status
from ratings import document
from ratings.digest import Band, Digest, ReasonCount, digest_from, make_digest
from ratings.records import CompletionRecord, OpenDossier, RatingRecord, Records
from ratings.render import render_text
from ratings.statistics import Proportion
from ratings.week import VIETNAM, Week, vietnam_date

UNIT = "H99.07"
WEEK = Week(2026, 46)
MONDAY = WEEK.start
KEYS = (
    "unit week from to as_of locked demo completed on_time rule_766 eligible invited delivered declined ended "
    "strata unanswered answered response_rate "
    "distribution satisfied band change suppressed drivers integrity headline certified modes late alarm trend "
    "standardised "
    "sub_ratings themes follow_ups children period block"
)
NOT_KNOWN = {
    "rule_766",
    "ended",
    "strata",
    "unanswered",
    "certified",
    "late",
    "trend",
    "follow_ups",
    "children",
    "block",
}
"""Null and not named here: there is nothing of the kind."""
hour = timedelta(hours=1)


def completion(at: datetime = MONDAY + 9 * hour, due: datetime | None = None, **more: Any) -> CompletionRecord:
    fields = {"eligible": True, "invited_at": at + hour, "delivered_at": at + hour, **more}
    return CompletionRecord(UNIT, at, due if due is not None else at, **fields)


def rating(stars: int, *reasons: str, at: datetime = MONDAY + 30 * hour, **more: Any) -> RatingRecord:
    return replace(RatingRecord(UNIT, "Hộ tịch", WEEK.first_day, at, stars, reasons), **more)


def digest_of(
    ratings: list[RatingRecord], completed: int = 50, previous: Proportion | None = None, **more: Any
) -> Digest:
    completions = tuple(completion() for _ in range(completed))
    return make_digest(UNIT, WEEK, WEEK.close, Records(completions, tuple(ratings), **more), previous)


def stars(*counts: int) -> list[RatingRecord]:
    """Ratings of so many 1★, 2★, … 5★."""
    return [rating(number) for number, count in enumerate(counts, 1) for _ in range(count)]


D1 = (3, 2, 5, 18, 32)


# --- what is shown for how many answers ------------------------------------------------------------------------------


def test_enough_answers() -> None:
    written = document.to_json(digest_of(stars(*D1), 209, Proportion(41, 58)))
    assert " ".join(written) == KEYS
    assert (written["unit"], written["week"], written["from"], written["to"]) == (
        UNIT,
        "2026-W46",
        "2026-11-09",
        "2026-11-15",
    )
    assert (written["as_of"], written["locked"], written["demo"]) == ("2026-11-16T07:00:00+07:00", True, False)
    assert (written["completed"], written["eligible"], written["invited"], written["delivered"]) == (209, 209, 209, 209)
    assert (written["answered"], written["distribution"], written["suppressed"]) == (60, [3, 2, 5, 18, 32], [])
    assert written["response_rate"] == pytest.approx(60 / 209, abs=1e-12)
    assert written["satisfied"] == {
        "count": 50,
        "share": pytest.approx(0.833333, abs=1e-6),
        "low": pytest.approx(0.719684, abs=1e-6),
        "high": pytest.approx(0.906868, abs=1e-6),
    }
    assert written["change"] == {
        "previous": {"count": 41, "n": 58, "share": pytest.approx(0.706897, abs=1e-6)},
        "difference": pytest.approx(0.126437, abs=1e-6),
        "low": pytest.approx(-0.025820, abs=1e-6),
        "high": pytest.approx(0.273212, abs=1e-6),
        "verdict": "no evidence of change",
    }


@pytest.mark.parametrize(
    ("n", "previous_n", "answered", "null"),
    [
        (0, 60, "<5", ["response_rate", "distribution", "satisfied", "band", "change", "drivers", "integrity"]),
        (1, 60, "<5", ["response_rate", "distribution", "satisfied", "band", "change", "drivers", "integrity"]),
        (4, 60, "<5", ["response_rate", "distribution", "satisfied", "band", "change", "drivers", "integrity"]),
        (5, 60, 5, ["distribution", "satisfied", "change", "drivers", "integrity"]),
        (9, 60, 9, ["distribution", "satisfied", "change", "drivers", "integrity"]),
        (10, 60, 10, ["change"]),
        (29, 60, 29, ["change"]),
        (30, 29, 30, ["change"]),
        (30, None, 30, ["change"]),
        (30, 30, 30, []),
    ],
)
def test_what_is_shown(n: int, previous_n: int | None, answered: int | str, null: list[str]) -> None:
    previous = None if previous_n is None else Proportion(previous_n // 2, previous_n)
    written = document.to_json(digest_of(stars(0, 0, 0, n, 0), previous=previous))
    assert written["answered"] == answered
    more = [] if n >= 10 else ["headline", "standardised"] if n >= 5 else ["headline", "alarm", "standardised"]
    assert written["suppressed"] == [*null, *more]
    unknown = NOT_KNOWN | ({"standardised"} if n >= 10 else set()) | ({"alarm"} if n >= 5 else set())
    assert [key for key in KEYS.split() if written[key] is None and key not in unknown] == [*null, *more]


def shown(digest: Digest) -> str:
    return document.to_text(digest) + render_text(digest, "Xã Mường Sim") + document.dump(digest) + repr(digest)


some_rating = st.builds(
    rating,
    st.integers(1, 5),
    st.sampled_from(["waiting", "prompt", "other_low"]),
    at=st.datetimes(datetime(2026, 11, 9), datetime(2026, 11, 16)).map(lambda at: at.replace(tzinfo=VIETNAM)),
    field=st.sampled_from(["Hộ tịch", "Chứng thực", None]),
)


@settings(deadline=None)
@given(st.lists(some_rating, max_size=4))
def test_of_up_to_four_answers_nothing_at_all_is_shown(ratings: list[RatingRecord]) -> None:
    assert shown(digest_of(ratings, 38)) == shown(digest_of([], 38))


def test_every_four_answers_look_like_none() -> None:
    nothing = shown(digest_of([], 38))
    for four in itertools.combinations_with_replacement(range(1, 6), 4):
        assert shown(digest_of([rating(number, "waiting") for number in four], 38)) == nothing


@settings(deadline=None)
@given(st.lists(some_rating, min_size=5, max_size=9), st.lists(some_rating, min_size=5, max_size=9))
def test_of_five_to_nine_answers_only_number_and_band(one: list[RatingRecord], other: list[RatingRecord]) -> None:
    def visible(ratings: list[RatingRecord]) -> tuple[int, bool, bool]:
        satisfied = sum(r.stars >= 4 for r in ratings) / len(ratings)
        return len(ratings), satisfied >= 0.8, satisfied < 0.5

    assert (shown(digest_of(one)) == shown(digest_of(other))) is (visible(one) == visible(other))


def test_few_who_all_complain_get_a_band_and_nothing_else() -> None:
    digest = digest_of([rating(1, "waiting") for _ in range(9)], previous=Proportion(55, 60))
    assert (digest.answered, digest.band, digest.distribution, digest.complaints) == (9, Band.LOW, None, ())
    text = render_text(digest)
    assert "Hài lòng: dưới 50 %." in text and "0 trong 9" not in text and "Phải chờ lâu" not in text


@pytest.mark.parametrize(
    ("satisfied", "n", "band"),
    [(4, 5, "≥ 80 %"), (8, 10, "≥ 80 %"), (7, 9, "50–79 %"), (3, 6, "50–79 %"), (2, 5, "< 50 %"), (4, 9, "< 50 %")],
)
def test_band(satisfied: int, n: int, band: str) -> None:
    assert Band.of(Proportion(satisfied, n)).value == band


@pytest.mark.parametrize(
    ("this", "previous", "verdict", "says"),
    [
        ((58, 60), (41, 58), "up", "So tuần trước (71 % của 58 người): tăng 26 điểm phần trăm, số thật nhiều khả năng"),
        ((30, 60), (55, 58), "down", "giảm 45 điểm phần trăm, số thật nhiều khả năng từ 30 đến 58."),
        ((50, 60), (41, 58), "no evidence of change", "không có bằng chứng tăng hay giảm"),
        ((50, 60), (50, 60), "no evidence of change", "không có bằng chứng tăng hay giảm"),
    ],
)
def test_verdict(this: tuple[int, int], previous: tuple[int, int], verdict: str, says: str) -> None:
    good, n = this
    digest = digest_of(stars(0, 0, n - good, good, 0), previous=Proportion(*previous))
    assert document.to_json(digest)["change"]["verdict"] == verdict
    assert says in render_text(digest)
    assert digest.comparable == Proportion(good, n)


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


days = st.integers(-20, 20).map(lambda day: MONDAY + timedelta(days=day))
many_completions = st.lists(st.builds(completion, days, st.none() | days), max_size=30)
many_open = st.lists(st.builds(OpenDossier, st.sampled_from(Status), st.none() | days), max_size=30)


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
    records = replace(records, due_soon_until=date(2026, 11, 18))
    assert render_text(make_digest(UNIT, WEEK, WEEK.close, records), "Xã Đồng Sậy").splitlines() == [
        "TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy",
        "Đã trả 1: đúng hẹn 1, trễ 0. Đang làm 5: quá hạn 0, trong hạn 5. Cộng 6 hồ sơ.",
        "Sắp đến hẹn trong 2 ngày làm việc: 2. Chờ dân bổ sung: 1. Xong chưa ai lấy: 1.",
        "Được hỏi 1 trong 1 lần trả kết quả, lời hỏi tới nơi 1.",
        "Báo đã trả nhưng dân nói chưa nhận: 1.",
        "Hài lòng: chưa đủ 5 lượt nên chưa nêu số. Đã hỏi 1 người. "
        "Không có số thì không phải là 0, cũng không phải 100 %.",
        "Mức hài lòng ở đây là của những người đã trả lời, không phải SIPAS.",
    ]


# --- reasons, groups -------------------------------------------------------------------------------------------------


def test_reasons_of_five_people_or_more() -> None:
    ratings = [rating(2, "waiting", "waiting", "manner") for _ in range(5)]
    ratings += [rating(1, "unclear") for _ in range(4)]
    ratings += [rating(5, "prompt", "clear") for _ in range(6)] + [rating(4, "clear") for _ in range(2)]
    digest = digest_of(ratings)
    assert digest.complaints == (ReasonCount("manner", 5), ReasonCount("waiting", 5))
    assert digest.praise == (ReasonCount("clear", 8), ReasonCount("prompt", 6))
    text = render_text(digest)
    assert "Lời khen: Hướng dẫn dễ hiểu (8 người); Nhanh, đúng hẹn (6 người)." in text
    assert "Chưa hài lòng vì: Thái độ (5 người); Phải chờ lâu, trễ hẹn (5 người)." in text
    assert text.index("Lời khen") < text.index("Chưa hài lòng vì")
    assert "Hướng dẫn không rõ" not in text


@pytest.mark.parametrize("answers", [5, 9])
def test_no_reasons_below_ten_answers(answers: int) -> None:
    digest = digest_of([rating(1, "waiting") for _ in range(answers)])
    assert (digest.complaints, digest.praise) == ((), ())


@pytest.mark.parametrize(
    ("copies", "others", "apart"), [(10, 10, True), (9, 40, False), (40, 9, False), (50, 0, False)]
)
def test_certified_copies_stand_apart(copies: int, others: int, apart: bool) -> None:
    ratings = [rating(5, field="Chứng thực") for _ in range(copies)] + [rating(2) for _ in range(others)]
    digest = digest_of(ratings)
    assert (digest.certification is not None) is apart
    says = f"Riêng chứng thực: 100 % của {copies} người."
    assert (says in render_text(digest)) is apart


# --- the same whatever the order, and after storage ------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(some_rating, max_size=60), many_completions, many_open, st.integers(0, 2**32))
def test_order_changes_nothing_and_storage_loses_nothing(
    ratings: list[RatingRecord], completions: list[CompletionRecord], dossiers: list[OpenDossier], seed: int
) -> None:
    def mixed(rows: list[Any]) -> tuple[Any, ...]:
        return tuple(Random(seed).sample(rows, len(rows)))

    previous = Proportion(20, 31)
    first = make_digest(UNIT, WEEK, WEEK.close, Records(tuple(completions), tuple(ratings), tuple(dossiers)), previous)
    again = make_digest(UNIT, WEEK, WEEK.close, Records(mixed(completions), mixed(ratings), mixed(dossiers)), previous)
    assert shown(first) == shown(again)
    assert document.load(document.dump(first)) == first


def test_a_digest_stored_by_a_later_version_is_refused() -> None:
    body = document.dump(digest_of([])).replace('{"v": 1', '{"v": 2')
    with pytest.raises(ValueError, match="of version 2"):
        document.load(body)


# --- the words -------------------------------------------------------------------------------------------------------

LONG = [rating(5, "prompt", "one_trip", "online", "friendly", field="Chứng thực") for _ in range(1500)]
LONG += [rating(1, "waiting", "back_and_forth", "extra_papers", "unclear") for _ in range(1400)]
WAITING = OpenDossier(Status.NEEDS_PAPERS, None)


def longest() -> Digest:
    completions = tuple(replace(completion(not_received_at=MONDAY), due_at=None) for _ in range(20_000))
    records = Records(completions, tuple(LONG), (WAITING,) * 3000, due_soon_until=WEEK.last_day, demo=True)
    late = WEEK.close - timedelta(microseconds=1)
    return make_digest(UNIT, WEEK, late, records, Proportion(1294, 1300))


TEXTS: list[Callable[[], Digest]] = [
    longest,
    lambda: digest_of(stars(*D1), 209, Proportion(41, 58)),
    lambda: digest_of(stars(0, 2, 0, 5, 0)),
    lambda: digest_of(stars(4, 0, 0, 0, 0)),
    lambda: digest_of([], 0),
]
FORBIDDEN = (
    "wilson",
    "cusum",
    "paf",
    "bootstrap",
    "p-value",
    "bayes",
    "fixture",
    "mock",
    "gian lận",
    "báo động",
    "nps",
)


@pytest.mark.parametrize("made", TEXTS)
def test_an_official_s_words(made: Callable[[], Digest]) -> None:
    text = render_text(made(), "Phường Bến Trúc")
    assert len(text) <= 1250
    assert not [word for word in FORBIDDEN if word in text.lower()]
    assert "!" not in text and "bạn" not in text
    assert text.count("SIPAS") == text.count("không phải SIPAS") == 1
    for sentence in re.split(r"(?<=[.:;])\s|\n", text):
        assert len(sentence.split()) <= 25, sentence


def test_an_ordinary_week_fits_on_a_phone() -> None:
    text = render_text(digest_of(stars(*D1), 209, Proportion(41, 58)), "Xã Đồng Sậy")
    assert text.splitlines()[0] == "TUẦN 46 (9–15/11/2026) · Xã Đồng Sậy"
    assert len(text) <= 900
    assert (
        "Hài lòng 83 %: 50 trong 60 người trả lời. Số thật nhiều khả năng nằm trong khoảng 72–91 %.\n"
        "Từ 5 xuống 1 điểm: 32, 18, 5, 2, 3 người.\n"
        "60 người trả lời trong 209 người được hỏi (29 %).\n"
    ) in text


def test_sample_data_is_called_so() -> None:
    by_mark = digest_of([], demo=True)
    by_row = make_digest(UNIT, WEEK, WEEK.close, Records((completion(demo=True),)))
    by_rating = make_digest(UNIT, WEEK, WEEK.close, Records(ratings=(rating(5, demo=True),)))
    for digest in (by_mark, by_row, by_rating):
        assert document.to_json(digest)["demo"] is True
        assert render_text(digest).startswith("DỮ LIỆU MẪU\n")
    assert "MẪU" not in render_text(digest_of([]))


def test_silence_is_said() -> None:
    answered = stars(0, 0, 12, 108, 0)
    assert (
        "Chỉ 120 trong 800 người được hỏi trả lời (15 %). Tính cả người im lặng, mức hài lòng có thể từ 14 % đến 98 %."
    ) in render_text(digest_of(answered, 800))
    assert "im lặng" not in render_text(digest_of(answered, 600))


@pytest.mark.parametrize(
    ("week", "days"),
    [("2026-W44", "26/10–1/11/2026"), ("2026-W53", "28/12/2026–3/1/2027"), ("2026-W46", "9–15/11/2026")],
)
def test_days_of_a_week(week: str, days: str) -> None:
    parsed = Week.parse(week)
    assert f"({days})" in render_text(make_digest(UNIT, parsed, parsed.close, Records()))


def test_nobody_asked_is_no_number() -> None:
    text = render_text(digest_of([], 0))
    assert "Chưa trả kết quả nào trong tuần." in text
    assert "Chưa hỏi người nào. Không có số thì không phải là 0, cũng không phải 100 %." in text


# --- what stands first -----------------------------------------------------------------------------------------------


def test_certified_copies_and_odd_answers_are_not_in_the_headline() -> None:
    plain = [rating(5 if n < 30 else 2, f"{n % 9}", at=MONDAY + (20 + 3 * n % 97) * hour) for n in range(40)]
    copies = [rating(5, f"{n % 9}", field="Chứng thực", at=MONDAY + (21 + 5 * n % 97) * hour) for n in range(20)]
    odd = [rating(5, f"{n % 9}", marked=True, at=MONDAY + (22 + 7 * n % 97) * hour) for n in range(12)]
    made = digest_of([*plain, *copies, *odd], 100, open_dossiers=())
    assert made.headline is not None
    assert made.headline.satisfied == Proportion(30, 40)
    assert document.to_json(made)["headline"]["share"] == 0.75
    assert document.to_json(made)["certified"]["n"] == 20
    text = render_text(made)
    assert "Hài lòng 75 % (không kể chứng thực và phiếu có dấu hiệu lạ): 30 trong 40 người trả lời." in text
    assert "12 phiếu có dấu hiệu lạ, tính riêng. Kể cả các phiếu đó: 86 % của 72 người." in text
    assert "Riêng chứng thực: 100 % của 20 người." in text
    assert document.load(document.dump(made)) == made


@pytest.mark.parametrize(("copies", "says"), [(3, "(kể cả chứng thực)"), (9, "(kể cả chứng thực)"), (10, "(không kể")])
def test_few_certified_copies_stay_in(copies: int, says: str) -> None:
    spread = [rating(4, f"{n % 9}", at=MONDAY + (20 + n) * hour) for n in range(40)]
    certified = [rating(5, field="Chứng thực", at=MONDAY + (20 + n) * hour) for n in range(copies)]
    made = digest_of([*spread, *certified], 100)
    assert says in render_text(made)


def test_how_the_answers_came() -> None:
    in_chat = [rating(5 if n < 12 else 2, f"{n % 9}", at=MONDAY + (20 + n) * hour) for n in range(14)]
    slips = [rating(5 if n < 30 else 3, f"{n % 9}", mode="slip", at=MONDAY + (20 + 2 * n) * hour) for n in range(37)]
    text = render_text(digest_of([*in_chat, *slips], 100))
    assert "theo dõi trong chat 14 người (hài lòng 86 %); mã trên phiếu 37 người (hài lòng 81 %)" in text
    assert "theo dõi trong chat 7 người; mã trên phiếu 37 người (hài lòng 81 %)." in render_text(
        digest_of([*in_chat[:7], *slips], 100)
    )
    assert "mã trên phiếu" not in render_text(digest_of([*in_chat[:4], *slips], 100))


def test_where_the_late_ones_lay() -> None:
    late = [completion(due=MONDAY - 24 * hour, late_at="chi nhánh đất đai", told_late=n < 8) for n in range(11)]
    own = [completion(due=MONDAY - 24 * hour, late_at="một cửa") for _ in range(3)]
    records = Records((*late, *own, *(completion() for _ in range(20))))
    text = render_text(make_digest(UNIT, WEEK, WEEK.close, records))
    assert "Trễ tại: chi nhánh đất đai 11 · một cửa 3. Trễ, có báo trước 8/14." in text


def test_a_quiet_week_shows_the_last_four_weeks_that_are_closed() -> None:
    quiet = stars(0, 0, 0, 0, 3)
    before = [
        rating(4, completed_on=date(2026, 10, day), at=datetime(2026, 10, day, 20, tzinfo=VIETNAM))
        for day in range(12, 26)
    ]
    made = digest_from(UNIT, WEEK, WEEK.close, Records((completion(),), (*quiet, *before), ()))
    assert made.answered is None and made.block is not None
    assert (made.block.answered, str(made.block.span)) == (14, "4tuan_2026-10-12_2026-11-08")
    assert "Gộp 4 tuần 42–45 (12/10–8/11/2026):\nHài lòng 100 %: 14 trong 14 người" in render_text(made)
    assert document.load(document.dump(made)).block == made.block
    assert "Gộp 4 tuần 42–45 (12/10–8/11/2026) cũng chưa đủ 5 lượt." in render_text(
        digest_from(UNIT, WEEK, WEEK.close, Records((completion(),), (*quiet, *before[:4])))
    )
