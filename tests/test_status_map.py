"""Statuses of systems that are not the national ones: the map file, what is read with it, who is told of the rest."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from bot.config import CannotStart, read_settings
from bot.program import load_shelf
from onestop.code import DossierCode
from onestop.dossier import Status
from onestop.status_map import NATIONAL, BadStatusMap, StatusMap, load
from onestop.wire import choose, read_push

HERE, THERE = DossierCode.parse("H99.07-261116-0007"), DossierCode.parse("H98.07-261116-0007")
WRITTEN = """
H99:
  "0": 1
  "5": Đã trả kết quả
  Chờ ký số: 4
  Đã tiếp nhận: 1
"""


@pytest.fixture
def statuses(tmp_path: Path) -> StatusMap:
    file = tmp_path / "statuses.yaml"
    file.write_text(WRITTEN, "utf-8")
    return load(file)


@pytest.mark.parametrize(
    ("told", "here", "there"),
    [
        ("5", Status.RETURNED, Status.NEEDS_PAPERS),
        (" 05 ", Status.RETURNED, Status.NEEDS_PAPERS),
        (0, Status.REGISTERED, Status.UNKNOWN),
        ("10", Status.UNKNOWN, Status.RETURNED),
        ("chờ ký số", Status.IN_PROGRESS, Status.UNKNOWN),
        ("Đang xử lý", Status.IN_PROGRESS, Status.IN_PROGRESS),
        ("Đã tiếp nhận", Status.REGISTERED, Status.ACCEPTED),
        (None, Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_a_province_with_its_own_statuses(statuses: StatusMap, told: object, here: Status, there: Status) -> None:
    assert statuses.read(told, HERE) is here
    assert statuses.read(told, THERE) is there


def test_both_ways_in_read_by_the_map(statuses: StatusMap) -> None:
    row = {"MaHoSo": HERE.printed, "TrangThaiHoSo": "5", "TrangThai": "5"}
    for service in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC"):
        raw = orjson.dumps({"service": service, "data": [row]})
        assert read_push(raw, statuses).rows[0].status is Status.RETURNED
        assert read_push(raw).rows[0].status is Status.NEEDS_PAPERS
    found = choose(HERE, [row], statuses)
    assert found is not None and found.status is Status.RETURNED
    assert found.status_told is None
    strange = choose(HERE, [{**row, "TrangThaiHoSo": "Chờ cấp số"}], statuses)
    assert strange is not None and strange.status_told == "Chờ cấp số"


def test_without_a_file_there_are_the_national_ones(tmp_path: Path) -> None:
    assert load(tmp_path / "none.yaml") == NATIONAL


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("H99: [", ":1: not YAML"),
        ("- 1", "a table for each province"),
        ("H99.07: {'5': 10}", "no province's code"),
        ("H99: 5", "wants lines such as"),
        ("H99: {'5': 11}", "'5': wants 1 to 10"),
        ("H99: {'5': xong rồi}", "not 'xong rồi'"),
        ("H99: {'5': 0}", "wants 1 to 10"),
        ("H99: {'5': true}", "wants 1 to 10"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "statuses.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadStatusMap) as raised:
        load(file)
    assert says in str(raised.value) and str(file) in str(raised.value)


def test_a_mistake_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "statuses.yaml").write_text("H99: {'5': 11}", "utf-8")
    with pytest.raises(CannotStart, match=r"statuses\.yaml"):
        load_shelf(read_settings({"MOTCUA_DATA_DIR": str(tmp_path)}, None))
