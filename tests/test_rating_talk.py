"""Rating in chat: the invitation, stars, another opinion, and who may."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers import effects as fx
from handlers.desk import Binding, Conversation, Official, Step
from handlers.messages import Purpose
from handlers.respond import respond
from handlers.states import AsksReasons, AsksStars, AsksSure, Idle, State
from onestop.days.calendar import VIETNAM
from onestop.dossier import Status
from ratings.rating import default_instrument
from tests.fakes import NOON, Talk, a_dossier
from tests.rated import CODE, DONE, EVENT, SKIPPED, a_talk, invited, stars

# --- the invitation ---------------------------------------------------------------------------------------------------


async def test_the_invitation_offers_five_to_one_each_with_its_key() -> None:
    talk = a_talk()
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    (said,) = step.say
    assert said.purpose is Purpose.INVITATION
    assert "kết quả hồ sơ hộ tịch tại xã Đồng Sậy" in said.text
    assert "không ảnh hưởng" in said.text
    assert [(c.label[0], c.says, c.key) for c in said.choices] == [
        (str(n), f"rate {n} {CODE} 1", str(n)) for n in (5, 4, 3, 2, 1)
    ]
    assert said.choices[0].label == "5 – Rất hài lòng"
    again_at = datetime(2026, 11, 21, 9, 0, tzinfo=VIETNAM)
    assert step.effects == (fx.Invited(CODE, 1), fx.Planned(f"remind:{CODE}:1", again_at))
    assert step.state == AsksStars(CODE, 1)


async def test_the_invitation_after_a_death_is_without_cheer() -> None:
    talk = a_talk(procedure="1.000656")
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    text = step.say[0].text.lower()
    assert not any(word in text for word in ("!", "chúc mừng", "tin vui", "⭐", "vui"))


@pytest.mark.parametrize("why", ["not following", "declined", "not received", "rated", "rated by another", "too late"])
async def test_no_invitation_where(why: str) -> None:
    talk = a_talk(following=why != "not following")
    key = (CODE, 1)
    if why in ("declined", "not received"):
        done = talk.book.completions[key]
        talk.book.completions[key] = replace(done, declined=why == "declined", not_received=why == "not received")
    if why.startswith("rated"):
        other = talk.other("test/0/2") if "another" in why else talk
        other.book.bindings[other.chat, CODE] = Binding(CODE, None, NOON + timedelta(days=1), following=False)
        await other.says(f"rate 4 {CODE} 1")
        talk.conversation = Conversation()
    if why == "too late":
        talk.wait(days=31)
    step = await talk.happens(EVENT)
    assert isinstance(step, Step)
    assert step.say == ()
    assert step.effects == ()


@pytest.mark.parametrize("words", ["5 sao", "năm sao", "cho 4 điểm", "rất hài lòng", "tôi muốn chấm điểm", "đánh giá"])
async def test_a_rating_said_before_it_was_asked_for_is_asked_for_and_not_taken(words: str) -> None:
    talk = a_talk()
    talk.respond = respond
    said = await talk.says(words)
    assert "Chọn từ 1 đến 5" in said
    assert (stars(talk), talk.conversation.state) == ([], AsksStars(CODE, 1))
    stranger = talk.other("test/0/9")
    assert "chưa có hồ sơ nào vừa trả kết quả" in await stranger.says(words)


# --- what is typed, what is recorded, what it says, the state after it ------------------------------------------------

TYPED: list[tuple[str, list[int], str, State]] = [
    ("5", [5], "Đã ghi: 5 – Rất hài lòng", AsksReasons(CODE, 1, 5)),
    ("năm sao", [5], "Đã ghi: 5", AsksReasons(CODE, 1, 5)),
    ("⭐⭐⭐⭐", [4], "Đã ghi: 4 – Hài lòng", AsksReasons(CODE, 1, 4)),
    ("3 điểm nhé", [3], "Đã ghi: 3 – Bình thường", AsksReasons(CODE, 1, 3)),
    ("1", [1], "Đã ghi: 1 – Rất không hài lòng", AsksReasons(CODE, 1, 1)),
    (f"rate 2 {CODE} 1", [2], "Đã ghi: 2 – Không hài lòng", AsksReasons(CODE, 1, 2)),
    ("5 – Rất hài lòng", [5], "Đã ghi: 5", AsksReasons(CODE, 1, 5)),
    ("hài lòng", [], "Ghi 4 – Hài lòng nhé", AsksSure(CODE, 1, 4)),
    ("không hài lòng", [], "Ghi 2 – Không hài lòng nhé", AsksSure(CODE, 1, 2)),
    ("10", [], "từ 1 đến 5", AsksStars(CODE, 1)),
    ("ok", [], "từ 1 đến 5", AsksStars(CODE, 1)),
    ("0", [], "không sao", Idle()),
    ("thôi", [], "không sao", Idle()),
    ("chưa nhận", [], "Giấy phải có ở xã Đồng Sậy", Idle()),
    ("làm hộ chiếu cần giấy gì", [], "", AsksStars(CODE, 1)),
]


@pytest.mark.parametrize(("text", "recorded", "expected", "state"), TYPED)
async def test_what_is_typed(text: str, recorded: list[int], expected: str, state: State) -> None:
    talk = await invited()
    said = await talk.says(text)
    assert expected in said
    assert stars(talk) == recorded
    assert talk.conversation.state == state


async def test_the_first_message_confirms_before_reasons_are_asked() -> None:
    talk = await invited()
    step = await talk.turn("4")
    assert isinstance(step, Step)
    assert len(step.say) == 2
    assert step.say[0].text.startswith("Đã ghi: 4 – Hài lòng.")
    assert [choice.label for choice in step.say[1].choices][-2:] == ["Việc khác", "Bỏ qua"]
    assert step.effects == (
        fx.Rated(
            *(CODE, 1, 4, (), None, None, NOON),
            unit="H99.07",
            procedure="1.001193",
            field="Hộ tịch",
            completed_on=date(2026, 11, 18),
            instrument=default_instrument().version,
        ),
    )


async def test_the_day_of_completion_is_vietnams() -> None:
    talk = await invited(done_at=datetime(2026, 11, 18, 0, 30, tzinfo=VIETNAM))
    await talk.says("5")
    assert talk.book.ratings[0][2].completed_on == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("words", "answer", "recorded", "state"),
    [
        ("tốt", "đúng", [4], AsksReasons(CODE, 1, 4)),
        ("tốt", "dung", [4], AsksReasons(CODE, 1, 4)),
        ("tốt", "ừ", [4], AsksReasons(CODE, 1, 4)),
        ("tốt", "5", [5], AsksReasons(CODE, 1, 5)),
        ("tốt", "không phải", [], AsksStars(CODE, 1)),
        ("tốt", "rất hài lòng", [5], AsksReasons(CODE, 1, 5)),
        ("tốt", "0", [], Idle()),
        ("tốt", f"rate 4 {CODE} 1", [4], AsksReasons(CODE, 1, 4)),
    ],
)
async def test_words_are_asked_back(words: str, answer: str, recorded: list[int], state: State) -> None:
    talk = await invited()
    await talk.says(words)
    assert stars(talk) == []
    await talk.says(answer)
    assert stars(talk) == recorded
    assert talk.conversation.state == state


async def test_declined_and_not_received_are_written_once_and_never_a_rating() -> None:
    for text, effect in (("0", fx.Declined(CODE, 1)), ("tôi chưa nhận được", fx.NotReceived(CODE, 1))):
        talk = await invited()
        await talk.says(text)
        assert talk.effects == (effect,)
        assert stars(talk) == []


# --- another opinion --------------------------------------------------------------------------------------------------


async def test_within_a_day_another_rating_replaces_the_first() -> None:
    talk = await invited()
    for typed in ("5", "1", "xong", "0"):
        await talk.says(typed)
    talk.wait(hours=23)
    assert "đã chấm “5 – Rất hài lòng”" in await talk.says("change")
    assert "Đã ghi: 4 – Hài lòng" in await talk.says("4")
    number, _, last = talk.book.ratings[-1]
    assert (last.stars, last.reasons, last.supersedes, last.first_at) == (4, ("prompt",), number - 1, NOON)


async def test_reasons_of_the_other_side_are_dropped() -> None:
    talk = await invited()
    for typed in ("5", "1", "xong", "0", "change", "2"):
        await talk.says(typed)
    assert talk.book.ratings[-1][2].reasons == ()


async def test_the_same_rating_again_is_confirmed_and_not_written() -> None:
    talk = await invited()
    await talk.says("5")
    assert "Đã ghi: 5" in await talk.says(f"rate 5 {CODE} 1")
    assert talk.effects == ()
    assert talk.conversation.state == AsksReasons(CODE, 1, 5)


async def test_keeping_the_rating_is_no_refusal() -> None:
    talk = await invited()
    for typed in ("5", "xong", "0", "change"):
        await talk.says(typed)
    assert "giữ nguyên" in await talk.says("0")
    assert talk.effects == ()


async def test_after_a_day_it_is_closed() -> None:
    talk = await invited()
    for typed in ("5", "xong", "0"):
        await talk.says(typed)
    talk.wait(hours=24, minutes=1)
    for text in ("change", f"rate 1 {CODE} 1", f"rate {CODE}"):
        assert "chấm ngày 18/11/2026, nay hết hạn đổi" in await talk.says(text)
    assert stars(talk) == [5]


async def test_reasons_after_a_day_are_not_written() -> None:
    talk = await invited()
    await talk.says("5")
    talk.wait(hours=25)
    assert await talk.says("1")
    assert talk.effects == ()


# --- who may ----------------------------------------------------------------------------------------------------------


async def test_a_button_rates_any_time_while_the_dossier_is_held() -> None:
    talk = a_talk(following=False)
    talk.wait(days=3)
    assert "Đã ghi: 5" in await talk.says(f"rate 5 {CODE} 1")


async def test_the_status_of_a_returned_dossier_offers_to_rate() -> None:
    talk = a_talk()
    await talk.says(CODE)
    assert "Chọn từ 1 đến 5" in await talk.says(talk.choice("rate").says)
    assert talk.effects == (fx.Invited(CODE, 1),)
    await talk.says("4")
    await talk.says("xong")
    await talk.says("0")
    await talk.says(CODE)
    assert not any(choice.says.startswith("rate") for choice in talk.conversation.offered)


async def test_who_does_not_hold_the_dossier_is_asked_for_the_proof() -> None:
    talk = a_talk()
    stranger = talk.other("test/0/2")
    assert "4 số cuối" in await stranger.says(f"rate 5 {CODE} 1")
    assert stars(talk) == []


async def test_one_rating_a_completion_by_the_first_who_answers() -> None:
    talk = await invited()
    other = talk.other("test/0/2")
    other.book.bindings[other.chat, CODE] = Binding(CODE, None, NOON + timedelta(days=1), following=True)
    await other.says(f"rate 4 {CODE} 1")
    assert "có người cùng theo dõi hồ sơ chấm rồi" in await talk.says("1")
    assert stars(talk) == [4]


@pytest.mark.parametrize(
    ("typed", "days", "expected"),
    [
        (f"rate 5 {CODE} 2", 0, "chưa trả kết quả"),
        (f"rate 5 {CODE} 1", 31, "quá 30 ngày"),
        (f"rate {CODE}", 31, "quá 30 ngày"),
        ("rate 6 H99 1", 0, ""),
        (f"rate 6 {CODE} 1", 0, ""),
        (f"rate 5 {CODE} 99999999999999999999", 0, ""),
        (f"rate 5 {CODE} -1", 0, ""),
        (f"rate 5 {CODE} ²", 0, ""),
        ("rate 5 nonsense 1", 0, ""),
    ],
)
async def test_a_code_of_a_choice_is_not_trusted(typed: str, days: int, expected: str) -> None:
    talk = a_talk()
    talk.wait(days=days)
    said = await talk.says(typed)
    assert expected in said
    assert stars(talk) == []


async def test_a_group_rates_nothing() -> None:
    talk = a_talk()
    talk.private = False
    for text in (f"rate 5 {CODE} 1", "change", f"rate {CODE}"):
        assert "nhóm chat" in await talk.says(text)
    assert stars(talk) == []


async def test_wishing_to_rate_finds_what_is_unrated() -> None:
    talk = a_talk()
    assert CODE in await talk.says("change")
    assert talk.conversation.state == AsksStars(CODE, 1)
    talk = Talk()
    assert "chưa có hồ sơ nào" in await talk.says("change")


async def test_a_first_rating_comes_before_another_opinion_unless_that_is_said() -> None:
    talk = await invited()
    for typed in ("5", "xong", "0"):
        await talk.says(typed)
    other = "H99.07-261116-0008"
    talk.book.push(a_dossier(other, Status.RETURNED, done_at=DONE))
    talk.book.bindings[talk.chat, other] = Binding(other, None, NOON + timedelta(days=1), following=True)
    assert other in await talk.says("rate")
    assert CODE in await talk.says("change")
    talk.wait(hours=25)
    talk.book.bindings[talk.chat, other] = Binding(other, None, talk.now + timedelta(days=1), following=True)
    assert other in await talk.says("change")


async def test_which_is_asked_where_several_are_unrated() -> None:
    talk = a_talk()
    other = "H99.07-261116-0008"
    talk.book.push(a_dossier(other, Status.RETURNED, done_at=DONE))
    talk.book.bindings[talk.chat, other] = Binding(other, None, NOON + timedelta(days=1), following=True)
    assert "hồ sơ nào" in await talk.says("rate")
    await talk.says(talk.choice(f"rate {CODE}").says)
    assert talk.conversation.state == AsksStars(CODE, 1)


async def test_not_received_is_understood_after_other_questions_too() -> None:
    talk = await invited()
    talk.conversation, talk.respond = Conversation(), respond
    assert "Giấy phải có ở xã Đồng Sậy" in await talk.says("tôi chưa nhận")
    assert talk.effects == (fx.NotReceived(CODE, 1),)


async def test_not_received_asks_which_where_several_are_unrated() -> None:
    talk = a_talk()
    other = "H99.07-261116-0008"
    talk.book.push(a_dossier(other, Status.RETURNED, done_at=DONE))
    talk.book.bindings[talk.chat, other] = Binding(other, None, NOON + timedelta(days=1), following=True)
    talk.respond = respond
    assert "chưa nhận giấy của hồ sơ nào" in await talk.says("chưa nhận")
    missing = talk.choice(f"rate missing {other} 1").says
    await talk.says(missing)
    assert talk.effects == (fx.NotReceived(other, 1),)
    await talk.says(f"rate 5 {other} 1")
    await talk.says(missing)
    assert talk.effects == ()


async def test_not_received_of_a_stranger_asks_for_the_code() -> None:
    assert "giấy hẹn" in await Talk(respond=respond).says("chưa nhận")
    talk = a_talk()
    talk.private, talk.respond = False, respond
    assert "nhắn riêng" in await talk.says("chưa nhận")


async def test_a_number_is_no_comment() -> None:
    talk = await invited()
    for typed in ("5", *SKIPPED):
        await talk.says(typed)
    assert "nhắn thêm gì không" in await talk.says("4")
    assert talk.effects == ()


async def test_a_second_completion_is_rated_for_itself() -> None:
    talk = await invited()
    for typed in ("5", "xong", "0"):
        await talk.says(typed)
    talk.wait(days=8)
    talk.book.push(a_dossier(CODE, Status.RETURNED, done_at=talk.now), talk.now)
    talk.wait(hours=5)
    step = await talk.happens(f"invite:{CODE}:2")
    assert isinstance(step, Step)
    assert step.state == AsksStars(CODE, 2)
    await talk.says("1")
    assert [(rated.n, rated.stars) for _, _, rated in talk.book.ratings] == [(1, 5), (2, 1)]


# --- who works there -------------------------------------------------------------------------------------------------


async def test_an_official_does_not_rate_the_own_unit() -> None:
    talk = a_talk()
    talk.book.officials.append((talk.chat, Official("cb-1", "H99.07", "staff")))
    for said in (f"rate 5 {CODE} 1", f"rate {CODE}"):
        assert "không ghi điểm về chính xã Đồng Sậy" in await talk.says(said)
        assert talk.effects == (fx.Audited("cb-1", "rating of own unit refused", "H99.07"),)
    assert talk.book.ratings == []
    await talk.happens(EVENT)
    assert talk.book.invited == []


async def test_an_official_of_another_unit_is_a_citizen_here() -> None:
    talk = a_talk()
    talk.book.officials.append((talk.chat, Official("cb-1", "H99.02", "head")))
    assert "Đã ghi" in await talk.says(f"rate 5 {CODE} 1")
