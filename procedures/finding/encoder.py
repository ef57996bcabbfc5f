"""A text as a short vector that was learned: near for texts that ask for the same thing in other words.

The vector is the sum of learned rows, one for each syllable, each pair of neighbours, each accented syllable and each
run of two to four letters within a syllable; its length is made 1. A sum needs no order and no service: a question
costs some hundred additions, and a misspelt or new syllable is still known by its letters. ``training`` learns the
rows; here they are only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from procedures.finding.fold import pairs
from procedures.finding.terms import ACCENTED, Spoken
from procedures.finding.vectors import Floats
from procedures.reading import CatalogError, Mistake

BUNDLED = Path(__file__).parents[1] / "learned"
FEATURES, ROWS, SCALES, GROUPS = "features.txt", "rows.npy", "scales.npy", "groups.npy"
CODES, CLASSES = "classes.txt", "classes.npy"

SHORTEST, LETTERS = 2, 4
RUN = "#"
"""What a feature begins with that is a run of letters."""
CHUNK, BLOCK = 512, 32
"""Texts that are read at a time, and of these rows that are summed at a time."""
TRAIN = "run motcua train, or take the file of the release"


@lru_cache(maxsize=8192)
def runs(token: str) -> tuple[str, ...]:
    """The runs of letters of a syllable between its edges: "an" gives "#<a", "#an", "#n>", "#<an", "#an>"."""
    edged = f"<{token}>"
    sizes = range(SHORTEST, min(LETTERS, len(edged) - 1) + 1)
    return tuple(RUN + edged[at : at + size] for size in sizes for at in range(len(edged) - size + 1))


def around(spoken: Spoken) -> list[str]:
    """The features of a text that are not of one syllable alone: accented syllables, then pairs."""
    spelled = zip(spoken.tokens, spoken.spelled, strict=True)
    return [ACCENTED + typed for token, typed in spelled if typed != token] + pairs(spoken.tokens)


class Encoder:
    """Learned rows by feature, and one learned vector of each class of phrasings by its code.

    ``groups``: how many groups of texts hold a feature, of ``total``: a class is a group, a line outside is one.
    """

    def __init__(
        self,
        features: Sequence[str],
        rows: Floats,
        classes: Mapping[str, Floats],
        groups: Sequence[int],
        total: int,
    ) -> None:
        self.groups, self.total = groups, total
        self.features = {feature: number for number, feature in enumerate(features)}
        self.rows = rows
        self.classes = classes
        self.size = int(rows.shape[1])
        self._nothing = np.zeros(self.size, np.float32)
        self._of_word = lru_cache(maxsize=4096)(self._word)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_of_word"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._of_word = lru_cache(maxsize=4096)(self._word)

    @classmethod
    def load(cls, folder: Path | None = None) -> Encoder:
        """Read what ``motcua train`` wrote. Raises CatalogError where a file is broken, OSError where it is missing."""
        place = folder or BUNDLED
        features = (place / FEATURES).read_text("utf-8").splitlines()
        codes = (place / CODES).read_text("utf-8").splitlines()
        rows = _array(place / ROWS, len(features)).astype(np.float32)
        rows *= _array(place / SCALES, len(features)).astype(np.float32)[:, None]
        classes = unit_rows(_array(place / CLASSES, len(codes)).astype(np.float32))
        *groups, total = _array(place / GROUPS, len(features) + 1).tolist()
        return cls(features, rows, dict(zip(codes, classes, strict=True)), groups, total)

    def embed(self, spoken: Spoken) -> Floats:
        """The text's vector of length 1; all zeros where nothing of it is known."""
        known = self._known(around(spoken))
        total = self.rows[known].sum(axis=0) if known else self._nothing.copy()
        for token in spoken.tokens:
            total += self._of_word(token)
        length = float(np.sqrt(total @ total))
        return total / np.float32(length) if length else total

    def embed_all(self, texts: Sequence[Spoken]) -> Floats:
        """One row a text, each as ``embed`` gives it."""
        words = {token: place for place, token in enumerate(dict.fromkeys(t for each in texts for t in each.tokens))}
        of_words = self._words(list(words))
        found = np.zeros((len(texts), self.size), np.float32)
        for start in range(0, len(texts), CHUNK):
            part = texts[start : start + CHUNK]
            alone = [[words[token] for token in spoken.tokens] for spoken in part]
            both = [self._known(around(spoken)) for spoken in part]
            found[start : start + CHUNK] = _gathered(of_words, alone) + _gathered(self.rows, both)
        return unit_rows(found)

    def _word(self, token: str) -> Floats:
        return np.asarray(self._words([token])[0], np.float32)

    def _words(self, tokens: Sequence[str]) -> Floats:
        """The sum of a syllable's own row and of its letters', one row a token."""
        return _gathered(self.rows, [self._known((token, *runs(token))) for token in tokens])

    def _known(self, features: Iterable[str]) -> list[int]:
        return [number for number in map(self.features.get, features) if number is not None]


def _array(path: Path, length: int) -> npt.NDArray[Any]:
    try:
        found: npt.NDArray[Any] = np.load(path)
    except (ValueError, EOFError) as error:
        raise CatalogError((Mistake(path.name, 1, f"this is no array ({error})", TRAIN),)) from error
    if len(found) != length:
        raise CatalogError((Mistake(path.name, 1, f"{len(found)} rows, not {length}", TRAIN),))
    return found


def unit_rows(rows: Floats) -> Floats:
    """Each row made of length 1; zeros stay zeros."""
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(lengths, lengths, 1), np.float32)


def _gathered(rows: Floats, numbers: Sequence[Sequence[int]]) -> Floats:
    """For each list of numbers the sum of those rows.

    As one product of matrices a block: adding row by row takes numpy ten times as long.
    """
    found = np.zeros((len(numbers), rows.shape[1]), np.float32)
    for start in range(0, len(numbers), BLOCK):
        part = numbers[start : start + BLOCK]
        counts = np.fromiter(map(len, part), np.int64, len(part))
        flat = np.fromiter((number for each in part for number in each), np.int64, counts.sum())
        used, places = np.unique(flat, return_inverse=True)
        cells = np.repeat(np.arange(len(part)), counts) * len(used) + places.ravel()
        times = np.bincount(cells, minlength=len(part) * len(used)).reshape(len(part), len(used))
        found[start : start + BLOCK] = times.astype(np.float32) @ rows[used]
    return found
