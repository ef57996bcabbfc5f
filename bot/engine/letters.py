"""From what a handler says to what a channel takes: one letter is one call, so it is cut before it is committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from channels.channel import Letter, Limits
from channels.plain import with_choices
from handlers.messages import Chat, Choice, Outgoing
from handlers.texts import common


def letters(
    chat: Chat,
    event: str,
    say: Sequence[Outgoing],
    limits: Limits,
    after: int,
    at: datetime,
    since: int | None = None,
) -> tuple[Letter, ...]:
    """The letters for ``say``, numbered from ``after + 1``; choices and attachment go with a message's last part,
    ``since`` with the last of all."""
    made: list[Letter] = []
    for message in say:
        text = with_choices(message.text, message.choices, message.first) if limits.listed else message.text
        parts = list(split(text, limits.text))
        for part in parts:
            last = part is parts[-1]
            made.append(
                Letter(
                    chat=chat,
                    seq=after + 1 + len(made),
                    event=event,
                    purpose=message.purpose,
                    text=part,
                    choices=_fit(_shown(message, limits), limits) if last and message.choices else (),
                    attachment=message.attachment if last else None,
                    made_at=at,
                    asks_phone=message.asks_phone and last,
                    since=since if last and message is say[-1] else None,
                )
            )
    return tuple(made)


def split(text: str, limit: int) -> Iterator[str]:
    """The text in parts of at most ``limit`` UTF-16 units (what Telegram counts), cut at paragraphs, lines, spaces."""
    while units(text) > limit:
        cut = _cut(text, limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip("\n ")
    yield text


def _cut(text: str, limit: int) -> int:
    longest = limit
    while units(text[:longest]) > limit:
        longest -= max(1, (units(text[:longest]) - limit) // 2)
    for mark in ("\n\n", "\n", " "):
        found = text.rfind(mark, longest // 2, longest)
        if found > 0:
            return found
    return longest


def units(text: str) -> int:
    """Its length in UTF-16 units, the stricter reading of "characters"."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _shown(message: Outgoing, limits: Limits) -> tuple[Choice, ...]:
    """The choices that are shown as buttons: from the first one on, and the way to the rest where not all fit."""
    if len(message.choices) <= limits.choices:
        return message.choices
    rest = message.choices[message.first :]
    if len(rest) <= limits.choices or limits.choices == 0:
        return rest[: limits.choices]
    shown = limits.choices - 1
    return (*rest[:shown], Choice(common.label_more(), f"more {message.first + shown}"))


def _fit(choices: tuple[Choice, ...], limits: Limits) -> tuple[Choice, ...]:
    for choice in choices:
        if len(choice.says.encode()) > limits.says:
            raise ValueError(f"a choice says more than {limits.says} bytes: {choice.says!r}")
    return tuple(
        choice
        if len(choice.label) <= limits.label
        else Choice(choice.label[: limits.label - 1] + "…", choice.says, choice.key)
        for choice in choices
    )
