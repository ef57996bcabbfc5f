"""What officials are told of the cost of messages, in words and numbers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from handlers.desk import Conversation, Costs, Official, Spent, Step
from handlers.respond import respond
from ratings.week import Week
from tests.fakes import NOON, RULES, Talk

THIS = Week.of(NOON)
BOUGHT = Costs(Spent(3, 1, 365), Spent(10, 2, 950), free=1240, held=4)


def an_official(cap: int | None = 200_000, unit: str = "H99.07") -> Talk:
    talk = Talk(respond=respond, rules=replace(RULES, monthly_cap=cap), conversation=Conversation(version=1))
    talk.book.officials.append((talk.chat, Official("cb-1", unit, "head")))
    talk.book.costs = {THIS: BOUGHT}
    return talk


@pytest.mark.parametrize(
    "text",
    [
        "chi phí tuần này",
        "/chiphi",
        "chi phi zalo tuan nay",
        "xem tiền nhắn tin tuần này",
        "Tiền Zalo tháng này hết bao nhiêu",
    ],
)
async def test_a_week_is_told_with_what_is_left_of_the_month(text: str) -> None:
    talk = an_official()
    said = await talk.says(text)
    assert said.split("\n") == [
        "Tin Zalo tuần 47: 1.240 tin không mất tiền, 4 tin trả tiền hết 365 đồng (có 1 tin theo mẫu).",
        "Tháng này: 12 tin trả tiền hết 950 đồng (có 2 tin theo mẫu). Mức trần 200.000 đồng, còn 199.050 đồng.",
        "Đang giữ 4 tin, vì người dân đã lâu không nhắn. Họ nhắn lại là máy gửi, không mất tiền.",
    ]
    assert [(each.what, each.detail) for each in talk.book.audited] == [("costs", str(THIS))]


async def test_the_week_before_is_a_tap_and_a_word_away() -> None:
    talk = an_official()
    await talk.says("chi phí tuần này")
    assert "tuần 46: 0 tin không mất tiền, 0 tin trả tiền hết 0 đồng." in await talk.says(talk.choice("costs").says)
    assert "tuần 46" in await talk.says("chi phí tuần trước")
    assert "tuần 47" in await talk.says(talk.choice("costs").says)


async def test_without_a_cap_nothing_is_bought_and_without_an_account_nothing_costs() -> None:
    assert "Chưa đặt mức trần" in await an_official(cap=0).says("chi phí tuần này")
    assert "không mất tiền, nên không có gì" in await an_official(cap=None).says("chi phí tuần này")
    assert "Chi phí tuần này" not in str(await an_official(cap=None).turn("menu"))
    assert "Chi phí tuần này" in str(await an_official().turn("menu"))


async def test_another_unit_sees_nothing_and_a_citizen_asks_a_question() -> None:
    other = an_official(unit="H99.08")
    assert "chỉ cán bộ ở đó" in await other.says("chi phí tuần này")
    assert other.book.audited == []
    citizen = Talk(respond=respond, rules=replace(RULES, monthly_cap=1))
    assert "đồng, còn" not in await citizen.says("chi phí tuần này")
    assert "chỉ dành cho cán bộ" in await citizen.says("/chiphi")


@pytest.mark.parametrize("text", ["chi phí khai sinh", "làm khai sinh hết bao nhiêu tiền", "tiền mai táng phí"])
async def test_an_official_who_asks_for_a_fee_gets_the_fee(text: str) -> None:
    step = await an_official().turn(text)
    assert isinstance(step, Step)
    assert "Zalo" not in step.say[0].text
