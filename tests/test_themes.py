"""What comments are about: themes of our own words, of ten people or more, no word of a comment told."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from bot.paper.files import FORMATS
from handlers.reading.remarks import may_accuse
from ratings.digest import Digest, digest_from, until_closed
from ratings.period import Kind, Span, block_of, period_of, whole_weeks
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.themes import Wrote, readable_until, themes, themes_of, told_themes
from ratings.week import Week, vietnam_date
from storage.engine import Database
from storage.tables import ratings
from tests.test_subtracting import people_left_over

UNIT, WEEK, NEXT = "H99.07", Week(2026, 46), Week(2026, 47)
WRITTEN = [
    ("Cán bộ rất nhiệt tình, niềm nở", ["kind"]),
    ("CAN BO NHIET TINH, HUONG DAN RO", ["kind", "clear"]),
    ("cán bộ không nhiệt tình chút nào", ["manner"]),
    ("chưa được nhiệt tình lắm", []),
    ("không phải chờ lâu, làm nhanh gọn", ["quick"]),
    ("chờ lâu quá", ["slow"]),
    ("phai cho lau, di lai nhieu lan", ["slow", "trips"]),
    ("không phải đi lại, thủ tục đơn giản", ["easy"]),
    ("phải đi lại mãi", []),
    ("hướng dẫn không rõ, mỗi người nói một kiểu", ["unclear"]),
    ("không hướng dẫn gì cả", ["unclear"]),
    ("giấy tờ rườm rà quá", ["papers"]),
    ("thủ tục không rườm rà", []),
    ("phòng chờ nóng quá, thiếu ghế", ["place"]),
    ("hệ thống lỗi, không đăng nhập được", ["online"]),
    ("đông người mà ít cán bộ", ["staff"]),
    ("trả đúng hẹn", ["quick"]),
    ("không đúng hẹn", []),
    ("chăm chỉ lắm", []),
    ("cảm ơn", []),
    ("", []),
]


def test_comments_are_read_for_their_themes() -> None:
    for comment, found in WRITTEN:
        assert list(themes_of(comment)) == found, comment


def test_no_theme_is_told_in_words_that_may_accuse() -> None:
    assert not [theme.code for theme in themes().values() if may_accuse(theme.told)]


def wrote(n: int, *found: str, week: Week = WEEK, unit: str = UNIT, late: int = 0) -> list[RatingRecord]:
    """So many answers with these themes; ``late`` hours after the books of the week were closed, where given."""
    at = week.start + timedelta(hours=30)
    when = [week.close + timedelta(hours=late) if late else at + timedelta(minutes=7 * k) for k in range(n)]
    return [RatingRecord(unit, None, week.first_day, each, 2, themes=found) for each in when]


def made(answers: list[RatingRecord], span: Span = NEXT) -> Digest:
    """By default the digest of the week after the one in which they were written, which tells of them."""
    done = CompletionRecord(UNIT, span.start, span.start, True, span.start, span.start)
    return digest_from(UNIT, span, span.close, Records((done,) * 60, tuple(answers), ()))


def test_ten_people_are_told_of_and_nine_are_not() -> None:
    nine, ten = made(wrote(9, "slow") + wrote(20)), made(wrote(10, "slow") + wrote(20))
    assert (nine.themes, ten.themes) == ((), (Wrote("slow", 10),))
    said = "Lời góp ý (nêu chậm một tuần) – chưa vừa ý: phải chờ lâu, trễ hẹn (10 người). "
    assert f"{said}Máy đếm theo chủ đề, không trích lời ai." in render_text(ten)
    assert until_closed(ten).themes == ten.themes == document.load(document.dump(ten)).themes
    opened = digest_from(UNIT, NEXT, NEXT.end, Records((), tuple(wrote(12, "slow")), ()))
    assert opened.themes
    assert until_closed(opened).themes == ()


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "png"])
def test_nine_people_change_no_file(format: str) -> None:
    plain = FORMATS[format](made(wrote(29)), "Xã")
    assert FORMATS[format](made(wrote(9, "slow") + wrote(20)), "Xã") == plain
    assert FORMATS[format](made(wrote(10, "slow") + wrote(19)), "Xã") != plain


def test_two_of_praise_and_two_of_blame_are_told_most_people_first() -> None:
    answers = [*wrote(12, "kind", "clear"), *wrote(11, "quick"), *wrote(15, "slow"), *wrote(13, "trips", "papers")]
    found = made([*answers, *wrote(14, "papers")])
    assert [each.theme for each in found.themes] == ["papers", "slow", "trips", "clear", "kind", "quick"]
    (said,) = (line for line in render_text(found).splitlines() if "góp ý" in line)
    praise = "khen: hướng dẫn rõ, dễ hiểu (12 người); cán bộ niềm nở, tận tình (12 người)"
    blame = "chưa vừa ý: nhiều giấy tờ, phải bổ sung (27 người); phải chờ lâu, trễ hẹn (15 người)"
    assert said == f"Lời góp ý (nêu chậm một tuần) – {praise} – {blame}. Máy đếm theo chủ đề, không trích lời ai."


# --- a week late ------------------------------------------------------------------------------------------------------


def test_a_week_tells_of_the_comments_of_the_week_before_whatever_its_own_answers() -> None:
    answers = [*wrote(12, "slow"), *wrote(11, "kind", week=NEXT)]
    assert made(answers, WEEK).themes == ()
    assert made(answers, NEXT).themes == (Wrote("slow", 12),)
    for n in (0, 4, 7, 12):
        found = made([*wrote(12, "slow"), *wrote(n, week=NEXT)])
        assert "phải chờ lâu, trễ hẹn (12 người)" in render_text(found), n


def test_a_comment_waits_seven_days_to_the_second_also_one_added_to_earlier_stars() -> None:
    """Ten of this Monday's answers, one of them seven days before the books close, or a second less."""
    nine = wrote(9, "slow")
    for late, told in ((0, (Wrote("slow", 10),)), (1, ())):
        at = WEEK.close + timedelta(seconds=late)
        last = RatingRecord(UNIT, None, WEEK.first_day, at, 2, themes=("slow",), first_at=WEEK.start)
        assert made([*nine, last]).themes == told


def test_a_month_sums_what_its_weeks_told_and_the_late_ones_that_waited() -> None:
    weeks = whole_weeks(period_of(Kind.MONTH, WEEK.first_day))
    before = Week.of(weeks[0].start - timedelta(days=7))
    answers = [*wrote(10, "slow", week=before), *wrote(11, "slow", week=weeks[0]), *wrote(40, "slow", week=weeks[-1])]
    answers += wrote(4, "slow", week=weeks[0], late=2) + wrote(6, "slow", week=weeks[1], late=2)
    each = [sum(theme.people for theme in made(answers, week).themes) for week in weeks]
    assert each[:2] == [10, 11]
    assert made(answers, period_of(Kind.MONTH, WEEK.first_day)).themes == (Wrote("slow", sum(each) + 10),)


async def test_the_database_says_what_the_records_say(database: Database) -> None:
    """Of a week, of a month, and of the first weeks of a year, that tell of comments of the year before."""
    first = whole_weeks(period_of(Kind.YEAR, WEEK.first_day))[0]
    base: dict[str, Any] = {"unit": UNIT, "mode": "bot", "instrument": "x", "demo": False, "supersedes": None}
    base |= {"stars": 2, "reasons": "[]"}
    rows = []
    for week in (Week.of(first.start - timedelta(days=7)), first, WEEK):
        for n in range(12):
            at = week.start + timedelta(hours=30 + n)
            when = {"completed_on": vietnam_date(week.start).isoformat(), "at": at, "first_at": at}
            rows.append({**base, **when, "completion": f"{week}-{n}", "comment": "chờ lâu quá", "held": False})
    await database.write(lambda c: c.execute(ratings.insert(), rows))
    for span in (first, NEXT, period_of(Kind.MONTH, NEXT.last_day), period_of(Kind.YEAR, WEEK.first_day)):
        digest = await database.read(lambda c, span=span: store.digest_of(c, UNIT, span, span.close, demo=False))
        assert digest.themes == (Wrote("slow", 36 if span.start.year < 2026 and span is not first else 12),), span


async def test_a_closed_week_stays_as_it_was_printed(database: Database) -> None:
    """One that an earlier version locked, with the comments of its own week."""
    printed = replace(made(wrote(20), WEEK), themes=(Wrote("slow", 12),))
    await database.write(lambda c: store.lock(c, printed, WEEK.close))
    kept = await database.read(lambda c: store.digest_of(c, UNIT, WEEK, WEEK.close, demo=False))
    assert kept.themes == (Wrote("slow", 12),)


@pytest.mark.parametrize(
    ("now", "written"),
    [
        ("2026-11-23T06:59:59+07:00", "2026-11-09T07:00:00+07:00"),
        ("2026-11-23T07:00:00+07:00", "2026-11-16T07:00:00+07:00"),
        ("2026-11-29T23:59:59+07:00", "2026-11-16T07:00:00+07:00"),
    ],
)
def test_remarks_become_readable_together_on_mondays(now: str, written: str) -> None:
    assert readable_until(datetime.fromisoformat(now)) == datetime.fromisoformat(written)


FIRST = Week(2026, 37)
WEEKS = [Week.of(FIRST.start + timedelta(weeks=n)) for n in range(10)]
UNITS = ("P.1", "P.2", "P.3")
Told = dict[tuple[frozenset[str], Span], int]


def a_life(seed: int) -> list[RatingRecord]:
    chance = Random(seed)
    found = []
    for unit, week in product(UNITS, WEEKS):
        found += wrote(chance.choice((0, 3, 9, 11, 14)), "slow", week=week, unit=unit)
        found += wrote(chance.choice((0, 1, 4)), "slow", week=week, unit=unit, late=30)
    return found


def views(answers: list[RatingRecord]) -> Told:
    """How many wrote of the theme, in every view of every unit and of all."""
    days = [week.first_day for week in WEEKS]
    spans: set[Span] = {*WEEKS, *(block_of(day) for day in days), *(period_of(Kind.MONTH, day) for day in days)}
    told = {}
    for span in spans:
        for members in (*(frozenset({unit}) for unit in UNITS), frozenset(UNITS)):
            known = [a for a in answers if a.unit in members]
            found = told_themes(known, span, span.close, together=len(members) > 1)
            told[members, span] = sum(each.people for each in found)
    return told


def few(n: int) -> bool:
    return 0 < n < 10


def left_over(told: Told) -> list[tuple[object, ...]]:
    """Views of which others, one or all of a kind, leave one to nine people."""
    found: list[tuple[object, ...]] = []
    for (members, span), whole in told.items():
        for (parts, inner), part in told.items():
            within = set(whole_weeks(inner)) <= set(whole_weeks(span)) and parts <= members
            if part and within and few(whole - part):
                found.append((span, inner, members, parts))
        if (
            len(members) > 1
            and isinstance(span, Week)
            and few(whole - sum(told[frozenset({unit}), span] for unit in members))
        ):
            found.append((span, members))
        if few(whole - sum(told.get((members, week), 0) for week in whole_weeks(span))):
            found.append((span, members, "in parts"))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_subtracting_views_of_a_theme_leaves_nobody_or_ten(seed: int) -> None:
    told = views(a_life(seed))
    assert left_over(told) == []
    assert people_left_over(a_life(seed), [span for _, span in told], least=10) == []
    assert sum(n > 0 for n in told.values()) > len(told) / 5


async def test_what_may_accuse_is_not_read_from_the_database(database: Database) -> None:
    """And no word of a comment comes out of the store."""
    at = WEEK.start + timedelta(hours=30)
    row: dict[str, Any] = {"unit": UNIT, "completed_on": vietnam_date(at).isoformat(), "mode": "bot", "at": at}
    row |= {"instrument": "x", "demo": True, "stars": 2, "reasons": "[]", "first_at": at, "supersedes": None}
    words = [("chờ lâu, đòi tiền", True), *[("chờ lâu quá trời đất ơi", False)] * 10, (None, False)]
    rows = [{**row, "completion": f"{n}", "comment": said, "held": held} for n, (said, held) in enumerate(words)]
    await database.write(lambda c: c.execute(ratings.insert(), rows))
    before = await database.read(lambda c: store.digest_of(c, UNIT, WEEK, WEEK.close, demo=True))
    assert (before.answered, before.themes) == (12, ())
    digest = await database.read(lambda c: store.digest_of(c, UNIT, NEXT, NEXT.close, demo=True))
    assert digest.themes == (Wrote("slow", 10),)
    assert "trời đất" not in document.dump(digest) + render_text(digest)
