"""Pushes into the tables, as scripts: what each row changes and tells."""

from __future__ import annotations

import pytest

from onestop.dossier import Status
from onestop.store import Recorded, find_with_since
from storage.engine import Database
from tests.told_rows import CODE, Row, at, everything, push, stamp, stands, step, whole

SCRIPTS: list[tuple[str, list[tuple[Row, list[int], list[float]]], int]] = [
    # label, [(row, statuses told, hours of new completions)], the status in the end
    (
        "the usual way",
        [
            (whole(2), [2], []),
            (step(4, 1), [4], []),
            (step(9, 5), [9], []),
            (whole(10, returned=7), [10], [7]),
        ],
        10,
    ),
    ("returned at once, never heard of before", [(whole(10, returned=7), [10], [7])], 10),
    (
        "the same row again",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=7), [], []),
            (whole(10, returned=7, LoaiDoiTuong="1"), [], []),
        ],
        10,
    ),
    (
        "steps arrive late, after the return",
        [
            (whole(10, returned=7), [10], [7]),
            (step(9, 5), [], []),
            (step(4, 1), [], []),
            (whole(2), [], []),
        ],
        10,
    ),
    (
        "returned, reopened, returned",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (step(9, 25), [9], []),
            (whole(10, returned=30), [10], [30]),
        ],
        10,
    ),
    (
        "reopened, and the old return comes again",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (whole(10, returned=7), [], []),
        ],
        4,
    ),
    (
        "reopened and replayed in whole",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (whole(10, returned=30), [10], [30]),
            (step(4, 20), [], []),
            (whole(10, returned=7), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "another NgayTra without anything between is no second time",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "an old row from before does not make it a second time either",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 1), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    (
        "between two returns told before it",
        [
            (whole(10, returned=7), [10], [7]),
            (whole(10, returned=30), [], []),
            (step(4, 20), [], []),
        ],
        10,
    ),
    (
        "a step to 10, then its NgayTra",
        [
            (step(9, 5), [9], []),
            (step(10, 8), [10], [8]),
            (whole(10, returned=7), [], []),
        ],
        10,
    ),
    (
        "finished and returned in the same second",
        [
            (step(9, 7), [9], []),
            (whole(10, returned=7), [10], [7]),
        ],
        10,
    ),
    (
        "the same, the other way round",
        [
            (whole(10, returned=7), [10], [7]),
            (step(9, 7), [], []),
        ],
        10,
    ),
    (
        "rows without any time of their own",
        [
            (whole(2, NgayTiepNhan=""), [2], []),
            (whole(4, NgayTiepNhan=""), [4], []),
            (whole(2, NgayTiepNhan=""), [], []),
            (whole(9, NgayTiepNhan=""), [9], []),
        ],
        9,
    ),
    (
        "whole rows with the day of reception only",
        [
            (whole(2), [2], []),
            (whole(4), [4], []),
            (whole(9), [9], []),
            (whole(4), [], []),
            (whole(10, returned=7), [10], [7]),
            (whole(9), [], []),
        ],
        10,
    ),
    (
        "papers asked for and brought",
        [
            (step(4, 1), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2), "NgayTiepNhanBoSung": stamp(4)}]), [4], []),
        ],
        4,
    ),
    (
        "papers asked for, and back without a day",
        [
            (step(4, 1), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [4], []),
        ],
        4,
    ),
    (
        "papers asked for, back without a day, and asked for again by a repetition",
        [
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [5], []),
            (whole(4, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [4], []),
            (whole(5, DanhSachHoSoBoSung=[{"NgayBoSung": stamp(2)}]), [], []),
        ],
        4,
    ),
    (
        "the old NgayTra does not put a second return right",
        [
            (whole(10, returned=7), [10], [7]),
            (step(4, 20), [4], []),
            (step(10, 30), [10], [30]),
            (whole(10, returned=7), [], []),
            (whole(10, returned=29), [], []),
        ],
        10,
    ),
    (
        "a status nobody knows",
        [
            (step(4, 1), [4], []),
            (step(77, 3), [], []),
            (step(9, 4), [9], []),
        ],
        9,
    ),
    (
        "a status nobody knows, after the return, does not reopen",
        [
            (whole(10, returned=7), [10], [7]),
            (step(77, 20), [], []),
            (whole(10, returned=30), [], []),
        ],
        10,
    ),
    ("a status nobody knows, first of all", [(step(77, 3), [], []), (step(4, 4), [4], [])], 4),
    ("at work with another agency", [(step(4, 1), [4], []), (step(4, 3), [], []), (step(2, 2), [], [])], 4),
    (
        "returned without a NgayTra, which comes later",
        [
            (whole(10, NgayTiepNhan=""), [10], []),
            (whole(10, returned=7), [], [7]),
        ],
        10,
    ),
    ("rejected", [(whole(1), [1], []), (step(3, 2), [3], [2])], 3),
    ("withdrawn, and called stopped later", [(step(7, 2), [7], [2]), (step(8, 3), [8], []), (step(7, 4), [7], [])], 7),
    ("refused, then handed over", [(step(3, 2), [3], [2]), (whole(10, returned=5), [10], [5])], 10),
    (
        "withdrawn, taken up again, handed over, withdrawn",
        [(step(7, 2), [7], [2]), (step(4, 3), [4], []), (whole(10, returned=5), [10], [5]), (step(7, 8), [7], [8])],
        7,
    ),
    ("a withdrawal that arrives after the return", [(whole(10, returned=7), [10], [7]), (step(7, 3), [], [])], 10),
    ("a return that arrives after the refusal", [(step(3, 9), [3], [9]), (whole(10, returned=5), [], [])], 3),
    ("refused twice over", [(step(3, 2), [3], [2]), (step(3, 4), [], [])], 3),
    (
        "refused, handed over without a day, and then its day",
        [(step(3, 2), [3], [2]), (whole(10, NgayTiepNhan=""), [10], []), (whole(10, returned=7), [], [7])],
        10,
    ),
    (
        "handed over without a day, refused, and then its day",
        [(whole(10, NgayTiepNhan=""), [10], []), (step(3, 200), [3], [200]), (whole(10, returned=210), [10], [210])],
        10,
    ),
]


@pytest.mark.parametrize(("label", "script", "final"), SCRIPTS, ids=[script[0] for script in SCRIPTS])
async def test_scripts(
    database: Database,
    label: str,
    script: list[tuple[Row, list[int], list[float]]],
    final: int,
) -> None:
    seqs: list[int] = []
    for row, told, completed in script:
        came = await push(database, row)
        assert [int(change.after) for change in came.changes] == told
        assert [completion.at for completion in came.completions] == [at(hours) for hours in completed]
        seqs += [change.seq for change in came.changes]
    assert seqs == sorted(set(seqs))
    stored = await stands(database)
    assert stored.dossier.status is Status(final)
    before = await everything(database)
    for row, _, _ in script:  # the whole script once more changes nothing at all
        assert await push(database, row, now=200) == Recorded()
    assert await everything(database) == before


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([step(4, 1), step(4, 3)], 1),
        ([step(9, 5), whole(10, returned=7)], 7),
        ([step(5, 1), step(4, 2), step(5, 3)], 3),
        ([step(10, 6), whole(10, returned=7)], 6),
        ([step(9, 5), step(10, 5)], 5),
        ([step(4, 5), step(5, 2)], 5),
    ],
)
async def test_since_when_a_dossier_stands_as_it_does(database: Database, rows: list[Row], since: float) -> None:
    for row in rows:
        await push(database, row)
    found = await database.read(lambda connection: find_with_since(connection, CODE))
    assert found is not None
    assert found.since == at(since)
