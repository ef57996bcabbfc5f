"""The sentences, read once from ``locales/<language>/*.po`` with Babel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parents[2] / "locales"
SOURCE_LANGUAGE = "vi"


class UnknownSentence(KeyError):
    """No locale file holds this key."""


@cache
def sentences(language: str = SOURCE_LANGUAGE) -> dict[str, str]:
    """Key → sentence with ``{placeholders}``, of all subjects. Raises ValueError on a key given twice."""
    found: dict[str, str] = {}
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if not message.id:
                    continue
                key = str(message.id)
                if key in found:
                    raise ValueError(f"{file}: the key {key!r} stands twice")
                found[key] = str(message.string)
    return found


def sentence(key: str, language: str = SOURCE_LANGUAGE, /, **values: object) -> str:
    """The sentence under ``key`` with its placeholders filled; Vietnamese where a language lacks it."""
    text = sentences(language).get(key) or sentences().get(key)
    if text is None:
        raise UnknownSentence(key)
    return text.format(**values) if values else text
