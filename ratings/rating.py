"""What is asked after a result was handed over: the instrument, a versioned file of labels and reasons.

How an answer is read stands in ``ratings/reading.py``; both are imported from here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from procedures.reading import safe_load
from ratings.reading import AskSure, Declined, NotReceived, Other, Reading, Stars, Unclear, read_stars

__all__ = [
    "AskSure",
    "Chip",
    "Declined",
    "Instrument",
    "InstrumentBroken",
    "NotReceived",
    "Other",
    "Reading",
    "Stars",
    "Unclear",
    "default_instrument",
    "load_instrument",
    "read_stars",
]

DEFAULT = Path(__file__).parent / "instruments" / "default.yaml"
LABEL_LIMIT = 24
LOW_UP_TO = 3
"""Up to so many stars the low reasons are asked, above it the high ones."""


class InstrumentBroken(ValueError):
    """The file of questions cannot be used; the message names the file and the mistake."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One reason to pick: a stable ``code``, stored with the answer, and the ``label`` that is shown."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of the questions. ``labels`` are those of 1★ … 5★; ``questions`` are keys of sentences."""

    version: str
    labels: tuple[str, ...]
    questions: dict[str, str]
    low: tuple[Chip, ...]
    high: tuple[Chip, ...]

    def label(self, stars: int) -> str:
        """The label of 1 … 5 stars, such as "5 – Rất hài lòng"."""
        return self.labels[stars - 1]

    def chips(self, stars: int) -> tuple[Chip, ...]:
        """The reasons that are asked after so many stars, in their fixed order."""
        return self.low if stars <= LOW_UP_TO else self.high

    def chip(self, code: str) -> Chip | None:
        """The reason with this code."""
        return next((chip for chip in (*self.low, *self.high) if chip.code == code), None)


@cache
def default_instrument() -> Instrument:
    """The questions that ship with the program."""
    return load_instrument(DEFAULT)


def load_instrument(file: Path) -> Instrument:
    """Read a file shaped like ``instruments/default.yaml``. Raises InstrumentBroken, OSError."""
    try:
        written = safe_load(file.read_text(encoding="utf-8"))
        instrument = Instrument(
            version=_text(written["version"]),
            labels=_scale(written["scale"]),
            questions={str(name): _text(key) for name, key in written["questions"].items()},
            low=_chips(written["reasons"]["low"]),
            high=_chips(written["reasons"]["high"]),
        )
        _check(instrument)
    except KeyError as missing:
        raise InstrumentBroken(f"{file}: {missing.args[0]!r} is missing") from None
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as mistake:
        raise InstrumentBroken(f"{file}: {mistake}") from None
    return instrument


def _text(written: Any) -> str:
    if not isinstance(written, str) or not written.strip():
        raise ValueError(f"{written!r} should be a text")
    return unicodedata.normalize("NFC", written.strip())


def _scale(written: Any) -> tuple[str, ...]:
    rows = [(row["stars"], _text(row["label"])) for row in written]
    if [stars for stars, _ in rows] != [5, 4, 3, 2, 1]:
        raise ValueError("the scale goes 5, 4, 3, 2, 1")
    return tuple(label for _, label in reversed(rows))


def _chips(written: Any) -> tuple[Chip, ...]:
    return tuple(Chip(_text(row["code"]), _text(row["label"])) for row in written)


def _check(instrument: Instrument) -> None:
    chips = (*instrument.low, *instrument.high)
    codes = [chip.code for chip in chips]
    for stars, label in enumerate(instrument.labels, 1):
        if not label.startswith(str(stars)):
            raise ValueError(f"the label {label!r} should begin with {stars}")
    for label in (*instrument.labels, *(chip.label for chip in chips)):
        if len(label) > LABEL_LIMIT:
            raise ValueError(f"the label {label!r} has {len(label)} characters, {LABEL_LIMIT} are possible")
    for code in codes:
        if not (code.isascii() and code.isidentifier()) or codes.count(code) > 1:
            raise ValueError(f"the code {code!r} should be an unused ASCII word")
    if len(instrument.low) != len(instrument.high) or not chips:
        raise ValueError("as many low reasons as high ones, so that neither is easier to give")
    for name in ("stars", "low", "high", "comment"):
        _text(instrument.questions[name])
