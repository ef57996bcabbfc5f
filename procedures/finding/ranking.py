"""Numbers that were learned from questions with known answers: how channels are weighed, and when we are sure.

``weights.json`` holds them with the names, hashes and sizes of the files they were learned from; the files stay where
they were. ``motcua train`` writes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from msgspec import Struct, to_builtins

from procedures.finding.encoder import BUNDLED, TRAIN
from procedures.finding.evidence import ABOUT, CHANNELS
from procedures.finding.vectors import Floats
from procedures.reading import CatalogError, Mistake

FILE = "weights.json"


class Source(Struct, frozen=True):
    """A file that was learned from: its name, the SHA-256 of its bytes, and how many rows were used."""

    name: str
    sha256: str
    rows: int


class Weights(Struct, frozen=True):
    """``channels``: what one unit of each channel adds to a candidate's rank (log odds against its rivals).

    ``about`` and ``bias``: the log odds that a question asks for a procedure at all. ``answer``: the least lead of
    the first candidate's share over the second's for an answer at once; ``inside`` and ``ask``: the least score for
    an answer and for a question back.
    """

    channels: Mapping[str, float]
    about: Mapping[str, float]
    bias: float
    answer: float
    inside: float
    ask: float
    sources: tuple[Source, ...] = ()

    @classmethod
    def load(cls, folder: Path | None = None) -> Weights:
        """Raises CatalogError with file:line where the file is broken, OSError where it is missing."""
        content = ((folder or BUNDLED) / FILE).read_bytes()
        try:
            data = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise CatalogError((Mistake(FILE, error.lineno, "this is no JSON", TRAIN),)) from error
        mistakes = tuple(_mistakes(data, content.decode("utf-8", "replace")))
        if mistakes:
            raise CatalogError(mistakes)
        return cls(**{**data, "sources": tuple(Source(**each) for each in data["sources"])})

    def save(self, folder: Path) -> None:
        text = orjson.dumps(to_builtins(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        (folder / FILE).write_bytes(text + b"\n")

    def ranks(self, channels: Floats) -> Floats:
        """One number a candidate, the highest likeliest."""
        return channels @ np.asarray([self.channels[name] for name in CHANNELS], np.float32)

    def sure(self, about: tuple[float, ...]) -> float:
        """How sure it is that a question asks for a procedure, 0 … 1."""
        odds = self.bias + sum(self.about[name] * value for name, value in zip(ABOUT, about, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _mistakes(data: Any, text: str) -> Iterator[Mistake]:
    """Everything wrong with the file's content, at the line that names it."""
    keys = set(Weights.__struct_fields__)
    if not isinstance(data, dict) or set(data) != keys:
        yield Mistake(FILE, 1, "this does not hold exactly " + ", ".join(sorted(keys)), TRAIN)
        return
    for key, names in (("channels", CHANNELS), ("about", ABOUT)):
        held = data[key]
        if not isinstance(held, dict) or set(held) != set(names):
            yield Mistake(FILE, _line(text, key), f"{key} was written for other channels", TRAIN)
        else:
            yield from (_no_number(text, name) for name, value in held.items() if not _is_number(value))
    yield from (_no_number(text, key) for key in ("bias", "answer", "inside", "ask") if not _is_number(data[key]))
    wanted = set(Source.__struct_fields__)
    if not isinstance(data["sources"], list) or any(
        not isinstance(each, dict) or set(each) != wanted for each in data["sources"]
    ):
        yield Mistake(FILE, _line(text, "sources"), "this is no list of files that were learned from", TRAIN)


def _no_number(text: str, key: str) -> Mistake:
    return Mistake(FILE, _line(text, key), f"{key} is no number", TRAIN)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line(text: str, key: str) -> int:
    return text[: max(text.find(f'"{key}"'), 0)].count("\n") + 1


UNFITTED = Weights(dict.fromkeys(CHANNELS, 1.0), dict.fromkeys(ABOUT, 0.0), 0.0, 1.0, 1.0, 0.0)
"""What a fitting begins with: every channel alike, nothing ever answered at once."""


def shares(ranks: Floats) -> Floats:
    """Ranks as shares of one (softmax)."""
    likely = np.exp(ranks - ranks.max(initial=0))
    return np.asarray(likely / max(float(likely.sum()), 1e-30), np.float32)
