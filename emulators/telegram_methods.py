"""The methods of the Bot API that a desk's bot uses, as strict as the real ones."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from emulators.telegram_markup import buttons, check_caption, check_text
from emulators.telegram_queue import LIVES, Hook, Updates
from emulators.telegram_world import ApiError, File, Room, Sent, World, bad

PHOTO_BYTES, DOCUMENT_BYTES = 10_000_000, 50_000_000
NOT_FROM_WEBHOOKS = ("get", "setwebhook", "deletewebhook", "close", "logout")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
Parameters = Mapping[str, Any]


class Methods:
    """``call`` does one. Raises ApiError."""

    def __init__(self, world: World, updates: Updates) -> None:
        self._world = world
        self._updates = updates
        self._known: dict[str, Callable[[Parameters], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "senddocument": self._send_document,
            "sendphoto": self._send_photo,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_callback_query,
            "setmycommands": self._set_my_commands,
            "getmycommands": self._get_my_commands,
            "deletemycommands": self._delete_my_commands,
        }

    async def call(self, method: str, parameters: Parameters) -> Any:
        """The method's result."""
        known = self._known.get(method.lower())
        if known is None:
            raise ApiError(404, "Not Found: method not found")
        return await known(parameters)

    async def from_webhook(self, method: str, parameters: dict[str, Any]) -> None:
        """A method in a webhook's reply: its result, and its error, go nowhere."""
        if method and not method.lower().startswith(NOT_FROM_WEBHOOKS):
            try:
                await self.call(method, parameters)
            except ApiError as error:
                self._world.refusals.append((method, error.code, error.description))

    # --- receiving ------------------------------------------------------------------------------------------------

    async def _get_me(self, parameters: Parameters) -> Any:
        return {
            **self._world.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _get_updates(self, parameters: Parameters) -> Any:
        self._allow(parameters)
        limit = _whole(parameters, "limit", 100)
        timeout = _whole(parameters, "timeout", 0)
        return await self._updates.poll(
            _whole(parameters, "offset", 0), min(max(limit, 1), 100) if limit else 100, min(max(timeout, 0), 50)
        )

    async def _set_webhook(self, parameters: Parameters) -> Any:
        url = _text(parameters, "url")
        if not url:
            return await self._delete_webhook(parameters)
        parts = urlsplit(url)
        beside_us = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.netloc or (parts.scheme != "https" and not (beside_us and parts.scheme == "http")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not beside_us and (parts.port or 443) not in (443, 80, 88, 8443):
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        secret = _text(parameters, "secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        most = _whole(parameters, "max_connections", 40)
        if not 1 <= most <= 100:
            raise bad("wrong maximum allowed connections count specified")
        self._allow(parameters)
        if _flag(parameters, "drop_pending_updates"):
            self._updates.drop_all()
        self._updates.set_hook(Hook(url, secret or None, most))
        return True

    async def _delete_webhook(self, parameters: Parameters) -> Any:
        await self._updates.unhook()
        if _flag(parameters, "drop_pending_updates"):
            self._updates.drop_all()
        return True

    async def _get_webhook_info(self, parameters: Parameters) -> Any:
        hook, failed = self._updates.hook, self._updates.last_error
        return {
            "url": hook.url if hook is not None else "",
            "has_custom_certificate": False,
            "pending_update_count": self._updates.waiting,
            **({"last_error_date": failed[0], "last_error_message": failed[1]} if failed is not None else {}),
            **({"max_connections": hook.max_connections} if hook is not None else {}),
        }

    def _allow(self, parameters: Parameters) -> None:
        wanted = _parsed(parameters, "allowed_updates")
        if wanted is not None:
            if not isinstance(wanted, list):
                raise bad("can't parse allowed updates list JSON object")
            self._updates.allowed = tuple(map(str, wanted))

    # --- sending --------------------------------------------------------------------------------------------------

    async def _send_message(self, parameters: Parameters) -> Any:
        room = self._room(parameters)
        text = check_text(_text(parameters, "text"), _text(parameters, "parse_mode"))
        return await self._sent(room, parameters, text, None)

    async def _send_document(self, parameters: Parameters) -> Any:
        return await self._send_file(parameters, "document", DOCUMENT_BYTES)

    async def _send_photo(self, parameters: Parameters) -> Any:
        return await self._send_file(parameters, "photo", PHOTO_BYTES)

    async def _send_file(self, parameters: Parameters, kind: str, most: int) -> Any:
        room = self._room(parameters)
        file = parameters.get(kind)
        if not isinstance(file, File):
            raise bad(f"there is no {kind} in the request")
        if not file.content:
            raise bad("file must be non-empty")
        if len(file.content) > most:
            raise ApiError(413, "Request Entity Too Large")
        caption = check_caption(_text(parameters, "caption"), _text(parameters, "parse_mode"))
        return await self._sent(room, parameters, caption, file)

    async def _sent(self, room: Room, parameters: Parameters, text: str, file: File | None) -> Any:
        markup = _parsed(parameters, "reply_markup")
        under = buttons(markup)
        sent = Sent(room.id, self._world.next_message(), int(time.time()), text, under, file, markup)
        room.messages[sent.message_id] = sent
        self._world.sends.append(sent)
        shown = [{"label": button.label, "data": button.data} for button in under]
        name = file.name if file is not None else None
        room.seen.append({"from": "bot", "id": sent.message_id, "text": text, "buttons": shown, "file": name})
        return sent.as_message(self._world.bot, room.as_chat())

    async def _send_chat_action(self, parameters: Parameters) -> Any:
        room = self._room(parameters)
        if not re.fullmatch(r"typing|upload_\w+|record_\w+|choose_sticker|find_location", _text(parameters, "action")):
            raise bad("wrong parameter action in request")
        self._world.typings.append(room.id)
        return True

    async def _edit_message_text(self, parameters: Parameters) -> Any:
        room, sent = self._message(parameters, "edit")
        text = check_text(_text(parameters, "text"), _text(parameters, "parse_mode"))
        return await self._edited(room, sent, text, _parsed(parameters, "reply_markup"))

    async def _edit_message_reply_markup(self, parameters: Parameters) -> Any:
        room, sent = self._message(parameters, "edit")
        return await self._edited(room, sent, sent.text, _parsed(parameters, "reply_markup"))

    async def _edited(self, room: Room, sent: Sent, text: str, markup: Any) -> Any:
        under = buttons(markup)
        if text == sent.text and under == sent.buttons:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        sent.text, sent.buttons, sent.markup = text, under, markup
        for seen in room.seen:
            if seen["id"] == sent.message_id:
                seen["text"] = text
                seen["buttons"] = [{"label": button.label, "data": button.data} for button in under]
        return sent.as_message(self._world.bot, room.as_chat())

    async def _delete_message(self, parameters: Parameters) -> Any:
        room, sent = self._message(parameters, "delete")
        del room.messages[sent.message_id]
        room.seen = [seen for seen in room.seen if seen["id"] != sent.message_id]
        return True

    async def _answer_callback_query(self, parameters: Parameters) -> Any:
        press = self._world.presses.get(_text(parameters, "callback_query_id"))
        too_old = press is None or press.answered or self._world.pace.now() - press.at > LIVES["callback_query"]
        if press is None or too_old:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        toast = _text(parameters, "text")
        if len(toast) > 200:
            raise bad("MESSAGE_TOO_LONG")
        press.answered = True
        if toast:
            self._world.room(press.chat).seen.append({"from": "toast", "id": 0, "text": toast, "buttons": []})
        return True

    def _room(self, parameters: Parameters) -> Room:
        given = parameters.get("chat_id")
        if given is None or given == "":
            raise bad("chat_id is empty")
        try:
            room = self._world.rooms.get(int(given))
        except (TypeError, ValueError):
            room = None
        if room is None:
            raise bad("chat not found")
        if room.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if room.blocked:
            what = "bot was blocked by the user" if room.private else "bot was kicked from the group chat"
            raise ApiError(403, f"Forbidden: {what}")
        return room

    def _message(self, parameters: Parameters, what: str) -> tuple[Room, Sent]:
        room = self._room(parameters)
        sent = room.messages.get(_whole(parameters, "message_id", 0))
        if sent is None:
            raise bad(f"message to {what} not found")
        return room, sent

    # --- commands -------------------------------------------------------------------------------------------------

    async def _set_my_commands(self, parameters: Parameters) -> Any:
        commands = _parsed(parameters, "commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("expected an Array of BotCommand")
        for command in commands:
            if not _COMMAND.fullmatch(str(command.get("command", ""))):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands = commands
        return True

    async def _get_my_commands(self, parameters: Parameters) -> Any:
        return self._world.commands

    async def _delete_my_commands(self, parameters: Parameters) -> Any:
        self._world.commands = []
        return True


def _text(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise bad(f"field {name} must be a string")


def _whole(parameters: Parameters, name: str, default: int) -> int:
    value = parameters.get(name, default)
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def _flag(parameters: Parameters, name: str) -> bool:
    return str(parameters.get(name, "")).lower() in ("true", "1", "yes")


def _parsed(parameters: Parameters, name: str) -> Any:
    """A parameter that is JSON: parsed already, or as a string."""
    value = parameters.get(name)
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value) if value else None
    except ValueError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
