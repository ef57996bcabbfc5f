"""A text as weighted terms: folded syllables, pairs of them, and the accented syllables as extra evidence."""

from __future__ import annotations

from msgspec import Struct

from procedures.fold import accented, pairs, syllables
from procedures.lay_words import LayWords
from procedures.repair import Repairer

Terms = dict[str, float]

ACCENTED = "^"
"""What a term begins with that is an accented syllable."""

PAIR = 0.8
ACCENT = 0.4
ASKED = 0.3
MEANT = 0.3
"""What a pair of syllables, a typed accent, a word of every question, an added official word weigh; a syllable: 1."""


class Spoken(Struct, frozen=True):
    """A text's folded syllables and the same with their diacritics, abbreviations written out, slips repaired."""

    tokens: list[str]
    spelled: list[str]


def written(text: str, words: LayWords) -> Spoken:
    """An official name, an alias or an authored way of asking: nothing in it is repaired."""
    tokens, spelled = syllables(text), accented(text)
    if not words.abbreviations.begins(tokens):
        return Spoken(tokens, spelled)
    folded: list[str] = []
    typed: list[str] = []
    start = 0
    while start < len(tokens):
        found = words.abbreviations.at(tokens, spelled, start)
        if found is None:
            folded.append(tokens[start])
            typed.append(spelled[start])
            start += 1
        else:
            start, full = found
            folded += syllables(full)
            typed += accented(full)
    return Spoken(folded, typed)


def asked(text: str, words: LayWords, repairer: Repairer) -> Spoken:
    """What a citizen typed. A repaired syllable has lost its diacritics: they were those of the slip."""
    spoken = written(text, words)
    tokens = repairer.repaired(spoken.tokens)
    if tokens is spoken.tokens:
        return spoken
    each = zip(tokens, spoken.tokens, spoken.spelled, strict=True)
    return Spoken(tokens, [accent if kept == token else token for token, kept, accent in each])


def marks_in(spoken: Spoken, words: LayWords) -> frozenset[str]:
    """The marks of variants that were said ("lưu động", "nước ngoài")."""
    said: set[str] = set()
    for _, _, marks in words.said_marks.all(spoken.tokens, spoken.spelled):
        said |= marks
    return frozenset(said)


def weighed(spoken: Spoken, words: LayWords) -> Terms:
    """The terms of a text, the words of every question ("ở đâu", "bao lâu") weighing less."""
    tokens, spelled = spoken.tokens, spoken.spelled
    weights = [1.0] * len(tokens)
    for start, end, _ in words.asking.all(tokens, spelled):
        weights[start:end] = [ASKED] * (end - start)
    terms: Terms = {}
    before, carried = "", 0.0
    for token, typed, weight in zip(tokens, spelled, weights, strict=True):
        _raise(terms, token, weight)
        if typed != token:
            _raise(terms, ACCENTED + typed, weight * ACCENT)
        if before:
            _raise(terms, f"{before} {token}", PAIR * (weight if weight > carried else carried))
        before, carried = token, weight
    return terms


def _raise(terms: Terms, term: str, weight: float) -> None:
    if weight > terms.get(term, 0.0):
        terms[term] = weight


def with_meanings(terms: Terms, spoken: Spoken, words: LayWords) -> Terms:
    """``terms`` with the official words for what was said added. Only for questions: names are what is meant."""
    for _, _, meaning in words.meanings.all(spoken.tokens, spoken.spelled):
        meant = syllables(meaning)
        for term in meant:
            terms.setdefault(term, MEANT)
        for term in pairs(meant):
            terms.setdefault(term, MEANT * PAIR)
    return terms
