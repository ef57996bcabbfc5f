"""A message as plain text, for channels without buttons: choices are printed, with their key or a number."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages import Choice, keys_are_places, numbers


def with_choices(text: str, choices: Sequence[Choice], first: int = 0) -> str:
    """The text and a line for each choice from ``first`` on that the text does not list itself.

    Choices with keys ("5 – Rất hài lòng") never get a number of ours; others get the number that picks them.
    """
    own, in_order = text.split("\n"), keys_are_places(choices)
    lines = [
        f"  {_line(choice, number, is_place=in_order)}"
        for place, (choice, number) in enumerate(zip(choices, numbers(choices), strict=True))
        if place >= first and not _is_listed(own, choice, number)
    ]
    return "\n".join((text, *lines))


def _is_listed(lines: Sequence[str], choice: Choice, number: str | None) -> bool:
    """Whether a line of the text is this choice: with its key ("1. Đăng ký khai sinh"), else its number and label.

    A list of papers is numbered as well, so a number alone says nothing of a choice without a key.
    """
    if number is None:
        return False
    start = f"{number}. " if choice.key is not None else f"{number}. {choice.label.rstrip('…').rstrip()}"
    return any(line.casefold().startswith(start.casefold()) for line in lines)


def _line(choice: Choice, number: str | None, *, is_place: bool) -> str:
    if number is None or (choice.key is not None and choice.label.startswith(choice.key)):
        return choice.label
    return f"{number}. {choice.label}" if is_place else f"{choice.key} – {choice.label}"
