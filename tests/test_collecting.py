"""Reminders to fetch a result: when, to whom, and when not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from handlers.desk import Later, Step
from handlers.dossiers.collecting import Reminder, read, reminders
from handlers.messages import Purpose
from onestop.days.calendar import VIETNAM
from onestop.dossier import Status
from tests.fakes import NOON, RULES, Talk, a_dossier
from tests.held import CODE, following

FINISHED = NOON - timedelta(hours=1)


async def finished() -> Talk:
    """A chat that follows a dossier which was finished an hour ago."""
    talk = await following(Status.FINISHED, finished_at=FINISHED, moved_at=FINISHED)
    assert len([event for _, event in talk.book.planned if event.startswith("collect:")]) == 2
    return talk


def test_after_three_and_fourteen_days_in_contact_hours() -> None:
    planned = reminders(CODE, FINISHED, NOON, RULES)
    assert [each.event for each in planned] == [f"collect:{CODE}:2026-11-18:3", f"collect:{CODE}:2026-11-18:14"]
    assert [each.at for each in planned] == [
        datetime(2026, 11, 21, 8, 0, tzinfo=VIETNAM),
        datetime(2026, 12, 2, 8, 0, tzinfo=VIETNAM),
    ]


@pytest.mark.parametrize(("ago", "left"), [(2, 2), (3, 1), (13, 1), (14, 0), (400, 0)])
def test_what_is_past_is_not_made_up_for(ago: int, left: int) -> None:
    assert len(reminders(CODE, NOON - timedelta(days=ago), NOON, RULES)) == left


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (f"collect:{CODE}:2026-11-18:3", Reminder(CODE, date(2026, 11, 18), 3)),
        (f"collect:{CODE}:2026-13-18:3", None),
        ("collect:x:2026-11-18:3", None),
        (f"status:{CODE}:1", None),
    ],
)
def test_the_id_of_a_reminder(event: str, expected: Reminder | None) -> None:
    assert read(event) == expected


async def test_who_follows_is_reminded_of_what_still_lies_there() -> None:
    talk = await finished()
    talk.wait(days=3)
    step = await talk.happens(f"collect:{CODE}:2026-11-18:3")
    assert isinstance(step, Step)
    (said,) = step.say
    assert said.purpose is Purpose.NOTICE
    assert "xong từ thứ Tư 18/11, vẫn chờ anh/chị ở quầy" in said.text
    assert "giấy hẹn và căn cước" in said.text
    assert [choice.says for choice in said.choices] == [f"status {CODE}", "hours", f"unfollow {CODE}"]


@pytest.mark.parametrize("status", [Status.RETURNED, Status.IN_PROGRESS, Status.STOPPED])
async def test_what_moved_on_is_not_spoken_of(status: Status) -> None:
    talk = await finished()
    talk.book.push(a_dossier(CODE, status, finished_at=FINISHED, moved_at=NOON))
    talk.wait(days=3)
    step = await talk.happens(f"collect:{CODE}:2026-11-18:3")
    assert isinstance(step, Step)
    assert step.say == ()


async def test_what_was_finished_anew_has_its_own_reminders() -> None:
    talk = await finished()
    again = NOON + timedelta(days=1)
    talk.book.push(a_dossier(CODE, Status.FINISHED, finished_at=again, moved_at=again))
    talk.wait(days=3)
    step = await talk.happens(f"collect:{CODE}:2026-11-18:3")
    assert isinstance(step, Step)
    assert step.say == ()


async def test_who_follows_no_more_is_left_alone() -> None:
    talk = await finished()
    await talk.says(f"unfollow {CODE}")
    talk.wait(days=3)
    step = await talk.happens(f"collect:{CODE}:2026-11-18:3")
    assert isinstance(step, Step)
    assert step.say == ()


async def test_it_waits_for_contact_hours() -> None:
    talk = await finished()
    talk.wait(days=3, hours=14)
    assert isinstance(await talk.happens(f"collect:{CODE}:2026-11-18:3"), Later)
