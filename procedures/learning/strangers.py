"""Learning when the likeliest is not what is meant: from ways of asking for what the search was kept from knowing.

A question about a dog's registration is nearest to an adoption where nothing is known of dogs. How that looks is
learned from families that are left out, as if nobody had written of them, and from ways of asking of the others that
are left out too, so that both are told in the same voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from procedures.finding.evidence import ABOUT, Candidates
from procedures.finding.ranking import FIRST, Weights, of_first, shares
from procedures.learning.fitting import fit_sure, of_like_length
from procedures.learning.phrasings import Phrasings

PARTS, ASIDE = 4, 6
"""One family in so many is left out as a whole, and of the others one way of asking in so many."""
STAYING = 0.98
"""The share of questions with a clear and right first that are still answered at once. What is below is more often a
stranger than a question about this."""


class Judged(Struct, frozen=True):
    """The candidates of one text, which of them are right, and what the text counts."""

    candidates: Candidates
    right: npt.NDArray[np.bool_]
    share: float = 1.0


class Apart(Struct, frozen=True):
    """``phrasings`` without what is left out; ``aside``: ways with their codes that the others have no longer;
    ``strange``: ways of asking for the families that are left out.
    """

    phrasings: Phrasings
    aside: tuple[tuple[str, str], ...]
    strange: tuple[str, ...]


def apart(phrasings: Phrasings) -> Apart:
    """The same families are left out each time: by the SHA-256 of their codes."""
    known = {code: ways for code, ways in phrasings.ways.items() if not is_left_out(code)}
    kept = {code: tuple(way for n, way in enumerate(ways) if n % ASIDE) for code, ways in known.items()}
    aside = [(way, code) for code, ways in known.items() for way in ways[::ASIDE]]
    strange = [way for code, ways in phrasings.ways.items() if code not in known for way in ways]
    names = {code: name for code, name in phrasings.names.items() if code in known}
    return Apart(replace(phrasings, ways=kept, names=names), tuple(aside), tuple(strange))


def is_left_out(code: str) -> bool:
    """Whether a family of this code is one of those that are left out."""
    return int(sha256(code.encode()).hexdigest(), 16) % PARTS == 0


def fit_first(
    asked: Sequence[Judged], others: Sequence[Judged], strange: Sequence[Candidates], fitted: Weights
) -> Weights:
    """``asked``: questions of others, by which the least is chosen; ``others``: ways of asking; ``strange``: texts that
    ask for nothing here. ``fitted`` says who is first.
    """
    nobody = [Judged(each, np.zeros(len(each.numbers), np.bool_)) for each in strange]
    texts = [each for each in (*asked, *others, *nobody) if len(each.candidates.numbers)]
    rows = np.asarray([_first(each.candidates, fitted) for each in texts], np.float64)
    is_right = np.asarray([_is_right(each, fitted) for each in texts], np.bool_)
    lengths = np.asarray([each.candidates.about[ABOUT.index("length")] for each in texts])
    counted = of_like_length(lengths, is_right, np.asarray([each.share for each in texts]))
    weights, bias = fit_sure(rows, is_right, counted)
    found = replace(fitted, first=dict(zip(FIRST, map(float, weights), strict=True)), first_bias=bias)
    clear = [
        found.means(_first(each.candidates, found))
        for each in asked
        if _is_right(each, found) and _is_clear(each, found)
    ]
    return replace(found, meant=_least(clear, STAYING))


def _least(odds: Sequence[float], share: float) -> float:
    """What that share of the odds reaches."""
    return sorted(odds)[round(len(odds) * (1 - share))] if odds else 0.0


def _first(candidates: Candidates, fitted: Weights) -> tuple[float, ...]:
    return of_first(candidates.channels, candidates.about, fitted.ranks(candidates.channels))


def _is_right(judged: Judged, fitted: Weights) -> bool:
    return bool(judged.right[int(np.argmax(fitted.ranks(judged.candidates.channels)))]) if judged.right.any() else False


def _is_clear(judged: Judged, fitted: Weights) -> bool:
    likely = np.sort(shares(fitted.ranks(judged.candidates.channels)))
    lead = float(likely[-1] - likely[-2]) if len(likely) > 1 else 1.0
    return lead >= fitted.answer and fitted.sure(judged.candidates.about) >= fitted.inside
