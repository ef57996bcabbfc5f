"""Tracking: codes, proofs, what is said of a status, following and its news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from handlers import effects as fx
from handlers.desk import Binding, Later, Step
from handlers.inviting import invite_at, read_invite
from handlers.messages import Purpose
from handlers.nodding import says_enough, says_no, says_yes
from handlers.proving import NoProof, Proof, read_proof
from handlers.states import AsksCode, AsksConsent, AsksProof, AsksStars, Idle
from onestop.calendar import VIETNAM, ContactHours
from onestop.dossier import FeeDue, Status, Supplement
from tests.fakes import NOON, RULES, Talk, a_dossier, micros

CODE = "H99.07-261116-0007"
OLD = "000.00.07.H99-261116-0007"


def a_talk(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    """A chat and a backend that knows one dossier, pushed as well."""
    talk = Talk()
    dossier = a_dossier(CODE, status, **more)
    talk.onestop.put(dossier)
    talk.book.push(dossier)
    return talk


async def proved(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    talk = a_talk(status, **more)
    await talk.says(f"{CODE} 4821")
    return talk


async def following(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    talk = await proved(status, **more)
    await talk.says(f"follow {CODE}")
    await talk.says("có")
    return talk


# --- the proof --------------------------------------------------------------------------------------------------------

PROOFS = {
    "4821": "4821",
    " 4 8 2 1 ": "4821",
    "4.8.2.1": "4821",
    "48-21": "4821",
    "số 4821 ạ": "4821",
    "…4821": "4821",
    "sđt con tôi là …4821": "4821",
    "0912 344 821": "4821",
    "84912344821": "4821",
    "bốn tám hai một": "4821",
    "bon tam hai mot a": "4821",
    "không chín không bảy": "0907",
    "４８２１": "4821",
    f"{CODE} 4821": "4821",
    f"4821, mã {OLD}": "4821",
    f"ho so {CODE.lower()} sdt 4 8 2 1": "4821",
    "482": None,
    "48211": None,
    "4821 hoặc 0907": None,
    "4821, …0907": "0907",
    "…4821 …0907": None,
    "20": None,
    "[CCCD]": None,
}
NO_TRIES = [
    "lệ phí bao nhiêu",
    "làm khai sinh cần gì",
    "năm 2026 có đổi không",
    "ngày 16/11 tôi nộp",
    "hết 8000 đồng à",
    "nộp 2 bộ hay 1 bản",
    f"hồ sơ {CODE} tới đâu rồi",
    "0907 là số nhà tôi ở thôn ba xã này hay là số điện thoại thì tôi cũng không rõ lắm anh ơi",
    "",
]


@pytest.mark.parametrize(("text", "digits"), PROOFS.items())
def test_a_proof_is_read_however_it_is_typed(text: str, digits: str | None) -> None:
    assert read_proof(text) == (Proof(digits) if digits else NoProof())


@pytest.mark.parametrize("text", NO_TRIES)
def test_other_texts_are_no_try_at_a_proof(text: str) -> None:
    assert read_proof(text) is None


@pytest.mark.parametrize(
    ("text", "yes", "no", "enough"),
    [
        ("có", True, False, False),
        ("dạ vâng ạ", True, False, False),
        ("ok", True, False, True),
        ("đồng ý", True, False, False),
        ("đúng rồi", True, False, False),
        ("không", False, True, True),
        ("khong can dau", False, False, False),
        ("không cần", False, True, True),
        ("thôi", False, True, True),
        ("đừng", False, True, True),
        ("đừng nhắn", False, True, True),
        ("0", False, True, True),
        ("dung", False, False, True),
        ("đúng", True, False, True),
        ("xong", False, False, True),
        ("bỏ qua", False, False, True),
        ("có cần giấy gì không", False, False, False),
    ],
)
def test_yes_no_and_enough(text: str, yes: bool, no: bool, enough: bool) -> None:
    assert (says_yes(text), says_no(text), says_enough(text)) == (yes, no, enough)


# --- scripts: (what is typed, what the answer must contain, the state after it) ---------------------------------------

SCRIPTS = {
    "code, then digits": [
        (OLD, OLD, AsksProof(CODE, OLD)),
        ("4821", "đang làm", Idle()),
    ],
    "code and digits at once": [(f"{OLD} 4821", f"Hồ sơ {OLD}, đăng ký khai sinh: đang làm.", Idle())],
    "sloppy code": [("h99.07 261116 0007", "xin gõ 4 số cuối", AsksProof(CODE, CODE))],
    "wrong, then right": [
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
        ("1111", f"Không thấy hồ sơ nào khớp cả mã {CODE}", AsksProof(CODE, CODE)),
        ("4821", "Hẹn trả: thứ Năm 26/11.", Idle()),
    ],
    "three digits are no miss": [
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
        ("482", "đúng 4 số cuối", AsksProof(CODE, CODE)),
        ("48 21", "đang làm", Idle()),
    ],
    "does not know the number": [
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
        ("tôi không nhớ số nào", "mang căn cước ra quầy, số 0200 000 007", AsksProof(CODE, CODE)),
        ("…4821", "đang làm", Idle()),
    ],
    "lost the receipt": [
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
        ("mất giấy hẹn rồi", "Mất giấy hẹn vẫn lấy", Idle()),
    ],
    "another code instead": [
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
        ("H99.02-261102-0031", "H99.02-261102-0031", AsksProof("H99.02-261102-0031", "H99.02-261102-0031")),
    ],
    "proved before": [
        (f"{CODE} 4821", "đang làm", Idle()),
        (f"xem lại {OLD} giúp tôi", f"Hồ sơ {OLD}", Idle()),
        (f"status {CODE}", "đang làm", Idle()),
    ],
    "a ministry's code": [("G01.05-261116-000123", "ngành Công an", Idle())],
    "two codes": [(f"{CODE} và H99.02-261102-0031", f"{CODE} và H99.02-261102-0031", Idle()), ("1", "4 số cuối", None)],
    "asked for a code": [
        ("track", "mã in trên giấy hẹn", AsksCode()),
        (CODE, "4 số cuối", AsksProof(CODE, CODE)),
    ],
    "a mistyped code": [
        ("track", "mã in trên giấy hẹn", AsksCode()),
        ("H99.O7-261116-OOO7", f"Có phải mã {CODE}", AsksCode()),
        ("1", "4 số cuối", AsksProof(CODE, CODE)),
    ],
    "not a code": [
        ("track", "mã in trên giấy hẹn", AsksCode()),
        ("261116", "chưa thấy mã hồ sơ", AsksCode()),
    ],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
async def test_scripts(script: list[tuple[str, str, object]]) -> None:
    talk = a_talk()
    for typed, expected, state in script:
        said = await talk.says(typed)
        assert expected in said
        assert state is None or talk.conversation.state == state


async def test_a_right_proof_is_written_for_half_an_hour_and_offers_to_follow() -> None:
    talk = await proved()
    assert talk.effects == (fx.Proved(CODE, NOON + timedelta(minutes=30)),)
    assert talk.choice("follow").label == "Nhắn khi có tin"
    talk.wait(minutes=31)
    assert "4 số cuối" in await talk.says(f"status {CODE}")


async def test_nothing_tells_a_wrong_proof_from_a_code_that_does_not_exist() -> None:
    absent = "H99.07-261116-0999"
    for typed in ("{}", "1111", "{} 2222"):
        known, unknown = a_talk(), Talk()
        for each, code in ((known, CODE), (unknown, absent)):
            await each.says(code)
            each.said = (await each.says(typed.format(code))).replace(code, "*")  # type: ignore[attr-defined]
        assert known.said == unknown.said  # type: ignore[attr-defined]
        assert known.conversation.offered == unknown.conversation.offered
        assert len(known.book.misses) == len(unknown.book.misses) == (typed != "{}")
        assert [type(effect) for effect in known.effects] == [type(effect) for effect in unknown.effects]


async def test_a_dossier_without_a_phone_is_never_proved() -> None:
    talk = a_talk(phone_last4=None)
    await talk.says(CODE)
    for digits in ("0000", "none", "4821"):
        await talk.says(digits)
    assert talk.book.bindings == {}
    assert len(talk.book.misses) == 2


@pytest.mark.parametrize("exists", [True, False])
async def test_ten_misses_of_a_code_close_its_proof_for_new_chats_only(exists: bool) -> None:
    talk = await following() if exists else Talk()
    for n in range(10):
        await talk.other(f"test/0/stranger{n}").says(f"{CODE} 111{n}")
    stranger = talk.other("test/0/late")
    said = await stranger.says(CODE)
    assert f"tạm dừng tra mã {CODE}" in said
    assert "tạm dừng" in await stranger.says(f"{CODE} 4821")
    assert stranger.effects == ()
    if exists:
        assert "đang làm" in await talk.says(CODE)
    assert (await talk.other("test/0/x").says(CODE)) == said


async def test_nine_misses_do_not() -> None:
    talk = a_talk()
    for n in range(9):
        await talk.other(f"test/0/stranger{n}").says(f"{CODE} 111{n}")
    assert "đang làm" in await talk.says(f"{CODE} 4821")


async def test_five_misses_within_an_hour_make_a_chat_wait() -> None:
    talk = a_talk()
    for n in range(5):
        assert "Không thấy" in await talk.says(f"H99.07-261116-01{n}0 1111")
    assert "tạm nghỉ một tiếng" in await talk.says(f"{CODE} 4821")
    assert talk.effects == ()
    talk.wait(minutes=61)
    assert "đang làm" in await talk.says(f"{CODE} 4821")


async def test_the_backend_down_is_said_and_is_no_miss() -> None:
    talk = a_talk()
    talk.onestop.down = True
    said = await talk.says(f"{CODE} 4821")
    assert "trục trặc" in said
    assert CODE in said
    assert talk.book.misses == []
    talk.onestop.down = False
    assert "đang làm" in await talk.says("4821")


async def test_who_holds_the_dossier_sees_what_was_pushed_last_while_the_backend_is_down() -> None:
    talk = await following()
    talk.wait(days=1)
    talk.onestop.down = True
    said = await talk.says(CODE)
    assert "trục trặc" in said
    assert "đang làm" in said
    assert "Số liệu lúc 9 giờ, thứ Tư 18/11" in said


async def test_a_backend_that_forgot_a_held_dossier() -> None:
    talk = await following()
    talk.onestop.dossiers.clear()
    assert "đang làm" in await talk.says(CODE)
    talk.book.seen.clear()
    assert "không có trong hệ thống" in await talk.says(CODE)


@pytest.mark.parametrize("text", [CODE, f"{CODE} 4821", "track"])
async def test_without_a_backend_it_is_said_so(text: str) -> None:
    talk = a_talk()
    talk.rules = replace(RULES, connected=False)
    said = await talk.says(text)
    assert "chưa kết nối với một cửa" in said
    assert text == "track" or CODE in said


@pytest.mark.parametrize(
    "text", [CODE, f"{CODE} 4821", "track", f"follow {CODE}", f"status {CODE}", "mine", "unfollow"]
)
async def test_groups_see_nothing_of_a_dossier(text: str) -> None:
    talk = a_talk()
    talk.private = False
    said = await talk.says(text)
    assert "nhắn riêng" in said.lower()
    assert "đang làm" not in said
    assert talk.effects == ()
    assert CODE not in text or CODE in said


# --- what a status says -----------------------------------------------------------------------------------------------

SUPPLEMENT = Supplement("Bổ sung", ("Giấy chứng sinh", "Tờ khai"), asked_at=NOON - timedelta(days=1))
STATUSES = [
    (Status.REGISTERED, {}, ["chờ quầy kiểm tra", "chưa phải làm gì"]),
    (Status.ACCEPTED, {}, ["quầy đã nhận", "Hẹn trả: thứ Năm 26/11.", "giữ kỹ giấy hẹn"]),
    (Status.REJECTED, {"note": "thiếu chữ ký."}, ["Lý do quầy ghi: thiếu chữ ký. Anh/chị sửa", "phiếu ghi rõ lý do"]),
    (Status.REJECTED, {}, ["Lý do quầy ghi: quầy chưa ghi."]),
    (Status.IN_PROGRESS, {"agency": "Công an xã"}, ["Nơi đang làm: Công an xã.", "chưa phải làm gì"]),
    (Status.IN_PROGRESS, {}, ["Nơi đang làm: xã Đồng Sậy."]),
    (Status.IN_PROGRESS, {"due": None}, ["đang làm"]),
    (Status.NEEDS_PAPERS, {"supplements": (SUPPLEMENT,)}, ["1. Giấy chứng sinh\n2. Tờ khai", "nộp thêm tại quầy"]),
    (Status.NEEDS_PAPERS, {"supplements": (replace(SUPPLEMENT, papers=()),)}, ["1. Bổ sung"]),
    (Status.NEEDS_PAPERS, {}, ["còn thiếu giấy", "nộp thêm"]),
    (Status.NEEDS_PAYMENT, {"fees": (FeeDue("Lệ phí", 15000),)}, ["Tiền phải nộp: Lệ phí 15.000 đồng.", "cá nhân nào"]),
    (Status.NEEDS_PAYMENT, {"fees": (FeeDue("", None),)}, ["phí, lệ phí (quầy chưa ghi số tiền)"]),
    (Status.WITHDRAWN, {}, ["đã rút", "hỏi quầy ngay, số 0200 000 007"]),
    (Status.STOPPED, {"note": "hết hạn bổ sung"}, ["Lý do ghi trên hệ thống: hết hạn bổ sung.", "thông báo bằng giấy"]),
    (Status.FINISHED, {}, ["đã xong, chờ lấy", "giấy hẹn và căn cước"]),
    (
        Status.RETURNED,
        {"done_at": NOON - timedelta(hours=1)},
        ["Trả ngày thứ Tư 18/11.", "Chưa nhận được thì hỏi quầy"],
    ),
    (Status.UNKNOWN, {}, ["chưa đọc rõ bước hiện tại"]),
]


@pytest.mark.parametrize(("status", "more", "expected"), STATUSES)
async def test_each_status_says_what_it_means_and_what_to_do(
    status: Status, more: dict[str, object], expected: list[str]
) -> None:
    said = await a_talk(status, **more).says(f"{CODE} 4821")
    for part in (*expected, "Số liệu lúc 9 giờ, thứ Tư 18/11."):
        assert part in said
    assert len(said) <= 400
    assert "4821" not in said
    if status in (Status.REJECTED, Status.FINISHED, Status.RETURNED, Status.STOPPED, Status.WITHDRAWN):
        assert "Hẹn trả" not in said


LATE = [
    (
        datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM),
        Status.IN_PROGRESS,
        "quá hẹn 3 ngày làm việc, hẹn cũ thứ Sáu 13/11",
    ),
    (datetime(2026, 11, 18, 8, 0, tzinfo=VIETNAM), Status.IN_PROGRESS, "quá giờ hẹn thứ Tư 18/11"),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.NEEDS_PAPERS, "quá hẹn 3 ngày làm việc"),
    (datetime(2026, 11, 18, 17, 0, tzinfo=VIETNAM), Status.IN_PROGRESS, None),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.FINISHED, None),
    (datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM), Status.NEEDS_PAYMENT, None),
]


@pytest.mark.parametrize(("due", "status", "expected"), LATE)
async def test_lateness_is_said_in_working_days_with_regret(
    due: datetime, status: Status, expected: str | None
) -> None:
    said = await a_talk(status, due=due).says(f"{CODE} 4821")
    assert ("Xin lỗi vì anh/chị phải chờ" in said) == (expected is not None)
    assert (expected or "đang") in said or expected is None


async def test_the_office_is_not_late_while_it_waits_for_papers() -> None:
    due = datetime(2026, 11, 17, 17, 0, tzinfo=VIETNAM)
    asked = replace(SUPPLEMENT, asked_at=due - timedelta(days=1))
    said = await a_talk(Status.NEEDS_PAPERS, due=due, supplements=(asked,)).says(f"{CODE} 4821")
    assert "quá hẹn" not in said


async def test_demo_data_is_marked_wherever_it_is_said() -> None:
    talk = a_talk()
    talk.rules = replace(RULES, demo=True)
    for typed in (f"{CODE} 4821", CODE):
        assert "DỮ LIỆU MẪU" in await talk.says(typed)
    await talk.says(f"follow {CODE}")
    await talk.says("có")
    assert "DỮ LIỆU MẪU" in await talk.says("mine")


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
    await talk.says("H99.02-261102-0031")
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
