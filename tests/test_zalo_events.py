"""Zalo's events as messages: the signature's vector, a table of what is sent, and ten thousand random bodies."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson
import pytest

from channels.zalo_events import Outcome, Reader, is_signed, mac, stamp
from handlers.messages import Kind

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OA, USER = "4000000000000000009", "7000000000000000001"
READER = Reader(OA, lambda: NOON)
VECTOR = (
    '{"app_id":"1234567890123456789","sender":{"id":"7000000000000000001"},"recipient":{"id":"4000000000000000009"},'
    '"user_id_by_app":"6000000000000000003","event_name":"user_send_text","message":{"text":"Tra cứu hồ sơ",'
    '"msg_id":"a1b2c3d4e5f6a7b8c9d0"},"timestamp":"1790000000123"}'
).encode()
SIGNED = "843f4efbfd631bd8cec08889e215499cc78db3846c7cc64d410f6f539882e7c0"
KEYS = ("1234567890123456789", VECTOR, "1790000000123", "OaSecretKeyForTests01")


def said(name: str, message: Any = None, **more: Any) -> dict[str, Any]:
    ends = {"sender": {"id": USER}, "recipient": {"id": OA}}
    body = {"event_name": name, "timestamp": "1790000000123", **ends, **more}
    return body if message is None else {**body, "message": message}


def test_the_vector() -> None:
    assert mac(*KEYS) == SIGNED
    assert is_signed(f"mac={SIGNED}", *KEYS)
    event = orjson.loads(VECTOR)
    assert stamp(event) == "1790000000123"
    found = READER.read(event).incoming
    assert found is not None
    assert (found.text, found.id) == ("Tra cứu hồ sơ", "user_send_text:a1b2c3d4e5f6a7b8c9d0")
    assert found.at == datetime(2026, 9, 21, 14, 13, 20, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    ["", "mac=", SIGNED, f"mac={SIGNED[:-1]}", f"mac={SIGNED.upper()}", f"MAC={SIGNED}", "mac=é", f"mac={SIGNED}0"],
)
def test_what_is_no_signature(header: str) -> None:
    assert not is_signed(header, *KEYS)


def test_a_body_written_anew_is_not_signed() -> None:
    again = orjson.dumps(orjson.loads(VECTOR), option=orjson.OPT_INDENT_2)
    assert not is_signed(f"mac={SIGNED}", KEYS[0], again, KEYS[2], KEYS[3])


@pytest.mark.parametrize(
    ("event", "text", "kind"),
    [
        (said("user_send_text", {"text": "làm khai sinh", "msg_id": "1"}), "làm khai sinh", Kind.TEXT),
        (said("user_send_text", {"text": "#mc1:fee 1.001193", "msg_id": "1"}), "fee 1.001193", Kind.TEXT),
        (said("user_send_text", {"text": "", "msg_id": "1"}), "", Kind.OTHER),
        (said("user_send_image", {"msg_id": "1", "attachments": []}), "", Kind.PHOTO),
        (said("user_send_image", {"msg_id": "1", "text": "giấy này"}), "giấy này", Kind.PHOTO),
        (said("user_send_link", {"msg_id": "1", "text": "xem https://a.vn"}), "xem https://a.vn", Kind.TEXT),
        (said("user_send_link", {"msg_id": "1"}), "", Kind.OTHER),
        (said("user_send_audio", {"msg_id": "1"}), "", Kind.VOICE),
        (said("user_send_sticker", {"msg_id": "1"}), "", Kind.STICKER),
        (said("user_send_location", {"msg_id": "1"}), "", Kind.LOCATION),
        (said("user_send_file", {"msg_id": "1"}), "", Kind.FILE),
        (said("user_send_business_card", {"msg_id": "1"}), "", Kind.CONTACT),
        (said("user_send_hologram", {"msg_id": "1"}), "", Kind.OTHER),
        (said("user_send_text", "hỏng"), "", Kind.OTHER),
        (said("user_submit_info", info={"phone": 84900000001}), "", Kind.CONTACT),
        ({"event_name": "follow", "follower": {"id": USER}, "timestamp": "1790000000"}, "/start", Kind.TEXT),
    ],
)  # fmt: skip
def test_what_a_citizen_sends(event: dict[str, Any], text: str, kind: Kind) -> None:
    found = READER.read(event)
    assert found.incoming is not None
    assert (found.incoming.text, found.incoming.kind, found.incoming.chat.id) == (text, kind, USER)
    assert found.incoming.at.year == 2026


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        ({"event_name": "unfollow", "oa_id": OA, "follower": {"id": USER}}, Outcome.LEFT),
        ({"event_name": "user_click_chatnow", "oa_id": OA, "user_id": USER}, Outcome.HEARD),
        ({"event_name": "oa_send_text", "sender": {"id": OA}, "recipient": {"id": USER}}, Outcome.ECHO),
        ({"event_name": "user_seen_message", "sender": {"id": OA}, "recipient": {"id": USER}}, Outcome.IGNORED),
        ({"event_name": "user_received_message"}, Outcome.IGNORED),
        ({"event_name": "user_send_group_text", "sender": {"id": USER}}, Outcome.IGNORED),
        ({"event_name": "anonymous_send_text", "sender": {"id": "x"}}, Outcome.IGNORED),
        ({"event_name": "user_feedback", "message": {"msg_id": "z1"}}, Outcome.FEEDBACK),
        (said("user_send_text", {"text": "a"}, recipient={"id": "4"}), Outcome.OTHER_ACCOUNT),
        (said("user_send_text", {"text": "a"}, sender={}), Outcome.UNREADABLE),
        (said("user_send_text", {"text": "a"}, sender={"id": "a/b"}), Outcome.UNREADABLE),
        ({"event_name": 7}, Outcome.UNREADABLE),
    ],
)
def test_what_is_no_message(event: dict[str, Any], outcome: Outcome) -> None:
    found = READER.read(event)
    assert (found.outcome, found.incoming) == (outcome, None)


@pytest.mark.parametrize("given", [None, "", "x", "-5", "9" * 25, "0", True, [], 1e9])
def test_a_time_that_is_none_is_now(given: Any) -> None:
    found = READER.read(said("user_send_text", {"text": "a", "msg_id": "1"}, timestamp=given))
    assert found.at == NOON


NAMES = (
    "user_send_text", "user_send_image", "user_send_x", "user_submit_info", "follow", "unfollow", "oa_send_text",
    "user_click_chatnow", "user_feedback", "user_seen_message", "user_send_", "", "\ud83d", "một",
)  # fmt: skip
PARTS = ("sender", "recipient", "follower", "message", "timestamp", "user_id", "oa_id", "admin_id", "info")
WORDS = ("id", "text", "msg_id", "caption", "attachments", OA, USER, "a/b", "\ud83d", "\x00", "", "9" * 30, "#mc1:")


def anything(rng: Random, depth: int = 3) -> Any:
    """Any JSON value."""
    match rng.randrange(9 if depth else 7):
        case 0:
            return None
        case 1:
            return rng.random() < 0.5
        case 2:
            return rng.choice((0, -1, 7, 2**70, int(USER)))
        case 3:
            return rng.choice((0.0, -1.5, 1e300))
        case 4 | 5 | 6:
            return rng.choice(WORDS)
        case 7:
            return [anything(rng, depth - 1) for _ in range(rng.randrange(3))]
    return {rng.choice(WORDS): anything(rng, depth - 1) for _ in range(rng.randrange(4))}


def test_ten_thousand_bodies_none_crashes_and_no_citizen_is_left_without_an_answer() -> None:
    rng, answered = Random(20261122), 0
    for _ in range(10_000):
        known = rng.random() < 0.5
        ends = {"sender": {"id": USER}, "recipient": {"id": OA}} if known else {}
        parts = {part: anything(rng) for part in PARTS if rng.random() < 0.6}
        event = {**parts, "event_name": rng.choice(NAMES), **ends}
        found = READER.read(event)
        if known and event["event_name"] in NAMES[:4]:
            assert found.incoming is not None
            assert str(found.incoming.chat) == f"zalo_oa/{OA}/{USER}"
            assert found.incoming.id.isprintable()
            answered += 1
        assert mac("1", b"", stamp(event), "s")
    assert answered > 1000
