"""``Letter`` → calls of the Bot API, and Telegram's errors → what the sender does next. Pure.

Texts go without ``parse_mode``: a citizen named "<3" or a procedure with an underscore needs no escaping then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from telegram.constants import FileSizeLimit, MessageLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from channels.channel import Letter, Refused, TryLater
from channels.telegram_request import Limited, Lost
from handlers.messages import Attachment, Choice

PHOTOS = ("image/png", "image/jpeg")
_NO_PREVIEW = {"is_disabled": True}
_GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "chat_write_forbidden")


class Call(Struct, frozen=True):
    """One method with its parameters. ``files``: parameter → (file name, content, type)."""

    method: str
    parameters: Mapping[str, Any]
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)


def calls(letter: Letter) -> tuple[Call, ...]:
    """One call; two where a text is too long to be the caption of its file: the text, then the file."""
    chat = int(letter.chat.id)
    markup = {"reply_markup": _keyboard(letter.choices)} if letter.choices else {}
    text = {"chat_id": chat, "text": letter.text, "link_preview_options": _NO_PREVIEW}
    if letter.attachment is None:
        return (Call("sendMessage", {**text, **markup}),)
    if _units(letter.text) <= MessageLimit.CAPTION_LENGTH:
        caption = {"caption": letter.text} if letter.text else {}
        return (_file(letter.attachment, {"chat_id": chat, **caption, **markup}),)
    return Call("sendMessage", text), _file(letter.attachment, {"chat_id": chat, **markup})


def verdict(error: TelegramError, pause: float) -> TryLater | Refused:
    """What ``error`` means for a letter; ``pause``: seconds until the next try where Telegram names none."""
    match error:
        case Limited():
            return TryLater(error.after, limited=True)
        case Lost():
            return TryLater(pause, ambiguous=True)
        case Forbidden() | ChatMigrated():
            return Refused(error.message, blocked=True)
        case BadRequest():
            return Refused(error.message, blocked=any(reason in error.message.lower() for reason in _GONE))
        case InvalidToken():
            return TryLater(max(pause, 30.0))
    return TryLater(pause)


def _keyboard(choices: tuple[Choice, ...]) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": choice.label, "callback_data": choice.says}] for choice in choices]}


def _file(attachment: Attachment, parameters: Mapping[str, Any]) -> Call:
    small = len(attachment.content) <= FileSizeLimit.PHOTOSIZE_UPLOAD
    kind = "photo" if attachment.type in PHOTOS and small else "document"
    content = (attachment.name, attachment.content, attachment.type)
    return Call(f"send{kind.capitalize()}", parameters, {kind: content})


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
