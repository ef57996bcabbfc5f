"""Names of places say where, not what for."""

from __future__ import annotations

import pytest

from procedures.finding.fold import syllables
from procedures.finding.places import without_place
from procedures.search import Answer
from tests.books import index

KNOWN = frozenset(
    syllables("làm khai sinh cần giấy gì ở tại về xã huyện mới sim trúc hồ sơ cũ sổ đỏ kết hôn người Hàn Quốc")
)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("làm khai sinh ở huyện Khe Sim cũ cần giấy gì", "làm khai sinh cần giấy gì"),
        ("ở thị trấn Lũng Vàng, làm khai sinh", ", làm khai sinh"),
        ("khai sinh tại Khe Sim", "khai sinh"),
        ("khai sinh ở xã Trúc", "khai sinh"),
        ("lam khai sinh o huyen khe sim cu can gi", "lam khai sinh can gi"),
        ("tp Lam Châu làm khai sinh", "làm khai sinh"),
    ],
)
def test_a_place_goes_with_the_words_that_lead_to_it(text: str, rest: str) -> None:
    assert without_place(text, KNOWN.__contains__) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "làm khai sinh ở xã",
        "làm sổ đỏ ở xã mới cần giấy gì",
        "kết hôn với người ở Hàn Quốc",
        "ở xã Nậm Sen",
        "sổ đỏ của huyện cũ",
        "Khe Sim",
        "lam khai sinhh o xa can giayy gi",
    ],
)
def test_where_no_place_is_named_or_nothing_else_nothing_is_taken(text: str) -> None:
    assert without_place(text, KNOWN.__contains__) is None


@pytest.mark.parametrize("where", ["ở xã Nậm Sen", "tại Khe Sim", "ở huyện Mường Lống cũ", "ở phường Bến Trúc"])
def test_the_same_is_found_with_a_place(where: str) -> None:
    plain, placed = index().decide("làm giấy khai sinh"), index().decide(f"làm giấy khai sinh {where}")
    assert isinstance(plain, Answer) and isinstance(placed, Answer)
    assert placed.hit.procedure is plain.hit.procedure
