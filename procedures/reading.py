"""Reading one YAML file strictly: every mistake with its line, all of them at once.

``compose`` makes a file's text into nodes with positions; an ``Entry`` is one mapping of it. An entry's
getters never raise: what is wrong is added to the mistakes and a harmless value returned, so that one
run names everything. Nobody may use what was read while there are mistakes.
"""

from __future__ import annotations

import gc
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from msgspec import Struct

E = TypeVar("E", bound=Enum)

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader, twenty times faster; the pure one where libyaml is missing."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def safe_load(text: str) -> Any:
    """What a YAML text holds, plain values only. Raises yaml.YAMLError."""
    return yaml.load(text, LOADER)  # noqa: S506 (both loaders are safe ones)


class Mistake(Struct, frozen=True, order=True):
    """One thing wrong in a file that people write. ``hint`` says what would be right."""

    file: str
    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}, {self.hint}"


class CatalogError(Exception):
    """Files that people write hold mistakes; nothing of them is used."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(slots=True)
class Entry:
    """One mapping of a file, with the mistakes of the whole reading. ``keys`` are those that may occur."""

    file: str
    node: yaml.MappingNode
    keys: tuple[str, ...]
    mistakes: list[Mistake]
    values: dict[str, yaml.Node] = field(init=False)

    def __post_init__(self) -> None:
        self.values = {}
        for key_node, value in self.node.value:
            key = str(key_node.value)
            if key in self.values:
                self._wrong(key_node, f"the key {key} occurs twice", "keep one of them")
            elif key not in self.keys:
                self._wrong(key_node, f"unknown key {key}", nearest(key, self.keys))
            self.values[key] = value

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, key: str, what: str, hint: str) -> None:
        """Add a mistake at the line of ``key``'s value, or of the entry where the key is missing."""
        self._wrong(self.values.get(key, self.node), what, hint)

    def text(self, key: str, longest: int | None = None) -> str:
        """A required text; ``longest`` in characters."""
        return self.maybe_text(key, longest) or "" if key in self.values else self._missing(key)

    def maybe_text(self, key: str, longest: int | None = None) -> str | None:
        if key not in self.values:
            return None
        text = self._scalar(key, self.values[key], longest)
        return text or None

    def quoted(self, key: str) -> str:
        """A required text that YAML would take for a number: it has to be quoted."""
        node = self.values.get(key)
        if node is not None and isinstance(node, yaml.ScalarNode) and node.style not in ("'", '"'):
            self.wrong(key, f"{key} {node.value} is not quoted", f'write "{node.value}"')
            return str(node.value)
        return self.text(key)

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts, none twice."""
        found: list[str] = []
        for node in self._items(key, required):
            text = self._scalar(key, node, None)
            if text and text in found:
                self._wrong(node, f"{key}: “{text}” occurs twice", "keep one of them")
            elif text:
                found.append(text)
        return tuple(found)

    def number(self, key: str, least: int) -> int | None:
        """A whole number of at least ``least``; None where the key is missing."""
        node = self.values.get(key)
        return None if node is None else self._whole(key, node, least)

    def numbers(self, key: str, least: int) -> tuple[int, ...]:
        """A list of whole numbers of at least ``least``; it must be there."""
        found = (self._whole(key, node, least) for node in self._items(key, required=True))
        return tuple(number for number in found if number is not None)

    def _whole(self, key: str, node: yaml.Node, least: int) -> int | None:
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":int") or not node.value.isascii():
            self._wrong(node, f"{key} is no whole number", "write digits only, such as 8000")
            return None
        digits = node.value.replace("_", "")
        if not re.fullmatch(r"[+-]?(0|[1-9]\d*)", digits):
            self._wrong(node, f"{key}: {node.value} is read differently by every program", "write plain decimal digits")
            return None
        if int(digits) < least:
            self._wrong(node, f"{key} is {digits}", f"it must be {least} or more")
            return None
        return int(digits)

    def flag(self, key: str) -> bool:
        """``true`` or ``false``; False where the key is missing."""
        node = self.values.get(key)
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.value not in ("true", "false") or node.style:
            self.wrong(key, f"{key} is neither true nor false", "write true, or leave the key out")
            return False
        return bool(node.value == "true")

    def day(self, key: str) -> date | None:
        """A day as YYYY-MM-DD; None where the key is missing."""
        node = self.values.get(key)
        if node is None:
            return None
        try:
            if isinstance(node, yaml.ScalarNode) and DAY.fullmatch(node.value):
                return date.fromisoformat(node.value)
        except ValueError:
            pass
        self.wrong(key, f"{key} is no day of the calendar", "write it as 2026-11-22")
        return None

    def one_of(self, key: str, kinds: type[E], otherwise: E | None = None) -> E:
        """A value of an enum; ``otherwise`` where the key is missing, None: it must be there."""
        fallback = otherwise if otherwise is not None else next(iter(kinds))
        if key not in self.values:
            if otherwise is None:
                self._missing(key)
            return fallback
        text = self._scalar(key, self.values[key], None)
        names = [str(kind.value) for kind in kinds]
        if text in names:
            return kinds(text)
        self.wrong(key, f"{key} {text} does not exist", nearest(text, names))
        return fallback

    def entry(self, key: str, keys: tuple[str, ...], required: bool = False) -> Entry | None:
        """A mapping inside this one."""
        node = self.values.get(key)
        if node is None:
            if required:
                self._missing(key)
            return None
        return self._entry(key, node, keys)

    def entries(self, key: str, keys: tuple[str, ...], required: bool = False) -> tuple[Entry, ...]:
        """A list of mappings inside this one."""
        opened = (self._entry(key, node, keys) for node in self._items(key, required))
        return tuple(entry for entry in opened if entry is not None)

    def _items(self, key: str, required: bool) -> list[yaml.Node]:
        node = self.values.get(key)
        if node is None:
            if required:
                self._missing(key)
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(key, f"{key} is no list", f"write it as “{key}: [ … ]” or with a dash a line")
            return []
        if not node.value:
            self.wrong(key, f"{key} is empty", "fill it, or leave the key out")
        return list(node.value)

    def _entry(self, key: str, node: yaml.Node, keys: tuple[str, ...]) -> Entry | None:
        if isinstance(node, yaml.MappingNode):
            return Entry(self.file, node, keys, self.mistakes)
        self._wrong(node, f"{key} holds something that has no keys", f"its keys are {', '.join(keys)}")
        return None

    def _scalar(self, key: str, node: yaml.Node, longest: int | None) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, f"{key} is no text", "write one text")
            return ""
        text = str(node.value)
        if not node.tag.endswith((":str", ":timestamp")) and not node.style:
            self._wrong(node, f"{key}: {text or 'nothing'} is no text for YAML", f'write "{text}" in quotes')
        elif not text.strip():
            self._wrong(node, f"{key} is empty", "fill it, or leave the key out")
        elif not unicodedata.is_normalized("NFC", text):
            self._wrong(
                node, f"{key} is not in Unicode NFC", "type it again with a keyboard set to precomposed Unicode"
            )
        elif longest is not None and len(text) > longest:
            self._wrong(node, f"{key} has {len(text)} characters", f"at most {longest} fit")
        return text

    def _missing(self, key: str) -> str:
        self._wrong(self.node, f"{key} is missing", f"add “{key}:”")
        return ""

    def _wrong(self, node: yaml.Node, what: str, hint: str) -> None:
        self.mistakes.append(Mistake(self.file, int(node.start_mark.line) + 1, what, hint))


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """The hint for a word that is not known: the nearest one, or all of them."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}" if close else f"known are {', '.join(known)}"


def read_text(path: Path, mistakes: list[Mistake]) -> str | None:
    """The file's text; None, and a mistake, where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mistakes.append(Mistake(path.name, 1, "the file is not UTF-8", "save it as UTF-8"))
        return None


def compose(file: str, text: str, keys: tuple[str, ...], mistakes: list[Mistake]) -> Entry | None:
    """Compose ``text``, whose top is a mapping; None, and a mistake, where it is no such YAML."""
    node = _compose(file, text, mistakes)
    if isinstance(node, yaml.MappingNode):
        return Entry(file, node, keys, mistakes)
    if node is not None:
        mistakes.append(Mistake(file, 1, "the file holds no mapping", f"it begins with “{keys[0]}:”"))
    return None


def compose_list(file: str, text: str, keys: tuple[str, ...], mistakes: list[Mistake]) -> list[Entry]:
    """Compose ``text``, whose top is a list of mappings with these keys; what is none is a mistake."""
    node = _compose(file, text, mistakes)
    if not isinstance(node, yaml.SequenceNode):
        if node is not None:
            mistakes.append(Mistake(file, 1, "the file holds no list", f"an entry begins with “- {keys[0]}:”"))
        return []
    found: list[Entry] = []
    for each in node.value:
        if isinstance(each, yaml.MappingNode):
            found.append(Entry(file, each, keys, mistakes))
        else:
            line = int(each.start_mark.line) + 1
            mistakes.append(Mistake(file, line, "this has no keys", f"its keys are {', '.join(keys)}"))
    return found


def _compose(file: str, text: str, mistakes: list[Mistake]) -> yaml.Node | None:
    """The top node; None, and a mistake, where the text is no YAML or holds nothing."""
    try:
        node: yaml.Node | None = yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        problem = " ".join(part for part in (error.context, error.problem) if part)
        mistakes.append(Mistake(file, line, f"this is no YAML ({problem})", "look at quotes, dashes and indents"))
    except yaml.YAMLError as error:
        mistakes.append(Mistake(file, 1, f"this is no YAML ({error})", "look for characters that do not print"))
    else:
        if node is not None:
            return node
        mistakes.append(Mistake(file, 1, "the file holds no mapping", "fill it, or remove it"))
    return None


@contextmanager
def without_gc() -> Iterator[None]:
    """Nodes by the ten thousand, none of them garbage: the cyclic collector would double the time of reading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
