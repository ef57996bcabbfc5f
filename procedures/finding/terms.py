"""A text as weighted terms: folded syllables, pairs of them, and the accented syllables as extra evidence."""

from __future__ import annotations

from msgspec import Struct

from procedures.finding.fold import both, pairs, syllables
from procedures.finding.keyed import decoded
from procedures.finding.lay_words import LayWords
from procedures.finding.repair import Repairer

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
    """An official name, an alias or an authored way of asking: keys decoded, short forms written out, no repairs."""
    return _in_full(_unkeyed(Spoken(*both(text))), words, 0)


def asked(text: str, words: LayWords, repairer: Repairer) -> Spoken:
    """What a citizen typed, slips repaired, each short form as it is usually meant."""
    return _asked(_unkeyed(Spoken(*both(text))), words, repairer, 0)


def readings(text: str, words: LayWords, repairer: Repairer) -> list[Spoken]:
    """What a citizen may have meant, the usual first: "kt" is khai tử or khuyết tật. At least one."""
    typed = _unkeyed(Spoken(*both(text)))
    meant = (fulls for _, _, fulls in words.abbreviations.all(typed.tokens, typed.spelled))
    return [_asked(typed, words, repairer, which) for which in range(max(map(len, meant), default=1))]


def _asked(typed: Spoken, words: LayWords, repairer: Repairer, which: int) -> Spoken:
    """A repaired syllable has lost its diacritics, and so has one that nobody wrote with them: both are of the slip."""
    spoken = _in_full(typed, words, which)
    repaired = repairer.repaired(spoken.tokens, spoken.spelled)
    tokens: list[str] = []
    spelled: list[str] = []
    for right, token, accent in zip(repaired, spoken.tokens, spoken.spelled, strict=True):
        tokens += right.split()
        is_believed = accent == token or repairer.believes(accent)
        spelled += [accent] if right == token and is_believed else right.split()
    return Spoken(tokens, spelled) if repaired == spoken.tokens else _in_full(Spoken(tokens, spelled), words, which)


def _unkeyed(spoken: Spoken) -> Spoken:
    """Keys of Telex and VNI decoded. What has diacritics already was typed as meant."""
    found = [
        decoded(token) if token == typed else None for token, typed in zip(spoken.tokens, spoken.spelled, strict=True)
    ]
    if not any(found):
        return spoken
    tokens = [meant[0] if meant else token for meant, token in zip(found, spoken.tokens, strict=True)]
    spelled = [meant[1] if meant else typed for meant, typed in zip(found, spoken.spelled, strict=True)]
    return Spoken(tokens, spelled)


def _in_full(spoken: Spoken, words: LayWords, which: int) -> Spoken:
    """Short forms written out: by the meaning of that number, else by their last."""
    tokens, spelled = spoken.tokens, spoken.spelled
    if not words.abbreviations.begins(tokens):
        return spoken
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
            start, fulls = found
            full = fulls[min(which, len(fulls) - 1)]
            tokens_of, typed_of = both(full)
            folded += tokens_of
            typed += typed_of
    return Spoken(folded, typed)


def marks_in(spoken: Spoken, words: LayWords, commons: list[bool] | None = None) -> frozenset[str]:
    """The marks of variants that were said ("lưu động"); not in the words of every question ("mất bao lâu")."""
    commons = asking(spoken, words) if commons is None else commons
    said: set[str] = set()
    for start, end, marks in words.said_marks.all(spoken.tokens, spoken.spelled):
        if not all(commons[start:end]):
            said |= marks
    return frozenset(said)


def asking(spoken: Spoken, words: LayWords) -> list[bool]:
    """Of each syllable, whether it belongs to what every question says ("ở đâu", "bao lâu")."""
    found = [False] * len(spoken.tokens)
    for start, end, _ in words.asking.all(spoken.tokens, spoken.spelled):
        found[start:end] = [True] * (end - start)
    return found


def bared(spoken: Spoken, words: LayWords) -> Spoken:
    """A text without the words of every question; empty where it holds nothing else."""
    commons = asking(spoken, words)
    return Spoken(
        [token for token, goes in zip(spoken.tokens, commons, strict=True) if not goes],
        [typed for typed, goes in zip(spoken.spelled, commons, strict=True) if not goes],
    )


def weighed(spoken: Spoken, words: LayWords) -> Terms:
    """The terms of a text, the words of every question weighing less."""
    return terms_of(spoken, asking(spoken, words))


def terms_of(spoken: Spoken, commons: list[bool]) -> Terms:
    """The same where it is known which syllables are ``commons``, the words of every question."""
    terms: Terms = {}
    get = terms.get
    before, carried = "", 0.0
    for token, typed, is_common in zip(spoken.tokens, spoken.spelled, commons, strict=True):
        weight = ASKED if is_common else 1.0
        if weight > get(token, 0.0):
            terms[token] = weight
        if typed != token and weight * ACCENT > get(accent := ACCENTED + typed, 0.0):
            terms[accent] = weight * ACCENT
        if before:
            pair, beside = f"{before} {token}", PAIR * (weight if weight > carried else carried)
            if beside > get(pair, 0.0):
                terms[pair] = beside
        before, carried = token, weight
    return terms


def with_meanings(terms: Terms, spoken: Spoken, words: LayWords) -> Terms:
    """``terms`` with the official words for what was said added. Only for questions: names are what is meant."""
    for _, _, meaning in words.meanings.all(spoken.tokens, spoken.spelled):
        meant = syllables(meaning)
        for term in meant:
            terms.setdefault(term, MEANT)
        for term in pairs(meant):
            terms.setdefault(term, MEANT * PAIR)
    return terms
