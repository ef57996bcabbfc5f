"""A message as plain text, for channels without buttons: choices are printed, with their key or a number."""

from __future__ import annotations

from handlers.messages import Choice


def with_choices(text: str, choices: tuple[Choice, ...]) -> str:
    """The text and a line a choice. Choices with keys ("5 – Rất hài lòng") never get a number of ours."""
    if not choices or _already_listed(text, choices):
        return text
    keyed = any(choice.key is not None for choice in choices)
    lines = [f"  {_line(choice, number, keyed=keyed)}" for number, choice in enumerate(choices, 1)]
    return "\n".join((text, *lines))


def _already_listed(text: str, choices: tuple[Choice, ...]) -> bool:
    """Whether the text itself lists them as "1. …", "2. …"."""
    lines = text.split("\n")
    starts = (f"{number}. " for number in range(1, len(choices) + 1))
    return any(choice.key is None for choice in choices) and all(
        any(line.startswith(start) for line in lines) for start in starts
    )


def _line(choice: Choice, number: int, *, keyed: bool) -> str:
    if not keyed:
        return f"{number}. {choice.label}"
    if choice.key is None or choice.label.startswith(choice.key):
        return choice.label
    return f"{choice.key} – {choice.label}"
