"""What is asked after a result was handed over: the instrument, a versioned file of labels and reasons.

How an answer is read stands in ``ratings/reading.py``; both are imported from here.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

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
    "Tap",
    "Unclear",
    "default_instrument",
    "load_instrument",
    "read_stars",
]

DEFAULT = Path(__file__).parent / "instruments" / "default.yaml"
LABEL_LIMIT = 24
MOST_TAPS = 4
MOST_ANSWERS = 4
STAGES = ("reception", "handling", "return")
LOW_UP_TO = 3
"""Up to so many stars the low reasons are asked, above it the high ones."""


class InstrumentBroken(ValueError):
    """The file of questions cannot be used; the message names the file and the mistake."""


class Chip(Struct, frozen=True):
    """One reason to pick: a stable ``code``, stored with the answer, and the ``label`` that is shown."""

    code: str
    label: str


class Tap(Struct, frozen=True):
    """A question of one tap. ``stage``: reception, handling or return; ``ask``: its sentence's key; ``told``: what the
    digest calls the answers ``good``. ``approved``: it is asked by an agency's decision, and told of provinces only.
    ``no``: the answer that a plain "không" means. ``without_result``: it can be asked where nothing was handed over."""

    code: str
    stage: str
    ask: str
    told: str
    answers: tuple[Chip, ...]
    good: frozenset[str]
    approved: bool = False
    no: str | None = None
    without_result: bool = False


class Instrument(Struct, frozen=True):
    """One version of the questions. ``labels`` are those of 1★ … 5★; ``questions`` are keys of sentences; ``taps``:
    those that are asked, at most four."""

    version: str
    labels: tuple[str, ...]
    questions: dict[str, str]
    low: tuple[Chip, ...]
    high: tuple[Chip, ...]
    taps: tuple[Tap, ...] = ()

    def label(self, stars: int) -> str:
        """The label of 1 … 5 stars, such as "5 – Rất hài lòng"."""
        return self.labels[stars - 1]

    def chips(self, stars: int) -> tuple[Chip, ...]:
        """The reasons that are asked after so many stars, in their fixed order."""
        return self.low if stars <= LOW_UP_TO else self.high

    def taps_after(self, *, handed_over: bool) -> tuple[Tap, ...]:
        """The short questions where a result was handed over, or where none was."""
        return tuple(tap for tap in self.taps if handed_over or tap.without_result)

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
            taps=tuple(tap for row in written["taps"] or () if (tap := _tap(row)) is not None),
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


def _tap(written: Any) -> Tap | None:
    """None where it may be asked only by an agency's decision and none is named."""
    approved = "approved_by" in written
    if approved and written["approved_by"] is None:
        return None
    if approved:
        _approval(written["approved_by"])
    return Tap(
        code=_text(written["code"]),
        stage=_text(written["stage"]),
        ask=_text(written["ask"]),
        told=_text(written["told"]),
        answers=_chips(written["answers"]),
        good=frozenset(_text(row["code"]) for row in written["answers"] if row.get("good") is True),
        approved=approved,
        no=next((_text(row["code"]) for row in written["answers"] if row.get("plain_no") is True), None),
        without_result=written.get("without_result") is True,
    )


def _approval(written: Any) -> None:
    """Number, date and agency of the decision."""
    _text(written["document"])
    _text(written["agency"])
    if not isinstance(written["issued"], date):
        raise ValueError(f"approved_by.issued {written['issued']!r} should be a date such as 2026-05-01")


def _check_taps(taps: tuple[Tap, ...]) -> None:
    if len(taps) > MOST_TAPS:
        raise ValueError(f"{len(taps)} taps would be asked, at most {MOST_TAPS} are possible")
    codes = [tap.code for tap in taps]
    for tap in taps:
        answers = [answer.code for answer in tap.answers]
        if tap.stage not in STAGES:
            raise ValueError(f"the stage {tap.stage!r} should be one of {', '.join(STAGES)}")
        if codes.count(tap.code) > 1 or len(set(answers)) < len(answers) or not 2 <= len(answers) <= MOST_ANSWERS:
            raise ValueError(f"the tap {tap.code!r} wants a code and 2 to {MOST_ANSWERS} answers, each of its own")
        for code in (tap.code, *answers):
            if not (code.isascii() and code.isidentifier()):
                raise ValueError(f"the code {code!r} should be an ASCII word")
        for answer in tap.answers:
            if len(answer.label) > LABEL_LIMIT:
                raise ValueError(f"the label {answer.label!r} has more than {LABEL_LIMIT} characters")


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
    _check_taps(instrument.taps)
    for name in ("stars", "refused", "withdrawn", "stopped", "low", "high", "comment"):
        _text(instrument.questions[name])
