"""Where the late ones stood: by agency and by step, adding up, and what is not known said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from onestop.dossier import Status
from ratings.digest import make_digest
from ratings.lateness import Step, late_of, lines
from ratings.records import Against, CompletionRecord, Handed, Records
from ratings.reports import document
from ratings.reports.render import render_text
from ratings.sources.late_rows import stood
from ratings.sources.rows import until
from ratings.week import Week
from storage.engine import Database
from storage.tables import completions, movements

UNIT, WEEK = "H99.07", Week(2026, 46)
MONDAY = WEEK.start
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def handed(n: int, late_at: str | None, *, told: bool = False) -> Handed:
    return Handed(n, UNIT, Against.LATE, True, False, False, False, True, late_at, told)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ([(15, None)], "Chưa rõ trễ ở nơi nào."),
        ([(14, None), (1, "Công an xã")], "Trễ tại: Công an xã 1 · chưa rõ nơi 14."),
        ([(2, "A"), (9, "B"), (4, "C")], "Trễ tại: B 9 · C 4 · A 2."),
        ([(5, "A"), (4, "B"), (3, "C"), (2, "D"), (1, "E")], "Trễ tại: A 5 · B 4 · C 3 · nơi khác 3."),
        ([(5, "A"), (4, "B"), (3, "C"), (2, "D"), (1, None)], "Trễ tại: A 5 · B 4 · C 3 · nơi khác 2 · chưa rõ nơi 1."),
    ],
)
def test_the_places_add_up(done: list[tuple[int, str | None]], said: str) -> None:
    count = sum(n for n, _ in done)
    late = late_of([handed(n, where) for n, where in done], None, {})
    assert late is not None
    assert list(lines(late, count, "tuần")) == [said]


def test_the_steps_add_up_and_stand_in_the_order_of_the_work() -> None:
    known = {Status.FINISHED: 3, Status.NEEDS_PAPERS: 1, Status.IN_PROGRESS: 6, Status.NEEDS_PAYMENT: 1, None: 2}
    late = late_of([handed(15, None)], None, known)
    assert late is not None
    assert late.steps == ((Step.AT_WORK, 6), (Step.WAITING, 2), (Step.FINISHED, 3), (Step.UNKNOWN, 4))
    said = "Lúc quá hẹn: đang giải quyết 6 · chờ dân bổ sung 2 · đã xong, chưa ai lấy 3 · chưa rõ 4."
    assert list(lines(late, 15, "tuần"))[1] == said
    nothing = late_of([handed(15, None)], None, {None: 15})
    assert nothing is not None and nothing.steps == ()


def test_they_stand_in_the_text_in_the_json_and_in_what_is_kept() -> None:
    late = CompletionRecord(UNIT, MONDAY + 2 * DAY, MONDAY, True, late_at="Chi nhánh đất đai")
    records = Records(
        (late, late, CompletionRecord(UNIT, MONDAY + 2 * DAY, MONDAY, True)), (), (), stood={Status.FINISHED: 1}
    )
    made = make_digest(UNIT, WEEK, WEEK.close, records)
    text, told = render_text(made), document.to_json(made)["late"]
    assert "Trễ tại: Chi nhánh đất đai 2 · chưa rõ nơi 1.\nLúc quá hẹn: đã xong, chưa ai lấy 1 · chưa rõ 2.\n" in text
    assert told["agencies"] == [{"agency": "Chi nhánh đất đai", "count": 2}]
    assert (told["agency_unknown"], told["steps"]) == (
        1,
        [{"step": "finished", "count": 1}, {"step": "unknown", "count": 2}],
    )
    assert sum(each["count"] for each in told["steps"]) == document.to_json(made)["on_time"]["late_done"]
    assert render_text(document.load(document.dump(made))) == text


async def test_the_database_counts_what_it_saw_of_their_movements(database: Database) -> None:
    """Up to the last moment of the due day in Vietnam, and nothing of what was in time."""
    due, passed = MONDAY + 9 * HOUR, MONDAY + DAY
    seen: dict[str, list[tuple[datetime, Status]]] = {
        "work": [(MONDAY - 3 * DAY, Status.ACCEPTED), (passed - HOUR, Status.IN_PROGRESS)],
        "done": [(MONDAY - DAY, Status.IN_PROGRESS), (passed - timedelta(microseconds=1), Status.FINISHED)],
        "next": [(MONDAY - DAY, Status.IN_PROGRESS), (passed, Status.FINISHED)],
        "none": [(passed + HOUR, Status.FINISHED)],
        "kept": [(MONDAY - DAY, Status.FINISHED)],
    }
    rows = [
        {
            "dossier": code,
            "n": 1,
            "unit": UNIT,
            "due_at": due,
            "eligible": True,
            "demo": True,
            "completed_at": due if code == "kept" else passed + 10 * HOUR,
        }
        for code in seen
    ]
    moved = [
        {"dossier": code, "at": at, "status": int(status), "seen_at": at, "told": True}
        for code, steps in seen.items()
        for at, status in steps
    ]
    await database.write(lambda c: (c.execute(completions.insert(), rows), c.execute(movements.insert(), moved)))
    end = until(WEEK, WEEK.close)
    counted = await database.read(lambda c: stood(c, (UNIT,), WEEK, end))
    assert counted == {Status.IN_PROGRESS: 2, Status.FINISHED: 1, None: 1}
    early = await database.read(lambda c: stood(c, (UNIT,), WEEK, until(WEEK, passed)))
    assert early == {}
