"""How people say what the official names call otherwise: the search's editable word lists, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from procedures.fold import syllables
from procedures.reading import CatalogError, Entry, Mistake, compose, read_text

BUNDLED = Path(__file__).parent / "lay_words.yaml"

V = TypeVar("V")


class Phrases(Generic[V]):
    """A table from phrases (folded syllables) to values, looked up at every place of a text."""

    def __init__(self, pairs: Iterable[tuple[Sequence[str], V]]) -> None:
        self._by_first: dict[str, list[tuple[list[str], V]]] = {}
        for phrase, value in pairs:
            self._by_first.setdefault(phrase[0], []).append((list(phrase), value))
        for known in self._by_first.values():
            known.sort(key=lambda pair: -len(pair[0]))

    @property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(token for known in self._by_first.values() for phrase, _ in known for token in phrase)

    def at(self, tokens: list[str], start: int) -> tuple[int, V] | None:
        """The longest phrase that begins at ``start``: its end and its value."""
        for phrase, value in self._by_first.get(tokens[start], ()):
            end = start + len(phrase)
            if tokens[start:end] == phrase:
                return end, value
        return None

    def all(self, tokens: list[str]) -> Iterator[tuple[int, int, V]]:
        """The longest phrase at each place, as (start, end, value); they may overlap."""
        for start in range(len(tokens)):
            if found := self.at(tokens, start):
                yield start, *found


@dataclass(frozen=True, slots=True)
class LayWords:
    """Phrases are folded. ``title_marks`` occur in official names, ``said_marks`` in what citizens say."""

    abbreviations: Phrases[str]
    meanings: Phrases[str]
    asking: Phrases[None]
    title_marks: Phrases[str]
    said_marks: Phrases[frozenset[str]]
    chatter: tuple[str, ...]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every syllable that occurs in what citizens say here."""
        tables = (self.abbreviations, self.meanings, self.asking, self.said_marks)
        return frozenset().union(*(table.vocabulary for table in tables))

    @classmethod
    def load(cls, path: Path | None = None) -> LayWords:
        """Raises CatalogError with every mistake of the file."""
        mistakes: list[Mistake] = []
        words = _read(path or BUNDLED, mistakes)
        if words is None or mistakes:
            raise CatalogError(tuple(sorted(mistakes)))
        return words


def _read(path: Path, mistakes: list[Mistake]) -> LayWords | None:
    text = read_text(path, mistakes)
    if text is None:
        return None
    top = compose(path.name, text, ("abbreviations", "meanings", "asking", "marks", "chatter"), mistakes)
    if top is None:
        return None
    shorts = [
        (short, entry.text("full"))
        for entry in top.entries("abbreviations", ("short", "full"), required=True)
        for short in _folded(entry, "short", (entry.text("short"),))
    ]
    meanings = [
        (said, entry.text("means"))
        for entry in top.entries("meanings", ("say", "means"), required=True)
        for said in _folded(entry, "say", entry.texts("say", required=True))
    ]
    marks = top.entries("marks", ("mark", "title", "said"), required=True)
    titles = [(phrase, each.text("mark")) for each in marks for phrase in _folded(each, "title", each.texts("title"))]
    asking = [(phrase, None) for phrase in _folded(top, "asking", top.texts("asking", required=True))]
    _no_twice(top, "abbreviations", shorts)
    _no_twice(top, "meanings", meanings)
    return LayWords(
        abbreviations=Phrases(shorts),
        meanings=Phrases(meanings),
        asking=Phrases(asking),
        title_marks=Phrases(titles),
        said_marks=Phrases(_said(marks)),
        chatter=top.texts("chatter", required=True),
    )


def _said(marks: tuple[Entry, ...]) -> list[tuple[list[str], frozenset[str]]]:
    meant: dict[tuple[str, ...], set[str]] = {}
    for each in marks:
        for phrase in _folded(each, "said", each.texts("said", required=True)):
            meant.setdefault(tuple(phrase), set()).add(each.text("mark"))
    return [(list(phrase), frozenset(names)) for phrase, names in meant.items()]


def _folded(entry: Entry, key: str, texts: Iterable[str]) -> list[list[str]]:
    folded = [(text, syllables(text)) for text in texts if text]
    for text, tokens in folded:
        if not tokens:
            entry.wrong(key, f"“{text}” holds no word", "write letters or digits")
    return [tokens for _, tokens in folded if tokens]


def _no_twice(top: Entry, key: str, pairs: list[tuple[list[str], str]]) -> None:
    seen: dict[str, str] = {}
    for phrase, value in pairs:
        words = " ".join(phrase)
        if words in seen:
            top.wrong(key, f"{key}: “{words}” stands for “{seen[words]}” and for “{value}”", "keep one of them")
        seen[words] = value
