"""The digest in an official's words, and what of it stands first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.digest import Digest, digest_from, make_digest
from ratings.records import Call, OpenDossier, Records
from ratings.reports import document, texts
from ratings.reports.render import render_text
from ratings.service import Service
from ratings.statistics import Proportion
from ratings.week import VIETNAM, Week
from tests.one_week import D1, MONDAY, UNIT, WEEK, completion, digest_of, hour, rating, stars

# --- the words -------------------------------------------------------------------------------------------------------


LONG = [rating(5, "prompt", "one_trip", "online", "friendly", field="Chứng thực") for _ in range(1500)]
LONG += [rating(1, "waiting", "back_and_forth", "extra_papers", "unclear") for _ in range(1400)]
WAITING = OpenDossier(Status.NEEDS_PAPERS, None)
DOWN = (("onestop", 1234), ("zalo_oa", 1010), ("telegram", 999), ("motcua", 12))
SERVED = Service(Proportion(19_204, 21_240), 1002, 2042, DOWN, own=False, counted_from=date(2026, 11, 12))
CALLS = (Call(UNIT, None, WEEK.first_day, MONDAY + 30 * hour, 0, agrees=True),) * 1200


def longest() -> Digest:
    completions = tuple(replace(completion(not_received_at=MONDAY), due_at=None) for _ in range(20_000))
    asked = {"due_soon_until": WEEK.last_day, "service": SERVED, "calls": CALLS}
    records = Records(completions, tuple(LONG), (WAITING,) * 3000, demo=True, **asked)
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
    assert len(text) <= 1700  # one message on every channel
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


@pytest.mark.parametrize(
    ("answered", "of"),
    [
        (17, ""),
        (19, " của 17 người tách riêng được"),
        (15, " của 17 người tách riêng được, kể cả người còn chờ từ trước"),
    ],
)
def test_ways_that_are_not_told_apart_of_all_say_of_how_many(answered: int, of: str) -> None:
    told = texts.ways([("bot", 12, Proportion(9, 12)), ("slip", 5, None)], answered)
    assert told == f"Cách trả lời{of}: theo dõi trong chat 12 người (hài lòng 75 %); mã trên phiếu 5 người."


def test_three_reasons_stand_in_the_order_of_what_they_cost() -> None:
    counts = (("waiting", 12), ("manner", 8), ("unclear", 6), ("extra_papers", 5))
    low = [rating(2, reason, at=MONDAY + (20 + n) * hour) for reason, many in counts for n in range(many)]
    made = digest_of([*low, *(rating(5, at=MONDAY + (20 + n) * hour) for n in range(30))], 100)
    assert made.drivers is not None and len(made.drivers) == 4
    costs = [f"{100 * each.attributable:.0f} %" for each in made.drivers[:3]]
    assert (
        "Chưa hài lòng vì: Phải chờ lâu, trễ hẹn (12 người); Thái độ (8 người); Hướng dẫn không rõ (6 người). "
        f"Nếu hết từng điều thì bớt khoảng {', '.join(costs)} lượt chưa hài lòng."
    ) in render_text(made)


@pytest.mark.parametrize(
    ("copies", "says"),
    [
        (3, "(kể cả chứng thực, không quá 4 người)"),
        (9, "(kể cả chứng thực, 9 người)"),
        (10, "(không kể chứng thực)"),
    ],
)
def test_few_certified_copies_stay_in(copies: int, says: str) -> None:
    spread = [rating(4, f"{n % 9}", at=MONDAY + (20 + n) * hour) for n in range(40)]
    certified = [rating(5, field="Chứng thực", at=MONDAY + (20 + n) * hour) for n in range(copies)]
    made = digest_of([*spread, *certified], 100)
    assert says in render_text(made)
    assert document.load(document.dump(made)).headline == made.headline


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
