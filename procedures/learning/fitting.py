"""Fitting the weights of ``ranking`` to questions with known answers: two small logistic models, a second of numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from procedures.finding.vectors import Floats

Doubles = npt.NDArray[np.float64]

LENGTHS = (5.5, 8.5, 12.5)
"""Between these numbers of syllables questions are compared with lines outside of about the same length."""
STEPS, RATE, MEAN, SQUARE = 400, 0.05, 0.9, 0.99


class Ranked(Struct, frozen=True):
    """The channels of a question's candidates, which of them are right (at least one), and what the question counts."""

    channels: Floats
    right: npt.NDArray[np.bool_]
    share: float = 1.0


def fit_ranks(questions: Sequence[Ranked], ridge: float = 0.003) -> Floats:
    """Weights by which a right candidate leads: softmax over the candidates, −log of the right ones' share."""
    rows = np.concatenate([each.channels for each in questions]).astype(np.float64)
    right = np.concatenate([each.right for each in questions])
    sizes = np.asarray([len(each.right) for each in questions])
    starts = np.cumsum(sizes) - sizes
    question = np.repeat(np.arange(len(sizes)), sizes)
    counted = np.asarray([each.share for each in questions])
    counted = counted / counted.sum()
    spread = rows.std(axis=0) + 1e-9
    rows = rows / spread

    def slope(weights: Doubles) -> Doubles:
        ranks = rows @ weights
        likely = np.exp(ranks - np.maximum.reduceat(ranks, starts)[question])
        likely /= np.add.reduceat(likely, starts)[question]
        hit = np.add.reduceat(likely * right, starts)[question] + 1e-12
        return np.asarray(rows.T @ ((likely - likely * right / hit) * counted[question]) + ridge * weights)

    return np.asarray(_descended(slope, rows.shape[1]) / spread, np.float32)


def fit_sure(
    about: Doubles, is_inside: npt.NDArray[np.bool_], counted: Doubles, ridge: float = 0.01
) -> tuple[Floats, float]:
    """Weights and bias of the log odds that a question asks for a procedure (logistic regression)."""
    middle, spread = about.mean(axis=0), about.std(axis=0) + 1e-9
    rows = np.column_stack([(about - middle) / spread, np.ones(len(about))])
    held = np.append(np.full(about.shape[1], ridge), 0.0)
    counted = counted / counted.sum()

    def slope(weights: Doubles) -> Doubles:
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        return np.asarray(rows.T @ ((likely - is_inside) * counted) + held * weights)

    found = _descended(slope, rows.shape[1])
    weights = found[:-1] / spread
    return np.asarray(weights, np.float32), float(found[-1] - weights @ middle)


def of_like_length(lengths: Doubles, is_inside: npt.NDArray[np.bool_], counted: Doubles) -> Doubles:
    """What each text counts, so that of each length both sides weigh alike in sum. ``lengths``: logs of syllables + 1.

    Who writes questions for a test writes longer ones than who says hello: that a short text is rarely a question must
    not be learned from them. What is left to learn is what a cosine is worth in a short text and in a long one.
    """
    even, bins = counted.astype(np.float64), np.digitize(lengths, np.log1p(LENGTHS))
    for each in range(len(LENGTHS) + 1):
        sides = [(bins == each) & side for side in (is_inside, ~is_inside)]
        least = min(float(even[side].sum()) for side in sides)
        for side in sides:
            even[side] *= least / max(float(even[side].sum()), 1e-9)
    return even


def _descended(slope: Callable[[Doubles], Doubles], size: int) -> Doubles:
    """The weights where ``slope`` is about zero (Adam, from zero)."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, STEPS + 1):
        now = slope(weights)
        mean = MEAN * mean + (1 - MEAN) * now
        square = SQUARE * square + (1 - SQUARE) * now * now
        rate = RATE * (1.2 - step / STEPS)
        weights -= rate * (mean / (1 - MEAN**step)) / (np.sqrt(square / (1 - SQUARE**step)) + 1e-9)
    return weights
