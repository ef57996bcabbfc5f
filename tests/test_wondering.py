"""What is asked of a dossier without naming it: how far it is, why so long, what to bring for its result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.respond import respond
from onestop.dossier import Status, Supplement
from tests.fakes import NOON, Talk, a_dossier
from tests.held import CODE, a_talk

HOW_FAR = [
    *("bao giờ có kết quả", "bao giờ xong", "bao giờ lấy được", "khi nào thì lấy được ạ", "bao lâu nữa mới xong"),
    *("xong chưa", "hồ sơ của tôi xong chưa", "đã có kết quả chưa", "được chưa em", "có chưa", "vẫn chưa xong à"),
    *("đến đâu rồi", "hồ sơ tới đâu rồi", "thế nào rồi", "sao rồi", "còn lâu không", "mấy ngày nữa xong"),
    *("sao lâu thế", "sao chậm vậy", "sao lâu quá vậy", "vì sao trễ", "sao mãi chưa xong", "lâu quá", "chậm thế"),
    *("xong chua", "bao gio co ket qua", "sao cham the"),
]


def shown(**more: Any) -> Talk:
    talk = a_talk(**more)
    talk.respond = respond
    return talk


@pytest.mark.parametrize("said", HOW_FAR)
async def test_of_the_dossier_just_shown_it_is_said_how_far_it_is(said: str) -> None:
    talk = shown()
    await talk.says(f"{CODE} 4821")
    assert (await talk.says(said)).startswith(f"Hồ sơ {CODE}")


async def test_of_the_only_one_followed_too() -> None:
    talk = shown()
    for text in (f"{CODE} 4821", f"follow {CODE}", "có"):
        await talk.says(text)
    talk.forget_topic()
    assert f"Hồ sơ {CODE}" in await talk.says("xong chưa")


@pytest.mark.parametrize("said", ["khi lấy cần mang gì", "đi lấy kết quả phải mang giấy tờ gì", "mang gì khi đi lấy"])
async def test_what_to_bring_for_the_result(said: str) -> None:
    talk = shown(status=Status.FINISHED)
    await talk.says(f"{CODE} 4821")
    assert f"Khi lấy kết quả hồ sơ {CODE}, anh/chị mang giấy hẹn và căn cước." in await talk.says(said)


OTHERS = [
    "khai sinh bao lâu xong",
    "lệ phí bao nhiêu",
    "mai có làm không",
    "bao giờ quầy mở cửa",
    "cảm ơn",
    "hồ sơ gồm gì",
]


@pytest.mark.parametrize("said", OTHERS)
async def test_other_questions_stay_what_they_are(said: str) -> None:
    talk = shown()
    await talk.says(f"{CODE} 4821")
    assert CODE not in await talk.says(said)


@pytest.mark.parametrize("said", ["xong chưa", "bao giờ có kết quả", "sao lâu thế", "đi lấy cần mang gì"])
async def test_nothing_is_told_of_what_was_not_proved(said: str) -> None:
    talk = shown()
    await talk.says(CODE)
    assert "Hẹn trả" not in await talk.says(said)
    talk.wait(days=2)
    assert "Hẹn trả" not in await talk.says(said)


async def test_what_is_no_longer_held_is_not_shown_again() -> None:
    talk = shown()
    await talk.says(f"{CODE} 4821")
    talk.wait(hours=2)
    assert "Hẹn trả" not in await talk.says("xong chưa")


async def test_in_a_group_nothing_is_told() -> None:
    talk = shown()
    await talk.says(f"{CODE} 4821")
    talk.private = False
    assert "Hẹn trả" not in await talk.says("xong chưa")


WANTED = Supplement("bổ sung giấy tờ", ("Bản sao giấy chứng nhận kết hôn", "Giấy chứng sinh"), asked_at=NOON)


@pytest.mark.parametrize("said", ["thiếu giấy gì", "còn thiếu gì vậy", "bổ sung gì", "phải nộp thêm giấy tờ gì ạ"])
async def test_what_is_missing_is_said_again(said: str) -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,))
    await talk.says(f"{CODE} 4821")
    assert "Còn thiếu:\n1. Bản sao giấy chứng nhận kết hôn" in await talk.says(said)


@pytest.mark.parametrize(
    "said", ["giấy chứng sinh xin ở đâu", "giay chung sinh ban chinh hay photo", "giấy chứng sinh thì sao"]
)
async def test_of_a_missing_paper_it_is_said_what_is_known_and_whom_to_ask(said: str) -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,))
    await talk.says(f"{CODE} 4821")
    told = await talk.says(said)
    assert f"Quầy đang chờ giấy này của hồ sơ {CODE}: Giấy chứng sinh." in told
    assert "0200 000 007" in told


async def test_of_another_paper_it_is_a_question_like_any_other() -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,))
    await talk.says(f"{CODE} 4821")
    assert "Quầy đang chờ" not in await talk.says("giấy chứng tử xin ở đâu")
    there = shown()
    await there.says(f"{CODE} 4821")
    assert "Quầy đang chờ" not in await there.says("giấy chứng sinh xin ở đâu")


@pytest.mark.parametrize("said", ["mang gì", "cần mang gì đến", "mang theo gì", "phải mang giấy gì", "chuẩn bị gì nữa"])
async def test_what_to_take_along_is_what_the_desk_waits_for(said: str) -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,))
    await talk.says(f"{CODE} 4821")
    assert "Còn thiếu:\n1. Bản sao giấy chứng nhận kết hôn" in await talk.says(said)
    at_work = shown()
    await at_work.says(f"{CODE} 4821")
    assert CODE not in await at_work.says(said), "nothing is to be taken anywhere: it is about the procedure"


PLACES = [
    ("ở đâu", "Quầy một cửa xã Đồi Sim.\nĐịa chỉ"),
    ("nộp thêm ở đâu ạ", "Quầy một cửa xã Đồi Sim.\nĐịa chỉ"),
    ("nop bo sung giay to o dau", "Quầy một cửa xã Đồi Sim.\nĐịa chỉ"),
    ("địa chỉ quầy", "ban-do/08"),
    ("số điện thoại quầy", "0200 000 008"),
    ("quầy mấy giờ mở cửa", "Quầy một cửa xã Đồi Sim mở cửa"),
    ("mai có làm việc không", "Thứ Năm 19/11, quầy xã Đồi Sim mở"),
    ("24/11 có làm không", "Thứ Ba 24/11, quầy xã Đồi Sim nghỉ."),
]


@pytest.mark.parametrize(("said", "heard"), PLACES)
async def test_the_desk_meant_is_the_one_that_has_the_dossier(said: str, heard: str) -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,), unit="H99.08")
    await talk.says(f"{CODE} 4821")
    assert heard in await talk.says(said)


async def test_who_has_to_go_there_is_offered_the_way() -> None:
    talk = shown(status=Status.NEEDS_PAPERS, supplements=(WANTED,), unit="H99.08")
    await talk.says(f"{CODE} 4821")
    assert "Quầy một cửa xã Đồi Sim mở cửa" in await talk.says(talk.choice("place").says)


@pytest.mark.parametrize("said", ["hồ sơ đang ở đâu", "hồ sơ của tôi ở đâu rồi", "ho so o dau"])
async def test_where_the_dossier_is_means_how_far_it_is(said: str) -> None:
    talk = shown(unit="H99.08")
    await talk.says(f"{CODE} 4821")
    assert (await talk.says(said)).startswith(f"Hồ sơ {CODE}")


@pytest.mark.parametrize("said", ["mai xã Đồng Sậy có làm không", "xã Đồng Sậy ở đâu", "khai sinh nộp ở đâu"])
async def test_another_desk_that_is_named_is_that_one(said: str) -> None:
    talk = shown(unit="H99.08")
    await talk.says(f"{CODE} 4821")
    assert "xã Đồi Sim" not in await talk.says(said)


LATE = [
    *((said, "lý do thì quầy chưa ghi") for said in ("tại sao trễ", "ai lam tre", "lỗi tại ai", "vướng ở đâu vậy")),
    *((said, "quầy chưa báo ngày hẹn mới") for said in ("bao gio moi xong", "bao giờ có", "có ngày hẹn mới chưa")),
    *((said, "không phải nộp thêm gì") for said in ("vậy giờ tôi phải làm gì", "bay gio lam sao", "phải làm gì nữa")),
]


@pytest.mark.parametrize(("said", "heard"), LATE)
async def test_who_has_read_of_a_lateness_gets_an_answer_to_what_is_asked_of_it(said: str, heard: str) -> None:
    talk = shown(due=NOON - timedelta(days=2))
    assert "Đã quá hẹn" in await talk.says(f"{CODE} 4821")
    told = await talk.says(said)
    assert told.startswith(f"Hồ sơ {CODE} trễ")
    assert heard in told
    assert "hỏi quầy, số 0200 000 007" in told


async def test_the_reason_that_the_desk_wrote_is_said_and_nothing_where_papers_are_waited_for() -> None:
    talk = shown(due=NOON - timedelta(days=2), note="chờ đo đạc lại")
    await talk.says(f"{CODE} 4821")
    assert "Lý do quầy ghi: chờ đo đạc lại." in await talk.says("vì sao trễ")
    waits = shown(status=Status.NEEDS_PAPERS, due=NOON - timedelta(days=2), supplements=(WANTED,))
    await waits.says(f"{CODE} 4821")
    assert "Còn thiếu:" in await waits.says("vậy giờ tôi phải làm gì")


async def test_what_is_no_longer_late_is_not_said_to_be() -> None:
    talk = shown(due=NOON - timedelta(days=2))
    await talk.says(f"{CODE} 4821")
    talk.onestop.put(a_dossier(CODE, Status.FINISHED))
    assert "đã xong" in await talk.says("tại sao trễ")


async def test_while_the_backend_is_down_what_is_known_is_told_as_before() -> None:
    talk = shown(due=NOON - timedelta(days=2))
    await talk.says(f"{CODE} 4821")
    talk.onestop.down = True
    assert "Đã quá hẹn" in await talk.says("tại sao trễ")
