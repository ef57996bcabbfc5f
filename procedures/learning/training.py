"""Learning the encoder from names and authored ways of asking: plain gradient descent in numpy, seconds, repeatable.

Each text's vector is drawn to the vector of its class and away from all other classes (softmax of cosines). Texts are
seen spoiled in several ways, so that a slip or a missing accent costs little. The same texts, seed and machine give
the same bytes.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from procedures.finding.encoder import (
    CLASSES,
    CODES,
    FEATURES,
    GROUPS,
    ROWS,
    RUN,
    SCALES,
    Encoder,
    around,
    runs,
    unit_rows,
)
from procedures.finding.terms import ACCENTED, Spoken
from procedures.finding.vectors import Floats
from procedures.learning.slips import spoiled

Ids = npt.NDArray[np.int64]


class Example(Struct, frozen=True):
    """A text, the classes of which any one is right, and the group of texts that it counts in."""

    spoken: Spoken
    classes: frozenset[str]
    group: str


class Plan(Struct, frozen=True):
    """How the encoder is learned. ``sharpness`` multiplies the cosines before the softmax."""

    size: int = 128
    epochs: int = 30
    batch: int = 256
    rate: float = 0.02
    sharpness: float = 14.0
    versions: int = 10
    least: int = 2
    seed: int = 1


RUN_SHARE, ACCENT_SHARE = 0.5, 0.5
"""What a run of letters and an accented syllable weigh at first; a syllable or a pair: 1. All is learned further."""
KEPT, SMALL = 0.98, 1e-5
"""How much of the running mean of squared gradients is kept each step (RMSProp), and what is added to its root."""


class Learned(Struct, frozen=True):
    """What a training gives: see ``Encoder``."""

    features: tuple[str, ...]
    rows: Floats
    codes: tuple[str, ...]
    classes: Floats
    groups: tuple[int, ...]
    total: int
    loss: float

    def encoder(self) -> Encoder:
        classes = dict(zip(self.codes, self.classes, strict=True))
        return Encoder(self.features, self.rows, classes, self.groups, self.total)

    def save(self, folder: Path) -> None:
        """Write it as bytes: rows as int8 with a scale each. Equal learning gives equal files."""
        folder.mkdir(parents=True, exist_ok=True)
        scales = np.maximum(np.abs(self.rows).max(axis=1), 1e-9) / 127
        np.save(folder / ROWS, np.rint(self.rows / scales[:, None]).astype(np.int8))
        np.save(folder / SCALES, scales.astype(np.float32))
        np.save(folder / CLASSES, np.rint(self.classes * 127).astype(np.int8))
        np.save(folder / GROUPS, np.asarray([*self.groups, self.total], np.int32))
        (folder / FEATURES).write_text("\n".join(self.features) + "\n", "utf-8")
        (folder / CODES).write_text("\n".join(self.codes) + "\n", "utf-8")


class _Text(Struct, frozen=True):
    """Feature numbers and their values, the values of length 1."""

    ids: Ids
    values: Floats


class _Descent:
    """The rows and class vectors with their running squares (RMSProp, one square a row for rows)."""

    def __init__(self, rows: Floats, classes: Floats, plan: Plan) -> None:
        self.rows, self.classes, self._plan = rows, classes, plan
        self._row_squares = np.full(len(rows), 1e-6, np.float32)
        self._class_squares = np.zeros_like(classes)

    def step(self, texts: Sequence[_Text], right: npt.NDArray[np.bool_], shares: Floats, rate: float) -> float:
        """One step for a batch; returns the sum of its losses. ``right``: (texts, classes)."""
        used, spread = _spread(texts)
        sums = spread @ self.rows[used]
        lengths = np.sqrt((sums * sums).sum(axis=1, keepdims=True)) + 1e-6
        heads = sums / lengths
        norms = np.sqrt((self.classes * self.classes).sum(axis=1, keepdims=True)) + 1e-6
        poles = self.classes / norms
        likely = _softmax(self._plan.sharpness * (heads @ poles.T))
        hit = (likely * right).sum(axis=1, keepdims=True) + 1e-12
        slope = (likely - likely * right / hit) * (shares[:, None] * (self._plan.sharpness / len(texts)))
        head_slope, pole_slope = slope @ poles, slope.T @ heads
        row_slope = spread.T @ ((head_slope - heads * (head_slope * heads).sum(axis=1, keepdims=True)) / lengths)
        class_slope = (pole_slope - poles * (pole_slope * poles).sum(axis=1, keepdims=True)) / norms
        self._row_squares[used] = KEPT * self._row_squares[used] + (1 - KEPT) * (row_slope * row_slope).mean(axis=1)
        self.rows[used] -= rate * row_slope / (np.sqrt(self._row_squares[used]) + SMALL)[:, None]
        self._class_squares = KEPT * self._class_squares + (1 - KEPT) * class_slope * class_slope
        self.classes -= rate * class_slope / (np.sqrt(self._class_squares) + SMALL)
        return float(-(np.log(hit[:, 0]) * shares).sum())


def learn(examples: Sequence[Example], plan: Plan, said: Callable[[str], None] = lambda line: None) -> Learned:
    """Learn from ``examples``. ``said`` is told the loss of every tenth round."""
    numbers, rarity = _features(examples, plan.least)
    codes = tuple(sorted({code for each in examples for code in each.classes}))
    versions = list(_versions(examples, numbers, rarity, plan))
    right = np.zeros((len(examples), len(codes)), np.bool_)
    places = {code: place for place, code in enumerate(codes)}
    for row, each in enumerate(examples):
        right[row, [places[code] for code in each.classes]] = True
    shares = _shares(right)
    chance = np.random.Generator(np.random.PCG64(plan.seed))
    rows = (chance.standard_normal((len(numbers), plan.size)) / math.sqrt(plan.size)).astype(np.float32)
    descent = _Descent(rows, _means(versions[0], right, rows), plan)
    steps, done, loss = plan.epochs * math.ceil(len(examples) / plan.batch), 0, 0.0
    for epoch in range(plan.epochs):
        texts, order, loss = versions[epoch % len(versions)], chance.permutation(len(examples)), 0.0
        for start in range(0, len(order), plan.batch):
            batch = order[start : start + plan.batch]
            rate = plan.rate * (1.02 - done / steps)
            loss += descent.step([texts[row] for row in batch], right[batch], shares[batch], rate)
            done += 1
        if epoch % 10 == 9:
            said(f"round {epoch + 1}: loss {loss / len(examples):.4f}")
    weights = np.asarray([_at_first(name) * rarity[number] for name, number in numbers.items()], np.float32)
    rows = descent.rows * weights[:, None]
    groups, total = _groups(examples, numbers)
    return Learned(tuple(numbers), rows, codes, unit_rows(descent.classes), groups, total, loss / len(examples))


def _features(examples: Sequence[Example], least: int) -> tuple[dict[str, int], list[float]]:
    """The features that occur in at least ``least`` texts, in the order of their names, and how rare each is."""
    counts: Counter[str] = Counter()
    for each in examples:
        counts.update({feature for feature, _ in _values(each.spoken)})
    kept = sorted(feature for feature, count in counts.items() if count >= least)
    rarity = [math.log1p(len(examples) / (counts[feature] + 0.5)) for feature in kept]
    mean = sum(rarity) / (len(rarity) or 1)
    return {feature: number for number, feature in enumerate(kept)}, [each / mean for each in rarity]


def _groups(examples: Sequence[Example], numbers: Mapping[str, int]) -> tuple[tuple[int, ...], int]:
    """How many groups hold each feature, and how many groups there are."""
    members: dict[str, set[str]] = {}
    for each in examples:
        members.setdefault(each.group, set()).update(feature for feature, _ in _values(each.spoken))
    counts = Counter(feature for held in members.values() for feature in held)
    return tuple(counts[feature] for feature in numbers), len(members)


def _values(spoken: Spoken) -> Iterator[tuple[str, float]]:
    for token in spoken.tokens:
        yield token, 1.0
        for run in runs(token):
            yield run, RUN_SHARE
    for feature in around(spoken):
        yield feature, _at_first(feature)


def _at_first(feature: str) -> float:
    return {ACCENTED: ACCENT_SHARE, RUN: RUN_SHARE}.get(feature[0], 1.0)


def _versions(
    examples: Sequence[Example], numbers: Mapping[str, int], rarity: Sequence[float], plan: Plan
) -> Iterator[list[_Text]]:
    """All texts as written, then spoiled in several ways."""
    chance = random.Random(plan.seed)
    for version in range(plan.versions):
        texts = (spoiled(each.spoken, chance) if version else each.spoken for each in examples)
        yield [_text(spoken, numbers, rarity) for spoken in texts]


def _text(spoken: Spoken, numbers: Mapping[str, int], rarity: Sequence[float]) -> _Text:
    sums: dict[int, float] = {}
    for feature, value in _values(spoken):
        number = numbers.get(feature)
        if number is not None:
            sums[number] = sums.get(number, 0.0) + value * rarity[number]
    length = math.sqrt(sum(value * value for value in sums.values())) or 1.0
    values = np.fromiter((value / length for value in sums.values()), np.float32, len(sums))
    return _Text(np.fromiter(sums, np.int64, len(sums)), values)


def _spread(texts: Sequence[_Text]) -> tuple[Ids, Floats]:
    """The features of a batch and a dense matrix (texts, those features)."""
    used, places = np.unique(np.concatenate([each.ids for each in texts]), return_inverse=True)
    spread = np.zeros((len(texts), len(used)), np.float32)
    rows = np.repeat(np.arange(len(texts)), [len(each.ids) for each in texts])
    spread[rows, places] = np.concatenate([each.values for each in texts])
    return used, spread


def _means(texts: Sequence[_Text], right: npt.NDArray[np.bool_], rows: Floats) -> Floats:
    """The class vectors to begin with: the sums of their texts."""
    classes = np.zeros((right.shape[1], rows.shape[1]), np.float32)
    for each, columns in zip(texts, right, strict=True):
        classes[columns] += each.values @ rows[each.ids]
    return unit_rows(classes)


def _shares(right: npt.NDArray[np.bool_]) -> Floats:
    """What each text counts: less where its class has many, 1 on average."""
    crowd = (right / np.sqrt(right.sum(axis=0))).sum(axis=1) / right.sum(axis=1)
    return np.asarray(crowd / crowd.mean(), np.float32)


def _softmax(values: Floats) -> Floats:
    likely = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True), np.float32)
