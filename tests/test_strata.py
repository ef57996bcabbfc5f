"""What ended without a result in a digest: told apart, from five answers, in no other number, and nobody to be found
by subtracting."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from bot.clock import HandClock
from bot.demo.ends import ends as demo_ends
from bot.demo.life import Desk
from bot.keys import Keys
from bot.paper.files import FORMATS
from bot.tables.collecting import Collecting
from onestop.dossier import WITHOUT_RESULT, Status
from ratings.digest import Digest, digest_from, until_closed
from ratings.records import CompletionRecord, EndAnswer, EndRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.sources.answers import _of_ends
from ratings.sources.rows import _ended
from ratings.sources.table import COLUMNS, BadTable, read_table
from ratings.strata import ENDS, Stratum
from ratings.week import Week, vietnam_date
from storage.desk_tables import actions
from storage.engine import Database
from storage.tables import completions, micros, ratings
from tests.pdf_text import pdf_text
from tests.test_formats import MONDAY, NAME, answers
from tests.test_ratings_store import completion, insert, rating
from tests.test_subtracting import UNITS, WEEKS, comparable, everything, few, people_left_over, spans

WEEK = Week(2026, 46)
UNIT = "H99.07"
hour = timedelta(hours=1)
Counts = tuple[int, int, int, int, int]
REFUSED, WITHDRAWN, STOPPED = WITHOUT_RESULT
GIVEN: dict[str, Any] = {"units": [UNIT], "first": "", "last": "", "start": 0, "end": 0, "as_of": 0}
NOT_SAID = "Chưa đủ 5 lượt nên chưa nêu số."


def of_end(status: Status, *counts: int) -> tuple[EndAnswer, ...]:
    """So many 1★ … 5★ about dossiers that ended so on Monday."""
    return tuple(EndAnswer(status, answer) for answer in answers(*counts))


def ended(status: Status, n: int = 12, invited: int = 9) -> tuple[EndRecord, ...]:
    at = MONDAY + 9 * hour
    return tuple(EndRecord(UNIT, status, at, True, at if k < invited else None, at) for k in range(n))


def handed_over() -> Records:
    at = MONDAY + 9 * hour
    done = tuple(CompletionRecord(UNIT, at, at, True, at, at) for _ in range(209))
    return Records(done, answers(3, 2, 5, 18, 32), ())


def told(*given: EndAnswer, ends: Sequence[EndRecord] = (), unit: str = UNIT) -> Digest:
    records = replace(handed_over(), ends=tuple(ends), end_answers=given)
    return digest_from(unit, WEEK, WEEK.close, records)


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown", "line"),
    [
        ((0, 0, 0, 0, 0), ("<5", None, None, None), NOT_SAID),
        ((2, 1, 0, 0, 1), ("<5", None, None, None), NOT_SAID),
        ((2, 1, 0, 1, 1), (5, None, None, "< 50 %"), "Hài lòng với hướng dẫn, giải thích: dưới 50 % (5 người)."),
        ((1, 0, 0, 4, 4), (9, None, None, "≥ 80 %"), "Hài lòng với hướng dẫn, giải thích: từ 80 % trở lên (9 người)."),
        (
            (2, 1, 1, 3, 3),
            (10, [2, 1, 1, 3, 3], 6, "50–79 %"),
            "Hài lòng với hướng dẫn, giải thích 60 %: 6 trong 10 người trả lời. "
            "Số thật nhiều khả năng nằm trong khoảng 31–83 %.",
        ),
    ],
)
def test_as_much_is_told_as_of_so_many_answers_to_results(counts: Counts, shown: tuple[Any, ...], line: str) -> None:
    made = told(*of_end(REFUSED, *counts), ends=ended(REFUSED))
    (found,) = document.to_json(made)["strata"]
    answered, distribution, count, band = shown
    assert (found["ended"], found["count"], found["eligible"], found["invited"]) == ("refused", 12, 12, 9)
    assert (found["answered"], found["distribution"], found["band"]) == (answered, distribution, band)
    assert (found["satisfied"] or {}).get("count") == count
    null = {name for name in ("answered", "distribution", "satisfied", "band", "integrity") if found[name] is None}
    assert set(found["suppressed"]) == null
    for format in ("text", "html"):
        written = FORMATS[format](made, NAME).decode()
        assert f"Riêng hồ sơ bị từ chối: hỏi 9 người. {line}" in written
    assert document.load(document.dump(made)) == made


def test_each_way_of_ending_has_its_own_line_in_every_format() -> None:
    given = itertools.chain.from_iterable(of_end(status, 2, 1, 1, 3, 3) for status in WITHOUT_RESULT)
    made = told(*given, ends=[*ended(REFUSED), *ended(WITHDRAWN, 11, 10), *ended(STOPPED, 3, 3)])
    assert document.to_json(made)["ended"] == {"refused": 12, "withdrawn": 11, "stopped": 3}
    said = [
        "Riêng hồ sơ bị từ chối: hỏi 9 người.",
        "Riêng hồ sơ dân rút: hỏi 10 người.",
        "Riêng hồ sơ dừng xử lý: hỏi 3 người.",
    ]
    text = render_text(made)
    page = " ".join(pdf_text(FORMATS["pdf"](made, NAME)).split())
    for line in said:
        assert line in text and line in page
    assert "Không ra kết quả: từ chối 12, dân rút 11, dừng xử lý 3." in text


def test_odd_answers_and_ways_of_answering_are_told_of_each_by_itself() -> None:
    """Seven refused ones have a sign, ten of seventeen came by slip; both shares are printed."""
    given = [
        EndAnswer(REFUSED, replace(each.answer, marked=n < 7, mode="slip" if n < 10 else "bot"))
        for n, each in enumerate(of_end(REFUSED, 3, 2, 0, 4, 8))
    ]
    made = told(*given, *of_end(WITHDRAWN, 0, 0, 0, 0, 12), ends=[*ended(REFUSED, 30, 20), *ended(WITHDRAWN)])
    refused, withdrawn = document.to_json(made)["strata"]
    assert refused["integrity"] == {
        "flagged": 7,
        "share_with": pytest.approx(12 / 17),
        "share_without": pytest.approx(10 / 10),
    }
    assert [(way["mode"], way["answered"]) for way in refused["modes"]] == [("bot", 7), ("slip", 10)]
    assert (withdrawn["integrity"]["flagged"], withdrawn["modes"]) == (0, [])
    assert (
        "Cách trả lời: theo dõi trong chat 7 người; mã trên phiếu 10 người (hài lòng 50 %). 7 phiếu có dấu hiệu lạ, "
        "tính riêng. Kể cả các phiếu đó: 71 % của 17 người. Không kể: 100 % của 10 người."
    ) in render_text(made)
    assert document.load(document.dump(made)) == made
    four = [EndAnswer(REFUSED, replace(each.answer, mode="slip" if n < 4 else "bot")) for n, each in enumerate(given)]
    (found,) = told(*four, ends=ended(REFUSED, 30, 20)).strata or ()
    assert found.modes == () and found.answered == 17


def test_nothing_of_them_is_in_any_other_number() -> None:
    """A hundred refused ones with one star beside an ordinary week: every key but their own stays as it was."""
    bare = document.to_json(told())
    made = told(*of_end(REFUSED, 60, 0, 0, 0, 0), *of_end(WITHDRAWN, 40, 0, 0, 0, 0), ends=ended(REFUSED, 100, 100))
    beside = document.to_json(made)
    assert beside["ended"]["refused"] == 100
    for changed in ("ended", "strata"):
        assert bare.pop(changed) != beside.pop(changed)
    assert beside == bare


def test_while_the_books_are_open_nothing_of_the_answers_is_told() -> None:
    records = replace(handed_over(), ends=ended(REFUSED), end_answers=of_end(REFUSED, 2, 1, 1, 3, 3))
    silent = replace(records, end_answers=())
    open_at = WEEK.close - hour
    shown = [until_closed(digest_from(UNIT, WEEK, open_at, each)) for each in (records, silent)]
    assert shown[0] == shown[1]
    assert "Số chỉ nêu khi đã khóa sổ và đủ 5 lượt." in render_text(shown[0])


def test_where_nobody_was_asked_only_the_count_is_told() -> None:
    text = render_text(told(ends=ended(WITHDRAWN, 2, 0)))
    assert "dân rút 2" in text and "Riêng hồ sơ" not in text


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("counts", [(4, 0, 0, 0, 0), (1, 1, 1, 1, 0), (0, 0, 0, 0, 4)])
def test_four_answers_leave_no_trace_in_any_file(format: str, counts: Counts) -> None:
    with_four, without = (told(*of_end(REFUSED, *given), ends=ended(REFUSED)) for given in (counts, (0,) * 5))
    assert FORMATS[format](with_four, NAME) == FORMATS[format](without, NAME)


# --- the attack -------------------------------------------------------------------------------------------------------


def life(seed: int) -> Records:
    """Sixteen weeks of four units: few answers, some of them weeks late."""
    random = Random(seed)
    found: list[EndRecord] = []
    given: list[EndAnswer] = []
    for unit, week, status in product(UNITS, WEEKS, (REFUSED, WITHDRAWN)):
        for _ in range(random.choice([0, 2, 4, 6, 9, 14])):
            at = week.start + timedelta(days=random.randrange(6), hours=random.randrange(8, 17))
            found.append(EndRecord(unit, status, at, True, at, at))
            after = timedelta(hours=random.choice([3, 20, 60, 60, 200, 700]))
            answer = RatingRecord(unit, "Hộ tịch", vietnam_date(at), at + after, random.choice([1, 3, 4, 5]))
            mode, soon = random.choice(["bot", "bot", "slip"]), random.random() < 0.3
            given.append(EndAnswer(status, replace(answer, mode=mode, soon=soon)))
    return Records(ends=tuple(found), end_answers=tuple(given))


def stratum(digest: Digest, status: Status) -> Stratum | None:
    return next((each for each in digest.strata or () if each.ended is status), None)


def test_no_pair_of_views_of_a_stratum_leaves_one_to_four_citizens() -> None:
    made = everything(life(0))
    for status in (REFUSED, WITHDRAWN):
        views = {view: found for view, digest in made.items() if (found := stratum(digest, status)) is not None}
        shown = {view: found.answered for view, found in views.items() if found.answered is not None}
        assert len(shown) > len(made) / 3
        pairs = [(a, b) for a, b in product(shown, shown) if comparable(b, a) and few(shown[a] - shown[b])]
        assert pairs == []
        given = [each.answer for each in life(0).end_answers if each.ended is status]
        assert people_left_over(given, spans()) == []
        for span in WEEKS:
            whole = shown.get((frozenset(UNITS), span))
            alone = [shown.get((frozenset({unit}), span), 0) for unit in UNITS]
            assert whole is None or not few(whole - sum(alone))


# --- from a file ------------------------------------------------------------------------------------------------------


def a_file(folder: Path, rows: Sequence[str], columns: Sequence[str] = (*COLUMNS, "ended")) -> Path:
    file = folder / "week.csv"
    file.write_text("\n".join([",".join(columns), *rows]) + "\n", encoding="utf-8")
    return file


def line(stars: int | str = "", ended: str | None = "") -> str:
    answered = "2026-11-10T12:00" if stars else ""
    cells = f"{UNIT},Hộ tịch,1.001193,2026-11-09T09:00,2026-11-10,1,2026-11-09T15:00,{answered},{stars},,1,"
    return cells if ended is None else f"{cells},{ended}"


def test_a_column_says_how_it_ended(tmp_path: Path) -> None:
    rows = [*[line(5)] * 6, line("", "returned"), *[line(1, "refused")] * 5, line("", "Refused"), line(4, "withdrawn")]
    table = read_table(a_file(tmp_path, rows))
    made = document.to_json(digest_from(UNIT, WEEK, WEEK.close, table.records))
    assert (made["completed"], made["answered"], made["band"]) == (7, 6, "≥ 80 %")
    assert made["ended"] == {"refused": 6, "withdrawn": 1, "stopped": 0}
    assert [(each["ended"], each["invited"], each["answered"], each["band"]) for each in made["strata"]] == [
        ("refused", 6, 5, "< 50 %"),
        ("withdrawn", 1, "<5", None),
    ]


def test_without_the_column_everything_was_handed_over(tmp_path: Path) -> None:
    table = read_table(a_file(tmp_path, [line(5, None)] * 6, COLUMNS))
    made = document.to_json(digest_from(UNIT, WEEK, WEEK.close, table.records))
    assert (made["completed"], made["ended"], made["strata"]) == (6, None, None)


def test_a_word_that_says_no_way_of_ending_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"week.csv:3: ended 'lost': should be refused, withdrawn, stopped or empty"):
        read_table(a_file(tmp_path, [line(5), line(5, "lost")]))


# --- from the database ------------------------------------------------------------------------------------------------


def rows_of(records: Records) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same as stored."""
    found = [
        completion(
            n, each.at, unit=each.unit, ended=int(each.ended), invited_at=each.invited_at,
            delivered_at=each.delivered_at, declined_at=each.declined_at, eligible=each.eligible,
        )
        for n, each in enumerate(records.ends or ())
    ]  # fmt: skip
    given = [
        rating(
            n, each.answer.stars, each.answer.answered_at, unit=each.answer.unit, ended=int(each.ended),
            completed_on=each.answer.completed_on.isoformat(), mode=each.answer.mode, soon=each.answer.soon,
        )
        for n, each in enumerate(records.end_answers)
    ]  # fmt: skip
    return found, given


async def test_the_database_tells_the_same_as_the_records(database: Database) -> None:
    records, span, unit = life(5), WEEKS[7], UNITS[1]
    found, given = rows_of(records)
    await insert(database, completions, *found)
    await insert(database, ratings, *given)
    # one of them thinks better of it
    again = {**given[0], "supersedes": 1, "stars": 5, "at": given[0]["at"] + hour}
    await insert(database, ratings, again)
    first = records.end_answers[0]
    changed = replace(first.answer, stars=5, answered_at=first.answer.answered_at + hour)
    changed = replace(changed, first_at=first.answer.answered_at)
    records = replace(records, end_answers=(EndAnswer(first.ended, changed), *records.end_answers[1:]))
    for each, of in ((span, unit), (WEEKS[0], records.end_answers[0].answer.unit)):
        read = partial(store.digest_of, unit=of, span=each, as_of=each.close, demo=False)
        made = await database.read(read)
        assert made.strata and made.strata == digest_from(of, each, each.close, records).strata
        assert (made.completed, made.answered, made.eligible, made.invited) == (0, None, 0, 0)
    read = partial(store.digest_of, unit="P", span=span, as_of=span.close, demo=False, below=UNITS)
    together = await database.read(read)
    assert together.strata == digest_from("P", span, span.close, records, below=UNITS).strata


async def test_what_ended_so_is_in_no_other_reading(database: Database) -> None:
    """A week of results, then the same with a crowd of refusals in the weeks before, in it, and of its mix."""
    mine = [rating(n, 4, MONDAY + 30 * hour) for n in range(30)]
    known = {"field": "Hộ tịch", "procedure": "1.001193", "asked": 0, "ended": None}
    denied = [MONDAY + 12 * hour if n == 0 else None for n in range(40)]
    await insert(database, completions, *(completion(n, **known, not_received_at=at) for n, at in enumerate(denied)))
    await insert(database, ratings, *mine)
    done = {"unit": UNIT, "procedure": "1.001193", "done_on": "2026-11-09", "words": "sửa bảng", "noted_by": "cb-1"}
    await insert(database, actions, {**done, "noted_at": MONDAY})
    read = partial(store.digest_of, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False)
    bare = document.to_json(await database.read(read))
    many, given = [completion(0, MONDAY + 20 * hour, n=2, **{**known, "ended": 3}, not_received_at=None)], []
    for n in range(60):
        at = WEEK.start + timedelta(days=-7 * (n % 12), hours=9)
        stamps = {"not_received_at": at, "due_at": at - timedelta(days=9)}
        more = {"late_at": "x", "counted": 1, "procedure": "1.001193", "field": "Đất đai"}
        many.append(completion(100 + n, at, ended=3, asked=2, **stamps, **more))
        day = vietnam_date(at).isoformat()
        taps = json.dumps({"guidance": "both_bad"})
        given.append(rating(100 + n, 1, at + hour, ended=3, completed_on=day, field="Đất đai", taps=taps))
    await insert(database, completions, many[0])
    await insert(database, completions, *many[1:])
    await insert(database, ratings, *given)
    beside = document.to_json(await database.read(read))
    assert beside["follow_ups"]["not_received"] == {"count": 1, "handed_over_again": 0, "open": 1}
    assert beside["follow_ups"]["done"][0]["after"] == {"count": 0, "n": 40}
    assert beside.pop("ended")["refused"] == 6 and beside.pop("strata")[0]["answered"] == 5
    del bare["ended"], bare["strata"]
    assert beside == bare


async def test_they_are_found_by_indexes_that_hold_nothing_else(database: Database) -> None:
    if not database.sqlite:
        return
    for query, index in ((_ended(), "ix_completions_ended"), (_of_ends(), "ix_ratings_ended")):
        asked = str(query.params(**GIVEN).compile(compile_kwargs={"render_postcompile": True}))
        given = {name: UNIT if "units" in name else 0 for name in re.findall(r":(\w+)", asked)}
        explain = partial(lambda c, asked, of: c.execute(text(f"EXPLAIN QUERY PLAN {asked}"), of).all(), of=given)
        plan = await database.read(partial(explain, asked=asked))
        assert any(f"USING INDEX {index} " in row[-1] for row in plan), plan


async def test_a_call_about_a_refusal_says_so_and_its_answer_is_one_of_refusals(database: Database) -> None:
    keys, code = Keys(b"k" * 32), f"{UNIT}-261109-0007"
    await insert(database, completions, completion(7, ended=3), completion(8, ended=None))
    collecting = Collecting(database, keys, HandClock(WEEK.close), demo=False)
    drawn = await collecting.lot({"unit": UNIT, "week": str(WEEK), "share": 0.02, "seed": 1})
    assert [(dossier[-4:], ended) for dossier, *_, ended in drawn] == [("0007", "refused"), ("0008", "")]
    row = {"line": 2, "dossier": code, "answered_at": micros(MONDAY + 20 * hour), "stars": 2, "reasons": []}
    outcome = await collecting.enter({"rows": [{**row, "mode": "phone", "n": None}]})
    assert outcome["entered"] == 1
    read = partial(store.digest_of, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False)
    records = await database.read(partial(store.read_records, unit=UNIT, span=WEEK, as_of=WEEK.close, demo=False))
    assert [each.ended for each in records.end_answers] == [REFUSED] and records.ratings == ()
    assert (await database.read(read)).completed == 1


# --- the demonstration ------------------------------------------------------------------------------------------------


def test_the_fictional_province_has_a_few_of_each() -> None:
    weeks = [Week(2026, number) for number in range(21, 47)]
    found = list(demo_ends([Desk("H99.02", 420, 200)], weeks, 1))
    assert found == list(demo_ends([Desk("H99.02", 420, 200)], weeks, 1))
    counts = {status: sum(each.ended is status for each in found) for status in ENDS}
    assert counts[REFUSED] > counts[WITHDRAWN] > counts[STOPPED] > 5
    assert sum(counts.values()) < 0.05 * 26 * 220
    assert any(each.said is not None for each in found)
