"""The short questions after the reasons: one tap each, skipped and stopped at will, asked of money only by decision."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from handlers.states import AsksComment, AsksReasons, AsksTap, Idle
from ratings.rating import DEFAULT, InstrumentBroken, default_instrument, load_instrument
from tests.fakes import Talk
from tests.rated import CODE, invited

FIRST = AsksTap(CODE, 1, 4, "guidance")


async def asked() -> Talk:
    talk = await invited()
    await talk.says("4")
    assert "Câu 1 trong 4, không trả lời cũng được: Thái độ" in await talk.says("xong")
    assert talk.conversation.state == FIRST
    return talk


def taps(talk: Talk) -> list[tuple[tuple[str, str], ...]]:
    return [rated.taps for _, _, rated in talk.book.ratings]


async def test_four_taps_then_a_word_more_each_written_at_once() -> None:
    talk = await asked()
    for n, (tap, answer) in enumerate((("guidance", "2"), ("trips", "2 lần"), ("late", "không"), ("put_off", "1")), 1):
        assert talk.conversation.state == replace(FIRST, tap=tap)
        await talk.says(answer)
        assert len(talk.book.ratings) == n + 1
    assert talk.conversation.state == AsksComment(CODE, 1, 4)
    assert taps(talk)[-1] == (("guidance", "manner_bad"), ("trips", "twice"), ("late", "in_time"), ("put_off", "never"))
    assert {rated.stars for _, _, rated in talk.book.ratings} == {4}


async def test_buttons_say_the_question_and_the_answer() -> None:
    talk = await asked()
    says = [choice.says for choice in talk.conversation.offered]
    assert says == [f"tap guidance {code}" for code in ("both_good", "manner_bad", "guidance_bad", "both_bad")] + [
        "skip",
        "tap stop",
    ]
    await talk.says("tap guidance both_bad")
    assert taps(talk)[-1] == (("guidance", "both_bad"),)
    assert "Nút này cũ rồi" in await talk.says("tap guidance both_good"), "of the question before"
    assert "Nút này cũ rồi" in await talk.says("tap trips nowhere")
    assert talk.conversation.state == replace(FIRST, tap="trips")


@pytest.mark.parametrize("typed", ["0", "dừng", "thôi", "Dừng", "tap stop", "xong"])
async def test_all_of_them_are_stopped_at_any(typed: str) -> None:
    for before in ([], ["1"], ["bỏ qua", "1", "bỏ qua"]):
        talk = await asked()
        for each in before:
            await talk.says(each)
        assert "Cảm ơn anh/chị đã góp ý" in await talk.says(typed)
        assert talk.conversation.state == Idle()


async def test_a_question_is_skipped_by_word_number_or_button() -> None:
    for typed in ("bỏ qua", "5", "skip"):
        talk = await asked()
        assert "Câu 2 trong 4" in await talk.says(typed)
        assert taps(talk) == [()]


async def test_what_is_no_answer_is_asked_again_and_a_story_is_the_comment() -> None:
    talk = await asked()
    assert "gõ 0 để dừng" in await talk.says("hả")
    assert talk.conversation.state == FIRST
    assert "Đã nhận lời nhắn" in await talk.says("lần sau báo trước giúp bà con")
    assert talk.book.ratings[-1][2].comment == "lần sau báo trước giúp bà con"


@pytest.mark.parametrize("text", ["gặp cán bộ", "menu", "/xoa", "đổi điểm", "tuần này", "CB-23456-HJKLM-NPQRT"])
async def test_a_wish_of_its_own_leaves_the_question(text: str) -> None:
    talk = await asked()
    await talk.says(text)
    assert taps(talk) == [()]


async def test_another_star_keeps_what_was_tapped_and_asks_only_the_rest() -> None:
    talk = await asked()
    await talk.says("1")
    await talk.says("0")
    await talk.says("change")
    await talk.says("2")
    assert talk.conversation.state == AsksReasons(CODE, 1, 2)
    assert taps(talk)[-1] == (("guidance", "both_good"),)
    assert "Câu 2 trong 4" in await talk.says("xong")


async def test_an_old_tap_after_all_is_said_to_be_old() -> None:
    talk = await invited()
    assert "Nút này cũ rồi" in await talk.says("tap trips once")
    assert taps(talk) == []


# --- the instrument ---------------------------------------------------------------------------------------------------

APPROVED = '{document: "12/QĐ-UBND", issued: 2026-05-01, agency: "UBND tỉnh"}'
NONE = "approved_by:              #"


def mine(tmp_path: Path, **changes: str) -> Path:
    text = DEFAULT.read_text("utf-8")
    for before, after in changes.values():  # type: ignore[misc]
        assert before in text
        text = text.replace(before, after, 1)
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    return file


def without(text: str, code: str) -> str:
    """The file's text without one of its taps."""
    start = text.index(f"  - code: {code}\n")
    end = text.find("  - code: ", start + 5)
    return text[:start] + ("" if end < 0 else text[end:])


def test_money_is_asked_only_by_a_named_decision_and_never_as_a_fifth(tmp_path: Path) -> None:
    assert [tap.code for tap in default_instrument().taps] == ["guidance", "trips", "late", "put_off"]
    text = DEFAULT.read_text("utf-8").replace(NONE, f"approved_by: {APPROVED} #", 1)
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InstrumentBroken, match="5 taps would be asked, at most 4"):
        load_instrument(file)
    file.write_text(without(text, "put_off"), "utf-8")
    last = load_instrument(file).taps[-1]
    assert (last.code, last.approved) == ("extra_money", True)


@pytest.mark.parametrize(
    ("approval", "why"),
    [
        ('{document: "12/QĐ-UBND", issued: 2026-05-01}', "'agency' is missing"),
        ('{document: "", issued: 2026-05-01, agency: "UBND tỉnh"}', "should be a text"),
        ('{document: "12/QĐ-UBND", issued: hôm qua, agency: "UBND tỉnh"}', "should be a date"),
        ("true", "subscriptable"),
    ],
)
def test_half_a_decision_is_none(tmp_path: Path, approval: str, why: str) -> None:
    text = without(DEFAULT.read_text("utf-8").replace(NONE, f"approved_by: {approval} #", 1), "put_off")
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InstrumentBroken, match=why):
        load_instrument(file)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("    stage: reception", "    stage: somewhere", "the stage 'somewhere'"),
        ("code: trips", "code: guidance", "each of its own"),
        ("code: once", "code: twice", "each of its own"),
        ("code: once", "code: một", "ASCII word"),
        ('label: "1 lần"', 'label: "một lần là xong ngay, rất nhanh"', "more than 24"),
    ],
)
def test_a_broken_tap_names_its_mistake(tmp_path: Path, before: str, after: str, why: str) -> None:
    with pytest.raises(InstrumentBroken, match=why):
        load_instrument(mine(tmp_path, change=(before, after)))  # type: ignore[arg-type]
