"""Ways in which citizens ask for a procedure, written by people, one YAML file a field; and what is no procedure.

A file is a list of ``{code, name, ways}``: any code of the family, its official name for the reader, one line a way.
``outside.yaml`` is a list of ``{kind, lines}``: what people write that asks for nothing this desk does. Read as
strictly as the catalog: every mistake as file and line, nothing used while there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import yaml
from msgspec import Struct

from procedures.entries import CODE
from procedures.finding.fold import syllables
from procedures.reading import CatalogError, Entry, Mistake, compose_list, read_text, without_gc

BUNDLED = Path(__file__).parents[1] / "phrasings"
OUTSIDE = "outside.yaml"
FAMILY = ("code", "name", "ways")
KIND = ("kind", "lines")
LONGEST = 300
"""Characters of one line: a long story, not a letter."""


class Phrasings(Struct, frozen=True):
    """``ways`` and ``names`` (the official name) by code; ``outside``: lines that ask for no procedure, by kind."""

    ways: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    outside: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, folder: Path | None = None) -> Phrasings:
        """Read all ``*.yaml`` of ``folder`` (default: the bundled ones). Raises CatalogError with every mistake."""
        phrasings, mistakes = read_phrasings(folder or BUNDLED)
        if mistakes:
            raise CatalogError(mistakes)
        return phrasings

    def lines(self) -> Iterator[str]:
        """Every line, inside and outside."""
        for lines in (*self.ways.values(), *self.outside.values()):
            yield from lines


NONE = Phrasings(MappingProxyType({}), MappingProxyType({}), MappingProxyType({}))


def read_phrasings(folder: Path) -> tuple[Phrasings, tuple[Mistake, ...]]:
    """What the files hold, and everything that is wrong with them, by file and line."""
    mistakes: list[Mistake] = []
    said: dict[tuple[str, ...], str] = {}
    ways: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    outside: dict[str, tuple[str, ...]] = {}
    with without_gc():
        for path in sorted(folder.glob("*.yaml")):
            is_outside = path.name == OUTSIDE
            for entry in _entries(path, KIND if is_outside else FAMILY, mistakes):
                if is_outside:
                    _add(outside, entry.text("kind"), _lines(entry, "lines", said, mistakes), entry)
                    continue
                code = entry.quoted("code")
                if code and not CODE.fullmatch(code):
                    entry.wrong("code", f"{code} is no procedure's code", 'it looks like "1.001193"')
                names.setdefault(code, entry.text("name"))
                _add(ways, code, _lines(entry, "ways", said, mistakes), entry)
    found = Phrasings(MappingProxyType(ways), MappingProxyType(names), MappingProxyType(outside))
    return found, tuple(sorted(mistakes))


def _entries(path: Path, keys: tuple[str, ...], mistakes: list[Mistake]) -> Iterable[Entry]:
    text = read_text(path, mistakes)
    return () if text is None else compose_list(path.name, text, keys, mistakes)


def _add(table: dict[str, tuple[str, ...]], key: str, lines: tuple[str, ...], entry: Entry) -> None:
    if key in table:
        entry.wrong(entry.keys[0], f"{key} occurs twice", "write all its lines in one place")
    table[key] = table.get(key, ()) + lines


def _lines(entry: Entry, key: str, said: dict[tuple[str, ...], str], mistakes: list[Mistake]) -> tuple[str, ...]:
    """The lines of one entry; one that holds no word, is too long, or was written before is a mistake."""
    node = entry.values.get(key)
    kept: list[str] = []
    places = node.value if isinstance(node, yaml.SequenceNode) else ()
    for place in places:
        text, line = str(place.value), int(place.start_mark.line) + 1
        spoken = tuple(syllables(text)) if isinstance(place, yaml.ScalarNode) else ()
        here = f"{entry.file}:{line}"
        if not spoken:
            mistakes.append(Mistake(entry.file, line, f"“{text}” holds no word", "write what a citizen would write"))
        elif len(text) > LONGEST:
            mistakes.append(Mistake(entry.file, line, f"the line has {len(text)} characters", f"at most {LONGEST} fit"))
        elif said.setdefault(spoken, here) != here:
            mistakes.append(Mistake(entry.file, line, f"“{text}” was written before", f"see {said[spoken]}"))
        else:
            kept.append(text)
    entry.texts(key, required=True)
    return tuple(kept)
