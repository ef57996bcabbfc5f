"""Templates by phone: the number asked for with consent, kept sealed, used hashed; answers known by tracking id."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bot.control import Wrong
from bot.zalo.running import running_zalo
from channels.zalo_events import normal_phone
from channels.zalo_template import hash_phone, tracking_id
from emulators.faults import Fault
from emulators.zalo import ZaloEmulator
from emulators.zalo_phone import ZaloPhone
from emulators.zalo_templates import RATING
from emulators.zalo_world import Refusal
from handlers.desk import Step
from handlers.messages import Kind
from handlers.respond import respond
from storage.tables import ratings
from storage.zalo_tables import contacts, zalo_costs
from tests.fakes import Talk
from tests.test_zalo_outreach import COSTS, DAY, Office, an_office
from tests.zalo_world import AN, chat

PHONE = "84900000001"
ASKED = {
    **COSTS,
    "ZALO_TEMPLATE_RATING": RATING.id,
    "ZALO_OA_PHONE_IMAGE": "https://xa.example/logo.png",
    "ZALO_OA_PHONE_PRICE": "300",
}


def test_the_hash_of_the_reference() -> None:
    assert hash_phone(PHONE) == "c1defbf2b2d03f6c060709faa2be37c05d6539c96ebbe5bd1bfea42cdc54032f"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (PHONE, PHONE), (84900000001, PHONE), ("0900000001", PHONE), ("+84 900 000 001", PHONE), ("900.000.001", PHONE),
        ("0200 000 0007", "842000000007"), ("", ""), ("abc", ""), (None, ""), (True, ""), ("84", ""), ("0" * 12, ""),
        (["84900000001"], ""), ("٠٩٠٠٠٠٠٠٠٠١", ""), ("8490000000123456", ""),
    ],
)  # fmt: skip
def test_a_phone_however_it_is_written(found: Any, expected: str) -> None:
    assert normal_phone(found) == expected


def test_the_tracking_id_is_what_zalo_takes_and_tells_events_apart() -> None:
    first = tracking_id(chat(), "invite:X:1")
    assert first.isascii()
    assert first.isalnum()
    assert len(first) <= 48
    assert len({first, tracking_id(chat(), "invite:X:2"), tracking_id(chat("7"), "invite:X:1")}) == 3
    assert tracking_id(chat(), "invite:X:1") == first


# --- asked for --------------------------------------------------------------------------------------------------------


async def submit(office: Office) -> list[str]:
    """The citizen fills in the form; what is said to it."""
    before = len(office.phone.seen)
    event = office.zalo.submit_info(AN, PHONE)
    await office.zalo.wait_until(lambda: event.taken)
    await office.quiet()
    return office.phone.seen[before:]


async def kept(office: Office) -> str | None:
    query = select(contacts.c.phone)
    found: str | None = await office.app.database.read(lambda c: c.execute(query).scalar())
    return found


@asynccontextmanager
async def only_by_phone(**more: str) -> AsyncIterator[Office]:
    """An office whose rating template may not go by user id; its citizen has given a phone."""
    async with an_office(**ASKED, **more) as office:
        office.zalo.templates.known[RATING.id] = dataclasses.replace(RATING, by_user=False)
        office.zalo.person(AN).phone = PHONE
        await office.says("phone", "phone yes")
        assert "Máy đã giữ số" in (await submit(office))[-1]
        yield office


async def test_the_form_comes_after_a_yes_and_what_is_kept_is_sealed() -> None:
    async with an_office(**ASKED) as office:
        assert "phone" in {str(b.payload).removeprefix("#mc1:") for each in office.zalo.sent(AN) for b in each.buttons}
        (asked,) = await office.says("phone")
        assert "Anh/chị đồng ý không?" in asked
        assert not any(each.kind == "request_user_info" for each in office.zalo.sent(AN))
        await office.says("phone yes")
        text, form = office.zalo.sent(AN)[-2:]
        assert ("bấm mẫu dưới đây" in text.text, form.kind) == (True, "request_user_info")
        (button,) = office.zalo.person(AN).seen[-1]["buttons"]  # as a stranger fills it in on the emulator's page
        await ZaloPhone(office.zalo).act(AN, {"do": "tap", **button})
        await office.quiet()
        assert "Máy đã giữ số" in office.phone.seen[-1]
        sealed = await kept(office)
        assert sealed is not None
        phone = office.zalo.person(AN).phone
        assert phone not in sealed
        assert hash_phone(phone) not in sealed
        assert await office.app.channels["zalo_oa"]._contacts.phone(chat()) == hash_phone(phone)  # type: ignore[attr-defined]
        assert "đồng ý nhắn qua số điện thoại" in (await office.says("xem dữ liệu"))[0]
        (said,) = await office.says("quên số điện thoại")
        assert "không giữ số điện thoại nào" in said
        assert await kept(office) is None


async def test_what_comes_unasked_is_not_kept() -> None:
    async with an_office(**ASKED) as office:
        assert "không giữ số này" in (await submit(office))[-1]
        assert await kept(office) is None
        await office.says("phone", "phone no")
        assert "không giữ số này" in (await submit(office))[-1]
        assert await kept(office) is None


async def test_without_the_setting_no_phone_is_asked_for_or_kept() -> None:
    async with an_office(ZALO_TEMPLATE_RATING=RATING.id, **COSTS) as office:
        assert "không cần số điện thoại" in (await office.says("phone"))[0]
        await submit(office)
        assert await kept(office) is None


async def test_channels_without_a_form_never_ask() -> None:
    talk = Talk(respond=respond)
    assert "không cần số điện thoại" in await talk.says("nhắn qua số điện thoại")
    step = await talk.turn("", Kind.CONTACT)
    assert isinstance(step, Step)
    assert step.effects == ()


# --- used -------------------------------------------------------------------------------------------------------------


async def rated(office: Office) -> list[int]:
    stars = select(ratings.c.stars)
    return list(await office.app.database.read(lambda c: c.execute(stars).scalars().all()))


async def test_a_template_that_may_not_go_by_user_id_goes_by_phone_and_its_answer_counts_once() -> None:
    async with only_by_phone() as office:
        await office.wait(days=9)
        await office.hand_over()
        (sent,) = [each for each in office.zalo.sent(AN) if each.kind == "template"]
        body = sent.template or {}
        assert (body["hash_phone"], body["template_id"]) == (hash_phone(PHONE), RATING.id)
        assert PHONE not in str(body)
        assert [code for _, code, _ in office.zalo.world.refusals] == [-249]
        costs = await office.app.database.read(lambda c: c.execute(select(zalo_costs)).all())
        assert [(row.kind, row.quota, row.dong) for row in costs] == [("template", "phone", 300)]
        office.zalo.rate(AN, 4)
        await office.quiet()
        channel = office.app.channels["zalo_oa"]
        await channel._reconcile()  # type: ignore[attr-defined]
        await office.quiet()
        assert await rated(office) == [4]


@pytest.mark.parametrize("told", [True, False])
async def test_where_the_reply_was_lost_the_tracking_id_tells_what_was_rated(told: bool) -> None:
    async with only_by_phone() as office:
        await office.wait(days=9)
        office.zalo.faults.next("hashphone", Fault.LOST)
        await office.hand_over()
        assert sum(each.kind == "template" for each in office.zalo.sent(AN)) == 1
        office.zalo.rate(AN, 2, told=told)
        channel = office.app.channels["zalo_oa"]
        channel._reconciled = None  # type: ignore[attr-defined]
        await channel._reconcile()  # type: ignore[attr-defined]
        await office.quiet()
        assert await rated(office) == [2]


async def test_who_has_a_number_without_zalo_is_told_once_they_write() -> None:
    async with only_by_phone() as office:
        office.zalo.person(AN).phone = "84900000099"
        await office.wait(days=9)
        assert await office.hand_over() == []
        await office.wait(days=1)
        assert not any(each.kind == "template" for each in office.zalo.sent(AN))
        assert [code for _, code, _ in office.zalo.world.refusals] == [-249, -118]  # once, not every day
        assert any("thấy thế nào?" in text for text in await office.says("menu"))
        assert (await office.says("5"))[0].startswith("Đã ghi: 5")


async def test_the_first_to_meet_a_template_by_phone_only_and_without_a_phone_is_told_once_they_write() -> None:
    async with an_office(**ASKED) as office:
        office.zalo.templates.known[RATING.id] = dataclasses.replace(RATING, by_user=False)
        await office.wait(days=9)
        assert await office.hand_over() == []
        assert [code for _, code, _ in office.zalo.world.refusals] == [-249]
        said = await office.says("menu")
        assert sum("thấy thế nào?" in text for text in said) == 1
        assert "thấy thế nào?" not in said[0]  # the answer to what they wrote comes first
        assert (await office.says("5"))[0].startswith("Đã ghi: 5")
        assert await rated(office) == [5]
        assert not any("thấy thế nào?" in text for text in await office.says("menu"))


async def test_nothing_goes_by_phone_above_the_cap() -> None:
    async with only_by_phone() as office:
        await office.wait(days=9)
        office.app.channels["zalo_oa"]._outreach._books.paid("cs", "sub_quota", 750)  # type: ignore[attr-defined]
        await office.hand_over()
        assert not any(each.kind == "template" for each in office.zalo.sent(AN))


async def test_who_gave_no_phone_is_told_once_they_write_where_templates_go_by_phone_only() -> None:
    async with an_office(**ASKED) as office:
        channel = office.app.channels["zalo_oa"]
        channel._outreach.only_by_phone.add(RATING.id)  # type: ignore[attr-defined]
        await office.wait(days=9)
        assert await office.hand_over() == []
        assert any("thấy thế nào?" in text for text in await office.says("menu"))
        assert office.zalo.world.refusals == []


@pytest.mark.parametrize("way", [{"user": AN, "phone": ""}, {"user": "", "phone": PHONE}])
async def test_a_template_is_tried_and_its_answer_is_no_rating(way: dict[str, str]) -> None:
    async with an_office(**ASKED) as office:
        office.zalo.person(AN).phone = PHONE
        operations = running_zalo(office.app)
        given = {"kind": "invite", "development": False, **way}
        assert await operations["zalo_try_template"](given) == office.zalo.sent(AN)[-1].message_id
        five = office.zalo.person(AN).seen[-1]["buttons"][4]
        assert five["label"] == "5 ★"
        await ZaloPhone(office.zalo).act(AN, {"do": "tap", **five})  # as on the emulator's page
        await office.quiet()
        assert office.app.channels["zalo_oa"].counts["feedback_of_try"] == 1
        assert await rated(office) == []
        with pytest.raises(Wrong, match="-127"):
            await operations["zalo_try_template"]({**given, "development": True})
        with pytest.raises(Wrong, match="no such template"):
            await operations["zalo_try_template"]({**given, "kind": "status"})
        assert (await office.costs()).month.templates == 1


# --- the emulator -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"template_id": "x"}, -109),
        ({"tracking_id": "a-b"}, -1124),
        ({"tracking_id": "a" * 49}, -1124),
        ({"tracking_id": None}, -1124),
        ({"hash_phone": PHONE}, -108),
        ({"hash_phone": hashlib.sha256(b"0900000001").hexdigest()}, -118),
        ({"template_data": {}}, -1122),
        ({"template_data": {"ma_ho_so": "x" * 31}}, -1121),
    ],
)
async def test_what_zalo_refuses_by_phone_is_refused(change: dict[str, Any], code: int) -> None:
    zalo = ZaloEmulator()
    zalo.world.clock.move((12 - zalo.world.clock.now() / 3600 % 24 + 24 - 7) % 24 * 3600)  # noon in Vietnam
    zalo.world.person(AN).phone = PHONE
    good: dict[str, Any] = {"hash_phone": hash_phone(PHONE), "template_id": RATING.id, "tracking_id": "t1"}
    good["template_data"] = {"ma_ho_so": "H15.07-261116-0001"}
    with pytest.raises(Refusal) as refused:
        zalo.templates.by_phone({**good, **change})
    assert refused.value.code == code
    assert zalo.templates.by_phone(good)["msg_id"]
    with pytest.raises(Refusal) as tried:
        zalo.templates.by_phone({**good, "mode": "development"})
    assert tried.value.code == -127
    zalo.templates.administrators.add(AN)
    zalo.templates.known[RATING.id] = dataclasses.replace(RATING, approved=False)
    plain = {"phone": PHONE, **{name: value for name, value in good.items() if name != "hash_phone"}}
    assert zalo.templates.by_phone({**plain, "mode": "development"})["msg_id"]
    with pytest.raises(Refusal) as unapproved:
        zalo.templates.by_phone(good)
    assert unapproved.value.code == -131
    zalo.templates.known[RATING.id] = RATING
    zalo.world.clock.move((DAY / 2).total_seconds())
    with pytest.raises(Refusal) as night:
        zalo.templates.by_phone(good)
    assert night.value.code == -133
