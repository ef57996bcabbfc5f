"""What the search was never told of is not taken for its nearest neighbour."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from procedures.finding.evidence import ABOUT, BEST, CHANNELS, HELD, NEAR, PROTO, Candidates
from procedures.finding.ranking import FARTHEST, FIRST, UNFITTED, of_first
from procedures.finding.terms import Spoken
from procedures.learning.phrasings import Phrasings
from procedures.learning.strangers import ASIDE, Judged, apart, fit_first, is_left_out
from procedures.search import BEHIND, Answer, Unknown
from tests.books import index

NEVER_LEARNED = (
    "nhà em nuôi thêm mấy con chó giữ vườn, khai báo sao",
    "dang ky nuoi meo",
    "nấu rượu nếp bán quanh xóm cần phép gì",
    "nhà cho thuê mười phòng có phải xin giấy phòng cháy",
    "quán cơm bị nhắc về phòng cháy thì làm giấy gì",
    "xây cái nhà mồ cho ông bà",
    "xin lại tiền thuế lương bị trừ dư",
    "đóng trước bạ cho chiếc xe máy mới",
    "xin vay tiền ngân hàng chính sách chăn bò",
    "nhà dột nát muốn được hỗ trợ xóa nhà tạm",
    "qua Campuchia làm giấy thông hành",
    "cho cháu đi học mẫu giáo ở trường nào",
    "xin xe lăn cho bà",
    "app vneid hiện sai ngày sinh",
    "bồi thường đất mở đường tính sao",
    "xin kéo điện vào chòi rẫy",
)
"""Daily matters that no procedure of this catalog is about; each shares words with one that it has."""


@pytest.mark.parametrize("text", NEVER_LEARNED)
def test_a_daily_matter_that_is_not_here_is_not_answered_with_its_neighbour(text: str) -> None:
    assert not isinstance(index().decide(text), Answer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("đăng ký khai sinh", "1.001193"),
        ("nhận con nuôi", "2.001263"),
        ("lam ho chieu", "1.001456"),
        ("mở hộ kinh doanh", "1.001612"),
        ("xin giấy độc thân", "1.004873"),
    ],
)
def test_what_is_here_is_still_answered_at_once(text: str, code: str) -> None:
    decision = index().decide(text)
    assert isinstance(decision, Answer)
    assert decision.hit.procedure.code == code


def test_whole_families_and_some_ways_of_the_others_are_left_out() -> None:
    ways = {f"1.00{n:04}": tuple(f"cách {n} {way}" for way in range(8)) for n in range(200)}
    whole = Phrasings(ways, {code: code for code in ways}, {"chat": ("trời đẹp",)})
    left = apart(whole)
    gone = {code for code in ways if is_left_out(code)}
    assert 25 <= len(gone) <= 75
    assert left.phrasings.ways.keys() == left.phrasings.names.keys() == ways.keys() - gone
    assert set(left.strange) == {way for code in gone for way in ways[code]}
    for code, kept in left.phrasings.ways.items():
        aside = {way for way, of in left.aside if of == code}
        assert aside.isdisjoint(kept) and aside | set(kept) == set(ways[code])
        assert len(aside) == 1 + (8 - 1) // ASIDE
    assert left.phrasings.outside == whole.outside
    assert apart(whole) == left


def candidates(*nearness: float, length: float = 2.0) -> Candidates:
    """As many candidates, each by all measures so near."""
    channels = np.zeros((len(nearness), len(CHANNELS)), np.float32)
    for place in (PROTO, NEAR, BEST, HELD):
        channels[:, place] = nearness
    about = tuple({"length": length, "known": 1.0}.get(name, 0.0) for name in ABOUT)
    return Candidates(np.arange(len(nearness)), channels, about, Spoken([], []))


def first(found: Candidates) -> dict[str, float]:
    numbers = of_first(found.channels, found.about, UNFITTED.ranks(found.channels))
    return dict(zip(FIRST, numbers, strict=True))


def test_the_first_is_the_likeliest_and_measured_by_itself() -> None:
    assert first(candidates(0.2, 0.75, 0.5))["near"] == pytest.approx(0.75)
    assert first(candidates(0.2, 0.75, 0.5))["margin"] == pytest.approx(4 * 0.25)
    assert first(candidates(0.75))["margin"] == FARTHEST
    assert first(candidates(90.0, 0.1))["margin"] == FARTHEST


def test_how_near_a_right_first_is_is_learned_from_strangers() -> None:
    chance = np.random.Generator(np.random.PCG64(5))
    right = [
        Judged(candidates(0.8 + 0.1 * chance.random(), 0.3 * chance.random()), np.asarray([True, False]))
        for _ in range(200)
    ]
    strange = [candidates(0.45 + 0.2 * chance.random(), 0.3 * chance.random()) for _ in range(200)]
    found = fit_first(right[:100], right[100:], strange, replace(UNFITTED, answer=0.3, inside=0.3))
    odds = [found.means(of_first(each.channels, each.about, found.ranks(each.channels))) for each in strange]
    assert found.first["near"] > 0
    assert np.mean([each >= found.meant for each in odds]) < 0.1


def test_choices_far_behind_the_first_are_not_offered() -> None:
    """Of a question back each choice has a share of the likelihood that is worth a button."""
    for text in NEVER_LEARNED:
        decision = index().decide(text)
        if not isinstance(decision, Answer | Unknown) and not decision.elsewhere:
            assert all(hit.score >= BEHIND * decision.hits[0].score for hit in decision.hits)
