"""What a digest tells of the short questions: from ten answers, with n, nothing that can be subtracted to a few."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from bot.paper.files import FORMATS
from ratings.digest import Digest, digest_from, until_closed
from ratings.follow_ups import Done, FollowUps
from ratings.naming import with_names
from ratings.period import Kind, Span, period_of, whole_weeks
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.html import to_html
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.week import Week, vietnam_date
from tests.test_formats import written

UNITS = ("P.1", "P.2")
WEEKS = tuple(Week.of(Week(2026, 36).start + timedelta(days=7 * n)) for n in range(6))
ONE = WEEKS[0]


def answers(week: Week, n: int, *, taps: int, unit: str = "P.1", late: int = 0, procedure: str = "1.1") -> Records:
    """``n`` answers in a week, ``taps`` of them to two short questions, ``late`` of these not in time for the week."""
    completions, ratings = [], []
    for k in range(n):
        at = week.start + timedelta(days=k % 5, hours=8, minutes=k)
        after = timedelta(days=12 if k < late else 1)
        said = (("trips", "once" if k % 3 else "twice"), ("late", "in_time")) if k < taps else ()
        completions.append(CompletionRecord(unit, at, at, True, at, at, field="Hộ tịch"))
        ratings.append(RatingRecord(unit, "Hộ tịch", vietnam_date(at), at + after, 5, procedure=procedure, taps=said))
    return Records(tuple(completions), tuple(ratings))


def told(records: Records, span: Span = ONE) -> Digest:
    return digest_from("P.1", span, span.close, records)


def both(*parts: Records) -> Records:
    return Records(
        tuple(c for part in parts for c in part.completions), tuple(r for part in parts for r in part.ratings)
    )


@pytest.mark.parametrize(("n", "shown"), [(0, False), (4, False), (9, False), (10, True)])
def test_a_question_is_told_from_ten_answers(n: int, shown: bool) -> None:
    digest = told(answers(ONE, 20, taps=n))
    assert bool(digest.sub_ratings) is shown
    text = render_text(digest)
    assert ("Hỏi thêm" in text) is shown
    if shown:
        assert "Hỏi thêm: đi một lần 6/10; đúng hẹn, hoặc trễ mà được báo trước 10/10." in text
        assert text.split("Hỏi thêm")[1].split("\n")[0] in to_html(make_page(digest))


def test_the_json_holds_question_stage_n_and_answers_and_is_kept() -> None:
    digest = told(answers(ONE, 20, taps=12))
    found = json.loads(document.to_text(digest))["sub_ratings"]
    assert found[0] == {
        "question": "trips",
        "stage": "handling",
        "procedure": None,
        "name": None,
        "n": 12,
        "answers": {"once": 8, "twice": 4, "three_times": 0, "more": 0},
    }
    assert document.load(document.dump(digest)).sub_ratings == digest.sub_ratings
    stored = json.loads(document.dump(digest))
    del stored["digest"]["sub_ratings"]
    assert document.load(json.dumps(stored)).sub_ratings == (), "as an earlier version kept it"


def test_an_open_week_tells_nothing_of_them() -> None:
    records = answers(ONE, 20, taps=20)
    digest = digest_from("P.1", ONE, ONE.close - timedelta(hours=1), records)
    assert digest.sub_ratings
    assert until_closed(digest).sub_ratings == ()


def test_by_procedure_in_longer_periods_only_and_with_nobody_left_over() -> None:
    month = period_of(Kind.MONTH, ONE.first_day)
    first, second = answers(ONE, 14, taps=14), answers(ONE, 12, taps=12, procedure="1.2")
    assert {each.procedure for each in told(both(first, second)).sub_ratings} == {None}
    parts = told(both(first, second), month).sub_ratings
    assert [(each.procedure, each.n) for each in parts if each.question == "trips"] == [
        (None, 26),
        ("1.1", 14),
        ("1.2", 12),
    ]
    assert "Riêng từng thủ tục: xem tệp bảng tính." in render_text(told(both(first, second), month))
    few = answers(ONE, 3, taps=3, procedure="1.2")
    assert {each.procedure for each in told(both(first, few), month).sub_ratings} == {None}, "17 − 14 would be three"


NAMES = {"1.1": "Đăng ký khai sinh", "1.2": "Xác nhận tình trạng hôn nhân để đăng ký kết hôn với người nước ngoài"}


def test_procedures_have_their_name_first_and_their_code_beside_in_every_file() -> None:
    parts = [answers(ONE, 12, taps=12, procedure=code) for code in ("1.1", "1.2", "1.3")]
    month = period_of(Kind.MONTH, ONE.first_day)
    told_of = told(both(*parts), month)
    noted = tuple(Done(code, ONE.first_day, "thêm ghế", None, None) for code in ("1.1", "1.3"))
    bare = replace(told_of, follow_ups=FollowUps(done=noted))
    found = with_names(bare, NAMES.get)
    (block,) = (each for each in make_page(found).blocks if each.beside)
    assert [row[:2] for row in block.rows[::2]] == [
        ("Thủ tục", "Mã"),
        (NAMES["1.1"], "1.1"),
        (NAMES["1.2"], "1.2"),
        ("1.3", "1.3"),
    ], "two questions a procedure; what has no name is told by its code"
    book = load_workbook(io.BytesIO(FORMATS["xlsx"](found, "Xã")))
    assert book[block.heading].column_dimensions["A"].width > len(NAMES["1.2"]), "a name is seen whole"
    for format in ("text", "html", "xlsx"):
        said = written(format, found)
        assert "(Đăng ký khai sinh, mã 1.1)" in said
        assert "(thủ tục 1.3)" in said
    data = json.loads(FORMATS["json"](found, "Xã"))
    named = {each["procedure"]: each["name"] for each in data["sub_ratings"]}
    assert named == {None: None, **NAMES, "1.3": None}
    assert [each["name"] for each in data["follow_ups"]["done"]] == [NAMES["1.1"], None]
    assert FORMATS["xlsx"](found, "Xã") == FORMATS["xlsx"](with_names(bare, NAMES.get), "Xã")


def test_a_kept_name_stays_whatever_the_catalog_says_later() -> None:
    month = period_of(Kind.MONTH, ONE.first_day)
    found = with_names(told(both(*(answers(ONE, 12, taps=12, procedure=code) for code in NAMES)), month), NAMES.get)
    kept = document.load(document.dump(found))
    assert kept.sub_ratings == found.sub_ratings
    assert with_names(kept, lambda code: "Tên mới").sub_ratings == found.sub_ratings


def test_what_is_asked_by_decision_is_not_told_of_a_unit() -> None:
    records = answers(ONE, 20, taps=20)
    asked = tuple(
        RatingRecord(r.unit, r.field, r.completed_on, r.answered_at, r.stars, taps=(("extra_money", "some"),))
        for r in records.ratings
    )
    assert told(Records(records.completions, asked)).sub_ratings == ()


def spans() -> Iterator[Span]:
    yield from WEEKS
    for kind in (Kind.MONTH, Kind.QUARTER):
        yield from {period_of(kind, week.first_day) for week in WEEKS}


def life(seed: int) -> Records:
    random = Random(seed)
    parts = []
    for unit, week in product(UNITS, WEEKS):
        taps, late = random.randrange(24), random.randrange(5)
        parts.append(answers(week, 26, taps=taps, unit=unit, late=late, procedure=f"1.{week.number % 3}"))
    return both(*parts)


@pytest.mark.parametrize("seed", range(2))
def test_no_two_views_of_a_question_leave_one_to_four(seed: int) -> None:
    records = life(seed)
    views: dict[tuple[frozenset[str], Span, str | None], int] = {}
    for span in spans():
        for name, members in ((unit, frozenset({unit})) for unit in UNITS):
            for each in digest_from(name, span, span.close, records).sub_ratings:
                if each.question == "trips":
                    views[members, span, each.procedure] = each.n
        for each in digest_from("P", span, span.close, records, below=UNITS).sub_ratings:
            if each.question == "trips":
                views[frozenset(UNITS), span, each.procedure] = each.n
    assert len(views) > 15
    for (units, span, procedure), n in views.items():
        for (inner, shorter, part), m in views.items():
            within = inner <= units and set(whole_weeks(shorter)) <= set(whole_weeks(span))
            if within and (procedure is None or part == procedure):
                assert not 0 < n - m < 5, (units, str(span), procedure, inner, str(shorter), part)
