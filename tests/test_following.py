"""Following: consent, the list, the invitations it plans, the news it brings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Binding, Extension, Later, Step
from handlers.messages import Purpose
from handlers.rated.inviting import invite_at, read_invite
from handlers.respond import respond
from handlers.states import AsksCode, AsksConsent, AsksStars, Idle
from onestop.days.calendar import VIETNAM, ContactHours
from onestop.dossier import Status
from tests.fakes import NOON, RULES, a_dossier, micros
from tests.held import CODE, SUPPLEMENT, a_talk, following, proved

# --- following --------------------------------------------------------------------------------------------------------


async def test_following_needs_consent_and_is_in_force_when_that_is_answered() -> None:
    talk = await proved()
    said = await talk.says(talk.choice("follow").says)
    assert "nhắn cho anh/chị nhé" in said
    assert talk.conversation.state == AsksConsent(CODE)
    assert not talk.book.consents
    said = await talk.says(talk.choice("consent yes").says)
    assert "Đã bật theo dõi" in said
    until = NOON + timedelta(days=90)
    assert talk.effects == (
        fx.Consented("follow", "follow-1", True),
        fx.Followed(CODE, "hồ sơ hộ tịch", until, "follow-1"),
    )
    assert "đang được theo dõi rồi" in await talk.says(f"follow {CODE}")


async def test_no_consent_no_following() -> None:
    talk = await proved()
    await talk.says(f"follow {CODE}")
    assert "không nhắn gì" in await talk.says("không cần")
    assert talk.effects == (fx.Consented("follow", "follow-1", False),)
    assert "chưa theo dõi hồ sơ nào" in await talk.says("mine")


@pytest.mark.parametrize("text", [f"follow {CODE}", f"consent yes {CODE}"])
async def test_a_button_proves_nothing(text: str) -> None:
    talk = a_talk()
    assert "4 số cuối" in await talk.says(text)
    assert talk.effects == ()


async def test_a_button_pressed_while_another_proof_is_asked_is_what_it_says() -> None:
    talk = await proved()
    talk.respond = respond
    assert "4 số cuối" in await talk.says("H99.02-261102-0031")
    await talk.says(f"follow {CODE}")
    assert talk.conversation.state == AsksConsent(CODE)


async def test_consent_after_the_proof_ran_out_asks_for_the_proof_again() -> None:
    talk = await proved()
    await talk.says(f"follow {CODE}")
    talk.wait(minutes=31)
    assert "4 số cuối" in await talk.says("có")
    assert talk.effects == ()


@pytest.mark.parametrize("text", ["dung", "lệ phí bao nhiêu", "có cần giấy gì không"])
async def test_consent_is_never_read_from_an_ambiguous_answer(text: str) -> None:
    talk = await proved()
    await talk.says(f"follow {CODE}")
    assert await talk.says(text) == ""
    assert talk.effects == ()


@pytest.mark.parametrize(
    ("procedure", "field", "name"),
    [
        ("1.001193", "Hộ tịch", "hồ sơ hộ tịch"),
        ("1.001193.000.00.00.H99", "Hộ tịch", "hồ sơ hộ tịch"),
        ("1.001022", "Hộ tịch", "hồ sơ đuôi 0007"),
        (None, None, "hồ sơ đuôi 0007"),
        ("9.999999", "Đất đai", "hồ sơ đất đai"),
    ],
)
async def test_notices_call_a_dossier_neutrally(procedure: str | None, field: str | None, name: str) -> None:
    talk = await following(procedure=procedure, field=field)
    followed = next(effect for effect in talk.effects if isinstance(effect, fx.Followed))
    assert followed.name == name


async def test_the_list_and_the_end_of_following() -> None:
    talk = await following()
    said = await talk.says("mine")
    assert f"1. {CODE}, hồ sơ hộ tịch: đang làm, hẹn thứ Năm 26/11." in said
    assert "đang làm" in await talk.says("1")
    assert f"Đã thôi theo dõi hồ sơ {CODE}" in await talk.says("unfollow")
    assert talk.effects == (fx.Unfollowed(CODE),)
    assert "chưa theo dõi" in await talk.says("unfollow")


async def test_the_list_says_what_is_late_the_new_day_and_when_all_that_was_told() -> None:
    due = NOON - timedelta(days=2)
    talk = await following(due=due)
    assert "đang làm, hẹn thứ Hai 16/11, đã quá hẹn 2 ngày làm việc." in await talk.says("mine")
    draft = Extension(1, CODE, "H99.07", due, date(2026, 11, 30), "chờ đo đạc", by="cb-1", confirmed=False)
    talk.book.extensions[1] = draft
    assert "hẹn mới" not in await talk.says("mine"), "nobody confirmed it yet"
    talk.book.extensions[1] = replace(draft, confirmed=True)
    said = await talk.says("mine")
    assert "đã quá hẹn 2 ngày làm việc, hẹn mới thứ Hai 30/11." in said
    assert "Số liệu lúc 9 giờ, thứ Tư 18/11." in said


async def test_in_a_list_of_several_each_is_picked_by_its_name_and_the_end_of_its_code() -> None:
    talk = await following()
    other = "H99.07-261117-0023"
    talk.onestop.put(a_dossier(other))
    talk.wait(minutes=5)
    for text in (f"{other} 4821", f"follow {other}", "có"):
        await talk.says(text)
    said = await talk.says("unfollow")
    labels = [choice.label for choice in talk.conversation.offered]
    assert sorted(labels) == ["hồ sơ hộ tịch 0007", "hồ sơ hộ tịch 0023"], said
    assert all(len(label) <= 24 for label in labels)
    talk.book.push(a_dossier(other), NOON + timedelta(minutes=5))
    assert "Số liệu cũ nhất ở đây: lúc 9 giờ, thứ Tư 18/11." in await talk.says("mine")


async def test_asking_for_dossiers_shows_what_is_followed_first() -> None:
    talk = await following()
    said = await talk.says("track")
    assert f"1. {CODE}, hồ sơ hộ tịch: đang làm" in said
    assert "Xem hồ sơ khác thì gõ mã" in said
    assert talk.conversation.state == AsksCode()
    assert "đang làm" in await talk.says("1")


async def test_which_one_is_asked_where_several_are_followed() -> None:
    talk = await following()
    other = "H99.02-261102-0031"
    talk.book.bindings[talk.chat, other] = Binding(other, "hồ sơ đất đai", NOON + timedelta(days=9), following=True)
    assert "hồ sơ nào" in await talk.says("unfollow")
    assert f"Đã thôi theo dõi hồ sơ {other}" in await talk.says(talk.choice(f"unfollow {other}").says)


# --- invitations that following plans ---------------------------------------------------------------------------------

ALWAYS = ContactHours.parse("00:00-24:00")


@pytest.mark.parametrize(
    ("ago", "grief", "expected"),
    [
        (timedelta(hours=1), False, True),
        (timedelta(days=29), False, True),
        (timedelta(days=31), False, False),
        (timedelta(days=1), True, True),
    ],
)
async def test_following_a_returned_dossier_plans_its_invitation(ago: timedelta, grief: bool, expected: bool) -> None:
    done = NOON - ago
    talk = await following(Status.RETURNED, done_at=done, procedure="1.000656" if grief else "1.001193")
    events = {event: at for (_, event), at in talk.book.planned.items()}
    if not expected:
        assert events == {}
        return
    ((event, at),) = events.items()
    assert event == f"invite:{CODE}:1"
    assert RULES.contact_hours.allows(at)
    assert at >= NOON
    if grief:
        assert at == done + timedelta(days=10)


async def test_nothing_is_planned_for_what_is_rated_or_declined() -> None:
    talk = await proved(Status.RETURNED, done_at=NOON - timedelta(hours=1))
    await talk.says(f"rate 5 {CODE} 1")
    await talk.says(f"follow {CODE}")
    await talk.says("có")
    assert talk.book.planned == {}
    talk = await proved(Status.RETURNED, done_at=NOON - timedelta(hours=1))
    talk.book.completions[CODE, 1] = replace(talk.book.completions[CODE, 1], declined=True)
    await talk.says(f"consent yes {CODE}")
    assert talk.book.planned == {}


@pytest.mark.parametrize("seed", range(40))
def test_an_invitation_comes_within_its_span_and_in_contact_hours(seed: int) -> None:
    done = NOON - timedelta(minutes=5)
    free = replace(RULES, contact_hours=ALWAYS)
    at = invite_at(done, NOON, free, Random(seed), grief=False)
    assert done + timedelta(hours=2) <= at <= done + timedelta(hours=24)
    moved = invite_at(done, NOON, RULES, Random(seed), grief=False)
    assert RULES.contact_hours.allows(moved)
    assert at <= moved <= at + timedelta(hours=12)


def test_no_delay_means_at_once() -> None:
    rules = replace(RULES, invite_least=timedelta(0), invite_most=timedelta(0), contact_hours=ALWAYS)
    assert invite_at(NOON - timedelta(hours=3), NOON, rules, Random(1), grief=False) == NOON
    assert invite_at(NOON, NOON - timedelta(hours=3), rules, Random(1), grief=False) == NOON
    assert invite_at(NOON, NOON, rules, Random(1), grief=True) == NOON + timedelta(days=10)


@pytest.mark.parametrize(
    ("event", "read"),
    [
        (f"invite:{CODE}:2", (CODE, 2)),
        (f"invite:{CODE}:", None),
        (f"invite:{CODE}", None),
        ("invite::2", None),
        (f"status:{CODE}:2", None),
    ],
)
def test_an_invitation_is_named_by_dossier_and_completion(event: str, read: tuple[str, int] | None) -> None:
    assert read_invite(event) == read


# --- news -------------------------------------------------------------------------------------------------------------


def told(step: object) -> str:
    assert isinstance(step, Step)
    return "\n".join(said.text for said in step.say)


TAKEN = replace(
    SUPPLEMENT,
    received_at=NOON,
    due_before=datetime(2026, 11, 26, 17, 0, tzinfo=VIETNAM),
    due_after=datetime(2026, 11, 30, 17, 0, tzinfo=VIETNAM),
)


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        (Status.REJECTED, {"note": "thiếu chữ ký"}, "chưa nhận được"),
        (Status.NEEDS_PAPERS, {"supplements": (SUPPLEMENT,)}, "Giấy chứng sinh"),
        (Status.NEEDS_PAYMENT, {}, "chờ nộp tiền"),
        (Status.STOPPED, {}, "đã dừng"),
        (Status.FINISHED, {}, "đã xong, chờ lấy"),
        (Status.RETURNED, {}, "đã trả kết quả"),
        (Status.IN_PROGRESS, {"supplements": (TAKEN,)}, "ngày hẹn trả nay là thứ Hai 30/11"),
    ],
)
async def test_followers_are_told(status: Status, more: dict[str, object], expected: str) -> None:
    talk = await following()
    talk.book.push(a_dossier(CODE, status, moved_at=NOON, **more), NOON)
    step = await talk.happens(f"status:{CODE}:{micros(NOON)}")
    said = told(step)
    assert said.startswith(f"Tin về hồ sơ hộ tịch ({CODE})")
    assert expected in said
    assert isinstance(step, Step)
    assert step.say[0].purpose is Purpose.NOTICE
    assert talk.conversation.state == Idle()


@pytest.mark.parametrize("said", ["theo dõi", "Theo dõi hồ sơ này", "khi nào xong nhắn tôi", "co tin thi bao toi"])
async def test_who_types_it_follows_what_was_just_shown(said: str) -> None:
    talk = a_talk()
    talk.respond = respond
    await talk.says(f"{CODE} 4821")
    assert f"Hồ sơ {CODE} có thay đổi thì nhắn cho anh/chị nhé?" in await talk.says(said)
    assert "Đã bật theo dõi" in await talk.says("có")
    assert f"1. {CODE}" in await talk.says(said), "what is followed already is listed"


async def test_who_types_it_without_having_proved_anything_follows_nothing() -> None:
    talk = a_talk()
    talk.respond = respond
    await talk.says(CODE)
    await talk.says("0")
    assert "chưa theo dõi hồ sơ nào" in await talk.says("theo dõi")


async def test_a_discreet_procedure_is_not_named_in_news() -> None:
    talk = await following(procedure="1.001022")
    talk.book.push(a_dossier(CODE, Status.NEEDS_PAPERS, procedure="1.001022", supplements=(SUPPLEMENT,)), NOON)
    said = told(await talk.happens(f"status:{CODE}:{micros(NOON)}"))
    assert "Giấy chứng sinh" not in said
    assert "hộ tịch" not in said
    assert talk.choice("status").label == "Xem chi tiết"


async def test_an_older_change_is_left_to_the_newer_event() -> None:
    talk = await following()
    talk.book.push(a_dossier(CODE, Status.RETURNED, done_at=NOON), NOON)
    assert told(await talk.happens(f"status:{CODE}:{micros(NOON - timedelta(hours=1))}")) == ""
    assert "đã trả" in told(await talk.happens(f"status:{CODE}:{micros(NOON)}"))


async def test_what_was_asked_for_and_settled_overnight_is_not_asked_for_in_the_morning() -> None:
    talk = await following()
    asked, settled = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    talk.book.push(a_dossier(CODE, Status.NEEDS_PAPERS, moved_at=asked, supplements=(SUPPLEMENT,)), NOON)
    talk.book.push(a_dossier(CODE, Status.IN_PROGRESS, moved_at=settled, supplements=(TAKEN,)), NOON)
    assert told(await talk.happens(f"status:{CODE}:{micros(asked)}")) == ""
    assert "ngày hẹn trả nay là" in told(await talk.happens(f"status:{CODE}:{micros(settled)}"))


async def test_a_later_row_that_says_the_same_takes_no_news_away() -> None:
    talk = await following()
    done = NOON - timedelta(hours=1)
    talk.book.push(a_dossier(CODE, Status.RETURNED, moved_at=done), NOON)
    talk.book.push(a_dossier(CODE, Status.RETURNED, done_at=NOON), NOON)
    assert "đã trả" in told(await talk.happens(f"status:{CODE}:{micros(done)}"))


@pytest.mark.parametrize("status", [Status.REGISTERED, Status.ACCEPTED, Status.IN_PROGRESS, Status.UNKNOWN])
async def test_a_step_that_changes_nothing_for_the_citizen_is_not_told(status: Status) -> None:
    talk = await following()
    talk.book.push(a_dossier(CODE, status, supplements=(replace(TAKEN, due_after=TAKEN.due_before),)), NOON)
    assert told(await talk.happens(f"status:{CODE}:3")) == ""


async def test_an_event_named_by_a_running_number_tells_what_stands_now() -> None:
    talk = await following()
    talk.book.push(a_dossier(CODE, Status.FINISHED, moved_at=NOON), NOON)
    assert "đã xong" in told(await talk.happens(f"status:{CODE}:3"))


async def test_news_are_for_followers_only() -> None:
    talk = await proved(Status.FINISHED)
    assert told(await talk.happens(f"status:{CODE}:{micros(NOON)}")) == ""
    await talk.says(f"consent yes {CODE}")
    assert told(await talk.happens(f"status:{CODE}:{micros(NOON)}"))
    await talk.says("unfollow")
    assert told(await talk.happens(f"status:{CODE}:{micros(NOON)}")) == ""


@pytest.mark.parametrize("event", ["status", "invite"])
async def test_an_event_waits_for_contact_hours_and_for_the_answer_to_a_question(event: str) -> None:
    talk = await following(Status.RETURNED, done_at=NOON)
    name = f"{event}:{CODE}:{micros(NOON) if event == 'status' else 1}"
    talk.now = datetime(2026, 11, 18, 12, 0, tzinfo=VIETNAM)
    assert await talk.happens(name) == Later(datetime(2026, 11, 18, 13, 30, tzinfo=VIETNAM))
    talk.now = datetime(2026, 11, 18, 23, 0, tzinfo=VIETNAM)
    assert await talk.happens(name) == Later(datetime(2026, 11, 19, 7, 30, tzinfo=VIETNAM))
    talk.now = datetime(2026, 11, 19, 9, 0, tzinfo=VIETNAM)
    await talk.says("track")
    asked_at = talk.now
    talk.wait(minutes=10)
    assert await talk.happens(name) == Later(asked_at + timedelta(minutes=30))
    talk.wait(minutes=20)
    step = await talk.happens(name)
    assert told(step)
    assert talk.conversation.state == (AsksCode() if event == "status" else AsksStars(CODE, 1))
