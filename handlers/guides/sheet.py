"""A list of papers as it stands on paper: plain sentences in their places, whoever sets them in type."""

from __future__ import annotations

from msgspec import Struct


class Paper(Struct, frozen=True):
    """One paper with a box to tick. ``note``: how many, which form, when it is needed."""

    name: str
    note: str | None
    have: bool


class Block(Struct, frozen=True):
    """Lines under a heading."""

    heading: str
    lines: tuple[str, ...]


class Sheet(Struct, frozen=True):
    """One page. ``answers``: what the citizen answered; ``link`` opens the same list on a phone."""

    unit: str
    title: str
    answers: tuple[str, ...]
    papers: tuple[Paper, ...]
    maybe_heading: str
    maybe: tuple[Paper, ...]
    facts: tuple[Block, ...]
    foot: tuple[str, ...]
    link: str | None
    link_says: str
    mark: str | None
    """What stands across the top of a page made from demo data."""
