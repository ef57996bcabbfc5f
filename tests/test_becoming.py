"""Becoming an official by a code, and being none any more."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import FormerRole, InvitationCode
from handlers.respond import respond
from storage.engine import Database
from tests.engine import KEYS, chat, with_officials
from tests.fakes import NOON, Talk
from tests.test_reporting import CODE, LAST, an_official, fill

TYPED = "CB-7KQ2-M9XD"


def with_code(expires_at: datetime = NOON + timedelta(days=1), used: bool = False, role: str = "head") -> Talk:
    talk = Talk()
    talk.book.codes[TYPED] = InvitationCode("hash", "H99.07", role, expires_at, used)
    return talk


# --- becoming an official ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [TYPED, TYPED.lower(), f"  {TYPED} ", f"/canboma {TYPED}"])
async def test_a_code_makes_an_official_once(text: str) -> None:
    talk = with_code()
    said = await talk.says(text)
    assert "cán bộ xã Đồng Sậy" in said
    assert "phụ trách một cửa" in said
    assert "mở lại" in said
    assert talk.effects == (fx.BecameOfficial("hash"),)
    labels = [choice.label for choice in talk.conversation.offered]
    assert labels == ["Tuần này", "Tuần trước", "Việc hôm nay", "Hồ sơ trễ"]
    assert "đã có người dùng" in await talk.other("test/0/2").says(TYPED)
    assert "TUẦN 47" in await talk.says("1")


async def test_the_menu_of_an_official_holds_both() -> None:
    talk = with_code()
    talk.respond = respond
    await talk.says("menu")
    citizens = talk.conversation.offered
    await talk.says(TYPED)
    await talk.says("menu")
    offered = talk.conversation.offered
    assert offered[: len(citizens)] == citizens
    assert [(choice.key, choice.label) for choice in offered[len(citizens) :]] == [
        ("5", "Tuần này"),
        ("6", "Tuần trước"),
        ("7", "Việc hôm nay"),
        ("8", "Hồ sơ trễ"),
    ]
    assert "TUẦN 47" in await talk.says("5")
    await talk.says("menu")
    assert "xã Đồng Sậy không có hồ sơ nào quá hạn" in await talk.says("7")


@pytest.mark.parametrize(
    ("talk", "typed", "expected"),
    [
        (with_code(used=True), TYPED, "đã có người dùng"),
        (with_code(expires_at=NOON), TYPED, "hết hạn ngày 18/11/2026"),
        (with_code(), "CB-7KQ2-M9XE", "Không có mã mời nào như vậy"),
    ],
)
async def test_a_code_that_cannot_be_used_is_said_so(talk: Talk, typed: str, expected: str) -> None:
    assert expected in await talk.says(typed)
    assert talk.effects == ()


async def test_a_second_code_of_the_same_role_is_not_used_up() -> None:
    talk = an_official("head")
    talk.book.codes.update(with_code().book.codes)
    assert "không cần mã nữa" in await talk.says(TYPED)
    assert talk.effects == ()


async def test_groups_have_no_officials() -> None:
    talk = with_code()
    talk.private = False
    assert "nhắn riêng" in (await talk.says(TYPED)).lower()
    assert talk.effects == ()
    talk = an_official()
    talk.private = False
    for text in ("tuần này", "/tuan", "week this", f"mở lại {CODE}"):
        assert "nhắn riêng" in (await talk.says(text)).lower()
        assert talk.effects == ()


async def test_an_official_who_may_only_read_is_not_told_of_reopening() -> None:
    assert "mở lại" not in await with_code(role="readonly").says(TYPED)


# --- no official any more ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["tuần này", "/tuan", "báo cáo tuần trước", "/thang", "biểu đồ tuần trước"])
async def test_whose_role_was_taken_back_is_told_so_and_whom_to_ask(text: str) -> None:
    talk = an_official()
    fill(talk, LAST, 30, 12)
    talk.book.revoked.add("cb-1")
    said = await talk.says(text)
    assert "ở xã Đồng Sậy đã được thu lại ngày" in said
    assert "hỏi trưởng đơn vị hoặc người quản trị" in said
    assert not re.search(r"\d+ (?:hồ sơ|người)|Đã trả|Hài lòng", said)
    assert talk.effects == ()


async def test_a_choice_of_before_opens_nothing_either() -> None:
    talk = an_official()
    fill(talk, LAST, 30, 12)
    await talk.says("tuần trước")
    talk.book.revoked.add("cb-1")
    assert "đã được thu lại" in await talk.says(f"digest {LAST} H99.07")


async def test_a_group_is_not_told_who_was_an_official() -> None:
    talk = an_official()
    talk.book.revoked.add("cb-1")
    talk.private = False
    assert "thu lại" not in await talk.says("/tuan")


async def test_a_role_that_was_taken_back_is_found_in_the_database(database: Database) -> None:
    await with_officials(database, [("a", "head", "H99.07")], NOON)

    async def former(who: str) -> FormerRole | None:
        return await ChatRecords(database, KEYS, str(chat(who)), NOON, demo=False).former_role()

    assert await former("d") == FormerRole("H99.07", NOON)
    assert await former("a") is None
    assert await former("z") is None
