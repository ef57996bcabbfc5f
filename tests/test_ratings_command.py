"""``motcua ratings``: answers of kiosks and calls enter once and only with a result; the lot says whom to call."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import HandClock
from bot.commands.cli import main
from bot.control import Wrong
from bot.keys import Keys
from bot.tables.collecting import Collecting, draw
from ratings.sources.collected import COLUMNS, read_collected
from ratings.sources.service_rows import calls
from ratings.sources.table import BadTable
from ratings.week import VIETNAM, Week
from storage.engine import Database
from storage.service_tables import called_back
from storage.tables import audit, completions, micros, ratings

DONE = datetime(2026, 11, 10, 9, tzinfo=VIETNAM)
NOW = DONE + timedelta(days=6)
KEYS = Keys(b"k" * 32)
UNIT = "H99.07"


def code(number: int) -> str:
    return f"{UNIT}-261105-{number:04d}"


def completion(number: int, n: int = 1, field: str = "Hộ tịch", **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("procedure", "received_at", "due_at", "invited_at", "delivered_at", "declined_at"))
    known = {
        "dossier": code(number),
        "n": n,
        "unit": UNIT,
        "field": field,
        "completed_at": DONE,
        "not_received_at": None,
    }
    return {**empty, **known, "eligible": True, "demo": False, **more}


def row(number: int, stars: int = 4, at: datetime = DONE + timedelta(hours=5), **more: Any) -> dict[str, Any]:
    asked = {"line": number, "dossier": code(number), "answered_at": micros(at), "stars": stars, "reasons": []}
    return {**asked, "mode": "kiosk", "n": None, **more}


@pytest.fixture
async def collecting(database: Database) -> Collecting:
    rows = [completion(number) for number in range(1, 9)] + [completion(1, 2)]
    await database.write(lambda c: c.execute(completions.insert(), rows))
    return Collecting(database, KEYS, HandClock(NOW), demo=False)


async def test_each_result_has_one_answer(collecting: Collecting, database: Database) -> None:
    given = [row(1, 5), row(2, 1, mode="phone", reasons=["waiting"]), row(3)]
    assert await collecting.enter({"rows": given}) == {"entered": 3, "before": 0, "refused": []}
    assert await collecting.enter({"rows": [*given, row(1, 2, n=1)]}) == {"entered": 1, "before": 3, "refused": []}
    query = select(ratings.c.completion, ratings.c.stars, ratings.c.mode, ratings.c.unit, ratings.c.completed_on)
    stored = await database.read(lambda c: sorted(tuple(found) for found in c.execute(query)))
    day = "2026-11-10"
    assert stored == sorted(
        [
            (KEYS.completion(code(1), 2), 5, "kiosk", UNIT, day),
            (KEYS.completion(code(1), 1), 2, "kiosk", UNIT, day),
            (KEYS.completion(code(2), 1), 1, "phone", UNIT, day),
            (KEYS.completion(code(3), 1), 4, "kiosk", UNIT, day),
        ]
    )
    noted = await database.read(lambda c: c.execute(select(audit.c.what, audit.c.unit, audit.c.detail)).all())
    assert [tuple(each) for each in noted] == [
        ("imported ratings", UNIT, "3 answers"),
        ("imported ratings", UNIT, "1 answers"),
    ]


async def test_a_call_to_who_has_rated_is_a_check_and_no_rating(collecting: Collecting, database: Database) -> None:
    await collecting.enter({"rows": [row(1, 5), row(2, 3), row(3, 1), row(4, mode="phone"), row(5, 5)]})
    said, at = {1: 4, 2: 2, 3: 2, 4: 4, 6: 5}, DONE + timedelta(days=2)
    called = [row(number, stars, at, mode="phone") for number, stars in said.items()]
    outcome = await collecting.enter({"rows": [*called, row(5, 1)]})
    # a phone rating that is there is the same call; who did not rate has one now; nothing tells who was which
    assert outcome == {"entered": 4, "before": 2, "refused": []}
    assert await collecting.enter({"rows": [*called, row(1, 1, mode="phone")]}) == {
        "entered": 0,
        "before": 6,
        "refused": [],
    }
    query = select(called_back.c.completion, called_back.c.agrees, called_back.c.called_on, called_back.c.unit)
    stored = await database.read(lambda c: {tuple(found) for found in c.execute(query)})
    day = "2026-11-12"
    kept = ((1, True), (2, False), (3, True))
    assert stored == {(KEYS.completion(code(n), 2 if n == 1 else 1), agrees, day, UNIT) for n, agrees in kept}
    rated = await database.read(lambda c: sorted(c.execute(select(ratings.c.stars)).scalars()))
    assert rated == sorted([5, 3, 1, 4, 5, 5])
    found = await database.read(lambda c: calls(c, (UNIT,), Week(2026, 46), NOW))
    assert sorted(each.agrees for each in found) == [False, True, True]
    assert await database.read(lambda c: calls(c, (UNIT,), Week(2026, 46), NOW - timedelta(hours=1))) == ()


async def test_a_call_about_what_ended_without_a_result_checks_nothing(
    collecting: Collecting, database: Database
) -> None:
    await database.write(lambda c: c.execute(completions.insert(), [completion(60, ended=3)]))
    await collecting.enter({"rows": [row(60, 5)]})
    assert (await collecting.enter({"rows": [row(60, 5, mode="phone")]}))["before"] == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (row(77), "no result of this dossier was handed over, nor has it ended otherwise"),
        (row(1, n=3), "no result of this dossier was handed over, nor has it ended otherwise"),
        (row(1, at=DONE - timedelta(minutes=1)), "answered before the result was handed over, or the dossier ended"),
        (row(1, at=NOW + timedelta(hours=1)), "answered in the future"),
        (row(1, mode="fax"), "mode 'fax'"),
    ],
)
async def test_what_never_enters(collecting: Collecting, given: dict[str, Any], why: str) -> None:
    outcome = await collecting.enter({"rows": [given]})
    assert outcome == {"entered": 0, "before": 0, "refused": [[given["line"], why]]}


async def test_the_lot_is_drawn_over_fields_and_answered_or_not(collecting: Collecting, database: Database) -> None:
    await database.write(
        lambda c: c.execute(completions.insert(), [completion(n, field="Đất đai") for n in range(20, 50)])
    )
    await collecting.enter({"rows": [row(number) for number in range(20, 25)]})
    asked = {"unit": UNIT, "week": "2026-W46", "share": 0.1, "seed": 1}
    drawn = await collecting.lot(asked)
    assert drawn == await collecting.lot(asked) == sorted(drawn)
    assert Counter(field for _, _, _, field, _ in drawn) == {"Đất đai": 1 + 3, "Hộ tịch": 1}
    assert await collecting.lot({**asked, "week": "2026-W45"}) == []
    with pytest.raises(Wrong, match="--share"):
        await collecting.lot({**asked, "share": 0})
    with pytest.raises(Wrong, match="--week"):
        await collecting.lot({**asked, "week": "W45"})


def test_everybody_is_as_likely_to_be_drawn() -> None:
    strata = {("x", False): [[n] for n in range(10)]}
    drawn = Counter(each[0] for seed in range(2000) for each in draw(strata, 0.2, Random(seed)))
    assert sum(drawn.values()) == 4000
    assert all(320 < n < 480 for n in drawn.values())


# --- the file --------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "kiosk.csv"
    file.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return file


def test_a_file_is_read_row_by_row(tmp_path: Path) -> None:
    good = f"{code(1)},2026-11-10T14:00,5,prompt;Nhanh,kiosk,"
    file = written(
        tmp_path, good, "", f"{code(2)},2026-11-10,6,,kiosk,", "xx,2026-11-10,5,,kiosk,", f"{code(3)},,5,,phone,1",
        f"{code(4)},2026-11-10,5,,bot,", f"{code(5)},2026-11-10,5,,phone,0",
    )  # fmt: skip
    found, wrong = read_collected(file)
    (answer,) = found
    assert (answer.line, answer.dossier, answer.stars, answer.mode, answer.n) == (2, code(1), 5, "kiosk", None)
    assert answer.answered_at == datetime(2026, 11, 10, 14, tzinfo=VIETNAM)
    assert [line.removeprefix(f"{file}:").split(":")[0] for line in wrong] == ["4", "5", "6", "7", "8"]
    assert "stars are 1 to 5" in wrong[0] and "no dossier code" in wrong[1] and "no instant" in wrong[2]
    assert "wants one of kiosk, link, phone, slip" in wrong[3]


def test_short_questions_come_with_a_column_of_theirs(tmp_path: Path) -> None:
    rows = [f"{code(k)},2026-11-10T14:00,5,,kiosk,,{taps}" for k, taps in enumerate(TAPS)]
    file = tmp_path / "kiosk.csv"
    file.write_text("\n".join([",".join((*COLUMNS, "taps")), *rows]) + "\n", encoding="utf-8")
    found, wrong = read_collected(file)
    assert [answer.taps for answer in found] == [(), (("guidance", "both_good"), ("trips", "once"))]
    assert "'trips' is answered with one of once, twice" in wrong[0]
    assert "'tea' is no question" in wrong[1] and "'trips' is answered twice" in wrong[2]


TAPS = ("", "trips=1 lần;guidance=both_good", "trips=never", "tea=green", "trips=once;trips=twice")


async def test_short_questions_are_entered_as_the_chat_stores_them(collecting: Collecting, database: Database) -> None:
    given = [row(1, taps={"trips": "once"}), row(2, taps=None)]
    assert (await collecting.enter({"rows": given}))["entered"] == 2
    stored = await database.read(lambda c: c.execute(select(ratings.c.taps).order_by(ratings.c.id)).scalars().all())
    assert stored == ['{"trips":"once"}', None]


@pytest.mark.parametrize("content", [b"", b"dossier,stars\n", b"\xff\xfe", b'"a\n'])
def test_a_file_of_another_shape(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(BadTable, match=r"x\.csv"):
        read_collected(file)


@pytest.mark.slow
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "var"))
    file = written(tmp_path, f"{code(1)},2026-11-10,5,,kiosk,")
    assert main(["ratings", "import", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "0 answers entered, 0 there before, 1 refused\n"
    assert f"{file}:2: no result of this dossier was handed over" in printed.err
    assert main(["ratings", "import", str(tmp_path / "none.csv")]) == 2
    assert main(["ratings", "calls", "--unit", "H99.07", "--week", "2026-W46"]) == 2
