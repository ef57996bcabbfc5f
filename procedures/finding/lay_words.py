"""How people say what the official names call otherwise: the search's editable word lists, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from procedures.finding.fold import accented, syllables
from procedures.reading import CatalogError, Entry, Mistake, compose, read_text

BUNDLED = Path(__file__).parent / "lay_words.yaml"

V = TypeVar("V")


class Phrases(Generic[V]):
    """A table from phrases to values, looked up at every place of a text.

    Folded syllables are compared, and diacritics believed where typed: "đóng" is found in "dong", not in "động".
    """

    def __init__(self, pairs: Iterable[tuple[str, V]]) -> None:
        self._by_first: dict[str, list[tuple[list[str], list[str], V]]] = {}
        for phrase, value in pairs:
            tokens = syllables(phrase)
            self._by_first.setdefault(tokens[0], []).append((tokens, accented(phrase), value))
        for known in self._by_first.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def begins(self, tokens: list[str]) -> bool:
        """Whether any of the tokens begins a phrase."""
        return not self._by_first.keys().isdisjoint(tokens)

    @property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(token for known in self._by_first.values() for tokens, _, _ in known for token in tokens)

    def at(self, tokens: list[str], typed: list[str], start: int) -> tuple[int, V] | None:
        """The longest phrase that begins at ``start``: its end and its value. ``typed``: ``tokens`` with diacritics."""
        for phrase, meant, value in self._by_first.get(tokens[start], ()):
            end = start + len(phrase)
            if tokens[start:end] == phrase and _is_meant(typed[start:end], meant, phrase):
                return end, value
        return None

    def all(self, tokens: list[str], typed: list[str]) -> Iterator[tuple[int, int, V]]:
        """The longest phrase at each place, as (start, end, value); they may overlap."""
        firsts = self._by_first
        for start, token in enumerate(tokens):
            if token in firsts and (found := self.at(tokens, typed, start)):
                yield start, *found


def _is_meant(typed: list[str], meant: list[str], folded: list[str]) -> bool:
    return typed == meant or all(each in pair for each, *pair in zip(typed, meant, folded, strict=True))


class LayWords(Struct, frozen=True):
    """``title_marks`` occur in official names, ``said_marks`` in what citizens say; ``binding`` ones must be met,
    and what lacks a ``firm`` one that was said is rarely meant.

    ``abbreviations``: all that a short form may stand for, the usual one first.
    """

    abbreviations: Phrases[tuple[str, ...]]
    meanings: Phrases[str]
    asking: Phrases[None]
    title_marks: Phrases[frozenset[str]]
    said_marks: Phrases[frozenset[str]]
    chatter: tuple[str, ...]
    binding: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every syllable that occurs in what citizens say here, short forms apart."""
        tables = (self.meanings, self.asking, self.said_marks)
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
        (short, (entry.text("full"), *_words(entry, "or", entry.texts("or"))))
        for entry in top.entries("abbreviations", ("short", "full", "or"), required=True)
        for short in _words(entry, "short", (entry.text("short"),))
    ]
    meanings = [
        (said, entry.text("means"))
        for entry in top.entries("meanings", ("say", "means"), required=True)
        for said in _words(entry, "say", entry.texts("say", required=True))
    ]
    marks = top.entries("marks", ("mark", "title", "said", "binding", "firm"), required=True)
    _no_twice(top, "abbreviations", [(short, fulls[0]) for short, fulls in shorts])
    _no_twice(top, "meanings", meanings)
    return LayWords(
        abbreviations=Phrases(shorts),
        meanings=Phrases(meanings),
        asking=Phrases((phrase, None) for phrase in _words(top, "asking", top.texts("asking", required=True))),
        title_marks=Phrases(_marked(marks, "title")),
        said_marks=Phrases(_marked(marks, "said")),
        chatter=top.texts("chatter", required=True),
        binding=frozenset(each.text("mark") for each in marks if each.flag("binding")),
        firm=frozenset(each.text("mark") for each in marks if each.flag("firm")),
    )


def _marked(marks: tuple[Entry, ...], key: str) -> list[tuple[str, frozenset[str]]]:
    """Each phrase with all the marks that it carries."""
    carried: dict[str, set[str]] = {}
    for each in marks:
        for phrase in _words(each, key, each.texts(key, required=True)):
            carried.setdefault(phrase, set()).add(each.text("mark"))
    return [(phrase, frozenset(names)) for phrase, names in carried.items()]


def _words(entry: Entry, key: str, texts: Iterable[str]) -> list[str]:
    """The texts that hold a syllable; for others a mistake."""
    empty = [text for text in texts if text and not syllables(text)]
    for text in empty:
        entry.wrong(key, f"“{text}” holds no word", "write letters or digits")
    return [text for text in texts if text and text not in empty]


def _no_twice(top: Entry, key: str, pairs: list[tuple[str, str]]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for phrase, value in pairs:
        spelled = tuple(accented(phrase))
        if spelled in seen:
            top.wrong(key, f"{key}: “{phrase}” stands for “{seen[spelled]}” and for “{value}”", "keep one of them")
        seen[spelled] = value
