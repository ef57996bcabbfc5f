"""What of a citizen's own words is kept: no names, plates, phones; accusations are never for the unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.effects import Rated
from handlers.reading.remarks import may_accuse, without_names
from tests.fakes import Talk
from tests.rated import CODE, SKIPPED, a_talk


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Anh Tuấn nhiệt tình", "Anh [tên] nhiệt tình"),
        ("cán bộ Nguyễn Thị Lan thái độ kém", "cán bộ [tên] thái độ kém"),
        ("chị cán bộ Lan làm chậm", "chị cán bộ [tên] làm chậm"),
        ("đồng chí chủ tịch Trần Đức", "đồng chí chủ tịch [tên]"),
        ("em Hoa ở quầy 2 dễ thương", "em [tên] ở quầy 2 dễ thương"),
        ("Lê Văn Tám tiếp nhận", "[tên] tiếp nhận"),
        ("chị ấy rất tốt", "chị ấy rất tốt"),
        ("xe 30A-123.45 chắn cổng", "xe [biển số] chắn cổng"),
        ("gọi …4821 không ai nghe", "gọi [số điện thoại] không ai nghe"),
        ("Lý do chậm là gì", "Lý do chậm là gì"),
        ("Cao tuổi nên được ưu tiên", "Cao tuổi nên được ưu tiên"),
        ("UBND xã Hòa Trúc làm nhanh", "UBND xã Hòa Trúc làm nhanh"),
        ("Hồ sơ làm nhanh", "Hồ sơ làm nhanh"),
    ],
)
def test_names_plates_and_phones_go(said: str, kept: str) -> None:
    assert without_names(said) == kept


SPOKEN = st.lists(st.sampled_from(["CÔ", "chị", "cán bộ", "tên", "Lê", "Lan", "A", ":", "làm"]), max_size=9)


@given(st.text(max_size=80) | SPOKEN.map(" ".join))
def test_a_second_time_changes_nothing(said: str) -> None:
    once = without_names(said)
    assert without_names(once) == once


@pytest.mark.parametrize(
    ("said", "accuses"),
    [
        ("phải đưa phong bì mới làm", True),
        ("cán bộ đòi tiền ngoài", True),
        ("can bo VOI TIEN", True),
        ("nộp tiền phí hơi lâu", False),
        ("chờ lâu quá", False),
    ],
)
def test_words_that_may_accuse(said: str, accuses: bool) -> None:
    assert may_accuse(said) is accuses


async def commented(text: str) -> tuple[Talk, str]:
    talk = a_talk()
    await talk.says(f"rate 2 {CODE} 1")
    for typed in SKIPPED:
        await talk.says(typed)
    return talk, await talk.says(text)


async def test_an_accusation_is_held_back_and_the_three_ways_are_told() -> None:
    talk, said = await commented("Anh Tuấn đòi tiền mới làm")
    (rated,) = [effect for effect in talk.effects if isinstance(effect, Rated)]
    assert (rated.comment, rated.held) == ("Anh [tên] đòi tiền mới làm", True)
    assert "Máy không nhận tố cáo" in said and "phản ánh kiến nghị" in said


async def test_an_ordinary_word_is_kept_without_the_name() -> None:
    talk, said = await commented("Chị Lan hướng dẫn chưa rõ lắm")
    (rated,) = [effect for effect in talk.effects if isinstance(effect, Rated)]
    assert (rated.comment, rated.held) == ("Chị [tên] hướng dẫn chưa rõ lắm", False)
    assert "tố cáo" not in said
