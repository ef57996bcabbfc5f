"""``motcua dossiers import``, from the file to the citizen's answer; looking up what was imported."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.clock import HandClock
from bot.commands import cli
from bot.commands import dossiers as dossiers_command
from bot.config import Settings, read_settings
from bot.control import ControlServer, Wrong
from bot.desk import Backend as ClientBackend
from bot.desk import BackendThenTables, Tables
from bot.keys import Keys
from bot.operations import offered_by
from bot.program import Program, load_shelf, open_program
from bot.pushes import Pushes
from channels.terminal import Terminal
from handlers import effects as fx
from handlers.desk import BackendDown, NotConnected, Seen
from onestop.client import Answer, Push
from onestop.client import BackendDown as ClientDown
from onestop.code import DossierCode
from onestop.dossier import Dossier, Progress, Status
from onestop.listed import Entered, dump_line, load_line
from onestop.register import Line
from onestop.store import find
from storage.engine import Database
from storage.tables import audit, bindings, completions, dossiers, inbox, movements
from tests.fakes import NOON, Talk, a_dossier
from tests.held import SUPPLEMENT
from tests.test_register import CODE, HEADINGS, csv, xlsx

OTHER = "H99.07-261116-0008"
PHONE, LAST4, PERSON = "0912344821", "4821", "Nguyễn Văn Thử"
DAY = timedelta(days=1)


def row(code: str = CODE, status: str = "Đang xử lý", returned: str | None = None, phone: str = PHONE) -> Sequence[Any]:
    return (1, code, PERSON, phone, "16/11/2026", "20/11/2026", returned, status)


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
    assert f"{commune.folder / 'so.xlsx'}:4: mã hồ sơ không đúng dạng" in console.remarks
    assert sum("“Chờ A”, 2 hồ sơ" in remark for remark in console.remarks) == 1
    assert "3 hồ sơ mới" in console.printed[0]


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


# --- one register after the other ------------------------------------------------------------------------------------


@pytest.fixture
async def pushes(database: Database, tmp_path: Path) -> Pushes:
    shelf = load_shelf(Settings(data_dir=tmp_path, unit="H99.07"))
    return Pushes(shelf.offices, shelf.catalog, shelf.rules, b"k" * 32, Random(1), lambda: NOON)


def listed(status: Status, done_at: datetime | None = None, **more: Any) -> Line:
    return Line(2, a_dossier(CODE, status, received_at=NOON - 2 * DAY, done_at=done_at, phone_last4=LAST4, **more))


def at(days: float) -> datetime:
    return NOON + days * DAY


async def enter(database: Database, pushes: Pushes, line: Line, days: float) -> Entered:
    """One row of a register that was true so many days after the first."""
    return await database.write(lambda connection: pushes.enter(connection, [line], at(days)))


async def told(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what was told about dossiers."""
    tables = (dossiers, movements, completions)
    return await database.read(lambda c: {t.name: sorted(map(tuple, c.execute(select(t)))) for t in tables})


MIDNIGHT = NOON.replace(hour=0) + DAY
SERIES: list[tuple[str, list[tuple[float, Line]], Status, list[datetime]]] = [
    (
        "papers are asked for, brought, and the work goes on",
        [(0, listed(Status.ACCEPTED)), (1, listed(Status.IN_PROGRESS)), (2, listed(Status.NEEDS_PAPERS)),
         (3, listed(Status.IN_PROGRESS)), (4, listed(Status.NEEDS_PAPERS)), (5, listed(Status.IN_PROGRESS))],
        Status.IN_PROGRESS, [],
    ),
    (
        "handed over on a day without an hour, which is earlier than the register that said finished",
        [(0.5, listed(Status.ACCEPTED)), (1, listed(Status.FINISHED)), (2, listed(Status.RETURNED, MIDNIGHT))],
        Status.RETURNED, [MIDNIGHT],
    ),
    (
        "handed over, nobody says when",
        [(1, listed(Status.IN_PROGRESS)), (2, listed(Status.RETURNED))],
        Status.RETURNED, [at(2)],
    ),
    (
        "returned long before the first register, nobody says when",
        [(1, listed(Status.RETURNED))],
        Status.RETURNED, [],
    ),
    (
        "an old register found again",
        [(2, listed(Status.FINISHED)), (1, listed(Status.IN_PROGRESS))],
        Status.FINISHED, [],
    ),
    (
        "nobody knows the word",
        [(1, listed(Status.FINISHED)), (2, listed(Status.UNKNOWN)), (3, listed(Status.UNKNOWN))],
        Status.FINISHED, [],
    ),
    (
        "returned, opened again, returned",
        [(1, listed(Status.RETURNED, at(0.5))), (2, listed(Status.IN_PROGRESS)), (3, listed(Status.RETURNED, at(2.5)))],
        Status.RETURNED, [at(0.5), at(2.5)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("_label", "series", "status", "done"), SERIES, ids=[each[0] for each in SERIES])
async def test_one_register_after_the_other(
    database: Database,
    pushes: Pushes,
    _label: str,
    series: list[tuple[float, Line]],
    status: Status,
    done: list[datetime],
) -> None:
    for days, line in series:
        after = []
        for _ in range(2):
            await enter(database, pushes, load_line(dump_line(line)), days)
            after.append(await told(database))
        assert after[0] == after[1]
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.dossier.status is status
    assert stored.seen_at == at(max(days for days, _ in series))
    handed = await database.read(
        lambda c: c.execute(select(completions.c.completed_at).order_by(completions.c.n)).all()
    )
    assert [each.completed_at for each in handed] == done


async def test_papers_that_the_backend_told_stay_while_the_status_stays(database: Database, pushes: Pushes) -> None:
    told = a_dossier(CODE, Status.NEEDS_PAPERS, supplements=(SUPPLEMENT,), moved_at=NOON)
    await database.write(lambda c: pushes.record(c, Push("DongBoHoSoMC", (told,))))
    for days, status, left in ((1, Status.NEEDS_PAPERS, 1), (2, Status.IN_PROGRESS, 0)):
        await enter(database, pushes, listed(status), days)
        stored = await database.read(lambda c: find(c, CODE))
        assert stored is not None
        assert len(stored.dossier.supplements) == left


async def test_a_push_after_a_register_and_a_register_before_a_push(database: Database, pushes: Pushes) -> None:
    later = replace(pushes, now=lambda: at(3))
    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(1)))
    step = Progress(DossierCode.parse(CODE), Status.FINISHED, at(2))
    await database.write(lambda c: later.record(c, Push("CapNhatTienDoHoSoMC", (step,))))
    entered = await database.write(lambda c: later.enter(c, [listed(Status.IN_PROGRESS)], at(2.5)))
    assert (entered.older, entered.changed) == (1, 0)
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.dossier.status is Status.FINISHED


async def test_followers_are_told_once(database: Database, pushes: Pushes) -> None:
    def follow(connection: Connection) -> None:
        row = {"chat": "test/0/1", "dossier": CODE, "proved_at": NOON, "until": at(90), "following_since": NOON}
        connection.execute(bindings.insert().values(row))

    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(0)))
    await database.write(follow)
    for days in (1, 1, 2):
        await enter(database, pushes, listed(Status.RETURNED, at(0.5)), days)
    events = await database.read(lambda c: [each.event for each in c.execute(select(inbox.c.event))])
    assert sorted(event.split(":")[0] for event in events) == ["invite", "status"]


async def test_a_clerks_number_proves_nothing_any_more(database: Database, pushes: Pushes) -> None:
    await database.write(lambda c: pushes.enter(c, [listed(Status.ACCEPTED)], at(0)))
    clerks = replace(listed(Status.ACCEPTED), clerks=True)
    clerks = replace(clerks, dossier=dataclasses.replace(clerks.dossier, phone_last4=None))
    await database.write(lambda c: pushes.enter(c, [clerks], at(1)))
    stored = await database.read(lambda c: find(c, CODE))
    assert stored is not None
    assert stored.phone is None


# --- looking up ------------------------------------------------------------------------------------------------------


class FakeClient:
    """The backend's client: what it knows; ``down``."""

    def __init__(self, *known: Dossier) -> None:
        self.known = {each.code: each for each in known}
        self.down = False

    async def lookup(self, code: DossierCode) -> Answer:
        if self.down:
            raise ClientDown("down on purpose")
        return Answer(self.known.get(code), NOON)


KEYS = Keys(b"a key for tests only")


async def tables_with(database: Database, pushes: Pushes, *lines: Line) -> Tables:
    keyed = replace(pushes, phone_key=KEYS.phone_key)
    if lines:
        await database.write(lambda c: keyed.enter(c, list(lines), at(-1)))
    return Tables(database, KEYS.phone_key, lambda: NOON)


def shown(seen: Seen) -> tuple[Status | None, datetime, bool]:
    return None if seen.dossier is None else seen.dossier.status, seen.as_of, seen.down


async def test_without_a_backend_the_tables_answer_and_prove(database: Database, pushes: Pushes) -> None:
    empty = await tables_with(database, pushes)
    with pytest.raises(NotConnected):
        await empty.look_up(CODE)
    blank = Line(3, a_dossier(OTHER, phone_last4=None, received_at=NOON - 2 * DAY))
    tables = await tables_with(database, pushes, listed(Status.ACCEPTED), blank)
    assert shown(await tables.look_up("000.00.07.H99-261116-0007")) == (Status.ACCEPTED, at(-1), False)
    assert (await empty.look_up("H99.07-261116-0999")).dossier is None
    tries = [(CODE, LAST4, True), (CODE, "4822", False), (OTHER, LAST4, False), (OTHER, "none", False)]
    for code, digits, right in [*tries, ("H99.07-261116-0999", LAST4, False)]:
        assert tables.proves(await tables.look_up(code), digits) is right
    assert not tables.proves(Seen(a_dossier(CODE), NOON), LAST4)
    assert LAST4 not in repr(await tables.look_up(CODE))


async def test_with_both_the_backend_is_asked_first(database: Database, pushes: Pushes) -> None:
    tables = await tables_with(database, pushes, listed(Status.ACCEPTED), Line(3, a_dossier(OTHER, received_at=at(-2))))
    client = FakeClient(a_dossier(CODE, Status.FINISHED, phone_last4="1234"))
    both = BackendThenTables(ClientBackend(client), tables)  # type: ignore[arg-type]
    known, imported, unknown = [await both.look_up(code) for code in (CODE, OTHER, "H99.07-261116-0999")]
    assert [shown(each) for each in (known, imported, unknown)] == [
        (Status.FINISHED, NOON, False), (Status.IN_PROGRESS, at(-1), False), (None, NOON, False),
    ]  # fmt: skip
    assert [both.proves(known, digits) for digits in ("1234", LAST4)] == [True, False]
    assert [both.proves(imported, digits) for digits in ("1234", LAST4)] == [False, True]
    assert [both.proves(unknown, digits) for digits in ("1234", LAST4, "none")] == [False, False, False]
    client.down = True
    known, unknown = [await both.look_up(code) for code in (CODE, "H99.07-261116-0999")]
    assert [shown(each)[::2] for each in (known, unknown)] == [(Status.ACCEPTED, True), (None, True)]
    assert [both.proves(known, digits) for digits in ("1234", LAST4)] == [False, True]


async def test_with_nothing_stored_a_backend_that_is_down_is_down(database: Database, pushes: Pushes) -> None:
    client = FakeClient()
    client.down = True
    both = BackendThenTables(ClientBackend(client), await tables_with(database, pushes))  # type: ignore[arg-type]
    with pytest.raises(BackendDown):
        await both.look_up(CODE)


async def test_while_the_backend_is_down_only_a_right_proof_tells_what_stands_in_the_tables() -> None:
    talk = Talk()
    talk.onestop.told = {CODE: a_dossier(CODE)}
    talk.onestop.down = True
    unknown = "H99.07-261116-0999"
    refused = {
        each: (await talk.other(f"test/0/{each}").says(f"{each} 1111")).replace(each, "*") for each in (CODE, unknown)
    }
    assert refused[CODE] == refused[unknown]
    assert "trục trặc" in refused[CODE]
    assert [miss.dossier for miss in talk.book.misses] == [CODE, unknown]
    said = await talk.says(f"{CODE} {LAST4}")
    assert "trục trặc" in said
    assert "đang làm" in said
    assert "Số liệu lúc 9 giờ, thứ Ba 17/11" in said
    assert [type(effect) for effect in talk.effects] == [fx.Proved]
    assert talk.choice("follow").label == "Nhắn khi có tin"
    assert "đang làm" in await talk.says(CODE)
