"""Where a desk is and when it is open, by scripts; what became of units of before, the demo's traps included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from handlers.desk import Conversation, Step
from handlers.locating import in_state, say_code, typed
from handlers.messages import Chat, Incoming
from handlers.respond import respond
from handlers.states import AsksPart, Idle, dump, load
from offices.hours import Opening
from offices.lineage import Former
from offices.unit import Closed, Offices, Unit
from tests.books import NOON
from tests.fakes import Talk, a_desk, offices

DAYS = [
    ("mai có làm việc không", "Thứ Năm 19/11, quầy xã Đồng Sậy mở 7:30–11:30 và 13:30–17:00."),
    ("ngày kia mở cửa không", "Thứ Sáu 20/11, quầy xã Đồng Sậy mở"),
    (
        "ngày 24/11 có làm việc không",
        "nghỉ.\nHôm đó nghỉ lễ: Ngày Văn hóa Việt Nam.\nQuầy mở lại lúc 7 giờ 30, thứ Tư 25/11.",
    ),
    ("24/11 co lam khong", "Thứ Ba 24/11, quầy xã Đồng Sậy nghỉ."),
    ("2 tháng 9 có nghỉ không", "Hôm đó nghỉ lễ: Quốc khánh."),
    ("23/11 có làm việc không", "Ngày này chưa chắc: có thể hoán đổi để nghỉ liền với 24/11"),
    ("10/1/2026 có làm việc không", "Thứ Bảy 10/1, quầy xã Đồng Sậy mở 7:30–11:30 và 13:30–17:00."),
    ("17/1/2026 có làm việc không", "Thứ Bảy 17/1, quầy xã Đồng Sậy nghỉ."),
    ("22/8/2026 xã Nậm Sen có làm việc không", "Thứ Bảy 22/8, quầy xã Nậm Sen mở 7:00–11:30 và 13:30–16:30."),
    ("xã Nậm Sen 22/8/2026 có làm việc không", "Thứ Bảy 22/8, quầy xã Nậm Sen mở 7:00–11:30 và 13:30–16:30."),
    ("phường Bến Trúc 29/8/2026 có làm việc không", "Thứ Bảy 29/8, quầy phường Bến Trúc mở 7:30–11:30."),
    ("xã Trúc Hải 18/11 có làm việc không", "quầy xã Trúc Hải mở 7:30–11:00.\nHôm đó là ngày mùng 10 âm lịch, có"),
    ("23/11 xã Trúc Hải có làm việc không", "Hôm đó là ngày 15 âm lịch, có phiên chợ, quầy nghỉ sớm."),
    ("25/11 xã Trúc Hải có làm việc không", "quầy xã Trúc Hải mở 7:30–11:30 và 13:30–17:00."),
    ("25/11 Trúc Hải có làm không", "Thứ Tư 25/11, quầy xã Trúc Hải mở 7:30–11:30 và 13:30–17:00."),
    ("mai truc hai lam khong", "quầy xã Trúc Hải mở"),
    ("7/2/2028 có làm việc không", "quầy xã Đồng Sậy mở 7:30–11:30 và 13:30–17:00."),
    ("27/1/2028 có làm việc không", "Hôm đó nghỉ lễ: Tết Nguyên đán."),
    ("1/9/2028 có làm việc không", "Ngày này chưa chắc: nghỉ 1/9 hay 5/9 là do thông báo hằng năm."),
    ("30/9/2150 có làm việc không", "Ngày này chưa chắc: chưa có lịch nghỉ của năm 2150."),
    ("phường Bến Trúc 10/1/2026 có làm việc không", "Thứ Bảy 10/1, quầy phường Bến Trúc mở 7:30–11:30 và 13:30–17:00."),
]


@pytest.mark.parametrize(("text", "expected"), DAYS)
async def test_whether_it_is_open_on_a_day(text: str, expected: str) -> None:
    assert expected in await Talk(respond).says(text)


@pytest.mark.parametrize("text", ["31/2 có làm việc không", "99/99 có nghỉ không"])
async def test_a_day_that_does_not_exist_is_none(text: str) -> None:
    assert "quầy xã Đồng Sậy mở 7:30–11:30 và 13:30–17:00." not in await Talk(respond).says(text)


async def test_a_desk_is_closed_for_a_reason_of_its_own() -> None:
    storm = Closed(date(2026, 11, 19), date(2026, 11, 20), "bão số 9")
    unit = replace(offices().unit("H99.07"), closed=(storm,))
    others = [each for each in offices().units if each.code != "H99.07"]
    desk = replace(a_desk(), offices=Offices.of([unit, *others]))
    step = await respond(Conversation(version=1), Incoming(Chat("test", "0", "1"), "e", "mai có làm không", NOON), desk)
    assert isinstance(step, Step)
    assert "Thứ Năm 19/11, quầy xã Đồng Sậy nghỉ.\nLý do: bão số 9." in step.say[0].text
    assert unit.spans(date(2026, 11, 23), lambda day: Opening(day.weekday()))


BECAME = {
    "an old commune": [("xã Tân Trúc giờ về đâu", "Xã Tân Trúc cũ nay thuộc phường Bến Trúc.")],
    "one syllable apart": [("xa tan say gio ve dau", "Xã Tân Sậy cũ nay thuộc xã Đồng Sậy.")],
    "a town": [("thị trấn Phố Sim sáp nhập vào đâu", "Thị trấn Phố Sim cũ nay thuộc phường Phố Sim.")],
    "the place with it": [("xã Tân Trúc giờ về đâu", "Bản đồ: https://lamchau.example/ban-do/01")],
    "split: the hamlet is asked for": [
        ("tôi ở xã Hòa Trúc cũ thì ra đâu", "Anh/chị ở thôn nào ạ?"),
        ("thôn 7 ạ", "Quầy một cửa xã Đồng Sậy."),
    ],
    "split: by button": [
        ("xã Hòa Trúc nay thuộc đâu", "thôn 1 đến thôn 4"),
        ("place H99.02", "Quầy một cửa phường Kim Trúc."),
    ],
    "split: the part picked by its label": [
        ("xã Hòa Trúc nay thuộc đâu", ""),
        ("thôn 5 đến thôn 9", "Quầy một cửa xã Đồng Sậy."),
    ],
    "split: something else is asked": [
        ("xã Hòa Trúc nay thuộc đâu", ""),
        ("đăng ký kết hôn cần giấy gì", "Tờ khai đăng ký kết hôn"),
    ],
    "split: no such hamlet": [("xã Hòa Trúc nay thuộc đâu", ""), ("thôn 12", "")],
    "split: the hamlet is said": [
        ("xã Hòa Trúc thôn 3 giờ về đâu", "Xã Hòa Trúc cũ nay thuộc phường Kim Trúc (thôn 1 đến thôn 4).\nĐịa chỉ")
    ],
    "a district": [
        ("huyện Khe Sim giờ về đâu", "Huyện Khe Sim không còn nữa từ 1/7/2025."),
        ("huyen khe sim gio ve dau", "– phường Phố Sim: thị trấn Phố Sim, xã Bến Sim và xã Đồi Trúc"),
        ("Đồi Sim", "Quầy một cửa xã Đồi Sim."),
    ],
    "a city": [("thành phố Lam Châu nay là gì", "– phường Kim Trúc: phường Kim Trúc và xã An Trúc")],
    "a name that was both": [
        ("Khe Sim cũ giờ thuộc đâu", "Xã Khe Sim cũ nay thuộc xã Mường Sim.\nHuyện Khe Sim không còn nữa"),
        ("place H99.11", "Quầy một cửa xã Mường Sim."),
    ],
    "the commune only": [("xã Khe Sim giờ về đâu", "Xã Khe Sim cũ nay thuộc xã Mường Sim.\nĐịa chỉ")],
    "nobody goes to a district": [
        ("ra huyện làm được không", "Huyện không còn nữa, anh/chị không phải ra đó."),
        ("len huyen nop a", "Quầy một cửa".lower()),
    ],
    "a procedure is asked": [("làm khai sinh ở huyện Khe Sim cũ cần giấy gì", "khai sinh")],
}


@pytest.mark.parametrize("script", BECAME.values(), ids=BECAME.keys())
async def test_what_became_of_it(script: list[tuple[str, str]]) -> None:
    talk = Talk(respond)
    for text, expected in script:
        said = await talk.says(text)
        assert expected in said, said


@pytest.mark.parametrize(
    "text",
    ["huyện Khe Sim giờ về đâu", "Khe Sim cũ giờ thuộc đâu", "tp Lam Châu nay là gì", "ở huyện được không"],
)
async def test_what_is_offered_is_never_a_district(text: str) -> None:
    talk = Talk(respond)
    await talk.says(text)
    places = [choice.says.split()[1] for choice in talk.conversation.offered if choice.says.startswith("place ")]
    assert all(offices().unit(code).exists(NOON.date()) and offices().unit(code).address for code in places)


async def test_every_old_commune_and_district_of_the_province_leads_somewhere() -> None:
    desk, chat = a_desk(), Conversation(version=1)
    for unit in offices().units:
        for old in unit.former:
            step = typed(f"{old.name} giờ về đâu", chat, desk)
            assert step is not None and unit.name in step.say[0].text, old.name
            assert old.district is not None and old.until == date(2025, 6, 30)
            of_all = typed(f"{old.district} giờ về đâu", chat, desk)
            assert of_all is not None and old.name in of_all.say[0].text, old.district


@pytest.mark.parametrize(
    "text",
    [
        "thủ tục cũ làm thế nào",
        "giấy khai sinh cũ đổi mới ở đâu",
        "tôi ở Đà Lạt cũ thuộc đâu",
        "lên huyện đổi bằng lái",
    ],
)
def test_other_questions_are_left_alone(text: str) -> None:
    assert typed(text, Conversation(version=1), a_desk()) is None


COVERED = [
    ("thôn 1 đến thôn 4", "thôn 4", True),
    ("thôn 1 đến thôn 4", "thon so 2 ạ", True),
    ("thôn 1 đến thôn 4", "thôn 5", False),
    ("thôn 1, thôn 3", "thôn 2", False),
    ("thôn 1, thôn 3", "thôn 3", True),
    ("thôn Đông và thôn Đoài", "em ở thôn đoài", True),
    ("thôn Đông, thôn Đoài", "thôn Thượng", False),
    ("ấp Mới", "ap moi", True),
    ("thôn 1 đến thôn 4", "place H99.02", False),
    (None, "thôn 1", False),
]


@pytest.mark.parametrize(("part", "said", "covers"), COVERED)
def test_the_hamlets_of_a_part(part: str | None, said: str, covers: bool) -> None:
    assert Former("xã A", part).covers(said) is covers


def test_a_unit_that_ended_is_found_by_its_heir() -> None:
    until = NOON.date() - timedelta(days=1)
    old = Unit("U1", "xã A", "A", until=until)
    new = Unit("U2", "xã B", "B", since=NOON.date(), former=(Former("xã A", until=until),))
    assert not old.exists(NOON.date()) and new.exists(NOON.date())
    desk = replace(a_desk(), offices=Offices.of([old, new]))
    step = typed("xã A giờ về đâu", Conversation(version=1), desk)
    assert step is not None and "Xã A cũ nay thuộc xã B." in step.say[0].text


def test_what_comes_back_from_the_phone_is_looked_up() -> None:
    desk = a_desk()
    assert say_code(["place", "H00.01"], desk) is None
    assert say_code(["place"], desk) is None
    state = AsksPart("xã Hòa Trúc")
    assert load(dump(state)) == state
    incoming = Incoming(Chat("test", "0", "1"), "e", "thôn 3", NOON)
    assert in_state(Conversation(state=Idle()), incoming, desk) is None
