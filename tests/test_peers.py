"""A unit among its likes: a band that the mix of its work does not move, never a rank, never a number of a few."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from ratings.digest import Digest, digest_from, until_closed
from ratings.formulas.shrinkage import Standing
from ratings.peers import Peers, peers_of, satisfied_by_field, weeks_compared, with_one_mix
from ratings.period import Period
from ratings.records import RatingRecord, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.sources.peer_rows import satisfied
from ratings.statistics import Proportion
from ratings.week import Week
from storage.engine import Database
from storage.tables import ratings
from tests.test_ratings_store import insert, rating

WEEK = Week(2026, 46)
DAYS = Period(date(2026, 10, 19), date(2026, 11, 15))
AT = WEEK.start + timedelta(hours=30)
LIKES = tuple(f"P.{n}" for n in range(2, 9))


def given(unit: str, satisfied: int, n: int, field: str = "Hộ tịch") -> list[RatingRecord]:
    return [
        RatingRecord(unit, field, WEEK.first_day, AT + i * timedelta(minutes=11), 5 if i < satisfied else 2)
        for i in range(n)
    ]


def province(*own: list[RatingRecord]) -> Records:
    """Seven units of which 34 of 40 are satisfied, and the asked one."""
    others = [answer for unit in LIKES for answer in given(unit, 34, 40)]
    return Records((), (*others, *(answer for mine in own for answer in mine)), ())


def made(*own: list[RatingRecord]) -> Digest:
    return digest_from("P.1", WEEK, WEEK.close, province(*own))


def test_the_weeks_compared_are_the_last_four_whole_ones() -> None:
    assert weeks_compared(WEEK) == DAYS
    assert weeks_compared(Period(date(2026, 6, 15), date(2026, 11, 18))) == DAYS
    assert weeks_compared(Period(date(2026, 11, 10), date(2026, 11, 13))) is None


def test_with_one_mix_who_is_ahead_in_each_field_is_ahead() -> None:
    """Simpson's two units: 0.725 against 0.893 in the bare total, and the first ahead in both fields. With 0.923 and
    0.695 elsewhere, 717.8 and 900.2 were to be expected: 0.809 + 7.2/1000 and 0.809 − 7.2/1000."""
    one = {"Hộ tịch": Proportion(95, 100), "Đất đai": Proportion(630, 900)}
    two = {"Hộ tịch": Proportion(828, 900), "Đất đai": Proportion(65, 100)}
    assert dict(with_one_mix({"A": one, "B": two})) == {"A": Proportion(816, 1000), "B": Proportion(802, 1000)}


@pytest.mark.parametrize(
    ("satisfied", "standing", "says"),
    [
        (16, Standing.BELOW, "thấp hơn mặt bằng"),
        (33, Standing.LEVEL, "ngang mặt bằng"),
        (40, Standing.LEVEL, "ngang mặt bằng"),
    ],
)
def test_three_bands(satisfied: int, standing: Standing, says: str) -> None:
    digest = made(given("P.1", satisfied, 40))
    assert digest.peers == Peers(standing, 7, DAYS.first_day, DAYS.last_day)
    assert f"So với 7 đơn vị khác trong tỉnh, 4 tuần 43–46, đã tính cơ cấu lĩnh vực: {says}." in render_text(digest)
    told = document.to_json(digest)["peers"]
    assert told == {"standing": standing.name.lower(), "others": 7, "from": "2026-10-19", "to": "2026-11-15"}
    assert document.load(document.dump(digest)) == digest


def test_harder_work_is_no_lower_standing() -> None:
    """Land makes people wait everywhere: a unit with much of it is level, though its bare share is far below."""
    units = {unit: {"Hộ tịch": Proportion(37, 40), "Đất đai": Proportion(5, 10)} for unit in LIKES}
    units["P.1"] = {"Hộ tịch": Proportion(9, 10), "Đất đai": Proportion(20, 40)}
    found = peers_of("P.1", units, DAYS)
    assert found is not None
    assert found.standing is Standing.LEVEL
    bare = {unit: {"": Proportion(sum(p.count for p in mine.values()), 50)} for unit, mine in units.items()}
    unlike = peers_of("P.1", bare, DAYS)
    assert unlike is not None
    assert unlike.standing is Standing.BELOW, "the bare totals would say so"


def test_few_answers_few_units_and_certified_copies_say_nothing() -> None:
    assert made(given("P.1", 9, 9)).peers is None
    assert made(given("P.1", 4, 4), given("P.1", 30, 30, "Chứng thực")).peers is None
    four = [answer for unit in ("P.1", "P.2", "P.3", "P.4") for answer in given(unit, 10, 10)]
    assert digest_from("P.1", WEEK, WEEK.close, Records((), tuple(four))).peers is None


def test_an_open_week_says_nothing_and_a_roll_up_has_no_peers() -> None:
    records = province(given("P.1", 16, 40))
    noon = digest_from("P.1", WEEK, AT + timedelta(days=4), records)
    assert until_closed(noon).peers is None
    assert digest_from("P", WEEK, WEEK.close, records, below=("P.1", *LIKES)).peers is None


def test_no_rank_and_no_number_of_others_answers_is_told() -> None:
    line = next(line for line in render_text(made(given("P.1", 16, 40))).splitlines() if line.startswith("So với 7"))
    assert re.findall(r"\d+", line) == ["7", "4", "43", "46"]


async def test_the_database_counts_as_the_records_do(database: Database) -> None:
    """Also where an answer was changed, and where the change came after the books were closed."""
    await insert(
        database,
        ratings,
        *(
            rating(100 * n + k, 5 if k < 8 else 2, unit=unit, field=("Hộ tịch", "Đất đai", None)[k % 3])
            for n, unit in enumerate(("P.1", *LIKES))
            for k in range(12)
        ),
        *(rating(5000 + k, 1, unit="P.1", field="Chứng thực") for k in range(5)),
    )
    query = select(ratings.c.id, ratings.c.completion).order_by(ratings.c.id).limit(2)
    first = await database.read(lambda c: c.execute(query).all())
    for place, at in ((0, AT + timedelta(hours=9)), (1, WEEK.close + timedelta(hours=1))):
        changed = rating(0, 1, at, unit="P.1", supersedes=first[place].id) | {"completion": first[place].completion}
        await insert(database, ratings, changed)
    units = ("P.1", *LIKES)
    read = partial(store.read_records, unit="P.1", span=WEEK, as_of=WEEK.close, demo=False, likes=LIKES)
    counted = await database.read(read)
    together = partial(store.read_records, unit="P", span=WEEK, as_of=WEEK.close, demo=False, below=units)
    answers = (await database.read(together)).ratings
    assert counted.peers == satisfied_by_field(answers, DAYS, WEEK.close)
    assert counted.peers is not None
    assert counted.peers["P.1"]["Hộ tịch"] == Proportion(2, 4)


@pytest.mark.parametrize("many", [5, 21, 22, 41, 130, 200])
async def test_of_a_large_province_the_same_few_are_counted(database: Database, many: int) -> None:
    units = [f"P.{n:03d}" for n in range(many)]
    await insert(database, ratings, *(rating(n, 5, unit=unit) for n, unit in enumerate(units)))
    counted = await database.read(partial(satisfied, units=units, days=DAYS, as_of=WEEK.close))
    assert units[0] in counted
    assert min(many, 12) <= len(counted) <= 21
