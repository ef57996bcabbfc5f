"""``Letter`` → messages of ``/v3.0/oa/message/cs``. Pure.

Buttons stand beside the text: ``message.text`` and ``attachment.payload.buttons``, as two production senders write it;
``shape`` "template" is the other form that is told of, with the text inside. Codes go as ``oa.query.hide``: ``show``
would print them into the chat as the citizen's own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from channels.channel import Letter
from channels.zalo_events import PAYLOAD
from handlers.messages import Attachment

Shape = Literal["plain", "template"]
MOST_BUTTONS = 5
LONGEST_TEXT = 2000
"""UTF-16 units, the stricter reading of "characters"; above it Zalo refuses, it does not cut."""
LONGEST_TITLE = 100
LARGEST_IMAGE = 1 << 20
LARGEST_FILE = 5 << 20
IMAGES = ("image/png", "image/jpeg")
FILES = (
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/csv",
)


class Upload(Struct, frozen=True):
    """A file to be uploaded first: where, and the message that then carries what the upload gave."""

    path: str
    attachment: Attachment
    key: str

    def message(self, given: str) -> Mapping[str, Any]:
        """The message's ``attachment``; ``given``: the upload's ``attachment_id`` or ``token``."""
        if self.key == "token":
            return {"attachment": {"type": "file", "payload": {"token": given}}}
        element = {"media_type": "image", "attachment_id": given}
        return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}


def upload(attachment: Attachment) -> Upload | None:
    """How a file is sent; None where Zalo takes none of its kind or size."""
    size = len(attachment.content)
    if attachment.type in IMAGES and size <= LARGEST_IMAGE:
        return Upload("/v2.0/oa/upload/image", attachment, "attachment_id")
    if attachment.type in FILES and size <= LARGEST_FILE:
        return Upload("/v2.0/oa/upload/file", attachment, "token")
    return None


def message(letter: Letter, shape: Shape = "plain", *, buttons: bool = True) -> Mapping[str, Any]:
    """The ``message`` of a letter's text. ``buttons`` False: the text alone, which lists the choices anyway."""
    if not letter.choices or not buttons:
        return {"text": letter.text}
    return buttons_message(letter.text, [(choice.label, PAYLOAD + choice.says) for choice in letter.choices], shape)


def buttons_message(text: str, buttons: Sequence[tuple[str, str]], shape: Shape = "plain") -> Mapping[str, Any]:
    """The ``message`` of a text with buttons, each a title and what tapping it sends; the text alone without any."""
    drawn = [{"title": title, "type": "oa.query.hide", "payload": payload} for title, payload in buttons]
    if not drawn:
        return {"text": text}
    if shape == "template":
        payload = {"template_type": "button", "text": text, "buttons": drawn}
        return {"attachment": {"type": "template", "payload": payload}}
    return {"text": text, "attachment": {"type": "template", "payload": {"buttons": drawn}}}


class PhoneForm(Struct, frozen=True):
    """Zalo's form in which a citizen gives name, phone and address. ``image``: where its picture is, https."""

    title: str
    subtitle: str
    image: str

    def message(self) -> Mapping[str, Any]:
        """The ``message``; the answer comes as ``user_submit_info``."""
        element = {"title": self.title[:LONGEST_TITLE], "subtitle": self.subtitle[:500], "image_url": self.image}
        payload = {"template_type": "request_user_info", "elements": [element]}
        return {"attachment": {"type": "template", "payload": payload}}


def to(chat: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of the call."""
    return {"recipient": {"user_id": chat}, "message": said}
