"""Who is asked, how often, what of it is counted and told: one reminder, nobody twice a week, strata of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.keys import Keys
from bot.tables.records import ChatRecords
from handlers import effects as fx
from handlers.desk import Binding, Step
from handlers.messages import Purpose
from onestop.dossier import Status
from ratings.digest import make_digest
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.reports.page import make_page
from ratings.reports.render import render_text
from ratings.sources import store
from ratings.week import Week
from storage.engine import Database
from storage.tables import completions, outbox
from tests.fakes import NOON, a_dossier
from tests.rated import CODE, EVENT, a_talk, invited, stars

REMINDER = f"remind:{CODE}:1"
WEEK = Week(2026, 46)
MONDAY = WEEK.start + timedelta(hours=9)
UNIT = "H99.07"


async def test_who_does_not_answer_is_reminded_once_and_then_never() -> None:
    talk = await invited()
    talk.wait(days=3)
    step = await talk.happens(REMINDER)
    assert isinstance(step, Step)
    (said,) = step.say
    assert said.purpose is Purpose.REMINDER
    assert said.text.startswith("Máy nhắc một lần thôi, sau đó không hỏi nữa.")
    assert step.effects == (), "neither invited again nor planned again"
    assert [choice.key for choice in said.choices] == ["5", "4", "3", "2", "1"]
    await talk.says("4")
    assert stars(talk) == [4]


@pytest.mark.parametrize("typed", ["5", "0", "chưa nhận"])
async def test_who_answered_declined_or_got_nothing_is_not_reminded(typed: str) -> None:
    talk = await invited()
    await talk.says(typed)
    talk.wait(days=3)
    step = await talk.happens(REMINDER)
    assert isinstance(step, Step)
    assert step.say == ()


async def test_after_a_death_nobody_is_reminded() -> None:
    talk = a_talk(procedure="1.000656")
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert step.effects == (fx.Invited(CODE, 1),)


@pytest.mark.parametrize(
    ("days", "demo", "asked"), [(0, False, False), (6, False, False), (8, False, True), (0, True, True)]
)
async def test_one_person_is_not_invited_twice_in_a_week(days: int, demo: bool, asked: bool) -> None:
    talk = await invited()
    await talk.says("0")
    other = "H99.07-261116-0008"
    talk.wait(days=days, hours=1)
    talk.rules = replace(talk.rules, demo=demo)
    talk.book.push(a_dossier(other, Status.RETURNED, done_at=talk.now), talk.now)
    talk.book.bindings[talk.chat, other] = Binding(other, None, NOON + timedelta(days=90), following=True)
    step = await talk.happens(f"invite:{other}:1")
    assert isinstance(step, Step)
    assert bool(step.say) is asked
    assert (fx.Invited(other, 1) in step.effects) is asked, "left unasked, it is not counted as invited"
    assert "từ 1 đến 5" in await talk.says(f"rate {other}"), "of one's own accord one always may"


@pytest.mark.parametrize(
    ("purpose", "state", "days", "counts"),
    [
        ("invitation", "sent", 6, True),
        ("invitation", "open", 0, True),
        ("invitation", "refused", 0, False),
        ("invitation", "sent", 8, False),
        ("reminder", "sent", 0, False),
    ],
)
async def test_what_counts_as_invited_lately(
    database: Database, purpose: str, state: str, days: int, counts: bool
) -> None:
    now = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    at = now - timedelta(days=days)
    row = {"chat": "web/1/a", "seq": 1, "event": "e", "purpose": purpose, "state": state, "made_at": at, "due_at": at}
    await database.write(lambda c: c.execute(outbox.insert().values(row)))
    records = ChatRecords(database, Keys(b"k" * 32), "web/1/a", now, demo=False)
    assert await records.invited_since(now - timedelta(days=7)) is counts


async def test_eligible_invited_delivered_and_declined_are_counted_and_told(database: Database) -> None:
    """Of ten handed over eight may be asked about, five were asked, four reached, two declined, after the closing too;
    refused, withdrawn and stopped dossiers are strata of their own."""
    hour, late = timedelta(hours=1), WEEK.close + timedelta(hours=1)
    rows = []
    for n in range(10):
        declined = {3: MONDAY + 3 * hour, 4: MONDAY + 3 * hour, 2: late}.get(n)
        known = {"dossier": f"{UNIT}-261109-{n:04}", "n": 1, "unit": UNIT, "completed_at": MONDAY, "due_at": MONDAY}
        asked = {"invited_at": MONDAY + hour if n < 5 else None, "delivered_at": MONDAY + hour if n < 4 else None}
        rows.append(
            {**known, **asked, "declined_at": declined, "eligible": n < 8, "demo": False, "counted": n % 2 or None}
        )
    ended = [
        (Status.REJECTED, 0),
        (Status.REJECTED, 1),
        (Status.WITHDRAWN, 2),
        (Status.STOPPED, 9),
    ]
    held = [
        {
            "dossier": f"{UNIT}-261101-{n:04}",
            "n": 1,
            "ended": int(status),
            "unit": UNIT,
            "completed_at": MONDAY + timedelta(days=days),
            "invited_at": MONDAY + hour,
            "eligible": True,
            "demo": False,
        }
        for n, (status, days) in enumerate(ended)
    ]
    await database.write(lambda c: c.execute(completions.insert(), rows))
    await database.write(lambda c: c.execute(completions.insert(), held))
    digest = await database.read(lambda c: store.digest_of(c, UNIT, WEEK, WEEK.close, demo=False))
    written = json.loads(document.to_text(digest))
    assert [written[key] for key in ("completed", "eligible", "invited", "delivered", "declined")] == [10, 8, 5, 4, 2]
    assert written["ended"] == {"refused": 2, "withdrawn": 1, "stopped": 0}
    for text in (render_text(digest), "\n".join(make_page(digest).blocks[0].lines)):
        assert "Được hỏi 5 trong 8 lần trả kết quả, lời hỏi tới nơi 4, không muốn trả lời 2." in text
        assert "Không ra kết quả: từ chối 2, dân rút 1. Đếm riêng, không nằm trong số đã trả." in text
    assert document.load(document.dump(digest)).ended == digest.ended
    stored = json.loads(document.dump(digest))
    del stored["digest"]["declined"], stored["digest"]["strata"]
    assert document.load(json.dumps(stored)).ended == digest.ended, "as the version before kept it"
    del stored["digest"]["ended"]
    earlier = document.load(json.dumps(stored))
    assert (earlier.declined, earlier.ended) == (0, None), "as an earlier version kept it"


@pytest.mark.parametrize(
    ("invited_answers", "slips", "says", "share"),
    [
        (20, 0, "20 người trả lời trong 50 người được hỏi (40 %).", 0.4),
        (20, 30, "20 người trả lời trong 50 người được hỏi (40 %), 30 người trả lời theo cách khác.", 0.4),
        (20, 4, "24 người trả lời. Trong 50 người được hỏi, 20–24 người trả lời (40–48 %).", None),
        (4, 20, "24 người trả lời. Trong 50 người được hỏi, 0–4 người trả lời (0–8 %).", None),
        (0, 20, "0 người trả lời trong 50 người được hỏi (0 %), 20 người trả lời theo cách khác.", 0.0),
    ],
)
def test_the_rate_of_answers_is_of_the_invited_alone(
    invited_answers: int, slips: int, says: str, share: float | None
) -> None:
    """Slips answered by people who were never invited must not make a unit's rate look like ninety-five per cent."""
    asked = CompletionRecord(UNIT, MONDAY, MONDAY, True, MONDAY, MONDAY)
    one = RatingRecord(UNIT, "Hộ tịch", WEEK.first_day, MONDAY + timedelta(hours=30), 5)
    ratings = (one,) * invited_answers + (replace(one, mode="slip"),) * slips
    digest = make_digest(UNIT, WEEK, WEEK.close, Records((asked,) * 50, ratings))
    assert says in render_text(digest)
    written = json.loads(document.to_text(digest))
    assert (written["response_rate"], "response_rate" in written["suppressed"]) == (share, share is None)
    between = written["response_between"]
    least = min(invited_answers, 20) if slips < 5 else 0
    assert between == ({"low": least / 50, "high": (least + 4) / 50} if share is None else None)
    kept = document.load(document.dump(digest))
    assert (kept.response_rate, kept.response_between) == (digest.response_rate, digest.response_between)
