"""``motcua dossiers import``: confirmed once, bad rows named, the same file twice changes nothing; a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import HandClock
from bot.commands import cli
from bot.commands import dossiers as dossiers_command
from bot.config import Settings, read_settings
from bot.control import ControlServer, Wrong
from bot.operations import offered_by
from bot.program import Program, open_program
from channels.terminal import Terminal
from onestop.dossier import Status
from storage.engine import Database
from storage.tables import audit, dossiers
from tests.fakes import NOON
from tests.imported import DAY, LAST4, OTHER, PERSON, PHONE, row, told
from tests.register_files import CODE, HEADINGS, csv, xlsx

# --- the command -----------------------------------------------------------------------------------------------------


@dataclass
class Console:
    """Says given lines, keeps what is printed."""

    lines: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    asked: int = 0

    def out(self, text: str) -> None:
        self.printed.append(text)

    def err(self, text: str) -> None:
        self.remarks.append(text)

    async def line(self) -> str | None:
        self.asked += 1
        return self.lines.pop(0) if self.lines else None

    @property
    def all(self) -> str:
        return "\n".join((*self.printed, *self.remarks))


@dataclass
class Commune:
    """A data folder, a clock, and somebody who imports."""

    settings: Settings
    folder: Path
    now: datetime = NOON

    async def imports(
        self, raw: bytes, *options: str, name: str = "so.xlsx", says: Sequence[str] = (), interactive: bool = False
    ) -> tuple[int, Console]:
        """The exit code of one import, and what was printed."""
        file = self.folder / name
        file.write_bytes(raw)
        args = cli.build_parser().parse_args(["dossiers", "import", str(file), *options])
        console = Console(list(says))
        code = await dossiers_command.run(args, self.settings, console, interactive=interactive, now=lambda: self.now)
        return code, console

    async def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of what was told about dossiers."""
        database = Database(self.settings.url)
        try:
            return await told(database)
        finally:
            await database.close()

    async def stands(self) -> dict[str, Status]:
        """How each dossier stands."""
        rows = (await self.tables())["dossiers"]
        names = list(dossiers.columns.keys())
        return {each[0]: Status(each[names.index("status")]) for each in rows}


@pytest.fixture
def commune(tmp_path: Path) -> Commune:
    data = tmp_path / "var"
    settings = read_settings({"MOTCUA_DATA_DIR": str(data), "MOTCUA_UNIT": "H99.07", "MOTCUA_PORT": "0"}, None)
    return Commune(settings, tmp_path)


async def test_the_columns_are_shown_and_confirmed_once(commune: Commune) -> None:
    code, console = await commune.imports(xlsx(HEADINGS, row()), says=["c"], interactive=True)
    assert (code, console.asked) == (0, 1)
    assert "  Mã hồ sơ  →  mã hồ sơ" in console.remarks
    assert "  Người nộp  →  không lấy (của người dân, cán bộ)" in console.remarks
    assert "1 hồ sơ mới" in console.printed[0]
    code, console = await commune.imports(xlsx(HEADINGS, row(OTHER)), interactive=True)
    assert (code, console.asked) == (0, 0)
    code, console = await commune.imports(csv(HEADINGS, row(OTHER), separator=";"), name="so.csv")
    assert (code, console.asked) == (0, 0)
    assert set(await commune.stands()) == {CODE, OTHER}


@pytest.mark.parametrize("answer", ["k", "", None])
async def test_without_a_yes_nothing_is_written(commune: Commune, answer: str | None) -> None:
    with pytest.raises(Wrong, match="chưa nhập gì"):
        await commune.imports(xlsx(HEADINGS, row()), says=[] if answer is None else [answer], interactive=True)
    assert not commune.settings.data_dir.exists()


async def test_where_nobody_sits_it_says_what_to_do_and_writes_nothing(commune: Commune) -> None:
    with pytest.raises(Wrong, match="--yes"):
        await commune.imports(xlsx(HEADINGS, row()))
    assert not commune.settings.data_dir.exists()
    assert (await commune.imports(xlsx(HEADINGS, row()), "--yes"))[0] == 0
    assert (await commune.imports(xlsx(HEADINGS, row(OTHER))))[0] == 0


def test_wrong_use_is_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "var"))
    assert cli.main(["dossiers", "import", "khong-co.xlsx"]) == 2
    (tmp_path / "so.csv").write_bytes(csv(HEADINGS, row()))
    assert cli.main(["dossiers", "import", "so.csv", "--yes"]) == 2
    assert "MOTCUA_UNIT" in capsys.readouterr().err


async def test_other_headings_are_asked_about_anew(commune: Commune) -> None:
    await commune.imports(xlsx(HEADINGS, row()), "--yes")
    with pytest.raises(Wrong, match="chưa được xác nhận"):
        await commune.imports(xlsx((*HEADINGS, "Lĩnh vực"), (*row(), "Hộ tịch")))


async def test_a_map_is_used_and_kept(commune: Commune) -> None:
    raw = csv(("Số HS", "Hạn", "Nhận", "TT"), (CODE, "20/11/2026", "16/11/2026", "Chờ ký số"))
    written = commune.folder / "map.yaml"
    written.write_text('columns: {"Số HS": code, "Hạn": due, "Nhận": received_at, "TT": status}\n'
                       'statuses: {"Chờ ký số": 4}', "utf-8")  # fmt: skip
    code, _ = await commune.imports(raw, "--map", str(written), name="so.csv")
    assert code == 0
    assert await commune.stands() == {CODE: Status.IN_PROGRESS}
    code, console = await commune.imports(
        raw + b"\r\n" + OTHER.encode() + b",,,Ch\xe1\xbb\x9d k\xc3\xbd s\xe1\xbb\x91", name="so.csv"
    )
    assert (code, "chưa biết" in console.all) == (0, False)
    assert (await commune.stands())[OTHER] is Status.IN_PROGRESS
    written.write_text('columns: {"Số HS": ma}', "utf-8")
    with pytest.raises(Wrong, match=r"map\.yaml.*không có loại 'ma'"):
        await commune.imports(raw, "--map", str(written), name="so.csv")


async def test_a_dry_run_writes_nothing_at_all(commune: Commune) -> None:
    code, console = await commune.imports(xlsx(HEADINGS, row(), row("x1234567")), "--dry-run")
    assert code == 1
    assert "1 hồ sơ đọc được, 1 dòng hỏng" in console.printed[0]
    assert not commune.settings.data_dir.exists()


async def test_bad_rows_are_reported_good_ones_stored(commune: Commune) -> None:
    rows = [row(), row("x1234567"), row(OTHER, "Chờ A"), row("H99.07-261116-0009", "Chờ A")]
    code, console = await commune.imports(xlsx(("SỔ",), HEADINGS, *rows), "--yes")
    assert code == 1
    assert f"{commune.folder / 'so.xlsx'}:4: mã hồ sơ không đúng dạng: cần như H99.07-261116-0012" in console.remarks
    assert sum("“Chờ A”, 2 hồ sơ" in remark for remark in console.remarks) == 1
    assert "3 hồ sơ mới" in console.printed[0]
    assert any("dòng hỏng chưa nhập" in each for each in console.remarks)


async def test_a_word_explained_later_is_understood_on_the_same_file(commune: Commune) -> None:
    raw = xlsx(HEADINGS, row(status="Chờ A"))
    await commune.imports(raw, "--yes")
    assert await commune.stands() == {CODE: Status.UNKNOWN}
    saved = commune.settings.data_dir / dossiers_command.MAP
    saved.write_text(saved.read_text("utf-8") + "statuses: {chờ a: Được tiếp nhận}\n", "utf-8")
    _, console = await commune.imports(raw)
    assert await commune.stands() == {CODE: Status.ACCEPTED}
    assert "1 đổi" in console.printed[0]


async def test_the_same_file_twice_changes_nothing(commune: Commune) -> None:
    rows = [row(), row(OTHER, "Đã trả kết quả", "17/11/2026"), row("H99.07-261116-0009", "Chờ A"),
            (1, "H99.07-261116-0010", PERSON, None, None, None, None, "Chờ bổ sung")]  # fmt: skip
    raw = xlsx(HEADINGS, *rows)
    await commune.imports(raw, "--yes")
    before = await commune.tables()
    commune.now += DAY
    _, console = await commune.imports(raw)
    assert await commune.tables() == before
    assert "0 hồ sơ mới, 0 đổi, 4 như cũ" in console.printed[0]
    assert "tệp này đã nhập lúc đó" in console.printed[0]


async def test_no_number_and_no_name_stands_anywhere(commune: Commune) -> None:
    swapped = (1, CODE, PERSON, PHONE, "16/11/2026", "20/11/2026", None, PHONE)  # a number in the wrong column
    bad = (1, PHONE, PERSON, PHONE, PHONE, PHONE, PHONE, "Đang xử lý")
    _, console = await commune.imports(xlsx(HEADINGS, row(), bad, swapped), "--yes")
    assert (commune.settings.data_dir / "motcua.db").is_file()
    kept = b"".join(path.read_bytes() for path in commune.settings.data_dir.iterdir() if path.is_file())
    for secret in (PHONE, PHONE[1:], PERSON):
        assert secret not in console.all
        assert secret.encode() not in kept
    assert f'"{LAST4}"'.encode() not in kept


async def test_what_was_done_is_written_down(commune: Commune) -> None:
    await commune.imports(xlsx(HEADINGS, row()), "--yes")
    database = Database(commune.settings.url)
    (noted,) = await database.read(lambda c: c.execute(select(audit)).all())
    await database.close()
    assert (noted.who, noted.what, noted.unit) == ("operator", "imported a register", "H99.07")


async def test_when_the_file_was_exported_can_be_said(commune: Commune) -> None:
    _, console = await commune.imports(xlsx(HEADINGS, row()), "--yes", "--as-of", "2026-11-16T07:40")
    assert "Số liệu lúc 07:40 16/11/2026" in console.printed[0]
    for wrong in ("hôm qua", "2999-01-01"):
        with pytest.raises(Wrong, match="--as-of"):
            await commune.imports(xlsx(HEADINGS, row()), "--as-of", wrong)


# --- while the server runs -------------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(commune: Commune, printed: list[str]) -> AsyncIterator[Callable[[str], Any]]:
    """``motcua serve`` with a terminal; what is given says something there and gives the answers."""
    terminals: list[Terminal] = []

    def channels(app: Any) -> Iterator[Terminal]:
        terminals.append(Terminal(app.accept, app.clock.now, printed.append, as_json=False))
        yield terminals[0]

    clock = HandClock(commune.now)
    program: Program = await open_program(commune.settings, clock, channels, listen=False, random=Random(1))
    control = ControlServer(commune.settings.data_dir, offered_by(program.app))
    await control.start()
    numbers = iter(range(1, 1000))

    async def say(text: str) -> str:
        printed.clear()
        await terminals[0].say(next(numbers), text)
        await program.app.quiet()
        return "\n".join(printed)

    try:
        yield say
    finally:
        await control.stop()
        await program.stop()


async def test_a_citizen_is_answered_from_the_register(commune: Commune) -> None:
    printed: list[str] = []
    async with serving(commune, printed) as say:
        assert "chưa kết nối với một cửa" in await say(CODE)
        code, _ = await commune.imports(
            xlsx(HEADINGS, row(), row(OTHER, phone="")), "--yes", "--as-of", "2026-11-17T07:40"
        )
        assert code == 0
        unknown = "H99.07-261116-0999"
        asked = {each: (await say(each)).replace(each, "*") for each in (CODE, OTHER, unknown)}
        assert len(set(asked.values())) == 1
        assert "4 số cuối" in asked[CODE]
        refused = {each: (await say(f"{each} 1111")).replace(each, "*") for each in (CODE, OTHER, unknown)}
        assert len(set(refused.values())) == 1
        assert "Không thấy hồ sơ nào khớp" in refused[CODE]
        said = await say(f"{CODE} {LAST4}")
        assert "đang làm" in said
        assert "Hẹn trả: thứ Sáu 20/11" in said
        assert "Số liệu lúc 7 giờ 40, thứ Ba 17/11" in said
    async with serving(commune, printed) as say:
        assert "đang làm" in await say(f"{CODE} {LAST4}")


async def test_a_follower_is_told_what_the_next_register_says(commune: Commune) -> None:
    printed: list[str] = []
    async with serving(commune, printed) as say:
        await commune.imports(xlsx(HEADINGS, row()), "--yes")
        await say(f"{CODE} {LAST4}")
        await say(f"follow {CODE}")
        await say("có")
        assert "Nhắn khi có tin" not in await say(CODE)
        printed.clear()
        _, console = await commune.imports(xlsx(HEADINGS, row(status="Đã xử lý xong")))
        assert "1 đổi" in console.printed[0]
        assert "đã xong, chờ lấy" in await say(CODE)
