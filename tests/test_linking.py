"""What is read of a linked dossier: a line for each agency, whose part is late, news of a part."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers.desk import Official, Step
from handlers.dossiers import linking
from handlers.dossiers.linking import PartNews
from handlers.states import AsksConsent
from handlers.texts.format import FIRST_LIMIT
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier, FeeDue, Part, Status
from tests.fakes import NOON, Talk, a_dossier, micros
from tests.held import CODE, a_talk, following

BIRTH = Part("Thủ tục đăng ký khai sinh", Status.FINISHED, procedure="1.001193", agency="xã Đồng Sậy")
HOME = Part("Đăng ký thường trú", Status.IN_PROGRESS, agency="Công an xã Đồng Sậy", moved_at=NOON)
CARD = Part("Cấp thẻ bảo hiểm y tế", agency="Bảo hiểm xã hội cơ sở")
PARTS = (BIRTH, HOME, CARD)
LINKED = "2.000986"


def linked(*parts: Part, **more: object) -> dict[str, object]:
    return {"procedure": LINKED, "parts": parts or PARTS, **more}


def said(step: object) -> str:
    assert isinstance(step, Step)
    return "\n".join(each.text for each in step.say)


async def test_one_code_and_a_line_for_each_agency_on_one_small_screen() -> None:
    text = await a_talk(**linked()).says(f"{CODE} 4821")
    assert text.splitlines() == [
        f"Hồ sơ {CODE} gồm 3 việc: đang làm.",
        "1. Khai sinh (xã Đồng Sậy): đã xong.",
        "2. Thường trú (Công an xã Đồng Sậy): đang làm.",
        "3. Thẻ bảo hiểm y tế (Bảo hiểm xã hội cơ sở): chưa tới lượt.",
        "Hẹn trả: thứ Năm 26/11.",
        "Anh/chị chưa phải làm gì.",
        "Số liệu lúc 9 giờ, thứ Tư 18/11.",
    ]
    assert len(text) <= FIRST_LIMIT


async def test_what_a_part_wants_is_said_with_what_to_bring() -> None:
    asks = replace(HOME, status=Status.NEEDS_PAPERS, papers=("Giấy đồng ý của chủ hộ",))
    text = await a_talk(**linked(BIRTH, asks, CARD)).says(f"{CODE} 4821")
    assert "Còn thiếu:\n1. Giấy đồng ý của chủ hộ" in text
    assert "Anh/chị nộp thêm tại quầy" in text
    assert "chưa phải làm gì" not in text
    pays = replace(HOME, status=Status.NEEDS_PAYMENT, fees=(FeeDue("Lệ phí", 10000),))
    assert "Lệ phí 10.000 đồng" in await a_talk(**linked(BIRTH, pays, CARD)).says(f"{CODE} 4821")


async def test_once_every_part_is_over_their_lines_are_not_needed() -> None:
    over = (BIRTH, replace(HOME, status=Status.RETURNED))
    text = await a_talk(Status.FINISHED, **linked(*over)).says(f"{CODE} 4821")
    assert "gồm 2 việc: đã xong, chờ lấy" in text
    assert "Khai sinh" not in text


LATE = datetime(2026, 11, 13, 17, 0, tzinfo=VIETNAM)


async def test_lateness_is_that_of_the_step_that_overran_in_the_answer_and_in_the_list() -> None:
    slow = replace(HOME, due=LATE - timedelta(days=2), note="Chờ xác minh nơi ở")
    more = linked(BIRTH, slow, CARD, due=LATE)
    text = await a_talk(**more).says(f"{CODE} 4821")
    assert "2. Thường trú (Công an xã Đồng Sậy): đang làm, chậm 5 ngày làm việc." in text
    assert "Chậm ở việc thường trú, do Công an xã Đồng Sậy làm." in text
    assert "Lý do chậm: Chờ xác minh nơi ở." in text
    official = Talk(now=NOON)
    official.book.officials.append((official.chat, Official("cb-1", "H99.07", "staff")))
    official.book.push(a_dossier(CODE, Status.IN_PROGRESS, **more), NOON)
    listed = await official.says("hồ sơ trễ")
    assert "Công an xã Đồng Sậy (thường trú) · quá 3 ngày làm việc" in listed
    assert "Công an xã Đồng Sậy (thường trú)" in await official.says(f"thư xin lỗi {CODE}")


async def test_a_part_that_was_late_stays_charged_after_another_took_over() -> None:
    was = replace(BIRTH, due=LATE - timedelta(days=9), ended_at=LATE - timedelta(days=1))
    text = await a_talk(**linked(was, replace(HOME, due=LATE + timedelta(days=30)), due=LATE)).says(f"{CODE} 4821")
    assert "Chậm ở việc khai sinh, do xã Đồng Sậy làm." in text


async def test_a_part_looked_up_by_its_own_code_leads_to_the_whole() -> None:
    whole = DossierCode.parse("H99.07-261116-0001")
    talk = a_talk(whole=whole)
    text = await talk.says(f"{CODE} 4821")
    assert f"một việc trong hồ sơ {whole.canonical}" in text
    assert talk.choice("status").says == f"status {whole.canonical}"
    assert not [choice for choice in talk.conversation.offered if choice.says.startswith("follow")]


@pytest.mark.parametrize("pressed", ["follow", "consent yes"])
async def test_a_part_is_not_followed_and_the_code_of_the_whole_is_given(pressed: str) -> None:
    whole = DossierCode.parse("H99.07-261116-0001")
    talk = a_talk(whole=whole)
    await talk.says(f"{CODE} 4821")
    text = await talk.says(f"{pressed} {CODE}")
    assert f"Mã {CODE} là một việc trong hồ sơ {whole.canonical}." in text
    assert talk.choice("follow").says == f"follow {whole.canonical}"
    assert talk.effects == () and talk.conversation.state != AsksConsent(CODE)
    assert "4 số cuối" in await talk.says(f"follow {whole.canonical}"), "the whole has a proof of its own"


# --- news -------------------------------------------------------------------------------------------------------------


async def told(status: Status, part: Part, about: Status | None = None, **whole: object) -> str:
    """What a follower hears of the second part, once the dossier stands so."""
    talk = await following(**linked())
    row = a_dossier(CODE, status, **linked(BIRTH, part, CARD, **{"moved_at": NOON, **whole}))
    talk.book.push(row, NOON)
    return said(await talk.happens(PartNews(CODE, 1, about or part.status or Status.UNKNOWN, micros(NOON)).event))


NEWS = [
    (Status.FINISHED, ["thường trú, đã xong.", "Còn làm tiếp: thẻ bảo hiểm y tế.", "hỏi quầy"]),
    (Status.NEEDS_PAPERS, ["còn thiếu giấy", "1. Giấy đồng ý", "Anh/chị nộp thêm"]),
    (Status.REJECTED, ["chưa nhận được", "Lý do quầy ghi: sai tên."]),
    (Status.STOPPED, ["đã dừng", "sai tên"]),
]


@pytest.mark.parametrize(("status", "expected"), NEWS)
async def test_a_follower_hears_of_a_part(status: Status, expected: list[str]) -> None:
    text = await told(Status.IN_PROGRESS, replace(HOME, status=status, note="sai tên", papers=("Giấy đồng ý",)))
    assert text.startswith(f"Tin về hồ sơ hộ tịch ({CODE})")
    for each in (*expected, "Số liệu lúc"):
        assert each in text
    assert len(text) <= 400


async def test_what_was_done_and_has_been_fetched_is_still_told_once() -> None:
    fetched = replace(HOME, status=Status.RETURNED)
    assert "đã trả kết quả" in await told(Status.IN_PROGRESS, fetched, Status.FINISHED)


SILENT = [
    ("the part went on", Status.IN_PROGRESS, Status.IN_PROGRESS, Status.NEEDS_PAPERS),
    ("the whole is done: its own news say so", Status.FINISHED, Status.FINISHED, None),
    ("the whole is closed", Status.WITHDRAWN, Status.FINISHED, None),
    ("the whole waits for the same", Status.NEEDS_PAPERS, Status.NEEDS_PAPERS, None),
]


@pytest.mark.parametrize(("whole", "now", "about"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT])
async def test_nothing_is_told_twice(whole: Status, now: Status, about: Status | None) -> None:
    assert await told(whole, replace(HOME, status=now), about) == ""


async def test_a_second_part_that_wants_something_is_told_while_the_whole_waits_already() -> None:
    later = replace(HOME, status=Status.NEEDS_PAPERS, moved_at=NOON + timedelta(hours=1))
    assert "còn thiếu giấy" in await told(Status.NEEDS_PAPERS, later, moved_at=NOON - timedelta(days=2))


async def test_a_discreet_dossier_names_no_part() -> None:
    talk = await following(procedure="1.001022")
    parts = (BIRTH, replace(HOME, status=Status.NEEDS_PAPERS, papers=("Giấy đồng ý",)))
    talk.book.push(a_dossier(CODE, Status.IN_PROGRESS, procedure="1.001022", parts=parts), NOON)
    text = said(await talk.happens(PartNews(CODE, 1, Status.NEEDS_PAPERS, micros(NOON)).event))
    assert "có một việc còn thiếu giấy" in text
    assert "thường trú" not in text
    assert "Giấy đồng ý" not in text


CHANGES = [
    (None, Status.IN_PROGRESS, False),
    (None, Status.FINISHED, True),
    (Status.IN_PROGRESS, Status.NEEDS_PAPERS, True),
    (Status.FINISHED, Status.RETURNED, False),
    (Status.RETURNED, Status.FINISHED, False),
    (Status.NEEDS_PAPERS, Status.IN_PROGRESS, False),
    (Status.IN_PROGRESS, Status.RETURNED, True),
]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_which_changes_of_a_part_are_told(before: Status | None, after: Status, expected: bool) -> None:
    assert linking.matters(before, after) is expected


@pytest.mark.parametrize(
    "event", ["part:x:1:9:3", f"part:{CODE}:1:99:3", f"part:{CODE}:-1:9:3", f"status:{CODE}:3", ""]
)
def test_other_events_are_no_news_of_a_part(event: str) -> None:
    assert linking.read(event) is None


async def test_a_part_that_is_not_there_is_not_told() -> None:
    talk = await following(**linked())
    assert said(await talk.happens(f"part:{CODE}:7:9:1")) == ""


def test_what_waits_for_the_citizen_is_found(  # a dossier without parts waits for nobody by them
) -> None:
    dossier = Dossier(DossierCode.parse(CODE), Status.IN_PROGRESS)
    assert linking.waiting(dossier) is None
    assert linking.lines(dossier, Talk().desk()) == ()
