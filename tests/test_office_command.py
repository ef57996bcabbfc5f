"""``motcua office import``: what is stored, what is named as wrong, and that the bot answers from it."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from bot.commands import cli
from bot.config import Settings
from bot.program import unit_files
from offices.unit import DATA, Offices
from procedures.reading import safe_load

GOOD = """province: tỉnh Thử
former_until: 2025-06-30
hours:
  standard: {mon-fri: "7:30-11:30, 13:30-17:00"}
  coast:
    - {from: 04-15, to: 10-15, mon-fri: "7:00-11:00"}
    - {mon-fri: "7:30-11:30"}
closed:
  - {from: 2026-09-14, to: 2026-09-16, why: bão}
units:
  - code: K01
    name: Trung tâm Phục vụ hành chính công tỉnh Thử
    kind: province
    hours: {base: standard}
  - code: K01.01
    name: xã Một
    short: Một
    kind: commune
    parent: K01
    phone: 0200 000 001
    address: thôn Trung, xã Một
    map: https://ban-do.example/1
    hours: {base: coast, sat: "7:30-11:00"}
    district: huyện Cũ
    former: [xã A, {name: xã B, part: thôn 1 đến thôn 3}]
    closed: [{from: 2026-12-01, why: sửa trụ sở}]
    early: [{lunar: [5, 20], until: "11:00", why: phiên chợ}]
  - code: K01.02
    name: xã Hai
    kind: commune
    parent: K01
    since: 2026-01-01
    former: [{name: xã B, part: thôn 4, district: huyện Cũ, until: 2025-12-31}]
"""

WRONG = [
    ("an unknown key", "    phone: 0200 000 001", "    fone: 0200 000 001", 20, "unknown key fone"),
    ("no code", "  - code: K01.02\n    name: xã Hai", "  - name: xã Hai", 28, "code is missing"),
    ("a code that is none", "  - code: K01.02", "  - code: K1-02", 28, "K1-02 is no unit's"),
    ("a code twice", "  - code: K01.02", "  - code: K01.01", 28, "occurs twice"),
    (
        "a kind",
        "    kind: commune\n    parent: K01\n    since",
        "    kind: village\n    parent: K01\n    since",
        30,
        "village",
    ),
    ("a parent that is not there", "    parent: K01\n    since", "    parent: K09\n    since", 31, "no unit K09"),
    ("a phone", "phone: 0200 000 001", "phone: gọi cô Lan", 20, "digits"),
    ("a map", "map: https://ban-do.example/1", "map: ban-do.example/1", 22, "https://"),
    ("hours", 'sat: "7:30-11:00"', 'sat: "7-11"', 23, "hours of sat"),
    ("hours that nobody named", "base: coast", "base: cost", 23, "did you mean coast"),
    ("a day that does not exist", "from: 2026-12-01", "from: 2026-13-01", 26, "no day of the calendar"),
    ("a closing without a reason", ", why: sửa trụ sở", "", 26, "why is missing"),
    ("a lunar day that is none", "lunar: [5, 20]", "lunar: [5, 31]", 27, "no days of a lunar month"),
    ("an hour that is none", 'until: "11:00"', 'until: "25:00"', 27, "hour must be"),
    ("until before since", "    since: 2026-01-01", "    since: 2026-01-01\n    until: 2025-01-01", 33, "lies before"),
    ("a commune split without its parts", "{name: xã B, part: thôn 4, ", "{name: xã B, ", 33, "went to K01.01 as well"),
    ("a district as a unit", "    name: xã Hai", "    name: huyện Hai", 29, "does not exist any more"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "var"))
    return tmp_path


def write(folder: Path, text: str) -> str:
    path = folder / "don-vi.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def loaded(folder: Path) -> Offices:
    return Offices.load(unit_files(Settings(data_dir=folder / "var")))


def test_a_file_is_stored_and_the_same_again_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(folder, GOOD)
    assert cli.main(["office", "import", file]) == 0
    said = capsys.readouterr()
    assert said.out == "3 new, 0 changed, 0 same\n"
    assert "must be restarted" in said.err
    stored = folder / "var" / "units" / "tinh-thu.yaml"
    before = stored.read_bytes(), stored.stat().st_mtime_ns
    assert cli.main(["office", "import", file]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("0 new, 0 changed, 3 same\n", "")
    assert (stored.read_bytes(), stored.stat().st_mtime_ns) == before
    one = loaded(folder).unit("K01.01")
    assert (one.phone, one.map, one.province, one.demo) == (
        "0200 000 001",
        "https://ban-do.example/1",
        "tỉnh Thử",
        False,
    )
    assert [each.why for each in one.closed] == ["bão", "sửa trụ sở"]
    assert [(each.lunar, each.until, each.why) for each in one.early] == [((5, 20), time(11), "phiên chợ")]
    heirs = [(unit.code, old.part, str(old.until)) for unit, old in loaded(folder).formerly("xã B")]
    assert heirs == [("K01.01", "thôn 1 đến thôn 3", "2025-06-30"), ("K01.02", "thôn 4", "2025-12-31")]
    assert [old.name for _, old in loaded(folder).district("huyện Cũ")] == ["xã A", "xã B", "xã B"]


def test_a_row_takes_the_place_of_the_one_with_its_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["office", "import", write(folder, GOOD)])
    only = GOOD[: GOOD.index("  - code: K01.02")].replace("thôn Trung, xã Một", "thôn Hạ, xã Một")
    assert cli.main(["office", "import", "--dry-run", write(folder, only)]) == 0
    assert loaded(folder).unit("K01.01").address == "thôn Trung, xã Một"
    capsys.readouterr()
    assert cli.main(["office", "import", write(folder, only)]) == 0
    assert capsys.readouterr().out == "0 new, 1 changed, 1 same\n"
    assert loaded(folder).unit("K01.01").address == "thôn Hạ, xã Một"
    assert loaded(folder).unit("K01.02").known, "what the file does not name stays"


@pytest.mark.parametrize(("label", "right", "wrong", "line", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_row_is_named_and_the_others_are_stored(
    label: str, right: str, wrong: str, line: int, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert right in GOOD
    assert cli.main(["office", "import", write(folder, GOOD.replace(right, wrong))]) == 1
    told = capsys.readouterr()
    assert any(each.startswith(f"don-vi.yaml:{line}: ") and said in each for each in told.err.splitlines()), told.err
    assert told.out == "2 new, 0 changed, 0 same, 1 wrong\n"
    assert len(loaded(folder).units) == 2


@pytest.mark.parametrize("text", ["", "units: [", "- a", "units: []\nprovince: tỉnh Thử"])
def test_a_file_that_is_none_stores_nothing(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["office", "import", write(folder, text)]) == 1
    assert re.search(r"^don-vi\.yaml:[12]: ", capsys.readouterr().err)
    assert not (folder / "var").exists()


def test_no_file_and_a_code_of_another_file_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["office", "import", "khong-co.yaml"]) == 2
    cli.main(["office", "import", write(folder, GOOD)])
    assert cli.main(["office", "import", write(folder, GOOD.replace("tỉnh Thử", "tỉnh Khác"))]) == 2
    assert "tinh-thu.yaml already" in capsys.readouterr().err


def test_the_demo_province_goes_through_it_unchanged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["office", "import", str(DATA / "lam-chau.yaml")]) == 0
    assert loaded(folder).units == Offices.load([DATA / "lam-chau.yaml"]).units
    stored = safe_load((folder / "var" / "units" / "tinh-lam-chau.yaml").read_text("utf-8"))
    assert stored["demo"] is True
