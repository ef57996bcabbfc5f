"""``message/cs`` and uploads with their checks: what Zalo refuses is refused here, by the same codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulators.zalo_world import ASSETS_LIVE, Asset, Button, Refusal, Sent, World

MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1000
LONGEST_TEXT = 2000
FORM = "form"
"""What the page calls the button of ``request_user_info``; no button of Zalo's."""
LARGEST = {"image": 1 << 20, "file": 5 << 20, "gif": 5 << 20}
TYPES = {
    "image": ("image/png", "image/jpeg"),
    "gif": ("image/gif",),
    "file": (
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/csv",
    ),
}
_BUTTONS = {"oa.query.show", "oa.query.hide", "oa.open.url", "oa.open.phone", "oa.open.sms"}


class Messages:
    """``shapes``: the forms of buttons that are taken, "plain" (beside the text) and "template" (the text inside)."""

    def __init__(self, world: World, shapes: frozenset[str] = frozenset({"plain", "template"})) -> None:
        self._world = world
        self.shapes = shapes

    def cs(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A consultation message; the reply's ``data``. Raises Refusal."""
        user = _text(_object(body.get("recipient"), "recipient").get("user_id"), "recipient.user_id")
        person = self._world.people.get(user)
        if person is None:
            raise Refusal(-201, "user_id is invalid!")
        said = _object(body.get("message"), "message")
        drafted = self._read(user, said)
        quota = self._world.window(person)
        return self._take(drafted, quota)

    def upload(self, kind: str, name: str, content: bytes, content_type: str) -> dict[str, str]:
        """A file; the reply's ``data``. Raises Refusal."""
        if content_type not in TYPES[kind]:
            raise Refusal(-201, "file is invalid!")
        if len(content) > LARGEST[kind]:
            raise Refusal(-210, "file size exceeds the limit")
        given = self._world.next_id("asset")
        self._world.assets[given] = Asset(kind, name, content, self._world.clock.now())
        return {"token" if kind == "file" else "attachment_id": given}

    def react(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A reaction, which costs nothing. Raises Refusal."""
        user = _text(_object(body.get("recipient"), "recipient").get("user_id"), "recipient.user_id")
        action = _object(body.get("sender_action"), "sender_action")
        self._world.reactions.append((user, _text(action.get("react_icon"), "react_icon")))
        return {"message_id": self._world.next_id("r"), "user_id": user}

    def _take(self, drafted: Sent, quota: str) -> dict[str, Any]:
        sent = Sent(
            drafted.user,
            self._world.next_id("m"),
            drafted.text,
            drafted.kind,
            drafted.buttons,
            quota,
            drafted.file,
        )
        self._world.sends.append(sent)
        shown = [{"label": button.title, "data": button.payload, "type": button.type} for button in sent.buttons]
        if sent.kind == "request_user_info":
            shown.append({"label": "Gửi tên và số của tôi", "data": "", "type": FORM})
        self._world.people[sent.user].seen.append(
            {"from": "oa", "id": sent.message_id, "text": sent.text, "buttons": shown, "file": sent.file}
        )
        told = {"quota_type": quota, "remain": "7", "total": "8", "owner_type": "OA", "owner_id": self._world.oa_id}
        return {"message_id": sent.message_id, "user_id": sent.user, "quota": told}

    def _read(self, user: str, said: Mapping[str, Any]) -> Sent:
        attachment = said.get("attachment")
        text = said.get("text", "")
        if attachment is None:
            return Sent(user, "", _said(text))
        payload = _object(_object(attachment, "attachment").get("payload"), "payload")
        if attachment.get("type") == "file":
            return Sent(user, "", "", "file", file=self._asset(payload.get("token"), ("file",)).name)
        if attachment.get("type") != "template":
            raise Refusal(-201, "attachment.type is invalid!")
        match payload.get("template_type"):
            case None:
                if "plain" not in self.shapes:
                    raise Refusal(-201, "template_type is invalid!")
                return Sent(user, "", _said(text), buttons=_buttons(payload))
            case "button":
                if "template" not in self.shapes:
                    raise Refusal(-201, "template_type is invalid!")
                return Sent(user, "", _said(payload.get("text")), buttons=_buttons(payload))
            case "media":
                return self._media(user, text, payload)
            case "request_user_info":
                element = _only(payload)
                title = _text(element.get("title"), "title", 100)
                _text(element.get("subtitle"), "subtitle", 500)
                return Sent(user, "", title, "request_user_info")
        raise Refusal(-233, "Message type is not supported")

    def _media(self, user: str, text: Any, payload: Mapping[str, Any]) -> Sent:
        element = _only(payload)
        if ("url" in element) == ("attachment_id" in element):
            raise Refusal(-201, "elements is invalid!")
        caption = _said(text) if text else ""
        if "url" in element:
            return Sent(user, "", caption, str(element.get("media_type")), file=str(element["url"]))
        asset = self._asset(element["attachment_id"], ("image", "gif"))
        return Sent(user, "", caption, "image", file=asset.name)

    def _asset(self, given: Any, kinds: tuple[str, ...]) -> Asset:
        asset = self._world.assets.get(given) if isinstance(given, str) else None
        if asset is None or asset.kind not in kinds:
            raise Refusal(-201, "attachment_id is invalid!")
        if self._world.clock.now() - asset.at > ASSETS_LIVE:
            raise Refusal(-100, "Attachment is expired")
        return asset


def _buttons(payload: Mapping[str, Any]) -> tuple[Button, ...]:
    given = payload.get("buttons")
    if not isinstance(given, list) or not given:
        raise Refusal(-201, "buttons is invalid!")
    if len(given) > MOST_BUTTONS:
        raise Refusal(-210, "buttons over the limit")
    return tuple(_button(_object(button, "buttons")) for button in given)


def _button(button: Mapping[str, Any]) -> Button:
    kind = button.get("type")
    if kind not in _BUTTONS:
        raise Refusal(-201, "type is invalid!")
    title, payload = _text(button.get("title"), "title", LONGEST_TITLE), button.get("payload")
    if kind.startswith("oa.query."):
        _text(payload, "payload", LONGEST_PAYLOAD)
    else:
        _object(payload, "payload")
    return Button(title, kind, payload)


def _only(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1:
        raise Refusal(-201, "elements is invalid!")
    return _object(elements[0], "elements")


def _said(text: Any) -> str:
    return _text(text, "text", LONGEST_TEXT)


def _object(found: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise Refusal(-201, f"{name} is invalid!")
    return found


def _text(found: Any, name: str, most: int | None = None) -> str:
    if not isinstance(found, str) or not found.strip():
        raise Refusal(-201, f"{name} is invalid!")
    if most is not None and len(found.encode("utf-16-le")) // 2 > most:
        raise Refusal(-210, f"{name} is over the limit of {most}")
    return found
