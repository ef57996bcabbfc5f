"""Every kind of update, and what it becomes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from telegram import Update

from channels.telegram_updates import Outcome, Reader
from handlers.messages import Incoming, Kind
from tests.telegram_channel import ACCOUNT, NOON

PERSON = {"id": 7, "is_bot": False, "first_name": "<3"}
PRIVATE = {"id": 7, "type": "private", "first_name": "<3"}
GROUP = {"id": -7, "type": "group", "title": "Tổ 5"}
DATE = int(NOON.timestamp())


def message(content: dict[str, Any], kind: str = "message", chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    return {
        "update_id": 55,
        kind: {"message_id": 1, "from": PERSON, "chat": chat, "date": DATE, **content},
    }


def press(data: Any = "phi 1.001193", chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    under = {"message_id": 1, "chat": chat, "date": DATE - 90, "text": "hỏi"}
    query = {"id": "q1", "from": PERSON, "chat_instance": "c", "data": data, "message": under, **more}
    return {"update_id": 55, "callback_query": query}


FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 1, "height": 1}
READ = [
    ("text", message({"text": "làm khai sinh"}), Kind.TEXT, "làm khai sinh"),
    ("start with a token", message({"text": "/start H29-abc"}), Kind.TEXT, "/start H29-abc"),
    ("a command to us", message({"text": "/menu@MC_bot xã"}), Kind.TEXT, "/menu xã"),
    ("a command, other case", message({"text": "/menu@mc_BOT"}, chat=GROUP), Kind.TEXT, "/menu"),
    ("an e-mail is no command", message({"text": "/a b@mc_bot"}), Kind.TEXT, "/a b@mc_bot"),
    ("a photo", message({"photo": [SIZED], "caption": "giấy này"}), Kind.PHOTO, "giấy này"),
    ("voice", message({"voice": {**FILE, "duration": 3}}), Kind.VOICE, ""),
    ("a round video", message({"video_note": {**FILE, "length": 1, "duration": 3}}), Kind.VOICE, ""),
    ("a file", message({"document": FILE, "caption": "đơn"}), Kind.FILE, "đơn"),
    ("a video", message({"video": {**SIZED, "duration": 3}}), Kind.FILE, ""),
    ("a moving picture", message({"animation": {**SIZED, "duration": 3}, "document": FILE}), Kind.STICKER, ""),
    ("a place", message({"location": {"latitude": 21.0, "longitude": 105.0}}), Kind.LOCATION, ""),
    ("a contact", message({"contact": {"phone_number": "0912345678", "first_name": "A"}}), Kind.CONTACT, ""),
    ("dice", message({"dice": {"value": 3, "emoji": "🎲"}}), Kind.OTHER, ""),
    ("something of the future", message({"hologram": {"x": 1}}), Kind.OTHER, ""),
    (
        "forwarded",
        message({"text": "H29", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}}),
        Kind.TEXT,
        "H29",
    ),
    ("edited", message({"text": "sửa", "edit_date": DATE + 60}, "edited_message"), Kind.TEXT, "sửa"),
    ("a press", press(), Kind.TEXT, "phi 1.001193"),
    (
        "a press of an old message",
        press(message={"chat": PRIVATE, "message_id": 1, "date": 0}),
        Kind.TEXT,
        "phi 1.001193",
    ),
    (
        "no name, which PTB wants",
        {"update_id": 55, "message": {"chat": {"id": 7}, "from": {"id": 7}, "text": "chào"}},
        Kind.TEXT,
        "chào",
    ),
    ("a broken photo", message({"photo": [{"width": 1}]}), Kind.OTHER, ""),
    ("a broken press", press(message={"chat": {"id": 7}}, **{"from": {}}), Kind.TEXT, "phi 1.001193"),
]
SILENT = [
    (
        "a live location that moves",
        message({"location": {"latitude": 1.0, "longitude": 1.0}}, "edited_message"),
        "ignored",
    ),
    ("a pinned message", message({"pinned_message": {"message_id": 1, "chat": PRIVATE, "date": DATE}}), "ignored"),
    ("a new member", message({"new_chat_members": [PERSON]}, chat=GROUP), "ignored"),
    ("a command to another bot", message({"text": "/menu@other_bot"}, chat=GROUP), "ignored"),
    (
        "a channel's post",
        message({"text": "a"}, "channel_post", {"id": -1, "type": "channel", "title": "t"}),
        "ignored",
    ),
    (
        "an inline query",
        {"update_id": 55, "inline_query": {"id": "1", "from": PERSON, "query": "H29", "offset": ""}},
        "ignored",
    ),
    ("a press without data", press(None), "ignored"),
    ("something of the future", {"update_id": 55, "hologram": {"chat": PRIVATE}}, "ignored"),
    ("nothing at all", {}, "unreadable"),
]


def reader(**more: Any) -> Reader:
    return Reader(ACCOUNT, lambda: NOON, username="mc_bot", **more)


@pytest.mark.parametrize(("update", "kind", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reads(update: dict[str, Any], kind: Kind, text: str) -> None:
    received = reader().read(update)
    assert received.incoming is not None
    assert (received.incoming.kind, received.incoming.text, received.incoming.id) == (kind, text, "u55")
    assert received.press == ("q1" if "callback_query" in update else None)


@pytest.mark.parametrize(("update", "outcome"), [row[1:] for row in SILENT], ids=[row[0] for row in SILENT])
def test_answers_nobody(update: dict[str, Any], outcome: str) -> None:
    received = reader().read(update)
    assert (received.incoming, received.outcome) == (None, Outcome(outcome))


@pytest.mark.parametrize("what", [message({}, chat={}), {"update_id": 55, "edited_message": {"chat": {"id": 7}}}])
def test_what_names_nobody_is_handed_on_to_be_rejected(what: dict[str, Any]) -> None:
    received = reader().read(what)
    assert received.outcome is Outcome.UNREADABLE and received.incoming is not None
    assert (received.incoming.chat.id, received.incoming.id, received.incoming.kind) == ("0", "u55", Kind.UNREADABLE)


@pytest.mark.parametrize(
    "update",
    [message({"text": "a"}), message({"text": " "}), press(), message({"text": "a", "entities": []})],
)
def test_the_short_way_reads_as_the_long_one(update: dict[str, Any]) -> None:
    short = reader()._plainly(update)
    assert short is not None
    assert short == reader()._fully(Update.de_json(update, None))


def test_at_is_when_it_was_said() -> None:
    def at(update: dict[str, Any]) -> datetime:
        incoming = reader().read(update).incoming
        assert incoming is not None
        return incoming.at

    assert at(message({"text": "a"})) == NOON
    # an old message edited now is said now, and a press is of now, whatever it is under
    assert at(message({"text": "a", "edit_date": DATE + 60}, "edited_message")).timestamp() == DATE + 60
    assert at(press()) == NOON
    assert at({"update_id": 55, "message": {"chat": PRIVATE, "text": "a", "date": 10**18}}) == NOON


def test_groups() -> None:
    def heard(text: str, reads_groups: bool, **more: Any) -> Incoming | None:
        return reader(reads_groups=reads_groups).read(message({"text": text, **more}, chat=GROUP)).incoming

    said = heard("H29.15-240105-0012", False)
    assert said is not None
    assert (said.private, said.chat.id) == (False, "-7")
    # Shown everything said in the group, it listens only to what is said to it.
    assert heard("mai họp nhé", True) is None
    assert heard("@MC_Bot làm khai sinh", True) is not None
    assert heard("/menu", True) is not None
    ours = {"message_id": 3, "chat": GROUP, "date": 1, "from": {"id": int(ACCOUNT), "is_bot": True, "first_name": "M"}}
    assert heard("đúng rồi", True, reply_to_message=ours) is not None
    pressed = reader().read(press(chat=GROUP)).incoming
    assert pressed is not None
    assert not pressed.private
