"""The digest: what is shown of how many answers, and that nothing else changes it."""

from __future__ import annotations

import itertools
from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.digest import Band, Digest, ReasonCount, make_digest
from ratings.records import CompletionRecord, OpenDossier, RatingRecord, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.statistics import Proportion
from ratings.week import VIETNAM
from tests.one_week import D1, UNIT, WEEK, digest_of, many_completions, many_open, rating, stars

KEYS = (
    "unit week from to as_of locked demo completed on_time rule_766 weeks eligible invited delivered declined ended "
    "strata unanswered service questions answered response_rate response_between "
    "distribution satisfied band change suppressed drivers integrity call_backs headline certified modes late alarm "
    "trend standardised "
    "peers sub_ratings themes follow_ups children action period block"
)
NOT_KNOWN = {
    "response_between",
    "peers",
    "weeks",
    "action",
    "rule_766",
    "ended",
    "strata",
    "unanswered",
    "service",
    "call_backs",
    "certified",
    "late",
    "trend",
    "follow_ups",
    "children",
    "block",
}
"""Null and not named here: there is nothing of the kind."""


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
