"""The one thing to do first: in a fixed order, from what is shown and nothing else; and what is asked most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ratings.digest import Digest, until_closed
from ratings.follow_ups import Done, FollowUps
from ratings.lateness import Late
from ratings.on_time import OnTime
from ratings.rating import default_instrument
from ratings.reports import document
from ratings.reports.action import Action, What, action_of, lines
from ratings.reports.render import render_text
from ratings.shown import Cause
from ratings.sources.rows import asked_often
from ratings.statistics import Distribution
from ratings.watch import Alarm, Level
from ratings.week import Week
from storage.desk_tables import open_questions
from storage.engine import Database

WEEK = Week(2026, 46)
NOTHING = Digest("H99.07", WEEK, WEEK.close, True, False, OnTime(5, 20, 8), 33, 10, 10, None)
LATE = Late(0, (("Chi nhánh đất đai", 6),), None)
BAD = Distribution((3, 3, 6, 9, 9))
CAUSES = (Cause("waiting", 7, 0.4), Cause("manner", 5, 0.1))
LOOK = Alarm(Level.LOOK, 55, 50, ("Đất đai",))
CASES: list[tuple[Digest, Action | None, str]] = [
    (NOTHING, None, ""),
    (replace(NOTHING, unanswered=4), Action(What.QUESTIONS, (), 4), "nhắn “chưa hiểu” để dạy máy"),
    (replace(NOTHING, unanswered=4, late=LATE), Action(What.LATE, ("Chi nhánh đất đai",), 6), "trễ ở đó 6 trong 8."),
    (
        replace(NOTHING, late=LATE, drivers=CAUSES, distribution=BAD),
        Action(What.REASON, ("waiting",), 7),
        "bàn cách bớt “Phải chờ lâu, trễ hẹn”, 7 người chưa hài lòng nêu điều này.",
    ),
    (
        replace(NOTHING, drivers=CAUSES, distribution=BAD, alarm=LOOK),
        Action(What.LOOK, ("Đất đai",)),
        "xem lại đất đai, vì người chưa hài lòng nhiều hơn mức thường.",
    ),
    (
        replace(NOTHING, alarm=LOOK, on_time=OnTime(5, 20, 8, 3, 12)),
        Action(What.OVERDUE, (), 3),
        "giải quyết 3 hồ sơ đang quá hạn",
    ),
    (
        replace(NOTHING, on_time=OnTime(5, 20, 8, 3, 12), follow_ups=FollowUps(4, 1)),
        Action(What.NOT_RECEIVED, (), 3),
        "hỏi lại 3 người nói chưa nhận được kết quả.",
    ),
]


def test_what_citizens_wait_for_comes_first() -> None:
    for digest, action, said in CASES:
        assert action_of(digest) == action, said
        told = document.to_json(digest)["action"]
        assert (told is None) is (action is None), said
        if action is not None:
            assert told == {"what": action.what.value, "about": list(action.about), "count": action.count}
            assert f"Việc nên làm trước: {said}" in render_text(digest) or said in render_text(digest)
            assert document.to_json(document.load(document.dump(digest)))["action"] == told


@pytest.mark.parametrize(
    "digest",
    [
        replace(NOTHING, late=replace(LATE, agencies=(("A", 4),))),
        replace(NOTHING, late=replace(LATE, agencies=(("A", 5), ("B", 5))), on_time=OnTime(0, 0, 11)),
        replace(NOTHING, drivers=CAUSES, distribution=Distribution((3, 3, 3, 9, 9))),
        replace(NOTHING, alarm=replace(LOOK, level=Level.USUAL)),
        replace(NOTHING, follow_ups=FollowUps(2, 2)),
    ],
)
def test_what_does_not_stand_out_is_no_action(digest: Digest) -> None:
    assert action_of(digest) is None
    assert "Việc nên làm" not in render_text(digest)


def test_an_open_week_proposes_nothing_from_its_answers() -> None:
    opened = replace(NOTHING, locked=False, drivers=CAUSES, distribution=BAD, alarm=LOOK)
    assert action_of(opened) is not None
    assert action_of(until_closed(opened)) is None


def test_it_says_who_sees_to_it_and_whether_anything_was_noted() -> None:
    overdue = replace(NOTHING, on_time=OnTime(5, 20, 8, 3, 12), follow_ups=FollowUps())
    noted = Done("1.001193", WEEK.first_day - timedelta(days=7), "sửa bảng niêm yết", None, None)
    told = list(lines(overdue, default_instrument()))
    assert told[0].endswith("Người lo: trưởng bộ phận một cửa.")
    assert told[1].startswith("Từ tuần trước chưa ghi việc nào đã làm;")
    done = replace(overdue, follow_ups=FollowUps(done=(noted,)), children=())
    assert [line[-29:] for line in lines(done, default_instrument())] == [" Người lo: lãnh đạo trung tâm."[-29:]]
    older = replace(noted, on=noted.on - timedelta(days=1))
    assert len(list(lines(replace(overdue, follow_ups=FollowUps(done=(older,))), default_instrument()))) == 2


async def test_what_is_asked_most_is_told_from_five_times_on(database: Database) -> None:
    day, old = WEEK.first_day.isoformat(), (WEEK.first_day - timedelta(days=30)).isoformat()
    asked = [("sổ đỏ mất", 3, "A"), ("sổ đỏ mất", 4, "B"), ("cấp số nhà", 5, "A"), ("học bạ", 4, "A")]
    rows = [
        {"unit": unit, "words": words, "why": "not_here", "times": times, "first_on": old, "last_on": day}
        for words, times, unit in asked
    ]
    rows.append({**rows[0], "unit": "C", "times": 90})
    rows.append({**rows[0], "words": "của tháng trước", "times": 70, "last_on": old})
    await database.write(lambda c: c.execute(open_questions.insert(), rows))
    found = await database.read(lambda c: asked_often(c, ("A", "B"), WEEK))
    assert found == (("sổ đỏ mất", 7), ("cấp số nhà", 5))
    text = render_text(replace(NOTHING, unanswered=3, questions=found))
    assert "Dân hỏi nhiều mà máy chưa trả lời được: “sổ đỏ mất” (7 lần); “cấp số nhà” (5 lần)." in text
    kept = document.load(document.dump(replace(NOTHING, questions=found)))
    assert kept.questions == found
