"""A unit with four answers: every file is searched for anything that these four said, and none of it is there."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from bot.paper.files import FORMATS
from ratings.digest import Digest, digest_from, make_digest
from ratings.rating import default_instrument
from ratings.records import CompletionRecord, Handed, RatingRecord, Records
from ratings.statistics import Distribution, Proportion, wilson
from ratings.week import Week
from tests.pdf_text import pdf_text
from tests.test_formats import MONDAY, NAME, WEEK, answers

UNIT, BESIDE = "H99.07", "H99.08"
FOURS = [(1, 1, 1, 1, 0), (4, 0, 0, 0, 0), (0, 0, 0, 0, 4), (2, 0, 0, 1, 1), (0, 1, 0, 3, 0)]
Counts = tuple[int, int, int, int, int]


def done(units: tuple[str, ...] = (UNIT,)) -> tuple[CompletionRecord, ...]:
    at = MONDAY + timedelta(hours=9)
    return tuple(CompletionRecord(unit, at, at, True, at, at) for unit in units for _ in range(209))


def tapped(counts: Counts) -> tuple[RatingRecord, ...]:
    """So many 1★ … 5★, everybody with a reason and an answer to a short question."""
    tap = (("guidance", "guidance_bad"),)
    return tuple(replace(answer, taps=tap, procedure="1.001193", themes=("slow",)) for answer in answers(*counts))


def alone(counts: Counts) -> Digest:
    """A week of the unit, and the four weeks that stand in its place hold no more."""
    return digest_from(UNIT, WEEK, WEEK.close, Records(done(), tapped(counts), ()))


def beside(counts: Counts) -> Digest:
    """The roll-up of the unit and of one with sixty answers."""
    others = tuple(replace(answer, unit=BESIDE) for answer in answers(3, 2, 5, 18, 32, reason="clear"))
    units = (UNIT, BESIDE)
    return digest_from("H99", WEEK, WEEK.close, Records(done(units), (*tapped(counts), *others), ()), below=units)


def words(format: str, digest: Digest) -> str:
    """Whatever can be read or searched in a file, the words of its data and properties with it."""
    content = FORMATS[format](digest, NAME)
    if format == "pdf":
        return pdf_text(content).replace("\xa0", " ") + content.decode("latin-1")
    if format == "xlsx":
        cells = [cell.value for sheet in load_workbook(io.BytesIO(content)) for row in sheet for cell in row]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name).decode() for name in archive.namelist() if "docProps" in name]
        return "\n".join([str(cell) for cell in cells if cell is not None] + parts)
    if format == "png":
        return " ".join(kind.decode("latin-1") for kind in re.findall(rb"(?:tEXt|iTXt|zTXt|eXIf)", content))
    return html.unescape(content.decode())


def traces(counts: Counts) -> list[str]:
    """As patterns: the counts, the share, its interval, the reason and how many answered, as our files write them."""
    found = Distribution(counts)
    satisfied, interval = found.satisfied, None
    assert satisfied is not None
    interval = wilson(satisfied)
    reason = default_instrument().chip("waiting")
    assert reason is not None
    ends = [f"{100 * end:.0f}" for end in (interval.low, interval.high)]
    people = rf"(?<![\d.]){found.n} (?:người trả lời|người\)|lượt trả lời)"
    listed = ", ".join(str(n) for n in reversed(counts))
    numbers = [f"{value:.6f}"[:7] for value in (interval.low, interval.high) if 0 < value < 1]
    shown = [
        rf"[Hh]ài lòng {satisfied.percent} %",
        rf"khoảng {ends[0]}–{ends[1]} %",
        people,
        rf"điểm: {listed} người",
        rf"\d – [Rr]ất hài lòng: {counts[4]}\b",
    ]
    words = [re.escape(reason.label), r"\bwaiting\b", "Lời góp ý", "Hướng dẫn chưa rõ", "guidance_bad"]
    return [*shown, *map(re.escape, numbers), *words, rf'"answered": {found.n}\b']


def found_in(text: str, counts: Counts) -> list[str]:
    return [trace for trace in traces(counts) if re.search(trace, text)]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("counts", FOURS)
def test_nothing_of_four_answers_is_in_any_file(format: str, counts: Counts) -> None:
    for made in (alone, beside):
        assert found_in(words(format, made(counts)), counts) == []
        assert FORMATS[format](made(counts), NAME) == FORMATS[format](made((0, 0, 0, 0, 0)), NAME)


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "png"])
def test_the_search_finds_what_may_be_told(format: str) -> None:
    """The same search in a week of sixty: it would have found the four."""
    counts = (3, 9, 5, 18, 25)
    traced = found_in(words(format, alone(counts)), counts)
    assert len(traced) >= (4 if format in ("json", "xlsx") else 5), traced


def test_a_picture_holds_no_words_at_all() -> None:
    assert words("png", alone((3, 2, 5, 18, 32))) == ""
    assert words("png", alone((0, 0, 0, 0, 0))) == ""


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_of_the_rows_changes_no_byte(format: str) -> None:
    """Answers, completions and units shuffled; from rows, and from what the database counts of them."""
    rows, completed = answers(3, 2, 5, 18, 32), done()
    first = digest_from(UNIT, WEEK, WEEK.close, Records(completed, rows, ()))
    turned = digest_from(UNIT, WEEK, WEEK.close, Records(completed[::-1], rows[30:] + rows[:30][::-1], ()))
    assert FORMATS[format](first, NAME) == FORMATS[format](turned, NAME) == FORMATS[format](first, NAME)


def test_four_of_a_week_and_six_of_the_block() -> None:
    """The week's four stay hidden where the block of four weeks has enough to be told of."""
    before = Week(2026, 45)
    earlier = [RatingRecord(UNIT, "Hộ tịch", before.first_day, before.start + timedelta(hours=n), 5) for n in range(30)]
    made = digest_from(UNIT, WEEK, WEEK.close, Records(done(), (*answers(1, 1, 1, 1, 0), *earlier), ()))
    text = words("text", made)
    assert found_in(text, (1, 1, 1, 1, 0)) == []
    assert "Hài lòng: chưa đủ 5 lượt" in text


def test_counted_rows_are_taken_as_rows() -> None:
    """What the database counted gives the same digest as the rows themselves."""
    from ratings.handed import handed

    counted: tuple[Handed, ...] = handed(done(), {UNIT}, WEEK.start, WEEK.end, WEEK.close)
    previous = Proportion(41, 58)
    by_rows = make_digest(UNIT, WEEK, WEEK.close, Records(done(), answers(3, 2, 5, 18, 32), ()), previous)
    by_counts = make_digest(UNIT, WEEK, WEEK.close, Records((), answers(3, 2, 5, 18, 32), (), handed=counted), previous)
    assert by_rows.on_time == by_counts.on_time
    assert (by_rows.eligible, by_rows.invited, by_rows.delivered) == (209, 209, 209)
    assert by_rows == by_counts
