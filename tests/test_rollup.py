"""Several units in one digest: their sum, a line for each, nobody found by subtracting, no table of ranks."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from ratings.digest import Band, Digest, digest_from, until_closed
from ratings.formulas.shrinkage import Standing
from ratings.period import Kind, period_of
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.reports.workbook import to_xlsx
from ratings.rollup import mix_pairs
from ratings.views import Views
from ratings.week import VIETNAM, Week

WEEK = Week(2026, 46)
AT = WEEK.start + timedelta(hours=30)
NAMES = {"P.1": "Bến Trúc", "P.2": "Đồng Sậy"}


def answers(unit: str, satisfied: int, n: int, field: str = "Hộ tịch") -> list[RatingRecord]:
    return [
        RatingRecord(unit, field, WEEK.first_day, AT + i % 300 * timedelta(minutes=11), 5 if i < satisfied else 2)
        for i in range(n)
    ]


def rolled(*known: list[RatingRecord], **units: int) -> Digest:
    """The roll-up of P: each unit's answers, and so many completions (one of them late)."""
    given = [answer for mine in known for answer in mine]
    below = sorted({answer.unit for answer in given} | {f"P.{name[1:]}" for name in units})
    done = tuple(
        CompletionRecord(unit, AT, AT - timedelta(days=n == 0), True, AT, AT)
        for unit in below
        for n in range(units.get(f"u{unit[2:]}", 30))
    )
    return digest_from("P", WEEK, WEEK.close, Records(done, tuple(given), ()), below=below)


def test_the_sum_and_a_line_for_each() -> None:
    made = rolled(answers("P.1", 36, 40), answers("P.2", 4, 7), answers("P.3", 3, 3), answers("P.4", 2, 2))
    assert (made.completed, made.on_time.late_done, made.answered) == (120, 4, 52)
    assert made.children is not None
    assert [(c.unit, c.completed, c.late_done, c.answered, c.band) for c in made.children] == [
        ("P.1", 30, 1, 40, Band.HIGH),
        ("P.2", 30, 1, 7, Band.MIDDLE),
        ("P.3", 30, 1, None, None),
        ("P.4", 30, 1, None, None),
    ]
    text = render_text(made, "Tỉnh", named=lambda code: NAMES.get(code, code))
    assert "Bến Trúc: trả 30, trễ 1; hài lòng từ 80 % trở lên (40 người)." in text
    assert "P.3: trả 30, trễ 1; chưa nêu số hài lòng." in text
    assert document.load(document.dump(made)) == made


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        ({"a": 40, "b": 22, "c": 3}, 62),  # 65 − 40 − 22 would be three people
        ({"a": 40, "b": 22, "c": 3, "d": 4}, 69),  # seven in two units: nobody is found
        ({"a": 40, "b": 22}, 62),
        ({"a": 4}, 0),
        ({"a": 40, "b": 5, "c": 1}, 45),
        ({"a": 2, "b": 2, "c": 2}, 6),
    ],
)
def test_what_the_sum_may_hold(units: dict[str, int], shown: int) -> None:
    given = [answer for unit, n in units.items() for answer in answers(unit, n, n)]
    told = Views(given, together=True).told(WEEK, WEEK.close) or []
    assert (len(told) if len(told) >= 5 else 0) == shown


def test_the_mix_of_procedures_turns_a_comparison_round() -> None:
    """The oracle: better in both fields, worse in total; with the same mix 0.825 against 0.785."""
    one = [*answers("P.1", 95, 100), *answers("P.1", 630, 900, "Đất đai")]
    two = [*answers("P.2", 828, 900), *answers("P.2", 65, 100, "Đất đai")]
    (pair,) = mix_pairs([*one, *two])
    assert (pair.first, pair.second) == ("P.1", "P.2")
    assert pair.first_share.share == pytest.approx(0.825, abs=1e-6)
    assert pair.second_share.share == pytest.approx(0.785, abs=1e-6)
    text = render_text(rolled(one, two), "Tỉnh", named=lambda code: NAMES[code])
    assert "Bến Trúc và Đồng Sậy: chênh lệch do cơ cấu thủ tục. Cùng cơ cấu thì 82,5 % và 78,5 %." in text
    assert mix_pairs([*one, *answers("P.2", 828, 900)]) == ()


def test_standings_are_bands_in_the_order_of_codes() -> None:
    shares = {"P.1": (28, 30), "P.2": (57, 60), "P.3": (90, 100), "P.4": (150, 160), "P.5": (20, 55), "P.6": (4, 9)}
    made = rolled(*(answers(unit, *share) for unit, share in shares.items()))
    assert made.children is not None
    assert [child.unit for child in made.children] == sorted(shares)
    assert [child.standing for child in made.children if child.unit in ("P.5", "P.6")] == [Standing.BELOW, None]
    assert "thấp hơn mặt bằng" in render_text(made)


def test_an_open_week_tells_of_no_answer_of_any_unit() -> None:
    def at_noon(*known: list[RatingRecord]) -> Digest:
        given = tuple(answer for mine in known for answer in mine)
        done = tuple(CompletionRecord(unit, AT, None, True, AT) for unit in ("P.1", "P.2") for _ in range(30))
        now = WEEK.start + timedelta(days=4)
        return until_closed(digest_from("P", WEEK, now, Records(done, given, ()), below=("P.1", "P.2")))

    assert at_noon(answers("P.1", 20, 40), answers("P.2", 9, 9)) == at_noon()


def test_a_few_days_at_the_edge_of_a_period_are_no_view() -> None:
    """Seven in one whole week, three on days of the month whose week ended before: those are the month's before."""
    month = period_of(Kind.MONTH, date(2026, 10, 28))
    days = [date(2026, 10, 28)] * 7 + [date(2026, 11, 10)] * 3
    mine = tuple(
        RatingRecord("P.1", None, day, datetime(day.year, day.month, day.day, 20, tzinfo=VIETNAM), 5) for day in days
    )
    made = digest_from("P", month, month.close, Records((), mine, ()), below=("P.1", "P.2"))
    assert made.children is not None
    assert [child.answered for child in made.children] == [7, None]
    assert [child["answered"] for child in document.to_json(made)["children"]] == [7, "<5"]
    assert document.load(document.dump(made)) == made


def test_the_units_are_rows_of_typed_cells_in_the_workbook() -> None:
    made = rolled(answers("P.1", 36, 40), answers("P.2", 4, 7), answers("P.3", 3, 3))
    page = make_page(made, "Tỉnh", named=lambda code: NAMES.get(code, code))
    sheet = load_workbook(io.BytesIO(to_xlsx(made, page)))["Các đơn vị"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    first = rows.index(("Đơn vị", "Đã trả", "Trễ", "Người trả lời", "Hài lòng", "So với mặt bằng"))
    assert rows[first + 1 : first + 4] == [
        ("Bến Trúc", 30, 1, 40, "≥ 80 %", None),
        (NAMES.get("P.2", "P.2"), 30, 1, 7, "50–79 %", None),
        ("P.3", 30, 1, None, None, None),
    ]
    assert any(row[0] is not None and row[0].startswith("Chưa nêu số hài lòng là vì") for row in rows[first + 4 :])
