"""A text as weighted terms: folded syllables, pairs of them, and the accented syllables as extra evidence."""

from __future__ import annotations

from procedures.fold import accented, pairs, syllables
from procedures.lay_words import LayWords
from procedures.repair import Repairer

Terms = dict[str, float]

PAIR = 0.8
ACCENT = 0.4
ASKED = 0.3
MEANT = 0.3
"""What a pair of syllables, a typed accent, a word of every question, an added official word weigh; a syllable: 1."""


def written_terms(text: str, words: LayWords) -> Terms:
    """The terms of an official name or an alias. Added meanings play no part: names are what is meant."""
    return _weighed(*_spelled_out(text, words), words)


def asked_terms(text: str, words: LayWords, repairer: Repairer) -> tuple[Terms, frozenset[str]]:
    """The terms of a citizen's question, with the official words for what was said, and the marks said in it."""
    typed, spelled = _spelled_out(text, words)
    tokens = repairer.repaired(typed)
    if tokens is not typed:
        spelled = [
            accent if kept == token else token for token, kept, accent in zip(tokens, typed, spelled, strict=True)
        ]
    terms = _weighed(tokens, spelled, words)
    for _, _, meaning in words.meanings.all(tokens, spelled):
        meant = syllables(meaning)
        for term in meant:
            terms.setdefault(term, MEANT)
        for term in pairs(meant):
            terms.setdefault(term, MEANT * PAIR)
    said: set[str] = set()
    for _, _, marks in words.said_marks.all(tokens, spelled):
        said |= marks
    return terms, frozenset(said)


def _spelled_out(text: str, words: LayWords) -> tuple[list[str], list[str]]:
    """Folded and accented tokens with the abbreviations replaced."""
    tokens, spelled = syllables(text), accented(text)
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
    return folded, typed


def _weighed(tokens: list[str], spelled: list[str], words: LayWords) -> Terms:
    weights = [1.0] * len(tokens)
    for start, end, _ in words.asking.all(tokens, spelled):
        weights[start:end] = [ASKED] * (end - start)
    terms: Terms = {}
    for token, typed, weight in zip(tokens, spelled, weights, strict=True):
        terms[token] = max(terms.get(token, 0.0), weight)
        if typed != token:
            terms[typed] = max(terms.get(typed, 0.0), weight * ACCENT)
    for start, pair in enumerate(pairs(tokens)):
        weight = PAIR * max(weights[start], weights[start + 1])
        terms[pair] = max(terms.get(pair, 0.0), weight)
    return terms
