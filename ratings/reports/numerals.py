"""Numbers as Vietnamese writes them."""

from __future__ import annotations


def number(n: int) -> str:
    """``1.294``."""
    return f"{n:,}".replace(",", ".")
