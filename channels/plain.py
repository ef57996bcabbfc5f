"""A message as plain text, for channels without buttons: choices are printed, with their key or a number."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages import Choice


def with_choices(text: str, choices: Sequence[Choice], first: int = 0) -> str:
    """The text and a line for each choice from ``first`` on that the text does not list itself.

    Choices with keys ("5 – Rất hài lòng") never get a number of ours; all others are numbered from the first one.
    """
    keyed = any(choice.key is not None for choice in choices)
    own = text.split("\n")
    lines = [
        f"  {_line(choice, number, keyed=keyed)}"
        for number, choice in enumerate(choices, 1)
        if number > first and not _is_listed(own, choice, number, keyed=keyed)
    ]
    return "\n".join((text, *lines))


def _is_listed(lines: Sequence[str], choice: Choice, number: int, *, keyed: bool) -> bool:
    """Whether a line of the text is this choice: with its key ("1. Đăng ký khai sinh"), else its number and label.

    A list of papers is numbered as well, so a number alone says nothing of a choice without a key.
    """
    if keyed:
        return choice.key is not None and any(line.startswith(f"{choice.key}. ") for line in lines)
    start = f"{number}. {choice.label.rstrip('…').rstrip()}".casefold()
    return any(line.casefold().startswith(start) for line in lines)


def _line(choice: Choice, number: int, *, keyed: bool) -> str:
    if not keyed:
        return f"{number}. {choice.label}"
    if choice.key is None or choice.label.startswith(choice.key):
        return choice.label
    return f"{choice.key} – {choice.label}"
