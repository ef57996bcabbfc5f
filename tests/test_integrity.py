"""Answers that look odd are counted apart, and only these; nobody is accused and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from ratings.digest import make_digest
from ratings.handed import handed
from ratings.integrity import Sign, asked_unevenly, examine
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources.table import COLUMNS, read_table
from ratings.statistics import Proportion
from ratings.week import VIETNAM, Week, vietnam_date

WEEK = Week(2026, 31)
MONDAY = WEEK.start
GAPS = [40, 42, 39, 41, 40, 40, 43, 38]


def answer(at: datetime, stars: int = 5, *reasons: str, soon: bool = False) -> RatingRecord:
    return RatingRecord("H99.03", "Hộ tịch", vietnam_date(MONDAY), at, stars, reasons, soon=soon)


def ordinary(seed: int, n: int = 60, satisfied: float = 0.86) -> list[RatingRecord]:
    """A week of answers given in contact hours, each by somebody else."""
    random = Random(seed)
    found = []
    for _ in range(n):
        at = MONDAY + timedelta(days=random.randrange(7), hours=8, seconds=random.randrange(12 * 3600))
        stars = random.choice([4, 5, 5]) if random.random() < satisfied else random.choice([1, 2, 3])
        found.append(answer(at, stars))
    return found


def at_gaps(start: datetime, gaps: Iterable[float], *stars: int) -> list[RatingRecord]:
    """Answers one after another, the stars in turn."""
    at, found = start, [answer(start, stars[0])]
    for n, gap in enumerate(gaps, 1):
        at += timedelta(seconds=gap)
        found.append(answer(at, stars[n % len(stars)]))
    return found


def signs(answers: list[RatingRecord]) -> dict[Sign, int]:
    return dict(examine(answers).signs)


def test_a_hundred_ordinary_weeks() -> None:
    assert sum(bool(examine(ordinary(seed)).with_sign) for seed in range(100)) <= 1


@pytest.mark.parametrize("n", [0, 1, 4, 5, 9])
def test_a_few_answers(n: int) -> None:
    assert signs(ordinary(3, n)) == {}


def test_a_metronome() -> None:
    evening = MONDAY + timedelta(hours=40)
    assert signs(at_gaps(evening, GAPS, 5, 4, 3)) == {Sign.BURST: 9, Sign.METRONOME: 9}
    assert Sign.METRONOME not in signs(at_gaps(evening, GAPS[:-1], 5, 4, 3))
    assert Sign.METRONOME not in signs(at_gaps(evening, [10 * gap if n % 2 else gap for n, gap in enumerate(GAPS)], 5))


@pytest.mark.parametrize(("others", "least"), [(0.5, 8), (1, 10), (3, 15)])
def test_a_burst_needs_so_many_in_an_hour(others: float, least: int) -> None:
    busy = [answer(MONDAY + timedelta(hours=9 + n / others, minutes=n), 4) for n in range(30)] if others >= 1 else []
    random = Random(5)
    crowd = [answer(MONDAY + timedelta(days=3, hours=16, seconds=random.randrange(3600)), 4) for _ in range(least)]
    assert signs(busy + crowd).get(Sign.BURST) == least
    assert Sign.BURST not in signs(busy + crowd[1:])


def test_the_same_answer_again_and_again() -> None:
    random = Random(11)
    others = [answer(MONDAY + timedelta(hours=9 * n), random.choice([3, 4])) for n in range(12)]
    times = sorted(MONDAY + timedelta(days=5, seconds=random.randrange(86_000)) for _ in range(40))
    row = [answer(at, 5, "prompt") for at in times]
    assert signs(others + row).get(Sign.RUN) == 40
    mixed = [replace(a, reasons=("clear",)) if n % 7 == 0 else a for n, a in enumerate(row)]
    assert Sign.RUN not in signs(others + mixed)


def test_at_the_counter() -> None:
    week = ordinary(2, 40)
    watched = [replace(a, soon=n < 9) for n, a in enumerate(week)]
    assert signs(watched) == {Sign.SOON: 9}
    assert signs([replace(a, soon=n < 8) for n, a in enumerate(week)]) == {}


def test_nothing_is_lost_and_the_order_is_of_no_account() -> None:
    answers = [*ordinary(8), *at_gaps(MONDAY + timedelta(hours=88), GAPS * 3, 5)]
    found = examine(answers)
    assert sorted(map(repr, (*found.with_sign, *found.without))) == sorted(map(repr, answers))
    for seed in range(5):
        assert examine(Random(seed).sample(answers, len(answers))) == found


def test_a_stuffed_week_is_told_with_and_without() -> None:
    stuffed = at_gaps(MONDAY + timedelta(days=3, hours=16, minutes=20), GAPS * 8, 5)[:64]
    answers = (*ordinary(1, 60, 0.8), *stuffed)
    digest = make_digest("H99.03", WEEK, WEEK.close, Records(ratings=answers, open_dossiers=()))
    written = document.to_json(digest)["integrity"]
    assert written["flagged"] == 64
    assert written["share_without"] < written["share_with"]
    assert document.to_json(digest)["satisfied"]["share"] == written["share_with"]
    text = render_text(digest, "Phường Phố Sim")
    assert "64 phiếu có dấu hiệu lạ, tính riêng. Kể cả các phiếu đó: " in text
    assert "gian lận" not in text
    assert document.load(document.dump(digest)) == digest


def test_too_few_are_left() -> None:
    answers = (*ordinary(4, 9), *at_gaps(MONDAY + timedelta(days=3, hours=16), GAPS * 2, 5))
    digest = make_digest("H99.03", WEEK, WEEK.close, Records(ratings=answers))
    assert document.to_json(digest)["integrity"]["share_without"] is None
    assert "Không kể các phiếu đó thì chưa đủ 10 lượt để nêu số." in render_text(digest)


def completions(late: int, asked_late: int, punctual: int, asked: int) -> list[CompletionRecord]:
    due = MONDAY + timedelta(days=2)
    groups = ((late, asked_late, due + timedelta(days=1)), (punctual, asked, due - timedelta(days=1)))
    return [
        CompletionRecord("H99.03", done, due, True, done if n < invited else None)
        for count, invited, done in groups
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("late", "asked_late", "punctual", "asked", "found"),
    [
        (18, 3, 55, 50, (Proportion(3, 18), Proportion(50, 55))),
        (18, 16, 55, 50, None),
        (9, 0, 55, 55, None),
        (55, 55, 9, 0, None),
        (30, 30, 30, 5, None),
    ],
)
def test_asked_unevenly(
    late: int, asked_late: int, punctual: int, asked: int, found: tuple[Proportion, Proportion] | None
) -> None:
    done = handed(completions(late, asked_late, punctual, asked), {"H99.03"}, WEEK.start, WEEK.end, WEEK.close)
    assert asked_unevenly(done) == found


def test_uneven_asking_is_said_without_any_rating() -> None:
    digest = make_digest("H99.03", WEEK, WEEK.close, Records(tuple(completions(18, 3, 55, 50)), (), ()))
    assert "Hồ sơ trễ được hỏi ít hơn: 3 trong 18. Hồ sơ đúng hẹn: 50 trong 55." in render_text(digest)
    assert document.load(document.dump(digest)) == digest


@pytest.mark.parametrize(("seconds", "soon"), [(0, True), (119, True), (120, False), (-1, False)])
def test_a_file_tells_what_was_answered_at_once(tmp_path: Path, seconds: int, soon: bool) -> None:
    done = datetime(2026, 7, 28, 9, tzinfo=VIETNAM)
    answered = done + timedelta(seconds=seconds)
    row = ["H99.03", "Hộ tịch", "", done.isoformat(), "", "1", "", answered.isoformat(), "5", "", "1", ""]
    file = tmp_path / "ratings.csv"
    file.write_text(f"{','.join(COLUMNS)}\n{','.join(row)}\n", encoding="utf-8")
    assert [rating.soon for rating in read_table(file).records.ratings] == [soon]
