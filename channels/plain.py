"""A message as plain text, for channels without buttons: choices are printed, with their key or a number."""

from __future__ import annotations

from handlers.messages import Choice


def with_choices(text: str, choices: tuple[Choice, ...]) -> str:
    """The text and a line a choice. Choices with keys ("5 – Rất hài lòng") never get a number of ours."""
    if not choices:
        return text
    keyed = any(choice.key is not None for choice in choices)
    lines = [f"  {_line(choice, number, keyed=keyed)}" for number, choice in enumerate(choices, 1)]
    return "\n".join((text, *lines))


def _line(choice: Choice, number: int, *, keyed: bool) -> str:
    if not keyed:
        return f"{number}. {choice.label}"
    if choice.key is None or choice.label.startswith(choice.key):
        return choice.label
    return f"{choice.key} – {choice.label}"
