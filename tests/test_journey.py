"""The whole journey through the terminal: ask, track, follow, complete, wait, rate, digest, erase."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.commands import chat as chat_command
from bot.commands import cli
from bot.config import Settings, read_settings
from storage.engine import Database
from storage.tables import metadata

NOON = "2026-11-18T09:00+07:00"
CODE, PROOF = "H99.07-261119-0015", "2650"


class Script:
    """A console that says given lines and keeps what is printed."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = list(lines)
        self.printed: list[dict[str, Any]] = []
        self.remarks: list[str] = []

    def out(self, text: str) -> None:
        self.printed.append(json.loads(text))

    def err(self, text: str) -> None:
        self.remarks.append(text)

    async def line(self) -> str | None:
        return self._lines.pop(0) if self._lines else None

    def to(self, number: int) -> str:
        """Everything printed for one input line."""
        return "\n".join(line["text"] for line in self.printed if line["to"] == number)

    @property
    def unasked(self) -> list[str]:
        """Everything printed without being asked."""
        return [line["text"] for line in self.printed if line["to"] == 0]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """The demonstration on the leg's database, with invitations as in life."""
    given = {"MOTCUA_DEMO": "1", "MOTCUA_DATA_DIR": str(tmp_path), "MOTCUA_DATABASE_URL": database_url}
    hours = {"MOTCUA_INVITE_DELAY": "2h-24h", "MOTCUA_CONTACT_HOURS": "07:30-11:30,13:30-20:00"}
    return read_settings({**given, **hours}, None)


async def talk(settings: Settings, *lines: str, at: str = NOON) -> Script:
    """One terminal session."""
    script = Script(list(lines))
    args = cli.build_parser().parse_args(["chat", "--json", "--at", at])
    assert await chat_command.run(args, settings, script) == 0
    return script


async def test_ask_track_follow_complete_wait_rate_digest_erase(settings: Settings, database_url: str) -> None:
    script = await talk(
        settings,
        "lam khai sinh cho con can giay to gi",
        f"ho so {CODE.lower()} cua toi toi dau roi",
        "1111",
        PROOF,
        f"follow {CODE}",
        "có",
        f":move {CODE} 10",
        ":wait 30h",
        "5",
        "1",
        "xong",
        "0",
        "đổi điểm",
        "4",
        "0",
        ":official H99.07",
        "tuần này",
    )
    said = script.to
    assert "1. Tờ khai đăng ký khai sinh" in said(1)
    assert "1.001193" in said(1)
    assert CODE in said(2)
    assert "Không thấy hồ sơ nào khớp" in said(3)
    assert "đang làm" in said(4)
    assert "nhắn cho anh/chị nhé?" in said(5)
    assert f"Đã bật theo dõi hồ sơ {CODE}" in said(6)
    told, invited = script.unasked
    assert "đã trả kết quả" in told
    assert "thấy thế nào?" in invited
    assert said(9).startswith("Đã ghi: 5 – Rất hài lòng.")
    assert "Đã ghi: 4 – Hài lòng" in said(14)
    code = said(16)
    again = await talk(settings, code, "tuần này", ":as nguoi-la", "/tuan 2026-W47", at="2026-11-19T15:05+07:00")
    assert "xã Đồng Sậy" in again.to(1)
    assert "TUẦN 47 (16–22/11/2026)" in again.to(2)
    assert "DỮ LIỆU MẪU" in again.to(2)
    assert "TUẦN 47" not in again.to(4)


@pytest.mark.parametrize("leg", ["sqlite"], indirect=True)
async def test_a_spelling_of_a_rating_is_that_number(settings: Settings) -> None:
    spellings = ("năm sao", "⭐⭐⭐⭐", "3đ", "2/5", "1 – Rất không hài lòng")
    changed = [line for spelling in spellings for line in (spelling, "đổi điểm")]
    script = await talk(settings, f"{CODE} {PROOF}", f"follow {CODE}", "có", f":move {CODE} 10", ":wait 30h", *changed)
    for place, stars in zip(range(6, 16, 2), (5, 4, 3, 2, 1), strict=True):
        assert script.to(place).startswith(f"Đã ghi: {stars} –")


async def test_erasure_leaves_nothing_of_the_chat_in_the_database_or_its_files(
    settings: Settings, database_url: str, tmp_path: Path, leg: str
) -> None:
    steps = (":as ba-sau-o-dong-say", f"{CODE} {PROOF}", f"follow {CODE}", "có", f":move {CODE} 10", ":wait 30h", "5")
    script = await talk(settings, *steps, "nhanh, cô Tám đầu hẻm khen", "xóa dữ liệu")
    assert "Đã xóa dữ liệu" in script.to(9)
    database = Database(database_url)
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            rows = await connection.execute(select(table))
            assert not any("ba-sau-o-dong-say" in str(row) for row in rows), table.name
    await database.close()
    if leg == "sqlite":
        for file in tmp_path.glob("test.db*"):
            content = file.read_bytes()
            assert b"ba-sau-o-dong-say" not in content, file.name
            assert "cô Tám đầu hẻm".encode() not in content, file.name


async def test_a_demo_database_is_never_served_as_a_real_one(settings: Settings) -> None:
    await talk(settings, "chào")
    with pytest.raises(Exception, match="sample data"):
        await talk(dataclasses.replace(settings, demo=False), "chào")
