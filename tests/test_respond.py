"""The conversation as a whole: what is answered first, what is said whatever the answer, and that nothing is silent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.messages import Chat, Incoming, Kind
from handlers.reading.intents import Question, understand
from handlers.respond import respond
from handlers.states import (
    AsksCode,
    AsksComment,
    AsksConsent,
    AsksProof,
    AsksReasons,
    AsksStars,
    AsksSure,
    Idle,
    State,
)
from handlers.texts import common
from onestop.dossier import Status
from tests.fakes import NOON, RULES, Talk, a_desk, a_dossier

CODE = "H99.07-261116-0007"
STATES: tuple[State, ...] = (
    Idle(),
    Idle(1),
    AsksCode(),
    AsksProof(CODE, CODE),
    AsksConsent(CODE),
    AsksStars(CODE, 1),
    AsksSure(CODE, 1, 4),
    AsksReasons(CODE, 1, 2),
    AsksComment(CODE, 1, 2),
)

SCRIPTS: dict[str, list[tuple[str, str]]] = {
    "a first greeting says that it is a machine": [
        ("alo", "Máy trả lời tự động, không phải cán bộ"),
        ("alo", "nghe đây"),
    ],
    "the menu by number": [
        ("menu", "4. Gặp cán bộ"),
        ("1", "cần làm giấy gì"),
        ("menu", "4. Gặp cán bộ"),
        ("hai", "mã in trên giấy hẹn"),
        ("0", "thôi việc đó"),
        ("menu", "4. Gặp cán bộ"),
        ("3", "7:30–11:30"),
        ("menu", "4. Gặp cán bộ"),
        ("cái thứ 4", "0200 000 007"),
    ],
    "from a code to the status": [
        (f"xem hồ sơ {CODE}", CODE),
        ("4821", CODE),
        ("cảm ơn", "không có gì"),
    ],
    "a question in the middle of the proof": [
        (CODE, "4 số cuối"),
        ("đăng ký kết hôn cần giấy gì", "Tờ khai đăng ký kết hôn"),
        ("4821", "chưa biết dùng vào việc gì"),
    ],
    "the proof left": [(CODE, "4 số cuối"), ("thôi", "")],
    "hours of a day": [
        ("thứ 7 có làm không", "Thứ Bảy 21/11, quầy xã Đồng Sậy nghỉ."),
        ("mai làm không", "Thứ Năm 19/11"),
    ],
    "an old commune": [("xã Tân Trúc giờ ở đâu", "phường Bến Trúc")],
    "an old commune, in one piece": [
        ("xã Tân Trúc giờ thuộc phường nào", "Xã Tân Trúc cũ nay thuộc phường Bến Trúc."),
        ("xa tan truc sap nhap vao dau", "phường Bến Trúc"),
        ("làm khai sinh ở xã Tân Trúc cũ cần giấy gì", "Đăng ký khai sinh"),
    ],
    "an old commune, split": [
        ("tôi ở xã Hòa Trúc cũ thì ra đâu", "phường Kim Trúc (thôn 1 đến thôn 4) và xã Đồng Sậy (")
    ],
    "a split commune": [("ủy ban xã Hòa Trúc ở đâu", "phường Kim Trúc"), ("ủy ban xã Hòa Trúc ở đâu", "xã Đồng Sậy")],
    "a fire": [("cháy nhà rồi", "Gọi ngay: 114")],
    "anger": [("làm ăn kiểu gì mà 2 tháng chưa xong", "Xin lỗi"), ("cách phản ánh", "Cổng Dịch vụ công quốc gia")],
    "data seen and erased": [
        ("xem dữ liệu", "không giữ gì"),
        ("xóa hết", "Gõ “xóa hết” để xóa"),
        ("menu", "4. Gặp cán bộ"),
        ("erase", "Gõ “xóa hết” để xóa"),
        ("xóa hết", "Đã xóa dữ liệu"),
        ("/xoa", "Đã xóa dữ liệu"),
        ("xóa dữ liệu", "Đã xóa dữ liệu"),
    ],
    "erasing thought over": [("erase", "Xóa hết"), ("thôi, giữ lại", "4. Gặp cán bộ")],
    "a plain yes erases what was asked about": [("xoa het di", "Gõ “xóa hết” để xóa"), ("ừ", "Đã xóa dữ liệu")],
    "a plain no does not": [("xoa het di", "Gõ “xóa hết” để xóa"), ("không", "4. Gặp cán bộ"), ("có", "Dạ.")],
    "no yes is read from dung": [("erase", "Xóa hết"), ("dung", "4. Gặp cán bộ")],
    "a citizen who types an official's words": [("tuần này", "")],
    "a group": [("alo", "một cửa")],
}


def talking(**more: object) -> Talk:
    talk = Talk(respond=respond, **more)  # type: ignore[arg-type]
    talk.onestop.put(a_dossier(CODE))
    return talk


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
async def test_scripts(script: list[tuple[str, str]]) -> None:
    talk = talking()
    for text, expected in script:
        said = await talk.says(text)
        assert said
        assert expected in said


# --- what comes first ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
@pytest.mark.parametrize("text", ["gặp cán bộ", "gap can bo", "cho tôi gặp cán bộ với", "person", "/canbo"])
async def test_a_person_is_reached_from_every_state(state: State, text: str) -> None:
    talk = talking(conversation=Conversation(version=3, state=state, updated_at=NOON))
    said = await talk.says(text)
    assert "0200 000 007" in said
    assert "Máy chưa chuyển được tin nhắn cho cán bộ" in said


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
async def test_a_cry_for_help_is_answered_in_every_state(state: State) -> None:
    talk = talking(conversation=Conversation(version=3, state=state, updated_at=NOON))
    assert (await talk.says("cứu với, cháy nhà rồi")).startswith("Gọi ngay: 114")


async def test_nothing_stands_before_the_numbers_to_call() -> None:
    assert (await talking().says("cháy nhà rồi")).startswith("Gọi ngay: 114")


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
async def test_zero_leaves_every_state(state: State) -> None:
    talk = talking(conversation=Conversation(version=3, state=state, updated_at=NOON))
    talk.book.push(a_dossier(CODE, Status.RETURNED))
    assert await talk.says("0")
    if isinstance(state, AsksReasons):  # the first one leaves out why, the second a word more
        assert await talk.says("0")
    assert isinstance(talk.conversation.state, Idle)


async def test_an_old_button_is_what_it_says_in_any_state() -> None:
    for state in STATES:
        talk = talking(conversation=Conversation(version=3, state=state, updated_at=NOON))
        assert "1. Tờ khai đăng ký khai sinh" in await talk.says("papers 1.001193")
        assert talk.conversation.state == Idle()


async def test_a_typed_digit_is_the_star_while_stars_are_asked() -> None:
    talk = talking()
    await talk.says(CODE)
    await talk.says("4821")
    talk.onestop.put(a_dossier(CODE, Status.RETURNED))
    talk.book.push(a_dossier(CODE, Status.RETURNED))
    await talk.turn(f"rate {CODE}")
    assert isinstance(talk.conversation.state, AsksStars)
    await talk.turn("4")
    assert [effect.stars for effect in talk.effects if isinstance(effect, fx.Rated)] == [4]


# --- what is said whatever the answer --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["làm khai sinh cần gì", "menu", "cảm ơn", CODE, "fields", "asdf qwer"])
async def test_who_begins_otherwise_hears_that_it_is_a_machine_once(text: str) -> None:
    talk = talking()
    assert "không phải cán bộ" in await talk.says(text)
    assert "không phải cán bộ" not in await talk.says(text)


@pytest.mark.parametrize("text", ["alo", "giờ làm việc", "gặp cán bộ", "làm ăn kiểu gì", "asdf", "quyền riêng tư"])
async def test_what_names_a_unit_of_the_demo_is_marked(text: str) -> None:
    assert "DỮ LIỆU MẪU" in await talking().says(text)


async def test_a_real_unit_is_not_marked() -> None:
    talk = talking(rules=replace(RULES, unit="H15.50"))
    assert "DỮ LIỆU MẪU" not in await talk.says("alo")
    assert "hỏi quầy một cửa" in await talk.says("làm ăn kiểu gì mà lâu thế")


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind not in (Kind.TEXT, Kind.EVENT)], ids=lambda kind: kind.value
)
async def test_what_is_no_text_gets_one_answer_with_a_way_on(kind: Kind) -> None:
    for state in STATES:
        talk = talking(conversation=Conversation(version=3, state=state, updated_at=NOON))
        step = await talk.turn("", kind)
        assert isinstance(step, Step)
        assert len(step.say) == 1
        assert step.say[0].choices
        assert step.state == state


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.FILE, Kind.VOICE])
async def test_the_words_beside_a_picture_are_answered(kind: Kind) -> None:
    talk = talking()
    step = await talk.turn("đăng ký kết hôn cần giấy gì", kind)
    assert isinstance(step, Step)
    assert common.caption() in step.say[0].text
    assert "Tờ khai đăng ký kết hôn" in step.say[0].text


async def test_a_sensitive_number_is_said_to_be_dropped() -> None:
    assert common.sensitive_line() in await talking().says("làm khai sinh cần gì [CCCD]")
    assert common.sensitive() in await talking().says("[CCCD]")


@pytest.mark.parametrize("text", [CODE, "xem dữ liệu", "xóa dữ liệu", "xóa hết", "đổi điểm", f"rate 5 {CODE} 1"])
async def test_a_group_is_told_nothing_personal(text: str) -> None:
    talk = talking(private=False)
    await talk.says("alo")
    said = await talk.says(text)
    assert "nhắn riêng cho máy" in said
    assert not talk.effects
    assert not isinstance(talk.conversation.state, AsksProof)


async def test_in_a_group_questions_are_answered() -> None:
    assert "Tờ khai đăng ký kết hôn" in await talking(private=False).says("đăng ký kết hôn cần giấy gì")


async def test_an_event_that_nobody_knows_says_nothing() -> None:
    talk = talking()
    step = await talk.happens("unknown:1")
    assert step == Step(Idle())


# --- nothing is silent, nothing breaks -------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STATES), st.one_of(st.text(max_size=60), st.sampled_from(("0", "5", "có", CODE, "xong"))))
async def test_every_text_in_every_state_is_answered(state: State, text: str) -> None:
    conversation = Conversation(version=2, state=state, updated_at=NOON)
    incoming = Incoming(Chat("test", "0", "1"), "m1", text, NOON)
    step = await respond(conversation, incoming, a_desk())
    assert isinstance(step, Step)
    assert step.say
    assert all(said.text.strip() for said in step.say)
    assert step == await respond(conversation, incoming, a_desk())


async def test_every_label_is_understood_when_typed_later() -> None:
    """A label that stands on many messages works as typed words even when it is no longer on offer."""
    for label in (
        common.label_ask(),
        common.label_track(),
        common.label_hours(),
        common.label_person(),
        common.label_menu(),
        common.label_by_field(),
        common.label_not_this(),
    ):
        assert not isinstance(understand(label, Conversation()), Question), label


async def test_every_choice_that_is_offered_leads_somewhere() -> None:
    """Pressing whatever is on offer, six steps deep from the greeting, is never told to be an old button."""
    seen: set[str] = set()
    waiting = [("alo", 0)]
    while waiting:
        says, depth = waiting.pop()
        talk = talking()
        await talk.says("alo")
        said = await talk.says(says)
        assert common.stale() not in said, says
        for choice in talk.conversation.offered:
            if choice.says not in seen and depth < 6 and len(seen) < 400:
                seen.add(choice.says)
                waiting.append((choice.says, depth + 1))
    assert len(seen) > 50
