"""What the Bot API checks in a text and in its buttons, in its own words. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from emulators.telegram_world import Button, bad

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_DATA = 64
MOST_BUTTONS = 100
_TAG = re.compile(r"<(/?)([^\s<>/]*)([^<>]*)>|<")
_TAGS = frozenset(
    "b strong i em u ins s strike del code pre a span tg-spoiler tg-emoji blockquote".split()  # noqa: SIM905
)
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot);")


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str, parse_mode: str) -> str:
    """The text once its entities are parsed. Raises ApiError as the Bot API does. Knows HTML only."""
    if not parse_mode:
        return text
    if parse_mode.lower() != "html":
        raise bad("unsupported parse_mode (the emulator knows HTML)")
    found: list[str] = []
    opened: list[str] = []
    at = 0
    for mark in _TAG.finditer(text):
        found.append(text[at : mark.start()])
        at = mark.end()
        place = len(text[: mark.start()].encode())
        closing, tag = mark[1], (mark[2] or "").lower()
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {place}')
        if not closing:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            raise bad(f"can't parse entities: Unmatched end tag at byte offset {place}")
    if opened:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1]}\"")
    found.append(text[at:])
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), "".join(found))


def check_text(text: str, parse_mode: str) -> str:
    """A message's text."""
    shown = plain(text, parse_mode)
    if not shown.strip():
        raise bad("message text is empty")
    if units(shown) > LONGEST_TEXT:
        raise bad("message is too long")
    return shown


def check_caption(text: str, parse_mode: str) -> str:
    """A file's caption."""
    shown = plain(text, parse_mode)
    if units(shown) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return shown


def buttons(markup: Any) -> tuple[Button, ...]:
    """The buttons of ``reply_markup``, rows one after the other."""
    if markup is None:
        return ()
    if not isinstance(markup, Mapping):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return ()
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the ReplyKeyboardMarkup must be an Array')
    found: list[Button] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad("can't parse inline keyboard button: InlineKeyboardButton row must be an Array")
        found += [_button(button) for button in row]
    if len(found) > MOST_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return tuple(found)


def _button(button: Any) -> Button:
    if not isinstance(button, Mapping):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    label = button.get("text")
    if not isinstance(label, str) or not label.strip():
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String and not empty')
    actions = button.keys() - {"text", "icon_custom_emoji_id", "style"}
    if len(actions) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is None:
        return Button(label, "")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    return Button(label, data)
