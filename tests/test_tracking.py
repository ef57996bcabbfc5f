"""Tracking: codes and proofs, who is shut out and who is not, a backend that fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Step, Topic
from handlers.dossiers.proving import NoProof, Proof, read_proof
from handlers.messages import Purpose
from handlers.reading.nodding import says_enough, says_no, says_yes
from handlers.respond import respond
from handlers.states import AsksCode, AsksProof, Idle
from onestop.days.calendar import ContactHours
from tests.fakes import NOON, RULES, Talk
from tests.held import CODE, OLD, a_talk, following, proved

# --- the proof --------------------------------------------------------------------------------------------------------

PROOFS = {
    "4821": "4821",
    " 4 8 2 1 ": "4821",
    "4.8.2.1": "4821",
    "48-21": "4821",
    "48–21": "4821",
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
    assert "tới 10 giờ." in await talk.says(f"{CODE} 4821")
    assert talk.effects == ()
    talk.wait(minutes=61)
    assert "đang làm" in await talk.says(f"{CODE} 4821")


async def test_the_backend_down_is_said_and_is_no_miss() -> None:
    talk = a_talk()
    talk.onestop.down = True
    said = await talk.says(f"{CODE} 4821")
    assert "trục trặc" in said
    assert CODE in said
    assert not len(talk.book.misses)
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


# --- looked up again by itself ----------------------------------------------------------------------------------------


def planned_again(talk: Talk) -> tuple[str, timedelta]:
    """The newest try planned for this chat, and how long from now."""
    (event, at) = [(e, at) for (_, e), at in talk.book.planned.items() if e.startswith("again:")][-1]
    return event, at - talk.now


async def test_what_could_not_be_looked_up_is_asked_again_once_the_backend_answers() -> None:
    talk = a_talk()
    talk.onestop.down = True
    assert "máy nhắn lại" in await talk.says(f"{CODE} 4821")
    await talk.says("4821")
    event, pause = planned_again(talk)
    assert pause == timedelta(minutes=10)
    assert len(talk.book.planned) == 1, "asked twice within the hour, told once"
    talk.onestop.down = False
    talk.wait(minutes=31)
    step = await talk.happens(event)
    assert isinstance(step, Step)
    assert step.say[0].text == "Hệ thống tra hồ sơ đã chạy lại."
    assert "4 số cuối" in step.say[1].text
    assert step.state == AsksProof(CODE, CODE)
    assert {said.purpose for said in step.say} == {Purpose.NOTICE}
    assert "đang làm" in await talk.says("4821")


@pytest.mark.parametrize("exists", [True, False])
async def test_what_comes_back_tells_nothing_of_what_exists(exists: bool) -> None:
    talk = a_talk()
    if not exists:
        talk.onestop.dossiers.clear()
    talk.onestop.down = True
    await talk.says(f"{CODE} 4821")
    talk.onestop.down = False
    talk.wait(minutes=31)
    step = await talk.happens(planned_again(talk)[0])
    assert isinstance(step, Step)
    assert "xin gõ 4 số cuối" in step.say[1].text


async def test_the_tries_become_rarer_and_end_after_a_day() -> None:
    talk = a_talk()
    talk.onestop.down = True
    await talk.says(f"{CODE} 4821")
    talk.conversation = replace(talk.conversation, state=Idle())
    pauses = []
    event, pause = planned_again(talk)
    while True:
        talk.now += pause
        talk.rules = replace(RULES, contact_hours=ContactHours.parse("00:00-24:00"))
        step = await talk.happens(event)
        assert isinstance(step, Step)
        assert step.say == ()
        if not step.effects:
            break
        event, pause = planned_again(talk)
        pauses.append(pause // timedelta(minutes=1))
    assert pauses[:4] == [20, 40, 80, 120]
    assert len(pauses) < 20
    assert timedelta(days=1) < talk.now - NOON < timedelta(days=1, hours=4)


async def test_who_went_on_to_something_else_is_not_asked_for_a_proof() -> None:
    talk = a_talk()
    talk.onestop.down = True
    await talk.says(f"{CODE} 4821")
    event, _ = planned_again(talk)
    talk.conversation = replace(talk.conversation, state=Idle(), topic=Topic(procedure="1.001193"))
    talk.onestop.down = False
    talk.wait(minutes=31)
    step = await talk.happens(event)
    assert isinstance(step, Step)
    assert step.say == ()


async def test_a_mistyped_code_is_asked_back_whatever_was_asked() -> None:
    talk = Talk(respond)
    assert f"Có phải mã {CODE}" in await talk.says("ho so H99.O7-261116-OOO7 cua toi toi dau roi")
    talk.private = False
    assert CODE not in await talk.says("H99.O7-261116-OOO7")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("đúng rồi", f"Đã nhận mã {CODE}"),
        ("có", f"Đã nhận mã {CODE}"),
        ("phải", f"Đã nhận mã {CODE}"),
        ("dung", f"Đã nhận mã {CODE}"),
        ("không phải", "gõ mã in trên giấy hẹn"),
        ("sai rồi", "gõ mã in trên giấy hẹn"),
    ],
)
async def test_a_plain_yes_or_no_answers_whether_that_code_was_meant(said: str, heard: str) -> None:
    talk = a_talk()
    talk.respond = respond
    await talk.says("H99.O7-261116-OOO7")
    assert heard in await talk.says(said)


async def test_a_slip_in_a_code_is_seen_while_the_digits_of_another_are_asked() -> None:
    talk = a_talk()
    talk.respond = respond
    await talk.says("H99.07-261116-0008")
    assert f"Có phải mã {CODE}" in await talk.says("H99.O7-261116-OOO7")
    assert f"Đã nhận mã {CODE}" in await talk.says("ừ")
