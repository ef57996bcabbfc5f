"""Texts spoiled as fingers spoil them, for training: syllables left out, letters slipped, diacritics not typed."""

from __future__ import annotations

import random

from procedures.finding.repair import sounding_like
from procedures.finding.terms import Spoken

DROPPED, SLIPPED, SOUNDED, FOLDED = 0.15, 0.1, 0.08, 0.5
"""How often a syllable is left out, has a slip, is spelled as another that sounds like it, and how often a whole text
comes without diacritics."""
LETTERS = "abcdeghiklmnopqrstuvxy"


def spoiled(spoken: Spoken, chance: random.Random) -> Spoken:
    """The text with slips; at least one syllable is left."""
    folds = chance.random() < FOLDED
    tokens: list[str] = []
    spelled: list[str] = []
    for token, typed in zip(spoken.tokens, spoken.spelled, strict=True):
        if chance.random() < DROPPED:
            continue
        if chance.random() < SLIPPED:
            token = typed = slipped(token, chance)
        elif chance.random() < SOUNDED and (alike := sounding_like(token)):
            token = typed = chance.choice(alike)
        tokens.append(token)
        spelled.append(token if folds else typed)
    return Spoken(tokens, spelled) if tokens else spoken


def slipped(token: str, chance: random.Random) -> str:
    """One letter less, other, swapped with its neighbour, or doubled; short syllables stay."""
    if len(token) < 3:
        return token
    at = chance.randrange(len(token))
    match chance.randrange(4):
        case 0:
            return token[:at] + token[at + 1 :]
        case 1:
            return token[:at] + chance.choice(LETTERS) + token[at + 1 :]
        case 2:
            return token[:at] + token[at + 1 : at + 2] + token[at] + token[at + 2 :]
        case _:
            return token[: at + 1] + token[at:]
