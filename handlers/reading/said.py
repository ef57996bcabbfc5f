"""The words of ``said.yaml``, read once: what people write that names no procedure, folded, as phrases and patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from procedures.finding.fold import syllables
from procedures.reading import safe_load

FILE = Path(__file__).with_name("said.yaml")

Patterns = tuple[tuple[str, re.Pattern[str]], ...]


class Body(Struct, frozen=True):
    """A body that does ``what`` by ``law``; meant where ``says`` is found and ``but`` is not."""

    what: str
    who: str
    law: str
    says: re.Pattern[str]
    but: re.Pattern[str]


class Said(Struct, frozen=True):
    """Phrases and patterns under the names that ``intents.Wish`` and ``small_talk.Talk`` have as values."""

    fillers: frozenset[str]
    short: dict[str, str]
    whole: dict[str, str]
    inside: Patterns
    talk: Patterns
    talk_always: Patterns
    no_talk: re.Pattern[str]
    about_papers: re.Pattern[str]
    bodies: tuple[Body, ...]
    english: frozenset[str]
    of_a_topic: frozenset[str]
    of_no_case: frozenset[str]
    around_a_pick: frozenset[str]
    around_a_field: frozenset[str]
    around_a_list: frozenset[str]
    family_names: frozenset[str]
    middle_names: frozenset[str]


@cache
def said() -> Said:
    """The bundled words. Raises KeyError, ValueError or re.error where the file is broken: a test reads it."""
    data: dict[str, Any] = safe_load(FILE.read_text("utf-8"))
    return Said(
        fillers=_words(data["fillers"]),
        short=data["short"],
        whole=_by_phrase(data["whole"]),
        inside=_patterns(data["inside"]),
        talk=_patterns(data["talk"]),
        talk_always=_patterns(data["talk_always"]),
        no_talk=_any(data["no_talk"]),
        about_papers=_any(data["about_papers"]),
        bodies=tuple(
            Body(each["what"], each["who"], each["law"], _any(each["says"]), _any(each["but"]))
            for each in data["bodies"]
        ),
        english=_words(data["english"]),
        of_a_topic=_words(data["of_a_topic"]),
        of_no_case=_words(data["of_no_case"]),
        around_a_pick=_words(data["around_a_pick"]),
        around_a_field=_words(data["around_a_field"]),
        around_a_list=_words(data["around_a_list"]),
        family_names=_words(data["family_names"]),
        middle_names=_words(data["middle_names"]),
    )


def readings(words: Sequence[str]) -> tuple[list[str], ...]:
    """The folded words as typed and, where short forms are among them, spelled out: "k biet chu"."""
    short = said().short
    typed, full = list(words), [each for word in words for each in short.get(word, word).split()]
    return (typed,) if typed == full else (typed, full)


def named_by(typed: Sequence[str]) -> str | None:
    """The wish (``intents.Wish`` by its value) that the folded words are, as typed or with short ones spelled out."""
    return next((name for words in readings(typed) if (name := _wish(words)) is not None), None)


def _wish(words: list[str]) -> str | None:
    table, folded = said(), " ".join(words)
    core = " ".join(word for word in words if word not in table.fillers)
    name = table.whole.get(folded) or table.whole.get(core) or table.whole.get(_trimmed(words, table.fillers))
    if name is None and not core:
        return "hello"
    return name or next((wish for wish, finds in table.inside if finds.search(folded)), None)


def _trimmed(words: list[str], fillers: frozenset[str]) -> str:
    """The words without the fillers at either end: "dạ cho em hỏi giờ làm việc ạ"."""
    start, end = 0, len(words)
    while start < end and words[start] in fillers:
        start += 1
    while end > start and words[end - 1] in fillers:
        end -= 1
    return " ".join(words[start:end])


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_phrase(names: dict[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, phrases in names.items():
        for phrase in phrases:
            key = " ".join(syllables(phrase))
            if found.setdefault(key, name) != name:
                raise ValueError(f"{FILE.name}: “{phrase}” stands under {found[key]} and {name}")
    return found


def _patterns(names: dict[str, list[str]]) -> Patterns:
    return tuple((name, _any(patterns)) for name, patterns in names.items())


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")
