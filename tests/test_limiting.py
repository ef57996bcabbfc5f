"""How often four digits may be tried: tables of what was tried when, and when it may be tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dossiers.limiting import LIMITS, MISSES_OF_CODE, REMEMBERED, Misses
from handlers.respond import respond
from tests.fakes import NOON, Talk, a_dossier
from tests.held import CODE, following

HOUR, DAY = LIMITS


def ago(*minutes: float) -> list[datetime]:
    return sorted(NOON - timedelta(minutes=each) for each in minutes)


@pytest.mark.parametrize(
    ("of_chat", "of_address", "minutes"),
    [
        ([], [], None),
        ([1] * 4, [1] * 39, None),
        ([59, 1, 1, 1, 1], [], 1),
        ([60, 1, 1, 1, 1], [], None),
        ([1] * 5, [], 59),
        ([], [30] * 40, 30),
        ([10] * 5, [30] * 40, 50),
        ([100 + n for n in range(20)], [], 24 * 60 - 119),
        ([100 + n for n in range(19)], [], None),
        ([], [120] * 200, 22 * 60),
        ([50] * 5 + [30] * 5, [], 30),
    ],
)
def test_when_it_may_be_tried_again(of_chat: list[int], of_address: list[int], minutes: int | None) -> None:
    wrong = Misses(0, ago(*of_chat), ago(*of_address))
    assert wrong.waits_until(NOON) == (None if minutes is None else NOON + timedelta(minutes=minutes))


@given(st.lists(st.integers(1, 3 * 24 * 60), max_size=60), st.integers(0, 2))
def test_who_waits_until_then_may_try(minutes: list[int], seed: int) -> None:
    wrong = Misses(0, ago(*minutes), ())
    until = wrong.waits_until(NOON)
    if until is not None:
        assert NOON < until <= NOON + REMEMBERED
        assert wrong.waits_until(until) is None
        assert wrong.waits_until(until - timedelta(microseconds=1)) is not None


def test_a_code_is_closed_by_ten() -> None:
    assert not Misses(MISSES_OF_CODE - 1).closes_code
    assert Misses(MISSES_OF_CODE).closes_code


async def test_one_address_waits_whoever_tries_there_and_is_answered_as_one_chat_is() -> None:
    owner = await following()
    for n in range(HOUR.of_address):
        assert "Không thấy" in await owner.other(f"web/1/{n}", "here").says(f"H99.07-261116-1{n:03} 1111")
    stranger = owner.other("web/1/new", "here")
    said = await stranger.says(f"{CODE} 4821")
    assert stranger.effects == ()
    assert "tới 10 giờ." in said and "mã QR" in said
    eager = owner.other("web/1/eager", "elsewhere")
    for n in range(HOUR.of_chat):
        await eager.says(f"H99.07-261116-2{n:03} 1111")
    assert await eager.says(f"{CODE} 4821") == said, "one answer, whichever limit it is"
    owner.origin = "here"
    assert "đang làm" in await owner.says(CODE), "who follows is shut out by nothing"
    assert "đang làm" in await owner.other("web/1/far", "far").says(f"{CODE} 4821")
    stranger.wait(minutes=60)
    assert "đang làm" in await stranger.says(f"{CODE} 4821")


async def test_what_is_kept_of_wrong_tries_is_said_and_stays_for_its_day() -> None:
    talk = Talk(respond)
    for n in range(2):
        await talk.says(f"H99.07-261116-01{n}0 1111")
    assert "2 lần gõ sai 4 số" in await talk.says("xem dữ liệu")
    await talk.says("xóa dữ liệu")
    assert "Riêng 2 lần gõ sai 4 số còn giữ" in await talk.says("xóa hết")
    talk.wait(hours=25)
    assert "gõ sai" not in await talk.says("xem dữ liệu")
    await talk.says("xóa dữ liệu")
    assert "Đã xóa" in (said := await talk.says("xóa hết")) and "gõ sai" not in said


async def test_a_chat_has_its_tries_of_a_day_and_no_more() -> None:
    talk, wrong = Talk(), 0
    talk.onestop.put(a_dossier(CODE))
    for n in range(48):
        for k in range(HOUR.of_chat + 1):
            wrong += "Không thấy" in await talk.says(f"H99.07-261116-{n}{k:02} 1111")
        talk.wait(minutes=30)
    assert wrong == DAY.of_chat
    assert "thứ Năm 19/11" not in await talk.says(f"{CODE} 4821"), "the day is over: the first tries are forgotten"
