"""The weeks beside each other: each as its own digest shows it, what is withheld a gap and never a zero."""

from __future__ import annotations

import re
from datetime import timedelta
from math import comb
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from bot.paper.sheets import set_chart
from ratings import trend
from ratings.digest import Digest, digest_from, until_closed
from ratings.records import RatingRecord, Records
from ratings.reports import document
from ratings.reports.chart import HEIGHT, to_svg
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.shown import Band
from ratings.sources import store
from ratings.statistics import Interval, Proportion
from ratings.trend import Point, Trend, before, ordinary
from ratings.week import Week
from storage.engine import Database
from storage.tables import ratings
from tests.test_subtracting import UNITS, life

LAST = Week(2026, 46)
WEEKS = (*before(LAST), LAST)


def given(unit: str, week: Week, n: int, bad: int, late: int = 0) -> list[RatingRecord]:
    """So many answers of a week, ``late`` more after its books were closed."""
    at = week.start + timedelta(hours=30)
    found = [RatingRecord(unit, "Hộ tịch", week.first_day, at, 1 if k < bad else 5) for k in range(n)]
    return found + [RatingRecord(unit, "Hộ tịch", week.first_day, week.close + timedelta(hours=1), 1)] * late


def lived() -> Records:
    """Twelve weeks of 30, 4, 7, 0, 12, … answers."""
    counts = (30, 4, 7, 0, 12, 11, 3, 20, 9, 25, 10, 40)
    rows = [given("P.1", week, n, n // 5, late=n % 4) for week, n in zip(WEEKS, counts, strict=True)]
    return Records((), tuple(answer for row in rows for answer in row))


def digest(records: Records, week: Week = LAST) -> Digest:
    return digest_from("P.1", week, week.close, records)


def test_a_point_is_what_the_weeks_own_digest_shows() -> None:
    found = digest(lived()).trend
    assert found is not None
    assert [point.week for point in found.points] == list(WEEKS)
    told = ["30", "–", "–", "–", "12", "11", "–", "20", "–", "25", "10", "40"]
    assert ["–" if point.satisfied is None else str(point.satisfied.n) for point in found.points] == told
    for point in found.points:
        own = digest(lived(), point.week)
        assert point.satisfied == (None if own.headline is None else own.headline.satisfied)
        assert point.band == (own.band if own.headline is None else None)


@pytest.mark.parametrize("seed", range(2))
def test_no_trend_holds_more_than_the_digests_of_its_weeks(seed: int) -> None:
    """The attack: whatever is in any trend was told before, to the last citizen."""
    records, weeks = life(seed), WEEKS[-4:]
    for units in ((UNITS[0],), UNITS):
        below, unit = (None, units[0]) if len(units) == 1 else (units, "P")
        for week in weeks:
            made = digest_from(unit, week, week.close, records, below=below)
            assert made.trend is not None
            for point in made.trend.points:
                own = digest_from(unit, point.week, point.week.close, records, below=below)
                assert point.satisfied == (None if own.headline is None else own.headline.satisfied)
                assert point.is_gap == (own.answered is None)


def test_late_answers_move_no_point() -> None:
    weeks = [given("P.1", week, 20, 4) for week in WEEKS]
    late = [given("P.1", week, 0, 0, late=2) for week in WEEKS]
    punctual = Records((), tuple(answer for row in weeks for answer in row))
    with_late = Records((), tuple(answer for row in (*weeks, *late) for answer in row))
    one, other = digest(punctual).trend, digest(with_late).trend
    assert one is not None and other is not None
    assert one.points == other.points


def test_an_answer_changed_after_its_week_counts_neither_here_nor_there() -> None:
    """Its first form is no longer known to a file: the week's own digest leaves it out, and so does every later one."""
    week = WEEKS[3]
    first, late = week.start + timedelta(hours=30), week.close + timedelta(hours=1)
    changed = RatingRecord("P.1", "Hộ tịch", week.first_day, late, 1, first_at=first)
    records = Records((), (*given("P.1", week, 20, 4), *given("P.1", LAST, 20, 4), changed))
    found, own = digest(records).trend, digest(records, week)
    assert found is not None and own.headline is not None
    assert found.points[3].satisfied == own.headline.satisfied == Proportion(16, 20)


def test_whoever_reads_an_open_week_has_no_point_of_it() -> None:
    rows = [given("P.1", week, 20, 4) for week in WEEKS]
    records = Records((), tuple(answer for row in rows for answer in row))
    opened = digest_from("P.1", LAST, LAST.end, records)
    assert opened.trend is not None and opened.answered == 20
    assert opened.trend.points[-1].is_gap


def test_an_open_week_is_a_gap() -> None:
    rows = [given("P.1", week, 20, 4) for week in WEEKS]
    records = Records((), tuple(answer for row in rows for answer in row))
    opened = until_closed(digest_from("P.1", LAST, LAST.end - timedelta(hours=3), records))
    assert opened.trend is not None
    assert [point.is_gap for point in opened.trend.points] == [False] * 11 + [True]
    # before Monday 07:00 the week before is open too: neither it nor this one is told of
    early = until_closed(digest_from("P.1", LAST, LAST.start + timedelta(hours=1), records))
    assert early.trend is not None
    assert [point.is_gap for point in early.trend.points] == [False] * 10 + [True, True]


def test_it_is_read_back_as_it_was_stored() -> None:
    made = digest(replace(lived(), open_dossiers=()))
    assert document.load(document.dump(made)) == made
    assert document.point_in(document.dump(made)) == (made.trend or Trend(())).points[-1]


def chance(k: int, n: int, p: float) -> float:
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize(("usual", "n"), [(0.9, 30), (0.85, 10), (0.55, 60), (0.98, 12)])
def test_ordinary_weeks(usual: float, n: int) -> None:
    found = ordinary(usual, n)
    low, high = round(found.low * n), round(found.high * n)
    assert chance(low - 1, n, usual) <= 0.025 < chance(low, n, usual)
    assert chance(high - 1, n, usual) < 0.975 <= chance(high, n, usual)


def test_in_words() -> None:
    points = (
        Point(WEEKS[0], Proportion(24, 30)),
        Point(WEEKS[1], band=Band.MIDDLE),
        Point(WEEKS[2]),
        Point(WEEKS[3], Proportion(19, 20)),
    )
    assert list(trend.lines(Trend(points, Interval(0.7, 0.95)))) == [
        "4 tuần đến nay (35–38), phần trăm hài lòng: 80, 50–79, –, 95. Dấu – là tuần không nêu được số.",
        "Tuần thường của đơn vị: từ 70 % đến 95 %.",
    ]
    assert list(trend.lines(Trend(points[2:]))) == []  # a single week is beside nothing


def test_a_gap_is_drawn_as_nothing() -> None:
    drawn = to_svg(Trend((Point(WEEKS[0], Proportion(24, 30)), Point(WEEKS[1]), Point(WEEKS[2], band=Band.LOW))))
    shapes = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn)]
    assert (shapes.count("circle"), shapes.count("rect")) == (1, 1)
    below = [float(y) for y in re.findall(r'c?y="([\d.]+)"', drawn)]
    assert max(below) <= HEIGHT


def test_a_week_without_weeks_before_it_has_no_drawing() -> None:
    alone = digest(Records((), tuple(given("P.1", LAST, 30, 3))))
    assert "tuần đến nay" not in render_text(alone)
    assert {block.drawing for block in make_page(alone).blocks} == {None}


def test_the_picture_for_a_phone() -> None:
    """As wide as it always is, higher where there is more to see, and the same bytes each time."""
    full, empty = make_page(digest(lived()), "xã Đồng Sậy"), make_page(digest(Records()), "xã Đồng Sậy")
    drawn = set_chart(full)
    sizes = [[int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] for picture in (drawn, set_chart(empty))]
    assert sizes[0][0] == sizes[1][0] > 900
    assert sizes[0][1] > 2 * sizes[1][1]
    assert drawn == set_chart(full)


# --- from the database -----------------------------------------------------------------------------------------------


def rows(records: Records) -> list[dict[str, object]]:
    return [
        {
            "completion": f"c{number}",
            "at": answer.answered_at,
            "first_at": answer.answered_at,
            "stars": answer.stars,
            "reasons": "[]",
            "unit": answer.unit,
            "field": answer.field,
            "completed_on": answer.completed_on.isoformat(),
            "mode": "bot",
            "instrument": "x",
            "demo": False,
        }
        for number, answer in enumerate(records.ratings)
    ]


async def test_a_database_says_the_same(database: Database) -> None:
    records = lived()
    await database.write(lambda c: c.execute(ratings.insert(), rows(records)))

    def read(connection: Connection) -> Digest:
        return store.digest_of(connection, "P.1", LAST, LAST.close, demo=False)

    assert (await database.read(read)).trend == digest(records).trend


async def test_a_week_is_told_as_it_was_locked(database: Database) -> None:
    """Answers that are entered later, as of earlier, change nothing that was told."""
    records, week = lived(), WEEKS[4]
    await database.write(lambda c: c.execute(ratings.insert(), rows(records)))
    first = await database.read(lambda c: store.digest_of(c, "P.1", week, week.close, demo=False))
    await database.write(lambda c: store.lock(c, first, week.close))
    entered = rows(Records((), tuple(given("P.1", week, 2, 2))))
    more = [row | {"completion": f"late{k}"} for k, row in enumerate(entered)]
    await database.write(lambda c: c.execute(ratings.insert(), more))
    found = await database.read(lambda c: store.digest_of(c, "P.1", LAST, LAST.close, demo=False))
    expected = digest(records).trend
    assert found.trend is not None and expected is not None
    assert found.trend.points == expected.points


async def test_a_large_province_reads_no_hundred_thousand_answers(database: Database) -> None:
    await database.write(lambda c: c.execute(ratings.insert(), rows(lived())))
    for most, told in ((1000, 8), (10, 0)):
        found = await database.read(lambda c, m=most: store.earlier(c, "P", LAST, LAST.close, ("P.1",), m))
        assert [point.week for point in found] == list(WEEKS[:-1])
        assert sum(not point.is_gap for point in found) == told
