"""Links that carry the answers of a guide: ``?start=g1_001193-9ad6-12-5``. Pure.

Procedure, print of its tree, answers, and the papers that are there as a number of bits in base 32. At most 64 of
``A-Za-z0-9_-``: that is what Telegram lets a link carry. Nothing about the citizen is in it.
"""

from __future__ import annotations

import re

from handlers.memory import Checklist

LONGEST = 64
PAYLOAD = re.compile(
    r"g(\d_\d{6}(?:_\d{3}_\d\d_\d\d_H\d\d)?)-([0-9a-f]{4})-([1-9]{0,9})(?:-([0-9a-v]{1,8}))?", re.IGNORECASE
)
FIGURES = "0123456789abcdefghijklmnopqrstuv"


def payload(checklist: Checklist) -> str:
    """What stands behind ``start=``."""
    code = checklist.procedure.replace(".", "_")
    bits = sum(1 << (n - 1) for n in set(checklist.have))
    return f"g{code}-{checklist.print}-{checklist.answers}" + (f"-{_figures(bits)}" if bits else "")


def parse(text: str) -> Checklist | None:
    """The list that a payload carries; None where it is something else."""
    found = PAYLOAD.fullmatch(text)
    if found is None:
        return None
    bits = int(found[4], 32) if found[4] else 0
    have = tuple(n for n in range(1, bits.bit_length() + 1) if bits >> (n - 1) & 1)
    return Checklist(found[1].replace("_", ".").upper(), found[3], found[2].lower(), have)


def link(address: str, checklist: Checklist) -> str:
    """The whole link; ``address`` is where the channel opens ("https://t.me/motcua_bot")."""
    return f"{address}?start={payload(checklist)}"


def _figures(bits: int) -> str:
    figures = ""
    while bits:
        figures = FIGURES[bits & 31] + figures
        bits >>= 5
    return figures or "0"
