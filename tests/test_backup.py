"""The restore drill: a copy made while people write is put in place of a lost database, and the desk goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.config import Settings, read_settings
from bot.control import Wrong
from bot.keys import Keys, load_secret
from bot.operations import Operations
from bot.program import load_shelf, open_database
from tests.test_journey import CODE, PROOF, Script, talk


def settings(folder: Path) -> Settings:
    return read_settings({"MOTCUA_DEMO": "1", "MOTCUA_DATA_DIR": str(folder)}, None)


async def backup(of: Path, file: Path) -> None:
    given = settings(of)
    database, lock = await open_database(given)
    keys = Keys(load_secret(None, of))
    await Operations(database, keys, load_shelf(given).offices, demo=True).backup({"file": str(file)})
    operations = Operations(database, keys, load_shelf(given).offices, demo=True)
    with pytest.raises(Wrong, match="is there already"):
        await operations.backup({"file": str(file)})
    with pytest.raises(Wrong, match="no-such-folder"):
        await operations.backup({"file": str(file.parent / "no-such-folder" / "copy.db")})
    await database.close()
    await lock.release()


async def test_a_lost_desk_goes_on_from_its_copy(tmp_path: Path) -> None:
    desk, copy, restored = tmp_path / "desk", tmp_path / "copy.db", tmp_path / "restored"
    await talk(settings(desk), f"{CODE} {PROOF}", f"follow {CODE}", "có")
    await backup(desk, copy)
    # what people wrote is nobody else's on the machine
    assert os.name != "posix" or [stat.S_IMODE(each.stat().st_mode) for each in (desk, copy)] == [0o700, 0o600]
    with sqlite3.connect(copy) as made:
        assert made.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    made.close()
    restored.mkdir()
    shutil.copy(copy, restored / "motcua.db")
    shutil.copy(desk / "secret.key", restored)
    shutil.rmtree(desk)
    script: Script = await talk(settings(restored), f"{CODE}", f":move {CODE} 10", "5", at="2026-11-18T10:00+07:00")
    assert "đang làm" in script.to(1), "the proof is remembered: nothing is asked again"
    assert any("thấy thế nào?" in text for text in script.unasked), "the follower is told and invited"
    assert script.to(3).startswith("Đã ghi: 5")


async def test_without_its_key_no_rater_is_recognised(tmp_path: Path) -> None:
    desk, restored = tmp_path / "desk", tmp_path / "restored"
    await talk(settings(desk), f"{CODE} {PROOF}", f"follow {CODE}", "có", f":move {CODE} 10", "5")
    restored.mkdir()
    shutil.copy(desk / "motcua.db", restored / "motcua.db")
    script = await talk(settings(restored), "đổi điểm", at="2026-11-18T10:00+07:00")
    assert "Đã ghi" not in script.to(1)
