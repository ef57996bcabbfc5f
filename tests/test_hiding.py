"""Officials take a fact back and let it be said again."""

from __future__ import annotations

import pytest

from handlers import effects as fx
from handlers.desk import Official
from handlers.respond import respond
from tests.fakes import Talk

UNIT, BIRTH, DEATH = "H99.07", "1.001193", "1.000656"
PAPER = "theo 12/NQ-HĐND ngày 5/12/2025 của HĐND tỉnh Lam Châu"
NEW_FEE = f"sửa lệ phí khai sinh: 8000 đồng, {PAPER}"
LOOKED_AT = "quầy đang kiểm tra lại"


def a_desk_of(*roles: str, unit: str = UNIT) -> tuple[Talk, ...]:
    """Officials with these roles, then a citizen, at one desk."""
    first = Talk(respond=respond)
    talks = [first, *(first.other(f"test/0/{n}") for n in range(2, len(roles) + 2))]
    for n, (talk, role) in enumerate(zip(talks, roles, strict=False), 1):
        talk.book.officials.append((talk.chat, Official(f"cb-{n}", unit, role)))
    return tuple(talks)


# --- hiding ----------------------------------------------------------------------------------------------------------

TYPED = {
    "tạm ẩn lệ phí khai sinh": "fee",
    "tam an le phi khai sinh": "fee",
    "Tạm ẩn tiền của khai sinh": "fee",
    "cho tạm ẩn thời gian làm khai sinh": "time",
    "tạm ẩn giấy tờ khai sinh": "papers",
    "tạm ẩn nơi nộp khai sinh": "where",
    "tạm ẩn nộp qua mạng khai sinh": "online",
    "tạm ẩn lệ phí 1.001193": "fee",
    "tạm ẩn hết khai sinh": "all",
    "tạm ẩn cả câu trả lời của khai sinh": "all",
    "tạm ẩn khai sinh hết bao nhiêu tiền": "fee",
    "/taman lệ phí khai sinh": "fee",
    "/taman@mot_cua_bot le phi khai sinh": "fee",
}


@pytest.mark.parametrize(("text", "facet"), TYPED.items())
async def test_a_fact_is_hidden_in_two_messages(text: str, facet: str) -> None:
    official, citizen = a_desk_of("staff")
    said = await official.says(text)
    assert "Đăng ký khai sinh" in said
    assert "xã Đồng Sậy" in said
    assert official.effects == ()
    assert official.conversation.offered[0].says == f"hide_sure {BIRTH} {facet} {UNIT}"
    assert "có tác dụng ngay" in await official.says("1")
    assert official.effects == (
        fx.FactHidden(UNIT, BIRTH, facet, "cb-1"),
        fx.Audited("cb-1", "hide", UNIT, f"{BIRTH} {facet}"),
    )
    asked = "làm khai sinh cho con cần giấy gì" if facet == "all" else f"{facet} {BIRTH}"
    said = await citizen.says(asked)
    assert LOOKED_AT in said
    assert "0200 000 007" in said


async def test_without_a_fact_it_is_asked_for() -> None:
    official, _ = a_desk_of("head")
    said = await official.says("tam an 1.001193")
    assert "2. Lệ phí" in said
    assert "7. Cả câu trả lời" in said
    assert "Tạm ẩn lệ phí" in await official.says("2")
    assert "Đã ẩn lệ phí" in await official.says("ẩn ngay")
    assert "Đang ẩn ở xã Đồng Sậy" in await official.says("đang ẩn")
    assert "đang ẩn sẵn rồi" in await official.says(f"hide_sure {BIRTH} fee {UNIT}")
    assert official.effects == ()


@pytest.mark.parametrize(("said", "heard"), [("có", "Đã ẩn lệ phí"), ("không", "không có mục nào đang ẩn")])
async def test_a_plain_yes_or_no_answers_whether_to_hide(said: str, heard: str) -> None:
    official, _ = a_desk_of("head")
    await official.says("tạm ẩn lệ phí khai sinh")
    assert heard in await official.says(said)


async def test_the_procedure_spoken_of_is_meant_where_none_is_named() -> None:
    official, _ = a_desk_of("staff")
    assert "gõ kèm tên việc" in await official.says("tạm ẩn lệ phí")
    await official.says("khai tử cần giấy gì")
    assert "Đăng ký khai tử" in await official.says("tạm ẩn lệ phí")


async def test_a_name_that_fits_several_is_asked_back() -> None:
    official, _ = a_desk_of("staff")
    said = await official.says("tạm ẩn lệ phí đăng ký lại")
    assert "Anh/chị nói việc nào?" in said
    await official.says("1")
    assert official.conversation.offered[0].says.startswith("hide_sure ")
    assert " fee " in official.conversation.offered[0].says


@pytest.mark.parametrize("text", ["tạm ẩn lệ phí qwerty", "tạm ẩn 9.999999", "tạm ẩn"])
async def test_what_is_not_known_cannot_be_hidden(text: str) -> None:
    official, _ = a_desk_of("staff")
    assert "gõ kèm tên việc" in await official.says(text)
    assert official.effects == ()


async def test_any_official_of_the_unit_lets_it_be_said_again() -> None:
    first, second, citizen = a_desk_of("staff", "head")
    before = await citizen.says("fee 1.001193")
    for code in ("fee", "time"):
        await first.says(f"hide_sure {BIRTH} {code} {UNIT}")
    said = await second.says("bỏ ẩn")
    assert "1. Lệ phí, việc “Đăng ký khai sinh”" in said
    assert "Đã bỏ ẩn lệ phí" in await second.says("1")
    assert second.effects == (
        fx.FactUnhidden(UNIT, BIRTH, "fee", "cb-2"),
        fx.Audited("cb-2", "unhide", UNIT, f"{BIRTH} fee"),
    )
    assert (await citizen.says("fee 1.001193")).splitlines()[:2] == before.splitlines()[1:3]
    assert "Đã bỏ ẩn thời gian" in await first.says("bỏ ẩn thời gian khai sinh")
    assert "không có mục nào đang ẩn" in await first.says("bo an")


async def test_an_official_of_two_units_says_which() -> None:
    official, _ = a_desk_of("staff")
    official.book.officials.append((official.chat, Official("cb-9", "H99.08", "head")))
    await official.says("tạm ẩn lệ phí khai sinh")
    assert [choice.says for choice in official.conversation.offered] == [
        f"hide_sure {BIRTH} fee {UNIT}",
        f"hide {BIRTH} fee H99.08",
        "hidden",
    ]
    assert "xã Đồi Sim" in await official.says("2")
    await official.says("1")
    assert official.effects[0] == fx.FactHidden("H99.08", BIRTH, "fee", "cb-9")


async def test_citizens_who_type_the_same_words_have_a_question() -> None:
    (citizen,) = a_desk_of()
    assert "Đăng ký khai sinh" in await citizen.says("tạm ẩn lệ phí khai sinh")
    assert "chỉ dành cho cán bộ" in await citizen.says("/taman lệ phí khai sinh")
    for text in ("chờ duyệt", "đang ẩn", "duyệt 1", "nhật ký", "sửa thời gian hẹn"):
        said = await citizen.says(text)
        assert said
        assert "cán bộ khác" not in said
        assert [each for each in citizen.effects if not isinstance(each, fx.LeftOpen)] == []
