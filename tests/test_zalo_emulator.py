"""The emulator refuses what Zalo refuses, by the same codes, always with HTTP 200: what it lets pass is not tried."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import aiohttp.web
import pytest

from emulators.faults import Fault
from emulators.zalo import APP_ID, APP_SECRET, OA_ID, OA_SECRET, ZaloEmulator
from emulators.zalo_oauth import challenge
from emulators.zalo_templates import RATING
from tests.telegram_channel import until
from tests.zalo_world import AN, BINH

HOUR, DAY = 3600.0, 86_400.0
CS = "/v3.0/oa/message/cs"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator() as emulated:
        emulated.echoes = False
        noon = 5 * HOUR - emulated.world.clock.now() % DAY
        emulated.world.clock.move(noon if noon > 0 else noon + DAY)
        emulated.grants.issue()
        emulated.world.touch(emulated.person(AN))
        yield emulated


async def post(zalo: ZaloEmulator, path: str, body: Any, token: str | None = None, **more: Any) -> dict[str, Any]:
    headers = {"access_token": zalo.grants.access if token is None else token, **more.pop("headers", {})}
    given = {"json": body} if body is not None else more
    async with (
        aiohttp.ClientSession() as session,
        session.post(zalo.base_url + path, headers=headers, **given) as reply,
    ):
        assert reply.status == 200
        found: dict[str, Any] = await reply.json()
        return found | {"headers": reply.headers}


def cs(said: dict[str, Any], user: str = AN) -> dict[str, Any]:
    return {"recipient": {"user_id": user}, "message": said}


def buttons(
    n: int, title: str = "Nút", payload: Any = "#x", kind: str = "oa.query.hide", **more: Any
) -> dict[str, Any]:
    one = {"title": title, "type": kind, "payload": payload}
    return {"text": "Chọn", "attachment": {"type": "template", "payload": {"buttons": [one] * n, **more}}}


def media(**element: str) -> dict[str, Any]:
    payload = {"template_type": "media", "elements": [{"media_type": "image", **element}]}
    return {"text": "Ảnh", "attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": "ă" * 2000}, 0),
        ({"text": "ă" * 2001}, -210),
        ({"text": "🌾" * 1001}, -210),
        ({"text": " "}, -201),
        ({}, -201),
        (buttons(5), 0),
        (buttons(6), -210),
        (buttons(0), -201),
        (buttons(1, title="ă" * 101), -210),
        (buttons(1, payload="x" * 1001), -210),
        (buttons(1, kind="oa.callback"), -201),
        (buttons(1, payload={"url": "https://x.example"}, kind="oa.open.url"), 0),
        (buttons(1, text="Chọn", template_type="button"), 0),
        (buttons(1, template_type="list"), -233),
        (media(url="https://x.example/a.png"), 0),
        (media(url="https://x.example/a.png", attachment_id="a"), -201),
        (media(attachment_id="never uploaded"), -201),
        ({"attachment": {"type": "file", "payload": {"token": "never uploaded"}}}, -201),
    ],
)
async def test_what_a_message_may_hold(zalo: ZaloEmulator, said: dict[str, Any], code: int) -> None:
    assert (await post(zalo, CS, cs(said)))["error"] == code
    assert len(zalo.sent(AN)) == (code == 0)


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, "reply"), (47.9, "reply"), (48.1, "sub_quota"), (167.9, "sub_quota"), (168.1, -230)]
)
async def test_the_windows(zalo: ZaloEmulator, hours: float, expected: str | int) -> None:
    zalo.world.clock.move(hours * HOUR)
    zalo.grants.issue()
    told = await post(zalo, CS, cs({"text": "a"}))
    assert (told["data"]["quota"]["quota_type"] if told["error"] == 0 else told["error"]) == expected


async def test_whom_nothing_may_be_sent(zalo: ZaloEmulator) -> None:
    zalo.person(BINH)
    assert (await post(zalo, CS, cs({"text": "a"}, "7000000000000009999")))["error"] == -201
    assert (await post(zalo, CS, cs({"text": "a"}, BINH)))["error"] == -232
    zalo.block(AN)
    assert (await post(zalo, CS, cs({"text": "a"})))["error"] == -244


async def test_tokens_and_rates(zalo: ZaloEmulator) -> None:
    assert (await post(zalo, CS, cs({"text": "a"}), token="made up"))["error"] == -216
    told = await post(zalo, CS, cs({"text": "a"}))
    assert (told["headers"]["X-RateLimit-Limit"], int(told["headers"]["X-RateLimit-Remain"]) > 0) == ("4000", True)
    zalo.world.rate = 0
    assert (await post(zalo, CS, cs({"text": "a"})))["error"] == -32
    zalo.world.rate = 4000
    zalo.world.clock.move(25 * HOUR + 1)
    assert (await post(zalo, CS, cs({"text": "a"})))["error"] == -220


@pytest.mark.parametrize(
    ("kind", "type_", "size", "code"),
    [
        ("file", "application/pdf", 5 << 20, 0),
        ("file", "application/pdf", (5 << 20) + 1, -210),
        ("file", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 10, -201),
        ("file", "application/zip", 10, -201),
        ("image", "image/png", 1 << 20, 0),
        ("image", "image/png", (1 << 20) + 1, -210),
        ("image", "image/gif", 10, -201),
    ],
)
async def test_uploads(zalo: ZaloEmulator, kind: str, type_: str, size: int, code: int) -> None:
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(b"x" * size), filename="a", content_type=type_)
    assert (await post(zalo, f"/v2.0/oa/upload/{kind}", None, data=form))["error"] == code


async def test_an_upload_expires_after_seven_days(zalo: ZaloEmulator) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="a.png", content_type="image/png")
    given = (await post(zalo, "/v2.0/oa/upload/image", None, data=form))["data"]["attachment_id"]
    assert (await post(zalo, CS, cs(media(attachment_id=given))))["error"] == 0
    zalo.world.clock.move(7 * DAY + 1)
    zalo.grants.issue()
    assert (await post(zalo, CS, cs(media(attachment_id=given))))["error"] == -100


# --- tokens -----------------------------------------------------------------------------------------------------------


async def renew(zalo: ZaloEmulator, token: str, secret: str = APP_SECRET) -> dict[str, Any]:
    fields = {"refresh_token": token, "app_id": APP_ID, "grant_type": "refresh_token"}
    return await post(zalo, "/v4/oa/access_token", None, data=fields, headers={"secret_key": secret})


async def test_a_refresh_token_works_once_and_an_error_comes_with_200(zalo: ZaloEmulator) -> None:
    first = zalo.grants.refresh
    told = await renew(zalo, first)
    assert (told["expires_in"], told["refresh_token"] != first) == ("90000", True)
    for token, secret in ((first, APP_SECRET), ("made up", APP_SECRET), (told["refresh_token"], "another")):
        refused = await renew(zalo, token, secret)
        assert (refused["error"] < 0, bool(refused["error_name"]), "access_token" in refused) == (True, True, False)
    assert zalo.grants.twice == 1


async def test_a_lost_reply_has_killed_the_token_all_the_same(zalo: ZaloEmulator) -> None:
    first = zalo.grants.refresh
    zalo.faults.next("access_token", Fault.LOST)
    with pytest.raises(aiohttp.ClientError):
        await renew(zalo, first)
    assert zalo.grants.refresh != first
    assert "access_token" not in await renew(zalo, first)


async def test_a_code_is_for_ten_minutes_one_use_and_its_verifier(zalo: ZaloEmulator) -> None:
    verifier = "Z" * 20 + "a" * 20 + "123"
    assert challenge(verifier) == "2cd1_NxBbigtT4vSYMCs3lwtvGesg-cQvaKG9yYMSxE"

    async def exchange(code: str, given: str) -> bool:
        fields = {"code": code, "app_id": APP_ID, "grant_type": "authorization_code", "code_verifier": given}
        head = {"secret_key": APP_SECRET}
        return "access_token" in await post(zalo, "/v4/oa/access_token", None, data=fields, headers=head)

    good, late = zalo.grants.consent(challenge(verifier)), zalo.grants.consent("")
    assert not await exchange(zalo.grants.consent(challenge(verifier)), "another")
    assert [await exchange(good, verifier) for _ in range(2)] == [True, False]
    zalo.world.clock.move(601)
    assert not await exchange(late, "")


# --- templates --------------------------------------------------------------------------------------------------------

DATA = {"template_id": RATING.id, "template_data": {"ma_ho_so": "H99.07-261116-0007"}}
BY_USER, BY_PHONE = "/v3.0/oa/message/template", "/message/template/hashphone"


def hashed(phone: str) -> str:
    return hashlib.sha256(phone.encode()).hexdigest()


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        (BY_USER, {"user_id": AN}, 0),
        (BY_USER, {"user_id": AN, "template_id": "unknown"}, -249),
        (BY_USER, {"user_id": AN, "template_data": {}}, -1122),
        (BY_USER, {"user_id": AN, "template_data": {"ma_ho_so": "x" * 31}}, -1121),
        (BY_USER, {"user_id": AN, "mode": "development"}, -127),
        (BY_PHONE, {"hash_phone": "right", "tracking_id": "t1"}, 0),
        (BY_PHONE, {"hash_phone": "right", "tracking_id": "t-1"}, -1124),
        (BY_PHONE, {"hash_phone": "0900000001", "tracking_id": "t1"}, -108),
        (BY_PHONE, {"hash_phone": hashed("0900000001"), "tracking_id": "t1"}, -118),
        (BY_PHONE, {"hash_phone": "right", "tracking_id": "t1", "template_id": "unknown"}, -109),
    ],
)
async def test_templates(zalo: ZaloEmulator, path: str, more: dict[str, Any], code: int) -> None:
    body = DATA | more
    if body.get("hash_phone") == "right":
        body["hash_phone"] = hashed(zalo.person(AN).phone)
    assert (await post(zalo, path, body))["error"] == code


async def test_templates_at_night(zalo: ZaloEmulator) -> None:
    zalo.world.clock.move(11 * HOUR)
    assert (await post(zalo, BY_USER, DATA | {"user_id": AN}))["error"] == -234
    by_phone = {"hash_phone": hashed(zalo.person(AN).phone), "tracking_id": "t1"}
    assert (await post(zalo, BY_PHONE, DATA | by_phone))["error"] == -133


# --- events -----------------------------------------------------------------------------------------------------------


def test_the_signature_is_the_documented_one() -> None:
    zalo = ZaloEmulator()
    body = (
        '{"app_id":"1234567890123456789","sender":{"id":"7000000000000000001"},"recipient":{"id":"4000000000000000009"},'
        '"user_id_by_app":"6000000000000000003","event_name":"user_send_text","message":{"text":"Tra cứu hồ sơ",'
        '"msg_id":"a1b2c3d4e5f6a7b8c9d0"},"timestamp":"1790000000123"}'
    ).encode()
    assert (zalo.world.oa_id, zalo.world.oa_secret) == (OA_ID, OA_SECRET)
    signed = "843f4efbfd631bd8cec08889e215499cc78db3846c7cc64d410f6f539882e7c0"
    assert zalo.hooks.sign(body, "1790000000123") == f"mac={signed}"


async def test_events_come_twice_out_of_order_and_again_with_their_number(zalo: ZaloEmulator) -> None:
    seen: list[tuple[str, str | None]] = []

    async def receive(request: aiohttp.web.Request) -> aiohttp.web.Response:
        seen.append((str((await request.json()).get("message", {}).get("text")), request.headers.get("num_retry")))
        return aiohttp.web.Response(status=503 if len(seen) == 1 else 200)

    app = aiohttp.web.Application()
    app.add_routes([aiohttp.web.post("/", receive)])
    runner = aiohttp.web.AppRunner(app, access_log=None)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    zalo.hooks.ladder = (0.01,)
    zalo.hooks.url, zalo.hooks.again = f"http://127.0.0.1:{runner.addresses[0][1]}/", 1.0
    event = zalo.say(AN, "một")
    await until(lambda: len(seen) == 3)
    assert seen == [("một", None), ("một", "1"), ("một", "2")]
    assert (event.statuses, event.taken) == ([503, 200, 200], True)
    await runner.cleanup()
