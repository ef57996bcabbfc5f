"""``motcua digest --ratings FILE.csv`` as it is run, and how a file is read."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.commands import digest as digest_command
from bot.tables.digests import Digests
from procedures.catalog import Catalog
from ratings.digest import digest_from
from ratings.records import CompletionRecord
from ratings.sources.table import COLUMNS, BadTable, read_table
from ratings.week import VIETNAM, Week
from tests.test_digest import KEYS

WEEKS = Path(__file__).parent / "ratings_weeks.csv"
BAD = Path(__file__).parent / "ratings_bad.csv"
NOW = datetime(2026, 11, 22, 12, tzinfo=VIETNAM)


def no_database() -> AbstractAsyncContextManager[Digests]:
    raise AssertionError("a file was given: no database is opened")


def run(*words: str, now: datetime = NOW) -> int:
    """The command with ``words``, on a file, at ``now``."""
    parser = argparse.ArgumentParser(prog="motcua")
    digest_command.add_parser(parser.add_subparsers())
    return asyncio.run(digest_command.run(parser.parse_args(["digest", *words]), no_database, now))


def digest(capsys: pytest.CaptureFixture[str], *words: str, file: Path = WEEKS, now: datetime = NOW) -> dict[str, Any]:
    assert run("--ratings", str(file), "--format", "json", *words, now=now) == 0
    written: dict[str, Any] = json.loads(capsys.readouterr().out)
    return written


def test_a_week_of_a_unit(capsys: pytest.CaptureFixture[str]) -> None:
    written = digest(capsys, "--unit", "H99.07", "--week", "2026-W46")
    assert " ".join(written) == KEYS
    assert written["completed"] == 73
    assert written["on_time"] == {"early": 38, "on_time": 17, "late_done": 18, "late_open": 0, "in_time": 0}
    assert (written["eligible"], written["invited"], written["delivered"]) == (71, 70, None)
    assert (written["answered"], written["distribution"]) == (60, [3, 2, 5, 18, 32])
    assert written["response_rate"] == pytest.approx(60 / 70)
    assert written["satisfied"]["low"] == pytest.approx(0.719684, abs=1e-6)
    assert written["change"]["previous"] == {"count": 41, "n": 58, "share": pytest.approx(41 / 58)}
    assert written["change"]["low"] == pytest.approx(-0.025820, abs=1e-6)
    assert written["suppressed"] == []
    # 10 of 60 are dissatisfied, 4 of the 54 who did not name it
    assert written["drivers"] == [{"reason": "waiting", "count": 6, "paf": pytest.approx(1 - (4 / 54) / (10 / 60))}]
    assert written["integrity"] == {"flagged": 0, "share_with": pytest.approx(50 / 60), "share_without": None}


def test_as_of_decides_what_was_received(capsys: pytest.CaptureFixture[str]) -> None:
    week = ("--unit", "H99.07", "--week", "2026-W46")
    later = digest(capsys, *week, "--as-of", "2026-11-16T07:00:01+07:00")
    assert (later["answered"], later["distribution"], later["locked"]) == (61, [4, 2, 5, 18, 32], True)
    monday = digest(capsys, *week, "--as-of", "2026-11-09T23:00")
    assert (monday["completed"], monday["answered"], monday["locked"]) == (14, 11, False)
    assert monday["as_of"] == "2026-11-09T23:00:00+07:00"
    assert digest(capsys, *week, now=datetime.fromisoformat("2026-11-09T16:00:00+00:00")) == monday
    assert run("--ratings", str(WEEKS), *week, "--as-of", "2026-11-09T23:00") == 0
    assert "chưa khóa sổ" in capsys.readouterr().out.splitlines()[0]


def test_without_a_week_the_last_closed_one(capsys: pytest.CaptureFixture[str]) -> None:
    early = datetime.fromisoformat("2026-11-16T06:59:59+07:00")
    assert digest(capsys, "--unit", "H99.07", now=early)["week"] == "2026-W45"
    assert digest(capsys, "--unit", "H99.07", now=NOW)["week"] == "2026-W46"


def test_rows_that_are_not_verified_never_enter(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = WEEKS.read_text().splitlines(keepends=True)
    verified = [line for line in lines if not re.search(r",0,[a-z]*\n$", line)]
    assert len(lines) - len(verified) == 2
    file = tmp_path / "verified.csv"
    file.write_text("".join(verified))
    week = ("--unit", "H99.07", "--week", "2026-W46")
    assert digest(capsys, *week, file=file) == digest(capsys, *week)


def test_four_ratings_are_no_number_anywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The same output, to the byte, as with other four ratings, with one, and with none."""
    header, *rows = WEEKS.read_text().splitlines(keepends=True)
    mine = [row.rstrip("\n").split(",") for row in rows if row.startswith("H99.11,")]
    assert sum(bool(cells[8]) for cells in mine) == 4

    def outputs(name: str, stars: list[str]) -> list[str]:
        left = iter(stars)
        file = tmp_path / name
        with file.open("w") as out:
            out.write(header)
            for cells in mine:
                given = next(left, "") if cells[8] else ""
                out.write(",".join([*cells[:7], cells[7] if given else "", given, "", "1" if given else "", ""]) + "\n")
        found = []
        for form in ("json", "text"):
            assert run("--ratings", str(file), "--unit", "H99.11", "--week", "2026-W46", "--format", form) == 0
            found.append(capsys.readouterr().out)
        return found

    nothing = outputs("none.csv", [])
    assert '"answered": "<5"' in nothing[0] and "chưa đủ 5 lượt" in nothing[1]
    assert outputs("four.csv", ["1", "1", "1", "1"]) == outputs("mixed.csv", list("1255")) == nothing
    assert outputs("one.csv", ["5"]) == nothing


def test_the_order_of_rows_changes_no_byte(tmp_path: Path) -> None:
    header, *rows = WEEKS.read_text().splitlines(keepends=True)
    Random(1).shuffle(rows)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("".join([header, *rows]))
    for form in ("json", "text"):
        for number, file in enumerate((WEEKS, mixed, WEEKS)):
            out = str(tmp_path / f"{number}.{form}")
            words = ("--ratings", str(file), "--unit", "H99.07", "--week", "2026-W46", "--format", form, "--out", out)
            assert run(*words) == 0
        assert len({(tmp_path / f"{number}.{form}").read_bytes() for number in range(3)}) == 1
        assert (tmp_path / f"0.{form}").read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--unit", "H99.99"), f"--unit 'H99.99' is not in {WEEKS}; there is: H99.07, H99.10, H99.11"),
        (("--unit", "H99.07", "--week", "2026-W54"), "--week '2026-W54' is no week: 2026 has no week 54"),
        (("--unit", "H99.07", "--week", "tuần này"), "--week 'tuần này' is no week: write it like 2026-W46"),
        (("--unit", "H99.07", "--as-of", "hôm qua"), "--as-of 'hôm qua' is no instant: write it like 2026-11-12T09:30"),
        (("--unit", "H99.07", "--out", "/nowhere/x"), "--out /nowhere/x: No such file or directory"),
        (("--unit", "H99.07", "--ratings", "/nowhere/x.csv"), "--ratings /nowhere/x.csv: No such file or directory"),
        (("--unit", "H99.07", "--ratings", "/"), "--ratings /: Is a directory"),
    ],
)
def test_wrong_use_is_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str) -> None:
    assert run("--ratings", str(WEEKS), *words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"motcua digest: {says}")
    assert printed.err.count("\n") == 1


def test_a_report_month_and_some_days(capsys: pytest.CaptureFixture[str]) -> None:
    month = digest(capsys, "--unit", "H99.07", "--period", "thang:2026-11")
    assert (month["week"], month["period"], month["from"], month["to"]) == (None, "thang", "2026-10-15", "2026-11-14")
    days = digest(capsys, "--unit", "H99.07", "--from", "2026-10-15", "--to", "2026-11-14")
    different = {key for key in month if month[key] != days[key]}
    assert different <= {"period", "late", "change"}
    assert month["weeks"] == {"from": "2026-10-12", "to": "2026-11-08"}
    assert month["answered"] == 58, "week 46 ends on the day after"
    assert digest(capsys, "--unit", "H99.07", "--from", "2026-10-15", "--to", "2026-11-15")["answered"] == 118
    assert digest(capsys, "--unit", "H99.07", "--period", "thang") == month


def test_units_below_are_rolled_up(capsys: pytest.CaptureFixture[str]) -> None:
    rolled = digest(capsys, "--unit", "H99", "--week", "2026-W46")
    one = digest(capsys, "--unit", "H99.07", "--week", "2026-W46")
    assert [child["unit"] for child in rolled["children"]] == ["H99.07", "H99.10", "H99.11"]
    assert [child["answered"] for child in rolled["children"]] == [60, 6, "<5"]
    assert rolled["answered"] == one["answered"] + 6  # with the four of H99.11 two readings would find them
    assert one["children"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--period", "tháng"), "--period 'tháng' is none: write thang, quy, 6thang or nam, or like thang:2026-11"),
        (("--period", "quy:2026-5"), "--period 'quy:2026-5': 2026 has no quy 5"),
        (("--from", "2026-11-14"), "--from needs --to"),
        (("--to", "2026-11-14"), "--to needs --from"),
        (("--from", "14/11", "--to", "2026-11-14"), "--from '14/11' is no date: write it like 2026-11-14"),
        (("--from", "2026-11-14", "--to", "2026-11-01"), "--from 2026-11-14 --to 2026-11-01: a period from"),
    ],
)
def test_wrong_periods_are_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str) -> None:
    assert run("--ratings", str(WEEKS), "--unit", "H99.07", *words) == 2
    assert capsys.readouterr().err.startswith(f"motcua digest: {says}")


@pytest.mark.parametrize(
    ("flags", "marked", "mode", "soon"), [("odd;slip", True, "slip", False), ("soon", 0, "bot", 1)]
)
def test_flags_of_a_row(tmp_path: Path, flags: str, marked: bool, mode: str, soon: bool) -> None:
    row = GOOD.replace(",,,,,", f",2026-11-10T16:00:00+07:00,5,,1,{flags}")
    (rating,) = read_table(written(tmp_path, row)).records.ratings
    assert (rating.marked, rating.mode, rating.soon) == (marked, mode, soon)


# --- the file --------------------------------------------------------------------------------------------------------

HEADER = ",".join(COLUMNS)
GOOD = "H99.07,Hộ tịch,1.001193,2026-11-10T09:00:00+07:00,2026-11-11,1,2026-11-10T15:00:00+07:00,,,,,"


def written(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    file = tmp_path / "r.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def test_every_bad_row_is_named_and_nothing_is_read() -> None:
    with pytest.raises(BadTable) as raised:
        read_table(BAD)
    assert str(raised.value).splitlines() == [
        f"{BAD}:3: completed_at 'hôm qua': no instant; write it like 2026-11-10T09:30:00+07:00",
        f"{BAD}:4: stars '6': stars are 1 to 5",
        f"{BAD}:4: eligible 'có': should be 1 or 0",
        f"{BAD}:5: stars without answered_at: when was it answered?",
        f"{BAD}:6: answered_at without stars: how many?",
        f"{BAD}:7: unit is empty",
        f"{BAD}:7: completed_at is empty",
        f"{BAD}:7: eligible is empty",
        f"{BAD}:8: 11 cells, the header has 12",
        f"{BAD}:12: stars without verified: 1 or 0?",
        f"{BAD}:13: verified 'x': should be 1 or 0",
        f"{BAD}:13: reasons without stars",
        f"{BAD}:14: stars '４': stars are 1 to 5",
    ]


def test_a_bad_file_ends_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert run("--ratings", str(BAD), "--unit", "H99.07", "--week", "2026-W46", "--out", str(out)) == 2
    printed = capsys.readouterr()
    assert (printed.out, out.exists()) == ("", False)
    assert f"{BAD}:3: completed_at" in printed.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ":1: column 'unit', 'field'"),
        (b"unit,field\n", "'procedure', 'completed_at'"),
        (HEADER.replace("stars", "star").encode() + b"\n", ":1: column 'stars' missing; the columns are unit,field,"),
        (HEADER.replace(",", ";").encode() + b"\n", ":1: the columns are separated by ';': save it with commas"),
        (HEADER.encode() + b",unit\n", ":1: column 'unit' given twice"),
        (HEADER.encode() + b"\nH\xe9\n", "not UTF-8"),
        (HEADER.encode() + b'\n"H99.07,\n', "unexpected end of data"),
        (HEADER.encode() + b"\nH99\x00,,,,,,,,,,,\n", "NUL"),
    ],
)
def test_a_file_of_another_shape(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(content)
    with pytest.raises(BadTable, match=re.escape(says)) as raised:
        read_table(file)
    assert str(raised.value).startswith(f"{file}:")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-10T09:00:00+07:00", "2026-11-10T09:00:00+07:00"),
        ("2026-11-10T02:00:00Z", "2026-11-10T09:00:00+07:00"),
        ("2026-11-10 09:00", "2026-11-10T09:00:00+07:00"),
        ("2026-11-10", "2026-11-10T00:00:00+07:00"),
    ],
)
def test_written_instants(tmp_path: Path, text: str, instant: str) -> None:
    file = written(tmp_path, GOOD.replace("2026-11-10T09:00:00+07:00", text))
    assert read_table(file).records.completions[0].completed_at == datetime.fromisoformat(instant)


def test_a_row_becomes_a_completion_and_a_rating(tmp_path: Path) -> None:
    answered = '2026-11-10T02:00:00+07:00,4,"waiting;Nhanh, đúng hẹn; giá cả",1,demo;burst'
    file = written(tmp_path, GOOD.replace(",,,,,", f",{answered}").removesuffix(","), "", f"{GOOD}\n")
    table = read_table(file)
    at = datetime(2026, 11, 10, 9, tzinfo=VIETNAM)
    due = datetime(2026, 11, 11, tzinfo=VIETNAM)
    asked = datetime(2026, 11, 10, 15, tzinfo=VIETNAM)
    first, second = table.records.completions
    assert first == CompletionRecord("H99.07", at, due, True, asked, demo=True, field="Hộ tịch")
    assert second == CompletionRecord("H99.07", at, due, True, asked, field="Hộ tịch")
    (rating,) = table.records.ratings
    assert (rating.stars, rating.reasons, rating.completed_on) == (4, ("waiting", "prompt", "giá cả"), at.date())
    assert (rating.field, rating.demo, table.records.deliveries_known) == ("Hộ tịch", True, False)


def test_columns_in_any_order_with_a_mark_and_strangers(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    row = dict(zip(COLUMNS, GOOD.split(","), strict=True), note="x")
    names = sorted(row)
    file.write_bytes(b"\xef\xbb\xbf" + (",".join(names) + "\r\n" + ",".join(row[n] for n in names) + "\r\n").encode())
    assert read_table(file).units == ("H99.07",)


def test_the_line_of_a_mistake_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("Hộ tịch", '"Hộ\ntịch"'), GOOD.replace(",1,", ",2,"))
    with pytest.raises(BadTable, match=r"r\.csv:4: eligible '2': should be 1 or 0"):
        read_table(file)


def test_procedures_of_a_file_have_the_catalogs_names_where_it_knows_them(tmp_path: Path) -> None:
    rows = [
        f"H99.07,Hộ tịch,{code},2026-11-10T09:00,,1,,2026-11-11T09:00,5,,1,,trips=once"
        for code in ("1.001193", "9.999999")
        for _ in range(10)
    ]
    file, out = written(tmp_path, *rows, header=f"{HEADER},taps"), tmp_path / "month.json"
    given = ["--ratings", str(file), "--unit", "H99.07", "--from", "2026-11-02", "--to", "2026-11-15"]
    parser = argparse.ArgumentParser(prog="motcua")
    digest_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["digest", *given, "--format", "json", "--out", str(out)])
    one = Catalog(each for each in Catalog.load() if each.code == "1.001193")
    assert asyncio.run(digest_command.run(args, no_database, NOW, catalog=lambda: one)) == 0
    found = {each["procedure"]: each["name"] for each in json.loads(out.read_bytes())["sub_ratings"]}
    assert found == {None: None, "1.001193": "Đăng ký khai sinh", "9.999999": None}


def test_short_questions_of_a_file_are_told_from_ten(tmp_path: Path) -> None:
    """A column ``taps`` besides the twelve: nine answers to a question say nothing, ten are told with their n."""
    line = "H99.07,Hộ tịch,1.1,2026-11-10T09:00,,1,,2026-11-11T09:00,5,,1,"
    for asked, told in ((9, []), (10, [{"once": 10, "twice": 0, "three_times": 0, "more": 0}])):
        rows = [f"{line},trips=once"] * asked + [f"{line},"] * 10
        table = read_table(written(tmp_path, *rows, header=f"{HEADER},taps"))
        assert sum(rating.procedure == "1.1" for rating in table.records.ratings) == asked
        week = Week(2026, 46)
        found = digest_from("H99.07", week, week.close, table.records)
        assert [dict(each.answers) for each in found.sub_ratings] == told
    with pytest.raises(BadTable, match="'coffee' is no question"):
        read_table(written(tmp_path, f"{line},coffee=yes", header=f"{HEADER},taps"))
    with pytest.raises(BadTable, match="taps without stars"):
        read_table(written(tmp_path, "H99.07,,,2026-11-10,,1,,,,,,,trips=once", header=f"{HEADER},taps"))
