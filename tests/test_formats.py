"""The digest's files: the same numbers in each, the same bytes again, nothing withheld in any, no cell a formula."""

from __future__ import annotations

import argparse
import asyncio
import html
import io
import itertools
import re
import zipfile
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from bot.commands import digest as digest_command
from bot.paper.files import FORMATS
from bot.paper.sheets import set_page
from bot.tables.digests import Digests
from ratings.digest import Digest, make_digest
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.page import data_hash, make_page
from ratings.reports.render import render_text
from ratings.sources.table import COLUMNS
from ratings.statistics import Proportion
from ratings.week import Week
from tests.test_sheets import pages

WEEK = Week(2026, 46)
MONDAY = WEEK.start
NAME = "Xã Đồng Sậy"
STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "'=", '"=', ";=")
ENDS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.example","y")', "SUM(A1:A9)*cmd|'x'!A1", "#REF!")
PAYLOADS = [start + end for start, end in itertools.product(STARTS, ENDS)]


def answers(*counts: int, reason: str = "waiting") -> tuple[RatingRecord, ...]:
    """So many 1★ … 5★, one every seven minutes."""
    stars = [given for given, count in enumerate(counts, 1) for _ in range(count)]
    at = MONDAY + timedelta(hours=30)
    return tuple(
        RatingRecord(
            "H99.07", "Hộ tịch", WEEK.first_day, at + n * timedelta(minutes=7), given, (reason,) if given < 4 else ()
        )
        for n, given in enumerate(stars)
    )


def digest(ratings: tuple[RatingRecord, ...], *, demo: bool = False, unit: str = "H99.07") -> Digest:
    done = MONDAY + timedelta(hours=9)
    completions = tuple(CompletionRecord(unit, done, done, True, done, done) for _ in range(209))
    mine = tuple(replace(r, unit=unit) for r in ratings)
    return make_digest(unit, WEEK, WEEK.close, Records(completions, mine, (), demo=demo), Proportion(41, 58))


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def written(format: str, found: Digest, name: str = NAME) -> str:
    """All that stands in a file, archives unpacked and HTML read."""
    content = FORMATS[format](found, name)
    if format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return html.unescape("\n".join(archive.read(member).decode() for member in archive.namelist()))
    return html.unescape(content.decode(errors="replace")) if format in ("html", "pdf") else content.decode()


@pytest.mark.parametrize("format", ["html", "xlsx"])
def test_every_sentence_of_the_text_stands_in_the_file(format: str) -> None:
    found = digest(answers(3, 2, 5, 18, 32))
    file = written(format, found)
    assert [line for line in render_text(found, NAME).splitlines() if line not in file] == []
    assert f"Mã số liệu: {data_hash(found)}" in file
    assert "Số đến 7 giờ 00, 16/11/2026." in file


def test_the_data_sheet_is_the_json() -> None:
    found = digest(answers(3, 2, 5, 18, 32))
    rows = sheets(FORMATS["xlsx"](found, NAME))["Số liệu"]
    values = {row[0]: row[1] for row in rows if row[0] is not None}
    assert values["satisfied.share"] == document.to_json(found)["satisfied"]["share"]
    assert [values[f"distribution.{n}"] for n in range(1, 6)] == [3, 2, 5, 18, 32]
    assert (values["completed"], values["change.previous.n"], values["locked"]) == (209, 58, True)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_digest_gives_the_same_bytes(format: str) -> None:
    rows = answers(3, 2, 5, 18, 32)
    assert FORMATS[format](digest(rows), NAME) == FORMATS[format](digest(rows[::-1]), NAME)


def test_no_clock_stands_in_the_workbook() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"](digest(()), NAME))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())
    assert set(times) == {"2026-11-16T07:00:00Z"}


@pytest.mark.parametrize("format", FORMATS)
def test_four_ratings_tell_as_much_as_none(format: str) -> None:
    nobody = FORMATS[format](digest(()), NAME)
    for some in ((4, 0, 0, 0, 0), (0, 0, 0, 0, 4), (1, 1, 1, 1, 0), (0, 0, 0, 0, 1)):
        assert FORMATS[format](digest(answers(*some)), NAME) == nobody


@pytest.mark.parametrize("format", FORMATS)
def test_five_to_nine_ratings_tell_only_their_band(format: str) -> None:
    one, other = digest(answers(0, 0, 1, 3, 3)), digest(answers(1, 0, 0, 1, 5))
    assert FORMATS[format](one, NAME) == FORMATS[format](other, NAME)
    assert FORMATS[format](one, NAME) != FORMATS[format](digest(answers(0, 0, 4, 3, 0)), NAME)


@pytest.mark.parametrize("format", FORMATS)
def test_sample_data_is_called_so_in_every_file(format: str) -> None:
    if format == "png":  # drawn across it; a picture holds no words
        assert FORMATS[format](digest((), demo=True), NAME) != FORMATS[format](digest(()), NAME)
        return
    marked, plain = written(format, digest((), demo=True)), written(format, digest(()))
    mark = '"demo": true' if format == "json" else "DỮ LIỆU MẪU"
    assert mark in marked
    assert mark not in plain
    if format == "xlsx":
        assert {sheet[0][0] for sheet in sheets(FORMATS[format](digest((), demo=True), NAME)).values()} == {mark}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula(payload: str) -> None:
    found = digest(answers(10, 0, 0, 30, 20, reason=payload), unit=payload)
    content = FORMATS["xlsx"](found, payload)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawn = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(drawn) == 5
    assert not any("<f>" in sheet or "<f " in sheet or 't="e"' in sheet for sheet in drawn)
    cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in cells if isinstance(cell.value, str)]
    assert {cell.data_type for cell in texts} == {"s"}
    kept = payload.replace("\r", "\n")
    assert any(kept in cell.value.replace("_x000D_", "\n").replace("\r", "\n") for cell in texts)


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "a\x00\x0bb"])
def test_what_comes_from_outside_is_text(payload: str) -> None:
    page = FORMATS["html"](digest(answers(10, 0, 0, 30, 20, reason=payload), unit=payload), payload).decode()
    assert "<script" not in page and "<img" not in page
    assert FORMATS["xlsx"](digest(answers(10, 0, 0, 30, 20, reason=payload), unit=payload), payload)


@pytest.mark.parametrize("reasons", [1, 12])
def test_paper_is_one_page_a4(reasons: int) -> None:
    long = answers(*(40 * n for n in range(1, 6)), reason="Phải đi lại nhiều lần vì thiếu giấy " * 2)
    page = make_page(digest(long, demo=True), NAME * reasons)
    pdf = set_page(page)
    assert pages(pdf) == 1
    picture = set_page(page, "png")
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert 1.40 < height / width < 1.42


def test_a_page_is_made_of_words() -> None:
    page = make_page(digest(answers(3, 2, 5, 18, 32)), NAME)
    assert [block.heading for block in page.blocks] == [
        *("Hồ sơ của đơn vị", "Người dân nói gì", "Máy trả lời", "Việc nên làm trước")
    ]
    assert [(bar.label[0], bar.people) for bar in page.blocks[1].bars] == [
        ("5", 32),
        ("4", 18),
        ("3", 5),
        ("2", 2),
        ("1", 3),
    ]
    assert make_page(digest(answers(0, 0, 0, 4, 5)), NAME).blocks[1].bars == ()


def no_database() -> AbstractAsyncContextManager[Digests]:
    raise AssertionError("a file was given: no database is opened")


@pytest.mark.parametrize(
    ("format", "begins"),
    [
        ("xlsx", b"PK"),
        ("pdf", b"%PDF-"),
        ("png", b"\x89PNG"),
        ("html", b"<!doctype"),
        ("json", b"{"),
        ("text", "TUẦN".encode()),
    ],
)
def test_the_command_writes_files(tmp_path: Path, format: str, begins: bytes) -> None:
    table = tmp_path / "ratings.csv"
    table.write_text(",".join(COLUMNS) + "\nH99.07,,,2026-11-10T09:00:00+07:00,,1,,,,,,\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    digest_command.add_parser(parser.add_subparsers())
    words = ["digest", "--unit", "H99.07", "--week", "2026-W46", "--ratings", str(table), "--format", format, "--out"]

    def run(out: Path) -> int:
        return asyncio.run(digest_command.run(parser.parse_args([*words, str(out)]), no_database))

    one, two = tmp_path / "one", tmp_path / "two"
    assert (run(one), run(two)) == (0, 0)
    assert one.read_bytes().startswith(begins)
    assert one.read_bytes() == two.read_bytes()
