"""From what a handler says to what a channel takes: one letter is one call, so it is cut before it is committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from channels.channel import Letter, Limits
from handlers.messages import Chat, Choice, Outgoing


def letters(
    chat: Chat, event: str, say: Sequence[Outgoing], limits: Limits, after: int, at: datetime
) -> tuple[Letter, ...]:
    """The letters for ``say``, numbered from ``after + 1``; choices and attachment go with a message's last part."""
    made: list[Letter] = []
    for message in say:
        parts = list(split(message.text, limits.text))
        for part in parts:
            last = part is parts[-1]
            made.append(
                Letter(
                    chat=chat,
                    seq=after + 1 + len(made),
                    event=event,
                    purpose=message.purpose,
                    text=part,
                    choices=_fit(message.choices, limits) if last and message.choices else (),
                    attachment=message.attachment if last else None,
                    made_at=at,
                )
            )
    return tuple(made)


def split(text: str, limit: int) -> Iterator[str]:
    """The text in parts of at most ``limit`` UTF-16 units (what Telegram counts), cut at lines, then at spaces."""
    while _units(text) > limit:
        cut = _cut(text, limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip("\n ")
    yield text


def _cut(text: str, limit: int) -> int:
    longest = limit
    while _units(text[:longest]) > limit:
        longest -= max(1, (_units(text[:longest]) - limit) // 2)
    for mark in ("\n", " "):
        found = text.rfind(mark, longest // 2, longest)
        if found > 0:
            return found
    return longest


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fit(choices: tuple[Choice, ...], limits: Limits) -> tuple[Choice, ...]:
    for choice in choices:
        if len(choice.says.encode()) > limits.says:
            raise ValueError(f"a choice says more than {limits.says} bytes: {choice.says!r}")
    return tuple(
        choice
        if len(choice.label) <= limits.label
        else Choice(choice.label[: limits.label - 1] + "…", choice.says, choice.key)
        for choice in choices[: limits.choices]
    )
