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
from procedures.finding.evidence import ABOUT, BEST, CHANNELS, HELD, NEAR, PROTO
from procedures.finding.vectors import Floats
from procedures.reading import CatalogError, Mistake

FILE = "weights.json"
FIRST = ("margin", "proto", "near", "best", "held", "outside_proto", "outside_near", "known", "length")
"""What it rests on whether the likeliest is what is meant: by how much its rank is ahead, how near it is itself (not
the nearest of all), how much of the question its texts hold, and what the question is like otherwise."""
FARTHEST = 8.0
"""A rank that is further ahead says no more."""


NUMBERS = ("bias", "answer", "inside", "ask", "first_bias", "meant")


class Source(Struct, frozen=True):
    """A file that was learned from: its name, the SHA-256 of its bytes, and how many rows were used."""

    name: str
    sha256: str
    rows: int


class Weights(Struct, frozen=True):
    """``channels``: what one unit of each channel adds to a candidate's rank (log odds against its rivals).

    ``about`` and ``bias``: the log odds that a question asks for a procedure at all. ``answer``: the least lead of
    the first candidate's share over the second's for an answer at once; ``inside`` and ``ask``: the least score for
    an answer and for a question back. ``first`` and ``first_bias``: the log odds that the likeliest is what is meant;
    ``meant``: the least of them for an answer at once.
    """

    channels: Mapping[str, float]
    about: Mapping[str, float]
    bias: float
    answer: float
    inside: float
    ask: float
    first: Mapping[str, float]
    first_bias: float
    meant: float
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

    def means(self, first: tuple[float, ...]) -> float:
        """The log odds that the likeliest candidate is what is meant. ``first``: as ``FIRST``."""
        return self.first_bias + sum(self.first[name] * value for name, value in zip(FIRST, first, strict=True))


def _mistakes(data: Any, text: str) -> Iterator[Mistake]:
    """Everything wrong with the file's content, at the line that names it."""
    keys = set(Weights.__struct_fields__)
    if not isinstance(data, dict) or set(data) != keys:
        yield Mistake(FILE, 1, "this does not hold exactly " + ", ".join(sorted(keys)), TRAIN)
        return
    for key, names in (("channels", CHANNELS), ("about", ABOUT), ("first", FIRST)):
        held = data[key]
        if not isinstance(held, dict) or set(held) != set(names):
            yield Mistake(FILE, _line(text, key), f"{key} was written for other channels", TRAIN)
        else:
            yield from (_no_number(text, name) for name, value in held.items() if not _is_number(value))
    yield from (_no_number(text, key) for key in NUMBERS if not _is_number(data[key]))
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


UNFITTED = Weights(
    channels=dict.fromkeys(CHANNELS, 1.0),
    about=dict.fromkeys(ABOUT, 0.0),
    bias=0.0,
    answer=1.0,
    inside=1.0,
    ask=0.0,
    first=dict.fromkeys(FIRST, 0.0),
    first_bias=0.0,
    meant=0.0,
)
"""What a fitting begins with: every channel alike, nothing ever answered at once."""


def shares(ranks: Floats) -> Floats:
    """Ranks as shares of one (softmax)."""
    likely = np.exp(ranks - ranks.max(initial=0))
    return np.asarray(likely / max(float(likely.sum()), 1e-30), np.float32)


def of_first(channels: Floats, about: tuple[float, ...], ranks: Floats) -> tuple[float, ...]:
    """The numbers of ``FIRST`` for the candidate with the highest rank."""
    first = int(np.argmax(ranks))
    second = float(np.partition(ranks, -2)[-2]) if len(ranks) > 1 else -math.inf
    margin = min(float(ranks[first]) - second, FARTHEST)
    own = (float(channels[first, place]) for place in (PROTO, NEAR, BEST, HELD))
    like = dict(zip(ABOUT, about, strict=True))
    return (margin, *own, like["outside_proto"], like["outside_near"], like["known"], like["length"])
